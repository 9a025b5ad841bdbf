// database_proxy.mjs – stands between a server and its PostgreSQL database, and cuts it off.
import { connect, createServer } from 'node:net';

export class DatabaseProxy {
  /** `uri`: of the database. */
  static async start(uri) {
    const { hostname, port } = new URL(uri);
    const proxy = new DatabaseProxy();
    proxy.sockets = new Set();
    proxy.isCut = false;
    proxy.server = createServer((client) => {
      if (proxy.isCut) return client.destroy();
      const database = connect(Number(port), hostname);
      for (const socket of [client, database]) {
        proxy.sockets.add(socket);
        socket.on('error', () => {}).on('close', () => {
          proxy.sockets.delete(socket);
          client.destroy();
          database.destroy();
        });
      }
      client.pipe(database).pipe(client);
      return undefined;
    });
    await new Promise((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    const through = new URL(uri);
    through.port = proxy.server.address().port;
    proxy.uri = through.href;
    return proxy;
  }
  /** All connections end, and new ones do, until `mend`. */
  cut() {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }
  mend() {
    this.isCut = false;
  }
  async stop() {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
