// console_frame.test.mjs – what stands around the console's pages, in a real browser against the real server: palette, keys, saved views,
// deep links through the sign-in page, first visit, and that a page that is left alone asks for nothing. Nothing here depends on the
// store, so it is looked at once.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Client, createAccount, engines, until } from './lib/server.mjs';
import { Mails, createApp, createSender, totp } from './lib/callers.mjs';
import { Scenes, accountMenu, button, card, complaints, dialog, field, fits, heading, settled, told } from './lib/browser.mjs';

test('no word has two meanings', () => {
  const folder = new URL('../web/console/words/', import.meta.url);
  const keys = readdirSync(folder).flatMap((file) => [...readFileSync(new URL(file, folder), 'utf8').matchAll(/^ {2}'?([\w.-]+)'?: \[/gm)].map(([, key]) => key));
  assert.ok(keys.length > 500);
  assert.deepEqual(keys.filter((key, i) => keys.indexOf(key) !== i), []);
});

describe("the console's frame", () => {
  let scenes, server, mails;
  before(async () => {
    mails = new Mails();
    scenes = await Scenes.start(engines[0], [...mails.settings, '--retry-scale', '1000', '--delivery-timeout', '2000']);
    ({ server } = scenes);
  });
  after(async () => {
    await scenes?.stop();
    mails.remove();
  });

  const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
  const at = (path) => `${server.url}/admin${path}`;
  const seek = (page) => page.getByRole('combobox', { name: /^(Search or go to|Rechercher ou aller à)$/ });
  const active = async (page) => page.locator(`[id="${await seek(page).getAttribute('aria-activedescendant')}"]`);

  /** Something of each kind that can be found. */
  async function fill(owner, receive) {
    const receiver = await receive();
    await owner.post('/api/callback', { url: receiver.url, events: ['PACKAGE_CREATE'] });
    const { body: endpoint } = await owner.post('/api/notifications/endpoints', { name: 'Québec archive', url: receiver.url, events: ['PACKAGE_CREATE'] });
    const app = await createApp(owner, { name: 'Quick loans' });
    const person = await createSender(owner, `quentin-${endpoint.id.slice(-6)}@frame.example`.toLowerCase());
    const { body: made } = await owner.post('/api/packages', { name: 'Quarterly report' });
    await until('the deliveries', async () => (await owner.get('/api/notifications/deliveries?state=DELIVERED')).body.count === 2);
    return { endpoint, app, person, packageId: made.id };
  }

  visit('the palette finds pages, actions and what the server knows, by keyboard only', {}, async ({ page, owner, receive }) => {
    const { endpoint, app, packageId } = await fill(owner, receive);
    const { keyboard } = page;
    const asked = [];
    await page.goto(at('/notifications'));
    await heading(page, 'Overview').waitFor();
    let load;
    const held = new Promise((resolve) => (load = resolve));
    await page.route(/\.js$/, async (asset) => { await held; await asset.continue(); });
    await keyboard.press('/');
    await keyboard.type('retem'); // before its code has come
    await keyboard.press('Backspace');
    await keyboard.press('Enter');
    assert.equal(await seek(page).count(), 0);
    load();
    await seek(page).waitFor();
    assert.equal(await seek(page).inputValue(), 'rete');
    assert.equal(await seek(page).evaluate((input) => input === document.activeElement), true);
    await keyboard.type('n');
    await page.getByRole('option', { name: /^Retention/, selected: true }).waitFor();
    await keyboard.press('Enter');
    await heading(page, 'Retention').waitFor();
    assert.equal(page.url(), at('/notifications?view=retention'));

    page.on('request', (request) => asked.push(new URL(request.url()).pathname + new URL(request.url()).search));
    await keyboard.press('Control+k');
    await keyboard.type('qu');
    await keyboard.type('e', { delay: 20 });
    await page.getByRole('option', { name: /Québec archive/ }).waitFor(); // without its accent
    assert.ok(!asked.some((path) => /search=qu?(&|$)/.test(path)), 'the server is not asked at every key');
    await keyboard.press('Control+a');
    await keyboard.type('quar');
    await page.getByRole('option', { name: /Quarterly report/ }).waitFor();
    await page.getByRole('option', { name: /Québec archive/ }).waitFor({ state: 'detached' });
    await keyboard.press('Control+a');
    await keyboard.type('quick');
    await page.getByRole('option', { name: /Quick loans/, selected: true }).waitFor();
    await keyboard.press('ArrowUp');
    await keyboard.press('ArrowDown');
    await (await active(page)).filter({ hasText: app.clientId }).waitFor();
    await keyboard.press('Enter');
    await heading(page, 'Quick loans').waitFor();
    assert.equal(page.url(), at(`/access?id=${app.clientId}`));

    for (const [text, url] of [[endpoint.id, at(`/notifications?view=endpoints&id=${endpoint.id}`)], [packageId, null]]) {
      await keyboard.press('/');
      await seek(page).fill(text);
      await page.locator('.palette').getByRole('option', { selected: true }).waitFor();
      await keyboard.press('Enter');
      if (url) await page.waitForURL(url);
      else await page.waitForURL((address) => address.search.includes(encodeURIComponent(packageId)));
    }

    await keyboard.press('/');
    await keyboard.type('create a client'); // no key is lost while it opens
    assert.equal(await seek(page).inputValue(), 'create a client');
    await page.getByRole('option', { name: 'Create a client app' }).waitFor();
    await keyboard.press('Enter');
    await dialog(page).getByLabel('Name', { exact: true }).waitFor();
    await keyboard.press('Escape');
    await page.waitForURL(at('/access'));
    await dialog(page).waitFor({ state: 'detached' });

    await keyboard.press('/');
    await seek(page).waitFor();
    await keyboard.type('zzzz');
    await page.getByText('Nothing found for “zzzz”.').waitFor();
    await keyboard.press('Escape');
    await seek(page).waitFor({ state: 'detached' });
  });

  visit('keys go to pages and along rows, not while somebody types, and not when they are switched off', {}, async ({ page, owner, receive }) => {
    await fill(owner, receive);
    const { keyboard } = page;
    await page.goto(at('/notifications'));
    await heading(page, 'Overview').waitFor();
    await keyboard.press('g');
    await keyboard.press('d');
    await heading(page, 'Deliveries').waitFor();
    await page.getByRole('row').nth(2).waitFor();
    const rowOf = () => page.evaluate(() => [...document.querySelectorAll('main tbody tr')].findIndex((row) => row.contains(document.activeElement)));
    await keyboard.press('j');
    assert.equal(await rowOf(), 0);
    await keyboard.press('j');
    assert.equal(await rowOf(), 1);
    await keyboard.press('k');
    assert.equal(await rowOf(), 0);
    const before = (await owner.get('/api/notifications/deliveries')).body.results.flatMap(({ attempts }) => attempts).length;
    await keyboard.press('r');
    await told(page, 'will be sent now.');
    await until('one more attempt', async () => (await owner.get('/api/notifications/deliveries')).body.results.flatMap(({ attempts }) => attempts).length > before);
    await keyboard.press('k');
    await keyboard.press('Enter');
    await page.waitForURL(/view=deliveries&event=/);

    await page.goto(at('/notifications?view=deliveries'));
    await field(page, 'Transaction').or(page.getByRole('searchbox').first()).first().focus();
    await keyboard.type('g a?/j');
    assert.equal(await dialog(page).count(), 0);
    assert.match(page.url(), /view=deliveries/);

    await page.locator('h1').focus();
    await keyboard.press('?');
    await dialog(page).getByText('Next row of a list').waitFor();
    await dialog(page).getByRole('switch', { name: 'Keyboard shortcuts' }).uncheck();
    await keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    await page.reload();
    await heading(page, 'Deliveries').waitFor();
    for (const key of ['/', '?', 'g', 'a', 'j']) await keyboard.press(key);
    assert.equal(await dialog(page).count(), 0);
    assert.match(page.url(), /view=deliveries/);
    await button(page, 'Search or go to').click(); // the button does it still
    await seek(page).waitFor();
    await keyboard.press('Escape');
    await (await accountMenu(page, 'Test Bank Owner')).getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await dialog(page).getByRole('switch').check();
    await keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    await keyboard.press('/');
    await seek(page).waitFor();
  });

  visit('a filtered list is saved under a name, and opened from the list and the palette', {}, async ({ page, owner, receive }) => {
    await fill(owner, receive);
    await page.goto(at('/notifications?view=deliveries&state=DELIVERED'));
    await button(page, 'Save this view').click();
    await button(page.locator('.saved-views'), 'Save').click();
    await page.getByText('This is needed.').waitFor();
    await field(page, 'Name of the view').fill('All that arrived');
    await button(page.locator('.saved-views'), 'Save').click();
    await page.getByRole('list', { name: 'Saved views' }).getByRole('link', { name: 'All that arrived' }).waitFor();
    await page.goto(at('/me'));
    await heading(page, 'Your account').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('arrived');
    await page.getByRole('option', { name: /All that arrived/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(at('/notifications?view=deliveries&state=DELIVERED'));
    await button(page, 'Remove the view “All that arrived”').click();
    await button(page, 'Save this view').waitFor();
    await page.goto(at('/audit?action=session.create'));
    await button(page, 'Save this view').waitFor();
  });

  test('one is where one wanted to go after signing in, with a second factor, too', async () => {
    const account = await createAccount(scenes.installation);
    await scenes.browse(null, {}, async ({ page, secrets }) => {
      secrets.push(account.password);
      const wanted = at('/notifications?view=deliveries&state=FAILED&httpStatus=503');
      const enter = async () => {
        const form = page.locator('#signin');
        await field(form, 'E-mail address').fill(account.email);
        await field(form, 'Password').fill(account.password);
        await button(page, 'Sign in').click();
      };
      await page.goto(at('/me?card=second-factor'));
      await enter();
      await heading(page, 'Your account').waitFor();
      await button(card(page, 'Second factor'), 'Set up').click();
      await field(dialog(page), 'Your password').fill(account.password);
      await button(dialog(page), 'Continue').click();
      const key = await dialog(page).getByLabel('No camera? Give the app this key:').textContent();
      secrets.push(key);
      await field(dialog(page), 'Six-digit code from the app').fill(totp(key));
      await button(dialog(page), 'Turn on').click();
      await dialog(page).waitFor({ state: 'detached' });
      await accountMenu(page, 'Test Bank Owner');
      await button(page, 'Sign out').click();
      await page.waitForURL(/\/login$/);
      await page.goto(wanted);
      await enter();
      await field(page, 'Six-digit code').fill(totp(key, Date.now() + 30000)); // the one before is used up
      await button(page, 'Sign in').click();
      await page.waitForURL(wanted);
      await heading(page, 'Deliveries').waitFor();
    });
  });

  test('who is not signed in sees the sign-in page, and no fault in the browser', async () => {
    for (const [path, text] of [['/admin/notifications', 'Sign in'], ['/login', 'Sign in'], ['/admin/operator', 'Sign in']]) {
      const context = await scenes.browser.newContext({ locale: 'en-GB' });
      const page = await context.newPage();
      const faults = [];
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
      page.on('response', (response) => response.status() >= 400 && faults.push(`${response.status()} ${response.url()}`));
      await page.goto(`${server.url}${path}`);
      await button(page, text).waitFor();
      assert.deepEqual(faults, [], path);
      await context.close();
    }
  });

  visit('a browser is told who is signed in with it, and nobody else is', {}, async ({ page, owner, account }) => {
    const stranger = await new Client(server).get('/api/visitor');
    assert.deepEqual([stranger.status, stranger.body, stranger.headers.get('cache-control')], [200, { session: null }, 'no-store']);
    assert.deepEqual((await owner.get('/api/visitor')).body, { session: null }); // a key is no browser
    assert.deepEqual((await owner.get('/api/operator/visitor')).body, { operator: null });
    const known = await page.request.get(`${server.url}/api/visitor`);
    assert.equal((await known.json()).session.user.email, account.email);
    assert.deepEqual(await (await page.request.get(`${server.url}/api/session`)).json(), (await known.json()).session);
    await page.request.delete(`${server.url}/api/session`, { headers: { origin: server.url } });
    assert.deepEqual(await (await page.request.get(`${server.url}/api/visitor`)).json(), { session: null });
  });

  visit('the first steps tick themselves off as they happen, and go away', {}, async ({ page, owner }) => {
    await page.goto(at('/notifications'));
    const steps = card(page, 'To your first notification');
    const done = steps.getByRole('listitem').filter({ hasText: 'done' });
    await steps.waitFor();
    assert.equal(await done.count(), 0);
    await steps.getByRole('link', { name: 'Create a client app' }).click();
    await field(dialog(page), 'Name').fill('Portal');
    await button(dialog(page), 'Create').click();
    await button(dialog(page), 'Done').click();
    await page.getByRole('link', { name: 'Event notifications' }).click();
    await heading(page, 'Overview').waitFor();
    await done.filter({ hasText: 'Create a client app' }).waitFor();
    assert.equal(await done.count(), 1);
    await button(steps, 'Create a draft').click();
    await done.filter({ hasText: 'Create a transaction' }).waitFor();
    assert.equal((await owner.get('/api/packages')).body.results[0].name, 'My first transaction');
    await button(steps, 'Catch notifications here').click();
    await heading(page, 'Endpoints').waitFor();
    await steps.waitFor({ state: 'detached' });
  });

  visit('the first steps stay away where somebody has sent them away', { locale: 'fr-FR' }, async ({ page }) => {
    await page.goto(at('/notifications'));
    const steps = card(page, 'Jusqu’à votre première notification');
    await button(steps, 'Masquer').click();
    await page.getByText('Aucune notification n’est encore envoyée').waitFor();
    await page.reload();
    await page.getByText('Aucune notification n’est encore envoyée').waitFor();
    assert.equal(await steps.count(), 0);
  });

  visit('an overview on which nothing happens asks for nothing but its stream', {}, async ({ page, owner, receive }) => {
    await fill(owner, receive);
    await page.clock.install();
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(at('/notifications'));
    await settled(page);
    await told(page, 'Live');
    // What is loaded at first comes again once for what has only just happened: a minute later all of that is over.
    await page.clock.runFor(60000);
    await until('all is answered', async () => {
      const before = asked.length;
      await page.clock.runFor(5000);
      return asked.length === before;
    });
    const first = asked.length;
    await page.clock.runFor(90000);
    assert.deepEqual(asked.slice(first).filter((path) => !path.endsWith('/stream')), []);
    await owner.post('/api/packages', { name: 'Something happens' });
    await until('the page asks again', async () => {
      await page.clock.runFor(2000);
      return asked.slice(first).includes('/api/notifications/overview');
    });
  });

  visit('ids are copied with a button, and the name of a transaction stands beside its own', {}, async ({ page, context, owner, receive }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const { packageId } = await fill(owner, receive);
    await page.goto(at('/notifications?view=deliveries'));
    await page.getByRole('button', { name: `Copy ${packageId}` }).first().click();
    await told(page, 'Copied.');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), packageId);
    const [delivery] = (await owner.get('/api/notifications/deliveries')).body.results;
    await page.goto(at(`/notifications?view=deliveries&event=${delivery.event.id}&endpoint=${delivery.endpoint.id}`));
    await page.getByText('Quarterly report').waitFor();
    const { body: replay } = await owner.post('/api/notifications/replays', { endpointId: delivery.endpoint.id, packageId });
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(at('/notifications?view=replay'));
    await page.getByText('Details', { exact: true }).first().click();
    await page.getByRole('link', { name: 'Quarterly report' }).waitFor();
    await page.getByRole('button', { name: `Copy ${replay.id}` }).waitFor();
    assert.ok(!asked.some((path) => path.startsWith('/api/packages/')), 'names are asked for together');
  });

  visit('a first look at the overview asks little, however many endpoints there are', {}, async ({ page, owner, receive }) => {
    await fill(owner, receive);
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(at('/notifications'));
    await settled(page);
    await page.getByRole('img', { name: /^1 of the last 1 / }).first().waitFor();
    await told(page, 'Live');
    const paths = [...new Set(asked)]; // what is younger than 15 seconds is asked for again
    assert.ok(paths.length <= 16, paths.join('\n'));
    assert.ok(paths.filter((path) => path.startsWith('/api/')).length <= 10, paths.join('\n'));
  });

  visit('the name of somebody else is changed by who may', {}, async ({ page, owner, receive }) => {
    const { person } = await fill(owner, receive);
    await page.goto(at(`/people?id=${person.id}`));
    await button(page, 'Change name').click();
    await field(dialog(page), 'First name').fill('Quentin');
    await field(dialog(page), 'Last name').fill('Roy');
    await button(dialog(page), 'Save').click();
    await heading(page, 'Quentin Roy').waitFor();
    const { body } = await owner.get(`/api/account/senders/${person.id}`);
    assert.deepEqual([body.firstName, body.lastName, body.email], ['Quentin', 'Roy', person.email]);
  });

  /** What is to be looked at. */
  const views = [
    ['/notifications', (page) => page.keyboard.press('/').then(() => seek(page).fill('qu')).then(() => page.getByRole('option', { name: /Quick loans/ }).waitFor())],
    ['/notifications', (page) => page.keyboard.press('?').then(() => dialog(page).getByRole('switch').waitFor())],
    ['/me?view=sessions', async (page) => page.getByRole('banner').getByRole('button', { name: 'Test Bank Owner' }).click()],
    ['/notifications?view=deliveries&state=DELIVERED', async (page) => page.getByRole('button', { name: /^(Save this view|Enregistrer cette vue)$/ }).click()],
  ];

  for (const locale of ['en-GB', 'fr-FR']) {
    visit(`nothing for axe to complain about, in light and in dark (${locale})`, { locale }, async ({ page, owner, receive }) => {
      await fill(owner, receive);
      const found = [];
      for (const [path, act] of locale === 'en-GB' ? views : views.slice(0, 2)) found.push(...await complaints(page, at(path), () => act(page)));
      assert.deepEqual(found, []);
    });
  }

  // 375 pixels are a phone; 640 at a device's 1280 are 200 % of a small laptop.
  for (const width of [375, 640]) {
    visit(`fits ${width} pixels, with targets that a finger can hit`, { locale: 'fr-FR', viewport: { width, height: 720 } }, async ({ page, owner, receive }) => {
      await fill(owner, receive);
      for (const [path, act] of width === 375 ? views : views.slice(0, 2)) {
        await page.goto(at(path));
        await settled(page);
        await act(page);
        await fits(page, path);
      }
      await page.goto(at('/notifications'));
      await settled(page);
      const menu = page.getByRole('navigation').getByRole('button', { name: /^Menu/ });
      assert.equal(await page.getByRole('link', { name: 'Clé API' }).count(), 0);
      await menu.click();
      await fits(page, 'the navigation');
      await page.getByRole('link', { name: 'Clé API' }).click();
      await heading(page, 'Clé API').waitFor();
      assert.equal(await menu.getAttribute('aria-expanded'), 'false');
    });
  }

  test('text never becomes script or markup', async () => {
    const context = await scenes.browser.newContext(); // the browser's console says so each time, which `browse` takes for a fault
    const page = await context.newPage();
    for (const path of ['/login', '/nowhere']) { // the console's policy is the same: console.test.mjs
      await page.goto(`${server.url}${path}`);
      const refused = await page.evaluate(() => {
        try {
          document.createElement('div').innerHTML = '<b>bold</b>';
          return false;
        } catch (error) {
          return error instanceof TypeError && Boolean(window.trustedTypes);
        }
      });
      assert.equal(refused, true, path);
    }
    await context.close();
  });
});
