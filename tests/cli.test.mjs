// cli.test.mjs – the command line helps: whoever mistypes, asks, or works with another data folder.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freshInstallation, createAccount, program, run, Server, Client, until } from './lib/server.mjs';

/** All commands, as the manual page lists them. */
async function commands() {
  const { stdout } = await run(['man']);
  return [...stdout.matchAll(/^\.SS greffier (.*)$/gm)].map(([, name]) => name);
}

/** What a terminal would show: `script` gives the command one. */
async function onTerminal(args) {
  const { stdout } = await promisify(execFile)('script', ['-qec', [program, ...args].map((word) => `'${word}'`).join(' '), '/dev/null'], { env: { ...process.env, TERM: 'xterm' } });
  return stdout.replaceAll('\r', '');
}

describe('help', () => {
  test('every command stands in the general help, has a help of its own, and is completed', async () => {
    const all = (await run(['--help'])).stdout;
    const bash = (await run(['completion'])).stdout;
    const fish = (await run(['completion', '--shell', 'fish'])).stdout;
    for (const name of await commands()) {
      assert.match(all, new RegExp(`^  ${name} `, 'm'), name);
      const words = name.split(' ');
      const help = await run([...words, '--help']);
      assert.deepEqual([help.status, help.stderr], [0, '']);
      assert.ok(help.stdout.startsWith(`Usage: greffier ${name} [OPTION...]\n`), name);
      assert.equal((await run(['help', ...words])).stdout, help.stdout);
      for (const line of help.stdout.split('\n')) assert.ok(line.length <= 80 || line.startsWith('  greffier ') || /^ +\S+$/.test(line), line);
      for (const word of words) assert.match(bash, new RegExp(`\\b${word}\\b`), name);
      assert.match(fish, new RegExp(words.length > 1 ? `-a ${words[1]} ` : words[0]), name);
    }
  });

  test('help, version and a group are found under each usual name', async () => {
    const all = (await run(['--help'])).stdout;
    for (const word of ['-h', 'help']) assert.equal((await run([word])).stdout, all);
    const version = (await run(['--version'])).stdout;
    for (const word of ['-v', 'version']) assert.equal((await run([word])).stdout, version);
    const group = await run(['account', '--help']);
    assert.equal(group.status, 0);
    assert.match(group.stdout, /account create[^]*account list/);
    assert.equal((await run(['help', 'account'])).stdout, group.stdout);
  });

  for (const [typed, meant] of [
    [['acount', 'list'], 'Did you mean `greffier account list`?'],
    [['account', 'lst'], 'Did you mean `greffier account list`?'],
    [['srve'], 'Did you mean `greffier serve`?'],
    [['account', 'list', '--jsn'], 'did you mean `--json`?'],
    [['serve', '--lisen', 'x'], 'did you mean `--listen`?'],
  ]) {
    test(`greffier ${typed.join(' ')}: ${meant}`, async () => {
      const { status, stdout, stderr } = await run(typed);
      assert.deepEqual([status, stdout], [2, '']);
      assert.ok(stderr.includes(meant), stderr);
    });
  }

  test('bash completes groups, commands and options', async () => {
    const { stdout: script } = await run(['completion', '--shell', 'bash']);
    const complete = async (...words) => {
      const line = `${script}\nCOMP_WORDS=(greffier ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _greffier; echo "\${COMPREPLY[@]}"`;
      return (await promisify(execFile)('bash', ['-c', line])).stdout.trim().split(' ');
    };
    assert.deepEqual(await complete('acc'), ['account']);
    assert.deepEqual(await complete('account', ''), (await commands()).filter((name) => name.startsWith('account ')).map((name) => name.split(' ')[1]));
    assert.deepEqual(await complete('account', 'create', '--own'), ['--owner-email']);
    assert.deepEqual(await complete('account', 'list', '--key'), ['--key-file']);
    assert.equal((await run(['completion', '--shell', 'csh'])).status, 2);
  });
});

describe('an installation', () => {
  let installation, account;
  before(async () => {
    installation = freshInstallation('sqlite');
    account = await createAccount(installation, 'Banque rouge é');
  });
  after(() => installation.remove());

  test('that is not there is not made by a command that reads', async () => {
    const nowhere = join(installation.data, 'nowhere');
    for (const command of [['account', 'list'], ['endpoint', 'list', '--account', 'a'], ['audit', 'verify'], ['user', 'list', '--account', 'a']]) {
      const { status, stderr } = await run([...command, '--data', nowhere]);
      assert.equal(status, 3, command.join(' '));
      assert.ok(stderr.includes(nowhere), stderr);
    }
    assert.equal(existsSync(nowhere), false);
  });

  test('tables: tabs for programs, columns for people', async () => {
    const piped = (await run(['account', 'list', ...installation.settings])).stdout.split('\n');
    assert.equal(piped[0], 'accountId\tname\townerId\tparentAccountId\tfeatures');
    assert.ok(piped[1].startsWith(`${account.accountId}\tBanque rouge é\t`), piped[1]);
    const shown = await onTerminal(['account', 'list', ...installation.settings]);
    const [heading, row] = shown.replace(/\u001b\[[01]m/g, '').split('\n');
    assert.equal(shown.match(/\u001b\[\d*m/g).join(''), '\u001b[1m\u001b[0m');
    assert.equal(heading.indexOf('ownerId'), row.indexOf(account.ownerId));
  });

  test('features are a list in JSON', async () => {
    const [row] = JSON.parse((await run(['account', 'list', '--json', ...installation.settings])).stdout);
    assert.ok(row.features.includes('client-apps'));
  });

  test('callback set changes what it names, and nothing else', async () => {
    const callback = async (...args) => {
      const { status, stdout, stderr } = await run(['callback', ...args, '--account', account.accountId, ...installation.settings]);
      assert.equal(status, 0, stderr);
      return JSON.parse(stdout);
    };
    const key = join(installation.data, 'key.txt');
    writeFileSync(key, 'my-callback-key\n');
    await callback('set', '--url', 'http://127.0.0.1:9/a', '--events', 'PACKAGE_CREATE', '--key-from', key);
    await callback('set', '--url', 'http://127.0.0.1:9/b');
    const moved = await callback('show');
    assert.deepEqual([moved.url, moved.key, moved.events], ['http://127.0.0.1:9/b', 'my-callback-key', ['PACKAGE_CREATE']]);
    await callback('set', '--events', 'PACKAGE_COMPLETE,DOCUMENT_SIGNED');
    const chosen = await callback('show');
    assert.deepEqual([chosen.url, chosen.key, chosen.events.length], ['http://127.0.0.1:9/b', 'my-callback-key', 2]);
    const wrong = await run(['callback', 'set', '--events', 'PACKAGE_CRATE', '--account', account.accountId, ...installation.settings]);
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /events\[0\]: `PACKAGE_CRATE` is not an event type; did you mean `PACKAGE_CREATE`\?/);
    assert.equal((await run(['callback', 'set', '--account', account.accountId, ...installation.settings])).status, 2);
    assert.deepEqual(await callback('show'), chosen);
  });

  test('a variable that is no setting is named at start', async () => {
    const server = await Server.start(installation, [], { env: { ...process.env, GREFFIER_TOKEN_LIVE: '60' } });
    assert.match(server.log, /environment variable GREFFIER_TOKEN_LIVE is not a setting; did you mean GREFFIER_TOKEN_LIFE\?/);
    await server.stop();
  });

  test('receive --key answers 401 to another key', async (t) => {
    const child = execFile(program, ['receive', '--port', '0', '--key', 'right']);
    t.after(() => child.kill());
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    const url = await until('the receiver listens', () => said.match(/http:\S+/)?.[0]);
    const post = async (headers) => (await fetch(url, { method: 'POST', body: '{"name":"PACKAGE_CREATE"}', headers })).status;
    assert.deepEqual([await post({ authorization: 'Basic right' }), await post({ authorization: 'Basic wrong' }), await post({})], [200, 401, 401]);
  });
});

test('a demonstration in another folder: its mails are files there, and what it prints names the folder', async () => {
  const data = join(mkdtempSync(join(tmpdir(), 'greffier-demo-')), 'mine');
  const settings = { engine: 'sqlite', data, settings: ['--data', data] };
  let server = await Server.start(settings, ['--demo']);
  const email = await until('the block', () => server.output.match(/E-mail +(\S+)/)?.[1]);
  assert.ok(server.output.includes(`file in ${data}/mail`), server.output);
  assert.equal((await new Client(server).post('/api/password/forgotten', { email })).status, 200);
  await until('the mail is there', () => readdirSync(join(data, 'mail')).some((name) => name.endsWith('.eml')));
  await server.stop();

  server = await Server.start(settings, ['--demo']);
  await until('the block', () => /last run/.test(server.output));
  assert.match(server.output, /Console +http\S+\/admin/);
  const [, command] = server.output.match(/(\S+ user password .*)$/m);
  await server.stop();
  const { stdout } = await promisify(execFile)('sh', ['-c', command]);
  assert.match(stdout, /\S{12,}/);
  rmSync(data, { recursive: true });
});

test('a mail folder that cannot be made is refused at start', async () => {
  const installation = freshInstallation('sqlite');
  const { status, stderr } = await run(['serve', '--listen', '127.0.0.1:0', '--mail-folder', '/proc/none/mail', ...installation.settings]);
  installation.remove();
  assert.equal(status, 3);
  assert.match(stderr, /--mail-folder: cannot make the folder \/proc\/none\/mail/);
});
