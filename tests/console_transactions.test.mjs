// console_transactions.test.mjs – a transaction's timeline in a real browser, and the way to it.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { sendablePackage, until } from './lib/server.mjs';
import { Scenes, button, card, complaints, field, fits, heading, settled, told } from './lib/browser.mjs';
import { addEndpoint, anyPackage, expectOk, raise, raiseAll, tried, settled as done } from './lib/notifications.mjs';

describe('transactions in the console', () => { // the store has no part in it
  let scenes;
  before(async () => {
    scenes = await Scenes.start('sqlite');
  });
  after(() => scenes?.stop());
  const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
  const pathOf = (view, parameters = {}) => `${scenes.server.url}/admin/notifications?${new URLSearchParams({ view, ...parameters })}`;

  /** A transaction of this server: created, which two endpoints hear of and one refuses for now, and trashed, of which nobody hears. */
  const story = async ({ owner, receive }) => {
    const [good, bad] = [await receive(), await receive(() => 503)];
    const archive = await addEndpoint(owner, { name: 'Archive', url: good.url, events: ['PACKAGE_CREATE'] });
    const registry = await addEndpoint(owner, { name: 'Registry', url: bad.url, events: ['PACKAGE_CREATE'], retryWaits: [3600], failureMails: false });
    const { id } = await expectOk(owner.post('/api/packages', sendablePackage({ name: 'Lease of flat 7' })));
    await expectOk(owner.put(`/api/packages/${encodeURIComponent(id)}`, { trashed: true }));
    await done(owner, { endpointId: archive.id });
    await tried(owner, { endpointId: registry.id });
    return { id, good, bad, archive, registry };
  };
  const items = (page) => card(page, 'Timeline').locator('.timeline > li');

  visit('a transaction is found by a part of its name, and tells what happened, what was sent where, and what came of it', {}, async (tools) => {
    const { page } = tools;
    const { id, bad } = await story(tools);
    await page.goto(pathOf('transactions'));
    await field(page, 'Transaction ID or name').fill('LEASE of');
    await told(page, '1 transaction'); // while one types
    await page.getByRole('link', { name: 'Lease of flat 7' }).click();
    await heading(page, 'Lease of flat 7').waitFor();
    assert.equal(new URL(page.url()).searchParams.get('id'), id);
    await until('both events', async () => (await items(page).count()) === 2);
    const [created, trashed] = [items(page).nth(0), items(page).nth(1)];
    await created.getByRole('heading', { name: 'Transaction created' }).waitFor();
    await created.getByRole('listitem').filter({ hasText: 'Archive' }).getByText('1 attempt · Status 200').waitFor();
    await created.getByRole('listitem').filter({ hasText: 'Registry' }).getByText('1 attempt · Status 503').waitFor();
    await trashed.getByRole('heading', { name: 'Transaction trashed' }).waitFor();
    await trashed.getByText('Sent nowhere').waitFor();

    // To a delivery, and by the transaction's name back.
    bad.answer = () => 200;
    await created.getByRole('link', { name: 'Registry' }).click();
    await button(page, 'Retry now').click();
    await page.getByText('Delivered', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Lease of flat 7' }).click();
    await items(page).first().getByText('2 attempts · Status 503 → Status 200').waitFor();

    // What happens appears by itself.
    await raise(tools.owner, id, 'PACKAGE_RESTORE');
    await until('the third', async () => (await items(page).count()) === 3);
  });

  visit('names stand beside the ids of deliveries and events, and lead there', {}, async (tools) => {
    const { page, owner } = tools;
    const { id } = await story(tools);
    const elsewhere = anyPackage();
    await raise(owner, elsewhere);
    for (const view of ['deliveries', 'events']) {
      await page.goto(pathOf(view));
      await page.getByRole('link', { name: 'Lease of flat 7' }).first().waitFor();
      await page.getByText(id).first().waitFor();
      await page.getByRole('link', { name: elsewhere }).first().click();
      await heading(page, elsewhere).waitFor(); // a producer's: it has no name here
      await card(page, 'Transaction').getByText('Not made here').waitFor();
    }
    await page.goto(pathOf('transactions', { id: 'nowhere' }));
    await page.getByText('No event speaks of this transaction').waitFor();
    await page.goto(pathOf('transactions', { search: 'nowhere' }));
    await page.getByText('Nothing matches').waitFor();
  });

  visit('a long one is read on', {}, async ({ page, owner }) => {
    const packageId = anyPackage();
    await raiseAll(owner, Array.from({ length: 120 }, () => ({ name: 'DOCUMENT_SIGNED', packageId })));
    await page.goto(pathOf('transactions', { id: packageId }));
    await until('a hundred', async () => (await items(page).count()) === 100);
    await button(page, 'Later events').click();
    await until('all', async () => (await items(page).count()) === 120);
    assert.equal(await button(page, 'Later events').count(), 0);
  });

  visit('in French, for everybody, and on a telephone', { locale: 'fr-FR' }, async (tools) => {
    const { page } = tools;
    const { id } = await story(tools);
    const pages = [pathOf('transactions', { id }), pathOf('transactions', { search: 'lease' })];
    const wrong = [];
    for (const address of pages) wrong.push(...await complaints(page, address));
    assert.deepEqual(wrong, []);
    await page.goto(pages[0]);
    await card(page, 'Chronologie').getByText('Envoyé nulle part').waitFor();
    await page.setViewportSize({ width: 375, height: 800 });
    for (const address of pages) {
      await page.goto(address);
      await settled(page);
      await fits(page, address);
    }
  });
});
