// run.mjs – photographs every page of the console and compares the pictures with earlier ones; `make screenshots` runs it.
//   ONLY=   a regular expression: only pictures whose names match, such as 'deliveries|events' or '\.fr\.dark\.375'
//   BASE=   the folder of pictures to compare with; by default those that were in build-screenshots/ before
// It fails when a page has an error, scrolls sideways, or is against an accessibility rule. Pictures that differ are no failure:
// somebody looks at build-screenshots/differences.html.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { cookieName } from '../lib/callers.mjs';
import { clockIsFixed } from '../lib/clock.mjs';
import { freshInstallation, Server } from '../lib/server.mjs';
import { difference, pictureOf, writeDifferences } from './compare.mjs';
import { fill } from './fill.mjs';
import { freezePage, frozenAnswer, HeldClock, seenAt } from './freeze.mjs';
import { pages } from './pages.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const folder = 'build-screenshots';
const before = `${folder}/before`;
const changes = `${folder}/changes`;
const only = new RegExp(process.env.ONLY || '');
const languages = { fr: 'fr-CA', en: 'en-CA' };
const themes = ['light', 'dark'];
const sizes = [[1440, 900], [768, 1024], [375, 812]];
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const taken = [];
const complaints = [];
const complain = (where, what) => {
  complaints.push(`${where}: ${what}`);
  console.log(`  ${where}: ${what}`);
};

/** Everything has come and nothing moves any more. */
async function atRest(page, pending) {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => document.fonts.status === 'loaded');
  let seen = '';
  for (let still = 0; still < 3;) {
    const now = await page.evaluate(() => new Promise((resolve) => setTimeout(() => requestAnimationFrame(() => resolve(document.body.innerHTML)), 60)));
    still = now === seen && pending.size === 0 ? still + 1 : 0;
    seen = now;
  }
}

async function againstRules(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((values) => window.axe.run(document, { resultTypes: ['violations'], runOnly: values }), rules);
  for (const { id, nodes } of violations) complain(where, `${id}: ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary.replace(/\s+/g, ' ')}`);
}

async function take(page, name) {
  await page.evaluate(freezePage);
  const file = pictureOf(folder, name);
  if (existsSync(file)) renameSync(file, pictureOf(before, name));
  else rmSync(pictureOf(before, name), { force: true });
  // As high as the page is: what sticks to the window's edge stands where the page ends.
  const { width } = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height });
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await page.screenshot({ path: file, fullPage: true, animations: 'disabled', caret: 'hide' });
  taken.push(name);
}

/** One page in all sizes and themes. */
async function photograph(page, name, pending, wanted) {
  let isSeen = false;
  for (const theme of themes) {
    for (const [width, height] of sizes) {
      const full = `${name}.${theme}.${width}`;
      if (!wanted(full)) continue;
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height });
      await atRest(page, pending);
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (tooWide > 0) complain(full, `scrolls sideways by ${tooWide} pixels`);
      await take(page, full);
      isSeen = true;
    }
    if (isSeen) await againstRules(page, `${name}.${theme}`);
  }
}

/** The server's answers on their way to the page: put at rest, or held back for good. */
async function passAnswers(page, isHeld, pending) {
  await page.route(/\/api\//, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname.endsWith('/stream')) return route.continue();
    if (isHeld && !/\/api\/(session|visitor|operator\/session|operator\/visitor)$/.test(pathname)) return undefined;
    pending.add(route);
    try {
      const response = await route.fetch();
      const isJson = response.headers()['content-type']?.startsWith('application/json');
      await route.fulfill({ response, ...(isJson && { body: frozenAnswer(await response.text()) }) });
    } catch { // the page has gone away
    } finally {
      pending.delete(route);
    }
  });
}

async function visit({ browser, server, clock, filled }, { page: wanted, state, language }) {
  const name = `${wanted.name}.${state}.${language}`;
  const isWanted = (full) => only.test(full);
  if (!themes.some((theme) => sizes.some(([width]) => isWanted(`${name}.${theme}.${width}`)))) return;
  const account = filled[state === 'loading' ? 'full' : state];
  const context = await browser.newContext({ locale: languages[language], timezoneId: 'America/Toronto', viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  context.setDefaultTimeout(30000);
  try {
    if (!wanted.asStranger && !wanted.asOperator) await context.addCookies([{ name: cookieName, value: account.session, url: server.url }]);
    const page = await context.newPage();
    await page.clock.setFixedTime(seenAt);
    clock.hold(seenAt);
    if (wanted.asOperator) {
      await page.goto(`${server.url}/admin/operator`);
      await page.locator('main input').fill(filled.operator);
      await page.locator('main button[type=submit]').click();
      await page.locator('nav').waitFor();
    }
    page.on('console', (message) => {
      const isExpected = wanted.isMissing && message.text().includes('404');
      if (message.type() === 'error' && !isExpected && !(wanted.asStranger && /\/api\//.test(message.location().url))) complain(name, `console: ${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => complain(name, `page: ${error.stack}`));
    const pending = new Set();
    await passAnswers(page, state === 'loading', pending);
    await page.goto(server.url + wanted.address(account.ids, account));
    await atRest(page, pending);
    await photograph(page, name, pending, isWanted);
  } catch (error) {
    complain(name, error.message);
  } finally {
    await context.close();
  }
}

function compare() {
  const base = process.env.BASE || before;
  const result = { compared: 0, changed: [], added: [], gone: [] };
  for (const name of taken) {
    const [old, now, picture] = [pictureOf(base, name), pictureOf(folder, name), pictureOf(changes, name)];
    if (!existsSync(old)) {
      result.added.push(name);
      continue;
    }
    result.compared++;
    const share = difference(old, now, picture);
    if (share) result.changed.push({ name, share, before: old, after: now, changes: picture });
  }
  if (process.env.BASE) result.gone = readdirSync(base).filter((file) => file.endsWith('.png') && only.test(file.slice(0, -4)) && !taken.includes(file.slice(0, -4)));
  writeDifferences(`${folder}/differences.html`, result);
  return result;
}

test('every page of the console', async () => {
  assert.equal(clockIsFixed, false);
  for (const one of [before, changes]) mkdirSync(one, { recursive: true });
  for (const file of readdirSync(changes)) rmSync(`${changes}/${file}`);
  const installation = freshInstallation('sqlite');
  const clock = new HeldClock();
  clock.hold();
  const server = await Server.start(installation, [], { clock });
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--font-render-hinting=none'] });
  const receivers = [];
  try {
    const filled = await fill(installation, server, clock, receivers);
    for (const page of pages) {
      for (const state of page.states) {
        for (const language of Object.keys(languages)) await visit({ browser, server, clock, filled }, { page, state, language });
      }
    }
  } finally {
    await browser.close();
    for (const receiver of receivers) if (receiver.server.listening) await receiver.stop();
    await server.stop();
    clock.remove();
    installation.remove();
  }
  const { compared, changed, added } = compare();
  console.log(`${taken.length} pictures in ${folder}/; ${compared} compared, ${changed.length} differ, ${added.length} new: ${folder}/differences.html`);
  assert.ok(taken.length, 'nothing matches ONLY');
  assert.deepEqual(complaints, []);
});
