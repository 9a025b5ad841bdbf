// browser.mjs – the console in a real browser, against the real server: what every scenario of it needs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { assertDocumented } from './contract.mjs';
import { cookieName } from './callers.mjs';
import { Receiver } from './receiver.mjs';
import { Client, createAccount, freshInstallation, Server, until } from './server.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const button = (page, name) => page.getByRole('button', { name, exact: true });
export const field = (page, label) => page.getByLabel(label, { exact: true });
export const tab = (page, name) => page.getByRole('tab', { name, exact: true });
export const heading = (page, name) => page.getByRole('heading', { name, exact: true });
export const dialog = (page) => page.getByRole('dialog');
export const card = (page, title) => page.getByRole('region', { name: title, exact: true });
export const told = (page, words) => page.getByRole('status').filter({ hasText: words }).first().waitFor();

/** Opens the menu behind one's name. */
export async function accountMenu(page, name) {
  await page.getByRole('banner').getByRole('button', { name, exact: true }).click();
  return page.getByRole('region', { name: /^(Account menu|Menu du compte)$/ });
}

/** What the server answers to the console stands in openapi.yaml; null when the browser has thrown it away. */
async function faultOf(response) {
  const { pathname } = new URL(response.url());
  const type = response.headers()['content-type'] ?? '';
  if (!pathname.startsWith('/api/') || pathname.endsWith('/stream')) return null;
  const text = await response.text().catch(() => null);
  if (text === null) return null;
  try {
    assertDocumented(response.request().method(), pathname, response.status(), type, type.startsWith('application/json') ? JSON.parse(text) : undefined, response.headers().etag ?? '');
    return null;
  } catch (error) {
    return error.message;
  }
}

export class Scenes {
  static async start(engine, settings = []) {
    const scenes = new Scenes();
    scenes.installation = freshInstallation(engine);
    scenes.server = await Server.start(scenes.installation, settings);
    scenes.browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    return scenes;
  }

  async stop() {
    await this.browser?.close();
    await this.server?.stop();
    this.installation.remove();
  }

  /** Somebody's browser; `session`: who is signed in. At the end nothing may have gone wrong, no answer be undocumented, and no
   * secret be where it does not belong. */
  async browse(session, options, body) {
    const context = await this.browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(30000);
    if (session) await context.addCookies([{ name: cookieName, value: session, url: this.server.url }]);
    const page = await context.newPage();
    const secrets = [];
    const console = [];
    const errors = [];
    const urls = [];
    const faults = [];
    // A refusal that the page explains is a line in the console, too, and so is a server that a scenario has stopped.
    const isRefusal = (message) => /^Failed to load resource: (?!net::ERR_(?:CONNECTION|INTERNET_DISCONNECTED))/.test(message.text()) ? /\/api\//.test(message.location().url) : /^Failed to load/.test(message.text());
    page.on('console', (message) => (message.type() === 'error' && !isRefusal(message) ? errors : console).push(message.text()));
    page.on('pageerror', (error) => errors.push(`pageerror ${error.stack}`));
    page.on('request', (request) => urls.push(request.url()));
    page.on('response', (response) => faults.push(faultOf(response)));
    try {
      await body({ page, context, secrets });
      assert.deepEqual(errors, []);
      assert.deepEqual((await Promise.all(faults)).filter(Boolean), []);
      const places = [...console, ...errors, ...urls, await page.evaluate(() => (location.protocol === 'about:' ? '' : JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])))];
      for (const secret of secrets) assert.ok(!places.some((place) => place.includes(secret)), 'a secret is where it does not belong');
    } finally {
      await context.close();
    }
  }

  /** The same with an account of its own, whose owner is signed in. */
  async visit(options, body) {
    const account = await createAccount(this.installation);
    const owner = Client.withKey(this.server, account);
    const session = (await owner.post('/api/sessions')).body.sessionToken;
    const receivers = [];
    const receive = async (answer) => {
      receivers.push(await Receiver.start(answer));
      return receivers.at(-1);
    };
    try {
      await this.browse(session, options, (tools) => body({ ...tools, account, owner, receive }));
    } finally {
      for (const receiver of receivers) await receiver.stop();
    }
  }
}

/** Everything is loaded, and open. */
export async function settled(page) {
  await page.locator('h1').waitFor();
  await until('everything is loaded', async () => (await page.locator('.loading').count()) === 0 && page.locator('main > :nth-child(2)').count());
  for (const fold of await page.locator('details').all()) await fold.evaluate((element) => (element.open = true));
}

async function violations(page, what, options) {
  const found = await page.evaluate((wanted) => window.axe.run(document, { resultTypes: ['violations'], ...wanted }), options);
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${what} ${id}: ${html.slice(0, 200)} ${failureSummary}`));
}

/** What axe has against a page, in light and in dark; `act` opens what is to be looked at. */
export async function complaints(page, address, act = async () => {}) {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(address);
  await settled(page);
  await act();
  await page.evaluate(axe);
  const light = await violations(page, `${address}, light`, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
  await page.emulateMedia({ colorScheme: 'dark' }); // where only colours differ
  return [...light, ...await violations(page, `${address}, dark`, { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } })];
}

/** Nothing is wider than the window, and a finger hits everything. */
export async function fits(page, what) {
  const wide = await page.evaluate(() =>
    document.documentElement.scrollWidth <= innerWidth
      ? []
      : [...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1).map((each) => `${each.tagName}.${each.className}: ${each.textContent.slice(0, 40)}`).slice(0, 6));
  assert.deepEqual(wide, [], `${what} is too wide`);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, input, select, textarea, summary, nav a, .button')]
      .filter((element) => element.checkVisibility())
      .map((element) => [element.outerHTML.slice(0, 120), element.closest('label')?.getBoundingClientRect() ?? element.getBoundingClientRect()])
      .filter(([, { width, height }]) => width < 24 || height < 24)
      .map(([html]) => html));
  assert.deepEqual(small, [], what);
}
