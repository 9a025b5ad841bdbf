// console_me.test.mjs – one's own account in the console, in a real browser against the real server: profile, language, theme, second
// factor, sessions.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { Client, pageEngines, until } from './lib/server.mjs';
import { Scenes, accountMenu, button, card, complaints, dialog, field, fits, heading, settled, told } from './lib/browser.mjs';
import { Mails, SessionClient, apiToken, createApp, createSender, signIn, totp } from './lib/callers.mjs';

let count = 0;
const address = (name) => `${name}-${process.pid}-${++count}@me.example`;

for (const engine of pageEngines) {
  describe(`one's own account in the console on ${engine}`, () => {
    let scenes, server, mails;
    before(async () => {
      mails = new Mails();
      scenes = await Scenes.start(engine, mails.settings);
      ({ server } = scenes);
    });
    after(async () => {
      await scenes?.stop();
      mails.remove();
    });

    const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
    const once = (kind) => (engine === pageEngines[0] ? kind : () => {}); // what has nothing to do with the store
    const path = () => `${server.url}/admin/me`;

    visit('a name and the language of mails are changed, and the head shows the name', {}, async ({ page, owner, account }) => {
      await page.goto(`${server.url}/admin`);
      await (await accountMenu(page, 'Test Bank Owner')).getByRole('link', { name: 'Profile' }).click();
      await heading(page, 'Your account').waitFor();
      await page.getByText(`You are signed in as ${account.email}.`).waitFor();
      const profile = card(page, 'Profile');
      await field(profile, 'First name').fill('');
      await button(profile, 'Save').click();
      await profile.getByText('This is needed.').waitFor();
      await field(profile, 'First name').fill('Olivia');
      await field(profile, 'Last name').fill('Owens');
      await field(profile, 'Language of e-mails to you').selectOption('Français');
      await button(profile, 'Save').click();
      await told(page, 'Saved.');
      await page.getByRole('banner').getByRole('button', { name: 'Olivia Owens' }).waitFor();
      const { body } = await owner.get(`/api/account/senders/${account.ownerId}`);
      assert.deepEqual([body.firstName, body.lastName, body.language], ['Olivia', 'Owens', 'fr']);

      await button(page, 'Send me a link for a new password').click();
      await told(page, `A link to choose a new password was sent to ${account.email}.`);
      assert.match((await mails.arrived(account.email, /login#token=/)).subject, /mot de passe/);
    });

    visit('a second factor is set up with the picture or the key, and turned off', {}, async ({ page, account, secrets }) => {
      secrets.push(account.password);
      await page.goto(path());
      const factor = card(page, 'Second factor');
      await factor.getByText('Off: your password is enough to sign in.').waitFor();
      await button(factor, 'Set up').click();
      await field(dialog(page), 'Your password').fill('not this one');
      await button(dialog(page), 'Continue').click();
      await dialog(page).getByText('This is not your password.').waitFor();
      await field(dialog(page), 'Your password').fill(account.password);
      await button(dialog(page), 'Continue').click();
      const picture = dialog(page).getByRole('img', { name: 'QR code to set up the second factor' });
      // It begins with the first finder: seven dark modules, then a light one.
      assert.match(await picture.locator('path').getAttribute('d'), /^(M(4|5|6|7|8|9|10) 4h1v1h-1z){7}M(?!11 4)/);
      const key = await dialog(page).getByLabel('No camera? Give the app this key:').textContent();
      secrets.push(key);
      const code = field(dialog(page), 'Six-digit code from the app');
      await code.fill('12');
      await button(dialog(page), 'Turn on').click();
      await dialog(page).getByText('Enter the six digits of the code.').waitFor();
      await code.fill(String((Number(totp(key)) + 1) % 1000000).padStart(6, '0'));
      await button(dialog(page), 'Turn on').click();
      await dialog(page).getByText('This code was not accepted.').waitFor();
      await code.fill(totp(key));
      await button(dialog(page), 'Turn on').click();
      await factor.getByText('On: signing in also asks for a code from your app.').waitFor();
      assert.ok(!(await page.content()).includes(key));
      const refused = await new Client(server).post('/api/session', { email: account.email, password: account.password });
      assert.equal(refused.body.messageKey, 'error.unauthorised.secondFactorRequired');

      await button(factor, 'Turn off').click();
      await field(dialog(page), 'Your password').fill(account.password);
      await button(dialog(page), 'Turn off').click();
      await factor.getByText('Off: your password is enough to sign in.').waitFor();
      assert.equal((await signIn(server, account.email, account.password)).answer.secondFactor, false);
    });

    visit('sessions are listed, and ended one by one or all but this one', { userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }, async ({ page, account, owner }) => {
      const elsewhere = await signIn(server, account.email, account.password);
      const app = await createApp(owner, { name: 'Portal' });
      const { body: opened } = await (await apiToken(server, app)).post('/api/sessions');
      await page.goto(`${server.url}/admin`);
      await (await accountMenu(page, 'Test Bank Owner')).getByRole('link', { name: 'Sessions' }).click();
      await heading(page, 'Sessions').waitFor();
      assert.equal(page.url(), `${server.url}/admin/me?view=sessions`);
      const rows = page.getByRole('row');
      await until('three sessions', async () => (await rows.count()) === 4); // with the head
      assert.equal(await rows.filter({ hasText: 'This session' }).getByRole('button').count(), 0);
      const ofApp = rows.filter({ has: page.getByRole('link', { name: 'Client app' }) });
      await ofApp.getByRole('button', { name: /^End/ }).click();
      await told(page, '1 session ended.');
      await until('two sessions', async () => (await rows.count()) === 3);
      assert.equal((await new SessionClient(server, opened.sessionToken).get('/api/session')).status, 401);
      await button(page, 'End all other sessions').click();
      await dialog(page).getByText('You stay signed in here.').waitFor();
      await button(dialog(page), 'End all other sessions').click();
      await until('one session', async () => (await rows.count()) === 2);
      assert.equal((await elsewhere.get('/api/session')).status, 401);
      assert.equal((await owner.get('/api/packages')).status, 200); // keys open as before
    });

    visit('a new password is set with the old one and the code, and one comes back here', {}, async ({ page, account, secrets }) => {
      const wanted = `another of ${account.ownerId}`;
      secrets.push(account.password, wanted);
      await page.goto(path());
      const password = card(page, 'Password');
      await button(password, 'Change password').click();
      await password.getByText('12 characters at least.', { exact: true }).waitFor();
      await field(password, 'Current password').fill('not this one');
      await field(password, 'New password').fill(wanted);
      await button(password, 'Change password').click();
      await password.getByText('This is not your password.').waitFor();
      await field(password, 'Current password').fill(account.password);
      await button(password, 'Change password').click();
      await page.waitForURL(/\/login\?to=/);
      await field(page.locator('#signin'), 'E-mail address').fill(account.email);
      await field(page.locator('#signin'), 'Password').fill(wanted);
      await button(page, 'Sign in').click();
      await heading(page, 'Your account').waitFor();
    });

    visit('signing out everywhere ends every session', {}, async ({ page, account }) => {
      const elsewhere = await signIn(server, account.email, account.password);
      await page.goto(path());
      await button(page, 'Sign out everywhere').click();
      await page.waitForURL(/\/login$/);
      assert.equal((await elsewhere.get('/api/session')).status, 401);
    });

    once(test)('whoever may administrate nothing has an account, too', async () => {
      await scenes.visit({}, async ({ owner }) => {
        const user = await createSender(owner, address('nobody'));
        const { body } = await (await apiToken(server, await createApp(owner), user.email)).post('/api/sessions');
        await scenes.browse(body.sessionToken, {}, async ({ page }) => {
          await page.goto(`${server.url}/admin`);
          await page.getByText('You have no access to event notifications').waitFor();
          await (await accountMenu(page, 'Sam Sender')).getByRole('link', { name: 'Profile' }).click();
          await heading(page, 'Your account').waitFor();
          await field(card(page, 'Profile'), 'First name').fill('Samuel');
          await button(card(page, 'Profile'), 'Save').click();
          await page.getByRole('banner').getByRole('button', { name: 'Samuel Sender' }).waitFor();
        });
      });
    });

    once(visit)('language and theme are chosen, and kept', { colorScheme: 'light' }, async ({ page }) => {
      const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      await page.goto(path());
      await heading(page, 'Your account').waitFor();
      const light = await ground();
      await page.getByRole('radio', { name: 'Dark' }).check();
      const dark = await ground();
      assert.notEqual(dark, light);
      await page.reload();
      await heading(page, 'Your account').waitFor();
      assert.equal(await ground(), dark);
      await page.goto(`${server.url}/login`);
      await heading(page, 'You are signed in').waitFor();
      assert.equal(await ground(), dark); // the sign-in page is dark, too
      await page.goto(path());
      await heading(page, 'Your account').waitFor();
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.getByRole('radio', { name: 'Light' }).check();
      assert.equal(await ground(), light);
      await page.getByRole('radio', { name: 'As the system' }).check();
      assert.equal(await ground(), dark);
      await page.emulateMedia({ colorScheme: 'light' });
      assert.equal(await ground(), light);

      await field(page, 'Language of these pages').selectOption('Français');
      await heading(page, 'Votre compte').waitFor();
      await page.reload();
      await heading(page, 'Votre compte').waitFor();
      assert.equal(await page.title(), 'Votre compte – Greffier');
      await page.getByRole('radio', { name: 'Sombre' }).waitFor();
    });

    /** What is to be looked at. */
    function views(page, account) {
      const open = async () => {
        await page.getByRole('button', { name: /^(Set up|Configurer)$/ }).click();
        await dialog(page).locator('input').fill(account.password);
        await page.getByRole('button', { name: /^(Continue|Continuer)$/ }).click();
        await dialog(page).getByRole('img').waitFor();
      };
      return [[path()], [path(), open], [`${path()}?view=sessions`]];
    }

    once(visit)('nothing for axe to complain about, in light and in dark', {}, async ({ page, account }) => {
      const found = [];
      for (const [address, act] of views(page, account)) found.push(...await complaints(page, address, act));
      assert.deepEqual(found, []);
    });

    once(visit)('fits 320 pixels, with targets that a finger can hit', { locale: 'fr-FR', viewport: { width: 320, height: 740 } }, async ({ page, account }) => {
      for (const [address, act] of views(page, account)) {
        await page.goto(address);
        await settled(page);
        await act?.();
        await fits(page, address);
      }
    });

    // For a look with one's own eyes: SCREENSHOTS=folder node --test tests/console_me.test.mjs
    if (process.env.SCREENSHOTS && engine === pageEngines[0]) {
      for (const [width, colorScheme, locale] of [[1440, 'light', 'en-GB'], [1440, 'dark', 'fr-FR'], [375, 'light', 'fr-FR'], [375, 'dark', 'en-GB']]) {
        visit(`pictures, ${width}, ${colorScheme}`, { locale, colorScheme, viewport: { width, height: 900 } }, async ({ page, account }) => {
          let i = 0;
          for (const [address, act] of views(page, account)) {
            await page.goto(address);
            await settled(page);
            await act?.();
            await page.screenshot({ path: `${process.env.SCREENSHOTS}/me-${++i}-${width}-${colorScheme}.png`, fullPage: true });
          }
        });
      }
    }
  });
}
