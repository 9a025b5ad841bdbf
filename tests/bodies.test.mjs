// bodies.test.mjs – what the front door does with bodies: limits by route, who calls before what they send, room for all together.
// Runs alone: it measures time or load (scripts/run-scenarios).
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import net from 'node:net';
import tls from 'node:tls';
import { gzipSync } from 'node:zlib';
import { engines, freshInstallation, createAccount, Server, Client, pdf, sendablePackage, until } from './lib/server.mjs';
import { Authority } from './lib/certificates.mjs';
import { assertError, tokenPath } from './lib/callers.mjs';

const deadline = 20000;

/** A connection to the server, plain or TLS; `answer` grows, `ended` when the server has ended its half. */
function connect(url, options = {}) {
  const { protocol, hostname, port } = new URL(url);
  const open = { port: Number(port), host: hostname, allowHalfOpen: true, rejectUnauthorized: false, ...options };
  const socket = protocol === 'https:' ? tls.connect(open) : net.connect(open);
  const talk = { socket, answer: '', ended: false, closed: false };
  socket.on('data', (chunk) => (talk.answer += chunk.toString('latin1')));
  socket.on('end', () => (talk.ended = true));
  socket.on('close', () => (talk.closed = true));
  socket.on('error', (error) => (talk.error = error));
  return talk;
}

function head(path, headers) {
  return `POST ${path} HTTP/1.1\r\nHost: x\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** Sends only a head that announces `length` bytes, and gives the status of the answer, which must not wait for the body. */
async function announce(server, path, length, headers = {}) {
  const talk = connect(server.url);
  talk.socket.write(head(path, { 'Content-Length': length, ...headers }));
  await until(`an answer to ${path}`, () => /\r\n\r\n/.test(talk.answer), deadline);
  talk.socket.destroy();
  return Number(talk.answer.match(/^HTTP\/1\.1 (\d+)/)[1]);
}

for (const engine of engines) {
  describe(`bodies on ${engine}`, () => {
    let installation, account, server, owner, key;
    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      server = await Server.start(installation, ['--body-limit', '20000000', '--bodies-limit', '20000000']);
      owner = Client.withKey(server, account);
      key = { Authorization: `Basic ${account.apiKey}` };
    });
    after(async () => {
      await server?.stop();
      installation?.remove();
    });

    const limits = [
      [tokenPath, 32770, 'application/json'], // 16 KiB, if it is UTF-16
      ['/oauth2/token', 16384, 'application/x-www-form-urlencoded'],
      ['/oauth2/introspect', 16384, 'application/x-www-form-urlencoded'],
      ['/api/session', 32770, 'application/json'],
      ['/api/account/senders', 65536, 'application/json'],
      ['/api/notifications/endpoints', 262144, 'application/json'],
      ['/api/callback', 262144, 'application/json'],
      ['/api/packages/none', 4194304, 'application/json'],
      ['/api/notifications/events', 4194304, 'application/json'],
      ['/api/account/authentication/dlp/reports', 4194304, 'application/json'],
      ['/api/packages', 20000000, 'multipart/form-data; boundary=x'],
    ];
    for (const [path, limit, type] of limits) {
      test(`${path} takes ${limit} bytes, and one more is refused at the head`, async () => {
        assert.equal(await announce(server, path, limit + 1, { ...key, 'Content-Type': type }), 413);
        assert.equal(await announce(server, path, limit, { ...key, 'Content-Type': type, Expect: '100-continue' }), 100);
      });
    }

    test('16 KiB of credentials count as UTF-8, however they are sent', async () => {
      const padded = (length) => JSON.stringify({ clientId: 'x', secret: 'y', type: 'OWNER' }).padEnd(length, ' ');
      const utf16 = (text) => Buffer.from(text, 'utf16le');
      const nobody = new Client(server);
      assertError(await nobody.post(tokenPath, padded(16384)), 401);
      assertError(await nobody.post(tokenPath, padded(16385)), 413);
      assertError(await nobody.post(tokenPath, utf16(padded(16384))), 401);
      assertError(await nobody.post(tokenPath, utf16(padded(16385))), 413);
      assertError(await nobody.post(tokenPath, utf16('é'.repeat(12000))), 413); // 24,000 bytes either way
    });

    test('who calls is known before a large body is read', async () => {
      const wrong = { Authorization: 'Basic d3Jvbmc=' };
      for (const headers of [{}, wrong, { ...wrong, Expect: '100-continue' }]) {
        assert.equal(await announce(server, '/api/packages', 16777216, headers), 401);
        assert.equal(await announce(server, '/api/notifications/events', 20000, headers), 401);
      }
      const chunked = connect(server.url);
      chunked.socket.write(head('/api/packages', { ...wrong, 'Transfer-Encoding': 'chunked' }));
      await until('an answer before the first chunk', () => /^HTTP\/1\.1 401 /.test(chunked.answer), deadline);
      chunked.socket.destroy();
      assert.equal(await announce(server, '/api/packages', 10, { ...wrong, Expect: '100-continue' }), 401);
      assert.equal(await announce(server, '/api/nothing', 10, { Expect: '100-continue' }), 404);
    });

    test('a small refused body keeps its connection', async () => {
      const talk = connect(server.url);
      for (let i = 1; i <= 3; i++) {
        talk.socket.write(`${head('/api/packages', { 'Content-Length': 2 })}{}`);
        await until('the next answer', () => talk.answer.split('HTTP/1.1 401 ').length === i + 1 && talk.answer.endsWith('}'), deadline);
      }
      assert.doesNotMatch(talk.answer, /connection: close/i);
      talk.socket.destroy();
    });

    test('a body with a coding is refused by its name', async () => {
      const body = gzipSync(JSON.stringify({ name: 'x' }));
      for (const coding of ['gzip', 'br', 'deflate', 'GZIP, identity']) {
        const refused = await owner.post('/api/packages', body, { 'content-type': 'application/json', 'content-encoding': coding });
        assertError(refused, 415, 'error.validation.unsupportedMediaType');
        assert.ok(refused.body.technical.includes(coding), refused.body.technical);
        assert.equal(refused.headers.get('accept-encoding'), 'identity');
      }
      assert.equal((await owner.request('GET', '/api/packages', undefined, { 'content-encoding': 'gzip' })).status, 200); // of no body
      const plain = await owner.post('/api/packages', '{"name":"x"}', { 'content-type': 'application/json', 'content-encoding': 'identity' });
      assert.equal(plain.status, 200);
    });

    test('JSON holds a million values at most where packages come, and fewer elsewhere', async () => {
      const list = (count) => `{"name":"x","list":[${'1,'.repeat(count - 1)}1]}`;
      assert.equal((await owner.post('/api/packages', list(999980))).status, 200);
      const refused = await owner.post('/api/packages', list(1000001));
      assertError(refused, 400, 'error.validation.invalidJson');
      assert.match(refused.body.technical, /1000000 values/);
      assertError(await owner.post('/api/packages', `{"list":[${'{},'.repeat(250000)}{}]}`), 400, 'error.validation.invalidJson');
      assertError(await owner.post('/api/account/senders', list(20001)), 400, 'error.validation.invalidJson');
    });

    test('one account takes half of the room for bodies, and leaves the rest to others', async () => {
      const other = await createAccount(installation, 'Next Bank');
      const begin = async (apiKey, length) => {
        const talk = connect(server.url);
        talk.socket.write(head('/api/packages', { Authorization: `Basic ${apiKey}`, 'Content-Length': length, Expect: '100-continue' }));
        await until('an answer', () => /\r\n\r\n/.test(talk.answer), deadline);
        return talk;
      };
      const talks = [await begin(account.apiKey, 6000000), await begin(account.apiKey, 3000000), await begin(account.apiKey, 3000000), await begin(other.apiKey, 9000000)];
      assert.deepEqual(talks.map(({ answer }) => answer.slice(9, 12)), ['100', '100', '503', '100']);
      for (const talk of talks) talk.socket.destroy();
    });

    test('answers that are not read fill no more than their room', async () => {
      const large = async (client, apiKey) => {
        const made = await client.post('/api/packages', sendablePackage({ documents: [{ ...sendablePackage().documents[0], base64Content: pdf('x'.repeat(6000000)).toString('base64') }] }));
        assert.equal(made.status, 200, JSON.stringify(made.body));
        const { documents } = (await client.get(`/api/packages/${made.body.id}`)).body;
        return `GET /api/packages/${made.body.id}/documents/${documents.find(({ name }) => name === 'Contract').id}/pdf HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${apiKey}\r\n\r\n`;
      };
      const other = await createAccount(installation, 'Reading Bank');
      const [mine, theirs] = [await large(owner, account.apiKey), await large(Client.withKey(server, other), other.apiKey)];
      const unread = [];
      for (let i = 0; i < 6; i++) {
        const talk = connect(server.url);
        talk.socket.pause();
        talk.socket.write(mine);
        unread.push(talk);
      }
      await until('some are refused', async () => {
        const probe = connect(server.url);
        probe.socket.write(mine);
        await until('an answer', () => probe.answer.length > 20, deadline);
        probe.socket.destroy();
        return probe.answer.startsWith('HTTP/1.1 503 ') && /\r\nRetry-After: \d+\r\n/.test(probe.answer);
      }, deadline);
      const reader = connect(server.url);
      reader.socket.write(theirs);
      await until('another account reads its own', () => reader.answer.startsWith('HTTP/1.1 200 ') && reader.answer.length > 6000000, deadline);
      assert.equal((await owner.get('/api/packages')).status, 200);
      for (const talk of unread) talk.socket.destroy();
      reader.socket.destroy();
      await until('room again', async () => {
        const probe = connect(server.url);
        probe.socket.write(mine);
        await until('an answer', () => probe.answer.length > 20, deadline);
        probe.socket.destroy();
        return probe.answer.startsWith('HTTP/1.1 200 ');
      }, deadline);
    });

    test('beyond the room for all bodies, a new large one gets 503 and is asked to come again', async () => {
      const other = await createAccount(installation, 'Other Bank');
      const first = connect(server.url);
      first.socket.write(head('/api/packages', { ...key, 'Content-Length': 19000000, Expect: '100-continue' }));
      await until('the first is read', () => first.answer.startsWith('HTTP/1.1 100 '), deadline);
      const second = connect(server.url);
      second.socket.write(head('/api/packages', { ...key, 'Content-Length': 2000000, Expect: '100-continue' }));
      await until('the second is refused', () => second.ended, deadline);
      assert.equal(await announce(server, '/api/packages', 2000000, { Authorization: `Basic ${other.apiKey}`, Expect: '100-continue' }), 503);
      assert.match(second.answer, /^HTTP\/1\.1 503 /);
      assert.match(second.answer, /\r\nRetry-After: \d+\r\n/);
      const chunked = connect(server.url);
      chunked.socket.write(head('/api/packages', { ...key, 'Transfer-Encoding': 'chunked' }));
      for (let i = 0; i < 40; i++) chunked.socket.write(`10000\r\n${' '.repeat(65536)}\r\n`);
      await until('so are chunks', () => /^HTTP\/1\.1 503 /.test(chunked.answer), deadline);
      assert.equal((await owner.post('/api/packages', { name: 'a small one finds room' })).status, 200);
      for (const talk of [first, second, chunked]) talk.socket.destroy();
      await until('room again', async () => (await announce(server, '/api/packages', 19000000, { ...key, Expect: '100-continue' })) === 100, deadline);
    });
  });
}

/** Sends a large body without a pause, reads only when all is sent, and then the answer. */
async function uploadBlindly(url, length) {
  const talk = connect(url);
  talk.socket.pause();
  const piece = Buffer.alloc(65536, 0x20);
  talk.socket.write(head('/api/packages', { Authorization: 'Basic d3Jvbmc=', 'Content-Type': 'application/json', 'Content-Length': length }));
  for (let sent = 0; sent < length && !talk.error; sent += piece.length) {
    if (!talk.socket.write(piece)) await until('the socket drains', () => talk.error || talk.socket.writableLength < 262144, deadline);
  }
  await until('all is sent', () => talk.error || talk.socket.writableLength === 0, deadline);
  talk.socket.resume();
  await until('the end of the answer', () => talk.ended || talk.closed, deadline);
  talk.socket.destroy();
  return talk;
}

describe('a client that still sends reads the refusal', () => {
  const authority = new Authority();
  const installation = freshInstallation('sqlite');
  const servers = [];
  after(async () => {
    for (const server of servers) await server.stop();
    installation.remove();
    authority.remove();
  });
  for (const kind of ['plain', 'TLS']) {
    test(`16 MiB under a wrong key, ${kind}`, async () => {
      const { certFile, keyFile } = authority.issue('server');
      const server = await Server.start(installation, kind === 'TLS' ? ['--tls-certificate', certFile, '--tls-key', keyFile] : []);
      servers.push(server);
      const talk = await uploadBlindly(server.url, 16777216);
      assert.equal(talk.error, undefined);
      assert.match(talk.answer, /^HTTP\/1\.1 401 /);
      assert.match(talk.answer, /\r\nConnection: close\r\n/);
      assert.equal(/\r\nStrict-Transport-Security: max-age=31536000\r\n/.test(talk.answer), kind === 'TLS');
      assert.equal(JSON.parse(talk.answer.slice(talk.answer.indexOf('\r\n\r\n') + 4)).code, 401);
      await servers.pop().stop();
    });
  }
});
