// lifecycle.test.mjs – starting, stopping, signals, TLS, the command line.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import https from 'node:https';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engines, freshInstallation, createAccount, run, program, Server, Client, until } from './lib/server.mjs';
import { Receiver } from './lib/receiver.mjs';

function certificate(folder, name) {
  const [key, chain] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', chain, '-days', '2', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
  return { key, chain };
}

function peerName(url) {
  return new Promise((resolve, reject) => {
    const request = https.get(`${url}/healthz`, { rejectUnauthorized: false, agent: false }, (response) => {
      const name = response.socket.getPeerCertificate().subject.CN;
      response.resume().on('end', () => resolve({ name, status: response.statusCode }));
    });
    request.on('error', reject);
  });
}

for (const engine of engines) {
  test(`--demo creates an account once, and prints what to do next (${engine})`, async () => {
    const installation = freshInstallation(engine);
    let server = await Server.start(installation, ['--demo']);
    const key = server.output.match(/API key +(\S+)/)[1];
    assert.match(server.output, /Base URL +http:\/\/127\.0\.0\.1:\d+/);
    assert.match(server.output, /E-mail +\S+@\S+/);
    assert.match(server.output, /Password +\S+/);
    for (const step of ['1. ', '2. ', '3. ']) assert.ok(server.output.includes(`\n${step}`));
    assert.equal((await new Client(server, `Basic ${key}`).get('/api/packages')).status, 200);
    await server.stop();
    server = await Server.start(installation, ['--demo']);
    assert.ok(!server.output.includes('API key  '));
    assert.equal((await new Client(server, `Basic ${key}`).get('/api/packages')).status, 200);
    await server.stop();
    installation.remove();
  });

  test(`account create works beside a running server, and without one (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const first = await createAccount(installation, 'Before');
    const server = await Server.start(installation);
    const second = await createAccount(installation, 'Beside');
    for (const account of [first, second]) {
      assert.equal((await Client.withKey(server, account).get('/api/packages')).status, 200);
    }
    const taken = await run(['account', 'create', '--name', 'Again', '--owner-email', first.email.toUpperCase(), ...installation.settings]);
    assert.equal(taken.status, 1);
    assert.match(taken.stderr, /already exists/);
    const shown = await run(['account', 'create', '--name', 'Readable', '--owner-email', 'readable@bank.example', ...installation.settings]);
    for (const word of ['account', 'owner', 'e-mail', 'password', 'API key']) assert.ok(shown.stdout.includes(word), word);
    await server.stop();
    installation.remove();
  });

  test(`SIGTERM finishes what is under way (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const server = await Server.start(installation);
    const owner = Client.withKey(server, account);
    const calls = Array.from({ length: 40 }, (_, i) => owner.post('/api/packages', { name: `Call ${i}` }).catch(() => undefined));
    await calls[0];
    const stopping = server.stop();
    const answers = (await Promise.all(calls)).filter((a) => a?.status === 200);
    await stopping;
    const again = await Server.start(installation);
    const { count } = (await Client.withKey(again, account).get('/api/packages')).body;
    assert.ok(count >= answers.length, `${answers.length} were answered, ${count} are there`);
    await again.stop();
    installation.remove();
  });

  test(`the server says when it is ready (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const server = await Server.start(installation);
    const anybody = new Client(server);
    assert.deepEqual((await anybody.get('/healthz')).body, { status: 'UP' });
    const { status, store } = (await anybody.get('/readyz')).body;
    assert.deepEqual([status, store.status], ['UP', 'UP']);
    assert.ok(store.ageMilliseconds < 60000);
    await server.stop();
    installation.remove();
  });

  test(`another key is refused with advice, and so is a known address (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const { email } = await createAccount(installation);
    const twice = await run(['account', 'create', '--name', 'x', '--owner-email', email, ...installation.settings]);
    assert.equal(twice.status, 1);
    assert.match(twice.stderr, new RegExp(`--owner-email: there is a user with the address ${email}\n`));
    writeFileSync(join(installation.data, 'greffier.key'), '00'.repeat(32), { mode: 0o600 });
    const refused = await run(['account', 'create', '--name', 'x', '--owner-email', 'x@y.example', ...installation.settings]);
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /made with another key/);
    installation.remove();
  });
}

test('a database without its key file is refused, and gets no other key', async () => {
  const installation = freshInstallation('sqlite');
  await createAccount(installation);
  const key = join(installation.data, 'greffier.key');
  rmSync(key);
  for (const command of [['serve', '--listen', '127.0.0.1:0'], ['account', 'list']]) {
    const refused = await run([...command, ...installation.settings]);
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /cannot read the key file .*: No such file or directory/);
    assert.equal(existsSync(key), false);
  }
  installation.remove();
});

test('a second server on the same data folder is refused', async () => {
  const installation = freshInstallation('sqlite');
  const server = await Server.start(installation);
  const second = await run(['serve', '--listen', '127.0.0.1:0', ...installation.settings]);
  assert.equal(second.status, 3);
  assert.match(second.stderr, new RegExp(String(server.child.pid)));
  await server.stop();
  installation.remove();
});

test('the key file is private, and a readable one is refused', async () => {
  const installation = freshInstallation('sqlite');
  await createAccount(installation);
  const key = join(installation.data, 'greffier.key');
  assert.equal(statSync(key).mode & 0o777, 0o600);
  assert.equal(statSync(join(installation.data, 'greffier.db')).mode & 0o077, 0);
  chmodSync(key, 0o644);
  const refused = await run(['serve', '--listen', '127.0.0.1:0', ...installation.settings]);
  assert.equal(refused.status, 3);
  assert.match(refused.stderr, /chmod 600/);
  installation.remove();
});

test('plain HTTP beyond loopback needs the operator\'s word', async () => {
  const installation = freshInstallation('sqlite');
  const refused = await run(['serve', '--listen', '0.0.0.0:0', ...installation.settings]);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /--allow-plain-http/);
  installation.remove();
});

test('TLS in, and SIGHUP takes a new certificate and a new log file', async () => {
  const installation = freshInstallation('sqlite');
  const old = certificate(installation.data, 'old.example');
  const log = join(installation.data, 'greffier.log');
  const server = new Server();
  const child = (await import('node:child_process')).spawn(program, ['serve', '--listen', '127.0.0.1:0', '--tls-certificate', old.chain, '--tls-key', old.key, '--log-file', log, ...installation.settings]);
  server.child = child;
  server.ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  const url = await until('the server serves', () => existsSync(log) && readFileSync(log, 'utf8').match(/serves (https:\S+)/)?.[1]);
  assert.deepEqual(await peerName(url), { name: 'old.example', status: 200 });

  const fresh = certificate(installation.data, 'new.example');
  renameSync(fresh.key, old.key);
  renameSync(fresh.chain, old.chain);
  renameSync(log, `${log}.1`);
  child.kill('SIGHUP');
  await until('the new certificate', async () => (await peerName(url)).name === 'new.example');
  await until('the new log', () => existsSync(log) && readFileSync(log, 'utf8').includes('SIGHUP'));

  writeFileSync(old.chain, 'no certificate');
  child.kill('SIGHUP');
  await until('the complaint', () => readFileSync(log, 'utf8').includes('certificate was not reloaded'));
  assert.equal((await peerName(url)).name, 'new.example');
  await server.stop();
  installation.remove();
});

test('greffier receive tells right from wrong', async () => {
  const installation = freshInstallation('sqlite');
  const account = await createAccount(installation);
  const server = await Server.start(installation, ['--retry-scale', '1000']);
  const owner = Client.withKey(server, account);
  const { spawn } = await import('node:child_process');
  const receive = async (args) => {
    const child = spawn(program, ['receive', '--port', '0', ...args]);
    const seen = { out: '', log: '', child };
    child.stdout.on('data', (chunk) => (seen.out += chunk));
    child.stderr.on('data', (chunk) => (seen.log += chunk));
    seen.url = await until('it receives', () => seen.log.match(/http:\S+/)?.[0]);
    seen.stop = async () => { const ended = new Promise((resolve) => child.on('close', resolve)); child.kill('SIGINT'); assert.equal(await ended, 0, seen.log); };
    return seen;
  };
  const probe = await Receiver.start();
  const { signingSecret } = (await owner.post('/api/callback', { url: probe.url, key: 'right', events: ['PACKAGE_CREATE'] })).body;
  await probe.stop();

  const good = await receive(['--key', 'right', '--secret', signingSecret]);
  await owner.post('/api/callback', { url: good.url, key: 'right', events: ['PACKAGE_CREATE'] });
  await owner.post('/api/packages', { name: 'Seen' });
  await until('a readable line', () => /PACKAGE_CREATE[^]*authorization +ok[^]*signature +ok[^]*answered +200/.test(good.out));
  await good.stop();

  const other = 'whsec_' + Buffer.alloc(32, 7).toString('base64');
  const bad = await receive(['--key', 'wrong', '--secret', other, '--status', '503']);
  await owner.post('/api/callback', { url: bad.url, key: 'right', events: ['PACKAGE_CREATE'] });
  const { body } = await owner.post('/api/packages', { name: 'Suspect' });
  await until('the verdicts', () => /authorization +WRONG[^]*signature +WRONG[^]*answered +401/.test(bad.out));
  await until('a retry on record', async () => (await owner.get(`/api/notifications/deliveries?packageId=${body.id}`)).body.results[0].attempts.some((a) => a.httpStatus === 401));
  await bad.stop();

  const forged = await receive(['--key', 'right', '--secret', other]);
  await owner.post('/api/callback', { url: forged.url, key: 'right', events: ['PACKAGE_CREATE'] });
  await owner.post('/api/packages', { name: 'Forged' });
  await until('a wrong signature is refused', () => /authorization +ok[^]*signature +WRONG[^]*answered +401/.test(forged.out));
  await forged.stop();
  await server.stop();
  installation.remove();
});

test('the server leaves no core dump, and its keys lie in locked memory', async () => {
  const installation = freshInstallation('sqlite');
  const server = await Server.start(installation);
  try {
    const of = (name) => readFileSync(`/proc/${server.child.pid}/${name}`, 'latin1');
    assert.match(of('limits'), /^Max core file size +0 +0 /m);
    // Of a process that is not dumpable the kernel gives these files to root.
    assert.equal(statSync(`/proc/${server.child.pid}/mem`).uid, 0);
    if (process.getuid() !== 0) return;
    const sizeAndFlags = of('smaps').matchAll(/^Size: +(\d+) kB$[^]*?^VmFlags:(.*)$/gm);
    const kept = [...sizeAndFlags].filter(([, size, flags]) => size === '4' && / dd /.test(flags)); // not dumped
    assert.ok(kept.length > 0);
    if (!of('maps').includes('libasan')) assert.ok(kept.some(([, , flags]) => / lo /.test(flags))); // the sanitizer lets nothing be locked
  } finally {
    await server.stop();
    installation.remove();
  }
});

test('help, version, manual page and mistakes', async () => {
  const help = await run(['--help']);
  assert.equal(help.status, 0);
  for (const command of ['serve', 'account create', 'receive', 'man']) assert.ok(help.stdout.includes(command), command);
  const serve = await run(['serve', '--help']);
  for (const option of ['--listen', '--data', '--database', '--tls-certificate', '--token-life']) assert.ok(serve.stdout.includes(option), option);
  assert.match((await run(['--version'])).stdout, /^greffier \d+\.\d+\.\d+\n$/);
  const manual = await run(['man']);
  assert.match(manual.stdout, /^\.TH GREFFIER 1/);
  execFileSync('mandoc', ['-T', 'lint', '-W', 'error'], { input: manual.stdout });
  for (const option of ['\\-\\-listen', '\\-\\-retry\\-scale', '\\-\\-secret']) assert.ok(manual.stdout.includes(option), option);
  assert.equal((await run(['serve', '--nothing'])).status, 2);
  assert.equal((await run(['dance'])).status, 2);
  assert.equal((await run([])).status, 2);
  assert.equal((await run(['account', 'create', '--name', 'x'])).status, 2);
});

test('a command shows and takes its own options, and names its relatives', async () => {
  const create = (await run(['client-app', 'create', '--help'])).stdout;
  for (const option of ['--account', '--name', '--data', '--database']) assert.ok(create.includes(`${option} `), option);
  for (const option of ['--overlap', '--keep-secret', '--listen', '--token-life']) assert.ok(!create.includes(`${option} `), option);
  const wrong = await run(['client-app', 'create', '--account', 'x', '--overlap', '60']);
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /--overlap: `greffier client-app create` has no such option/);
  assert.match((await run(['account'])).stderr, /commands: `account create`, `account list`, `account feature`, `account lock`, `account unlock`\n/);
});

test('a command in the wrong folder says so and leaves nothing there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'greffier-wrong-'));
  try {
    const listed = await run(['user', 'list', '--email', 'ann@example.com', '--data', folder]);
    assert.equal(listed.status, 3);
    assert.match(listed.stderr, /--data: there is no database in .*: give the server's data folder/);
    assert.deepEqual(readdirSync(folder), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
