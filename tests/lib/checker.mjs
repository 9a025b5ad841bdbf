// checker.mjs – did everything arrive, in order, unchanged? It knows the API's log and what receivers got, and nothing of how
// the server works. Memory and time grow with the number of events, and with nothing else.
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const shown = 5; // examples of each violation

/** What is a violation, and what it means. */
export const violations = {
  gap: "a number of the account's sequence is missing in the log",
  lost: 'subscribed, never received, and not on record as failed',
  waiting: 'still pending when it should be over',
  unknown: 'received, and not in the log',
  misnumbered: 'received with a number, name or package that is not the event\'s',
  disorder: 'received for the first time after a later event of its package',
  overtaken: 'not accepted yet when a later event of its package came, and not on record as failed',
  changed: 'two receipts of one event differ',
  unmarked: 'received without webhook-id or greffier-endpoint',
};

/** Feed it the log's lines first, and then the receipts, in the order in which they came. */
export class Checker {
  constructor() {
    this.endpoints = new Map(); // id -> {events: Set, …, seen: Map(event id -> digest), last: Map(package -> event)}
    this.events = new Map(); // id -> event
    this.excused = new Set(); // "endpoint event": on record as failed
    this.found = Object.fromEntries(Object.keys(violations).map((kind) => [kind, { count: 0, examples: [] }]));
    this.counts = { events: 0, endpoints: 0, receipts: 0, refused: 0, duplicates: 0, failed: 0 };
    this.previous = undefined;
  }

  violation(kind, example) {
    const found = this.found[kind];
    if (++found.count <= shown) found.examples.push(example);
  }

  /** {kind: "endpoint", …} as of GET endpoints, {kind: "event", …} of GET events, {kind: "delivery", …} of GET deliveries. */
  log(line) {
    if (line.kind === 'endpoint') this.#endpoint(line);
    else if (line.kind === 'event') this.#event(line);
    else if (line.kind === 'delivery') this.#delivery(line);
    else throw new Error(`no line of a log: ${JSON.stringify(line)}`);
  }

  #endpoint({ id, events, packageId, ordered, filters, createdDate, state }) {
    const filtered = filters && Object.keys(filters).length > 0;
    this.endpoints.set(id, {
      id,
      events: new Set(events),
      packageId,
      ordered: ordered !== false,
      /** Whether an event must come there. What a filter lets through is for the log alone to say. */
      expects: (event) => !filtered && state !== 'DISABLED' && new Set(events).has(event.name) &&
        (!packageId || packageId === event.packageId) && event.createdDate > createdDate,
      seen: new Map(),
      accepted: new Set(),
      last: new Map(),
    });
    this.counts.endpoints++;
  }

  #event(event) {
    if (this.previous !== undefined && event.sequence !== this.previous + 1) this.violation('gap', `${event.sequence} follows ${this.previous}`);
    this.previous = event.sequence;
    this.events.set(event.id, event);
    this.counts.events++;
  }

  #delivery({ event, endpoint, state }) {
    const what = `${endpoint.id} ${event.id}`;
    if (state === 'FAILED') {
      this.excused.add(what);
      this.counts.failed++;
    } else if (state === 'PENDING') {
      this.excused.add(what);
      this.violation('waiting', `event ${event.sequence} (${event.name}) to ${endpoint.id}`);
    }
  }

  /** {receiver, at, status, headers, body}; `status`: what the receiver answered, 2xx when it is not said. */
  receipt({ receiver, status = 200, headers, body }) {
    this.counts.receipts++;
    if (status < 200 || status > 299) this.counts.refused++;
    const id = headers['webhook-id'];
    const endpoint = this.endpoints.get(headers['greffier-endpoint']);
    const event = this.events.get(id);
    if (!id || !headers['greffier-endpoint']) return this.violation('unmarked', `at ${receiver}`);
    if (!event || !endpoint) return this.violation('unknown', `event ${id} to ${headers['greffier-endpoint']} at ${receiver}`);
    const digest = createHash('sha256').update(body).digest('base64');
    const before = endpoint.seen.get(id);
    if (before === undefined) {
      endpoint.seen.set(id, digest);
      this.#first(endpoint, event, headers, body);
    } else {
      this.counts.duplicates++;
      if (before !== digest) this.violation('changed', `event ${event.sequence} to ${endpoint.id}`);
    }
    if (status >= 200 && status <= 299) endpoint.accepted.add(id);
  }

  #first(endpoint, event, headers, body) {
    const said = JSON.parse(body);
    const data = said.data ?? said; // CloudEvents has it inside
    if (Number(headers['greffier-sequence']) !== event.sequence || data.name !== event.name || data.packageId !== event.packageId) {
      this.violation('misnumbered', `event ${event.sequence} (${event.name}) came as ${headers['greffier-sequence']} (${data.name})`);
    }
    if (!endpoint.ordered) return;
    const last = endpoint.last.get(event.packageId);
    const where = last && `package ${event.packageId}, to ${endpoint.id}`;
    if (last && event.sequence < last.sequence) return this.violation('disorder', `event ${event.sequence} after ${last.sequence}, ${where}`);
    if (last && !endpoint.accepted.has(last.id) && !this.excused.has(`${endpoint.id} ${last.id}`)) this.violation('overtaken', `event ${last.sequence} by ${event.sequence}, ${where}`);
    endpoint.last.set(event.packageId, event);
  }

  /** {ok, counts, violations: {kind: {count, examples}}}: once everything has been fed. */
  report() {
    for (const endpoint of this.endpoints.values()) {
      for (const event of this.events.values()) {
        if (endpoint.expects(event) && !endpoint.accepted.has(event.id) && !this.excused.has(`${endpoint.id} ${event.id}`)) {
          this.violation('lost', `event ${event.sequence} (${event.name}) to ${endpoint.id}`);
        }
      }
    }
    const ok = Object.values(this.found).every(({ count }) => count === 0);
    return { ok, counts: this.counts, violations: this.found };
  }
}

/** The lines of a log, page by page. `get(path)` gives the answer's body. */
export async function* readLog(get) {
  for (let from = 1; ; from += 100) {
    const { results } = await get(`/api/notifications/endpoints?from=${from}&to=${from + 99}`);
    for (const endpoint of results) yield { kind: 'endpoint', ...endpoint };
    if (results.length < 100) break;
  }
  for (let after = 0; ; ) {
    const { results } = await get(`/api/notifications/events?limit=1000&after=${after}`);
    for (const event of results) yield { kind: 'event', ...event };
    if (results.length < 1000) break;
    after = results.at(-1).sequence;
  }
  // Those that are delivered are proven by receipts, not by the log.
  for (const state of ['PENDING', 'FAILED']) {
    for (let from = 1; ; from += 100) {
      const { results } = await get(`/api/notifications/deliveries?state=${state}&from=${from}&to=${from + 99}`);
      for (const { event, endpoint } of results) yield { kind: 'delivery', state, event, endpoint };
      if (results.length < 100) break;
    }
  }
}

export function describe({ ok, counts, violations: found }) {
  const lines = [`${counts.events} events, ${counts.endpoints} endpoints, ${counts.receipts} receipts: ${counts.refused} refused by their receiver, ${counts.duplicates} duplicates, ${counts.failed} deliveries failed for good`];
  for (const [kind, { count, examples }] of Object.entries(found)) {
    if (count > 0) lines.push(`${kind.toUpperCase()} ${count}: ${violations[kind]}`, ...examples.map((example) => `  ${example}`));
  }
  lines.push(ok ? 'ok: nothing lost, no gap, no disorder, nothing changed' : 'NOT ok');
  return lines.join('\n');
}

/** A receiver that writes down what it gets, as the checker reads it. `answer(headers, nth)` gives a status, or a promise of one. */
export class Recorder {
  static async start(name, answer = () => 200) {
    const recorder = new Recorder();
    Object.assign(recorder, { name, answer, receipts: [], connections: 0 });
    recorder.server = createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', async () => {
        const receipt = { receiver: name, at: Date.now(), status: 0, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
        recorder.receipts.push(receipt);
        receipt.status = await recorder.answer(request.headers, recorder.receipts.length);
        response.writeHead(receipt.status, { 'content-length': 0 }).end();
      });
    });
    recorder.server.keepAliveTimeout = 60000;
    recorder.server.on('connection', () => recorder.connections++);
    await new Promise((resolve) => recorder.server.listen(0, '127.0.0.1', resolve));
    recorder.url = `http://127.0.0.1:${recorder.server.address().port}/${name}`;
    return recorder;
  }
  get lines() {
    return this.receipts.map((receipt) => `${JSON.stringify(receipt)}\n`).join('');
  }
  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Runs the program on what the recorders have, against the log at `url`: {status, out}. */
export async function check(url, authorization, recorders) {
  const folder = mkdtempSync(join(tmpdir(), 'greffier-received-'));
  const files = recorders.map((recorder) => join(folder, recorder.name));
  recorders.forEach((recorder, i) => writeFileSync(files[i], recorder.lines));
  const program = fileURLToPath(new URL('../check-deliveries.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, '--url', url, '--authorization', authorization, ...files]);
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (out += chunk));
  const status = await new Promise((resolve) => child.on('close', resolve));
  rmSync(folder, { recursive: true });
  return { status, out };
}
