// settings.test.mjs – settings of the account that are documents: defaults, changes in part, resets, limits, and whose they are.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client } from './lib/server.mjs';
import { assertError } from './lib/callers.mjs';

const admin = '/api/account/admin';
const settings = `${admin}/accountSettings`;
const retention = '/api/dataRetentionSettings';
const config = '/api/accountConfig';

/** Path, what is written by which method, what is shown besides, and the default of a member that is left alone. */
const documents = [
  [`${settings}/featureSettings`, 'PATCH', { attachments: false, delegation: true }, { forceLogin: true, evidenceSummary: false }],
  [`${settings}/packageSettings`, 'PATCH', { inPerson: true, fontSize: 12 }, { ada: false, showNseOverview: true }],
  [`${settings}/designerSettings`, 'PATCH', { send: false }, { done: true }],
  [`${settings}/emailReminderSettings`, 'PATCH', { startInDaysDelay: 3, repetitionsCount: 5 }, { intervalInDays: 0 }],
  [`${settings}/attachmentsWhitelist`, 'PUT', { allowedFileTypes: ['pdf', 'png'] }, {}],
  [`${settings}/limitSupportedLanguages`, 'PATCH', { defaultSignerLanguage: 'fr', signerLanguages: ['fr', 'en'] }, {}],
  [`${settings}/signatureLayout`, 'PATCH', { logo: { image: 'data:image/png;base64,AA==' } }, {}],
  [`${admin}/chooseSignature`, 'PATCH', { signature: { allowDrawing: false, allowStyling: true, allowUploading: false } }, {}],
  [`${admin}/signingUiOptions`, 'PATCH', { completeSummaryOptions: { dialog: false, document: true, recipient: true } }, { overviewOptions: { title: true, body: true, documentSection: true, uploadSection: true } }],
  ['/api/passwordPolicy', 'PUT', { length: 14, includeNumbers: true }, { history: 0 }],
  [`${retention}/expiryTimeConfiguration`, 'PUT', { remainingDays: 60, maximumRemainingDays: 90 }, {}],
  [`${retention}/dataManagementPolicy`, 'PUT', { transactionRetention: { draft: 30, sent: 0, completed: 120, archived: 0, declined: 0, optedOut: 0, expired: 0, lifetimeTotal: 0, lifetimeUntilCompletion: 0, includeSent: false } }, {}],
];

for (const engine of engines) {
  describe(`settings on ${engine}`, () => {
    let installation, server, owner, other;
    const ok = async (answer) => {
      const { status, body } = await answer;
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };

    before(async () => {
      installation = freshInstallation(engine);
      const account = await createAccount(installation);
      const neighbour = await createAccount(installation, 'Other');
      server = await Server.start(installation);
      [owner, other] = [Client.withKey(server, account), Client.withKey(server, neighbour)];
    });
    after(async () => {
      await server?.stop();
      installation?.remove();
    });

    for (const [path, method, body, untouched] of documents) {
      test(`${path}: defaults, a change, the way back`, async () => {
        if (path.endsWith('Languages')) await ok(owner.request(method, path, {})); // before, there is no answer
        const first = await ok(owner.get(path));
        assert.deepEqual(await ok(owner.request(method, path, { ...body, memberOfTomorrow: 1 })), { ...first, ...body });
        const changed = await ok(owner.get(path));
        for (const [name, value] of Object.entries({ ...body, ...untouched })) assert.deepEqual(changed[name], value, name);
        assert.ok(!('memberOfTomorrow' in changed));
        if (!path.endsWith('Languages')) assert.deepEqual(await ok(other.get(path)), first, 'a neighbour has its own');
        await ok(owner.request(method, path, changed)); // what is shown may be sent back
        assert.deepEqual(await ok(owner.get(path)), changed);
        if (path.startsWith(admin) && !path.endsWith('signatureLayout')) {
          await ok(owner.delete(path));
          if (!path.endsWith('Languages')) assert.deepEqual(await ok(owner.get(path)), first);
        }
      });
    }

    test('languages that were never set are no answer', async () => {
      const path = `${settings}/limitSupportedLanguages`;
      await ok(owner.delete(path));
      assert.equal((await owner.get(path)).status, 204);
    });

    test('a change in part keeps the rest, a replacement does not', async () => {
      await ok(owner.request('PATCH', `${settings}/featureSettings`, { attachments: false }));
      await ok(owner.request('PATCH', `${settings}/featureSettings`, { delegation: true }));
      const features = await ok(owner.get(`${settings}/featureSettings`));
      assert.deepEqual([features.attachments, features.delegation], [false, true]);
      await ok(owner.put('/api/passwordPolicy', { length: 20 }));
      await ok(owner.put('/api/passwordPolicy', { history: 3 }));
      assert.deepEqual([(await ok(owner.get('/api/passwordPolicy'))).length, (await ok(owner.get('/api/passwordPolicy'))).history], [12, 3]);
    });

    test('a change inside of an object keeps its other members', async () => {
      const path = `${admin}/signingUiOptions`;
      await ok(owner.request('PATCH', path, { overviewOptions: { title: false } }));
      await ok(owner.request('PATCH', path, { overviewOptions: { body: false }, completeSummaryOptions: { dialog: false } }));
      assert.deepEqual((await ok(owner.get(path))).overviewOptions, { title: false, body: false, documentSection: true, uploadSection: true });
      await ok(owner.delete(path));
    });

    test('reasons and links by language', async () => {
      for (const [path, empty, one, two] of [[`${config}/declineReasons`, [], ['Too expensive', 'Trop cher'], ['Other']], [`${config}/handoverUrl`, {}, { href: 'https://a.example', text: 'Back', autoRedirect: true }, { href: 'https://b.example' }]]) {
        assert.deepEqual(await ok(owner.get(`${path}/fr`)), empty);
        assert.deepEqual(await ok(owner.post(`${path}/fr`, one)), one);
        assert.deepEqual(await ok(owner.put(`${path}/fr`, two)), two);
        assert.deepEqual([await ok(owner.get(`${path}/fr`)), await ok(owner.get(`${path}/en`))], [two, empty]);
        await ok(owner.delete(`${path}/fr`));
        assert.deepEqual(await ok(owner.get(`${path}/fr`)), empty);
      }
    });

    test('themes, logos and ways of verification', async () => {
      assert.deepEqual(await ok(owner.post('/api/account/signingThemes', { default: { color: '#00857D' } })), { default: { color: '#00857D' } });
      await ok(owner.delete('/api/account/signingThemes'));
      assert.deepEqual(await ok(owner.get('/api/account/signingThemes')), {});
      const [fr, en] = ['fr', 'en'].map((language) => ({ language, image: 'data:image/png;base64,AA==' }));
      assert.deepEqual(await ok(owner.post(`${admin}/signingLogos`, [fr, en])), [fr, en]);
      assert.deepEqual(await ok(owner.post(`${admin}/signingLogos`, { ...fr, image: 'x' })), [en, { ...fr, image: 'x' }]);
      assert.deepEqual(await ok(owner.post(`${admin}/signingLogos`, {})), []);
      const workflow = { id: 'w', type: 'IDV', tenant: 't', desc: 'd', skipWhenAccessingSignedDocuments: true };
      assert.deepEqual(await ok(owner.put(`${config}/idvWorkflowConfigs`, [workflow])), [workflow]);
    });

    test('custom fields: made, listed, replaced, removed', async () => {
      const path = '/api/account/customfields';
      const made = await ok(owner.post(path, { value: 'default', required: true, translations: [{ language: 'fr', name: 'Numéro' }] }));
      assert.match(made.id, /^\w{12}$/);
      await ok(owner.put(path, { id: 'policy', value: 'x' }));
      assert.deepEqual((await ok(owner.get(path))).map(({ id }) => id).sort(), [made.id, 'policy'].sort());
      assert.equal((await ok(owner.get(`${path}?from=1&to=1`))).length, 1);
      assert.equal((await ok(owner.put(path, { id: 'policy', value: 'y' }))).value, 'y');
      assert.deepEqual(await ok(owner.get(`${path}/${made.id}`)), made);
      await ok(owner.delete(`${path}/policy`));
      assert.equal((await owner.get(`${path}/policy`)).status, 204, 'SDKs expect an empty body');
      assert.deepEqual(await ok(other.get(path)), []);
      for (let i = 0; i < 99; i++) await ok(owner.post(path, { value: `${i}` }));
      assertError(await owner.post(path, { value: 'one too many' }), 400, 'error.validation.invalidField');
      await ok(owner.put(path, { id: made.id, value: 'one of them is changed' }));
    });

    test('what cannot be set is refused by name, and changes nothing', async () => {
      for (const [method, path, body, technical] of [
        ['PATCH', `${settings}/featureSettings`, { attachments: 'yes' }, /^attachments/],
        ['PATCH', `${settings}/emailReminderSettings`, { repetitionsCount: 6 }, /^repetitionsCount/],
        ['PUT', `${settings}/attachmentsWhitelist`, { allowedFileTypes: 'pdf' }, /^allowedFileTypes/],
        ['PUT', `${retention}/expiryTimeConfiguration`, { remainingDays: 1000 }, /^remainingDays/],
        ['PUT', `${retention}/dataManagementPolicy`, { transactionRetention: { draft: -1 } }, /^transactionRetention\.draft/],
        ['PUT', '/api/passwordPolicy', { length: 4 }, /^length/],
        ['PUT', '/api/account/signingThemes', { a: 7 }, /^a/],
        ['POST', `${admin}/signingLogos`, [{ language: 'fr' }], /image/],
        ['PUT', `${config}/declineReasons/fr`, ['ok', 7], /^\[1\]/],
        ['PUT', `${config}/declineReasons/fr`, ['x'.repeat(256)], /^\[0\]/],
        ['PUT', `${config}/declineReasons/fr`, {}, /expected a list/],
        ['PATCH', `${settings}/featureSettings`, [], /expected an object/],
      ]) {
        const before = await ok(owner.get(path));
        const refused = await owner.request(method, path, body);
        assert.equal(refused.status, 400, `${path}: ${JSON.stringify(refused.body)}`);
        assert.match(refused.body.technical, technical);
        assert.deepEqual(await ok(owner.get(path)), before);
      }
    });
  });
}
