// access.test.mjs – API keys, client apps and tokens, right and wrong.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { engines, freshInstallation, createAccount, Server, Client } from './lib/server.mjs';

const tokenPath = '/apitoken/clientApp/accessToken';
const appsPath = '/api/account/authentication/clientApps';

function assertError(answer, status, messageKey) {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.equal(answer.body.messageKey, messageKey);
  assert.equal(answer.body.code, status);
  for (const member of ['name', 'message']) assert.ok(answer.body[member].length > 0, member);
  assert.equal(answer.headers.get('www-authenticate'), null);
}

for (const engine of engines) {
  describe(`access on ${engine}`, () => {
    let installation, account, server, owner, nobody;
    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      server = await Server.start(installation);
      owner = Client.withKey(server, account);
      nobody = new Client(server);
    });
    after(async () => {
      await server.stop();
      installation.remove();
    });

    test('an API key is base64 of <user id>:<secret>, with a middle that scanners recognise', () => {
      const [uid, secret] = Buffer.from(account.apiKey, 'base64').toString().split(':');
      assert.equal(uid, account.ownerId);
      assert.match(uid, /^[A-Za-z0-9]{12}$/);
      assert.ok(secret.length > 30);
    });

    test('a client app is created with its secret, listed without it, and revoked', async () => {
      const made = await owner.post(appsPath, { name: 'Core banking' });
      assert.equal(made.status, 200);
      assert.match(made.body.clientId, /^grf_ci_/);
      assert.match(made.body.secret, /^grf_cs_/);
      const listed = await owner.get(appsPath);
      const app = listed.body.find((a) => a.clientId === made.body.clientId);
      assert.equal(app.name, 'Core banking');
      assert.equal(app.createdBy, account.ownerId);
      assert.ok(!listed.bytes.includes(made.body.secret));
      assert.equal((await owner.delete(`${appsPath}/${made.body.clientId}`)).status, 200);
      assertError(await owner.delete(`${appsPath}/${made.body.clientId}`), 404, 'error.notFound.clientAppNotFound');
      assert.ok(!(await owner.get(appsPath)).body.some((a) => a.clientId === made.body.clientId));
    });

    test('a client app needs a name', async () => {
      for (const [body, key] of [
        [{}, 'error.validation.missingField'],
        [{ name: '   ' }, 'error.validation.missingField'],
        [{ name: 'x'.repeat(101) }, 'error.validation.invalidField'],
        [{ name: 7 }, 'error.validation.invalidField'],
      ]) {
        const refused = await owner.post(appsPath, body);
        assertError(refused, 400, key);
        assert.match(refused.body.technical, /^name/);
      }
    });

    for (const encoding of ['utf8', 'utf16le']) {
      test(`a token for ${encoding} credentials works as a bearer token`, async () => {
        const { body: app } = await owner.post(appsPath, { name: `Tokens ${encoding}` });
        const body = Buffer.from(`{"clientId":"${app.clientId}","secret":"${app.secret}","type":"OWNER"}`, encoding);
        const before = Date.now();
        const issued = await nobody.post(tokenPath, body, { 'content-type': 'application/json; esl-api-version=11.66.0' });
        assert.equal(issued.status, 200);
        assert.deepEqual(Object.keys(issued.body), ['accessToken', 'expiresAt']);
        const life = issued.body.expiresAt - before;
        assert.ok(life > 29.9 * 60000 && life < 30.1 * 60000, `${life} ms`);
        const bearer = new Client(server, `Bearer ${issued.body.accessToken}`);
        assert.equal((await bearer.get('/api/packages')).status, 200);
        assert.equal((await new Client(server, `bearer ${issued.body.accessToken}`).get('/api/packages')).status, 200);
      });
    }

    test('a SENDER token acts for the sender of that address', async () => {
      const { body: app } = await owner.post(appsPath, { name: 'Senders' });
      const credentials = { clientId: app.clientId, secret: app.secret, type: 'SENDER' };
      const issued = await nobody.post(tokenPath, { ...credentials, email: account.email.toUpperCase() });
      assert.equal(issued.status, 200);
      assert.equal((await new Client(server, `Bearer ${issued.body.accessToken}`).get('/api/packages')).status, 200);
      assertError(await nobody.post(tokenPath, { ...credentials, email: 'nobody@example.com' }), 404, 'error.notFound.userNotFound');
      assertError(await nobody.post(tokenPath, credentials), 400, 'error.validation.missingField');
    });

    test('an OWNER token tolerates a null or empty e-mail', async () => {
      const { body: app } = await owner.post(appsPath, { name: 'Tolerance' });
      for (const email of [null, '']) {
        assert.equal((await nobody.post(tokenPath, { clientId: app.clientId, secret: app.secret, type: 'OWNER', email })).status, 200);
      }
    });

    test('the token endpoint refuses what is wrong', async () => {
      const { body: app } = await owner.post(appsPath, { name: 'Wrong' });
      const { body: other } = await owner.post(appsPath, { name: 'Other' });
      const right = { clientId: app.clientId, secret: app.secret, type: 'OWNER' };
      const invalidClient = 'error.unauthorised.invalidClient';
      assertError(await nobody.post(tokenPath, { ...right, secret: other.secret }), 401, invalidClient);
      assertError(await nobody.post(tokenPath, { ...right, secret: 'x' }), 401, invalidClient);
      assertError(await nobody.post(tokenPath, { ...right, clientId: 'x' }), 401, invalidClient);
      assertError(await nobody.post(tokenPath, { ...right, clientId: app.clientId.slice(0, -1) + '!' }), 401, invalidClient);
      assertError(await nobody.post(tokenPath, { ...right, type: 'ADMIN' }), 400, 'error.validation.invalidField');
      assertError(await nobody.post(tokenPath, { ...right, type: undefined }), 400, 'error.validation.missingField');
      assertError(await nobody.post(tokenPath, { ...right, secret: 5 }), 400, 'error.validation.invalidField');
      assertError(await nobody.post(tokenPath, '{"clientId":'), 400, 'error.validation.invalidJson');
      assertError(await nobody.post(tokenPath, '[]'), 400, 'error.validation.invalidJson');
      assertError(await nobody.get(tokenPath), 405, 'error.validation.methodNotAllowed');
    });

    test('revoking an app ends its tokens at once', async () => {
      const { body: app } = await owner.post(appsPath, { name: 'Short-lived' });
      const credentials = { clientId: app.clientId, secret: app.secret, type: 'OWNER' };
      const { body: token } = await nobody.post(tokenPath, credentials);
      const bearer = new Client(server, `Bearer ${token.accessToken}`);
      assert.equal((await bearer.get('/api/packages')).status, 200);
      await owner.delete(`${appsPath}/${app.clientId}`);
      assertError(await bearer.get('/api/packages'), 401, 'error.unauthorised.invalidCredentials');
      assertError(await nobody.post(tokenPath, credentials), 401, 'error.unauthorised.invalidClient');
    });

    test('calls without right credentials are refused and change nothing', async () => {
      const invalid = 'error.unauthorised.invalidCredentials';
      assertError(await nobody.get('/api/packages'), 401, 'error.unauthorised.noCredentials');
      const key = account.apiKey;
      const changed = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A');
      for (const authorization of [`Basic ${changed}`, 'Basic', 'Basic x', `Basic ${Buffer.from('a:b').toString('base64')}`, `Digest ${key}`, key, 'Bearer x', `Bearer ${key}`]) {
        assertError(await new Client(server, authorization).get('/api/packages'), 401, invalid);
        assertError(await new Client(server, authorization).post('/api/packages', { name: 'Nothing' }), 401, invalid);
      }
      const { body } = await new Client(server, `Bearer ${key}`).get('/api/packages');
      assert.match(body.technical, /an API key goes with `Basic`/);
      assert.equal((await owner.get('/api/packages?search=Nothing')).body.count, 0);
    });

    test("one account's credentials say nothing about another's", async () => {
      const stranger = Client.withKey(server, await createAccount(installation, 'Other Bank'));
      const { body: app } = await owner.post(appsPath, { name: 'Mine' });
      assertError(await stranger.delete(`${appsPath}/${app.clientId}`), 404, 'error.notFound.clientAppNotFound');
      assert.deepEqual((await stranger.get(appsPath)).body, []);
      const { body: made } = await owner.post('/api/packages', { name: 'Private' });
      assertError(await stranger.get(`/api/packages/${made.id}`), 404, 'error.notFound.packageNotFound');
      assertError(await stranger.delete(`/api/packages/${made.id}`), 404, 'error.notFound.packageNotFound');
    });
  });

  test(`an expired token is refused on ${engine}`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const server = await Server.start(installation, ['--token-life', '1']);
    const { body: app } = await Client.withKey(server, account).post(appsPath, { name: 'Brief' });
    const { body: token } = await new Client(server).post(tokenPath, { clientId: app.clientId, secret: app.secret, type: 'OWNER' });
    const bearer = new Client(server, `Bearer ${token.accessToken}`);
    assert.equal((await bearer.get('/api/packages')).status, 200);
    await sleep(token.expiresAt - Date.now() + 5);
    assertError(await bearer.get('/api/packages'), 401, 'error.unauthorised.invalidCredentials');
    await server.stop();
    installation.remove();
  });

  test(`credentials survive a restart on ${engine}`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    let server = await Server.start(installation);
    const { body: app } = await Client.withKey(server, account).post(appsPath, { name: 'Durable' });
    const { body: token } = await new Client(server).post(tokenPath, { clientId: app.clientId, secret: app.secret, type: 'OWNER' });
    await server.kill();
    server = await Server.start(installation);
    assert.equal((await new Client(server, `Bearer ${token.accessToken}`).get('/api/packages')).status, 200);
    assert.equal((await Client.withKey(server, account).get(appsPath)).body.length, 1);
    await server.stop();
    installation.remove();
  });
}
