// operator.test.mjs – notifications from the command line, beside a running server.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engines, freshInstallation, createAccount, Server, Client, run, until } from './lib/server.mjs';
import { Receiver } from './lib/receiver.mjs';

for (const engine of engines) {
  describe(`notifications by command line on ${engine}`, () => {
    let installation, account, server, owner, receiver;
    const command = (words, ...options) => run([...words.split(' '), '--account', account.accountId, ...options, ...installation.settings]);
    const json = async (words, ...options) => {
      const made = await command(words, '--json', ...options);
      assert.equal(made.status, 0, made.stderr);
      return JSON.parse(made.stdout);
    };
    const create = async () => (await owner.post('/api/packages', { name: 'Operated' })).body.id;
    const file = (name, text) => {
      writeFileSync(join(installation.data, name), text);
      return join(installation.data, name);
    };
    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      server = await Server.start(installation);
      owner = Client.withKey(server, account);
      receiver = await Receiver.start();
    });
    after(async () => {
      await receiver.stop();
      await server.stop();
      installation.remove();
    });

    test('a callback is set, shown and turned off; the server hears of it', async () => {
      const set = await json('callback set', '--url', receiver.url, '--key-from', file('key', 'secret key\n'), '--events', 'PACKAGE_CREATE,PACKAGE_TRASH');
      assert.deepEqual([set.url, set.authType, set.events], [receiver.url, 'BASIC', ['PACKAGE_CREATE', 'PACKAGE_TRASH']]);
      assert.match(set.signingSecret, /^whsec_/);
      const shown = await json('callback show');
      assert.equal(shown.signingSecret, undefined);
      assert.deepEqual((await owner.get('/api/callback')).body, shown);
      const id = await create();
      await until('its notification', () => receiver.names(id).length === 1);
      assert.equal(receiver.received.at(-1).headers.authorization, 'Basic secret key');
      assert.deepEqual((await json('callback revert')).events, []);
      await create();
      assert.deepEqual((await owner.get('/api/callback')).body.events, []);
      const body = file('body.json', JSON.stringify({ url: receiver.url, events: ['PACKAGE_CREATE'], customHeaders: [{ key: 'X-From', value: 'file' }] }));
      assert.deepEqual((await json('callback set', '--file', body)).customHeaders, [{ key: 'X-From', value: 'file' }]);
      assert.equal((await json('callback set', '--connector', 'sharepoint', '--file', body)).url, receiver.url);
      await json('callback revert', '--connector', 'sharepoint');
    });

    test('what is wrong is said, and changes nothing', async () => {
      const before = await json('callback show');
      for (const [words, options, text] of [
        ['callback set', ['--url', 'ftp://x/', '--events', 'PACKAGE_CREATE'], /url/],
        ['callback set', ['--url', receiver.url, '--events', 'NOTHING'], /events\[0\]/],
        ['callback set', [], /--url, --events, --key-from/],
        ['callback set', ['--file', '/nowhere'], /nowhere/],
        ['callback set', ['--file', file('broken', '{')], /JSON/i],
        ['callback show', ['--connector', 'nothing'], /connector/],
        ['endpoint pause', [], /--endpoint is required/],
        ['endpoint pause', ['--endpoint', 'ep_none'], /not found/],
        ['delivery list', ['--state', 'LOST'], /--state/],
        ['delivery list', ['--since', 'yesterday'], /--since/],
        ['delivery resend', ['--event', 'evt_none', '--endpoint', 'ep_none'], /not found/],
        ['delivery retry', ['--event', 'evt_none', '--endpoint', 'ep_none'], /not found/],
        ['delivery cancel', ['--event', 'evt_none'], /--endpoint is required/],
        ['replay start', ['--endpoint', 'ep_none'], /not found/],
      ]) {
        const refused = await command(words, ...options);
        assert.ok(refused.status === 1 || refused.status === 2, `${words} ${options}: ${refused.status}`);
        assert.match(refused.stderr, text);
      }
      assert.deepEqual(await json('callback show'), before);
    });

    test('endpoints are listed and steered, deliveries found and sent again, events replayed', async () => {
      const [{ id }] = (await json('endpoint list')).filter((e) => e.origin === '');
      assert.equal((await json('endpoint pause', '--endpoint', id)).state, 'PAUSED');
      const waiting = await create();
      const [paused] = (await json('endpoint list')).filter((e) => e.id === id);
      assert.deepEqual([paused.state, paused.queue.pending], ['PAUSED', 1]);
      assert.match((await command('endpoint list')).stdout, /PAUSED\tPAUSED\t1\t/);
      assert.equal((await json('endpoint resume', '--endpoint', id)).state, 'ACTIVE');
      await until('what waited', () => receiver.names(waiting).length === 1);
      const [delivered] = await until('its record', async () => {
        const list = await json('delivery list', '--package', waiting, '--state', 'DELIVERED');
        return list.length && list;
      });
      assert.equal((await json('delivery resend', '--event', delivered.event.id, '--endpoint', id)).result, 'queued');
      await until('it again', () => receiver.names(waiting).length === 2);
      assert.match((await command('delivery list', '--package', waiting)).stdout, new RegExp(`${delivered.event.id}\tPACKAGE_CREATE\t${waiting}\t${id}\t`));
      const counted = await json('replay start', '--endpoint', id, '--package', waiting, '--dry-run');
      assert.deepEqual(counted, { dryRun: true, endpointId: id, matching: 1 });
      const replay = await json('replay start', '--endpoint', id, '--package', waiting);
      await until('the replay', () => receiver.names(waiting).length === 3);
      await until('its end', async () => (await json('replay list')).find((r) => r.id === replay.id).state !== 'RUNNING');
      assert.equal((await json('endpoint disable', '--endpoint', id)).state, 'DISABLED');
      assert.equal((await json('endpoint enable', '--endpoint', id)).state, 'ACTIVE');
    });
  });
}
