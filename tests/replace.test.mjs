// replace.test.mjs – bodies that replace: what GET shows can be sent back, and a misspelt member is
// refused by name instead of clearing what it meant.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client } from './lib/server.mjs';
import { addEndpoint, assertRefused, endpointsPath, expectOk } from './lib/notifications.mjs';
import { Authority } from './lib/certificates.mjs';

const apps = '/api/account/authentication/clientApps';
const oauthSetting = { clientId: 'c', clientSecret: 's', authorizationServerUrl: 'https://issuer.example/token?tenant=a', scope: 'x', customParameters: [{ key: 'audience', value: 'a' }] };
const customHeaders = [{ key: 'X-Tenant', value: 'blue' }];
const events = ['PACKAGE_CREATE', 'PACKAGE_COMPLETE'];

for (const engine of engines) {
  describe(`bodies that replace on ${engine}`, () => {
    let installation, account, server, owner;
    const authority = new Authority();
    const { cert: clientCertificate, key: clientKey } = authority.issue('client');
    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      server = await Server.start(installation);
      owner = Client.withKey(server, account);
    });
    after(async () => {
      await server?.stop();
      installation?.remove();
      authority.remove();
    });

    /** Sends back what is shown, and what the answer shows; nothing but times changes. */
    const sendBack = async (path, method) => {
      const shown = await expectOk(owner.get(path));
      const answer = await expectOk(owner.request(method, path, shown));
      await expectOk(owner.request(method, path, answer));
      const timeless = ({ updatedDate, lastUsedDate, ...others }) => others;
      const now = timeless(await expectOk(owner.get(path)));
      for (const [member, value] of Object.entries(timeless(shown))) assert.deepEqual(now[member], value, `${path}: ${member}`);
      return shown;
    };

    const callbacks = [
      undefined,
      { url: 'http://127.0.0.1:9/', key: 'k', events, customHeaders },
      { url: 'http://127.0.0.1:9/?a=b', events, authType: 'OAUTH2', oauthSetting, customHeaders },
      { url: 'http://127.0.0.1:9/', events, authType: 'OAUTH2', oauthSetting: { ...oauthSetting, grantType: 'PASSWORD', username: 'u', password: 'p', ignoreSsl: true } },
      { url: '', events: [] },
    ];

    test('the callback and a connector', async () => {
      for (const path of ['/api/callback', '/api/callback/connectors/dynamics']) {
        for (const body of callbacks) {
          if (body) await expectOk(owner.post(path, body));
          await sendBack(path, 'POST');
        }
      }
      const key = Buffer.from(JSON.stringify({ host: 'localhost', client_id: 'app', refresh_token: 'token' })).toString('base64');
      await expectOk(owner.post('/api/callback/connectors/salesforceOauth2', { url: 'http://127.0.0.1:9/', key, events }));
      await sendBack('/api/callback/connectors/salesforceOauth2', 'POST');
    });

    test('endpoints, in every state and with every option', async () => {
      for (const body of [
        { url: 'http://127.0.0.1:9/' },
        { ...callbacks[1], name: 'All', filters: { senders: [account.email], attributes: { a: ['b'] } }, method: 'PUT', payloadFormat: 'CLOUDEVENTS_BINARY', signatures: ['ED25519'], ordered: false, onRefusal: 'PASS_BY', stopStatuses: [404], retryWaits: [1, 2], horizonHours: 3, inFlightLimit: 4, rateLimit: 5, connectTimeoutMs: 600, timeoutMs: 700, failureMails: false, contact: 'ops@bank.example', tls: { clientCertificate, clientKey, caCertificates: authority.certificate } },
        callbacks[2],
        callbacks[3],
      ]) {
        const { id } = await addEndpoint(owner, body);
        for (const verb of [undefined, 'pause', 'disable']) {
          if (verb) await expectOk(owner.post(`${endpointsPath}/${id}/${verb}`));
          await sendBack(`${endpointsPath}/${id}`, 'PUT');
        }
      }
    });

    test('client apps', async () => {
      const { clientId } = await expectOk(owner.post(apps, { name: 'Feed', scopes: ['package.read'], networks: ['127.0.0.0/8'], readOnly: true, rateLimit: 7 }));
      await sendBack(`${apps}/${clientId}`, 'PUT');
      await expectOk(owner.post(`${apps}/${clientId}/regenerate-secret`, { overlapSeconds: 60 }));
      await sendBack(`${apps}/${clientId}`, 'PUT');
      await expectOk(owner.put(`${apps}/${clientId}`, { enabled: false }));
      await sendBack(`${apps}/${clientId}`, 'PUT');
    });

    test('a misspelt member is refused by name, and nothing changes', async () => {
      const stored = { url: 'http://127.0.0.1:9/', key: 'k', events, customHeaders };
      const { id } = await addEndpoint(owner, stored);
      const { clientId } = await expectOk(owner.post(apps, { name: 'Typo' }));
      await expectOk(owner.post('/api/callback', stored));
      for (const [method, path, wrong, meant] of [
        ['POST', '/api/callback', { ...stored, events: undefined, evnts: events }, 'evnts: no such member here; did you mean `events`?'],
        ['POST', '/api/callback', { ...stored, ordered: false }, 'ordered: no such member here'],
        ['POST', '/api/callback/connectors/dynamics', { URL: 'http://127.0.0.1:9/' }, 'URL: no such member here; did you mean `url`?'],
        ['PUT', `${endpointsPath}/${id}`, { ...stored, retryWait: [1] }, 'retryWait: no such member here; did you mean `retryWaits`?'],
        ['PUT', `${endpointsPath}/${id}`, { ...stored, tls: { ca: '' } }, 'tls.ca: no such member here'],
        ['PUT', `${endpointsPath}/${id}`, { ...stored, filters: { sender: [] } }, 'filters.sender: no such member here; did you mean `senders`?'],
        ['PUT', `${endpointsPath}/${id}`, { ...stored, oauthSetting: { ...oauthSetting, granttype: 'PASSWORD' } }, 'oauthSetting.granttype: no such member here; did you mean `grantType`?'],
        ['PUT', `${endpointsPath}/${id}`, { ...stored, customHeaders: [{ key: 'A', value: 'b', vlaue: 'c' }] }, 'customHeaders.vlaue: no such member here; did you mean `value`?'],
        ['PUT', `${apps}/${clientId}`, { readonly: true }, 'readonly: no such member here; did you mean `readOnly`?'],
      ]) {
        const before = await owner.get(path);
        assertRefused(await owner.request(method, path, wrong), meant);
        assert.deepEqual((await owner.get(path)).body, before.body);
      }
    });

    test('elsewhere unknown members are ignored: SDKs send those of newer versions', async () => {
      await addEndpoint(owner, { url: 'http://127.0.0.1:9/', ofANewerVersion: 1 });
      assert.equal((await owner.post('/api/packages', { name: 'New', ofANewerVersion: { a: 1 }, roles: [] })).status, 200);
      await expectOk(owner.post(apps, { name: 'New', ofANewerVersion: 1 }));
    });
  });
}
