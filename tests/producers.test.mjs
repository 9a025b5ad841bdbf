// producers.test.mjs – events that trusted systems append, what is refused, once and only once; manifests that prove the log whole,
// recomputed here; what is kept for how long.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { engines, freshInstallation, createAccount, Server, Client, sendablePackage, until, startServing, stopServing } from './lib/server.mjs';
import { accessToken, assertError, createApp } from './lib/callers.mjs';
import { Listener } from './lib/listener.mjs';
import { addEndpoint, anyPackage, assertRefused, deliveries, endpointsPath, expectOk, notifications, raise, raiseAll, settled, tried } from './lib/notifications.mjs';

const path = `${notifications}/events`;
const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/** What the manual says a manifest's hash is, from the events as the API lists them. */
function hashOf(events) {
  const payload = ({ name, sessionUser, packageId, message, documentId, createdDate, sequence, id, ...extra }) =>
    JSON.stringify({ '@class': 'com.silanis.esl.packages.event.ESLProcessEvent', name, sessionUser, packageId, message, documentId, createdDate, ...extra });
  return sha256(events.map((event) => `${event.sequence} ${event.id} ${event.name} ${sha256(payload(event))}\n`).join(''));
}

function isSigned(manifest, keys) {
  const { accountId, afterSequence, throughSequence, count, hash, createdDate, keyId, signature } = manifest;
  const { publicKey } = keys.find((key) => key.id === keyId);
  const key = createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(publicKey.slice('whpk_'.length), 'base64')]), format: 'der', type: 'spki' });
  const lines = ['greffier-manifest-v1', accountId, afterSequence, throughSequence, count, hash, createdDate];
  return verify(null, Buffer.from(lines.map((line) => `${line}\n`).join('')), key, Buffer.from(signature, 'base64'));
}

// What an event may not say: the member at fault, and what is wrong in an event that is right otherwise.
const good = { name: 'PACKAGE_CREATE', packageId: 'a package' };
const refusals = [
  ['name', { name: undefined }], ['name', { name: '' }], ['name', { name: 'PACKAGE_MADE' }], ['name', { name: 5 }], ['name', { name: 'package_create' }],
  ['packageId', { packageId: undefined }], ['packageId', { packageId: '' }], ['packageId', { packageId: null }], ['packageId', { packageId: 'x'.repeat(256) }], ['packageId', { packageId: 'a\nb' }], ['packageId', { packageId: 7 }],
  ['sessionUser', { sessionUser: 'é'.repeat(128) }], ['sessionUser', { sessionUser: {} }], ['message', { message: 'x'.repeat(256) }], ['message', { message: 'a\u0007' }], ['message', { message: ['a'] }],
  ['message', { name: 'EMAIL_BOUNCE', message: 'BOUNCED' }], ['message', { name: 'EMAIL_BOUNCE', message: 'BOUNCE,OOTO' }], ['documentId', { documentId: 'x'.repeat(257) }],
  ['newRoleId', { newRoleId: 'r' }], ['newRoleId', { name: 'ROLE_REASSIGN', newRoleId: 5 }], ['newRoleId', { name: 'ROLE_REASSIGN', newRoleId: 'x'.repeat(2001) }], ['anything', { anything: 1 }], ['sequence', { sequence: 5 }],
  ['selectedSupportBusinessHours', { name: 'COBROWSE_REQUEST', selectedSupportBusinessHours: 'Morning' }], ['selectedSupportBusinessHours', { name: 'COBROWSE_REQUEST', selectedSupportBusinessHours: [5] }],
  ['selectedSupportBusinessHours', { name: 'COBROWSE_REQUEST', selectedSupportBusinessHours: Array(21).fill('x') }],
];

for (const engine of engines) {
  describe(`producers on ${engine}`, () => {
    let installation, account, other, server, owner, listener;
    const log = async (after = 0) => (await expectOk(owner.get(`${path}?after=${after}&limit=1000`))).results;
    const last = async () => (await expectOk(owner.get(`${notifications}/manifests`))).throughSequence;
    const withKey = (key, body, client = owner) => client.post(path, body, { 'idempotency-key': key });

    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      other = await createAccount(installation);
      server = await Server.start(installation, ['--retry-scale', '1000']);
      owner = Client.withKey(server, account);
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

    test('every type of the catalogue can be appended, with its members, and goes where such events go', async () => {
      listener = await Listener.start();
      const types = (await expectOk(owner.get(`${notifications}/eventTypes`))).results;
      await addEndpoint(owner, { url: listener.url, events: types.map((type) => type.name) });
      const after = await last();
      const samples = (member) => (member.type === 'string' ? member.values.split(',').at(-1) || `Some ${member.name} – é` : ['one', 'two "quoted"']);
      const packageId = anyPackage();
      for (const type of types) {
        const members = Object.fromEntries(type.members.map((member) => [member.name, samples(member)]));
        const began = Date.now();
        const receipt = await raise(owner, packageId, type.name, { sessionUser: 'ann', '@class': 'ignored', ...members });
        const [event] = await log(receipt.sequence - 1);
        const { createdDate, ...rest } = event;
        assert.deepEqual(rest, { sequence: receipt.sequence, id: receipt.id, name: type.name, packageId, sessionUser: 'ann', message: null, documentId: null, ...members });
        assert.ok(Math.abs(Date.parse(createdDate) - began) < 10000);
      }
      await settled(owner, { packageId }, 'DELIVERED', types.length);
      const events = await log(after);
      assert.deepEqual(listener.of(packageId).map((n) => n.body), events.map(({ sequence, id, ...members }) => ({ '@class': 'com.silanis.esl.packages.event.ESLProcessEvent', ...members })));
      assert.deepEqual(listener.of(packageId).map((n) => Number(n.headers['greffier-sequence'])), events.map((event) => event.sequence));
      // Limits are reached exactly; an absent and a null member are the same.
      const long = await raise(owner, 'p'.repeat(255), 'PACKAGE_DECLINE', { sessionUser: 's'.repeat(255), message: 'é'.repeat(127), documentId: 'd'.repeat(256), newRoleId: null });
      assert.equal((await log(long.sequence - 1))[0].documentId.length, 256);
    });

    test('what is refused names its member and place, and appends nothing, of a batch neither', async () => {
      const before = await last();
      for (const [member, members] of refusals) {
        assertRefused(await owner.post(path, { ...good, ...members }), `event.${member}`);
        assertRefused(await owner.post(path, { events: [good, good, { ...good, ...members }, good] }), `events[2].${member}`);
      }
      for (const body of [{}, { events: [] }, { events: Array(501).fill(good) }, { events: {} }, { events: [good, 'x'] }, { events: [null] }, { events: [[]] }]) assertRefused(await owner.post(path, body));
      for (const body of ['', '[]', 'x', '5', JSON.stringify([good])]) assertRefused(await owner.post(path, body, { 'content-type': 'application/json' }));
      assert.equal(await last(), before);
    });

    test('a page of events is bounded in bytes, says so, and is whole when fewer are asked for', async () => {
      const wordy = { name: 'COBROWSE_REQUEST', packageId: 'wordy', selectedSupportBusinessHours: Array(20).fill('x'.repeat(1990)) };
      const { results: before } = await expectOk(owner.get(`${path}?limit=1000`));
      const after = before.at(-1)?.sequence ?? 0;
      for (let i = 0; i < 4; i++) await expectOk(owner.post(path, { events: Array(75).fill(wordy) }));
      const answer = await owner.get(`${path}?after=${after}&limit=1000`);
      assertError(answer, 400, 'error.validation.invalidField');
      assert.match(answer.body.technical, /^limit: .*100 always fit$/);
      let last = after;
      for (let count = 0; count < 300; count += 100) {
        const { results } = await expectOk(owner.get(`${path}?after=${last}`));
        assert.deepEqual(results.map(({ sequence }) => sequence), Array.from({ length: 100 }, (_, i) => last + 1 + i));
        last += 100;
      }
    });

    test('a batch gets consecutive numbers, however many are at it', async () => {
      const batches = await Promise.all(Array.from({ length: 8 }, (_, batch) => raiseAll(owner, Array.from({ length: batch === 0 ? 500 : 30 }, (__, i) => ({ name: 'PACKAGE_CREATE', packageId: `batch ${batch}`, message: `${i}` })))));
      for (const receipts of batches) assert.deepEqual(receipts.map((receipt) => receipt.sequence - receipts[0].sequence), receipts.map((_, i) => i));
      const all = batches.flat().map((receipt) => receipt.sequence).sort((a, b) => a - b);
      assert.equal(new Set(all).size, 500 + 7 * 30);
      assert.equal(all.at(-1) - all[0], all.length - 1);
      for (const [first] of batches) assert.equal((await log(first.sequence - 1))[0].message, '0');
    });

    test('with an idempotency key: once, and the same answer again, over a restart too', async () => {
      const key = `the key é ${engine}`.replace('é', 'e');
      const before = await last();
      const body = { events: [{ ...good, message: 'one' }, { name: 'EMAIL_BOUNCE', packageId: 'b', message: 'OOTO' }] };
      const first = await withKey(key, body);
      assert.equal(first.status, 200);
      assert.equal(first.headers.get('idempotency-replayed'), null);
      assert.equal(first.body.events.length, 2);
      const again = async (client = owner) => {
        const answer = await withKey(key, { events: [{ message: 'one', packageId: good.packageId, name: good.name }, { message: 'OOTO', name: 'EMAIL_BOUNCE', packageId: 'b' }] }, client);
        assert.equal(answer.status, 200);
        return answer;
      };
      for (let i = 0; i < 2; i++) {
        const answer = await again();
        assert.ok(answer.bytes.equals(first.bytes));
        assert.equal(answer.headers.get('idempotency-replayed'), 'true');
        await server.stop();
        server = await Server.start(installation, ['--retry-scale', '1000']);
        owner = Client.withKey(server, account);
      }
      for (const changed of [{ events: body.events.slice(1) }, { events: [...body.events].reverse() }, good, { events: [{ ...good, message: 'two' }, body.events[1]] }])
        assertRefused(await withKey(key, changed), 'Idempotency-Key', { status: 409, messageKey: 'error.conflict.idempotencyKeyReused' });
      assert.equal(await last(), before + 2);
      // Another account's keys are its own.
      const theirs = await again(Client.withKey(server, other));
      assert.ok(!theirs.bytes.equals(first.bytes));
      // What was refused has used no key.
      assertRefused(await withKey('another', { ...good, name: 'NOTHING' }), 'event.name');
      assert.equal((await withKey('another', good)).headers.get('idempotency-replayed'), null);
      for (const bad of ['', 'x'.repeat(256)]) assertRefused(await withKey(bad, good), 'Idempotency-Key');
      assert.equal((await withKey('x'.repeat(255), good)).status, 200);
      assert.equal(await last(), before + 4);
    });

    test('the same request many times at once is appended once', async () => {
      for (let round = 0; round < 3; round++) {
        const before = await last();
        const body = { events: Array.from({ length: 5 }, () => ({ name: 'PACKAGE_CREATE', packageId: anyPackage() })) };
        const answers = await Promise.all(Array.from({ length: 10 }, () => withKey(`at once ${round}`, body)));
        assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [200]);
        assert.equal(new Set(answers.map((answer) => answer.bytes.toString())).size, 1);
        assert.equal(answers.filter((answer) => answer.headers.get('idempotency-replayed')).length, 9);
        assert.equal(await last(), before + 5);
      }
    });

    test('a token needs the scope event.write, and no more than that', async () => {
      const app = await createApp(owner, { name: 'Gateway' });
      const before = await last();
      const scopes = 'package.read package.write session.create notification.read notification.manage user.read user.manage access.manage';
      assertError(await (await accessToken(server, app, { scope: scopes })).post(path, good), 403, 'error.forbidden.insufficientScope');
      const producer = await accessToken(server, app, { scope: 'event.write' });
      assert.equal((await producer.post(path, good)).status, 200);
      for (const what of [path, `${notifications}/deliveries`, endpointsPath, `${notifications}/manifests`]) assertError(await producer.get(what), 403, 'error.forbidden.insufficientScope');
      assertError(await new Client(server).post(path, good), 401);
      assert.equal(await last(), before + 1);
      assert.equal((await expectOk(Client.withKey(server, other).get(`${path}?limit=1000`))).results.filter((event) => event.packageId === good.packageId && !event.message).length, 0);
    });

    test('many producers and a busy receiver: every request is taken, every transaction in order, nothing lost', async () => {
      listener = await Listener.start();
      const { id } = await addEndpoint(owner, { url: listener.url, events: ['PACKAGE_CREATE'] });
      const packages = Array.from({ length: 12 }, anyPackage);
      const shuffled = (seed) => packages.map((packageId, i) => [(i * 7 + seed * 5) % packages.length, packageId]).sort(([a], [b]) => a - b).map(([, packageId]) => packageId);
      const count = 6 * 6 * packages.length;
      await Promise.all(Array.from({ length: 6 }, async (_, producer) => {
        for (let round = 0; round < 6; round++) await raiseAll(owner, shuffled(producer + round).map((packageId) => ({ name: 'PACKAGE_CREATE', packageId, message: `${producer} ${round}` })));
      }));
      const { throughSequence } = await expectOk(owner.get(`${notifications}/manifests`));
      const replayed = await expectOk(owner.post(`${notifications}/replays`, { endpointId: id, afterSequence: throughSequence - count, rate: 1000 }));
      await until('the end of the replay', async () => (await expectOk(owner.get(`${notifications}/replays/${replayed.id}`))).state === 'DONE');
      await until('a quiet queue', async () => (await deliveries(owner, { endpointId: id, state: 'PENDING', to: 1 })).count === 0);
      assert.equal((await deliveries(owner, { endpointId: id, state: 'DELIVERED' })).count, count);
      for (const packageId of packages) {
        const seen = new Set();
        const first = listener.of(packageId).map((n) => Number(n.headers['greffier-sequence'])).filter((sequence) => !seen.has(sequence) && seen.add(sequence));
        assert.deepEqual(first, [...first].sort((a, b) => a - b));
        assert.equal(first.length, count / packages.length);
      }
    });
  });

  describe(`manifests and retention on ${engine}`, () => {
    let installation, account, server, owner;
    const manifest = (query = '') => expectOk(owner.get(`${notifications}/manifests${query}`));
    const keys = async () => (await expectOk(new Client(server).get(`/.well-known/webhook-keys/${account.accountId}`))).keys;

    before(async () => ({ installation, account, server, owner } = await startServing(engine, ['--retry-scale', '1000', '--retain-deliveries', '7', '--retain-replays', '0'])));
    after(() => stopServing(server, installation));

    test('a manifest of nothing', async () => {
      const empty = await manifest();
      assert.deepEqual([empty.accountId, empty.afterSequence, empty.throughSequence, empty.count, empty.complete, empty.hash, empty.hashAlgorithm], [account.accountId, 0, 0, 0, true, sha256(''), 'SHA-256']);
      assert.ok(isSigned(empty, await keys()));
    });

    test("a manifest is what the log and the receivers' bytes say it is, and signed by the published key", async () => {
      const listener = await Listener.start();
      const types = (await expectOk(owner.get(`${notifications}/eventTypes`))).results.map((type) => type.name);
      const { id: endpointId } = await addEndpoint(owner, { url: listener.url, events: types, ordered: false });
      const { id } = await expectOk(owner.post('/api/packages', sendablePackage({ status: 'SENT', name: 'Größe' })));
      await expectOk(owner.post(`/api/packages/${id}`, { status: 'DECLINED', messages: [{ from: { id: 'Role1' }, content: 'Zu "teuer" \\ – é' }] }));
      await raise(owner, 'p "x" \\ é', 'COBROWSE_REQUEST', { phone: '1', comment: 'a "b"', selectedSupportBusinessHours: ['x', 'ÿ'] });
      await raise(owner, anyPackage(), 'ROLE_REASSIGN', { newRoleId: 'r' });
      await raiseAll(owner, Array.from({ length: 500 }, (_, i) => ({ name: types[i % types.length], packageId: `p${i}`, ...(types[i % types.length] !== 'EMAIL_BOUNCE' && { message: `${i}` }) })));
      const { results: events } = await expectOk(owner.get(`${path}?limit=1000`));
      const whole = await manifest();
      assert.deepEqual([whole.count, whole.complete, whole.throughSequence, whole.hash], [events.length, true, events.at(-1).sequence, hashOf(events)]);
      await listener.arrived(events.length);
      const received = new Map(listener.received.map((n) => [Number(n.headers['greffier-sequence']), n]));
      const lines = [...received].sort(([a], [b]) => a - b).map(([sequence, n]) => `${sequence} ${n.headers['webhook-id']} ${n.body.name} ${sha256(n.raw)}\n`);
      assert.equal(sha256(lines.join('')), whole.hash);

      const published = await keys();
      for (const [after, through] of [[0, 1], [2, 7], [0, 501], [events.length - 1, 0], [3, 100000], [events.length, 0], [events.length + 50, 0], [5, 5], [7, 3]]) {
        const part = await manifest(`?after=${after}&through=${through}`);
        const range = events.filter((event) => event.sequence > after && (through === 0 || event.sequence <= through));
        assert.deepEqual([part.count, part.complete, part.hash], [range.length, true, hashOf(range)], `${after} to ${through}`);
        assert.ok(isSigned(part, published));
        assert.ok(!isSigned({ ...part, count: part.count + 1 }, published));
        assert.ok(!isSigned({ ...part, hash: sha256('other') }, published));
      }
      for (const [member, query] of [['after', '?after=-1'], ['after', '?after=x'], ['through', '?through=1.5'], ['through', '?through=-1']]) assertRefused(await owner.get(`${notifications}/manifests${query}`), member);
      // The newest key signs.
      const { keys: [newest] } = await expectOk(owner.post(`${notifications}/signingKeys`, { overlapHours: 0 }));
      const later = await manifest();
      assert.deepEqual([later.keyId, later.hash], [newest.id, whole.hash]);
      assert.ok(isSigned(later, await keys()));
      await owner.delete(`${endpointsPath}/${endpointId}`);
      await listener.stop();
    });

    test('what is kept, how much there is and how old it is', async () => {
      const listener = await Listener.start((n) => (n.body.name === 'PACKAGE_TRASH' ? 500 : 200));
      await addEndpoint(owner, { url: listener.url, events: ['PACKAGE_CREATE', 'PACKAGE_TRASH'], retryWaits: [86400] });
      const read = () => expectOk(owner.get(`${notifications}/retention`));
      const before = await read();
      assert.deepEqual(before.kinds.map((kind) => [kind.kind, kind.days, kind.isOwn]), [['events', 365, false], ['deliveries', 7, false], ['replays', 0, false], ['mails', 30, false], ['idempotentRequests', 2, false]]);
      assert.deepEqual(before.pending, { count: 0, oldestDate: null });
      const packageId = anyPackage();
      const began = Date.now();
      await expectOk(owner.post(path, { name: 'PACKAGE_CREATE', packageId }, { 'idempotency-key': 'k' }));
      await settled(owner, { packageId });
      await raiseAll(owner, [{ name: 'PACKAGE_TRASH', packageId }, { name: 'PACKAGE_TRASH', packageId }, { name: 'PACKAGE_EXPIRE', packageId }]);
      await tried(owner, { packageId, httpStatus: 500 });
      const { kinds, pending } = await read();
      const of = (list, name) => list.find((kind) => kind.kind === name);
      assert.equal(of(kinds, 'events').count, of(before.kinds, 'events').count + 4);
      assert.equal(of(kinds, 'deliveries').count, of(before.kinds, 'deliveries').count + 1);
      assert.equal(of(kinds, 'idempotentRequests').count, 1);
      assert.ok(Date.parse(of(kinds, 'idempotentRequests').oldestDate) >= began - 1000);
      assert.equal(pending.count, 2);
      assert.ok(Date.parse(pending.oldestDate) >= began - 1000);
      assert.equal(of(kinds, 'events').oldestDate, (await expectOk(owner.get(`${path}?limit=1`))).results[0].createdDate);

      const change = (days) => owner.put(`${notifications}/retention`, { days });
      for (const [member, days] of [['days.events', { events: -1 }], ['days.events', { events: 36501 }], ['days.deliveries', { events: 5, deliveries: '5' }], ['days.everything', { everything: 5 }], ['days', 'x'], ['days', [5]]]) assertRefused(await change(days), member);
      assert.deepEqual((await read()).kinds, kinds);
      const own = await expectOk(change({ events: 36500, mails: 0, replays: null }));
      assert.deepEqual(own.kinds.map((kind) => [kind.days, kind.isOwn]), [[36500, true], [7, false], [0, false], [0, true], [2, false]]);
      const others = await expectOk(change({ deliveries: 1 }));
      assert.deepEqual(others.kinds.map((kind) => [kind.days, kind.isOwn]), [[365, false], [1, true], [0, false], [30, false], [2, false]]);
      assert.ok((await expectOk(change({}))).kinds.every((kind) => !kind.isOwn));
      await listener.stop();
    });
  });
}
