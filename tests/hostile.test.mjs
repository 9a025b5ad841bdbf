// hostile.test.mjs – receivers that do everything wrong, one row each: what is on record of the attempt, and what comes next.
// Runs alone: it measures time or load (scripts/run-scenarios).
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { engines, freshInstallation, createAccount, run, Server, Client, until } from './lib/server.mjs';
import { Mails } from './lib/callers.mjs';
import { Hostile, Authority, answers, stallsDuringTls } from './lib/hostile.mjs';

const gzipHead = '\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03';
const emptyBlocks = '\x00\x00\x00\xff\xff'.repeat(13000);
const never = () => new Promise(() => {});
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const status = (line, headers = '', body = '') => `HTTP/1.1 ${line}\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
const reading = (then) => async (connection) => {
  if (await connection.request()) await then(connection);
};
const impatient = { timeoutMs: 5000, connectTimeoutMs: 5000 }; // long enough for a busy machine to get as far as it should

// What comes next: the first wait of the schedule is 5 s, 0.8 to 1.2 times.
const delivered = { state: 'DELIVERED' };
const again = (fromS = 4, toS = 6) => ({ state: 'PENDING', fromS, toS });
const failed = { state: 'FAILED' };

// What is on record of an attempt.
const answered = (httpStatus, next = again(), more = {}) => ({ httpStatus, error: '', phase: '', ...next, ...more });
const broken = (phase, more = {}) => ({ httpStatus: 0, error: 'BROKEN_ANSWER', phase, ...again(), ...more });
const timeout = (phase, more = {}) => ({ httpStatus: 0, error: 'TIMEOUT', phase, ...again(), ...more });
const untrusted = { httpStatus: 0, error: 'TLS', phase: 'TLS', requests: 0, ...again() };

const day = 86400;
const inS = (s) => new Date(Date.now() + s * 1000).toUTCString();
const retryAfter = (line, value) => answers(() => status(line, `Retry-After: ${typeof value === 'function' ? value() : value}\r\n`));
const redirect = (line) => async (connection, hostile) => answers(status(line, `Location: ${hostile.trap.url()}\r\n`))(connection);

/* `requests`: how many were read whole (1 unless said). `reply`: the start of the reply that is kept. */
const rows = [
  // ---- no connection, or none that lasts
  { what: 'refuses the connection', closed: true, expect: { httpStatus: 0, error: 'CONNECTION', phase: 'CONNECT', requests: 0, ...again() } },
  { what: 'has a name that does not resolve', url: 'http://receiver.invalid/hook', expect: { httpStatus: 0, error: 'NAME_RESOLUTION', phase: 'NAME', address: '', ...again() } },
  { what: 'resets before it reads', fault: async (c) => { await c.arrival(); c.reset(); }, expect: broken('ANSWER', { requests: 0 }) },
  { what: 'closes before it reads', fault: async (c) => { await c.arrival(); c.end(); }, expect: broken('ANSWER', { requests: 0 }) },
  // Whether that is the end of connecting or of the connection is a matter of microseconds.
  { what: 'resets at once', fault: async (c) => c.reset(), expect: { error: /^(CONNECTION|BROKEN_ANSWER)$/, phase: /^(CONNECT|SEND|ANSWER)$/, httpStatus: 0, requests: 0, ...again() } },
  { what: 'resets after reading', fault: reading(async (c) => c.reset()), expect: broken('ANSWER') },
  { what: 'closes after reading', fault: reading(async (c) => c.end()), expect: broken('ANSWER') },
  // ---- stalls, in each phase
  { what: 'stalls before TLS', scheme: 'https', fault: never, options: impatient, expect: timeout('TLS', { requests: 0 }) },
  { what: 'stalls during TLS', scheme: 'https', fault: (c) => stallsDuringTls(certificates.good, 100)(c), options: impatient, expect: timeout('TLS', { requests: 0 }) },
  { what: 'never reads', fault: never, options: impatient, expect: timeout('ANSWER', { requests: 0 }) },
  { what: 'stalls before the answer', fault: reading(never), options: impatient, expect: timeout('ANSWER') },
  { what: 'stalls in the middle of the status line', fault: reading(async (c) => c.write('HTTP/1.1 20')), options: impatient, expect: timeout('ANSWER') },
  { what: 'stalls in the middle of the headers', fault: reading(async (c) => c.write('HTTP/1.1 200 OK\r\nX-Half: don')), options: impatient, expect: timeout('BODY') },
  { what: 'stalls in the middle of the body', fault: reading(async (c) => c.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')), options: impatient, expect: timeout('BODY', { reply: 'half' }) },
  { what: 'drips its headers', fault: reading(async (c) => c.drip(`HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(100)}\r\n`, 20)), options: impatient, expect: timeout('BODY') },
  { what: 'drips its body', fault: reading(async (c) => { await c.write('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n'); await c.drip('x'.repeat(500), 20); }), options: impatient, expect: timeout('BODY') },
  { what: 'drips, and is done in time', fault: reading(async (c) => { await c.drip(ok, 2); c.end(); }), expect: answered(200, delivered, { reply: 'ok' }) },
  // ---- lies about the length
  { what: 'promises more than it sends', fault: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi', expect: broken('BODY', { reply: 'hi' }) },
  { what: 'sends more than it promises', fault: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi there', expect: answered(200, delivered, { reply: 'hi' }) },
  { what: 'promises less than nothing', fault: 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhi', expect: broken('BODY') },
  { what: 'promises no number', fault: 'HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\nhi', expect: broken('BODY') },
  { what: 'promises more than there can be', fault: 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nhi', expect: answered(200, delivered, { reply: 'hi' }) },
  { what: 'promises two lengths, and holds the first', fault: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nhi', expect: broken('BODY') },
  { what: 'says nothing about the length', fault: 'HTTP/1.1 200 OK\r\n\r\nuntil the end', expect: answered(200, delivered, { reply: 'until the end' }) },
  { what: 'sends garbage for a chunk', fault: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhi\r\n', expect: broken('BODY') },
  { what: 'sends a chunk that is too large', fault: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nhi\r\n', expect: broken('BODY') },
  { what: 'leaves out the last chunk', fault: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n', expect: broken('BODY', { reply: 'hi' }) },
  { what: 'chunks, rightly', fault: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n', expect: answered(200, delivered, { reply: 'hi' }) },
  // ---- does not stop
  { what: 'sends headers without end', fault: reading(async (c) => { await c.write('HTTP/1.1 200 OK\r\n'); await c.writeForEver('X-More: and more\r\n'.repeat(1000)); }), expect: broken('BODY') },
  { what: 'sends one header without end', fault: reading(async (c) => { await c.write('HTTP/1.1 200 OK\r\nX-Long: '); await c.writeForEver('x'.repeat(65536)); }), expect: broken('BODY') },
  { what: 'sends a body without end', fault: reading(async (c) => { await c.write('HTTP/1.1 200 OK\r\n\r\n'); await c.writeForEver('x'.repeat(65536)); }), expect: answered(200, delivered, { reply: 'x'.repeat(1024) }) },
  { what: 'sends an error without end', fault: reading(async (c) => { await c.write('HTTP/1.1 500 Oh\r\n\r\n'); await c.writeForEver('no '.repeat(20000)); }), expect: answered(500, again(), { reply: 'no '.repeat(342).slice(0, 1024) }) },
  { what: 'says 100 Continue without end', fault: reading(async (c) => c.writeForEver('HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000))), expect: broken('ANSWER') },
  { what: 'says 103 Early Hints, now and then', fault: reading(async (c) => c.writeForEver('HTTP/1.1 103 Early Hints\r\n\r\n', 50)), options: impatient, expect: timeout('ANSWER') },
  { what: 'says 100, 103 and then 204', fault: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n', expect: answered(204, delivered) },
  { what: 'sends a bomb', fault: `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n${gzipSync(Buffer.alloc(64 << 20, 'b')).toString('latin1')}`, expect: answered(200, delivered, { reply: 'b'.repeat(1024) }) },
  // What brings no byte of a reply is not read without end either: `most` bytes are taken, with what the kernels hold.
  { what: 'compresses nothing, without end', fault: reading(async (c) => { await c.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99999999999\r\n\r\n${gzipHead}`); await c.writeForEver(emptyBlocks); }), most: 128 << 20, expect: broken('BODY') },
  { what: 'extends a chunk without end', fault: reading(async (c) => { await c.write('HTTP/1.1 503 Later\r\nTransfer-Encoding: chunked\r\n\r\n1;a='); await c.writeForEver('x'.repeat(65536)); }), most: 128 << 20, expect: broken('BODY') },
  { what: 'compresses nothing, without end, by TLS', scheme: 'https', tls: 'good', fault: reading(async (c) => { await c.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99999999999\r\n\r\n${gzipHead}`); await c.writeForEver(emptyBlocks); }), most: 128 << 20, expect: broken('BODY', { tls: /^TLSv1\.3/ }) },
  // ---- is not what it says
  { what: 'is no HTTP server', fault: '220 mail.example ESMTP ready\r\n', expect: broken('ANSWER') },
  { what: 'speaks before it is asked', fault: async (c) => { await c.write('220 mail.example ESMTP ready\r\n'); await never(); }, options: impatient, expect: broken('ANSWER', { requests: 0 }) },
  { what: 'answers with nothing but blank lines', fault: '\r\n\r\n\r\n\r\n', expect: broken('ANSWER') },
  { what: 'answers with binary garbage', fault: '\x00\xff\x16\x03\x01\x02\x00\xfe\xed', expect: broken('ANSWER') },
  { what: 'has a status of two digits', fault: 'HTTP/1.1 20\r\nContent-Length: 0\r\n\r\n', expect: broken('ANSWER') },
  { what: 'has a status of four digits', fault: 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n', expect: broken('ANSWER') },
  { what: 'speaks HTTP/1.0', fault: 'HTTP/1.0 200 OK\r\n\r\nold', expect: answered(200, delivered, { reply: 'old' }) },
  { what: 'switches protocols', fault: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n\x81\x02hi', expect: answered(101) },
  { what: 'names an encoding it does not use', fault: status('200 OK', 'Content-Encoding: gzip\r\n', 'plain text'), expect: answered(200, delivered) },
  { what: 'names an encoding nobody has', fault: status('200 OK', 'Content-Encoding: rot13\r\n', 'uryyb'), expect: answered(200, delivered) },
  { what: 'replies in another character set', fault: status('200 OK', 'Content-Type: text/plain; charset=latin1\r\n', 'd\xe9j\xe0 vu'), expect: answered(200, delivered) },
  { what: 'replies with control characters', fault: status('200 OK', '', 'a\x00b\x1b[31m\nc'), expect: answered(200, delivered, { reply: 'a b [31m\nc' }) },
  // ---- HTTP/2
  { what: 'agrees on HTTP/2, and means it', scheme: 'https', tls: 'good', http2: true, expect: answered(200, delivered, { reply: 'ok', tls: /^TLSv1\.3/, requests: 0 }) },
  { what: 'agrees on HTTP/2, and speaks HTTP/1.1', scheme: 'https', tls: 'good', tlsOptions: { ALPNProtocols: ['h2'] }, fault: async (c) => c.write(ok), expect: broken('ANSWER', { requests: 0, tls: /^(TLSv1\.3.*)?$/ }) },
  { what: 'agrees on HTTP/2, and says nothing', scheme: 'https', tls: 'good', tlsOptions: { ALPNProtocols: ['h2'] }, fault: never, options: impatient, expect: timeout('ANSWER', { requests: 0, tls: /^(TLSv1\.3.*)?$/ }) },
  // ---- statuses
  { what: '200', fault: ok, expect: answered(200, delivered, { reply: 'ok' }) },
  { what: '204', fault: 'HTTP/1.1 204 No Content\r\n\r\n', expect: answered(204, delivered) },
  { what: '299', fault: status('299 Odd'), expect: answered(299, delivered) },
  ...[301, 302, 303, 307, 308].map((code) => ({ what: `${code} is not followed`, fault: redirect(`${code} Elsewhere`), trap: true, expect: answered(code) })),
  ...[304, 400, 402, 403, 404, 405, 408, 409, 413, 415, 418, 422, 425, 429, 451, 500, 501, 502, 503, 504, 599, 999].map((code) => ({
    what: `${code}`, fault: status(`${code} No`, '', code === 304 ? '' : 'because'), expect: answered(code, again(), { reply: code === 304 ? '' : 'because' }),
  })),
  { what: '401, and asks for a password', fault: status('401 Who', 'WWW-Authenticate: Basic realm="x"\r\n'), expect: answered(401) },
  { what: '410 is final, and ends the endpoint', fault: status('410 Gone', '', 'moved out'), expect: answered(410, failed, { reply: 'moved out', disabled: 'GONE' }) },
  // ---- Retry-After
  { what: '429, in 100 seconds', fault: retryAfter('429 Busy', 100), expect: answered(429, again(98, 102)) },
  { what: '429, at a date', fault: retryAfter('429 Busy', () => inS(200)), expect: answered(429, again(195, 202)) },
  { what: '503, in two hours', fault: retryAfter('503 Later', 7200), expect: answered(503, again(7198, 7202)) },
  { what: '503, sooner than the schedule', fault: retryAfter('503 Later', 1), expect: answered(503) },
  { what: '503, in a year: a day is the most', fault: retryAfter('503 Later', 365 * day), expect: answered(503, again(day - 2, day + 2)) },
  { what: '503, in the year 2999', fault: retryAfter('503 Later', 'Tue, 01 Jan 2999 00:00:00 GMT'), expect: answered(503, again(day - 2, day + 2)) },
  { what: '503, after the end of time', fault: retryAfter('503 Later', '9'.repeat(40)), expect: answered(503, { state: 'PENDING', fromS: 4, toS: day + 2 }) },
  { what: '503, in the past', fault: retryAfter('503 Later', () => inS(-3600)), expect: answered(503) },
  { what: '503, in less than nothing', fault: retryAfter('503 Later', -100), expect: answered(503) },
  { what: '503, soon', fault: retryAfter('503 Later', 'soon'), expect: answered(503) },
  { what: '302 with Retry-After', fault: retryAfter('302 Found', 100), expect: answered(302, again(98, 102)) },
  { what: '503, later than the endpoint lets anything wait', fault: retryAfter('503 Later', 7200), options: { horizonHours: 1 }, expect: answered(503, failed, { tellsSender: true }) },
  // ---- TLS
  { what: 'shows a good certificate', scheme: 'https', tls: 'good', fault: ok, expect: answered(200, delivered, { reply: 'ok', tls: /^TLSv1\.3 TLS_/ }) },
  { what: 'speaks TLS 1.2', scheme: 'https', tls: 'good', tlsOptions: { maxVersion: 'TLSv1.2' }, fault: ok, expect: answered(200, delivered, { reply: 'ok', tls: /^TLSv1\.2 ECDHE/ }) },
  { what: 'speaks TLS 1.0 only', scheme: 'https', tls: 'good', tlsOptions: { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' }, fault: ok, expect: untrusted },
  { what: 'answers TLS with garbage', scheme: 'https', fault: async (c) => { await c.write('\x16\x03\x03\x00\x05garbage garbage'); c.end(); }, expect: untrusted },
  { what: 'closes instead of TLS', scheme: 'https', fault: async (c) => { await c.arrival(); c.end(); }, expect: untrusted },
  { what: 'resets instead of TLS', scheme: 'https', fault: async (c) => { await c.arrival(); c.reset(); }, expect: untrusted },
  { what: 'speaks HTTP on the port of https', scheme: 'https', fault: async (c) => { await c.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'); c.end(); }, expect: untrusted },
  { what: 'speaks https on the port of http', tls: 'good', fault: ok, expect: broken('ANSWER', { requests: 0 }) },
  { what: 'shows an expired certificate', scheme: 'https', tls: 'expired', fault: ok, expect: untrusted },
  { what: 'shows one that is not valid yet', scheme: 'https', tls: 'early', fault: ok, expect: untrusted },
  { what: 'shows one of another host', scheme: 'https', tls: 'other', fault: ok, expect: untrusted },
  { what: 'shows one it has signed itself', scheme: 'https', tls: 'self', fault: ok, expect: untrusted },
  { what: "shows a good one that the endpoint's authorities do not know", scheme: 'https', tls: 'good', options: { tls: {} }, fault: ok, expect: untrusted },
];

/* Where it may not go, however it is written: the operator allows 127.0.0.2 and nothing else that is private. PORT: of a trap on
 * 127.0.0.1. */
const forbidden = [
  'http://127.0.0.1:PORT/', 'http://localhost:PORT/', 'http://2130706433:PORT/', 'http://0x7f000001:PORT/', 'http://0x7f.1:PORT/',
  'http://0177.0.0.1:PORT/', 'http://127.1:PORT/', 'http://0:PORT/', 'http://0.0.0.0:PORT/', 'http://127.0.0.3:PORT/',
  'http://[::1]:PORT/', 'http://[::]:PORT/', 'http://[::ffff:127.0.0.1]:PORT/', 'http://[::ffff:7f00:1]:PORT/', 'http://[::127.0.0.1]:PORT/',
  'http://[64:ff9b::7f00:1]:PORT/', 'http://[2002:7f00:1::]:PORT/', 'http://[fe80::1]:PORT/', 'http://[fd00::1]:PORT/',
  'http://169.254.169.254/latest/meta-data/', 'http://10.0.0.1/', 'http://192.168.0.1/', 'http://100.64.0.1/', 'http://224.0.0.1/', 'http://255.255.255.255/',
];
const permitted = ['http://127.0.0.2:PORT/', 'http://2130706434:PORT/', 'http://0x7f.2:PORT/', 'http://[::ffff:127.0.0.2]:PORT/'];

let authority;
const certificates = {};

before(() => {
  authority = new Authority();
  const names = 'IP:127.0.0.1';
  const hour = 3600 * 1000;
  Object.assign(certificates, {
    good: authority.issue('good', names),
    expired: authority.issue('expired', names, -48 * hour, -hour),
    early: authority.issue('early', names, hour, 48 * hour),
    other: authority.issue('other', 'DNS:other.example'),
    self: authority.selfSigned('self', '/CN=self', `subjectAltName=${names}`),
  });
});
after(() => authority.remove());

async function rowStart(row) {
  const options = row.tls && { tls: { ...certificates[row.tls], ...row.tlsOptions } };
  const hostile = await Hostile.start(row.fault ?? never, options);
  if (row.http2) await hostile.speakHttp2(certificates[row.tls]);
  const url = row.url ?? hostile.url(row.scheme);
  if (row.closed) await hostile.stop();
  if (row.trap) hostile.trap = await Hostile.start(ok);
  return { ...row, hostile, url };
}

async function rowStop(row) {
  if (!row.closed) await row.hostile.stop();
  await row.hostile.trap?.stop();
}

for (const engine of engines) {
  describe(`hostile receivers on ${engine}`, () => {
    let installation, server, owner, mails, acting, deliveries, account;

    before(async () => {
      installation = freshInstallation(engine);
      mails = new Mails();
      account = await createAccount(installation);
      server = await Server.start(installation, ['--delivery-timeout', '20000', '--drain-timeout', '0', ...mails.settings]);
      owner = Client.withKey(server, account);
      acting = await Promise.all(rows.map(rowStart));
      await Promise.all(acting.map(async (row, i) => {
        const made = await owner.post('/api/notifications/endpoints', {
          name: row.what.slice(0, 50), url: row.url, events: ['PACKAGE_CREATE'], contact: `contact-${i}@ops.example`,
          ...(row.scheme === 'https' && { tls: { caCertificates: authority.pem } }), ...row.options,
        });
        assert.equal(made.status, 200, `${row.what}: ${made.bytes}`);
        Object.assign(row, { id: made.body.id, contact: `contact-${i}@ops.example` });
      }));
      const { body } = await owner.post('/api/packages', { name: 'For all of them' });
      deliveries = await until('an attempt at each', async () => {
        const pages = await Promise.all([1, 101].map((from) => owner.get(`/api/notifications/deliveries?packageId=${body.id}&from=${from}&to=${from + 99}`)));
        const results = pages.flatMap((page) => page.body.results);
        return results.length === rows.length && results.every((d) => d.attempts.length > 0) && results;
      });
    });
    after(async () => {
      await server.stop();
      await Promise.all(acting.map(rowStop));
      mails.remove();
      installation.remove();
    });

    for (const [i, { what }] of rows.entries()) {
      test(what, async () => {
        const row = acting[i];
        const { expect } = row;
        const { event, endpoint, state, attempts, nextAttemptDate, waitsFor } = deliveries.find((d) => d.endpoint.id === row.id);
        const [attempt] = (await owner.get(`/api/notifications/deliveries/${event.id}/${endpoint.id}`)).body.attempts;
        const like = (value, wanted) => (wanted instanceof RegExp && wanted.test(value) ? value : wanted);
        assert.deepEqual([attempt.error, attempt.phase, attempt.httpStatus, state], [like(attempt.error, expect.error), like(attempt.phase, expect.phase), expect.httpStatus, expect.state]);
        const isFirst = attempts.length === 1; // on a slow machine some have been tried again by now
        assert.ok(attempt.replyStart.length <= 1024);
        if (expect.reply !== undefined) assert.equal(attempt.replyStart, expect.reply);
        assert.equal(attempt.address, expect.address ?? `127.0.0.1:${row.hostile.port}`);
        assert.match(attempt.tls, expect.tls ?? /^$/);
        assert.ok(Math.abs(Date.parse(attempt.startedDate) - Date.now()) < 60000);
        if (row.options?.timeoutMs) assert.ok(attempt.durationMs < 15000, `${attempt.durationMs} ms`);
        if (expect.state === 'PENDING' && isFirst && waitsFor.reason === 'NEXT_ATTEMPT') {
          const waits = (Date.parse(nextAttemptDate) - Date.parse(attempt.startedDate) - attempt.durationMs) / 1000;
          assert.ok(waits >= expect.fromS - 0.1 && waits <= expect.toS + 2, `waits ${waits} s`);
        } else if (expect.state !== 'PENDING') assert.equal(nextAttemptDate, undefined);
        const requests = row.url === row.hostile.url(row.scheme) ? expect.requests ?? 1 : 0;
        if (expect.state === 'PENDING' && requests) assert.ok(row.hostile.requests.length >= requests);
        else assert.equal(row.hostile.requests.length, requests);
        assert.equal(row.hostile.trap?.requests.length ?? 0, 0);
        for (const { socket } of row.most ? row.hostile.connections : []) assert.ok(socket.bytesWritten < row.most, `${socket.bytesWritten} bytes`);
        const { body: kept } = await owner.get(`/api/notifications/endpoints/${row.id}`);
        assert.deepEqual([kept.state, kept.stateReason], expect.disabled ? ['DISABLED', expect.disabled] : ['ACTIVE', '']);
      });
    }

    test('mails tell of what is final, and of nothing else', async () => {
      const expected = [];
      for (const { expect, contact } of acting) {
        const both = (pattern) => expected.push([account.email, pattern], [contact, pattern]);
        if (expect.disabled) both(/disabled/);
        if (expect.state === 'FAILED') both(/could not be delivered/);
      }
      await until('the mails', () => mails.all().length >= expected.length);
      const got = mails.all();
      for (const [to, pattern] of expected) assert.ok(got.some((mail) => mail.to === to && pattern.test(mail.subject)), `${to} ${pattern}`);
      assert.equal(got.length, expected.length);
    });
  });

  test(`only the networks the operator allows are reached, by receivers and authorization servers (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const server = await Server.start(installation, ['--allow-private-targets=false', '--allow-target-networks', '127.0.0.2', '--drain-timeout', '0']);
    const owner = Client.withKey(server, account);
    const trap = await Hostile.start(ok);
    const allowed = await Hostile.start(ok, { address: '127.0.0.2' });
    const rows = [
      ...forbidden.map((url) => ({ url: url.replace('PORT', trap.port), error: 'ADDRESS_REFUSED', phase: 'CONNECT', reply: /nothing is sent to that address/ })),
      ...permitted.map((url) => ({ url: url.replace('PORT', allowed.port), error: '', phase: '', reply: /^ok$/ })),
      ...forbidden.map((url) => ({
        url: allowed.url('http', '127.0.0.2'), error: 'AUTHORIZATION', phase: '', reply: /ADDRESS_REFUSED/,
        authType: 'OAUTH2', oauthSetting: { clientId: 'id', clientSecret: 'secret', authorizationServerUrl: url.replace('PORT', trap.port), scope: '' },
      })),
    ];
    for (const row of rows) {
      const { url, authType, oauthSetting } = row;
      const made = await owner.post('/api/notifications/endpoints', { url, authType, oauthSetting, events: ['PACKAGE_CREATE'] });
      assert.equal(made.status, 200, `${row.url}: ${made.bytes}`);
      row.id = made.body.id;
    }
    const key = Buffer.from(JSON.stringify({ host: 'localhost', client_id: 'app', refresh_token: 'token' })).toString('base64');
    assert.equal((await owner.post('/api/callback/connectors/salesforceOauth2', { url: allowed.url('http', '127.0.0.2'), key, events: ['PACKAGE_CREATE'] })).status, 200);
    const { body } = await owner.post('/api/packages', { name: 'Guarded' });
    const deliveries = await until('an attempt at each', async () => {
      const { results } = (await owner.get(`/api/notifications/deliveries?packageId=${body.id}&to=100`)).body;
      return results.length === rows.length + 1 && results.every((d) => d.attempts.length > 0) && results;
    });
    for (const { id, url, error, phase, reply, oauthSetting } of rows) {
      const { attempts: [attempt], state } = deliveries.find((d) => d.endpoint.id === id);
      const what = `${url} ${oauthSetting?.authorizationServerUrl ?? ''}`;
      assert.deepEqual([what, attempt.error, attempt.phase, state], [what, error, phase, error ? 'PENDING' : 'DELIVERED']);
      assert.match(attempt.replyStart, reply, what);
    }
    const refresh = deliveries.find((d) => !rows.some((row) => row.id === d.endpoint.id)).attempts[0];
    assert.equal(refresh.error, 'AUTHORIZATION');
    assert.match(refresh.replyStart, /ADDRESS_REFUSED/);
    assert.equal(trap.connections.length, 0);
    assert.equal(allowed.requests.length, permitted.length);
    await server.stop();
    await trap.stop();
    await allowed.stop();
    installation.remove();
  });
}

test('networks that are none are refused at the start', async () => {
  const installation = freshInstallation('sqlite');
  for (const networks of ['nonsense', '10.0.0.1/8', '10.0.0.0/33']) {
    const refused = await run(['serve', '--listen', '127.0.0.1:0', '--allow-target-networks', networks, ...installation.settings]);
    assert.equal(refused.status, 2, refused.stderr);
    assert.match(refused.stderr, /--allow-target-networks: networks such as/);
  }
  installation.remove();
});
