// packages.mjs – what a change and a read of a package cost the server, by the number of its documents: processor time of its
// process, so that the machine's other work does not count. `node bench/packages.mjs [PROGRAM]`; SQLite.
import { spawn, execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = process.argv[2] ?? 'build/greffier';
const FIELDS = 200;
const CHANGES = 300;
const READS = 60;
const pdf = 'JVBERi0xLjQKMSAwIG9iajw8L1R5cGUvQ2F0YWxvZy9QYWdlcyAyIDAgUj4+IGVuZG9iagoyIDAgb2JqPDwvVHlwZS9QYWdlcy9LaWRzWzMgMCBSXS9Db3VudCAxPj4gZW5kb2JqCjMgMCBvYmo8PC9UeXBlL1BhZ2UvUGFyZW50IDIgMCBSL01lZGlhQm94WzAgMCA2MTIgNzkyXT4+IGVuZG9iagp0cmFpbGVyPDwvUm9vdCAxIDAgUj4+';

const data = mkdtempSync(join(tmpdir(), 'greffier-bench-'));
const account = JSON.parse(execFileSync(program, ['account', 'create', '--name', 'Bench', '--owner-email', 'b@bench.example', '--json', '--data', data], { stdio: ['ignore', 'pipe', 'ignore'] }));
const server = spawn(program, ['serve', '--listen', '127.0.0.1:0', '--data', data], { stdio: ['ignore', 'ignore', 'pipe'] });
const url = await new Promise((resolve, reject) => {
  let log = '';
  server.stderr.on('data', (chunk) => {
    log += chunk;
    const seen = log.match(/serves (http:\S+)/);
    if (seen) resolve(seen[1]);
  });
  server.on('exit', () => reject(new Error(log)));
});

const call = async (method, path, body) => {
  const answer = await fetch(url + path, { method, headers: { authorization: `Basic ${account.apiKey}`, 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text;
};

/** Microseconds of processor time so far, of all threads. */
const spent = () => {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10000;
};
const cost = async (times, act) => {
  const before = spent();
  for (let i = 0; i < times; i++) await act(i);
  return (spent() - before) / times;
};

const table = process.env.BENCH_TABLE;
const note = (what, measured, aim = '') => {
  if (table) appendFileSync(table, `| ${what} | ${measured} | ${aim} | |\n`);
};

const field = (i) => ({ type: 'INPUT', subtype: 'TEXTFIELD', page: 0, top: i, left: 72, width: 80, height: 12 });
const packageOf = (documents) => ({
  name: `With ${documents} documents`,
  roles: [{ id: 'Signer1', signers: [{ email: 'ann@example.com', firstName: 'Ann', lastName: 'Lee' }] }],
  documents: Array.from({ length: documents }, (_, i) => ({
    name: `Document ${i}`, base64Content: pdf, approvals: [{ role: 'Signer1', fields: [{ type: 'SIGNATURE', subtype: 'FULLNAME', page: 0, top: 640, left: 72, width: 180, height: 40 }, ...Array.from({ length: FIELDS - 1 }, (_, j) => field(j))] }],
  })),
});

try {
  const changes = [];
  console.log('documents | size of the answer (kB) | create (ms) | change (µs) | read (µs) | read of 1 kB (µs)');
  for (const documents of [1, 10, 50]) {
    const before = spent();
    const { id } = JSON.parse(await call('POST', '/api/packages', packageOf(documents)));
    const created = (spent() - before) / 1000;
    const size = (await call('GET', `/api/packages/${id}`)).length;
    const change = await cost(CHANGES, (i) => call('PUT', `/api/packages/${id}`, { description: `number ${i}` }));
    const read = await cost(READS, () => call('GET', `/api/packages/${id}`));
    console.log([documents, Math.round(size / 1000), created.toFixed(0), change.toFixed(0), read.toFixed(0), (read / size * 1000).toFixed(2)].join(' | '));
    changes.push(change);
    note(`processor for a change of a package with ${documents} documents of ${FIELDS} fields`, `${change.toFixed(0)} µs`);
    note(`processor for a read of it, ${Math.round(size / 1000)} kB`, `${read.toFixed(0)} µs`);
  }
  note('dearest change by cheapest', (Math.max(...changes) / Math.min(...changes)).toFixed(2), '≤ 1.5');
} finally {
  server.removeAllListeners('exit');
  server.kill();
  await new Promise((resolve) => server.on('exit', resolve));
  rmSync(data, { recursive: true });
}
