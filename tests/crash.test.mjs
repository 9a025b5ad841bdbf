// crash.test.mjs – SIGKILL at random moments, again and again under load: packages change, producers append, receivers fail at
// random, a replay runs. Whatever was answered with success arrives, the sequence has no gap, and the order within a package holds.
// CRASH_ROUNDS and CRASH_SEED choose how often and when: `make torture` gives more rounds and a seed of its own.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { Recorder, check } from './lib/checker.mjs';
import { random } from './lib/random.mjs';

const rounds = Number(process.env.CRASH_ROUNDS ?? 6);
const seed = Number(process.env.CRASH_SEED ?? 1);
const callers = 3;
const producers = 2;
const names = ['PACKAGE_CREATE', 'PACKAGE_TRASH', 'PACKAGE_RESTORE', 'DOCUMENT_SIGNED', 'SIGNER_COMPLETE'];
const settings = ['--retry-scale', '500'];
// A round's load is real when so much of it was answered, however slow the machine is.
const changesEach = 3;
const eventsEach = 20;

/** Creates, trashes and restores packages until told to stop; notes every change that was answered with success. */
async function change(client, accepted, state) {
  while (!state.stopped) {
    try {
      const made = await client.post('/api/packages', { name: 'Load' });
      if (made.status !== 200) continue;
      const { id } = made.body;
      accepted.push(`${id} PACKAGE_CREATE`);
      for (const [trashed, name] of [[true, 'PACKAGE_TRASH'], [false, 'PACKAGE_RESTORE']]) {
        if ((await client.post(`/api/packages/${id}`, { trashed })).status === 200) accepted.push(`${id} ${name}`);
      }
    } catch {
      if (!state.stopped) await sleep(2); // the server has just been killed
    }
  }
}

/** Appends batches, each until it is answered, however often the server dies: `batches` are those that are not answered yet. */
async function append(client, batches, done, state) {
  while (!state.stopped || batches.length > 0) {
    if (batches.length === 0) {
      const batch = { key: `${Math.random()}`, events: [] };
      for (let i = 0; i < 10; i++) {
        const packageId = `pkg-${Math.floor(Math.random() * 20)}`;
        batch.events.push({ name: i % 2 ? 'SIGNER_COMPLETE' : 'DOCUMENT_SIGNED', packageId, documentId: `${batch.key}-${i}` });
      }
      batches.push(batch);
    }
    try {
      const [{ key, events }] = batches;
      const { status, bytes } = await client.post('/api/notifications/events', { events }, { 'idempotency-key': key });
      assert.equal(status, 200, bytes.toString());
      done.push(...events.map((event) => event.documentId));
      batches.shift();
    } catch (error) {
      if (error.code === 'ERR_ASSERTION') throw error;
      if (state.stopped) return;
      await sleep(2);
    }
  }
}

async function allEvents(client) {
  const events = [];
  for (;;) {
    const { results } = (await client.get(`/api/notifications/events?limit=1000&after=${events.at(-1)?.sequence ?? 0}`)).body;
    events.push(...results);
    if (results.length < 1000) return events;
  }
}

for (const engine of engines) {
  test(`killed ${rounds} times under load on ${engine} (seed ${seed}): nothing lost, no gap, no disorder`, async () => {
    const chance = random(seed);
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const recorders = await Promise.all([
      Recorder.start('steady'),
      Recorder.start('failing', () => (chance() < 0.15 ? [500, 503, 429, 404][Math.floor(chance() * 4)] : 200)),
      Recorder.start('slow', () => sleep(chance() * 30, 200)),
    ]);
    let server = await Server.start(installation, settings);
    let client = Client.withKey(server, account);
    const endpoints = [];
    for (const { url } of recorders) {
      const { status, body } = await client.post('/api/notifications/endpoints', { url, events: names });
      assert.equal(status, 200);
      endpoints.push(body.id);
    }
    const accepted = [];
    const appended = [];
    const replays = [];
    const logs = [];
    const batches = Array.from({ length: producers }, () => []);

    for (let round = 0; round < rounds; round++) {
      const state = { stopped: false };
      const before = { changes: accepted.length, events: appended.length };
      const working = [
        ...Array.from({ length: callers }, () => change(client, accepted, state)),
        ...batches.map((own) => append(client, own, appended, state)),
      ];
      const { status, body: replay } = await client.post('/api/notifications/replays', { endpointId: endpoints[round % 2], rate: 500 });
      assert.equal(status, 200);
      replays.push(replay.id);
      await until('the load is real', () => accepted.length >= before.changes + changesEach && appended.length >= before.events + eventsEach, 120000);
      await sleep(chance() * 300);
      await server.kill();
      logs.push(server.log);
      state.stopped = true;
      await Promise.all(working);
      server = await Server.start(installation, settings);
      client = Client.withKey(server, account);
    }
    // What had no answer is asked again, with the same key.
    await Promise.all(batches.map((own) => append(client, own, appended, { stopped: true })));

    const events = await allEvents(client);
    const stored = new Set(events.map((e) => `${e.packageId} ${e.name}`));
    for (const change of accepted) assert.ok(stored.has(change), `${change} was answered and is not in the log`);
    const documents = events.flatMap((e) => e.documentId ?? []);
    assert.equal(new Set(documents).size, documents.length, 'a batch was appended twice');
    assert.deepEqual([...documents].sort(), [...appended].sort());

    await until('the replays are over', async () => {
      const states = await Promise.all(replays.map(async (id) => (await client.get(`/api/notifications/replays/${id}`)).body.state));
      return states.every((s) => s === 'DONE');
    }, 60000);
    await until('a quiet queue', async () => (await client.get('/api/notifications/deliveries?state=PENDING&to=1')).body.count === 0, 120000);
    const { status, out } = await check(server.url, `Basic ${account.apiKey}`, recorders);
    assert.equal(status, 0, out);
    assert.match(out, new RegExp(`^${events.length} events, 3 endpoints`));
    await server.stop();
    // Nothing had to be tried again because transactions were in each other's way.
    assert.doesNotMatch([...logs, server.log].join('\n'), /refuses|deadlock|retried shortly/);
    for (const recorder of recorders) await recorder.stop();
    installation.remove();
  });
}
