// listener.mjs – a receiver that may take its time: answers when it likes, counts what is open at once, speaks https if asked to.
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { until } from './server.mjs';

const parsed = (type, raw) => (/json/.test(type) ? JSON.parse(raw) : Object.fromEntries(new URLSearchParams(raw.toString())));

export class Listener {
  /** `answer(notification)` gives a status or {status, headers, body}, or a promise of one. `tls`: {key, cert} for https. */
  static async start(answer = () => 200, tls) {
    const listener = new Listener();
    Object.assign(listener, { received: [], open: 0, mostOpen: 0, answer });
    const on = (request, response) => listener.take(request, response);
    listener.server = tls ? createSecureServer(tls, on) : createServer(on);
    await listener.listen(0);
    listener.url = `http${tls ? 's' : ''}://127.0.0.1:${listener.port}/hook`;
    return listener;
  }
  listen(port) {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', () => {
        this.port = this.server.address().port;
        this.server.unref(); // a test that fails and leaves it behind still ends
        resolve();
      });
    });
  }
  async take(request, response) {
    this.open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    response.on('close', () => (this.open -= 1));
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const notification = { method: request.method, url: request.url, headers: request.headers, raw, body: parsed(request.headers['content-type'], raw), at: Date.now() };
    this.received.push(notification);
    const answered = await this.answer(notification);
    const { status, headers, body } = typeof answered === 'number' ? { status: answered } : answered;
    response.writeHead(status, headers).end(body);
  }
  /** What came for a package, in the order it came. */
  of(packageId) {
    return this.received.filter((n) => (n.body.packageId ?? n.body.data?.packageId) === packageId);
  }
  /** Waits until `count` notifications are there, and returns them. */
  arrived(count) {
    return until(`${count} notifications`, () => this.received.length >= count && this.received);
  }
  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A gate that stays shut until it is opened: `await gate.passed`. */
export function gate() {
  const made = {};
  made.passed = new Promise((resolve) => (made.open = resolve));
  return made;
}
