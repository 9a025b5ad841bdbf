// readme.test.mjs – the first five minutes, word for word: the commands come from the README itself, in both languages.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, mkdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { program, until } from './lib/server.mjs';

/** The ```sh blocks of the section, in order. */
function commandsOf(file, heading) {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(text.indexOf(`## ${heading}`)).split(/\n## /)[0];
  return [...whole.matchAll(/```sh\n([^]*?)```/g)].map((match) => match[1].trim());
}

class Terminal {
  constructor(cwd) {
    this.cwd = cwd;
    this.out = '';
  }
  /** Types a command into a shell of its own, which gets `variables` first. */
  type(command, variables = {}) {
    this.child = spawn('bash', ['-c', command], { cwd: this.cwd, env: { ...process.env, ...variables }, detached: true });
    this.child.stdout.on('data', (chunk) => (this.out += chunk));
    this.child.stderr.on('data', (chunk) => (this.out += chunk));
    this.ended = new Promise((done) => this.child.on('close', done));
    return this;
  }
  async interrupt() {
    process.kill(-this.child.pid, 'SIGINT');
    await this.ended;
  }
}

for (const [file, heading] of [['README.md', 'The first five minutes'], ['LISEZMOI.md', 'Les cinq premières minutes']]) {
  test(`${file}: ${heading}`, async () => {
    const [start, receive, key, register, create, note, send, look] = commandsOf(file, heading);
    assert.equal(start, 'make run');

    // A fresh folder with the program where `make` puts it; the server as the Makefile's `run` starts it.
    const folder = mkdtempSync(join(tmpdir(), 'greffier-readme-'));
    mkdirSync(join(folder, 'build'));
    symlinkSync(resolve(program), join(folder, 'build', 'greffier'));
    const makefile = readFileSync('Makefile', 'utf8');
    const started = makefile.match(/^run:.*\n\t@exec (.*)$/m)[1].replace('$(PORT)', '8080').replace('$(DATA)', './data');
    const server = new Terminal(folder).type(started);
    const apiKey = await until('the block with the credentials', () => server.out.match(/API key +(\S+)/)?.[1]);
    await until('the server serves', () => server.out.includes('serves http://127.0.0.1:8080'));

    const listener = new Terminal(folder).type(receive);
    await until('the receiver listens', () => listener.out.includes('http://127.0.0.1:9000/'));

    assert.match(key, /^export API_KEY=/);
    const variables = { API_KEY: apiKey };
    const typed = async (command) => {
      const terminal = new Terminal(folder).type(command, variables);
      await terminal.ended;
      return terminal.out;
    };
    assert.match(await typed(register), /"signingSecret":"whsec_/);
    const made = await typed(create);
    variables.PACKAGE = made.match(/"id":"([^"]+)"/)?.[1];
    assert.ok(variables.PACKAGE, made);
    assert.match(note, /^export PACKAGE=/);
    await until('PACKAGE_CREATE arrives', () => /PACKAGE_CREATE[^]*authorization +ok/.test(listener.out));
    await typed(send);
    await until('PACKAGE_ACTIVATE arrives', () => listener.out.includes('PACKAGE_ACTIVATE'));
    assert.match(await typed(look), /"state":"DELIVERED"/);

    await listener.interrupt();
    await server.interrupt();
    assert.match(server.out, /stopped/);
    rmSync(folder, { recursive: true, force: true });
  });
}
