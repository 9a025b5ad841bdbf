// receiver.mjs – a callback receiver of one's own: keeps what it gets, answers as told.
import { createServer } from 'node:http';
import { createHmac, timingSafeEqual } from 'node:crypto';

export class Receiver {
  /** `answer(notification, count)` gives a status (default 200), or an object {status, headers, body}. */
  static async start(answer = () => 200) {
    const receiver = new Receiver();
    receiver.received = [];
    receiver.answer = answer;
    receiver.server = createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks);
        const isJson = request.headers['content-type']?.includes('json');
        const notification = { headers: request.headers, rawHeaders: request.rawHeaders, method: request.method, path: request.url, raw, body: isJson ? JSON.parse(raw) : undefined, at: Date.now() };
        receiver.received.push(notification);
        const answered = receiver.answer(notification, receiver.received.length);
        const { status, headers, body } = typeof answered === 'number' ? { status: answered } : answered;
        response.writeHead(status, headers).end(body);
      });
    });
    await new Promise((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    receiver.url = `http://127.0.0.1:${receiver.server.address().port}/callback`;
    return receiver;
  }
  names(packageId) {
    return this.received.filter((n) => !packageId || n.body.packageId === packageId).map((n) => n.body.name);
  }
  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Standard Webhooks, version 1, written from its text. */
export function signatureIsRight(notification, secret) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = notification.headers;
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(notification.raw).digest();
  return signatures.split(' ').some((signature) => {
    const [version, value] = signature.split(',');
    const given = Buffer.from(value ?? '', 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
