// nginx.mjs – the real one, in front of a receiver of ours: TLS, client certificates, HTTP/2. It passes on what it knows of a call
// in headers x-protocol, x-verify, x-client and x-connection.
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './server.mjs';

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const configuration = ({ folder, port, upstream, certificate, clientAuthority, http2 }) => `
daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr error;
events { worker_connections 512; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  server {
    listen 127.0.0.1:${port} ssl${http2 ? ' http2' : ''};
    ssl_certificate ${certificate.certFile};
    ssl_certificate_key ${certificate.keyFile};
    ${clientAuthority ? `ssl_client_certificate ${clientAuthority.file}; ssl_verify_client on;` : ''}
    location / {
      proxy_pass ${upstream};
      proxy_set_header X-Protocol $server_protocol;
      proxy_set_header X-Verify $ssl_client_verify;
      proxy_set_header X-Client $ssl_client_s_dn;
      proxy_set_header X-Connection $connection;
    }
  }
}
`;

const answers = (port) => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => resolve(true));
  socket.on('error', () => resolve(false)).on('connect', () => socket.end());
});

export class Nginx {
  /** `certificate` as Authority.issue gives it; `clientAuthority`: who must have issued the client's. `upstream`: a URL. */
  static async start(options) {
    const nginx = new Nginx();
    nginx.folder = mkdtempSync(join(tmpdir(), 'greffier-nginx-'));
    nginx.log = '';
    for (let tries = 0; !nginx.port; tries++) {
      const port = await freePort();
      writeFileSync(join(nginx.folder, 'nginx.conf'), configuration({ ...options, folder: nginx.folder, port }));
      const child = spawn('nginx', ['-p', nginx.folder, '-c', join(nginx.folder, 'nginx.conf'), '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr.on('data', (chunk) => (nginx.log += chunk));
      nginx.ended = new Promise((resolve) => child.on('close', resolve));
      let over = false;
      nginx.ended.then(() => (over = true));
      await until('nginx', async () => over || answers(port));
      if (over && tries === 5) throw new Error(nginx.log); // somebody else may have taken the port
      if (!over) Object.assign(nginx, { child, port });
    }
    nginx.url = `https://127.0.0.1:${nginx.port}/hook`;
    return nginx;
  }
  async stop() {
    this.child.kill('SIGTERM');
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
