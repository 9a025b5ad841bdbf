// fanout.test.mjs – a request's many deliveries are made after its answer, in pieces: others have their turn in between, a later
// event of the account waits, and a kill between two pieces loses and doubles nothing.
// Runs alone: it measures time or load (scripts/run-scenarios).
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, until, startServing, stopServing } from './lib/server.mjs';
import { Recorder, check } from './lib/checker.mjs';
import { addEndpoint, endpointsPath, expectOk, notifications, raise, raiseAll } from './lib/notifications.mjs';

const many = 300; // endpoints
const events = 60;
const name = 'DOCUMENT_SIGNED';

const batchOf = (count, packageId = 'pkg-1') => Array.from({ length: count }, (_, i) => ({ name, packageId: i % 3 ? packageId : `${packageId}-${i}` }));

/** How many deliveries the endpoint has on record. */
async function madeFor(client, endpoint) {
  return (await expectOk(client.get(`${notifications}/deliveries?endpointId=${endpoint}&to=1`))).count;
}

/** Endpoints that take nothing for now: their deliveries are made and wait. Their ids, in the order in which deliveries are made. */
async function pausedEndpoints(client, count, members = {}) {
  const made = await Promise.all(Array.from({ length: count }, async () => {
    const { id } = await addEndpoint(client, { url: 'http://127.0.0.1:1/', events: [name], ...members });
    await expectOk(client.post(`${endpointsPath}/${id}/pause`));
    return id;
  }));
  return made.sort();
}

function assertConsecutive(receipts) {
  receipts.forEach(({ sequence }, i) => assert.equal(sequence, receipts[0].sequence + i));
}

for (const engine of engines) {
  describe(`many deliveries at once on ${engine}`, () => {
    let installation, account, server, client;
    before(async () => ({ installation, account, server, owner: client } = await startServing(engine)));
    after(() => stopServing(server, installation));

    test(`between the pieces of ${events} events × ${many} endpoints others commit, and a later event waits`, async () => {
      const other = Client.withKey(server, await createAccount(installation));
      const ids = await pausedEndpoints(client, many);
      const last = ids.at(-1);
      const receipts = await raiseAll(client, batchOf(events));
      assert.equal(receipts.length, events);
      assertConsecutive(receipts);
      const later = await raise(client, 'pkg-2', name);
      assert.equal(later.sequence, receipts.at(-1).sequence + 1);

      const replay = await expectOk(client.post(`${notifications}/replays`, { endpointId: last, rate: 1000 }));

      // What is made of it after each commit of the other account.
      const progress = [];
      for (let made = 0; made <= events; ) {
        assert.equal((await other.post('/api/packages', { name: 'Beside' })).status, 200);
        const ofLater = (await expectOk(client.get(`${notifications}/deliveries?eventId=${later.id}&to=1`))).count;
        made = await madeFor(client, last);
        progress.push(made);
        assert.ok(ofLater === 0 || made >= events, 'the first delivery of the later event is made after the last of the others');
      }
      const between = new Set(progress.filter((made) => made > 0 && made < events));
      assert.ok(between.size >= 3, `the other account's commits fell between pieces: ${progress}`);

      await until('all of it is made', async () => (await madeFor(client, last)) === events + 1);
      // The replay did not run ahead: whatever it came to was pending already.
      const { queued } = await until('the replay is over', async () => {
        const { body } = await client.get(`${notifications}/replays/${replay.id}`);
        return body.state === 'DONE' && body;
      });
      assert.equal(queued, 0);
      for (const id of [ids[0], ids[many / 2], last]) {
        const { queue } = await expectOk(client.get(`${endpointsPath}/${id}`));
        assert.equal(queue.pending, events + 1);
      }
      const { results } = await expectOk(client.get(`${notifications}/events?after=0&limit=1000`));
      assert.deepEqual(results.map(({ id }) => id), [...receipts, later].map(({ id }) => id));
    });
  });

  test(`killed between pieces on ${engine}: nothing lost, nothing twice, no disorder`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const recorder = await Recorder.start('all');
    let server = await Server.start(installation);
    let client = Client.withKey(server, account);
    const endpoints = [];
    for (let i = 0; i < 12; i++) endpoints.push((await addEndpoint(client, { url: recorder.url, events: [name] })).id);
    endpoints.sort();
    const expected = [];
    let killed = 0;
    for (let round = 0; round < 30 && killed < 3; round++) {
      const receipts = await raiseAll(client, batchOf(250, `pkg-${round % 2}`));
      expected.push(...receipts);
      const before = expected.length - receipts.length;
      const made = await until('a part of it is made', async () => (await madeFor(client, endpoints.at(-1))) - before);
      await server.kill();
      killed += made < receipts.length;
      server = await Server.start(installation);
      client = Client.withKey(server, account);
      expected.push(await raise(client, `pkg-${round % 2}`, name));
      await until('the fan-out goes on', async () => (await madeFor(client, endpoints.at(-1))) === expected.length, 60000);
    }
    assert.equal(killed, 3, 'killed in the middle');
    assertConsecutive(expected);
    for (const id of endpoints) assert.equal(await madeFor(client, id), expected.length);
    await until('a quiet queue', async () => (await client.get(`${notifications}/deliveries?state=PENDING&to=1`)).body.count === 0, 120000);
    const { status, out } = await check(server.url, `Basic ${account.apiKey}`, [recorder]);
    assert.equal(status, 0, out);
    assert.match(out, new RegExp(`^${expected.length} events, 12 endpoints`));
    await server.stop();
    assert.doesNotMatch(server.log, /retried shortly/);
    await recorder.stop();
    installation.remove();
  });
}
