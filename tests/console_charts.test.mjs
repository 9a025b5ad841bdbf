// console_charts.test.mjs – the charts of the console, in a real browser: what they say to the eye, to the keyboard and as a table.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { until } from './lib/server.mjs';
import { Scenes, button, card, complaints, fits, settled } from './lib/browser.mjs';
import { addEndpoint, anyPackage, expectOk, notifications, raiseAll } from './lib/notifications.mjs';

const titles = ['Events by type', 'Requests', 'Response times', 'Requests by answer', 'Requests by event type', 'Age of the oldest waiting notification'];
const french = ['Événements par type', 'Requêtes', 'Temps de réponse', 'Requêtes par réponse', 'Requêtes par type d’événement', 'Âge de la plus ancienne en attente'];
const many = (name, count) => Array.from({ length: count }, () => ({ name, packageId: anyPackage() }));

describe('charts in the console', () => { // the store has no part in it
  let scenes;
  before(async () => {
    scenes = await Scenes.start('sqlite');
  });
  after(() => scenes?.stop());
  const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
  const pathOf = (parameters = {}) => `${scenes.server.url}/admin/notifications?${new URLSearchParams(parameters)}`;
  const slider = (page, title) => page.getByRole('slider', { name: title, exact: true });
  const legend = async (page, title) => (await card(page, title).getByRole('listitem').allInnerTexts()).map((text) => text.trim());

  /** Five delivered, three refused for good, and all of it counted. */
  const busy = async ({ owner, receive }) => {
    const receiver = await receive(({ body }) => (body.name === 'PACKAGE_TRASH' ? 404 : 200));
    const endpoint = await addEndpoint(owner, { name: 'Archive', url: receiver.url, events: ['PACKAGE_CREATE', 'PACKAGE_TRASH'], stopStatuses: [404], failureMails: false });
    await raiseAll(owner, [...many('PACKAGE_CREATE', 5), ...many('PACKAGE_TRASH', 3)]);
    await until('the numbers', async () => {
      const { totals } = await expectOk(owner.get(`${notifications}/statistics`));
      return totals.attempts === 8 && totals.events === 8;
    });
    return endpoint;
  };

  visit('say what was counted, over each range, with the pointer and the keys', {}, async (tools) => {
    const { page } = tools;
    await busy(tools);
    await page.goto(pathOf());
    for (const range of ['1 hour', '24 hours', '7 days', '30 days']) {
      await button(page, range).click();
      assert.equal(await button(page, range).getAttribute('aria-pressed'), 'true');
      assert.equal(new URL(page.url()).searchParams.get('range'), { '24 hours': 'day', '7 days': 'week', '30 days': 'month' }[range] ?? null);
      await card(page, 'Over time').getByText('38% of 8 requests failed.').waitFor();
      for (const title of titles) await card(page, title).waitFor();
      assert.deepEqual(await legend(page, 'Requests'), ['Succeeded 5', 'Failed 3', 'in all']);
      assert.deepEqual(await legend(page, 'Requests by answer'), ['200 5', '404 3', 'in all']);
      assert.deepEqual(await legend(page, 'Requests by event type'), ['Transaction created 5', 'Transaction trashed 3', 'in all']);
      assert.match((await legend(page, 'Response times')).join(), /^p50 \S+\sms,p95 \S+\sms,p99 \S+\sms,in all$/);
      await card(page, 'Age of the oldest waiting notification').getByText('Nothing in this period.').waitFor();
    }
    await page.reload();
    await page.locator('[aria-pressed="true"]', { hasText: '30 days' }).waitFor();
    // A step of 12 hours is chosen with the keys: the last one has it all.
    await slider(page, 'Requests').focus();
    await page.keyboard.press('End');
    assert.match(await slider(page, 'Requests').getAttribute('aria-valuetext'), /Succeeded: 5, Failed: 3$/);
    await page.keyboard.press('ArrowLeft');
    assert.match(await slider(page, 'Requests').getAttribute('aria-valuetext'), /Succeeded: 0, Failed: 0$/);
    assert.deepEqual((await legend(page, 'Requests')).slice(0, 2), ['Succeeded 0', 'Failed 0']);
    await page.keyboard.press('Escape');
    assert.equal((await legend(page, 'Requests'))[0], 'Succeeded 5');
    const box = await slider(page, 'Requests').boundingBox();
    await page.mouse.move(box.x + 70, box.y + 60);
    await until('the step below the pointer', async () => (await legend(page, 'Requests'))[0] === 'Succeeded 0');
  });

  visit('are tables, too, and tell series apart without colours', {}, async (tools) => {
    const { page } = tools;
    const endpoint = await busy(tools);
    await page.goto(pathOf({ view: 'endpoints', id: endpoint.id }));
    assert.equal(await card(page, 'Events by type').count(), 0); // an endpoint has none of its own
    await slider(page, 'Requests by answer').locator('rect.bar').first().waitFor();
    const fills = await card(page, 'Requests by answer').getByRole('slider').locator('rect.bar').evaluateAll((bars) => bars.map((bar) => bar.getAttribute('fill')));
    assert.deepEqual([...new Set(fills)].sort(), ['url(#pattern-0)', 'url(#pattern-1)']);
    await button(card(page, 'Response times'), 'As a table').click();
    const table = card(page, 'Response times').getByRole('table');
    assert.deepEqual(await table.getByRole('columnheader').allInnerTexts(), ['Time', 'p50', 'p95', 'p99', 'Answers']);
    const answers = await table.getByRole('row').evaluateAll((rows) => rows.slice(1).map((row) => Number(row.lastElementChild.textContent)));
    assert.equal(answers.reduce((sum, count) => sum + count), 8);
    await button(card(page, 'Response times'), 'As a chart').click();
    await slider(page, 'Response times').waitFor();
  });

  visit('follow what happens by the stream, and ask for nothing when nothing does', {}, async (tools) => {
    const { page, owner } = tools;
    await busy(tools);
    const asked = [];
    await page.clock.install();
    page.on('request', (request) => request.url().includes('/overview') && asked.push(request.url()));
    await page.goto(pathOf());
    await slider(page, 'Requests').waitFor();
    await until('the stream', () => page.getByText('Live', { exact: true }).isVisible());
    await raiseAll(owner, many('PACKAGE_CREATE', 2));
    await until('two more', async () => (await legend(page, 'Requests'))[0] === 'Succeeded 7');
    // Once more after the last event, and then not for ten minutes of the page's own clock.
    await page.clock.runFor(10000);
    const before = asked.length;
    await page.clock.runFor(600000);
    assert.equal(asked.length, before);
  });

  visit('in French, for everybody, and on a telephone', { locale: 'fr-FR', timezoneId: 'America/Toronto' }, async (tools) => {
    const { page } = tools;
    const endpoint = await busy(tools);
    const pages = [pathOf(), pathOf({ view: 'endpoints', id: endpoint.id })];
    const wrong = [];
    for (const address of pages) wrong.push(...await complaints(page, address, () => button(card(page, 'Temps de réponse'), 'En tableau').click()));
    assert.deepEqual(wrong, []);
    await page.goto(pages[0]);
    for (const title of french) await card(page, title).waitFor();
    await page.getByText(/^Les heures sont celles de votre fuseau horaire\s: America\/Toronto \(UTC.[45]\)\.$/).waitFor();
    await page.setViewportSize({ width: 375, height: 800 });
    for (const address of pages) {
      await page.goto(address);
      await settled(page);
      await slider(page, 'Requêtes').waitFor();
      await fits(page, address);
    }
  });
});
