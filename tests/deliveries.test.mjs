// deliveries.test.mjs – the log of deliveries: what is found in it, failures by their cause, exports, and what is done to all that a
// search finds.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { Listener, gate } from './lib/listener.mjs';
import { addEndpoint, anyPackage, assertRefused, deliveries, delivery, endpointsPath, expectOk, notifications, raise, raiseAll, seen, settled, tried } from './lib/notifications.mjs';

const replays = `${notifications}/replays`;
const later = { retryWaits: [3600, 3600], failureMails: false };
const onceOnly = { retryWaits: [], stopStatuses: [400, 404, 500, 503], failureMails: false };

for (const engine of engines) {
  describe(`the log of deliveries on ${engine}`, () => {
    let installation, account, server, owner, stranger, listener;
    const add = (members) => addEndpoint(owner, { url: listener.url, events: ['PACKAGE_CREATE', 'PACKAGE_TRASH'], ...members });
    const failures = async (query = {}) => (await expectOk(owner.get(`${notifications}/deliveries/failures?${new URLSearchParams(query)}`))).results;
    const bulk = (action, filter, members = {}, client = owner) => client.post(replays, { action, filter, ...members });
    const ended = (id) => until(`the end of ${id}`, async () => {
      const replay = await expectOk(owner.get(`${replays}/${id}`));
      return replay.state !== 'RUNNING' && replay;
    });
    const done = async (action, filter, members) => ended((await expectOk(bulk(action, filter, members))).id);
    const many = (count, name = 'PACKAGE_CREATE', members = {}) => raiseAll(owner, Array.from({ length: count }, () => ({ name, packageId: anyPackage(), ...members })));

    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      server = await Server.start(installation);
      owner = Client.withKey(server, account);
      stranger = Client.withKey(server, await createAccount(installation));
    });
    after(async () => {
      await server.stop();
      installation.remove();
    });
    afterEach(async () => {
      for (const { id } of (await expectOk(owner.get(endpointsPath))).results) await owner.delete(`${endpointsPath}/${id}`);
      await listener?.stop();
      listener = undefined;
    });

    test('is found by pattern, by class of status, by transaction, by signer and by what the payload says', async () => {
      listener = await Listener.start(({ body }) => (body.name === 'PACKAGE_DECLINE' ? 503 : 404));
      const { id: endpointId } = await add({ ...onceOnly, events: ['PACKAGE_CREATE', 'PACKAGE_DECLINE', 'COBROWSE_REQUEST', 'DOCUMENT_SIGNED'] });
      const made = await expectOk(owner.post('/api/packages', {
        name: 'Prêt hypothécaire Nº 7', roles: [{ id: 'r1', signers: [{ id: 's1', firstName: 'Zoë', lastName: 'Lévesque', email: 'Zoe.Levesque@bank.example' }] }],
      }));
      await raise(owner, made.id, 'PACKAGE_DECLINE', { message: 'One "quoted" word' });
      await raise(owner, anyPackage(), 'DOCUMENT_SIGNED', { documentId: 'contract' });
      await raise(owner, anyPackage(), 'COBROWSE_REQUEST', { phone: '555', comment: 'Call me', selectedSupportBusinessHours: [] });
      await settled(owner, { endpointId }, 'FAILED', 4);
      const rows = [
        [{ name: 'PACKAGE_*' }, 2], [{ name: '*SIGNED,PACKAGE_DECLINE' }, 2], [{ name: '*' }, 4],
        [{ httpStatus: '4xx' }, 3], [{ httpStatus: '5XX' }, 1], [{ httpStatus: '503' }, 1], [{ httpStatus: '2xx' }, 0],
        [{ error: '*' }, 0], [{ failing: 'true' }, 4], [{ failing: 'false' }, 4], [{ failing: 'true', httpStatus: '404' }, 3],
        [{ transaction: 'PRÊT HYPO' }, 2], [{ transaction: '%' }, 0], [{ signer: 'zoë lév' }, 2], [{ signer: 'levesque@BANK' }, 2], [{ signer: 'nobody' }, 0],
        [{ payload: 'message=ONE "quoted" word' }, 1], [{ payload: 'documentId=contract' }, 1], [{ payload: 'documentId=contrac' }, 0], [{ payload: 'documentId=%' }, 0],
        [{ payload: 'comment=call ME' }, 1], [{ payload: 'omment=Call me' }, 0], [{ payload: 'comment=Call' }, 0], [{ payload: 'comment=%' }, 0],
      ];
      for (const [query, count] of rows) {
        assert.equal((await deliveries(owner, { endpointId, ...query })).count, count, JSON.stringify(query));
        assert.equal((await deliveries(stranger, query)).count, 0, JSON.stringify(query));
      }
      for (const [member, value] of [['name', 'PACKAGE_NOTHING'], ['name', '[*'], ['httpStatus', '5x'], ['httpStatus', '1000'], ['failing', 'yes'], ['payload', 'no-equals'], ['payload', '=x'], ['transaction', 'x'.repeat(501)], ['since', 'yesterday']])
        assertRefused(await owner.get(`${notifications}/deliveries?${new URLSearchParams({ [member]: value })}`), member, { messageKey: 'error.validation.invalidField' });

      // By the name that it has now.
      await expectOk(owner.put(`/api/packages/${made.id}`, { name: 'ÉTÉ' }));
      assert.deepEqual([(await deliveries(owner, { transaction: 'hypo' })).count, (await deliveries(owner, { transaction: 'été', signer: 'zoë' })).count], [0, 2]);
    });

    test('a search for a text takes no longer because both texts repeat one letter', async () => {
      await addEndpoint(owner, { url: 'http://127.0.0.1:9/', events: ['PACKAGE_CREATE'] });
      const { id: packageId } = await expectOk(owner.post('/api/packages', { name: 'Lease', description: 'a'.repeat(60_000) }));
      await raiseAll(owner, Array.from({ length: 400 }, () => ({ name: 'PACKAGE_CREATE', packageId })));
      await until('all have their deliveries', async () => (await deliveries(owner, { packageId })).count === 401);
      const worst = `${'a'.repeat(499)}b`;
      for (const [search, count] of [[worst, 0], ['a'.repeat(500), 401]]) assert.equal((await deliveries(owner, { transaction: search })).count, count);
      for (const path of ['/api/packages?search=', `${notifications}/transactions?search=`]) assert.equal((await expectOk(owner.get(path + worst))).results.length, 0);
      await expectOk(owner.put(`/api/packages/${encodeURIComponent(packageId)}`, { description: '' }));
    });

    test('failures are grouped by endpoint and cause, each with the search that finds it', async () => {
      listener = await Listener.start(({ url }) => (url.endsWith('/gone') ? 404 : url.endsWith('/broken') ? 503 : 200));
      const broken = await add({ ...later, url: `${listener.url}/broken` });
      const missing = await add({ ...onceOnly, url: `${listener.url}/gone` });
      const nowhere = await add({ ...later, url: 'http://127.0.0.1:9/' });
      await add({}); // delivers
      const events = await many(3);
      await settled(owner, { endpointId: missing.id }, 'FAILED', 3);
      for (const { id } of [broken, nowhere]) await seen(owner, { endpointId: id }, 'tried', (results) => results.length === 3 && results.filter(({ attempts }) => attempts.length > 0).length === 3);
      const groups = (await failures()).filter(({ endpoint }) => [broken, missing, nowhere].some(({ id }) => id === endpoint.id));
      assert.deepEqual(new Set(groups.map(({ cause, endpoint, count, pending }) => `${cause} ${endpoint.id} ${count} ${pending}`)), new Set([`UNAVAILABLE ${broken.id} 3 3`, `NOT_FOUND ${missing.id} 3 0`, `CONNECTION_REFUSED ${nowhere.id} 3 3`]));
      for (const group of groups) {
        assert.equal((await deliveries(owner, group.filter)).count, group.count, JSON.stringify(group.filter));
        assert.equal(group.example.eventId, events[2].id);
        if (group.endpoint.id === nowhere.id) assert.match(group.example.replyStart, /^Failed to connect to 127\.0\.0\.1 port 9: Couldn't connect to server$/);
        assert.ok(group.firstDate <= group.lastDate);
      }
      assert.equal((await failures({ state: 'FAILED', since: new Date(Date.parse(groups[0].firstDate) - 1).toISOString() })).length, 1);
      assert.deepEqual((await expectOk(stranger.get(`${notifications}/deliveries/failures`))).results, []);

      // What a person gave up is no failure; what never was sent is one.
      await done('CANCEL', { endpointId: broken.id });
      assert.equal((await failures({ endpointId: broken.id })).length, 0);
      await expectOk(owner.post(`${endpointsPath}/${nowhere.id}/pause`));
      await many(1);
      await expectOk(owner.post(`${endpointsPath}/${nowhere.id}/disable`));
      await settled(owner, { endpointId: nowhere.id }, 'FAILED', 4);
      const [never] = (await failures({ endpointId: nowhere.id })).filter(({ cause }) => cause === 'NOT_ATTEMPTED');
      assert.deepEqual([never.count, (await deliveries(owner, never.filter)).count], [1, 1]);
    });

    test('is exported as JSON and as CSV that no spreadsheet runs', async () => {
      listener = await Listener.start(() => 200);
      const { id: endpointId } = await add({});
      const packageId = '=HYPERLINK("http://evil.example")';
      const event = await raise(owner, packageId, 'PACKAGE_CREATE', { message: 'of a person', sessionUser: 'somebody' });
      await settled(owner, { eventId: event.id });
      const path = `${notifications}/deliveries/export?${new URLSearchParams({ endpointId })}`;
      const json = await owner.get(path);
      assert.equal(json.headers.get('greffier-complete'), 'true');
      const { count, complete, results: [line] } = json.body;
      assert.deepEqual([count, complete, line.eventId, line.packageId, line.state, line.attempts, line.httpStatus, line.failureReason], [1, true, event.id, packageId, 'DELIVERED', 1, 200, '']);
      const csv = await owner.get(`${path}&format=csv`);
      assert.match(csv.headers.get('content-type'), /^text\/csv/);
      const [titles, row, end] = csv.bytes.toString().split('\r\n');
      assert.deepEqual([titles, end], [Object.keys(line).join(','), '']);
      assert.ok(row.includes(`,"'=HYPERLINK(""http://evil.example"")",`), row);
      for (const bytes of [json.bytes, csv.bytes]) assert.doesNotMatch(bytes.toString(), /of a person|somebody/);
      assertRefused(await owner.get(`${path}&format=xml`), 'format');
      assert.equal((await expectOk(stranger.get(path))).count, 0);
    });

    test('a delivery as a command for a shell is its request, without its secrets', async () => {
      listener = await Listener.start(() => 200);
      const { id } = await add({ url: `${listener.url}?key=geheim`, authType: 'BASIC', key: 'geheim', customHeaders: [{ key: 'X-Note', value: 'geheim' }] });
      const event = await raise(owner, anyPackage(), 'PACKAGE_CREATE', { message: "it's $HOME `id` \\ \"q\"" });
      await settled(owner, { eventId: event.id });
      const { curl, body } = await delivery(owner, event.id, id);
      assert.doesNotMatch(curl, /geheim|\*\*\*/);
      const [first] = listener.received;
      await promisify(execFile)('sh', ['-c', `${curl} -s`], { env: { PATH: process.env.PATH, AUTHORIZATION: 'own', X_NOTE: 'own', QUERY: 'own=1' } });
      const again = listener.received[1];
      assert.deepEqual([again.raw.toString(), again.headers.authorization, again.headers['x-note'], again.url], [body, 'Basic own', 'own', '/hook?own=1']);
      assert.deepEqual([again.raw, again.headers['webhook-id'], again.headers['content-type']], [first.raw, first.headers['webhook-id'], first.headers['content-type']]);
      await expectOk(owner.delete(`${notifications}/events/${event.id}/payload`));
      assert.equal((await delivery(owner, event.id, id)).curl, null);
    });

    test('all that wait are retried at once: counted first, and no others', async () => {
      listener = await Listener.start(() => 503);
      const { id: endpointId } = await add(later);
      const events = await many(3); // five failures in a row would give the receiver a rest
      const paused = await add({ ...later, events: ['PACKAGE_TRASH'] });
      const [other] = await many(1, 'PACKAGE_TRASH');
      for (const event of [...events, other]) await tried(owner, { eventId: event.id, endpointId });
      await tried(owner, { endpointId: paused.id });
      const { dryRun, matching, complete } = await expectOk(bulk('RETRY', { failing: 'true', httpStatus: '5xx' }, { dryRun: true }));
      assert.deepEqual([dryRun, matching, complete], [true, 5, true]); // the later event goes to both endpoints
      assert.equal((await expectOk(owner.get(replays))).results.filter(({ action }) => action === 'RETRY').length, 0);
      await expectOk(owner.post(`${endpointsPath}/${paused.id}/pause`));
      listener.answer = () => 200;
      const replay = await done('RETRY', { failing: 'true', httpStatus: '5xx' }, { rate: 1000 });
      assert.deepEqual([replay.state, replay.action, replay.matching, replay.queued, replay.skipped, replay.progress], ['DONE', 'RETRY', 5, 4, 1, 1]);
      assert.deepEqual(replay.filter, { failing: 'true', httpStatus: '5xx' });
      const results = await settled(owner, { endpointId }, 'DELIVERED', 4);
      assert.ok(results.every(({ attempts }) => attempts.length === 2));
      assert.equal((await deliveries(owner, { endpointId: paused.id, state: 'PENDING' })).count, 1);
      const { results: log } = await expectOk(owner.get('/api/account/audit?action=replay.create'));
      assert.ok(log.some(({ target, detail }) => target === replay.id && detail.action === 'RETRY'));
    });

    test('all that match are cancelled, and sent again; once each', async () => {
      const shut = gate();
      listener = await Listener.start(() => 500);
      const { id: endpointId } = await add(later);
      const packageId = anyPackage();
      await raiseAll(owner, Array.from({ length: 5 }, () => ({ name: 'PACKAGE_CREATE', packageId }))); // one lane
      await many(3);
      await seen(owner, { endpointId }, 'tried', (results) => results.length === 8 && results.filter(({ attempts }) => attempts.length > 0).length === 4);
      const cancelled = await done('CANCEL', { endpointId });
      assert.deepEqual([cancelled.queued, cancelled.skipped], [8, 0]);
      const gone = await settled(owner, { endpointId }, 'FAILED', 8);
      assert.ok(gone.every(({ failureReason }) => failureReason === 'CANCELLED'));
      listener.answer = () => shut.passed.then(() => 200);
      const again = await done('RESEND', { endpointId, state: 'FAILED' });
      assert.deepEqual([again.queued, again.skipped], [8, 0]);
      assert.equal((await expectOk(bulk('RESEND', { endpointId }, { dryRun: true }))).matching, 0); // all are pending
      shut.open();
      await settled(owner, { endpointId }, 'DELIVERED', 8);
      assert.equal((await done('RESEND', { endpointId, state: 'FAILED' })).queued, 0);
    });

    test('one at a time, at its rate, until it is cancelled; over a restart', async () => {
      listener = await Listener.start(() => 200);
      const { id: endpointId } = await add({});
      await many(60);
      await settled(owner, { endpointId }, 'DELIVERED', 60);
      const { id } = await expectOk(bulk('RESEND', { endpointId }, { rate: 5 }));
      assertRefused(await bulk('CANCEL', {}), undefined, { status: 409, messageKey: 'error.conflict.wrongState' });
      assert.deepEqual([(await bulk('CANCEL', {}, {}, stranger)).status, (await stranger.get(`${replays}/${id}`)).status, (await stranger.post(`${replays}/${id}/cancel`)).status], [200, 404, 404]);
      await until('it is under way', async () => (await expectOk(owner.get(`${replays}/${id}`))).queued >= 5);
      await server.stop();
      server = await Server.start(installation);
      owner.server = stranger.server = server;
      const { queued } = await expectOk(owner.get(`${replays}/${id}`));
      await until('it goes on', async () => (await expectOk(owner.get(`${replays}/${id}`))).queued > queued);
      const stopped = await expectOk(owner.post(`${replays}/${id}/cancel`));
      assert.deepEqual([stopped.state, stopped.queued < 60, stopped.progress < 1], ['CANCELLED', true, true]);
      assertRefused(await owner.post(`${replays}/${id}/cancel`), undefined, { status: 409, messageKey: 'error.conflict.wrongState' });
      await settled(owner, { endpointId }, 'DELIVERED', 60);
      assert.equal(listener.received.length, 60 + stopped.queued);
      await expectOk(bulk('RESEND', { endpointId, state: 'FAILED' })); // another one may begin
    });

    test('what is asked wrongly is refused', async () => {
      for (const [body, member] of [
        [{ action: 'EXPLODE', filter: {} }, 'action'], [{ action: 'RETRY' }, 'filter'], [{ action: 'RETRY', filter: [] }, 'filter'], [{ action: 'RETRY', filter: { state: 'FAILED' } }, 'filter.state'],
        [{ action: 'CANCEL', filter: { state: 'DELIVERED' } }, 'filter.state'], [{ action: 'RESEND', filter: { state: 'PENDING' } }, 'filter.state'], [{ action: 'RETRY', filter: { endpoint: 'x' } }, 'filter.endpoint'],
        [{ action: 'RETRY', filter: { httpStatus: 503 } }, 'filter.httpStatus'], [{ action: 'RETRY', filter: { name: 'NOTHING' } }, 'name'], [{ action: 'RETRY', filter: {}, rate: 0 }, 'rate'],
        [{ action: 'RETRY', filter: {}, rate: 1001 }, 'rate'], [{ action: 'RETRY', filter: {}, endpointId: 'x' }, 'endpointId'], [{ action: 7, filter: {} }, 'action'],
      ]) assertRefused(await owner.post(replays, body), member, { messageKey: 'error.validation.invalidField' });
    });
  });
}
