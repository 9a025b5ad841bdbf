// replies.test.mjs – what the record keeps of a reply's head: masked, bounded, and readable whatever the receiver sends.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { engines, freshInstallation, createAccount, Server, Client } from './lib/server.mjs';
import { addEndpoint, anyPackage, delivery, expectOk, notifications, raise, tried } from './lib/notifications.mjs';

const lines = (...more) => `HTTP/1.1 200 OK\r\ncontent-length: 0\r\n${more.join('')}\r\n`;
const rows = [
  { what: 'ordinary', reply: lines('Server: nginx\r\nX-Request-Id: 7\r\n'), shows: /^HTTP\/1\.1 200 OK\ncontent-length: 0\nServer: nginx\nX-Request-Id: 7\n$/ },
  { what: 'secrets', reply: lines('Set-Cookie: id=geheim\r\nX-Api-Key: geheim\r\nLocation: https://a.example/?code=geheim\r\n'), shows: /Set-Cookie: \*\*\*\nX-Api-Key: \*\*\*\nLocation: https:\/\/a\.example\/\*\*\*\n/ },
  { what: 'one that is too long', reply: lines(`X-Long: ${'a'.repeat(40000)}\r\n`, 'X-After: 1\r\n'), shows: /^HTTP\/1\.1 200 OK\ncontent-length: 0\n/ },
  { what: 'thousands', reply: lines(...Array.from({ length: 3000 }, (_, i) => `X-${i}: ${i}\r\n`)), shows: /\nX-0: 0\nX-1: 1\n/ },
  { what: 'binary', reply: Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nX-A: '), Buffer.from([0xff, 0xfe, 0x1b, 0x80]), Buffer.from('\r\n\r\n')]), shows: /\nX-A: \ufffd\ufffd \ufffd\n/ },
  { what: 'an answer before the answer', reply: `HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n${lines('X-Late: 1\r\n')}`, shows: /^HTTP\/1\.1 200 OK\n(?![^]*Early)[^]*X-Late: 1\n$/ },
  { what: 'trailers', reply: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: geheim\r\n\r\n', shows: /^HTTP\/1\.1 200 OK\nTransfer-Encoding: chunked\n$/ },
];

for (const engine of engines) {
  describe(`heads of replies on ${engine}`, () => {
    let installation, server, owner, stranger;
    before(async () => {
      installation = freshInstallation(engine);
      const account = await createAccount(installation);
      server = await Server.start(installation);
      owner = Client.withKey(server, account);
      stranger = Client.withKey(server, await createAccount(installation));
    });
    after(async () => {
      await server.stop();
      installation.remove();
    });

    for (const { what, reply, shows } of rows) {
      test(what, async () => {
        const receiver = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end(reply)));
        await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
        const { id } = await addEndpoint(owner, { url: `http://127.0.0.1:${receiver.address().port}/`, events: ['PACKAGE_CREATE'] });
        const event = await raise(owner, anyPackage(), 'PACKAGE_CREATE');
        await tried(owner, { eventId: event.id });
        const { state, attempts: [attempt] } = await delivery(owner, event.id, id);
        assert.deepEqual([state, attempt.httpStatus], ['DELIVERED', 200]);
        assert.match(attempt.replyHead, shows);
        assert.ok(Buffer.byteLength(attempt.replyHead) <= 4096);
        assert.doesNotMatch(JSON.stringify(attempt), /geheim/);
        const { timings: { connectMs, sendMs, firstByteMs }, durationMs } = attempt;
        assert.ok(connectMs > 0 && sendMs >= connectMs && firstByteMs >= sendMs && durationMs >= firstByteMs, JSON.stringify(attempt.timings));
        assert.equal((await stranger.get(`${notifications}/deliveries/${event.id}/${id}`)).status, 404);

        // What receivers said goes with what the event said.
        if (what === 'ordinary') {
          await expectOk(owner.delete(`${notifications}/events/${event.id}/payload`));
          assert.equal((await delivery(owner, event.id, id)).attempts[0].replyHead, '');
        }
        await expectOk(owner.delete(`/api/notifications/endpoints/${id}`));
        receiver.close();
      });
    }
  });
}
