// races.test.mjs – two changes of one account at the same time: neither undoes the other. On PostgreSQL, where they can meet.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { Mails, apiToken, appsPath, createApp, createSender, signIn } from './lib/callers.mjs';

const senders = '/api/account/senders';

describe('changes that meet', { skip: !engines.includes('postgresql') }, () => {
  let installation, account, server, owner, mails, database;
  before(async () => {
    mails = new Mails();
    installation = freshInstallation('postgresql');
    database = installation.settings[installation.settings.indexOf('--database') + 1];
    account = await createAccount(installation);
    server = await Server.start(installation, [...mails.settings, '--password-workers', '8']);
    owner = Client.withKey(server, account);
  });
  after(async () => {
    await server?.stop();
    installation?.remove();
    mails?.remove();
  });

  const waiting = () => Number(execFileSync('psql', ['-qAt', '-d', database, '-c', "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"], { encoding: 'utf8' }));

  /** Begins the calls one after the other, each when the one before it waits for the account's audit log; then lets them go on. */
  async function meet(...calls) {
    const child = spawn('psql', ['-qAt', '-d', database], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.on('close', resolve));
    const answers = [];
    try {
      child.stdin.write(`BEGIN;\nSELECT account FROM audit_head WHERE account = '${account.accountId}' FOR UPDATE;\n`);
      await new Promise((resolve) => child.stdout.once('data', resolve));
      for (const call of calls) {
        answers.push(call());
        await until('it waits', () => waiting() === answers.length);
      }
    } finally {
      child.stdin.end('ROLLBACK;\n');
      await ended;
    }
    return Promise.all(answers);
  }

  test('somebody who is locked is not unlocked by a change of the own name', async () => {
    const sender = await createSender(owner, 'race-lock@bank.example');
    const self = await apiToken(server, await createApp(owner), sender.email);
    await meet(() => owner.post(`${senders}/${sender.id}`, { status: 'LOCKED' }), () => self.post(`${senders}/${sender.id}`, { firstName: 'Free' }));
    assert.equal((await owner.get(`${senders}/${sender.id}`)).body.status, 'LOCKED');
  });

  test('a client app that is revoked stays revoked, whatever else is changed', async () => {
    const app = await createApp(owner);
    const [revoked] = await meet(() => owner.delete(`${appsPath}/${app.clientId}`), () => owner.put(`${appsPath}/${app.clientId}`, { name: 'Alive' }));
    assert.equal(revoked.status, 200);
    assert.equal((await owner.get(`${appsPath}/${app.clientId}`)).status, 404);
  });

  test('a method that is switched off stays off', async () => {
    const path = '/api/account/authentication/settings';
    const answers = await meet(() => owner.put(path, { authenticationMethod: 'CUSTOM', accepted: { apiKey: true, clientApps: false } }), () => owner.request('PATCH', '/api/account/admin/accountSettings/systemSettings', { loginSessionTimeout: 20 }));
    assert.deepEqual(answers.map((answer) => answer.status), [200, 200]);
    assert.equal((await owner.get(path)).body.accepted.clientApps, false);
  });

  test('everything that takes this turn can meet everything else, and none waits for ever', async () => {
    const sender = await createSender(owner, 'race-all@bank.example', { status: 'INVITED' });
    const app = await createApp(owner);
    const link = (await mails.arrived(sender.email, /login#token/)).body.match(/#token=(\S+)/)[1];
    const session = await signIn(server, account.email, account.password);
    const nobody = new Client(server);
    const answers = await meet(
      () => nobody.post('/api/password', { token: link, password: 'a long new password' }),
      () => owner.post(`${senders}/${sender.id}`, { lastName: 'Other' }),
      () => owner.put(`${appsPath}/${app.clientId}`, { name: 'Other' }),
      () => nobody.post('/api/session', { email: account.email, password: account.password }),
      () => session.delete('/api/session'),
      () => owner.delete(`${senders}/${sender.id}/sessions`),
    );
    assert.deepEqual(answers.map((answer) => answer.status), answers.map(() => 200), JSON.stringify(answers.map((answer) => answer.body)));
  });
});
