// packages.test.mjs – transactions over REST, as SDKs use them.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, pdf, sendablePackage, startServing, stopServing } from './lib/server.mjs';
import { Meter, meteredEnvironment } from './lib/meter.mjs';

for (const engine of engines) {
  describe(`packages on ${engine}`, () => {
    let installation, account, server, owner;
    const create = async (body) => {
      const made = await owner.post('/api/packages', body);
      assert.equal(made.status, 200, made.bytes.toString());
      return made.body.id;
    };
    const read = async (id) => (await owner.get(`/api/packages/${id}`)).body;
    const events = async (id) => (await owner.get('/api/notifications/events?limit=1000')).body.results.filter((e) => e.packageId === id);

    before(async () => ({ installation, account, server, owner } = await startServing(engine)));
    after(() => stopServing(server, installation));

    test('a copy of a package brings the consent along: the other documents keep their contents', async () => {
      const content = (text) => pdf(text).toString('base64');
      const named = (name, more = {}) => ({ id: name, name, base64Content: content(name), ...more });
      const consents = [{ id: 'default-consent', name: 'Consent' }, named('default-consent')];
      for (const documents of consents.flatMap((consent) => [[consent, named('a'), named('b')], [named('a'), consent, named('b')]])) {
        const id = await create({ name: 'A copy', documents });
        assert.deepEqual((await read(id)).documents.map((document) => document.id), ['default-consent', 'a', 'b']);
        for (const name of ['a', 'b']) {
          const { bytes } = await owner.get(`/api/packages/${id}/documents/${name}/pdf`);
          assert.ok(bytes.equals(pdf(name)), `another document's content is in ${name}`);
        }
      }
      const form = new FormData();
      form.append('payload', JSON.stringify({ name: 'A copy', documents: [consents[0], { id: 'a', name: 'a.pdf' }, { id: 'b', name: 'b.pdf' }] }));
      for (const name of ['b', 'a']) form.append('file', new Blob([pdf(name)]), `${name}.pdf`);
      const id = await create(form);
      for (const name of ['a', 'b']) assert.ok((await owner.get(`/api/packages/${id}/documents/${name}/pdf`)).bytes.equals(pdf(name)), name);
    });

    test('a created package has all that the server adds', async () => {
      const made = await owner.post('/api/packages', sendablePackage({ data: { sdk: 'Java v11.68.0' } }));
      assert.deepEqual(Object.keys(made.body), ['id']);
      assert.match(made.body.id, /^[A-Za-z0-9_-]{27}=$/);
      const p = await read(made.body.id);
      assert.equal(p.id, made.body.id);
      assert.equal(p.status, 'DRAFT');
      assert.equal(p.type, 'PACKAGE');
      assert.equal(p.autocomplete, true);
      assert.equal(p.visibility, 'ACCOUNT');
      assert.equal(p.trashed, false);
      assert.deepEqual(p.data, { sdk: 'Java v11.68.0', origin: 'api' });
      assert.equal(p.sender.id, account.ownerId);
      assert.equal(p.sender.email, account.email);
      assert.equal(p.sender.name, `${p.sender.firstName} ${p.sender.lastName}`);
      assert.equal(p.sender.external, undefined, 'an object for the SDKs, or nothing');
      const ownerRole = p.roles.find((r) => r.type === 'SENDER');
      assert.equal(ownerRole.signers[0].id, account.ownerId);
      const role = p.roles.find((r) => r.id === 'Role1');
      const [signer] = role.signers;
      assert.equal(signer.signerType, 'EXTERNAL_SIGNER');
      assert.equal(signer.name, 'Ann Lee');
      assert.deepEqual([signer.auth.scheme, signer.auth.challenges], ['NONE', []]);
      assert.ok(signer.delivery);
      const [consent, contract] = p.documents;
      assert.equal(consent.id, 'default-consent');
      assert.equal(consent.index, 0);
      assert.deepEqual(consent.approvals.map((a) => [p.roles.some((r) => r.id === a.role), a.fields]), consent.approvals.map(() => [true, []]));
      assert.ok(consent.approvals.some((a) => a.role === 'Role1'));
      assert.equal(contract.name, 'Contract');
      assert.match(contract.id, /^[0-9a-f]{48}$/);
      assert.equal(contract.base64Content, undefined);
      assert.equal(contract.pages.length, 1);
      assert.deepEqual([contract.pages[0].width, contract.pages[0].height], [612, 792]);
      assert.equal(contract.size, pdf().length);
    });

    test('a package that is deleted while it is read is whole, or not there', async () => {
      for (let i = 0; i < 30; i++) {
        const { body: { id } } = await owner.post('/api/packages', { name: 'Going' });
        const reads = Array.from({ length: 12 }, () => owner.get(`/api/packages/${id}`));
        const [, ...answers] = await Promise.all([owner.delete(`/api/packages/${id}`), ...reads]);
        for (const { status, body } of answers) assert.ok(status === 404 || body.documents.length > 0, JSON.stringify(body));
      }
      for (let i = 0; i < 15; i++) {
        const { body: { id } } = await owner.post('/api/packages', { name: 'Listed' });
        const lists = Array.from({ length: 8 }, () => owner.get('/api/packages?search=Listed'));
        const [, ...answers] = await Promise.all([owner.delete(`/api/packages/${id}`), ...lists]);
        for (const { body } of answers) assert.ok(body.results.every(({ documents }) => documents.length > 0));
      }
    });

    test('no null is sent', async () => {
      const id = await create(sendablePackage({ description: null, emailMessage: null }));
      const raw = (await owner.get(`/api/packages/${id}`)).bytes.toString();
      assert.ok(!raw.includes(':null'), raw.match(/"\w+":null/)?.[0]);
    });

    for (const order of ['payload first', 'file first']) {
      test(`multipart, ${order}: the document is stored byte for byte`, async () => {
        const content = pdf(`Multipart, ${order}`);
        const form = new FormData();
        const payload = new Blob([JSON.stringify(sendablePackage({ documents: [{ id: 'doc1', name: 'Terms' }] }))], { type: 'text/plain; charset=UTF-8' });
        const file = () => form.append('file', new Blob([content], { type: 'application/pdf' }), 'Terms');
        if (order === 'file first') file();
        form.append('payload', payload);
        if (order === 'payload first') file();
        const made = await owner.post('/api/packages', form);
        assert.equal(made.status, 200, made.bytes.toString());
        const got = await owner.get(`/api/packages/${made.body.id}/documents/doc1/pdf`);
        assert.equal(got.status, 200);
        assert.deepEqual(got.bytes, content);
        assert.equal(got.headers.get('content-disposition'), "attachment; filename*=UTF-8''Terms.pdf");
      });
    }

    test('two files find their documents by name, whatever their order', async () => {
      const form = new FormData();
      form.append('file', new Blob([pdf('second')]), 'Second');
      form.append('file', new Blob([pdf('first')]), 'First');
      form.append('payload', JSON.stringify({ name: 'Two', documents: [{ id: 'a', name: 'First' }, { id: 'b', name: 'Second' }] }));
      const { body } = await owner.post('/api/packages', form);
      assert.deepEqual((await owner.get(`/api/packages/${body.id}/documents/a/pdf`)).bytes, pdf('first'));
      assert.deepEqual((await owner.get(`/api/packages/${body.id}/documents/b/pdf`)).bytes, pdf('second'));
    });

    test('the consent document is a PDF; an unknown document is not there', async () => {
      const id = await create({ name: 'Consent' });
      const consent = await owner.get(`/api/packages/${id}/documents/default-consent/pdf`);
      assert.equal(consent.bytes.subarray(0, 5).toString(), '%PDF-');
      const unknown = await owner.get(`/api/packages/${id}/documents/nothing/pdf`);
      assert.equal(unknown.status, 404);
      assert.equal(unknown.body.messageKey, 'error.notFound.documentNotFound');
    });

    test('a document that is no PDF is refused', async () => {
      for (const content of [Buffer.from('hello'), Buffer.from('%PDF-1.4\nbroken'), Buffer.alloc(0)]) {
        const refused = await owner.post('/api/packages', sendablePackage({ documents: [{ name: 'x', base64Content: content.toString('base64') }] }));
        assert.equal(refused.status, 400);
        assert.match(refused.body.technical, /documents\[0\]/);
      }
    });

    test('draft, sent, back to draft: each move raises its event', async () => {
      const id = await create(sendablePackage());
      assert.equal((await owner.put(`/api/packages/${id}`, { status: 'SENT' })).status, 200);
      assert.equal((await read(id)).status, 'SENT');
      assert.equal((await owner.post(`/api/packages/${id}`, { status: 'DRAFT' })).status, 200);
      assert.equal((await read(id)).status, 'DRAFT');
      const raised = await events(id);
      assert.deepEqual(raised.map((e) => e.name), ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'PACKAGE_DEACTIVATE']);
      assert.ok(raised.every((e) => e.sessionUser === account.ownerId));
    });

    test('create and send in one call', async () => {
      const id = await create(sendablePackage({ status: 'SENT' }));
      assert.equal((await read(id)).status, 'SENT');
      assert.deepEqual((await events(id)).map((e) => e.name), ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE']);
    });

    test('a template raises its own event', async () => {
      const id = await create({ name: 'Template', type: 'TEMPLATE', roles: [{ id: 'Customer', signers: [] }] });
      assert.deepEqual((await events(id)).map((e) => e.name), ['TEMPLATE_CREATE']);
    });

    test('trash, restore, delete', async () => {
      const id = await create({ name: 'Trash me' });
      await owner.post(`/api/packages/${id}`, { trashed: true });
      assert.equal((await read(id)).trashed, true);
      assert.ok((await owner.get('/api/packages?query=trashed')).body.results.some((p) => p.id === id));
      assert.ok(!(await owner.get('/api/packages?from=1&to=100')).body.results.some((p) => p.id === id));
      await owner.post(`/api/packages/${id}`, { trashed: false });
      assert.equal((await owner.delete(`/api/packages/${id}`)).status, 200);
      assert.equal((await owner.get(`/api/packages/${id}`)).status, 404);
      assert.equal((await owner.delete(`/api/packages/${id}`)).status, 404);
      assert.deepEqual((await events(id)).map((e) => e.name), ['PACKAGE_CREATE', 'PACKAGE_TRASH', 'PACKAGE_RESTORE', 'PACKAGE_DELETE']);
    });

    test('forbidden moves are refused and change nothing', async () => {
      const id = await create(sendablePackage());
      for (const status of ['COMPLETED', 'ARCHIVED', 'DECLINED', 'EXPIRED', 'OPTED_OUT']) {
        const refused = await owner.post(`/api/packages/${id}`, { status });
        assert.equal(refused.status, 400, status);
        assert.equal(refused.body.messageKey, 'error.validation.cannotChangePackageStatus');
        assert.equal(refused.body.message, 'Cannot change package status.');
        assert.equal(refused.body.name, 'Validation Error');
      }
      assert.deepEqual((await events(id)).map((e) => e.name), ['PACKAGE_CREATE']);
    });

    test('declining needs a reason, and gives it to the event', async () => {
      const id = await create(sendablePackage({ status: 'SENT' }));
      const bare = await owner.post(`/api/packages/${id}`, { status: 'DECLINED' });
      assert.equal(bare.body.messageKey, 'error.validation.optOut.invalidComment');
      const declined = await owner.post(`/api/packages/${id}`, { status: 'DECLINED', messages: [{ from: { id: 'Role1' }, content: 'Too expensive' }] });
      assert.equal(declined.status, 200, declined.bytes.toString());
      const last = (await events(id)).at(-1);
      assert.deepEqual([last.name, last.message], ['PACKAGE_DECLINE', 'Too expensive']);
      const { messages } = await read(id);
      assert.equal(messages[0].content, 'Too expensive');
      assert.equal(messages[0].from.email, 'ann@example.com');
    });

    test('an approval must name a role that is there', async () => {
      const without = await owner.post('/api/packages', sendablePackage({ documents: [{ name: 'x', base64Content: pdf().toString('base64'), approvals: [{ fields: [] }] }] }));
      assert.equal(without.body.messageKey, 'error.validation.validateApproval.noRolesOnApproval');
      const unknown = await owner.post('/api/packages', sendablePackage({ documents: [{ name: 'x', base64Content: pdf().toString('base64'), approvals: [{ role: 'Nobody', fields: [] }] }] }));
      assert.equal(unknown.status, 400);
      assert.match(unknown.body.technical, /documents\[0\]\.approvals\[0\]\.role/);
    });

    test('a search finds names in any case, also beyond ASCII, and after they have changed', async () => {
      const found = async (search, type = '') => (await owner.get(`/api/packages?search=${encodeURIComponent(search)}&searchtype=${type}`)).body.count;
      const id = await create({ name: 'École Ä1', description: 'ΑΘΗΝΑ' });
      for (const search of ['école ä1', 'ÉCOLE', 'cole Ä', 'αθηνα', 'E\u0301COLE']) assert.equal(await found(search), 1, search);
      assert.equal(await found('ÉCOLE ä1', 'exact'), 1);
      assert.equal(await found('ÉCOLE', 'exact'), 0);
      assert.equal((await owner.put(`/api/packages/${id}`, { name: 'Ärzte Ä1' })).status, 200);
      assert.equal(await found('école'), 0);
      assert.equal(await found('ÄRZTE'), 1);
    });

    test('the list pages, counts, sorts and searches', async () => {
      const marker = `Paging${Math.random().toString(36).slice(2)}`;
      for (let i = 0; i < 15; i++) await create({ name: `${marker} ${String(i).padStart(2, '0')}` });
      const page = async (rest) => (await owner.get(`/api/packages?search=${marker}&sort=name&dir=asc&${rest}`)).body;
      const first = await page('');
      assert.equal(first.count, 15);
      assert.equal(first.results.length, 10);
      const second = await page('from=11&to=20');
      assert.equal(second.count, 15);
      assert.deepEqual(second.results.map((p) => p.name.slice(-2)), ['10', '11', '12', '13', '14']);
      const ids = await page('fields=id&from=1&to=2');
      assert.deepEqual(Object.keys(ids.results[0]), ['id']);
      assert.equal((await page('query=SENT')).count, 0);
      assert.equal((await page('query=drafts')).count, 15);
    });

    test('the name can be changed in a draft, not when sent', async () => {
      const id = await create(sendablePackage());
      assert.equal((await owner.put(`/api/packages/${id}`, { name: 'New name' })).status, 200);
      assert.equal((await read(id)).name, 'New name');
      await owner.put(`/api/packages/${id}`, { status: 'SENT' });
      const refused = await owner.put(`/api/packages/${id}`, { name: 'Other' });
      assert.equal(refused.body.messageKey, 'error.validation.package.notDraft');
      assert.equal((await read(id)).name, 'New name');
    });
  });
}

for (const engine of engines) {
  test(`a page of packages that is too large is refused before all of it is read (${engine})`, async (t) => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const server = await Server.start(installation, [], { env: meteredEnvironment });
    const owner = Client.withKey(server, account);
    const data = Object.fromEntries(Array.from({ length: 63 }, (_, i) => [`k${i}`, 'x'.repeat(64000)]));
    for (let i = 0; i < 20; i++) assert.equal((await owner.post('/api/packages', { name: `Large ${i}`, data })).status, 200);
    const meter = new Meter(server.child.pid);
    const refused = await owner.get('/api/packages?to=100');
    t.diagnostic(`peak ${meter.peak.toFixed()} MiB`);
    assert.equal(refused.status, 413);
    assert.equal(refused.body.technical, 'the page is too large: ask for fewer rows');
    assert.ok(meter.peak < (engine === 'sqlite' ? 60 : 90), `the peak is ${meter.peak.toFixed()} MiB more`);
    meter.begin();
    assert.equal((await owner.get('/api/packages?to=100&fields=id')).body.results.length, 20);
    assert.ok(meter.peak < 20, `ids alone: the peak is ${meter.peak.toFixed()} MiB more`);
    assert.equal((await owner.get('/api/packages?to=7')).body.results.length, 7);
    await server.stop();
    installation.remove();
  });
}
