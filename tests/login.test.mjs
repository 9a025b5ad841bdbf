// login.test.mjs – the sign-in page, in a real browser against the real server: what people see, hear and type.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { freshInstallation, createAccount, Server, until } from './lib/server.mjs';

const stepMs = 30000;

/** The code of an authenticator app (RFC 6238) so many steps from now. */
function codeOf(secret, stepsAhead = 0) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / stepMs) + stepsAhead));
  const hash = createHmac('sha1', key).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

/** What the visible view has under this label. Password fields have no role to be found by. */
const field = (page, label) => page.locator('section:not([hidden])').getByLabel(label, { exact: true });
const button = (page, name) => page.getByRole('button', { name, exact: true });
const viewed = (page, heading) => page.getByRole('heading', { name: heading, exact: true }).waitFor();
const said = (page, role, words) => page.getByRole(role).filter({ hasText: words }).first().waitFor();
const focused = (page) => page.evaluate(() => document.activeElement.id);
const isTooWide = (page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

/** What a screen reader says of a field beyond its label. */
const describedAs = (locator) =>
  locator.evaluate((input) => input.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent).join(' '));

async function fillIn(page, account) {
  await field(page, 'E-mail address').fill(account.email);
  await field(page, 'Password').fill(account.password);
}

async function signIn(page, account) {
  await fillIn(page, account);
  await button(page, 'Sign in').click();
}

describe('the sign-in page', () => {
  let installation, server, browser, mails;
  before(async () => {
    installation = freshInstallation('sqlite');
    mails = join(installation.data, 'mails');
    mkdirSync(mails);
    server = await Server.start(installation, ['--mail-folder', mails]);
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    installation.remove();
  });

  /** A test with an account and a browser of its own. At its end the page must have kept its secrets and its manners. */
  function visit(name, options, body) {
    test(name, async () => {
      const account = await createAccount(installation);
      const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
      context.setDefaultTimeout(15000);
      const page = await context.newPage();
      const secrets = [account.password];
      const console = [];
      const urls = [];
      page.on('console', (message) => console.push(message.text()));
      page.on('pageerror', (error) => console.push(`pageerror ${error.stack}`));
      page.on('request', (request) => urls.push(request.url()));
      try {
        await page.goto(`${server.url}/login`);
        await body({ page, context, account, secrets });
        assert.deepEqual(console.filter((line) => /pageerror|Content Security Policy/.test(line)), []);
        const places = [...console, ...urls, page.url(), await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]))];
        for (const secret of secrets) assert.ok(!places.some((place) => place.includes(secret)), 'a secret is where it does not belong');
      } finally {
        await context.close();
      }
    });
  }

  // The link's part from /login on, out of the mail to somebody: each test has an account of its own, and asks once.
  const linkFor = (email) =>
    until(`a mail to ${email}`, () => {
      for (const name of readdirSync(mails).filter((file) => file.endsWith('.eml'))) {
        const [head, ...body] = readFileSync(join(mails, name), 'utf8').split(/\r?\n\r?\n/);
        const link = Buffer.from(body.join(''), 'base64').toString().match(/\/login#token=[^\s>]+/)?.[0];
        if (head.includes(email) && link) return link;
      }
      return null;
    });

  visit('comes with a policy that lets nothing in from elsewhere', {}, async ({ page }) => {
    const response = await page.reload();
    assert.match(response.headers()['content-security-policy'], /default-src 'self'/);
    await viewed(page, 'Sign in');
    assert.equal(await page.title(), 'Sign in – Greffier');
  });

  visit('a wrong password, the right one, a reload, and out again', {}, async ({ page, context, account }) => {
    await viewed(page, 'Sign in');
    await button(page, 'Sign in').click();
    assert.match(await describedAs(field(page, 'E-mail address')), /Enter your e-mail address/);
    assert.equal(await focused(page), 'email');

    await signIn(page, { ...account, password: 'not the password' });
    await said(page, 'alert', 'The e-mail address or the password is wrong.');
    const password = field(page, 'Password');
    assert.equal(await password.getAttribute('aria-invalid'), 'true');
    assert.match(await describedAs(password), /is wrong/);
    assert.equal(await focused(page), 'password');

    await signIn(page, account);
    await viewed(page, 'You are signed in');
    assert.equal(await focused(page), 'home-title');
    assert.match(await page.locator('#home-facts').innerText(), new RegExp(`${account.email}[^]*Test Bank[^]*Off`));
    assert.equal(await page.locator('#password').inputValue(), '');
    const [cookie] = await context.cookies();
    assert.ok(cookie.httpOnly);

    await page.reload();
    await viewed(page, 'You are signed in');
    await button(page, 'Sign out').click();
    await said(page, 'status', 'You are signed out.');
    await viewed(page, 'Sign in');
    assert.equal(await page.locator('#email').inputValue(), '');
    await page.reload();
    await viewed(page, 'Sign in');
  });

  visit('signing out everywhere reaches another browser', {}, async ({ page, account }) => {
    const elsewhere = await browser.newContext({ locale: 'en-GB' });
    try {
      const other = await elsewhere.newPage();
      await other.goto(`${server.url}/login`);
      await signIn(other, account);
      await viewed(other, 'You are signed in');
      await signIn(page, account);
      await viewed(page, 'You are signed in');
      await button(page, 'Sign out everywhere').click();
      await said(page, 'status', 'You are signed out on every device.');

      await button(other, 'Set up the second factor').click();
      await field(other, 'Password').fill(account.password);
      await button(other, 'Continue').click();
      await said(other, 'status', 'Your session has ended.');
      await viewed(other, 'Sign in');
    } finally {
      await elsewhere.close();
    }
  });

  visit('too many wrong passwords have to wait, and the page says how long', {}, async ({ page, account }) => {
    for (let i = 0; i < 10 && !(await page.getByText('Too many attempts').isVisible()); i++) {
      await signIn(page, { ...account, password: `wrong password ${i}` });
      await until('an answer', () => page.locator('#failure:not(:empty)').isVisible());
    }
    await said(page, 'alert', /^Too many attempts\. Try again in \d+ (seconds?|minutes?)\.$/);
  });

  visit('speaks French to a French browser, and the other language on demand', { locale: 'fr-FR' }, async ({ page }) => {
    await viewed(page, 'Connexion');
    assert.equal(await page.locator('html').getAttribute('lang'), 'fr');
    await button(page, 'Se connecter').click();
    await page.getByText('Saisissez votre mot de passe.').waitFor();
    const switcher = button(page, 'English');
    assert.equal(await switcher.getAttribute('lang'), 'en');
    await switcher.click();
    await viewed(page, 'Sign in');
    await page.getByText('Enter your password.').waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    assert.equal(await page.title(), 'Sign in – Greffier');
    assert.equal(await focused(page), 'language');
    await page.reload();
    await viewed(page, 'Sign in');
  });

  visit('a forgotten password gets the same answer, known or not', {}, async ({ page, account }) => {
    for (const email of ['nobody@example.com', account.email]) {
      await button(page, 'Forgotten your password?').click();
      await viewed(page, 'Forgotten password');
      await field(page, 'E-mail address').fill('nobody');
      await button(page, 'Send me a link').click();
      assert.match(await describedAs(field(page, 'E-mail address')), /Enter an e-mail address, such as/);
      await field(page, 'E-mail address').fill(email);
      await button(page, 'Send me a link').click();
      await viewed(page, 'Look at your mail');
      assert.equal(await focused(page), 'sent-title');
      await page.getByText(`If the address ${email} is known, a mail with a link is on its way.`).waitFor();
      await button(page, 'Back to sign-in').click();
    }
    await linkFor(account.email);
  });

  visit("a new password from a mail's link", {}, async ({ page, account, secrets }) => {
    await button(page, 'Forgotten your password?').click();
    await field(page, 'E-mail address').fill(account.email);
    await button(page, 'Send me a link').click();
    const link = await linkFor(account.email);
    const renewed = { ...account, password: 'six otters ate my lunch' };
    secrets.push(renewed.password);

    // The link is opened in the same window: only the part behind the # changes.
    await page.goto(server.url + link);
    await viewed(page, 'Choose a password');
    assert.equal(page.url(), `${server.url}/login`);
    await page.goBack();
    assert.ok(!page.url().includes('token'));
    await page.goto(server.url + link);

    const password = field(page, 'New password');
    await password.fill('elevenchars');
    await button(page, 'Set the password').click();
    assert.match(await describedAs(password), /12 characters at least: 11 so far\./);
    await password.fill('é'.repeat(65)); // 130 bytes
    await button(page, 'Set the password').click();
    assert.match(await describedAs(password), /Too long/);
    await password.fill(renewed.password);
    assert.match(await describedAs(password), /An excellent length/);
    await button(page, 'Show password').click();
    assert.equal(await password.getAttribute('type'), 'text');
    await button(page, 'Hide password').click();
    assert.equal(await password.getAttribute('type'), 'password');
    await button(page, 'Set the password').click();
    await said(page, 'status', 'Your new password is set.');

    await signIn(page, account);
    await said(page, 'alert', 'is wrong');
    await signIn(page, renewed);
    await viewed(page, 'You are signed in');

    await page.goto(server.url + link);
    await field(page, 'New password').fill(renewed.password);
    await button(page, 'Set the password').click();
    await said(page, 'alert', 'This link has expired or was already used.');
    await button(page, 'Ask for a new link').click();
    await viewed(page, 'Forgotten password');
  });

  visit('the second factor is set up, asked for and turned off', {}, async ({ page, account, secrets }) => {
    await signIn(page, account);
    await button(page, 'Set up the second factor').click();
    await field(page, 'Password').fill('not the password');
    await button(page, 'Continue').click();
    await page.getByText('The password is wrong.').waitFor();
    await field(page, 'Password').fill(account.password);
    await button(page, 'Continue').click();
    await viewed(page, 'Connect your app');
    await page.getByRole('img', { name: 'QR code' }).waitFor();
    const secret = await page.locator('#key').textContent();
    assert.match(secret, /^[A-Z2-7]{32}$/);
    secrets.push(secret);
    const code = field(page, 'Six-digit code from the app');
    await code.fill(codeOf(secret, 100));
    await button(page, 'Turn it on').click();
    await page.getByText('This code was not accepted.').waitFor();
    assert.equal(await focused(page), 'factor-code');
    await code.fill(codeOf(secret).replace(/^.../, '$& ')); // as apps show it
    await button(page, 'Turn it on').click();
    await said(page, 'status', 'The second factor is on.');
    assert.ok(!(await page.content()).includes(secret));
    await button(page, 'Sign out').click();

    await signIn(page, account);
    await viewed(page, 'Enter your code');
    assert.equal(await focused(page), 'signin-code');
    await field(page, 'Six-digit code').fill('12345');
    await button(page, 'Sign in').click();
    assert.match(await describedAs(field(page, 'Six-digit code')), /Enter the six digits/);
    await field(page, 'Six-digit code').fill(codeOf(secret, 100));
    await button(page, 'Sign in').click();
    await page.getByText('This code was not accepted.').waitFor();
    // One step ahead is within the server's tolerance, and the code of the set-up cannot be used again.
    await field(page, 'Six-digit code').fill(codeOf(secret, 1));
    await button(page, 'Sign in').click();
    await viewed(page, 'You are signed in');

    await button(page, 'Turn off the second factor').click();
    await field(page, 'Password').fill(account.password);
    await button(page, 'Turn off the second factor').click();
    await said(page, 'status', 'The second factor is off.');
    await button(page, 'Sign out').click();
    await signIn(page, account);
    await viewed(page, 'You are signed in');
  });

  visit('everything can be done with the keyboard, in the order it is seen', {}, async ({ page, account }) => {
    await viewed(page, 'Sign in');
    const { keyboard } = page;
    const tabTo = async (name) => {
      for (let i = 0; i < 10; i++) {
        await keyboard.press('Tab');
        const [label, outline] = await page.evaluate(() => [document.activeElement.innerText, getComputedStyle(document.activeElement).outlineStyle]);
        if (label.replace(/\s+/g, ' ').trim() !== name) continue;
        assert.equal(outline, 'solid', `the focus on ${name} can be seen`);
        return;
      }
      assert.fail(`no way to ${name}`);
    };
    assert.equal(await focused(page), 'email');
    await keyboard.type(account.email);
    await keyboard.press('Tab');
    assert.equal(await focused(page), 'password');
    await keyboard.type(account.password);
    await tabTo('Show password');
    await keyboard.press('Space');
    assert.equal(await page.locator('#password').inputValue(), account.password);
    assert.equal(await page.locator('#password').getAttribute('type'), 'text');
    await tabTo('Sign in');
    await keyboard.press('Enter');
    await viewed(page, 'You are signed in');
    await tabTo('Set up the second factor');
    await keyboard.press('Enter');
    assert.equal(await focused(page), 'confirm-password');
    await keyboard.type(account.password);
    await keyboard.press('Enter');
    await viewed(page, 'Connect your app');
    assert.equal(await focused(page), 'factor-code');
    await tabTo('Cancel');
    await keyboard.press('Enter');
    await viewed(page, 'You are signed in');
    await tabTo('Sign out');
    await keyboard.press('Space');
    await viewed(page, 'Sign in');
    assert.equal(await focused(page), 'email');
  });

  visit('fits a screen of 320 pixels, with targets that a finger can hit', { locale: 'fr-FR', viewport: { width: 320, height: 568 } }, async ({ page, account }) => {
    const fits = async (heading) => {
      await viewed(page, heading);
      assert.equal(await isTooWide(page), false, heading);
      for (const target of await page.locator('button:visible, input:visible').all()) {
        const { width, height } = await target.boundingBox();
        assert.ok(width >= 24 && height >= 24, `${await target.innerText()}: ${width} x ${height}`);
      }
    };
    await fits('Connexion');
    await button(page, 'Mot de passe oublié ?').click();
    await fits('Mot de passe oublié');
    await button(page, 'Retour à la connexion').click();
    await field(page, 'Adresse courriel').fill(account.email);
    await field(page, 'Mot de passe').fill(account.password);
    await button(page, 'Se connecter').click();
    await fits('Vous êtes connecté(e)');
    await button(page, 'Configurer le second facteur').click();
    await fits('Configurer le second facteur');
    await field(page, 'Mot de passe').fill(account.password);
    await button(page, 'Continuer').click();
    await fits('Reliez votre application');
    await page.goto(`${server.url}/login#token=any`);
    await fits('Choisissez un mot de passe');
  });
});
