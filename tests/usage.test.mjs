// usage.test.mjs – what client apps were used for: counts over time and the log of calls, from one node and from two.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { SessionClient, apiToken, appsPath, assertError, createApp, createSender, tokenPath } from './lib/callers.mjs';
import { tamper } from './lib/tamper.mjs';

const summaryPath = '/api/account/authentication/clientAppsUsage';
const usageOf = async (owner, app, query = '') => (await owner.get(`${appsPath}/${app.clientId}/usage${query}`)).body;
const callsOf = async (owner, app, query = '') => (await owner.get(`${appsPath}/${app.clientId}/calls${query}`)).body;
const callCount = ({ successful, redirection, clientError, serverError }) => successful + redirection + clientError + serverError;
/** Until so many calls are written: that takes a few seconds. */
const written = (owner, app, count) => until(`${count} calls`, async () => {
  const { total } = await usageOf(owner, app);
  return callCount(total) >= count && total;
}, 15000);

for (const engine of engines) {
  describe(`usage of client apps on ${engine}`, { concurrency: true }, () => {
    let installation, account, server, owner, nobody;
    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      server = await Server.start(installation, ['--trusted-proxies', '127.0.0.0/8']);
      owner = Client.withKey(server, account);
      nobody = new Client(server);
    });
    after(async () => {
      await server.stop();
      installation.remove();
    });

    test('calls and tokens are counted by class of status, and each call is logged', async () => {
      const app = await createApp(owner, { name: 'Busy', scopes: ['package.read', 'user.read'] });
      const token = await apiToken(server, app);
      await apiToken(server, app);
      const from = (address, method, path) => token.request(method, path, undefined, { 'x-forwarded-for': address });
      await from('198.51.100.1', 'GET', '/api/packages?search=secret');
      await from('198.51.100.2', 'GET', '/api/packages/secretsecre');
      await from('198.51.100.3', 'DELETE', '/api/packages/secretsecre'); // not within its scopes
      await from('=1+1', 'GET', '/api/session');
      assert.deepEqual(await written(owner, app, 4), { successful: 2, redirection: 0, clientError: 2, serverError: 0, tokens: 2, notLogged: 0 });

      const { interval, series } = await usageOf(owner, app);
      assert.deepEqual([interval, series.length, callCount(series.at(-1)) + callCount(series.at(-2))], ['DAY', 30, 4]);
      assert.match(series.at(-1).date, /T00:00:00\.000Z$/);
      const hours = await usageOf(owner, app, '?days=2&interval=HOUR');
      assert.deepEqual([hours.interval, hours.series.length, callCount(hours.total), hours.total.tokens], ['HOUR', 48, 4, 2]);
      const { results, days } = (await owner.get(summaryPath)).body;
      const summary = results.find(({ clientId }) => clientId === app.clientId);
      const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);
      assert.deepEqual([days, summary.clientId, sum(summary.calls), sum(summary.errors), sum(summary.tokens)], [30, app.clientId, 4, 2, 2]);

      const { count, results: calls } = await callsOf(owner, app);
      assert.equal(count, 4);
      assert.deepEqual(calls.map(({ number, method, route, status, address }) => [number, method, route, status, address]), [
        [4, 'GET', '/api/session', 200, '127.0.0.1'],
        [3, 'DELETE', '/api/packages/{packageId}', 403, '198.51.100.3'],
        [2, 'GET', '/api/packages/{packageId}', 404, '198.51.100.2'],
        [1, 'GET', '/api/packages', 200, '198.51.100.1'],
      ]);
      for (const call of calls) {
        assert.ok(Math.abs(Date.parse(call.date) - Date.now()) < 60000);
        assert.ok(call.durationMs > 0 && call.requestId > 0);
      }
      assert.ok(!JSON.stringify(calls).includes('secretsecre'));
    });

    test('the log is filtered, paged and exported', async () => {
      const app = await createApp(owner, { name: 'Exported' });
      const token = await apiToken(server, app);
      for (let i = 0; i < 12; i++) await token.get('/api/packages');
      for (let i = 0; i < 3; i++) await token.get('/api/packages/nothing');
      assertError(await token.post('/api/packages', {}), 400);
      await written(owner, app, 16);
      for (const [query, expected] of [['', 16], ['?status=4xx', 4], ['?status=404', 3], ['?status=2xx', 12], ['?status=5xx', 0], ['?method=POST', 1], ['?method=POST&status=2xx', 0], [`?until=${new Date(Date.now() - 3600000).toISOString()}`, 0], [`?since=${new Date(Date.now() - 3600000).toISOString()}`, 16]]) {
        assert.equal((await callsOf(owner, app, query)).count, expected, query);
      }
      const pages = [await callsOf(owner, app), await callsOf(owner, app, '?from=11&to=20')];
      assert.deepEqual(pages.flatMap(({ results }) => results.map(({ number }) => number)), Array.from({ length: 16 }, (_, i) => 16 - i));
      for (const query of ['status=6xx', 'status=x', 'status=1000', 'method=get', 'since=soon', 'from=0', 'to=101']) {
        assertError(await owner.get(`${appsPath}/${app.clientId}/calls?${query}`), 400, 'error.validation.invalidField');
      }
      for (const query of ['days=0', 'days=31', 'interval=WEEK']) assertError(await owner.get(`${appsPath}/${app.clientId}/usage?${query}`), 400, 'error.validation.invalidField');

      const exported = (query) => owner.get(`${appsPath}/${app.clientId}/calls/export${query}`);
      const csv = await exported('?format=csv&status=4xx');
      assert.match(csv.headers.get('content-type'), /^text\/csv; charset=utf-8/);
      const [head, ...lines] = csv.bytes.toString().trimEnd().split('\r\n');
      assert.equal(head, 'number,date,method,route,status,durationMs,address,requestId');
      assert.equal(lines.length, 4);
      assert.match(lines[0], /^16,20\d\d-\S+Z,POST,\/api\/packages,400,[\d.]+,127\.0\.0\.1,\d+$/);
      assert.ok(lines.every((line) => line.split(',').every((cell) => !/^["']?[=+\-@\t]/.test(cell))));
      const json = await exported('');
      assert.equal(json.headers.get('content-type'), 'application/x-ndjson');
      assert.deepEqual(json.bytes.toString().trimEnd().split('\n').map((line) => JSON.parse(line)), [...pages[0].results, ...pages[1].results]);
      assertError(await exported('?format=xml'), 400, 'error.validation.invalidField');
    });

    test('what an app\'s networks, rate and rights refuse is logged, and is no use of it', async () => {
      const bound = await createApp(owner, { name: 'Bound', networks: ['192.0.2.0/24'], rateLimit: 2, readOnly: true });
      const { body } = await nobody.request('POST', tokenPath, { clientId: bound.clientId, secret: bound.secret, type: 'OWNER' }, { 'x-forwarded-for': '192.0.2.9' });
      const token = new Client(server, `Bearer ${body.accessToken}`);
      const from = (address, method = 'GET', path = '/api/packages') => token.request(method, path, undefined, { 'x-forwarded-for': address });
      assertError(await from('198.51.100.66'), 403, 'error.forbidden.addressNotAllowed');
      assertError(await from('192.0.2.7', 'DELETE', '/api/packages/nothing'), 403, 'error.forbidden.readOnly');
      const answers = await Promise.all(Array.from({ length: 10 }, () => from('192.0.2.7')));
      const refused = answers.filter(({ status }) => status === 429).length;
      assert.ok(refused > 0);
      const total = await written(owner, bound, 12);
      assert.equal(total.clientError, 2 + refused);
      assert.equal((await callsOf(owner, bound, '?status=429')).count, refused);
      assert.equal((await callsOf(owner, bound, '?status=403')).count, 2);
      const stored = (await owner.get(`${appsPath}/${bound.clientId}`)).body;
      assert.deepEqual([stored.calls, stored.lastUsedAddress], [10 - refused, '192.0.2.7']);
    });

    test('of a flood some calls are logged and all are counted; nobody else\'s are lost', async () => {
      const [flood, quiet] = [await createApp(owner, { name: 'Flood' }), await createApp(owner, { name: 'Quiet' })];
      const [many, few] = [await apiToken(server, flood), await apiToken(server, quiet)];
      for (let i = 0; i < 20; i++) await Promise.all(Array.from({ length: 50 }, () => many.get('/api/notifications/eventTypes')));
      await many.get('/api/packages/nothing');
      await few.get('/api/packages');
      const total = await written(owner, flood, 1001);
      assert.deepEqual([total.successful, total.clientError], [1000, 1]);
      const { count } = await callsOf(owner, flood);
      assert.equal(count + total.notLogged, 1001);
      assert.ok(total.notLogged > 0 && count >= 100, `${count} logged`);
      assert.equal((await callsOf(owner, flood, '?status=404')).count, 1);
      assert.equal((await written(owner, quiet, 1)).notLogged, 0);
      assert.equal((await callsOf(owner, quiet)).count, 1);
    });

    test('the newest 10,000 calls are kept, and no cell of an export is a formula', async () => {
      const app = await createApp(owner, { name: 'Long' });
      const token = await apiToken(server, app);
      for (let i = 0; i < 5; i++) await token.get('/api/packages');
      await written(owner, app, 5);
      // As after many more calls; and with what no address can be, should one ever get in.
      tamper(installation, `UPDATE client_app SET calls_logged = 10003 WHERE client_id = '${app.clientId}'`);
      tamper(installation, `UPDATE client_app_call SET address = '=HYPERLINK("http://evil.example")', method = '@' WHERE client_id = '${app.clientId}'`);
      await token.get('/api/packages');
      await written(owner, app, 6);
      assert.deepEqual((await callsOf(owner, app)).results.map(({ number }) => number), [10004, 5]);
      const csv = (await owner.get(`${appsPath}/${app.clientId}/calls/export?format=csv`)).bytes.toString();
      assert.match(csv, /\r\n5,[^,]+,"'@",\/api\/packages,200,[\d.]+,"'=HYPERLINK\(""http:\/\/evil\.example""\)",\d+\r\n$/);
    });

    test('a stream counts when it begins, and so do calls of sessions that an app has opened', async () => {
      const app = await createApp(owner, { name: 'Opener' });
      const token = await apiToken(server, app);
      const stream = new AbortController();
      const response = await fetch(`${server.url}/api/notifications/events/stream`, { headers: { authorization: token.authorization }, signal: stream.signal });
      assert.equal(response.status, 200);
      const { body: opened } = await token.post('/api/sessions');
      assert.equal((await new SessionClient(server, opened.sessionToken).get('/api/packages')).status, 200);
      await written(owner, app, 3);
      assert.deepEqual((await callsOf(owner, app)).results.map(({ method, route }) => `${method} ${route}`).sort(), ['GET /api/notifications/events/stream', 'GET /api/packages', 'POST /api/sessions']);
      stream.abort();
    });

    test('the last use of an old secret is known with its address', async () => {
      const app = await createApp(owner, { name: 'Renewed' });
      await owner.post(`${appsPath}/${app.clientId}/regenerate-secret`, { overlapSeconds: 3600 });
      await nobody.request('POST', tokenPath, { clientId: app.clientId, secret: app.secret, type: 'OWNER' }, { 'x-forwarded-for': '203.0.113.7' });
      const stored = async () => (await owner.get(`${appsPath}/${app.clientId}`)).body;
      await until('it is stored', async () => (await usageOf(owner, app)).total.tokens === 1, 15000);
      assert.equal((await stored()).oldSecretLastUsedAddress, '203.0.113.7');
      await owner.post(`${appsPath}/${app.clientId}/retire-secret`);
      assert.equal((await stored()).oldSecretLastUsedAddress, undefined);
    });

    test('who may manage client apps sees it, of this account only, and after an app was revoked', async () => {
      const app = await createApp(owner, { name: 'Leaky' });
      await (await apiToken(server, app)).get('/api/packages');
      await written(owner, app, 1);
      const other = Client.withKey(server, await createAccount(installation, 'other@usage.example'));
      const sender = await createSender(owner, 'sender@usage.example');
      const asSender = await apiToken(server, await createApp(owner, { name: 'For a sender' }), sender.email);
      for (const what of ['usage', 'calls', 'calls/export']) {
        assertError(await other.get(`${appsPath}/${app.clientId}/${what}`), 404, 'error.notFound.clientAppNotFound');
        assertError(await asSender.get(`${appsPath}/${app.clientId}/${what}`), 403);
        assertError(await nobody.get(`${appsPath}/${app.clientId}/${what}`), 401);
      }
      assert.deepEqual((await other.get(summaryPath)).body.results, []);
      assertError(await asSender.get(summaryPath), 403);
      await owner.delete(`${appsPath}/${app.clientId}`);
      assert.equal((await callsOf(owner, app)).count, 1);
      assert.ok(!(await owner.get(summaryPath)).body.results.some(({ clientId }) => clientId === app.clientId));
    });
  });
}

test('two nodes add up', { skip: !engines.includes('postgresql') }, async () => {
  const installation = freshInstallation('postgresql');
  const account = await createAccount(installation);
  const folder = mkdtempSync(join(tmpdir(), 'greffier-node-'));
  copyFileSync(join(installation.data, 'greffier.key'), join(folder, 'greffier.key'));
  const database = installation.settings[installation.settings.indexOf('--database') + 1];
  const nodes = [await Server.start(installation), await Server.start({ settings: ['--data', folder, '--database', database] })];
  const owner = Client.withKey(nodes[0], account);
  const app = await createApp(owner);
  for (const node of nodes) {
    const token = await apiToken(node, app);
    for (let i = 0; i < 7; i++) assert.equal((await token.get('/api/packages')).status, 200);
  }
  const total = await written(owner, app, 14);
  assert.deepEqual([total.successful, total.tokens], [14, 2]);
  const { count, results } = await callsOf(owner, app, '?to=100');
  assert.equal(count, 14);
  assert.deepEqual(results.map(({ number }) => number), Array.from({ length: 14 }, (_, i) => 14 - i));
  assert.equal((await owner.get(`${appsPath}/${app.clientId}`)).body.calls, 14);
  for (const node of nodes) await node.stop();
  rmSync(folder, { recursive: true });
  installation.remove();
});

for (const engine of engines) {
  test(`what was counted is written when the server stops, and deleted after 30 days (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    let server = await Server.start(installation);
    const app = await createApp(Client.withKey(server, account));
    await (await apiToken(server, app)).get('/api/packages');
    await server.stop();
    server = await Server.start(installation);
    let owner = Client.withKey(server, account);
    assert.deepEqual([(await usageOf(owner, app)).total.successful, (await usageOf(owner, app)).total.tokens, (await callsOf(owner, app)).count], [1, 1, 1]);
    await server.stop();
    const days = 31 * 86400 * 1000000;
    tamper(installation, `UPDATE client_app_call SET at_us = at_us - ${days}`);
    tamper(installation, `UPDATE client_app_use SET start_us = start_us - ${days}`);
    server = await Server.start(installation);
    owner = Client.withKey(server, account);
    await until('it is deleted', async () => (await callsOf(owner, app)).count === 0);
    await server.stop();
    tamper(installation, `UPDATE client_app_use SET start_us = start_us + ${days}`);
    server = await Server.start(installation);
    assert.equal((await usageOf(Client.withKey(server, account), app)).total.successful, 0);
    await server.stop();
    installation.remove();
  });
}
