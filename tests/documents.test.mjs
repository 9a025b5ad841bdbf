// documents.test.mjs – PDFs from strangers: what is accepted, what is refused, and what a hostile one may cost.
// Runs alone: it measures time or load (scripts/run-scenarios).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Client, Server, createAccount, engines, freshInstallation, sendablePackage, until } from './lib/server.mjs';
import { Meter, meteredEnvironment } from './lib/meter.mjs';
import { attacks, build, compressed, encrypted, objects, onePage } from './lib/pdfs.mjs';

const cut = (file, part) => file.subarray(0, file.indexOf(part));
const replacedList = (list, from, to) => list.map((object) => object.replaceAll(from, to));
const replacedText = (file, from, to) => Buffer.from(file.toString('latin1').replace(from, to), 'latin1');
const forms = -1340; // allows printing, copying, filling: not changing, not annotating
const accepted = [
  ['as it should be', build(objects())],
  ['startxref a few bytes off', build(objects(), { startxref: (at) => at + 4 })],
  ['startxref before the table', build(objects(), { startxref: (at) => at - 1 })],
  ['startxref 0', build(objects(), { startxref: () => 0 })],
  ['startxref behind the end', build(objects(), { startxref: () => 99999999 })],
  ['a byte order mark that offsets count', build(objects(), { prefix: '\xef\xbb\xbf' })],
  ['a byte order mark that offsets do not count', build(objects(), { prefix: '\xef\xbb\xbf', counted: false })],
  ['a blank line that offsets count', build(objects(), { prefix: '\n' })],
  ['a mail head that offsets count', build(objects(), { prefix: 'Content-Type: application/pdf\r\n\r\n' })],
  ['lines that a transfer made longer', Buffer.from(build(objects()).toString('latin1').replaceAll('\n', '\r\n'), 'latin1')],
  ['bytes behind the end', Buffer.concat([build(objects()), Buffer.alloc(2000)])],
  ['no mark of the end', build(objects(), { end: '' })],
  ['cut behind the trailer', cut(build(objects()), 'startxref')],
  ['a stream that is longer than it says', build(replacedList(objects(), '/Length 31', '/Length 10'))],
  ['a stream without a length', build(replacedList(objects(), '/Length 31', ''))],
  ['a table that starts at the wrong number', replacedText(build(objects()), 'xref\n0 5', 'xref\n1 5')],
  ['a trailer without the catalogue', replacedText(build(objects()), '/Root 1 0 R', '')],
  ['a trailer with the wrong generation', replacedText(build(objects()), '/Root 1 0 R', '/Root 1 7 R')],
  ['cut in front of the table', cut(build(objects()), 'xref\n')],
  ['cut in front of the trailer', cut(build(objects()), 'trailer')],
  ['everything compressed', compressed()],
  ['everything compressed, startxref off', replacedText(compressed(), /startxref\n(\d+)/, (_, at) => `startxref\n${Number(at) + 3}`)],
  ['everything compressed, cut behind the references', cut(compressed(), 'startxref')],
  ['everything compressed, bytes before the header', Buffer.concat([Buffer.from('\r\n\r\n'), compressed()])],
  ['a kid that is null', build(replacedList(objects(), '/Kids [3 0 R]', '/Kids [3 0 R null]'))],
  ['an encrypted file, startxref off', replacedText(encrypted({ permissions: -4 }), /startxref\n(\d+)/, (_, at) => `startxref\n${Number(at) + 3}`)],
  ['a count that is wrong', build(replacedList(objects(), '/Count 1', '/Count 7'))],
  ['an owner password, everything allowed', encrypted({ permissions: -4 })],
  ['an owner password, changing and annotating allowed', encrypted({ permissions: -4 & ~0x10 })],
];
const refused = [
  ['no PDF', Buffer.from('<html>not found</html>'), /only PDF/],
  ['nothing', Buffer.alloc(0), /only PDF/],
  ['cut in a page', cut(build(objects()), '/Contents'), /damaged/],
  ['cut in the content', cut(build(objects()), 'A lease'), /damaged/],
  ['cut before the content', cut(build(objects()), '4 0 obj'), /damaged/],
  ['two of three pages, cut', cut(build(objects({ count: 3 })), '5 0 obj'), /damaged/],
  ['a page that is not there', build(replacedList(objects({ count: 3 }), '[3 0 R 4', '[3 0 R 9')), /page 2 is missing/],
  ['a content that was lost', build(replacedList(objects(), '/Contents 4 0 R', '/Contents 9 0 R'), { startxref: () => 0 }), /content of page 1 is lost/],
  ['no pages', build(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [] /Count 0 >>']), /without readable pages/],
  ['a user password', encrypted({ user: 'secret', permissions: -4 }), /protected by a password/],
  ['an owner password, nothing allowed', encrypted({ permissions: -64 }), /permissions/],
  ['an owner password, only filling allowed', encrypted({ permissions: forms }), /permissions/],
  ['2,001 pages', build(objects({ count: 2001 })), /more than 2000/],
];

const withDocument = (file, name = 'Contract') => {
  const body = sendablePackage();
  Object.assign(body.documents[0], { name, base64Content: file.toString('base64') });
  return body;
};

for (const engine of engines) {
  test(`a PDF that viewers open is accepted and given back byte for byte (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const client = Client.withKey(await Server.start(installation), await createAccount(installation));
    for (const [what, file] of accepted) {
      const made = await client.post('/api/packages', withDocument(file));
      assert.equal(made.status, 200, `${what}: ${made.body.technical}`);
      const [, document] = (await client.get(`/api/packages/${made.body.id}`)).body.documents;
      assert.equal(document.pages.length, 1, what);
      assert.deepEqual([document.pages[0].width, document.pages[0].height], [612, 792], what);
      assert.deepEqual((await client.get(`/api/packages/${made.body.id}/documents/${document.id}/pdf`)).bytes, file, what);
    }
    for (const [what, file, reason] of refused) {
      const made = await client.post('/api/packages', withDocument(file, 'Lease'));
      assert.deepEqual([made.status, made.body.messageKey], [400, 'error.validation.invalidDocument'], what);
      assert.match(made.body.technical, file.length ? /^documents\[0\] \("Lease"\): / : /^documents\[0\]/, what);
      assert.match(made.body.technical, reason, what);
    }
    const turned = await client.post('/api/packages', withDocument(onePage('/MediaBox [0 0 612 792] /CropBox [0 0 300 400] /Rotate 90 /UserUnit 1.5')));
    const [, { pages }] = (await client.get(`/api/packages/${turned.body.id}`)).body.documents;
    assert.deepEqual([pages[0].width, pages[0].height], [600, 450]);
    await client.server.stop();
    installation.remove();
  });
}

function helpersOf(pid) {
  return readdirSync(`/proc/${pid}/task`)
    .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' '))
    .filter(Boolean);
}

const isAlive = (pid) => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
};

/** Processor seconds of the helpers that a server has replaced (proc(5): cutime and cstime). */
function replacedSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /, '').split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

test('a flood of hostile PDFs costs the helpers, not the server', async () => {
  const installation = freshInstallation('sqlite');
  const server = await Server.start(installation, ['--document-helpers', '2', '--document-cpu-time', '1'], { env: meteredEnvironment });
  const client = Client.withKey(server, await createAccount(installation));
  await client.post('/api/packages', sendablePackage());
  const files = [...attacks(), ...attacks()];
  const meter = new Meter(server.child.pid);
  let over = false;
  const ordinary = (async () => {
    let answered = 0;
    for (; !over; answered++) assert.equal((await client.get('/api/packages?to=1')).status, 200);
    return answered;
  })();
  const send = async () => {
    for (let next = files.pop(); next; next = files.pop()) {
      const made = await client.post('/api/packages', withDocument(next[1]));
      if (made.status === 503) assert.ok(made.headers.get('retry-after'), next[0]);
      else if (made.status === 200) assert.equal((await client.get(`/api/packages/${made.body.id}`)).body.documents[1].pages.length, 1, next[0]);
      else assert.deepEqual([made.status, made.body.messageKey], [400, 'error.validation.invalidDocument'], `${next[0]}: ${made.body.technical}`);
    }
  };
  await Promise.all([send(), send(), send(), send()]);
  over = true;
  assert.ok(await ordinary > 0);
  // Four bodies of 3.2 MB, each as text and as bytes. Read in the server, the first file alone took more than 400 MiB.
  assert.ok(meter.peak < 150, `the server grew by ${meter.peak} MiB`);
  assert.ok(meter.seconds < 30, `the server worked for ${meter.seconds} s`);
  assert.ok(replacedSeconds(server.child.pid) < 60, `helpers that were replaced worked for ${replacedSeconds(server.child.pid)} s`);
  assert.equal((await client.post('/api/packages', sendablePackage())).status, 200);
  assert.equal(helpersOf(server.child.pid).length, 2);
  await server.stop();
  installation.remove();
});

test('the helpers end with the server, also when it is killed', async () => {
  const installation = freshInstallation('sqlite');
  const server = await Server.start(installation, ['--document-helpers', '3']);
  const helpers = helpersOf(server.child.pid);
  assert.equal(helpers.length, 3);
  for (const helper of helpers) assert.equal(readFileSync(`/proc/${helper}/cmdline`, 'latin1').split('\0')[1], 'paperwork');
  await server.kill();
  await until('the helpers have ended', () => !helpers.some(isAlive));
  installation.remove();
});

for (const engine of engines) {
  test(`contents, numbers and dates are read in each spelling that libraries write (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const client = Client.withKey(await Server.start(installation), await createAccount(installation));
    const file = build(objects());
    const lines = file.toString('base64').replace(/.{76}/g, '$&\r\n');
    for (const content of [lines, `${lines}\n`, file.toString('base64url')]) {
      const body = sendablePackage();
      body.documents[0].base64Content = content;
      body.documents[0].approvals[0].fields[0].page = 0;
      // JSON.stringify writes no 0.0, and no client of the raw text is asked to.
      const text = JSON.stringify(body).replace('"page":0', '"page":0.0');
      const made = await client.post('/api/packages', text, { 'content-type': 'application/json' });
      assert.equal(made.status, 200, made.body.technical);
      const [, document] = (await client.get(`/api/packages/${made.body.id}`)).body.documents;
      assert.deepEqual((await client.get(`/api/packages/${made.body.id}/documents/${document.id}/pdf`)).bytes, file);
      const half = await client.post('/api/packages', text.replace('"page":0.0', '"page":0.5'), { 'content-type': 'application/json' });
      assert.match(half.body.technical, /fields\[0\]\.page: must be a whole number/);
    }
    for (const due of ['2090-01-15T00:00Z', '2090-01-15T01:00+01:00', '20900115T000000Z', '2090-01-15T00:00:00,000+00', '2090-01-15T00:00Z[UTC]', '2090-W02-7', '2090-01-15']) {
      const made = await client.post('/api/packages', { name: 'Lease', due });
      assert.equal(made.status, 200, `${due}: ${made.body.technical}`);
      assert.equal((await client.get(`/api/packages/${made.body.id}`)).body.due, '2090-01-15T00:00:00.000Z', due);
    }
    assert.equal((await client.post('/api/packages', { name: 'Lease', due: '2090-01' })).status, 400);
    await client.server.stop();
    installation.remove();
  });
}
