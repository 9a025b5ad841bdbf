// engine.test.mjs – the delivery engine under load and in trouble: who waits for whom, who is left alone, who is told.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { Mails, apiToken, createApp, createSender } from './lib/callers.mjs';
import { Recorder, check } from './lib/checker.mjs';
import { Hostile } from './lib/hostile.mjs';

const endpointsPath = '/api/notifications/endpoints';
const names = ['DOCUMENT_SIGNED', 'SIGNER_COMPLETE', 'PACKAGE_COMPLETE'];

async function addEndpoint(client, url, members = {}) {
  const { status, body, bytes } = await client.post(endpointsPath, { url, events: names, ...members });
  assert.equal(status, 200, bytes.toString());
  return body.id;
}

/** `count` events of `packages` packages, in batches. */
async function append(client, count, packages, prefix = 'pkg') {
  for (let from = 0; from < count; from += 500) {
    const events = Array.from({ length: Math.min(500, count - from) }, (_, i) => ({ name: names[(from + i) % names.length], packageId: `${prefix}-${(from + i) % packages}` }));
    const { status, bytes } = await client.post('/api/notifications/events', { events });
    assert.equal(status, 200, bytes.toString());
  }
}

const pending = async (client) => (await client.get('/api/notifications/deliveries?state=PENDING&to=1')).body.count;
const isQuiet = (client, timeoutMs = 120000) => until('a quiet queue', async () => (await pending(client)) === 0, timeoutMs);

for (const engine of engines) {
  describe(`the engine on ${engine}`, () => {
    let installation, account, server, owner, mails;
    const recorders = [];
    const hostiles = [];
    const hostile = async (...what) => {
      hostiles.push(await Hostile.start(...what));
      return hostiles.at(-1);
    };
    const record = async (name, answer) => {
      const recorder = await Recorder.start(name, answer);
      recorders.push(recorder);
      return recorder;
    };
    /** A server of its own settings for each test: what one has done to an endpoint is in no other's way. */
    const start = async (...settings) => {
      server = await Server.start(installation, [...mails.settings, ...settings]);
      owner = Client.withKey(server, account);
    };

    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      mails = new Mails();
    });
    afterEach(async () => {
      for (const receiver of [...recorders.splice(0), ...hostiles.splice(0)]) await receiver.stop();
      for (const { id } of (await owner.get(endpointsPath)).body.results) assert.equal((await owner.delete(`${endpointsPath}/${id}`)).status, 200);
      await server.stop();
      assert.doesNotMatch(server.log, /refuses|deadlock|retried shortly/);
    });
    after(() => {
      mails.remove();
      installation.remove();
    });

    test('thousands of events to several endpoints, one that fails at random, a slow one: all arrive, in order', async () => {
      await start('--retry-scale', '500');
      const fast = await record('fast');
      await record('slow', () => sleep(20, 200));
      await record('failing', () => (Math.random() < 0.2 ? 503 : 200));
      await record('unordered');
      const retryWaits = Array(20).fill(5); // no long tail
      for (const { name, url } of recorders) await addEndpoint(owner, url, { retryWaits, ordered: name !== 'unordered', payloadFormat: name === 'unordered' ? 'CLOUDEVENTS_STRUCTURED' : 'ORIGINAL' });
      await append(owner, 1000, 100);
      await isQuiet(owner);
      const { status, out } = await check(server.url, `Basic ${account.apiKey}`, recorders);
      assert.equal(status, 0, out);
      assert.match(out, /^1000 events, 4 endpoints/);
      assert.equal(fast.receipts.length, 1000);
      // Connections are used again: there were never more than requests at the same time.
      for (const { name, connections } of recorders) assert.ok(connections <= 110, `${connections} connections to ${name}`);
    });

    test('a dead endpoint is left alone, and costs the others nothing', async () => {
      await start('--retry-scale', '10');
      const healthy = await record('healthy');
      const dead = await hostile(async (connection) => connection.reset());
      const id = await addEndpoint(owner, dead.url());
      await addEndpoint(owner, healthy.url);
      await append(owner, 400, 400, 'dead');
      await until('all at the healthy one', () => healthy.receipts.length === 400);
      await until('the breaker is open', () => dead.connections.length >= 5);
      assert.ok(dead.connections.length < 40, `${dead.connections.length} attempts at a dead endpoint`);
      await append(owner, 100, 100, 'later');
      await until('those too', () => healthy.receipts.length === 500);
      await until('nothing but what waits for the dead one', async () => (await pending(owner)) === 500);
      assert.ok(dead.connections.length < 60, `${dead.connections.length} attempts at a dead endpoint`);
      const health = (await owner.get(`${endpointsPath}/${id}`)).body;
      assert.equal(health.state, 'ACTIVE');
      assert.ok(health.failingSinceDate && health.queue.pending === 500 && health.queue.oldestDate && health.queue.nextAttemptDate);
      // It comes back: everything goes on by itself.
      const { port } = dead;
      await dead.stop();
      hostiles.pop();
      const back = await hostile(async (connection) => { while (await connection.request()) await connection.write('HTTP/1.1 204 No Content\r\n\r\n'); }, { port });
      await isQuiet(owner);
      assert.equal(back.requests.length, 500);
      assert.equal((await owner.get(`${endpointsPath}/${id}`)).body.failingSinceDate, null);
    });

    test('black holes together get half of what may be under way', async () => {
      await start('--in-flight-limit', '16', '--delivery-timeout', '3000', '--drain-timeout', '0');
      const healthy = await record('healthy');
      await addEndpoint(owner, healthy.url);
      await append(owner, 20, 20, 'proven');
      await until('the healthy one has proven itself', () => healthy.receipts.length === 20);
      const holes = await Promise.all(Array.from({ length: 20 }, () => hostile(async (connection) => { connection.socket.resume(); await connection.gone; })));
      for (const hole of holes) await addEndpoint(owner, hole.url());
      const open = () => holes.reduce((sum, hole) => sum + hole.connections.filter((connection) => !connection.isGone).length, 0);
      let most = 0;
      await append(owner, 100, 100, 'hole');
      await until('all at the healthy one', () => {
        most = Math.max(most, open());
        return healthy.receipts.length === 120;
      });
      assert.equal(most, 8);
    });

    test('an endpoint has a limit of its own to what is under way, and a rate', async () => {
      await start();
      let busy = 0;
      let most = 0;
      const narrow = await record('narrow', async () => {
        most = Math.max(most, ++busy);
        await sleep(30);
        busy--;
        return 200;
      });
      const slow = await record('rated');
      await addEndpoint(owner, narrow.url, { inFlightLimit: 3 });
      await addEndpoint(owner, slow.url, { rateLimit: 20 });
      await append(owner, 40, 40, 'paced');
      await isQuiet(owner);
      assert.equal(most, 3);
      const at = slow.receipts.map((receipt) => receipt.at);
      // A second's worth may come at once.
      for (const [i, start] of at.entries()) assert.ok(at.filter((t) => t >= start && t < start + 500).length <= 35, `from the ${i}th on`);
      assert.ok(at.at(-1) - at[0] >= 800, `40 in ${at.at(-1) - at[0]} ms`);
    });

    test('paused, disabled, deleted and changed while requests are under way', async () => {
      await start('--retry-scale', '100');
      const gates = {};
      const at = {};
      for (const name of ['paused', 'disabled', 'deleted', 'moved']) {
        const gate = new Promise((resolve) => (gates[name] = resolve));
        at[name] = await record(name, () => gate.then(() => 200));
        at[name].id = await addEndpoint(owner, at[name].url, { inFlightLimit: 1 });
      }
      const elsewhere = await record('elsewhere');
      await append(owner, 3, 3, 'steered'); // of each, one is under way
      await until('requests under way', () => ['paused', 'disabled', 'deleted', 'moved'].every((name) => at[name].receipts.length === 1));
      assert.equal((await owner.post(`${endpointsPath}/${at.paused.id}/pause`)).status, 200);
      assert.equal((await owner.post(`${endpointsPath}/${at.disabled.id}/disable`)).status, 200);
      assert.equal((await owner.delete(`${endpointsPath}/${at.deleted.id}`)).status, 200);
      assert.equal((await owner.put(`${endpointsPath}/${at.moved.id}`, { url: elsewhere.url, events: names })).status, 200);
      for (const open of Object.values(gates)) open();
      await until('the moved one is done', () => elsewhere.receipts.length === 2);
      const states = async (id) => (await owner.get(`/api/notifications/deliveries?endpointId=${id}`)).body.results.map((delivery) => delivery.state).sort().join();
      await until('what was disabled has failed', async () => (await states(at.disabled.id)) === 'DELIVERED,FAILED,FAILED');
      await until('what was deleted has failed', async () => (await states(at.deleted.id)) === 'DELIVERED,FAILED,FAILED');
      assert.equal(await states(at.paused.id), 'DELIVERED,PENDING,PENDING');
      await append(owner, 1, 1, 'meanwhile');
      await until('the moved one goes on', () => elsewhere.receipts.length === 3);
      assert.equal(at.paused.receipts.length, 1);
      assert.equal((await owner.post(`${endpointsPath}/${at.paused.id}/resume`)).status, 200);
      await until('the queue was kept', () => at.paused.receipts.length === 4);
      assert.deepEqual(['disabled', 'deleted', 'moved'].map((name) => at[name].receipts.length), [1, 1, 1]);
      await isQuiet(owner);
    });

    test('an orderly stop waits for what is under way: nothing is sent twice, nothing forgotten', async () => {
      await start();
      const steady = await record('steady', () => sleep(100, 200));
      await addEndpoint(owner, steady.url);
      await append(owner, 300, 300, 'stop');
      await until('requests under way', () => steady.receipts.length >= 5);
      await server.stop();
      await start();
      await until('the rest', () => steady.receipts.length >= 300);
      await isQuiet(owner);
      assert.equal(steady.receipts.length, 300);
      assert.equal(new Set(steady.receipts.map((receipt) => receipt.headers['webhook-id'])).size, 300);
    });

    test('what failed for good is mailed to the sender in French or English, with the JSON as sent', async () => {
      await start('--retry-scale', '1000');
      const broken = await record('broken', () => 500);
      await addEndpoint(owner, broken.url, { events: ['PACKAGE_CREATE'], retryWaits: [5, 5], contact: 'ops@bank.example', name: 'ERP' });
      const app = await createApp(owner);
      const people = [];
      for (const language of ['fr', 'en']) {
        const email = `${language}-${engine}@bank.example`;
        await createSender(owner, email, { language });
        const sender = await apiToken(server, app, email);
        people.push({ email, id: (await sender.post('/api/packages', { name: 'Mailed' })).body.id });
      }
      const [french, english] = people;
      const sent = ({ id }) => broken.receipts.filter((receipt) => receipt.body.includes(id)).map((receipt) => receipt.body);
      const line = async (to, { id }) => (await mails.arrived(to, new RegExp(id))).body.split('\n').find((text) => text.includes(id));
      assert.equal(await line(french.email, french), sent(french)[0]);
      assert.equal(await line(english.email, english), sent(english)[0]);
      assert.equal(new Set(sent(french)).size, 1);
      assert.equal(sent(french).length, 3);
      assert.equal(await line('ops@bank.example', french), sent(french)[0]);
      const of = async (email) => mails.arrived(email, /HTTP status 500/);
      assert.match((await of(french.email)).subject, /n’a pas pu être livrée/);
      assert.match((await of(french.email)).body, /Voici le JSON envoyé/);
      assert.match((await of(english.email)).subject, /could not be delivered/);
      assert.match((await of(english.email)).body, /ERP \(http:/);
      assert.ok(!mails.all().some((mail) => mail.to === account.email && /could not be delivered/.test(mail.subject)), "the owner is no package's sender here");
    });

    test('nothing but failures: somebody is told, then it is disabled; enabled again, it goes on', async () => {
      await start('--retry-scale', '86400', '--disable-after', '2'); // two seconds, then
      const broken = await record('broken', () => 500);
      const id = await addEndpoint(owner, broken.url, { contact: 'night@bank.example', failureMails: false, horizonHours: 720 });
      const told = (pattern) => mails.all().filter((mail) => pattern.test(mail.subject) && ['night@bank.example', account.email].includes(mail.to)).map((mail) => mail.to).sort();
      const both = [account.email, 'night@bank.example'].sort();
      const read = async () => (await owner.get(`${endpointsPath}/${id}`)).body;
      let n = 0;
      const began = Date.now();
      await until('a warning', async () => {
        await append(owner, 1, 1, `fails-${n++}`);
        return told(/does not answer/).length >= 2;
      });
      assert.ok(Date.now() - began >= 1100, 'three fifths of the time');
      assert.deepEqual([(await read()).state, told(/was disabled/)], ['ACTIVE', []]);
      await until('the end', async () => {
        await append(owner, 1, 1, `fails-${n++}`);
        return told(/was disabled/).length >= 2;
      });
      assert.ok(Date.now() - began >= 1900, 'all of it');
      assert.deepEqual([(await read()).state, (await read()).stateReason], ['DISABLED', 'FAILING']);
      assert.deepEqual([told(/does not answer/), told(/was disabled/)], [both, both]);
      await isQuiet(owner, 60000);
      const tried = broken.receipts.length;
      await append(owner, 5, 5, 'unwanted');
      broken.answer = () => 200;
      assert.equal((await owner.post(`${endpointsPath}/${id}/enable`)).status, 200);
      await append(owner, 1, 1, 'wanted');
      await until('it goes on', () => broken.receipts.length > tried);
      await isQuiet(owner);
      assert.equal(broken.receipts.length, tried + 1);
      assert.equal((await read()).failingSinceDate, null);
    });

    test('410 ends it: the owner and the contact are told, in one mail each', async () => {
      await start();
      const gone = await record('gone', () => 410);
      const id = await addEndpoint(owner, gone.url, { contact: 'gone@bank.example' });
      await append(owner, 5, 5, 'gone');
      await until('it is disabled', async () => (await owner.get(`${endpointsPath}/${id}`)).body.stateReason === 'GONE');
      await isQuiet(owner);
      const { results } = (await owner.get(`/api/notifications/deliveries?endpointId=${id}`)).body;
      assert.deepEqual(results.map((delivery) => delivery.state), Array(5).fill('FAILED'));
      await mails.arrived('gone@bank.example', /410 \(Gone\)/);
      const stops = () => mails.all().filter((mail) => /410 \(Gone\)/.test(mail.body));
      await until('both', () => stops().length >= 2);
      assert.deepEqual(stops().map((mail) => mail.to).sort(), [account.email, 'gone@bank.example'].sort());
    });
  });
}
