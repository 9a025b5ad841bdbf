// catchers.test.mjs – a receiver inside the server: what comes there is kept and seen, and does no harm.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { request as rawRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { assertError } from './lib/callers.mjs';
import { addEndpoint, anyPackage, endpointsPath, expectOk, notifications, raise, tried } from './lib/notifications.mjs';
import { signatureIsRight } from './lib/receiver.mjs';
import { tamper } from './lib/tamper.mjs';

const path = `${notifications}/catchers`;
const events = ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE'];

for (const engine of engines) {
  describe(`catchers on ${engine}`, () => {
    let installation, account, server, owner;
    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      // Nothing private, nothing without TLS: a catcher is reached all the same.
      server = await Server.start(installation, ['--allow-private-targets=false', '--require-https-targets=true', '--retry-scale', '1000']);
      owner = Client.withKey(server, account);
    });
    after(async () => {
      await server.stop();
      installation.remove();
    });
    afterEach(async () => {
      for (const { id } of (await expectOk(owner.get(path))).results) await owner.delete(`${path}/${id}`);
      for (const { id } of (await expectOk(owner.get(endpointsPath))).results) await owner.delete(`${endpointsPath}/${id}`);
    });
    const make = (body) => expectOk(owner.post(path, body));
    const caught = async (id, query = '') => (await expectOk(owner.get(`${path}/${id}/requests${query}`))).results;
    /** Whatever anybody sends, byte for byte. */
    const send = (url, { method = 'POST', headers = {}, body = '' } = {}) => new Promise((resolve, reject) => {
      const request = rawRequest(url, { method, headers: { 'content-length': Buffer.byteLength(body), ...headers } }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode));
      });
      request.on('error', reject).end(body);
    });

    test('a notification is delivered there, signed, kept with its headers, and seen', async () => {
      const catcher = await make();
      assert.match(catcher.url, /^http:\/\/127\.0\.0\.1:\d+\/catch\/[0-9A-Za-z]{43}$/);
      assert.equal(Date.parse(catcher.expiresDate) - Date.parse(catcher.createdDate), 72 * 3600 * 1000);
      const endpoint = await addEndpoint(owner, { url: catcher.url, events, authType: 'BASIC', key: 'the-callback-key', customHeaders: [{ key: 'X-Tenant', value: 'blue' }] });
      const packageId = anyPackage();
      await raise(owner, packageId);
      const [n] = await until('it is caught', async () => { const list = await caught(catcher.id); return list.length && list; });
      const headers = Object.fromEntries(n.headers.map(({ key, value }) => [key.toLowerCase(), value]));
      assert.deepEqual([n.number, n.method, JSON.parse(n.body).packageId, headers['x-tenant'], headers.authorization], [1, 'POST', packageId, 'blue', 'Basic ***']);
      assert.ok(signatureIsRight({ headers, raw: Buffer.from(n.body) }, endpoint.signingSecret));
      await until('it is recorded', async () => (await expectOk(owner.get(`${notifications}/deliveries?endpointId=${endpoint.id}&state=DELIVERED`))).count === 1);
      const { caught: count, kept } = await expectOk(owner.get(`${path}/${catcher.id}`));
      assert.deepEqual([count, kept], [1, 1]);
      assert.equal((await expectOk(owner.get(`${notifications}/events`))).results.filter((event) => event.packageId === packageId).length, 1, 'it raises no event');
      const { attempt } = await expectOk(owner.post(`${endpointsPath}/${endpoint.id}/test`, {}));
      assert.equal(attempt.httpStatus, 200);
      assert.deepEqual((await caught(catcher.id, '?after=1')).map(({ number }) => number), [2]);
      // A check finds no fault that is this server's own doing: http within the machine, and a signature that nobody checks.
      const report = await expectOk(owner.post(`${endpointsPath}/${endpoint.id}/check`, {}));
      assert.equal(report.verdict, 'OK', JSON.stringify(report.findings));
      assert.deepEqual(report.findings.map(({ code }) => code).filter((code) => /^(TLS|SIGNATURE)/.test(code)), ['TLS_WITHIN', 'SIGNATURE_CATCHER']);
    });

    test('it answers as it is told: failing can be tried', async () => {
      const catcher = await make({ answer: 500 });
      const endpoint = await addEndpoint(owner, { url: catcher.url, events });
      await raise(owner, anyPackage());
      const { attempts } = await tried(owner, { endpointId: endpoint.id });
      assert.equal(attempts[0].httpStatus, 500);
      assert.equal((await expectOk(owner.put(`${path}/${catcher.id}`, { answer: 200 }))).answer, 200);
      await until('the retry is accepted', async () => (await expectOk(owner.get(`${notifications}/deliveries?endpointId=${endpoint.id}&state=DELIVERED`))).count === 1);
      for (const answer of [199, 302, 600, 'x']) assertError(await owner.put(`${path}/${catcher.id}`, { answer }), 400);
      assertError(await owner.post(path, { name: 'unknown' }), 400);
    });

    test('an answer that has no content leaves the connection to the next one', async () => {
      for (const answer of [204, 205]) {
        const { id, url } = await make({ answer });
        const { host, hostname, port, pathname } = new URL(url);
        const request = (rest) => `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1\r\n${rest}\r\nx`;
        const socket = connect(port, hostname, () => socket.write(request('') + request('Connection: close\r\n')));
        let seen = '';
        for await (const chunk of socket) seen += chunk;
        const heads = seen.split('\r\n\r\n');
        assert.deepEqual(heads.map((head) => head.slice(0, 12)), [`HTTP/1.1 ${answer}`, `HTTP/1.1 ${answer}`, ''], seen);
        assert.equal(seen.match(/^RateLimit-Limit: 20\r$/gm).length, 2);
        assert.equal(seen.match(/^RateLimit-Limit:/gm).length, 2, seen);
        assert.equal(/^content-length:/mi.test(seen), answer === 205);
        assert.equal((await caught(id)).length, 2);
      }
    });

    test('only exactly its path is reached on this server', async () => {
      const { url } = await make();
      const wrong = url.slice(0, -1) + (url.endsWith('A') ? 'B' : 'A');
      const refused = [`${url}?x=1`, `${url}/`, `${url}A`, url.replace('/catch/', '/catch/../catch/'), url.replace('/catch/', '/api/'), url.replace(/catch.*/, 'api/callback'), url.replace('127.0.0.1', 'localhost'), url.replace('127.0.0.1', '127.0.0.1.')];
      for (const target of [...refused, wrong]) {
        const endpoint = await addEndpoint(owner, { url: target, events: [] });
        const { attempt } = await expectOk(owner.post(`${endpointsPath}/${endpoint.id}/test`, {}));
        if (target === wrong) assert.equal(attempt.httpStatus, 404);
        else assert.equal(attempt.error, 'ADDRESS_REFUSED', target);
        await owner.delete(`${endpointsPath}/${endpoint.id}`);
      }
    });

    test('strangers: any body of 64 KiB, no more; a wrong token is 404; a pace; the last hundred stay', async () => {
      const { id, url } = await make();
      assert.equal(await send(url, { method: 'PUT', headers: { 'content-type': 'application/octet-stream', cookie: 'a=secret', authorization: 'own-secret' }, body: Buffer.from([0, 255, 1]) }), 200);
      assert.equal(await send(url, { body: 'x'.repeat(65536) }), 200);
      assert.equal(await send(url, { body: 'x'.repeat(65537) }), 413);
      assert.equal(await send(url, { headers: { 'x-latin': Buffer.from('caf\u00e9').toString('latin1') } }), 200);
      const [, whole, binary] = await caught(id);
      assert.deepEqual([binary.method, binary.isBase64, binary.body, binary.size], ['PUT', true, 'AP8B', 3]);
      assert.deepEqual([whole.isBase64, whole.body.length, whole.size], [false, 65536, 65536]);
      assert.doesNotMatch(JSON.stringify(binary), /secret/);
      for (const other of ['/catch/short', `/catch/${'A'.repeat(43)}`, '/catch/%00', '/catch/']) assert.equal(await send(server.url + other), 404, other);
      assert.equal(await send(url, { method: 'GET' }), 405);
      // A chain of notifications may end here, and is not longer for it.
      assert.equal(await send(url, { headers: { 'greffier-hops': '1' } }), 200);
      assert.equal(await send(url, { headers: { 'greffier-hops': '2' } }), 403);

      const statuses = [];
      await until('more than it keeps', async () => {
        statuses.push(...await Promise.all(Array.from({ length: 30 }, () => send(url, { body: 'many' }))));
        return (await expectOk(owner.get(`${path}/${id}`))).caught > 120;
      });
      assert.ok(statuses.includes(429) && statuses.every((status) => [200, 429].includes(status)));
      const { caught: count, kept } = await expectOk(owner.get(`${path}/${id}`));
      assert.equal(kept, 100);
      const pages = [];
      for (let after = 0, page; ; after = page[0].number) {
        page = await caught(id, `?after=${after}`);
        if (page.length === 0) break;
        pages.push(...page);
      }
      assert.equal(pages[0].number, count); // the newest first
      assertError(await owner.get(`${path}/${id}/requests?limit=26`), 400);
    });

    test('who asks for catchers that do not exist is told to wait, and keeps nobody else away', async () => {
      const { url } = await make();
      const missing = `${server.url}/catch/${'A'.repeat(43)}`;
      const misses = [];
      await until('it is told to wait', async () => {
        misses.push(...await Promise.all(Array.from({ length: 50 }, () => send(missing))));
        return misses.includes(429);
      });
      assert.ok(misses.every((status) => [404, 429].includes(status)));
      const flood = Promise.all(Array.from({ length: 100 }, () => send(missing)));
      assert.equal(await send(url), 200);
      assert.ok((await flood).includes(429));
    });

    test('an account has five, its own only, and each change is on record', async () => {
      const all = await Promise.all(Array.from({ length: 7 }, () => owner.post(path)));
      assert.deepEqual(all.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 409, 409]);
      const { id, url } = all.find(({ status }) => status === 200).body;
      const other = Client.withKey(server, await createAccount(installation));
      for (const answer of [await other.get(`${path}/${id}`), await other.get(`${path}/${id}/requests`), await other.put(`${path}/${id}`, { answer: 500 }), await other.delete(`${path}/${id}`)]) assertError(answer, 404);
      assert.deepEqual((await expectOk(other.get(path))).results, []);
      await send(url, { body: 'gone with it' });
      await expectOk(owner.put(`${path}/${id}`, { answer: 503 }));
      await expectOk(owner.delete(`${path}/${id}`));
      assert.equal(await send(url), 404);
      assertError(await owner.get(`${path}/${id}/requests`), 404);
      const entries = (await expectOk(owner.get(`/api/account/audit?target=${id}`))).results.filter((entry) => entry.target === id);
      assert.deepEqual(entries.map(({ action }) => action).sort(), ['catcher.change', 'catcher.create', 'catcher.delete']);
    });

    test('what it keeps is sealed, and the token is in no table in the clear but where it is an endpoint’s URL', async () => {
      const { url } = await make();
      await send(url, { headers: { 'x-mark': 'header-mark' }, body: 'body-mark' });
      const query = 'SELECT * FROM caught; SELECT * FROM catcher;';
      const database = installation.settings.indexOf('--database');
      const dump = database >= 0
        ? execFileSync('psql', ['-q', '-d', installation.settings[database + 1], '-c', "SET bytea_output = 'escape'", '-c', query.split(';')[0], '-c', query.split(';')[1]])
        : execFileSync('sqlite3', [join(installation.data, 'greffier.db'), query]);
      assert.match(dump.toString('latin1'), /cat_/);
      for (const mark of ['header-mark', 'body-mark', url.slice(-43)]) assert.ok(!dump.includes(mark), mark);
      assert.ok(!server.log.includes(url.slice(-43)));
    });

    test('after its time it is gone', async () => {
      const { id, url } = await make();
      assert.equal(await send(url), 200);
      tamper(installation, `UPDATE catcher SET expires_us = 1 WHERE id = '${id}'`);
      assertError(await owner.get(`${path}/${id}`), 404);
      assertError(await owner.get(`${path}/${id}/requests`), 404);
      assert.deepEqual((await expectOk(owner.get(path))).results, []);
      assert.equal(await send(url), 404);
    });
  });
}
