// steps.mjs – a load under which wall clocks are set, and what must hold afterwards: everything arrives within seconds, in order, and
// nothing is given up. Short in tests/clock.test.mjs, long in tests/torture/clock.test.mjs.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, until } from './server.mjs';
import { Recorder, check } from './checker.mjs';
import { addEndpoint, deliveries, expectOk, raiseAll, notifications } from './notifications.mjs';
import { hours, days } from './clock.mjs';

export const steps = [hours, -hours, days, -days, 5 * days];
/** Short waits between attempts; the longest that the load below can come to is 12 s. */
export const settings = ['--retry-scale', '50'];
const packages = 25;
const names = ['PACKAGE_CREATE', 'PACKAGE_TRASH', 'PACKAGE_RESTORE'];

const size = (ms) => {
  const s = Math.round(Math.abs(ms) / 1000);
  return s >= 86400 ? `${Math.floor(s / 86400)} d ${Math.floor(s / 3600) % 24} h` : `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
};
/** What the log says of a step, after which the machine's clock is off by `offset`. */
export const told = {
  /** On SQLite. */
  ofMachine: (ms) => new RegExp(`clock of this machine was set ${ms > 0 ? 'forward' : 'back'} by ${size(ms)}`),
  /** On PostgreSQL, where the machine's clock counts for nothing. */
  besideDatabase: (ms, offset) => (offset ? new RegExp(`clock of this machine is ${size(offset)}.* ${offset > 0 ? 'ahead of' : 'behind'} the database's`) : /agrees with the database's clock again/),
};

/** Appends batches until told to stop. */
async function append(client, state) {
  for (let i = 0; !state.stopped; i++) {
    const events = [];
    for (let n = 0; n < 10; n++) events.push({ name: names[n % 3], packageId: `pkg-${(i * 10 + n) % packages}` });
    await raiseAll(client, events);
    state.count += events.length;
    await sleep(20 + state.count / 10); // on a slow machine the limited endpoint must be able to follow
  }
}

/** Endpoints that are well, fail at random, may be sent 100 a second, and are down until `state.isUp`. */
async function endpoints(client, state) {
  const recorders = await Promise.all([
    Recorder.start('steady'),
    Recorder.start('failing', () => (Math.random() < 0.15 ? 503 : 200)),
    Recorder.start('limited'),
    Recorder.start('down', () => (state.isUp ? 200 : 503)),
  ]);
  const made = [];
  for (const { name, url } of recorders) {
    const limits = name === 'limited' ? { rateLimit: 100 } : {};
    made.push(await addEndpoint(client, { name, url, events: names, ...limits }));
  }
  return { recorders, made };
}

/** Steps `clock` under load on the first of the servers; all of them are given the load. `told(step, offset)`: what a step logs. */
export async function runSteps(t, servers, account, clock, sizes, told) {
  const clients = servers.map((server) => Client.withKey(server, account));
  const state = { stopped: false, isUp: false, count: 0 };
  const { recorders, made } = await endpoints(clients[0], state);
  t.after(() => Promise.all(recorders.map((recorder) => recorder.stop())));
  const load = clients.map((client) => append(client, state));
  await until('load', () => state.count >= 100);
  const { body: replay } = await clients[0].post(`${notifications}/replays`, { endpointId: made[1].id, rate: 50 });
  for (const [i, size] of sizes.entries()) {
    const logged = servers[0].log.length;
    clock.step(size);
    await until(`step ${i} of ${size} ms is logged`, () => told(size, clock.offset).test(servers[0].log.slice(logged)), 15000);
    await sleep(300); // load goes on
  }
  state.stopped = true;
  await Promise.all(load);
  state.isUp = true;
  const isEmpty = async () => (await deliveries(clients[0], { state: 'PENDING', to: 1 })).count === 0;
  await until('everything is delivered', isEmpty, 60000).catch(async (error) => {
    const { results } = await deliveries(clients[0], { state: 'PENDING', to: 3 });
    throw new Error(`${error.message}: ${JSON.stringify(results.map((d) => [d.endpoint, d.nextAttemptDate, d.attempts.length]))}`);
  });
  assert.equal((await deliveries(clients[0], { state: 'FAILED', to: 1 })).count, 0, 'nothing was given up');
  await until('the replay is over', async () => (await expectOk(clients[0].get(`${notifications}/replays/${replay.id}`))).state === 'DONE');
  const { status, out } = await check(servers.at(-1).url, `Basic ${account.apiKey}`, recorders);
  assert.equal(status, 0, out);
  assert.match(out, new RegExp(`^${state.count} events, `));
  // Dates are no help here: each event came to each endpoint.
  for (const { name, receipts } of recorders) assert.equal(new Set(receipts.filter((r) => r.status === 200).map((r) => r.headers['webhook-id'])).size, state.count, name);
  return recorders;
}
