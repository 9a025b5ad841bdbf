// console_waits.test.mjs – a delivery that waits, in a real browser: why it waits, trying it now, giving it up.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { pageEngines } from './lib/server.mjs';
import { Scenes, button, complaints, dialog, fits, heading, told } from './lib/browser.mjs';
import { addEndpoint, anyPackage, delivery, endpointsPath, expectOk, raiseAll, tried } from './lib/notifications.mjs';

const types = ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'PACKAGE_COMPLETE'];

for (const engine of pageEngines) {
  describe(`waiting deliveries in the console on ${engine}`, () => {
    let scenes;
    before(async () => {
      scenes = await Scenes.start(engine);
    });
    after(() => scenes?.stop());
    const visit = (name, options, body) => test(name, () => scenes.visit(options, body));
    const pathOf = (parameters) => `${scenes.server.url}/admin/notifications?${new URLSearchParams({ view: 'deliveries', ...parameters })}`;

    /** Three events of one transaction, of which the first was refused and waits for an hour. */
    const waitingOnes = async ({ owner, receive }) => {
      const receiver = await receive(() => 503);
      const endpoint = await addEndpoint(owner, { name: 'Archive', url: receiver.url, events: types, retryWaits: [3600, 3600], failureMails: false });
      const packageId = anyPackage();
      const events = await raiseAll(owner, types.map((name) => ({ name, packageId })));
      await tried(owner, { eventId: events[0].id });
      return { receiver, endpoint, packageId, events, pageOf: (event) => pathOf({ event: event.id, endpoint: endpoint.id }) };
    };

    visit('the list and the page say why; the way leads to what is waited for, which is tried now', {}, async (tools) => {
      const { page } = tools;
      const { receiver, packageId, events, pageOf } = await waitingOnes(tools);
      await page.goto(pathOf({ packageId }));
      await told(page, '3 deliveries');
      const row = page.getByRole('row').filter({ hasText: 'Transaction activated' });
      await row.getByText(`Waiting for an earlier event of this transaction: number ${events[0].sequence}`).waitFor();
      await page.getByRole('row').filter({ hasText: 'Transaction created' }).getByText('Next attempt: in').waitFor();

      await row.getByRole('link', { name: 'Transaction activated' }).click();
      await told(page, `Waiting for an earlier event of this transaction: number ${events[0].sequence}`);
      assert.equal(await button(page, 'Retry now').count(), 0);
      await page.getByRole('link', { name: `number ${events[0].sequence}` }).click();
      await page.waitForURL(pageOf(events[0]));
      await told(page, 'Waiting for the next attempt');
      await page.getByRole('listitem').filter({ hasText: 'Next attempt: in' }).waitFor();

      // It fails once more, and everything that was seen stays.
      await button(page, 'Retry now').click();
      await heading(page, 'Attempt 2').waitFor();
      await heading(page, 'Attempt 1').waitFor();
      await told(page, 'Waiting for the next attempt');
      receiver.answer = () => 200;
      await button(page, 'Retry now').click();
      await heading(page, 'Attempt 3').waitFor();
      await page.getByText('Delivered', { exact: true }).waitFor();
      assert.equal(await button(page, 'Retry now').count() + await button(page, 'Cancel delivery').count(), 0);
    });

    visit('what is given up is asked about first, and the others go on', {}, async (tools) => {
      const { page, owner } = tools;
      const { receiver, endpoint, packageId, events, pageOf } = await waitingOnes(tools);
      await page.goto(pageOf(events[0]));
      await button(page, 'Cancel delivery').click();
      await dialog(page).getByText('will not be retried').waitFor();
      await button(dialog(page), 'Keep it').click();
      await dialog(page).waitFor({ state: 'detached' });
      assert.equal((await delivery(owner, events[0].id, endpoint.id)).state, 'PENDING');

      receiver.answer = () => 200;
      await button(page, 'Cancel delivery').click();
      await button(dialog(page), 'Cancel delivery').click();
      await dialog(page).waitFor({ state: 'detached' });
      await page.getByText('Cancelled', { exact: true }).waitFor();
      await heading(page, 'Attempt 1').waitFor();
      await button(page, 'Send again').waitFor();
      assert.equal((await delivery(owner, events[0].id, endpoint.id)).failureReason, 'CANCELLED');
      await page.goto(pathOf({ packageId, state: 'DELIVERED' }));
      await told(page, '2 deliveries');
      await page.goto(pathOf({ packageId, state: 'FAILED' }));
      await page.getByRole('row').getByText('Cancelled').waitFor();
    });

    visit('the question is taken back when the delivery is over meanwhile', {}, async (tools) => {
      const { page, owner } = tools;
      const { receiver, endpoint, events, pageOf } = await waitingOnes(tools);
      await page.goto(pageOf(events[0]));
      await button(page, 'Cancel delivery').click();
      receiver.answer = () => 200;
      await expectOk(owner.post(`/api/notifications/deliveries/${events[0].id}/${endpoint.id}/retry`));
      await tried(owner, { eventId: events[0].id }, 2);
      // The page asks every two seconds, and then takes its question back.
      await page.getByText('Delivered', { exact: true }).waitFor();
      assert.equal(await dialog(page).count(), 0);
    });

    visit('in French, of a paused endpoint; for everybody, and on a telephone', { locale: 'fr-FR' }, async (tools) => {
      const { page, owner } = tools;
      const { endpoint, packageId, events, pageOf } = await waitingOnes(tools);
      await page.goto(pageOf(events[1]));
      await told(page, `En attente d’un événement antérieur de cette transaction\u00a0: numéro ${events[0].sequence}`);
      const wrong = await complaints(page, pageOf(events[0]));
      wrong.push(...await complaints(page, pageOf(events[1]), () => button(page, 'Annuler la livraison').click()));
      wrong.push(...await complaints(page, pathOf({ packageId })));
      assert.deepEqual(wrong, []);
      await page.setViewportSize({ width: 390, height: 800 });
      for (const [what, address] of [['the first', pageOf(events[0])], ['the second', pageOf(events[1])], ['the list', pathOf({ packageId })]]) {
        await page.goto(address);
        await page.getByRole('link', { name: `numéro ${events[0].sequence}` }).first().or(button(page, 'Réessayer maintenant')).first().waitFor();
        await fits(page, what);
      }
      await page.goto(pageOf(events[0]));
      await button(page, 'Réessayer maintenant').waitFor();
      await expectOk(owner.post(`${endpointsPath}/${endpoint.id}/pause`));
      await told(page, 'La destination est en pause');
      assert.equal(await button(page, 'Réessayer maintenant').count(), 0);
      await button(page, 'Annuler la livraison').click();
      await button(dialog(page), 'Annuler la livraison').click();
      await page.getByText('Annulée', { exact: true }).waitFor();
    });
  });
}
