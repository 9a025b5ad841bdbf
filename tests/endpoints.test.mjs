// endpoints.test.mjs – /api/notifications/endpoints: any number of them, what each hears, how fast, and steering them.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { engines, createAccount, Server, Client, sendablePackage, until, startServing, stopServing } from './lib/server.mjs';
import { apiToken, createApp, createSender } from './lib/callers.mjs';
import { Listener, gate } from './lib/listener.mjs';
import { addEndpoint, anyPackage, assertRefused, deliveries, endpointsPath, expectOk, raise, raiseAll, seen, settled, tried } from './lib/notifications.mjs';

const events = ['PACKAGE_CREATE'];
const types = ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'PACKAGE_TRASH'];
const url = 'https://good.example/hook';
const options = {
  method: 'POST', payloadFormat: 'ORIGINAL', signatures: ['HMAC_SHA256'], ordered: true, onRefusal: 'HOLD', stopStatuses: [], failureMails: true, retryWaits: [], horizonHours: 96, inFlightLimit: 100, rateLimit: 0,
  connectTimeoutMs: 0, timeoutMs: 0, contact: '', tls: { clientCertificate: '', caCertificates: '' }, filters: {},
};
const texts = (count) => Array.from({ length: count }, (_, i) => `text ${i}`);

// What an endpoint may not say: the member at fault, and what is wrong in a body that is right otherwise.
const refusals = [
  ['url', { url: undefined }], ['url', { url: '' }], ['url', { url: 'gopher://x/' }],
  ['name', { name: 'x'.repeat(101) }], ['name', { name: 'a\nb' }], ['name', { name: 5 }],
  ['events[0]', { events: ['ANYTHING'] }], ['events', { events: {} }],
  ['method', { method: 'GET' }], ['method', { method: 'put' }], ['payloadFormat', { payloadFormat: 'XML' }],
  ['signatures', { signatures: [] }], ['signatures[1]', { signatures: ['ED25519', 'RSA'] }], ['signatures', { signatures: 'ED25519' }],
  ['ordered', { ordered: 'no' }], ['failureMails', { failureMails: 0 }],
  ['retryWaits[1]', { retryWaits: [5, 0] }], ['retryWaits[0]', { retryWaits: [604801] }], ['retryWaits[0]', { retryWaits: [1.5] }], ['retryWaits', { retryWaits: Array(21).fill(1) }], ['retryWaits', { retryWaits: 5 }],
  ['horizonHours', { horizonHours: 0 }], ['horizonHours', { horizonHours: 721 }], ['inFlightLimit', { inFlightLimit: 0 }], ['inFlightLimit', { inFlightLimit: 1001 }],
  ['rateLimit', { rateLimit: -1 }], ['rateLimit', { rateLimit: 10001 }], ['rateLimit', { rateLimit: '5' }], ['connectTimeoutMs', { connectTimeoutMs: 120001 }], ['timeoutMs', { timeoutMs: -5 }],
  ['contact', { contact: 'nobody' }], ['contact', { contact: ['a@b.example'] }],
  ['tls', { tls: 'x' }], ['tls.clientCertificate', { tls: { clientCertificate: 'x' } }], ['tls.caCertificates', { tls: { caCertificates: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n' } }],
  ['filters', { filters: [] }], ['filters.senders', { filters: { senders: 'ann' } }], ['filters.senders', { filters: { senders: texts(101) } }], ['filters.senders[0]', { filters: { senders: [''] } }],
  ['filters.senders[0]', { filters: { senders: ['nobody@elsewhere.example'] } }], ['filters.senders[0]', { filters: { senders: ['nobody000000'] } }],
  ['filters.attributes', { filters: { attributes: [] } }], ['filters.attributes', { filters: { attributes: Object.fromEntries(texts(11).map((name) => [name, ['v']])) } }],
  ['filters.attributes.region', { filters: { attributes: { region: 'EU' } } }], ['filters.attributes.region', { filters: { attributes: { region: [] } } }],
  ['filters.attributes.region', { filters: { attributes: { region: texts(51) } } }], ['filters.attributes.region[1]', { filters: { attributes: { region: ['EU', 5] } } }],
  ['filters.attributes.region[0]', { filters: { attributes: { region: ['x'.repeat(201)] } } }], ['filters.attributes', { filters: { attributes: { '': ['v'] } } }],
  ['authType', { authType: 'DIGEST' }], ['key', { authType: 'BASIC' }], ['oauthSetting', { authType: 'OAUTH2' }], ['customHeaders[0]', { customHeaders: [{ key: 'X-A' }] }], ['customHeaders', { customHeaders: texts(6) }],
];

for (const engine of engines) {
  describe(`endpoints on ${engine}`, () => {
    let installation, account, server, owner, listener;
    const add = (body) => addEndpoint(owner, { url: listener.url, events, ...body });
    const at = (id, verb = '') => `${endpointsPath}/${id}${verb && `/${verb}`}`;
    const steer = (id, verb) => expectOk(owner.post(at(id, verb)));
    const read = (id) => expectOk(owner.get(at(id)));

    before(async () => ({ installation, account, server, owner } = await startServing(engine, ['--retry-scale', '1000'])));
    after(() => stopServing(server, installation));
    afterEach(async () => {
      for (const { id } of (await expectOk(owner.get(endpointsPath))).results) await owner.delete(at(id));
      await listener?.stop();
      listener = undefined;
    });

    test('what is not said has its default, what is said is read back, a PUT says all of it anew', async () => {
      const made = await addEndpoint(owner, { url, events });
      const { id, signingSecret, createdDate, updatedDate, ...rest } = made;
      assert.match(id, /^ep_\w{16}$/);
      assert.match(signingSecret, /^whsec_/);
      const usual = { name: '', origin: 'endpoint', packageId: '', state: 'ACTIVE', stateReason: '', url, authType: 'NONE', events, customHeaders: [], failingSinceDate: null, oldSigningSecrets: [], ...options };
      assert.deepEqual(rest, usual);
      const queue = { pending: 0, oldestDate: null, nextAttemptDate: null };
      assert.deepEqual(await read(id), { id, createdDate, updatedDate, ...usual, queue });

      const wanted = { name: 'Archive é', url: 'http://other.example:8081/x?y', events: ['PACKAGE_TRASH', 'PACKAGE_COMPLETE'], method: 'PUT', payloadFormat: 'CLOUDEVENTS_BINARY', signatures: ['HMAC_SHA256', 'ED25519'], ordered: false, failureMails: false,
        retryWaits: [1, 604800], horizonHours: 720, inFlightLimit: 1000, rateLimit: 10000, connectTimeoutMs: 120000, timeoutMs: 120000, contact: 'ops@bank.example', filters: { senders: [account.ownerId], attributes: { region: ['EU', 'CH'] } },
        customHeaders: [{ key: 'X-A', value: 'b' }] };
      const changed = await expectOk(owner.put(at(id), wanted));
      assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((name) => [name, changed[name]])), wanted);
      assert.deepEqual(await read(id), changed);
      assert.equal(changed.signingSecret, undefined);
      const { updatedDate: later, ...again } = await expectOk(owner.put(at(id), { url, events }));
      assert.deepEqual(again, { id, createdDate, ...usual, queue });
      assert.ok(Date.parse(later) >= Date.parse(updatedDate));
    });

    test('what is refused names its member, creates nothing and changes nothing', async () => {
      const made = await addEndpoint(owner, { url, events, name: 'Stays' });
      const kept = await read(made.id);
      for (const [member, members] of refusals) {
        assertRefused(await owner.post(endpointsPath, { url, events, ...members }), member);
        assertRefused(await owner.put(at(made.id), { url, events, ...members }), member);
        assert.deepEqual(await read(made.id), kept, JSON.stringify(members));
      }
      for (const body of ['', '[1]', '{', '7']) assertRefused(await owner.post(endpointsPath, body, { 'content-type': 'application/json' }));
      assert.equal((await expectOk(owner.get(endpointsPath))).count, 1);
    });

    test('nothing is done to an endpoint that is not there, or not of this account', async () => {
      const other = Client.withKey(server, await createAccount(installation));
      const theirs = await addEndpoint(other, { url, events });
      for (const id of ['ep_0000000000000000', 'x', '%00', theirs.id]) {
        const gone = { status: 404 };
        for (const answer of [await owner.get(at(id)), await owner.put(at(id), { url, events }), await owner.delete(at(id))]) assertRefused(answer, undefined, gone);
        for (const verb of ['pause', 'resume', 'disable', 'enable', 'signingSecrets']) assertRefused(await owner.post(at(id, verb)), undefined, gone);
      }
      assert.equal((await expectOk(other.get(at(theirs.id)))).state, 'ACTIVE');
    });

    test('many endpoints, page by page, each with the events it asks for', async () => {
      listener = await Listener.start();
      const types = ['PACKAGE_CREATE', 'PACKAGE_TRASH', 'EMAIL_BOUNCE', 'ROLE_REASSIGN'];
      const made = [];
      for (let i = 0; i < 40; i++) made.push(await add({ url: `${listener.url}/${i}`, name: `Number ${i}`, events: types.filter((_, bit) => i & (1 << bit)) }));
      const pages = [];
      for (const [from, to] of [[1, 15], [16, 30], [31, 60]]) pages.push(await expectOk(owner.get(`${endpointsPath}?from=${from}&to=${to}`)));
      assert.deepEqual(pages.map((page) => [page.count, page.results.length]), [[40, 15], [40, 15], [40, 10]]);
      assert.deepEqual(pages.flatMap((page) => page.results.map((endpoint) => endpoint.id)), made.map((endpoint) => endpoint.id));
      const id = anyPackage();
      await raiseAll(owner, types.map((name) => ({ name, packageId: id })));
      const expected = made.flatMap((endpoint, i) => endpoint.events.map((name) => `/hook/${i} ${name}`));
      await settled(owner, { packageId: id }, 'DELIVERED', expected.length);
      assert.deepEqual(listener.of(id).map((n) => `${n.url} ${n.body.name}`).sort(), expected.sort());
      // The same event has the same id and number for all of them.
      for (const name of types) assert.equal(new Set(listener.of(id).filter((n) => n.body.name === name).map((n) => `${n.headers['webhook-id']} ${n.headers['greffier-sequence']}`)).size, 1);
    });

    test('filters: who owns the transaction, and its attributes', async () => {
      listener = await Listener.start();
      const sam = await createSender(owner, `sam-${engine}@filters.example`);
      const asSam = await apiToken(server, await createApp(owner), sam.email);
      const rows = {
        everything: undefined, sam: { senders: [sam.email] }, both: { senders: [sam.id, account.ownerId] }, europe: { attributes: { region: ['EU', 'CH'] } },
        'vip in Europe': { attributes: { region: ['EU'], vip: ['true'] } }, level: { attributes: { level: ['3'] } }, 'sam in Europe': { senders: [sam.id], attributes: { region: ['EU'] } }, nobody: { attributes: { region: ['eu'] } },
      };
      const made = {};
      for (const [name, filters] of Object.entries(rows)) made[name] = await add({ url: `${listener.url}/${encodeURIComponent(name)}`, filters });
      assert.deepEqual(made.sam.filters, { senders: [sam.id] });
      const heard = async (client, data, wanted) => {
        const { id } = await expectOk(client.post('/api/packages', { name: 'Filtered', ...(data && { data }) }));
        await settled(owner, { packageId: id }, 'DELIVERED', wanted.length);
        assert.deepEqual(listener.of(id).map((n) => decodeURIComponent(n.url.slice('/hook/'.length))).sort(), [...wanted].sort());
        return id;
      };
      await heard(owner, undefined, ['everything', 'both']);
      await heard(owner, { region: 'EU' }, ['everything', 'both', 'europe']);
      await heard(owner, { region: 'CH', vip: true, level: 3 }, ['everything', 'both', 'europe', 'level']);
      const europe = await heard(asSam, { region: 'EU', vip: true, level: '3' }, ['everything', 'both', 'europe', 'vip in Europe', 'level', 'sam', 'sam in Europe']);
      // What a producer says of it passes the same filters; of a package that nobody knows only those without.
      await raise(owner, europe, 'PACKAGE_CREATE');
      await settled(owner, { packageId: europe }, 'DELIVERED', 14);
      assert.equal(listener.of(europe).length, 14);
      const unknown = anyPackage();
      await raise(owner, unknown);
      await settled(owner, { packageId: unknown });
      assert.deepEqual(listener.of(unknown).map((n) => n.url), ['/hook/everything']);
      // Without its filter it hears all.
      await expectOk(owner.put(at(made.nobody.id), { url: `${listener.url}/nobody`, events }));
      await heard(owner, undefined, ['everything', 'both', 'nobody']);
    });

    test('method, custom headers, and a key that a PUT without one keeps for the same URL', async () => {
      listener = await Listener.start();
      const { id } = await add({ method: 'PUT', key: 'the key', authType: 'BASIC', customHeaders: [{ key: 'X-Tenant', value: 'blue' }, { key: 'Accept', value: 'text/plain' }] });
      const heard = async () => {
        const packageId = anyPackage();
        await raise(owner, packageId);
        await settled(owner, { packageId });
        return listener.of(packageId)[0];
      };
      const { method, headers } = await heard();
      assert.deepEqual([method, headers.authorization, headers['x-tenant'], headers.accept], ['PUT', 'Basic the key', 'blue', 'text/plain']);
      assert.equal((await expectOk(owner.put(at(id), { url: listener.url, events, authType: 'BASIC' }))).authType, 'BASIC');
      const kept = await heard();
      assert.deepEqual([kept.method, kept.headers.authorization, kept.headers['x-tenant']], ['POST', 'Basic the key', undefined]);
      assertRefused(await owner.put(at(id), { url: `${listener.url}/elsewhere`, events, authType: 'BASIC' }), 'key');
      assert.equal((await heard()).headers.authorization, 'Basic the key');
      await expectOk(owner.put(at(id), { url: listener.url, events }));
      assert.equal((await heard()).headers.authorization, undefined);
      assertRefused(await owner.put(at(id), { url: listener.url, events, authType: 'BASIC' }), 'key');
    });

    test('a pause keeps the queue, over a restart too; a resume sends it in order', async () => {
      listener = await Listener.start();
      const { id } = await add({ events: ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'PACKAGE_TRASH'] });
      const other = await add({ url: `${listener.url}/other` });
      const paused = await steer(id, 'pause');
      assert.deepEqual([paused.state, paused.stateReason], ['PAUSED', 'PAUSED']);
      assert.equal((await steer(id, 'pause')).state, 'PAUSED');
      const packages = Array.from({ length: 5 }, anyPackage);
      for (const name of ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'PACKAGE_TRASH']) await raiseAll(owner, packages.map((packageId) => ({ name, packageId })));
      await settled(owner, { endpointId: other.id }, 'DELIVERED', 5);
      assert.equal((await read(id)).queue.pending, 15);
      await server.stop();
      server = await Server.start(installation, ['--retry-scale', '1000']);
      owner = Client.withKey(server, account);
      const extra = anyPackage();
      await raise(owner, extra);
      await settled(owner, { endpointId: other.id }, 'DELIVERED', 6);
      const { state, queue } = await read(id);
      assert.deepEqual([state, queue.pending, listener.received.filter((n) => n.url === '/hook').length], ['PAUSED', 16, 0]);
      // Its registration may change meanwhile: it stays paused.
      assert.equal((await expectOk(owner.put(at(id), { url: listener.url, events: ['PACKAGE_TRASH'] }))).state, 'PAUSED');
      assert.equal((await steer(id, 'resume')).state, 'ACTIVE');
      await settled(owner, { endpointId: id }, 'DELIVERED', 16);
      for (const packageId of packages) assert.deepEqual(listener.of(packageId).filter((n) => n.url === '/hook').map((n) => n.body.name), ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'PACKAGE_TRASH']);
      assert.equal((await read(id)).queue.pending, 0);
    });

    test('to disable fails what is pending, even what waits for a later try, and subscribes to nothing', async () => {
      listener = await Listener.start(() => 500);
      const { id } = await add({ retryWaits: [86400], events: ['PACKAGE_CREATE', 'PACKAGE_TRASH'] });
      const packages = Array.from({ length: 3 }, anyPackage);
      for (const packageId of packages) {
        await raise(owner, packageId);
        await tried(owner, { packageId });
        await raise(owner, packageId, 'PACKAGE_TRASH');
      }
      assert.equal((await read(id)).queue.pending, 6);
      const { state, stateReason } = await steer(id, 'disable');
      assert.deepEqual([state, stateReason], ['DISABLED', 'DISABLED']);
      await settled(owner, { endpointId: id }, 'FAILED', 6);
      const silent = anyPackage();
      await raise(owner, silent);
      assert.equal((await deliveries(owner, { packageId: silent })).count, 0);
      for (const verb of ['pause', 'resume']) assertRefused(await owner.post(at(id, verb)), undefined, { status: 409, messageKey: 'error.conflict.wrongState' });
      assert.equal((await expectOk(owner.put(at(id), { url: listener.url, events }))).state, 'DISABLED');
      listener.answer = () => 200;
      assert.deepEqual([(await steer(id, 'enable')).state, (await steer(id, 'enable')).stateReason], ['ACTIVE', '']);
      const heard = anyPackage();
      await raise(owner, heard);
      await settled(owner, { packageId: heard });
      // What failed stays failed: a resend or a replay is somebody's decision.
      assert.equal(listener.received.filter((n) => packages.includes(n.body.packageId)).length, 3);
      for (const packageId of packages) assert.ok((await deliveries(owner, { packageId })).results.every((d) => d.state === 'FAILED'));
    });

    test('what is under way while its endpoint is disabled is tried no more', async () => {
      const shut = gate();
      listener = await Listener.start(() => shut.passed.then(() => 500));
      const { id } = await add({ retryWaits: [86400], events: types });
      const packageId = anyPackage();
      await raiseAll(owner, types.map((name) => ({ name, packageId })));
      await listener.arrived(1);
      await steer(id, 'disable');
      shut.open();
      const all = await settled(owner, { endpointId: id }, 'FAILED', 3);
      assert.deepEqual(all.map((d) => d.attempts.length), [0, 0, 1]);
      assert.equal(listener.received.length, 1);
    });

    test('what is deleted is gone, and stays in the log', async () => {
      listener = await Listener.start(() => 500);
      const { id } = await add({ retryWaits: [86400], key: 'secret' });
      const packageId = anyPackage();
      await raise(owner, packageId);
      await tried(owner, { packageId });
      assert.equal((await owner.delete(at(id))).status, 200);
      assertRefused(await owner.get(at(id)), undefined, { status: 404, messageKey: 'error.notFound.endpointNotFound' });
      assertRefused(await owner.delete(at(id)), undefined, { status: 404 });
      assert.equal((await expectOk(owner.get(endpointsPath))).count, 0);
      const [failed] = await settled(owner, { packageId }, 'FAILED');
      assert.deepEqual([failed.endpoint, failed.attempts.length], [{ id, url: listener.url }, 1]);
      const silent = anyPackage();
      await raise(owner, silent);
      assert.equal((await deliveries(owner, { packageId: silent })).count, 0);
      assertRefused(await owner.post(`/api/notifications/deliveries/${failed.event.id}/${id}/resend`), undefined, { status: 404 });
    });

    test("the account's callback is an endpoint too: steered here, forgotten there when it is deleted", async () => {
      listener = await Listener.start();
      await expectOk(owner.post('/api/callback', { url: listener.url, key: 'k', events }));
      const [{ id, origin }] = (await expectOk(owner.get(endpointsPath))).results;
      assert.equal(origin, '');
      await steer(id, 'pause');
      const packageId = anyPackage();
      await raise(owner, packageId);
      // Registered again it is still paused; its options stay what they are.
      await expectOk(owner.put(at(id), { url: listener.url, events, key: 'k', method: 'PUT', ordered: false }));
      await expectOk(owner.post('/api/callback', { url: listener.url, key: 'changed', events }));
      const { state, method, ordered } = await read(id);
      assert.deepEqual([state, method, ordered], ['PAUSED', 'PUT', false]);
      await steer(id, 'resume');
      await settled(owner, { packageId });
      assert.deepEqual([listener.received[0].method, listener.received[0].headers.authorization], ['PUT', 'Basic changed']);
      await owner.delete(at(id));
      assert.deepEqual(await expectOk(owner.get('/api/callback')), { url: '', key: '', events: [] });
      await expectOk(owner.post('/api/callback', { url: listener.url, events }));
      assert.notEqual((await expectOk(owner.get(endpointsPath))).results[0].id, id);
    });

    test("a transaction's own callback hears of that transaction alone", async () => {
      listener = await Listener.start();
      const all = await add({ url: `${listener.url}/all`, events: ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'PACKAGE_TRASH'] });
      const own = { url: `${listener.url}/own`, events: ['PACKAGE_CREATE', 'PACKAGE_TRASH'], key: 'own key', authType: 'BASIC' };
      const { id } = await expectOk(owner.post('/api/packages', sendablePackage({ status: 'SENT', callback: own })));
      const { id: other } = await expectOk(owner.post('/api/packages', { name: 'Without' }));
      await expectOk(owner.post(`/api/packages/${id}`, { trashed: true }));
      await expectOk(owner.post(`/api/packages/${other}`, { trashed: true }));
      await settled(owner, { packageId: id }, 'DELIVERED', 5);
      await settled(owner, { packageId: other }, 'DELIVERED', 2);
      assert.deepEqual(listener.received.filter((n) => n.url === '/hook/own').map((n) => [n.body.packageId, n.body.name, n.headers.authorization]), [[id, 'PACKAGE_CREATE', 'Basic own key'], [id, 'PACKAGE_TRASH', 'Basic own key']]);
      assert.deepEqual(listener.of(id).filter((n) => n.url === '/hook/all').map((n) => n.body.name), ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'PACKAGE_TRASH']);
      // It is listed with its package, and not in the package.
      assert.deepEqual((await expectOk(owner.get(endpointsPath))).results.map((endpoint) => endpoint.id), [all.id]);
      const { results: [listed], count } = await expectOk(owner.get(`${endpointsPath}?packageId=${encodeURIComponent(id)}`));
      assert.deepEqual([count, listed.packageId, listed.url], [1, id, own.url]);
      const answer = await owner.get(`/api/packages/${id}`);
      assert.ok(!answer.bytes.includes('callback') && !answer.bytes.includes('own key'));
      await owner.delete(at(listed.id));
    });

    test('a transaction whose callback is refused is not created', async () => {
      const { results: before } = await expectOk(owner.get('/api/notifications/events?limit=1000'));
      for (const [member, callback] of [['callback', 'https://x.example/'], ['url', { events }], ['url', { url: 'ftp://x.example/', events }], ['events[0]', { url, events: ['NOTHING'] }],
        ['key', { url, events, authType: 'BASIC' }], ['tls.clientKey', { url, events, tls: { clientCertificate: 'none' } }], ['filters.senders[0]', { url, events, filters: { senders: ['nobody@x.example'] } }],
        ['oauthSetting.clientSecret', { url, events, authType: 'OAUTH2', oauthSetting: { clientId: 'c', authorizationServerUrl: url } }]]) {
        const answer = await owner.post('/api/packages', { name: 'Refused', callback });
        assertRefused(answer, 'callback');
        if (member !== 'callback' && member !== 'tls.clientKey') assert.ok(answer.body.technical.includes(member), answer.body.technical);
      }
      assert.deepEqual((await expectOk(owner.get('/api/notifications/events?limit=1000'))).results, before);
    });

    test('no more at once than the limit of its own', async () => {
      listener = await Listener.start();
      const shut = gate();
      listener.answer = () => shut.passed.then(() => 200);
      const { id } = await add({ inFlightLimit: 3 });
      const other = await add({ url: `${listener.url}/other` });
      await raiseAll(owner, Array.from({ length: 20 }, () => ({ name: 'PACKAGE_CREATE', packageId: anyPackage() })));
      await until('three at it, and more at the other', () => listener.received.filter((n) => n.url === '/hook').length === 3 && listener.received.filter((n) => n.url === '/hook/other').length > 3);
      assert.equal((await read(id)).queue.pending, 20);
      await owner.delete(at(other.id));
      listener.mostOpen = 0;
      let here = 0, most = 0;
      listener.answer = async (n) => {
        if (n.url !== '/hook') return 200;
        most = Math.max(most, ++here);
        await new Promise((resolve) => setTimeout(resolve, 5));
        here -= 1;
        return 200;
      };
      shut.open();
      await settled(owner, { endpointId: id }, 'DELIVERED', 20);
      assert.ok(most <= 3, `${most} at once`);
    });

    test('no faster than the rate of its own', async () => {
      listener = await Listener.start();
      const { id } = await add({ rateLimit: 10 });
      await raiseAll(owner, Array.from({ length: 25 }, () => ({ name: 'PACKAGE_CREATE', packageId: anyPackage() })));
      await settled(owner, { endpointId: id }, 'DELIVERED', 25);
      const times = listener.received.map((n) => n.at).sort((a, b) => a - b);
      // A second's worth may come at once; then ten a second.
      for (let i = 0; i + 20 < times.length; i++) assert.ok(times[i + 20] - times[i] >= 700, `21 notifications in ${times[i + 20] - times[i]} ms`);
      assert.ok(times[24] - times[0] >= 1400, `all in ${times[24] - times[0]} ms`);
      assert.ok(times[24] - times[0] < 10000);
    });

    test('an endpoint that is not ordered waits for nothing; one that is does', async () => {
      listener = await Listener.start((n) => (n.body.name === 'PACKAGE_CREATE' ? 500 : 200));
      const ordered = await add({ url: `${listener.url}/ordered`, events: types, retryWaits: [86400] });
      const unordered = await add({ url: `${listener.url}/unordered`, events: types, retryWaits: [86400], ordered: false });
      const packageId = anyPackage();
      await raiseAll(owner, types.map((name) => ({ name, packageId })));
      await seen(owner, { endpointId: unordered.id }, 'the later two', (results) => results.filter((d) => d.state === 'DELIVERED').length === 2 && results.some((d) => d.attempts.length === 1 && d.state === 'PENDING'));
      await seen(owner, { endpointId: ordered.id }, 'a first attempt', (results) => results.some((d) => d.attempts.length === 1));
      const { results } = await deliveries(owner, { endpointId: ordered.id });
      assert.ok(results.every((d) => d.state === 'PENDING'));
      assert.deepEqual(results.map((d) => d.attempts.length), [0, 0, 1]);
      assert.equal(listener.received.filter((n) => n.url === '/hook/ordered').length, 1);
    });

    test('changes at the same time lose nothing', async () => {
      const { id, signingSecret } = await addEndpoint(owner, { url, events });
      const secrets = [signingSecret];
      await Promise.all([
        ...Array.from({ length: 4 }, async () => secrets.push((await expectOk(owner.post(at(id, 'signingSecrets'), {}))).signingSecret)),
        ...Array.from({ length: 12 }, (_, i) => expectOk(owner.put(at(id), { url, events, name: `Name ${i}`, authType: 'OAUTH2', oauthSetting: { clientId: 'c', clientSecret: `s${i}`, authorizationServerUrl: url } }))),
      ]);
      assert.equal(new Set(secrets).size, 5);
      assert.equal((await read(id)).oldSigningSecrets.length, 4);
    });
  });
}
