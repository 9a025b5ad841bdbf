// store.test.mjs – the server and a store in trouble: it says so, confirms nothing that is lost, and goes on when it can.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engines, freshInstallation, createAccount, run, Server, Client, until } from './lib/server.mjs';
import { releaseAfterwards } from './lib/release.mjs';
import { Cluster } from './lib/cluster.mjs';

const changeOf = (client) => client.post('/api/packages', { name: 'Change' });

/** What /readyz says, and how long that took. */
async function readiness(server) {
  const begun = Date.now();
  const { status, body } = await new Client(server).get('/readyz');
  return { status, ...body.store, tookMs: Date.now() - begun };
}

const becomes = (server, reason, limitMs) => until(`/readyz says ${reason}`, async () => (await readiness(server)).reason === reason, limitMs);

/** Starts a server on a data folder of its own, which `lose` then takes away. */
async function losesItsFolder(data, lose) {
  const installation = { data, settings: ['--data', data] };
  const account = await createAccount(installation);
  const server = await Server.start(installation);
  const client = Client.withKey(server, account);
  assert.equal((await changeOf(client)).status, 200);
  lose();
  const { status, body } = await changeOf(client);
  assert.equal(status, 503, 'a change that exists nowhere is not confirmed');
  assert.equal(body.messageKey, 'error.unavailable.storeGone');
  const { code } = await server.ended;
  assert.equal(code, 4);
  assert.match(server.log, /the data folder .* is gone \(deleted, renamed or unmounted\)/);
  return server;
}

describe('a data folder that is gone', () => {
  let folder;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'greffier-gone-'))));
  after(() => releaseAfterwards(() => rmSync(folder, { recursive: true, force: true }))); // after what is mounted in it

  test('deleted: changes are refused at once, and the server stops with status 4', async () => {
    const data = join(folder, 'deleted');
    await losesItsFolder(data, () => rmSync(data, { recursive: true }));
  });

  test('renamed, and another one in its place', async () => {
    const data = join(folder, 'renamed');
    await losesItsFolder(data, () => {
      renameSync(data, `${data}-away`);
      mkdirSync(data);
    });
  });

  test('unmounted', async (t) => {
    const data = join(folder, 'mounted');
    mkdirSync(data);
    try {
      execFileSync('mount', ['-t', 'tmpfs', 'none', data], { stdio: 'ignore' });
    } catch {
      return t.skip('this user may not mount');
    }
    const unmount = () => execFileSync('umount', ['-l', data]);
    const keep = releaseAfterwards(unmount);
    await losesItsFolder(data, () => {
      keep();
      unmount();
    });
  });

  test('nobody changes anything: it is noticed within a second, said by /readyz, and ends a server that is kept busy', async () => {
    const data = join(folder, 'idle');
    const installation = { data, settings: ['--data', data] };
    const account = await createAccount(installation);
    const server = await Server.start(installation);
    const client = Client.withKey(server, account);
    const waiting = client.get('/api/notifications/events?wait=60').catch(() => undefined); // would hold a stop up
    const begun = Date.now();
    renameSync(data, `${data}-away`);
    await becomes(server, 'DATA_FOLDER_GONE', 2500);
    assert.equal((await client.get('/api/packages')).status, 503, 'what is read exists nowhere either');
    assert.equal((await new Client(server).get('/healthz')).status, 200);
    const { code } = await server.ended;
    assert.equal(code, 4);
    assert.ok(Date.now() - begun < 11000, 'within ten seconds of a second');
    await waiting;
  });
});

test('a lock file that was removed lets no second server in', async () => {
  const installation = freshInstallation('sqlite');
  await createAccount(installation);
  const server = await Server.start(installation);
  unlinkSync(join(installation.data, 'greffier.lock'));
  const second = await run(['serve', '--listen', '127.0.0.1:0', ...installation.settings]);
  assert.equal(second.status, 3);
  assert.match(second.stderr, /a server runs on this data folder already/);
  await server.stop();
  installation.remove();
});

test('a full disk: /readyz and the log say so, reads go on, and writing works again when there is room', async () => {
  const installation = freshInstallation('sqlite');
  const account = await createAccount(installation);
  const server = await Server.start(installation);
  const client = Client.withKey(server, account);
  assert.equal((await readiness(server)).status, 'UP');
  const limit = (bytes) => execFileSync('prlimit', ['--pid', `${server.child.pid}`, `--fsize=${bytes}:unlimited`]);
  limit(4096); // no file of the process may grow beyond it
  await becomes(server, 'DISK_FULL', 20000);
  const { status, body } = await changeOf(client);
  assert.equal(status, 503);
  assert.equal(body.messageKey, 'error.unavailable.storeFull');
  assert.equal((await client.get('/api/packages')).status, 200);
  await until('the log says so', () => /writing has stopped: the disk is full/.test(server.log));
  limit('unlimited');
  await until('/readyz is well', async () => (await readiness(server)).status === 'UP', 20000);
  assert.equal((await changeOf(client)).status, 200);
  await until('the log says so', () => /writing works again/.test(server.log));
  await server.stop();
  installation.remove();
});

describe('PostgreSQL in trouble', { skip: engines.includes('postgresql') ? false : 'no PostgreSQL here' }, () => {
  let cluster, data;
  const unsafe = { ...process.env, GREFFIER_ALLOW_UNSAFE_DATABASE: undefined };
  before(async () => {
    data = mkdtempSync(join(tmpdir(), 'greffier-pg-'));
    cluster = await Cluster.start(['fsync=off']);
  });
  after(() => {
    cluster.remove();
    rmSync(data, { recursive: true, force: true });
  });
  const installation = () => ({ data, settings: ['--data', data, '--database', cluster.uri] });

  test('fsync=off is refused, unless the operator says otherwise', async () => {
    delete unsafe.GREFFIER_ALLOW_UNSAFE_DATABASE;
    const refused = await run(['serve', '--listen', '127.0.0.1:0', ...installation().settings], { env: unsafe });
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /fsync=off .*--allow-unsafe-database/);
    const server = await Server.start(installation(), ['--allow-unsafe-database']);
    await server.stop();
  });

  test('frozen: /readyz answers at once and says so, and all goes on afterwards', async () => {
    const account = await createAccount(installation());
    const server = await Server.start(installation());
    const client = Client.withKey(server, account);
    assert.equal((await changeOf(client)).status, 200);
    assert.equal((await readiness(server)).status, 'UP');
    cluster.freeze();
    const change = changeOf(client);
    const seen = await until('/readyz says NO_ANSWER', async () => {
      const now = await readiness(server);
      assert.ok(now.tookMs < 2000, `/readyz took ${now.tookMs} ms`);
      return now.reason === 'NO_ANSWER' && now;
    });
    assert.equal(seen.status, 'DOWN');
    assert.ok(seen.ageMilliseconds >= 5000);
    await until('the log says so', () => /writing has stopped: the database does not answer/.test(server.log));
    cluster.goOn();
    assert.equal((await change).status, 200);
    await until('/readyz is well', async () => (await readiness(server)).status === 'UP');
    await until('the log says so', () => /writing works again/.test(server.log));
    await server.stop();
  });

  test('synchronous_commit=off as its default loses nothing that was answered', async () => {
    await cluster.kill();
    // What is not flushed by a commit stays in memory for ten seconds.
    await cluster.run(['synchronous_commit=off', 'wal_writer_delay=10000']);
    const account = await createAccount(installation());
    const server = await Server.start(installation());
    const client = Client.withKey(server, account);
    const made = [];
    for (let i = 0; i < 20; i++) made.push((await changeOf(client)).body.id);
    await cluster.kill();
    await server.kill();
    await cluster.run();
    const again = await Server.start(installation());
    for (const id of made) assert.equal((await Client.withKey(again, account).get(`/api/packages/${id}`)).status, 200, `${id} was answered and is lost`);
    await again.stop();
  });
});
