// server.mjs – starts the real program on a fresh installation, on either engine, and talks to it.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { releaseAfterwards } from './release.mjs';
import './deadline.mjs';
import { assertDocumented } from './contract.mjs';

export const program = process.env.GREFFIER ?? 'build/greffier';
const cluster = process.env.GREFFIER_TEST_POSTGRESQL;

/** SQLite always; PostgreSQL when scripts/with-postgresql has started a cluster. */
export const engines = cluster ? ['sqlite', 'postgresql'] : ['sqlite'];
/** Pages show what REST answers, and its scenarios run on both stores: most pages run on one, or with EVERY_STORE=1 on both. */
export const pageEngines = process.env.EVERY_STORE ? engines : engines.slice(0, 1);

/** Waits until `look` gives something truthy, and returns it. Conditions, not seconds. */
export async function until(what, look, timeoutMs = 30000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await sleep(10);
  }
}

function psql(sql) {
  execFileSync('psql', ['-q', '-v', 'ON_ERROR_STOP=1', '-d', cluster, '-c', sql], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** An empty installation: a data folder and, on PostgreSQL, a database. Its `program` may be set, to run an older one. */
export function freshInstallation(engine) {
  const data = mkdtempSync(join(tmpdir(), 'greffier-test-'));
  const name = `greffier_${randomBytes(6).toString('hex')}`;
  const settings = ['--data', data];
  if (engine === 'postgresql') {
    psql(`CREATE DATABASE ${name}`);
    const uri = new URL(cluster);
    uri.pathname = `/${name}`;
    settings.push('--database', uri.href);
  }
  const keep = releaseAfterwards(() => rmSync(data, { recursive: true, force: true }));
  return {
    engine,
    data,
    settings,
    remove() {
      keep();
      rmSync(data, { recursive: true, force: true });
      if (engine === 'postgresql') psql(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** Runs a command of the program to its end: {status, stdout, stderr}. */
export function run(args, { program: other, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(other ?? program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** An account made with the command line: {accountId, ownerId, email, password, apiKey}. */
export async function createAccount(installation, name = 'Test Bank', email) {
  const owner = email ?? `owner-${randomBytes(4).toString('hex')}@bank.example`;
  const made = await run(['account', 'create', '--name', name, '--owner-email', owner, '--json', ...installation.settings], { program: installation.program });
  if (made.status !== 0) throw new Error(made.stderr);
  return JSON.parse(made.stdout);
}

export class Server {
  /** Starts on a port the system chooses, and waits until it serves. `clock`: its wall clock, of clock.mjs. */
  static async start(installation, extra = [], { env, clock } = {}) {
    const server = new Server();
    server.installation = installation;
    server.log = '';
    server.output = '';
    server.child = spawn(installation.program ?? program, ['serve', '--listen', '127.0.0.1:0', '--token-rate', '0', ...(installation.program ? [] : ['--endpoints-limit', '100000']), ...installation.settings, ...extra], {
      stdio: ['ignore', 'pipe', 'pipe', ...(clock ? [clock.descriptor] : [])],
      env: clock ? { ...(env ?? process.env), GREFFIER_TEST_CLOCK: '3' } : env,
    });
    const keep = releaseAfterwards(() => server.child.kill('SIGKILL'));
    server.ended = new Promise((resolve) => server.child.on('close', (code, signal) => resolve({ code, signal })));
    server.ended.then(keep);
    server.child.stderr.on('data', (chunk) => (server.log += chunk));
    server.child.stdout.on('data', (chunk) => (server.output += chunk));
    let ended = false;
    server.ended.then(() => (ended = true));
    const url = await until('the server serves', () => {
      if (ended) throw new Error(`the server did not start:\n${server.log}`);
      const seen = server.log.match(/serves (https?:\/\/\S+) .*listening on (\S+)/);
      return seen && (extra.includes('--base-url') ? `http://${seen[2]}` : seen[1]);
    });
    server.url = url;
    return server;
  }

  /** SIGTERM, and its exit code. A sanitizer's report counts as a failure. */
  async stop() {
    this.child.kill('SIGTERM');
    const { code, signal } = await this.ended;
    if (code !== 0) throw new Error(`the server ended with ${code ?? signal}:\n${this.log}`);
  }

  async kill() {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** A caller with one kind of credentials. */
export class Client {
  constructor(server, authorization) {
    this.server = server;
    this.authorization = authorization;
  }
  static withKey(server, account) {
    return new Client(server, `Basic ${account.apiKey}`);
  }

  async request(method, path, body, headers = {}) {
    const init = { method, headers: { ...headers } };
    if (this.authorization) init.headers.authorization = this.authorization;
    if (body instanceof FormData || typeof body === 'string' || body instanceof Uint8Array) init.body = body;
    else if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers['content-type'] ??= 'application/json; esl-api-version=11.68.0';
    }
    const response = await fetch(this.server.url + path, init);
    const type = response.headers.get('content-type') ?? '';
    if (type.startsWith('text/event-stream')) { // it has no end: its head is enough
      await response.body.cancel();
      return { status: response.status, headers: response.headers };
    }
    const bytes = Buffer.from(await response.arrayBuffer());
    const answer = { status: response.status, headers: response.headers, bytes, body: type.startsWith('application/json') ? JSON.parse(bytes) : undefined };
    if (!this.server.installation?.program) assertDocumented(method, path, answer.status, type, answer.body, answer.headers.get('etag') ?? ''); // not of an older program
    return answer;
  }
  get(path) { return this.request('GET', path); }
  post(path, body, headers) { return this.request('POST', path, body, headers); }
  put(path, body) { return this.request('PUT', path, body); }
  delete(path) { return this.request('DELETE', path); }
}

/** What most scenarios begin with: an account in an installation of its own, a server, and the account's owner as a caller. */
export async function startServing(engine, settings = []) {
  const installation = freshInstallation(engine);
  try {
    const account = await createAccount(installation);
    const server = await Server.start(installation, settings);
    return { installation, account, server, owner: Client.withKey(server, account) };
  } catch (error) {
    installation.remove();
    throw error;
  }
}

/** Takes what startServing gave, or nothing when that failed. */
export async function stopServing(server, installation) {
  try {
    await server?.stop();
  } finally {
    installation?.remove();
  }
}

/** A small valid PDF whose text is `text`. */
export function pdf(text = 'A contract') {
  const content = `BT /F1 24 Tf 72 700 Td (${text}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let out = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const at = out.length;
    out += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const xref = out.length;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  out += offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.from(out, 'latin1');
}

/** A package that can be sent: one signer, one document, one signature. */
export function sendablePackage(overrides = {}) {
  return {
    name: 'NDA',
    roles: [{ id: 'Role1', signers: [{ email: 'ann@example.com', firstName: 'Ann', lastName: 'Lee' }] }],
    documents: [
      {
        name: 'Contract',
        base64Content: pdf().toString('base64'),
        approvals: [{ role: 'Role1', fields: [{ type: 'SIGNATURE', subtype: 'FULLNAME', page: 0, top: 640, left: 72, width: 180, height: 40 }] }],
      },
    ],
    ...overrides,
  };
}
