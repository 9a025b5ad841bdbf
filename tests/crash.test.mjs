// crash.test.mjs – SIGKILL between accept and delivery, again and again under load: whatever was answered with success
// arrives, the sequence has no gap, and the order within a transaction holds.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { Receiver } from './lib/receiver.mjs';

const rounds = Number(process.env.CRASH_ROUNDS ?? 8);
const callers = 8;

/** Creates, trashes and restores packages until told to stop; notes every change that was answered with success. */
async function load(client, accepted, state) {
  while (!state.stopped) {
    try {
      const made = await client.post('/api/packages', { name: 'Load' });
      if (made.status !== 200) continue;
      const { id } = made.body;
      accepted.push([id, 'PACKAGE_CREATE']);
      for (const [trashed, name] of [[true, 'PACKAGE_TRASH'], [false, 'PACKAGE_RESTORE']]) {
        if ((await client.post(`/api/packages/${id}`, { trashed })).status === 200) accepted.push([id, name]);
      }
    } catch {
      if (!state.stopped) await sleep(2); // the server has just been killed
    }
  }
}

async function allEvents(client) {
  const events = [];
  for (;;) {
    const { results } = (await client.get(`/api/notifications/events?limit=1000&after=${events.length}`)).body;
    events.push(...results);
    if (results.length < 1000) return events;
  }
}

for (const engine of engines) {
  test(`killed ${rounds} times under load on ${engine}: nothing lost, no gap, no disorder`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    // Refuses now and then, so that retries are under way when the server dies.
    const receiver = await Receiver.start((n, count) => (count % 17 === 0 ? 503 : 200));
    const accepted = [];
    let server = await Server.start(installation, ['--retry-scale', '200']);
    await Client.withKey(server, account).post('/api/callback', { url: receiver.url, events: ['PACKAGE_CREATE', 'PACKAGE_TRASH', 'PACKAGE_RESTORE'] });

    for (let round = 0; round < rounds; round++) {
      const state = { stopped: false };
      const client = Client.withKey(server, account);
      const working = Array.from({ length: callers }, () => load(client, accepted, state));
      await sleep(100 + Math.random() * 300);
      await server.kill();
      state.stopped = true;
      await Promise.all(working);
      server = await Server.start(installation, ['--retry-scale', '200']);
    }

    const client = Client.withKey(server, account);
    const events = await allEvents(client);
    assert.deepEqual(events.map((e) => e.sequence), events.map((_, i) => i + 1), 'the sequence has no gap');
    const stored = new Set(events.map((e) => `${e.packageId} ${e.name}`));
    for (const [id, name] of accepted) assert.ok(stored.has(`${id} ${name}`), `${name} of ${id} was answered and is not in the log`);
    assert.ok(accepted.length > rounds * 5, `the load was real: ${accepted.length} changes`);

    const successes = () => new Set(receiver.received.filter((n, i) => (i + 1) % 17 !== 0).map((n) => n.headers['webhook-id']));
    await until(`${events.length} deliveries`, () => { const got = successes(); return events.every((e) => got.has(e.id)); }, 120000);

    // Order: the first arrival of each event of a transaction comes after the first arrival of those before it.
    const sequenceOf = new Map(events.map((e) => [e.id, e.sequence]));
    const last = new Map();
    const seen = new Set();
    for (const n of receiver.received) {
      const id = n.headers['webhook-id'];
      if (seen.has(id)) continue;
      seen.add(id);
      const sequence = sequenceOf.get(id);
      assert.ok(sequence > (last.get(n.body.packageId) ?? 0), `disorder in ${n.body.packageId}`);
      last.set(n.body.packageId, sequence);
    }
    await until('a quiet queue', async () => (await client.get('/api/notifications/deliveries?state=PENDING')).body.count === 0);
    await server.stop();
    await receiver.stop();
    installation.remove();
  });
}
