// grants.test.mjs – nobody gets more by a detour: an app that somebody makes acts as that person, delegations and sessions are links
// of a chain, and whoever ends a link ends all behind it.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { engines, run, sendablePackage, Server, Client, until, startServing, stopServing } from './lib/server.mjs';
import { SessionClient, accessToken, apiToken, appsPath, assertError, cookieName, createApp, createSender, signIn } from './lib/callers.mjs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const senders = '/api/account/senders';
const roles = '/api/account/roles';

/** In the database, beside a server that is not looking. */
function query(installation, sql) {
  if (installation.engine === 'postgresql') execFileSync('psql', ['-q', '-d', installation.settings[installation.settings.indexOf('--database') + 1], '-c', sql]);
  else execFileSync('sqlite3', [join(installation.data, 'greffier.db'), sql]);
}

for (const engine of engines) {
  describe(`grants on ${engine}`, () => {
    let installation;
    let account;
    let server;
    let owner;
    let count = 0;

    before(async () => ({ installation, account, server, owner } = await startServing(engine)));
    after(() => stopServing(server, installation));

    const ok = async (answer) => {
      const { status, body } = await answer;
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };
    const status = async (client) => (await client.get('/api/session')).status;
    const ends = (what, client) => until(what, async () => (await status(client)) === 401, 5000);
    const who = async (client) => (await ok(client.get('/api/session'))).user.id;

    /** A sender with exactly these permissions, and an API key. */
    async function personWith(...permissions) {
      const person = await createSender(owner, `p${count++}-${engine}@grants.example`);
      const role = await ok(owner.post(roles, { name: `Role ${count}`, permissions }));
      await ok(owner.post(`${senders}/${person.id}/roles`, { accountRoles: [{ id: role.id }] }));
      const { stdout } = await run(['apikey', 'rotate', '--email', person.email, '--json', ...installation.settings]);
      const client = new Client(server, `Basic ${JSON.parse(stdout).apiKey}`);
      await until('the key is known', async () => (await status(client)) === 200, 5000);
      return { ...person, role, client };
    }

    test('an app acts as its maker, who is not the owner', async () => {
      const maker = await personWith('sender_admin.api_access');
      const app = await createApp(maker.client);
      assert.equal(app.actsAs, 'MAKER');
      for (const token of [await apiToken(server, app), await accessToken(server, app)]) {
        assert.equal(await who(token), maker.id);
        assertError(await token.get(senders), 403);
        assertError(await token.post(`${senders}/${account.ownerId}`, { firstName: 'Mine' }), 403);
        assertError(await token.get('/api/account/audit'), 403);
      }
      assert.equal((await createApp(owner)).actsAs, 'OWNER');
    });

    test('it acts for others only where its maker may, and never for the owner or somebody who may do more', async () => {
      const plain = await createSender(owner, `plain-${engine}@grants.example`);
      const strong = await personWith('sender_admin.roles');
      const narrow = await createApp((await personWith('sender_admin.api_access')).client);
      const manager = await createApp((await personWith('sender_admin.api_access', 'sender_admin.users')).client);
      const ask = (app, email) => new Client(server).post('/apitoken/clientApp/accessToken', { clientId: app.clientId, secret: app.secret, type: 'SENDER', email });
      assertError(await ask(narrow, plain.email), 403);
      assertError(await ask(manager, strong.email), 403);
      assertError(await ask(manager, account.email), 403);
      const token = await apiToken(server, manager, plain.email);
      assert.equal(await who(token), plain.id);
      // What the sender's role gives later, the maker still does not have.
      await ok(owner.post(`${senders}/${plain.id}/roles`, { accountRoles: [{ id: strong.role.id }] }));
      await until('the token is refused', async () => (await status(token)) === 403, 5000);
    });

    test("a maker's later loss is the app's loss, and the maker's end its end", async () => {
      const maker = await personWith('sender_admin.api_access', 'sender_admin.users');
      const app = await createApp(maker.client);
      const tokens = [await apiToken(server, app), await accessToken(server, app)];
      const session = new SessionClient(server, (await ok(tokens[0].post('/api/sessions'))).sessionToken);
      const { id } = await ok(tokens[0].post('/api/packages', sendablePackage()));
      const signer = new SessionClient(server, (await ok(tokens[0].post(`/api/sessions?package=${encodeURIComponent(id)}&signer=ann@example.com`))).sessionToken);
      assert.equal(await status(signer), 200);
      for (const client of [...tokens, session]) assert.equal((await client.get(senders)).status, 200);
      await ok(owner.put(`${roles}/${maker.role.id}`, { permissions: ['sender_admin.api_access'] }));
      for (const client of [...tokens, session]) await until('less', async () => (await client.get(senders)).status === 403, 5000);
      const ending = await ok(owner.get(`${senders}/${maker.id}/clientApps`));
      assert.deepEqual(ending.map(({ clientId }) => clientId), [app.clientId]);
      await ok(owner.post(`${senders}/${maker.id}`, { status: 'LOCKED' }));
      for (const client of [...tokens, session, signer]) await ends('the end', client);
      assertError(await new Client(server).post('/apitoken/clientApp/accessToken', { clientId: app.clientId, secret: app.secret, type: 'OWNER' }), 401);
    });

    test("nobody gets at an app that may do more: not its secret, not its limits; but anybody who manages apps ends it", async () => {
      const app = await createApp(owner, { name: 'Owner’s', readOnly: true });
      const { client } = await personWith('sender_admin.api_access');
      assertError(await client.post(`${appsPath}/${app.clientId}/regenerate-secret`), 403, 'error.forbidden.noPermission');
      assertError(await client.put(`${appsPath}/${app.clientId}`, { readOnly: false }), 403, 'error.forbidden.noPermission');
      assertError(await client.post(`${appsPath}/${app.clientId}/takeOver`), 403);
      assert.equal((await client.delete(`${appsPath}/${app.clientId}`)).status, 200);
    });

    test('the owner takes an app over: a new secret, or the old one', async () => {
      const maker = await personWith('sender_admin.api_access');
      const [renewed, kept] = [await createApp(maker.client), await createApp(maker.client)];
      const old = await apiToken(server, renewed);
      const taken = await ok(owner.post(`${appsPath}/${renewed.clientId}/takeOver`));
      assert.equal(taken.actsAs, 'OWNER');
      assert.notEqual(taken.secret, renewed.secret);
      await ends('the token of before', old);
      assert.equal(await who(await apiToken(server, taken)), account.ownerId);
      const same = await ok(owner.post(`${appsPath}/${kept.clientId}/takeOver`, { keepSecret: true }));
      assert.equal(same.secret, undefined);
      await until('it acts as the owner', async () => (await who(await apiToken(server, kept))) === account.ownerId, 5000);
      await ok(owner.delete(`${senders}/${maker.id}`));
      assert.equal(await who(await apiToken(server, kept)), account.ownerId);
      const { body: audit } = await owner.get('/api/account/audit?action=client_app.take_over');
      assert.ok(JSON.stringify(audit).includes(kept.clientId));
    });

    /** As 0.3 would have left it, or as time goes by. */
    async function restartAfter(sql) {
      await server.stop();
      query(installation, sql);
      server = await Server.start(installation);
      owner = Client.withKey(server, account);
    }

    test('an app of version 0.3 that the owner did not make goes on for 30 days, and after that when it is taken over', async () => {
      const maker = await personWith('sender_admin.api_access');
      const app = await createApp(maker.client);
      await restartAfter(`UPDATE client_app SET maker = '' WHERE client_id = '${app.clientId}'`);
      assert.match(server.log, new RegExp(`${app.clientId}.*ends at`));
      const { confirmUntilDate } = await ok(owner.get(`${appsPath}/${app.clientId}`));
      const days = (new Date(confirmUntilDate) - Date.now()) / 86400000;
      assert.ok(days > 29.9 && days < 30.1, `${days} days`);
      assert.equal(await who(await apiToken(server, app)), account.ownerId);
      await restartAfter(`UPDATE client_app SET confirm_until_us = 1 WHERE client_id = '${app.clientId}'`);
      assertError(await new Client(server).post('/apitoken/clientApp/accessToken', { clientId: app.clientId, secret: app.secret, type: 'OWNER' }), 401);
      await ok(owner.post(`${appsPath}/${app.clientId}/takeOver`, { keepSecret: true }));
      assert.equal(await who(await apiToken(server, app)), account.ownerId);
    });

    for (const [how, end] of Object.entries({
      'is withdrawn': ({ delegator, delegate }) => owner.delete(`${senders}/${delegator.id}/delegates/${delegate.id}`),
      'has a delegate who is locked': ({ delegate }) => owner.post(`${senders}/${delegate.id}`, { status: 'LOCKED' }),
    })) {
      test(`what rests on a delegation ends when it ${how}`, async () => {
        const people = { delegator: await createSender(owner, `d${count++}-${engine}@grants.example`), delegate: await createSender(owner, `d${count++}-${engine}@grants.example`) };
        await ok(owner.post(`${senders}/${people.delegator.id}/delegates/${people.delegate.id}`));
        const token = await accessToken(server, await createApp(owner), { sender_id: people.delegate.id, delegator_id: people.delegator.id });
        assert.equal(await who(token), people.delegator.id);
        const session = new SessionClient(server, (await ok(token.post('/api/sessions'))).sessionToken);
        assert.equal(await status(session), 200);
        await ok(end(people));
        await ends('the token', token);
        await ends('the session', session);
      });
    }

    test('sessions of sessions end when the first is signed out; a signer stays', async () => {
      const first = await signIn(server, account.email, account.password);
      const open = async (client) => new SessionClient(server, (await ok(client.post('/api/sessions'))).sessionToken);
      const second = await open(first);
      const third = await open(second);
      const { value } = await ok(first.post('/api/authenticationTokens/user', {}));
      const exchange = async () => {
        const { headers } = await fetch(`${server.url}/auth?authenticationToken=${value}&target=/`, { redirect: 'manual' });
        return new SessionClient(server, headers.get('set-cookie').match(new RegExp(`${cookieName}=([^;]+)`))[1]);
      };
      for (const client of [second, third]) assert.equal(await status(client), 200);
      assert.equal((await first.delete('/api/session')).status, 200);
      for (const client of [second, third, await exchange()]) await ends('what the first one opened', client);
    });

    test('sessions behind one another have an end', async () => {
      let client = await signIn(server, account.email, account.password);
      let depth = 0;
      for (; depth < 20; depth++) {
        const { status: answered, body } = await client.post('/api/sessions');
        if (answered !== 200) break;
        client = new SessionClient(server, body.sessionToken);
        assert.equal(await status(client), 200);
      }
      assert.equal(depth, 8);
    });

    test('a token that is revoked takes along the sessions that it opened', async () => {
      const app = await createApp(owner);
      for (const token of [await apiToken(server, app), await accessToken(server, app)]) {
        const other = await apiToken(server, app);
        const [session, kept] = [new SessionClient(server, (await ok(token.post('/api/sessions'))).sessionToken), new SessionClient(server, (await ok(other.post('/api/sessions'))).sessionToken)];
        const form = new URLSearchParams({ token: token.authorization.replace('Bearer ', ''), client_id: app.clientId, client_secret: app.secret });
        assert.equal((await fetch(`${server.url}/oauth2/revoke`, { method: 'POST', body: form })).status, 200);
        await ends('the session of the token', session);
        assert.equal(await status(kept), 200);
      }
    });

    test('an app with networks or a rate makes no app without, nor frees itself', async () => {
      for (const limit of [{ networks: ['127.0.0.0/8'] }, { rateLimit: 1000 }]) {
        const app = await createApp(owner, { name: 'Limited', ...limit });
        const token = await apiToken(server, app);
        const { body: made } = await token.post('/api/sessions');
        for (const caller of [token, new SessionClient(server, made.sessionToken)]) {
          assert.equal((await caller.get(`${appsPath}/${app.clientId}`)).status, 200);
          for (const answer of [await caller.post(appsPath, { name: 'Free' }), await caller.put(`${appsPath}/${app.clientId}`, { networks: [], rateLimit: 0 }), await caller.post(`${appsPath}/${app.clientId}/regenerate-secret`)]) {
            assertError(answer, 403, 'error.forbidden.noPermission');
          }
        }
        assert.equal((await token.delete(`${appsPath}/${app.clientId}`)).status, 200);
      }
    });

    test('no API key comes out of what a client app has opened', async () => {
      const app = await createApp(owner);
      const token = await apiToken(server, app);
      const session = new SessionClient(server, (await ok(token.post('/api/sessions'))).sessionToken);
      for (const client of [token, session]) assertError(await client.get('/api/account/subaccountApiKeys'), 403);
      await ok(owner.post('/api/account/subaccounts', { name: 'Branch' }));
      assert.equal((await ok(owner.get('/api/account/subaccountApiKeys'))).length, 1);
    });
  });
}
