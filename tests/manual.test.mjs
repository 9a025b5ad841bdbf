// manual.test.mjs – the programs printed in docs/ do what they say, and notice what they should.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { engines, Client, sendablePackage, until, startServing, stopServing } from './lib/server.mjs';
import { Receiver } from './lib/receiver.mjs';

const folder = mkdtempSync(join(tmpdir(), 'greffier-manual-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The ```js block of a page that begins with `// <name>`, as a file. */
function program(page, name) {
  const [code] = [...readFileSync(page, 'utf8').matchAll(/```js\n([^]*?)```/g)].map((match) => match[1]).filter((code) => code.startsWith(`// ${name}`));
  writeFileSync(join(folder, name), code);
  return join(folder, name);
}

/** In front of the server: `change(path, body)` is what comes through of an answer. */
async function meddler(t, server, change) {
  const meddler = createServer(async (request, response) => {
    const { body } = await new Client(server, request.headers.authorization).get(request.url);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(change(request.url, body)));
  });
  await new Promise((resolve) => meddler.listen(0, '127.0.0.1', resolve));
  t.after(() => meddler.close());
  return `http://127.0.0.1:${meddler.address().port}`;
}

for (const engine of engines) {
  describe(`the manual's programs on ${engine}`, () => {
    let installation, account, server, owner;
    before(async () => ({ installation, account, server, owner } = await startServing(engine)));
    after(() => stopServing(server, installation));

    test('events.md: check.mjs proves that nothing is missing, and notices what is', async (t) => {
      const check = program('docs/guide/events.md', 'check.mjs');
      const judge = async (url, after = '0') => {
        const { stdout } = await promisify(execFile)(process.execPath, [check, url, account.apiKey, after]);
        return ['signatureIsRight', 'hashIsRight', 'complete'].map((word) => stdout.includes(`${word}: true`));
      };
      const { body: { id } } = await owner.post('/api/packages', sendablePackage({ status: 'SENT' }));
      await owner.put(`/api/packages/${encodeURIComponent(id)}`, { status: 'DECLINED', messages: [{ content: 'Too "dear":\n\\ 5 €\tper page', status: 'DECLINED' }] });
      const events = [{ name: 'COBROWSE_REQUEST', packageId: 'p', phone: '1', comment: 'Please "help",\nß\\', selectedSupportBusinessHours: ['9 to 12'] }, { name: 'ROLE_REASSIGN', packageId: 'p', newRoleId: 'r' }];
      assert.equal((await owner.post('/api/notifications/events', { events })).status, 200);
      assert.deepEqual(await judge(server.url), [true, true, true]);
      assert.deepEqual(await judge(server.url, '2'), [true, true, true]);
      const { body: { results: [first] } } = await owner.get('/api/notifications/events?limit=1');
      assert.equal((await owner.delete(`/api/notifications/events/${first.id}/payload`)).status, 200);
      assert.deepEqual(await judge(server.url), [true, true, true]);

      const losing = await meddler(t, server, (path, body) => (path.includes('/events?') ? { results: body.results.filter(({ sequence }) => sequence !== 3) } : body));
      assert.deepEqual(await judge(losing), [true, false, true]);
      const lying = await meddler(t, server, (path, body) => (path.includes('/manifests') ? { ...body, count: body.count - 1 } : body));
      assert.deepEqual(await judge(lying), [false, true, true]);
    });

    test('endpoints.md: signature.mjs knows what is signed by the endpoint or the account, and nothing else', async (t) => {
      const { isRight } = await import(program('docs/guide/endpoints.md', 'signature.mjs'));
      const receiver = await Receiver.start();
      t.after(() => receiver.stop());
      const { body: endpoint } = await owner.post('/api/notifications/endpoints', { url: receiver.url, events: ['PACKAGE_TRASH'], signatures: ['HMAC_SHA256', 'ED25519'] });
      const { body: renewed } = await owner.post(`/api/notifications/endpoints/${endpoint.id}/signingSecrets`, {});
      const { body: { keys: [{ publicKey }] } } = await owner.get(`/.well-known/webhook-keys/${account.accountId}`);
      await owner.post('/api/notifications/events', { name: 'PACKAGE_TRASH', packageId: 'p' });
      const { headers, raw } = await until('a notification', () => receiver.received[0]);
      for (const key of [endpoint.signingSecret, renewed.signingSecret, publicKey]) assert.ok(isRight(headers, raw, [key]), key);
      const strangers = [`whsec_${Buffer.alloc(32).toString('base64')}`, publicKey.replace('whpk_', 'whsec_')];
      assert.ok(!isRight(headers, raw, strangers));
      assert.ok(isRight(headers, raw, [...strangers, publicKey]));
      const keys = [endpoint.signingSecret, publicKey];
      assert.ok(!isRight(headers, Buffer.concat([raw, Buffer.from(' ')]), keys));
      assert.ok(!isRight({ ...headers, 'webhook-id': 'evt_other' }, raw, keys));
      assert.ok(!isRight({ ...headers, 'webhook-timestamp': String(headers['webhook-timestamp'] - 301) }, raw, keys));
      assert.ok(!isRight({}, raw, keys));
      assert.ok(!isRight({ ...headers, 'webhook-signature': 'v1 v1a, ,' }, raw, keys));
    });
  });
}
