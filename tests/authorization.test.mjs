// authorization.test.mjs – OAuth 2.0 towards receivers, against oidc-provider: how a token is asked for, how often, what follows
// when there is none, and refresh tokens that are replaced at each use.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engines, freshInstallation, createAccount, Server, Client, until, startServing, stopServing } from './lib/server.mjs';
import { Mails } from './lib/callers.mjs';
import { AuthorizationServer } from './lib/authorization.mjs';
import { Authority } from './lib/certificates.mjs';
import { Listener, gate } from './lib/listener.mjs';
import { addEndpoint, anyPackage, assertAbsent, deliveries, delivery, endpointsPath, expectOk, raise, raiseAll, seen, settled, tried } from './lib/notifications.mjs';

const secret = 's: +/%&="e cret';
const clients = [
  { client_id: 'in:header', client_secret: secret },
  { client_id: 'in-body', client_secret: secret, token_endpoint_auth_method: 'client_secret_post' },
  { client_id: 'salesforce', token_endpoint_auth_method: 'none', grant_types: ['refresh_token', 'authorization_code'], redirect_uris: ['https://app.example/'], response_types: ['code'] },
];
const events = ['PACKAGE_CREATE'];
const never = { retryWaits: [604800, 604800], horizonHours: 720 }; // whatever is tried again soon, it is not by the schedule

for (const engine of engines) {
  describe(`authorization on ${engine}`, () => {
    let installation, account, server, owner, listener, issuer, made;
    const setting = (members = {}) => ({ clientId: 'in:header', clientSecret: secret, authorizationServerUrl: issuer.url, ...members });
    const add = async (oauthSetting = setting(), members = {}) => {
      made = await addEndpoint(owner, { url: listener.url, events, authType: 'OAUTH2', oauthSetting, ...members });
      return made;
    };

    before(async () => ({ installation, account, server, owner } = await startServing(engine, ['--retry-scale', '1000'])));
    after(() => stopServing(server, installation));
    afterEach(async () => {
      if (made) await owner.delete(`${endpointsPath}/${made.id}`);
      made = undefined;
      await listener?.stop();
      await issuer?.stop();
    });
    const begin = async (tls) => {
      issuer = await AuthorizationServer.start(clients, tls);
      listener = await Listener.start(issuer.guard);
    };

    test('credentials go where the setting says, with scope and further parameters', async () => {
      await begin();
      const customParameters = [{ key: 'resource', value: 'https://receiver.example/a?b=c&d' }, { key: 'tenant', value: 'blue & green' }];
      for (const [authMechanism, clientId] of [['HEADER', 'in:header'], ['BASIC_AUTH', 'in:header'], ['BODY', 'in-body']]) {
        const endpoint = await add(setting({ authMechanism, clientId, scope: 'notify.write notify.read', customParameters }));
        const id = anyPackage();
        await raise(owner, id);
        await settled(owner, { packageId: id });
        const [notification] = listener.of(id);
        const token = await issuer.token(notification);
        assert.equal(token.scope, 'notify.write notify.read');
        assert.equal(token.aud, 'urn:receiver');
        assert.equal(token.clientId, clientId);
        const { form, authorization } = issuer.requests.at(-1);
        assert.deepEqual([form.grant_type, form.scope, form.resource, form.tenant], ['client_credentials', 'notify.write notify.read', customParameters[0].value, customParameters[1].value]);
        assert.deepEqual([form.client_id, form.client_secret], authMechanism === 'BODY' ? ['in-body', secret] : [undefined, undefined]);
        assert.equal(Boolean(authorization), authMechanism !== 'BODY');
        await owner.delete(`${endpointsPath}/${endpoint.id}`);
      }
      assert.equal(issuer.requests.length, 3);
    });

    test('the password grant', async () => {
      await begin();
      await add(setting({ grantType: 'PASSWORD', username: 'robot', password: 'r0b0t pass&word', scope: 'notify.read' }));
      const id = anyPackage();
      await raise(owner, id);
      await settled(owner, { packageId: id });
      const token = await issuer.token(listener.of(id)[0]);
      assert.deepEqual([token.accountId, token.scope], ['robot', 'notify.read']);
    });

    test('wrong credentials: an attempt of class AUTHORIZATION that says why, and delivery once they are right', async () => {
      await begin();
      for (const [wrong, reason] of [[{ clientSecret: 'not it' }, /invalid_client/], [{ grantType: 'PASSWORD', username: 'robot', password: 'no' }, /invalid_grant/],
        [{ authorizationServerUrl: issuer.url.replace('token', 'nothing-here') }, /404|invalid_request/]]) {
        const endpoint = await add(setting(wrong), { retryWaits: [1, 50, 100, 100, 100, 100, 100] });
        const id = anyPackage();
        await raise(owner, id);
        const { state, attempts } = await tried(owner, { packageId: id }, 2);
        assert.equal(state, 'PENDING');
        for (const attempt of attempts) {
          assert.deepEqual([attempt.error, attempt.httpStatus], ['AUTHORIZATION', 0]);
          assert.match(attempt.replyStart, reason);
        }
        assert.equal(listener.of(id).length, 0);
        await expectOk(owner.put(`${endpointsPath}/${endpoint.id}`, { url: listener.url, events, authType: 'OAUTH2', oauthSetting: setting() }));
        await settled(owner, { packageId: id });
        await owner.delete(`${endpointsPath}/${endpoint.id}`);
      }
    });

    test('a token is used until shortly before it expires, and asked for again then', async () => {
      await begin();
      issuer.lives.seconds = 2;
      await add();
      listener.answer = () => 200;
      const tokens = new Map(); // value → when it was asked for
      await until('three tokens', async () => {
        const id = anyPackage();
        await raise(owner, id);
        await settled(owner, { packageId: id });
        tokens.set(listener.of(id)[0].headers.authorization, issuer.requests.at(-1).at);
        return tokens.size === 3;
      });
      assert.equal(issuer.requests.length, 3);
      const times = issuer.requests.map((request) => request.at);
      for (let i = 1; i < times.length; i++) assert.ok(times[i] - times[i - 1] >= 1700, `${times[i] - times[i - 1]} ms`);
    });

    test('many deliveries that wait for a token are one request', async () => {
      await begin();
      const shut = gate();
      issuer.hold = shut.passed;
      await add();
      const packages = Array.from({ length: 50 }, anyPackage);
      await raiseAll(owner, packages.slice(0, 40).map((packageId) => ({ name: 'PACKAGE_CREATE', packageId })));
      await until('the request', () => issuer.requests.length);
      await raiseAll(owner, packages.slice(40).map((packageId) => ({ name: 'PACKAGE_CREATE', packageId })));
      assert.equal((await deliveries(owner, { endpointId: made.id, state: 'PENDING' })).count, 50);
      shut.open();
      await settled(owner, { endpointId: made.id }, 'DELIVERED', 50);
      assert.equal(issuer.requests.length, 1);
      assert.equal(listener.received.length, 50);
    });

    test('a token that the receiver refuses is replaced once, at once', async () => {
      await begin();
      await add(setting(), never);
      const first = anyPackage();
      await raise(owner, first);
      await settled(owner, { packageId: first });
      await (await issuer.token(listener.of(first)[0])).destroy();
      const second = anyPackage();
      await raise(owner, second);
      const [done] = await settled(owner, { packageId: second });
      assert.deepEqual(done.attempts.map((attempt) => attempt.httpStatus), [401, 200]);
      assert.equal(issuer.requests.length, 2);
      // It may happen again.
      await (await issuer.token(listener.received.at(-1))).destroy();
      const third = anyPackage();
      await raise(owner, third);
      await settled(owner, { packageId: third });
      assert.equal(issuer.requests.length, 3);
    });

    test('a receiver that refuses every token gets no more than two attempts of a delivery, and the next by the schedule', async () => {
      await begin();
      await add(setting(), never);
      const well = anyPackage();
      await raise(owner, well);
      await settled(owner, { packageId: well });
      listener.answer = () => 401;
      const packages = Array.from({ length: 40 }, anyPackage);
      await raiseAll(owner, packages.map((packageId) => ({ name: 'PACKAGE_CREATE', packageId })));
      const pending = await seen(owner, { endpointId: made.id, state: 'PENDING' }, 'a later time for each', (results) => results.length === 40 && results.every((d) => d.attempts.length > 0 && Date.parse(d.nextAttemptDate) > Date.now() + 60000) && results);
      for (const { attempts } of pending) assert.ok(attempts.length <= 2 && attempts.every((attempt) => attempt.httpStatus === 401), JSON.stringify(attempts));
      assert.ok(pending.some(({ attempts }) => attempts.length === 2));
      assert.ok(issuer.requests.length < 20, `${issuer.requests.length} token requests`);
    });

    test('an authorization server that is away: AUTHORIZATION, and delivery once it is back', async () => {
      await begin();
      await issuer.goAway();
      await add();
      const id = anyPackage();
      await raise(owner, id);
      const { attempts: [away] } = await tried(owner, { packageId: id });
      assert.equal(away.error, 'AUTHORIZATION');
      assert.match(away.replyStart, /CONNECTION/);
      await issuer.comeBack();
      const [done] = await settled(owner, { packageId: id });
      assert.equal(done.attempts.at(-1).httpStatus, 200);
      // So is one that is broken.
      issuer.refuse = { status: 503, body: 'try later' };
      await (await issuer.token(listener.of(id)[0])).destroy();
      const later = anyPackage();
      await raise(owner, later);
      const { attempts } = await tried(owner, { packageId: later }, 2);
      assert.deepEqual(attempts.slice(0, 2).map((attempt) => attempt.error), ['', 'AUTHORIZATION']);
      assert.match(attempts[1].replyStart, /503/);
      issuer.refuse = undefined;
      await settled(owner, { packageId: later });
    });

    test('another setting is another token; a secret that is kept is the right one', async () => {
      await begin();
      await add(setting({ scope: 'notify.read' }));
      const scopes = async () => {
        const id = anyPackage();
        await raise(owner, id);
        await settled(owner, { packageId: id });
        return (await issuer.token(listener.of(id)[0])).scope;
      };
      const change = (members) => expectOk(owner.put(`${endpointsPath}/${made.id}`, { url: listener.url, events, authType: 'OAUTH2', oauthSetting: setting({ clientSecret: undefined, ...members }) }));
      assert.equal(await scopes(), 'notify.read');
      await change({ scope: 'notify.write' });
      assert.equal(await scopes(), 'notify.write');
      await change({ scope: 'notify.write', clientId: 'in-body', authMechanism: 'BODY', clientSecret: secret });
      assert.equal(await scopes(), 'notify.write');
      assert.equal(issuer.requests.at(-1).form.client_secret, secret);
      assert.equal(issuer.requests.length, 3);
    });

    test('a setting that is replaced while its token is fetched leaves no token behind', async () => {
      await begin();
      const shut = gate();
      issuer.hold = shut.passed;
      await add(setting({ scope: 'notify.read' }));
      const first = anyPackage();
      await raise(owner, first);
      await until('the request', () => issuer.requests.length);
      await expectOk(owner.put(`${endpointsPath}/${made.id}`, { url: listener.url, events, authType: 'OAUTH2', oauthSetting: setting({ scope: 'notify.write' }) }));
      const second = anyPackage();
      await raise(owner, second);
      await raise(owner, anyPackage());
      shut.open();
      await settled(owner, { endpointId: made.id }, 'DELIVERED', 3);
      assert.equal((await issuer.token(listener.of(second)[0])).scope, 'notify.write');
    });

    test('neither secret nor token is in a delivery, in the log, or in a header that is shown', async () => {
      await begin();
      await add(setting({ clientId: 'in-body', authMechanism: 'BODY' }));
      const id = anyPackage();
      const { id: eventId } = await raise(owner, id);
      await settled(owner, { packageId: id });
      const full = await delivery(owner, eventId, made.id);
      assert.match(full.attempts[0].requestHead, /^Authorization: Bearer \*\*\*$/m);
      const token = listener.of(id)[0].headers.authorization.slice('Bearer '.length);
      for (const path of [endpointsPath, `${endpointsPath}/${made.id}`, '/api/notifications/deliveries', `/api/notifications/deliveries/${eventId}/${made.id}`])
        assertAbsent((await owner.get(path)).bytes, [token, secret], path);
      assertAbsent(server.log, [token, secret], 'the log');
    });

    test('an attempt without a token was no request: what is shown is what was sent before', async () => {
      await begin();
      await add(setting(), { payloadFormat: 'CLOUDEVENTS_STRUCTURED', retryWaits: [1, 86400] });
      listener.answer = () => {
        issuer.refuse = { status: 503, body: '' };
        return 401;
      };
      const packageId = anyPackage();
      const { id: eventId } = await raise(owner, packageId);
      await tried(owner, { packageId }, 2);
      const { body, attempts } = await delivery(owner, eventId, made.id);
      assert.deepEqual(attempts.map((attempt) => [attempt.httpStatus, attempt.error, attempt.requestHead === '']), [[401, '', false], [0, 'AUTHORIZATION', true]]);
      assert.equal(body, listener.received[0].raw.toString());
    });

    test('the certificate of the authorization server is checked, unless the setting says otherwise', async () => {
      const authority = new Authority();
      await begin(authority.issue('localhost'));
      await add(setting({ authorizationServerUrl: issuer.secureUrl }), { retryWaits: [1, 1, 1, 3600] });
      const id = anyPackage();
      await raise(owner, id);
      const { attempts: [refused] } = await tried(owner, { packageId: id });
      assert.equal(refused.error, 'AUTHORIZATION');
      assert.match(refused.replyStart, /TLS/);
      assert.equal(issuer.requests.length, 0);
      await expectOk(owner.put(`${endpointsPath}/${made.id}`, { url: listener.url, events, authType: 'OAUTH2', oauthSetting: setting({ authorizationServerUrl: issuer.secureUrl, ignoreSsl: true }) }));
      await settled(owner, { packageId: id });
      authority.remove();
    });
  });

  describe(`refresh tokens on ${engine}`, () => {
    let installation, account, server, owner, listener, issuer, authority, mails, settings;
    const connector = '/api/callback/connectors/salesforceOauth2';
    const register = async (members = {}) => expectOk(owner.post(connector, { url: listener.url, events, key: Buffer.from(JSON.stringify({ host: issuer.frontHost, client_id: 'salesforce', refresh_token: await issuer.refreshToken('salesforce') })).toString('base64'), ...members }));
    const endpoint = async () => (await expectOk(owner.get(endpointsPath))).results.find(({ origin }) => origin === 'salesforceOauth2');
    const deliver = async () => {
      const id = anyPackage();
      await raise(owner, id);
      const [done] = await settled(owner, { packageId: id });
      return done;
    };
    const start = async () => {
      server = await Server.start(installation, settings);
      owner = Client.withKey(server, account);
    };
    const restart = async (how) => {
      await server[how]();
      await start();
    };

    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      authority = new Authority();
      mails = new Mails();
      settings = ['--retry-scale', '1000', '--ca-certificates', authority.file, ...mails.settings];
      await start();
    });
    after(async () => {
      await server.stop();
      installation.remove();
      authority.remove();
      mails.remove();
    });
    const begin = async () => {
      issuer = await AuthorizationServer.start(clients, authority.issue('localhost'));
      listener = await Listener.start(issuer.guard);
    };
    afterEach(async () => {
      await owner.post(connector, { url: '', events: [] });
      await listener?.stop();
      await issuer?.stop();
      listener = issuer = undefined;
    });

    test('the token comes from the host of the key, and the next refresh token is kept – over a stop and a kill', async () => {
      await begin();
      issuer.lives.seconds = 1;
      await register();
      await deliver();
      assert.deepEqual(issuer.paths, ['/services/oauth2/token']);
      const { form, authorization, answer } = issuer.requests[0];
      assert.deepEqual([form.grant_type, form.client_id, authorization], ['refresh_token', 'salesforce', '']);
      // oidc-provider takes a whole grant back when a refresh token is used twice: each must be the last one's successor.
      let successor = answer.refresh_token;
      for (const how of ['stop', 'kill', undefined]) {
        const before = issuer.requests.length;
        if (how) await restart(how);
        await until('another refresh', async () => (await deliver(), issuer.requests.length > before));
        assert.equal(issuer.requests[before].form.refresh_token, successor);
        assert.ok(issuer.requests.every((request) => request.status === 200));
        successor = issuer.requests.at(-1).answer.refresh_token;
      }
      assert.equal((await endpoint()).state, 'ACTIVE');
    });

    test('what waits together is one refresh; a server in trouble disables nothing', async () => {
      await begin();
      issuer.refuse = { status: 500, body: '' };
      await register();
      await raiseAll(owner, Array.from({ length: 30 }, () => ({ name: 'PACKAGE_CREATE', packageId: anyPackage() })));
      await until('failures', async () => {
        const { results } = await deliveries(owner, { endpointId: (await endpoint()).id, state: 'PENDING' });
        return results.some((d) => d.attempts.length >= 1 && d.attempts[0].error === 'AUTHORIZATION');
      });
      assert.equal((await endpoint()).state, 'ACTIVE');
      issuer.requests.length = 0;
      issuer.refuse = undefined;
      await until('all of them', async () => (await deliveries(owner, { endpointId: (await endpoint()).id, state: 'PENDING' })).count === 0);
      assert.equal(listener.received.length, 30);
      assert.equal(issuer.requests.filter((request) => request.status === 200).length, 1);
    });

    test('a refusal stops the endpoint and tells the owner; registered again it goes on', async () => {
      await begin();
      await register({ key: Buffer.from(JSON.stringify({ host: issuer.frontHost, client_id: 'salesforce', refresh_token: 'withdrawn' })).toString('base64') });
      const id = anyPackage();
      const { id: eventId } = await raise(owner, id);
      const stopped = await until('a stop', async () => {
        const now = await endpoint();
        return now.state === 'DISABLED' && now;
      });
      assert.equal(stopped.stateReason, 'AUTHORIZATION_REFUSED');
      const mail = await mails.arrived(account.email, /refresh token/);
      assert.ok(mail.body.includes(listener.url));
      assertAbsent(mail.body, ['withdrawn'], 'the mail');
      const [failed] = await settled(owner, { packageId: id }, 'FAILED');
      assert.equal(failed.attempts.at(-1).error, 'AUTHORIZATION');
      const unheard = anyPackage();
      await raise(owner, unheard);
      assert.equal((await deliveries(owner, { packageId: unheard })).count, 0);
      assert.equal(issuer.requests.length, 1);

      await register();
      assert.equal((await endpoint()).state, 'ACTIVE');
      await deliver();
      await expectOk(owner.post(`/api/notifications/deliveries/${eventId}/${stopped.id}/resend`));
      await settled(owner, { packageId: id });
      assert.equal(listener.of(id).length, 1);
    });

    test('a key that is registered while the old one is asked with is neither replaced nor refused', async () => {
      for (const withdrawn of [false, true]) {
        await begin();
        issuer.lives.seconds = 1;
        const shut = gate();
        issuer.hold = shut.passed;
        const old = withdrawn ? 'withdrawn' : await issuer.refreshToken('salesforce');
        await register({ key: Buffer.from(JSON.stringify({ host: issuer.frontHost, client_id: 'salesforce', refresh_token: old })).toString('base64') });
        const waiting = anyPackage();
        await raise(owner, waiting);
        await until('the request', () => issuer.requests.length);
        const fresh = await issuer.refreshToken('salesforce');
        await register({ key: Buffer.from(JSON.stringify({ host: issuer.frontHost, client_id: 'salesforce', refresh_token: fresh })).toString('base64') });
        shut.open();
        issuer.hold = undefined;
        await until('the new key is used', async () => (await deliver(), issuer.requests.some((request) => request.form?.refresh_token === fresh)));
        await settled(owner, { packageId: waiting });
        assert.equal((await endpoint()).state, 'ACTIVE');
        await owner.post(connector, { url: '', events: [] });
        await listener.stop();
        await issuer.stop();
      }
      listener = issuer = undefined;
    });
  });
}

const skip = engines.includes('postgresql') ? false : 'no PostgreSQL here';

test('two nodes never use a refresh token twice', { skip }, async () => {
  const installation = freshInstallation('postgresql');
  const account = await createAccount(installation);
  const authority = new Authority();
  const issuer = await AuthorizationServer.start(clients, authority.issue('localhost'));
  const listener = await Listener.start(issuer.guard);
  const folder = mkdtempSync(join(tmpdir(), 'greffier-node-'));
  copyFileSync(join(installation.data, 'greffier.key'), join(folder, 'greffier.key'));
  const settings = ['--retry-scale', '1000', '--ca-certificates', authority.file];
  const nodes = [await Server.start(installation, settings), await Server.start({ settings: ['--data', folder, ...installation.settings.slice(2)] }, settings)];
  const owners = nodes.map((node) => Client.withKey(node, account));
  issuer.lives.seconds = 1;
  const key = { host: issuer.frontHost, client_id: 'salesforce', refresh_token: await issuer.refreshToken('salesforce') };
  await expectOk(owners[0].post('/api/callback/connectors/salesforceOauth2', { url: listener.url, events, key: Buffer.from(JSON.stringify(key)).toString('base64') }));
  for (let round = 0; issuer.requests.length < 5; round++) {
    const packages = Array.from({ length: 10 }, anyPackage);
    await raiseAll(owners[round % 2], packages.map((packageId) => ({ name: 'PACKAGE_CREATE', packageId })));
    await until('their arrival', () => packages.every((id) => listener.of(id).length > 0));
  }
  const used = issuer.requests.map((request) => request.form.refresh_token);
  assert.equal(new Set(used).size, used.length);
  assert.ok(issuer.requests.every((request) => request.status === 200));
  for (const node of nodes) await node.stop();
  await listener.stop();
  await issuer.stop();
  authority.remove();
  rmSync(folder, { recursive: true });
  installation.remove();
});
