// apps.test.mjs – client apps and API keys over their whole life: limits, renewal, use, the owner's view, the operator's hand.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, run, until } from './lib/server.mjs';
import { accessToken, apiToken, appsPath, assertError, createApp, createSender, signIn, tokenPath } from './lib/callers.mjs';

const keysPath = '/api/account/authentication/apiKeys';

for (const engine of engines) {
  describe(`client apps and keys on ${engine}`, () => {
    let installation, account, server, owner, nobody;
    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      server = await Server.start(installation, ['--trusted-proxies', '127.0.0.0/8']);
      owner = Client.withKey(server, account);
      nobody = new Client(server);
    });
    after(async () => {
      await server.stop();
      installation.remove();
    });
    const credentials = (app, secret = app.secret) => ({ clientId: app.clientId, secret, type: 'OWNER' });

    test('an app is renamed, limited, switched off and on', async () => {
      const app = await createApp(owner);
      const changed = await owner.put(`${appsPath}/${app.clientId}`, { name: 'Renamed', readOnly: true, rateLimit: 1000, networks: ['127.0.0.0/8', '2001:db8::/32'] });
      assert.equal(changed.body.name, 'Renamed');
      assert.deepEqual(changed.body.networks, ['127.0.0.0/8', '2001:db8::/32']);
      assert.equal(changed.body.secret, undefined);
      const token = await apiToken(server, app);
      await owner.put(`${appsPath}/${app.clientId}`, { enabled: false });
      assertError(await token.get('/api/packages'), 401);
      assertError(await nobody.post(tokenPath, credentials(app)), 401, 'error.unauthorised.invalidClient');
      await owner.put(`${appsPath}/${app.clientId}`, { enabled: true });
      assertError(await token.get('/api/packages'), 401); // what was issued before stays dead
      assert.equal((await (await apiToken(server, app)).get('/api/packages')).status, 200);
    });

    test('bad members are refused and change nothing', async () => {
      const app = await createApp(owner);
      for (const members of [{ scopes: ['all'] }, { networks: ['10.0.0.1/8'] }, { networks: 'x' }, { networks: `10.0.0.0/8${' '.repeat(60_000)}` }, { networks: Array(11).fill('10.0.0.0/8') }, { rateLimit: -1 }, { rateLimit: 1e9 }, { readOnly: 'yes' }, { name: '' }, { publicKeys: {} }, { enabled: 1 }]) {
        const refused = await owner.put(`${appsPath}/${app.clientId}`, members);
        assert.equal(refused.status, 400, JSON.stringify(members));
        assert.match(refused.body.technical, new RegExp(`^${Object.keys(members)[0]}`));
      }
      const { secret, ...without } = app;
      assert.deepEqual((await owner.get(`${appsPath}/${app.clientId}`)).body, without);
      assert.ok(secret);
    });

    test('connectors are refused with the reason', async () => {
      assertError(await owner.post(appsPath, { name: 'Dynamics', connector: 'dynamics2015' }), 400, 'error.validation.clientApp.connector');
      assertError(await owner.post(appsPath, { name: 'X', connector: 'excel' }), 400, 'error.validation.invalidField');
    });

    test('renewing: without overlap the old secret and its tokens die, with one both work until it ends', async () => {
      const app = await createApp(owner);
      const token = await apiToken(server, app);
      const renew = (body) => owner.post(`${appsPath}/${app.clientId}/regenerate-secret`, body);
      const second = (await renew()).body;
      assert.notEqual(second.secret, app.secret);
      assertError(await token.get('/api/packages'), 401);
      assertError(await nobody.post(tokenPath, credentials(app)), 401);
      const kept = await apiToken(server, second);
      const third = (await renew({ overlapSeconds: 3600 })).body;
      assert.ok(third.oldSecretUntilDate);
      for (const secret of [second.secret, third.secret]) assert.equal((await nobody.post(tokenPath, credentials(app, secret))).status, 200);
      assert.equal((await kept.get('/api/packages')).status, 200);
      assert.ok((await owner.get(`${appsPath}/${app.clientId}`)).body.oldSecretLastUsedDate);
      for (const overlapSeconds of [-1, 7 * 86400 + 1, 'x']) assertError(await renew({ overlapSeconds }), 400);
      await renew({ overlapSeconds: 1 });
      await until('the end of the overlap', async () => (await nobody.post(tokenPath, credentials(app, third.secret))).status === 401, 5000);
    });

    test('an old secret is retired before its overlap ends; the current one and all tokens go on', async () => {
      const app = await createApp(owner);
      const retire = () => owner.post(`${appsPath}/${app.clientId}/retire-secret`);
      assertError(await retire(), 409);
      const token = await apiToken(server, app);
      const renewed = (await owner.post(`${appsPath}/${app.clientId}/regenerate-secret`, { overlapSeconds: 3600 })).body;
      const { status, body } = await retire();
      assert.equal(status, 200);
      assert.equal(body.oldSecretUntilDate, undefined);
      assertError(await nobody.post(tokenPath, credentials(app)), 401);
      assert.equal((await nobody.post(tokenPath, credentials(app, renewed.secret))).status, 200);
      assert.equal((await token.get('/api/packages')).status, 200);
      assertError(await retire(), 409);
      assert.equal((await owner.get(`/api/account/audit?action=client_app.retire_secret&target=${app.clientId}`)).body.count, 1);
    });

    test('what an app was used for is shown: when, from where, how often', async () => {
      const app = await createApp(owner);
      const token = await apiToken(server, app);
      for (let i = 0; i < 3; i++) await token.request('GET', '/api/packages', undefined, { 'x-forwarded-for': '198.51.100.9' });
      const seen = (await owner.get(`${appsPath}/${app.clientId}`)).body;
      assert.equal(seen.tokensIssued, 1);
      assert.equal(seen.calls, 3);
      assert.equal(seen.lastUsedAddress, '198.51.100.9');
      assert.ok(Math.abs(Date.parse(seen.lastUsedDate) - Date.now()) < 20000);
      assert.equal(seen.createdBy, account.ownerId);
    });

    test('limits: networks, read-only, rate', async () => {
      const bound = await createApp(owner, { name: 'Bound', networks: ['192.0.2.0/24'] });
      const from = (address) => nobody.request('POST', tokenPath, credentials(bound), { 'x-forwarded-for': address });
      assertError(await from('198.51.100.1'), 403, 'error.forbidden.addressNotAllowed');
      const { body } = await from('192.0.2.55');
      const bearer = new Client(server, `Bearer ${body.accessToken}`);
      assertError(await bearer.get('/api/packages'), 403, 'error.forbidden.addressNotAllowed');
      assertError(await bearer.request('GET', '/api/packages', undefined, { 'x-forwarded-for': '192.0.2.55, 198.51.100.1' }), 403, 'error.forbidden.addressNotAllowed');
      assert.equal((await bearer.request('GET', '/api/packages', undefined, { 'x-forwarded-for': '198.51.100.1, 192.0.2.55' })).status, 200);
      const reader = await createApp(owner, { name: 'Reader', readOnly: true });
      for (const token of [await apiToken(server, reader), await accessToken(server, reader)]) {
        assert.equal((await token.get('/api/packages')).status, 200);
        assertError(await token.post('/api/packages', { name: 'No' }), 403, 'error.forbidden.readOnly');
      }
      const slow = await createApp(owner, { name: 'Slow', rateLimit: 5 });
      const token = await apiToken(server, slow);
      const answers = await Promise.all(Array.from({ length: 40 }, () => token.get('/api/sysinfo')));
      const refused = answers.filter((answer) => answer.status === 429);
      assert.ok(refused.length >= 20 && refused.length <= 30, `${refused.length} refused`);
      assertError(refused[0], 429, 'error.tooManyRequests.rateLimit');
      assert.ok(Number(refused[0].headers.get('retry-after')) >= 1);
      assert.equal(refused[0].headers.get('ratelimit-limit'), '5');
      assert.ok(Number(answers.find((a) => a.status === 200).headers.get('ratelimit-remaining')) >= 0);
    });

    test('a token gives no app more than it has itself', async () => {
      const narrow = await createApp(owner, { name: 'Narrow', scopes: ['access.manage', 'package.read'] });
      const token = await apiToken(server, narrow);
      assert.deepEqual((await token.post(appsPath, { name: 'As its maker' })).body.scopes, ['package.read', 'access.manage']);
      assertError(await token.post(appsPath, { name: 'Wide', scopes: ['package.read', 'package.write'] }), 403, 'error.forbidden.insufficientScope');
      assertError(await token.put(`${appsPath}/${narrow.clientId}`, { scopes: ['package.write'] }), 403, 'error.forbidden.insufficientScope');
      assert.equal((await token.post(appsPath, { name: 'As narrow', scopes: ['package.read'] })).status, 200);
      const wide = await createApp(owner, { name: 'Wide' });
      for (const answer of [await token.post(`${appsPath}/${wide.clientId}/regenerate-secret`), await token.put(`${appsPath}/${wide.clientId}`, { name: 'Mine' }), await token.delete(`${appsPath}/${wide.clientId}`)]) assertError(answer, 403, 'error.forbidden.insufficientScope');
      const opener = await apiToken(server, await createApp(owner, { name: 'Opener', scopes: ['session.create', 'package.read'] }));
      const { body: opened } = await opener.post('/api/sessions');
      const session = (method, path, body) => nobody.request(method, path, body, { cookie: `ESIGNLIVE_SESSION_ID=${opened.sessionToken}` });
      assert.equal((await session('GET', '/api/packages')).status, 200);
      assertError(await session('POST', '/api/packages', { name: 'No' }), 403, 'error.forbidden.insufficientScope');
      const { body: made } = await opener.post('/api/authenticationTokens/user');
      const { body: exchanged } = await nobody.get(`/auth?authenticationToken=${made.value}`);
      assertError(await nobody.request('GET', appsPath, undefined, { cookie: `ESIGNLIVE_SESSION_ID=${exchanged.sessionToken}` }), 403, 'error.forbidden.insufficientScope');
      const manager = await apiToken(server, await createApp(owner, { name: 'Users', scopes: ['user.manage'] }));
      assertError(await manager.post(`/api/account/senders/${account.ownerId}`, { email: 'mine@evil.example' }), 403, 'error.forbidden.noPermission');
    });

    test("another account's apps do not exist", async () => {
      const stranger = Client.withKey(server, await createAccount(installation, 'Stranger'));
      const app = await createApp(owner);
      for (const answer of [await stranger.get(`${appsPath}/${app.clientId}`), await stranger.delete(`${appsPath}/${app.clientId}`), await stranger.put(`${appsPath}/${app.clientId}`, { name: 'x' }), await stranger.post(`${appsPath}/${app.clientId}/regenerate-secret`)]) {
        assertError(answer, 404, 'error.notFound.clientAppNotFound');
      }
    });

    test('API keys: masked, revealed to the owner with a password given lately, on record', async () => {
      const sender = await createSender(owner, `keys-${engine}@bank.example`);
      const listed = await owner.get(keysPath);
      assert.ok(listed.body.some((key) => key.userId === account.ownerId && key.maskedKey.endsWith(account.apiKey.slice(-4))));
      assert.ok(!listed.bytes.includes(account.apiKey));
      const reveal = (caller, body, uid = account.ownerId) => caller.post(`${keysPath}/${uid}/reveal`, body);
      assertError(await reveal(owner), 403, 'error.forbidden.passwordRequired');
      assertError(await reveal(owner, { password: 'wrong' }), 401);
      assert.equal((await reveal(owner, { password: account.password })).body.apiKey, account.apiKey);
      const token = await apiToken(server, await createApp(owner));
      assertError(await reveal(token), 403, 'error.forbidden.passwordRequired');
      const session = await signIn(server, account.email, account.password);
      assert.equal((await reveal(session)).body.apiKey, account.apiKey);
      assert.equal((await reveal(session, {}, sender.id)).status, 200);
      assertError(await reveal(session, {}, 'nobody000000'), 404);
      const asSender = await apiToken(server, await createApp(owner), sender.email);
      assertError(await asSender.get(keysPath), 403, 'error.forbidden.noPermission');
      const { results } = (await owner.get('/api/account/audit?action=api_key.reveal')).body;
      assert.deepEqual(results.map((entry) => entry.target), [sender.id, account.ownerId, account.ownerId]);
      await run(['account', 'feature', '--account', account.accountId, '--disable', 'api-key-view', ...installation.settings]);
      await until('the privilege is gone', async () => (await reveal(session)).status === 403);
      assertError(await reveal(session), 403, 'error.forbidden.apiKeyHidden');
      await run(['account', 'feature', '--account', account.accountId, '--enable', 'api-key-view', ...installation.settings]);
    });

    test('the operator rotates and disables API keys', async () => {
      const sender = await createSender(owner, `rotate-${engine}@bank.example`);
      const key = async (...args) => JSON.parse((await run(['apikey', ...args, '--email', sender.email, '--json', ...installation.settings])).stdout);
      const first = new Client(server, `Basic ${(await key('rotate')).apiKey}`);
      assert.equal((await first.get('/api/session')).body.user.id, sender.id);
      const second = new Client(server, `Basic ${(await key('rotate', '--overlap', '3600')).apiKey}`);
      assert.equal((await first.get('/api/session')).status, 200);
      assert.equal((await second.get('/api/session')).status, 200);
      assert.equal((await key('list')).length, 2);
      await key('disable');
      await until('both refused', async () => (await first.get('/api/session')).status === 401 && (await second.get('/api/session')).status === 401);
    });

    test('client apps by command line', async () => {
      const command = async (...args) => { const done = await run(['client-app', ...args, '--account', account.accountId, '--json', ...installation.settings]); assert.equal(done.status, 0, done.stderr); return JSON.parse(done.stdout); };
      const app = await command('create', '--name', 'By hand');
      assert.equal((await (await apiToken(server, app)).get('/api/packages')).status, 200);
      await command('rename', '--client-id', app.clientId, '--name', 'By another hand');
      assert.ok((await command('list')).some((a) => a.name === 'By another hand'));
      const renewed = await command('renew', '--client-id', app.clientId);
      await until('the old secret is refused', async () => (await nobody.post(tokenPath, credentials(app))).status === 401);
      assert.equal((await nobody.post(tokenPath, credentials(renewed))).status, 200);
      const again = await command('renew', '--client-id', app.clientId, '--overlap', '3600');
      assert.equal((await nobody.post(tokenPath, credentials(renewed))).status, 200);
      await command('retire-secret', '--client-id', app.clientId);
      await until('the retired secret is refused', async () => (await nobody.post(tokenPath, credentials(renewed))).status === 401);
      assert.equal((await nobody.post(tokenPath, credentials(again))).status, 200);
      await command('revoke', '--client-id', app.clientId);
      await until('the app is refused', async () => (await nobody.post(tokenPath, credentials(again))).status === 401);
    });
  });

  test(`attempts are limited by address, and wrong secrets make the next one wait (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const server = await Server.start(installation, ['--token-rate', '10', '--trusted-proxies', '127.0.0.0/8']);
    const app = await createApp(Client.withKey(server, account));
    const attempt = (clientId, secret, address) => new Client(server).request('POST', tokenPath, { clientId, secret, type: 'OWNER' }, { 'x-forwarded-for': address });
    const many = await Promise.all(Array.from({ length: 60 }, () => attempt(app.clientId, app.secret, '192.0.2.1')));
    const refused = many.filter((answer) => answer.status === 429);
    assert.ok(refused.length >= 35, `${refused.length}`);
    assertError(refused[0], 429, 'error.tooManyRequests.rateLimit');
    assert.ok(Number(refused[0].headers.get('retry-after')) >= 1);
    // Known and unknown ids are treated alike.
    for (const [id, address] of [[app.clientId, '192.0.2.2'], ['grf_ci_000SYW7RiJxkEgOGusQGwp1gntV8', '192.0.2.3']]) {
      const answers = [];
      for (let i = 0; i < 8; i++) answers.push(await attempt(id, 'wrong', address));
      assert.deepEqual(answers.map((a) => a.status), [401, 401, 401, 401, 401, 401, 429, 429]);
      assert.deepEqual(answers[0].body, { code: 401, messageKey: 'error.unauthorised.invalidClient', name: 'Unauthorized', message: answers[0].body.message });
    }
    // One subscriber has a whole /64 of IPv6: its addresses count as one.
    const subscriber = await Promise.all(Array.from({ length: 60 }, (_, i) => attempt(app.clientId, app.secret, `[2001:db8:1:2::${i}]:${50000 + i}`)));
    assert.ok(subscriber.filter((answer) => answer.status === 429).length >= 35);
    assert.equal((await attempt(app.clientId, app.secret, '2001:db8:1:3::1')).status, 200);
    const verify = (address) => new Client(server).request('POST', '/api/account/authentication/dlp/verify', { credential: 'x' }, { 'x-forwarded-for': address });
    const asked = await Promise.all(Array.from({ length: 60 }, (_, i) => verify(`2001:db8:1:4::${i}`)));
    assert.ok(asked.filter((answer) => answer.status === 429).length >= 35);
    assert.equal((await attempt(app.clientId, app.secret, '192.0.2.4')).status, 200); // the rightful client elsewhere does not wait
    await until('the wait is over', async () => (await attempt(app.clientId, app.secret, '192.0.2.2')).status === 200, 5000);
    await server.stop();
    installation.remove();
  });
}

// The rest of what proxies may write is rows of src/http/client_address_test.c.
test('one header says where a client is, and the other is ignored', async () => {
  const installation = freshInstallation('sqlite');
  const account = await createAccount(installation);
  for (const [setting, used, ignored] of [['X-Forwarded-For', ['x-forwarded-for', '203.0.113.7:51008'], ['forwarded', 'for=203.0.113.7']], ['Forwarded', ['forwarded', 'for="203.0.113.7:51008";proto=https'], ['x-forwarded-for', '203.0.113.7']]]) {
    const server = await Server.start(installation, ['--trusted-proxies', '127.0.0.0/8', '--forwarded-header', setting]);
    try {
      const app = await createApp(Client.withKey(server, account), { name: setting, networks: ['203.0.113.0/24'] });
      const attempt = ([name, value]) => new Client(server).request('POST', tokenPath, { clientId: app.clientId, secret: app.secret, type: 'OWNER' }, { [name]: value });
      assert.equal((await attempt(used)).status, 200, setting);
      assertError(await attempt(ignored), 403, 'error.forbidden.addressNotAllowed');
    } finally {
      await server.stop();
    }
  }
  installation.remove();
});
