// operators.test.mjs – running the installation over HTTP: accounts, queues, mails, the system. An operator is a separate authority:
// nobody in an account has it, and it reads nothing that is an account's.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, run, until } from './lib/server.mjs';
import { accessToken, apiToken, appsPath, assertError, createApp, createSender, makeOperator, Mails, signIn } from './lib/callers.mjs';

const path = '/api/operator';
const endpoints = '/api/notifications/endpoints';

for (const engine of engines) {
  describe(`operators on ${engine}`, () => {
    let installation, account, server, owner, operator, credential;
    const change = (id, body) => operator.request('PATCH', `${path}/accounts/${id}`, body);
    const audit = async () => (await owner.get('/api/account/audit?from=1&to=100')).body.results;

    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation, 'Banque Éclair');
      server = await Server.start(installation);
      owner = Client.withKey(server, account);
      credential = await makeOperator(installation);
      operator = new Client(server, `Bearer ${credential}`);
    });
    after(async () => {
      await server.stop();
      installation.remove();
    });

    test('an operator signs in and out; nobody in an account is one, and an operator is in no account', async () => {
      const answer = await new Client(server).post(`${path}/session`, { credential });
      assert.equal(answer.status, 200);
      const cookie = answer.headers.get('set-cookie');
      assert.match(cookie, /^GREFFIER_OPERATOR=\S+; Path=\/api\/operator; HttpOnly; SameSite=Strict$/);
      assert.equal(answer.body.name, 'Night shift');
      assert.ok(answer.body.features.some(({ name, gives }) => name === 'oauth' && gives));
      const ask = (method, at, headers = {}) => new Client(server).request(method, at, method === 'GET' ? undefined : {}, { cookie: cookie.split(';')[0], ...headers });
      assert.equal((await ask('GET', `${path}/accounts`)).status, 200);
      assertError(await ask('POST', `${path}/mails/a/b/retry`, { 'sec-fetch-site': 'cross-site' }), 403, 'error.forbidden.crossSiteRequest');
      for (const at of ['/api/session', '/api/packages', '/api/account/audit', endpoints]) assertError(await ask('GET', at), 401);
      for (const at of ['/api/packages', '/api/account/audit']) assertError(await operator.get(at), 401);
      const person = await signIn(server, account.email, account.password);
      for (const at of ['accounts', 'queues', 'mails', 'system', 'session', `accounts/${account.accountId}`]) {
        assertError(await owner.get(`${path}/${at}`), 403);
        assertError(await person.get(`${path}/${at}`), 403);
        assertError(await new Client(server).get(`${path}/${at}`), 401);
      }
      assert.equal((await ask('DELETE', `${path}/session`)).status, 200);
      assertError(await ask('GET', `${path}/accounts`), 401);
      const { stdout } = await run(['audit', 'list', ...installation.settings]);
      const actions = stdout.trim().split('\n').map((line) => JSON.parse(line)).filter(({ actor }) => actor.id.startsWith('Night shift')).map(({ action, address }) => [action, address]);
      assert.deepEqual(actions, [['operator.sign_in', '127.0.0.1'], ['operator.sign_out', '127.0.0.1']]);
    });

    test('a credential that reports leaks only is none; one that is ended takes its sessions along', async () => {
      const reporter = await makeOperator(installation, 'Scanner', []);
      assertError(await new Client(server, `Bearer ${reporter}`).get(`${path}/accounts`), 403);
      assertError(await new Client(server).post(`${path}/session`, { credential: reporter }), 403);
      assertError(await new Client(server).post(`${path}/session`, { credential: credential.slice(0, -1) }), 401);
      const short = await makeOperator(installation, 'Leaver');
      const answer = await new Client(server).post(`${path}/session`, { credential: short });
      const cookie = answer.headers.get('set-cookie').split(';')[0];
      const ask = () => new Client(server).request('GET', `${path}/system`, undefined, { cookie });
      assert.equal((await ask()).status, 200);
      const list = JSON.parse((await run(['operator', 'list', '--json', ...installation.settings])).stdout);
      assert.deepEqual(list.map(({ name, manages }) => [name, manages]), [['Night shift', true], ['Scanner', false], ['Leaver', true]]);
      await run(['operator', 'end', '--id', list[2].id, ...installation.settings]);
      assertError(await ask(), 401);
      assertError(await new Client(server, `Bearer ${short}`).get(`${path}/system`), 401);
    });

    test('accounts are made, found and paged', async () => {
      const { body: made } = await operator.post(`${path}/accounts`, { name: 'Caisse du Nord', ownerEmail: `nord-${engine}@bank.example`, ownerFirstName: 'Ada' });
      assert.deepEqual([made.name, made.owner.firstName, made.owner.status, made.lockedDate], ['Caisse du Nord', 'Ada', 'ACTIVE', null]);
      await signIn(server, made.owner.email, made.password);
      assert.equal((await operator.get(`${path}/accounts/${made.id}`)).body.password, undefined);
      const { body: invited } = await operator.post(`${path}/accounts`, { name: 'Caisse du Sud', ownerEmail: `sud-${engine}@bank.example`, invite: true });
      assert.deepEqual([invited.owner.status, invited.password], ['INVITED', undefined]);
      assertError(await operator.post(`${path}/accounts`, { name: 'Third', ownerEmail: `sud-${engine}@bank.example` }), 409);
      assertError(await operator.post(`${path}/accounts`, { name: 'x', ownerEmail: 'y' }), 400);
      const found = async (query) => (await operator.get(`${path}/accounts?${query}`)).body.results.map(({ name }) => name);
      assert.deepEqual(await found('search=ÉCLAIR'), ['Banque Éclair']);
      assert.deepEqual(await found('search=caisse'), ['Caisse du Sud', 'Caisse du Nord']);
      assert.deepEqual(await found(`search=${made.id}`), ['Caisse du Nord']);
      assert.deepEqual(await found(`search=${encodeURIComponent(made.owner.email)}`), ['Caisse du Nord']);
      assert.deepEqual(await found('search=nobody@bank.example'), []);
      assertError(await operator.get(`${path}/accounts?after=x`), 400);
      const names = [];
      let next = '';
      do {
        const { body } = await operator.get(`${path}/accounts?limit=1&after=${next}`);
        names.push(...body.results.map(({ name }) => name));
        next = body.next;
      } while (next);
      assert.deepEqual(names, ['Caisse du Sud', 'Caisse du Nord', 'Banque Éclair']);
      assertError(await operator.get(`${path}/accounts/nobody000000`), 404);
    });

    test('features and limits are set at once, and the account sees who did it', async () => {
      assert.equal((await change(account.accountId, { features: { roles: false } })).body.features.roles, false);
      assertError(await owner.post('/api/account/roles', { name: 'R', permissions: [] }), 403, 'error.forbidden.featureDisabled');
      await change(account.accountId, { features: { roles: true }, limits: { endpoints: 1 } });
      await owner.post('/api/account/roles', { name: 'R', permissions: [] });
      assert.equal((await owner.post(endpoints, { url: 'https://a.example/', events: [] })).status, 200);
      assertError(await owner.post(endpoints, { url: 'https://b.example/', events: [] }), 409);
      await change(account.accountId, { limits: { endpoints: 0, callRate: 1 } });
      const token = await apiToken(server, await createApp(owner));
      const statuses = await Promise.all(Array.from({ length: 20 }, () => token.get('/api/packages').then(({ status }) => status)));
      assert.ok(statuses.includes(429));
      // No way around them: what the account makes is within the same limits.
      await change(account.accountId, { limits: { endpoints: 2 } });
      const { body: made } = await owner.post('/api/account/subaccounts', { name: 'Branch' });
      const { body: shown } = await operator.get(`${path}/accounts/${made.id}`);
      assert.deepEqual(shown.limits, { endpoints: 2, callRate: 1 });
      await change(account.accountId, { limits: { endpoints: 0 } });
      await change(account.accountId, { limits: { callRate: 0 } });
      for (const body of [{ features: { magic: true } }, { features: { roles: 'yes' } }, { limits: { endpoints: -1 } }, { limit: 1 }, { locked: 'x' }]) assertError(await change(account.accountId, body), 400);
      const [entry] = await audit();
      assert.deepEqual([entry.action, entry.actor.kind, entry.actor.id.replace(/\(.*\)/, '()')], ['account.change', 'OPERATOR', 'Night shift ()']);
      const { body } = await owner.get('/api/account/history?kind=account');
      assert.deepEqual(body.results[0].changes, [{ member: 'limits', before: { endpoints: 0, callRate: 1 }, after: { endpoints: 0, callRate: 0 } }]);
    });

    test('nobody of a locked account gets in, by any credential; unlocked, all goes on', async () => {
      const app = await createApp(owner);
      const token = await apiToken(server, app);
      const jwt = await accessToken(server, app);
      const person = await signIn(server, account.email, account.password);
      const callers = [owner, token, jwt, person];
      for (const caller of callers) assert.equal((await caller.get('/api/packages')).status, 200);
      assert.notEqual((await change(account.accountId, { locked: true })).body.lockedDate, null);
      for (const caller of callers) assertError(await caller.get('/api/packages'), 403, 'error.forbidden.accountLocked');
      assertError(await new Client(server).post('/api/session', { email: account.email, password: account.password }), 403, 'error.forbidden.accountLocked');
      assertError(await new Client(server).post('/api/session', { email: account.email, password: 'not the password' }), 401);
      assertError(await new Client(server).post('/apitoken/clientApp/accessToken', { clientId: app.clientId, secret: app.secret, type: 'OWNER' }), 403, 'error.forbidden.accountLocked');
      assert.equal((await change(account.accountId, { locked: false })).body.lockedDate, null);
      for (const caller of callers) assert.equal((await caller.get('/api/packages')).status, 200);
      assert.deepEqual((await audit()).slice(0, 2).map(({ action }) => action), ['account.unlock', 'account.lock']);
      const command = async (verb) => JSON.parse((await run(['account', verb, '--account', account.accountId, '--json', ...installation.settings])).stdout).locked;
      assert.equal(await command('lock'), true);
      await until('the server hears of it', async () => (await owner.get('/api/packages')).status === 403);
      assert.equal(await command('unlock'), false);
      await until('the server hears of it', async () => (await owner.get('/api/packages')).status === 200);
      await owner.delete(`${appsPath}/${app.clientId}`);
    });

    test('queues say how many wait and what fails, and nothing of what waits', async () => {
      const { body: endpoint } = await owner.post(endpoints, { url: 'https://secret-host.example/hook', events: ['PACKAGE_CREATE'] });
      await owner.post(`${endpoints}/${endpoint.id}/pause`);
      const begun = Date.now();
      for (let i = 0; i < 3; i++) await owner.post('/api/packages', { name: 'SECRETNAME' });
      const answer = await until('the queue', async () => {
        const { bytes, body } = await operator.get(`${path}/queues`);
        return body.results[0]?.queued === 3 && { text: bytes.toString(), body };
      });
      const [queue] = answer.body.results;
      assert.deepEqual([answer.body.results.length, answer.body.next, queue.accountId, queue.name, queue.more, queue.pausedEndpoints, queue.failingEndpoints], [1, null, account.accountId, 'Banque Éclair', false, 1, 0]);
      assert.ok(Math.abs(Date.parse(queue.oldestDate) - begun) < 60000);
      assert.ok(!/secret/i.test(answer.text));
      await owner.delete(`${endpoints}/${endpoint.id}`);
      const rest = (await operator.get(`${path}/queues?after=${account.accountId}`)).body;
      assert.deepEqual([rest.results, rest.next], [[], null]);
    });

    test('mails are listed masked, sent again and cancelled; their texts stay closed', async () => {
      const { email } = await createSender(owner, `guest-${engine}@bank.example`, { status: 'INVITED' });
      const { body, bytes } = await operator.get(`${path}/mails`);
      const mail = body.results.find(({ accountId }) => accountId === account.accountId);
      assert.deepEqual([mail.recipient, mail.state, mail.attempts, mail.mayRetry, mail.mayCancel], ['g***@bank.example', 'WAITING', 0, true, true]);
      assert.ok(!bytes.toString().includes(email) && !/token=/.test(bytes.toString()));
      const at = `${path}/mails/${account.accountId}/${mail.id}`;
      assert.equal((await operator.post(`${at}/retry`)).body.state, 'WAITING');
      assertError(await operator.post(`${path}/mails/nobody000000/${mail.id}/retry`), 404);
      assert.equal((await operator.post(`${at}/cancel`)).body.state, 'CANCELLED');
      assertError(await operator.post(`${at}/cancel`), 409);
      assertError(await operator.post(`${at}/retry`), 409);
      assert.deepEqual((await audit()).slice(0, 2).map(({ action, target }) => [action, target]), [['mail.cancel', mail.id], ['mail.retry', mail.id]]);
      assertError(await operator.get(`${path}/mails?state=LOST`), 400);
      assert.deepEqual((await operator.get(`${path}/mails?state=CANCELLED`)).body.results.map(({ id }) => id), [mail.id]);
    });

    test('the system says how it is: store, nodes, disk, descriptors, pools', async () => {
      const { body } = await operator.get(`${path}/system`);
      assert.deepEqual([body.health.status, body.health.store.status, body.store], ['UP', 'UP', engine.toUpperCase()]);
      assert.deepEqual(body.nodes.map(({ isThis }) => isThis), [true]);
      assert.ok(Math.abs(Date.parse(body.nodes[0].heardDate) - Date.now()) < 60000);
      assert.ok(body.disk.freeBytes > 0 && body.disk.totalBytes > body.disk.freeBytes);
      assert.ok(body.descriptors.open > 3 && body.descriptors.limit > body.descriptors.open);
      assert.ok(body.memoryBytes > 1e6);
      assert.deepEqual(body.pools.map(({ name }) => name), ['api', 'passwords', 'documents', 'exports']);
      if (engine !== 'sqlite') return;
      await server.stop(); // this server before its last start is no node
      server = await Server.start(installation);
      const again = await new Client(server, `Bearer ${credential}`).get(`${path}/system`);
      assert.deepEqual(again.body.nodes.map(({ isThis }) => isThis), [true]);
    });
  });
}

test('a mail that was given up is sent again with what it said', async () => {
  const installation = freshInstallation('sqlite');
  const account = await createAccount(installation);
  // Nobody listens on the discard port; the waits between attempts are cut short.
  let server = await Server.start(installation, ['--smtp-url', 'smtp://127.0.0.1:9', '--retry-scale', '1000000']);
  await new Client(server).post('/api/password/forgotten', { email: account.email });
  const operator = new Client(server, `Bearer ${await makeOperator(installation)}`);
  const [mail] = await until('a mail that is given up', async () => {
    const { results } = (await operator.get(`${path}/mails?state=GIVEN_UP`)).body;
    return results.length && results;
  });
  assert.deepEqual([mail.attempts, mail.mayRetry], [8, true]);
  assert.ok(mail.reason.length > 0);
  await server.stop();

  const mails = new Mails();
  server = await Server.start(installation, mails.settings);
  operator.server = server;
  assert.equal((await operator.post(`${path}/mails/${account.accountId}/${mail.id}/retry`)).status, 200);
  assert.match((await mails.arrived(account.email)).body, /token=/);
  await until('its state', async () => (await operator.get(`${path}/mails?state=SENT`)).body.results.length === 1);
  await server.stop();
  mails.remove();
  installation.remove();
});
