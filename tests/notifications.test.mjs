// notifications.test.mjs – from an event to a receiver: what is sent, in what order, until when, and what is on record.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, sendablePackage, until, startServing, stopServing } from './lib/server.mjs';
import { Receiver, signatureIsRight } from './lib/receiver.mjs';

for (const engine of engines) {
  describe(`notifications on ${engine}`, () => {
    let installation, account, server, owner, receiver;
    const register = async (body) => {
      const stored = await owner.post('/api/callback', body);
      assert.equal(stored.status, 200, stored.bytes.toString());
      return stored.body;
    };
    const create = async (body = { name: 'Notify' }) => (await owner.post('/api/packages', body)).body.id;
    const delivery = async (packageId, state) =>
      until(`${state} of ${packageId}`, async () => {
        const { results } = (await owner.get(`/api/notifications/deliveries?packageId=${packageId}`)).body;
        return results.length > 0 && results.every((d) => d.state === state) && results;
      });

    before(async () => ({ installation, account, server, owner } = await startServing(engine, ['--retry-scale', '1000', '--delivery-timeout', '1000'])));
    after(() => stopServing(server, installation));
    afterEach(async () => {
      await owner.post('/api/callback', { url: '', key: '', events: [] });
      await receiver?.stop();
      receiver = undefined;
    });

    test('nothing configured reads as empty, never as null', async () => {
      const { body } = await owner.get('/api/callback');
      assert.deepEqual([body.url, body.key, body.events], ['', '', []]);
    });

    test('the classic shape: a key means Basic, verbatim, and is read back', async () => {
      receiver = await Receiver.start();
      const key = 'k3y with spaces==';
      await register({ url: receiver.url, key, events: ['PACKAGE_CREATE', 'PACKAGE_CREATE', 'PACKAGE_COMPLETE'] });
      const { body: read } = await owner.get('/api/callback');
      assert.deepEqual([read.url, read.key, read.events], [receiver.url, key, ['PACKAGE_CREATE', 'PACKAGE_COMPLETE']]);
      assert.equal(read.signingSecret, undefined);
      await create();
      const [notification] = await until('a notification', () => receiver.received.length && receiver.received);
      assert.equal(notification.headers.authorization, `Basic ${key}`);
    });

    test('the payload has its seven members in their order, and the headers of both worlds', async () => {
      receiver = await Receiver.start();
      const { signingSecret } = await register({ url: receiver.url, events: ['PACKAGE_CREATE'], authType: 'NONE', customHeaders: [{ key: 'X-Tenant', value: 'blue' }] });
      const id = await create();
      const [n] = await until('a notification', () => receiver.received.length && receiver.received);
      assert.deepEqual(Object.keys(n.body), ['@class', 'name', 'sessionUser', 'packageId', 'message', 'documentId', 'createdDate']);
      assert.equal(n.body['@class'], 'com.silanis.esl.packages.event.ESLProcessEvent');
      assert.deepEqual([n.body.name, n.body.packageId, n.body.sessionUser, n.body.message, n.body.documentId], ['PACKAGE_CREATE', id, account.ownerId, null, null]);
      assert.match(n.body.createdDate, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.equal(n.method, 'POST');
      assert.equal(n.headers['content-type'], 'application/json; charset=utf-8');
      assert.equal(n.headers.authorization, undefined);
      assert.equal(n.headers['x-tenant'], 'blue');
      assert.match(signingSecret, /^whsec_/);
      assert.ok(signatureIsRight(n, signingSecret));
      assert.ok(Math.abs(Number(n.headers['webhook-timestamp']) - Date.now() / 1000) < 60);
      const [event] = (await owner.get('/api/notifications/events?limit=1000')).body.results.slice(-1);
      assert.equal(n.headers['webhook-id'], event.id);
    });

    test('only what is asked for is sent; everything is kept', async () => {
      receiver = await Receiver.start();
      await register({ url: receiver.url, events: ['PACKAGE_ACTIVATE'] });
      const id = await create(sendablePackage({ status: 'SENT' }));
      await delivery(id, 'DELIVERED');
      assert.deepEqual(receiver.names(id), ['PACKAGE_ACTIVATE']);
      const events = (await owner.get('/api/notifications/events?limit=1000')).body.results;
      assert.deepEqual(events.filter((e) => e.packageId === id).map((e) => e.name), ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE']);
      assert.deepEqual(events.map((e) => e.sequence), events.map((_, i) => i + 1));
    });

    test('a failing receiver is tried again, in order, and each attempt is on record', async () => {
      receiver = await Receiver.start((n, count) => (count <= 2 ? 503 : 204));
      await register({ url: receiver.url, key: 'k', events: ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE'] });
      const id = await create(sendablePackage({ status: 'SENT' }));
      const results = await delivery(id, 'DELIVERED');
      assert.deepEqual(receiver.names(id), ['PACKAGE_CREATE', 'PACKAGE_CREATE', 'PACKAGE_CREATE', 'PACKAGE_ACTIVATE']);
      assert.equal(new Set(receiver.received.slice(0, 3).map((n) => n.headers['webhook-id'])).size, 1);
      const created = results.find((d) => d.event.name === 'PACKAGE_CREATE');
      assert.deepEqual(created.attempts.map((a) => [a.number, a.httpStatus]), [[1, 503], [2, 503], [3, 204]]);
      assert.match(created.attempts[0].address, /^127\.0\.0\.1:\d+$/);
      assert.ok(created.finishedDate);
    });

    test("a transaction that waits does not hold up another's notifications", async () => {
      let stuck;
      receiver = await Receiver.start((n) => (n.body.packageId === stuck ? 500 : 200));
      await register({ url: receiver.url, events: ['PACKAGE_CREATE', 'PACKAGE_TRASH'] });
      receiver.answer = (n) => { stuck ??= n.body.packageId; return n.body.packageId === stuck ? 500 : 200; };
      const first = await create();
      await until('the first attempt', () => stuck);
      await owner.post(`/api/packages/${first}`, { trashed: true });
      const second = await create();
      await delivery(second, 'DELIVERED');
      assert.ok(!receiver.names(first).includes('PACKAGE_TRASH'));
      receiver.answer = () => 200;
      await delivery(first, 'DELIVERED');
      assert.equal(receiver.names(first).at(-1), 'PACKAGE_TRASH');
    });

    test('410 is final', async () => {
      receiver = await Receiver.start(() => 410);
      await register({ url: receiver.url, events: ['PACKAGE_CREATE'] });
      const id = await create();
      const [failed] = await delivery(id, 'FAILED');
      assert.equal(failed.attempts.length, 1);
      assert.equal(failed.attempts[0].httpStatus, 410);
    });

    test('redirects are not followed', async () => {
      const elsewhere = await Receiver.start();
      receiver = await Receiver.start((n, count) => (count === 1 ? { status: 302, headers: { location: elsewhere.url } } : 200));
      await register({ url: receiver.url, events: ['PACKAGE_CREATE'] });
      const [done] = await delivery(await create(), 'DELIVERED');
      assert.equal(done.attempts[0].httpStatus, 302);
      assert.equal(elsewhere.received.length, 0);
      await elsewhere.stop();
    });

    test('a receiver that stalls, and one that never stops talking', async () => {
      const { createServer } = await import('node:http');
      let calls = 0;
      const odd = createServer((request, response) => {
        request.resume();
        if (++calls === 1) return; // no answer at all
        response.writeHead(200);
        const talk = () => { while (!response.destroyed && response.write('x'.repeat(65536))); };
        response.on('drain', talk).on('error', () => {});
        talk();
      });
      await new Promise((resolve) => odd.listen(0, '127.0.0.1', resolve));
      await register({ url: `http://127.0.0.1:${odd.address().port}/`, events: ['PACKAGE_CREATE'] });
      const [done] = await delivery(await create(), 'DELIVERED');
      assert.equal(done.attempts[0].error, 'TIMEOUT');
      assert.deepEqual([done.attempts[1].httpStatus, done.attempts[1].error], [200, '']);
      assert.equal(done.attempts[1].replyStart.length, 1024);
      odd.closeAllConnections();
      await new Promise((resolve) => odd.close(resolve));
    });

    test('Retry-After is obeyed', async () => {
      receiver = await Receiver.start((n, count) => (count === 1 ? { status: 429, headers: { 'retry-after': '1' } } : 200));
      await register({ url: receiver.url, events: ['PACKAGE_CREATE'] });
      await delivery(await create(), 'DELIVERED');
      assert.ok(receiver.received[1].at - receiver.received[0].at >= 990, 'the schedule alone would have waited 5 ms');
    });

    test('nobody listening is an attempt with an error class', async () => {
      receiver = await Receiver.start();
      const { url } = receiver;
      await receiver.stop();
      receiver = undefined;
      await register({ url, events: ['PACKAGE_CREATE'] });
      const id = await create();
      await until('a failed attempt', async () => {
        const [d] = (await owner.get(`/api/notifications/deliveries?packageId=${id}`)).body.results;
        return d?.attempts[0]?.error === 'CONNECTION' && d.state === 'PENDING';
      });
    });

    test('replacing with no events turns everything off, and keeps the signing secret', async () => {
      receiver = await Receiver.start();
      const before = await register({ url: receiver.url, key: 'k', events: ['PACKAGE_CREATE'] });
      const off = await register({ url: receiver.url, key: '', events: [] });
      assert.equal(off.signingSecret, before.signingSecret);
      assert.deepEqual(off.events, []);
      const id = await create();
      assert.deepEqual((await owner.get(`/api/notifications/deliveries?packageId=${id}`)).body.results, []);
    });

    test('the catalogue lists 22 types of the page and the legacy one', async () => {
      const { results } = (await owner.get('/api/notifications/eventTypes')).body;
      assert.equal(results.length, 23);
      assert.equal(results.filter((t) => t.group === 'ACCOUNT').length, 11);
      assert.ok(results.every((t) => t.displayName.en && t.displayName.fr));
    });
  });

  test(`private addresses are refused without the operator's word on ${engine}`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const receiver = await Receiver.start();
    const server = await Server.start(installation, ['--allow-private-targets=false']);
    const owner = Client.withKey(server, account);
    for (const url of [receiver.url, receiver.url.replace('127.0.0.1', 'localhost')]) {
      await owner.post('/api/callback', { url, events: ['PACKAGE_CREATE'] });
      const { body } = await owner.post('/api/packages', { name: 'Guarded' });
      await until('a refused attempt', async () => {
        const [d] = (await owner.get(`/api/notifications/deliveries?packageId=${body.id}`)).body.results;
        return d?.attempts[0]?.error === 'ADDRESS_REFUSED' && d.state === 'PENDING';
      });
    }
    assert.equal(receiver.received.length, 0);
    await server.stop();
    await receiver.stop();
    installation.remove();
  });

  test(`retries survive a restart on ${engine}`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const receiver = await Receiver.start(() => 500);
    let server = await Server.start(installation, ['--retry-scale', '100']);
    let owner = Client.withKey(server, account);
    await owner.post('/api/callback', { url: receiver.url, events: ['PACKAGE_CREATE'] });
    const { body } = await owner.post('/api/packages', { name: 'Patience' });
    await until('a first attempt', () => receiver.received.length);
    await server.stop();
    const tried = receiver.received.length;
    receiver.answer = () => 200;
    server = await Server.start(installation, ['--retry-scale', '100']);
    owner = Client.withKey(server, account);
    const [done] = await until('delivery', async () => {
      const { results } = (await owner.get(`/api/notifications/deliveries?packageId=${body.id}&state=DELIVERED`)).body;
      return results.length && results;
    });
    assert.deepEqual(done.attempts.map((a) => a.httpStatus), [...Array(tried).fill(500), 200]);
    assert.equal(receiver.received.length, tried + 1);
    await server.stop();
    await receiver.stop();
    installation.remove();
  });
}
