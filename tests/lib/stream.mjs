// stream.mjs – reads server-sent events (WHATWG HTML section 9.2) as they come.
export class Stream {
  static async open(client, path = '/api/notifications/events/stream', headers = {}) {
    const stream = new Stream();
    stream.messages = [];
    stream.comments = 0;
    stream.aborter = new AbortController();
    const response = await fetch(client.server.url + path, { headers: { authorization: client.authorization, ...headers }, signal: stream.aborter.signal });
    stream.status = response.status;
    stream.headers = response.headers;
    stream.done = stream.#read(response.body).then(() => (stream.ended = true), () => (stream.ended = true));
    return stream;
  }
  async #read(body) {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      rest += decoder.decode(chunk, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) this.#take(block.split('\n'));
    }
  }
  #take(lines) {
    const field = (name) => lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2)).join('\n');
    if (field('retry')) this.retry = Number(field('retry'));
    if (lines[0].startsWith(':')) this.comments++;
    if (field('data')) this.messages.push({ id: Number(field('id')), event: field('event'), data: JSON.parse(field('data')) });
  }
  async close() {
    this.aborter.abort();
    await this.done;
  }
}
