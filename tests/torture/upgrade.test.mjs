// upgrade.test.mjs – a node of this version starts beside a node of the release before that is under load, on PostgreSQL: the start
// succeeds, the old node refuses nothing, and both deliver. scripts/build-previous builds the old one.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engines, freshInstallation, createAccount, Server, Client, pdf, until } from '../lib/server.mjs';
import { Recorder, check } from '../lib/checker.mjs';

const starts = Math.max(5, Number(process.env.TORTURE_COUNT ?? 0));
const names = ['PACKAGE_CREATE', 'PACKAGE_TRASH', 'PACKAGE_RESTORE'];
const callers = 6;

/** Changes packages until told to stop, and counts what was refused. */
async function change(client, state) {
  while (!state.stopped) {
    const { status, body } = await client.post('/api/packages', { name: 'Load' });
    const statuses = [status];
    for (const trashed of [true, false]) statuses.push((await client.post(`/api/packages/${body.id}`, { trashed })).status);
    state.done++;
    for (const each of statuses) if (each !== 200) state.refused.push(each);
  }
}

/** A PDF of a size that this version keeps in a row, and one that it keeps outside of it. */
const contents = [100, 400_000].map((length) => {
  const made = pdf('both');
  const end = made.lastIndexOf('startxref');
  return Buffer.concat([made.subarray(0, end), Buffer.from(`%${'~'.repeat(length)}\n`), made.subarray(end)]);
});
const contentsAre = async (client, id, what) => {
  for (const [i, content] of contents.entries()) {
    const { status, bytes } = await client.get(`/api/packages/${id}/documents/d${i}/pdf`);
    assert.ok(status === 200 && bytes.equals(content), `${what}: document ${i} of ${id}: ${status}, ${bytes.length} bytes`);
  }
};

const whole = {
  name: 'Both',
  documents: contents.map((content, i) => ({ id: `d${i}`, name: `Document ${i}`, base64Content: content.toString('base64') })),
  roles: [{ id: 'Signer1', signers: [{ email: 'ann@example.com', firstName: 'Ann', lastName: 'Lee' }] }],
};

/** While both nodes run, each reads and changes what the other has made. Ids of the packages. */
async function both(older, newer) {
  const ids = [];
  for (const [maker, reader] of [[older, newer], [newer, older]]) {
    const { body: { id } } = await maker.post('/api/packages', whole);
    ids.push(id);
    for (const client of [older, newer]) await contentsAre(client, id, 'beside');
    const read = async (client) => (await client.get(`/api/packages/${id}`)).body;
    assert.deepEqual(await read(reader), await read(maker));
    assert.equal((await reader.put(`/api/packages/${id}`, { description: 'changed there' })).status, 200);
    assert.equal((await maker.put(`/api/packages/${id}`, { name: 'changed here' })).status, 200);
    const made = await read(maker);
    assert.deepEqual([made.name, made.description, made.roles[0].signers[0].email], ['changed here', 'changed there', 'ann@example.com']);
    assert.deepEqual(await read(reader), made);
  }
  // The older node deletes what the newer one has made.
  const { body: { id } } = await newer.post('/api/packages', whole);
  assert.equal((await older.delete(`/api/packages/${id}`)).status, 200);
  assert.equal((await newer.get(`/api/packages/${id}/documents/d1/pdf`)).status, 404);
  return ids;
}

/** Once the older node is gone, packages are divided into parts and contents become blobs. All answer as before. */
async function dividedIsSame(installation, client, ids) {
  const query = (sql) => execFileSync('psql', ['-q', '-t', '-A', '-d', installation.settings.at(-1), '-c', sql], { encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
  const wholes = query("SELECT body FROM package WHERE body <> ''").split('\n').filter(Boolean).map((line) => JSON.parse(line));
  await until('all packages are divided', () => query("SELECT COUNT(*) FROM package WHERE body <> ''") === '0', 150000);
  for (const each of wholes) assert.deepEqual((await client.get(`/api/packages/${each.id}`)).body, each);
  await until('all contents are blobs', () => query('SELECT COUNT(*) FROM document_content') === '0', 150000);
  assert.equal(query('SELECT COUNT(*) FROM document_blob'), String(ids.length * contents.length));
  assert.equal(query('SELECT COUNT(*) FROM blob'), String(contents.length));
  for (const id of ids) await contentsAre(client, id, 'afterwards');
}

test(`${starts} starts beside the release before, under load`, { skip: !engines.includes('postgresql') && 'no PostgreSQL here' }, async () => {
  execFileSync('scripts/build-previous', { stdio: ['ignore', 'ignore', 'inherit'] });
  for (let i = 0; i < starts; i++) {
    const old = { ...freshInstallation('postgresql'), program: 'build-previous/greffier' };
    const account = await createAccount(old);
    const recorder = await Recorder.start('shared');
    const before = await Server.start(old);
    const client = Client.withKey(before, account);
    await client.post('/api/notifications/endpoints', { url: recorder.url, events: names });
    const state = { stopped: false, done: 0, refused: [] };
    const working = Array.from({ length: callers }, () => change(client, state));
    await until('load', () => state.done > 20);

    const data = mkdtempSync(join(tmpdir(), 'greffier-node-'));
    copyFileSync(join(old.data, 'greffier.key'), join(data, 'greffier.key'));
    const after = await Server.start({ settings: ['--data', data, ...old.settings.slice(2)] });
    const done = state.done;
    await until('the old node goes on', () => state.done > done + 20);
    const ids = await both(Client.withKey(before, account), Client.withKey(after, account));
    state.stopped = true;
    await Promise.all(working);
    assert.deepEqual(state.refused, [], `start ${i + 1}: the old node refused calls\n${before.log}`);
    const there = Client.withKey(after, account);
    await until('a quiet queue', async () => (await there.get('/api/notifications/deliveries?state=PENDING&to=1')).body.count === 0, 60000);
    const { status, out } = await check(after.url, `Basic ${account.apiKey}`, [recorder]);
    assert.equal(status, 0, out);
    await before.stop();
    await dividedIsSame(old, there, ids);
    await after.stop();
    await recorder.stop();
    rmSync(data, { recursive: true });
    old.remove();
  }
});
