// probes.test.mjs – a test event and a check of an endpoint, by receivers of all kinds.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { engines, freshInstallation, createAccount, Server, Client, until, startServing, stopServing } from './lib/server.mjs';
import { assertError } from './lib/callers.mjs';
import { Receiver, signatureIsRight } from './lib/receiver.mjs';

const endpoints = '/api/notifications/endpoints';

for (const engine of engines) {
  describe(`tests and checks on ${engine}`, () => {
    let installation, account, server, owner, receiver;
    const register = async (body) => {
      const made = await owner.post(endpoints, { events: ['PACKAGE_DECLINE', 'PACKAGE_CREATE'], ...body });
      assert.equal(made.status, 200, made.bytes.toString());
      return made.body;
    };
    const codes = (report) => report.findings.map((finding) => finding.code);
    before(async () => ({ installation, account, server, owner } = await startServing(engine, ['--delivery-timeout', '500', '--delivery-connect-timeout', '300'])));
    after(() => stopServing(server, installation));
    afterEach(async () => {
      await receiver?.stop();
      receiver = undefined;
    });

    test('a test event is marked, signed, outside the sequence, and on no record', async () => {
      receiver = await Receiver.start(() => 202);
      const endpoint = await register({ url: receiver.url, key: 'k', customHeaders: [{ key: 'X-Api-Key', value: 'hidden-value' }] });
      const { body, status } = await owner.post(`${endpoints}/${endpoint.id}/test`);
      assert.equal(status, 200);
      const [n] = receiver.received;
      assert.equal(n.body.name, 'PACKAGE_DECLINE'); // the first it asks for
      assert.equal(n.headers['greffier-test'], 'true');
      assert.equal(n.headers['greffier-sequence'], undefined);
      assert.equal(n.headers.authorization, 'Basic k');
      assert.ok(signatureIsRight(n, endpoint.signingSecret));
      assert.deepEqual([body.name, body.body, body.attempt.httpStatus, body.attempt.number], ['PACKAGE_DECLINE', n.raw.toString(), 202, 1]);
      assert.match(body.attempt.requestHead, /Authorization: Basic \*\*\*/);
      assert.ok(!JSON.stringify(body).includes('hidden-value'));
      assert.deepEqual((await owner.get('/api/notifications/events')).body.results, []);
      assert.equal((await owner.get('/api/notifications/deliveries')).body.count, 0);
    });

    test('every type there is can be tested, with the members it has', async () => {
      receiver = await Receiver.start();
      const endpoint = await register({ url: receiver.url });
      const types = (await owner.get('/api/notifications/eventTypes')).body.results;
      assert.equal(types.length, 23);
      for (const type of types) {
        assert.equal((await owner.post(`${endpoints}/${endpoint.id}/test`, { name: type.name })).status, 200);
        const { body } = receiver.received.at(-1);
        assert.equal(body.name, type.name);
        for (const member of type.members) assert.ok(body[member.name]?.length > 0, `${type.name}.${member.name}`);
      }
      assertError(await owner.post(`${endpoints}/${endpoint.id}/test`, { name: 'NOTHING' }), 400);
      assertError(await owner.post(`${endpoints}/ep_none/test`), 404);
    });

    test('a test is made from a real transaction, and shown before it is sent', async () => {
      receiver = await Receiver.start();
      const endpoint = await register({ url: receiver.url });
      const other = Client.withKey(server, await createAccount(installation, 'Another'));
      const tried = (body, client = owner) => client.post(`${endpoints}/${endpoint.id}/test`, body);
      const { id } = (await owner.post('/api/packages', { name: 'Lease' })).body;
      const foreign = (await other.post('/api/packages', { name: 'Theirs' })).body.id;
      await owner.post('/api/notifications/events', { events: [{ name: 'PACKAGE_DECLINE', packageId: id, sessionUser: 'somebody', message: 'Too dear' }] });
      const count = receiver.received.length; // of the creation itself there may be a delivery
      const dry = await tried({ name: 'PACKAGE_DECLINE', packageId: id, dryRun: true });
      assert.deepEqual([dry.status, dry.body.attempt], [200, null]);
      const shown = JSON.parse(dry.body.body);
      assert.deepEqual([shown.packageId, shown.sessionUser, shown.message], [id, 'somebody', 'Too dear']);
      const tests = () => receiver.received.filter(({ headers }) => headers['greffier-test']);
      assert.ok(receiver.received.length >= count && tests().length === 0, 'nothing was sent');
      assert.equal((await tried({ name: 'PACKAGE_DECLINE', packageId: id })).body.attempt.httpStatus, 200);
      assert.deepEqual(tests().at(-1).body, shown);
      // Of a type that it has not had: made up, about that transaction.
      await tried({ name: 'PACKAGE_COMPLETE', packageId: id });
      assert.deepEqual([tests().at(-1).body.name, tests().at(-1).body.packageId], ['PACKAGE_COMPLETE', id]);
      for (const packageId of [foreign, 'nothing']) assertError(await tried({ packageId }), 404);
      assert.equal(tests().length, 2);
      assertError(await tried({ dryRun: 'yes' }), 400);
    });

    test('a paused endpoint can be tested, and what went wrong is told', async () => {
      receiver = await Receiver.start(() => ({ status: 500 }));
      const endpoint = await register({ url: receiver.url });
      await owner.post(`${endpoints}/${endpoint.id}/pause`);
      assert.equal((await owner.post(`${endpoints}/${endpoint.id}/test`)).body.attempt.httpStatus, 500);
      await receiver.stop();
      const { attempt } = (await owner.post(`${endpoints}/${endpoint.id}/test`)).body;
      assert.deepEqual([attempt.error, attempt.phase, attempt.httpStatus], ['CONNECTION', 'CONNECT', 0]);
      receiver = undefined;
      assert.equal((await owner.get(`${endpoints}/${endpoint.id}`)).body.failingSinceDate, null);
    });

    test('without a token, an address or an answer, a test says why, and the server goes on', async () => {
      const silent = createServer((socket) => socket.on('error', () => {}));
      await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const mute = `http://127.0.0.1:${silent.address().port}/`;
      const oauth = (authorizationServerUrl) => ({ authType: 'OAUTH2', oauthSetting: { clientId: 'c', clientSecret: 's', authorizationServerUrl } });
      receiver = await Receiver.start(() => 200);
      try {
        for (const [body, error, states = ['', 'pause', 'disable']] of [
          [{ url: receiver.url, ...oauth(mute) }, 'AUTHORIZATION', []], // it does not answer: 15 s
          [{ url: receiver.url, ...oauth('http://127.0.0.1:1/') }, 'AUTHORIZATION'],
          [{ url: receiver.url, ...oauth('https://192.0.2.1/token') }, 'AUTHORIZATION'], // a refused address
          [{ url: receiver.url, ...oauth(`${receiver.url}/no-token`) }, 'AUTHORIZATION'],
          [{ url: 'https://192.0.2.1/' }, 'ADDRESS_REFUSED'],
          [{ url: 'http://192.0.2.1/' }, 'ADDRESS_REFUSED'],
          [{ url: mute }, 'TIMEOUT'],
        ]) {
          const endpoint = await register(body);
          if (states.length === 0) {
            const tested = await owner.post(`${endpoints}/${endpoint.id}/test`);
            assert.deepEqual([tested.status, tested.body.attempt.error], [200, error], tested.bytes.toString());
          }
          for (const state of states) {
            if (state) await owner.post(`${endpoints}/${endpoint.id}/${state}`);
            const tested = await owner.post(`${endpoints}/${endpoint.id}/test`);
            assert.equal(tested.status, 200, tested.bytes.toString());
            assert.equal(tested.body.attempt.error, error, tested.bytes.toString());
            assert.ok(tested.body.problem.length > 0, tested.bytes.toString());
            assert.equal((await owner.post(`${endpoints}/${endpoint.id}/check`)).body.verdict, 'FAILED');
          }
        }
      } finally {
        silent.close();
      }
    });

    test('a reply in another encoding is shown, with replacement characters', async () => {
      receiver = await Receiver.start(() => ({ status: 400, body: Buffer.from('refus\u00e9: \u0000 cl\u00e9', 'latin1') }));
      const endpoint = await register({ url: receiver.url });
      const { attempt } = (await owner.post(`${endpoints}/${endpoint.id}/test`)).body;
      assert.equal(attempt.replyStart, 'refus\ufffd:   cl\ufffd');
    });

    test('a check says what is good and what is not', async () => {
      let endpoint;
      receiver = await Receiver.start((n) => (signatureIsRight(n, endpoint.signingSecret) ? 200 : 401));
      endpoint = await register({ url: receiver.url });
      const strict = (await owner.post(`${endpoints}/${endpoint.id}/check`)).body;
      assert.deepEqual(codes(strict), ['NAME_RESOLVES', 'ADDRESS_ALLOWED', 'TLS_NONE', 'ANSWER_ACCEPTED', 'TIME_SHORT', 'SIGNATURE_CHECKED']);
      assert.equal(strict.verdict, 'WARNING');
      assert.equal(receiver.received.length, 2);
      receiver.answer = () => 200;
      const lax = (await owner.post(`${endpoints}/${endpoint.id}/check`)).body;
      assert.equal(codes(lax).at(-1), 'SIGNATURE_IGNORED');
      receiver.answer = () => 403;
      assert.equal((await owner.post(`${endpoints}/${endpoint.id}/check`)).body.verdict, 'FAILED');
      await receiver.stop();
      receiver = undefined;
      assert.deepEqual(codes((await owner.post(`${endpoints}/${endpoint.id}/check`)).body), ['NAME_RESOLVES', 'CONNECTION_FAILED']);
      const nowhere = await register({ url: 'http://nowhere.invalid/' });
      assert.deepEqual(codes((await owner.post(`${endpoints}/${nowhere.id}/check`)).body), ['NAME_NOT_RESOLVED']);
    });
  });

  test(`many tests of a receiver that stalls hold up nobody (${engine})`, async () => {
    const sockets = [];
    const stalled = createServer((socket) => sockets.push(socket));
    await new Promise((resolve) => stalled.listen(0, '127.0.0.1', resolve));
    const { installation, server, owner } = await startServing(engine, ['--delivery-timeout', '60000']); // longer than all of it takes
    try {
      const { body: endpoint } = await owner.post(endpoints, { events: ['PACKAGE_CREATE'], url: `http://127.0.0.1:${stalled.address().port}/` });
      const waiting = Array.from({ length: 40 }, () => owner.post(`${endpoints}/${endpoint.id}/test`));
      let ended = 0; // of those that wait for the receiver
      for (const one of waiting) void one.then(({ status }) => status === 200 && ended++);
      assert.equal((await owner.get('/api/packages')).status, 200);
      await until('all tests are under way', () => sockets.length === 20);
      assert.equal((await owner.get('/api/packages')).status, 200);
      assert.equal(ended, 0, 'the workers are free');
      // An account has twenty of them at the same time, and the places of streams are not theirs.
      assert.equal((await owner.get('/api/notifications/events?wait=1')).status, 200);
      for (const socket of sockets) socket.destroy();
      const answers = await Promise.all(waiting);
      assert.equal(answers.filter((answer) => answer.status === 503).length, 20);
      for (const answer of answers.filter((answer) => answer.status === 200)) assert.ok(answer.body.attempt.error);
    } finally {
      stalled.close();
      await stopServing(server, installation);
    }
  });

  test(`a stop does not wait for a test, and the test is answered (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const server = await Server.start(installation, ['--drain-timeout', '1']);
    const owner = Client.withKey(server, account);
    const stalled = createServer(() => {});
    await new Promise((resolve) => stalled.listen(0, '127.0.0.1', resolve));
    let reached = false;
    stalled.on('connection', () => (reached = true));
    const { body: endpoint } = await owner.post(endpoints, { url: `http://127.0.0.1:${stalled.address().port}/`, events: [] });
    const waiting = owner.post(`${endpoints}/${endpoint.id}/test`).then((answer) => answer.status, () => 'cut');
    await until('it is on its way', () => reached);
    await server.stop();
    assert.ok([503, 'cut'].includes(await waiting));
    stalled.close();
    installation.remove();
  });
}
