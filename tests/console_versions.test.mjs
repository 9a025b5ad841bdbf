// console_versions.test.mjs – the console when somebody else is faster, when the session ends, and when the network is away: nothing
// that was typed is lost. On one store: what the store does stands in versions.test.mjs.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { Client, until } from './lib/server.mjs';
import { Scenes, button, complaints, dialog, field, fits, heading, settled, told } from './lib/browser.mjs';
import { apiToken, appsPath, cookieName, createApp, createSender, makeOperator, signIn, totp } from './lib/callers.mjs';

describe('the console keeps what was typed', () => {
  let scenes, server;
  before(async () => {
    scenes = await Scenes.start('sqlite');
    ({ server } = scenes);
  });
  after(() => scenes?.stop());

  const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
  const apps = () => `${server.url}/admin/access`;
  const choice = (page, member) => page.getByRole('group', { name: new RegExp(`^${member}`) });

  /* ---- somebody else was faster ---- */

  visit('two tabs edit the callback: both versions are shown, and each member is chosen', {}, async ({ page, context, owner, receive }) => {
    const { url } = await receive(); // settings are tried before they are saved
    await owner.post('/api/callback', { url: `${url}/a`, key: 'k', events: ['PACKAGE_CREATE'] });
    const [mine, theirs] = [page, await context.newPage()];
    for (const tab of [mine, theirs]) {
      await tab.goto(`${server.url}/admin/notifications?view=callback`);
      await field(tab, 'Callback URL').waitFor();
    }
    await field(theirs, 'Callback URL').fill(`${url}/theirs`);
    await theirs.getByRole('switch', { name: 'Transaction completed' }).check();
    await button(theirs, 'Save').click();
    await told(theirs, 'Saved');

    await field(mine, 'Callback URL').fill(`${url}/mine`);
    await button(mine, 'Add a header').click();
    await field(mine, 'Name of header 1').fill('X-Mine');
    await field(mine, 'Value of header 1').fill('1');
    await button(mine, 'Save').click();
    const panel = dialog(mine);
    await panel.getByText('This was changed elsewhere').waitFor();
    await panel.getByText('Last change: You').waitFor();
    await choice(panel, 'Callback URL').getByText('Changed on both sides').waitFor();
    await choice(panel, 'Custom headers').getByText('Changed here').waitFor();
    await choice(panel, 'Event types').getByText('Changed elsewhere').waitFor();
    assert.equal((await owner.get('/api/callback')).body.url, `${url}/theirs`, 'nothing is saved yet');

    await button(panel, 'Back to the form').click();
    assert.equal(await field(mine, 'Callback URL').inputValue(), `${url}/mine`);
    await mine.getByText('Nothing was saved: this was changed elsewhere').waitFor();
    await button(mine, 'Save').click();
    await choice(panel, 'Callback URL').getByRole('radio', { name: /Stored now/ }).check();
    await button(panel, 'Save what is chosen').click();
    await panel.waitFor({ state: 'detached' });
    const { body } = await owner.get('/api/callback');
    assert.deepEqual([body.url, body.customHeaders, [...body.events].sort(), body.key], [`${url}/theirs`, [{ key: 'X-Mine', value: '1' }], ['PACKAGE_COMPLETE', 'PACKAGE_CREATE'], 'k']);
    assert.equal(await field(mine, 'Callback URL').inputValue(), `${url}/theirs`);
    await theirs.close();
  });

  visit('an endpoint: what others change appears while nothing is typed, and does not disturb while something is', {}, async ({ page, owner, receive }) => {
    const { url } = await receive();
    const settings = { name: 'Archive', url: `${url}/a`, authType: 'BASIC', key: 'one', events: ['PACKAGE_CREATE'] };
    const { body: { id } } = await owner.post('/api/notifications/endpoints', settings);
    await page.goto(`${server.url}/admin/notifications?view=endpoints&id=${id}&tab=settings`);
    await field(page, 'Name (optional)').waitFor();
    await owner.put(`/api/notifications/endpoints/${id}`, { ...settings, name: 'Archives' });
    await until('it follows', async () => (await field(page, 'Name (optional)').inputValue()) === 'Archives');
    await field(page, 'Name (optional)').fill('Typed');
    await owner.put(`/api/notifications/endpoints/${id}`, { ...settings, name: 'Archives of all', key: 'two' });
    await heading(page, 'Archives of all').waitFor();
    assert.equal(await field(page, 'Name (optional)').inputValue(), 'Typed');
    await button(page, 'Save').click();
    await choice(dialog(page), 'Name').getByText('Changed on both sides').waitFor();
    await button(dialog(page), 'Save what is chosen').click();
    await dialog(page).waitFor({ state: 'detached' });
    assert.equal((await owner.get(`/api/notifications/endpoints/${id}`)).body.name, 'Typed');
    await told(page, 'Saved.');
  });

  visit('while one chooses, somebody is faster again', {}, async ({ page, owner }) => {
    const app = await createApp(owner, { name: 'Payroll' });
    await page.goto(`${server.url}/admin/access?id=${app.clientId}`);
    await field(page, 'Name').fill('Mine');
    await owner.put(`${appsPath}/${app.clientId}`, { name: 'Theirs' });
    await button(page, 'Save').click();
    await choice(dialog(page), 'Name').waitFor();
    await owner.put(`${appsPath}/${app.clientId}`, { name: 'Theirs again', readOnly: true });
    await button(dialog(page), 'Save what is chosen').click();
    await dialog(page).getByText('It was changed once more').waitFor();
    await choice(dialog(page), 'Read-only').getByText('Changed elsewhere').waitFor();
    await choice(dialog(page), 'Name').getByText('Theirs again').waitFor();
    await button(dialog(page), 'Save what is chosen').click();
    await dialog(page).waitFor({ state: 'detached' });
    const { name, readOnly } = (await owner.get(`${appsPath}/${app.clientId}`)).body;
    assert.deepEqual([name, readOnly], ['Mine', true]);
  });

  visit('a change of something else is in nobody’s way', {}, async ({ page, owner }) => {
    await page.goto(`${apps()}?view=leaks`);
    await page.getByRole('radio', { name: /Renew it/ }).check();
    await owner.put('/api/account/authentication/settings', { tokenLifeMax: 900 });
    await button(page, 'Save').click();
    await told(page, 'Saved.');
    const { leakPolicy, tokenLifeMax } = (await owner.get('/api/account/authentication/settings')).body;
    assert.deepEqual([leakPolicy, tokenLifeMax], ['RENEW', 900]);
  });

  visit('every other form says so too', {}, async ({ page, account, owner }) => {
    const { body: role } = await owner.post('/api/account/roles', { name: 'Desk' });
    const { body: branch } = await owner.post('/api/account/subaccounts', { name: 'Branch' });
    const sam = await createSender(owner, `sam-${account.accountId}@bank.example`);
    const forms = [
      { at: 'access?view=authentication', type: () => field(page, 'Tokens expire at the latest after (optional)').fill('600'), other: () => owner.put('/api/account/authentication/settings', { tokenLifeMax: 900 }), member: 'Tokens expire' },
      { at: 'notifications?view=retention', type: () => page.getByRole('spinbutton', { name: /Events/ }).first().fill('7'), other: () => owner.put('/api/notifications/retention', { days: { events: 9 } }), member: 'Events' },
      { at: 'people?view=roles', open: () => button(page, 'Change – Desk').click(), type: () => field(dialog(page), 'Description (optional)').fill('Mine'), other: () => owner.put(`/api/account/roles/${role.id}`, { description: 'Theirs' }), member: 'Description' },
      { at: `people?id=${sam.id}`, type: () => page.getByRole('checkbox', { name: 'Desk' }).check(), other: () => owner.post(`/api/account/senders/${sam.id}/roles`, { accountRoles: [{ id: 'manager' }] }), member: 'Roles' },
      { at: 'access?view=leaks', type: () => page.getByRole('radio', { name: /Renew it/ }).check(), other: () => owner.put('/api/account/authentication/settings', { leakPolicy: 'DISABLE' }), member: 'When a credential leaks' },
      { at: 'settings', type: () => field(page, 'A session ends without use after').fill('20'), other: () => owner.request('PATCH', '/api/account/admin/accountSettings/systemSettings', { loginSessionTimeout: 40 }), member: 'Sessions end after' },
      { at: 'settings?view=subaccounts', open: () => button(page, 'Rename “Branch”').click(), type: () => field(dialog(page), 'Name').fill('Mine'), other: () => owner.put(`/api/account/subaccounts/${branch.id}`, { name: 'Theirs' }), member: 'Name' },
      { at: 'me', type: () => field(page, 'First name').fill('Ann'), other: () => owner.post(`/api/account/senders/${account.ownerId}`, { firstName: 'Bea', lastName: 'Lee' }), member: 'First name' },
    ];
    for (const { at, open, type, other, member } of forms) {
      await page.goto(`${server.url}/admin/${at}`);
      await settled(page);
      await open?.();
      await type();
      assert.equal((await other()).status, 200, at);
      await page.getByRole('button', { name: 'Save', exact: true }).last().click();
      await choice(page, member).getByText('Changed on both sides').waitFor();
      await button(page, 'Back to the form').click();
      await page.getByText('Nothing was saved: this was changed elsewhere').waitFor();
      if (!at.includes('subaccounts')) await page.getByText('Unsaved changes').first().waitFor();
    }
  });

  visit('operators see each other’s changes too', {}, async ({ page, account }) => {
    const credential = await makeOperator(scenes.installation);
    const path = `/api/operator/accounts/${account.accountId}`;
    const other = new Client(server, `Bearer ${credential}`);
    await page.goto(`${server.url}/admin/operator?id=${account.accountId}`);
    await field(page, 'Operator credential').fill(credential);
    await page.keyboard.press('Enter');
    await field(page, 'Calls a second of each client app').fill('5');
    assert.equal((await other.request('PATCH', path, { limits: { callRate: 7, endpoints: 3 } })).status, 200);
    await button(page, 'Save').click();
    await choice(dialog(page), 'Calls a second').getByText('Changed on both sides').waitFor();
    await button(dialog(page), 'Save what is chosen').click();
    await told(page, 'Saved.');
    assert.deepEqual((await other.get(path)).body.limits, { callRate: 5, endpoints: 3 });
  });

  /* ---- the session ends ---- */

  const again = (page) => page.getByRole('dialog', { name: 'Your session has ended' });

  /** Something is typed on the page of an app, and the session ends. */
  async function typed(page, owner, app) {
    await page.goto(`${apps()}?id=${app.clientId}`);
    await field(page, 'Name').fill('Typed');
    assert.equal((await owner.delete('/api/sessions')).status, 200);
    await button(page, 'Save').click();
    await again(page).waitFor();
  }

  visit('a session that ends with unsaved edits: the password is asked for over the page, and the save goes on', {}, async ({ page, owner, account, secrets }) => {
    const app = await createApp(owner, { name: 'Payroll' });
    secrets.push(account.password);
    await typed(page, owner, app);
    assert.equal(await field(again(page), 'Your password').evaluate((element) => element === document.activeElement), true);
    assert.equal(await field(again(page), 'E-mail address').inputValue(), account.email);
    await page.keyboard.press('Escape');
    await button(again(page), 'Sign in').click();
    await again(page).getByText('This is needed.').waitFor();
    await field(again(page), 'Your password').fill('not the password');
    await page.keyboard.press('Enter');
    await again(page).getByText('This is not your password.').waitFor();
    assert.equal((await owner.get(`${appsPath}/${app.clientId}`)).body.name, 'Payroll');
    // Out of a dialog the focus goes nowhere but to the browser itself.
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(() => document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))), true);
    }
    await field(again(page), 'Your password').fill(account.password);
    await page.keyboard.press('Enter');
    await again(page).waitFor({ state: 'detached' });
    await told(page, 'Saved.');
    assert.equal((await owner.get(`${appsPath}/${app.clientId}`)).body.name, 'Typed');
    assert.ok(!(await page.content()).includes(account.password));
  });

  visit('with a second factor its code is asked for too', {}, async ({ page, owner, account }) => {
    const app = await createApp(owner, { name: 'Payroll' });
    const person = await signIn(server, account.email, account.password);
    const { body: { secret } } = await person.post('/api/account/authentication/secondFactor', { password: account.password });
    assert.equal((await person.put('/api/account/authentication/secondFactor', { code: totp(secret) })).status, 200);
    await typed(page, owner, app);
    await field(again(page), 'Your password').fill(account.password);
    await button(again(page), 'Sign in').click();
    await field(again(page), 'Six-digit code from the app').fill('000000');
    await button(again(page), 'Sign in').click();
    await again(page).getByText('This code was not accepted.').waitFor();
    await field(again(page), 'Six-digit code from the app').fill(totp(secret, Date.now() + 30000)); // the one of before has been used
    await button(again(page), 'Sign in').click();
    await told(page, 'Saved.');
    assert.equal((await owner.get(`${appsPath}/${app.clientId}`)).body.name, 'Typed');
  });

  visit('who does not want to leaves for the sign-in page, which leads back', {}, async ({ page, owner }) => {
    const app = await createApp(owner, { name: 'Payroll' });
    await typed(page, owner, app);
    const asked = [];
    page.on('dialog', (question) => { asked.push(question.type()); void question.accept(); });
    await button(again(page), 'Cancel').click();
    await page.waitForURL((url) => url.pathname === '/login');
    assert.equal(new URL(page.url()).searchParams.get('to'), `/admin/access?id=${app.clientId}`);
    assert.deepEqual(asked, [], 'the browser asked once more');
  });

  visit('signed in in another tab: the page goes on by itself, for another person it is loaded anew', {}, async ({ page, context, owner, account }) => {
    const app = await createApp(owner, { name: 'Payroll' });
    const enter = async (session) => {
      await context.addCookies([{ name: cookieName, value: session, url: server.url }]);
      await page.evaluate(() => dispatchEvent(new Event('focus')));
    };
    await typed(page, owner, app);
    await enter((await owner.post('/api/sessions')).body.sessionToken);
    await told(page, 'Saved.');
    assert.equal((await owner.get(`${appsPath}/${app.clientId}`)).body.name, 'Typed');

    const email = `sam-${account.accountId}@bank.example`;
    await createSender(owner, email, { firstName: 'Sam', lastName: 'Other' });
    const { body: { sessionToken } } = await (await apiToken(server, await createApp(owner), email)).post('/api/sessions');
    await field(page, 'Name').fill('Typed by the owner');
    await owner.delete(`/api/account/senders/${account.ownerId}/sessions`);
    await button(page, 'Save').click();
    await again(page).waitFor();
    await enter(sessionToken);
    await page.getByText('Sam Other').waitFor();
    assert.equal((await owner.get(`${appsPath}/${app.clientId}`)).body.name, 'Typed');
    assert.ok(!(await page.content()).includes('Typed by the owner'));
  });

  /* ---- the network is away ---- */

  visit('offline and back: the page says so, keeps what was typed, and loads again by itself', {}, async ({ page, context, owner }) => {
    const app = await createApp(owner, { name: 'Payroll' });
    await page.goto(`${apps()}?id=${app.clientId}`);
    await field(page, 'Name').fill('Typed');
    await context.setOffline(true);
    await button(page, 'Save').click();
    await page.getByText('The server cannot be reached.').waitFor();
    await page.getByText('The server does not answer.').first().waitFor();
    await owner.put(`${appsPath}/${app.clientId}`, { readOnly: true, enabled: false });
    await context.setOffline(false);
    await page.getByText('The server cannot be reached.').waitFor({ state: 'detached' });
    await page.getByText('Switched off', { exact: true }).first().waitFor();
    assert.equal(await field(page, 'Name').inputValue(), 'Typed');
    await button(page, 'Save').click();
    await choice(dialog(page), 'Read-only').getByText('Changed elsewhere').waitFor();
    await button(dialog(page), 'Save what is chosen').click();
    await told(page, 'Saved.');
    const { body } = await owner.get(`${appsPath}/${app.clientId}`);
    assert.deepEqual([body.name, body.readOnly, body.enabled], ['Typed', true, false]);
  });

  visit('a page that could not be loaded is there when the network is back', {}, async ({ page, context }) => {
    await page.goto(apps());
    await heading(page, 'Client apps').waitFor();
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Senders and roles', exact: true }).click();
    await page.getByText('The server cannot be reached.').waitFor();
    await context.setOffline(false);
    await heading(page, 'Senders').waitFor();
    await page.getByRole('row').nth(1).waitFor();
  });

  /* ---- for everybody ---- */

  for (const [locale, name, word] of [['en-GB', 'Name', 'Save'], ['fr-CA', 'Nom', 'Enregistrer']]) {
    visit(`the dialogs are for everybody (${locale})`, { locale, viewport: { width: 375, height: 812 } }, async ({ page, owner }) => {
      const app = await createApp(owner, { name: 'Payroll' });
      const address = `${apps()}?id=${app.clientId}`;
      let round = 0;
      const clash = async () => {
        await field(page, name).fill('Typed');
        await owner.put(`${appsPath}/${app.clientId}`, { name: `Theirs ${++round}`, networks: ['192.0.2.0/24'], rateLimit: round });
        await button(page, word).click();
        await page.locator('.choice').first().waitFor();
        await fits(page, 'both versions');
      };
      const end = async () => {
        await field(page, name).fill('Typed');
        await owner.delete('/api/sessions');
        await button(page, word).click();
        await page.locator('dialog input[type=password]').waitFor();
        await fits(page, 'signing in again');
      };
      assert.deepEqual([...await complaints(page, address, clash), ...await complaints(page, address, end)], []);
    });
  }
});
