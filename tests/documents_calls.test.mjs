// documents_calls.test.mjs – the documents of a transaction that is there already: adding as SDKs add them, changing, order, removal,
// downloads, and who sees which.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engines, pdf, sendablePackage, startServing, stopServing } from './lib/server.mjs';
import { assertError, SessionClient } from './lib/callers.mjs';

const signature = { type: 'SIGNATURE', subtype: 'FULLNAME', page: 0, top: 640, left: 72, width: 180, height: 40 };
const base64 = (text) => ({ base64Content: pdf(text).toString('base64') });

/** A form as SDKs make it: the JSON in `payload`, then the files. */
function form(payload, files, filesFirst = false) {
  const made = new FormData();
  const addFiles = () => files.forEach(([name, content]) => made.append('file', new Blob([content]), name));
  if (filesFirst) addFiles();
  made.append('payload', new Blob([JSON.stringify(payload)], { type: 'text/plain; charset=UTF-8' }));
  if (!filesFirst) addFiles();
  return made;
}

for (const engine of engines) {
  describe(`documents of packages on ${engine}`, () => {
    let installation, server, owner;
    const ok = async (answer) => {
      const { status, body } = await answer;
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };
    const read = (path) => ok(owner.get(path));
    const create = async (body = { name: 'Documents', roles: sendablePackage().roles }) => `/api/packages/${encodeURIComponent((await ok(owner.post('/api/packages', body))).id)}`;
    const names = async (path) => (await read(path)).documents.map(({ name, index }) => `${index} ${name}`);
    const signerOf = async (path, email) => new SessionClient(server, (await ok(owner.post(`/api/sessions?package=${path.split('/').pop()}&signer=${email}`))).sessionToken);

    before(async () => ({ installation, server, owner } = await startServing(engine)));
    after(() => stopServing(server, installation));

    test('an SDK creates a package, then uploads its documents in one call', async () => {
      const path = await create();
      const payload = [
        { id: 'a', name: 'Lease', approvals: [{ role: 'Role1', fields: [signature] }] },
        { name: 'Annex', data: { kept: true } },
      ];
      const answer = await owner.post(`${path}/documents`, form(payload, [['Lease', pdf('lease')], ['Annex', pdf('annex')]]));
      assert.equal(answer.status, 200, answer.bytes.toString());
      assert.match(answer.headers.get('content-type'), /^application\/json/);
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.ok(Array.isArray(answer.body), 'a list for a list');
      const [lease, annex] = answer.body;
      assert.deepEqual([lease.id, lease.index, lease.pages.length, lease.approvals[0].role], ['a', 1, 1, 'Role1']);
      assert.deepEqual([annex.id.length, annex.index, annex.data], [48, 2, { kept: true }]);
      assert.deepEqual((await read(path)).documents.slice(1), answer.body);
      assert.deepEqual(lease.data, {}, 'SDKs read it unasked');
      assert.ok((await owner.get(`${path}/documents/a/pdf`)).bytes.equals(pdf('lease')));
      assert.ok((await owner.get(`${path}/documents/${annex.id}/original`)).bytes.equals(pdf('annex')));
      await ok(owner.post(path, { status: 'SENT' }));
    });

    test('one document for one, by file or in the JSON, whatever comes first', async () => {
      const path = await create();
      const [one, two] = [await ok(owner.post(`${path}/documents`, form({ name: 'One' }, [['One.pdf', pdf('1')]], true))), await ok(owner.post(`${path}/documents`, { id: 'two', name: 'Two', ...base64('2') }))];
      assert.deepEqual([one.name, one.index, two.id, two.index, two.base64Content], ['One', 1, 'two', 2, undefined]);
      const list = await ok(owner.post(`${path}/documents`, [{ name: 'Three', ...base64('3') }]));
      assert.equal(list[0].index, 3);
      assert.deepEqual(await read(`${path}/documents`), { count: 4, results: (await read(path)).documents });
      assert.deepEqual(await read(`${path}/documents/two`), two);
    });

    test('what cannot be added is refused by name, and nothing of the call is kept', async () => {
      const path = await create();
      await ok(owner.post(`${path}/documents`, { id: 'a', name: 'A', ...base64('a') }));
      const before = await read(path);
      const refusals = [
        [{ name: 'B' }, /^documents\[0\]: no content/],
        [{ ...base64('b') }, /^documents\[0\]\.name/],
        [[{ name: 'B', ...base64('b') }, { id: 'a', name: 'C', ...base64('c') }], /^documents\[1\]\.id: already used by another document/],
        [[{ id: 'x', name: 'B', ...base64('b') }, { id: 'x', name: 'C', ...base64('c') }], /^documents\[1\]\.id/],
        [{ name: 'B', base64Content: '%%%' }, /^documents\[0\]\.base64Content/],
        [{ name: 'B', base64Content: Buffer.from('no PDF').toString('base64') }, /^documents\[0\] \("B"\)/],
        [{ name: 'B', ...base64('b'), approvals: [{ role: 'Nobody' }] }, /^documents\[0\]\.approvals\[0\]\.role/],
        [{ name: 'x'.repeat(257), ...base64('b') }, /^documents\[0\]\.name: longer than 256/],
        [Array.from({ length: 51 }, () => ({ name: 'B' })), /at most 50 documents/],
        [Array.from({ length: 50 }, (_, i) => ({ name: `${i}`, ...base64('b') })), /at most 50 documents; this one has 1/],
      ];
      for (const [body, technical] of refusals) {
        const refused = await owner.post(`${path}/documents`, body);
        assert.equal(refused.status, 400, JSON.stringify(refused.body));
        assert.match(refused.body.technical, technical);
      }
      for (const body of ['"text"', '7', '{']) assertError(await owner.request('POST', `${path}/documents`, body, { 'content-type': 'application/json' }), 400, 'error.validation.invalidJson');
      for (const body of [form({ name: 'B' }, [['B', pdf('b')], ['C', pdf('c')]]), { id: 'default-consent', name: 'Consent' }]) assertError(await owner.post(`${path}/documents`, body), 400, 'error.validation.invalidField');
      assert.deepEqual((await owner.post(`${path}/documents`, [{ id: 'default-consent', name: 'Consent' }])).body, []);
      const nothing = new FormData();
      nothing.append('file', new Blob([pdf()]), 'a.pdf');
      assertError(await owner.post(`${path}/documents`, nothing), 400, 'error.validation.missingField');
      assert.deepEqual({ ...(await read(path)), updated: null }, { ...before, updated: null });
      await ok(owner.put(path, { name: 'x' }));
      const sent = await create(sendablePackage({ status: 'SENT' }));
      assertError(await owner.post(`${sent}/documents`, { name: 'B', ...base64('b') }), 400, 'error.validation.package.notDraft');
    });

    test('documents are ordered, and keep their places together when one goes', async () => {
      const path = await create();
      await ok(owner.post(`${path}/documents`, ['a', 'b', 'c', 'd'].map((name) => ({ id: name, name, ...base64(name) }))));
      const consent = '0 Electronic Disclosures and Signatures Consent';
      const moved = await ok(owner.put(`${path}/documents`, [{ id: 'c', index: 1 }, { id: 'a', index: 2 }, { id: 'b', index: 3 }]));
      assert.deepEqual(moved.results.map(({ id }) => id), ['default-consent', 'c', 'a', 'b', 'd']);
      assert.deepEqual(await names(path), [consent, '1 c', '2 a', '3 b', '4 d']);
      await ok(owner.put(`${path}/documents`, [{ id: 'd', index: -5 }]));
      assert.deepEqual(await names(path), [consent, '1 d', '2 c', '3 a', '4 b'], 'the consent stays in front');
      await ok(owner.request('DELETE', `${path}/documents`, ['c', 'd']));
      assert.deepEqual(await names(path), [consent, '1 a', '2 b']);
      assertError(await owner.get(`${path}/documents/c/pdf`), 404, 'error.notFound.documentNotFound');
      assertError(await owner.request('DELETE', `${path}/documents`, ['a', 'c']), 404, 'error.notFound.documentNotFound');
      assert.deepEqual(await names(path), [consent, '1 a', '2 b'], 'all or none');
      await ok(owner.delete(`${path}/documents/a`));
      const back = await ok(owner.post(`${path}/documents`, { id: 'a', name: 'a again', ...base64('again') }));
      assert.equal(back.index, 2);
      assert.ok((await owner.get(`${path}/documents/a/pdf`)).bytes.equals(pdf('again')), 'the content of its own');
      for (const [method, body] of [['PUT', [{ id: 'nobody', index: 1 }]], ['PUT', [{ id: 'a' }]], ['PUT', {}], ['DELETE', []], ['DELETE', [7]], ['DELETE', { id: 'a' }]]) {
        assert.ok([400, 404].includes((await owner.request(method, `${path}/documents`, body)).status), `${method} ${JSON.stringify(body)}`);
      }
    });

    test('metadata is changed by PUT and POST; empty lists of an SDK wipe nothing', async () => {
      const path = await create(sendablePackage());
      const { documents: [, { id }] } = await read(path);
      const before = await read(`${path}/documents/${id}`);
      for (const method of ['PUT', 'POST']) {
        const changed = await ok(owner.request(method, `${path}/documents/${id}`, { name: `By ${method}`, description: 'd', data: { a: 1 }, approvals: [], fields: [], index: 9, pages: [] }));
        assert.deepEqual({ ...changed, name: '', description: '', data: {} }, { ...before, name: '', description: '', data: {} });
        assert.deepEqual([changed.name, changed.description, changed.data], [`By ${method}`, 'd', { a: 1 }]);
      }
      const blocks = await ok(owner.put(`${path}/documents/${id}`, { approvals: [{ role: 'Role1' }] }));
      assert.deepEqual(blocks.approvals.map(({ fields }) => fields), [[]]);
      const refused = await owner.put(`${path}/documents/${id}`, { approvals: [{ role: 'Nobody' }] });
      assert.match(refused.body.technical, /^approvals\[0\]\.role/);
      assertError(await owner.put(`${path}/documents/none`, { name: 'x' }), 404, 'error.notFound.documentNotFound');
    });

    test('a new file replaces the content, and its pages', async () => {
      const path = await create(sendablePackage());
      const { documents: [, { id }] } = await read(path);
      const changed = await ok(owner.post(`${path}/documents/${id}`, form({ name: 'Second edition' }, [['second.pdf', pdf('second edition')]])));
      assert.equal(changed.size, pdf('second edition').length);
      assert.equal(changed.approvals.length, 1);
      assert.ok((await owner.get(`${path}/documents/${id}/pdf`)).bytes.equals(pdf('second edition')));
      await ok(owner.put(`${path}/documents/${id}`, { ...base64('third') }));
      assert.ok((await owner.get(`${path}/documents/${id}/pdf`)).bytes.equals(pdf('third')));
      assertError(await owner.post(`${path}/documents/${id}`, form({}, [['x.pdf', Buffer.from('no PDF')]])), 400, 'error.validation.invalidDocument');
      assertError(await owner.post(`${path}/documents/${id}`, form({}, [['a.pdf', pdf()], ['b.pdf', pdf()]])), 400);
      assertError(await owner.post(`${path}/documents/default-consent`, form({}, [['a.pdf', pdf()]])), 400);
      assert.ok((await owner.get(`${path}/documents/${id}/pdf`)).bytes.equals(pdf('third')));
    });

    test('downloads say what the file is called, in any script', async () => {
      const path = await create();
      await ok(owner.post(`${path}/documents`, [{ id: 'a', name: 'Entente de crédit (1)', ...base64('a') }, { id: 'b', name: '契約.PDF', ...base64('b') }]));
      const nameOf = (answer) => decodeURIComponent(answer.headers.get('content-disposition').match(/^attachment; filename\*=UTF-8''([\x21-\x7e]+)$/)[1]);
      assert.equal(nameOf(await owner.get(`${path}/documents/a/pdf`)), 'Entente de crédit (1).pdf');
      assert.equal(nameOf(await owner.get(`${path}/documents/b/original`)), '契約.PDF');
      assert.equal(nameOf(await owner.get(`${path}/documents/zip`)), 'Documents.zip');
    });

    test('all documents in one archive, which others can open', async () => {
      const path = await create();
      await ok(owner.post(`${path}/documents`, ['Same', 'Same', 'Été'].map((name, i) => ({ name, ...base64(`${i}`) }))));
      const { bytes } = await owner.get(`${path}/documents/zip?flatten=false`);
      const folder = mkdtempSync(join(tmpdir(), 'greffier-zip-'));
      try {
        writeFileSync(join(folder, 'a.zip'), bytes);
        execFileSync('python3', ['-c', 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])', join(folder, 'a.zip'), join(folder, 'out')]);
        const found = readdirSync(join(folder, 'out')).map((name) => name.normalize('NFC')).sort();
        assert.deepEqual(found, ['Electronic Disclosures and Signatures Consent.pdf', 'Same (2).pdf', 'Same.pdf', 'Été.pdf']);
        assert.ok(readFileSync(join(folder, 'out', 'Same (2).pdf')).equals(pdf('1')));
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    test('a hidden document is not there for a signer, by no call', async () => {
      const roles = [...sendablePackage().roles, { id: 'Role2', signers: [{ email: 'bob@example.com', firstName: 'Bob', lastName: 'Ray' }] }];
      const path = await create({ name: 'Hidden', roles });
      await ok(owner.post(`${path}/documents`, [
        { id: 'all', name: 'For all', ...base64('a'), approvals: [{ role: 'Role1', fields: [signature] }] },
        { id: 'ann', name: 'For Ann', ...base64('b') },
        { id: 'signed', name: 'Bob signs', ...base64('c'), approvals: [{ id: 'bobs', role: 'Role2', fields: [signature] }] },
      ]));
      assert.deepEqual(await read(`${path}/documents/visibility`), { configurations: [] });
      const configurations = [{ documentUid: 'ann', roleUids: ['Role1'] }, { documentUid: 'signed', roleUids: ['Role1'] }];
      await ok(owner.post(`${path}/documents/visibility`, { configurations }));
      assert.deepEqual(await read(`${path}/documents/visibility`), { configurations });
      for (const [body, technical] of [[{ configurations: [{ documentUid: 'none', roleUids: [] }] }, /^configurations\[0\]\.documentUid/], [{ configurations: [{ documentUid: 'ann', roleUids: ['Nobody'] }] }, /^configurations\[0\]\.roleUids\[0\]/], [{}, /^configurations/]]) {
        const refused = await owner.post(`${path}/documents/visibility`, body);
        assert.equal(refused.status, 400);
        assert.match(refused.body.technical, technical);
      }
      await ok(owner.post(path, { status: 'SENT' }));
      const [ann, bob] = [await signerOf(path, 'ann@example.com'), await signerOf(path, 'bob@example.com')];
      const seen = async (client) => (await client.get(path)).body.documents.map(({ id }) => id);
      assert.deepEqual(await seen(ann), ['default-consent', 'all', 'ann', 'signed']);
      assert.deepEqual(await seen(bob), ['default-consent', 'all', 'signed'], 'who signs a document sees it');
      assert.deepEqual((await bob.get(`${path}/documents`)).body.results.map(({ id }) => id), ['default-consent', 'all', 'signed']);
      for (const at of ['', '/pdf', '/original', '/approvals/x', '/signers/x/approvals']) assertError(await bob.get(`${path}/documents/ann${at}`), 404, 'error.notFound.documentNotFound');
      assert.ok(!(await bob.get(`${path}/documents/zip`)).bytes.includes('For Ann'));
      assert.ok((await ann.get(`${path}/documents/zip`)).bytes.includes('For Ann'));
      assert.deepEqual((await read(path)).documents.length, 4, 'the account sees all');
      assert.equal((await ann.get(`${path}/documents/ann/pdf`)).status, 200);
    });

    test('uploads at once all count', async () => {
      const path = await create();
      await Promise.all(Array.from({ length: 8 }, (_, i) => ok(owner.post(`${path}/documents`, form({ id: `d${i}`, name: `D${i}` }, [[`D${i}`, pdf(`${i}`)]])))));
      const { documents } = await read(path);
      assert.deepEqual(documents.map(({ index }) => index), Array.from({ length: 9 }, (_, i) => i));
      assert.deepEqual(documents.map(({ id }) => id).sort(), ['d0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', 'default-consent']);
    });
  });
}
