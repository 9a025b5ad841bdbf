// uploads.mjs – a PDF of 16 MiB as a part of a form and as base64: how long it takes, what memory it needs, and how long the small
// calls of another account take meanwhile. `node bench/uploads.mjs [PROGRAM]`; SQLite. The uploads are sent by a process of their
// own, so that preparing them does not delay the calls that are measured.
import { fork, spawn, execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const SIZE = 16 * 1024 * 1024;
const TIMES = 5;
const AT_ONCE = 4;
const PROBES_S = Number(process.env.BENCH_QUICK ? 3 : 10);

/** A PDF of one page whose one unused object fills it up: bytes that do not compress, and differ each time. */
function pdfOf(size, seed) {
  const head = '%PDF-1.4\n';
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>'];
  const room = size - 1024;
  const stuffing = Buffer.alloc(room);
  for (let i = 0, state = seed * 2654435761 + 1; i + 4 <= room; i += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    stuffing.writeUInt32LE(state, i);
  }
  const pieces = [Buffer.from(head)];
  const offsets = [];
  let at = head.length;
  const add = (...parts) => parts.forEach((part) => { pieces.push(part); at += part.length; });
  objects.forEach((object, i) => { offsets.push(at); add(Buffer.from(`${i + 1} 0 obj\n${object}\nendobj\n`)); });
  offsets.push(at);
  add(Buffer.from(`4 0 obj\n<< /Length ${room} >>\nstream\n`), stuffing, Buffer.from('\nendstream\nendobj\n'));
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  add(Buffer.from(`xref\n0 5\n0000000000 65535 f \n${table}trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`));
  return Buffer.concat(pieces);
}

/** The body of a call that creates a package with the document, and its type. */
function bodyOf(way, pdf) {
  if (way === 'base64') return [Buffer.from(JSON.stringify({ name: 'Large', documents: [{ name: 'Large', base64Content: pdf.toString('base64') }] })), 'application/json'];
  const payload = JSON.stringify({ name: 'Large', documents: [{ name: 'Large.pdf' }] });
  return [Buffer.concat([Buffer.from(`--b\r\nContent-Disposition: form-data; name="payload"\r\n\r\n${payload}\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="Large.pdf"\r\n\r\n`), pdf, Buffer.from('\r\n--b--\r\n')]), 'multipart/form-data; boundary=b'];
}

// ---- the process that uploads ----

async function uploads() {
  const bodies = {};
  let stopped = false;
  process.on('message', async ({ url, key, way, atOnce, until }) => {
    if (until === 'stop') { stopped = true; return; }
    stopped = false;
    const times = [];
    bodies[way] ??= Array.from({ length: AT_ONCE }, (_, i) => bodyOf(way, pdfOf(SIZE, i + 1)));
    const one = async (i) => {
      const [body, type] = bodies[way][i % AT_ONCE];
      const before = performance.now();
      const answer = await fetch(`${url}/api/packages`, { method: 'POST', headers: { authorization: `Basic ${key}`, 'content-type': type }, body });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
      await answer.arrayBuffer();
      times.push(performance.now() - before);
    };
    if (until === 'times') for (let i = 0; i < TIMES; i++) await one(i);
    else if (until === 'once') await Promise.all(Array.from({ length: atOnce }, (_, i) => one(i)));
    else while (!stopped) await one(times.length);
    process.send(times);
  });
}

// ---- the one that measures ----

async function bench() {
  const program = process.argv[2] ?? 'build/greffier';
  const data = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'greffier-bench-'));
  const account = (name) => JSON.parse(execFileSync(program, ['account', 'create', '--name', name, '--owner-email', `${name}@bench.example`, '--json', '--data', data], { stdio: ['ignore', 'pipe', 'ignore'] })).apiKey;
  const [large, small] = [account('large'), account('small')];
  const server = spawn(program, ['serve', '--listen', '127.0.0.1:0', '--token-rate', '0', '--data', data], { stdio: ['ignore', 'ignore', 'pipe'] });
  const url = await new Promise((resolve, reject) => {
    let log = '';
    server.stderr.on('data', (chunk) => {
      log += chunk;
      const seen = log.match(/serves (http:\S+)/);
      if (seen) resolve(seen[1]);
    });
    server.on('exit', () => reject(new Error(log)));
  });
  const uploader = fork(fileURLToPath(import.meta.url), ['uploads']);
  const upload = (order) => new Promise((resolve, reject) => {
    uploader.once('message', resolve);
    uploader.once('exit', (code) => reject(new Error(`the process that uploads ended: ${code}`)));
    uploader.send({ url, key: large, ...order });
  });
  const memory = (what) => Number(readFileSync(`/proc/${server.pid}/status`, 'utf8').match(new RegExp(`${what}:\\s*(\\d+)`))[1]) / 1024;
  const call = async (method, path, body) => {
    const answer = await fetch(url + path, { method, headers: { authorization: `Basic ${small}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.json().catch(() => null);
  };
  /** Milliseconds of small changes by the other account: the median and the 99th of a hundred. */
  const probe = async (id) => {
    const times = [];
    for (const end = performance.now() + PROBES_S * 1000; performance.now() < end;) {
      const before = performance.now();
      await call('PUT', `/api/packages/${id}`, { description: `number ${times.length}` });
      times.push(performance.now() - before);
      await sleep(2);
    }
    times.sort((a, b) => a - b);
    return { p50: times[times.length >> 1], p99: times[Math.floor(times.length * 0.99)], count: times.length };
  };
  const table = process.env.BENCH_TABLE;
  const note = (what, measured, aim = '', reached) => {
    console.log(`${what}: ${measured}${aim && ` (${aim})`}`);
    if (table) appendFileSync(table, `| ${what} | ${measured} | ${aim} | ${reached === undefined ? '' : reached ? 'reached' : '**not reached**'} |\n`);
  };
  const median = (times) => times.sort((a, b) => a - b)[times.length >> 1] / 1000;

  try {
    const { id } = await call('POST', '/api/packages', { name: 'Small' });
    await upload({ way: 'part', until: 'once', atOnce: 1 }); // starts what is started once
    const part = median(await upload({ way: 'part', until: 'times' }));
    const base64 = median(await upload({ way: 'base64', until: 'times' }));
    note('a PDF of 16 MiB as a part', `${part.toFixed(2)} s`, '≤ 0.6 s', part <= 0.6);
    note('a PDF of 16 MiB as base64', `${base64.toFixed(2)} s`, '≤ 0.9 s', base64 <= 0.9);
    note('base64 by part', (base64 / part).toFixed(2), '≤ 1.5', base64 / part <= 1.5);
    for (const [way, words] of [['part', 'as parts'], ['base64', 'as base64']]) {
      await sleep(1000);
      const idle = memory('VmRSS');
      writeFileSync(`/proc/${server.pid}/clear_refs`, '5'); // the peak begins anew
      await upload({ way, until: 'once', atOnce: AT_ONCE });
      note(`memory for ${AT_ONCE} of 16 MiB at once ${words}, above idle`, `${(memory('VmHWM') - idle).toFixed(0)} MB`);
    }
    const alone = await probe(id);
    const busy = upload({ way: 'part', until: 'told' });
    const beside = await probe(id);
    uploader.send({ until: 'stop' });
    const done = (await busy).length;
    note('a small change by another account: p50; p99', `${alone.p50.toFixed(1)}; ${alone.p99.toFixed(1)} ms`);
    note(`the same beside uploads of 16 MiB, ${(done / PROBES_S).toFixed(1)} a second`, `${beside.p50.toFixed(1)}; ${beside.p99.toFixed(1)} ms`);
    note('p99 beside uploads by p99 alone', (beside.p99 / alone.p99).toFixed(1), '≤ 2', beside.p99 / alone.p99 <= 2);
  } finally {
    uploader.removeAllListeners('exit');
    uploader.kill();
    server.removeAllListeners('exit');
    server.kill();
    await new Promise((resolve) => server.on('exit', resolve));
    rmSync(data, { recursive: true });
  }
}

await (process.argv[2] === 'uploads' ? uploads() : bench());
