// package_roles.test.mjs – the roles of a transaction: adding, replacing, removing, their order, and who may.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, sendablePackage, startServing, stopServing } from './lib/server.mjs';
import { assertError, createSender, SessionClient } from './lib/callers.mjs';

const bob = { email: 'bob@example.com', firstName: 'Bob', lastName: 'Ray' };

for (const engine of engines) {
  describe(`roles of packages on ${engine}`, () => {
    let installation, account, server, owner;
    const create = async (body = sendablePackage()) => {
      const { status, body: made } = await owner.post('/api/packages', body);
      assert.equal(status, 200, JSON.stringify(made));
      return `/api/packages/${encodeURIComponent(made.id)}`;
    };
    const ok = async (answer) => {
      const { status, body } = await answer;
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };
    const read = (path) => ok(owner.get(path));
    const consentRoles = ({ documents }) => documents.find(({ id }) => id === 'default-consent').approvals.map(({ role }) => role);

    before(async () => ({ installation, account, server, owner } = await startServing(engine)));
    after(() => stopServing(server, installation));

    test('a role is added with its signer, and accepts the consent', async () => {
      const path = await create();
      const role = await ok(owner.post(`${path}/roles`, { id: 'Role2', index: 1, signers: [{ ...bob, id: 'bob' }], attachmentRequirements: [{ id: 'mine', name: 'Licence' }] }));
      assert.equal(role.id, 'Role2');
      assert.equal(role.type, 'SIGNER');
      const [signer] = role.signers;
      assert.deepEqual([signer.id, signer.name, signer.signerType, signer.auth.scheme, signer.notificationMethods], ['bob', 'Bob Ray', 'EXTERNAL_SIGNER', 'NONE', { primary: ['EMAIL'] }]);
      assert.notEqual(role.attachmentRequirements[0].id, 'mine', 'the server chooses these ids');
      const shown = await read(path);
      assert.deepEqual(shown.roles.find(({ id }) => id === 'Role2'), role);
      assert.deepEqual(consentRoles(shown), ['Role1', 'Role2']);
      assert.ok(shown.updated > shown.created);
      assert.deepEqual(await read(`${path}/roles`), { count: 3, results: shown.roles });
    });

    test('a role is found by its id and by the id of its signer', async () => {
      const path = await create();
      const role = await ok(owner.post(`${path}/roles`, { signers: [bob] }));
      assert.deepEqual(await read(`${path}/roles/${role.id}`), role);
      assert.deepEqual(await read(`${path}/roles/${role.signers[0].id}`), role);
      assertError(await owner.get(`${path}/roles/nobody`), 404, 'error.notFound.roleNotFound');
    });

    test('a placeholder gets its signer later, by SDKs under the id of the role', async () => {
      const path = await create();
      const { id } = await ok(owner.post(`${path}/roles`, { id: 'Later', name: 'The buyer', signers: [] }));
      const filled = await ok(owner.put(`${path}/roles/${id}`, { id: 'ignored', name: 'The buyer', signers: [bob] }));
      assert.deepEqual([filled.id, filled.name, filled.signers[0].email], ['Later', 'The buyer', bob.email]);
      const again = await ok(owner.put(`${path}/roles/${filled.signers[0].id}`, { signers: [{ ...bob, company: 'Acme' }] }));
      assert.equal(again.signers[0].id, filled.signers[0].id, 'the same person keeps the id');
      assert.equal(again.signers[0].company, 'Acme');
      assert.equal(again.name, 'Later', 'what is not sent is replaced too');
    });

    test('a requirement that is sent back keeps its id', async () => {
      const path = await create();
      const role = await ok(owner.post(`${path}/roles`, { signers: [bob], attachmentRequirements: [{ name: 'Licence' }, { name: 'Passport' }] }));
      const [licence] = role.attachmentRequirements;
      const changed = await ok(owner.put(`${path}/roles/${role.id}`, { ...role, attachmentRequirements: [{ ...licence, description: 'Both sides' }, { name: 'Invoice' }] }));
      assert.deepEqual(changed.attachmentRequirements.map(({ id, name }) => [id === licence.id, name]), [[true, 'Licence'], [false, 'Invoice']]);
    });

    test("a role's approvals go with it, and those of others stay", async () => {
      const [document] = sendablePackage().documents;
      const signature = { type: 'SIGNATURE', subtype: 'INITIALS' };
      const path = await create(sendablePackage({
        roles: [...sendablePackage().roles, { id: 'Role2', signers: [bob] }],
        documents: [{ ...document, approvals: ['Role1', 'Role2', 'Role1'].map((role) => ({ role, fields: [signature] })) }],
      }));
      await ok(owner.delete(`${path}/roles/Role1`));
      const shown = await read(path);
      assert.ok(!shown.roles.some(({ id }) => id === 'Role1'));
      assert.deepEqual(shown.documents.map(({ approvals }) => approvals.map(({ role }) => role)), [['Role2'], ['Role2']]);
      assertError(await owner.delete(`${path}/roles/Role1`), 404, 'error.notFound.roleNotFound');
    });

    test('the owner keeps a role', async () => {
      const path = await create();
      const { roles } = await read(path);
      const { id } = roles.find(({ type }) => type === 'SENDER');
      assertError(await owner.delete(`${path}/roles/${id}`), 400, 'error.validation.invalidField');
      assertError(await owner.put(`${path}/roles/${id}`, { type: 'SIGNER', signers: [bob] }), 400, 'error.validation.invalidField');
      assert.deepEqual((await read(path)).roles, roles);
    });

    test('the signing order is set by whole roles or by ids', async () => {
      const path = await create();
      const role = await ok(owner.post(`${path}/roles`, { id: 'Role2', signers: [bob] }));
      const { results } = await ok(owner.put(`${path}/roles`, [{ id: 'Role1', index: 2 }, { ...role, index: 1 }]));
      assert.deepEqual(results.filter(({ type }) => type === 'SIGNER').map(({ id, index }) => [id, index]), [['Role1', 2], ['Role2', 1]]);
      assert.deepEqual((await read(path)).roles, results);
      for (const [list, at] of [[[{ id: 'Role1', index: 5 }, { id: 'nobody', index: 1 }], /\[1\]\.id/], [[{ id: 'Role1', index: -1 }], /\[0\]/], [[{ id: 'Role1' }], /\[0\]/], [['Role1'], /\[0\]/]]) {
        const refused = await owner.put(`${path}/roles`, list);
        assert.ok([400, 404].includes(refused.status));
        assert.match(refused.body.technical, at);
      }
      assertError(await owner.put(`${path}/roles`, { id: 'Role1', index: 1 }), 400, 'error.validation.invalidJson');
      assert.deepEqual((await read(path)).roles, results, 'a refusal changes nothing');
    });

    test('what cannot be a role is refused by name, and changes nothing', async () => {
      await createSender(owner, `colleague-${engine}@bank.example`);
      const path = await create();
      const before = await read(path);
      const colleague = { email: `colleague-${engine}@bank.example`, firstName: 'C', lastName: 'D' };
      await ok(owner.post(`${path}/roles`, { id: 'Colleague', signers: [colleague] }));
      const refusals = [
        [{ id: 'Role1', signers: [bob] }, 'id: already used by another role'],
        [{ id: 'a/b' }, 'id: at most 255 bytes, without control characters and `/`'],
        [{ type: 'WITNESS' }, 'type: must be SIGNER or SENDER'],
        [{ signers: [bob, bob] }, 'signers: a role has one signer'],
        [{ signers: [{ ...bob, email: 'bob' }] }, 'signers[0].email: not an e-mail address'],
        [{ signers: [{ ...bob, firstName: '' }] }, 'signers[0].firstName'],
        [{ signers: [{ ...colleague, firstName: 'E' }] }, 'signers[0].email: already the signer of another role'],
        [{ signers: [{ email: 'ANN@example.com', firstName: 'Ann', lastName: 'Lee' }] }, 'signers[0].email: already the signer of another role'],
        [{ attachmentRequirements: [{ name: 'x'.repeat(256) }] }, 'attachmentRequirements[0]: name and description may have 255 characters'],
        [{ index: 'first' }, 'index: must be a whole number'],
      ];
      for (const [body, technical] of refusals) {
        const refused = await owner.post(`${path}/roles`, body);
        assert.equal(refused.status, 400, JSON.stringify(body));
        assert.ok(refused.body.technical.startsWith(technical), refused.body.technical);
      }
      assertError(await owner.post(`${path}/roles`, [{ id: 'Role9' }]), 400, 'error.validation.invalidJson');
      await ok(owner.delete(`${path}/roles/Colleague`));
      assert.deepEqual({ ...(await read(path)), updated: null }, { ...before, updated: null });
      assert.equal((await owner.post(`${path}/roles`, { signers: [{ email: 'ann@example.com', firstName: 'Andrew', lastName: 'Lee' }] })).status, 200, 'outside signers may share an address');
    });

    test('a package that has been sent keeps its roles', async () => {
      const path = await create(sendablePackage({ status: 'SENT' }));
      for (const [method, at, body] of [['POST', '/roles', { signers: [bob] }], ['PUT', '/roles', []], ['PUT', '/roles/Role1', { signers: [bob] }], ['DELETE', '/roles/Role1']]) {
        assertError(await owner.request(method, path + at, body), 400, 'error.validation.package.notDraft');
      }
      const role = await ok(owner.post(`${path}/roles/Role1/unlock`));
      assert.equal(role.locked, false, 'an unlocked signer may be unlocked');
    });

    test("signers see the roles of their package, and nobody's answers", async () => {
      const auth = { scheme: 'CHALLENGE', challenges: [{ question: 'Your dog?', answer: 'Rex' }] };
      const path = await create(sendablePackage({ status: 'SENT', roles: [{ id: 'Role1', signers: [{ ...sendablePackage().roles[0].signers[0], auth }] }] }));
      const { sessionToken } = (await owner.post(`/api/sessions?package=${path.split('/').pop()}&signer=ann@example.com`)).body;
      const signer = new SessionClient(server, sessionToken);
      for (const at of ['/roles/Role1', '/roles']) {
        const answer = await signer.get(path + at);
        assert.equal(answer.status, 200);
        assert.doesNotMatch(answer.bytes.toString(), /Rex|Your dog/);
        assert.match((await owner.get(path + at)).bytes.toString(), /Rex/);
      }
      assertError(await signer.post(`${path}/roles`, { signers: [bob] }), 403);
      assertError(await signer.get(`${await create()}/roles`), 403);
    });

    test('a search for a signer finds the roles as they are now', async () => {
      const path = await create({ ...sendablePackage(), name: 'Search of people' });
      await ok(owner.post(`${path}/roles`, { id: 'Zed', signers: [{ email: 'zed@example.com', firstName: 'Zedediah', lastName: 'Quux' }] }));
      await ok(owner.post('/api/notifications/endpoints', { url: 'http://127.0.0.1:9/', events: ['PACKAGE_TRASH'] }));
      await ok(owner.put(path, { trashed: true }));
      const deliveries = (signer) => ok(owner.get(`/api/notifications/deliveries?signer=${signer}`));
      assert.equal((await deliveries('zedediah')).count, 1);
      await ok(owner.delete(`${path}/roles/Zed`));
      assert.equal((await deliveries('zedediah')).count, 0);
    });

    test('changes of two callers at once all count', async () => {
      const path = await create();
      const ids = Array.from({ length: 12 }, (_, i) => `Crowd${i}`);
      await Promise.all(ids.map((id) => ok(owner.post(`${path}/roles`, { id, signers: [{ ...bob, email: `${id}@example.com` }] }))));
      const shown = await read(path);
      assert.deepEqual(shown.roles.map(({ id }) => id).filter((id) => id.startsWith('Crowd')).sort(), [...ids].sort());
      assert.equal(consentRoles(shown).length, 13);
    });
  });
}
