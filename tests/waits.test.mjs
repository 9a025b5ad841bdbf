// waits.test.mjs – why a pending delivery waits, as the API says it; trying it now, and giving it up.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client } from './lib/server.mjs';
import { Listener, gate } from './lib/listener.mjs';
import { addEndpoint, anyPackage, assertRefused, delivery, endpointsPath, expectOk, notifications, raise, raiseAll, seen, settled, tried } from './lib/notifications.mjs';

const types = ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'PACKAGE_TRASH'];
const later = { retryWaits: [3600, 3600], failureMails: false };

for (const engine of engines) {
  describe(`what a delivery waits for on ${engine}`, () => {
    let installation, server, owner, stranger, listener;
    const add = (members) => addEndpoint(owner, { url: listener.url, events: types, ...members });
    /** Waits until the delivery of that event says so; gives it. */
    const waiting = (eventId, reason) => seen(owner, { eventId }, reason, ([d]) => d?.waitsFor?.reason === reason && d);

    const steer = (eventId, endpointId, verb, client = owner) => client.post(`${notifications}/deliveries/${eventId}/${endpointId}/${verb}`);
    const refused = async (eventId, endpointId, verb, text) => {
      const answer = await steer(eventId, endpointId, verb);
      assertRefused(answer, undefined, { status: 409, messageKey: 'error.conflict.wrongState' });
      assert.match(answer.body.technical, text);
    };

    before(async () => {
      installation = freshInstallation(engine);
      const account = await createAccount(installation);
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

    test('a retry: at once, although its endpoint rests; the attempt counts, and failure makes it rest again', async () => {
      listener = await Listener.start(() => ({ status: 503, headers: { 'retry-after': '300' } }));
      const { id } = await add(later);
      const first = await raise(owner, anyPackage());
      await tried(owner, { eventId: first.id });
      const packageId = anyPackage();
      const [resting, behind] = await raiseAll(owner, types.slice(0, 2).map((name) => ({ name, packageId })));
      await waiting(resting.id, 'ENDPOINT_RESTING');
      await refused(behind.id, id, 'retry', new RegExp(`waits behind event ${resting.id} .*${resting.sequence}`));
      const { attempts, state } = await expectOk(steer(resting.id, id, 'retry'));
      assert.ok(state === 'PENDING' && attempts.length <= 1);
      const { attempts: [{ httpStatus }] } = await tried(owner, { eventId: resting.id });
      assert.equal(httpStatus, 503);
      await waiting((await raise(owner, anyPackage())).id, 'ENDPOINT_RESTING');
      // It has used up one of its tries: the third is the last.
      listener.answer = () => 500;
      for (const attempt of [2, 3]) {
        await waiting(resting.id, 'NEXT_ATTEMPT');
        await expectOk(steer(resting.id, id, 'retry'));
        await tried(owner, { eventId: resting.id }, attempt);
      }
      await settled(owner, { eventId: resting.id }, 'FAILED');
      await refused(resting.id, id, 'retry', /finished: FAILED/);
      // One retry finds out that the receiver is well again, and ends its rest for the others.
      listener.answer = () => ({ status: 503, headers: { 'retry-after': '300' } });
      await expectOk(steer(first.id, id, 'retry'));
      await tried(owner, { eventId: first.id }, 2);
      const next = await raise(owner, anyPackage());
      await waiting(next.id, 'ENDPOINT_RESTING');
      listener.answer = () => 200;
      await expectOk(steer(first.id, id, 'retry'));
      await settled(owner, { eventId: first.id });
      await settled(owner, { eventId: next.id });
      await refused(first.id, id, 'retry', /finished: DELIVERED/);
      const audited = await expectOk(owner.get('/api/account/audit?action=delivery.retry'));
      assert.ok(JSON.stringify(audited).includes(first.id), JSON.stringify(audited));
    });

    test('no retry of what is under way, nor to an endpoint that is paused or disabled', async () => {
      const shut = gate();
      listener = await Listener.start(() => shut.passed.then(() => 500));
      const { id } = await add(later);
      const event = await raise(owner, anyPackage());
      await waiting(event.id, 'IN_FLIGHT');
      await listener.arrived(1);
      await refused(event.id, id, 'retry', /in progress/);
      shut.open();
      await waiting(event.id, 'NEXT_ATTEMPT');
      await expectOk(owner.post(`${endpointsPath}/${id}/pause`));
      await refused(event.id, id, 'retry', /PAUSED/);
      assertRefused(await steer(event.id, 'ep_0000000000000000', 'retry'), undefined, { status: 404, messageKey: 'error.notFound.deliveryNotFound' });
      for (const verb of ['retry', 'cancel']) assertRefused(await steer(event.id, id, verb, stranger), undefined, { status: 404 });
      await expectOk(owner.post(`${endpointsPath}/${id}/disable`));
      await settled(owner, { eventId: event.id }, 'FAILED');
      await refused(event.id, id, 'retry', /finished/);
      assert.equal((await delivery(owner, event.id, id)).failureReason, undefined);
    });

    test('what is cancelled has failed, and what waited behind it goes on; it can be sent again', async () => {
      listener = await Listener.start((n) => (n.body.name === 'PACKAGE_CREATE' ? 500 : 200));
      const { id } = await add(later);
      const packageId = anyPackage();
      const [create, activate, trash] = await raiseAll(owner, types.map((name) => ({ name, packageId })));
      await waiting(create.id, 'NEXT_ATTEMPT');
      // One in the middle first: the head still waits.
      const middle = await expectOk(steer(activate.id, id, 'cancel'));
      assert.deepEqual([middle.state, middle.failureReason, middle.attempts.length, middle.waitsFor], ['FAILED', 'CANCELLED', 0, undefined]);
      assert.ok(Date.parse(middle.finishedDate) > Date.now() - 60e3);
      await waiting(trash.id, 'EARLIER_EVENT');
      const head = await expectOk(steer(create.id, id, 'cancel'));
      assert.deepEqual([head.state, head.failureReason, head.attempts.length], ['FAILED', 'CANCELLED', 1]);
      await settled(owner, { eventId: trash.id });
      assert.deepEqual(listener.of(packageId).map((n) => n.body.name), ['PACKAGE_CREATE', 'PACKAGE_TRASH']);
      await refused(create.id, id, 'cancel', /finished: FAILED/);
      await refused(trash.id, id, 'cancel', /finished: DELIVERED/);
      const audited = await expectOk(owner.get('/api/account/audit?action=delivery.cancel'));
      assert.ok(JSON.stringify(audited).includes(create.id) && JSON.stringify(audited).includes(activate.id), JSON.stringify(audited));
      await expectOk(owner.post(`${notifications}/deliveries/${activate.id}/${id}/resend`));
      const [again] = await settled(owner, { eventId: activate.id });
      assert.equal(again.failureReason, undefined);
    });

    test('what is cancelled under way, behind a pause, and for one of two endpoints', async () => {
      const shut = gate();
      listener = await Listener.start((n) => (n.url === '/hook' ? shut.passed.then(() => ({ status: 503, body: 'too late' })) : 200));
      const { id } = await add(later);
      const other = await add({ url: `${listener.url}/other` });
      const packageId = anyPackage();
      const [create, activate] = await raiseAll(owner, types.slice(0, 2).map((name) => ({ name, packageId })));
      await listener.arrived(2);
      assert.equal((await expectOk(steer(create.id, id, 'cancel'))).failureReason, 'CANCELLED');
      await settled(owner, { eventId: activate.id, endpointId: other.id });
      assert.equal((await delivery(owner, create.id, other.id)).state, 'DELIVERED');
      listener.answer = () => 200;
      shut.open();
      await settled(owner, { eventId: activate.id, endpointId: id });
      const { state, attempts } = await delivery(owner, create.id, id);
      assert.deepEqual([state, attempts.map((a) => [a.httpStatus, a.replyStart])], ['FAILED', [[503, 'too late']]]);
      await expectOk(owner.post(`${endpointsPath}/${id}/pause`));
      const paused = await raise(owner, packageId, 'PACKAGE_TRASH');
      assert.equal((await delivery(owner, paused.id, id)).waitsFor.reason, 'ENDPOINT_PAUSED');
      await expectOk(steer(paused.id, id, 'cancel'));
      await expectOk(owner.post(`${endpointsPath}/${id}/resume`));
      const last = await raise(owner, packageId, 'PACKAGE_CREATE');
      await settled(owner, { eventId: last.id, endpointId: id });
      assert.deepEqual(listener.of(packageId).filter((n) => n.url === '/hook').map((n) => n.body.name), ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'PACKAGE_CREATE']);
    });
  });
}
