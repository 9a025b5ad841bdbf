// nodes.test.mjs – three nodes on one PostgreSQL database under load. At random moments one of them is killed and started again,
// frozen, cut off from the database, or has its clock set. All that was accepted arrives, once at least, in order.
// TORTURE_FREEZE_S=200 lets one node sleep longer than its leases last.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { engines, freshInstallation, createAccount, Server, Client, until } from '../lib/server.mjs';
import { Clock, clockIsFixed, hours } from '../lib/clock.mjs';
import { Recorder, check } from '../lib/checker.mjs';
import { DatabaseProxy } from '../lib/database_proxy.mjs';
import { addEndpoint, deliveries, notifications } from '../lib/notifications.mjs';
import { pick, random } from '../lib/random.mjs';

const rounds = Number(process.env.TORTURE_COUNT ?? 10) * 4;
const seed = Number(process.env.TORTURE_SEED ?? 1);
const longFreezeMs = Number(process.env.TORTURE_FREEZE_S ?? 0) * 1000;
const settings = ['--retry-scale', '50'];
const names = ['PACKAGE_CREATE', 'PACKAGE_TRASH', 'PACKAGE_RESTORE'];
const packages = 30;
const producers = 3;

class Node {
  constructor(installation) {
    this.installation = installation;
    this.folder = mkdtempSync(join(tmpdir(), 'greffier-node-'));
    copyFileSync(join(installation.data, 'greffier.key'), join(this.folder, 'greffier.key'));
    this.clock = clockIsFixed ? undefined : new Clock();
    this.logs = '';
  }
  async start() {
    this.proxy ??= await DatabaseProxy.start(this.installation.settings.at(-1));
    this.server = await Server.start({ settings: ['--data', this.folder, '--database', this.proxy.uri] }, settings, { clock: this.clock });
  }
  async kill() {
    await this.server.kill();
    this.logs += this.server.log;
    await this.start();
  }
  async freeze(ms) {
    this.server.child.kill('SIGSTOP');
    await sleep(ms);
    this.server.child.kill('SIGCONT');
  }
  async cutOff(ms) {
    this.proxy.cut();
    await sleep(ms);
    this.proxy.mend();
  }
  async end() {
    await this.server.stop();
    this.logs += this.server.log;
    await this.proxy.stop();
    this.clock?.remove();
    rmSync(this.folder, { recursive: true });
  }
}

/** A batch is sent to one node after the other, until one confirms it: with its key it is appended once. */
async function append(nodes, account, chance, state) {
  for (let i = 0; !state.stopped; i++) {
    const key = `batch ${chance()} ${i}`;
    const events = Array.from({ length: 10 }, (_, n) => ({ name: names[n % 3], packageId: `pkg-${Math.floor(chance() * packages)}` }));
    for (let confirmed = false; !confirmed;) {
      const { server } = pick(chance, nodes);
      const request = Client.withKey(server, account).post(`${notifications}/events`, { events }, { 'idempotency-key': key });
      // A frozen node answers nobody: the next one is asked.
      const answer = await Promise.race([request.catch(() => undefined), sleep(3000)]);
      confirmed = answer?.status === 200;
      assert.ok(!answer || confirmed || answer.status >= 500 || answer.status === 409, `${answer?.status} ${answer?.bytes}`);
      if (!confirmed) await sleep(20);
    }
    state.count += events.length;
    await sleep(10);
  }
}

const ways = {
  killed: (node) => node.kill(),
  frozen: (node, chance) => node.freeze(200 + chance() * 3000),
  'cut off': (node, chance) => node.cutOff(100 + chance() * 2000),
  ...(clockIsFixed ? {} : { set: async (node, chance) => node.clock.set(Math.round((chance() - 0.5) * 240) * hours) }),
};

test(`${rounds} times one of three nodes is killed, frozen, cut off or has its clock set (seed ${seed})`, { skip: !engines.includes('postgresql') && 'no PostgreSQL here' }, async (t) => {
  const chance = random(seed);
  const installation = freshInstallation('postgresql');
  const account = await createAccount(installation);
  const nodes = Array.from({ length: 3 }, () => new Node(installation));
  for (const node of nodes) await node.start();
  const recorders = await Promise.all([
    Recorder.start('steady', () => sleep(2, 200)),
    Recorder.start('failing', () => (chance() < 0.1 ? 503 : 200)),
  ]);
  const client = () => Client.withKey(nodes[0].server, account);
  for (const { name, url } of recorders) await addEndpoint(client(), { name, url, events: names });
  const state = { stopped: false, count: 0 };
  const load = Array.from({ length: producers }, () => append(nodes, account, chance, state));
  await until('load', () => state.count > 100);
  if (longFreezeMs) await nodes[1].freeze(longFreezeMs);
  for (let round = 0; round < rounds; round++) {
    const [way, does] = pick(chance, Object.entries(ways));
    const before = state.count;
    await does(pick(chance, nodes), chance);
    await until(`load goes on after one was ${way} (round ${round})`, () => state.count > before + 20, 60000);
  }
  state.stopped = true;
  await Promise.all(load);
  await until('everything is delivered', async () => {
    const { status, body } = await client().get(`${notifications}/deliveries?state=PENDING&to=1`);
    return status === 200 && body.count === 0; // a node that was cut off answers 503 until it has connected again
  }, 240000);
  assert.equal((await deliveries(client(), { state: 'FAILED', to: 1 })).count, 0, 'nothing was given up');
  const { status, out } = await check(nodes[0].server.url, `Basic ${account.apiKey}`, recorders);
  assert.equal(status, 0, out);
  assert.match(out, new RegExp(`^${state.count} events, `));
  for (const { name, receipts } of recorders) assert.equal(new Set(receipts.filter((r) => r.status === 200).map((r) => r.headers['webhook-id'])).size, state.count, name);
  for (const node of nodes) await node.end();
  for (const { logs } of nodes) assert.doesNotMatch(logs, /deadlock/);
  for (const recorder of recorders) await recorder.stop();
  installation.remove();
});
