// callers.mjs – every kind of caller there is, each made the way its user would.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, run, until } from './server.mjs';

export const appsPath = '/api/account/authentication/clientApps';
export const tokenPath = '/apitoken/clientApp/accessToken';
export const cookieName = 'ESIGNLIVE_SESSION_ID';

export function assertError(answer, status, messageKey) {
  assert.equal(answer.status, status, `${answer.status} ${JSON.stringify(answer.body)}`);
  assert.equal(answer.body.code, status);
  if (messageKey) assert.equal(answer.body.messageKey, messageKey, JSON.stringify(answer.body));
  for (const member of ['name', 'message', 'messageKey']) assert.ok(answer.body[member].length > 0, member);
}

/** A caller whose session is in the cookie. */
export class SessionClient extends Client {
  constructor(server, session) {
    super(server);
    this.session = session;
  }
  request(method, path, body, headers = {}) {
    return super.request(method, path, body, { cookie: `${cookieName}=${this.session}`, ...headers });
  }
}

/** Signs in and returns a SessionClient. */
export async function signIn(server, email, password, code) {
  const answer = await new Client(server).post('/api/session', { email, password, code });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const cookie = answer.headers.get('set-cookie');
  const client = new SessionClient(server, cookie.match(/ESIGNLIVE_SESSION_ID=([^;]+)/)[1]);
  client.cookie = cookie;
  client.device = cookie.match(/GREFFIER_DEVICE=([^;]+)/)[1];
  client.answer = answer.body;
  return client;
}

/** RFC 6238, as an authenticator app does it. */
export function totp(base32, at = Date.now()) {
  let bits = '';
  for (const c of base32) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac[19] & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1000000).padStart(6, '0');
}

export async function createApp(owner, members = { name: 'App' }) {
  const made = await owner.post(appsPath, members);
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return made.body;
}

export async function apiToken(server, app, email) {
  const answer = await new Client(server).post(tokenPath, { clientId: app.clientId, secret: app.secret, type: email ? 'SENDER' : 'OWNER', email });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return new Client(server, `Bearer ${answer.body.accessToken}`);
}

export function form(server, path, members, authorization) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const client = new Client(server, authorization);
  return client.post(path, new URLSearchParams(members).toString(), headers);
}

export async function accessToken(server, app, members = {}) {
  const answer = await form(server, '/oauth2/token', { grant_type: 'client_credentials', client_id: app.clientId, client_secret: app.secret, ...members });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return new Client(server, `Bearer ${answer.body.access_token}`);
}

/** A folder that the server puts its mails into. */
export class Mails {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'greffier-mails-'));
    this.settings = ['--mail-folder', this.folder];
  }
  all() {
    return readdirSync(this.folder).filter((name) => name.endsWith('.eml')).map((name) => {
      const text = readFileSync(join(this.folder, name), 'latin1');
      const split = text.indexOf('\r\n\r\n');
      const head = text.slice(0, split).replace(/\r\n /g, '');
      const body = Buffer.from(text.slice(split + 4), 'base64').toString('utf8');
      const subject = head.match(/^Subject: (.*)$/m)[1].replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, word) => Buffer.from(word, 'base64').toString('utf8'));
      return { to: head.match(/^To: (.*)$/m)[1].trim(), subject: subject.trim(), body };
    });
  }
  /** Waits for one to that address whose body matches. */
  arrived(to, pattern = /./) {
    return until(`a mail to ${to}`, () => this.all().find((mail) => mail.to === to && pattern.test(mail.body)));
  }
  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** An active sender with an API key's worth of access by token; options: MANAGER, roles. */
export async function createSender(owner, email, members = {}) {
  const made = await owner.post('/api/account/senders', { email, firstName: 'Sam', lastName: 'Sender', status: 'ACTIVE', ...members });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return made.body;
}

/** A credential that runs the installation over HTTP. */
export async function makeOperator(installation, name = 'Night shift', more = ['--manage']) {
  const made = await run(['operator', 'create', '--name', name, '--json', ...more, ...installation.settings]);
  assert.equal(made.status, 0, made.stderr);
  return JSON.parse(made.stdout)[0].credential;
}
