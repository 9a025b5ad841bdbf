// pools.test.mjs – work that is long by design has threads and a queue of its own, and holds up no other call.
// Runs alone: it measures time or load (scripts/run-scenarios).
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { assertError } from './lib/callers.mjs';

const strangers = 40;
const appends = 64;
const batch = JSON.stringify({ events: Array.from({ length: 200 }, (_, i) => ({ name: 'PACKAGE_CREATE', packageId: `${'package-'.repeat(12)}${i}` })) });

/** Sign-ins from as many addresses at once: [{settled, answer}]. */
function crowd(server) {
  const nobody = new Client(server);
  return Array.from({ length: strangers }, (_, i) => {
    const one = { settled: false };
    const headers = { 'x-forwarded-for': `198.51.100.${i}`, connection: 'close' };
    one.answer = nobody.post('/api/session', { email: `stranger-${i}@elsewhere.example`, password: 'wrong password' }, headers).finally(() => (one.settled = true));
    return one;
  });
}

for (const engine of engines) {
  describe(`pools on ${engine}`, () => {
    let installation, account, neighbour, server;
    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      neighbour = await createAccount(installation); // before the server: each account that is made empties its memory of credentials
    });
    after(() => installation.remove());

    async function serve(settings, body) {
      server = await Server.start(installation, ['--trusted-proxies', '127.0.0.1', '--password-workers', '1', ...settings]);
      try {
        await body(Client.withKey(server, account));
      } finally {
        await server.stop();
      }
    }

    test('a crowd that signs in does not stand before a call of the API', () =>
      serve(['--workers', '1'], async (owner) => {
        const signIns = crowd(server);
        await Promise.race(signIns.map((one) => one.answer)); // all are on their way, the first is through
        assert.equal((await owner.get('/api/packages')).status, 200);
        const waiting = signIns.filter((one) => !one.settled).length;
        assert.ok(waiting > strangers / 2, `${waiting} of ${strangers} sign-ins wait after the call was answered`);
        for (const one of signIns) assertError(await one.answer, 401, 'error.unauthorised.invalidCredentials');
      }));

    test('what one address has too much of is refused before it stands in the queue', () =>
      serve(['--token-rate', '50', '--password-queue-limit', '1'], async () => {
        const nobody = new Client(server);
        const attempt = (address, i) => nobody.post('/api/session', { email: `flood-${i}@elsewhere.example`, password: 'wrong password' }, { 'x-forwarded-for': address });
        // Ten may come at once, two of which find room: without the limit nearly all would be told that the queue is full.
        const began = Date.now();
        const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => attempt('198.51.100.200', i)));
        const allowed = 10 + 5 * Math.ceil((Date.now() - began) / 1000); // five a second, and two seconds' worth at first
        const limited = answers.filter((answer) => answer.status === 429);
        assert.ok(limited.length >= 60 - allowed, `${limited.length} of 60, ${allowed} allowed`);
        for (const answer of limited) assert.ok(Number(answer.headers.get('retry-after')) >= 1);
        assertError(await attempt('198.51.100.201', 0), 401);
      }));

    test("an account's many appends delay another account's call by one of them", () =>
      serve(['--workers', '1'], async (owner) => {
        const other = Client.withKey(server, await createAccount(installation));
        for (const client of [owner, other]) assert.equal((await client.get('/api/packages')).status, 200);
        const waiting = new Set();
        const crowd = Array.from({ length: appends }, (_, i) => {
          waiting.add(i);
          return owner.request('POST', '/api/notifications/events', batch, { 'content-type': 'application/json' }).finally(() => waiting.delete(i));
        });
        await Promise.race(crowd); // the first is through, and the others have come
        const before = waiting.size;
        assert.equal((await other.get('/api/packages')).status, 200);
        assert.ok(waiting.size > appends / 2, `${before} appends waited before the call, ${waiting.size} after it`);
        for (const answer of await Promise.all(crowd)) assert.equal(answer.status, 200);
      }));

    test("a queue that one account's calls fill has room for another account's", () =>
      serve(['--export-queue-limit', '2'], async (owner) => {
        const other = Client.withKey(server, neighbour);
        for (let i = 0; i < 20; i++) assert.equal((await owner.request('POST', '/api/notifications/events', batch, { 'content-type': 'application/json' })).status, 200);
        const path = '/api/notifications/manifests';
        const call = (client, agent, to = path) => new Promise((resolve, reject) => {
          request(server.url + to, { agent, headers: { authorization: client.authorization } }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode))).on('error', reject).end();
        });
        const shared = () => new Agent({ keepAlive: true, maxSockets: 1 });
        const seen = { 200: 0, 503: 0 };
        let over = false;
        assert.equal((await other.get('/api/packages')).status, 200); // the credential is in the memory then
        // Whoever calls is known by the credential: here the connection's last call is always another account's, as behind a proxy.
        const crowd = Array.from({ length: 30 }, async () => {
          const agent = shared();
          while (!over) {
            seen[await call(owner, agent)]++;
            assert.equal(await call(other, agent, '/api/packages'), 200);
          }
          agent.destroy();
        });
        await until('the queue is full', () => seen[503] > 100);
        const agent = shared();
        const statuses = [];
        for (let i = 0; i < 10; i++) {
          statuses.push(await call(other, new Agent()));
          await call(owner, agent);
          statuses.push(await call(other, agent));
        }
        over = true;
        await Promise.all(crowd);
        agent.destroy();
        assert.deepEqual(statuses, Array(20).fill(200), JSON.stringify(seen));
      }));

    test('beyond the queue of passwords the answer is 503 with Retry-After, and other calls are served', () =>
      serve(['--password-queue-limit', '1'], async (owner) => {
        const answers = await Promise.all(crowd(server).map((one) => one.answer));
        const refused = answers.filter((answer) => answer.status === 503);
        assert.ok(refused.length > 0, 'the queue was full');
        for (const answer of refused) {
          assertError(answer, 503, 'error.unavailable.overloaded');
          assert.ok(Number(answer.headers.get('retry-after')) >= 1);
        }
        assert.match(server.log, /password-queue-limit/);
        assert.equal((await owner.get('/api/packages')).status, 200);
      }));
  });
}
