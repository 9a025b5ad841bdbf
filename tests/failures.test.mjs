// failures.test.mjs – endpoints that fail: what people are told, and when they are given up.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { Receiver } from './lib/receiver.mjs';
import { Mails } from './lib/callers.mjs';

const endpoints = '/api/notifications/endpoints';
const nowhere = 'http://127.0.0.1:9/'; // the discard port: nobody answers

for (const engine of engines) {
  describe(`failures on ${engine}`, () => {
    let installation, account, server, owner, mails, receiver;
    const create = async (body) => {
      const made = await owner.post(endpoints, body);
      assert.equal(made.status, 200, JSON.stringify(made.body));
      return made.body;
    };
    const read = async (endpoint) => (await owner.get(`${endpoints}/${endpoint.id}`)).body;
    const raise = (name, packageId, members = {}) => owner.post('/api/notifications/events', { name, packageId, ...members });

    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      mails = new Mails();
      // A day is 2.16 s.
      server = await Server.start(installation, ['--retry-scale', '40000', '--disable-after', '1', ...mails.settings]);
      owner = Client.withKey(server, account);
    });
    afterEach(async () => {
      await receiver?.stop();
      receiver = undefined;
    });
    after(async () => {
      await server.stop();
      installation.remove();
      mails.remove();
    });

    test('the mail about a notification that was never sent has its JSON all the same', async () => {
      const oauthSetting = { clientId: 'c', clientSecret: 's', authorizationServerUrl: nowhere };
      const endpoint = await create({ url: nowhere, events: ['PACKAGE_DECLINE'], authType: 'OAUTH2', oauthSetting, retryWaits: [1] });
      await raise('PACKAGE_DECLINE', 'without-token', { message: 'Too dear' });
      const { body } = await mails.arrived(account.email, /without-token/);
      const json = JSON.parse(body.split('\n').find((line) => line.startsWith('{')));
      assert.deepEqual(Object.keys(json), ['@class', 'name', 'sessionUser', 'packageId', 'message', 'documentId', 'createdDate']);
      assert.equal(json.message, 'Too dear');
      await owner.delete(`${endpoints}/${endpoint.id}`);
    });

    test('an endpoint that fails on after a pause is known to fail, and disabled in the end', async () => {
      receiver = await Receiver.start(() => 500);
      const endpoint = await create({ url: receiver.url, events: ['PACKAGE_TRASH'], retryWaits: Array(20).fill(6000), horizonHours: 720 });
      await raise('PACKAGE_TRASH', 'before');
      await until('it is known to fail', async () => (await read(endpoint)).failingSinceDate);
      await owner.post(`${endpoints}/${endpoint.id}/pause`);
      await owner.post(`${endpoints}/${endpoint.id}/resume`);
      await until('it is known to fail again', async () => (await read(endpoint)).failingSinceDate);
      const disabled = await until('it is disabled', async () => {
        await raise('PACKAGE_TRASH', 'on and on');
        const now = await read(endpoint);
        return now.state === 'DISABLED' && now;
      });
      assert.equal(disabled.stateReason, 'FAILING');
      await mails.arrived(account.email, /Every attempt since .* has failed/);
      await mails.arrived(account.email, /Every attempt has failed for days/);
    });
  });
}
