// uploads.test.mjs – file parts and the documents they belong to, as HTTP libraries and browsers send them.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Client, Server, createAccount, engines, freshInstallation, pdf } from './lib/server.mjs';

const nfd = (text) => text.normalize('NFD');
const word = (text, encoding = 'B') => `=?utf-8?${encoding}?${encoding === 'B' ? Buffer.from(text).toString('base64') : [...Buffer.from(text)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')}?=`;
const percent = encodeURIComponent;

// What the client's documents are called, and how it writes the file name of each.
const clients = [
  ['the name as it is', ['Été', 'Noël'], (name) => `filename="${name}.pdf"`],
  ['decomposed by an Apple system', ['Été', 'Noël'], (name) => `filename="${nfd(name)}.pdf"`],
  ['documents decomposed', [nfd('Été'), nfd('Noël')], (name) => `filename="${name.normalize('NFC')}.pdf"`],
  ['the extension in capitals', ['Lease', 'Note'], (name) => `filename="${name}.PDF"`],
  ['all in capitals', ['Été', 'Noël'], (name) => `filename="${name.toUpperCase()}.PDF"`],
  ['an encoded word', ['Été', 'Noël'], (name) => `filename="${word(`${name}.pdf`)}"`],
  ['an encoded word, quoted printable', ['Été', 'Noël'], (name) => `filename="${word(`${name}.pdf`, 'Q')}"`],
  ['RFC 5987', ['Été', 'Noël'], (name) => `filename="_.pdf"; filename*=UTF-8''${percent(`${name}.pdf`)}`],
  ['RFC 5987 in latin 1', ['Été', 'Noël'], (name) => `filename*=ISO-8859-1''${name.replace(/[^a-z]/gi, (c) => `%${c.charCodeAt(0).toString(16)}`)}.pdf`],
  ['RFC 2231 in pieces', ['Été', 'Noël'], (name) => `filename*0*=UTF-8''${percent(name)}; filename*1=".pdf"`],
  ['latin 1 as it is', ['Été', 'Noël'], (name) => Buffer.from(`filename="${name}.pdf"`, 'latin1')],
  ['on a line of its own', ['Lease', 'Note'], (name) => `\r\n filename="${name}.pdf"`],
  ['quotes as browsers escape them', ['The "lease"', 'The "note"'], (name) => `filename="${name.replaceAll('"', '%22')}.pdf"`],
  ['quotes as RFC 9110 escapes them', ['The "lease"', 'The "note"'], (name) => `filename="${name.replaceAll('"', '\\"')}.pdf"`],
  ['signs that file systems reserve', ['Lease: 1/2', 'Note: 2/2'], (name) => `filename="${name.replace(/[:/]/g, '_')}.pdf"`],
  ['the whole name escaped', ['Été 1', 'Noël 2'], (name) => `filename="${percent(`${name}.pdf`)}"`],
];
const spoilt = [
  ['question marks', ['Été', 'Noël'], (name) => `filename="${name.replace(/[^a-z]/gi, '?')}.pdf"`],
  ['UTF-8 taken for latin 1', ['Été', 'Noël'], (name) => `filename="${Buffer.from(name).toString('latin1')}.pdf"`],
  ['cases that tell nothing', ['lease', 'Lease'], () => 'filename="LEASE.pdf"'],
];

const pagesOf = (count) => {
  const file = pdf(`${count} pages`).toString('latin1');
  return Buffer.from(file.replace('/Kids [3 0 R] /Count 1', `/Kids [${'3 0 R '.repeat(count).trim()}] /Count ${count}`), 'latin1');
};

function multipart(parts) {
  const chunks = parts.flatMap(([disposition, content]) => [
    '--limit\r\nContent-Disposition: form-data; ', disposition, '\r\nContent-Type: application/octet-stream\r\n\r\n', content, '\r\n']);
  return Buffer.concat([...chunks, '--limit--\r\n'].map((chunk) => Buffer.from(chunk)));
}

/** The files come in the other order than their documents: the first has one page, the second two. */
const upload = (client, names, write) => client.request('POST', '/api/packages', multipart([
  ...names.map((name, i) => [Buffer.concat([Buffer.from('name="file"; '), Buffer.from(write(name))]), pagesOf(i + 1)]).reverse(),
  ['name="payload"', JSON.stringify({ name: 'Two', documents: names.map((name) => ({ name })) })],
]), { 'content-type': 'multipart/form-data; boundary=limit' });

for (const engine of engines) {
  test(`each document gets its own file, or the reason why not (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const client = Client.withKey(await Server.start(installation), await createAccount(installation));
    for (const [what, names, write] of clients) {
      const made = await upload(client, names, write);
      assert.equal(made.status, 200, `${what}: ${made.body.technical}`);
      const [, ...documents] = (await client.get(`/api/packages/${made.body.id}`)).body.documents;
      assert.deepEqual(documents.map((document) => document.pages.length), [1, 2], what);
    }
    for (const [what, names, write] of spoilt) {
      const made = await upload(client, names, write);
      assert.deepEqual([made.status, made.body.messageKey], [400, 'error.validation.invalidDocument'], what);
      assert.match(made.body.technical, /^documents\[\d\] \(".*"\): .*; name each file part as its document$/, what);
    }
    for (const disposition of ['name="file"', 'name="file"; filename=""', 'name="files[]"', '']) {
      const parts = multipart([[disposition, pagesOf(1)], ['name="payload"', '{"name":"One"}'], ['name="note"', 'of no account']]);
      const made = await client.request('POST', '/api/packages', parts, { 'content-type': 'multipart/form-data; boundary=limit' });
      assert.equal(made.status, 400, `${disposition}: ${JSON.stringify(made.body)}`);
    }
    await client.server.stop();
    installation.remove();
  });
}
