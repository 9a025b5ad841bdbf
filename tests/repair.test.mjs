// repair.test.mjs – the log of deliveries and what people do with it: search, look at one, send it again, replay, expunge.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { Mails } from './lib/callers.mjs';
import { Listener, gate } from './lib/listener.mjs';
import { addEndpoint, anyPackage, assertAbsent, assertRefused, deliveries, delivery, endpointsPath, expectOk, notifications, raise, raiseAll, seen, settled, stored, tried } from './lib/notifications.mjs';

const replays = `${notifications}/replays`;
const types = ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'PACKAGE_TRASH'];
const later = { retryWaits: [86400, 86400] };

for (const engine of engines) {
  describe(`log and repair on ${engine}`, () => {
    let installation, account, server, owner, stranger, listener, mails, settings;
    const add = (members) => addEndpoint(owner, { url: listener.url, events: types, ...members });
    const resend = (eventId, endpointId) => owner.post(`${notifications}/deliveries/${eventId}/${endpointId}/resend`);
    const replay = (body) => expectOk(owner.post(replays, body));
    const read = (id) => expectOk(owner.get(`${replays}/${id}`));
    const over = (id, state = 'DONE') => until(`${state} of ${id}`, async () => {
      const now = await read(id);
      return now.state === state && now;
    });
    const last = async () => (await expectOk(owner.get(`${notifications}/manifests`))).throughSequence;
    const start = async () => {
      server = await Server.start(installation, settings);
      owner = Client.withKey(server, account);
    };

    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      mails = new Mails();
      settings = ['--retry-scale', '1000', ...mails.settings];
      const other = await createAccount(installation);
      await start();
      stranger = () => Client.withKey(server, other);
    });
    after(async () => {
      await server.stop();
      installation.remove();
      mails.remove();
    });
    afterEach(async () => {
      for (const { id } of (await expectOk(owner.get(endpointsPath))).results) await owner.delete(`${endpointsPath}/${id}`);
      await listener?.stop();
      listener = undefined;
    });

    test('the log is found by every filter and every two of them, page by page', async () => {
      listener = await Listener.start(({ url }) => Number(url.split('/')[2]));
      const closed = await Listener.start();
      await closed.stop();
      const endpoints = [await add({ url: `${listener.url.replace('hook', '200')}` }), await add({ url: listener.url.replace('hook', '500'), ...later }), await add({ url: listener.url.replace('hook', '404'), retryWaits: [1], failureMails: false }),
        await add({ url: closed.url, events: ['PACKAGE_TRASH'], ...later })];
      listener.answer = ({ url }) => Number(url.slice(1));
      const packages = Array.from({ length: 3 }, anyPackage);
      const hasEnded = (d) => d.state === ['DELIVERED', 'PENDING', 'FAILED', 'PENDING'][endpoints.findIndex(({ id }) => id === d.endpoint.id)] && (d.state !== 'PENDING' || d.attempts.length === 1 || (d.event.name !== types[0] && d.endpoint.id === endpoints[1].id));
      const began = new Date().toISOString();
      const raised = [];
      for (const name of types) raised.push(...(await raiseAll(owner, packages.map((packageId) => ({ name, packageId })))));
      const all = await seen(owner, { since: began }, 'an end of what can end', (results) => results.length === 30 && results.every(hasEnded) && results);
      const order = all.map((d) => d.event.sequence);
      assert.deepEqual(order, [...order].sort((a, b) => b - a));
      const at = all.at(10).event.createdDate;
      const filters = [
        [{ packageId: packages[1] }, (d) => d.event.packageId === packages[1]], [{ name: 'PACKAGE_TRASH' }, (d) => d.event.name === 'PACKAGE_TRASH'], [{ eventId: raised[4].id }, (d) => d.event.id === raised[4].id],
        ...endpoints.map(({ id }) => [{ endpointId: id }, (d) => d.endpoint.id === id]), ...['PENDING', 'DELIVERED', 'FAILED'].map((state) => [{ state }, (d) => d.state === state]),
        [{ httpStatus: 404 }, (d) => d.attempts.some((a) => a.httpStatus === 404)], [{ httpStatus: 0 }, (d) => d.attempts.some((a) => a.httpStatus === 0)], [{ error: 'CONNECTION' }, (d) => d.attempts.some((a) => a.error === 'CONNECTION')],
        [{ since: at }, (d) => d.event.createdDate >= at], [{ until: at }, (d) => d.event.createdDate < at], [{ packageId: 'nothing' }, () => false],
      ];
      const page = async (query) => {
        const { count, results } = await deliveries(owner, { since: began, ...query });
        return [count, results.map((d) => `${d.event.id} ${d.endpoint.id}`)];
      };
      for (const [one, isOne] of filters) {
        for (const [two, isTwo] of filters) {
          const expected = all.filter((d) => isTwo(d) && (Object.keys(one).some((key) => key in two) || isOne(d))).map((d) => `${d.event.id} ${d.endpoint.id}`);
          assert.deepEqual(await page({ ...one, ...two }), [expected.length, expected], JSON.stringify({ ...one, ...two }));
        }
      }
      const paged = [];
      for (let from = 1; from <= 31; from += 7) {
        const [count, results] = await page({ state: 'PENDING', from, to: from + 6 });
        assert.equal(count, all.filter((d) => d.state === 'PENDING').length);
        paged.push(...results);
      }
      assert.deepEqual(paged, all.filter((d) => d.state === 'PENDING').map((d) => `${d.event.id} ${d.endpoint.id}`));
      // Without any filter the whole log is there.
      assert.ok((await expectOk(owner.get(`${notifications}/deliveries`))).count >= 30);
      assert.equal((await expectOk(stranger().get(`${notifications}/deliveries`))).count, 0);
      for (const [member, query] of [['state', 'state=SENT'], ['name', 'name=NOTHING'], ['httpStatus', 'httpStatus=abc'], ['httpStatus', 'httpStatus=1000'], ['since', 'since=yesterday'], ['until', 'until=2026-13-01'], ['from', 'from=0'], ['to', 'from=5&to=x']])
        assertRefused(await owner.get(`${notifications}/deliveries?${query}`), member);
    });

    test('one delivery in full: the request as sent, the start of the answer, timings, address', async () => {
      const talk = `Unfug: ${'é'.repeat(700)}`;
      listener = await Listener.start(() => ({ status: 418, headers: { 'content-type': 'text/plain' }, body: talk }));
      const { id } = await add({ key: 'the key', authType: 'BASIC', customHeaders: [{ key: 'X-Tenant', value: 'blue' }, { key: 'X-Api-Token', value: 'custom secret' }], ...later });
      const packageId = anyPackage();
      const event = await raise(owner, packageId, 'PACKAGE_CREATE', { sessionUser: 'ann', message: 'grüß' });
      await tried(owner, { packageId });
      const full = await delivery(owner, event.id, id);
      const [{ requestHead, ...attempt }] = full.attempts;
      const [sent] = listener.received;
      assert.deepEqual([full.state, full.body, full.event.sequence, full.endpoint], ['PENDING', sent.raw.toString(), event.sequence, { id, url: listener.url }]);
      assert.ok(Date.parse(full.nextAttemptDate) > Date.now() + 60000);
      assert.equal(full.finishedDate, undefined);
      const lines = requestHead.trimEnd().split('\n');
      assert.equal(lines[0], `POST ${listener.url}`);
      for (const line of lines.slice(1)) {
        const [name, value] = [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()];
        const there = sent.headers[name.toLowerCase()];
        if (value.includes('***')) assert.ok(there.length > 0 && !line.includes(there), line);
        else assert.equal(value, there, line);
      }
      assert.deepEqual(lines.filter((line) => line.includes('***')), ['X-Tenant: ***', 'X-Api-Token: ***', 'Authorization: Basic ***']);
      assert.deepEqual([attempt.number, attempt.httpStatus, attempt.error, attempt.phase, attempt.tls, attempt.address], [1, 418, '', '', '', `127.0.0.1:${listener.port}`]);
      assert.equal(attempt.replyStart, talk.slice(0, Math.floor((1024 - 7) / 2) + 7));
      assert.ok(attempt.durationMs > 0 && attempt.timings.firstByteMs >= attempt.timings.connectMs && attempt.timings.tlsMs === 0);
      assert.ok(Math.abs(Date.parse(attempt.startedDate) - sent.at) < 5000);
      for (const path of [`${event.id}/ep_0000000000000000`, `evt_0/${id}`, `${event.id}x/${id}`]) {
        assertRefused(await owner.get(`${notifications}/deliveries/${path}`), undefined, { status: 404 });
        assertRefused(await owner.post(`${notifications}/deliveries/${path}/resend`), undefined, { status: 404 });
      }
      assertRefused(await stranger().get(`${notifications}/deliveries/${event.id}/${id}`), undefined, { status: 404 });
      assertRefused(await stranger().post(`${notifications}/deliveries/${event.id}/${id}/resend`), undefined, { status: 404 });
    });

    test('sent again: what was delivered and what failed, with the same id, and a schedule of its own', async () => {
      listener = await Listener.start((n) => (n.body.name === 'PACKAGE_TRASH' ? 500 : 200));
      const { id } = await add({ retryWaits: [1], failureMails: false });
      const packageId = anyPackage();
      const [create, , trash] = await raiseAll(owner, types.map((name) => ({ name, packageId })));
      await settled(owner, { eventId: trash.id }, 'FAILED');
      const before = await delivery(owner, create.id, id);
      await expectOk(resend(create.id, id));
      const [again] = await seen(owner, { eventId: create.id }, 'another attempt', ([d]) => d.attempts.length === 2 && [d]);
      assert.deepEqual(again.attempts.map((attempt) => attempt.number), [1, 2]);
      assert.ok(again.finishedDate > before.finishedDate);
      const sent = listener.received.filter((n) => n.headers['webhook-id'] === create.id);
      assert.deepEqual(sent.map((n) => [n.headers['greffier-attempt'], n.headers['greffier-sequence']]), [['1', `${create.sequence}`], ['1', `${create.sequence}`]]);
      assert.ok(sent[0].raw.equals(sent[1].raw));
      // It fails again after as many attempts as before.
      await expectOk(resend(trash.id, id));
      const [failed] = await seen(owner, { eventId: trash.id }, 'four attempts', ([d]) => d.state === 'FAILED' && d.attempts.length === 4 && [d]);
      assert.deepEqual(failed.attempts.map((attempt) => [attempt.number, attempt.httpStatus]), [1, 2, 3, 4].map((number) => [number, 500]));
      listener.answer = () => 200;
      await expectOk(resend(trash.id, id));
      await settled(owner, { eventId: trash.id });
    });

    test('what is pending is not sent again; an older one goes before a newer one that waits', async () => {
      listener = await Listener.start((n) => (n.body.name === 'PACKAGE_ACTIVATE' ? 500 : 200));
      const { id } = await add(later);
      const packageId = anyPackage();
      const [create, activate, trash] = await raiseAll(owner, types.map((name) => ({ name, packageId })));
      await tried(owner, { eventId: activate.id });
      for (const event of [activate, trash]) assertRefused(await resend(event.id, id), undefined, { status: 409, messageKey: 'error.conflict.wrongState' });
      await expectOk(resend(create.id, id));
      await seen(owner, { eventId: create.id }, 'two deliveries', ([d]) => d.state === 'DELIVERED' && d.attempts.length === 2);
      assert.ok(!listener.of(packageId).some((n) => n.body.name === 'PACKAGE_TRASH'), 'the newest still waits for its turn');
      await expectOk(owner.post(`${endpointsPath}/${id}/disable`));
      await settled(owner, { eventId: trash.id }, 'FAILED');
      for (const event of [create, activate, trash]) assertRefused(await resend(event.id, id), undefined, { status: 409 });
      // A paused endpoint keeps it for later.
      listener.answer = () => 200;
      await expectOk(owner.post(`${endpointsPath}/${id}/enable`));
      await expectOk(owner.post(`${endpointsPath}/${id}/pause`));
      for (const event of [trash, activate]) assert.equal((await expectOk(resend(event.id, id))).state, 'PENDING');
      const heard = listener.received.length;
      await expectOk(owner.post(`${endpointsPath}/${id}/resume`));
      await settled(owner, { packageId }, 'DELIVERED', 3);
      assert.deepEqual(listener.received.slice(heard).map((n) => n.body.name), ['PACKAGE_ACTIVATE', 'PACKAGE_TRASH']);
    });

    test('a replay brings events that matched nobody, in order, to an endpoint that was not there', async () => {
      const after = await last();
      const packages = Array.from({ length: 4 }, anyPackage);
      const raised = [];
      for (const name of types) raised.push(...(await raiseAll(owner, packages.map((packageId) => ({ name, packageId })))));
      listener = await Listener.start();
      const { id } = await add({ events: [] });
      const dry = await replay({ endpointId: id, events: types.slice(0, 2), afterSequence: after, dryRun: true });
      assert.deepEqual(dry, { dryRun: true, endpointId: id, matching: 8 });
      assert.equal((await deliveries(owner, { endpointId: id })).count, 0);
      const { count } = await expectOk(owner.get(replays));
      const begun = await replay({ endpointId: id, afterSequence: after, rate: 1000 });
      assert.deepEqual([begun.state, begun.endpointId, begun.rate, begun.matching, begun.createdBy, begun.finishedDate], ['RUNNING', id, 1000, 12, account.ownerId, null]);
      const done = await over(begun.id);
      assert.deepEqual([done.queued, done.progress, done.filter.events, done.filter.afterSequence, done.filter.throughSequence], [12, 1, [], after, raised.at(-1).sequence]);
      assert.ok(Date.parse(done.finishedDate) >= Date.parse(done.createdDate));
      await settled(owner, { endpointId: id }, 'DELIVERED', 12);
      for (const packageId of packages) assert.deepEqual(listener.of(packageId).map((n) => n.body.name), types);
      assert.deepEqual(new Set(listener.received.map((n) => n.headers['webhook-id'])), new Set(raised.map((event) => event.id)));
      const list = await expectOk(owner.get(`${replays}?from=1&to=1`));
      assert.deepEqual([list.count, list.results], [count + 1, [done]]);
      assertRefused(await stranger().get(`${replays}/${begun.id}`), undefined, { status: 404, messageKey: 'error.notFound.replayNotFound' });
      assertRefused(await stranger().post(`${replays}/${begun.id}/cancel`), undefined, { status: 404 });
      assertRefused(await stranger().post(replays, { endpointId: id }), undefined, { status: 404 });
    });

    test('a replay chooses by type, package, time, number, and by what was not delivered', async () => {
      listener = await Listener.start((n) => (n.body.name === 'PACKAGE_TRASH' ? 500 : 200));
      const first = await add({ retryWaits: [1], failureMails: false, events: ['PACKAGE_CREATE', 'PACKAGE_TRASH'] });
      const second = await add({ url: `${listener.url}/second`, events: ['PACKAGE_ACTIVATE'] });
      const after = await last();
      const packages = Array.from({ length: 3 }, anyPackage);
      const raised = [];
      for (const packageId of packages) {
        raised.push(...(await raiseAll(owner, types.map((name) => ({ name, packageId })))).map((event) => ({ ...event, packageId })));
        await settled(owner, { packageId, name: 'PACKAGE_TRASH' }, 'FAILED');
        await settled(owner, { packageId, name: 'PACKAGE_ACTIVATE' });
      }
      const dates = Object.fromEntries((await expectOk(owner.get(`${notifications}/events?after=${after}`))).results.map((event) => [event.id, event.createdDate]));
      const rows = [
        [{}, (e) => e.name !== 'PACKAGE_ACTIVATE'], [{ events: null }, (e) => e.name !== 'PACKAGE_ACTIVATE'], [{ events: [] }, () => true], [{ events: ['PACKAGE_ACTIVATE'] }, (e) => e.name === 'PACKAGE_ACTIVATE'],
        [{ packageId: packages[1], events: [] }, (e) => e.packageId === packages[1]], [{ since: dates[raised[3].id], events: [] }, (e) => dates[e.id] >= dates[raised[3].id]], [{ until: dates[raised[3].id], events: [] }, (e) => dates[e.id] < dates[raised[3].id]],
        [{ since: dates[raised[3].id], until: dates[raised[6].id], events: [] }, (e) => dates[e.id] >= dates[raised[3].id] && dates[e.id] < dates[raised[6].id]],
        [{ throughSequence: raised[4].sequence }, (e) => e.sequence <= raised[4].sequence && e.name !== 'PACKAGE_ACTIVATE'], [{ afterSequence: raised[4].sequence }, (e) => e.sequence > raised[4].sequence && e.name !== 'PACKAGE_ACTIVATE'],
        [{ afterSequence: raised.at(-1).sequence }, () => false], [{ undeliveredOnly: true }, (e) => e.name === 'PACKAGE_TRASH'], [{ undeliveredOnly: true, events: [] }, (e) => e.name !== 'PACKAGE_CREATE'],
      ];
      for (const [members, is] of rows) {
        const { matching } = await replay({ endpointId: first.id, afterSequence: after, dryRun: true, ...members });
        assert.equal(matching, raised.filter(is).length, JSON.stringify(members));
      }
      assert.equal((await deliveries(owner, { endpointId: first.id, state: 'FAILED' })).count, 3);
      // What failed, again; then what was for the second endpoint only, to the first.
      listener.answer = () => 200;
      const heard = listener.received.length;
      await over((await replay({ endpointId: first.id, undeliveredOnly: true, afterSequence: after })).id);
      await settled(owner, { endpointId: first.id }, 'DELIVERED', 6);
      assert.deepEqual(listener.received.slice(heard).map((n) => n.body.name), Array(3).fill('PACKAGE_TRASH'));
      await over((await replay({ endpointId: first.id, events: ['PACKAGE_ACTIVATE'], afterSequence: after })).id);
      await settled(owner, { endpointId: first.id }, 'DELIVERED', 9);
      assert.equal((await deliveries(owner, { endpointId: second.id })).count, 3);
    });

    test('what a replay may not say', async () => {
      listener = await Listener.start();
      const { id } = await add({});
      const { count } = await expectOk(owner.get(replays));
      for (const [member, members] of [['endpointId', { endpointId: undefined }], ['endpointId', { endpointId: '' }], ['endpointId', { endpointId: 7 }], ['events[0]', { events: ['NOTHING'] }], ['events', { events: 'PACKAGE_CREATE' }], ['packageId', { packageId: 5 }],
        ['since', { since: 'yesterday' }], ['until', { until: 1750000000 }], ['afterSequence', { afterSequence: -1 }], ['throughSequence', { throughSequence: 'x' }], ['undeliveredOnly', { undeliveredOnly: 'yes' }], ['rate', { rate: 0 }], ['rate', { rate: 1001 }], ['rate', { rate: 1.5 }], ['dryRun', { dryRun: 1 }]])
        assertRefused(await owner.post(replays, { endpointId: id, ...members }), member);
      assertRefused(await owner.post(replays, { endpointId: 'ep_0000000000000000' }), undefined, { status: 404 });
      for (const path of ['rp_0', '%20']) {
        assertRefused(await owner.get(`${replays}/${path}`), undefined, { status: 404 });
        assertRefused(await owner.post(`${replays}/${path}/cancel`), undefined, { status: 404 });
      }
      await expectOk(owner.post(`${endpointsPath}/${id}/disable`));
      assertRefused(await owner.post(replays, { endpointId: id }), 'endpointId', { status: 409 });
      assert.equal((await expectOk(owner.get(replays))).count, count);
    });

    test('a replay keeps its rate, says how far it is, and can be cancelled', async () => {
      const after = await last();
      await raiseAll(owner, Array.from({ length: 50 }, () => ({ name: 'PACKAGE_CREATE', packageId: anyPackage() })));
      listener = await Listener.start();
      const { id } = await add({ events: ['PACKAGE_EXPIRE'] });
      const begun = await replay({ endpointId: id, events: types, afterSequence: after, rate: 20 });
      const half = await until('a part of it', async () => {
        const now = await read(begun.id);
        return now.queued > 0 && now;
      });
      assert.ok(half.state === 'RUNNING' && half.queued <= 40 && half.progress > 0 && half.progress < 1, JSON.stringify(half));
      await over(begun.id);
      await settled(owner, { endpointId: id }, 'DELIVERED', 50);
      const times = listener.received.map((n) => n.at).sort((a, b) => a - b);
      for (let i = 0; i + 40 < times.length; i++) assert.ok(times[i + 40] - times[i] > 900, `41 in ${times[i + 40] - times[i]} ms`);
      assertRefused(await owner.post(`${replays}/${begun.id}/cancel`), undefined, { status: 409, messageKey: 'error.conflict.wrongState' });

      const again = await replay({ endpointId: id, events: types, afterSequence: after, rate: 5 });
      await until('a part of it', async () => (await read(again.id)).queued > 0);
      const cancelled = await expectOk(owner.post(`${replays}/${again.id}/cancel`));
      assert.ok(cancelled.state === 'CANCELLED' && cancelled.queued < 50 && cancelled.progress < 1 && cancelled.finishedDate);
      assertRefused(await owner.post(`${replays}/${again.id}/cancel`), undefined, { status: 409 });
      // What it had put into the queue arrives; no more.
      await until('a quiet queue', async () => (await expectOk(owner.get(`${endpointsPath}/${id}`))).queue.pending === 0);
      const { queued } = await read(again.id);
      assert.equal(listener.received.length, 50 + queued);

      // Its endpoint goes: so does the replay.
      const third = await replay({ endpointId: id, events: types, afterSequence: after, rate: 5 });
      await until('a part of it', async () => (await read(third.id)).queued > 0);
      await expectOk(owner.post(`${endpointsPath}/${id}/disable`));
      await over(third.id, 'STOPPED');
    });

    test('a replay goes on after a kill, and loses and repeats no event', async () => {
      const after = await last();
      const raised = await raiseAll(owner, Array.from({ length: 40 }, () => ({ name: 'PACKAGE_CREATE', packageId: anyPackage() })));
      listener = await Listener.start();
      const { id } = await add({ events: [] });
      const begun = await replay({ endpointId: id, afterSequence: after, rate: 20 });
      await until('a part of it', async () => (await read(begun.id)).queued > 0);
      await server.kill();
      await start();
      const done = await over(begun.id);
      assert.deepEqual([done.queued, done.matching, done.progress], [40, 40, 1]);
      await settled(owner, { endpointId: id }, 'DELIVERED', 40);
      assert.deepEqual(new Set(listener.received.map((n) => n.headers['webhook-id'])), new Set(raised.map((event) => event.id)));
    });

    test('what is pending is left alone by a replay; a paused endpoint gets it when it is resumed', async () => {
      listener = await Listener.start(() => 500);
      const { id } = await add(later);
      const after = await last();
      const packageId = anyPackage();
      await raiseAll(owner, types.map((name) => ({ name, packageId })));
      await tried(owner, { packageId, name: types[0] });
      await expectOk(owner.post(`${endpointsPath}/${id}/pause`));
      const other = anyPackage();
      await raise(owner, other, 'PACKAGE_EXPIRE');
      const done = await over((await replay({ endpointId: id, events: [], afterSequence: after })).id);
      assert.deepEqual([done.matching, done.queued], [4, 1]);
      assert.equal((await expectOk(owner.get(`${endpointsPath}/${id}`))).queue.pending, 4);
      assert.equal(listener.received.length, 1);
      listener.answer = () => 200;
      await expectOk(owner.post(`${endpointsPath}/${id}/resume`));
      await settled(owner, { packageId: other });
    });

    test('what is expunged is gone everywhere; number, manifest and record of it stay', async () => {
      const marker = 'EXPUNGE-me-3c1f';
      listener = await Listener.start(() => ({ status: 500, body: `${marker}-reply` }));
      const failing = await add({ retryWaits: [1] });
      const waiting = await add({ url: `${listener.url}/waiting`, ...later });
      const after = await last();
      const packageId = anyPackage();
      const event = await raise(owner, packageId, 'PACKAGE_CREATE', { sessionUser: `${marker}-user`, message: `${marker}-message`, documentId: `${marker}-document` });
      const reassigned = await raise(owner, anyPackage(), 'ROLE_REASSIGN', { newRoleId: `${marker}-role` });
      await settled(owner, { eventId: event.id, endpointId: failing.id }, 'FAILED');
      await tried(owner, { eventId: event.id, endpointId: waiting.id });
      const proof = async () => {
        const { hash, count, complete, throughSequence } = await expectOk(owner.get(`${notifications}/manifests?after=${after}`));
        return { hash, count, complete, throughSequence };
      };
      const before = await proof();
      for (const id of ['evt_0', `${event.id}x`]) assertRefused(await owner.delete(`${notifications}/events/${id}/payload`), undefined, { status: 404, messageKey: 'error.notFound.eventNotFound' });
      assertRefused(await stranger().delete(`${notifications}/events/${event.id}/payload`), undefined, { status: 404 });
      assert.deepEqual(await proof(), before);
      for (const { id } of [event, event, reassigned]) assert.equal((await owner.delete(`${notifications}/events/${id}/payload`)).status, 200);
      assert.deepEqual(await proof(), before);
      const { results: [kept] } = await expectOk(owner.get(`${notifications}/events?after=${after}`));
      const { expungedDate, payloadDigest, createdDate, ...rest } = kept;
      assert.match(payloadDigest, /^[0-9a-f]{64}$/);
      assert.deepEqual(rest, { sequence: event.sequence, id: event.id, name: 'PACKAGE_CREATE', packageId, sessionUser: '', message: null, documentId: null });
      assert.ok(Date.parse(expungedDate) >= Date.parse(createdDate));
      const full = await delivery(owner, event.id, failing.id);
      assert.deepEqual([full.state, full.body, full.attempts.length, full.attempts[0].httpStatus], ['FAILED', null, 2, 500]);
      assert.equal((await delivery(owner, event.id, waiting.id)).state, 'FAILED');
      for (const { id } of [failing, waiting]) assertRefused(await resend(event.id, id), undefined, { status: 409 });
      assert.equal((await replay({ endpointId: waiting.id, events: [], afterSequence: after, dryRun: true })).matching, 0);
      for (const path of ['deliveries', 'events?limit=1000', `deliveries/${event.id}/${failing.id}`, `deliveries/${event.id}/${waiting.id}`]) assertAbsent((await owner.get(`${notifications}/${path}`)).bytes, [marker], path);
      // The lane that held it goes on.
      listener.answer = () => 200;
      const next = await raise(owner, packageId, 'PACKAGE_ACTIVATE');
      await settled(owner, { eventId: next.id }, 'DELIVERED', 2);
      await mails.arrived(account.email, new RegExp(marker));
      await server.stop();
      for (const bytes of stored(installation)) assertAbsent(bytes, [marker], 'the store');
      assertAbsent(server.log, [marker], 'the log');
      await start();
    });

    test('an event that is expunged while it is sent leaves nothing either', async () => {
      const marker = 'EXPUNGE-me-while-9a2e';
      const shut = gate();
      listener = await Listener.start(() => shut.passed.then(() => ({ status: 500, body: marker })));
      const { id } = await add(later);
      const event = await raise(owner, anyPackage(), 'PACKAGE_CREATE', { message: marker });
      await listener.arrived(1);
      assert.equal((await owner.delete(`${notifications}/events/${event.id}/payload`)).status, 200);
      shut.open();
      await tried(owner, { eventId: event.id });
      const full = await delivery(owner, event.id, id);
      assert.deepEqual([full.state, full.attempts[0].httpStatus, full.attempts[0].replyStart], ['FAILED', 500, '']);
      assert.equal(listener.received.length, 1);
    });
  });
}
