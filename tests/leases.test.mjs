// leases.test.mjs – two nodes on one PostgreSQL database: a node that has lost its connection sends nothing that another node may
// have sent meanwhile.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { addEndpoint, anyPackage, raise } from './lib/notifications.mjs';
import { Receiver } from './lib/receiver.mjs';

const skip = engines.includes('postgresql') ? false : 'no PostgreSQL here';

/** Ids of the database's processes that stand for a node (session_stand_for). */
const standing = (database) => sql(database, "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 1735550053 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").split('\n').filter(Boolean);
const sql = (database, text) => execFileSync('psql', ['-qAt', '-d', database, '-c', text], { encoding: 'utf8' });

/** An authorization server: the first request waits until it is released, all others are answered at once. */
async function slowAuthority() {
  const waiting = [];
  let requests = 0;
  const server = createServer((request, response) => {
    const answer = () => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"access_token":"t","token_type":"Bearer","expires_in":600}');
    request.resume();
    if (requests++ === 0) waiting.push(answer);
    else answer();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/token`,
    isAsked: () => requests > 0,
    release: () => waiting.forEach((answer) => answer()),
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

test('a delivery that waited for a token while its node lost its connection is not sent behind the later ones', { skip }, async (t) => {
  const installation = freshInstallation('postgresql');
  t.after(() => installation.remove());
  const account = await createAccount(installation);
  const database = installation.settings[installation.settings.indexOf('--database') + 1];
  const folder = mkdtempSync(join(tmpdir(), 'greffier-node-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const authority = await slowAuthority();
  t.after(() => authority.stop());
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const settings = ['--delivery-timeout', '30000'];
  const first = await Server.start(installation, settings);
  t.after(() => first.kill());
  const client = Client.withKey(first, account);
  copyFileSync(join(installation.data, 'greffier.key'), join(folder, 'greffier.key'));

  await addEndpoint(client, { name: 'Ordered', url: receiver.url, events: ['PACKAGE_CREATE'], authType: 'OAUTH2', oauthSetting: { clientId: 'c', clientSecret: 's', authorizationServerUrl: authority.url } });
  const packageId = anyPackage();
  for (const message of ['1', '2', '3']) await raise(client, packageId, 'PACKAGE_CREATE', { message });
  await until('the token request', authority.isAsked);
  const [firsts] = standing(database);
  const second = await Server.start({ settings: ['--data', folder, '--database', database] }, settings);
  t.after(() => second.kill());
  const seconds = standing(database).find((pid) => pid !== firsts);
  assert.ok(firsts && seconds, 'both stand for their nodes');

  // The first node loses its connection, and each one it makes, until the second has taken over.
  const order = () => receiver.received.map((notification) => notification.body.message);
  await until('the second node delivers all', () => {
    for (const pid of standing(database)) if (pid !== seconds) sql(database, `SELECT pg_terminate_backend(${pid})`);
    return order().length >= 3;
  }, 60000);
  authority.release();
  await until('the first node is back', async () => (await client.get('/api/packages')).status === 200);
  await sleep(1500); // what the first node would send, it sends at once
  assert.deepEqual(order(), ['1', '2', '3']);
});
