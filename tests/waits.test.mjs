// waits.test.mjs – why a pending delivery waits, as the API says it.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client } from './lib/server.mjs';
import { Listener, gate } from './lib/listener.mjs';
import { addEndpoint, anyPackage, delivery, endpointsPath, expectOk, raise, raiseAll, seen, settled, tried } from './lib/notifications.mjs';

const types = ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'PACKAGE_TRASH'];
const later = { retryWaits: [3600, 3600], failureMails: false };

for (const engine of engines) {
  describe(`what a delivery waits for on ${engine}`, () => {
    let installation, server, owner, listener;
    const add = (members) => addEndpoint(owner, { url: listener.url, events: types, ...members });
    /** Waits until the delivery of that event says so; gives it. */
    const waiting = (eventId, reason) => seen(owner, { eventId }, reason, ([d]) => d?.waitsFor?.reason === reason && d);

    before(async () => {
      installation = freshInstallation(engine);
      const account = await createAccount(installation);
      server = await Server.start(installation);
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

    test('for its next attempt, or for the first event of its transaction that is not over', async () => {
      listener = await Listener.start(() => 500);
      const { id } = await add(later);
      const packageId = anyPackage();
      const [create, activate, trash] = await raiseAll(owner, types.map((name) => ({ name, packageId })));
      await tried(owner, { eventId: create.id });
      const first = await waiting(create.id, 'NEXT_ATTEMPT');
      assert.equal(first.waitsFor.until, first.nextAttemptDate);
      const wait = Date.parse(first.nextAttemptDate) - Date.parse(first.attempts[0].startedDate);
      assert.ok(wait >= 0.8 * 3600e3 && wait < 1.2 * 3600e3 + 60e3, `${wait} ms`);
      for (const { id: eventId } of [activate, trash]) {
        const { waitsFor, nextAttemptDate } = await waiting(eventId, 'EARLIER_EVENT');
        assert.deepEqual(waitsFor, { reason: 'EARLIER_EVENT', event: { id: create.id, sequence: create.sequence } });
        assert.equal(nextAttemptDate, undefined);
      }
      // The single one says the same; another transaction waits for none of these.
      assert.deepEqual((await delivery(owner, create.id, id)).waitsFor, first.waitsFor);
      listener.answer = () => 200;
      const other = await raise(owner, anyPackage(), 'PACKAGE_CREATE');
      const [done] = await settled(owner, { eventId: other.id });
      assert.deepEqual([done.waitsFor, done.nextAttemptDate], [undefined, undefined]);
    });

    test('for a paused endpoint, whatever else it would wait for', async () => {
      listener = await Listener.start(() => 500);
      const { id } = await add(later);
      const packageId = anyPackage();
      const events = await raiseAll(owner, types.map((name) => ({ name, packageId })));
      await tried(owner, { eventId: events[0].id });
      await expectOk(owner.post(`${endpointsPath}/${id}/pause`));
      for (const event of events) {
        const { waitsFor, nextAttemptDate } = await waiting(event.id, 'ENDPOINT_PAUSED');
        assert.deepEqual([waitsFor, nextAttemptDate], [{ reason: 'ENDPOINT_PAUSED' }, undefined]);
      }
      await expectOk(owner.post(`${endpointsPath}/${id}/resume`));
      await waiting(events[0].id, 'NEXT_ATTEMPT');
    });

    test('for a receiver that has asked to be left alone', async () => {
      listener = await Listener.start(() => ({ status: 503, headers: { 'retry-after': '300' } }));
      await add(later);
      const refused = await raise(owner, anyPackage());
      await tried(owner, { eventId: refused.id });
      await waiting(refused.id, 'NEXT_ATTEMPT'); // its own schedule is longer
      const next = await raise(owner, anyPackage());
      const { waitsFor, nextAttemptDate, attempts } = await waiting(next.id, 'ENDPOINT_RESTING');
      assert.equal(waitsFor.until, nextAttemptDate);
      const rest = Date.parse(nextAttemptDate) - Date.now();
      assert.ok(rest > 200e3 && rest <= 300e3, `${rest} ms`);
      assert.equal(attempts.length, 0);
    });

    test('for a receiver that has failed five times in a row', async () => {
      listener = await Listener.start(() => 500);
      await add({ ...later, retryWaits: [3600] });
      // Each failure of the rest makes it longer; soon one is long enough to be seen.
      const events = await raiseAll(owner, Array.from({ length: 12 }, () => ({ name: 'PACKAGE_CREATE', packageId: anyPackage() })));
      const { waitsFor, nextAttemptDate } = await waiting(events.at(-1).id, 'ENDPOINT_RESTING');
      assert.deepEqual([waitsFor.until, listener.received.length < 12], [nextAttemptDate, true]);
    });

    test('for the rate of its endpoint, for its limit, or for its answer', async () => {
      const shut = gate();
      listener = await Listener.start((n) => (n.url === '/hook/slow' ? shut.passed.then(() => 200) : 200));
      const { id } = await add({ rateLimit: 1, events: ['PACKAGE_TRASH'] });
      await raiseAll(owner, Array.from({ length: 20 }, () => ({ name: 'PACKAGE_TRASH', packageId: anyPackage() })));
      const limited = await seen(owner, { endpointId: id }, 'RATE_LIMIT', (results) => results.find(({ waitsFor }) => waitsFor?.reason === 'RATE_LIMIT'));
      assert.ok(limited.waitsFor.until === limited.nextAttemptDate && Date.parse(limited.nextAttemptDate) < Date.now() + 2000);
      await add({ url: `${listener.url}/slow`, inFlightLimit: 1, events: ['PACKAGE_CREATE'] });
      const sent = await raise(owner, anyPackage());
      assert.deepEqual((await waiting(sent.id, 'IN_FLIGHT')).waitsFor, { reason: 'IN_FLIGHT' });
      const behind = await raise(owner, anyPackage());
      assert.deepEqual((await waiting(behind.id, 'IN_FLIGHT_LIMIT')).waitsFor, { reason: 'IN_FLIGHT_LIMIT' });
      shut.open();
      await settled(owner, { eventId: behind.id });
    });
  });
}
