// crowd.test.mjs – many connections at once: who is let in, who goes first, what is told to those who find no room.
// Runs alone: it measures time or load (scripts/run-scenarios).
import { test, describe, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import net from 'node:net';
import tls from 'node:tls';
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { freshInstallation, createAccount, Server, Client, program, until } from './lib/server.mjs';
import { Authority } from './lib/certificates.mjs';

const half = 'GET /healthz HTTP/1.1\r\nHost: x\r\n';
const whole = `${half}\r\n`;

/** A connection that keeps what it is told; `from`: its own address, of loopback. */
function open(server, bytes, from = '127.0.0.1') {
  const { hostname, port } = new URL(server.url);
  const socket = net.connect({ host: hostname, port: Number(port), localAddress: from });
  const talk = { socket, answer: '', closed: false };
  socket.on('data', (chunk) => (talk.answer += chunk));
  socket.on('close', () => (talk.closed = true));
  socket.on('error', () => {});
  if (bytes) socket.write(bytes);
  return talk;
}

async function openMany(count, server, bytes, from) {
  const talks = [];
  for (let i = 0; i < count; i++) {
    const talk = open(server, bytes, from);
    talks.push(talk);
    if (i % 50 === 49) await new Promise((resolve) => (talk.closed ? resolve() : talk.socket.once('connect', resolve).once('close', resolve)));
  }
  return talks;
}

const status = (talk) => talk.answer.match(/^HTTP\/1\.1 (\d+)/)?.[1];

async function answered(server, from) {
  const talk = open(server, whole, from);
  await until(`an answer to ${from ?? 'a client'}`, () => status(talk) ?? talk.closed, 10000);
  talk.socket.destroy();
  return status(talk);
}

describe('a crowd', () => {
  const authority = new Authority();
  const installation = freshInstallation('sqlite');
  let account;
  let running;
  const talks = [];
  const start = async (...settings) => {
    account ??= await createAccount(installation);
    running = await Server.start(installation, settings);
    return running;
  };
  const stop = async () => {
    for (const talk of talks.splice(0)) talk.socket.destroy();
    const server = running;
    running = undefined;
    await server?.stop();
  };
  const crowd = async (...args) => {
    const many = await openMany(...args);
    talks.push(...many);
    return many;
  };
  afterEach(stop);
  after(() => {
    installation.remove();
    authority.remove();
  });

  test('the oldest idle or unfinished connection makes room, and who is being answered stays', async () => {
    const server = await start('--connections-limit', '40', '--request-timeout', '30');
    const stream = open(server, `GET /api/notifications/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${account.apiKey}\r\n\r\n`);
    talks.push(stream);
    await until('the stream begins', () => status(stream) === '200');
    const upload = open(server, `POST /api/packages HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${account.apiKey}\r\nContent-Length: 30000\r\nExpect: 100-continue\r\n\r\n`);
    talks.push(upload);
    await until('the upload begins', () => status(upload) === '100');
    const idle = open(server, whole);
    talks.push(idle);
    await until('an idle connection', () => status(idle) === '200');
    const first = await crowd(37, server, half);
    await until('the idle one has gone', async () => {
      await crowd(1, server, half);
      return idle.closed;
    });
    await until('and then the first of those that are unfinished', async () => {
      await crowd(1, server, half);
      return first.every((talk) => talk.closed);
    });
    for (let i = 0; i < 10; i++) await until('room for a new one', async () => (await answered(server)) === '200');
    assert.equal(stream.closed, false);
    upload.socket.write(JSON.stringify({ name: 'kept' }).padEnd(30000, ' '));
    await until('the upload is answered', () => /HTTP\/1\.1 200 OK/.test(upload.answer));
  });

  test('who does not read answers that anybody may have makes room, too', async () => {
    const server = await start('--connections-limit', '5');
    const page = 'GET /login.js HTTP/1.1\r\nHost: x\r\n\r\n';
    for (const talk of await crowd(5, server)) {
      talk.socket.pause();
      talk.socket.write(page.repeat(200)); // more than buffers on the way hold
    }
    await until('room for a new one', async () => (await answered(server)) === '200', 20000);
  });

  test('when all connections are in use, a new one is told to come again', async () => {
    const server = await start('--connections-limit', '3');
    const streams = await crowd(3, server, `GET /api/notifications/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${account.apiKey}\r\n\r\n`);
    await until('three streams', () => streams.every((talk) => status(talk) === '200'));
    const refused = open(server, whole);
    talks.push(refused);
    await until('a refusal', () => refused.closed);
    assert.equal(status(refused), '503');
    assert.match(refused.answer, /\r\nRetry-After: \d+\r\n/);
    streams[0].socket.destroy();
    await until('room again', async () => (await answered(server)) === '200');
  });

  test('one address has its own limit, and its own oldest goes first', async () => {
    const server = await start('--connections-per-address', '10');
    const other = open(server, half, '127.0.0.2');
    talks.push(other);
    const first = await crowd(10, server, half, '127.0.0.1');
    await until('the oldest make room', async () => {
      await crowd(1, server, half, '127.0.0.1');
      return first.every((talk) => talk.closed);
    });
    const left = () => talks.filter((talk) => talk !== other && !talk.closed).length;
    await until('ten are left', () => left() <= 10);
    await until('room for a new one', async () => (await answered(server, '127.0.0.1')) === '200');
    assert.equal(await answered(server, '127.0.0.2'), '200');
    assert.equal(other.closed, false);
  });

  test('behind a proxy, requests are counted by the forwarded address', async () => {
    const server = await start('--connections-per-address', '2', '--trusted-proxies', '127.0.0.0/8');
    const poll = (address) => open(server, `GET /api/notifications/events?after=1000&wait=30 HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${account.apiKey}\r\nX-Forwarded-For: ${address}\r\n\r\n`);
    for (let i = 0; i < 2; i++) talks.push(poll(`2001:db8::${i}`));
    const third = async (address) => {
      const talk = poll(address);
      talks.push(talk);
      return talk;
    };
    await until('a third of one /64 is refused', async () => {
      const talk = await third('2001:db8::9');
      await until('an answer', () => status(talk) || talks.length > 100, 2000).catch(() => {});
      return status(talk) === '503';
    });
    assert.equal(await answered(server), '200'); // the proxy itself
    const elsewhere = await third('2001:db8:0:1::1');
    await crowd(20, server, half); // and it may have any number of connections
    assert.equal(status(elsewhere), undefined);
  });

  test('a head, a body and a TLS handshake each have their own time', async () => {
    const { certFile, keyFile } = authority.issue('server');
    let server = await start('--head-timeout', '1', '--request-timeout', '2', '--idle-timeout', '60');
    const head = open(server, half);
    const body = open(server, 'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{');
    talks.push(head, body);
    const begun = Date.now();
    await until('the head is over', () => status(head) === '408');
    await until('the body is over', () => status(body) === '408');
    assert.ok(Date.now() - begun >= 1900);
    await stop();
    server = await start('--tls-certificate', certFile, '--tls-key', keyFile, '--handshake-timeout', '1', '--idle-timeout', '60');
    const silent = open(server);
    talks.push(silent);
    const slow = open(server, '\x16\x03\x01');
    talks.push(slow);
    const good = tls.connect({ host: '127.0.0.1', port: Number(new URL(server.url).port), rejectUnauthorized: false });
    good.on('error', () => {});
    talks.push({ socket: good });
    await until('handshakes that never end are over', () => silent.closed && slow.closed);
    let answer = '';
    good.on('data', (chunk) => (answer += chunk));
    good.write(whole); // idle for longer than a handshake may take
    await until('an answer', () => /^HTTP\/1\.1 200 /.test(answer));
  });

  test('a body that comes too slowly is refused', async () => {
    const server = await start('--request-timeout', '600', '--body-rate', '1000000'); // it is looked at every ten seconds
    const body = open(server, `POST /api/packages HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${account.apiKey}\r\nContent-Length: 30000000\r\n\r\n${' '.repeat(1000)}`);
    talks.push(body);
    await until('it is refused', () => status(body) === '408');
    assert.match(body.answer, /--body-rate/);
  });

  test('when descriptors run out, idle connections make room, and then clients are told to come again', async () => {
    const server = await start();
    const owner = Client.withKey(server, account);
    const stream = `GET /api/notifications/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${account.apiKey}\r\n\r\n`;
    await crowd(20, server, half);
    const begun = await crowd(5, server, stream);
    await until('streams', () => begun.every((talk) => status(talk) === '200'));
    const files = readdirSync(`/proc/${server.child.pid}/fd`).length;
    execFileSync('prlimit', ['--pid', `${server.child.pid}`, `--nofile=${files}:${files}`]);
    await until('one that is unfinished makes room', async () => (await answered(server)) === '200');
    const more = await crowd(60, server, stream);
    await until('each is answered, or closed', () => more.every((talk) => status(talk) || talk.closed));
    assert.ok(more.some((talk) => status(talk) === '503'));
    assert.match(server.log, /cannot accept a connection: .*ulimit -n/);
    assert.ok(begun.every((talk) => !talk.closed));
    for (const talk of talks) talk.socket.destroy();
    await until('all is well again', async () => (await owner.get('/api/packages')).status === 200);
  });

  test('when few files may be open, clients get half of them', async () => {
    account ??= await createAccount(installation);
    const limited = spawn('sh', ['-c', `ulimit -n 120; exec "$0" "$@"`, program, 'serve', '--listen', '127.0.0.1:0', ...installation.settings], { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    const ended = new Promise((resolve) => limited.on('close', resolve));
    limited.stderr.on('data', (chunk) => (log += chunk));
    try {
      const url = await until('it serves', () => log.match(/serves (http:\S+)/)?.[1]);
      const server = { url };
      assert.match(log, /only 120 files may be open/);
      await crowd(200, server, half);
      await until('room for a new one', async () => (await answered(server)) === '200');
      const owner = new Client(server, `Basic ${account.apiKey}`);
      assert.equal((await owner.get('/api/packages')).status, 200);
      const stream = `GET /api/notifications/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${account.apiKey}\r\n\r\n`;
      const streams = await crowd(150, server, stream);
      await until('each is answered', () => streams.every((talk) => status(talk) || talk.closed));
      assert.ok(streams.some((talk) => status(talk) === '200'));
      assert.ok(streams.some((talk) => status(talk) === '503'));
    } finally {
      limited.kill('SIGTERM');
      for (const talk of talks.splice(0)) talk.socket.destroy();
      assert.equal(await ended, 0, log);
    }
  });
});
