// upgrade_size.test.mjs – an installation of the release before, with a thousand packages, endpoints, a backlog and keys, is upgraded
// on both stores: killed again and again meanwhile, without holding a caller for a second, and with the same answers afterwards.
// scripts/build-previous builds the old program. UPGRADE_PACKAGES= another number. Prints the figures of docs/benchmarks.md.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { engines, freshInstallation, createAccount, program, run, sendablePackage, Server, Client, until } from '../lib/server.mjs';
import { Receiver } from '../lib/receiver.mjs';

const count = Number(process.env.UPGRADE_PACKAGES ?? 1000);
const kills = Math.max(10, Number(process.env.TORTURE_COUNT ?? 0) * 2);
let seed = Number(process.env.TORTURE_SEED ?? 1);
const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
const endpoints = '/api/notifications/endpoints';
const apps = '/api/account/authentication/clientApps';
const left = "SELECT (SELECT COUNT(*) FROM package WHERE body <> '' OR members = '') + (SELECT COUNT(*) FROM document_content)";
const held = 1000; // ms: nobody waits longer for the upgrade

/** Runs `work` for 0 to `times` - 1, six at a time. */
async function each(times, work) {
  let next = 0;
  await Promise.all(Array.from({ length: 6 }, async () => {
    while (next < times) await work(next++);
  }));
}

/** Asynchronous: a test that waits for a program would count its own wait as the server's. */
async function query(installation, sql) {
  const [file, args] = installation.engine === 'sqlite'
    ? ['sqlite3', ['-readonly', join(installation.data, 'greffier.db'), sql]]
    : ['psql', ['-q', '-t', '-A', '-d', installation.settings.at(-1), '-c', sql]];
  return (await promisify(execFile)(file, args)).stdout.trim();
}

/** What an installation of a year holds, in small: packages whose events wait for an endpoint that does not answer, and keys. */
async function fill(client, senders) {
  const ids = [];
  const must = async (call) => {
    const answer = await call;
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };
  for (let i = 0; i < 20; i++) await must(client.post(apps, { name: `App ${i}` }));
  for (let i = 0; i < senders; i++) await must(client.post('/api/account/senders', { email: `sender-${i}@bank-${client.number}.example`, firstName: 'Sam', lastName: `Sender ${i}` }));
  await must(client.post('/api/callback', { url: 'http://127.0.0.1:9/callback', key: 'a shared key', events: ['PACKAGE_COMPLETE'] }));
  const waiting = await must(client.post(endpoints, { name: 'Waiting', url: 'http://127.0.0.1:9/', events: ['PACKAGE_CREATE'] }));
  for (let i = 0; i < 20; i++) await must(client.post(endpoints, { name: `Endpoint ${i}`, url: `http://127.0.0.1:9/${i}?token=secret`, events: ['PACKAGE_COMPLETE', 'PACKAGE_DECLINE'] }));
  await each(count, async (i) => {
    ids[i] = (await must(client.post('/api/packages', sendablePackage({ name: `Package ${i}`, description: `Of the year ${i % 7}` })))).id;
    if (i % 10 === 0) await must(client.post(`/api/packages/${ids[i]}`, { trashed: true }));
  });
  return { ids, waiting: waiting.id };
}

/** What changes by itself: times of attempts, counters, what the server says of itself. */
const moving = /^(attempts|nextAttemptDate|lastUsedDate|lastUsedAddress|health|queue|waitsFor|failingSince|failing|statistics|oldestPendingDate|pending|state|disabledReason|warned)$/;

/** Each member of the old answer is in the new one; a new version may say more. */
function assertKept(now, before, where) {
  if (before === null || typeof before !== 'object') return assert.deepEqual(now, before, where);
  if (Array.isArray(before)) {
    assert.equal(now.length, before.length, where);
    return before.forEach((entry, i) => assertKept(now[i], entry, `${where}[${i}]`));
  }
  for (const [key, value] of Object.entries(before)) if (!moving.test(key)) assertKept(now[key], value, `${where}.${key}`);
}

const lists = ['/api/packages?from=1&to=100', '/api/packages?from=101&to=200&search=Of', '/api/callback', endpoints, apps, '/api/account/senders?from=1&to=100', '/api/notifications/events?limit=1000', '/api/account/authentication/apiKeys'];

/** Every package in full, and every list, as the old program answers them. */
async function answers(client, ids) {
  const packages = [];
  await each(ids.length, async (i) => (packages[i] = (await client.get(`/api/packages/${ids[i]}`)).body));
  const others = {};
  for (const path of lists) {
    const { status, body } = await client.get(path);
    assert.equal(status, 200, path);
    others[path] = body;
  }
  return { packages, others };
}

/** Starts the new program, and kills it: at once, when the schema is new, or when it has served and gone on for a moment. */
async function startAndKill(installation, number) {
  const child = spawn(program, ['serve', '--listen', '127.0.0.1:0', ...installation.settings], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)));
  let log = '';
  child.stderr.on('data', (chunk) => (log += chunk));
  const awaited = [/^/, /schema updated to version 4|serves /, /serves /][number % 3];
  await until('the moment of the kill', () => awaited.test(log));
  await sleep(random() * 100);
  child.kill('SIGKILL');
  assert.equal(await ended, 'SIGKILL', log);
  return log;
}

/** What the callers of longestWait do. */
const calls = {
  read: (client) => client.get('/api/packages?to=1'),
  write: (client) => client.post('/api/notifications/events', { name: 'DOCUMENT_SIGNED', packageId: 'outside', documentId: 'd' }),
};

/** The longest that a caller who reads and one who writes wait until `over`, in ms. */
async function longestWait(client, over) {
  const longest = { read: 0, write: 0 };
  let ended = false;
  const measure = async (kind) => {
    while (!ended) {
      const begun = performance.now();
      assert.equal((await calls[kind](client)).status, 200);
      longest[kind] = Math.max(longest[kind], performance.now() - begun);
      await sleep(5);
    }
  };
  // Once before: this process compiles the contract of an answer when it first sees one, for a second.
  for (const call of Object.values(calls)) await call(client);
  const callers = Object.keys(calls).map(measure);
  await over();
  ended = true;
  await Promise.all(callers);
  return longest;
}

for (const engine of engines) {
  test(`${count} packages of the release before, upgraded on ${engine} with ${kills} kills`, async (t) => {
    execFileSync('scripts/build-previous', { stdio: ['ignore', 'ignore', 'inherit'] });
    const old = { ...freshInstallation(engine), program: 'build-previous/greffier' };
    const account = await createAccount(old);
    const before = await Server.start(old, ['--disable-after', '0']);
    const owner = Client.withKey(before, account);
    owner.number = account.accountId.toLowerCase();
    const { ids, waiting } = await fill(owner, 50);
    const told = await answers(owner, ids);
    await before.stop();

    const installation = { ...old, program: undefined };
    let log = '';
    for (let i = 0; i < kills; i++) log += await startAndKill(installation, i);
    const begun = performance.now();
    const server = await Server.start(installation, ['--disable-after', '0', '--retry-scale', '100']);
    const started = performance.now() - begun;
    const [, schema] = (log + server.log).match(/schema updated to version 4: (.*)/);
    const client = Client.withKey(server, account);
    const steps = Number(await query(old, left));
    const longest = await longestWait(client, () => until('packages are divided, documents moved', async () => (await query(old, left)) === '0', 300000));
    const usual = await longestWait(client, () => sleep(2000));
    t.diagnostic(`${engine}: ${schema}; ${steps} packages and documents left after ${kills} kills; start ${Math.round(started)} ms; longest wait meanwhile: read ${Math.round(longest.read)} ms, write ${Math.round(longest.write)} ms; afterwards ${Math.round(usual.read)} and ${Math.round(usual.write)} ms`);
    for (const kind of ['read', 'write']) assert.ok(longest[kind] < Math.max(held, 3 * usual[kind]), JSON.stringify({ longest, usual }));

    const now = await answers(client, ids);
    for (const [i, each] of told.packages.entries()) assert.deepEqual(now.packages[i], each);
    for (const path of lists.filter((each) => !each.includes('events'))) assertKept(now.others[path], told.others[path], path);
    const events = told.others['/api/notifications/events?limit=1000'].results;
    assertKept(now.others['/api/notifications/events?limit=1000'].results.slice(0, events.length), events, 'events');
    const verified = await run(['audit', 'verify', '--account', account.accountId, ...old.settings]);
    assert.equal(verified.status, 0, verified.stderr);

    // The backlog arrives, each event once.
    const receiver = await Receiver.start();
    assert.equal((await client.put(`${endpoints}/${waiting}`, { url: receiver.url, events: ['PACKAGE_CREATE'] })).status, 200);
    await until('the backlog', () => receiver.received.length >= count, 120000);
    assert.deepEqual(receiver.received.map(({ body }) => body.packageId).sort(), [...ids].sort());
    await server.stop();
    await receiver.stop();
    old.remove();
  });
}
