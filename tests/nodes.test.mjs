// nodes.test.mjs – two nodes on one PostgreSQL database: they share the work, and hear of each other's changes.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { Receiver } from './lib/receiver.mjs';
import { Recorder, check } from './lib/checker.mjs';
import { connect, createServer } from 'node:net';
import { generateKeyPair, exportJWK, SignJWT } from 'jose';
import { SessionClient, accessToken, apiToken, appsPath, createApp, createSender, form, signIn } from './lib/callers.mjs';

/** A node, and another one that `join` starts. */
async function alone(extra = []) {
  const installation = freshInstallation('postgresql');
  const account = await createAccount(installation);
  const folder = mkdtempSync(join(tmpdir(), 'greffier-node-'));
  copyFileSync(join(installation.data, 'greffier.key'), join(folder, 'greffier.key'));
  const database = installation.settings[installation.settings.indexOf('--database') + 1];
  const nodes = [await Server.start(installation, extra)];
  return {
    account,
    first: nodes[0],
    async join() {
      nodes.push(await Server.start({ settings: ['--data', folder, '--database', database] }, extra));
      return nodes[1];
    },
    /** Ends those that have not been killed. */
    async end() {
      for (const node of nodes) if (!node.child.killed) await node.stop();
      rmSync(folder, { recursive: true });
      installation.remove();
    },
  };
}

async function pair(extra = []) {
  const nodes = await alone(extra);
  return { ...nodes, second: await nodes.join() };
}

const skip = engines.includes('postgresql') ? false : 'no PostgreSQL here';

test('a revocation on one node is known on the other within a second', { skip }, async () => {
  const { account, first, second, end } = await pair();
  const here = Client.withKey(first, account);
  const { body: app } = await here.post('/api/account/authentication/clientApps', { name: 'Both' });
  const { body: token } = await new Client(second).post('/apitoken/clientApp/accessToken', { clientId: app.clientId, secret: app.secret, type: 'OWNER' });
  const there = new Client(second, `Bearer ${token.accessToken}`);
  assert.equal((await there.get('/api/packages')).status, 200);
  await here.delete(`/api/account/authentication/clientApps/${app.clientId}`);
  await until('the refusal', async () => (await there.get('/api/packages')).status === 401, 1000);
  await end();
});

test('what changes about access on one node holds on the other within a second', { skip }, async () => {
  const { account, first, second, end } = await pair();
  const here = Client.withKey(first, account);
  const app = await createApp(here);
  const sam = await createSender(here, 'sam@nodes.example');
  const there = {
    token: await apiToken(second, app),
    jwt: await accessToken(second, app),
    sender: await apiToken(second, app, sam.email),
    session: await signIn(second, account.email, account.password),
  };
  const status = async (caller) => (await caller.get('/api/session')).status;
  const within = (what, caller, wanted) => until(what, async () => (await status(caller)) === wanted, 1000);
  for (const caller of Object.values(there)) assert.equal(await status(caller), 200);
  // A session of one node is good on the other, and so is a token.
  assert.equal(await status(new SessionClient(first, there.session.session)), 200);
  assert.equal(await status(new Client(first, there.jwt.authorization)), 200);

  await here.post(`/api/account/senders/${sam.id}`, { status: 'LOCKED' });
  await within('the locked sender is refused', there.sender, 401);
  await form(first, '/oauth2/revoke', { token: there.jwt.authorization.slice(7), client_id: app.clientId, client_secret: app.secret });
  await within('the revoked token is refused', there.jwt, 401);
  await here.put('/api/account/authentication/settings', { authenticationMethod: 'OAUTH2_CLIENT_CREDENTIALS' });
  await within('the method is refused', there.token, 401);
  await (await accessToken(first, app)).put('/api/account/authentication/settings', { authenticationMethod: 'ALL' });
  await within('the method is accepted', there.token, 200);
  await here.post(`${appsPath}/${app.clientId}/regenerate-secret`, { overlapSeconds: 60 });
  assert.equal(await status(there.token), 200);
  await here.post(`${appsPath}/${app.clientId}/regenerate-secret`);
  await within("the old secret's token is refused", there.token, 401);
  await here.delete('/api/sessions');
  await within('the session is over', there.session, 401);
  await end();
});

test('an assertion is good once, whichever node sees it', { skip }, async () => {
  const { account, first, second, end } = await pair();
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const app = await createApp(Client.withKey(first, account), { name: 'Signs', publicKeys: { keys: [await exportJWK(publicKey)] } });
  const assertion = async (server) => new SignJWT({ iss: app.clientId, sub: app.clientId, aud: `${server.url}/oauth2/token`, jti: 'the one', exp: Math.floor(Date.now() / 1000) + 60 }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
  const send = async (server) => (await form(server, '/oauth2/token', { grant_type: 'client_credentials', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: await assertion(server) })).status;
  assert.equal(await send(first), 200);
  assert.equal(await send(second), 401);
  await end();
});

const changes = ['PACKAGE_CREATE', 'PACKAGE_TRASH', 'PACKAGE_RESTORE'];

/** Packages that are created, trashed and restored, on one node and the other by turns, several at a time. */
async function changePackages(clients, count, width = 8) {
  let next = 0;
  const work = async () => {
    while (next < count) {
      const i = next++;
      const turn = (n) => clients[(i + n) % clients.length];
      const { body } = await turn(0).post('/api/packages', { name: `Shared ${i}` });
      await turn(1).post(`/api/packages/${body.id}`, { trashed: true });
      await turn(2).post(`/api/packages/${body.id}`, { trashed: false });
    }
  };
  await Promise.all(Array.from({ length: width }, work));
}

const isQuiet = (client) => until('a quiet queue', async () => (await client.get('/api/notifications/deliveries?state=PENDING&to=1')).body.count === 0, 60000);

test('both nodes accept, both deliver, nothing is sent twice, and order holds', { skip }, async () => {
  const { account, first, second, end } = await pair();
  const recorder = await Recorder.start('shared');
  const clients = [Client.withKey(first, account), Client.withKey(second, account)];
  await clients[0].post('/api/notifications/endpoints', { url: recorder.url, events: changes });
  await changePackages(clients, 60);
  await until('all deliveries', () => recorder.receipts.length >= 180);
  await isQuiet(clients[0]);
  const { status, out } = await check(second.url, `Basic ${account.apiKey}`, [recorder]);
  assert.equal(status, 0, out);
  assert.match(out, /^180 events, 1 endpoints, 180 receipts: 0 refused by their receiver, 0 duplicates/);
  assert.equal(recorder.receipts.length, 180);
  await recorder.stop();
  await end();
});

test('two nodes under load, receivers that fail, replays on both, and one node dies: all arrives, in order', { skip }, async () => {
  const { account, first, second, end } = await pair(['--retry-scale', '500']);
  const recorders = await Promise.all([
    Recorder.start('steady', () => sleep(2, 200)),
    Recorder.start('failing', () => (Math.random() < 0.2 ? 503 : 200)),
  ]);
  const clients = [Client.withKey(first, account), Client.withKey(second, account)];
  const endpoints = [];
  const retryWaits = Array(20).fill(5); // no long tail
  for (const { url } of recorders) endpoints.push((await clients[0].post('/api/notifications/endpoints', { url, events: changes, retryWaits })).body.id);
  await changePackages(clients, 50);
  for (const [i, client] of clients.entries()) assert.equal((await client.post('/api/notifications/replays', { endpointId: endpoints[i], rate: 500 })).status, 200);
  const more = changePackages([clients[1]], 50);
  await sleep(150);
  await first.kill();
  await more;
  await until('the replays are over', async () => (await clients[1].get('/api/notifications/replays')).body.results.every((replay) => replay.state === 'DONE'));
  await isQuiet(clients[1]);
  const { status, out } = await check(second.url, `Basic ${account.apiKey}`, recorders);
  assert.equal(status, 0, out);
  assert.match(out, /^300 events, 2 endpoints/);
  assert.doesNotMatch(first.log + second.log, /refuses|deadlock|retried shortly/);
  for (const recorder of recorders) await recorder.stop();
  await end();
});

test('one account appends at both nodes for many endpoints, and one dies in the middle: the other goes on, once and in order', { skip }, async () => {
  const { account, first, second, end } = await pair();
  const recorder = await Recorder.start('shared');
  const clients = [Client.withKey(first, account), Client.withKey(second, account)];
  const endpoints = [];
  for (let i = 0; i < 12; i++) endpoints.push((await clients[0].post('/api/notifications/endpoints', { url: recorder.url, events: ['DOCUMENT_SIGNED'] })).body.id);
  const last = endpoints.sort().at(-1);
  const batch = { events: Array.from({ length: 120 }, (_, i) => ({ name: 'DOCUMENT_SIGNED', packageId: `pkg-${i % 5}` })) };
  const appended = await Promise.all([...clients, ...clients].map((client) => client.post('/api/notifications/events', batch)));
  const events = appended.flatMap(({ status, body }) => {
    assert.equal(status, 200);
    return body.events.map(({ sequence }) => sequence);
  });
  assert.deepEqual(events.sort((a, b) => a - b), Array.from({ length: 480 }, (_, i) => i + 1));
  const made = async (endpoint) => (await clients[1].get(`/api/notifications/deliveries?endpointId=${endpoint}&to=1`)).body.count;
  await until('a part of it is made', async () => (await made(last)) > 0);
  assert.ok((await made(last)) < events.length, 'the fan-out is under way');
  await first.kill();
  await until('all of it is made', async () => (await made(last)) === events.length, 60000);
  for (const endpoint of endpoints) assert.equal(await made(endpoint), events.length);
  await isQuiet(clients[1]);
  const { status, out } = await check(second.url, `Basic ${account.apiKey}`, [recorder]);
  assert.equal(status, 0, out);
  assert.match(out, /^480 events, 12 endpoints/);
  assert.doesNotMatch(first.log + second.log, /refuses|deadlock|retried shortly/);
  await recorder.stop();
  await end();
});

/** Stands between a server and its database. `cut()`: the ledger's next COMMIT reaches the database, and its answer does not come
 *  back; resolves then. */
async function databaseProxy(uri) {
  const { hostname, port } = new URL(uri);
  let wanted;
  const sockets = new Set();
  const server = createServer((client) => {
    const database = connect(Number(port), hostname);
    let isLedgers = false;
    let committing = false;
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => { client.destroy(); database.destroy(); });
    }
    client.on('data', (data) => {
      isLedgers ||= data.includes('pg_advisory_lock_shared'); // it stands for its node
      committing = Boolean(isLedgers && wanted && data.includes('COMMIT\0'));
      database.write(data);
    });
    database.on('data', (data) => {
      if (!committing) return client.write(data);
      assert.ok(data.includes('COMMIT'), 'it is committed');
      const resolve = wanted;
      wanted = undefined;
      client.destroy();
      resolve();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(uri);
  through.port = server.address().port;
  return {
    uri: through.href,
    cut: () => new Promise((resolve) => (wanted = resolve)),
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('a commit whose answer is lost holds nothing up', { skip }, async () => {
  const installation = freshInstallation('postgresql');
  const account = await createAccount(installation);
  const proxy = await databaseProxy(installation.settings.at(-1));
  const server = await Server.start({ settings: ['--data', installation.data, '--database', proxy.uri] });
  const client = Client.withKey(server, account);
  let open;
  const gate = new Promise((resolve) => (open = resolve));
  const recorder = await Recorder.start('gated', () => gate.then(() => 200));
  await client.post('/api/notifications/endpoints', { url: recorder.url, events: changes });
  const { body: first } = await client.post('/api/packages', { name: 'First' });
  await until('the first is under way', () => recorder.receipts.length === 1);
  await client.post(`/api/packages/${first.id}`, { trashed: true });
  await sleep(200); // the ledger has looked, and has nothing to commit
  // The verdict on the first: stored, and the server cannot know.
  const verdict = proxy.cut();
  open();
  await verdict;
  await until('the next of its package', () => recorder.receipts.some((receipt) => receipt.body.includes('PACKAGE_TRASH')), 20000);
  // The claim of a second package, likewise.
  const claim = proxy.cut();
  const { body: second } = await client.post('/api/packages', { name: 'Second' });
  await claim;
  await until('the second package', () => recorder.receipts.some((receipt) => receipt.body.includes(second.id)), 20000);
  await isQuiet(client);
  const { status, out } = await check(server.url, `Basic ${account.apiKey}`, [recorder]);
  assert.equal(status, 0, out);
  await server.stop();
  await recorder.stop();
  await proxy.stop();
  installation.remove();
});

test("a dead node's work is taken over at once by one that lives", { skip }, async () => {
  const { account, first, join: joins, end } = await alone();
  const hole = createServer();
  await new Promise((resolve) => hole.listen(0, '127.0.0.1', resolve));
  const stalled = new Promise((resolve) => hole.once('connection', resolve));
  const here = Client.withKey(first, account);
  await here.post('/api/callback', { url: `http://127.0.0.1:${hole.address().port}/`, events: ['PACKAGE_CREATE'] });
  const { body } = await here.post('/api/packages', { name: 'Orphan' });
  const socket = await stalled;
  const receiver = await Receiver.start();
  const second = await joins();
  await Client.withKey(second, account).post('/api/callback', { url: receiver.url, events: ['PACKAGE_CREATE'] });
  // Its lease would last for minutes. Its connection to the database is gone at once.
  await first.kill();
  await until('the delivery', () => receiver.names(body.id).length === 1, 15000);
  socket.destroy();
  hole.close();
  await receiver.stop();
  await end();
});
