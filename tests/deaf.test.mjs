// deaf.test.mjs – a node that cannot hear the others asks the database at each use of a credential.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { accessToken, apiToken, appsPath, createApp, form } from './lib/callers.mjs';

const skip = engines.includes('postgresql') ? false : 'no PostgreSQL here';

/** Stands between a server and its database. `freeze()`: nothing passes any more on the connection that listens, nor on new ones
 *  that would, and none of them is closed. */
async function databaseProxy(uri) {
  const { hostname, port } = new URL(uri);
  const sockets = new Set();
  const listening = new Set();
  let frozen = false;
  const server = createServer((client) => {
    const database = connect(Number(port), hostname);
    const pair = [client, database];
    for (const socket of pair) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => pair.forEach((each) => each.destroy()));
    }
    client.on('data', (data) => {
      if (data.includes('LISTEN greffier')) listening.add(pair);
      if (frozen && listening.has(pair)) return pair.forEach((socket) => socket.pause());
      database.write(data);
    });
    database.on('data', (data) => client.write(data));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(uri);
  through.port = server.address().port;
  return {
    uri: through.href,
    freeze() {
      assert.equal(listening.size, 1, 'one connection listens');
      frozen = true;
      for (const socket of [...listening].flat()) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const socket of [...listening].flat()) socket.resume();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('a node that cannot hear the others asks the database at each use', { skip }, async (t) => {
  const installation = freshInstallation('postgresql');
  const account = await createAccount(installation);
  const folder = mkdtempSync(join(tmpdir(), 'greffier-deaf-'));
  copyFileSync(join(installation.data, 'greffier.key'), join(folder, 'greffier.key'));
  const proxy = await databaseProxy(installation.settings[installation.settings.indexOf('--database') + 1]);
  const first = await Server.start(installation);
  const second = await Server.start({ settings: ['--data', folder, '--database', proxy.uri] });
  t.after(async () => {
    await first.stop();
    await second.stop();
    await proxy.stop();
    rmSync(folder, { recursive: true });
    installation.remove();
  });
  const owner = Client.withKey(first, account);
  const status = async (client) => (await client.get('/api/session')).status;
  const apps = [await createApp(owner), await createApp(owner), await createApp(owner)];
  const [ends, revoked] = [await apiToken(second, apps[0]), await accessToken(second, apps[1])];
  const stays = await apiToken(second, apps[2]);
  for (const client of [ends, revoked, stays]) assert.equal(await status(client), 200);

  proxy.freeze();
  await owner.delete(`${appsPath}/${apps[0].clientId}`);
  assert.equal((await form(first, '/oauth2/revoke', { token: revoked.authorization.replace('Bearer ', ''), client_id: apps[1].clientId, client_secret: apps[1].secret })).status, 200);
  await sleep(1300); // it has heard nothing for a second, and a new connection would not listen either
  assert.deepEqual([await status(ends), await status(revoked), await status(stays)], [401, 401, 200]);

  proxy.thaw();
  const { body: token } = await form(second, '/oauth2/token', { grant_type: 'client_credentials', client_id: apps[2].clientId, client_secret: apps[2].secret });
  assert.ok(token.access_token);
  await owner.delete(`${appsPath}/${apps[2].clientId}`);
  await until('it hears again', async () => (await status(stays)) === 401, 2000);
});

test('a node whose listening connection is silent for good finds another, and stops when it is told to', { skip }, async (t) => {
  const installation = freshInstallation('postgresql');
  const account = await createAccount(installation);
  const proxy = await databaseProxy(installation.settings[installation.settings.indexOf('--database') + 1]);
  const server = await Server.start({ settings: ['--data', installation.data, '--database', proxy.uri] });
  t.after(async () => {
    await proxy.stop();
    installation.remove();
  });
  proxy.freeze();
  await until('it gives the connection up', () => /listener's connection to PostgreSQL is lost/.test(server.log), 15000);
  assert.equal((await Client.withKey(server, account).get('/api/session')).status, 200);
  await server.stop();
});
