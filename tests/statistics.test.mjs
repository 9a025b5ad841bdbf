// statistics.test.mjs – numbers over time: real deliveries give exactly the right ones, nodes add up, and a restart keeps them.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { apiToken, createApp } from './lib/callers.mjs';
import { days, hours } from './lib/clock.mjs';
import { Listener } from './lib/listener.mjs';
import { addEndpoint, anyPackage, assertRefused, endpointsPath, expectOk, notifications, raise, raiseAll, settled } from './lib/notifications.mjs';

const path = `${notifications}/statistics`;
const read = (client, query = {}) => expectOk(client.get(`${path}?${new URLSearchParams(query)}`));
/** Waits until as much is counted, and gives the whole answer. */
const counted = (client, wanted, query = {}) =>
  until(`statistics with ${JSON.stringify(wanted)}`, async () => {
    const answer = await read(client, query);
    return Object.entries(wanted).every(([name, value]) => answer.totals[name] === value) && answer;
  });

const add = (client, listener, members) =>
  addEndpoint(client, { url: listener.url, events: ['PACKAGE_CREATE', 'PACKAGE_TRASH', 'PACKAGE_DECLINE'], failureMails: false, ...members });
const many = (name, count) => Array.from({ length: count }, () => ({ name, packageId: anyPackage() }));

for (const engine of engines) {
  describe(`statistics on ${engine}`, () => {
    let installation, server, account, owner, stranger, quick, slow, failing;
    const ids = {};

    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      server = await Server.start(installation);
      owner = Client.withKey(server, account);
      stranger = Client.withKey(server, await createAccount(installation));
      quick = await Listener.start();
      slow = await Listener.start(() => sleep(300, 202));
      failing = await Listener.start((n) => (n.body.name === 'PACKAGE_DECLINE' ? 404 : 503));
    });
    after(async () => {
      await server.stop();
      for (const listener of [quick, slow, failing]) await listener.stop();
      installation.remove();
    });

    test('deliveries of several types, to quick, slow and failing receivers, are counted exactly', async () => {
      ids.quick = (await add(owner, quick)).id;
      ids.slow = (await add(owner, slow, { events: ['PACKAGE_TRASH'] })).id;
      ids.failing = (await add(owner, failing, { events: ['PACKAGE_CREATE', 'PACKAGE_DECLINE'], stopStatuses: [404], retryWaits: [3600], ordered: false })).id;
      ids.nobody = (await add(owner, { url: 'http://127.0.0.1:9/' }, { events: ['PACKAGE_TRASH'], retryWaits: [3600] })).id;
      await raiseAll(owner, [...many('PACKAGE_DECLINE', 3), ...many('PACKAGE_CREATE', 20), ...many('PACKAGE_TRASH', 5)]);
      await raise(owner, anyPackage(), 'PACKAGE_COMPLETE'); // which nobody wants
      await settled(owner, { endpointId: ids.slow }, 'DELIVERED', 5);
      await settled(owner, { endpointId: ids.quick }, 'DELIVERED', 28);

      const { totals: q } = await counted(owner, { attempts: 28 }, { endpointId: ids.quick });
      const types = { PACKAGE_CREATE: 20, PACKAGE_TRASH: 5, PACKAGE_DECLINE: 3 };
      assert.deepEqual({ ...q, latency: undefined }, { events: 0, eventsByType: {}, attempts: 28, succeeded: 28, delivered: 28, failed: 0, byType: types, byStatus: { 200: 28 }, byError: {}, latency: undefined, queue: q.queue });
      assert.equal(q.latency.count, 28);
      const { totals: s } = await counted(owner, { attempts: 5 }, { endpointId: ids.slow });
      assert.deepEqual([s.byStatus, s.byType, s.delivered, s.latency.count], [{ 202: 5 }, { PACKAGE_TRASH: 5 }, 5, 5]);
      for (const p of ['p50Ms', 'p95Ms', 'p99Ms']) assert.ok(s.latency[p] > 300 / 1.1 && q.latency.p50Ms < s.latency[p], JSON.stringify([q, s]));

      // The breaker lets few requests through: what the log says is what counts.
      await settled(owner, { endpointId: ids.failing, name: 'PACKAGE_DECLINE' }, 'FAILED', 3);
      const total = async () => {
        const [log, sums] = [{}, (await read(owner, { endpointId: ids.failing })).totals];
        const { results } = await expectOk(owner.get(`${notifications}/deliveries?endpointId=${ids.failing}&to=100`));
        for (const { attempts } of results) for (const { httpStatus } of attempts) log[httpStatus] = (log[httpStatus] ?? 0) + 1;
        return log[404] === 3 && JSON.stringify(log) === JSON.stringify(sums.byStatus) && sums;
      };
      const f = await until('the log and the statistics agree', total);
      assert.deepEqual([f.succeeded, f.delivered, f.failed, f.byType.PACKAGE_DECLINE], [0, 0, 3, 3]);
      assert.equal(f.attempts, f.byStatus[404] + f.byStatus[503]);
      const { totals: n } = await until('an attempt that reached nobody', async () => {
        const answer = await read(owner, { endpointId: ids.nobody });
        return answer.totals.attempts > 0 && answer;
      });
      assert.deepEqual([n.byError, n.byStatus, n.latency], [{ CONNECTION: n.attempts }, {}, null]);

      // The account: its events, and all endpoints together.
      const { totals: a, results, stepSeconds } = await counted(owner, { events: 29 });
      assert.deepEqual(a.eventsByType, { ...types, PACKAGE_COMPLETE: 1 });
      const all = await until('the sum of all endpoints', async () => {
        const [whole, ...parts] = await Promise.all([{}, ...Object.values(ids).map((endpointId) => ({ endpointId }))].map((query) => read(owner, query)));
        return whole.totals.attempts === parts.reduce((sum, { totals }) => sum + totals.attempts, 0) && whole.totals;
      });
      assert.deepEqual([all.delivered, all.failed], [33, 3]);
      // Its steps are the totals, in time.
      assert.equal(stepSeconds, 60);
      assert.equal(results.reduce((sum, step) => sum + step.events, 0), 29);
      for (const { start } of results) assert.ok(Date.parse(start) % 60000 === 0 && Math.abs(Date.now() - Date.parse(start)) < 300e3, start);
      const byHours = await read(owner, { step: 7200, since: new Date(Date.now() - 30 * days).toISOString() });
      assert.deepEqual([byHours.totals.events, byHours.stepSeconds], [29, 7200]);
    });

    test('an overview says in one answer what several calls say, and no more than its caller may know', async () => {
      await createApp(owner);
      const each = await until('two looks alike', async () => {
        const [endpoints, endpointHealth, statistics, { results }] = await Promise.all(['endpoints', 'endpointHealth', 'statistics', 'eventTypes'].map((what) => expectOk(owner.get(`${notifications}/${what}`))));
        const overview = await expectOk(owner.get(`${notifications}/overview`));
        for (const { queue } of [...endpoints.results, ...overview.endpoints.results]) for (const member of ['oldestDate', 'nextAttemptDate', 'pending']) delete queue[member];
        assert.deepEqual(overview.eventTypes, results.map(({ name, displayName }) => ({ name, displayName })));
        const isAlike = isDeepStrictEqual([overview.endpoints, overview.endpointHealth, overview.statistics.totals], [endpoints, endpointHealth, statistics.totals]);
        return isAlike && overview; // retries go on meanwhile
      });
      const countOf = async (state) => (await expectOk(owner.get(`${notifications}/deliveries?state=${state}&since=${each.deliveries.since}`))).count;
      assert.deepEqual([each.deliveries.delivered, each.deliveries.failed], [await countOf('DELIVERED'), await countOf('FAILED')]);
      assert.ok(each.deliveries.delivered >= 33 && each.deliveries.failed === 3, JSON.stringify(each.deliveries));
      assert.equal(each.clientApps, 1);
      const reader = await apiToken(server, await createApp(owner, { name: 'Reader', scopes: ['notification.read'] }));
      assert.equal((await expectOk(reader.get(`${notifications}/overview`))).clientApps, null);
      assert.deepEqual((await expectOk(stranger.get(`${notifications}/overview`))).endpoints, { count: 0, results: [] });
      assert.equal((await owner.get(`${notifications}/overview?step=61`)).status, 400);
    });

    test('an account sees its own only, and no endpoint of another', async () => {
      const { totals, results } = await read(stranger);
      assert.deepEqual([totals.attempts, totals.events, totals.latency, results], [0, 0, null, []]);
      assertRefused(await stranger.get(`${path}?endpointId=${ids.quick}`), undefined, { status: 404 });
    });

    test('what cannot be answered is refused with its reason', async () => {
      const ago = (ms) => new Date(Date.now() - ms).toISOString();
      for (const [query, member] of [
        ['step=59', 'step'], ['step=90', 'step'], ['step=x', 'step'], ['since=yesterday', 'since'], [`since=${ago(-hours)}`, 'since'], [`since=${ago(hours)}&until=${ago(2 * hours)}`, 'since'],
        [`since=${ago(5 * hours)}&step=60`, 'since'], [`since=${ago(3 * days)}&step=600`, 'since'], [`since=${ago(40 * days)}`, 'since'],
        [`since=${ago(31 * days)}&until=${ago(0)}&step=600`, 'since'],
      ]) assertRefused(await owner.get(`${path}?${query}`), member);
      for (const [ms, step] of [[hours, 60], [24 * hours, 600], [7 * days, 7200], [30 * days, 7200]]) assert.equal((await read(owner, { since: ago(ms) })).stepSeconds, step);
    });

    test('a restart keeps them, and they go with their endpoint', async () => {
      const { totals } = await read(owner, { endpointId: ids.quick });
      const last = await raise(owner, anyPackage(), 'PACKAGE_CREATE');
      await settled(owner, { eventId: last.id, endpointId: ids.quick });
      await server.stop(); // before the few seconds are over after which they are written
      server = await Server.start(installation);
      owner = Client.withKey(server, account);
      const { totals: now } = await counted(owner, { attempts: totals.attempts + 1 }, { endpointId: ids.quick });
      assert.deepEqual([now.byStatus, now.latency.count], [{ 200: 29 }, 29]);
      await counted(owner, { events: 30 });
      assert.equal((await owner.delete(`${endpointsPath}/${ids.quick}`)).status, 200);
      assertRefused(await owner.get(`${path}?endpointId=${ids.quick}`), undefined, { status: 404 });
      assert.equal((await read(owner)).totals.byStatus[200], 29); // the account's own stay
    });
  });
}

test('what waits is looked at, for an endpoint and for the account', async () => {
  const installation = freshInstallation('sqlite');
  const account = await createAccount(installation);
  let server = await Server.start(installation);
  let owner = Client.withKey(server, account);
  const { id } = await addEndpoint(owner, { url: 'http://127.0.0.1:9/', events: ['PACKAGE_CREATE'] });
  await expectOk(owner.post(`${endpointsPath}/${id}/pause`));
  await raiseAll(owner, many('PACKAGE_CREATE', 7));
  // Once a minute, and at the start.
  await server.stop();
  server = await Server.start(installation);
  owner = Client.withKey(server, account);
  for (const query of [{ endpointId: id }, {}]) {
    const { queue } = await until('a sample', async () => (await read(owner, query)).totals.queue && (await read(owner, query)).totals);
    assert.equal(queue.pending, 7);
    assert.ok(queue.oldestSeconds < 60, queue.oldestSeconds);
  }
  await counted(owner, { events: 7 });
  await server.stop();
  installation.remove();
});

test('two nodes add up', { skip: engines.includes('postgresql') ? false : 'no PostgreSQL here' }, async () => {
  const installation = freshInstallation('postgresql');
  const account = await createAccount(installation);
  const folder = mkdtempSync(join(tmpdir(), 'greffier-node-'));
  copyFileSync(join(installation.data, 'greffier.key'), join(folder, 'greffier.key'));
  const nodes = [await Server.start(installation), await Server.start({ settings: ['--data', folder, ...installation.settings.slice(2)] })];
  const [here, there] = nodes.map((node) => Client.withKey(node, account));
  const listener = await Listener.start();
  const { id } = await add(here, listener);
  for (let round = 0; round < 10; round++) await Promise.all([raiseAll(here, many('PACKAGE_CREATE', 10)), raiseAll(there, many('PACKAGE_TRASH', 10))]);
  await listener.arrived(200);
  for (const client of [here, there]) {
    const { totals } = await counted(client, { delivered: 200, events: 200 });
    assert.deepEqual([totals.attempts, totals.byType, totals.eventsByType], [200, { PACKAGE_CREATE: 100, PACKAGE_TRASH: 100 }, { PACKAGE_CREATE: 100, PACKAGE_TRASH: 100 }]);
    assert.equal((await counted(client, { delivered: 200 }, { endpointId: id })).totals.latency.count, 200);
  }
  for (const node of nodes) await node.stop();
  await listener.stop();
  rmSync(folder, { recursive: true });
  installation.remove();
});
