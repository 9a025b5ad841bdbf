// approvals.test.mjs – signature blocks, fields, conditional fields, and what they say of a transaction.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, pdf, sendablePackage, startServing, stopServing } from './lib/server.mjs';
import { assertError, SessionClient } from './lib/callers.mjs';

const signature = { type: 'SIGNATURE', subtype: 'FULLNAME', page: 0, top: 640, left: 72, width: 180, height: 40 };
const input = { type: 'INPUT', subtype: 'TEXTFIELD', page: 0, top: 600, left: 72, width: 180, height: 20 };
const bob = { email: 'bob@example.com', firstName: 'Bob', lastName: 'Ray' };

for (const engine of engines) {
  describe(`approvals and fields on ${engine}`, () => {
    let installation, server, owner;
    const ok = async (answer) => {
      const { status, body } = await answer;
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };
    const read = (path) => ok(owner.get(path));
    /** Two roles; two documents, of which the first has a block. */
    const create = async (more = {}) => {
      const content = { base64Content: pdf().toString('base64') };
      const { id } = await ok(owner.post('/api/packages', {
        name: 'Blocks',
        roles: [...sendablePackage().roles, { id: 'Role2', signers: [{ ...bob, id: 'bob' }] }],
        documents: [{ id: 'first', name: 'First', ...content, approvals: [{ id: 'block', role: 'Role1', fields: [{ id: 'sign', ...signature }] }] }, { id: 'second', name: 'Second', ...content }],
        ...more,
      }));
      return `/api/packages/${encodeURIComponent(id)}`;
    };
    const first = async (path) => (await read(path)).documents.find(({ id }) => id === 'first');

    before(async () => ({ installation, server, owner } = await startServing(engine)));
    after(() => stopServing(server, installation));

    test('an approval is added, read, replaced and removed; other documents stay as they are', async () => {
      const path = await create();
      const before = await read(path);
      const blocks = `${path}/documents/first/approvals`;
      const added = await ok(owner.post(`${blocks}/`, { role: 'Role2', name: 'Bob signs', fields: [signature, { id: 'title', ...input, value: 'Director' }] }));
      assert.match(added.id, /^\w{12}$/);
      assert.deepEqual([added.role, added.fields.map(({ id }) => id.length > 0), added.optional, added.fields[1].value], ['Role2', [true, true], false, 'Director']);
      assert.deepEqual(await read(`${blocks}/${added.id}`), added);
      const replaced = await ok(owner.put(`${blocks}/${added.id}`, { id: 'another', role: 'Role1', optional: true }));
      assert.deepEqual([replaced.id, replaced.role, replaced.optional, replaced.fields], [added.id, 'Role1', true, []]);
      await ok(owner.delete(`${blocks}/${added.id}`));
      assertError(await owner.get(`${blocks}/${added.id}`), 404, 'error.notFound.approvalNotFound');
      assert.deepEqual({ ...(await read(path)), updated: null }, { ...before, updated: null });
    });

    test('a list of approvals replaces the one that stands, each time', async () => {
      const path = await create();
      const blocks = `${path}/documents/first/approvals`;
      for (const roles of [['Role1', 'Role2'], ['Role2'], []]) {
        const list = await ok(owner.put(blocks, roles.map((role) => ({ role, fields: [signature] }))));
        assert.deepEqual(list.map(({ role }) => role), roles);
        assert.deepEqual((await first(path)).approvals, list);
      }
      assertError(await owner.put(blocks, { approvals: [{ role: 'Role1' }] }), 400, 'error.validation.validateApproval.noRolesOnApproval');
    });

    test('fields of an approval: the id of the path wins, POST and PUT replace', async () => {
      const path = await create();
      const fields = `${path}/documents/first/approvals/block/fields`;
      const added = await ok(owner.post(fields, input));
      assert.match(added.id, /^\w{12}$/);
      for (const method of ['PUT', 'POST']) {
        const replaced = await ok(owner.request(method, `${fields}/${added.id}`, { ...input, id: 'other', value: method }));
        assert.deepEqual([replaced.id, replaced.value], [added.id, method]);
        assert.deepEqual(await read(`${fields}/${added.id}`), replaced);
      }
      await ok(owner.delete(`${fields}/${added.id}`));
      assertError(await owner.get(`${fields}/${added.id}`), 404, 'error.notFound.fieldNotFound');
      assert.deepEqual((await first(path)).approvals[0].fields.map(({ id }) => id), ['sign']);
    });

    test("a document's own fields", async () => {
      const path = await create();
      const fields = `${path}/documents/second/fields`;
      const code = { type: 'IMAGE', subtype: 'QRCODE', value: 'https://example.com', page: 0, left: 10, top: 10, width: 80, height: 80 };
      const added = await ok(owner.post(fields, code));
      assert.deepEqual(await read(`${fields}/${added.id}`), added);
      assert.equal((await ok(owner.put(`${fields}/${added.id}`, { ...code, value: 'x' }))).value, 'x');
      const list = await ok(owner.put(fields, [code, { ...code, id: 'mine' }]));
      assert.deepEqual((await read(path)).documents.find(({ id }) => id === 'second').fields, list);
      await ok(owner.delete(`${fields}/mine`));
      assertError(await owner.get(`${fields}/mine`), 404, 'error.notFound.fieldNotFound');
    });

    test('a signature of no size means: accept the document', async () => {
      const path = await create();
      const accepted = await ok(owner.post(`${path}/documents/second/approvals`, { role: 'Role1', fields: [{ ...signature, width: 0, height: 0 }] }));
      assert.deepEqual(accepted.fields, []);
      const anchored = await ok(owner.post(`${path}/documents/second/approvals`, { role: 'Role1', fields: [{ ...signature, width: 0, height: 0, extract: true }] }));
      assert.equal(anchored.fields.length, 1, 'its place and size are found later');
    });

    test('radio buttons have a group, wherever the client wrote its name', async () => {
      const path = await create();
      const fields = `${path}/documents/first/approvals/block/fields`;
      const radio = { ...input, subtype: 'RADIO' };
      assert.equal((await ok(owner.post(fields, { ...radio, validation: { group: 'colour' } }))).validation.group, 'colour');
      assert.equal((await ok(owner.post(fields, { ...radio, validation: { enum: ['size'] } }))).validation.group, 'size');
      const refused = await owner.post(fields, radio);
      assertError(refused, 400, 'error.validation.missingField');
      assert.match(refused.body.technical, /^validation\.group/);
    });

    test('what cannot be is refused by name, and changes nothing', async () => {
      const path = await create();
      const before = await read(path);
      const blocks = `${path}/documents/first/approvals`;
      const refusals = [
        ['POST', blocks, { fields: [signature] }, /^role/, 'error.validation.validateApproval.noRolesOnApproval'],
        ['POST', blocks, { role: 'Nobody' }, /^role: there is no role `Nobody`/],
        ['POST', blocks, { id: 'block', role: 'Role1' }, /^id: already used in this list/],
        ['POST', blocks, { role: 'Role1', fields: [input, { ...input, subtype: 'HOLOGRAM' }] }, /^fields\[1\]\.subtype: there is no subtype `HOLOGRAM`/],
        ['POST', blocks, { role: 'Role1', fields: [{ ...input, type: 'AUDIO' }] }, /^fields\[0\]\.type/],
        ['POST', blocks, { role: 'Role1', fields: [{ ...input, id: 'a' }, { ...input, id: 'a' }] }, /^fields\[1\]\.id/],
        ['POST', blocks, { role: 'Role1', fields: 'all' }, /^fields: must be a list/],
        ['PUT', blocks, [{ role: 'Role1' }, { role: 'Nobody' }], /^\[1\]\.role/],
        ['PUT', blocks, [{ role: 'Role1' }, { role: 1 }], /^\[1\]: role: must be a string/],
        ['PUT', blocks, [{ id: 'a', role: 'Role1' }, { id: 'a', role: 'Role1' }], /^\[1\]\.id/],
        ['PUT', `${blocks}/block`, { role: '' }, /^role/, 'error.validation.validateApproval.noRolesOnApproval'],
        ['POST', `${blocks}/block/fields`, { ...input, id: 'sign' }, /^id: already used in this list/],
        ['PUT', `${blocks}/block/fields/sign`, { ...signature, page: 'one' }, /^page/],
        ['POST', `${path}/documents/default-consent/approvals`, { role: 'Role1' }, /^documentId/],
      ];
      for (const [method, at, body, technical, key] of refusals) {
        const refused = await owner.request(method, at, body);
        assert.equal(refused.status, 400, `${method} ${at} ${JSON.stringify(refused.body)}`);
        assert.match(refused.body.technical, technical);
        if (key) assert.equal(refused.body.messageKey, key);
      }
      for (const [at, key] of [['documents/none/approvals/block', 'document'], ['documents/first/approvals/none', 'approval'], ['documents/first/approvals/none/fields/sign', 'approval'], ['documents/first/approvals/block/fields/none', 'field']]) {
        assertError(await owner.get(`${path}/${at}`), 404, `error.notFound.${key}NotFound`);
        assertError(await owner.delete(`${path}/${at}`), 404, `error.notFound.${key}NotFound`);
      }
      assert.deepEqual(await read(path), before);
    });

    test('a package that has been sent keeps its blocks', async () => {
      const path = await create({ status: 'SENT' });
      const block = `${path}/documents/first/approvals/block`;
      for (const [method, at, body] of [['PUT', block, { role: 'Role1' }], ['DELETE', block], ['POST', `${block}/fields`, input], ['PUT', `${path}/documents/first/approvals`, []], ['POST', `${path}/documents/first/fields`, { subtype: 'QRCODE' }]]) {
        assertError(await owner.request(method, at, body), 400, 'error.validation.package.notDraft');
      }
    });

    test('a package outgrows its limit by blocks as it does by one body', async () => {
      const path = await create();
      const value = 'x'.repeat(60_000);
      const full = { role: 'Role1', fields: Array.from({ length: 30 }, () => ({ ...input, value })) };
      for (let i = 0; i < 2; i++) await ok(owner.post(`${path}/documents/first/approvals`, full));
      const before = (await first(path)).approvals.length;
      assertError(await owner.post(`${path}/documents/second/approvals`, full), 413, 'error.validation.bodyTooLarge');
      assert.equal((await first(path)).approvals.length, before);
      await ok(owner.put(`${path}/documents/first/approvals`, []));
      await ok(owner.post(`${path}/documents/second/approvals`, full));
    });

    test('conditions stand with the field whose value they ask for', async () => {
      const path = await create();
      const fields = `${path}/documents/first/approvals/block/fields`;
      for (const id of ['married', 'spouse', 'children']) await ok(owner.post(`${fields}`, { ...input, id }));
      const named = (field) => `document['first'].field['${field}']`;
      const condition = (id, field, other) => ({ id, condition: `${named(field)}.value == 'X'`, action: `${named(other)}.disabled = false` });
      const set = (field, conditions) => ok(owner.put(`${fields}/${field}/conditionalFields`, { ...input, id: field, conditions }));
      const both = [condition('1', 'married', 'spouse'), condition('2', 'married', 'children')];
      assert.deepEqual((await set('married', both)).conditions, both);
      await set('children', [condition('3', 'children', 'spouse')]);
      assert.deepEqual((await read(path)).conditions.map(({ id }) => id), ['1', '2', '3']);
      const [one] = both;
      await set('married', [one]);
      assert.deepEqual((await read(path)).conditions.map(({ id }) => id), ['3', '1']);

      const found = await read(`${path}/referencedConditions`);
      assert.deepEqual(found.documents.map(({ documentId, fields: list }) => [documentId, list.map(({ fieldId, referencedInCondition, referencedInAction }) => [fieldId, referencedInCondition.map(({ id }) => id), referencedInAction.map(({ id }) => id)])]),
        [['first', [['married', ['1'], []], ['spouse', [], ['3', '1']], ['children', ['3'], []]]]]);
      const narrow = await read(`${path}/referencedConditions?documentId=first&fieldId=spouse`);
      assert.deepEqual(narrow.documents[0].fields.map(({ fieldId }) => fieldId), ['spouse']);
      assert.deepEqual((await read(`${path}/referencedConditions?documentId=second`)).documents, []);
      assertError(await owner.get(`${path}/referencedConditions?documentId=none`), 404, 'error.notFound.documentNotFound');
      for (const conditions of [[{ id: '', condition: 'a', action: 'b' }], [{ condition: 'a', action: 'b' }], 'x']) {
        const refused = await owner.put(`${fields}/married/conditionalFields`, { ...input, conditions });
        assert.equal(refused.status, 400);
        assert.match(refused.body.technical, /^conditions/);
      }
    });

    test('conditions are as many as a package may show and take back', async () => {
      const path = await create();
      const fields = `${path}/documents/first/approvals/block/fields`;
      for (const id of ['one', 'two']) await ok(owner.post(fields, { ...input, id }));
      const conditions = (count, field) => Array.from({ length: count }, (_, i) => ({ id: `${field}${i}`, condition: `document['first'].field['${field}'].value == '${i}'`, action: 'x' }));
      const set = (field, count) => owner.put(`${fields}/${field}/conditionalFields`, { ...input, conditions: conditions(count, field) });
      assertError(await set('one', 1001), 400, 'error.validation.invalidField');
      await ok(set('one', 1000));
      assertError(await set('two', 1), 400, 'error.validation.invalidField');
      const shown = await read(path);
      assert.equal(shown.conditions.length, 1000);
      await ok(owner.put(path, shown));
    });

    test('conditions that name many fields cost the answer no more than its limit', async () => {
      const names = Array.from({ length: 1500 }, (_, i) => `document['first'].field['${i}']`).join(' ');
      const conditions = Array.from({ length: 20 }, (_, i) => ({ id: `${i}`, condition: names, action: 'x' }));
      const path = await create({ conditions });
      assertError(await owner.get(`${path}/referencedConditions`), 413, 'error.validation.bodyTooLarge');
      assert.deepEqual((await read(`${path}/referencedConditions?documentId=first&fieldId=7`)).documents, [], 'no such field is there');
    });

    test('what a signer can still sign', async () => {
      const path = await create();
      await ok(owner.post(`${path}/documents/second/approvals`, { id: 'off', role: 'Role2', disabled: true }));
      await ok(owner.post(`${path}/documents/second/approvals`, { id: 'on', role: 'Role2', fields: [signature] }));
      const { count, results } = await read(`${path}/signers/bob/approvals`);
      assert.equal(count, 2);
      assert.deepEqual(results.map(({ id }) => id).slice(1), ['on'], 'the acceptance of the consent comes first');
      assert.deepEqual((await read(`${path}/documents/second/signers/bob/approvals`)).map(({ id }) => id), ['on']);
      assert.deepEqual(await read(`${path}/signers/nobody/approvals`), { count: 0, results: [] });
      assert.deepEqual(await read(`${path}/documents/first/signers/nobody/approvals`), []);
      assertError(await owner.get(`${path}/documents/none/signers/bob/approvals`), 404, 'error.notFound.documentNotFound');
    });

    test('the status of signing, for a package, a signer, a document', async () => {
      const path = await create();
      const status = async (query = '') => (await read(`${path}/signingStatus${query}`)).status;
      assert.equal(await status(), 'DRAFT');
      await ok(owner.put(path, { status: 'SENT' }));
      for (const query of ['', '?signer=&document=', '?signer=bob', '?signer=BOB@example.com', '?document=first']) assert.equal(await status(query), 'SIGNING_PENDING', query);
      assert.equal(await status('?document=second'), 'SIGNING_COMPLETED', 'nobody has anything to sign there');
      assertError(await owner.get(`${path}/signingStatus?signer=nobody`), 404, 'error.notFound.signerNotFound');
      assertError(await owner.get(`${path}/signingStatus?document=none`), 404, 'error.notFound.documentNotFound');
      await ok(owner.put(path, { trashed: true }));
      assert.equal(await status(), 'DELETED');
    });

    test('the summary has the fields with a value, for the account only', async () => {
      const path = await create({ status: 'DRAFT' });
      await ok(owner.post(`${path}/documents/first/approvals/block/fields`, { ...input, id: 'title', name: 'Title', value: 'Director' }));
      const { roles } = await read(path);
      const signerId = roles.find(({ id }) => id === 'Role1').signers[0].id;
      assert.deepEqual(await read(`${path}/fieldSummary`), [{ signerId, documentId: 'first', fieldId: 'title', fieldName: 'Title', fieldValue: 'Director' }]);
      await ok(owner.put(path, { status: 'SENT' }));
      const { sessionToken } = (await owner.post(`/api/sessions?package=${path.split('/').pop()}&signer=ann@example.com`)).body;
      const signer = new SessionClient(server, sessionToken);
      assertError(await signer.get(`${path}/fieldSummary`), 403);
      assert.equal((await signer.get(`${path}/documents/first/approvals/block`)).status, 200);
    });
  });
}
