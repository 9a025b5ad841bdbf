// audit.test.mjs – who did what is on record, cannot be changed unseen, and holds no secret; nor does anything else.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { engines, freshInstallation, createAccount, Server, Client, run, until, startServing, stopServing } from './lib/server.mjs';
import { Receiver } from './lib/receiver.mjs';
import { databaseOf, tamper } from './lib/tamper.mjs';
import { Mails, accessToken, apiToken, appsPath, assertError, createApp, createSender, signIn, tokenPath } from './lib/callers.mjs';

for (const engine of engines) {
  describe(`the audit log on ${engine}`, () => {
    let installation, account, server, owner;
    const verify = (...more) => run(['audit', 'verify', '--json', ...more, ...installation.settings]);
    before(async () => ({ installation, account, server, owner } = await startServing(engine)));
    after(() => stopServing(server, installation));

    test('every change of a credential, setting or role is there: who, what, from where, when', async () => {
      const app = await createApp(owner, { name: 'Audited' });
      await owner.put(`${appsPath}/${app.clientId}`, { name: 'Renamed' });
      const token = await apiToken(server, app);
      await token.post(`${appsPath}/${app.clientId}/regenerate-secret`, { overlapSeconds: 60 });
      await owner.delete(`${appsPath}/${app.clientId}`);
      await owner.put('/api/account/authentication/settings', { leakPolicy: 'DISABLE' });
      const sender = await createSender(owner, `audit-${engine}@bank.example`);
      const { body: role } = await owner.post('/api/account/roles', { name: 'R', permissions: [] });
      await owner.post(`/api/account/senders/${sender.id}/roles`, { accountRoles: [{ id: role.id }] });
      await signIn(server, account.email, account.password);
      await run(['apikey', 'rotate', '--email', sender.email, ...installation.settings]);
      const { body } = await owner.get('/api/account/audit?from=1&to=100');
      const actions = body.results.map((entry) => entry.action).reverse();
      assert.deepEqual(actions, ['account.create', 'client_app.create', 'client_app.change', 'client_app.renew', 'client_app.revoke', 'account.authentication', 'user.create', 'role.create', 'user.roles', 'session.sign_in', 'api_key.rotate']);
      assert.deepEqual(body.results.map((entry) => entry.sequence), actions.map((_, i) => actions.length - i));
      const renewed = body.results.find((entry) => entry.action === 'client_app.renew');
      assert.deepEqual(renewed.actor, { kind: 'CLIENT_APP', id: app.clientId });
      assert.equal(renewed.detail.actingFor, account.ownerId);
      assert.equal(renewed.address, '127.0.0.1');
      assert.equal(body.results[0].actor.kind, 'OPERATOR');
      assert.ok(Math.abs(Date.parse(body.results[0].date) - Date.now()) < 60000);
    });

    test('it is filtered, paged and exported, by the owner only', async () => {
      assert.deepEqual((await owner.get('/api/account/audit?action=client_app')).body.results.map((e) => e.action), ['client_app.revoke', 'client_app.renew', 'client_app.change', 'client_app.create']);
      assert.equal((await owner.get(`/api/account/audit?actor=${account.ownerId}&from=2&to=3`)).body.results.length, 2);
      assert.equal((await owner.get('/api/account/audit?endDate=2020-01-01')).body.count, 0);
      const lines = (await owner.get('/api/account/audit/export')).bytes.toString().trim().split('\n').map((line) => JSON.parse(line));
      assert.deepEqual(lines.map((line) => line.sequence), lines.map((_, i) => i + 1));
      assert.equal((await owner.get('/api/account/audit/export?after=5')).bytes.toString().trim().split('\n').length, lines.length - 5);
      const manager = await createSender(owner, `audit-manager-${engine}@bank.example`, { type: 'MANAGER' });
      assertError(await (await apiToken(server, await createApp(owner), manager.email)).get('/api/account/audit'), 403);
      const stranger = Client.withKey(server, await createAccount(installation, 'Stranger'));
      assert.deepEqual((await stranger.get('/api/account/audit')).body.results.map((e) => e.action), ['account.create']);
    });

    test('the chain is verified over REST, also while others write', async () => {
      const path = '/api/account/audit/verification';
      const verifications = [];
      for (let i = 0; i < 8; i++) {
        const changes = Array.from({ length: 6 }, () => createApp(owner, { name: 'Busy' }));
        verifications.push(owner.get(path), owner.get(path));
        for (const { clientId } of await Promise.all(changes)) await owner.delete(`${appsPath}/${clientId}`);
      }
      for (const { status, body } of await Promise.all(verifications)) assert.deepEqual([status, body.whole, body.brokenAt], [200, true, undefined]);
      const { body } = await owner.get(path);
      assert.deepEqual([body.entries, body.head], (({ entries, head }) => [entries, head])(JSON.parse((await verify('--account', account.accountId)).stdout)[0]));
      assert.equal(body.expected, undefined);
      const expected = async (noted) => (await owner.get(`${path}?expect=${noted}`)).body.expected;
      assert.equal(await expected(`${body.entries}:${body.head}`), true);
      assert.equal(await expected(`${body.entries - 1}:${body.head}`), false);
      assert.equal(await expected(`${body.entries + 1}:${body.head}`), false);
      for (const noted of ['x', '0:', '1', '99999999999999999999:a']) assertError(await owner.get(`${path}?expect=${noted}`), 400, 'error.validation.invalidField');
    });

    test('the chain is whole, and any change behind its back is seen', async () => {
      const clean = await verify('--account', account.accountId);
      assert.equal(clean.status, 0, clean.stderr);
      const [{ entries, head, whole }] = JSON.parse(clean.stdout);
      assert.ok(whole && entries > 10 && head.length === 64);
      assert.equal((await verify('--account', account.accountId, '--expect', `${entries}:${head}`)).status, 0);
      assert.equal((await verify()).status, 0);
      const where = `account = '${account.accountId}'`;
      for (const [what, sql, undo] of [
        ['a changed text', `UPDATE audit_entry SET detail = '{"name":"Innocent"}' WHERE ${where} AND sequence = 3`, null],
      ]) {
        tamper(installation, sql);
        const broken = await verify('--account', account.accountId);
        assert.equal(broken.status, 1, what);
        assert.equal(JSON.parse(broken.stdout)[0].brokenAt, 3);
        const { body } = await owner.get('/api/account/audit/verification');
        assert.deepEqual([body.whole, body.entries, body.brokenAt], [false, 2, 3]);
        assert.equal(undo, null);
      }
      tamper(installation, `DELETE FROM audit_entry WHERE ${where} AND sequence > 5`);
      tamper(installation, `UPDATE audit_head SET sequence = 5 WHERE ${where}`);
      assert.equal((await verify('--account', account.accountId, '--expect', `${entries}:${head}`)).status, 1);
    });
  });

  test(`nothing secret in the clear: not in the log, the database, its backup, or an answer that should not have it (${engine})`, async () => {
    const mails = new Mails();
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const receiver = await Receiver.start();
    const server = await Server.start(installation, mails.settings);
    const owner = Client.withKey(server, account);
    const secrets = new Map([['password', account.password], ['API key', account.apiKey]]);
    const answers = [];
    const remember = (answer) => (answers.push(answer.bytes), answer);
    const app = await createApp(owner);
    secrets.set('client secret', app.secret);
    const token = await apiToken(server, app);
    secrets.set('API token', token.authorization.slice(7));
    secrets.set('access token', (await accessToken(server, app)).authorization.slice(7));
    const session = await signIn(server, account.email, account.password);
    secrets.set('session', session.session);
    secrets.set('known device', session.device);
    secrets.set('authentication token', (await owner.post('/api/authenticationTokens/user')).body.value);
    secrets.set('second factor', (await session.post('/api/account/authentication/secondFactor', {})).body.secret);
    secrets.set('callback key', 'callback-key-marker-5521');
    await owner.post('/api/callback', { url: receiver.url, key: 'callback-key-marker-5521', events: ['PACKAGE_CREATE'] });
    await owner.post('/api/account/senders', { email: 'invited@bank.example', firstName: 'I', lastName: 'N' });
    secrets.set('password link', (await mails.arrived('invited@bank.example')).body.match(/#token=(\S+)/)[1]);
    const [{ credential }] = JSON.parse((await run(['operator', 'create', '--name', 'X', '--json', ...installation.settings])).stdout);
    secrets.set('operator credential', credential);
    // Mistakes too: wrong places, wrong shapes.
    const nobody = new Client(server);
    remember(await nobody.post(tokenPath, { clientId: app.secret, secret: app.secret, type: 'OWNER' }));
    remember(await nobody.post(tokenPath, { clientId: app.clientId, secret: app.secret, type: app.secret.slice(0, 0) }));
    remember(await new Client(server, `Bearer ${account.apiKey}`).get('/api/packages'));
    remember(await new Client(server, `Basic ${app.secret}`).get('/api/packages'));
    remember(await nobody.post('/api/session', { email: account.email, password: `${account.password}x` }));
    remember(await nobody.post('/oauth2/token', `grant_type=client_credentials&client_id=${app.clientId}&client_secret=${app.secret}x`, { 'content-type': 'application/x-www-form-urlencoded' }));
    for (const path of [appsPath, `${appsPath}/${app.clientId}`, '/api/account/authentication/apiKeys', '/api/account/audit?from=1&to=100', '/api/account/senders?from=1&to=100', '/api/notifications/deliveries', '/api/account/authentication/dlp/fingerprints', '/api/session']) remember(await owner.get(path));
    const changed = await signIn(server, account.email, account.password);
    remember(await changed.post(`/api/account/senders/${account.ownerId}`, { email: 'elsewhere@bank.example', password: account.password }));
    const addressLink = (await mails.arrived(account.email, /take this address back/)).body.match(/#token=(\S+)/)[1];
    secrets.set('link that takes an address back', addressLink);
    secrets.set('chosen password', 'chosen-password-marker-7734');
    remember(await nobody.post('/api/password', { token: addressLink, password: 'chosen-password-marker-7734' }));
    secrets.set('later known device', (await signIn(server, account.email, 'chosen-password-marker-7734')).device);
    await owner.post('/api/packages', { name: 'Noise' });
    await until('its delivery', () => receiver.received.length >= 1);
    await server.stop();

    let stored = Buffer.alloc(0);
    if (engine === 'postgresql') stored = execFileSync('pg_dump', ['--inserts', databaseOf(installation)], { maxBuffer: 1 << 28 });
    else {
      const backup = mkdtempSync(join(tmpdir(), 'greffier-backup-'));
      cpSync(installation.data, backup, { recursive: true });
      for (const name of readdirSync(backup)) if (statSync(join(backup, name)).isFile()) stored = Buffer.concat([stored, readFileSync(join(backup, name))]);
      rmSync(backup, { recursive: true });
    }
    const hexOf = (text) => Buffer.from(text).toString('hex'); // pg_dump shows bytes so
    for (const [what, secret] of secrets) {
      assert.ok(!server.log.includes(secret), `${what} in the log`);
      assert.ok(!stored.includes(secret) && !stored.includes(hexOf(secret)), `${what} in the database`);
      for (const bytes of answers) assert.ok(!bytes.includes(secret), `${what} in ${bytes}`);
    }
    assert.ok(stored.includes(app.clientId), 'the search finds what is there');
    await receiver.stop();
    installation.remove();
    mails.remove();
  });

  test(`mails go out by SMTP, are tried again, and are sent once (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const taken = [];
    let refusals = 1;
    const commands = [];
    const smtp = new SMTPServer({
      authOptional: true, hideSMTPUTF8: true, // as many servers: an address beyond ASCII goes as A-labels
      logger: { level() {}, trace() {}, info() {}, warn() {}, error() {}, debug: (entry, format, ...rest) => commands.push([format, ...rest].join(' ')) },
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData(stream, session, done) {
        let text = '';
        stream.on('data', (chunk) => (text += chunk));
        stream.on('end', () => {
          if (refusals-- > 0) return done(Object.assign(new Error('later'), { responseCode: 451 }));
          taken.push({ from: session.envelope.mailFrom.address, to: session.envelope.rcptTo[0].address, text });
          done();
        });
      },
    });
    await new Promise((ready) => smtp.listen(0, '127.0.0.1', ready));
    const server = await Server.start(installation, ['--smtp-url', `smtp://127.0.0.1:${smtp.server.address().port}`, '--mail-from', 'sign@acme.example', '--retry-scale', '600']);
    await Client.withKey(server, account).post('/api/account/senders', { email: 'ann@exämple.org', firstName: 'Ann', lastName: 'Lee', language: 'fr' });
    await until('the mail', () => taken.length === 1);
    assert.equal(taken[0].from, 'sign@acme.example');
    assert.match(taken[0].text, /^To: ann@xn--exmple-cua\.org\r$/m);
    assert.ok(commands.some((line) => line.includes('RCPT TO:<ann@xn--exmple-cua.org>')), commands.join('\n'));
    assert.match(Buffer.from(taken[0].text.split('\r\n\r\n')[1], 'base64').toString(), /^Bonjour Ann,/);
    await server.stop();
    assert.equal(taken.length, 1);
    smtp.close();
    installation.remove();
  });

  test(`the key-encryption key is replaced beside a running server, and only the new one opens the database (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    let server = await Server.start(installation);
    const app = await createApp(Client.withKey(server, account));
    const key = join(installation.data, 'greffier.key');
    const old = readFileSync(key);
    const rotated = await run(['key', 'rotate', '--json', ...installation.settings]);
    assert.equal(rotated.status, 0, rotated.stderr);
    assert.notDeepEqual(readFileSync(key), old);
    assert.equal((await (await apiToken(server, app)).get('/api/packages')).status, 200);
    await server.stop();
    server = await Server.start(installation);
    assert.equal((await (await apiToken(server, app)).get('/api/packages')).status, 200);
    assert.equal((await Client.withKey(server, account).get('/api/session')).status, 200);
    await server.stop();
    const { writeFileSync } = await import('node:fs');
    writeFileSync(key, old, { mode: 0o600 });
    const refused = await run(['account', 'list', ...installation.settings]);
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /made with another key/);
    installation.remove();
  });
}
