// reasons.test.mjs – what authorization servers answer in the field, why an attempt failed, and the
// User-Agent.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { addEndpoint, anyPackage, endpointsPath, expectOk, raise, tried } from './lib/notifications.mjs';
import { Receiver } from './lib/receiver.mjs';
import { Authority } from './lib/certificates.mjs';

const events = ['PACKAGE_CREATE'];
const secret = 'the-client-secret-itself';

for (const engine of engines) {
  describe(`answers and reasons on ${engine}`, () => {
    let installation, account, server, owner;
    const receivers = [];
    const authority = new Authority();
    const start = async (settings = []) => {
      server = await Server.start(installation, settings);
      owner = Client.withKey(server, account);
    };
    const receive = async (answer) => {
      const receiver = await Receiver.start(answer);
      receivers.push(receiver);
      return receiver;
    };
    const json = (status, value) => ({ status, headers: { 'content-type': 'application/json' }, body: typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value) });
    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      await start();
    });
    after(async () => {
      await server?.stop();
      authority.remove();
      installation?.remove();
    });
    afterEach(async () => {
      for (const receiver of receivers.splice(0)) await receiver.stop();
    });

    const fetchWith = async (answer) => {
      const issuer = await receive(() => answer);
      const receiver = await receive(() => 200);
      const endpoint = await addEndpoint(owner, { url: receiver.url, events, authType: 'OAUTH2', oauthSetting: { clientId: 'c', clientSecret: secret, authorizationServerUrl: issuer.url } });
      const packageId = anyPackage();
      await raise(owner, packageId);
      const { attempts: [attempt] } = await tried(owner, { packageId, endpointId: endpoint.id });
      await owner.delete(`${endpointsPath}/${endpoint.id}`);
      assert.equal(issuer.received[0].headers['user-agent'], 'Greffier/' + issuer.received[0].headers['user-agent'].split('/')[1]);
      return { attempt, sent: receiver.received[0]?.headers.authorization };
    };

    test('any success with a token gives a token, of up to 16 KiB and of any type', async () => {
      for (const [status, value, token] of [
        [201, { access_token: 'created' }, 'created'],
        [203, { access_token: 'n-a', token_type: 'N_A', expires_in: 3599.5 }, 'n-a'],
        [200, { access_token: 'mac', token_type: 'mac' }, 'mac'],
        [200, { access_token: 'groups'.repeat(1742) }, 'groups'.repeat(1742)],
        [200, { padding: 'y'.repeat(20000), access_token: 'behind' }, 'behind'],
      ]) assert.equal((await fetchWith(json(status, value))).sent, `Bearer ${token}`);
    });

    test('without a token the server\'s own words are told, without what was sent', async () => {
      for (const [status, value, told] of [
        [400, { error: 'invalid_scope', error_description: 'Scope a is not granted' }, /invalid_scope.*Scope a is not granted/],
        [400, { errorCode: 'invalid_client', errorSummary: 'A client id must be given' }, /A client id must be given/],
        [403, '<html>Blocked by the gateway</html>', /403: <html>Blocked by the gateway/],
        [401, Buffer.from('acc\xe8s refus\xe9', 'latin1'), /401: acc\ufffds refus\ufffd/],
        [400, { error: 'invalid_client', error_description: `no client with ${secret}` }, /no client with \*\*\*/],
        [200, { token: 'under-another-name' }, /no access_token; it has token$/],
        [200, { access_token: 'x'.repeat(16 * 1024 + 1) }, /too long: 16385 bytes/],
        [200, { access_token: 'x'.repeat(100000) }, /too long/],
        [200, '', /empty/],
      ]) {
        const { attempt, sent } = await fetchWith(json(status, value));
        assert.equal(sent, undefined);
        assert.deepEqual([attempt.error, attempt.httpStatus], ['AUTHORIZATION', 0]);
        assert.match(attempt.replyStart, told);
        assert.ok(!JSON.stringify(attempt).includes('under-another-name'));
      }
      assert.ok(!server.log.includes(secret));
    });

    test('OpenSSL\'s own reason is told, by the attempt and by the check', async () => {
      const { certificate: caCertificates } = authority;
      const serve = async (tls) => {
        const secure = createServer(tls, (request, response) => response.end());
        secure.on('tlsClientError', () => {});
        await new Promise((resolve) => secure.listen(0, '127.0.0.1', resolve));
        receivers.push({ stop: async () => { secure.closeAllConnections(); await new Promise((resolve) => secure.close(resolve)); } });
        return `https://localhost:${secure.address().port}/`;
      };
      for (const [url, ca, told] of [
        [await serve(authority.issue('localhost')), undefined, /unable to get local issuer certificate|self-signed certificate in certificate chain/],
        [await serve(authority.issue('other.example', 'DNS:other.example')), caCertificates, /name.*localhost/],
        [await serve(authority.issue('localhost', undefined, -1)), caCertificates, /has expired on \d{4}-\d\d-\d\d \d\d:\d\d UTC/],
      ]) {
        const endpoint = await addEndpoint(owner, { url, events, ...(ca && { tls: { caCertificates: ca } }) });
        const packageId = anyPackage();
        await raise(owner, packageId);
        const { attempts: [attempt] } = await tried(owner, { packageId, endpointId: endpoint.id });
        assert.equal(attempt.error, 'TLS', JSON.stringify(attempt));
        assert.match(attempt.replyStart, told);
        const report = await expectOk(owner.post(`${endpointsPath}/${endpoint.id}/check`));
        assert.match(report.findings.find((finding) => finding.level === 'FAILED').message, told);
        await owner.delete(`${endpointsPath}/${endpoint.id}`);
      }
    });

    test('a User-Agent with a name, the operator\'s, or the endpoint\'s', async () => {
      const agents = async (registration, path) => {
        const receiver = await receive(() => 200);
        const made = await expectOk(owner.post(path, { url: receiver.url, events, ...registration }));
        await raise(owner, anyPackage());
        await until('a notification', () => receiver.received.length > 0);
        if (made.id) await owner.delete(`${endpointsPath}/${made.id}`);
        else await expectOk(owner.post(path, { url: '', events: [] }));
        const raw = receiver.received[0].rawHeaders;
        return raw.filter((_, i) => i % 2 === 1 && raw[i - 1].toLowerCase() === 'user-agent');
      };
      const customHeaders = [{ key: 'User-Agent', value: 'acme-hooks/1' }];
      for (const path of ['/api/callback', endpointsPath]) {
        assert.match((await agents({}, path)).join(), /^Greffier\/\d+\.\d+\.\d+$/);
        assert.deepEqual(await agents({ customHeaders }, path), ['acme-hooks/1']);
      }
      await server.stop();
      await start(['--user-agent', '']);
      assert.deepEqual(await agents({}, '/api/callback'), ['']);
      await server.stop();
      await start(['--user-agent', 'Bank hooks (ops@bank.example)']);
      assert.deepEqual(await agents({}, endpointsPath), ['Bank hooks (ops@bank.example)']);
    });
  });
}
