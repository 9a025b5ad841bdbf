// event_types.test.mjs – what people are told of each event type: no fact may be missing, in either language.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client } from './lib/server.mjs';
import { expectOk } from './lib/notifications.mjs';

const path = '/api/notifications/eventTypes';

// Type, fact in English, in French: one row for each.
const facts = [
  ['TEMPLATE_CREATE', /new template was created/, /nouveau modèle a été créé/],
  ['PACKAGE_CREATE', /new transaction was created/, /nouvelle transaction a été créée/],
  ['PACKAGE_DELETE', /permanently deleted/, /supprimée définitivement/],
  ['PACKAGE_DELETE', /out of the trash/, /de la Corbeille/],
  ['PACKAGE_ACTIVATE', /was sent/, /a été envoyée/],
  ['PACKAGE_DEACTIVATE', /from SENT back to DRAFT/, /d’ENVOYÉ \(SENT\) à ÉBAUCHE \(DRAFT\)/],
  ['PACKAGE_READY_FOR_COMPLETE', /marked DO_NOT_AUTOCOMPLETE/, /marquée DO_NOT_AUTOCOMPLETE/],
  ['PACKAGE_READY_FOR_COMPLETE', /all signers have signed/, /tous les signataires ont signé/],
  ['PACKAGE_READY_FOR_COMPLETE', /sender must now act to complete it/, /l’expéditeur doit maintenant agir pour la terminer/],
  ['RECORDINGS_READY', /all have signed in a virtual room/i, /tous ont signé dans une salle virtuelle/i],
  ['RECORDINGS_READY', /recording of the session has been processed/, /l’enregistrement de la séance a été traité/],
  ['RECORDINGS_READY', /sent when the recording can be downloaded/, /envoyée quand il peut être téléchargé/],
  ['PACKAGE_EXPIRE', /expiry date .* has passed/, /date d’expiration .* est passée/],
  ['PACKAGE_TRASH', /moved to the trash/, /mise à la Corbeille/],
  ['PACKAGE_ARCHIVE', /completed, then archived/, /terminée, puis archivée/],
  ['PACKAGE_ARCHIVE', /no longer in the inbox or on the dashboard/, /n’est plus dans la boîte de réception ni sur le tableau de bord/],
  ['PACKAGE_RESTORE', /status of an archived transaction was changed/, /état d’une transaction archivée a été modifié/],
  ['PACKAGE_RESTORE', /came back from the trash/, /revenue de la Corbeille/],
  ['EMAIL_BOUNCE', /e-mail to a recipient came back/, /courriel à un destinataire est revenu/],
  ['SIGNER_LOCKED', /blocked after repeated failures to authenticate/, /bloqué après plusieurs échecs d’authentification/],
  ['KBA_FAILURE', /knowledge-based authentication .* failed/i, /authentification d’un destinataire par ses connaissances .* a échoué/],
  ['ROLE_REASSIGN', /delegated signing to another signer/, /délégué sa signature à un autre signataire/],
  ['PACKAGE_ATTACHMENT', /recipient uploaded an attachment/, /destinataire a téléversé une pièce jointe/],
  ['PACKAGE_DECLINE', /declined to sign/, /refusé de signer/],
  ['PACKAGE_DECLINE', /carries the reason/, /en donne la raison/],
  ['DOCUMENT_VIEWED', /viewed a document of the transaction/, /consulté un document de la transaction/],
  ['COBROWSE_REQUEST', /sent a request for a co-browsing session/, /envoyé une demande de séance de co-navigation/],
  ['DOCUMENT_SIGNED', /signed a document/, /signé un document/],
  ['DOCUMENT_SIGNED', /accepted the consent to electronic disclosures and signatures/, /accepté le consentement aux communications et aux signatures électroniques/],
  ['SIGNER_COMPLETE', /has finished signing all documents/, /a fini de signer tous les documents/],
  ['PACKAGE_COMPLETE', /all signers have completed the transaction/i, /tous les signataires ont terminé la transaction/i],
  ['PACKAGE_COMPLETE', /the sender has completed it/, /l’expéditeur l’a terminée/],
];

for (const engine of engines) {
  describe(`event types on ${engine}`, () => {
    let installation, server, owner, types;
    before(async () => {
      installation = freshInstallation(engine);
      server = await Server.start(installation);
      owner = Client.withKey(server, await createAccount(installation));
      types = (await expectOk(owner.get(path))).results;
    });
    after(async () => {
      await server.stop();
      installation.remove();
    });

    for (const [name, en, fr] of facts) {
      test(`${name}: ${en.source}`, () => {
        const { cause } = types.find((type) => type.name === name);
        assert.match(cause.en, en);
        assert.match(cause.fr.replaceAll('\u00a0', ' '), fr);
      });
    }

    test('all of the 22 have rows here, and both texts in both languages; the legacy one stands apart', () => {
      const modern = types.filter(({ legacy }) => !legacy);
      assert.deepEqual(modern.map(({ name }) => name).sort(), [...new Set(facts.map(([name]) => name))].sort());
      assert.deepEqual(types.filter(({ legacy }) => legacy).map(({ name }) => name), ['PACKAGE_OPT_OUT']);
      for (const { name, cause, nearMisses, meaning } of types) {
        for (const text of [cause.en, cause.fr, nearMisses.en, nearMisses.fr, meaning.en, meaning.fr]) assert.match(text, /^\p{Lu}.*\.$/u, name);
        for (const french of [cause.fr, nearMisses.fr, meaning.fr]) assert.doesNotMatch(french, /'| [:;»]|« /, `${name}: French signs`);
      }
    });

    test('a sample is what a notification says', () => {
      for (const { name, sample, members } of types) {
        assert.deepEqual(Object.keys(sample).slice(0, 7), ['@class', 'name', 'sessionUser', 'packageId', 'message', 'documentId', 'createdDate']);
        assert.equal(sample.name, name);
        for (const member of members) assert.ok(sample[member.name]?.length > 0, `${name}.${member.name}`);
      }
    });

    test('the last event of each type, and no other account’s', async () => {
      const last = async (client) => (await expectOk(client.get(`${path}/lastEvents`))).results.map((event) => [event.name, event.packageId]);
      assert.deepEqual(await last(owner), []);
      const events = ['one', 'two'].flatMap((packageId) => ['PACKAGE_COMPLETE', 'TEMPLATE_CREATE'].map((name) => ({ name, packageId })));
      await expectOk(owner.post('/api/notifications/events', { events }));
      assert.deepEqual(await last(owner), [['TEMPLATE_CREATE', 'two'], ['PACKAGE_COMPLETE', 'two']]);
      assert.deepEqual(await last(Client.withKey(server, await createAccount(installation))), []);
    });
  });
}
