// drafts.test.mjs – settings are tried before they are saved: what is found, what it costs, and what it gives away.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { createServer as createTlsServer } from 'node:https';
import { createServer } from 'node:net';
import { engines, freshInstallation, createAccount, Server, Client, until, startServing, stopServing } from './lib/server.mjs';
import { assertError } from './lib/callers.mjs';
import { addEndpoint, expectOk } from './lib/notifications.mjs';
import { Receiver, signatureIsRight } from './lib/receiver.mjs';
import { Authority } from './lib/certificates.mjs';

const path = '/api/notifications/probes';
const codes = (report) => report.findings.map(({ code }) => code);

for (const engine of engines) {
  describe(`probes of what is not saved on ${engine}`, () => {
    let installation, account, server, owner, receiver;
    const closed = [];
    before(async () => ({ installation, account, server, owner } = await startServing(engine, ['--delivery-timeout', '2500', '--delivery-connect-timeout', '1500'])));
    after(() => stopServing(server, installation));
    afterEach(async () => {
      await receiver?.stop();
      receiver = undefined;
      for (const one of closed.splice(0)) one.close();
    });
    /** As soon as the account's pace lets it. */
    const probe = async (body, endpointId, client = owner) => {
      let answer;
      await until('a turn', async () => (answer = await client.post(path + (endpointId ? `?endpointId=${endpointId}` : ''), body)).status !== 429);
      return answer;
    };
    const report = async (...of) => expectOk(probe(...of));
    const listen = async (made) => {
      await new Promise((resolve) => made.listen(0, '127.0.0.1', resolve));
      closed.push({ close: () => { made.close(); made.closeAllConnections?.(); } });
      return made.address().port;
    };

    test('a marked, signed test event goes out with the settings of the body, and nothing is stored', async () => {
      receiver = await Receiver.start(() => ({ status: 200, body: 'what the receiver says' }));
      const body = { url: receiver.url, authType: 'BASIC', key: 'not-yet-saved', customHeaders: [{ key: 'X-Tenant', value: 'blue' }], events: ['PACKAGE_TRASH'] };
      const found = await report(body);
      assert.deepEqual([found.outlook, found.httpStatus], ['WORKS', 200]);
      assert.deepEqual(codes(found), ['NAME_RESOLVES', 'ADDRESS_ALLOWED', 'TLS_NONE', 'ANSWER_ACCEPTED', 'TIME_SHORT']);
      assert.doesNotMatch(JSON.stringify(found), /what the receiver says|not-yet-saved/);
      const [n] = receiver.received;
      assert.deepEqual([n.headers['greffier-test'], n.headers.authorization, n.headers['x-tenant'], n.body.name], ['true', 'Basic not-yet-saved', 'blue', 'PACKAGE_TRASH']);
      assert.equal(receiver.received.length, 1);
      assert.equal((await owner.get('/api/notifications/endpoints')).body.count, 0);
      assert.equal((await owner.get('/api/callback')).body.url, '');
    });

    test('what is stored and not given is used where saving would keep it, and goes nowhere else', async () => {
      receiver = await Receiver.start();
      const endpoint = await addEndpoint(owner, { url: receiver.url, authType: 'BASIC', key: 'stored-key', events: ['PACKAGE_CREATE'] });
      await report({ url: receiver.url, authType: 'BASIC', events: [] }, endpoint.id);
      assert.equal(receiver.received[0].headers.authorization, 'Basic stored-key');
      assert.ok(signatureIsRight(receiver.received[0], endpoint.signingSecret));
      assertError(await probe({ url: `${receiver.url}/elsewhere`, authType: 'BASIC', events: [] }, endpoint.id), 400);
      assert.equal(receiver.received.length, 1);
      const other = Client.withKey(server, await createAccount(installation));
      assertError(await probe({ url: receiver.url, events: [] }, endpoint.id, other), 404);

      const callback = await expectOk(owner.post('/api/callback', { url: receiver.url, key: 'classic', events: ['PACKAGE_CREATE'] }));
      await report({ url: receiver.url, key: 'classic-2', events: ['PACKAGE_CREATE'] }, 'callback');
      assert.equal(receiver.received[1].headers.authorization, 'Basic classic-2');
      assert.ok(signatureIsRight(receiver.received[1], callback.signingSecret));
      assert.equal((await owner.get('/api/callback')).body.key, 'classic');
      await owner.delete(`/api/notifications/endpoints/${endpoint.id}`);
    });

    test('what would never arrive, what does not now, what is refused', async () => {
      const mute = await listen(createServer(() => {}));
      const flood = await listen(createServer((socket) => { socket.on('error', () => {}); socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n${'x'.repeat(300000)}`); }));
      receiver = await Receiver.start(({ path: at }) => (at.startsWith('/3') ? { status: 302, headers: { location: `${receiver.url}/secret` } } : Number(at.slice(1))));
      const at = (status) => receiver.url.replace('/callback', `/${status}`);
      for (const [url, outlook, code] of [
        ['http://nowhere.invalid/', 'NEVER', 'NAME_NOT_RESOLVED'],
        ['https://192.0.2.1/', 'NEVER', 'ADDRESS_REFUSED'],
        [`${server.url}/api/notifications/events`, 'NEVER', 'ADDRESS_REFUSED'],
        [at(302), 'NEVER', 'ANSWER_REDIRECTS'],
        ['http://127.0.0.1:1/', 'UNREACHABLE', 'CONNECTION_FAILED'],
        [`http://127.0.0.1:${mute}/`, 'UNREACHABLE', 'ANSWER_MISSING'],
        [at(400), 'REFUSED', 'ANSWER_REFUSED'],
        [at(401), 'REFUSED', 'ANSWER_UNAUTHORIZED'],
        [at(410), 'REFUSED', 'ANSWER_GONE'],
        [at(503), 'REFUSED', 'ANSWER_ERROR'],
        [`http://127.0.0.1:${flood}/`, 'WORKS', 'ANSWER_ACCEPTED'],
      ]) {
        const found = await report({ url, events: [] });
        assert.deepEqual([found.outlook, codes(found).includes(code)], [outlook, true], `${url} ${JSON.stringify(found)}`);
      }
      assert.ok(!receiver.received.some(({ path: asked }) => asked.includes('secret')), 'redirects are not followed');
    });

    test('a certificate of an unknown authority, of another name, out of date', async () => {
      const authority = new Authority();
      const serve = async ({ cert, key }) => `https://127.0.0.1:${await listen(createTlsServer({ cert, key }, (_, response) => response.end()))}/`;
      try {
        const caCertificates = authority.certificate;
        const good = await serve(authority.issue('receiver'));
        const works = await report({ url: good, events: [], tls: { caCertificates } });
        assert.equal(works.outlook, 'WORKS');
        assert.match(works.certificates[0].subject, /receiver/);
        // As many as TLS takes: the first of them are told.
        const { cert, key } = authority.issue('hundreds');
        const many = await report({ url: await serve({ cert: cert + caCertificates.repeat(200), key }), events: [], tls: { caCertificates } });
        assert.equal(many.outlook, 'WORKS');
        assert.match(many.certificates[0].subject, /hundreds/);
        assert.ok(many.certificates.length > 50 && many.certificates.length < 190, `${many.certificates.length}`);
        for (const [url, tls, code] of [
          [good, undefined, 'CERTIFICATE_UNTRUSTED'],
          [await serve(authority.issue('other', 'DNS:elsewhere.example')), { caCertificates }, 'CERTIFICATE_WRONG_NAME'],
          [await serve(authority.issue('past', undefined, -1)), { caCertificates }, 'CERTIFICATE_EXPIRED'],
        ]) {
          const found = await report({ url, events: [], tls });
          assert.deepEqual([found.outlook, codes(found).at(-1)], ['NEVER', code], JSON.stringify(found.findings));
        }
      } finally {
        authority.remove();
      }
    });

    test('a token is asked for with the settings of the body, and serves nobody else', async () => {
      receiver = await Receiver.start((n) => (n.path === '/token' ? { status: n.raw.includes('wrong') ? 401 : 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ access_token: `for-${new URLSearchParams(n.raw.toString()).get('client_id')}`, token_type: 'Bearer', expires_in: 600 }) } : 200));
      const oauth = (clientId, clientSecret = 's3cret') => ({
        url: receiver.url, events: ['PACKAGE_CREATE'], authType: 'OAUTH2',
        oauthSetting: { clientId, clientSecret, authorizationServerUrl: receiver.url.replace('callback', 'token'), authMechanism: 'BODY' },
      });
      const endpoint = await addEndpoint(owner, oauth('stored'));
      const [one, two] = await Promise.all(['one', 'two'].map((id) => report(oauth(id), endpoint.id)));
      assert.deepEqual([one.outlook, two.outlook, codes(one)[0]], ['WORKS', 'WORKS', 'TOKEN_FETCHED']);
      const used = () => receiver.received.filter(({ path: at }) => at === '/callback').map(({ headers }) => headers.authorization).sort();
      assert.deepEqual(used(), ['Bearer for-one', 'Bearer for-two']);
      const refused = await report(oauth('one', 'wrong'));
      assert.deepEqual([refused.outlook, codes(refused)], ['UNREACHABLE', ['TOKEN_REFUSED']]);
      assert.doesNotMatch(JSON.stringify(refused), /s3cret|wrong/);
      await expectOk(owner.post(`/api/notifications/endpoints/${endpoint.id}/test`));
      assert.ok(used().includes('Bearer for-stored'), 'the stored endpoint has its own token');
      const nowhere = oauth('x');
      nowhere.oauthSetting.authorizationServerUrl = 'https://192.0.2.1/token';
      assert.deepEqual(codes(await report(nowhere)), ['TOKEN_REFUSED']);
      await owner.delete(`/api/notifications/endpoints/${endpoint.id}`);
    });

    test('bad bodies are refused as they would be when saving; an account has its pace', async () => {
      for (const body of [{}, { url: 'ftp://a.example/' }, { url: 'http://u:p@a.example/' }, { url: 'http://a.example/', unknown: 1 }, { url: 'http://a.example/', events: ['NOTHING'] }])
        assertError(await probe(body), 400);
      assertError(await probe({ url: 'http://a.example/', events: [] }, 'ep_none'), 404);
      const burst = await Promise.all(Array.from({ length: 30 }, () => owner.post(path, { url: 'https://192.0.2.1/', events: [] })));
      const slowed = burst.filter(({ status }) => status === 429);
      assert.ok(slowed.length >= 10, `${slowed.length} of 30`);
      assert.ok(Number(slowed[0].headers.get('retry-after')) >= 1);
    });
  });

  test(`a private address behind a name is refused, whatever it answers (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const receiver = await Receiver.start();
    const server = await Server.start(installation, ['--allow-private-targets=false']);
    const owner = Client.withKey(server, account);
    const found = await expectOk(owner.post(path, { url: receiver.url.replace('127.0.0.1', 'localhost'), events: [] }));
    assert.deepEqual([found.outlook, codes(found).at(-1), receiver.received.length], ['NEVER', 'ADDRESS_REFUSED', 0]);
    await server.stop();
    await receiver.stop();
    installation.remove();
  });
}
