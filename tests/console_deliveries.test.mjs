// console_deliveries.test.mjs – the log of deliveries in a real browser: finding, understanding, mending, and acting on all at once.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Scenes, button, card, complaints, dialog, field, fits, heading, told } from './lib/browser.mjs';
import { addEndpoint, anyPackage, delivery, expectOk, raiseAll, seen, tried } from './lib/notifications.mjs';
import { until } from './lib/server.mjs';

describe('the log of deliveries in the console', () => {
  let scenes;
  before(async () => {
    scenes = await Scenes.start('sqlite');
  });
  after(() => scenes?.stop());
  const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
  const pathOf = (parameters = {}) => `${scenes.server.url}/admin/notifications?${new URLSearchParams({ view: 'deliveries', ...parameters })}`;
  const later = { events: ['PACKAGE_CREATE'], retryWaits: [3600, 3600], failureMails: false };

  /** Three that wait after a 503, of an endpoint called Archive. */
  const failing = async ({ owner, receive }) => {
    const receiver = await receive(() => ({ status: 503, headers: { 'x-reason': 'maintenance' }, body: 'Down for maintenance' }));
    const endpoint = await addEndpoint(owner, { ...later, name: 'Archive', url: receiver.url });
    const events = await raiseAll(owner, Array.from({ length: 3 }, () => ({ name: 'PACKAGE_CREATE', packageId: anyPackage() })));
    await seen(owner, { endpointId: endpoint.id }, 'tried', (results) => results.length === 3 && results.every(({ attempts }) => attempts.length === 1));
    return { receiver, endpoint, events };
  };

  visit('what fails is explained, mended, and retried at once', {}, async (tools) => {
    const { page, owner } = tools;
    const { receiver, endpoint, events } = await failing(tools);
    await page.goto(pathOf());
    const failures = card(page, 'What fails, and why');
    await failures.getByText('The receiver is not available').waitFor();
    await failures.getByText('Start the receiver').waitFor();
    await failures.getByText('Down for maintenance').waitFor();
    await failures.getByRole('link', { name: 'Show these deliveries' }).click();
    await page.waitForURL((url) => url.searchParams.get('failing') === 'true' && url.searchParams.get('httpStatus') === '503');
    await told(page, '3 deliveries');

    await page.getByRole('link', { name: 'Transaction created' }).first().click();
    await page.getByText('The receiver is not available').waitFor();
    await page.getByText('Request and reply').click();
    assert.match(await page.getByLabel('Reply head').innerText(), /503[^]*x-reason: maintenance/);
    await page.getByText('Connected').waitFor();
    await page.goBack();

    receiver.answer = () => 200;
    await button(page, 'Retry all of these – The receiver is not available').click();
    await dialog(page).getByRole('status').filter({ hasText: '3 deliveries' }).waitFor();
    await button(dialog(page), 'Retry deliveries').click();
    await dialog(page).waitFor({ state: 'detached' });
    await page.getByText('3 done, 3 matching at the start').waitFor();
    await seen(owner, { endpointId: endpoint.id }, 'delivered', (results) => results.every(({ state }) => state === 'DELIVERED'));
    await told(page, '0 deliveries');
    await failures.waitFor({ state: 'detached' });

    // The two attempts of one, side by side.
    await page.goto(pathOf({ event: events[0].id, endpoint: endpoint.id }));
    const difference = card(page, 'What differs between two attempts');
    await difference.getByText('Status 503 → Status 200').waitFor();
    await difference.getByLabel('Reply head').getByText('x-reason: maintenance').waitFor();
  });

  visit('filters apply as one types, and stand in the address', {}, async (tools) => {
    const { page, owner } = tools;
    await failing(tools);
    const made = await expectOk(owner.post('/api/packages', { name: 'Mortgage 12', roles: [{ id: 'r', signers: [{ id: 's', firstName: 'Ada', lastName: 'Byron', email: 'ada@bank.example' }] }] }));
    await tried(owner, { packageId: made.id });
    await page.goto(pathOf());
    await told(page, '4 deliveries');
    await field(page, 'Transaction name').fill('mortgage');
    await told(page, '1 delivery');
    await page.waitForURL((url) => url.searchParams.get('transaction') === 'mortgage');
    await field(page, 'Transaction name').fill('');
    await told(page, '4 deliveries');
    await field(page, 'Signer').fill('ada@');
    await told(page, '1 delivery');
    await field(page, 'Time').selectOption('Last hour');
    await page.waitForURL((url) => url.searchParams.get('period') === '1h' && url.searchParams.get('signer') === 'ada@');
    await page.reload();
    await told(page, '1 delivery');
    assert.equal(await field(page, 'Signer').inputValue(), 'ada@');
    await page.getByRole('link', { name: 'Show all' }).click();
    await told(page, '4 deliveries');
    await page.getByText('More', { exact: true }).click();
    await field(page, 'HTTP status').fill('5x');
    await page.getByText('A status, such as 503, or 5xx.').waitFor();
    await field(page, 'HTTP status').fill('4xx');
    await told(page, '0 deliveries');
    await field(page, 'HTTP status').fill('5xx');
    await told(page, '4 deliveries');
  });

  visit('one is sent again from its row; all are exported; one is copied as curl', { permissions: ['clipboard-read', 'clipboard-write'] }, async (tools) => {
    const { page, owner } = tools;
    const { endpoint, receiver, events } = await failing(tools);
    await page.goto(pathOf());
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export CSV' }).click()]);
    const csv = await readFile(await download.path(), 'utf8');
    assert.equal(csv.trim().split('\r\n').length, 4);
    receiver.answer = () => 200;
    await button(page, `Retry – #${events[0].sequence}`).click();
    await until('it is delivered', async () => (await delivery(owner, events[0].id, endpoint.id)).state === 'DELIVERED');
    await button(page, `Resend – #${events[0].sequence}`).click();
    await until('it is sent again', async () => (await delivery(owner, events[0].id, endpoint.id)).attempts.length === 3);
    await page.goto(pathOf({ event: events[0].id, endpoint: endpoint.id }));
    await button(page, 'Copy as curl').click();
    await until('it is copied', async () => (await page.evaluate(() => navigator.clipboard.readText())).startsWith("curl -X 'POST' 'http://127.0.0.1"));
  });

  visit('in French, for everybody, and on a telephone', { locale: 'fr-FR' }, async (tools) => {
    const { page, owner } = tools;
    const { endpoint, events } = await failing(tools);
    await expectOk(owner.post(`/api/notifications/deliveries/${events[0].id}/${endpoint.id}/retry`));
    await tried(owner, { eventId: events[0].id }, 2);
    const one = pathOf({ event: events[0].id, endpoint: endpoint.id });
    const wrong = await complaints(page, pathOf());
    wrong.push(...await complaints(page, one));
    wrong.push(...await complaints(page, pathOf(), async () => {
      await button(page, 'Agir sur toutes').click();
      await dialog(page).getByText('3 livraisons').waitFor();
    }));
    assert.deepEqual(wrong, []);
    await page.setViewportSize({ width: 375, height: 800 });
    for (const [what, address] of [['the list', pathOf({ period: '24h' })], ['one', one]]) {
      await page.goto(address);
      await page.getByText('Le récepteur n’est pas disponible').first().waitFor();
      await fits(page, what);
    }
    await heading(page, 'Tentative 2').waitFor();
  });
});
