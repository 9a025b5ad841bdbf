// history.test.mjs – who changed what in the configuration, from what to what, and undoing it. No secret is in it.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { engines, createAccount, Server, Client, run, startServing, stopServing } from './lib/server.mjs';
import { accessToken, apiToken, appsPath, assertError, createApp, createSender } from './lib/callers.mjs';

const path = '/api/account/history';
const endpoints = '/api/notifications/endpoints';
const url = 'https://receiver.example/hook';

for (const engine of engines) {
  describe(`the configuration's history on ${engine}`, () => {
    let installation, account, server, owner;
    const history = async (query = '', client = owner) => (await client.get(`${path}${query}`)).body.results;
    const undo = (entry, client = owner) => client.post(`${path}/${entry.sequence}/undo`);
    const makeEndpoint = async (body) => (await owner.post(endpoints, { url, events: ['PACKAGE_CREATE'], ...body })).body;
    const change = async (id, members) => {
      const { body } = await owner.get(`${endpoints}/${id}`);
      const answer = await owner.put(`${endpoints}/${id}`, { ...body, ...members });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return (await history(`?kind=endpoint&subject=${id}&limit=1`))[0];
    };
    const changed = (entry) => Object.fromEntries(entry.changes.map(({ member, before: was, after: is }) => [member, [was, is]]));

    before(async () => ({ installation, account, server, owner } = await startServing(engine)));
    after(() => stopServing(server, installation));

    test('a change says who, from where, and each member before and after; undoing writes it back', async () => {
      const { id } = await makeEndpoint({ name: 'Books', retryWaits: [60] });
      const entry = await change(id, { name: 'Ledger', retryWaits: [60, 600] });
      assert.deepEqual([entry.kind, entry.subject, entry.name, entry.action, entry.address], ['endpoint', id, 'Ledger', 'endpoint.change', '127.0.0.1']);
      assert.deepEqual(entry.actor, { kind: 'USER', id: account.ownerId });
      assert.deepEqual(changed(entry), { name: ['Books', 'Ledger'], retryWaits: [[60], [60, 600]] });
      assert.deepEqual(entry.undo, { possible: true });
      assert.deepEqual((await undo(entry)).body, { undone: entry.sequence });
      const { body } = await owner.get(`${endpoints}/${id}`);
      assert.deepEqual([body.name, body.retryWaits], ['Books', [60]]);
      const [undone] = await history(`?kind=endpoint&subject=${id}`);
      assert.equal(undone.undoes, entry.sequence);
      assert.deepEqual(changed(undone), { name: ['Ledger', 'Books'], retryWaits: [[60, 600], [60]] });
      // Twice is once too many; undoing the undoing is a change like another.
      assertError(await undo(entry), 409, 'error.conflict.changedSince');
      assert.equal((await undo(undone)).status, 200);
      assert.equal((await owner.get(`${endpoints}/${id}`)).body.name, 'Ledger');
    });

    test('what was changed since is not overwritten; other members stay as they are', async () => {
      const { id } = await makeEndpoint({ name: 'One' });
      const first = await change(id, { name: 'Two', horizonHours: 5 });
      await change(id, { timeoutMs: 9000 });
      const third = await change(id, { name: 'Three' });
      const refused = await undo(first);
      assertError(refused, 409, 'error.conflict.changedSince');
      assert.match(refused.body.technical, /name/);
      assert.equal((await undo(third)).status, 200);
      assert.equal((await undo(first)).status, 200);
      const { body } = await owner.get(`${endpoints}/${id}`);
      assert.deepEqual([body.name, body.timeoutMs], ['One', 9000]);
    });

    test('a state is undone by steering; what was made or deleted is not undone', async () => {
      const { id } = await makeEndpoint({});
      await owner.post(`${endpoints}/${id}/pause`);
      const [paused, made] = await history(`?kind=endpoint&subject=${id}`);
      assert.deepEqual(changed(paused), { state: ['ACTIVE', 'PAUSED'] });
      assert.deepEqual(made.undo, { possible: false, reason: 'CREATED' });
      assert.deepEqual(made.changes.filter(({ replaced }) => replaced), [{ member: 'signingSecret', replaced: true }]);
      assert.equal((await undo(paused)).status, 200);
      assert.equal((await owner.get(`${endpoints}/${id}`)).body.state, 'ACTIVE');
      const renamed = await change(id, { name: 'Short-lived' });
      await owner.delete(`${endpoints}/${id}`);
      const gone = await undo(renamed);
      assertError(gone, 409, 'error.conflict.cannotBeUndone');
      assert.equal(gone.body.technical, 'DELETED');
      const [deleted] = await history(`?kind=endpoint&subject=${id}`);
      assert.deepEqual([deleted.action, deleted.undo.reason, changed(deleted).name], ['endpoint.delete', 'DELETED', ['Short-lived', null]]);
      assertError(await undo(deleted), 409, 'error.conflict.cannotBeUndone');
      assertError(await undo({ sequence: 999999 }), 404);
      assertError(await undo({ sequence: 'x' }), 404);
    });

    test('no secret is in it: keys, header values, queries of URLs, parameters', async () => {
      const marks = ['KEYMARK', 'HEADERMARK', 'QUERYMARK', 'PARAMETERMARK', 'CLIENTSECRETMARK', 'PASSWORDMARK'];
      const oauthSetting = { clientId: 'c', clientSecret: 'CLIENTSECRETMARK1', authorizationServerUrl: 'https://idp.example/token?t=QUERYMARK3', scope: 's', grantType: 'CLIENT_CREDENTIALS', customParameters: [{ key: 'resource', value: 'PARAMETERMARK1' }] };
      const { id, signingSecret } = await makeEndpoint({ authType: 'BASIC', key: 'KEYMARK1', url: `${url}?token=QUERYMARK1`, customHeaders: [{ key: 'X-Secret', value: 'HEADERMARK1' }] });
      const entry = await change(id, { key: 'KEYMARK2', url: `${url}?token=QUERYMARK2`, customHeaders: [{ key: 'X-Secret', value: 'HEADERMARK2' }] });
      await change(id, { authType: 'OAUTH2', oauthSetting });
      await owner.post(`${endpoints}/${id}/signingSecrets`, {});
      const app = await createApp(owner, { name: 'Marked' });
      const { body: renewed } = await owner.post(`${appsPath}/${app.clientId}/regenerate-secret`, {});
      const text = JSON.stringify(await history('?limit=50'));
      for (const mark of [...marks, signingSecret, app.secret, renewed.secret, '$secret', '$value']) assert.ok(!text.includes(mark), mark);
      assert.deepEqual(entry.changes.find(({ member }) => member === 'key'), { member: 'key', replaced: true });
      assert.deepEqual(entry.changes.find(({ member }) => member === 'customHeaders'), { member: 'customHeaders', before: [{ key: 'X-Secret', value: '***' }], after: [{ key: 'X-Secret', value: '***' }], masked: true });
      assert.deepEqual(entry.changes.find(({ member }) => member === 'url'), { member: 'url', before: `${url}?***`, after: `${url}?***`, masked: true });
      const [secretOnly] = await history(`?kind=clientApp&subject=${encodeURIComponent(app.clientId)}`);
      assert.deepEqual([secretOnly.changes, secretOnly.undo], [[{ member: 'secret', replaced: true }], { possible: false, reason: 'SECRET' }]);
      if (engine === 'sqlite') {
        await server.stop(); // what is in the write-ahead log is folded back
        const bytes = readFileSync(join(installation.data, 'greffier.db')).toString('latin1');
        for (const mark of [...marks, signingSecret]) assert.ok(!bytes.includes(mark), `${mark} in the database`);
        server = await Server.start(installation);
        owner = Client.withKey(server, account);
      }
    });

    test('header values come back, though nobody sees them; a key does not', async () => {
      const { id } = await makeEndpoint({ customHeaders: [{ key: 'X-One', value: 'first' }] });
      const entry = await change(id, { customHeaders: [{ key: 'X-One', value: 'second' }] });
      assert.equal((await undo(entry)).status, 200);
      assert.deepEqual((await owner.get(`${endpoints}/${id}`)).body.customHeaders, [{ key: 'X-One', value: 'first' }]);
      await change(id, { authType: 'BASIC', key: 'one' });
      const moved = await change(id, { authType: 'NONE' });
      const refused = await undo(moved); // the key is gone
      assertError(refused, 409, 'error.conflict.cannotBeUndone');
      assert.deepEqual(moved.undo, { possible: false, reason: 'NEEDS_SECRET' });
      assert.equal((await owner.get(`${endpoints}/${id}`)).body.authType, 'NONE');
      const keyed = await change(id, { authType: 'BASIC', key: 'two' });
      assert.deepEqual(keyed.undo, { possible: true });
      const elsewhere = await change(id, { url: `${url}elsewhere`, key: 'two' }); // a key goes only where it went
      assert.deepEqual(elsewhere.undo, { possible: false, reason: 'NEEDS_SECRET' });
      const renamed = await change(id, { name: 'Renamed' });
      assert.equal((await undo(renamed)).status, 200);
    });

    test('the callback, client apps, settings, roles, retention, sub-accounts', async () => {
      const check = async (kind, members, read) => {
        const [entry] = await history(`?kind=${kind}&limit=1`);
        assert.deepEqual(changed(entry), members, kind);
        const answer = await undo(entry);
        assert.equal(answer.status, 200, `${kind}: ${JSON.stringify(answer.body)}`);
        if (read) assert.equal(await read(), true, kind);
      };
      await owner.post('/api/callback', { url, key: 'k', events: ['PACKAGE_CREATE'] });
      const [registered] = await history('?kind=endpoint&limit=1');
      assert.deepEqual([registered.action, registered.undo.reason], ['callback.create', 'CREATED']);
      await owner.post('/api/callback', { url, key: 'k', events: [] });
      await check('endpoint', { events: [['PACKAGE_CREATE'], []] }, async () => (await owner.get('/api/callback')).body.events.length === 1);
      const { clientId } = await createApp(owner, { name: 'Before', rateLimit: 5 });
      await owner.put(`${appsPath}/${clientId}`, { name: 'After', enabled: false });
      await check('clientApp', { name: ['Before', 'After'], enabled: [true, false] }, async () => (await owner.get(`${appsPath}/${clientId}`)).body.name === 'Before');
      await owner.put('/api/account/authentication/settings', { tokenLifeMax: 600, leakPolicy: 'DISABLE' });
      await check('authentication', { tokenLifeMax: [0, 600], leakPolicy: ['NOTIFY', 'DISABLE'] }, async () => (await owner.get('/api/account/authentication/settings')).body.leakPolicy === 'NOTIFY');
      await owner.request('PATCH', '/api/account/admin/accountSettings/systemSettings', { loginSessionTimeout: 60 });
      await check('systemSettings', { loginSessionTimeout: [30, 60] });
      const { body: role } = await owner.post('/api/account/roles', { name: 'Readers', permissions: [] });
      await owner.put(`/api/account/roles/${role.id}`, { name: 'Writers' });
      await check('role', { name: ['Readers', 'Writers'] });
      const sender = await createSender(owner, `history-${engine}@bank.example`);
      await owner.post(`/api/account/senders/${sender.id}/roles`, { accountRoles: [{ id: role.id }] });
      await check('memberRoles', { accountRoles: [[], [role.id]] });
      await owner.put('/api/notifications/retention', { days: { events: 9, mails: 8 } });
      await owner.put('/api/notifications/retention', { days: { events: 10, mails: 8 } });
      await check('retention', { events: [9, 10] }, async () => (await owner.get('/api/notifications/retention')).body.kinds[0].days === 9);
      const { body: branch } = await owner.post('/api/account/subaccounts', { name: 'North' });
      await owner.put(`/api/account/subaccounts/${branch.id}`, { name: 'South' });
      await check('subaccount', { name: ['North', 'South'] });
      await run(['account', 'feature', '--account', account.accountId, '--disable', 'oauth', ...installation.settings]);
      const [operated] = await history('?kind=account');
      assert.deepEqual([operated.actor.kind, operated.undo], ['OPERATOR', { possible: false, reason: 'OPERATOR' }]);
      assertError(await undo(operated), 409, 'error.conflict.cannotBeUndone');
      await run(['account', 'feature', '--account', account.accountId, '--enable', 'oauth', ...installation.settings]);
      const { body } = await owner.get('/api/account/audit/verification');
      assert.equal(body.whole, true);
    });

    test('who has which role is undone in whatever order the roles were given', async () => {
      const person = await createSender(owner, `order-${engine}@bank.example`);
      const { body: role } = await owner.post('/api/account/roles', { name: 'Ordered', permissions: [] });
      for (const ids of [[role.id, 'manager'], ['manager', role.id, role.id]]) {
        const answer = await owner.post(`/api/account/senders/${person.id}/roles`, { accountRoles: ids.map((id) => ({ id })) });
        assert.equal(answer.status, 200);
        const [entry] = await history(`?kind=memberRoles&subject=${person.id}&limit=1`);
        assert.equal((await undo(entry)).status, 200, ids.join());
      }
    });

    test('that the owner has taken a client app over is not undone, and not said to be', async () => {
      const person = await createSender(owner, `maker-${engine}@bank.example`);
      const { body: role } = await owner.post('/api/account/roles', { name: 'Makers', permissions: ['sender_admin.api_access'] });
      await owner.post(`/api/account/senders/${person.id}/roles`, { accountRoles: [{ id: role.id }] });
      const { clientId } = await createApp(await apiToken(server, await createApp(owner), person.email));
      assert.equal((await owner.post(`${appsPath}/${clientId}/takeOver`, { keepSecret: true })).status, 200);
      const [entry] = await history(`?kind=clientApp&subject=${encodeURIComponent(clientId)}&limit=1`);
      assert.deepEqual([changed(entry), entry.undo], [{ actsAs: ['MAKER', 'OWNER'] }, { possible: false, reason: 'TAKEN_OVER' }]);
      assertError(await undo(entry), 409, 'error.conflict.cannotBeUndone');
    });

    test('who may read a kind sees it; undoing needs the rights of now', async () => {
      const { id } = await makeEndpoint({ name: 'Guarded' });
      const renamed = await change(id, { name: 'Renamed' });
      const app = await createApp(owner);
      const person = await createSender(owner, `guard-${engine}@bank.example`);
      const { body: role } = await owner.post('/api/account/roles', { name: 'Notifiers', permissions: ['sender_admin.event_notifications'] });
      const { body: other } = await owner.post('/api/account/roles', { name: 'Nobody', permissions: ['templates_layouts.templates'] });
      const give = (roleId) => owner.post(`/api/account/senders/${person.id}/roles`, { accountRoles: [{ id: roleId }] });
      await give(role.id);
      const notifier = await apiToken(server, app, person.email);
      assert.ok((await history('?limit=50', notifier)).every((entry) => ['endpoint', 'retention'].includes(entry.kind)));
      const [app1] = await history('?kind=clientApp&limit=1');
      assertError(await undo(app1, notifier), 404);
      assertError(await notifier.get(`${path}?kind=clientApp`), 403);
      assertError(await owner.get(`${path}?kind=nothing`), 400);
      assertError(await owner.get(`${path}?subject=${id}`), 400);
      const reader = await accessToken(server, app, { scope: 'notification.read' });
      assert.deepEqual((await history(`?kind=endpoint&subject=${id}&limit=1`, reader))[0].undo, { possible: false, reason: 'NO_PERMISSION' });
      assertError(await undo(renamed, reader), 403);
      await give(other.id); // the right is gone, the history has it still
      assertError(await undo(renamed, notifier), 404);
      assertError(await notifier.get(path), 403);
      await give(role.id);
      assert.equal((await undo(renamed, notifier)).status, 200);
      const stranger = Client.withKey(server, await createAccount(installation, 'Stranger'));
      assert.deepEqual(await history('', stranger), []);
      assertError(await undo(renamed, stranger), 404);
    });

    test('pages are followed by `before`', async () => {
      const all = [];
      let next;
      do {
        const { body } = await owner.get(`${path}?limit=7${next ? `&before=${next}` : ''}`);
        all.push(...body.results);
        next = body.next;
      } while (next);
      const sequences = all.map(({ sequence }) => sequence);
      assert.deepEqual(sequences, [...new Set(sequences)].sort((a, b) => b - a));
      assert.ok(all.length > 30, `${all.length}`);
    });
  });
}
