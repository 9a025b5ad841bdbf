// users.test.mjs – senders, roles, delegates, sub-accounts: who may do what to whom.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, sendablePackage, run } from './lib/server.mjs';
import { Mails, assertError, apiToken, createApp, createSender, signIn } from './lib/callers.mjs';

const senders = '/api/account/senders';
const noPermission = 'error.forbidden.noPermission';

for (const engine of engines) {
  describe(`users on ${engine}`, () => {
    let installation, account, other, server, owner, app, mails;
    const as = (email) => apiToken(server, app, email);
    before(async () => {
      mails = new Mails();
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      other = await createAccount(installation, 'Another Bank');
      server = await Server.start(installation, mails.settings);
      owner = Client.withKey(server, account);
      app = await createApp(owner);
    });
    after(async () => {
      await server.stop();
      installation.remove();
      mails.remove();
    });

    test('an invited sender gets a mail, chooses a password, and is active', async () => {
      const made = await owner.post(senders, { email: 'ivy@bank.example', firstName: 'Ivy', lastName: 'Lee', language: 'fr', data: { desk: 7 } });
      assert.equal(made.status, 200);
      assert.equal(made.body.status, 'INVITED');
      const early = await run(['user', 'password', '--email', 'ivy@bank.example', ...installation.settings]);
      assert.match(early.stderr, /has not accepted the invitation yet/);
      assert.equal(early.status, 1);
      assert.equal(made.body.data.desk, 7);
      assert.equal(made.body.account.owner, account.ownerId);
      assertError(await new Client(server).post('/apitoken/clientApp/accessToken', { clientId: app.clientId, secret: app.secret, type: 'SENDER', email: 'ivy@bank.example' }), 404, 'error.notFound.userNotFound');
      const mail = await mails.arrived('ivy@bank.example');
      assert.match(mail.subject, /invité/);
      const token = mail.body.match(/\/login#token=(\S+)/)[1];
      assertError(await new Client(server).post('/api/password', { token, password: 'short' }), 400, 'error.validation.invalidField');
      assert.equal((await new Client(server).post('/api/password', { token, password: 'a long enough password' })).status, 200);
      assertError(await new Client(server).post('/api/password', { token, password: 'a long enough password' }), 401);
      const session = await signIn(server, 'ivy@bank.example', 'a long enough password');
      assert.equal((await session.get('/api/session')).body.user.status, 'ACTIVE');
      assertError(await owner.post(`${senders}/${made.body.id}/invite`), 400);
    });

    test('nobody fills somebody\'s mail box with links: after five within an hour the next one waits', async () => {
      const { body: made } = await owner.post(senders, { email: 'flood@bank.example', firstName: 'Flo', lastName: 'Lee' });
      const answers = [];
      for (let i = 0; i < 8; i++) answers.push(await owner.post(`${senders}/${made.id}/invite`));
      const taken = answers.filter(({ status }) => status === 200).length;
      assert.ok(taken >= 5 && taken <= 6, `${taken} mails`);
      assertError(answers.at(-1), 429, 'error.tooManyRequests.rateLimit');
      const wait = Number(answers.at(-1).headers.get('retry-after'));
      assert.ok(wait > 0 && wait <= 61, `${wait} s`);
      assert.equal((await owner.post(`${senders}/${(await createSender(owner, 'calm@bank.example')).id}/resetpassword`)).status, 200); // another person
    });

    test('an active sender needs no mail; lists, pages and searches find it', async () => {
      for (const [i, lastName] of ['Adams', 'Brown', 'Clark'].entries()) await createSender(owner, `list${i}@bank.example`, { lastName });
      const page = await owner.get(`${senders}?from=1&to=100`);
      assert.equal(page.status, 200);
      assert.equal(page.body.results.length, page.body.count);
      assert.equal((await owner.get(senders)).body.results.length, 1);
      const found = await owner.get(`${senders}?from=1&to=10&search=BROW`);
      assert.deepEqual(found.body.results.map((s) => s.email), ['list1@bank.example']);
      assert.equal((await owner.get(`${senders}?from=1&to=10&search=%25`)).body.count, 0);
      const down = (await owner.get(`${senders}?from=1&to=100&search=list&dir=desc`)).body.results.map((s) => s.lastName);
      assert.deepEqual(down, ['Clark', 'Brown', 'Adams']);
      const [brown] = found.body.results;
      assert.equal((await owner.post(`${senders}/${brown.id}`, { status: 'LOCKED' })).status, 200);
      const locked = await owner.get(`${senders}?from=1&to=10&search=list&status=LOCKED`);
      assert.deepEqual([locked.body.count, locked.body.results.map((s) => s.id)], [1, [brown.id]]);
      assert.equal((await owner.get(`${senders}?from=1&to=10&search=list&status=ACTIVE`)).body.count, 2);
      assertError(await owner.get(`${senders}?status=GONE`), 400, 'error.validation.invalidField');
    });

    test('bad senders are refused and change nothing', async () => {
      const { count } = (await owner.get(senders)).body;
      const good = { email: 'x@bank.example', firstName: 'X', lastName: 'Y' };
      for (const [body, key, member] of [
        [{ ...good, email: undefined }, 'missingField', 'email'],
        [{ ...good, email: 'nonsense' }, 'invalidField', 'email'],
        [{ ...good, firstName: '' }, 'missingField', 'firstName'],
        [{ ...good, lastName: 'x'.repeat(256) }, 'invalidField', 'lastName'],
        [{ ...good, type: 'KING' }, 'invalidField', 'type'],
        [{ ...good, status: 'GONE' }, 'invalidField', 'status'],
        [{ ...good, status: 'LOCKED' }, 'invalidField', 'status'],
        [{ ...good, language: 'tlh' }, 'invalidField', 'language'],
        [{ ...good, data: { big: 'x'.repeat(20000) } }, 'invalidField', 'data'],
      ]) {
        const refused = await owner.post(senders, body);
        assertError(refused, 400, `error.validation.${key}`);
        assert.match(refused.body.technical, new RegExp(member));
      }
      assertError(await owner.post(senders, { ...good, email: other.email }), 400, 'error.validation.senderAlreadyMemberOfAnother');
      assertError(await owner.post(senders, { ...good, email: account.email.toUpperCase() }), 409);
      assert.equal((await owner.get(senders)).body.count, count);
    });

    test('a locked sender is out at once: key, token and session', async () => {
      const sam = await createSender(owner, 'locked@bank.example');
      const rotated = JSON.parse((await run(['apikey', 'rotate', '--email', 'locked@bank.example', '--json', ...installation.settings])).stdout);
      const key = new Client(server, `Basic ${rotated.apiKey}`);
      const token = await as('locked@bank.example');
      const { body: opened } = await key.post('/api/sessions');
      const session = new Client(server);
      const cookie = { cookie: `ESIGNLIVE_SESSION_ID=${opened.sessionToken}` };
      for (const answer of [await key.get('/api/session'), await token.get('/api/session'), await session.request('GET', '/api/session', undefined, cookie)]) assert.equal(answer.status, 200);
      const locked = await owner.post(`${senders}/${sam.id}`, { status: 'LOCKED' });
      assert.equal(locked.body.status, 'LOCKED');
      assert.ok(locked.body.locked);
      assertError(await key.get('/api/session'), 401);
      assertError(await token.get('/api/session'), 401);
      assertError(await session.request('GET', '/api/session', undefined, cookie), 401, 'error.unauthorised.sessionExpired');
      await owner.post(`${senders}/${sam.id}`, { status: 'ACTIVE' });
      assert.equal((await key.get('/api/session')).status, 200);
    });

    test('everybody may change their own name; managers manage regulars; nobody the owner', async () => {
      const regular = await createSender(owner, 'regular@bank.example');
      const manager = await createSender(owner, 'manager@bank.example', { type: 'MANAGER' });
      const asRegular = await as('regular@bank.example');
      const asManager = await as('manager@bank.example');
      assertError(await asRegular.get(senders), 403, noPermission);
      assertError(await asRegular.post(senders, { email: 'z@bank.example', firstName: 'Z', lastName: 'Z' }), 403, noPermission);
      assertError(await asRegular.get(`${senders}/${manager.id}`), 403, noPermission);
      assert.equal((await asRegular.post(`${senders}/${regular.id}`, { firstName: 'Reggie' })).body.firstName, 'Reggie');
      assertError(await asRegular.post(`${senders}/${regular.id}`, { type: 'MANAGER' }), 403, noPermission);
      assertError(await asRegular.post(`${senders}/${regular.id}`, { email: 'new@bank.example' }), 403, noPermission);
      assert.equal((await asManager.get(`${senders}?from=1&to=10`)).status, 200);
      assert.equal((await asManager.post(`${senders}/${regular.id}`, { lastName: 'Changed' })).status, 200);
      assertError(await asManager.post(`${senders}/${account.ownerId}`, { email: 'mine@bank.example' }), 403, noPermission);
      assertError(await asManager.post(`${senders}/${account.ownerId}/resetpassword`), 403, noPermission);
      assertError(await asManager.delete(`${senders}/${account.ownerId}`), 403, noPermission);
      assertError(await owner.post(`${senders}/${account.ownerId}`, { status: 'LOCKED' }), 403, noPermission);
      assertError(await owner.delete(`${senders}/${account.ownerId}`), 403, noPermission);
    });

    test('a deleted sender is gone; another account never sees it', async () => {
      const gone = await createSender(owner, 'gone@bank.example');
      const token = await as('gone@bank.example');
      const stranger = Client.withKey(server, other);
      assertError(await stranger.get(`${senders}/${gone.id}`), 404, 'error.notFound.userNotFound');
      assertError(await stranger.delete(`${senders}/${gone.id}`), 404, 'error.notFound.userNotFound');
      assert.equal((await owner.delete(`${senders}/${gone.id}`)).status, 200);
      assertError(await owner.get(`${senders}/${gone.id}`), 404, 'error.notFound.userNotFound');
      assertError(await token.get('/api/session'), 401);
      await createSender(owner, 'gone@bank.example');
    });

    test('roles: predefined ones are fixed, own ones give what they say, at once', async () => {
      const { body: all } = await owner.get('/api/account/roles');
      assert.deepEqual(all.results.slice(0, 3).map((role) => role.id), ['owner', 'manager', 'sender']);
      assert.equal(all.results[0].name, 'esl.account.account_role.default_role.owner.name');
      assertError(await owner.put('/api/account/roles/owner', { name: 'King' }), 403, noPermission);
      assert.equal((await owner.delete('/api/account/roles/manager')).status, 304);
      const { body: role } = await owner.post('/api/account/roles', { name: 'Access', permissions: ['sender_admin.api_access'], description: 'Client apps', enabled: true });
      const dora = await createSender(owner, 'dora@bank.example');
      const asDora = await as('dora@bank.example');
      assertError(await asDora.get('/api/account/authentication/clientApps'), 403, noPermission);
      const set = await owner.post(`${senders}/${dora.id}/roles`, { userId: dora.id, accountId: account.accountId, accountRoles: [{ id: role.id }] });
      assert.deepEqual(set.body.map((entry) => entry.accountRoles.map((r) => r.id)), [[role.id]]);
      assert.equal((await asDora.get('/api/account/authentication/clientApps')).status, 200);
      assertError(await asDora.get(senders), 403, noPermission);
      assert.deepEqual((await owner.get(`/api/account/roles/${role.id}/users`)).body, [dora.id]);
      assert.equal((await owner.get(`${senders}?from=1&to=10&roleId=${role.id}`)).body.count, 1);
      assert.equal((await owner.delete(`/api/account/roles/${role.id}`)).status, 304);
      await owner.put(`/api/account/roles/${role.id}`, { enabled: false });
      assertError(await asDora.get('/api/account/authentication/clientApps'), 403, noPermission);
      assertError(await owner.post(`${senders}/${dora.id}/roles`, { accountRoles: [{ id: role.id }] }), 400);
      await owner.post(`${senders}/${dora.id}/roles`, { accountRoles: [] });
      assert.equal((await owner.delete(`/api/account/roles/${role.id}`)).status, 200);
      assertError(await owner.get(`/api/account/roles/${role.id}`), 404, 'error.notFound.roleNotFound');
    });

    test('nobody gives what they do not have', async () => {
      const { body: role } = await owner.post('/api/account/roles', { name: 'Roles only', permissions: ['sender_admin.roles'] });
      const { body: more } = await owner.post('/api/account/roles', { name: 'More', permissions: ['sender_admin.api_access'] });
      const rob = await createSender(owner, 'rob@bank.example');
      await owner.post(`${senders}/${rob.id}/roles`, { accountRoles: [{ id: role.id }] });
      const asRob = await as('rob@bank.example');
      assertError(await asRob.post('/api/account/roles', { name: 'All', permissions: ['sender_admin.api_access'] }), 403, noPermission);
      assertError(await asRob.put(`/api/account/roles/${role.id}`, { permissions: ['sender_admin.users'] }), 403, noPermission);
      assertError(await asRob.post(`${senders}/${rob.id}/roles`, { accountRoles: [{ id: more.id }] }), 403, noPermission);
      assertError(await asRob.post(`${senders}/${rob.id}/roles`, { accountRoles: [{ id: 'owner' }] }), 400);
      const max = await createSender(owner, 'max@bank.example');
      await owner.post(`${senders}/${max.id}/roles`, { accountRoles: [{ id: more.id }] });
      assertError(await asRob.post(`${senders}/${max.id}/roles`, { accountRoles: [] }), 403, noPermission);
      for (const change of [{ permissions: [] }, { enabled: false }, { name: 'Less' }]) {
        assertError(await asRob.put(`/api/account/roles/${more.id}`, change), 403, noPermission);
      }
      const { body: unused } = await owner.post('/api/account/roles', { name: 'Unused', permissions: ['sender_admin.api_access'] });
      assertError(await asRob.delete(`/api/account/roles/${unused.id}`), 403, noPermission);
      assert.deepEqual((await owner.get(`/api/account/roles/${more.id}`)).body.permissions.map(({ id }) => id ?? undefined), (await owner.get(`/api/account/roles/${unused.id}`)).body.permissions.map(({ id }) => id ?? undefined));
      assertError(await asRob.put(`${senders}/${max.id}/delegates`, [{ id: rob.id }]), 403, noPermission);
      assertError(await owner.post('/api/account/roles', { name: 'Wrong', permissions: ['everything'] }), 400, 'error.validation.invalidField');
    });

    test("without roles the type's permissions come back: nobody takes them who lacks them", async () => {
      const { body: role } = await owner.post('/api/account/roles', { name: 'Roles alone', permissions: ['sender_admin.roles'] });
      const rita = await createSender(owner, 'rita@bank.example', { type: 'MANAGER' });
      const path = `${senders}/${rita.id}/roles`;
      assert.equal((await owner.post(path, { accountRoles: [{ id: role.id }] })).status, 200);
      const asRita = await as('rita@bank.example');
      assertError(await asRita.post(path, { accountRoles: [] }), 403, noPermission);
      assert.deepEqual((await owner.get(path)).body[0].accountRoles.map(({ id }) => id), [role.id]);
      assertError(await asRita.get(senders), 403, noPermission);
      assert.equal((await owner.post(path, { accountRoles: [] })).status, 200);
      assert.equal((await asRita.get(senders)).status, 200);
    });

    test("others' packages take the permission for it", async () => {
      await createSender(owner, 'pat@bank.example');
      const pat = await as('pat@bank.example');
      const { body: mine } = await pat.post('/api/packages', sendablePackage());
      const quinn = await (await createSender(owner, 'quinn@bank.example'), as('quinn@bank.example'));
      assertError(await quinn.get(`/api/packages/${mine.id}`), 403, noPermission);
      assertError(await quinn.get('/api/packages?ownerEmail=pat@bank.example'), 403, noPermission);
      assert.equal((await owner.get(`/api/packages/${mine.id}`)).status, 200);
      const listed = await owner.get('/api/packages?ownerEmail=pat@bank.example');
      assert.deepEqual(listed.body.results.map((p) => p.id), [mine.id]);
    });

    test('delegates: named, listed, expiring, removed', async () => {
      const boss = await createSender(owner, 'boss@bank.example');
      const help = await createSender(owner, 'help@bank.example');
      const path = `${senders}/${boss.id}/delegates`;
      assert.equal((await owner.put(path, [{ id: help.id, expiryDate: '2099-01-01T00:00:00Z' }])).status, 200);
      const { body } = await owner.get(path);
      assert.equal(body[0].email, 'help@bank.example');
      assert.equal(body[0].expiryDate, '2099-01-01T00:00:00.000Z');
      assertError(await owner.put(path, [{ id: 'nobody000000' }]), 404);
      assert.equal((await owner.get(path)).body.length, 1);
      assert.equal((await owner.delete(`${path}/${help.id}`)).status, 200);
      assertError(await owner.delete(`${path}/${help.id}`), 404);
      assert.equal((await owner.post(`${path}/${help.id}`)).status, 200);
      assert.equal((await owner.delete(path)).status, 200);
      assert.deepEqual((await owner.get(path)).body, []);
    });

    test('sub-accounts: the owner has a key in each, a member by role, and nothing leaks between them', async () => {
      const { body: sub } = await owner.post('/api/account/subaccounts', { name: 'Branch' });
      assert.equal(sub.parentAccountId, account.accountId);
      assert.deepEqual((await owner.get('/api/account/subaccounts')).body.map((a) => a.name), ['Branch']);
      assert.equal((await owner.put(`/api/account/subaccounts/${sub.id}`, { name: 'Main branch' })).body.name, 'Main branch');
      assertError(await Client.withKey(server, other).put(`/api/account/subaccounts/${sub.id}`, { name: 'Stolen' }), 404, 'error.notFound.accountNotFound');
      const { body: keys } = await owner.get('/api/account/subaccountApiKeys');
      assert.deepEqual(Object.keys(keys[0]), ['accountUid', 'accountName', 'apiKey']);
      const branch = new Client(server, `Basic ${keys[0].apiKey}`);
      assert.equal((await branch.get('/api/session')).body.account.id, sub.id);
      const { body: made } = await branch.post('/api/packages', { name: 'In the branch' });
      assertError(await owner.get(`/api/packages/${made.id}`), 404);
      const teller = await createSender(owner, 'teller@bank.example');
      await owner.post(`${senders}/${teller.id}/roles`, { userId: teller.id, accountId: sub.id, accountRoles: [{ id: 'sender' }] });
      const accessible = await (await as('teller@bank.example')).get('/api/account/accessibleaccounts');
      assert.deepEqual(accessible.body.map((a) => a.accountUid).sort(), [account.accountId, sub.id].sort());
      const { body: branchApp } = await branch.post('/api/account/authentication/clientApps', { name: 'Branch app' });
      const asTeller = await apiToken(server, branchApp, 'teller@bank.example');
      assert.equal((await asTeller.get('/api/session')).body.account.id, sub.id);
      // A sub-account's own manager does not reach the parent's users, member or not.
      const mia = await createSender(branch, 'mia@branch.example', { type: 'MANAGER' });
      const asMia = await apiToken(server, branchApp, mia.email);
      for (const answer of [await asMia.delete(`${senders}/${teller.id}`), await asMia.post(`${senders}/${teller.id}`, { email: 'x@evil.example' }), await asMia.delete(`${senders}/${teller.id}/sessions`), await asMia.put(`${senders}/${teller.id}/delegates`, [{ id: mia.id }])]) assertError(answer, 403, noPermission);
      await owner.post(`${senders}/${teller.id}/roles`, { accountId: sub.id, accountRoles: [] });
      assertError(await asTeller.get('/api/session'), 401);
    });

    test("nobody manages a user who may do more in a sub-account: with the address, that user's rights there could be taken", async () => {
      const { body: sub } = await owner.post('/api/account/subaccounts', { name: 'Vault' });
      const permissions = ['sender_admin.users', 'sender_admin.subaccounts', 'sender_admin.api_access'];
      const { body: keeper } = await owner.post('/api/account/roles', { name: 'Keeper', permissions, inherited: true });
      const vic = await createSender(owner, 'vic@bank.example');
      assert.equal((await owner.post(`${senders}/${vic.id}/roles`, { accountId: sub.id, accountRoles: [{ id: keeper.id }] })).status, 200);
      await createSender(owner, 'mona@bank.example', { type: 'MANAGER' });
      const asMona = await as('mona@bank.example');
      const refused = [
        asMona.post(`${senders}/${vic.id}`, { email: 'taken@evil.example' }), asMona.post(`${senders}/${vic.id}`, { status: 'LOCKED' }), asMona.post(`${senders}/${vic.id}/resetpassword`),
        asMona.put(`${senders}/${vic.id}/delegates`, []), asMona.delete(`${senders}/${vic.id}/sessions`), asMona.delete(`${senders}/${vic.id}`),
      ];
      for (const answer of await Promise.all(refused)) assertError(answer, 403, noPermission);
      assert.equal((await owner.get(`${senders}/${vic.id}`)).body.email, 'vic@bank.example');
      await owner.post(`${senders}/${vic.id}/roles`, { accountId: sub.id, accountRoles: [] });
      assert.equal((await asMona.post(`${senders}/${vic.id}`, { title: 'Clerk' })).status, 200);
    });

    test('settings of sign-in: read, changed within limits, back to the defaults', async () => {
      const path = '/api/account/admin/accountSettings/systemSettings';
      assert.equal((await owner.get(path)).body.loginSessionTimeout, 30);
      assert.equal((await owner.request('PATCH', path, { loginSessionTimeout: 60 })).body.loginSessionTimeout, 60);
      assertError(await owner.request('PATCH', path, { loginSessionTimeout: 0 }), 400, 'error.validation.invalidField');
      assert.equal((await owner.delete(path)).body.loginSessionTimeout, 30);
    });
  });
}
