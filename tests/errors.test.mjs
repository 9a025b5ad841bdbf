// errors.test.mjs – whatever strangers send, every refusal carries the standard body, and nothing changes.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import net from 'node:net';
import { engines, freshInstallation, createAccount, Server, Client } from './lib/server.mjs';

/** Sends bytes, and gives the whole answer as text when the server closes. */
function raw(url, bytes) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk));
    socket.on('close', () => resolve(answer));
    socket.on('error', (error) => (answer ? resolve(answer) : reject(error)));
    socket.write(bytes);
  });
}

function assertStandardBody(body, status, key) {
  assert.equal(body.code, status);
  assert.equal(body.messageKey, key);
  assert.ok(body.name && body.message);
}

for (const engine of engines) {
  describe(`errors on ${engine}`, () => {
    let installation, account, server, owner;
    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      server = await Server.start(installation, ['--body-limit', '200000', '--headers-limit', '8192']);
      owner = Client.withKey(server, account);
    });
    after(async () => {
      assert.equal((await owner.get('/api/packages')).body.count, 0, 'no refused call has left anything');
      assert.deepEqual((await owner.get('/api/notifications/events')).body.results, []);
      await server.stop();
      installation.remove();
    });

    const rows = [
      ['an unknown route', 'GET', '/api/nothing', undefined, 404, 'error.notFound.resourceNotFound'],
      ['the root', 'GET', '/', undefined, 404, 'error.notFound.resourceNotFound'],
      ['an unknown method', 'PATCH', '/api/packages', {}, 405, 'error.validation.methodNotAllowed'],
      ['a wrong method', 'PUT', '/api/callback', {}, 405, 'error.validation.methodNotAllowed'],
      ['an unknown package', 'GET', '/api/packages/LWsUTvGgE4WpOvaQPT16idnxNj8=', undefined, 404, 'error.notFound.packageNotFound'],
      ['an id that is none', 'GET', '/api/packages/%00', undefined, 404, 'error.notFound.resourceNotFound'],
      ['an empty body', 'POST', '/api/packages', '', 400, 'error.validation.invalidJson'],
      ['half a body', 'POST', '/api/packages', '{"name": "x"', 400, 'error.validation.invalidJson'],
      ['a list', 'POST', '/api/packages', '[]', 400, 'error.validation.invalidJson'],
      ['no UTF-8', 'POST', '/api/packages', Buffer.from('7b226e616d65223a22ff227d', 'hex'), 400, 'error.validation.invalidJson'],
      ['deep nesting', 'POST', '/api/packages', '['.repeat(100000), 400, 'error.validation.invalidJson'],
      ['no name', 'POST', '/api/packages', {}, 400, 'error.validation.missingField'],
      ['a name of a wrong type', 'POST', '/api/packages', { name: 5 }, 400, 'error.validation.invalidField'],
      ['a list of a wrong type', 'POST', '/api/packages', { name: 'x', roles: {} }, 400, 'error.validation.invalidField'],
      ['an unknown status', 'POST', '/api/packages', { name: 'x', status: 'DONE' }, 400, 'error.validation.invalidField'],
      ['sending without anything to sign', 'POST', '/api/packages', { name: 'x', status: 'SENT' }, 400, 'error.validation.package.notSendable'],
      ['a page from zero', 'GET', '/api/packages?from=0', undefined, 400, 'error.validation.invalidField'],
      ['a page too long', 'GET', '/api/packages?from=1&to=101', undefined, 400, 'error.validation.invalidField'],
      ['an unknown event', 'POST', '/api/callback', { url: 'http://127.0.0.1:1/', events: ['PACKAGE_EXPLODE'] }, 400, 'error.validation.callback.invalidEvent'],
      ['no URL', 'POST', '/api/callback', { events: ['PACKAGE_CREATE'] }, 400, 'error.validation.callback.invalidUrl'],
      ['another scheme', 'POST', '/api/callback', { url: 'ftp://127.0.0.1/', events: ['PACKAGE_CREATE'] }, 400, 'error.validation.callback.invalidUrl'],
      ['a header that is not ours to set', 'POST', '/api/callback', { url: 'http://127.0.0.1:1/', events: [], customHeaders: [{ key: 'Authorization', value: 'x' }] }, 400, 'error.validation.callback.invalidHeader'],
      ['six headers', 'POST', '/api/callback', { url: 'http://127.0.0.1:1/', events: [], customHeaders: Array.from({ length: 6 }, (_, i) => ({ key: `X-${i}`, value: 'x' })) }, 400, 'error.validation.callback.tooManyHeaders'],
      ['a state that is none', 'GET', '/api/notifications/deliveries?state=LOST', undefined, 400, 'error.validation.invalidField'],
      ['a body too large', 'POST', '/api/packages', JSON.stringify({ name: 'x', description: 'y'.repeat(300000) }), 413, 'error.validation.bodyTooLarge'],
    ];
    for (const [what, method, path, body, status, key] of rows) {
      test(`${what}: ${status}`, async () => {
        const refused = await owner.request(method, path, body);
        assert.equal(refused.status, status, refused.bytes.toString());
        assertStandardBody(refused.body, status, key);
      });
    }

    test('405 says which methods are allowed', async () => {
      const refused = await owner.request('PATCH', '/api/packages');
      assert.deepEqual(refused.headers.get('allow').split(/, */).filter((m) => m !== 'HEAD').sort(), ['GET', 'POST']);
    });

    const malformed = [
      ['no HTTP', 'HELO mail.example\r\n\r\n', 400],
      ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
      ['two lengths', 'POST /api/packages HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc', 400],
      ['length and chunks', 'POST /api/packages HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
      ['a broken chunk', 'POST /api/packages HTTP/1.1\r\nHost: x\r\nAuthorization: KEY\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
      ['chunk data without CR LF', 'POST /api/packages HTTP/1.1\r\nHost: x\r\nAuthorization: KEY\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n', 400],
      ['a lone LF', 'GET /healthz HTTP/1.1\nHost: x\n\n', 400],
      ['a folded header', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n', 400],
      ['chunks in HTTP/1.0', 'POST /api/packages HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
      ['a coding that is unknown', 'POST /api/packages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n', 501],
      ['endless headers', `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20000)}\r\n\r\n`, 431],
      ['a declared body too large', 'POST /api/packages HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n', 413],
      ['chunks too large', `POST /api/packages HTTP/1.1\r\nHost: x\r\nAuthorization: KEY\r\nTransfer-Encoding: chunked\r\n\r\n${'10000\r\n' + 'z'.repeat(65536) + '\r\n'}`.repeat(1) + ('10000\r\n' + 'z'.repeat(65536) + '\r\n').repeat(4), 413],
    ];
    for (const [what, bytes, status] of malformed) {
      test(`${what}: ${status}, and the connection closes`, async () => {
        const answer = await raw(server.url, bytes.replace('KEY', `Basic ${account.apiKey}`));
        assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), answer.slice(0, 200));
        assert.match(answer, /\r\nconnection: close/i);
        assertStandardBody(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)), status, JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)).messageKey);
      });
    }

    test('parameters without a value count as not sent', async () => {
      for (const path of ['/api/packages?query=&predefined=&type=&search=&searchtype=&visibility=&lastUpdatedStartDate=&lastUpdatedEndDate=&sort=&dir=&fields=&from=&to=&ownerUserId=&ownerEmail=&expiringSoonDays', '/api/notifications/deliveries?state=&packageId=&name=&eventId=&endpointId=&error=', '/api/notifications/endpoints?packageId=', '/api/notifications/events?after=&limit=&wait=', '/api/account/senders?dir=&search=&roleId=&from=', '/api/account/audit?action=&actor=&target=', '/api/account/authentication/dlp/rules?format=&format=gitleaks']) {
        const answer = await owner.get(path);
        assert.equal(answer.status, 200, `${path}: ${answer.bytes}`);
      }
    });

    test('slashes after each other count as one', async () => {
      for (const path of ['//api/packages', '/api//packages', '/api/packages//', '///api///packages?from=1']) {
        assert.equal((await owner.get(path)).status, 200, path);
      }
      assertStandardBody((await owner.get('//api//packages//nothing')).body, 404, 'error.notFound.packageNotFound');
    });

    test('the version parameter never matters', async () => {
      const answer = await owner.request('GET', '/api/packages', undefined, { accept: 'application/json; esl-api-version=99.0' });
      assert.equal(answer.status, 200);
    });

    test('who waits for 100 Continue gets it before sending the body', async () => {
      const { hostname, port } = new URL(server.url);
      const socket = net.connect(Number(port), hostname);
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
        if (answer === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write('{"events":[]}');
      });
      socket.write(`POST /api/callback HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic ${account.apiKey}\r\nContent-Length: 13\r\nExpect: 100-continue\r\n\r\n`);
      await new Promise((resolve) => socket.on('close', resolve));
      assert.match(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    });
  });
}
