// rights.test.mjs – what is derived from a credential never has more than it, and ends with it.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { engines, run, sendablePackage, Client, until, startServing, stopServing } from './lib/server.mjs';
import { SessionClient, accessToken, apiToken, appsPath, cookieName, createApp, createSender } from './lib/callers.mjs';

const settingsPath = '/api/account/authentication/settings';

for (const engine of engines) {
  describe(`derived rights on ${engine}`, () => {
    let installation;
    let account;
    let server;
    let owner;

    before(async () => ({ installation, account, server, owner } = await startServing(engine)));
    after(() => stopServing(server, installation));

    const expect200 = async (answer) => {
      const { status, body } = await answer;
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };
    /** Each way to a session that is derived from what `caller` holds. */
    const derive = {
      session: async (caller) => {
        const { sessionToken } = await expect200(caller.post('/api/sessions'));
        return new SessionClient(server, sessionToken);
      },
      token: async (caller) => {
        const { value } = await expect200(caller.post('/api/authenticationTokens/user', {}));
        return exchange('authenticationToken', value);
      },
      'a signer': async (caller) => {
        const { id } = await expect200(owner.post('/api/packages', sendablePackage()));
        const { value } = await expect200(caller.post('/api/authenticationTokens/signer/multiUse', { packageId: id, signerId: 'ann@example.com' }));
        const signer = await exchange('signerAuthenticationToken', value);
        signer.again = () => exchange('signerAuthenticationToken', value);
        return signer;
      },
    };
    const exchange = async (parameter, value) => {
      const answer = await fetch(`${server.url}/auth?${parameter}=${encodeURIComponent(value)}&target=/`, { redirect: 'manual' });
      const cookie = answer.headers.get('set-cookie')?.match(new RegExp(`${cookieName}=([^;]+)`));
      assert.ok(cookie, `no session: ${answer.status}`);
      return new SessionClient(server, cookie[1]);
    };
    const status = async (client) => (await client.get('/api/session')).status;
    const ends = (what, client) => until(what, async () => (await status(client)) === 401, 5000);

    const ends200 = {
      'is renewed': (app) => owner.post(`${appsPath}/${app.clientId}/regenerate-secret`),
      'is switched off': (app) => owner.put(`${appsPath}/${app.clientId}`, { enabled: false }),
      'is deleted': (app) => owner.delete(`${appsPath}/${app.clientId}`),
    };
    for (const [how, end] of Object.entries(ends200)) {
      for (const [what, make] of Object.entries(derive)) {
        for (const [kind, ask] of [['API token', apiToken], ['access token', accessToken]]) {
          test(`${what} that an app's ${kind} opened ends when the app ${how}`, async () => {
            const app = await createApp(owner);
            const derived = await make(await ask(server, app));
            assert.equal(await status(derived), 200);
            const { status: done, body } = await end(app);
            assert.equal(done, 200, JSON.stringify(body));
            await ends('the derived session', derived);
            if (derived.again) await ends('what the token opens anew', await derived.again());
          });
        }
      }
    }

    test('a session lives on while the old secret does', async () => {
      const app = await createApp(owner);
      const session = await derive.session(await apiToken(server, app));
      await expect200(owner.post(`${appsPath}/${app.clientId}/regenerate-secret`, { overlapSeconds: 60 }));
      assert.equal(await status(session), 200);
    });

    test('a session ends when the account accepts no client apps any more, and goes on when it does again', async () => {
      const app = await createApp(owner);
      const session = await derive.session(await apiToken(server, app));
      const other = await accessToken(server, app);
      await expect200(owner.put(settingsPath, { authenticationMethod: 'OAUTH2_CLIENT_CREDENTIALS' }));
      await ends('the session', session);
      await expect200(other.put(settingsPath, { authenticationMethod: 'ALL' }));
      assert.equal(await status(session), 200);
    });

    test("a session of a session ends with the first one's app", async () => {
      const app = await createApp(owner);
      const first = await derive.session(await apiToken(server, app));
      const second = await derive.session(first);
      assert.equal(await status(second), 200);
      await expect200(owner.delete(`${appsPath}/${app.clientId}`));
      await ends('the second session', second);
    });

    test('a session that an API key opened ends with the key', async () => {
      const sam = await createSender(owner, `sam-${engine}@rights.example`);
      const { stdout } = await run(['apikey', 'rotate', '--email', sam.email, '--json', ...installation.settings]);
      const key = new Client(server, `Basic ${JSON.parse(stdout).apiKey}`);
      await until('the key is known', async () => (await status(key)) === 200, 5000);
      const session = await derive.session(key);
      assert.equal(await status(session), 200);
      await run(['apikey', 'disable', '--email', sam.email, ...installation.settings]);
      await ends('the session', session);
    });

    test("the app's networks bind its sessions", async () => {
      const app = await createApp(owner);
      const session = await derive.session(await apiToken(server, app));
      await expect200(owner.put(`${appsPath}/${app.clientId}`, { networks: ['10.0.0.0/8'] }));
      await until('the address is refused', async () => (await status(session)) === 403, 5000);
    });

    test('so do its scopes, when they shrink, and that it may only read', async () => {
      const app = await createApp(owner);
      const session = await derive.session(await apiToken(server, app));
      await expect200(owner.put(`${appsPath}/${app.clientId}`, { scopes: ['package.read'] }));
      await until('the scope is refused', async () => (await session.get('/api/account/senders')).status === 403, 5000);
      assert.equal((await session.get('/api/packages')).status, 200);
      const other = await createApp(owner);
      const reader = await derive.session(await apiToken(server, other));
      await expect200(owner.put(`${appsPath}/${other.clientId}`, { readOnly: true }));
      await until('the change is refused', async () => (await reader.post('/api/packages', { name: 'x' })).status === 403, 5000);
    });

    test("and its rate: a session's calls count as the app's", async () => {
      const app = await createApp(owner, { name: 'Slow', rateLimit: 1 });
      const token = await apiToken(server, app);
      const session = await derive.session(token);
      const seen = [];
      for (let i = 0; i < 12; i++) seen.push(await status(session));
      assert.ok(seen.includes(429), seen.join());
    });

    test("an app with session.create and user.manage cannot change the owner's address by a session", async () => {
      const app = await createApp(owner, { name: 'Narrow', scopes: ['session.create', 'user.manage'] });
      const session = await derive.session(await apiToken(server, app));
      const { status: refused } = await session.post(`/api/account/senders/${account.ownerId}`, { email: `thief-${engine}@rights.example`, password: account.password });
      assert.equal(refused, 403);
      const { body } = await owner.get(`/api/account/senders/${account.ownerId}`);
      assert.equal(body.email, account.email);
    });
  });
}
