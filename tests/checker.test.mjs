// checker.test.mjs – the checker finds what is wrong. One that cannot fail would prove nothing.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checker, violations } from './lib/checker.mjs';

let folder;
before(() => (folder = mkdtempSync(join(tmpdir(), 'greffier-check-'))));
after(() => rmSync(folder, { recursive: true }));

const date = (n) => new Date(1700000000000 + n * 1000).toISOString();
const endpoint = (id = 'ep', more = {}) => ({ kind: 'endpoint', id, events: ['A', 'B'], packageId: '', ordered: true, filters: {}, state: 'ACTIVE', createdDate: date(0), ...more });
const event = (sequence, packageId = 'p', name = 'A') => ({ kind: 'event', sequence, id: `e${sequence}`, name, packageId, createdDate: date(sequence) });
const receipt = (sequence, packageId = 'p', more = {}) => ({
  receiver: 'r', at: 0, headers: { 'webhook-id': `e${sequence}`, 'greffier-endpoint': 'ep', 'greffier-sequence': `${sequence}`, ...more.headers },
  body: JSON.stringify({ name: 'A', packageId, ...more.body }), ...(more.status && { status: more.status }),
});
const delivery = (sequence, state) => ({ kind: 'delivery', state, event: event(sequence), endpoint: { id: 'ep' } });

const three = [endpoint(), event(1), event(2), event(3, 'q')];
const all = [receipt(1), receipt(3, 'q'), receipt(2)];

/* What is right, and what each breach of it is called. */
const rows = [
  { what: 'all is well', log: three, received: all, finds: {} },
  { what: 'nothing happened', log: [endpoint()], received: [], finds: {} },
  { what: 'a repeat is no disorder', log: three, received: [...all, receipt(1)], finds: {}, duplicates: 1 },
  { what: 'a retry after a refusal is none either', log: three, received: [receipt(1, 'p', { status: 503 }), ...all], finds: {}, duplicates: 1, refused: 1 },
  { what: 'a retry later than another package', log: three, received: [receipt(1, 'p', { status: 503 }), receipt(3, 'q'), receipt(1), receipt(2)], finds: {}, duplicates: 1 },
  { what: 'one never came', log: three, received: [receipt(1), receipt(3, 'q')], finds: { lost: 1 } },
  { what: 'none came', log: three, received: [], finds: { lost: 3 } },
  { what: 'one came, and was refused', log: three, received: [...all.slice(0, 2), receipt(2, 'p', { status: 500 })], finds: { lost: 1 } },
  { what: 'one never came to one of two', log: [...three, endpoint('ep2')], received: [...all, ...[1, 2].map((n) => receipt(n, 'p', { headers: { 'greffier-endpoint': 'ep2' } }))], finds: { lost: 1 } },
  { what: 'what is on record as failed is not lost', log: [...three, delivery(2, 'FAILED')], received: all.slice(0, 2), finds: {}, failed: 1 },
  { what: 'what still waits is not well', log: [...three, delivery(2, 'PENDING')], received: all.slice(0, 2), finds: { waiting: 1 } },
  { what: 'an endpoint expects nothing from before its time', log: [...three, endpoint('late', { createdDate: date(2) })], received: all, finds: { lost: 1 } },
  { what: 'nor what it has not asked for', log: [...three, endpoint('other', { events: ['C'] })], received: all, finds: {} },
  { what: 'nor of another package', log: [...three, endpoint('own', { packageId: 'z' })], received: all, finds: {} },
  { what: 'nor when it is disabled', log: [...three, endpoint('off', { state: 'DISABLED' })], received: all, finds: {} },
  { what: 'nor what a filter may have kept', log: [...three, endpoint('picky', { filters: { senders: ['x'] } })], received: all, finds: {} },
  { what: 'a gap in the log', log: [endpoint(), event(1), event(3, 'q')], received: [receipt(1), receipt(3, 'q')], finds: { gap: 1 } },
  { what: 'a number twice', log: [endpoint(), event(1), event(1)], received: [receipt(1)], finds: { gap: 1 } },
  { what: 'a log may begin later', log: [endpoint(), event(7), event(8)], received: [receipt(7), receipt(8)], finds: {} },
  { what: 'the second before the first', log: three, received: [receipt(2), receipt(1), receipt(3, 'q')], finds: { disorder: 1 } },
  { what: 'the second before the first was accepted', log: three, received: [receipt(1, 'p', { status: 500 }), receipt(2), receipt(1), receipt(3, 'q')], finds: { overtaken: 1 } },
  { what: 'the second after the first has failed for good', log: [...three, delivery(1, 'FAILED')], received: [receipt(1, 'p', { status: 500 }), receipt(2), receipt(3, 'q')], finds: {} },
  { what: 'the second while the first is sent again', log: three, received: [receipt(1), receipt(1, 'p', { status: 500 }), receipt(2), receipt(1), receipt(3, 'q')], finds: {}, duplicates: 2 },
  { what: 'where no order is wanted', log: [endpoint('ep', { ordered: false }), event(1), event(2)], received: [receipt(2), receipt(1)], finds: {} },
  { what: 'a repeat with another body', log: three, received: [...all, receipt(1, 'p', { body: { message: 'other' } })], finds: { changed: 1 } },
  { what: 'an event nobody raised', log: three, received: [...all, receipt(9)], finds: { unknown: 1 } },
  { what: 'an endpoint nobody registered', log: three, received: [...all, receipt(1, 'p', { headers: { 'greffier-endpoint': 'ep9' } })], finds: { unknown: 1 } },
  { what: 'without its id', log: three, received: [...all, receipt(1, 'p', { headers: { 'webhook-id': undefined } })], finds: { unmarked: 1 } },
  { what: 'with the number of another', log: three, received: [receipt(1, 'p', { headers: { 'greffier-sequence': '2' } }), ...all.slice(1)], finds: { misnumbered: 1 } },
  { what: 'with the payload of another', log: three, received: [receipt(1, 'x'), ...all.slice(1)], finds: { misnumbered: 1 } },
  { what: 'several things at once', log: [endpoint(), event(1), event(2), event(4)], received: [receipt(2), receipt(1), receipt(9)], finds: { gap: 1, disorder: 1, unknown: 1, lost: 1 } },
];

for (const { what, log, received, finds, ...counts } of rows) {
  test(what, () => {
    const checker = new Checker();
    for (const line of log) checker.log(line);
    for (const line of received) checker.receipt(line);
    const report = checker.report();
    const found = Object.fromEntries(Object.entries(report.violations).filter(([, { count }]) => count).map(([kind, { count }]) => [kind, count]));
    assert.deepEqual(found, finds);
    assert.equal(report.ok, Object.keys(finds).length === 0);
    for (const [name, count] of Object.entries(counts)) assert.equal(report.counts[name], count, name);
  });
}

test('every kind of violation has a row', () => {
  const found = new Set(rows.flatMap(({ finds }) => Object.keys(finds)));
  assert.deepEqual([...found].sort(), Object.keys(violations).sort());
});

function check(...args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [new URL('check-deliveries.mjs', import.meta.url).pathname, ...args]);
    let out = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (out += chunk));
    child.on('close', (status) => resolve({ status, out }));
  });
}

function file(name, lines) {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

test('as a program, with a saved log', async () => {
  const log = file('log', three);
  const good = await check('--log', log, file('good', all));
  assert.equal(good.status, 0, good.out);
  assert.match(good.out, /3 events, 1 endpoints, 3 receipts.*\nok: nothing lost/);
  const parted = await check('--log', log, file('part1', all.slice(0, 1)), file('part2', all.slice(1)));
  assert.equal(parted.status, 0, parted.out);
  const bad = await check('--log', log, file('bad', [receipt(2), receipt(1)]));
  assert.equal(bad.status, 1);
  assert.match(bad.out, /LOST 1: .*\n {2}event 3 \(A\) to ep/);
  assert.match(bad.out, /DISORDER 1: .*\n {2}event 1 after 2, package p, to ep\nNOT ok/);
});

test('as a program, with the log of an API', async () => {
  const many = Array.from({ length: 2500 }, (_, i) => event(i + 1, `p${i % 7}`));
  const asked = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://x');
    asked.push(`${url.pathname} ${request.headers.authorization}`);
    const after = Number(url.searchParams.get('after'));
    const results = url.pathname.endsWith('/endpoints') ? [endpoint()] : url.pathname.endsWith('/events') ? many.slice(after, after + 1000) : [];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ results }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const received = file('many', many.map(({ sequence, packageId }) => receipt(sequence, packageId)));
  const saved = join(folder, 'saved');
  const good = await check('--url', url, '--authorization', 'Basic key', '--save-log', saved, received);
  assert.equal(good.status, 0, good.out);
  assert.equal(readFileSync(saved, 'utf8').trim().split('\n').length, 2501);
  assert.ok(asked.every((line) => line.endsWith('Basic key')));
  assert.equal((await check('--log', saved, received)).status, 0);
  server.close();
});

test('what it cannot tell is neither right nor wrong', async () => {
  const log = file('log2', three);
  assert.equal((await check('--log', log)).status, 2);
  assert.equal((await check('--log', join(folder, 'nothing'), log)).status, 2);
  assert.equal((await check('--url', 'http://127.0.0.1:1', log)).status, 2);
  assert.equal((await check('--log', file('strange', [{ kind: 'what' }]), log)).status, 2);
});
