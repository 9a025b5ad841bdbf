// console_people.test.mjs – the console's page of senders and roles, in a real browser against the real server, with mails that
// arrive and people who then can, or cannot, do something.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { Client, pageEngines, until } from './lib/server.mjs';
import { Scenes, button, card, complaints, dialog, field, fits, heading, settled, told } from './lib/browser.mjs';
import { Mails, SessionClient, apiToken, appsPath, createApp, createSender, signIn, tokenPath } from './lib/callers.mjs';

const senders = '/api/account/senders';
const rolesPath = '/api/account/roles';
let count = 0;
const address = (name) => `${name}-${process.pid}-${++count}@people.example`;

for (const engine of pageEngines) {
  describe(`the console's senders and roles on ${engine}`, () => {
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

    const pathOf = (view = '', parameters = {}) => {
      const query = new URLSearchParams({ ...(view && { view }), ...parameters }).toString();
      return `${server.url}/admin/people${query && `?${query}`}`;
    };
    const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
    const once = (kind) => (engine === pageEngines[0] ? kind : () => {}); // what has nothing to do with the store
    const row = (page, name) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
    const sessionOf = async (owner, email) => (await (await apiToken(server, await createApp(owner, { name: `of ${email}` }), email)).post('/api/sessions')).body.sessionToken;
    const stored = async (owner, { id }) => (await owner.get(`${senders}/${id}`)).body;

    async function giveRole(owner, user, permissions) {
      const { body: role } = await owner.post(rolesPath, { name: `Role of ${user.email}`, permissions });
      assert.equal((await owner.post(`${senders}/${user.id}/roles`, { accountRoles: [{ id: role.id }] })).status, 200);
      return role;
    }

    /* ---- senders ---- */

    visit('somebody is invited, again, and then signs in', {}, async ({ page, owner }) => {
      const email = address('ivy');
      await page.goto(`${server.url}/admin`);
      await page.getByRole('link', { name: 'Senders and roles' }).click();
      await heading(page, 'Senders').waitFor();
      await button(page, 'Invite').click();
      const panel = page.getByRole('dialog', { name: 'Invite somebody' });
      await button(panel, 'Invite').click();
      assert.equal(await panel.getByText('This is needed.').count(), 3);
      await field(panel, 'E-mail address').fill('nobody');
      await field(panel, 'First name').fill('Ivy');
      await field(panel, 'Last name').fill('Lee');
      await button(panel, 'Invite').click();
      await panel.locator('.problem').filter({ hasText: /\w/ }).waitFor(); // the server's word on the address, at its field
      await field(panel, 'E-mail address').fill(email);
      await field(panel, 'Language of their e-mails').selectOption('Français');
      await button(panel, 'Invite').click();
      await told(page, `${email} was invited.`);
      await row(page, 'Ivy Lee').getByText('Invited').waitFor();
      assert.match((await mails.arrived(email)).subject, /invité/);

      await page.getByRole('link', { name: 'Ivy Lee' }).click();
      await heading(page, 'Ivy Lee').waitFor();
      const before = mails.all().length;
      await button(page, 'Resend the invitation').click();
      await told(page, 'The invitation was sent again.');
      await until('the second mail is there', () => mails.all().length > before);
      const token = mails.all().filter((mail) => mail.to === email).map((mail) => mail.body.match(/\/login#token=(\S+)/)[1]);
      const answers = await Promise.all(token.map((one) => new Client(server).post('/api/password', { token: one, password: 'a long enough password' })));
      assert.ok(answers.some(({ status }) => status === 200));
      const session = await signIn(server, email, 'a long enough password');
      await page.reload();
      await page.getByText('Active', { exact: true }).waitFor();

      await button(page, 'Send a password link').click();
      await told(page, `A link to choose a new password was sent to ${email}.`);
      await mails.arrived(email, /password|mot de passe/);
      await button(page, 'End sessions').click();
      await button(dialog(page), 'End sessions').click();
      await told(page, '1 session was ended.');
      assert.equal((await session.get('/api/session')).status, 401);
      assert.equal((await owner.get(`${senders}?search=Ivy`)).body.count, 1);
    });

    visit('an address that somebody has already is told at its field', {}, async ({ page, owner }) => {
      const { email } = await createSender(owner, address('twice'));
      const { email: elsewhere } = await createSender(await strangerOf(), address('elsewhere'));
      await page.goto(pathOf());
      await button(page, 'Invite').click();
      await field(dialog(page), 'First name').fill('Two');
      await field(dialog(page), 'Last name').fill('Times');
      for (const [typed, words] of [[email, 'Somebody in this account already has this address.'], [elsewhere, 'This address belongs to another account. Use a different one.']]) {
        await field(dialog(page), 'E-mail address').fill(typed);
        await button(dialog(page), 'Invite').click();
        await dialog(page).getByText(words).waitFor();
        assert.equal(await field(dialog(page), 'E-mail address').getAttribute('aria-invalid'), 'true');
      }
    });
    const strangerOf = async () => {
      let stranger;
      await scenes.visit({}, async ({ owner }) => (stranger = owner));
      return stranger;
    };

    visit('search, state and role are sought for together, and stand in the address', {}, async ({ page, owner }) => {
      for (const [i, lastName] of ['Adams', 'Brown', 'Clark'].entries()) {
        const user = await createSender(owner, address(`list${i}`), { firstName: 'Pat', lastName });
        if (lastName === 'Brown') await owner.post(`${senders}/${user.id}`, { status: 'LOCKED' });
        if (lastName === 'Clark') await giveRole(owner, user, ['templates_layouts.templates']);
      }
      await page.goto(pathOf());
      await field(page, 'Name or e-mail address').fill('pat');
      await button(page, 'Search').click();
      await told(page, '3 senders');
      await field(page, 'State').selectOption('Locked');
      await button(page, 'Search').click();
      await told(page, '1 sender');
      await row(page, 'Pat Brown').getByText('Locked').waitFor();
      assert.match(page.url(), /search=pat&status=LOCKED/);
      await page.getByRole('link', { name: 'Show all' }).click();
      await told(page, '4 senders');
      await field(page, 'Role').selectOption({ index: 1 });
      await button(page, 'Search').click();
      await told(page, '1 sender');
      await row(page, 'Pat Clark').waitFor();
      await field(page, 'State').selectOption('Invited');
      await button(page, 'Search').click();
      await page.getByText('Nobody matches').waitFor();
    });

    visit('who is locked ends with their client apps, and the owner takes over what must go on', {}, async ({ page, owner, secrets }) => {
      const maker = await createSender(owner, address('maker'), { firstName: 'Max', lastName: 'Maker' });
      await giveRole(owner, maker, ['sender_admin.api_access']);
      const theirs = new SessionClient(server, await sessionOf(owner, maker.email));
      const kept = await createApp(theirs, { name: 'Archive' });
      const ended = await createApp(theirs, { name: 'Toy' });
      secrets.push(kept.secret, ended.secret);
      await page.goto(pathOf('', { id: maker.id }));
      await button(page, 'Lock').click();
      const asked = page.getByRole('dialog', { name: 'Lock Max Maker?' });
      await asked.getByText('These client apps act as Max Maker and end now:').waitFor();
      await button(asked, 'Take over Archive').click();
      const taking = page.getByRole('dialog').filter({ hasText: 'Keep the secret' });
      await taking.getByRole('switch', { name: 'Keep the secret' }).check();
      await button(taking, 'Take over').click();
      await asked.getByText('This client app acts as Max Maker and ends now:').waitFor();
      assert.equal(await asked.getByText('Archive').count(), 0);
      await button(asked, 'Lock').click();
      await page.getByText('Locked', { exact: true }).first().waitFor();
      assert.equal((await stored(owner, maker)).status, 'LOCKED');
      const ask = (app) => new Client(server).post(tokenPath, { clientId: app.clientId, secret: app.secret, type: 'OWNER' });
      assert.equal((await ask(kept)).status, 200);
      assert.notEqual((await ask(ended)).status, 200);
      assert.equal((await theirs.get('/api/session')).status, 401);

      await button(page, 'Unlock').click();
      await page.getByText('Active', { exact: true }).waitFor();
      assert.equal((await stored(owner, maker)).status, 'ACTIVE');
    });

    visit('taken over without keeping its secret, an app shows the new one once', {}, async ({ page, owner, secrets }) => {
      const maker = await createSender(owner, address('maker'), { firstName: 'Max', lastName: 'Maker' });
      await giveRole(owner, maker, ['sender_admin.api_access']);
      const app = await createApp(new SessionClient(server, await sessionOf(owner, maker.email)), { name: 'Archive' });
      await page.goto(pathOf('', { id: maker.id }));
      await button(page, 'Delete').click();
      const asked = page.getByRole('dialog', { name: 'Delete Max Maker?' });
      await button(asked, 'Take over Archive').click();
      await button(page.getByRole('dialog').filter({ hasText: 'Keep the secret' }), 'Take over').click();
      const made = page.getByRole('dialog', { name: 'New secret of “Archive”' });
      await button(made, 'Show the secret').click();
      const secret = await made.locator('code').nth(1).textContent();
      secrets.push(app.secret, secret);
      await button(made, 'Done').click();
      await asked.getByText('No client app ends with Max Maker.').waitFor();
      await button(asked, 'Delete').click();
      await heading(page, 'Senders').waitFor();
      assert.equal((await owner.get(`${senders}/${maker.id}`)).status, 404);
      assert.equal((await new Client(server).post(tokenPath, { clientId: app.clientId, secret, type: 'OWNER' })).status, 200);
      assert.equal((await owner.get(`${appsPath}/${app.clientId}`)).body.actsAs, 'OWNER');
    });

    once(visit)('password links to one person have a pace, and the page says when the next may go', {}, async ({ page, owner }) => {
      const user = await createSender(owner, address('often'));
      const statuses = [];
      while (statuses.length < 20 && !statuses.includes(429)) statuses.push((await owner.post(`${senders}/${user.id}/resetpassword`)).status);
      assert.deepEqual([statuses.length > 5, statuses.at(-1)], [true, 429]);
      await page.goto(pathOf('', { id: user.id }));
      await button(page, 'Send a password link').click();
      await page.getByRole('alert').filter({ hasText: /That was asked too often\. Try again in \d+ (min|sec)/ }).waitFor();
    });

    /* ---- roles ---- */

    visit('a role is made, given, changed, and deleted when nobody has it', {}, async ({ page, owner }) => {
      const user = await createSender(owner, address('dora'), { firstName: 'Dora', lastName: 'Doe' });
      const session = new SessionClient(server, await sessionOf(owner, user.email));
      assert.equal((await session.get(senders)).status, 403);
      await page.goto(pathOf('roles'));
      await page.getByText('There are no further roles yet').waitFor();
      await card(page, 'Manager').getByText('Manage senders: invite, change, lock, delete').waitFor();
      await button(page, 'New role').click();
      await button(dialog(page), 'Save').click();
      await dialog(page).getByText('This is needed.').waitFor();
      await field(dialog(page), 'Name').fill('Registry');
      await dialog(page).getByRole('checkbox', { name: /^Manage senders/ }).check();
      await button(dialog(page), 'Save').click();
      await card(page, 'Registry').getByText('Manage senders: invite, change, lock, delete').waitFor();

      await page.goto(pathOf('', { id: user.id }));
      const roles = card(page, 'Roles');
      await roles.getByRole('checkbox', { name: 'Registry' }).check();
      await button(roles, 'Save').click();
      await told(page, 'The roles are saved and apply from now on.');
      assert.equal((await session.get(senders)).status, 200);

      await page.goto(pathOf('roles'));
      await button(page, 'Delete – Registry').click();
      await dialog(page).getByText('1 sender has this role. Give them another one first.').waitFor();
      await button(dialog(page), 'Cancel').click();
      await button(page, 'Change – Registry').click();
      await dialog(page).getByRole('checkbox', { name: /^Manage senders/ }).uncheck();
      await dialog(page).getByRole('checkbox', { name: /^Share templates/ }).check();
      await dialog(page).getByRole('switch', { name: 'Can be assigned' }).uncheck();
      await button(dialog(page), 'Save').click();
      await card(page, 'Registry').getByText('Share templates').waitFor();
      await card(page, 'Registry').getByText('Off', { exact: true }).waitFor();
      assert.equal((await session.get(senders)).status, 403);

      await page.goto(pathOf('', { id: user.id }));
      await roles.getByRole('checkbox', { name: 'Registry' }).uncheck();
      await button(roles, 'Save').click();
      await told(page, 'The roles are saved and apply from now on.');
      await page.goto(pathOf('roles'));
      await button(page, 'Delete – Registry').click();
      await button(dialog(page), 'Delete').click();
      await page.getByText('There are no further roles yet').waitFor();
      assert.equal((await owner.get(rolesPath)).body.results.filter(({ predefined }) => !predefined).length, 0);
    });

    once(test)('a role that somebody was given meanwhile is not deleted, and the page says so', async () => {
      await scenes.visit({}, async ({ page, owner }) => {
        const user = await createSender(owner, address('late'));
        const { body: role } = await owner.post(rolesPath, { name: 'Late', permissions: [] });
        await page.goto(pathOf('roles'));
        await button(page, 'Delete – Late').click();
        await dialog(page).getByText('Nobody has this role.').waitFor();
        await owner.post(`${senders}/${user.id}/roles`, { accountRoles: [{ id: role.id }] });
        await button(dialog(page), 'Delete').click();
        await dialog(page).getByText('Somebody has this role. Give them another one first.').waitFor();
      });
    });

    /* ---- who may do what ---- */

    once(test)('a manager may not touch the owner or give more than they have; others see what their role lets them', async () => {
      await scenes.visit({}, async ({ owner, account }) => {
        const manager = await createSender(owner, address('manager'), { type: 'MANAGER' });
        const strong = await createSender(owner, address('strong'));
        await giveRole(owner, strong, ['sender_admin.roles']);
        await scenes.browse(await sessionOf(owner, manager.email), {}, async ({ page }) => {
          await page.goto(pathOf('', { id: account.ownerId }));
          await page.getByText('The owner has every permission and cannot be locked, deleted or given roles.').waitFor();
          assert.equal(await button(page, 'Lock').count() + await button(page, 'Delete').count(), 0);
          await page.goto(pathOf('', { id: strong.id }));
          await button(page, 'Lock').click();
          await dialog(page).getByText('You may not do this').waitFor(); // nor see which programs they have
          await button(dialog(page), 'Lock').click();
          assert.equal((await stored(owner, strong)).status, 'ACTIVE');
          await page.goto(pathOf('roles'));
          await heading(page, 'Roles').waitFor();
          assert.equal(await button(page, 'New role').count(), 0);
        });
        await scenes.browse(await sessionOf(owner, strong.email), {}, async ({ page }) => {
          await page.goto(pathOf());
          await page.getByText('Your role lets you manage roles, but not see senders.').waitFor();
          await page.goto(pathOf('roles'));
          await button(page, 'New role').click();
          assert.equal(await dialog(page).getByRole('checkbox', { name: /^Manage senders/ }).count(), 0);
          await dialog(page).getByRole('checkbox', { name: /^Manage roles/ }).waitFor();
        });
        const nobody = await createSender(owner, address('nobody'));
        await scenes.browse(await sessionOf(owner, nobody.email), {}, async ({ page }) => {
          await page.goto(pathOf());
          await page.getByText('You have no access to senders and roles').waitFor();
        });
      });
    });

    /* ---- how it looks ---- */

    once(visit)('speaks French, by keyboard', { locale: 'fr-FR' }, async ({ page, owner }) => {
      await page.goto(pathOf());
      await heading(page, 'Expéditeurs').waitFor();
      assert.equal(await page.title(), 'Expéditeurs – Greffier');
      const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
      for (let i = 0; i < 40 && await focused() !== 'Inviter'; i++) await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      const panel = page.getByRole('dialog', { name: 'Inviter une personne' });
      await panel.waitFor();
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'detached' });
      assert.equal(await focused(), 'Inviter');
      await page.getByRole('link', { name: 'Rôles', exact: true }).click();
      await card(page, 'Gestionnaire').getByText('Gérer les expéditeurs : inviter, modifier, bloquer, supprimer').waitFor();
      assert.ok(owner);
    });

    /** An account in which everything there is has happened; the addresses to look at, and what to open there. */
    async function fill(page, owner) {
      const user = await createSender(owner, address('a-rather-long-address-for-a-sender'), { firstName: 'Wilhelmina-Alexandra', lastName: 'von und zu Hohenstein-Tannenberg' });
      await giveRole(owner, user, ['sender_admin.api_access', 'sender_admin.users']);
      await createApp(new SessionClient(server, await sessionOf(owner, user.email)), { name: 'An app whose name is long enough to need a second line' });
      const locked = await createSender(owner, address('locked'));
      await owner.post(`${senders}/${locked.id}`, { status: 'LOCKED' });
      await owner.post(senders, { email: address('invited'), firstName: 'In', lastName: 'Vited' });
      const french = (await page.evaluate(() => navigator.language)).startsWith('fr');
      const open = (name) => async () => {
        await page.getByRole('button', { name }).first().click();
        await dialog(page).waitFor();
        await settled(page);
      };
      return [
        [pathOf()],
        [pathOf('', { id: user.id })],
        [pathOf('', { id: locked.id })],
        [pathOf('roles')],
        [pathOf(), open(french ? 'Inviter' : 'Invite')],
        [pathOf('', { id: user.id }), open(french ? 'Bloquer' : 'Lock')],
        [pathOf('roles'), open(french ? 'Nouveau rôle' : 'New role')],
        [pathOf('roles'), open(/^(Supprimer|Delete) –/)],
      ];
    }

    once(visit)('nothing for axe to complain about, in light and in dark', {}, async ({ page, owner }) => {
      const found = [];
      for (const [path, act] of await fill(page, owner)) found.push(...await complaints(page, path, act));
      assert.deepEqual(found, []);
    });

    once(visit)('fits 320 pixels, with targets that a finger can hit', { locale: 'fr-FR', viewport: { width: 320, height: 740 } }, async ({ page, owner }) => {
      for (const [path, act] of await fill(page, owner)) {
        await page.goto(path);
        await settled(page);
        await act?.();
        await fits(page, path);
      }
    });

    // For a look with one's own eyes: SCREENSHOTS=folder node --test tests/console_people.test.mjs
    if (process.env.SCREENSHOTS && engine === pageEngines[0]) {
      for (const [width, colorScheme, locale] of [[1440, 'light', 'en-GB'], [1440, 'dark', 'fr-FR'], [375, 'light', 'fr-FR'], [375, 'dark', 'en-GB']]) {
        visit(`pictures, ${width}, ${colorScheme}`, { locale, colorScheme, viewport: { width, height: 900 } }, async ({ page, owner }) => {
          let i = 0;
          for (const [path, act] of await fill(page, owner)) {
            await page.goto(path);
            await settled(page);
            await act?.();
            await page.screenshot({ path: `${process.env.SCREENSHOTS}/people-${++i}-${width}-${colorScheme}.png`, fullPage: true });
          }
        });
      }
    }
  });
}
