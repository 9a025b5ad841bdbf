// upgrade.test.mjs – what version 0.3.0 left behind is there after the first start of this version, on both stores, and goes on.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engines, freshInstallation, program, run, Server, Client, until } from './lib/server.mjs';
import { Receiver } from './lib/receiver.mjs';

const left = JSON.parse(readFileSync(new URL('upgrade/version-3.json', import.meta.url)));
// A delivery that is days old is given up: what waits was made a minute ago.
const made = BigInt(1719934836502323);
const rows = readFileSync(new URL('upgrade/version-3.sql', import.meta.url), 'utf8')
  .replace(/\b17199\d{11}\b/g, (moment) => `${BigInt(moment) - made + BigInt(Date.now() - 60000) * 1000n}`);
const schema = ['schema', 'migration_2', 'migration_3'].map((name) => readFileSync(`src/store/${name}.sql`, 'utf8')).join('\n');
const versions = 'CREATE TABLE schema_migration (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_us BIGINT NOT NULL\n);\n';
const tables = [...new Set([...rows.matchAll(/^INSERT INTO (\w+)/gm)].map(([, table]) => table))];

/** The database of an installation: runs a script, and gives what it prints. */
function sql(installation, script) {
  const [program, args] = installation.engine === 'sqlite'
    ? ['sqlite3', ['-bail', join(installation.data, 'greffier.db')]]
    : ['psql', ['-q', '-t', '-A', '-v', 'ON_ERROR_STOP=1', '-d', installation.settings.at(-1)]];
  return execFileSync(program, args, { input: script, encoding: 'utf8' });
}

/** As migrations.c translates; and the literals of a dump. */
const dialects = {
  sqlite: [(text) => text.replaceAll('BIGINT', 'INTEGER').replaceAll('BYTEA', 'BLOB').replaceAll('\n);', '\n) STRICT;'), (text) => text],
  postgresql: [(text) => text, (text) => text.replace(/\bX'([0-9a-f]*)'/g, "'\\x$1'").replaceAll('char(1', 'chr(1')],
};

function count(installation) {
  const answer = sql(installation, tables.map((table) => `SELECT '${table}', COUNT(*) FROM ${table};`).join('\n'));
  return Object.fromEntries(answer.trim().split('\n').map((line) => line.split('|')));
}

// A start that is killed may make an attempt first: the next one must not wait for minutes.
const retries = ['--retry-scale', '100', '--disable-after', '0'];

/** Starts this version and kills it as soon as `awaited` is in its log. */
async function startAndKill(installation, awaited) {
  const child = spawn(program, ['serve', '--listen', '127.0.0.1:0', ...retries, ...installation.settings], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal)));
  let log = '';
  child.stderr.on('data', (chunk) => (log += chunk));
  await until(`${awaited}`, () => awaited.test(log));
  child.kill('SIGKILL');
  assert.equal(await ended, 'SIGKILL', log);
  return log;
}

for (const engine of engines) {
  test(`a database of version 0.3.0 on ${engine}`, async () => {
    const installation = freshInstallation(engine);
    const [ofSchema, ofRows] = dialects[engine];
    writeFileSync(join(installation.data, 'greffier.key'), `${left.key}\n`, { mode: 0o600 });
    sql(installation, `BEGIN;\n${ofSchema(schema + versions)}\n${ofRows(rows)}\nCOMMIT;`);
    const before = count(installation);
    assert.equal(before.event, '5');
    const packages = sql(installation, `SELECT body FROM package ORDER BY id${installation.engine === 'sqlite' ? '' : ' COLLATE "C"'};`).trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(packages.length >= 2);
    const hex = engine === 'sqlite' ? 'lower(hex(content))' : "encode(content, 'hex')";
    const contents = sql(installation, `SELECT package, document, ${hex} FROM document_content;`).trim().split('\n').map((line) => line.split('|'));
    assert.ok(contents.length >= 1);

    // Killed at once, when the schema is new, and when it serves: store/migrations_crash_test.c has every call of the upgrade.
    const logs = [];
    for (const awaited of [/^/, /schema updated|serves /, /serves /]) logs.push(await startAndKill(installation, awaited));
    const server = await Server.start(installation, retries);
    assert.equal((logs.join('') + server.log).match(/schema updated to version 4/g).length, 1);
    const owner = Client.withKey(server, left.account);
    const after = count(installation);
    // Contents become blobs in the background.
    for (const table of tables.filter((name) => name !== 'document_content')) assert.ok(Number(after[table]) >= Number(before[table]), `${table}: ${after[table]} of ${before[table]} rows`);

    const kept = await owner.get(`/api/packages/${left.kept}`);
    assert.equal(kept.body.name, 'Kept');
    const document = kept.body.documents.find(({ name }) => name === 'Contract');
    assert.equal((await owner.get(`/api/packages/${left.kept}/documents/${document.id}/pdf`)).bytes.subarray(0, 5).toString(), '%PDF-');
    assert.equal((await owner.get(`/api/packages/${left.trashed}`)).body.trashed, true);
    // Divided into parts, or not yet: each package answers the same. Then all are divided.
    const same = async () => {
      for (const each of packages) assert.deepEqual((await owner.get(`/api/packages/${each.id}`)).body, each);
    };
    await same();
    await until('the packages are divided', () => sql(installation, "SELECT COUNT(*) FROM package WHERE body <> '' OR members = '';").trim() === '0');
    await same();
    const sameContents = async () => {
      for (const [id, documentId, content] of contents) assert.equal((await owner.get(`/api/packages/${id}/documents/${documentId}/pdf`)).bytes.toString('hex'), content);
    };
    await sameContents();
    await until('the contents are blobs', () => sql(installation, 'SELECT COUNT(*) FROM document_content;').trim() === '0');
    assert.equal(sql(installation, 'SELECT COUNT(*) FROM document_blob;').trim(), String(contents.length));
    await sameContents();
    const events = (await owner.get('/api/notifications/events?limit=1000')).body.results;
    assert.deepEqual(events.map(({ id, sequence, name, packageId }) => ({ id, sequence, name, packageId })), left.events);
    assert.equal((await owner.get('/api/callback')).body.key, 'classic-key');
    assert.ok((await owner.get('/api/account/senders?from=1&to=10')).body.results.some(({ email }) => email === left.sender));
    const { body: token } = await new Client(server).post('/apitoken/clientApp/accessToken', { ...left.app, type: 'OWNER' });
    assert.equal((await new Client(server, `Bearer ${token.accessToken}`).get('/api/packages')).status, 200);
    const verified = await run(['audit', 'verify', '--account', left.account.accountId, ...installation.settings]);
    assert.equal(verified.status, 0, verified.stderr);

    // What waited for an endpoint that did not answer arrives, in order, and a new event after it.
    const receiver = await Receiver.start();
    const path = `/api/notifications/endpoints/${left.bad}`;
    const { url, ...shown } = (await owner.get(path)).body;
    assert.match(url, /127\.0\.0\.1:9/);
    assert.equal((await owner.put(path, { url: receiver.url, events: shown.events })).status, 200);
    await owner.post('/api/notifications/events', { name: 'DOCUMENT_SIGNED', packageId: 'outside', documentId: 'd2' });
    await until('what waited', () => receiver.received.length >= left.pending + 1);
    assert.deepEqual(receiver.received.filter(({ body }) => body.packageId === 'outside').map(({ body }) => body.documentId), ['d1', 'd2']);
    assert.equal((await owner.get('/api/notifications/events?limit=1000')).body.results.at(-1).sequence, left.events.length + 1);
    await server.stop();
    await receiver.stop();

    const again = await Server.start(installation);
    assert.doesNotMatch(again.log, /schema updated/);
    await again.stop();
    installation.remove();
  });
}
