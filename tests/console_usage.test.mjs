// console_usage.test.mjs – what client apps were used for, as the console shows it: charts, the table behind them, calls, exports.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Client, engines, until } from './lib/server.mjs';
import { Scenes, button, card, complaints, field, fits, heading, settled } from './lib/browser.mjs';
import { apiToken, appsPath, createApp, tokenPath } from './lib/callers.mjs';
import { tamper } from './lib/tamper.mjs';

describe(`usage of client apps in the console on ${engines[0]}`, { concurrency: 2 }, () => {
  let scenes, server;
  before(async () => {
    scenes = await Scenes.start(engines[0]);
    ({ server } = scenes);
  });
  after(() => scenes?.stop());
  const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
  const addressOf = (app, parameters = {}) => `${server.url}/admin/access?${new URLSearchParams({ ...(app && { id: app.clientId }), ...parameters })}`;

  /** An app that was used: 30 calls that succeeded, 3 that did not, one token. */
  async function usedApp(owner, name) {
    const app = await createApp(owner, { name, scopes: ['package.read'] });
    const token = await apiToken(server, app);
    for (let i = 0; i < 30; i++) await token.get('/api/packages');
    for (let i = 0; i < 2; i++) await token.get('/api/packages/nothing');
    await token.delete('/api/packages/nothing');
    await until('it is written', async () => (await owner.get(`${appsPath}/${app.clientId}/calls`)).body.count === 33, 15000);
    return app;
  }

  visit('the list has a chart of each app, and the app\'s page the numbers and the calls', {}, async ({ page, owner }) => {
    const app = await usedApp(owner, 'Archive');
    await createApp(owner, { name: 'Idle' });
    await page.goto(addressOf());
    const row = (name) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
    await row('Archive').getByRole('img', { name: 'Calls and tokens of the last 30 days: 33 calls, 3 errors, 1 token' }).waitFor();
    await row('Idle').getByText('Not used').waitFor();
    await page.getByRole('link', { name: 'Archive', exact: true }).click();
    await page.getByRole('link', { name: 'Show charts and calls' }).click();

    const chart = card(page, 'Calls and tokens');
    await chart.getByRole('img', { name: /^Calls and tokens of the last 30 days\. Successful \(2xx, 3xx\): 30, Refused \(4xx\): 3, Server errors \(5xx\): 0, Tokens issued: 1$/ }).waitFor();
    await button(chart, 'As a table').click();
    const numbers = chart.getByRole('region', { name: 'Calls and tokens of the last 30 days' });
    assert.equal(await numbers.getByRole('row').count(), 31);
    const today = (await numbers.getByRole('row').nth(1).textContent()) + (await numbers.getByRole('row').nth(2).textContent()); // it may just be midnight
    assert.match(today, /30301/);
    await button(chart, '24 hours').click();
    await chart.getByRole('region', { name: 'Calls and tokens of the last 24 hours' }).waitFor();
    await button(chart, 'As a chart').click();
    await chart.getByRole('img', { name: /^Calls and tokens of the last 24 hours\. Successful \(2xx, 3xx\): 30/ }).waitFor();

    await page.getByText('33 calls', { exact: true }).waitFor();
    const calls = page.getByRole('table', { name: 'Calls' });
    assert.equal(await calls.getByRole('row').count(), 26);
    await calls.getByRole('row').nth(1).getByText('DELETE /api/packages/{packageId}').waitFor();
    await calls.getByRole('row').nth(1).getByText('403').waitFor();
    await page.getByRole('link', { name: 'Older' }).click();
    await page.getByText('Page 2 of 2').waitFor();
    assert.equal(new URL(page.url()).searchParams.get('page'), '2');
    await until('eight calls', async () => (await calls.getByRole('row').count()) === 9);
    assert.equal(app.clientId, new URL(page.url()).searchParams.get('id'));
  });

  visit('calls are filtered in the address and exported as they are shown', {}, async ({ page, owner }) => {
    const app = await usedApp(owner, 'Exported');
    await page.goto(addressOf(app, { tab: 'use' }));
    await field(page, 'HTTP status').selectOption('4xx');
    await page.getByText('3 calls', { exact: true }).waitFor();
    await field(page, 'Method').selectOption('DELETE');
    await page.getByText('1 call', { exact: true }).waitFor();
    assert.deepEqual([...new URL(page.url()).searchParams], [['id', app.clientId], ['tab', 'use'], ['status', '4xx'], ['method', 'DELETE']]);
    for (const [name, file, pattern] of [['Export as CSV', 'calls.csv', /^number,.*\r\n33,.*,DELETE,.*,403,.*\r\n$/], ['Export as JSON', 'calls.jsonl', /^\{"number":33,.*"status":403.*\}\n$/]]) {
      const waiting = page.waitForEvent('download');
      await page.getByRole('link', { name }).click();
      const download = await waiting;
      assert.equal(download.suggestedFilename(), file);
      assert.match(readFileSync(await download.path(), 'utf8'), pattern);
    }
    await page.reload();
    await page.getByText('1 call', { exact: true }).waitFor();
    assert.equal(await field(page, 'Method').inputValue(), 'DELETE');
    await field(page, 'HTTP status').selectOption('5xx');
    await page.getByText('No calls match').waitFor();
  });

  visit('a call shows while somebody looks, and the address of an old secret\'s last use', {}, async ({ page, owner }) => {
    const app = await createApp(owner, { name: 'Fresh' });
    const token = await apiToken(server, app);
    await page.goto(addressOf(app, { tab: 'use' }));
    await page.getByText('No calls yet').waitFor();
    await token.get('/api/packages');
    await page.getByText('1 call', { exact: true }).waitFor();
    await owner.post(`${appsPath}/${app.clientId}/regenerate-secret`, { overlapSeconds: 3600 });
    await new Client(server).post(tokenPath, { clientId: app.clientId, secret: app.secret, type: 'OWNER' });
    await page.getByRole('navigation', { name: 'Parts of this app' }).getByRole('link', { name: 'Settings' }).click();
    const secret = card(page, 'Secret');
    await secret.getByText(/The old secret was last used: .* from 127\.0\.0\.1/).waitFor();
    await secret.getByText('The old secret is still in use: not safe to retire yet').waitFor();
    await until('it is stored', async () => (await owner.get(`${appsPath}/${app.clientId}/usage`)).body.total.tokens === 2, 15000);
    tamper(scenes.installation, `UPDATE client_app SET old_secret_used_us = old_secret_used_us - ${3 * 86400 * 1000000}, old_secret_address = '10.1.2.3' WHERE client_id = '${app.clientId}'`);
    await page.reload();
    await secret.getByText('The old secret was last used: 3 days ago from 10.1.2.3').waitFor();
    await secret.getByText('The old secret is no longer used: safe to retire').waitFor();
  });

  visit('nothing for axe to complain about; it fits a telephone', { locale: 'fr-FR' }, async ({ page, owner }) => {
    const app = await usedApp(owner, 'Archive');
    const asTable = async () => {
      await heading(page, 'Appels').waitFor();
      await button(page, 'En tableau').click();
    };
    const found = [];
    for (const [address, act] of [[addressOf()], [addressOf(app, { tab: 'use' })], [addressOf(app, { tab: 'use', status: '4xx' }), asTable]]) found.push(...await complaints(page, address, act));
    assert.deepEqual(found, []);
    await page.setViewportSize({ width: 320, height: 740 });
    for (const address of [addressOf(), addressOf(app, { tab: 'use' })]) {
      await page.goto(address);
      await settled(page);
      await fits(page, address);
    }
  });
});
