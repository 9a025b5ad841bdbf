// certificates.mjs – a certification authority of one's own, made with openssl in a temporary folder.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Authority {
  constructor(name = 'Test CA') {
    this.folder = mkdtempSync(join(tmpdir(), 'greffier-ca-'));
    this.count = 0;
    this.openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', `/CN=${name}`);
    this.file = join(this.folder, 'ca.pem');
    this.certificate = readFileSync(this.file, 'utf8');
  }
  openssl(...args) {
    execFileSync('openssl', args, { cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'] });
  }
  /** A certificate and its key, {cert, key, certFile, keyFile}: for a server (by default at 127.0.0.1 and localhost), or for a client of that name. */
  issue(name, names = 'IP:127.0.0.1,DNS:localhost', days = 1, kind = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']) {
    const base = `${name.replace(/[^\w]/g, '-')}-${++this.count}`;
    const file = (extension) => join(this.folder, `${base}.${extension}`);
    writeFileSync(file('ext'), `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`);
    this.openssl('req', '-new', '-newkey', ...kind, '-nodes', '-keyout', file('key'), '-out', file('csr'), '-subj', `/CN=${name}`);
    this.openssl('x509', '-req', '-in', file('csr'), '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', `${days}`, '-extfile', file('ext'), '-out', file('pem'));
    return { cert: readFileSync(file('pem'), 'utf8'), key: readFileSync(file('key'), 'utf8'), certFile: file('pem'), keyFile: file('key') };
  }
  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
