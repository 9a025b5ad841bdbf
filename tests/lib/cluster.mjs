// cluster.mjs – a PostgreSQL server of the test's own, that it may configure, freeze and kill. scripts/with-postgresql starts the
// one that all others share.
import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releaseAfterwards } from './release.mjs';
import { until } from './server.mjs';

const versions = '/usr/lib/postgresql';

function programs() {
  const newest = readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0];
  return join(versions, newest, 'bin');
}

/** PostgreSQL refuses to run as root: root borrows the user that Debian's package made. */
function asPostgres(program, ...args) {
  const [command, rest] = process.getuid() === 0 ? ['runuser', ['-u', 'postgres', '--', program, ...args]] : [program, args];
  return execFileSync(command, rest, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Cluster {
  /** `settings`: as postgres takes them after -c ("fsync=off"). */
  static async start(settings = []) {
    const cluster = new Cluster();
    cluster.folder = mkdtempSync(join(tmpdir(), 'greffier-cluster-'));
    if (process.getuid() === 0) {
      const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'])));
      chownSync(cluster.folder, uid, gid);
    }
    cluster.data = join(cluster.folder, 'data');
    asPostgres(join(programs(), 'initdb'), '-D', cluster.data, '-U', 'greffier', '-A', 'trust', '-E', 'UTF8', '--no-sync');
    cluster.keep = releaseAfterwards(() => cluster.remove());
    await cluster.run(settings);
    return cluster;
  }

  /** Starts the server on what is in the folder. */
  async run(settings = []) {
    this.port = await freePort();
    const options = ['listen_addresses=127.0.0.1', ...settings].map((setting) => `-c ${setting}`).join(' ');
    asPostgres(join(programs(), 'pg_ctl'), '-D', this.data, '-l', join(this.folder, 'log'), '-w', 'start', '-o', `-p ${this.port} -k ${this.folder} ${options}`);
    this.uri = `postgresql://greffier@127.0.0.1:${this.port}/postgres`;
  }

  /** The process ids of the server and all it has started. */
  get pids() {
    const leader = Number(readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
      try {
        return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[1]) === leader;
      } catch {
        return false; // it has just ended
      }
    });
    return [leader, ...children.map(Number)];
  }
  signal(name) {
    for (const pid of this.pids) {
      try {
        process.kill(pid, name);
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    }
  }
  freeze() { this.signal('SIGSTOP'); }
  goOn() { this.signal('SIGCONT'); }
  /** As a power cut: nothing is flushed. */
  async kill() {
    const { pids } = this;
    this.signal('SIGKILL');
    await until('PostgreSQL is dead', () => pids.every((pid) => {
      try {
        return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].startsWith('Z');
      } catch {
        return true;
      }
    }));
    rmSync(join(this.data, 'postmaster.pid'), { force: true });
  }
  remove() {
    this.keep?.();
    try {
      this.signal('SIGKILL');
    } catch {
      // it does not run
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
