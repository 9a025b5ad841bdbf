// sealed.test.mjs – custom header values, an Authorization header, parameters of token requests and the
// queries of URLs are in no file, dump, log, audit entry, mail or record in the clear; and they arrive.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { Mails } from './lib/callers.mjs';
import { addEndpoint, anyPackage, assertAbsent, assertRefused, endpointsPath, expectOk, raise, settled, stored } from './lib/notifications.mjs';
import { Receiver } from './lib/receiver.mjs';

const events = ['PACKAGE_CREATE'];
const marks = ['header-value-mark', 'query-mark', 'token-query-mark', 'parameter-mark', 'authorization-mark'];
const [header, query, tokenQuery, parameter, authorization] = marks;

/** As an operator does, with the engine's own program. */
function sql(installation, statement) {
  const database = installation.settings.indexOf('--database');
  if (database >= 0) return execFileSync('psql', ['-q', '-v', 'ON_ERROR_STOP=1', '-d', installation.settings[database + 1], '-c', statement]);
  return execFileSync('sqlite3', [join(installation.data, 'greffier.db'), statement]);
}

for (const engine of engines) {
  describe(`what endpoints hide on ${engine}`, () => {
    let installation, account, server, owner, mails;
    const logs = [];
    const receivers = [];
    const start = async () => {
      server = await Server.start(installation, ['--retry-scale', '1000', ...mails.settings]);
      owner = Client.withKey(server, account);
    };
    const stop = async () => {
      await server?.stop();
      if (server) logs.push(server.log);
      server = undefined;
    };
    const receive = async (answer) => {
      const receiver = await Receiver.start(answer);
      receivers.push(receiver);
      return receiver;
    };
    before(async () => {
      mails = new Mails();
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      await start();
    });
    after(async () => {
      await server?.stop();
      installation?.remove();
      mails.remove();
    });
    afterEach(async () => {
      for (const receiver of receivers.splice(0)) await receiver.stop();
    });

    const hidden = (receiver, issuer) => ({
      url: `${receiver.url}?key=${query}`, events, customHeaders: [{ key: 'X-Tenant', value: header }],
      ...(issuer && { authType: 'OAUTH2', oauthSetting: { clientId: 'c', clientSecret: 's', authorizationServerUrl: `${issuer.url}?key=${tokenQuery}`, customParameters: [{ key: 'audience', value: parameter }] } }),
    });
    const nowhereInTheClear = async () => {
      const audit = (await owner.get('/api/account/audit/export')).bytes;
      const log = (await owner.get('/api/notifications/deliveries?to=100')).bytes;
      await stop();
      for (const bytes of [...stored(installation), ...logs, audit, log, ...mails.all().map(({ subject, body }) => subject + body)]) assertAbsent(bytes, marks, 'this');
      await start();
    };

    test('all of it arrives, is shown to whoever may read the endpoint, and is nowhere else', async () => {
      const receiver = await receive(({ headers }) => (headers['x-tenant'] === header ? 200 : 500));
      const issuer = await receive(() => ({ status: 200, body: '{"access_token":"t"}' }));
      const failing = await receive(() => 400);
      await expectOk(owner.post('/api/callback', hidden(receiver)));
      await expectOk(owner.post('/api/callback/connectors/dynamics', hidden(receiver, issuer)));
      const { id } = await addEndpoint(owner, { ...hidden(failing), retryWaits: [1], stopStatuses: [400], contact: 'ops@bank.example' });
      const fixed = await addEndpoint(owner, { ...hidden(receiver), authType: 'HEADER', key: `Token ${authorization}` });
      assert.equal(fixed.authType, 'HEADER');
      assert.equal(fixed.key, undefined);
      const packageId = anyPackage();
      const { id: eventId } = await raise(owner, packageId);
      await settled(owner, { packageId, state: 'DELIVERED' }, 'DELIVERED', 3);
      assert.ok(receiver.received.every(({ path }) => path.endsWith(`?key=${query}`)));
      assert.deepEqual(receiver.received.map(({ headers }) => headers.authorization).sort(), [`Bearer t`, `Token ${authorization}`, undefined]);
      const [asked] = issuer.received;
      assert.ok(asked.path.endsWith(`?key=${tokenQuery}`));
      assert.equal(new URLSearchParams(asked.raw.toString()).get('audience'), parameter);
      await mails.arrived('ops@bank.example');
      const full = await expectOk(owner.get(`/api/notifications/deliveries/${eventId}/${id}`));
      assert.match(full.attempts[0].requestHead, /\/callback\?\*\*\*\n[^]*X-Tenant: \*\*\*/);
      const shown = await expectOk(owner.get(`${endpointsPath}/${id}`));
      assert.equal(shown.url, `${failing.url}?key=${query}`);
      assert.deepEqual(shown.customHeaders, hidden(failing).customHeaders);
      assert.equal((await expectOk(owner.get('/api/callback/connectors/dynamics'))).oauthSetting.customParameters[0].value, parameter);
      const { secret } = await expectOk(owner.post(`${endpointsPath}/${id}/signingSecrets`)); // seals again
      assert.equal(secret, undefined);
      assert.deepEqual((await expectOk(owner.get(`${endpointsPath}/${id}`))).customHeaders, hidden(failing).customHeaders);
      await expectOk(owner.post(`${endpointsPath}/${id}/test`));
      await nowhereInTheClear();
      assert.equal((await expectOk(owner.get(`${endpointsPath}/${id}`))).url, shown.url);
      for (const { id: one } of (await expectOk(owner.get(endpointsPath))).results) await owner.delete(`${endpointsPath}/${one}`);
    });

    test('rows of an older version are sealed at the start, and used meanwhile', async () => {
      const receiver = await receive(() => 200);
      const made = [];
      for (let i = 0; i < 60; i++) made.push((await addEndpoint(owner, { url: receiver.url, events: i === 0 ? events : [], ...(i === 1 && { authType: 'OAUTH2', oauthSetting: { clientId: 'c', clientSecret: 's', authorizationServerUrl: 'http://127.0.0.1:1/' } }) })).id);
      await owner.delete(`${endpointsPath}/${made[2]}`);
      await stop();
      sql(installation, `UPDATE endpoint SET concealed_us = 0, url = url || '?key=${query}', custom_headers = '[{"key":"X-Tenant","value":"${header}"}]',
        options = replace(replace(options, '"customParameters":[]', '"customParameters":[{"key":"a","value":"${parameter}"}]'), '127.0.0.1:1/', '127.0.0.1:1/?${tokenQuery}')`);
      await start();
      const packageId = anyPackage();
      await raise(owner, packageId);
      await settled(owner, { packageId });
      assert.equal(receiver.received[0].headers['x-tenant'], header);
      assert.ok(receiver.received[0].path.endsWith(query));
      const unsealed = () => Number(String(sql(installation, `SELECT 'rows=' || COUNT(*) FROM endpoint WHERE concealed_us <> updated_us OR custom_headers <> '[]'`)).match(/rows=(\d+)/)[1]);
      await until('all are sealed', () => unsealed() === 0);
      const shown = await expectOk(owner.get(`${endpointsPath}/${made[1]}`));
      assert.deepEqual([shown.url, shown.customHeaders[0].value, shown.oauthSetting.customParameters[0].value, shown.oauthSetting.authorizationServerUrl],
        [`${receiver.url}?key=${query}`, header, parameter, `http://127.0.0.1:1/?${tokenQuery}`]);
      await nowhereInTheClear();
      for (const id of made) await owner.delete(`${endpointsPath}/${id}`);
    });

    // Version 0.3 has the first lock of db_driver.h alone.
    test('while a node of 0.3 is connected all it reads stays readable, and is sealed afterwards', { skip: engine !== 'postgresql' }, async () => {
      const receiver = await receive(() => 200);
      const older = spawn('psql', ['-q', '-d', installation.settings[installation.settings.indexOf('--database') + 1]], { stdio: ['pipe', 'ignore', 'ignore'] });
      older.stdin.write('SELECT pg_advisory_lock_shared(1735550053, 42);\n');
      const ended = new Promise((resolve) => older.on('close', resolve));
      try {
        const has = (what, text) => String(sql(installation, `SELECT ${what} FROM endpoint WHERE url LIKE '${receiver.url}%'`)).includes(text);
        await until('the lock', () => String(sql(installation, "SELECT 'locks=' || COUNT(*) FROM pg_locks WHERE classid = 1735550053 AND objid = 42")).includes('locks=1'));
        const { id } = await addEndpoint(owner, { ...hidden(receiver), authType: 'HEADER', key: `Token ${authorization}` });
        assert.ok(has('custom_headers', header) && has('url', query) && has("'auth=' || auth", 'auth=0'));
        const packageId = anyPackage();
        await raise(owner, packageId);
        await settled(owner, { packageId });
        assert.deepEqual([receiver.received[0].headers['x-tenant'], receiver.received[0].headers.authorization], [header, `Token ${authorization}`]);
        assert.equal((await expectOk(owner.get(`${endpointsPath}/${id}`))).authType, 'HEADER');
        older.kill();
        await ended;
        await until('the lock is gone', () => String(sql(installation, "SELECT 'locks=' || COUNT(*) FROM pg_locks WHERE classid = 1735550053 AND objid = 42")).includes('locks=0'));
        await stop();
        await start();
        await until('it is sealed', () => !has('custom_headers', header) && !has('url', query));
        assert.equal((await expectOk(owner.get(`${endpointsPath}/${id}`))).customHeaders[0].value, header);
        await owner.delete(`${endpointsPath}/${id}`);
      } finally {
        older.kill();
        await ended;
      }
    });

    test('HEADER: any scheme, up to 8 KiB, kept while the URL stays; header values up to 4 KiB; not for the callback', async () => {
      const receiver = await receive(() => 200);
      const url = receiver.url;
      for (const key of ['ApiKey abc', 'bare', `Custom ${'x'.repeat(8192 - 7)}`]) {
        const { id } = await addEndpoint(owner, { url, events, authType: 'HEADER', key, customHeaders: [{ key: 'X-Long', value: 'y'.repeat(4096) }] });
        const packageId = anyPackage();
        await raise(owner, packageId);
        await settled(owner, { packageId, endpointId: id });
        assert.equal(receiver.received.at(-1).headers.authorization, key);
        assert.equal(receiver.received.at(-1).headers['x-long'].length, 4096);
        const tested = await expectOk(owner.post(`${endpointsPath}/${id}/test`));
        assert.match(tested.attempt.requestHead, /\nAuthorization: \*\*\*\n/);
        const { key: nothing, ...shown } = await expectOk(owner.get(`${endpointsPath}/${id}`));
        assert.equal(nothing, undefined);
        await expectOk(owner.put(`${endpointsPath}/${id}`, shown));
        assertRefused(await owner.put(`${endpointsPath}/${id}`, { ...shown, url: `${url}/elsewhere` }), 'key:');
        await expectOk(owner.put(`${endpointsPath}/${id}`, { url, events, authType: 'NONE' }));
        assertRefused(await owner.put(`${endpointsPath}/${id}`, { url, events, authType: 'HEADER' }), 'key:'); // forgotten
        await owner.delete(`${endpointsPath}/${id}`);
      }
      for (const [path, body, member] of [
        [endpointsPath, { authType: 'HEADER' }, 'key:'], [endpointsPath, { authType: 'HEADER', key: 'a\r\nb' }, 'key:'],
        [endpointsPath, { authType: 'HEADER', key: 'x'.repeat(8193) }, 'key:'], [endpointsPath, { key: 'x'.repeat(501) }, 'key:'],
        [endpointsPath, { customHeaders: [{ key: 'X', value: 'y'.repeat(4097) }] }, 'customHeaders[0]:'],
        ['/api/callback', { authType: 'HEADER', key: 'Token a' }, 'authType:'], ['/api/callback', { customHeaders: [{ key: 'X', value: 'y'.repeat(101) }] }, 'customHeaders[0]:'],
      ]) assertRefused(await owner.post(path, { url, events, ...body }), member);
      await expectOk(owner.post('/api/callback', { url, events }));
      const { id } = (await expectOk(owner.get(`${endpointsPath}?to=100`))).results.find(({ origin }) => origin === '') ?? {};
      for (const body of [{ authType: 'HEADER', key: 'Token a' }, { customHeaders: [{ key: 'X', value: 'y'.repeat(101) }] }])
        assertRefused(await owner.put(`${endpointsPath}/${id}`, { url, events, ...body }));
    });
  });
}
