// floods.test.mjs – what strangers send in masses costs little memory and little time, others are served meanwhile, and the memory
// comes back. The bounds are those of a build with sanitizers; a release needs less.
// Runs alone: it measures time or load (scripts/run-scenarios).
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import net from 'node:net';
import { freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { Authority } from './lib/certificates.mjs';
import { tokenPath } from './lib/callers.mjs';
import { Meter, meteredEnvironment } from './lib/meter.mjs';

const KiB = 1024;
const MiB = 1024 * KiB;
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const json = { 'Content-Type': 'application/json' };

/** Sends a request as fast as it is taken, and ignores what is said; resolves when the server has ended it. `size`: what is sent of the body at most. */
function pour(url, path, headers, length, size, fill = 'a') {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = net.connect(Number(port), hostname);
    let answer = '';
    let left = size;
    const piece = Buffer.alloc(64 * KiB, fill);
    const end = () => {
      socket.destroy();
      resolve(answer.match(/^HTTP\/1\.1 (\d+)/)?.[1] ?? 'nothing');
    };
    const send = () => {
      while (left > 0 && !socket.destroyed) {
        const part = piece.subarray(0, Math.min(left, piece.length));
        left -= part.length;
        if (!socket.write(part)) return;
      }
    };
    socket.setTimeout(30000, end);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (/\r\n\r\n.*}$/s.test(answer)) end();
    });
    socket.on('drain', send);
    socket.on('error', end);
    socket.on('close', end);
    const lines = Object.entries({ 'Content-Length': length, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\n${lines.join('')}\r\n`);
    send();
  });
}

const times = (count, act) => Promise.all(Array.from({ length: count }, (_, i) => act(i)));

describe('floods', () => {
  const authority = new Authority();
  const installation = freshInstallation('sqlite');
  let account, server, key, owner;
  const sockets = [];
  const start = async (...settings) => {
    server = await Server.start(installation, settings, { env: meteredEnvironment });
    owner = Client.withKey(server, account);
    if (server.url.startsWith('http:')) assert.equal((await owner.get('/api/packages')).status, 200);
    return new Meter(server.child.pid);
  };
  before(async () => {
    account = await createAccount(installation);
    key = { Authorization: `Basic ${account.apiKey}` };
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    const stopped = server;
    server = undefined;
    await stopped?.stop();
  });
  after(() => {
    installation.remove();
    authority.remove();
  });

  /** Runs a flood while somebody else calls, and checks what it cost. */
  async function flood(t, meter, bounds, act) {
    let over = false;
    let slowest = 0;
    const meanwhile = (async () => {
      while (!over) {
        const begun = Date.now();
        assert.equal((await owner.get('/api/packages')).status, 200);
        slowest = Math.max(slowest, Date.now() - begun);
      }
    })();
    const result = await act();
    over = true;
    await meanwhile;
    t.diagnostic(`peak ${meter.peak.toFixed()} now ${meter.now.toFixed()} MiB, ${meter.seconds.toFixed(1)} s, slowest ${slowest} ms`);
    assert.ok(slowest < 10000, `somebody else waited for ${slowest} ms`);
    assert.ok(meter.peak < bounds.peak, `the peak is ${meter.peak.toFixed()} MiB more`);
    assert.ok(meter.seconds < bounds.seconds, `it took ${meter.seconds.toFixed(1)} processor seconds`);
    // The sanitizers' allocator gives back what is free only while something is freed.
    const isBack = async () => (await owner.get('/api/packages')).status === 200 && meter.now < bounds.after;
    await until('the memory comes back', isBack, 15000).catch((error) => {
      throw new Error(`${error.message}; ${meter.now.toFixed()} MiB are kept`);
    });
    return result;
  }

  test('anonymous forms of 60 MB', async (t) => {
    const meter = await start();
    const answers = await flood(t, meter, { peak: 60, after: 40, seconds: 5 }, () =>
      times(30, (i) => pour(server.url, ['/oauth2/token', '/oauth2/revoke', '/oauth2/introspect'][i % 3], form, 60000000, 2 * MiB)));
    assert.deepEqual([...new Set(answers)], ['413']);
  });

  test('forms that are as large and as many-parted as they may be', async (t) => {
    const meter = await start();
    const body = Array.from({ length: 100 }, (_, i) => `name${i}=${'%61'.repeat(50)}`).join('&');
    const answers = await flood(t, meter, { peak: 60, after: 40, seconds: 10 }, () =>
      times(20, async () => {
        const seen = new Set();
        for (let i = 0; i < 10; i++) seen.add((await new Client(server).post('/oauth2/token', body, { 'content-type': form['Content-Type'] })).status);
        return [...seen].join();
      }));
    assert.deepEqual([...new Set(answers)], ['400']); // without a grant type
  });

  test('anonymous JSON of 60 MB, and the densest that is small enough', async (t) => {
    const meter = await start();
    const dense = `{"a":[${'{},'.repeat(5000)}{}]}`;
    const answers = await flood(t, meter, { peak: 60, after: 40, seconds: 10 }, async () => [
      ...(await times(30, () => pour(server.url, tokenPath, json, 60000000, 2 * MiB, '['))),
      ...(await times(100, async () => String((await new Client(server).post(tokenPath, dense)).status))),
    ]);
    assert.deepEqual([...new Set(answers)], ['413', '400']);
  });

  test('large bodies under a wrong key', async (t) => {
    const meter = await start();
    const answers = await flood(t, meter, { peak: 60, after: 40, seconds: 10 }, () =>
      times(25, () => pour(server.url, '/api/packages', { ...json, Authorization: 'Basic d3Jvbmc=' }, 30000000, 30000000)));
    assert.deepEqual([...new Set(answers)], ['401']);
  });

  test('large bodies that anybody may send are held within a quarter of the room', async (t) => {
    const meter = await start('--bodies-limit', '67108864', '--request-timeout', '5');
    const path = '/api/account/authentication/dlp/reports';
    // 160 MiB are sent. The sanitizers' allocator keeps three times the room of 16 MiB; a release keeps 13 MiB.
    const answers = await flood(t, meter, { peak: 100, after: 80, seconds: 10 }, () =>
      times(40, (i) => pour(server.url, path, json, 4 * MiB, 4 * MiB - 1 - i)));
    assert.deepEqual([...new Set(answers)].sort(), ['408', '503']);
  });

  test('JSON of a known caller takes a small multiple of its size', async (t) => {
    const meter = await start();
    const many = `{"name":"x","list":[${'1,'.repeat(999980)}1]}`;
    const objects = `{"name":"x","list":[${'{},'.repeat(240000)}{}]}`;
    const tooMany = `{"list":[${'{},'.repeat(1390000)}{}]}`;
    const seen = await flood(t, meter, { peak: 500, after: 140, seconds: 30 }, async () => {
      const answers = [];
      for (const body of [many, objects, tooMany, tooMany]) answers.push(...(await times(4, async () => (await owner.post('/api/packages', body)).status)));
      return answers;
    });
    assert.deepEqual([...new Set(seen)].sort(), [200, 400]);
  });

  test('lists of many short words take memory of their size', async (t) => {
    const meter = await start();
    const permissions = Array(9000).fill('a');
    const names = Array(250).fill('*').join();
    const seen = await flood(t, meter, { peak: 120, after: 60, seconds: 30 }, () => times(12, async (i) => (
      i % 2 ? await owner.get(`/api/notifications/deliveries?name=${names}`) : await owner.post('/api/account/roles', { name: 'R', permissions })).status));
    assert.deepEqual([...new Set(seen)].sort(), [200, 400]);
  });

  test('half-sent requests from one address', async (t) => {
    const meter = await start('--connections-limit', '500');
    const { hostname, port } = new URL(server.url);
    await flood(t, meter, { peak: 150, after: 80, seconds: 20 }, async () => {
      for (let i = 0; i < 1500; i++) {
        const socket = net.connect(Number(port), hostname);
        socket.on('error', () => {});
        socket.write('POST /api/packages HTTP/1.1\r\nHost: x\r\nX-Half: ');
        sockets.push(socket);
        if (i % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
      }
      await until('somebody else is let in', async () => {
        const other = net.connect(Number(port), hostname);
        let answer = '';
        other.on('data', (chunk) => (answer += chunk)).on('error', () => {});
        other.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
        await new Promise((resolve) => other.on('close', resolve));
        return answer.startsWith('HTTP/1.1 200 ');
      });
      for (const socket of sockets.splice(0)) socket.destroy();
    });
  });

  test('TLS handshakes that never begin', async () => {
    const { certFile, keyFile } = authority.issue('server');
    const meter = await start('--tls-certificate', certFile, '--tls-key', keyFile, '--handshake-timeout', '2');
    const { port } = new URL(server.url);
    let closed = 0;
    for (let i = 0; i < 500; i++) {
      const socket = net.connect(Number(port), '127.0.0.1');
      socket.on('error', () => {}).on('close', () => closed++);
      sockets.push(socket);
    }
    await until('all are closed', () => closed === 500);
    assert.ok(meter.peak < 200, `${meter.peak}`);
    await until('the memory comes back', () => meter.now < 120);
  });
});
