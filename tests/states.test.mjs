// states.test.mjs – every route with everything half made: what is deleted, disabled, locked, without a
// token, without documents, or was never there; with bodies of all kinds. Each call gets an answer in the
// API's shape, none is an error of ours, and the process lives.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, pdf, sendablePackage } from './lib/server.mjs';
import { createApp, createSender, signIn } from './lib/callers.mjs';
import { endpointsPath, expectOk, notifications } from './lib/notifications.mjs';
import { documentedRoutes } from './lib/routes.mjs';
import { Receiver } from './lib/receiver.mjs';

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const members = ['name', 'url', 'key', 'events', 'email', 'status', 'type', 'roles', 'documents', 'password', 'secret', 'clientId', 'packageId', 'message', 'filters', 'tls', 'oauthSetting', 'customHeaders', 'endpointId', 'days', 'settings', 'tokens', 'grant_type', 'token', 'scopes', 'networks', 'publicKeys', 'signers', 'data', 'callback', 'id', 'since', 'tokenLifeMax'];
const all = (value) => JSON.stringify(Object.fromEntries(members.map((name) => [name, value])));
const bodies = [
  [undefined, {}],
  ['{}', json],
  ['[]', json],
  [all(null), json],
  [all('x'), json],
  [all([]), json],
  [all({}), json],
  [all([{ key: 'a', value: 'b' }]), json],
  [all('caf\u00e9 \ud83d\ude00 ' + 'é'.repeat(300)), json],
  [all(-1), json],
  [Buffer.from('{"name":"caf\xe9","url":"\x00"}', 'latin1'), json],
  ['{"name":"\\u0000","email":"\\ud800"}', json],
  ['name=%ff&client_id=%00&grant_type=&token=%C3', form],
  [Buffer.from('--x\r\nContent-Disposition: form-data; name="payload"\r\n\r\n{"name":1}\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="\xe9.pdf"\r\n\r\n%PDF\r\n--x--\r\n', 'latin1'), { 'content-type': 'multipart/form-data; boundary=x' }],
];

for (const engine of engines) {
  describe(`every route in every state on ${engine}`, { timeout: 300000 }, () => {
    let installation, server, owner, session, receiver, states;

    /** Of each kind of thing one in each state it can be in. */
    const makeStates = async (account, hidden) => {
      const endpoint = async (body, ...verbs) => {
        const { id } = await expectOk(owner.post(endpointsPath, { url: receiver.url, events: ['PACKAGE_CREATE'], ...body }));
        for (const verb of verbs) await expectOk(owner.post(`${endpointsPath}/${id}/${verb}`));
        return id;
      };
      const oauth = (authorizationServerUrl) => ({ authType: 'OAUTH2', oauthSetting: { clientId: 'c', clientSecret: 's', authorizationServerUrl } });
      const tokenless = oauth('http://127.0.0.1:1/');
      const gone = await endpoint({});
      await owner.delete(`${endpointsPath}/${gone}`);
      await expectOk(owner.post('/api/callback', { url: '', events: [] }));
      const callback = (await expectOk(owner.get(endpointsPath))).results.find(({ origin }) => origin === '').id;
      const endpointIds = [await endpoint({}), await endpoint(tokenless), await endpoint(tokenless, 'pause'), await endpoint(tokenless, 'disable'), await endpoint(oauth(`${receiver.url}/latin1`)),
        await endpoint(oauth('https://192.0.2.1/')), await endpoint({ url: 'https://192.0.2.1/' }), await endpoint({ url: 'http://127.0.0.1:1/' }), await endpoint({ key: 'k', url: `${receiver.url}/latin1` }), gone, callback];

      const create = async (body) => (await expectOk(owner.post('/api/packages', body))).id;
      const [draft, trashed, deleted] = [await create({ name: 'Draft' }), await create({ name: 'Trashed' }), await create({ name: 'Deleted' })];
      await owner.put(`/api/packages/${trashed}`, { trashed: true });
      await owner.delete(`/api/packages/${deleted}`);
      const withDocument = new FormData();
      withDocument.set('payload', JSON.stringify({ name: 'One document', documents: [{ name: 'a.pdf' }] }));
      withDocument.set('file', new Blob([pdf()]), 'a.pdf');
      const packageIds = [draft, await create(withDocument), await create(sendablePackage({ status: 'SENT' })), trashed, deleted];
      const { documents } = await expectOk(owner.get(`/api/packages/${packageIds[1]}`));

      const invited = await createSender(owner, 'invited@states.example', { status: 'INVITED' });
      const locked = await createSender(owner, 'locked@states.example');
      await owner.post(`/api/account/senders/${locked.id}`, { status: 'LOCKED' });
      const removed = await createSender(owner, 'removed@states.example');
      await owner.delete(`/api/account/senders/${removed.id}`);
      const senderIds = [account.ownerId, invited.id, locked.id, removed.id];

      const apps = '/api/account/authentication/clientApps';
      const app = async () => (await createApp(owner)).clientId;
      const [plain, disabled, dead] = [await app(), await app(), await app()];
      await owner.put(`${apps}/${disabled}`, { enabled: false });
      await owner.delete(`${apps}/${dead}`);

      const role = await expectOk(owner.post('/api/account/roles', { name: 'Half', permissions: [] }));
      const raise = async (members) => (await expectOk(owner.post(`${notifications}/events`, { name: 'PACKAGE_CREATE', packageId: 'half', ...members }))).events[0].id;
      const [event, expunged] = [await raise({ message: 'm' }), await raise({ message: 'n' })];
      await owner.delete(`${notifications}/events/${expunged}/payload`);
      const replay = await expectOk(owner.post(`${notifications}/replays`, { endpointId: endpointIds[0], packageId: 'half', rate: 1 }));
      const catcher = await expectOk(owner.post(`${notifications}/catchers`, {}));
      return {
        catcherId: [catcher.id, ...hidden], token: [new URL(catcher.url).pathname.split('/').at(-1), ...hidden], assetName: ['core.js', ...hidden], mailId: ['none', ...hidden],
        sequence: ['1', '0', '-1', '99999999999999999999', ...hidden], sessionId: ['none', ...hidden],
        endpointId: [...endpointIds, ...hidden], packageId: [...packageIds, ...hidden], senderId: [...senderIds, ...hidden], delegateId: [...senderIds, ...hidden.slice(0, 1)],
        clientId: [plain, disabled, dead, ...hidden], accountRoleId: ['owner', 'manager', role?.id ?? 'none', ...hidden], eventId: [event, expunged, ...hidden], replayId: [replay.id, ...hidden],
        documentId: [documents[0].id, 'default-consent', ...hidden], roleId: ['Role1', ...hidden], language: ['fr', ...hidden], customFieldId: ['none', ...hidden], maskedFieldId: ['a-b-c', ...hidden], signerId: ['nobody', ...hidden], approvalId: ['none', ...hidden], fieldId: ['none', ...hidden], accountId: [account.accountId, ...hidden], origin: ['dynamics', 'salesforceOauth2', ...hidden],
      };
    };

    before(async () => {
      installation = freshInstallation(engine);
      const account = await createAccount(installation);
      server = await Server.start(installation, ['--delivery-timeout', '300', '--delivery-connect-timeout', '200', '--drain-timeout', '1']);
      owner = Client.withKey(server, account);
      receiver = await Receiver.start(({ path }) => (path.endsWith('latin1') ? { status: 400, body: Buffer.from('{"error":"\xe9\x00"}', 'latin1') } : 204));
      states = await makeStates(account, ['unknown', '%ff', '%00', 'x'.repeat(300), '..%2f', '%E9%A9%AC']);
      session = await signIn(server, account.email, account.password);
    });
    after(async () => {
      await receiver?.stop();
      await server?.stop(); // fails on a sanitizer's report
      installation?.remove();
    });

    /** Each parameter of the path with each of its states: all pairs of the first two. Further ones take turns, or there would be
     * thousands of paths. */
    const pathsOf = (pattern) => {
      const names = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const name of names) assert.ok(states[name], `no states of {${name}}`);
      const pairs = names.slice(0, 2).reduce((paths, name) => paths.flatMap((path) => states[name].map((id) => path.replace(`{${name}}`, id))), [pattern]);
      return pairs.map((path, i) => names.slice(2).reduce((at, name, place) => at.replace(`{${name}}`, states[name][(i + place) % states[name].length]), path));
    };

    const call = async (method, path, body, headers, client) => {
      const init = method === 'GET' ? undefined : body;
      const answer = await client.request(method, path, init, headers);
      const what = `${method} ${path} ${String(init).slice(0, 80)}: ${answer.status} ${answer.bytes?.toString().slice(0, 300)}`;
      assert.ok(answer.status < 500 || answer.status === 503, what);
      if (answer.status >= 400) assert.ok(answer.body?.code === answer.status || answer.body?.error, what);
    };

    test('no call is an error of ours', async () => {
      // What deletes, and what would shut the caller out, comes last.
      const late = (route) => (route.startsWith('DELETE') ? 2 : 0) + (/session|password|settings/i.test(route) ? 1 : 0);
      const routes = documentedRoutes().filter((route) => !route.endsWith('/events/stream')).sort((a, b) => late(a) - late(b));
      let calls = 0;
      for (const route of routes) {
        const [method, pattern] = route.split(' ');
        const paths = pathsOf(pattern);
        const sent = method === 'GET' ? bodies.slice(0, 1) : paths.length > 12 ? bodies.slice(0, 5) : bodies;
        const todo = paths.flatMap((path) => sent.map(([body, headers]) => [path, body, headers]));
        for (let i = 0; i < todo.length; i += 8) await Promise.all(todo.slice(i, i + 8).map(([path, body, headers]) => call(method, path, body, headers, owner)));
        for (const client of [new Client(server), session]) await call(method, paths[0], '{}', json, client);
        calls += todo.length + 2;
      }
      assert.ok(calls > 1000);
      assert.equal((await new Client(server).get('/healthz')).status, 200);
      assert.ok(!/failed without an error|this must hold/.test(server.log), server.log.slice(-2000));
    });
  });
}
