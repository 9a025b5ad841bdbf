// layouts.test.mjs – layouts: signature blocks and fields that are kept apart and applied to documents.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, sendablePackage, startServing, stopServing } from './lib/server.mjs';
import { assertError } from './lib/callers.mjs';

const at = (id) => `/api/packages/${encodeURIComponent(id)}`;
const field = (more = {}) => ({ type: 'SIGNATURE', subtype: 'FULLNAME', page: 0, top: 100, left: 72, width: 180, height: 40, ...more });

for (const engine of engines) {
  describe(`layouts on ${engine}`, () => {
    let installation, server, owner;
    const ok = async (answer) => {
      const { status, body } = await answer;
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };
    const layoutOf = (more = {}) => ({
      name: 'Two signers',
      roles: [{ id: 'l1', name: 'Buyer' }, { id: 'l2', name: 'Witness' }],
      documents: [{ name: 'Any', approvals: [{ id: 'b', role: 'l1', fields: [field({ id: 'f' }), field({ page: 7 })] }, { role: 'l2', fields: [field({ top: 5000 })] }, { role: 'l1' }], fields: [{ type: 'IMAGE', subtype: 'QRCODE', page: 0, left: 1, top: 1, width: 50, height: 50 }] }],
      ...more,
    });

    before(async () => ({ installation, server, owner } = await startServing(engine)));
    after(() => stopServing(server, installation));

    test('a layout is made, listed, and raises nothing', async () => {
      const layout = await ok(owner.post('/api/layouts', layoutOf()));
      assert.deepEqual([layout.type, layout.status, layout.documents[1].pages], ['LAYOUT', 'DRAFT', []]);
      const { count, results } = await ok(owner.get('/api/layouts?search=two'));
      assert.deepEqual([count, results[0].id], [1, layout.id]);
      await ok(owner.put(at(layout.id), { trashed: true }));
      await ok(owner.delete(at(layout.id)));
      assert.deepEqual((await ok(owner.get('/api/notifications/events'))).results, []);
      assert.equal((await ok(owner.get('/api/layouts'))).count, 0);
    });

    test('a layout is applied by id and by name; roles meet by name, others are added', async () => {
      const layout = await ok(owner.post('/api/layouts', layoutOf({ name: 'Élan' })));
      const source = sendablePackage();
      const { id } = await ok(owner.post('/api/packages', { ...source, roles: [{ ...source.roles[0], name: 'Buyer' }] }));
      const { documents: [, { id: documentId }] } = await ok(owner.get(at(id)));
      const path = `${at(id)}/documents/${documentId}/layout`;
      const applied = await ok(owner.post(`${path}?layoutId=${encodeURIComponent(layout.id)}`));
      const { roles, documents: [consent] } = await ok(owner.get(at(id)));
      const witness = roles.find(({ name }) => name === 'Witness');
      assert.deepEqual(witness.signers, []);
      assert.deepEqual(consent.approvals.map(({ role }) => role), ['Role1', witness.id]);
      assert.deepEqual(applied.approvals.map(({ role, fields }) => [role, fields.length]), [['Role1', 1], ['Role1', 2], [witness.id, 1], ['Role1', 0]]);
      assert.equal(applied.fields.length, 1);
      assert.ok(!applied.approvals.some(({ id: one }) => one === 'b'));
      const again = await ok(owner.post(`${path}?layoutName=${encodeURIComponent('éLAN')}&removeOutOfBound=true`));
      assert.deepEqual(again.approvals.slice(4).map(({ role, fields }) => [role, fields.length]), [['Role1', 1], ['Role1', 0]], 'what does not fit is left out');
      assert.equal(new Set(again.approvals.map((approval) => approval.id)).size, again.approvals.length);
      assert.equal((await ok(owner.get(at(id)))).roles.filter(({ name }) => name === 'Witness').length, 1);
    });

    test('a layout that is applied again and again meets the limit of a document', async () => {
      const { id } = await ok(owner.post('/api/packages', sendablePackage()));
      const { documents: [, { id: documentId }] } = await ok(owner.get(at(id)));
      const code = layoutOf().documents[0].fields[0];
      const layout = await ok(owner.post('/api/layouts', layoutOf({ name: 'Codes', documents: [{ name: 'Any', fields: Array(300).fill(code) }] })));
      const path = `${at(id)}/documents/${documentId}/layout?layoutId=${encodeURIComponent(layout.id)}`;
      await ok(owner.post(path));
      assertError(await owner.post(path), 400, 'error.validation.invalidField');
      assert.equal((await ok(owner.get(`${at(id)}/documents/${documentId}`))).fields.length, 300);
    });

    test('what cannot be applied is refused, and changes nothing', async () => {
      const { id } = await ok(owner.post('/api/packages', sendablePackage()));
      const before = await ok(owner.get(at(id)));
      const path = `${at(id)}/documents/${before.documents[1].id}/layout`;
      assertError(await owner.post(path), 400, 'error.validation.missingField');
      assertError(await owner.post(`${path}?layoutId=nothing`), 404, 'error.notFound.layoutNotFound');
      assertError(await owner.post(`${path}?layoutId=${encodeURIComponent(id)}`), 404, 'error.notFound.layoutNotFound');
      assertError(await owner.post(`${path}?layoutName=none`), 404, 'error.notFound.layoutNotFound');
      const layout = await ok(owner.post('/api/layouts', layoutOf({ name: 'Third' })));
      const by = `?layoutId=${encodeURIComponent(layout.id)}`;
      assertError(await owner.post(`${at(id)}/documents/none/layout${by}`), 404, 'error.notFound.documentNotFound');
      assertError(await owner.post(`${at(id)}/documents/default-consent/layout${by}`), 400, 'error.validation.invalidField');
      assert.deepEqual(await ok(owner.get(at(id))), before);
      await ok(owner.post(at(id), { status: 'SENT' }));
      assertError(await owner.post(path + by), 400, 'error.validation.package.notDraft');
      assertError(await owner.post('/api/layouts', { roles: [] }), 400, 'error.validation.missingField');
    });
  });
}
