// console_operator.test.mjs – the operator's pages, the configuration's history with undoing, the account's settings and sub-accounts,
// in a real browser against the real server. None of it depends on the store: SQLite is enough.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { until } from './lib/server.mjs';
import { Scenes, button, complaints, dialog, field, fits, heading, told } from './lib/browser.mjs';
import { apiToken, createApp, createSender, makeOperator, signIn } from './lib/callers.mjs';

const endpoints = '/api/notifications/endpoints';
const url = 'https://receiver.example/hook';
const narrow = { viewport: { width: 375, height: 800 } };

describe('the operator’s pages', () => {
  let scenes, server, credential;
  before(async () => {
    scenes = await Scenes.start('sqlite');
    ({ server } = scenes);
    credential = await makeOperator(scenes.installation);
  });
  after(() => scenes?.stop());

  const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
  const page = (view = '', parameters = {}) => {
    const query = new URLSearchParams({ ...(view && { view }), ...parameters }).toString();
    return `${server.url}/admin/operator${query && `?${query}`}`;
  };
  const enter = async (tab, secrets) => {
    secrets.push(credential);
    await tab.goto(page());
    await field(tab, 'Operator credential').fill(credential);
    await button(tab, 'Sign in').click();
    await heading(tab, 'Accounts').waitFor();
  };
  const row = (tab, name) => tab.getByRole('row').filter({ hasText: name });

  visit('an operator signs in, and nobody else', {}, async ({ page: tab, secrets }) => {
    await tab.goto(page()); // the account's owner is signed in, and is no operator
    await field(tab, 'Operator credential').fill('grf_op_wrong');
    await button(tab, 'Sign in').click();
    await tab.getByRole('alert').filter({ hasText: 'no credential that runs the installation' }).waitFor();
    assert.equal(await tab.getByRole('navigation').count(), 0);
    await enter(tab, secrets);
    await tab.reload();
    await heading(tab, 'Accounts').waitFor();
    await button(tab, 'Sign out').click();
    await field(tab, 'Operator credential').waitFor();
    await tab.goto(`${server.url}/admin/notifications`);
    await heading(tab, 'Overview').waitFor();
    assert.equal(await tab.getByRole('navigation').getByText('Operator').count(), 0);
  });

  visit('accounts: found, created, locked, features, limits', {}, async ({ page: tab, secrets, account, owner }) => {
    await enter(tab, secrets);
    await button(tab, 'Create an account').click();
    await field(dialog(tab), 'Name of the account').fill('Caisse du Nord');
    await field(dialog(tab), 'E-mail address of its owner').fill('nord@console.example');
    await dialog(tab).getByRole('switch', { name: 'Invite the owner by e-mail' }).click();
    await button(dialog(tab), 'Create an account').click();
    await heading(tab, 'Caisse du Nord was created.').waitFor();
    await button(tab, 'Show the secret').click();
    const password = await tab.locator('.secret-notice code').textContent();
    secrets.push(password);
    await signIn(server, 'nord@console.example', password);
    await field(tab, 'Part of a name, an ID, or an owner’s e-mail address').fill(account.email);
    await button(tab, 'Search').click();
    await row(tab, account.accountId).getByRole('link').first().click();
    await tab.getByText(account.email).waitFor();
    await tab.getByRole('switch', { name: 'Roles of the account’s own' }).click();
    await told(tab, 'Saved.');
    await until('the feature is off', async () => (await owner.post('/api/account/roles', { name: 'R', permissions: [] })).status === 403);
    await field(tab, 'Endpoints').fill('1');
    await button(tab, 'Save').click();
    await until('the limit', async () => (await owner.get('/api/account/history?kind=account')).body.results[0].changes.some(({ member }) => member === 'limits'));
    await button(tab, 'Lock').click();
    await button(dialog(tab), 'Lock').click();
    await button(tab, 'Unlock').waitFor();
    assert.equal((await owner.get('/api/packages')).status, 403);
    await button(tab, 'Unlock').click();
    await button(tab, 'Lock').waitFor();
    assert.equal((await owner.get('/api/packages')).status, 200);
  });

  visit('an operator whose session ends keeps what was typed, and signs in over the page', {}, async ({ page: tab, context, secrets, account, owner }) => {
    await enter(tab, secrets);
    await tab.goto(page('', { id: account.accountId }));
    await field(tab, 'Endpoints').fill('7');
    await context.clearCookies();
    await button(tab, 'Save').click();
    await dialog(tab).getByText('What you typed is still here.').waitFor();
    await field(dialog(tab), 'Operator credential').fill('grf_op_wrong');
    await button(dialog(tab), 'Sign in').click();
    await dialog(tab).getByRole('alert').filter({ hasText: 'no credential that runs the installation' }).waitFor();
    await field(dialog(tab), 'Operator credential').fill(credential);
    await button(dialog(tab), 'Sign in').click();
    await told(tab, 'Saved.');
    assert.equal(await field(tab, 'Endpoints').inputValue(), '7');
    await until('the limit', async () => (await owner.get('/api/account/history?kind=account')).body.results[0].changes.some(({ member }) => member === 'limits'));
  });

  visit('queues, mails and the system, in both languages and on a phone', { ...narrow }, async ({ page: tab, secrets, account, owner }) => {
    const { body: endpoint } = await owner.post(endpoints, { url, events: ['PACKAGE_CREATE'] });
    await owner.post(`${endpoints}/${endpoint.id}/pause`);
    await owner.post('/api/packages', { name: 'Waits' });
    await createSender(owner, `guest-${process.pid}@console.example`, { status: 'INVITED' });
    await enter(tab, secrets);
    await tab.goto(page('queues'));
    await row(tab, account.accountId).getByText('1', { exact: true }).first().waitFor();
    await tab.goto(page('mail'));
    await row(tab, account.accountId).getByText('g***@console.example').waitFor();
    await row(tab, account.accountId).getByRole('button', { name: /^Cancel/ }).click();
    await button(dialog(tab), 'Cancel').click();
    await until('the mail is gone', async () => (await row(tab, account.accountId).count()) === 0);
    await tab.goto(page('system'));
    await tab.getByText('Well', { exact: true }).waitFor();
    const views = ['', 'queues', 'mail', 'system'];
    for (const view of views) {
      await tab.goto(page(view));
      await tab.locator('main h1').waitFor();
      await fits(tab, view);
    }
    await button(tab, 'Français').click();
    await heading(tab, 'Système').waitFor();
    const found = [];
    for (const view of views) found.push(...await complaints(tab, page(view)));
    found.push(...await complaints(tab, page('', { id: account.accountId })));
    await fits(tab, 'an account');
    assert.deepEqual(found, []);
  });
});

describe('the configuration’s history, settings and sub-accounts', () => {
  let scenes, server;
  before(async () => {
    scenes = await Scenes.start('sqlite');
    ({ server } = scenes);
  });
  after(() => scenes?.stop());

  const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
  const entry = (tab, title) => tab.locator('.history > li').filter({ has: tab.getByRole('heading', { name: title }) });

  visit('a change is read and undone; one that was overtaken says so', {}, async ({ page: tab, owner, secrets }) => {
    secrets.push('KEYMARK');
    const { body: endpoint } = await owner.post(endpoints, { url, name: 'Books', events: ['PACKAGE_CREATE'] });
    const { body: now } = await owner.get(`${endpoints}/${endpoint.id}`);
    await owner.put(`${endpoints}/${endpoint.id}`, { ...now, name: 'Ledger', authType: 'BASIC', key: 'KEYMARK' });
    await tab.goto(`${server.url}/admin/notifications?view=endpoints&id=${endpoint.id}`);
    await tab.getByRole('main').getByRole('link', { name: 'History' }).click();
    const change = entry(tab, /^Endpoint changed/);
    await change.getByText('Books').waitFor();
    await change.getByText('replaced').waitFor();
    await change.locator('dd').filter({ hasText: /None.*Basic/ }).waitFor();
    const made = entry(tab, /^Endpoint created/);
    await made.getByText('Creating is not undone here').waitFor();
    await made.getByText('Its values').click();
    for (const value of ['Books', 'Transaction created', 'Later ones wait', 'HMAC-SHA256']) await made.getByText(value, { exact: true }).waitFor();
    assert.ok(!(await tab.content()).includes('KEYMARK'));
    await change.getByRole('button', { name: /^Undo/ }).click();
    await dialog(tab).getByText('Secrets that this change replaced stay as they are.').waitFor();
    await owner.put(`${endpoints}/${endpoint.id}`, { ...now, name: 'Third', authType: 'BASIC' });
    await button(dialog(tab), 'Undo').click();
    await dialog(tab).getByText('This has been changed since').waitFor();
    await dialog(tab).getByRole('button', { name: 'Close' }).first().click();
    await tab.reload();
    await entry(tab, /^Endpoint changed/).first().locator('dd').filter({ hasText: 'Third' }).waitFor();
    await entry(tab, /^Endpoint changed/).first().getByRole('button', { name: /^Undo/ }).click();
    await button(dialog(tab), 'Undo').click();
    await told(tab, 'The earlier values are back.');
    assert.equal((await owner.get(`${endpoints}/${endpoint.id}`)).body.name, 'Ledger');
    const { body: ledger } = await owner.get(`${endpoints}/${endpoint.id}`);
    await owner.put(`${endpoints}/${endpoint.id}`, { ...ledger, url: `${url}elsewhere`, key: 'KEYMARK' });
    await tab.reload();
    const moved = entry(tab, /^Endpoint changed/).first();
    await moved.locator('dd').filter({ hasText: 'elsewhere' }).waitFor();
    await moved.getByText('The earlier values need a key or secret').waitFor();
    assert.equal(await moved.getByRole('button', { name: /^Undo/ }).count(), 0);
    await field(tab, 'What').selectOption({ label: 'Client apps' });
    await heading(tab, 'History').waitFor();
    await tab.getByText('No changes', { exact: true }).waitFor();
  });

  visit('settings and sub-accounts', {}, async ({ page: tab, owner }) => {
    await tab.goto(`${server.url}/admin/settings`);
    await field(tab, 'A session ends without use after').fill('5000');
    await button(tab, 'Save').click();
    await tab.getByText('A whole number from 1 to 1,440.').waitFor();
    await field(tab, 'A session ends without use after').fill('45');
    await button(tab, 'Save').click();
    await told(tab, 'Saved.');
    assert.equal((await owner.get('/api/account/admin/accountSettings/systemSettings')).body.loginSessionTimeout, 45);
    await tab.getByRole('region', { name: 'Features' }).getByText('OAuth 2.0 client credentials').waitFor();
    await tab.getByRole('link', { name: 'Sub-accounts' }).click();
    await tab.getByText('No sub-accounts yet').waitFor();
    for (const name of ['North', 'South']) {
      await button(tab, 'Add a sub-account').click();
      await field(dialog(tab), 'Name').fill(name);
      await button(dialog(tab), 'Save').click();
      await button(tab, `Rename “${name}”`).waitFor();
    }
    await button(tab, 'Rename “North”').click();
    await field(dialog(tab), 'Name').fill('North-east');
    await button(dialog(tab), 'Save').click();
    await button(tab, 'Rename “North-east”').waitFor();
    assert.deepEqual((await owner.get('/api/account/subaccounts')).body.map(({ name }) => name).sort(), ['North-east', 'South']);
  });

  test('who manages one thing sees its history only, and others see none', async () => {
    await scenes.visit({}, async ({ owner }) => {
      const { body: role } = await owner.post('/api/account/roles', { name: 'Apps', permissions: ['sender_admin.api_access'] });
      const person = await createSender(owner, `apps-${process.pid}@console.example`);
      await owner.post(`/api/account/senders/${person.id}/roles`, { accountRoles: [{ id: role.id }] });
      const app = await createApp(owner, { name: 'Seen' });
      const { body } = await (await apiToken(server, app, person.email)).post('/api/sessions');
      await scenes.browse(body.sessionToken, {}, async ({ page: tab }) => {
        await tab.goto(`${server.url}/admin/history`);
        await entry(tab, /^Client app created/).waitFor();
        assert.equal(await entry(tab, /^Role created/).count(), 0);
        await tab.goto(`${server.url}/admin/settings`);
        await tab.getByText('You have no access to the account’s settings').waitFor();
      });
    });
  });

  visit('these pages fit a phone and everybody, in French too', { ...narrow, locale: 'fr-CA' }, async ({ page: tab, owner }) => {
    const { body: endpoint } = await owner.post(endpoints, { url: `${url}?token=1`, name: 'Livres', events: [], customHeaders: [{ key: 'X-A', value: 'b' }] });
    const { body: now } = await owner.get(`${endpoints}/${endpoint.id}`);
    await owner.put(`${endpoints}/${endpoint.id}`, { ...now, customHeaders: [{ key: 'X-A', value: 'c' }], retryWaits: [60, 600] });
    await owner.post('/api/account/subaccounts', { name: 'Succursale de l’Abitibi-Témiscamingue et du Nord-du-Québec' });
    const found = [];
    for (const path of ['history', 'settings', 'settings?view=subaccounts']) {
      found.push(...await complaints(tab, `${server.url}/admin/${path}`));
      await fits(tab, path);
    }
    assert.deepEqual(found, []);
    await tab.goto(`${server.url}/admin/history`);
    await tab.getByRole('button', { name: /^Annuler la modification/ }).first().click();
    await heading(tab, 'Annuler cette modification\u00a0?').waitFor();
  });
});
