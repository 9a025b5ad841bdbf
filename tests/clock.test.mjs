// clock.test.mjs – wall clocks are set forward and back while the server runs, and while it does not: everything is delivered within
// seconds, in order, and nothing is given up, deleted or ended because of it. `make torture PART=clock` is the long form.
// Runs alone: it measures time or load (scripts/run-scenarios).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { Clock, clockIsFixed as skip, hours, days, seconds } from './lib/clock.mjs';
import { Receiver } from './lib/receiver.mjs';
import { addEndpoint, anyPackage, deliveries, expectOk, notifications, raise, settled, tried } from './lib/notifications.mjs';
import { Mails, apiToken, createApp, createSender, signIn } from './lib/callers.mjs';
import { runSteps, settings, steps, told } from './lib/steps.mjs';

function sql(installation, statement) {
  if (installation.engine === 'postgresql') execFileSync('psql', ['-q', '-v', 'ON_ERROR_STOP=1', '-d', installation.settings.at(-1), '-c', statement]);
  else execFileSync('sqlite3', [join(installation.data, 'greffier.db'), statement]);
}

async function start(t, engine, extra = []) {
  const clock = new Clock();
  const installation = freshInstallation(engine);
  const account = await createAccount(installation);
  const server = await Server.start(installation, extra, { clock });
  t.after(() => clock.remove());
  t.after(() => installation.remove());
  return { clock, installation, account, server, client: Client.withKey(server, account) };
}

/* ---- under load ---- */

test('steps of the clock under load, on SQLite: all arrives within seconds, in order', { skip }, async (t) => {
  const { clock, account, server } = await start(t, 'sqlite', settings);
  await runSteps(t, [server], account, clock, steps, told.ofMachine);
  await server.stop();
});

const noPostgresql = skip || (engines.includes('postgresql') ? false : 'no PostgreSQL here');

test('the same on PostgreSQL', { skip: noPostgresql }, async (t) => {
  const { clock, account, server } = await start(t, 'postgresql', settings);
  await runSteps(t, [server], account, clock, steps, told.besideDatabase);
  await server.stop();
});

test("the clock of one node of two is set: it neither starves nor reorders nor takes the other's work", { skip: noPostgresql }, async (t) => {
  const { clock, installation, account, server } = await start(t, 'postgresql', settings);
  const folder = mkdtempSync(join(tmpdir(), 'greffier-node-'));
  t.after(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(installation.data, 'greffier.key'), join(folder, 'greffier.key'));
  const other = await Server.start({ settings: ['--data', folder, ...installation.settings.slice(2)] }, settings);
  const [steady] = await runSteps(t, [server, other], account, clock, steps, told.besideDatabase);
  // Receivers refuse old timestamps: both nodes sign with the database's time.
  for (const { at, headers } of steady.receipts) assert.ok(Math.abs(at - headers['webhook-timestamp'] * 1000) < 60 * seconds, headers['webhook-timestamp']);
  const seen = new Set(steady.receipts.map(({ headers }) => `${headers['webhook-id']} ${headers['greffier-attempt']}`));
  assert.equal(seen.size, steady.receipts.length, 'nothing was sent by both');
  assert.doesNotMatch(server.log + other.log, /came too late|deadlock/);
  for (const node of [server, other]) await node.stop();
});

/* ---- one thing at a time ---- */

for (const engine of engines) {
  test(`${engine}: a delivery that waits is neither given up nor forgotten through steps, and is shown at its time`, { skip }, async (t) => {
    const { clock, server, client } = await start(t, engine, ['--retry-scale', '2']);
    let status = 503;
    const receiver = await Receiver.start(() => status);
    t.after(() => receiver.stop());
    await addEndpoint(client, { name: 'Down', url: receiver.url, events: ['PACKAGE_CREATE'], retryWaits: [3, 3, 3, 3, 3, 3, 3], horizonHours: 1 });
    const { id: eventId } = await raise(client, anyPackage());
    await tried(client, { eventId }, 1);
    for (const [i, step] of [5 * days, -days, -hours].entries()) {
      clock.step(step);
      // Waits of 1.5 s, whatever the clock says.
      const delivery = await tried(client, { eventId }, 2 + i);
      assert.equal(delivery.state, 'PENDING');
      assert.ok(delivery.attempts.length <= 3 + i, 'no attempt is made before its time');
      const shown = engine === 'sqlite' ? Date.now() + clock.offset : Date.now();
      assert.ok(Math.abs(new Date(delivery.nextAttemptDate) - shown) < 60 * seconds, delivery.nextAttemptDate);
    }
    status = 200;
    await settled(client, { eventId });
    await server.stop();
  });

  test(`${engine}: a clock that was set back while no server ran holds nothing up`, { skip }, async (t) => {
    const { clock, installation, account, server, client } = await start(t, engine);
    let status = 503;
    const receiver = await Receiver.start(() => status);
    t.after(() => receiver.stop());
    await addEndpoint(client, { name: 'Down', url: receiver.url, events: ['PACKAGE_CREATE'] });
    clock.step(days);
    if (engine === 'sqlite') await until('the step is seen', () => /set forward by 1 d/.test(server.log));
    const { id: eventId } = await raise(client, anyPackage());
    await tried(client, { eventId }, 1);
    await server.stop();
    clock.step(-days);
    status = 200;
    const again = await Server.start(installation, [], { clock });
    await settled(Client.withKey(again, account), { eventId });
    if (engine === 'sqlite') assert.match(again.log, /set back by (1 d|23 h 59 min) .*while no server ran/);
    await again.stop();
  });

  test(`${engine}: what a wrong clock has put off for months is brought back at the start`, async (t) => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const server = await Server.start(installation);
    const client = Client.withKey(server, account);
    let status = 503;
    const receiver = await Receiver.start(() => status);
    t.after(() => receiver.stop());
    const endpoint = await addEndpoint(client, { name: 'Down', url: receiver.url, events: ['PACKAGE_CREATE'] });
    const { id: eventId } = await raise(client, anyPackage());
    await tried(client, { eventId }, 1);
    const path = `${notifications}/replays/${(await expectOk(client.post(`${notifications}/replays`, { endpointId: endpoint.id, rate: 1 }))).id}`;
    const sender = await createSender(client, 'sam@clock.example', { status: 'INVITED' }); // a mail, and nobody sends it yet
    await server.stop();
    const far = (table, column) => `UPDATE ${table} SET ${column} = ${column} + 8640000000000`;
    sql(installation, ["UPDATE replay SET state = 'RUNNING', cursor = 0", far('replay', 'next_us'), far('lane', 'due_us'), far('mail', 'due_us')].join(';'));
    status = 200;
    const mails = new Mails();
    t.after(() => mails.remove());
    const again = await Server.start(installation, mails.settings);
    const there = Client.withKey(again, account);
    await settled(there, { eventId });
    await mails.arrived(sender.email);
    await until('the replay goes on', async () => (await expectOk(there.get(path))).state === 'DONE');
    await again.stop();
    installation.remove();
  });

  test(`${engine}: nothing is deleted for its age by a clock that has just been set forward`, { skip }, async (t) => {
    const { clock, installation, account, server, client } = await start(t, engine);
    const receiver = await Receiver.start();
    t.after(() => receiver.stop());
    await addEndpoint(client, { name: 'Kept', url: receiver.url, events: ['PACKAGE_CREATE'] });
    await expectOk(client.put(`${notifications}/retention`, { days: { events: 1, deliveries: 1 } }));
    await raise(client, anyPackage());
    await settled(client, {});
    clock.step(5 * days);
    await server.stop();
    const again = await Server.start(installation, [], { clock }); // it looks for what is too old when it starts
    const there = Client.withKey(again, account);
    // What is set later comes later: the look has been by then.
    await raise(there, anyPackage());
    await settled(there, {}, 'DELIVERED', 2);
    assert.equal((await deliveries(there, {})).count, 2);
    assert.equal((await expectOk(there.get(`${notifications}/events`))).results.length, 2);
    assert.doesNotMatch(again.log, /removed/);
    await again.stop();
  });

  test(`${engine}: sessions go on through steps; a token expires by the clock, and is good again when the clock is set back`, { skip }, async (t) => {
    const { clock, account, server, client } = await start(t, engine);
    const session = await signIn(server, account.email, account.password);
    const token = await apiToken(server, await createApp(client));
    const status = async (caller) => (await caller.get('/api/session')).status;
    const isExpired = engine === 'sqlite' ? 401 : 200; // on PostgreSQL this machine's clock counts for nothing
    for (const step of [5 * days, -5 * days, -days, days]) {
      clock.step(step);
      await until('the session goes on, the token by the clock', async () => (await status(session)) === 200 && (await status(token)) === (clock.offset > 0 ? isExpired : 200), 5000);
    }
    await server.stop();
  });

  test(`${engine}: a call that waits for events is answered in time when the clock is set back`, { skip }, async (t) => {
    const { clock, server, client } = await start(t, engine);
    const begun = performance.now();
    const answer = client.get(`${notifications}/events?wait=2`);
    setTimeout(() => clock.step(-hours), 300);
    assert.deepEqual((await expectOk(answer)).results, []);
    const took = performance.now() - begun;
    assert.ok(took > 1500 && took < 10000, `${took} ms`);
    await server.stop();
  });
}

/* ---- the clock of tests ---- */

test('a release build has no clock for tests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'greffier-clock-'));
  const has = (...options) => {
    const object = join(folder, 'time.o');
    execFileSync('cc', ['-std=c17', '-D_GNU_SOURCE', '-Isrc', ...options, '-c', 'src/base/time.c', '-o', object]);
    return readFileSync(object).includes('GREFFIER_TEST_CLOCK');
  };
  assert.ok(has('-DGREFFIER_TEST_CLOCK'), 'this test can see one');
  assert.ok(!has(), 'without the option there is none');
  rmSync(folder, { recursive: true });
  // The option is given to sanitizer builds only.
  const build = readFileSync('meson.build', 'utf8');
  assert.equal(build.split('GREFFIER_TEST_CLOCK').length, 2);
  assert.match(build, /if get_option\('b_sanitize'\) == 'none'\n[^\n]*\nelse\n[^\n]*-DGREFFIER_TEST_CLOCK[^\n]*\nendif/);
  if (existsSync('build/greffier')) assert.ok(!readFileSync('build/greffier').includes('GREFFIER_TEST_CLOCK'));
});
