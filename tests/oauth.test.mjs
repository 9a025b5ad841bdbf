// oauth.test.mjs – OAuth 2.0 driven by somebody else's client library (openid-client), and by what the SDKs send.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { Issuer } from 'openid-client';
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT, decodeProtectedHeader } from 'jose';
import { engines, freshInstallation, createAccount, Server, Client, run } from './lib/server.mjs';
import { accessToken, apiToken, appsPath, assertError, createApp, createSender, form } from './lib/callers.mjs';

/** Texts that say the same as this ES256 token: (r, n − s), unused bits of base64url that are set, padding, (0r, 0s). */
function otherSpellings(token) {
  const [head, payload, signature] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const [r, s] = [bytes.subarray(0, 32), bytes.subarray(32)];
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const negated = Buffer.from((n - BigInt(`0x${s.toString('hex')}`)).toString(16).padStart(64, '0'), 'hex');
  const zero = Buffer.alloc(1);
  const withUnusedBit = (part) => (part.length % 4 ? part.slice(0, -1) + letters[letters.indexOf(part.at(-1)) + 1] : part);
  return [
    [head, payload, Buffer.concat([r, negated]).toString('base64url')],
    [head, payload, Buffer.concat([zero, r, zero, s]).toString('base64url')],
    [head, payload, withUnusedBit(signature)],
    [head, withUnusedBit(payload), signature],
    [withUnusedBit(head), payload, signature],
    [head, payload, `${signature}==`],
  ].map((parts) => parts.join('.')).filter((other) => other !== token);
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

for (const engine of engines) {
  describe(`OAuth 2.0 on ${engine}`, () => {
    let installation, account, server, owner, app, issuer;
    const settings = '/api/account/authentication/settings';
    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      server = await Server.start(installation);
      owner = Client.withKey(server, account);
      app = await createApp(owner, { name: 'OAuth' });
      issuer = await Issuer.discover(`${server.url}/.well-known/oauth-authorization-server`);
    });
    after(async () => {
      await server.stop();
      installation.remove();
    });
    const client = (method, extra = {}, keys) => new issuer.Client({ client_id: app.clientId, client_secret: app.secret, token_endpoint_auth_method: method, ...extra }, keys);

    test('the metadata names this server and what it can do', () => {
      assert.equal(issuer.metadata.issuer, server.url);
      assert.deepEqual(issuer.metadata.grant_types_supported, ['client_credentials']);
      for (const endpoint of ['token_endpoint', 'jwks_uri', 'revocation_endpoint', 'introspection_endpoint']) assert.ok(issuer.metadata[endpoint].startsWith(server.url), endpoint);
    });

    for (const method of ['client_secret_basic', 'client_secret_post']) {
      test(`a token by ${method} works, and is what RFC 9068 says`, async () => {
        const set = await client(method).grant({ grant_type: 'client_credentials' });
        assert.equal(set.token_type, 'Bearer');
        assert.equal((await new Client(server, `Bearer ${set.access_token}`).get('/api/packages')).status, 200);
        const { payload, protectedHeader } = await jwtVerify(set.access_token, createRemoteJWKSet(new URL(issuer.metadata.jwks_uri)), { issuer: server.url, audience: server.url });
        assert.equal(protectedHeader.alg, 'ES256');
        assert.equal(protectedHeader.typ, 'at+jwt');
        assert.equal(payload.sub, app.clientId);
        assert.equal(payload.exp - payload.iat, 300);
        for (const claim of ['jti', 'scope', 'client_id', 'accountUid', 'sender_id']) assert.ok(payload[claim], claim);
      });
    }

    describe('parameters', () => {
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      const basic = () => new Client(server, `Basic ${Buffer.from(`${app.clientId}:${app.secret}`).toString('base64')}`);
      const token = (query, body) => basic().post(`/oauth2/token${query}`, body, body === undefined ? {} : type);

      test('without a value count as not sent', async () => {
        for (const body of ['grant_type=client_credentials&client_secret=', 'grant_type=client_credentials&client_assertion=&client_assertion_type=', 'scope=&sender_id=&delegator_id=&grant_type=client_credentials&grant_type=', 'client_id&client_secret&grant_type=client_credentials']) {
          assert.equal((await token('', body)).status, 200, body);
        }
        const inForm = await form(server, '/oauth2/token', { grant_type: 'client_credentials', client_assertion: '', client_id: app.clientId, client_secret: app.secret });
        assert.equal(inForm.status, 200);
        assertError(await token('', 'grant_type='), 400);
      });

      test('grant type, scope and sender may stand in the query, without any form', async () => {
        assert.equal((await token('?grant_type=client_credentials')).status, 200);
        assert.equal((await token('?grant_type=client_credentials', '')).status, 200);
        const scoped = await token('?grant_type=client_credentials&scope=package.read', 'client_id=');
        assert.equal(scoped.body.scope, 'package.read');
        assertError(await token('?grant_type=client_credentials&sender_id=nobody000000'), 400);
        assertError(await token('?grant_type=client_credentials', 'grant_type=client_credentials'), 400, 'error.validation.invalidField');
      });

      test('a secret in the query is refused, right or wrong, and named', async () => {
        for (const name of ['client_secret', 'client_assertion', 'token']) {
          for (const path of ['/oauth2/token', '/oauth2/revoke', '/oauth2/introspect']) {
            const refused = await basic().post(`${path}?${name}=${app.secret}&grant_type=client_credentials`, '', type);
            assertError(refused, 400, 'error.validation.invalidField');
            assert.match(refused.body.technical, new RegExp(`^${name}: `));
            assert.ok(!refused.body.technical.includes(app.secret));
          }
        }
      });

      test('are decoded before they are compared, and bounded in number', async () => {
        assertError(await token('', 'grant_type=client_credentials&gr%61nt_type=client_credentials'), 400, 'error.validation.invalidField');
        assert.equal((await token('', 'gr%61nt_type=client%5Fcredentials')).status, 200);
        assertError(await token('', `grant_type=client_credentials${'&x=1'.repeat(100)}`), 400, 'error.validation.invalidField');
        assertError(await token('', 'grant_type=client_credentials&scope=%F'), 400, 'error.validation.invalidField');
      });
    });

    test('the answer has exactly four members, whatever the SDKs add to the content type', async () => {
      const answer = await new Client(server, `Basic ${Buffer.from(`${app.clientId}:${app.secret}`).toString('base64')}`).post('/oauth2/token', 'grant_type=client_credentials', {
        'content-type': 'application/x-www-form-urlencoded; esl-api-version=11.66.0', accept: 'application/json; esl-api-version=11.66.0',
      });
      assert.equal(answer.status, 200);
      assert.deepEqual(Object.keys(answer.body).sort(), ['access_token', 'expires_in', 'scope', 'token_type']);
      assert.ok(answer.body.expires_in >= 298 && answer.body.expires_in <= 300, `${answer.body.expires_in}`);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
    });

    test('errors satisfy RFC 6749 and the standard body together', async () => {
      const right = { grant_type: 'client_credentials', client_id: app.clientId, client_secret: app.secret };
      for (const [members, status, error, key, authorization] of [
        [{ ...right, client_secret: 'wrong' }, 401, 'invalid_client', 'error.unauthorised.invalidClient'],
        [{ ...right, client_id: 'unknown' }, 401, 'invalid_client', 'error.unauthorised.invalidClient'],
        [{ grant_type: 'client_credentials' }, 401, 'invalid_client', 'error.unauthorised.invalidClient'],
        [{ ...right, grant_type: 'password' }, 400, 'unsupported_grant_type', 'error.validation.oauth.unsupportedGrantType'],
        [{ client_id: app.clientId, client_secret: app.secret }, 400, 'invalid_request', 'error.validation.missingField'],
        [{ ...right, scope: 'everything' }, 400, 'invalid_scope', 'error.validation.oauth.invalidScope'],
        [{ ...right, sender_id: 'nobody000000' }, 400, 'invalid_request', 'error.validation.invalidField'],
        [right, 400, 'invalid_request', 'error.validation.invalidField', `Basic ${Buffer.from('a:b').toString('base64')}`],
        [{ grant_type: 'client_credentials' }, 401, 'invalid_client', 'error.unauthorised.invalidClient', 'Basic !!'],
        [{ grant_type: 'client_credentials' }, 401, 'invalid_client', 'error.unauthorised.invalidClient', 'Bearer x'],
      ]) {
        const refused = await form(server, '/oauth2/token', members, authorization);
        assertError(refused, status, key);
        assert.equal(refused.body.error, error);
        assert.ok(refused.body.error_description);
        assert.equal(refused.headers.get('www-authenticate') !== null, status === 401 && authorization !== undefined);
      }
      assertError(await new Client(server).post('/oauth2/token', right), 400);
      assertError(await new Client(server).post('/oauth2/token', `grant_type=client_credentials&grant_type=x&client_id=${app.clientId}`, { 'content-type': 'application/x-www-form-urlencoded' }), 400, 'error.validation.invalidField');
      await assert.rejects(client('client_secret_basic', { client_secret: 'wrong' }).grant({ grant_type: 'client_credentials' }), { error: 'invalid_client' });
    });

    test('scopes limit what a token may do, and a client can ask for less', async () => {
      const narrow = await createApp(owner, { name: 'Reader', scopes: ['package.read', 'notification.read'] });
      const token = await accessToken(server, narrow);
      assert.equal((await token.get('/api/packages')).status, 200);
      assertError(await token.post('/api/packages', { name: 'No' }), 403, 'error.forbidden.insufficientScope');
      const less = await accessToken(server, narrow, { scope: 'notification.read' });
      assertError(await less.get('/api/packages'), 403, 'error.forbidden.insufficientScope');
      assert.equal((await less.get('/api/notifications/eventTypes')).status, 200);
      const more = await form(server, '/oauth2/token', { grant_type: 'client_credentials', client_id: narrow.clientId, client_secret: narrow.secret, scope: 'package.write' });
      assert.equal(more.body.error, 'invalid_scope');
      await owner.put(`${appsPath}/${narrow.clientId}`, { scopes: ['notification.read'] });
      assertError(await token.get('/api/packages'), 403, 'error.forbidden.insufficientScope');
    });

    test('sender_id chooses who acts; delegator_id takes a delegation', async () => {
      const sam = await createSender(owner, `sam-${engine}@oauth.example`);
      const dee = await createSender(owner, `dee-${engine}@oauth.example`);
      const asSam = await accessToken(server, app, { sender_id: sam.id });
      assert.equal((await asSam.get('/api/session')).body.user.id, sam.id);
      const refused = await form(server, '/oauth2/token', { grant_type: 'client_credentials', client_id: app.clientId, client_secret: app.secret, sender_id: sam.id, delegator_id: dee.id });
      assertError(refused, 400, 'error.validation.invalidField');
      await owner.post(`/api/account/senders/${dee.id}/delegates/${sam.id}`);
      const forDee = await accessToken(server, app, { sender_id: sam.id, delegator_id: dee.id });
      assert.equal((await forDee.get('/api/session')).body.user.id, dee.id);
      await owner.put(`/api/account/senders/${dee.id}/delegates`, [{ id: sam.id, expiryDate: '2020-01-01' }]);
      assertError(await form(server, '/oauth2/token', { grant_type: 'client_credentials', client_id: app.clientId, client_secret: app.secret, sender_id: sam.id, delegator_id: dee.id }), 400);
    });

    for (const alg of ['RS256', 'PS256', 'ES256', 'ES384', 'ES512']) {
      test(`private_key_jwt with ${alg}`, async () => {
        const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
        const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg, use: 'sig' };
        const signer = await createApp(owner, { name: `Signs ${alg}`, publicKeys: { keys: [jwk] } });
        const own = new issuer.Client({ client_id: signer.clientId, token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: alg },
          { keys: [{ ...(await exportJWK(privateKey)), kid: 'k1', alg, use: 'sig' }] });
        const set = await own.grant({ grant_type: 'client_credentials' });
        assert.equal((await new Client(server, `Bearer ${set.access_token}`).get('/api/packages')).status, 200);
      });
    }

    test('assertions that are wrong, old, for others, or used before are refused', async () => {
      const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
      const stranger = await generateKeyPair('ES256');
      const soon = () => Math.floor(Date.now() / 1000) + 60;
      const send = (assertion, extra = {}) => form(server, '/oauth2/token', { grant_type: 'client_credentials', client_assertion_type: assertionType, client_assertion: assertion, ...extra });
      // Each with an app of its own: failures make the next attempt wait.
      for (const [what, claims, options = {}] of [
        ['used before', {}, { before: true }],
        ['expired', { exp: soon() - 120 }],
        ['too far ahead', { exp: soon() + 6000 }],
        ['for another server', { aud: 'https://other.example' }],
        ['another subject', { sub: app.clientId }],
        ['another issuer', { iss: 'x' }],
        ['no jti', { jti: undefined }],
        ['another key', {}, { key: stranger.privateKey }],
        ['a symmetric one', {}, { key: Buffer.alloc(32, 1), alg: 'HS256' }],
        ['none', {}, { none: true }],
        ['with a fraction ahead', { nbf: Date.now() / 1000 + 500.5 }],
        ['a text for a time', { nbf: '7' }],
        ['issued at no time', { iat: [] }],
        ['without an end', { exp: undefined }],
        ['a critical extension', {}, { header: { crit: ['urn:example:x'], 'urn:example:x': 1 } }],
        ['with a wrong client id besides', {}, { extra: { client_id: app.clientId } }],
      ]) {
        const signer = await createApp(owner, { name: what, publicKeys: { keys: [await exportJWK(publicKey)] } });
        let assertion = await new SignJWT({ iss: signer.clientId, sub: signer.clientId, aud: `${server.url}/oauth2/token`, jti: `${Math.random()}`, exp: soon(), ...claims })
          .setProtectedHeader({ alg: options.alg ?? 'ES256', ...options.header }).sign(options.key ?? privateKey, { crit: { 'urn:example:x': true } });
        if (options.none) assertion = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${assertion.split('.')[1]}.`;
        if (options.before) assert.equal((await send(assertion)).status, 200);
        assertError(await send(assertion, options.extra), 401, 'error.unauthorised.invalidClient');
      }
      const signer = await createApp(owner, { name: 'Fractions', publicKeys: { keys: [await exportJWK(publicKey)] } });
      const now = Date.now() / 1000;
      for (const times of [{ exp: now + 60.25 }, { exp: now + 60.25, nbf: now - 1.5, iat: now - 1.5 }, { exp: now - 20.5 }]) { // the last within the clocks' 30 s
        const assertion = await new SignJWT({ iss: signer.clientId, sub: signer.clientId, aud: server.url, jti: `${Math.random()}`, ...times }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
        assert.equal((await send(assertion)).status, 200, JSON.stringify(times));
      }
      assertError(await send('a.b.c'), 401, 'error.unauthorised.invalidClient');
      assertError(await owner.post(appsPath, { name: 'Leaks', publicKeys: { keys: [await exportJWK(privateKey)] } }), 400, 'error.validation.invalidField');
    });

    test('revocation ends a token of the own client at once, introspection says so', async () => {
      const own = client('client_secret_basic');
      const { access_token: token } = await own.grant({ grant_type: 'client_credentials' });
      const active = await own.introspect(token);
      assert.equal(active.active, true);
      assert.equal(active.client_id, app.clientId);
      const other = await createApp(owner, { name: 'Other' });
      assert.equal((await form(server, '/oauth2/revoke', { token, client_id: other.clientId, client_secret: other.secret })).status, 200);
      assert.equal((await own.introspect(token)).active, true);
      await own.revoke(token);
      assert.deepEqual(await own.introspect(token), { active: false });
      assertError(await new Client(server, `Bearer ${token}`).get('/api/packages'), 401);
      await own.revoke('nonsense');
      // API tokens too.
      const bearer = await apiToken(server, app);
      const text = bearer.authorization.slice(7);
      assert.equal((await own.introspect(text)).active, true);
      await own.revoke(text);
      assertError(await bearer.get('/api/packages'), 401);
      const stranger = await createAccount(installation, 'Stranger');
      const theirs = await createApp(Client.withKey(server, stranger));
      const mine = (await own.grant({ grant_type: 'client_credentials' })).access_token;
      assert.deepEqual((await form(server, '/oauth2/introspect', { token: mine, client_id: theirs.clientId, client_secret: theirs.secret })).body, { active: false });
      assertError(await form(server, '/oauth2/introspect', { token: mine }), 401);
    });

    test('a token has one text: no other spelling of it works, revoked or not', async () => {
      const own = client('client_secret_basic');
      const { access_token: token } = await own.grant({ grant_type: 'client_credentials' });
      const others = otherSpellings(token);
      const refused = async () => {
        for (const other of others) {
          assertError(await new Client(server, `Bearer ${other}`).get('/api/packages'), 401, 'error.unauthorised.invalidCredentials');
          assert.deepEqual(await own.introspect(other), { active: false });
        }
      };
      assert.ok(others.length >= 3);
      await refused();
      assert.equal((await new Client(server, `Bearer ${token}`).get('/api/packages')).status, 200);
      await own.revoke(token);
      await refused();
    });

    test('the signing key can be replaced: new tokens use the new one, old ones go on', async () => {
      const before = await accessToken(server, app);
      const rotated = await run(['oauth-key', 'rotate', '--json', ...installation.settings]);
      const [{ kid }] = JSON.parse(rotated.stdout);
      assert.equal((await before.get('/api/packages')).status, 200);
      let after;
      for (let i = 0; i < 100 && after !== kid; i++) after = decodeProtectedHeader((await accessToken(server, app)).authorization.slice(7)).kid;
      assert.equal(after, kid);
      const { keys } = await (await fetch(`${server.url}/oauth2/jwks`)).json();
      assert.ok(keys.length >= 2);
      assert.ok(keys.every((key) => key.d === undefined && key.kid && key.alg === 'ES256'));
    });

    test('a token that was changed, or signed by somebody else, is refused', async () => {
      const { authorization } = await accessToken(server, app);
      const [head, payload, signature] = authorization.slice(7).split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url'));
      const forged = await generateKeyPair('ES256');
      const { kid } = decodeProtectedHeader(authorization.slice(7));
      for (const token of [
        `${head}.${Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 9999 })).toString('base64url')}.${signature}`,
        `${Buffer.from(JSON.stringify({ alg: 'none', kid })).toString('base64url')}.${payload}.`,
        await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(forged.privateKey),
        'a.b.c', '..', `${head}.${payload}`,
      ]) assertError(await new Client(server, `Bearer ${token}`).get('/api/packages'), 401, 'error.unauthorised.invalidCredentials');
    });

    test("the account's settings decide, at once: the original's exclusive choice, and mixtures", async () => {
      const bearer = await apiToken(server, app);
      const jwt = await accessToken(server, app);
      const disabled = 'error.unauthorised.authenticationMethodDisabled';
      const session = async (caller) => (await caller.get('/api/session')).status;
      assert.equal((await owner.get(settings)).body.authenticationMethod, 'ALL');
      await owner.put(settings, { authenticationMethod: 'API_KEY_AND_CLIENT_APPS' });
      assert.deepEqual([await session(owner), await session(bearer), await session(jwt)], [200, 200, 401]);
      assert.equal((await form(server, '/oauth2/token', { grant_type: 'client_credentials', client_id: app.clientId, client_secret: app.secret })).body.error, 'unauthorized_client');
      await owner.put(settings, { authenticationMethod: 'OAUTH2_CLIENT_CREDENTIALS' });
      assertError(await owner.get('/api/session'), 401, disabled);
      assertError(await bearer.get('/api/session'), 401, disabled);
      assert.equal(await session(jwt), 200);
      assertError(await new Client(server).post('/apitoken/clientApp/accessToken', { clientId: app.clientId, secret: app.secret, type: 'OWNER' }), 403, 'error.forbidden.featureDisabled');
      const custom = await jwt.put(settings, { authenticationMethod: 'CUSTOM', accepted: { apiKey: true, clientApps: false } });
      assert.deepEqual(custom.body.accepted, { apiKey: true, clientApps: false, oauth2: true });
      assert.deepEqual([await session(owner), await session(bearer), await session(jwt)], [200, 401, 200]);
      for (const wrong of [{ authenticationMethod: 'X' }, { tokenLifeMax: 5 }, { leakPolicy: 'PRAY' }, { accepted: { apiKey: 'yes' } }]) assertError(await owner.put(settings, wrong), 400, 'error.validation.invalidField');
      await owner.put(settings, { authenticationMethod: 'ALL', tokenLifeMax: 60 });
      const capped = await new Client(server).post('/apitoken/clientApp/accessToken', { clientId: app.clientId, secret: app.secret, type: 'OWNER' });
      assert.ok(capped.body.expiresAt - Date.now() <= 61000, `${capped.body.expiresAt - Date.now()}`); // the store keeps the time
      const short = await form(server, '/oauth2/token', { grant_type: 'client_credentials', client_id: app.clientId, client_secret: app.secret });
      assert.ok(short.body.expires_in <= 60);
      await owner.put(settings, { tokenLifeMax: 0 });
    });

    test('the operator switches a feature off, and everything that needs it says so', async () => {
      const bearer = await apiToken(server, app);
      const jwt = await accessToken(server, app);
      const feature = (...args) => run(['account', 'feature', '--account', account.accountId, ...args, '--json', ...installation.settings]);
      const refused = async (caller) => { for (let i = 0; i < 200; i++) { const answer = await caller.get('/api/session'); if (answer.status === 403) return answer; } };
      assert.deepEqual(JSON.parse((await feature('--disable', 'client-apps,oauth')).stdout).features, ['api-key', 'api-key-view', 'roles', 'subaccounts']);
      assertError(await refused(bearer), 403, 'error.forbidden.featureDisabled');
      assertError(await refused(jwt), 403, 'error.forbidden.featureDisabled');
      assertError(await owner.get(appsPath), 403, 'error.forbidden.featureDisabled');
      assert.equal((await feature('--enable', 'nonsense')).status, 1);
      await feature('--enable', 'client-apps,oauth');
      for (let i = 0; i < 200 && (await bearer.get('/api/session')).status !== 200; i++);
      assert.equal((await bearer.get('/api/session')).status, 200);
    });
  });
}
