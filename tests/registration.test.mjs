// registration.test.mjs – /api/callback and its connectors: both shapes, what is refused, what is replaced, what stays secret.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, until, startServing, stopServing } from './lib/server.mjs';
import { Listener } from './lib/listener.mjs';
import { anyPackage, assertAbsent, assertRefused, deliveries, endpointsPath, expectOk, notifications, raise, settled, stored, tried } from './lib/notifications.mjs';

const callback = '/api/callback';
const connectors = ['dynamics', 'sharepoint', 'dynamics2011', 'dynamics2013', 'dynamics2015', 'sharepoint2010', 'sharepoint2013', 'salesforceOauth2'];
const connector = (origin) => `/api/callback/connectors/${origin}`;
const salesforceKey = (members = {}) => Buffer.from(JSON.stringify({ host: 'login.example', client_id: 'app', refresh_token: 'rt', ...members })).toString('base64');
const oauth = (members = {}) => ({ clientId: 'the-client', clientSecret: 'the-secret', authorizationServerUrl: 'https://as.example/token', ...members });

// What a registration may not say: the member at fault, and the body that is wrong in it alone.
const good = { url: 'https://good.example/hook', key: 'k', events: ['PACKAGE_CREATE'] };
const refusals = [
  ['url', { url: 'mailto:a@b.example' }], ['url', { url: 'https://a:b@good.example/' }], ['url', { url: `https://good.example/${'x'.repeat(2048)}` }],
  ['url', { url: '' }], ['url', { url: undefined }], ['url', { url: 7 }], ['url', { url: 'https://b\u00fccher.example/' }], ['url', { url: 'https://good.example:99999/' }],
  ['key', { key: 'x'.repeat(501) }], ['key', { key: 'line\nbreak' }], ['key', { key: 'caf\u00e9' }], ['key', { key: ' k' }], ['key', { key: ['k'] }],
  ['events[1]', { events: ['PACKAGE_CREATE', 'package_create'] }], ['events', { events: 'PACKAGE_CREATE' }], ['events', { events: Array(201).fill('PACKAGE_CREATE') }],
  ['authType', { authType: 'basic' }], ['authType', { authType: 'BEARER' }], ['authType', { authType: 1 }],
  ['key', { authType: 'BASIC', key: '' }], ['key', { authType: 'BASIC', key: undefined }],
  ['oauthSetting', { authType: 'OAUTH2' }], ['oauthSetting', { authType: 'OAUTH2', oauthSetting: 'x' }],
  ...[
    ['clientId', { clientId: '' }], ['clientId', { clientId: undefined }], ['clientId', { clientId: 'x'.repeat(1001) }], ['clientId', { clientId: 'a\u0007b' }],
    ['clientSecret', { clientSecret: undefined }], ['clientSecret', { clientSecret: '' }], ['clientSecret', { clientSecret: 5 }],
    ['authorizationServerUrl', { authorizationServerUrl: undefined }], ['authorizationServerUrl', { authorizationServerUrl: 'ldap://as.example' }],
    ['authorizationServerUrl', { authorizationServerUrl: 'https://u:p@as.example/' }],
    ['grantType', { grantType: 'AUTHORIZATION_CODE' }], ['authMechanism', { authMechanism: 'COOKIE' }], ['ignoreSsl', { ignoreSsl: 'true' }], ['scope', { scope: 'a\nb' }],
    ['username', { grantType: 'PASSWORD', password: 'p' }], ['password', { grantType: 'PASSWORD', username: 'u' }],
    ['customParameters', { customParameters: {} }], ['customParameters', { customParameters: Array.from({ length: 11 }, (_, i) => ({ key: `k${i}`, value: 'v' })) }],
    ['customParameters[0]', { customParameters: [{ key: 'grant_type', value: 'v' }] }], ['customParameters[1]', { customParameters: [{ key: 'a', value: 'v' }, { key: 'b' }] }],
  ].map(([member, members]) => [`oauthSetting.${member}`, { authType: 'OAUTH2', oauthSetting: oauth(members) }]),
  ['customHeaders', { customHeaders: Array.from({ length: 6 }, (_, i) => ({ key: `X-${i}`, value: 'v' })) }], ['customHeaders[0]', { customHeaders: [{ key: 'x'.repeat(51), value: 'v' }] }],
  ['customHeaders[0]', { customHeaders: [{ key: 'X', value: 'v'.repeat(101) }] }], ['customHeaders[0]', { customHeaders: [{ key: 'authorization', value: 'v' }] }],
  ['customHeaders[1]', { customHeaders: [{ key: 'X', value: 'v' }, { key: 'Webhook-Signature', value: 'v' }] }], ['customHeaders', { customHeaders: { X: 'v' } }],
];

for (const engine of engines) {
  describe(`registration on ${engine}`, () => {
    let installation, account, server, owner, listener;
    const register = (body, path = callback) => expectOk(owner.post(path, body));

    before(async () => ({ installation, account, server, owner } = await startServing(engine, ['--retry-scale', '1000'])));
    after(() => stopServing(server, installation));
    afterEach(async () => {
      for (const path of [callback, ...connectors.map(connector)]) await register({ url: '', key: '', events: [] }, path);
      await listener?.stop();
      listener = undefined;
    });

    test('nothing configured reads as empty everywhere, and no other origin is there', async () => {
      for (const path of [callback, ...connectors.map(connector)]) assert.deepEqual(await expectOk(owner.get(path)), { url: '', key: '', events: [] }, path);
      for (const origin of ['salesforce', 'Dynamics', 'dynamics2016', 'endpoint', '%20', 'sharepoint%2F2010']) {
        assertRefused(await owner.get(connector(origin)), undefined, { status: 404, messageKey: 'error.notFound.callbackNotFound' });
        assertRefused(await owner.post(connector(origin), good), undefined, { status: 404, messageKey: 'error.notFound.callbackNotFound' });
      }
      for (const method of ['PUT', 'DELETE']) assertRefused(await owner.request(method, callback, good), undefined, { status: 405 });
    });

    test('a POST replaces everything, and answers what a GET answers, and the signing secret', async () => {
      const names = (await expectOk(owner.get(`${notifications}/eventTypes`))).results.map((type) => type.name);
      for (const path of [callback, connector('dynamics2015')]) {
        const first = await register({ url: 'http://old.example/', key: 'old', events: names, customHeaders: [{ key: 'X-A', value: '1' }] }, path);
        assert.deepEqual(first.events, names);
        const second = await register({ url: 'https://new.example/?a=b&c', events: names.slice(0, 9) }, path);
        const { signingSecret, ...rest } = second;
        assert.deepEqual(rest, { url: 'https://new.example/?a=b&c', key: '', events: names.slice(0, 9), authType: 'NONE', customHeaders: [] });
        assert.deepEqual(await expectOk(owner.get(path)), rest);
        assert.equal(signingSecret, first.signingSecret);
      }
    });

    test('the account and each connector are independent, and an event goes to all that ask for it', async () => {
      listener = await Listener.start();
      const others = connectors.filter((origin) => origin !== 'salesforceOauth2');
      const secrets = new Map();
      const at = (origin) => ({ url: `${listener.url}/${origin}`, key: `key of ${origin}`, events: ['PACKAGE_CREATE'] });
      for (const origin of others) secrets.set(origin, (await register(at(origin), connector(origin))).signingSecret);
      await register({ ...at('account'), events: ['PACKAGE_CREATE', 'PACKAGE_EXPIRE'] });
      assert.equal(new Set(secrets.values()).size, others.length);
      const id = anyPackage();
      await raise(owner, id);
      await settled(owner, { packageId: id }, 'DELIVERED', others.length + 1);
      assert.deepEqual(listener.of(id).map((n) => `${n.url} ${n.headers.authorization}`).sort(), ['account', ...others].map((origin) => `/hook/${origin} Basic key of ${origin}`).sort());
      // One is turned off, one is changed: the others stay as they were.
      await register({ url: '', key: '', events: [] }, connector('sharepoint2010'));
      await register({ ...at('dynamics'), key: 'changed' }, connector('dynamics'));
      for (const origin of others.filter((name) => !['sharepoint2010', 'dynamics'].includes(name))) assert.equal((await expectOk(owner.get(connector(origin)))).key, `key of ${origin}`);
      assert.equal((await expectOk(owner.get(callback))).key, 'key of account');
      const later = anyPackage();
      await raise(owner, later);
      await settled(owner, { packageId: later }, 'DELIVERED', others.length);
      assert.equal(listener.of(later).length, others.length);
      // They are endpoints too, and say which.
      const { results } = await expectOk(owner.get(endpointsPath));
      for (const origin of others) assert.equal(results.filter((endpoint) => endpoint.origin === origin).length, 1);
    });

    test('Revert turns every notification off, and what is registered again is on again', async () => {
      listener = await Listener.start();
      const { signingSecret } = await register({ url: listener.url, key: 'k', events: ['PACKAGE_CREATE'] });
      const off = await register({ url: listener.url, key: 'k', events: [] });
      assert.deepEqual([off.url, off.key, off.events, off.signingSecret], [listener.url, 'k', [], signingSecret]);
      const silent = anyPackage();
      await raise(owner, silent);
      assert.equal((await deliveries(owner, { packageId: silent })).count, 0);
      await register({ url: listener.url, events: ['PACKAGE_CREATE'] });
      const heard = anyPackage();
      await raise(owner, heard);
      await settled(owner, { packageId: heard });
      assert.deepEqual(listener.received.map((n) => n.body.packageId), [heard]);
    });

    test('what is refused names its member and changes nothing', async () => {
      for (const path of [callback, connector('dynamics')]) {
        const { signingSecret, ...kept } = await register(good, path);
        for (const [member, members] of refusals) {
          assertRefused(await owner.post(path, { ...good, ...members }), member);
          assert.deepEqual(await expectOk(owner.get(path)), kept, JSON.stringify(members));
        }
        for (const body of ['', '[]', '{"url":', '"x"', 'null']) assertRefused(await owner.post(path, body, { 'content-type': 'application/json' }));
        assert.deepEqual(await expectOk(owner.get(path)), kept);
        assert.ok(signingSecret);
      }
    });

    test('limits are reached exactly', async () => {
      listener = await Listener.start();
      const key = `${'k'.repeat(200)} ${'='.repeat(299)}`;
      const customHeaders = Array.from({ length: 5 }, (_, i) => ({ key: `${i}${'x'.repeat(49)}`, value: i === 4 ? '' : 'v'.repeat(100) }));
      const answer = await register({ url: listener.url, key, events: ['PACKAGE_CREATE', 'PACKAGE_OPT_OUT', ...Array(198).fill('PACKAGE_CREATE')], customHeaders });
      assert.deepEqual([answer.key, answer.events, answer.customHeaders], [key, ['PACKAGE_CREATE', 'PACKAGE_OPT_OUT'], customHeaders]);
      const id = anyPackage();
      await raise(owner, id);
      await settled(owner, { packageId: id });
      const [{ headers }] = listener.received;
      assert.equal(headers.authorization, `Basic ${key}`);
      for (const header of customHeaders) assert.equal(headers[header.key.toLowerCase()], header.value);
    });

    test('the method decides what is sent, whatever key there is', async () => {
      listener = await Listener.start();
      for (const [members, authType, sent] of [
        [{ key: 'a:b==' }, 'BASIC', 'Basic a:b=='], [{ key: 'secret', authType: 'NONE' }, 'NONE', undefined], [{ key: null, authType: null }, 'NONE', undefined],
        [{ key: 'Basic x', authType: 'BASIC' }, 'BASIC', 'Basic Basic x'], [{}, 'NONE', undefined],
      ]) {
        const answer = await register({ url: listener.url, events: ['PACKAGE_CREATE'], ...members });
        assert.equal(answer.authType, authType);
        assert.equal(answer.key, members.key ?? '');
        const id = anyPackage();
        await raise(owner, id);
        await settled(owner, { packageId: id });
        assert.equal(listener.of(id)[0].headers.authorization, sent);
      }
    });

    test('oauthSetting is read back without its secrets, and its words are as the original says them', async () => {
      const oauthSetting = { clientId: 'c', authorizationServerUrl: 'https://as.example/any/path', scope: 'a b', grantType: 'PASSWORD', authMechanism: 'BODY', ignoreSsl: true, username: 'u', customParameters: [{ key: 'audience', value: 'x y' }] };
      const answer = await register({ url: 'https://x.example/', events: ['PACKAGE_CREATE'], authType: 'OAUTH2', oauthSetting: { ...oauthSetting, clientSecret: 's', password: 'p' } });
      assert.deepEqual([answer.authType, answer.oauthSetting], ['OAUTH2', oauthSetting]);
      assert.deepEqual((await expectOk(owner.get(callback))).oauthSetting, oauthSetting);
      const usual = await register({ url: 'https://x.example/', events: [], authType: 'OAUTH2', oauthSetting: oauth() });
      assert.deepEqual(usual.oauthSetting, { clientId: 'the-client', authorizationServerUrl: 'https://as.example/token', scope: '', grantType: 'CLIENT_CREDENTIALS', authMechanism: 'HEADER', ignoreSsl: false, customParameters: [] });
      const off = await register({ url: 'https://x.example/', events: [] });
      assert.equal(off.oauthSetting, undefined);
    });

    test('a stored secret stays when none is given, but never goes to another place', async () => {
      const body = (members) => ({ url: 'https://x.example/', events: ['PACKAGE_CREATE'], authType: 'OAUTH2', oauthSetting: { ...oauth(), ...members } });
      await register(body());
      const without = { clientSecret: undefined };
      await register(body({ ...without, scope: 'more' }));
      const kept = await expectOk(owner.get(callback));
      for (const moved of [{ clientId: 'another' }, { authorizationServerUrl: 'https://evil.example/token' }, { ignoreSsl: true }]) {
        assertRefused(await owner.post(callback, body({ ...without, ...moved })), 'oauthSetting.clientSecret');
        assert.deepEqual(await expectOk(owner.get(callback)), kept);
      }
      const password = { grantType: 'PASSWORD', username: 'u', password: 'p' };
      await register(body(password));
      await register(body({ ...password, ...without, password: undefined }));
      assertRefused(await owner.post(callback, body({ ...password, ...without, password: undefined, authorizationServerUrl: 'https://evil.example/' })), 'oauthSetting.password');
      // To stop using it is to forget it.
      await register({ url: 'https://x.example/', events: [] });
      assertRefused(await owner.post(callback, body(without)), 'oauthSetting.clientSecret');
    });

    test('the key of the Salesforce connector is checked and never shown', async () => {
      const path = connector('salesforceOauth2');
      const body = (key) => ({ url: 'https://x.example/', key, events: ['PACKAGE_CREATE'] });
      const answer = await register(body(salesforceKey()), path);
      assert.deepEqual([answer.url, answer.key, answer.authType, answer.events], ['https://x.example/', '', 'OAUTH2', ['PACKAGE_CREATE']]);
      const kept = await expectOk(owner.get(path));
      assert.equal(kept.key, '');
      for (const key of ['plain', Buffer.from('[]').toString('base64'), Buffer.from('{"host":"x"').toString('base64'), 'x'.repeat(8193),
        salesforceKey({ host: undefined }), salesforceKey({ client_id: '' }), salesforceKey({ refresh_token: 5 }), salesforceKey({ host: 'login.example/path' }),
        salesforceKey({ host: 'user@login.example' }), salesforceKey({ host: 'https://login.example' }), salesforceKey({ host: 'a b' })]) {
        assertRefused(await owner.post(path, body(key)), 'key', { messageKey: 'error.validation.callback.invalidConnectorKey' });
        assert.deepEqual(await expectOk(owner.get(path)), kept);
      }
      // Without one the stored one stays.
      await register({ ...body(''), events: ['PACKAGE_CREATE', 'PACKAGE_TRASH'] }, path);
      await register({ url: 'https://x.example/', events: [] }, path);
      await register(body(undefined), path);
      // But not for another URL, on whatever detour: who may change a URL gets no access tokens sent there.
      assertRefused(await owner.post(path, { ...body(undefined), url: 'https://elsewhere.example/' }), 'key', { messageKey: 'error.validation.callback.invalidConnectorKey' });
      await register({ url: 'https://elsewhere.example/', events: [] }, path);
      assertRefused(await owner.post(path, { ...body(undefined), url: 'https://elsewhere.example/' }), 'key', { messageKey: 'error.validation.callback.invalidConnectorKey' });
    });

    test('to save a registration that was disabled is to want it again', async () => {
      listener = await Listener.start(() => 410);
      await register({ url: listener.url, events: ['PACKAGE_CREATE'] });
      const { id } = (await expectOk(owner.get(endpointsPath))).results.find((endpoint) => endpoint.origin === '');
      const gone = anyPackage();
      await raise(owner, gone);
      await settled(owner, { packageId: gone }, 'FAILED');
      const stopped = await expectOk(owner.get(`${endpointsPath}/${id}`));
      assert.deepEqual([stopped.state, stopped.stateReason], ['DISABLED', 'GONE']);
      listener.answer = () => 200;
      await register({ url: listener.url, events: ['PACKAGE_CREATE'] });
      assert.equal((await expectOk(owner.get(`${endpointsPath}/${id}`))).state, 'ACTIVE');
      const back = anyPackage();
      await raise(owner, back);
      await settled(owner, { packageId: back });
    });
  });

  test(`two that register first at the same time: one registration, no half of each (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const server = await Server.start(installation);
    const owner = Client.withKey(server, account);
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => owner.post(callback, { url: `https://x.example/${i}`, key: `k${i}`, events: ['PACKAGE_CREATE'] })));
    assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [200]);
    assert.equal(new Set(answers.map((answer) => answer.body.signingSecret)).size, 1);
    const { url, key } = await expectOk(owner.get(callback));
    assert.equal(url.at(-1), key.slice(1).at(-1));
    assert.equal((await expectOk(owner.get(endpointsPath))).count, 1);
    await server.stop();
    installation.remove();
  });

  test(`secrets are in no answer, no log and no file, but the classic key in its one answer (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const server = await Server.start(installation, ['--retry-scale', '1000']);
    const owner = Client.withKey(server, account);
    const listener = await Listener.start(() => 500);
    const marker = (what) => `marker-of-${what}-7f3a9`;
    const classic = marker('classic-key');
    const secrets = [marker('client-secret'), marker('password'), marker('refresh-token'), marker('endpoint-key'), marker('wrong-secret')];
    const seen = [];
    const ask = async (method, path, body) => {
      const answer = await owner.request(method, path, body);
      seen.push([`${method} ${path}`, answer.bytes]);
      return answer.body;
    };
    const events = ['PACKAGE_CREATE'];
    await owner.post(callback, { url: listener.url, key: classic, events });
    const made = [(await ask('POST', connector('dynamics'), { url: listener.url, events, authType: 'OAUTH2', oauthSetting: oauth({ authorizationServerUrl: `${listener.url}/token`, clientSecret: secrets[0], grantType: 'PASSWORD', username: 'u', password: secrets[1] }) })).signingSecret];
    made.push((await ask('POST', connector('salesforceOauth2'), { url: listener.url, events, key: salesforceKey({ host: `127.0.0.1:${listener.port}`, refresh_token: secrets[2] }) })).signingSecret);
    const endpoint = await ask('POST', endpointsPath, { url: listener.url, events, key: secrets[3], authType: 'BASIC' });
    made.push(endpoint.signingSecret);
    const rotated = await ask('POST', `${endpointsPath}/${endpoint.id}/signingSecrets`, {});
    made.push(rotated.signingSecret);
    // Wrong in one place, secret in another.
    await ask('POST', callback, { url: listener.url, events, authType: 'OAUTH2', oauthSetting: oauth({ clientSecret: secrets[4], grantType: 'NONE' }) });
    await ask('POST', connector('salesforceOauth2'), { url: listener.url, events, key: `!${salesforceKey({ refresh_token: secrets[4] })}` });
    const id = anyPackage();
    const event = await raise(owner, id);
    for (const { endpoint: { id: endpointId } } of await until('an attempt at each', async () => {
      const { results } = await deliveries(owner, { packageId: id });
      return results.length === 4 && results.every((d) => d.attempts.length > 0) && results;
    })) await ask('GET', `${notifications}/deliveries/${event.id}/${endpointId}`);
    const shownHere = [/"whsec_[^"]+"/g];
    for (const path of [connector('dynamics'), connector('salesforceOauth2'), endpointsPath, `${endpointsPath}/${endpoint.id}`, `${notifications}/deliveries?to=100`, `${notifications}/events`, `${notifications}/replays`, `${notifications}/signingKeys`, `${notifications}/retention`, '/api/account/audit?from=1&to=100', '/api/account/audit/export']) await ask('GET', path);
    assert.equal((await expectOk(owner.get(callback))).key, classic);
    const { requestHead } = (await tried(owner, { eventId: event.id, endpointId: endpoint.id }), (await expectOk(owner.get(`${notifications}/deliveries/${event.id}/${endpoint.id}`))).attempts[0]);
    assert.match(requestHead, /^Authorization: Basic \*\*\*$/m);
    await server.stop();
    for (const [what, bytes] of seen) {
      assertAbsent(bytes, [...secrets, classic], what);
      // A signing secret is shown where it is made, and nowhere else.
      if (what.startsWith('GET')) assert.ok(!shownHere.some((form) => form.test(bytes.toString())), what);
    }
    assertAbsent(server.log, [...secrets, classic, ...made], 'the log');
    const files = stored(installation);
    for (const bytes of files) assertAbsent(bytes, [...secrets, classic, ...made.map((secret) => secret.slice('whsec_'.length))], 'the store');
    assert.ok(files.some((bytes) => bytes.includes(listener.url)), 'the search finds what is there');
    await listener.stop();
    installation.remove();
  });
}
