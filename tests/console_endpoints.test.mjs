// console_endpoints.test.mjs – endpoints as cards and tabs, settings that are tried before they are saved, and a receiver inside the
// server, from its button to the first notification. Nothing here differs by store.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, until } from './lib/server.mjs';
import { Scenes, button, card, complaints, dialog, field, fits, heading, tab, told } from './lib/browser.mjs';

const endpoints = '/api/notifications/endpoints';

describe(`pages of endpoints on ${engines[0]}`, () => {
  let scenes;
  before(async () => (scenes = await Scenes.start(engines[0], ['--delivery-timeout', '2000', '--delivery-connect-timeout', '1000'])));
  after(() => scenes?.stop());
  const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
  const address = (parameters) => `${scenes.server.url}/admin/notifications?${new URLSearchParams(parameters)}`;
  const create = (owner) => owner.post('/api/packages', { name: 'Loan' });
  const made = async (owner, body) => (await owner.post(endpoints, body)).body;

  visit('cards say how each endpoint does: shapes and words, times, errors, the queue', {}, async ({ page, owner, receive }) => {
    const [good, bad] = [await receive(), await receive(() => 503)];
    await made(owner, { name: 'Good', url: good.url, events: ['PACKAGE_CREATE'] });
    await made(owner, { name: 'Bad', url: bad.url, events: ['PACKAGE_CREATE'], retryWaits: [3600] });
    await made(owner, { name: 'New', url: good.url, events: [] });
    for (let i = 0; i < 3; i++) await create(owner);
    await until('all are tried', async () => (await owner.get('/api/notifications/endpointHealth')).body.results.filter(({ attempts }) => attempts === 3).length === 2);
    const { count, results } = (await owner.get('/api/notifications/endpointHealth')).body;
    assert.equal(count, 3);
    assert.deepEqual(results.map(({ outcomes }) => outcomes.join()).sort(), ['', 'DELIVERED,DELIVERED,DELIVERED', 'RETRYING,RETRYING,RETRYING']);
    assert.deepEqual((await owner.get('/api/notifications/endpointHealth?from=1&to=1')).body.results.length, 1);

    await page.goto(address({ view: 'endpoints' }));
    const shown = (name) => page.locator('.endpoint-card').filter({ has: heading(page, name) });
    await shown('Good').getByRole('img', { name: '3 of the last 3 deliveries have arrived' }).waitFor();
    await shown('Good').getByText('Median').waitFor();
    await shown('Good').getByText('95th percentile').waitFor();
    await shown('Good').getByText('Nothing is waiting').waitFor();
    await shown('Bad').getByText('Failing', { exact: true }).waitFor();
    await shown('Bad').getByText('100%').waitFor();
    await shown('Bad').getByText(/3 waiting · Oldest: /).waitFor();
    await shown('New').getByText('none in 24 h').waitFor();
  });

  visit('one endpoint in tabs: by keyboard, by address', {}, async ({ page, owner, receive }) => {
    const receiver = await receive();
    const { id } = await made(owner, { name: 'Tabs', url: receiver.url, events: ['PACKAGE_CREATE'] });
    await owner.post('/api/packages', { name: 'Lease of flat 7' });
    await page.goto(address({ view: 'endpoints', id }));
    await heading(page, 'Now').waitFor();
    const titles = ['Overview', 'Deliveries', 'Settings', 'Security', 'Test'];
    assert.deepEqual(await page.getByRole('tab').allInnerTexts(), titles);
    await tab(page, 'Overview').focus();
    const focused = () => page.evaluate(() => document.activeElement.textContent);
    for (const [key, wanted] of [['ArrowRight', 'Deliveries'], ['End', 'Test'], ['ArrowRight', 'Overview'], ['ArrowLeft', 'Test'], ['Home', 'Overview'], ['ArrowRight', 'Deliveries']]) {
      await page.keyboard.press(key);
      assert.equal(await focused(), wanted, key);
    }
    assert.equal(await tab(page, 'Overview').getAttribute('aria-selected'), 'true'); // arrows move, and open nothing
    await page.keyboard.press('Enter');
    const row = page.getByRole('tabpanel', { name: 'Deliveries' }).getByRole('row').nth(1);
    await row.getByRole('link', { name: 'Lease of flat 7' }).waitFor();
    await row.getByText('Status 200').waitFor();
    await row.getByRole('button', { name: /^Resend/ }).click();
    await until('it has come twice', () => receiver.received.length === 2);
    assert.equal(page.url(), address({ view: 'endpoints', id, tab: 'deliveries' }));
    for (const [name, what] of [['settings', () => field(page, 'Callback URL')], ['security', () => button(page, 'New secret')], ['test', () => button(page, 'Send test event')], ['unknown', () => heading(page, 'Now')]]) {
      await page.goto(address({ view: 'endpoints', id, tab: name }));
      await what().waitFor();
    }
    await page.goto(address({ view: 'endpoints', id: 'ep_none' }));
    await page.getByRole('alert').waitFor();
    assert.equal(await button(page, 'Try again').count(), 0); // it would not help
    // What was typed is not lost by a slip to another tab.
    await page.goto(address({ view: 'endpoints', id, tab: 'settings' }));
    await page.getByLabel('Name (optional)').fill('Typed');
    await tab(page, 'Test').click();
    await button(page, 'Keep editing').click();
    assert.equal(await page.getByLabel('Name (optional)').inputValue(), 'Typed');
  });

  visit('a test is made from a transaction that is chosen by its name, and shown first', {}, async ({ page, owner, receive }) => {
    const receiver = await receive();
    const { id } = await made(owner, { name: 'Tried', url: receiver.url, events: ['PACKAGE_TRASH'] });
    const { body: lease } = await owner.post('/api/packages', { name: 'Lease of flat 7' });
    await page.goto(address({ view: 'endpoints', id, tab: 'test' }));
    await field(page, 'Event').selectOption({ label: 'Transaction created' });
    await page.getByLabel('From a transaction').fill('lease OF');
    await button(page, 'Lease of flat 7').click();
    await page.getByRole('group', { name: 'What would be sent' }).getByText(lease.id).waitFor();
    assert.equal(receiver.received.length, 0);
    await button(page, 'Send test event').click();
    await page.getByText('Accepted', { exact: true }).waitFor();
    assert.deepEqual([receiver.received[0].body.packageId, receiver.received[0].body.name], [lease.id, 'PACKAGE_CREATE']);
    await button(page, 'Choose another').click();
    await page.getByLabel('From a transaction').fill('no such thing');
    await page.getByText('Nothing matches').waitFor();
  });

  visit('what would never be delivered is not saved without a word', {}, async ({ page, owner, receive }) => {
    await page.goto(address({ view: 'callback' }));
    const fill = async (url) => {
      await field(page, 'Callback URL').fill(url);
      await button(page, 'Save').click();
    };
    const stored = async () => (await owner.get('/api/callback')).body.url;
    await page.getByRole('switch', { name: 'Transaction created' }).waitFor();
    await page.getByRole('switch', { name: 'Transaction created' }).check();
    for (const [url, title, finding] of [
      ['https://192.0.2.1/', 'Nothing would be delivered', 'This server does not deliver there'],
      ['http://nowhere.invalid/', 'Nothing would be delivered', 'does not resolve'],
      ['http://127.0.0.1:1/', 'Nothing can be delivered there now', 'Nobody accepts a connection'],
    ]) {
      await fill(url);
      await dialog(page).getByRole('heading', { name: title }).waitFor();
      await dialog(page).getByText(finding).waitFor();
      await button(dialog(page), 'Keep editing').click();
      assert.equal(await stored(), '');
    }
    await fill('https://192.0.2.1/');
    await button(dialog(page), 'Save anyway').click();
    await told(page, 'Saved, but notifications will not be delivered');
    assert.equal(await stored(), 'https://192.0.2.1/');

    // Who answers at all is saved to, with a warning.
    const receiver = await receive(() => 503);
    await fill(receiver.url);
    await told(page, 'Saved. The receiver did not accept the test');
    assert.equal(await stored(), receiver.url);
    receiver.answer = () => 200;
    await button(page, 'Try these settings').click();
    await dialog(page).getByRole('heading', { name: 'Notifications would arrive' }).waitFor();
    await button(dialog(page).locator('.actions'), 'Close').click();
    assert.ok(receiver.received.every(({ headers }) => headers['greffier-test'] === 'true'));
  });

  visit('from a button to the first notification, without a receiver', {}, async ({ page, owner }) => {
    await page.goto(address({ view: 'endpoints' }));
    await button(page, 'Catch notifications here').click();
    await heading(page, 'Catcher').waitFor();
    await page.getByText('Nothing has arrived yet').waitFor();
    const { body: loan } = await create(owner);
    await card(page, 'Caught').getByText(loan.id).waitFor();
    await card(page, 'Caught').getByText('webhook-signature: v1,').waitFor();
    await told(page, '1 request has arrived');
    await field(page, 'It answers').selectOption('500');
    const [catcher] = (await owner.get('/api/notifications/catchers')).body.results;
    await until('it answers so', async () => (await owner.get(`/api/notifications/catchers/${catcher.id}`)).body.answer === 500);
    const [{ id, events }] = (await owner.get(endpoints)).body.results;
    assert.equal(events.length, 22);
    await create(owner);
    await told(page, '2 requests have arrived');
    await tab(page, 'Deliveries').click();
    await page.getByText('Status 500').first().waitFor();
    assert.deepEqual(await complaints(page, address({ view: 'endpoints', id, tab: 'caught' })), []);
    await button(page, 'Delete').click();
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There is no endpoint yet').waitFor();
    assert.deepEqual((await owner.get('/api/notifications/catchers')).body.results, []);
  });

  visit('in French on a telephone, for everybody', { locale: 'fr-CA', viewport: { width: 375, height: 800 } }, async ({ page, owner, receive }) => {
    const receiver = await receive();
    const { id } = await made(owner, { name: 'Archives', url: receiver.url, events: ['PACKAGE_CREATE'] });
    await create(owner);
    for (const parameters of [{}, ...['', 'deliveries', 'settings', 'security', 'test'].map((name) => ({ id, tab: name }))]) {
      if (['', 'deliveries', 'settings'].includes(parameters.tab ?? '')) assert.deepEqual(await complaints(page, address({ view: 'endpoints', ...parameters })), []);
      else await page.goto(address({ view: 'endpoints', ...parameters }));
      await fits(page, JSON.stringify(parameters));
    }
    await tab(page, 'Réglages').click();
    await field(page, 'URL de rappel').fill('https://192.0.2.1/');
    await button(page, 'Enregistrer').click();
    await dialog(page).getByRole('heading', { name: 'Rien ne serait livré' }).waitFor();
    await dialog(page).getByText('Ce serveur ne livre pas à cette adresse.').waitFor();
    await button(dialog(page), 'Enregistrer quand même').click();
    await told(page, 'Enregistré, mais les notifications ne seront pas livrées');
    await page.getByRole('status').getByText('Ce serveur ne livre pas à cette adresse.').waitFor();
  });
});
