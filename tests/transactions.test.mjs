// transactions.test.mjs – a transaction as its events tell it: what it is called, where it is, and what happened in it.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, sendablePackage } from './lib/server.mjs';
import { anyPackage, assertRefused, expectOk, notifications, raise, raiseAll } from './lib/notifications.mjs';

const path = `${notifications}/transactions`;
const read = async (client, query) => (await expectOk(client.get(`${path}?${new URLSearchParams(query)}`))).results;

for (const engine of engines) {
  describe(`transactions on ${engine}`, () => {
    let installation, server, owner, stranger;
    before(async () => {
      installation = freshInstallation(engine);
      const account = await createAccount(installation);
      server = await Server.start(installation);
      owner = Client.withKey(server, account);
      stranger = Client.withKey(server, await createAccount(installation));
    });
    after(async () => {
      await server.stop();
      installation.remove();
    });

    test('are found by a part of the name, in any case, and by the whole id; another account’s are not', async () => {
      const made = [];
      for (const name of ['Rental Élysée 1', 'Rental élysée 2', '100 % loan']) made.push((await expectOk(owner.post('/api/packages', sendablePackage({ name })))).id);
      const [first, second, loan] = made;
      assert.deepEqual((await read(owner, { search: 'ÉLYSÉE' })).map(({ id }) => id).sort(), [first, second].sort());
      assert.deepEqual((await read(owner, { search: '0 %' })).map(({ id, name, status }) => [id, name, status]), [[loan, '100 % loan', 'DRAFT']]);
      assert.deepEqual((await read(owner, { search: first })).map(({ id }) => id), [first]);
      await expectOk(owner.put(`/api/packages/${encodeURIComponent(loan)}`, { trashed: true }));
      assert.deepEqual((await read(owner, { search: '100 % LOAN' })).map(({ id }) => id), [loan]); // in the trash, too
      assert.deepEqual(await read(owner, { search: 'nothing of the kind' }), []);
      for (const search of ['élysée', first]) assert.deepEqual(await read(stranger, { search }), []);
      assert.deepEqual(await read(stranger, { ids: made.join() }), []);
      assert.deepEqual((await read(owner, { ids: [second, anyPackage(), first].join() })).map(({ name }) => name), ['Rental élysée 2', 'Rental Élysée 1']);
    });

    test('of which only events speak are found by their id, without a name', async () => {
      const id = anyPackage();
      await raise(owner, id);
      assert.deepEqual(await read(owner, { search: id }), [{ id, name: null, status: null, updatedDate: null }]);
      assert.deepEqual(await read(owner, { ids: id }), []);
      assert.deepEqual(await read(stranger, { search: id }), []);
    });

    test('what cannot be asked is refused', async () => {
      for (const [query, member] of [['', 'search'], ['search=', 'search'], ['search=a&ids=b', 'search'], [`ids=${Array(101).fill('a')}`, 'ids'], [`search=${'x'.repeat(1001)}`, 'search']]) assertRefused(await owner.get(`${path}?${query}`), member);
    });

    test('their events are read alone, in order, page by page', async () => {
      const id = anyPackage();
      const names = ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'DOCUMENT_SIGNED', 'PACKAGE_COMPLETE'];
      await raiseAll(owner, names.flatMap((name) => [{ name, packageId: id }, { name, packageId: anyPackage() }]));
      const events = async (client, query) => (await expectOk(client.get(`${notifications}/events?${new URLSearchParams({ packageId: id, ...query })}`))).results;
      const all = await events(owner, {});
      assert.deepEqual(all.map(({ name }) => name), names);
      assert.deepEqual(await events(owner, { limit: 2 }), all.slice(0, 2));
      assert.deepEqual(await events(owner, { limit: 2, after: all[1].sequence }), all.slice(2));
      assert.deepEqual(await events(stranger, {}), []);
      assertRefused(await owner.get(`${notifications}/events?packageId=${id}&wait=5`), 'wait');
    });
  });
}
