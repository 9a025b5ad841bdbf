// leaks.test.mjs – credentials that leak: scanners find them, reports act on them, exact matching knows them.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { engines, freshInstallation, createAccount, Server, Client, run, until } from './lib/server.mjs';
import { Mails, accessToken, apiToken, appsPath, assertError, createApp, tokenPath } from './lib/callers.mjs';

const dlp = '/api/account/authentication/dlp';
const formats = ['gitleaks', 'trufflehog', 'github', 'secretlint', 'secretlint-rule', 'purview', 'regex'];

/** secretlint over a folder: the file names in which something was found. */
function secretlint(folder, config) {
  return new Promise((done) => {
    execFile(process.execPath, [resolve('node_modules/secretlint/bin/secretlint.js'), '--secretlintrc', config, '--format', 'json', '--maskSecrets', join(folder, '*.txt')], { cwd: resolve('.') }, (error, stdout, stderr) => {
      if (!stdout.trim()) throw new Error(stderr);
      done(JSON.parse(stdout).filter((file) => file.messages.length > 0).map((file) => file.filePath.split('/').pop()).sort());
    });
  });
}

for (const engine of engines) {
  describe(`leaks on ${engine}`, () => {
    let installation, account, server, owner, mails, partner, operator;
    before(async () => {
      mails = new Mails();
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      partner = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const keys = join(mails.folder, 'keys.json');
      writeFileSync(keys, JSON.stringify({ public_keys: [{ key_identifier: 'k1', key: partner.publicKey.export({ type: 'spki', format: 'pem' }), is_current: true }] }));
      server = await Server.start(installation, [...mails.settings, '--partner-keys', keys]);
      owner = Client.withKey(server, account);
      [{ credential: operator }] = JSON.parse((await run(['operator', 'create', '--name', 'CERT', '--json', ...installation.settings])).stdout);
    });
    after(async () => {
      await server.stop();
      installation.remove();
      mails.remove();
    });
    const verify = async (credential) => (await new Client(server).post(`${dlp}/verify`, { credential })).body;
    const report = (body) => new Client(server, `Bearer ${operator}`).post(`${dlp}/reports`, body);
    const policy = (leakPolicy) => owner.put('/api/account/authentication/settings', { leakPolicy });

    test('rules in every format, by REST and by command line', async () => {
      for (const format of formats) {
        const answer = await owner.get(`${dlp}/rules?format=${format}`);
        assert.equal(answer.status, 200, format);
        const text = answer.bytes.toString();
        assert.ok(text.includes('grf_cs_'), format);
        assert.ok((await run(['dlp', 'rules', '--format', format, ...installation.settings])).stdout.includes('grf_cs_'));
        if (['github', 'secretlint', 'regex'].includes(format)) JSON.parse(text);
      }
      assertError(await owner.get(`${dlp}/rules?format=grep`), 400, 'error.validation.invalidField');
    });

    test('a real scanner finds every planted credential and no look-alike', async () => {
      const folder = mkdtempSync(join(resolve('.'), '.scan-'));
      const app = await createApp(owner);
      const token = (await apiToken(server, app)).authorization.slice(7);
      const jwt = (await accessToken(server, app)).authorization.slice(7);
      const { body: auth } = await owner.post('/api/authenticationTokens/user');
      const { body: session } = await owner.post('/api/sessions');
      const planted = { id: app.clientId, secret: app.secret, token, jwt, key: account.apiKey, auth: auth.value, session: session.sessionToken, operator };
      const lookAlikes = {
        'short': app.secret.slice(0, -1), 'long': `${app.secret}0`, 'inside-a-word': `x${app.secret}`, 'other-prefix': app.secret.replace('grf', 'ghp'),
        'other-kind': app.secret.replace('_cs_', '_xx_'), 'upper': app.secret.replace('grf_cs_', 'GRF_CS_'), 'jwt-of-others': `${Buffer.from('{"alg":"ES256","kid":"abc"}').toString('base64url')}.${jwt.split('.').slice(1).join('.')}`,
        'base64': Buffer.from('some other text of a good length that is not a key at all, really').toString('base64'),
      };
      const last = (text) => text.slice(0, -1) + (text.endsWith('A') ? 'B' : 'A');
      const wrongChecksum = { 'checksum-secret': last(app.secret), 'checksum-id': last(app.clientId), 'checksum-key': Buffer.from(last(Buffer.from(account.apiKey, 'base64').toString())).toString('base64') };
      for (const [name, text] of Object.entries({ ...planted, ...lookAlikes, ...wrongChecksum })) writeFileSync(join(folder, `${name}.txt`), `config:\n  value = "${text}"\n`);
      try {
        const found = Object.keys(planted).map((name) => `${name}.txt`).sort();
        const patterns = join(folder, 'patterns.json');
        writeFileSync(patterns, (await owner.get(`${dlp}/rules?format=secretlint`)).bytes);
        const byPattern = await secretlint(folder, patterns);
        assert.deepEqual(byPattern.filter((name) => !name.startsWith('checksum-')), found);
        const rule = join(folder, 'rule.mjs');
        writeFileSync(rule, (await owner.get(`${dlp}/rules?format=secretlint-rule`)).bytes);
        const config = join(folder, 'rule.json');
        writeFileSync(config, JSON.stringify({ rules: [{ id: rule }] }));
        assert.deepEqual(await secretlint(folder, config), found);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    test('the verifier says live, revoked or unknown', async () => {
      const app = await createApp(owner);
      const token = (await apiToken(server, app)).authorization.slice(7);
      const jwt = (await accessToken(server, app)).authorization.slice(7);
      for (const [credential, kind] of [[app.secret, 'CLIENT_SECRET'], [app.clientId, 'CLIENT_ID'], [token, 'API_TOKEN'], [jwt, 'ACCESS_TOKEN'], [account.apiKey, 'API_KEY'], [operator, 'OPERATOR_CREDENTIAL']]) {
        assert.deepEqual(await verify(credential), { state: 'LIVE', kind });
      }
      await owner.delete(`${appsPath}/${app.clientId}`);
      for (const credential of [app.secret, app.clientId, token, jwt]) assert.equal((await verify(credential)).state, 'REVOKED');
      for (const credential of ['x', 'grf_cs_1', app.secret.slice(0, -1), 'a.b.c']) assert.equal((await verify(credential)).state, 'UNKNOWN');
      assertError(await new Client(server).post(`${dlp}/verify`, {}), 400, 'error.validation.missingField');
    });

    test('a leaked secret: the policy decides, the owner gets a mail, once for each place', async () => {
      for (const [wanted, action] of [['NOTIFY', 'NOTIFIED'], ['DISABLE', 'DISABLED'], ['RENEW', 'RENEWED']]) {
        await policy(wanted);
        const app = await createApp(owner, { name: wanted });
        const url = `https://git.example/${engine}/${wanted}`;
        const answer = await report({ credential: app.secret, url, source: 'commit' });
        assert.deepEqual(answer.body, [{ state: 'LIVE', kind: 'CLIENT_SECRET', action }]);
        const mail = await mails.arrived(account.email, new RegExp(url));
        assert.ok(mail.body.includes(app.clientId) && !mail.body.includes(app.secret));
        const works = (await new Client(server).post(tokenPath, { clientId: app.clientId, secret: app.secret, type: 'OWNER' })).status;
        assert.equal(works, wanted === 'DISABLE' ? 401 : 200);
        const shown = (await owner.get(`${appsPath}/${app.clientId}`)).body;
        assert.equal(shown.secretToCollect, wanted === 'RENEW');
        if (wanted === 'RENEW') {
          const collected = await owner.post(`${appsPath}/${app.clientId}/collect-secret`);
          assert.equal((await new Client(server).post(tokenPath, { clientId: app.clientId, secret: collected.body.secret, type: 'OWNER' })).status, 200);
          assertError(await owner.post(`${appsPath}/${app.clientId}/collect-secret`), 409);
        }
        const again = await report({ credential: app.secret, url });
        if (wanted === 'NOTIFY') assert.equal(again.body[0].action, 'KNOWN');
      }
      await policy('NOTIFY');
      const { body: reports } = await owner.get(`${dlp}/reports`);
      assert.ok(reports.count >= 3);
    });

    test('a place whose long name is cut keeps no leak from being dealt with', async () => {
      await policy('DISABLE');
      const app = await createApp(owner, { name: 'Long place' });
      const url = `https://git.example/a${'é'.repeat(1500)}`; // the limit is within a letter
      assert.deepEqual((await report({ credential: app.secret, url })).body, [{ state: 'LIVE', kind: 'CLIENT_SECRET', action: 'DISABLED' }]);
      await policy('NOTIFY');
      const { body: reports } = await owner.get(`${dlp}/reports`);
      assert.equal(reports.count, reports.results.length);
      assert.ok(reports.results.some((one) => url.startsWith(one.url) && one.url.length > 900));
    });

    test("an operator's credential that leaks ends, and the installation's audit log says who reported it", async () => {
      const make = async (name) => JSON.parse((await run(['operator', 'create', '--name', name, '--json', ...installation.settings])).stdout)[0];
      const leaked = await make(`Leaked ${engine}`);
      assert.deepEqual((await report({ credential: leaked.credential, url: 'https://paste.example/operator' })).body, [{ state: 'LIVE', kind: 'OPERATOR_CREDENTIAL', action: 'REVOKED' }]);
      assert.equal((await verify(leaked.credential)).state, 'UNKNOWN');
      assertError(await new Client(server, `Bearer ${leaked.credential}`).post(`${dlp}/reports`, { credential: 'x' }), 401);
      const log = (await run(['audit', 'list', ...installation.settings])).stdout.trim().split('\n').map((line) => JSON.parse(line));
      const ended = log.find((entry) => entry.action === 'operator_credential.end');
      assert.equal(ended.target, leaked.id);
      assert.equal(ended.actor.kind, 'OPERATOR');
    });

    test('what is short-lived ends at once', async () => {
      const app = await createApp(owner);
      const bearer = await apiToken(server, app);
      const jwt = await accessToken(server, app);
      const { body: session } = await owner.post('/api/sessions');
      const { body: auth } = await owner.post('/api/authenticationTokens/user');
      const answer = await report([bearer.authorization.slice(7), jwt.authorization.slice(7), session.sessionToken, auth.value].map((credential, i) => ({ credential, url: `https://paste.example/${i}` })));
      assert.deepEqual(answer.body.map((one) => one.action), ['REVOKED', 'REVOKED', 'REVOKED', 'REVOKED']);
      for (const caller of [bearer, jwt]) assertError(await caller.get('/api/packages'), 401);
      assertError(await new Client(server).request('GET', '/api/session', undefined, { cookie: `ESIGNLIVE_SESSION_ID=${session.sessionToken}` }), 401);
      assertError(await new Client(server).get(`/auth?authenticationToken=${auth.value}`), 401);
    });

    test("a partner's report in GitHub's form is taken when it is signed, and only then", async () => {
      const app = await createApp(owner);
      const body = JSON.stringify([{ token: app.secret, type: 'greffier_client_secret', url: 'https://github.example/x', source: 'content' }, { token: 'nothing', type: 'x', url: '', source: '' }]);
      const sign = (text, key = partner.privateKey) => createSign('sha256').update(text).sign(key).toString('base64');
      const send = (text, headers) => new Client(server).post(`${dlp}/reports`, text, { 'content-type': 'application/json', ...headers });
      const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      for (const headers of [{}, { 'Github-Public-Key-Identifier': 'k1', 'Github-Public-Key-Signature': sign(`${body} `) }, { 'Github-Public-Key-Identifier': 'k2', 'Github-Public-Key-Signature': sign(body) },
        { 'Github-Public-Key-Identifier': 'k1', 'Github-Public-Key-Signature': sign(body, other.privateKey) }, { 'Github-Public-Key-Identifier': 'k1', 'Github-Public-Key-Signature': '!' }]) assertError(await send(body, headers), 401);
      const answer = await send(body, { 'Github-Public-Key-Identifier': 'k1', 'Github-Public-Key-Signature': sign(body) });
      assert.deepEqual(answer.body.map((one) => one.label), ['true_positive', 'false_positive']);
      assert.equal(answer.body[0].token_hash, createHash('sha256').update(app.secret).digest('base64'));
      const { results } = (await owner.get('/api/account/audit?action=leak.report')).body;
      assert.deepEqual(results[0].actor, { kind: 'PARTNER', id: 'k1' });
    });

    test("reports need an operator's credential", async () => {
      for (const authorization of [undefined, 'Bearer x', `Basic ${account.apiKey}`, `Bearer ${operator.slice(0, -1)}`]) assertError(await new Client(server, authorization).post(`${dlp}/reports`, { credential: 'x' }), 401);
      assertError(await report([{ url: 'x' }]), 400, 'error.validation.missingField');
      assertError(await report('nonsense'), 400, 'error.validation.invalidJson');
    });

    test('the export for exact matching knows every live credential, by salted hashes', async () => {
      const app = await createApp(owner);
      const { body } = await owner.get(`${dlp}/fingerprints`);
      const hash = (text) => createHmac('sha256', Buffer.from(body.salt, 'hex')).update(createHash('sha256').update(text).digest()).digest('hex');
      const entry = (kind, text) => body.entries.find((one) => one.kind === kind && one.hash === hash(text));
      assert.equal(entry('CLIENT_SECRET', app.secret).subject, app.clientId);
      assert.ok(entry('CLIENT_ID', app.clientId));
      assert.equal(entry('API_KEY', account.apiKey).subject, account.ownerId);
      assert.notEqual((await owner.get(`${dlp}/fingerprints`)).body.salt, body.salt);
    });
  });

  test(`the prefix can be changed; what has the old one goes on, and the rules know both (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    let server = await Server.start(installation);
    const before = await createApp(Client.withKey(server, account));
    await server.stop();
    for (const wrong of ['', 'ab', 'abcd', 'A12', '1ab', 'a-b']) if (wrong) assert.equal((await run(['account', 'list', '--credential-prefix', wrong, ...installation.settings])).status, 2);
    server = await Server.start(installation, ['--credential-prefix', 'acm']);
    const owner = Client.withKey(server, account);
    const after = await createApp(owner);
    assert.match(after.secret, /^acm_cs_/);
    for (const app of [before, after]) assert.equal((await (await apiToken(server, app)).get('/api/packages')).status, 200);
    const rules = (await owner.get(`${dlp}/rules?format=regex`)).bytes.toString();
    assert.ok(rules.includes('grf_cs_') && rules.includes('acm_cs_'));
    await server.stop();
    const again = await Server.start(installation);
    assert.match((await createApp(Client.withKey(again, account))).secret, /^acm_cs_/);
    await again.stop();
    installation.remove();
  });
}
