// console_access.test.mjs – the console's page of API access, in a real browser against the real server, with programs that use what it
// gives: client apps, API keys, what is accepted, data loss prevention.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { promisify } from 'node:util';
import { Client, pageEngines, run, until } from './lib/server.mjs';
import { Scenes, accountMenu, button, card, complaints, dialog, field, fits, heading, settled, told } from './lib/browser.mjs';
import { SessionClient, apiToken, appsPath, createApp, createSender, signIn, tokenPath } from './lib/callers.mjs';

const execute = promisify(execFile);
const settingsPath = '/api/account/authentication/settings';

for (const engine of pageEngines) {
  describe(`the console's API access on ${engine}`, () => {
    let scenes, installation, server;
    before(async () => {
      scenes = await Scenes.start(engine);
      ({ installation, server } = scenes);
    });
    after(() => scenes?.stop());

    const pathOf = (view = '', parameters = {}) => {
      const query = new URLSearchParams({ ...(view && { view }), ...parameters }).toString();
      return `${server.url}/admin/access${query && `?${query}`}`;
    };
    const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
    const once = (kind) => (engine === pageEngines[0] ? kind : () => {}); // what has nothing to do with the store

    const askForToken = (app, secret) => new Client(server).post(tokenPath, { clientId: app.clientId, secret, type: 'OWNER' });
    const stored = async (owner, app) => (await owner.get(`${appsPath}/${app.clientId}`)).body;
    const row = (page, name) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
    const feature = async (account, way, names) => {
      const { status, stderr } = await run(['account', 'feature', '--account', account.accountId, way, names, ...installation.settings]);
      assert.equal(status, 0, stderr);
    };

    /** Somebody with a role of these permissions, signed in. */
    async function colleague(owner, email, permissions) {
      const { body: role } = await owner.post('/api/account/roles', { name: `Role of ${email}`, permissions });
      const user = await createSender(owner, email);
      const given = await owner.post(`/api/account/senders/${user.id}/roles`, { accountRoles: [{ id: role.id }] });
      assert.equal(given.status, 200, JSON.stringify(given.body));
      const token = await apiToken(server, await createApp(owner, { name: `of ${email}` }), email);
      return (await token.post('/api/sessions')).body.sessionToken;
    }

    /* ---- client apps ---- */

    visit('a client app is created, and the pasted request gets a token that works', {}, async ({ page, owner, secrets }) => {
      await page.goto(`${server.url}/admin`);
      await page.getByRole('link', { name: 'API access' }).click();
      await heading(page, 'Client apps').waitFor();
      await page.getByText('There are no client apps yet').waitFor();
      await button(page, 'Add').click();
      const panel = page.getByRole('dialog', { name: 'Create client app' });
      await button(panel, 'Create').click();
      await panel.getByText('This is needed.').waitFor();
      await field(panel, 'Name').fill('Archive');
      await button(panel, 'Create').click();

      const made = page.getByRole('dialog', { name: 'Archive' });
      await made.getByText('The secret is shown only once').waitFor();
      const [{ clientId }] = (await owner.get(appsPath)).body;
      await made.getByText(clientId, { exact: true }).waitFor();
      const secretLine = made.locator('code').nth(1);
      assert.match(await secretLine.textContent(), /^grf_cs_•+$/);
      await button(made, 'Show the secret').click();
      const secret = await secretLine.textContent();
      secrets.push(secret);
      await button(made, 'Copy the secret').click();
      await told(made, 'Copied.');

      // As somebody pastes it, with the secret in the environment and not in it.
      const request = await made.locator('pre').textContent();
      assert.ok(request.includes(clientId) && !request.includes(secret));
      const { stdout } = await execute('sh', ['-c', request], { env: { ...process.env, CLIENT_SECRET: secret } });
      const { accessToken, expiresAt } = JSON.parse(stdout);
      assert.ok(expiresAt > Date.now());
      assert.equal((await new Client(server, `Bearer ${accessToken}`).get('/api/sysinfo')).status, 200);

      // Nothing but its own button closes it, and then the secret is gone.
      await page.keyboard.press('Escape');
      await button(made, 'Done').click();
      await made.waitFor({ state: 'detached' });
      assert.ok(!(await page.content()).includes(secret));
      await row(page, 'Archive').getByText('Active').waitFor();
      await row(page, 'Archive').getByText('You').waitFor();
      await page.reload();
      await row(page, 'Archive').getByText('from 127.0.0.1').waitFor();
    });

    once(visit)('both kinds of token are asked for with the sample of a language', {}, async ({ page, owner, secrets }) => {
      const app = await createApp(owner);
      secrets.push(app.secret);
      await page.goto(pathOf('', { id: app.clientId }));
      const ask = card(page, 'Ask for a token');
      for (const [language, command] of [['curl', ['sh', '-c']], ['Node', ['node', '--input-type=module', '-e']]]) {
        for (const [kind, member] of [['API token', 'accessToken'], ['OAuth 2.0', 'access_token']]) {
          await field(ask, 'Language').selectOption(language);
          await field(ask, 'Kind of token').selectOption(kind);
          const sample = await ask.getByLabel(`Token request in ${language}`).textContent();
          const { stdout } = await execute(command[0], [...command.slice(1), sample], { env: { ...process.env, CLIENT_SECRET: app.secret } });
          assert.match(stdout, new RegExp(member), `${language}, ${kind}`);
        }
      }
      for (const language of ['Java', 'C#', 'Python', 'PHP', 'Go']) {
        await field(ask, 'Language').selectOption(language);
        assert.ok((await ask.getByLabel(`Token request in ${language}`).textContent()).includes(app.clientId));
      }
    });

    visit('a secret is renewed while its program goes on, and the page says when the old one is no longer used', {}, async ({ page, owner, secrets }) => {
      const app = await createApp(owner, { name: 'Payroll' });
      await apiToken(server, app);
      await page.goto(pathOf('', { id: app.clientId }));
      await button(page, 'Renew the secret').click();
      await dialog(page).getByText('from 127.0.0.1').waitFor();
      assert.equal(await field(dialog(page), 'The old secret goes on working for').inputValue(), String(24 * 3600));
      await button(dialog(page), 'Renew').click();
      const panel = page.getByRole('dialog', { name: 'New secret of “Payroll”' });
      await button(panel, 'Show the secret').click();
      const renewed = await panel.locator('code').nth(1).textContent();
      secrets.push(app.secret, renewed);
      assert.notEqual(renewed, app.secret);
      await button(panel, 'Done').click();
      await page.getByText('The old secret has not been used since, but the renewal is less than an hour ago').waitFor();
      assert.equal((await askForToken(app, renewed)).status, 200);
      assert.equal((await askForToken(app, app.secret)).status, 200);
      await until('it is on record', async () => (await stored(owner, app)).oldSecretLastUsedDate);
      await page.reload();
      await page.getByText('The old secret is still in use: not safe to retire yet').waitFor();
      await button(page, 'Retire the old secret').click();
      await button(dialog(page), 'Retire').click();
      await page.getByText('Active', { exact: true }).waitFor();
      assert.equal((await askForToken(app, app.secret)).status, 401);
      assert.equal((await askForToken(app, renewed)).status, 200);

      await button(page, 'Renew the secret').click();
      await field(dialog(page), 'The old secret goes on working for').selectOption('0');
      await dialog(page).getByText('Programs fail until they have the new secret.').waitFor();
      await button(dialog(page), 'Renew').click();
      await button(panel, 'Done').click();
      for (const secret of [app.secret, renewed]) assert.equal((await askForToken(app, secret)).status, 401);
      await page.getByText('Active', { exact: true }).waitFor();
    });

    visit('an app is revoked while its program uses it', {}, async ({ page, owner }) => {
      const app = await createApp(owner, { name: 'Leaky' });
      const program = await apiToken(server, app);
      assert.equal((await program.get('/api/sysinfo')).status, 200);
      await page.goto(pathOf('', { id: app.clientId }));
      await button(page, 'Revoke').click();
      const name = field(dialog(page), 'Type “Leaky” to confirm');
      await name.fill('leaky');
      await button(dialog(page), 'Revoke').click();
      assert.equal(await name.getAttribute('aria-invalid'), 'true');
      assert.equal((await program.get('/api/sysinfo')).status, 200);
      await name.fill('Leaky');
      await button(dialog(page), 'Revoke').click();
      await page.getByText('There are no client apps yet').waitFor();
      assert.equal(page.url(), pathOf());
      assert.equal((await program.get('/api/sysinfo')).status, 401);
      assert.equal((await askForToken(app, app.secret)).status, 401);
    });

    visit('an app is switched off and on, renamed and limited', {}, async ({ page, owner }) => {
      const app = await createApp(owner, { name: 'Reports' });
      const program = await apiToken(server, app);
      await page.goto(pathOf('', { id: app.clientId }));
      await button(page, 'Switch off').click();
      await button(dialog(page), 'Switch off').click();
      await page.getByText('Its secret and tokens are refused').waitFor();
      assert.equal((await program.get('/api/sysinfo')).status, 401);
      await button(page, 'Switch on').click();
      await page.getByText('Active', { exact: true }).waitFor();
      assert.equal((await askForToken(app, app.secret)).status, 200);

      const limits = card(page, 'Name and limits');
      await field(limits, 'Name').fill('Monthly reports');
      for (const scope of ['Manage client apps, keys and authentication; read the audit log', 'Manage users, roles and sub-accounts']) await limits.getByRole('checkbox', { name: scope }).uncheck();
      await limits.getByRole('switch', { name: 'Read only' }).check();
      await limits.getByLabel('Only from these networks').fill('127.0.0.1');
      await field(limits, 'Calls, at most').fill('100001');
      await button(page, 'Save').click();
      await page.getByRole('alert').filter({ hasText: '2 fields need your attention' }).waitFor();
      await limits.getByLabel('Only from these networks').fill('127.0.0.1/8');
      await field(limits, 'Calls, at most').fill('5');
      await button(page, 'Save').click();
      await limits.getByText(/no bits set behind the mask/).waitFor(); // that is the server's word
      await limits.getByLabel('Only from these networks').fill('127.0.0.0/8\n2001:db8::/32');
      await limits.getByText('For OAuth 2.0 without a secret').click();
      await limits.getByLabel('JWK set').fill('{"keys": [');
      await button(page, 'Save').click();
      await limits.getByText('A JWK set: {"keys": […]}.').waitFor();
      const { kty, crv, x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
      await limits.getByLabel('JWK set').fill(JSON.stringify({ keys: [{ kty, crv, x, y, kid: 'k1' }] }));
      await button(page, 'Save').click();
      await heading(page, 'Monthly reports').waitFor();
      const { name, scopes, networks, readOnly, rateLimit, publicKeys } = await stored(owner, app);
      assert.equal(publicKeys.keys[0].x, x);
      assert.deepEqual({ name, networks, readOnly, rateLimit }, { name: 'Monthly reports', networks: ['127.0.0.0/8', '2001:db8::/32'], readOnly: true, rateLimit: 5 });
      assert.deepEqual(['access.manage', 'user.manage', 'package.read', 'event.write'].map((scope) => scopes.includes(scope)), [false, false, true, true]);
      assert.equal(await page.getByText('Unsaved changes').count(), 0);
    });

    visit('a colleague who may manage access sees who made an app; a name of anybody is only text', {}, async ({ page, owner }) => {
      await createApp(owner, { name: '<img src=x onerror=alert(1)>' });
      const email = `lea-${engine}@access.example`;
      const session = await colleague(owner, email, ['sender_admin.api_access']);
      await page.goto(pathOf());
      await row(page, '<img src=x onerror=alert(1)>').getByText('You').waitFor();
      await scenes.browse(session, {}, async ({ page: hers }) => {
        await hers.goto(`${server.url}/admin`); // leads to what she may see
        await heading(hers, 'Client apps').waitFor();
        await row(hers, '<img src=x onerror=alert(1)>').getByText('The account’s owner').waitFor();
        assert.equal(await hers.getByRole('link', { name: 'Overview' }).count(), 0);
        await button(hers, 'Add').click();
        await field(dialog(hers), 'Name').fill('Of Lea');
        await button(dialog(hers), 'Create').click();
        await button(dialog(hers), 'Done').click();
        await row(hers, '<img src=x onerror=alert(1)>').getByRole('link').click();
        await hers.getByText('Only the owner can change it or renew its secret').waitFor();
        await button(hers, 'Revoke').waitFor();
        for (const name of ['Switch off', 'Renew the secret', 'Save']) assert.equal(await button(hers, name).count(), 0, name);
        await hers.getByRole('link', { name: 'API key' }).first().click();
        await hers.getByText('Only the account’s owner sees API keys.').waitFor();
        assert.equal(await button(hers, 'Show').count(), 0);
      });
      await page.reload();
      await row(page, 'Of Lea').getByText('Sam Sender').waitFor();
      await row(page, 'Of Lea').getByRole('link').click();
      await page.getByText('It acts as Sam Sender and ends when Sam Sender is locked or deleted.').waitFor();
    });

    visit('the owner takes over the app of a colleague, with a new secret or the one it has', {}, async ({ page, owner, secrets }) => {
      const hers = new SessionClient(server, await colleague(owner, `tim-${engine}@access.example`, ['sender_admin.api_access']));
      const [renewed, kept] = [await createApp(hers, { name: 'Renewed' }), await createApp(hers, { name: 'Kept' })];
      const program = await apiToken(server, renewed);
      await page.goto(pathOf('', { id: renewed.clientId }));
      await button(page, 'Take over').click();
      await button(dialog(page), 'Take over').click();
      const panel = page.getByRole('dialog', { name: 'New secret of “Renewed”' });
      await button(panel, 'Show the secret').click();
      const secret = await panel.locator('code').nth(1).textContent();
      secrets.push(secret, renewed.secret, kept.secret);
      await button(panel, 'Done').click();
      await page.getByText('Take over').waitFor({ state: 'detached' });
      assert.equal((await program.get('/api/sysinfo')).status, 401);
      assert.equal((await askForToken(renewed, renewed.secret)).status, 401);
      assert.equal((await askForToken(renewed, secret)).status, 200);
      assert.equal((await stored(owner, renewed)).actsAs, 'OWNER');

      await page.goto(pathOf('', { id: kept.clientId }));
      await button(page, 'Take over').click();
      await dialog(page).getByRole('switch', { name: 'Keep the secret' }).check();
      await dialog(page).getByText('Whoever knows the secret acts as you').waitFor();
      await button(dialog(page), 'Take over').click();
      await dialog(page).waitFor({ state: 'detached' });
      await until('it is the owner’s', async () => (await stored(owner, kept)).actsAs === 'OWNER');
      assert.equal((await askForToken(kept, kept.secret)).status, 200);
    });

    once(visit)('the owner is told of an app that version 0.3 has left, before it stops and afterwards', {}, async ({ page, owner }) => {
      const app = await createApp(owner, { name: 'Left' });
      const maker = await createSender(owner, `left-${engine}@access.example`);
      const leave = (days) => page.route(`**${appsPath}/${app.clientId}`, async (route) => {
        const response = await route.fetch();
        const confirmUntilDate = new Date(Date.now() + days * 86400000).toISOString();
        await route.fulfill({ response, json: { ...await response.json(), createdBy: maker.id, confirmUntilDate } });
      });
      await leave(20);
      await page.goto(pathOf('', { id: app.clientId }));
      await page.getByText('It stops unless you take it over before').waitFor();
      await page.getByText('To be taken over').waitFor();
      await leave(-1);
      await page.reload();
      await page.getByText('It stopped because you did not take it over').waitFor();
      await button(page, 'Take over').waitFor();
    });

    once(visit)('of many apps some are found by name or id', {}, async ({ page, owner }) => {
      const apps = [];
      for (let i = 0; i < 12; i++) apps.push(await createApp(owner, { name: `Program ${i}` }));
      await page.goto(pathOf());
      const count = (wanted) => until(`${wanted} rows`, async () => (await page.locator('tbody tr').count()) === wanted);
      await count(12);
      await field(page, 'Name or client ID').fill('program 1');
      await count(3);
      await field(page, 'Name or client ID').fill(apps[4].clientId);
      await count(1);
      await row(page, 'Program 4').waitFor();
      await field(page, 'Name or client ID').fill('nothing');
      await told(page, 'No app has “nothing” in its name or ID.');
    });

    visit('off for the account: the page says so, and whom to ask', {}, async ({ page, account }) => {
      await feature(account, '--disable', 'client-apps,oauth');
      await page.goto(pathOf());
      await page.getByText('Client apps are off for this account').waitFor();
      await page.getByText('Ask whoever runs this server (your operator or support)').waitFor();
      assert.equal(await button(page, 'Add').count(), 0);
      await feature(account, '--enable', 'client-apps');
      await page.reload();
      await button(page, 'Add').waitFor();
    });

    /* ---- API keys ---- */

    visit('the owner sees the API key with the password, for a minute', {}, async ({ page, account, owner, secrets }) => {
      secrets.push(account.apiKey, account.password);
      await page.clock.install();
      await page.goto(pathOf('key'));
      const own = card(page, 'Your API key');
      await own.getByText(`••••${account.apiKey.slice(-4)}`).waitFor();
      await own.getByRole('button', { name: /^Show/ }).click();
      await field(dialog(page), 'Your password').fill('not this one');
      await button(dialog(page), 'Show').click();
      await dialog(page).getByText('This is not your password.').waitFor();
      assert.ok(page.url().includes('/admin/access')); // and nobody is signed out
      await field(dialog(page), 'Your password').fill(account.password);
      await button(dialog(page), 'Show').click();
      await own.getByText(account.apiKey, { exact: true }).waitFor();
      await told(page, 'Hidden again in a minute.');
      // Nor does a browser keep it for whoever goes back to the page that was left.
      await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
      assert.ok(!(await page.content()).includes(account.apiKey));
      await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
      await own.getByRole('button', { name: /^Show/ }).click(); // a session that a key has opened takes the password each time
      await field(dialog(page), 'Your password').fill(account.password);
      await button(dialog(page), 'Show').click();
      await own.getByText(account.apiKey, { exact: true }).waitFor();
      await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => setTimeout(painted, 200)))); // the minute begins when the page is painted
      await page.clock.fastForward(59000);
      await own.getByText(account.apiKey, { exact: true }).waitFor();
      // The page's own timer may have been set a little later than the key was seen.
      await until('it is hidden', async () => {
        await page.clock.fastForward(2000);
        return own.getByText(`••••${account.apiKey.slice(-4)}`).isVisible();
      });
      assert.ok(!(await page.content()).includes(account.apiKey));
      const { body } = await owner.get('/api/account/audit?action=api_key.reveal');
      assert.equal(body.count, 2);
      await heading(page, 'We recommend client apps').waitFor();
      assert.equal(await card(page, 'We recommend client apps').getByRole('listitem').count(), 3);
    });

    once(test)('who has just signed in is not asked again; who may not see it is told why', async () => {
      await scenes.visit({}, async ({ account }) => {
        const { session } = await signIn(server, account.email, account.password);
        await scenes.browse(session, {}, async ({ page }) => {
          await page.goto(pathOf('key'));
          await button(page, `Show – ${account.email}`).click();
          await page.getByText(account.apiKey, { exact: true }).waitFor();
          await button(page, 'Hide').click();
          await feature(account, '--disable', 'api-key-view');
          await page.reload();
          await page.getByText('This server does not show API keys, or not for this account.').waitFor();
          await feature(account, '--disable', 'api-key');
          await page.reload();
          await told(page, 'API keys are off for this account');
        });
      });
    });

    /* ---- what is accepted ---- */

    visit('what is accepted is chosen, and what is refused from then on is said first', {}, async ({ page, owner, account }) => {
      const app = await createApp(owner);
      const program = await apiToken(server, app);
      const { session } = await signIn(server, account.email, account.password); // the key's own session ends with the key
      await page.context().addCookies([{ name: 'ESIGNLIVE_SESSION_ID', value: session, url: server.url }]);
      await page.goto(pathOf('authentication'));
      await page.getByRole('radio', { name: 'OAuth 2.0 client credentials' }).check();
      await page.getByLabel('Tokens expire at the latest after').fill('30');
      await button(page, 'Save').click();
      await page.getByText('A whole number from 60 to 86,400.').waitFor();
      await page.getByLabel('Tokens expire at the latest after').fill('600');
      await button(page, 'Save').click();
      await dialog(page).getByText('API keys and Client apps (API tokens)').waitFor();
      assert.equal((await program.get('/api/sysinfo')).status, 200);
      await button(dialog(page), 'Save').click();
      await told(page, 'Saved.');
      assert.equal((await program.get('/api/sysinfo')).status, 401);
      assert.equal((await owner.get('/api/sysinfo')).status, 401);

      await page.getByRole('radio', { name: 'Your own choice' }).check();
      await page.getByRole('switch', { name: 'API keys' }).check();
      await button(page, 'Save').click();
      await until('the key works', async () => (await owner.get('/api/sysinfo')).status === 200);
      const { accepted, tokenLifeMax } = (await owner.get(settingsPath)).body;
      assert.deepEqual({ accepted, tokenLifeMax }, { accepted: { apiKey: true, clientApps: false, oauth2: true }, tokenLifeMax: 600 });
      await card(page, 'OAuth 2.0').getByText(`${server.url}/oauth2/token`, { exact: true }).waitFor();
    });

    /* ---- data loss prevention ---- */

    visit('a leak is acted on as the policy says, stands in the list, and its new secret is collected', {}, async ({ page, owner, secrets }) => {
      const app = await createApp(owner, { name: 'Careless' });
      await page.goto(pathOf('leaks'));
      await page.getByText('Nothing was reported').waitFor();
      await page.getByRole('radio', { name: 'Renew it' }).check();
      await button(card(page, 'Policy'), 'Save').click();
      await told(page, 'Saved.');
      assert.equal((await owner.get(settingsPath)).body.leakPolicy, 'RENEW');
      const [{ credential }] = JSON.parse((await run(['operator', 'create', '--name', 'CERT', '--json', ...installation.settings])).stdout);
      const reported = await new Client(server, `Bearer ${credential}`).post('/api/account/authentication/dlp/reports', { credential: app.secret, url: 'https://paste.example/1', source: 'paste' });
      assert.equal(reported.status, 200);
      await page.reload();
      const report = page.getByRole('row').filter({ hasText: 'https://paste.example/1' });
      await report.getByText('Renew it').waitFor();
      await report.getByRole('link', { name: app.clientId }).click();
      await page.getByText('New secret waiting').waitFor();
      await button(page, 'Collect the new secret').click();
      const panel = page.getByRole('dialog', { name: 'New secret of “Careless”' });
      await button(panel, 'Show the secret').click();
      const secret = await panel.locator('code').nth(1).textContent();
      secrets.push(secret, app.secret);
      assert.equal((await askForToken(app, secret)).status, 200);
      await button(panel, 'Done').click();
      await page.getByText('Two secrets').waitFor();
    });

    once(visit)('rules for scanners are shown as they are downloaded', {}, async ({ page, owner }) => {
      await page.goto(pathOf('leaks'));
      const rules = card(page, 'Rules for scanners');
      for (const format of ['gitleaks', 'trufflehog', 'github', 'secretlint', 'secretlint-rule', 'purview', 'regex']) {
        await field(rules, 'For').selectOption(format);
        const text = (await owner.get(`/api/account/authentication/dlp/rules?format=${format}`)).bytes.toString();
        await until(format, async () => (await rules.locator('pre').textContent()) === text);
        const download = page.waitForEvent('download');
        await rules.getByRole('link', { name: 'Download' }).click();
        assert.match((await download).suggestedFilename(), /\./);
      }
    });

    /* ---- how it is used ---- */

    once(test)('who may not manage access is told so, and what the owner can do', async () => {
      await scenes.visit({}, async ({ owner }) => {
        const session = await colleague(owner, `max-${engine}@access.example`, ['sender_admin.event_notifications']);
        await scenes.browse(session, {}, async ({ page }) => {
          await page.goto(pathOf());
          await page.getByText('a role that includes “Manage API access”').waitFor();
          assert.equal(await page.getByRole('link', { name: 'Client apps' }).count(), 0);
          await page.getByRole('link', { name: 'Overview' }).click();
          await heading(page, 'Overview').waitFor();
        });
      });
    });

    once(visit)('an app is created with the keyboard alone', {}, async ({ page, owner }) => {
      const { keyboard } = page;
      const focused = () => page.evaluate(() => {
        const { activeElement: element } = document;
        return (element.labels?.[0]?.textContent ?? element.getAttribute('aria-label') ?? element.textContent).replace(/\s+/g, ' ').trim();
      });
      const tabTo = async (name) => {
        for (let i = 0; i < 60; i++) {
          await keyboard.press('Tab');
          if ((await focused()) !== name) continue;
          assert.equal(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'solid', name);
          return;
        }
        assert.fail(`no way to ${name}`);
      };
      await page.goto(pathOf());
      await button(page, 'Add').waitFor();
      await tabTo('Add');
      await keyboard.press('Enter');
      await dialog(page).waitFor();
      await keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'detached' });
      assert.equal(await focused(), 'Add');
      await keyboard.press('Enter');
      await tabTo('Name');
      await keyboard.type('Typed');
      await keyboard.press('Enter');
      await dialog(page).getByText('The secret is shown only once').waitFor();
      await keyboard.press('Escape');
      await keyboard.press('Escape');
      await tabTo('Done');
      await keyboard.press('Enter');
      await dialog(page).waitFor({ state: 'detached' });
      assert.equal(await focused(), 'Add');
      assert.deepEqual((await owner.get(appsPath)).body.map(({ name }) => name), ['Typed']);
    });

    once(visit)('speaks French with the words of the guide', { locale: 'fr-FR' }, async ({ page, account }) => {
      await page.goto(`${server.url}/admin`);
      await page.getByRole('link', { name: 'Accès à l’API' }).click();
      await heading(page, 'Applications clientes').waitFor();
      assert.equal(await page.title(), 'Applications clientes – Greffier');
      await button(page, 'Ajouter').click();
      const panel = page.getByRole('dialog', { name: 'Créer une application cliente' });
      await field(panel, 'Nom').fill('Archivage');
      await button(panel, 'Créer').click();
      const made = page.getByRole('dialog', { name: 'Archivage' });
      for (const label of ['ID client', 'Secret']) await made.getByText(label, { exact: true }).waitFor();
      await button(made, 'Terminé').click();
      await page.getByRole('link', { name: 'Clé API' }).first().click();
      await button(page, `Afficher – ${account.email}`).waitFor();
      await page.getByRole('link', { name: 'Prévention des pertes de données (PPD)' }).click();
      await heading(page, 'Prévention des pertes de données (PPD)').waitFor();
      await page.getByRole('link', { name: 'Paramètres d’authentification' }).click();
      await page.getByRole('radio', { name: 'Clé API et/ou identifiants d’applications clientes' }).waitFor();
      await feature(account, '--disable', 'client-apps,oauth');
      await page.goto(pathOf());
      await page.getByText('Les applications clientes sont désactivées pour ce compte').waitFor();
      await accountMenu(page, 'Test Bank Owner');
      await button(page, 'English').click();
      await page.getByText('Client apps are off for this account').waitFor();
    });

    /** An account in which everything there is has happened; the addresses to look at, and what to open there. */
    async function fill(page, owner, account) {
      const app = await createApp(owner, { name: 'An app whose name is long enough to need a second line, and then some' });
      await apiToken(server, app);
      await owner.post(`${appsPath}/${app.clientId}/regenerate-secret`, { overlapSeconds: 3600 });
      const off = await createApp(owner, { name: 'Off' });
      await owner.put(`${appsPath}/${off.clientId}`, { enabled: false });
      await createSender(owner, `member-${Math.random().toString(36).slice(2)}@access.example`);
      const [{ credential }] = JSON.parse((await run(['operator', 'create', '--name', 'CERT', '--json', ...installation.settings])).stdout);
      await new Client(server, `Bearer ${credential}`).post('/api/account/authentication/dlp/reports', { credential: off.secret, url: `https://paste.example/${'long/'.repeat(20)}`, source: 'paste' });
      const open = (name) => async () => {
        await page.getByRole('button', { name, exact: true }).click();
        await dialog(page).waitFor();
      };
      const make = (add, nameLabel, create, done) => async () => {
        await open(add)();
        await field(dialog(page), nameLabel).fill('Made');
        await button(dialog(page), create).click();
        await button(dialog(page), done).waitFor();
      };
      const french = (await page.evaluate(() => navigator.language)).startsWith('fr');
      return [
        [pathOf()],
        [pathOf('', { id: app.clientId })],
        [pathOf('', { id: off.clientId })],
        [pathOf('key')],
        [pathOf('authentication')],
        [pathOf('leaks')],
        [pathOf(), make(...(french ? ['Ajouter', 'Nom', 'Créer', 'Terminé'] : ['Add', 'Name', 'Create', 'Done']))],
        [pathOf('', { id: app.clientId }), open(french ? 'Renouveler le secret' : 'Renew the secret')],
        [pathOf('', { id: app.clientId }), open(french ? 'Révoquer' : 'Revoke')],
        [pathOf('', { id: app.clientId }), open(french ? 'Retirer l’ancien secret' : 'Retire the old secret')],
        [pathOf('key'), open(`${french ? 'Afficher' : 'Show'} – ${account.email}`)],
      ];
    }

    once(visit)('nothing for axe to complain about, in light and in dark', {}, async ({ page, owner, account }) => {
      const found = [];
      for (const [address, act] of await fill(page, owner, account)) found.push(...await complaints(page, address, act));
      assert.deepEqual(found, []);
    });

    once(visit)('fits 320 pixels, with targets that a finger can hit', { locale: 'fr-FR', viewport: { width: 320, height: 740 } }, async ({ page, owner, account }) => {
      for (const [address, act] of await fill(page, owner, account)) {
        await page.goto(address);
        await settled(page);
        await act?.();
        await fits(page, address);
      }
    });
  });
}
