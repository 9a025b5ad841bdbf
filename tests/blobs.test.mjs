// blobs.test.mjs – where the bytes of documents lie: sealed, once for each account, in files beside the database on SQLite, and there
// after a kill.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { engines, freshInstallation, createAccount, Server, Client, pdf } from './lib/server.mjs';
import { assertError } from './lib/callers.mjs';

/** A PDF with a comment of so many letters. */
function padded(text, length) {
  const made = pdf(text);
  const end = made.lastIndexOf('startxref');
  return Buffer.concat([made.subarray(0, end), Buffer.from(`%${text.padEnd(length, '~')}\n`), made.subarray(end)]);
}

function filesOf(installation) {
  try {
    return readdirSync(join(installation.data, 'blobs'), { recursive: true }).map((name) => join(installation.data, 'blobs', name)).filter((path) => statSync(path).isFile());
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function count(installation, statement) {
  const [program, args] = installation.engine === 'sqlite'
    ? ['sqlite3', [join(installation.data, 'greffier.db')]]
    : ['psql', ['-q', '-t', '-A', '-d', installation.settings.at(-1)]];
  return Number(execFileSync(program, args, { input: `${statement};`, encoding: 'utf8' }).trim());
}

for (const engine of engines) {
  describe(`contents of documents on ${engine}`, () => {
    let installation, accounts, server, owner, other;
    const small = padded('small', 100);
    const large = padded('MARKER-OF-THE-TEST', 3_000_000);
    const start = async () => {
      server = await Server.start(installation);
      [owner, other] = accounts.map((account) => Client.withKey(server, account));
    };
    const upload = async (client, ...contents) => {
      const documents = contents.map((content, i) => ({ id: `d${i}`, name: `Document ${i}`, base64Content: content.toString('base64') }));
      const { status, body } = await client.post('/api/packages', { name: 'Contents', documents });
      assert.equal(status, 200, JSON.stringify(body));
      return `/api/packages/${encodeURIComponent(body.id)}`;
    };
    const assertHolds = async (client, path, content) => {
      const { status, bytes } = await client.get(`${path}/pdf`);
      assert.equal(status, 200);
      assert.ok(bytes.equals(content), `${bytes.length} bytes of ${content.length}`);
    };

    before(async () => {
      installation = freshInstallation(engine);
      accounts = [await createAccount(installation), await createAccount(installation)];
      await start();
    });
    after(async () => {
      await server?.stop();
      installation?.remove();
    });

    test('a large content is stored once for each account, and read by none without the key', async () => {
      const path = await upload(owner, large, small, large);
      const again = await upload(owner, large);
      const theirs = await upload(other, large);
      assert.equal(count(installation, 'SELECT COUNT(*) FROM blob'), 3);
      assert.equal(count(installation, 'SELECT SUM(refs) FROM blob'), 5);
      for (const [client, document, content] of [[owner, `${path}/documents/d0`, large], [owner, `${path}/documents/d1`, small], [owner, `${path}/documents/d2`, large],
        [owner, `${again}/documents/d0`, large], [other, `${theirs}/documents/d0`, large]]) await assertHolds(client, document, content);
      const files = filesOf(installation);
      assert.equal(files.length > 0, engine === 'sqlite');
      for (const file of files) {
        assert.equal(statSync(file).mode & 0o777, 0o600);
        assert.ok(!readFileSync(file).includes('MARKER-OF-THE-TEST'));
      }
    });

    test('what was answered is there after a kill, and its references go with the package', async () => {
      const mine = padded('killed', 400_000);
      const path = await upload(owner, mine);
      const blobs = count(installation, 'SELECT COUNT(*) FROM blob');
      await server.kill();
      await start();
      await assertHolds(owner, `${path}/documents/d0`, mine);
      const references = count(installation, 'SELECT SUM(refs) FROM blob');
      assert.equal((await owner.delete(path)).status, 200);
      assert.equal(count(installation, 'SELECT SUM(refs) FROM blob'), references - 1);
      assert.equal(count(installation, 'SELECT COUNT(*) FROM blob WHERE refs = 0'), 1);
      assert.equal(count(installation, 'SELECT COUNT(*) FROM blob'), blobs, 'it stays for a day');
      const back = await upload(owner, mine);
      await assertHolds(owner, `${back}/documents/d0`, mine);
      assert.equal(count(installation, 'SELECT COUNT(*) FROM blob'), blobs);
    });

    test('a new content takes the place of the old one', async () => {
      const [first, second] = [padded('first', 300_000), padded('second', 350_000)];
      const path = await upload(owner, first);
      const { status } = await owner.put(`${path}/documents/d0`, { base64Content: second.toString('base64') });
      assert.equal(status, 200);
      await assertHolds(owner, `${path}/documents/d0`, second);
      assert.equal((await owner.request('DELETE', `${path}/documents`, ['d0'])).status, 200);
      assertError(await owner.get(`${path}/documents/d0/pdf`), 404, 'error.notFound.documentNotFound');
    });

    test('an upload that is refused leaves nothing behind that a blob names', async () => {
      const path = await upload(owner, small);
      const blobs = count(installation, 'SELECT COUNT(*) FROM blob');
      const { status } = await owner.post(`${path}/documents`, { id: 'd0', name: 'Twice', base64Content: padded('refused', 400_000).toString('base64') });
      assert.equal(status, 400);
      assert.equal(count(installation, 'SELECT COUNT(*) FROM blob'), blobs);
    });

    test('bytes that were tampered with are not shown', { skip: engine !== 'sqlite' }, async () => {
      const seen = new Set(filesOf(installation));
      const path = await upload(owner, padded('tampered', 700_000));
      const [file] = filesOf(installation).filter((name) => !seen.has(name));
      truncateSync(file, 500_000);
      // Not by the client: no call documents this answer.
      const answer = await fetch(`${server.url}${path}/documents/d0/pdf`, { headers: { authorization: owner.authorization } });
      assert.equal(answer.status, 500);
      assert.match((await answer.json()).messageKey, /^error\.internal/);
      assert.match(server.log, /cut short/);
    });
  });
}
