// clone.test.mjs – templates and copies: what is copied, what is replaced, who may, and that no copy shares anything with its source.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, pdf, sendablePackage } from './lib/server.mjs';
import { assertError, apiToken, createApp, createSender } from './lib/callers.mjs';

const bob = { email: 'bob@example.com', firstName: 'Bob', lastName: 'Ray' };

for (const engine of engines) {
  describe(`copies of packages on ${engine}`, () => {
    let installation, account, server, owner, regular, person;
    const ok = async (answer) => {
      const { status, body } = await answer;
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };
    const at = (id) => `/api/packages/${encodeURIComponent(id)}`;
    const create = async (body, client = owner) => (await ok(client.post('/api/packages', body))).id;
    const clone = async (id, body, client = owner) => {
      const answer = await ok(client.post(`${at(id)}/clone`, body));
      assert.deepEqual(Object.keys(answer), ['id']);
      return answer.id;
    };
    const read = (id, client = owner) => ok(client.get(at(id)));
    const eventsOf = async (id) => (await ok(owner.get('/api/notifications/events?limit=1000'))).results.filter(({ packageId }) => packageId === id).map(({ name }) => name);
    const template = (more = {}) => {
      const [document] = sendablePackage().documents;
      return {
        type: 'TEMPLATE', name: 'Lease', description: 'A lease', data: { form: '7' }, settings: { ceremony: { inPerson: true } },
        roles: [{ id: 'tenant', name: 'Tenant', index: 1, signers: [], attachmentRequirements: [{ name: 'Licence' }] }, { id: 'agent', name: 'Agent', signers: [bob] }],
        documents: [{ ...document, id: 'lease', name: 'Lease', base64Content: pdf('lease').toString('base64'), approvals: [{ id: 'block', role: 'tenant', fields: [{ id: 'sign', type: 'SIGNATURE', subtype: 'INITIALS' }] }] }],
        ...more,
      };
    };

    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      server = await Server.start(installation);
      owner = Client.withKey(server, account);
      person = await createSender(owner, `regular-${engine}@bank.example`);
      regular = await apiToken(server, await createApp(owner), person.email);
    });
    after(async () => {
      await server?.stop();
      installation?.remove();
    });

    test('an SDK makes a package of a template: no roles are sent, then each is filled by its name', async () => {
      const source = await create(template());
      const id = await clone(source, { name: 'Lease of Ann', roles: [], autocomplete: false });
      const made = await read(id);
      assert.deepEqual([made.type, made.status, made.name, made.description, made.autocomplete, made.settings.ceremony.inPerson], ['PACKAGE', 'DRAFT', 'Lease of Ann', 'A lease', false, true]);
      assert.deepEqual(made.data, { form: '7', origin: 'api' });
      const tenant = made.roles.find(({ name }) => name === 'Tenant');
      assert.deepEqual([tenant.signers, tenant.index], [[], 1]);
      await ok(owner.put(`${at(id)}/roles/${tenant.id}`, { ...tenant, signers: [{ email: 'ann@example.com', firstName: 'Ann', lastName: 'Lee' }] }));
      assert.deepEqual(made.documents.map((document) => document.id), ['default-consent', 'lease']);
      assert.deepEqual(made.documents[1].approvals.map((approval) => [approval.id, approval.role, approval.fields[0].subtype]), [['block', tenant.id, 'INITIALS']]);
      assert.ok((await owner.get(`${at(id)}/documents/lease/pdf`)).bytes.equals(pdf('lease')));
      await ok(owner.post(at(id), { status: 'SENT' }));
      assert.deepEqual(await eventsOf(source), ['TEMPLATE_CREATE']);
      assert.deepEqual(await eventsOf(id), ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE']);
      await ok(owner.delete(at(source)));
      assert.ok((await owner.get(`${at(id)}/documents/lease/pdf`)).bytes.equals(pdf('lease')), 'a copy outlives its source');
    });

    test('a template is made of a package that has been sent, without what happened to it', async () => {
      const source = await create(sendablePackage({ status: 'SENT', due: new Date(Date.now() + 864e5).toISOString() }));
      await ok(owner.post(at(source), { status: 'DECLINED', messages: [{ content: 'no', from: { id: 'Role1' } }] }));
      const id = await clone(source, { name: 'As a template', type: 'TEMPLATE' });
      const made = await read(id);
      assert.deepEqual([made.type, made.status, made.messages, made.trashed, made.completed], ['TEMPLATE', 'DRAFT', [], false, undefined]);
      assert.ok(made.created > (await read(source)).created);
      assert.deepEqual(await eventsOf(id), ['TEMPLATE_CREATE']);
    });

    test('roles of the body replace signers by id or name, and others are added', async () => {
      const source = await create(template());
      const [ann, cyd] = ['ann', 'cyd'].map((name) => ({ email: `${name}@example.com`, firstName: name, lastName: 'Lee' }));
      const id = await clone(source, { roles: [{ name: 'Tenant', signers: [ann] }, { id: 'agent', signers: [{ ...bob, company: 'Acme' }] }, { id: 'witness', name: 'Witness', signers: [cyd] }] });
      const { roles, name, documents } = await read(id);
      assert.equal(name, 'Lease');
      assert.deepEqual(roles.filter(({ type }) => type === 'SIGNER').map((role) => [role.id, role.signers[0].email, role.signers[0].company]), [['tenant', ann.email, ''], ['agent', bob.email, 'Acme'], ['witness', cyd.email, '']]);
      assert.deepEqual(documents[0].approvals.map(({ role }) => role), ['tenant', 'agent', 'witness'], 'each accepts the consent');
      const sent = await clone(source, { status: 'SENT', roles: [{ name: 'Tenant', signers: [ann] }] });
      assert.deepEqual(await eventsOf(sent), ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE']);
      assertError(await owner.post(`${at(source)}/clone`, { status: 'SENT' }), 400, 'error.validation.package.notSendable');
    });

    test('a consent that was removed stays away, a date that has passed too', async () => {
      const source = await create(sendablePackage());
      await ok(owner.delete(`${at(source)}/documents/default-consent`));
      const { documents } = await read(await clone(source, {}));
      assert.deepEqual(documents.map(({ name, index }) => [name, index]), [['Contract', 0]]);
    });

    test('whoever copies owns the copy; a shared template is read and copied by colleagues, and changed by nobody else', async () => {
      const shared = await create(template({ name: 'Shared', visibility: 'ACCOUNT' }));
      const own = await create(template({ name: 'Own', visibility: 'SENDER' }));
      const id = await clone(shared, { name: 'Copy' }, regular);
      const made = await read(id, regular);
      assert.equal(made.sender.id, person.id);
      assert.deepEqual(made.roles.filter(({ type }) => type === 'SENDER').map(({ signers }) => signers[0].id), [person.id]);
      assert.equal((await regular.get(at(shared))).status, 200);
      for (const [method, path, body] of [['PUT', '', { name: 'x' }], ['DELETE', ''], ['POST', '/roles', { signers: [bob] }], ['DELETE', '/roles/agent']]) assertError(await regular.request(method, at(shared) + path, body), 403);
      assertError(await regular.get(at(own)), 403);
      assertError(await regular.post(`${at(own)}/clone`, { name: 'x' }), 403);
      const found = async (query) => (await ok(regular.get(`/api/packages?${query}`))).results.map(({ name }) => name);
      assert.deepEqual((await found('type=TEMPLATE&visibility=ACCOUNT')).includes('Shared'), true);
      assert.deepEqual(await found('type=template'), [], 'nothing of its own');
      const sent = await create(sendablePackage({ visibility: 'ACCOUNT' }));
      assertError(await regular.post(`${at(sent)}/clone`, {}), 403, undefined, 'a package is not shared by its visibility');
    });

    test('another owner is named by who may act for all', async () => {
      const source = await create(template());
      const id = await clone(source, { sender: { email: person.email.toUpperCase() } });
      assert.equal((await read(id)).sender.id, person.id);
      assert.equal((await regular.get(at(id))).status, 200);
      const made = await create({ name: 'For a colleague', sender: { id: person.id } });
      assert.equal((await read(made)).sender.id, person.id);
      assert.equal((await read(await create({ name: 'Mine', sender: { email: account.email } }))).sender.id, account.ownerId);
      assertError(await owner.post(`${at(source)}/clone`, { sender: { email: 'nobody@elsewhere.example' } }), 404, 'error.notFound.userNotFound');
      assertError(await regular.post('/api/packages', { name: 'x', sender: { email: account.email } }), 403, 'error.forbidden.noPermission');
      const other = await createAccount(installation, `Other ${engine}`);
      assertError(await owner.post('/api/packages', { name: 'x', sender: { email: other.email } }), 404, 'error.notFound.userNotFound');
    });

    test('what cannot be copied is refused', async () => {
      assertError(await owner.post(`${at('nothing')}/clone`, { name: 'x' }), 404, 'error.notFound.packageNotFound');
      const source = await create(template());
      for (const [body, technical] of [[{ name: 7 }, /^name/], [{ type: 'BOOK' }, /^type/], [{ status: 'COMPLETED' }, /^status/], [{ roles: [{ name: 'Tenant', signers: [{ email: 'x' }] }] }, /^roles\[0\]\.signers\[0\]/]]) {
        const refused = await owner.post(`${at(source)}/clone`, body);
        assert.equal(refused.status, 400, JSON.stringify(refused.body));
        assert.match(refused.body.technical, technical);
      }
    });
  });
}
