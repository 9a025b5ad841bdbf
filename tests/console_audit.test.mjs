// console_audit.test.mjs – the console's page of the audit log, in a real browser against the real server: who did what, what was
// changed, and whether somebody has changed the log itself.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { pageEngines } from './lib/server.mjs';
import { Scenes, button, complaints, dialog, field, fits, heading, settled, told } from './lib/browser.mjs';
import { apiToken, appsPath, createApp, createSender, signIn } from './lib/callers.mjs';
import { tamper } from './lib/tamper.mjs';

const senders = '/api/account/senders';
let count = 0;
const address = (name) => `${name}-${process.pid}-${++count}@audit.example`;

/** What the server may write into an account's log. */
const actionsOf = (source) => [...source.matchAll(/"((?:account|api_key|authentication_token|callback|client_app|delivery|endpoint|event|leak|mail|replay|retention|role|session|signing-key|subaccount|user)\.[a-z_-]+)"/g)].map(([, action]) => action);

test('each action has words in both languages, and can be sought', () => {
  const root = new URL('..', import.meta.url);
  const sources = ['src/access', 'src/notify', 'src/signing'].flatMap((folder) => readdirSync(new URL(folder, root), { recursive: true }).filter((name) => /(?<!_test)\.c$/.test(name)).map((name) => `${folder}/${name}`));
  const logged = new Set(sources.flatMap((path) => actionsOf(readFileSync(new URL(path, root), 'utf8'))));
  assert.ok(logged.size > 50, `${logged.size} found`);
  const words = readFileSync(new URL('web/console/words/audit.ts', root), 'utf8');
  const listed = readFileSync(new URL('web/console/audit.ts', root), 'utf8');
  for (const action of logged) {
    const [group, name] = action.split('.');
    assert.match(words, new RegExp(`^  'did_${action.replace('.', '\\.')}': \\['.+', '.+'\\],$`, 'm'), action);
    assert.match(listed, new RegExp(`^  '?${group}'?: \\[.*'${name}'`, 'm'), action);
  }
});

for (const engine of pageEngines) {
  describe(`the console's audit log on ${engine}`, () => {
    let scenes, server;
    before(async () => {
      scenes = await Scenes.start(engine);
      ({ server } = scenes);
    });
    after(() => scenes?.stop());

    const pathOf = (view = '', parameters = {}) => {
      const query = new URLSearchParams({ ...(view && { view }), ...parameters }).toString();
      return `${server.url}/admin/audit${query && `?${query}`}`;
    };
    const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
    const once = (kind) => (engine === pageEngines[0] ? kind : () => {}); // what has nothing to do with the store
    const row = (page, action) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: new RegExp(`^${action}`) }) });
    const details = async (page, action) => {
      await row(page, action).first().getByRole('button').click();
      return page.getByRole('dialog', { name: action });
    };

    visit('says who did what, and what was changed', {}, async ({ page, owner }) => {
      const app = await createApp(owner, { name: 'Archive' });
      await owner.put(`${appsPath}/${app.clientId}`, { name: 'Registry', readOnly: true });
      await (await apiToken(server, app)).get('/api/session');
      const user = await createSender(owner, address('pat'), { firstName: 'Pat', lastName: 'Lee' });
      const { body: role } = await owner.post('/api/account/roles', { name: 'Clerk', permissions: ['sender_admin.users'] });
      await owner.post(`${senders}/${user.id}/roles`, { accountRoles: [{ id: role.id }] });
      await owner.put(`/api/account/roles/${role.id}`, { permissions: ['templates_layouts.templates'] });
      await owner.post(`${senders}/${user.id}`, { status: 'LOCKED' });
      await page.goto(`${server.url}/admin`);
      await page.getByRole('link', { name: 'Audit log' }).click();
      await heading(page, 'Entries').waitFor();
      await row(page, 'Client app changed').getByText('You').waitFor();
      await row(page, 'Account created').getByText('Server operator').waitFor();

      let panel = await details(page, 'Client app changed');
      await panel.getByText('Archive').waitFor();
      assert.deepEqual(await panel.locator('.changes dt').allTextContents(), ['Name', 'Read-only']);
      assert.deepEqual(await panel.locator('.changes dd').allTextContents(), ['before Archive → now Registry', 'before no → now yes']);
      await page.keyboard.press('Escape');

      panel = await details(page, 'Sender changed');
      await panel.locator('.changes').getByText('Locked').waitFor();
      assert.deepEqual(await panel.locator('.changes dd').allTextContents(), ['before Active → now Locked']);
      await panel.getByRole('link', { name: 'Everything that was done to the same' }).click();
      await page.getByText('Only what was done to Pat Lee.').waitFor();
      await told(page, '3 entries');

      await page.goto(pathOf());
      panel = await details(page, 'Role changed');
      await panel.locator('.changes').getByText('Create and change templates').waitFor();
      assert.deepEqual(await panel.locator('.changes dd').allTextContents(), ['before Manage senders: invite, change, lock, delete → now Create and change templates']);
      await page.keyboard.press('Escape');
      panel = await details(page, 'Roles assigned');
      await panel.locator('.changes').getByText('Clerk').waitFor();
    });

    visit('is sought by action, person and period, and exported', {}, async ({ page, owner, account }) => {
      await createApp(owner, { name: 'Mine' });
      const manager = await createSender(owner, address('mia'), { type: 'MANAGER', firstName: 'Mia', lastName: 'Mann' });
      const other = await createSender(owner, address('other'));
      await (await apiToken(server, await createApp(owner, { name: 'Theirs' }), manager.email)).post('/api/sessions');
      await signIn(server, account.email, account.password);
      await owner.post(`${senders}/${other.id}`, { lastName: 'Changed' });
      await page.goto(pathOf());
      await field(page, 'Action').selectOption('client_app');
      await button(page, 'Search').click();
      await told(page, '2 entries');
      await field(page, 'Action').selectOption('user.change');
      await button(page, 'Search').click();
      await told(page, '1 entry');
      assert.match(page.url(), /action=user.change/);
      await page.getByRole('link', { name: 'Show all' }).click();
      await field(page, 'Who').selectOption({ label: 'Theirs' });
      await button(page, 'Search').click();
      await told(page, '1 entry');
      await row(page, 'Session opened by a program').getByText('Client app Theirs').waitFor();
      const downloading = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Export' }).click();
      const lines = readFileSync(await (await downloading).path(), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
      assert.deepEqual(lines.map(({ action }) => action), ['session.create']);

      await page.getByRole('link', { name: 'Show all' }).click();
      await field(page, 'Until').fill('2020-01-01T00:00:01');
      await button(page, 'Search').click();
      await page.getByText('No entry matches').waitFor();
      await page.goto(pathOf('', { startDate: '2020-01-01T00:00:00.000Z', action: 'user' }));
      await told(page, '3 entries');
    });

    visit('the chain is verified, and a change behind the server’s back is told', {}, async ({ page, owner, account }) => {
      for (const name of ['One', 'Two', 'Three']) await createApp(owner, { name });
      await page.goto(pathOf('verification'));
      await button(page, 'Verify').click();
      await told(page, 'The log is whole: 5 entries, exactly as they were written.');
      const noted = await page.getByLabel('Note this outside the server').textContent();
      assert.match(noted, /^5:[0-9a-f]{64}$/);
      await createApp(owner, { name: 'Four' });
      const input = field(page, 'Number and hash noted earlier (optional)');
      await input.fill('5:nonsense');
      await button(page, 'Verify').click();
      await page.getByText('A number, a colon and 64 characters').waitFor();
      await input.fill(noted);
      await button(page, 'Verify').click();
      await told(page, 'The entry you noted is still there, unchanged.');
      await input.fill(`4:${noted.slice(2)}`);
      await button(page, 'Verify').click();
      await page.getByRole('alert').filter({ hasText: 'it was cut off or rewritten' }).waitFor();
      tamper(scenes.installation, `UPDATE audit_entry SET detail = '{"name":"Innocent"}' WHERE account = '${account.accountId}' AND sequence = 3`);
      await input.fill('');
      await button(page, 'Verify').click();
      await page.getByRole('alert').filter({ hasText: 'The log was changed: entry 3 is not as it was written.' }).waitFor();
    });

    once(test)('is the owner’s to see', async () => {
      await scenes.visit({}, async ({ owner }) => {
        const manager = await createSender(owner, address('manager'), { type: 'MANAGER' });
        const { body } = await (await apiToken(server, await createApp(owner), manager.email)).post('/api/sessions');
        await scenes.browse(body.sessionToken, {}, async ({ page }) => {
          await page.goto(pathOf());
          await page.getByText('You have no access to the audit log').waitFor();
          assert.equal(await page.getByRole('link', { name: 'Audit log' }).count(), 0);
        });
      });
    });

    once(visit)('speaks French', { locale: 'fr-FR' }, async ({ page, owner }) => {
      await createApp(owner, { name: 'Archivage' });
      await page.goto(pathOf());
      await heading(page, 'Entrées').waitFor();
      await row(page, 'Application cliente créée').getByText('Archivage').waitFor();
      await page.getByRole('link', { name: 'Vérification' }).click();
      await button(page, 'Vérifier').click();
      await told(page, 'Le journal est intact : 3 entrées, telles qu’elles ont été écrites.');
    });

    /** Something of each kind; the addresses to look at, and what to open there. */
    async function fill(page, owner, account) {
      const app = await createApp(owner, { name: 'An app whose name is long enough to need a second line, and then some' });
      await owner.put(`${appsPath}/${app.clientId}`, { name: 'Short', networks: ['192.0.2.0/24', '2001:db8::/32'] });
      const user = await createSender(owner, address('a-rather-long-address-for-a-sender'));
      await owner.post(`${senders}/${user.id}`, { status: 'LOCKED' });
      await signIn(server, account.email, account.password);
      const open = async () => {
        await page.getByRole('row').filter({ hasText: /Client app changed|Application cliente modifiée/ }).getByRole('button').click();
        await dialog(page).locator('.changes').waitFor();
      };
      const verify = async () => {
        await page.getByRole('button', { name: /^(Verify|Vérifier)$/ }).click();
        await page.locator('.credential').waitFor();
      };
      return [[pathOf()], [pathOf(), open], [pathOf('verification')], [pathOf('verification'), verify]];
    }

    once(visit)('nothing for axe to complain about, in light and in dark', {}, async ({ page, owner, account }) => {
      const found = [];
      for (const [path, act] of await fill(page, owner, account)) found.push(...await complaints(page, path, act));
      assert.deepEqual(found, []);
    });

    once(visit)('fits 320 pixels, with targets that a finger can hit', { locale: 'fr-FR', viewport: { width: 320, height: 740 } }, async ({ page, owner, account }) => {
      for (const [path, act] of await fill(page, owner, account)) {
        await page.goto(path);
        await settled(page);
        await act?.();
        await fits(page, path);
      }
    });

    // For a look with one's own eyes: SCREENSHOTS=folder node --test tests/console_audit.test.mjs
    if (process.env.SCREENSHOTS && engine === pageEngines[0]) {
      for (const [width, colorScheme, locale] of [[1440, 'light', 'en-GB'], [1440, 'dark', 'fr-FR'], [375, 'light', 'fr-FR'], [375, 'dark', 'en-GB']]) {
        visit(`pictures, ${width}, ${colorScheme}`, { locale, colorScheme, viewport: { width, height: 900 } }, async ({ page, owner, account }) => {
          let i = 0;
          for (const [path, act] of await fill(page, owner, account)) {
            await page.goto(path);
            await settled(page);
            await act?.();
            await page.screenshot({ path: `${process.env.SCREENSHOTS}/audit-${++i}-${width}-${colorScheme}.png`, fullPage: true });
          }
        });
      }
    }
  });
}
