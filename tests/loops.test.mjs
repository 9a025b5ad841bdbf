// loops.test.mjs – no endpoint feeds itself, and an account has no more endpoints than it may.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { addEndpoint, anyPackage, assertRefused, endpointsPath, expectOk, notifications, raise, tried } from './lib/notifications.mjs';
import { Receiver } from './lib/receiver.mjs';

const events = ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE'];
const eventsPath = `${notifications}/events`;

for (const engine of engines) {
  describe(`loops and limits on ${engine}`, () => {
    let installation, account, server, owner, receiver;
    const start = async (...settings) => {
      await server?.stop();
      server = await Server.start(installation, settings);
      owner = Client.withKey(server, account);
    };
    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
    });
    after(async () => {
      await server?.stop();
      installation?.remove();
    });
    afterEach(async () => {
      for (const { id } of (await expectOk(owner.get(endpointsPath))).results) await owner.delete(`${endpointsPath}/${id}`);
      await receiver?.stop();
      receiver = undefined;
    });

    test('its own listener and base URL are no targets, of authorization servers neither', async () => {
      await start('--base-url', 'https://sign.acme.example', '--allow-private-targets=true', '--require-https-targets=false');
      const port = new URL(server.url).port;
      receiver = await Receiver.start();
      for (const url of [`${server.url}/api/packages`, `http://localhost:${port}/`, `http://[::ffff:127.0.0.1]:${port}/`, 'https://SIGN.acme.example:443/x']) {
        for (const body of [{ url }, { url: receiver.url, authType: 'OAUTH2', oauthSetting: { clientId: 'c', clientSecret: 's', authorizationServerUrl: url } }]) {
          const endpoint = await addEndpoint(owner, { events, ...body });
          const packageId = anyPackage();
          await raise(owner, packageId);
          const { attempts: [attempt] } = await tried(owner, { packageId, endpointId: endpoint.id });
          if (body.authType) assert.match(attempt.replyStart, /ADDRESS_REFUSED|this server's own/);
          else assert.equal(attempt.error, 'ADDRESS_REFUSED', JSON.stringify(attempt));
          await owner.delete(`${endpointsPath}/${endpoint.id}`);
        }
      }
      assert.equal(receiver.received.length, 0);
    });

    test('a call that comes from a notification is refused, on every kind of route', async () => {
      await start();
      receiver = await Receiver.start();
      await addEndpoint(owner, { url: receiver.url, events });
      await raise(owner, anyPackage());
      await until('a notification', () => receiver.received.length > 0);
      const mark = { 'greffier-hops': receiver.received[0].headers['greffier-hops'] };
      assert.deepEqual(mark, { 'greffier-hops': '1' });
      for (const hops of [mark, { 'greffier-hops': '' }, { 'greffier-hops': '-1' }, { 'greffier-hops': '1e9' }, { 'greffier-hops': '99999999999' }]) {
        for (const [method, path] of [['POST', '/api/packages'], ['POST', eventsPath], ['GET', '/api/callback'], ['POST', '/apitoken/clientApp/accessToken']])
          assertRefused(await owner.request(method, path, method === 'POST' ? {} : undefined, hops), undefined, { status: 403, messageKey: 'error.forbidden.requestLoop' });
      }
      assert.equal((await owner.request('GET', '/api/callback', undefined, { 'greffier-hops': '0' })).status, 200);
    });

    test('--hops-limit lets chains be so long, and no longer', async () => {
      await start('--hops-limit', '2');
      const answers = [];
      receiver = await Receiver.start(({ body, headers }) => {
        owner.request('POST', eventsPath, { name: 'PACKAGE_CREATE', packageId: body.packageId }, { 'greffier-hops': headers['greffier-hops'] })
          .then(({ status }) => answers.push([headers['greffier-hops'], status]));
        return 200;
      });
      await addEndpoint(owner, { url: receiver.url, events });
      await raise(owner, anyPackage());
      await until('the end of the chain', () => answers.length === 3);
      assert.deepEqual(answers.sort(), [['1', 200], ['2', 200], ['3', 403]]);
    });

    test('an account has so many endpoints; one that has more keeps them', async () => {
      await start();
      const kept = [];
      for (let i = 0; i < 3; i++) kept.push(await addEndpoint(owner, { url: 'http://127.0.0.1:9/', events }));
      await start('--endpoints-limit', '2');
      const refused = await owner.post(endpointsPath, { url: 'http://127.0.0.1:9/', events });
      assertRefused(refused, 'the account has 3 endpoints', { status: 409 });
      await expectOk(owner.put(`${endpointsPath}/${kept[0].id}`, { url: 'http://127.0.0.1:9/other', events }));
      assert.equal((await expectOk(owner.get(endpointsPath))).count, 3);
      for (const { id } of kept.slice(0, 2)) await owner.delete(`${endpointsPath}/${id}`);
      const several = await Promise.all([0, 1, 2, 3].map(() => owner.post(endpointsPath, { url: 'http://127.0.0.1:9/', events })));
      assert.deepEqual(several.map(({ status }) => status).sort(), [200, 409, 409, 409]);
    });
  });
}
