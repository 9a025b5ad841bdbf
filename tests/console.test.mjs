// console.test.mjs – the console of event notifications, in a real browser against the real server and real receivers: what people
// see and do there, with a mouse, with a keyboard, in both languages, in light and dark, on a telephone.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { signatureIsRight } from './lib/receiver.mjs';
import { Scenes, accountMenu, button, card, complaints, dialog, field, fits, heading, settled, tab, told } from './lib/browser.mjs';
import { apiToken, cookieName, createApp, createSender } from './lib/callers.mjs';

const sections = ['', 'callback', 'endpoints', 'deliveries', 'replay', 'events', 'retention'];

for (const engine of engines) {
  describe(`the console on ${engine}`, () => {
    let scenes, installation, server;
    before(async () => {
      scenes = await Scenes.start(engine, ['--retry-scale', '1000', '--delivery-timeout', '2000']);
      ({ installation, server } = scenes);
    });
    after(() => scenes?.stop());

    const pathOf = (view, parameters = {}) => {
      const query = new URLSearchParams({ ...(view && { view }), ...parameters }).toString();
      return `${server.url}/admin/notifications${query && `?${query}`}`;
    };

    /** A test with an account of its own, whose owner is signed in. */
    const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
    const browse = (...scene) => scenes.browse(...scene);

    const create = async (owner) => (await owner.post('/api/packages', { name: 'Loan' })).body.id;
    const createEndpoint = async (owner, members) => {
      const made = await owner.post('/api/notifications/endpoints', members);
      assert.equal(made.status, 200, made.bytes.toString());
      return made.body;
    };
    const produce = async (owner, count) => {
      const events = Array.from({ length: count }, (_, i) => ({ name: 'PACKAGE_COMPLETE', packageId: `package-${i}`, sessionUser: 'somebody' }));
      assert.equal((await owner.post('/api/notifications/events', { events })).status, 200);
    };
    const delivered = (owner, count) =>
      until(`${count} delivered`, async () => (await owner.get('/api/notifications/deliveries?state=DELIVERED')).body.count >= count);

    // What has nothing to do with the store is looked at once.
    const once = (test) => (engine === engines[0] ? test : () => {});

    /* ---- files ---- */

    /** The files that the page names. */
    const namedBy = (page) => [...page.matchAll(/"(\/admin\/assets\/[\w-]+\.(?:js|css))"/g)].map(([, path]) => path);

    once(test)('its files come with a strict policy; the page is asked for each time, what it names is kept for a year', async () => {
      const client = new Client(server);
      const page = await client.get('/admin');
      assert.equal(page.bytes.toString(), (await client.get('/admin/notifications')).bytes.toString());
      assert.match(page.headers.get('content-security-policy'), /^default-src 'self'; frame-ancestors 'none';.* require-trusted-types-for 'script'; trusted-types 'none'/);
      const named = namedBy(page.bytes.toString());
      assert.equal(named.length, 2);
      for (const path of ['/admin', ...named]) {
        const first = await client.get(path);
        assert.equal(first.status, 200);
        assert.ok(first.bytes.length < 400000, `${path} is small`); // what goes over the line is held below
        assert.equal(first.headers.get('cache-control'), path === '/admin' ? 'no-cache' : 'public, max-age=31536000, immutable');
        const etag = first.headers.get('etag');
        const again = await client.request('GET', path, undefined, { 'if-none-match': `W/"other", ${etag}` });
        assert.deepEqual([again.status, again.bytes.length, again.headers.get('content-length')], [304, 0, null]);
        assert.equal((await client.request('GET', path, undefined, { 'if-none-match': '"other"' })).status, 200);
      }
      for (const other of ['console-00000000.js', 'console.js', '..%2Fconsole.html', '']) assert.equal((await client.get(`/admin/assets/${other}`)).status, 404);
    });

    /** As it goes over the line: {status, headers, bytes}. */
    const raw = (path, headers) => new Promise((resolve, reject) => {
      get(`${server.url}${path}`, { headers }, (answer) => {
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(chunks) }));
      }).on('error', reject);
    });

    once(test)('its files come compressed to whoever takes that, and are the same', async () => {
      const [, script] = namedBy((await raw('/admin', {})).bytes.toString());
      const { bytes: plain, headers } = await raw(script, {});
      assert.equal(headers['content-encoding'], undefined);
      const rows = [['gzip, deflate, br', 'br'], ['gzip;q=1.0, br;q=0', 'gzip'], ['GZIP', 'gzip'], ['deflate', undefined], ['gzip;q=0, br; q=0.000', undefined], ['brx, xgzip', undefined], ['*', undefined], ['br;q=0.5', 'br']];
      const open = { br: brotliDecompressSync, gzip: gunzipSync, undefined: (bytes) => bytes };
      const tags = new Set();
      for (const [accepted, coding] of rows) {
        const answer = await raw(script, { 'accept-encoding': accepted });
        assert.equal(answer.headers['content-encoding'], coding, accepted);
        assert.equal(answer.headers.vary, 'Accept-Encoding');
        assert.ok(open[coding](answer.bytes).equals(plain), accepted);
        tags.add(answer.headers.etag);
        assert.equal((await raw(script, { 'accept-encoding': accepted, 'if-none-match': answer.headers.etag })).status, 304);
      }
      assert.equal(tags.size, 3, 'each form has its own tag');
    });

    once(visit)('little is loaded at first, in few requests: what the overview needs, in its language, and kept from then on', {}, async ({ page, owner }) => {
      await createEndpoint(owner, { url: 'http://127.0.0.1:9/', events: ['PACKAGE_CREATE'] });
      await create(owner);
      const loads = [];
      const asked = [];
      page.on('response', (response) => loads.push(response));
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await page.goto(pathOf(''));
      await card(page, 'Latest events').getByText('Transaction created').waitFor();
      await card(page, 'Events by type').waitFor();
      await told(page, 'Live');
      const calls = asked.filter((path) => path.startsWith('/api/'));
      assert.deepEqual([...new Set(calls)].sort(), ['/api/notifications/events/stream', '/api/notifications/overview', '/api/visitor']);
      // Whatever browsers do with the icon, it is counted.
      assert.ok(new Set([...asked, '/icon.svg']).size <= 8, asked.join());
      const files = loads.filter((response) => !new URL(response.url()).pathname.startsWith('/api/')).map((response) => new URL(response.url()).pathname);
      assert.ok(files.length <= 5, files.join());
      assert.ok(!files.some((path) => /fr-|access-/.test(path)), files.join());
      const sizes = await Promise.all([...new Set([...files, '/icon.svg'])].map(async (path) => (await raw(path, { 'accept-encoding': 'br' })).bytes.length));
      const total = sizes.reduce((sum, size) => sum + size);
      assert.ok(total <= 120000, `the first load is ${total} bytes`);

      // Another page brings its own code, once.
      loads.length = 0;
      await page.getByRole('link', { name: 'API access' }).click();
      await heading(page, 'Client apps').waitFor();
      await page.getByRole('navigation').getByRole('link', { name: 'API key' }).click();
      await heading(page, 'API key').waitFor();
      const more = loads.map((response) => new URL(response.url()).pathname).filter((path) => path.startsWith('/admin'));
      assert.ok(more.length >= 1 && more.length <= 2, more.join());
    });

    once(visit)('a page that is older than the server loads itself anew', {}, async ({ page }) => {
      await page.goto(pathOf(''));
      await heading(page, 'Overview').waitFor();
      let isUpgraded = false;
      await page.route('**/admin/assets/audit-*', async (route) => {
        if (isUpgraded) return route.continue();
        isUpgraded = true;
        return route.abort('connectionrefused');
      });
      await page.getByRole('link', { name: 'Audit log' }).click();
      await heading(page, 'Entries').waitFor();
      assert.ok(isUpgraded);
    });

    once(test)('a browser at an address of its own making is led on; a program gets the error', async () => {
      const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
      for (const path of ['/', '/api']) {
        const led = await raw(path, html);
        assert.deepEqual([led.status, led.headers.location], [302, '/admin']);
        assert.equal(JSON.parse((await raw(path, { accept: '*/*' })).bytes).code, 404);
      }
      const missing = await raw('/nowhere/at/all', html);
      assert.equal(missing.status, 404);
      assert.match(missing.headers['content-type'], /^text\/html/);
      assert.match(missing.headers['content-security-policy'], /default-src 'self'/);
      assert.match(missing.bytes.toString(), /Page introuvable/);
      assert.equal(JSON.parse((await raw('/nowhere/at/all', {})).bytes).messageKey, 'error.notFound.resourceNotFound');
    });

    /* ---- in and out ---- */

    test('signed out, it asks to sign in, and comes back to where one was', async () => {
      const account = await createAccount(installation);
      await browse(null, {}, async ({ page, secrets }) => {
        secrets.push(account.password);
        const enter = async () => {
          const form = page.locator('#signin');
          await field(form, 'E-mail address').fill(account.email);
          await field(form, 'Password').fill(account.password);
          await button(page, 'Sign in').click();
        };
        await page.goto(pathOf('deliveries', { state: 'FAILED' }));
        await enter();
        await heading(page, 'Deliveries').waitFor();
        assert.equal(page.url(), pathOf('deliveries', { state: 'FAILED' }));
        assert.equal(await field(page, 'State').inputValue(), 'FAILED');
        await accountMenu(page, 'Test Bank Owner');
        await button(page, 'Sign out').click();
        await heading(page, 'Sign in').waitFor();

        for (const elsewhere of ['https://evil.example/admin', '//evil.example/admin', '/login', '/administration', 'javascript:alert(1)', 'http://[']) {
          await page.goto(`${server.url}/login?to=${encodeURIComponent(elsewhere)}`);
          if (elsewhere.startsWith('https')) await enter();
          await heading(page, 'You are signed in').waitFor();
        }
        await page.getByRole('link', { name: 'Event notifications' }).click();
        await heading(page, 'Overview').waitFor();
      });
    });

    once(visit)('a session that ends meanwhile leads to the sign-in page', {}, async ({ page, owner }) => {
      await page.goto(pathOf(''));
      await heading(page, 'Overview').waitFor();
      await owner.delete('/api/sessions'); // the page notices by itself
      await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
      await button(page, 'Cancel').click();
      await heading(page, 'Sign in').waitFor();
      assert.match(page.url(), /\/login\?to=%2Fadmin%2Fnotifications/);
    });

    once(test)('who may not manage notifications is told so', async () => {
      const owner = Client.withKey(server, await createAccount(installation));
      await createSender(owner, `regular-${engine}@console.example`);
      const regular = await apiToken(server, await createApp(owner), `regular-${engine}@console.example`);
      const { sessionToken } = (await regular.post('/api/sessions')).body;
      await browse(sessionToken, {}, async ({ page }) => {
        await page.goto(pathOf('callback'));
        await page.getByText('You have no access to event notifications').waitFor();
        await page.getByText(`regular-${engine}@console.example`).waitFor();
        assert.equal(await page.getByRole('navigation').count(), 0);
      });
    });

    /* ---- the callback ---- */

    visit('a callback is registered, and the notification arrives with its key and a right signature', {}, async ({ page, owner, receive, secrets }) => {
      const receiver = await receive();
      secrets.push('k3y-of-the-page');
      await page.goto(pathOf(''));
      await page.getByRole('link', { name: 'Set up the callback' }).click();
      await heading(page, 'Event notifications').waitFor();
      await field(page, 'Callback URL').waitFor();
      assert.equal(await page.getByRole('switch').count(), 23);
      assert.equal(await page.getByRole('switch', { checked: true }).count(), 0);

      // What is wrong is said at its field, and nothing is saved.
      await field(page, 'Callback URL').fill('ftp://example.com');
      await page.getByRole('radio', { name: 'Basic' }).check();
      await button(page, 'Add a header').click();
      await field(page, 'Name of header 1').fill('Host');
      await button(page, 'Save').click();
      await page.getByRole('alert').filter({ hasText: '3 fields need your attention' }).waitFor();
      for (const [label, words] of [['Callback URL', /full URL/], ['Callback key', /needs one/], ['Name of header 1', /sets this header itself/]]) {
        const input = field(page, label);
        assert.equal(await input.getAttribute('aria-invalid'), 'true');
        const described = await input.evaluate((element) => element.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent).join(' '));
        assert.match(described, words);
      }
      assert.equal(await field(page, 'Callback URL').evaluate((element) => element === document.activeElement), true);
      assert.equal((await owner.get('/api/callback')).body.url, '');

      await field(page, 'Callback URL').fill(receiver.url);
      await field(page, 'Callback key').fill('k3y-of-the-page');
      await field(page, 'Name of header 1').fill('X-Tenant');
      await field(page, 'Value of header 1').fill('blue');
      await page.getByRole('switch', { name: 'Transaction created' }).check();
      await page.getByRole('switch', { name: 'Document signed' }).check();
      await page.getByText('Unsaved changes').waitFor();
      await button(page, 'Save').click();
      await heading(page, 'Saved. This is the signing secret').waitFor();
      assert.equal(await page.getByText('Unsaved changes').count(), 0);
      const secret = page.locator('.secret-notice code');
      assert.match(await secret.textContent(), /^whsec_•+$/);
      await button(page, 'Show the secret').click();
      const signingSecret = await secret.textContent();
      secrets.push(signingSecret);
      await button(page, 'I have kept it').click();
      assert.ok(!(await page.content()).includes(signingSecret));
      const { body: stored } = await owner.get('/api/callback');
      assert.deepEqual([stored.url, stored.authType, stored.key, stored.events.sort()], [receiver.url, 'BASIC', 'k3y-of-the-page', ['DOCUMENT_SIGNED', 'PACKAGE_CREATE']]);

      // On the overview, what happens appears by itself.
      await page.getByRole('link', { name: 'Overview' }).click();
      await told(page, 'Everything has been delivered.');
      await told(page, 'Live');
      await create(owner);
      const notification = await until('a notification', () => receiver.received.find(({ headers }) => !headers['greffier-test']));
      assert.equal(notification.headers.authorization, 'Basic k3y-of-the-page');
      assert.equal(notification.headers['x-tenant'], 'blue');
      assert.ok(signatureIsRight(notification, signingSecret));
      await card(page, 'Latest events').getByText('Transaction created').waitFor();
      await page.getByRole('img', { name: '1 of the last 1 deliveries have arrived' }).waitFor();
      await card(page, 'Requests').getByRole('listitem').filter({ hasText: 'Succeeded 1' }).waitFor();
      await button(card(page, 'Requests'), 'As a table').click();
      assert.equal(await card(page, 'Requests').getByRole('row').count(), 2);
    });

    once(visit)('OAuth 2.0 is stored with what the page has no field for, and its secret is not asked for again', {}, async ({ page, owner, receive }) => {
      const receiver = await receive();
      await owner.post('/api/callback', {
        url: receiver.url,
        events: ['PACKAGE_CREATE'],
        authType: 'OAUTH2',
        oauthSetting: { clientId: 'me', clientSecret: 'hidden', authorizationServerUrl: 'https://as.example/token', scope: 'a', customParameters: [{ key: 'audience', value: 'x' }] },
      });
      await page.goto(pathOf('callback'));
      assert.equal(await field(page, 'Client ID').inputValue(), 'me');
      assert.equal(await page.getByLabel('Client secret', { exact: true }).inputValue(), '');
      await page.getByLabel('Scope (optional)').fill('a b');
      await page.getByRole('radio', { name: 'Form data' }).check();
      await button(page, 'Save').click();
      await dialog(page).getByText('No access token').waitFor(); // there is no such server
      await button(page, 'Save anyway').click();
      await told(page, 'Saved, but nothing can be delivered now');
      assert.equal(await page.locator('.secret-notice').count(), 0); // it is not new
      const { oauthSetting } = (await owner.get('/api/callback')).body;
      assert.deepEqual([oauthSetting.scope, oauthSetting.authMechanism, oauthSetting.customParameters], ['a b', 'BODY', [{ key: 'audience', value: 'x' }]]);
      await field(page, 'Client ID').fill('another');
      await button(page, 'Save').click();
      await page.getByText('Enter the secret again').waitFor();
    });

    visit('Revert asks first, says what it does, and turns every notification off', {}, async ({ page, owner, receive }) => {
      const receiver = await receive();
      await owner.post('/api/callback', { url: receiver.url, key: 'kept', events: ['PACKAGE_CREATE', 'PACKAGE_TRASH'] });
      await page.goto(pathOf('callback'));
      await button(page, 'Revert').click();
      await dialog(page).getByText('2 event notifications are on.').waitFor();
      await dialog(page).getByRole('button', { name: 'Cancel' }).click();
      assert.equal((await owner.get('/api/callback')).body.events.length, 2);
      await button(page, 'Revert').click();
      await button(page, 'Turn all off').click();
      await told(page, 'All event notifications are off.');
      assert.equal(await page.getByRole('switch', { checked: true }).count(), 0);
      const { body } = await owner.get('/api/callback');
      assert.deepEqual([body.url, body.key, body.events], [receiver.url, 'kept', []]);
    });

    once(visit)('what was typed is not lost by a slip', {}, async ({ page }) => {
      await page.goto(pathOf('callback'));
      await field(page, 'Callback URL').fill('https://a.example/');
      await page.getByRole('link', { name: 'Events' }).click();
      await button(page, 'Keep editing').click();
      assert.equal(await field(page, 'Callback URL').inputValue(), 'https://a.example/');
      await page.getByRole('link', { name: 'Events' }).click();
      await button(dialog(page), 'Discard changes').click();
      await heading(page, 'Events').waitFor();
      await page.goBack();
      await heading(page, 'Event notifications').waitFor();
      assert.equal(await field(page, 'Callback URL').inputValue(), '');
    });

    /* ---- failures ---- */

    visit('a failing endpoint is seen, and what failed is sent again', {}, async ({ page, owner, receive }) => {
      const receiver = await receive(() => 503);
      const endpoint = await createEndpoint(owner, { name: 'Archive', url: receiver.url, events: ['PACKAGE_CREATE'], retryWaits: [1] });
      const id = await create(owner);
      await page.goto(pathOf(''));
      await told(page, '1 endpoint is failing.');
      const shown = page.locator('.endpoint-card').filter({ hasText: 'Archive' });
      await shown.getByText('Failing', { exact: true }).waitFor();
      await shown.getByRole('img', { name: '0 of the last 1 deliveries have arrived' }).waitFor();

      await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Deliveries' }).click();
      await field(page, 'State').selectOption('Failed');
      await page.getByText('More', { exact: true }).click();
      await field(page, 'Transaction ID').fill(id);
      await page.waitForURL(pathOf('deliveries', { packageId: id, state: 'FAILED' }));
      await told(page, '1 delivery');
      await page.getByRole('row').getByText('Status 503').waitFor();
      await page.getByRole('link', { name: 'Transaction created' }).click();

      await heading(page, 'Attempt 2').waitFor();
      const attempt = page.getByRole('listitem').filter({ has: heading(page, 'Attempt 2') });
      await attempt.getByText('Status 503').waitFor();
      assert.match(await attempt.getByRole('img').getAttribute('aria-label'), /Waiting for the answer/);
      await attempt.getByText('Request and reply').click();
      assert.match(await attempt.getByLabel('Request head').innerText(), /^POST .*webhook-id/s);
      assert.equal(JSON.parse(await page.locator('pre[aria-label=Body]').innerText()).packageId, id);

      receiver.answer = () => 200;
      await button(page, 'Send again').click();
      await heading(page, 'Attempt 3').waitFor();
      await page.getByText('Delivered', { exact: true }).waitFor();
      assert.equal(receiver.names(id).length, 3);
      await page.goto(pathOf(''));
      await told(page, 'Everything has been delivered.');
      assert.equal((await owner.get(`/api/notifications/endpoints/${endpoint.id}`)).body.failingSinceDate, null);
    });

    /* ---- endpoints ---- */

    visit('an endpoint is added, tested, checked, changed, paused, given a new secret, deleted', {}, async ({ page, owner, receive, secrets }) => {
      const receiver = await receive();
      await page.goto(pathOf('endpoints'));
      await page.getByRole('link', { name: 'New endpoint' }).click();
      await page.getByLabel('Name (optional)').fill('Warehouse');
      await field(page, 'Callback URL').fill(receiver.url);
      await page.getByRole('radio', { name: 'Basic' }).check();
      await field(page, 'Callback key').fill('kept-unseen');
      secrets.push('kept-unseen');
      await page.getByRole('switch', { name: 'Transaction created' }).check();
      await page.getByText('Order and pace').click();
      await field(page, 'Concurrent requests, at most').fill('0');
      await page.getByText('Filters', { exact: true }).click();
      await page.getByLabel('Only transactions of these senders (optional)').fill('nobody@elsewhere.example');
      await page.getByText('Order and pace').click(); // folded again: a problem in it opens it
      await button(page, 'Create').click();
      await page.getByText('A whole number from 1 to 1,000.').waitFor();
      await field(page, 'Concurrent requests, at most').fill('7');
      await button(page, 'Create').click();
      await page.getByText('No user of this account.').waitFor(); // only the server can know
      await page.getByLabel('Only transactions of these senders (optional)').fill('');
      await page.getByText('Format', { exact: true }).click();
      await field(page, 'Payload').selectOption('CLOUDEVENTS_STRUCTURED');
      await button(page, 'Create').click();
      await heading(page, 'The endpoint is created. This is its signing secret').waitFor();
      await button(page, 'Open the endpoint').click();
      await heading(page, 'Warehouse').waitFor();
      const [endpoint] = (await owner.get('/api/notifications/endpoints')).body.results;
      assert.deepEqual([endpoint.name, endpoint.inFlightLimit, endpoint.payloadFormat, endpoint.events], ['Warehouse', 7, 'CLOUDEVENTS_STRUCTURED', ['PACKAGE_CREATE']]);

      // A test is one request, and no delivery.
      await tab(page, 'Test').click();
      receiver.received.length = 0; // the settings were tried before they were saved
      await field(page, 'Event').selectOption('DOCUMENT_SIGNED');
      await button(page, 'Send test event').click();
      await card(page, 'Test').getByText('Accepted', { exact: true }).waitFor();
      assert.equal(receiver.received[0].headers['greffier-test'], 'true');
      receiver.answer = () => 500;
      await button(page, 'Send test event').click();
      await card(page, 'Test').getByText('Not accepted').waitFor();
      await card(page, 'Test').getByText('Status 500').waitFor();
      assert.equal((await owner.get('/api/notifications/deliveries')).body.count, 0);

      receiver.answer = () => 200;
      await button(page, 'Check now').click();
      await card(page, 'Check').getByText('It works, with room for improvement').waitFor();
      await card(page, 'Check').getByText('The URL is http').waitFor();
      await card(page, 'Check').getByText('the receiver does not check it').waitFor();

      await tab(page, 'Overview').click();
      await button(page, 'Pause').click();
      await button(page, 'Resume').waitFor();
      await create(owner);
      await card(page, 'Now').getByRole('link', { name: '1', exact: true }).waitFor();
      await button(page, 'Resume').click();
      await card(page, 'Now').getByRole('link', { name: '0', exact: true }).waitFor();

      await tab(page, 'Security').click();
      await button(page, 'New secret').click();
      await dialog(page).getByText('signed with both for 24 hours').waitFor();
      await dialog(page).getByRole('button', { name: 'New secret' }).click();
      await heading(page, 'The new signing secret').waitFor();
      await button(page, 'Show the secret').click();
      const fresh = await page.locator('.secret-notice code').textContent();
      secrets.push(fresh);
      await page.getByText('Old secret').waitFor();
      await create(owner);
      const signed = await until('a notification', () => receiver.received.find((n) => n.headers['webhook-signature']?.split(' ').length === 2));
      assert.ok(signatureIsRight(signed, fresh));

      await tab(page, 'Settings').click();
      await page.getByLabel('Name (optional)').fill('Data warehouse');
      await button(page, 'Save').click();
      await heading(page, 'Data warehouse').waitFor();
      await told(page, 'Saved.');
      assert.equal(await field(page, 'Callback key').inputValue(), '');
      receiver.received.length = 0;
      await create(owner);
      const [after] = await until('a notification', () => receiver.received.length && receiver.received);
      assert.equal(after.headers.authorization, 'Basic kept-unseen');
      await field(page, 'Callback URL').fill(`${receiver.url}/moved`);
      await button(page, 'Save').click();
      await page.getByText('Enter the key again').waitFor();
      await button(page, 'Disable').click();
      await dialog(page).getByRole('button', { name: 'Disable' }).click();
      await button(page, 'Enable').click();
      await button(page, 'Disable').waitFor();
      await button(page, 'Delete').click();
      await dialog(page).getByRole('button', { name: 'Delete' }).click();
      await page.getByText('There is no endpoint yet').waitFor();
      assert.equal((await owner.get('/api/notifications/endpoints')).body.count, 0);
    });

    /* ---- replay, events, retention ---- */

    visit('a replay is counted, started, and followed to its end', {}, async ({ page, owner, receive }) => {
      const receiver = await receive();
      await produce(owner, 30);
      await createEndpoint(owner, { name: 'Late', url: receiver.url, events: ['PACKAGE_COMPLETE'] });
      await page.goto(pathOf('replay'));
      await field(page, 'Rate').fill('0');
      await button(page, 'Count first').click();
      await page.getByText('A whole number from 1 to 1,000.').waitFor();
      await field(page, 'Rate').fill('10');
      await button(page, 'Count first').click();
      await told(page, '30 events match.');
      assert.equal(receiver.received.length, 0);
      await button(page, 'Start the replay').click();
      const bar = page.getByRole('progressbar', { name: 'To Late' });
      await until('progress', async () => { const value = await bar.evaluate((element) => element.value); return value > 0 && value < 1; });
      await page.getByText('Done', { exact: true }).waitFor();
      assert.equal(await bar.evaluate((element) => element.value), 1);
      await page.getByText('30 queued, 30 matching at the start').waitFor();
      await until('all of them', () => receiver.received.length === 30);

      await page.getByRole('switch', { name: 'Only what was not delivered there' }).uncheck();
      await field(page, 'Rate').fill('1');
      await button(page, 'Count first').click();
      await told(page, '30 events match.');
      await button(page, 'Start the replay').click();
      await button(page, 'Cancel the replay').click();
      await page.getByText('Cancelled', { exact: true }).waitFor();
    });

    visit('the log has every number; a payload is expunged, its number stays', {}, async ({ page, owner }) => {
      await produce(owner, 120);
      await page.goto(pathOf('events'));
      await page.getByRole('cell', { name: '120', exact: true }).waitFor();
      const numbers = async () => (await page.locator('tbody td.number').allTextContents()).map(Number);
      assert.deepEqual(await numbers(), Array.from({ length: 50 }, (_, i) => 120 - i));
      await page.getByRole('link', { name: 'Older' }).click();
      await page.getByRole('cell', { name: '70', exact: true }).waitFor();
      await page.getByRole('link', { name: 'Older' }).click();
      await page.getByRole('cell', { name: '1', exact: true }).waitFor();
      assert.deepEqual(await numbers(), Array.from({ length: 20 }, (_, i) => 20 - i));
      await field(page, 'Event number').fill('3');
      await button(page, 'Go').click();
      await until('three rows', async () => (await numbers()).length === 3);
      await page.getByRole('button', { name: /^Expunge 3, / }).click();
      await dialog(page).getByText('This cannot be undone.').waitFor();
      await dialog(page).getByRole('button', { name: 'Expunge' }).click();
      await page.getByText('Expunged', { exact: true }).waitFor();
      const { results } = (await owner.get('/api/notifications/events?after=2&limit=1')).body;
      assert.ok(results[0].sequence === 3 && results[0].expungedDate);
    });

    visit('days of retention are set, and given back to the server', {}, async ({ page, owner }) => {
      await page.goto(pathOf('retention'));
      const days = page.getByLabel('Keep for – Events');
      await days.fill('99999');
      await button(page, 'Save').click();
      await page.getByText('A whole number from 0 to 36,500.').waitFor();
      await days.fill('30');
      await button(page, 'Save').click();
      await told(page, 'Saved.');
      const own = async () => (await owner.get('/api/notifications/retention')).body.kinds.find(({ kind }) => kind === 'events');
      assert.deepEqual([(await own()).days, (await own()).isOwn], [30, true]);
      await days.fill('');
      await button(page, 'Save').click();
      await until('the server’s days', async () => !(await own()).isOwn);
    });

    /* ---- how it is used ---- */

    once(visit)('without a stream it still shows what happens', {}, async ({ page, owner }) => {
      await page.route('**/events/stream*', (route) => route.fulfill({ status: 404, contentType: 'application/json', body: '{}' }));
      await page.goto(pathOf(''));
      await told(page, 'Every few seconds');
      await create(owner);
      await card(page, 'Latest events').getByText('Transaction created').waitFor();
    });

    once(test)('says when it is not connected', async () => {
      const own = freshInstallation(engine);
      const account = await createAccount(own);
      const ownServer = await Server.start(own);
      const session = (await Client.withKey(ownServer, account).post('/api/sessions')).body.sessionToken;
      await browse(null, {}, async ({ page, context }) => {
        await context.addCookies([{ name: cookieName, value: session, url: ownServer.url }]);
        await page.goto(`${ownServer.url}/admin`);
        await told(page, 'Live');
        await ownServer.stop();
        await told(page, 'Not connected');
        await page.getByRole('link', { name: 'Retention' }).click();
        await page.getByRole('alert').filter({ hasText: 'The server does not answer.' }).waitFor();
        await button(page, 'Try again').waitFor();
      });
      own.remove();
    });

    once(visit)('asks for nothing when nobody looks', {}, async ({ page, owner }) => {
      await page.clock.install();
      await page.goto(pathOf(''));
      await told(page, 'Live');
      const asked = [];
      await page.clock.fastForward('31:00');
      await told(page, 'Resting');
      page.on('request', (request) => asked.push(request.url()));
      await create(owner);
      await page.clock.fastForward('10:00');
      await page.clock.runFor(20000);
      assert.deepEqual(asked, []);
      await page.keyboard.press('Shift');
      await told(page, 'Live');
      await card(page, 'Latest events').getByText('Transaction created').waitFor();
    });

    once(visit)('a callback is registered with the keyboard alone, in the order it is seen', {}, async ({ page, owner, receive }) => {
      const receiver = await receive();
      const { keyboard } = page;
      const focused = () => page.evaluate(() => {
        const { activeElement: element } = document;
        const label = element.labels?.[0]?.textContent ?? element.getAttribute('aria-label') ?? element.textContent;
        return [label.replace(/\s+/g, ' ').trim(), getComputedStyle(element).outlineStyle];
      });
      const tabTo = async (name, key = 'Tab') => {
        for (let i = 0; i < 60; i++) {
          await keyboard.press(key);
          const [label, outline] = await focused();
          if (!label.startsWith(name)) continue;
          assert.equal(outline, 'solid', `the focus on ${name} can be seen`);
          return;
        }
        assert.fail(`no way to ${name}`);
      };
      await page.goto(pathOf(''));
      await heading(page, 'Overview').waitFor();
      await keyboard.press('Tab');
      assert.equal((await focused())[0], 'Skip to the content');
      await tabTo('Callback');
      await keyboard.press('Enter');
      await heading(page, 'Event notifications').waitFor();
      await field(page, 'Callback URL').waitFor();
      assert.equal((await focused())[0], 'Event notifications'); // the title, so that reading goes on from there
      await tabTo('Callback URL');
      await keyboard.type(receiver.url);
      await tabTo('None');
      await keyboard.press('ArrowDown');
      assert.match((await focused())[0], /^Basic/);
      await tabTo('Callback key');
      await keyboard.type('typed');
      await tabTo('Transaction created');
      await keyboard.press('Space');
      await tabTo('Revert');
      await keyboard.press('Enter');
      await dialog(page).waitFor();
      await keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'detached' });
      assert.equal((await focused())[0], 'Revert');
      await tabTo('Save', 'Shift+Tab');
      await keyboard.press('Enter');
      await heading(page, 'Saved. This is the signing secret').waitFor();
      assert.match((await focused())[0], /^Saved/);
      const { body } = await owner.get('/api/callback');
      assert.deepEqual([body.url, body.key, body.events], [receiver.url, 'typed', ['PACKAGE_CREATE']]);
    });

    once(visit)('speaks French to a French browser, and the other language on demand', { locale: 'fr-FR' }, async ({ page, owner, receive }) => {
      const receiver = await receive(() => 410);
      await owner.post('/api/callback', { url: receiver.url, events: ['PACKAGE_CREATE'] });
      await create(owner);
      await page.goto(pathOf(''));
      await heading(page, 'Aperçu').waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), 'fr');
      await told(page, '1 destination a été désactivée');
      await page.getByText('Le récepteur a répondu qu’il n’existe plus (410).').first().waitFor();
      assert.equal(await page.title(), 'Aperçu – Greffier');
      await page.getByRole('link', { name: 'Rappel' }).first().click();
      await page.goto(pathOf('callback'));
      await page.getByRole('switch', { name: 'Transaction créée', checked: true }).waitFor();
      await field(page, 'URL de rappel').fill('');
      await button(page, 'Enregistrer').click();
      await page.getByText('Saisissez l’URL.').waitFor();
      await accountMenu(page, 'Test Bank Owner');
      const switcher = button(page, 'English');
      assert.equal(await switcher.getAttribute('lang'), 'en');
      await switcher.click();
      await heading(page, 'Event notifications').waitFor();
      await page.getByRole('switch', { name: 'Transaction created' }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), 'en');
      assert.equal(await field(page, 'Callback URL').inputValue(), ''); // what was typed stays
    });

    /** An account in which everything there is has happened. */
    async function fill(owner, receive) {
      const good = await receive();
      const bad = await receive(() => 503);
      await owner.post('/api/callback', { url: good.url, key: 'k', events: ['PACKAGE_CREATE', 'PACKAGE_COMPLETE'], customHeaders: [{ key: 'X-Tenant', value: 'blue' }] });
      const failing = await createEndpoint(owner, { name: 'A system whose name is long enough to need a second line', url: `${bad.url}/${'long/'.repeat(20)}`, events: ['PACKAGE_CREATE'], retryWaits: [1] });
      const paused = await createEndpoint(owner, { name: 'Paused', url: good.url, events: ['PACKAGE_CREATE'] });
      await owner.post(`/api/notifications/endpoints/${paused.id}/pause`);
      await produce(owner, 3);
      await create(owner);
      await delivered(owner, 4);
      const failed = await until('a failure', async () => (await owner.get('/api/notifications/deliveries?state=FAILED')).body.results[0]);
      await owner.post('/api/notifications/replays', { endpointId: failing.id });
      return [...sections.map((view) => [view, {}]), ['endpoints', { id: failing.id }], ['deliveries', { event: failed.event.id, endpoint: failing.id }]];
    }

    once(visit)('nothing for axe to complain about, in light and in dark', {}, async ({ page, owner, receive }) => {
      const found = [];
      for (const [view, parameters] of await fill(owner, receive)) found.push(...await complaints(page, pathOf(view, parameters)));
      assert.deepEqual(found, []);
    });

    once(visit)('fits 320 pixels, a telephone or four times the size, with targets that a finger can hit', { locale: 'fr-FR', viewport: { width: 320, height: 740 } }, async ({ page, owner, receive }) => {
      for (const [view, parameters] of await fill(owner, receive)) {
        await page.goto(pathOf(view, parameters));
        await settled(page);
        await fits(page, view);
      }
    });
  });
}
