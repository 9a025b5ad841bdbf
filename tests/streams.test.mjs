// streams.test.mjs – pull, long poll and stream: who reads the log misses nothing, waits for no longer than needed, and stops when it must.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { engines, freshInstallation, createAccount, Server, Client, until, startServing, stopServing } from './lib/server.mjs';
import { apiToken, appsPath, assertError, createApp, createSender } from './lib/callers.mjs';
import { Stream } from './lib/stream.mjs';

const events = '/api/notifications/events';
const streamPath = `${events}/stream`;

for (const engine of engines) {
  describe(`pull and stream on ${engine}`, () => {
    let installation, account, server, owner;
    const create = async (client = owner) => (await client.post('/api/packages', { name: 'Streamed' })).body.id;
    const last = async () => {
      let after = 0;
      for (;;) {
        const { results } = (await owner.get(`${events}?after=${after}&limit=1000`)).body;
        if (!results.length) return after;
        after = results.at(-1).sequence;
      }
    };
    before(async () => ({ installation, account, server, owner } = await startServing(engine, ['--streams-limit', '20'])));
    after(() => stopServing(server, installation));

    test('a long poll is answered by the event it waits for, and by nothing when its time is over', async () => {
      const after = await last();
      const began = Date.now();
      const waiting = owner.get(`${events}?after=${after}&wait=30`);
      await sleep(50);
      const id = await create();
      const { results } = (await waiting).body;
      assert.deepEqual(results.map((e) => [e.sequence, e.packageId]), [[after + 1, id]]);
      assert.ok(Date.now() - began < 20000);
      assert.deepEqual((await owner.get(`${events}?after=${after + 1}&wait=1`)).body, { results: [] });
      assert.ok(Date.now() - began >= 1000);
      // What is there already is not waited for.
      assert.equal((await owner.get(`${events}?after=${after}&wait=60`)).body.results.length, 1);
      assertError(await owner.get(`${events}?wait=61`), 400);
    });

    test("another account's events end no wait", async () => {
      const other = Client.withKey(server, await createAccount(installation, 'Other'));
      const after = await last();
      const waiting = owner.get(`${events}?after=${after}&wait=1`);
      await sleep(50);
      for (let i = 0; i < 5; i++) await create(other);
      assert.deepEqual((await waiting).body, { results: [] });
    });

    test('a stream begins now, or after the number it is given, and has every event once, in order', async () => {
      const start = await last();
      const live = await Stream.open(owner);
      assert.equal(live.status, 200);
      assert.match(live.headers.get('content-type'), /^text\/event-stream/);
      assert.equal(live.headers.get('cache-control'), 'no-store');
      await until('its first line', () => live.retry === 2000);
      for (let i = 0; i < 40; i += 8) await Promise.all(Array.from({ length: 8 }, () => create()));
      await until('all of them', () => live.messages.length >= 40);
      assert.deepEqual(live.messages.map((m) => m.id), Array.from({ length: 40 }, (_, i) => start + 1 + i));
      assert.ok(live.messages.every((m) => m.event === 'PACKAGE_CREATE' && m.data.sequence === m.id));
      await live.close();
      // As a browser comes back.
      const again = await Stream.open(owner, streamPath, { 'last-event-id': String(start + 35) });
      await until('the rest', () => again.messages.length === 5);
      await again.close();
      const all = await Stream.open(owner, `${streamPath}?after=0`);
      await until('from the first on', () => all.messages.length === start + 40);
      assert.deepEqual(all.messages.map((m) => m.data), (await pulled()).slice(0, start + 40));
      await all.close();
      // Or with the newest: the header says which of them were there already.
      const newest = await Stream.open(owner, `${streamPath}?last=3`);
      assert.equal(newest.headers.get('greffier-newest'), String(start + 40));
      await until('the last three', () => newest.messages.length === 3);
      await create();
      await until('the next', () => newest.messages.length === 4);
      assert.deepEqual(newest.messages.map((m) => m.id), [38, 39, 40, 41].map((i) => start + i));
      await newest.close();
      const young = Client.withKey(server, await createAccount(installation, 'Young'));
      const first = await Stream.open(young, `${streamPath}?last=100`);
      assert.equal(first.headers.get('greffier-newest'), '0');
      await create(young);
      await until('its first event', () => first.messages.length === 1);
      await first.close();
      assertError(await owner.get(`${streamPath}?last=101`), 400);
    });
    const pulled = async () => {
      const list = [];
      for (;;) {
        const { results } = (await owner.get(`${events}?after=${list.at(-1)?.sequence ?? 0}&limit=1000`)).body;
        if (!results.length) return list;
        list.push(...results);
      }
    };

    test('a place that is no number is refused', async () => {
      for (const headers of [{ 'last-event-id': 'evt_1' }, { 'last-event-id': '-1' }, { 'last-event-id': '1 2' }])
        assertError(await owner.request('GET', streamPath, undefined, headers), 400);
      assertError(await owner.get(`${streamPath}?after=x`), 400);
    });

    test('a stream ends with the right to read it', async () => {
      const app = await createApp(owner);
      const live = await Stream.open(await apiToken(server, app));
      await create();
      await until('the event', () => live.messages.length === 1);
      const quiet = await Stream.open(await apiToken(server, app)); // nothing happens on this one any more
      await until('its first line', () => quiet.retry);
      const began = Date.now();
      await owner.delete(`${appsPath}/${app.clientId}`);
      await until('the end', () => live.ended && quiet.ended);
      assert.ok(Date.now() - began < 8000, 'sooner than its next heartbeat');
      await create();
      assert.equal(live.messages.length, 1);
      assertError(await new Client(server).get(streamPath), 401);
      const sender = await createSender(owner, `sender-${engine}@stream.example`);
      assertError(await (await apiToken(server, await createApp(owner), sender.email)).get(streamPath), 403);
    });

    test("a stream is one call: it does not use up its app's rate", async () => {
      const app = await createApp(owner, { name: 'Slow', rateLimit: 1 });
      const live = await Stream.open(await apiToken(server, app));
      assert.equal(live.status, 200);
      for (let i = 1; i <= 5; i++) {
        await create();
        await until(`event ${i}`, () => live.messages.length === i);
      }
      await live.close();
    });

    test('a client that does not read holds up nobody, and one that leaves is forgotten', async () => {
      const { hostname, port } = new URL(server.url);
      const deaf = connect(Number(port), hostname);
      deaf.write(`GET ${streamPath}?after=0 HTTP/1.1\r\nHost: x\r\nAuthorization: ${owner.authorization}\r\n\r\n`);
      await new Promise((resolve) => deaf.once('readable', resolve));
      deaf.pause();
      const live = await Stream.open(owner);
      const id = await create();
      await until('its own event', () => live.messages.some((m) => m.data.packageId === id));
      deaf.destroy();
      await live.close();
      // Each of them took a place, and gave it back.
      for (let round = 0; round < 3; round++) {
        const streams = await Promise.all(Array.from({ length: 15 }, () => Stream.open(owner)));
        assert.ok(streams.every((s) => s.status === 200), `round ${round}`);
        await Promise.all(streams.map((s) => s.close()));
        await until('their places', async () => {
          const probe = await Promise.all(Array.from({ length: 18 }, () => Stream.open(owner)));
          const free = probe.every((s) => s.status === 200);
          await Promise.all(probe.map((s) => s.close()));
          return free;
        });
      }
    });

    test('more than the operator allows are refused for now', async () => {
      await until('the places of others', async () => {
        const streams = await Promise.all(Array.from({ length: 21 }, () => Stream.open(owner)));
        const statuses = streams.map((s) => s.status).sort();
        await Promise.all(streams.map((s) => s.close()));
        return statuses.filter((status) => status === 200).length === 20 && statuses.at(-1) === 503;
      });
    });
  });

  test(`a stop ends streams and answers long polls at once (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const server = await Server.start(installation);
    const owner = Client.withKey(server, account);
    const live = await Stream.open(owner);
    await until('its first line', () => live.retry);
    const waiting = owner.get(`${events}?wait=60`);
    await sleep(50);
    const began = Date.now();
    await server.stop();
    assert.ok(Date.now() - began < 10000);
    assert.deepEqual((await waiting).body, { results: [] });
    await live.done;
    installation.remove();
  });
}

test('what one node appends, streams and long polls of another node hear', { skip: engines.includes('postgresql') ? false : 'no PostgreSQL here' }, async () => {
  const installation = freshInstallation('postgresql');
  const account = await createAccount(installation);
  const folder = mkdtempSync(join(tmpdir(), 'greffier-node-'));
  copyFileSync(join(installation.data, 'greffier.key'), join(folder, 'greffier.key'));
  const first = await Server.start(installation);
  const second = await Server.start({ settings: ['--data', folder, ...installation.settings.slice(2)] });
  const live = await Stream.open(Client.withKey(second, account));
  await until('its first line', () => live.retry);
  const waiting = Client.withKey(second, account).get(`${events}?wait=30`);
  const began = Date.now();
  const { body } = await Client.withKey(first, account).post('/api/packages', { name: 'Elsewhere' });
  await until('the event', () => live.messages.some((m) => m.data.packageId === body.id));
  assert.equal((await waiting).body.results[0].packageId, body.id);
  assert.ok(Date.now() - began < 10000);
  await live.close();
  await first.stop();
  await second.stop();
  rmSync(folder, { recursive: true });
  installation.remove();
});
