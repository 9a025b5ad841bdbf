// hostile.mjs – a receiver whose every byte is under control, and the certificates it shows. A fault is a function of a
// connection; it says what goes over the wire, and nothing else does.
import http2 from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a fault has in its hands. All that waits ends when the other side goes away. */
class Connection {
  constructor(socket) {
    this.socket = socket;
    this.bytes = Buffer.alloc(0);
    this.gone = new Promise((resolve) => socket.once('close', resolve));
    this.isGone = false;
    this.gone.then(() => (this.isGone = true));
    socket.on('error', () => {});
  }
  /** The next request, whole: {head, body}; undefined when none comes. */
  async request() {
    for (;;) {
      const text = this.bytes.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const length = Number(text.match(/\r\ncontent-length: *(\d+)/i)?.[1] ?? 0);
      if (end >= 0 && text.length >= end + 4 + length) {
        this.bytes = this.bytes.subarray(end + 4 + length);
        return { head: text.slice(0, end), body: Buffer.from(text.slice(end + 4, end + 4 + length), 'latin1') };
      }
      const more = await new Promise((resolve) => {
        this.socket.once('data', resolve);
        this.gone.then(() => resolve());
      });
      if (!more) return undefined;
      this.bytes = Buffer.concat([this.bytes, more]);
    }
  }
  /** The first bytes are there, and nobody has looked at them. */
  arrival() {
    return new Promise((resolve) => this.socket.once('readable', resolve));
  }
  /** Waits until the system has taken it; false when nobody is there any more. */
  async write(data) {
    if (this.isGone || this.socket.destroyed) return false;
    await Promise.race([new Promise((resolve) => this.socket.write(data, 'latin1', resolve)), this.gone]);
    return !this.isGone;
  }
  async writeForEver(data, pauseMs = 0) {
    while (await this.write(data)) if (pauseMs) await sleep(pauseMs);
  }
  async drip(text, pauseMs) {
    for (const c of text) if (!(await this.write(c))) return;
    else await sleep(pauseMs);
  }
  end() { this.socket.end(); }
  reset() { this.socket.resetAndDestroy(); }
}

export class Hostile {
  /** `fault` may be a text: the answer to each request, after which the connection ends. `options.tls`: what tls.createServer takes;
   *  `address` and `port`: where, when it matters. */
  static async start(fault, options = {}) {
    const hostile = new Hostile();
    hostile.connections = [];
    hostile.requests = [];
    const act = typeof fault === 'function' ? fault : answers(fault);
    const serve = (socket) => {
      const connection = new Connection(socket);
      hostile.connections.push(connection);
      const request = connection.request.bind(connection);
      connection.request = async () => {
        const got = await request();
        if (got) hostile.requests.push({ at: Date.now(), ...got });
        return got;
      };
      return act(connection, hostile);
    };
    hostile.server = options.tls ? tls.createServer(options.tls, serve) : net.createServer({ pauseOnConnect: false }, serve);
    hostile.server.on('tlsClientError', (error, socket) => socket.destroy());
    hostile.raw = new Set();
    hostile.server.on('connection', (socket) => hostile.raw.add(socket));
    await new Promise((resolve) => hostile.server.listen(options.port ?? 0, options.address ?? '127.0.0.1', resolve));
    hostile.port = hostile.server.address().port;
    return hostile;
  }
  /** A well-behaved HTTP/2 server takes the port over: the only one of its kind here. */
  async speakHttp2(certificate) {
    await new Promise((resolve) => this.server.close(resolve));
    this.server = http2.createSecureServer(certificate, (request, response) => request.resume().on('end', () => response.end('ok')));
    this.server.on('connection', (socket) => this.raw.add(socket));
    await new Promise((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
  }
  url(scheme = 'http', host = '127.0.0.1') {
    return `${scheme}://${host}:${this.port}/hook`;
  }
  async stop() {
    for (const socket of this.raw) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Reads a request, sends `text`, ends. */
export function answers(text) {
  return async (connection) => {
    if (!(await connection.request())) return;
    await connection.write(typeof text === 'function' ? text() : text);
    connection.end();
  };
}

/** Passes a TLS handshake on to a server that means it, and stops after so many bytes of that server's. */
export function stallsDuringTls(certificate, bytes) {
  return async (connection) => {
    const inner = tls.createServer(certificate, () => {}).on('tlsClientError', () => {});
    await new Promise((resolve) => inner.listen(0, '127.0.0.1', resolve));
    const through = net.connect(inner.address().port, '127.0.0.1').on('error', () => {});
    let left = bytes;
    through.on('data', (data) => {
      connection.socket.write(data.subarray(0, left));
      left = Math.max(0, left - data.length);
    });
    connection.socket.on('data', (data) => through.write(data));
    await connection.gone;
    through.destroy();
    inner.close();
  };
}

const year = 365 * 24 * 3600 * 1000;
const stamp = (ms) => new Date(Date.now() + ms).toISOString().replace(/[-:T]|\.\d+/g, '');

/** A certificate authority of one's own, in a temporary folder: openssl's `ca`, which lets one choose the dates. */
export class Authority {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'greffier-ca-'));
    writeFileSync(this.file('index.txt'), '');
    writeFileSync(this.file('serial'), '01\n');
    writeFileSync(this.file('ca.cnf'), [
      '[ca]', 'default_ca = own',
      '[own]', `database = ${this.file('index.txt')}`, `serial = ${this.file('serial')}`, `new_certs_dir = ${this.folder}`,
      `certificate = ${this.file('ca.pem')}`, `private_key = ${this.file('ca.key')}`,
      'default_md = sha256', 'policy = any', 'copy_extensions = copy', 'unique_subject = no', 'email_in_dn = no',
      '[any]', 'commonName = supplied', '',
    ].join('\n'));
    this.selfSigned('ca', '/CN=Test Authority', 'basicConstraints=critical,CA:TRUE');
    this.pem = readFileSync(this.file('ca.pem'), 'utf8');
  }
  file(name) { return join(this.folder, name); }
  openssl(...args) { execFileSync('openssl', args, { stdio: 'pipe' }); }
  selfSigned(name, subject, extension) {
    this.openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', this.file(`${name}.key`),
      '-out', this.file(`${name}.pem`), '-days', '2', '-subj', subject, '-addext', extension);
    return { key: readFileSync(this.file(`${name}.key`)), cert: readFileSync(this.file(`${name}.pem`)) };
  }
  /** {key, cert} for `names` ("IP:127.0.0.1"), valid from and until so many ms from now. */
  issue(name, names, fromMs = -year, untilMs = year) {
    const request = this.file(`${name}.csr`);
    this.openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', this.file(`${name}.key`),
      '-out', request, '-subj', `/CN=${name}`, '-addext', `subjectAltName=${names}`);
    this.openssl('ca', '-batch', '-notext', '-config', this.file('ca.cnf'), '-in', request, '-out', this.file(`${name}.pem`),
      '-startdate', stamp(fromMs), '-enddate', stamp(untilMs));
    return { key: readFileSync(this.file(`${name}.key`)), cert: readFileSync(this.file(`${name}.pem`)) };
  }
  remove() { rmSync(this.folder, { recursive: true, force: true }); }
}
