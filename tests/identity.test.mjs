// identity.test.mjs – whose an e-mail address is: the owner's, a new user's, and what others can learn of it.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { engines, freshInstallation, createAccount, Server, Client, until } from './lib/server.mjs';
import { Mails, SessionClient, assertError, apiToken, createApp, createSender, signIn, totp } from './lib/callers.mjs';

const senders = '/api/account/senders';
const invalid = 'error.unauthorised.invalidCredentials';
const noPermission = 'error.forbidden.noPermission';
const ofAnother = 'error.validation.senderAlreadyMemberOfAnother';
const secret = 'a long new password';

const sqlOf = (installation) => (installation.engine === 'postgresql'
  ? ['psql', ['-qAt', '-d', installation.settings[installation.settings.indexOf('--database') + 1]]]
  : ['sqlite3', [join(installation.data, 'greffier.db')]]);

async function rows(installation, query) {
  const [program, args] = sqlOf(installation);
  return execFileSync(program, args, { input: `${query};\n`, encoding: 'utf8' }).split('\n').filter(Boolean);
}

/** Nobody else writes until what it returns is called. */
async function lockWriters(installation) {
  const [program, args] = sqlOf(installation);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.stdin.write(`${installation.engine === 'postgresql' ? 'BEGIN; LOCK TABLE guess_count, authentication_token' : 'BEGIN IMMEDIATE'};\nSELECT 'locked';\n`);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return async () => {
    child.stdin.end('ROLLBACK;\n');
    await ended;
  };
}

for (const engine of engines) {
  describe(`identity on ${engine}`, () => {
    let installation, server, nobody, mails, turn = 0;
    before(async () => {
      mails = new Mails();
      installation = freshInstallation(engine);
      server = await Server.start(installation, [...mails.settings, '--password-workers', '4']);
      nobody = new Client(server);
    });
    after(async () => {
      await server?.stop();
      installation.remove();
      mails.remove();
    });

    const fresh = async () => {
      const account = await createAccount(installation, 'Bank', `owner${++turn}-${engine}@bank.example`);
      return { account, key: Client.withKey(server, account), self: `${senders}/${account.ownerId}` };
    };
    const emailOf = async (key, self) => (await key.get(self)).body.email;
    const linkOf = (mail) => mail.body.match(/#token=(\S+)/)[1];
    const choose = (token, password = secret) => nobody.post('/api/password', { token, password });

    test("the owner's address changes only in a signed-in session, with the password entered anew", async () => {
      const { account, key, self } = await fresh();
      const app = await createApp(key);
      const bearer = await apiToken(server, app);
      const { body: token } = await bearer.post('/api/authenticationTokens/user');
      const opened = await nobody.get(`/auth?authenticationToken=${token.value}`);
      const derived = new SessionClient(server, opened.body.sessionToken);
      const session = await signIn(server, account.email, account.password);
      const email = `taken${turn}-${engine}@evil.example`;
      for (const caller of [key, bearer, derived]) {
        for (const password of [undefined, account.password]) assertError(await caller.post(self, { email, password }), 403, noPermission);
      }
      // A password in a session that a token has opened does not make it one that somebody has signed in to.
      await derived.post(`/api/account/authentication/apiKeys/${account.ownerId}/reveal`, { password: account.password });
      assertError(await derived.post(self, { email, password: account.password }), 403, noPermission);
      assertError(await session.post(self, { email }), 403, 'error.forbidden.passwordRequired');
      assertError(await session.post(self, { email, password: 'wrong password' }), 401, invalid);
      assert.equal(await emailOf(key, self), account.email);
      for (const caller of [key, bearer, derived, session]) { // sending the address that stands is no change
        for (const same of [account.email, account.email.toUpperCase()]) assert.equal((await caller.post(self, { email: same, title: 'Owner' })).status, 200);
      }
      assert.equal(await emailOf(key, self), account.email);
      assert.equal((await session.post(self, { email, password: account.password })).body.email, email);
      await signIn(server, email, account.password);
    });

    test('with a second factor the code is entered too, and is good once', async () => {
      const { account, self } = await fresh();
      const session = await signIn(server, account.email, account.password);
      const path = '/api/account/authentication/secondFactor';
      const { body: begun } = await session.post(path, {});
      const now = Date.now();
      await session.put(path, { code: totp(begun.secret, now) });
      const change = (code, email = `two${turn}-${engine}@bank.example`) => session.post(self, { email, password: account.password, code });
      assertError(await change(), 401, 'error.unauthorised.secondFactorRequired');
      assertError(await change(totp(begun.secret, now)), 401, invalid);
      assert.equal((await change(totp(begun.secret, now + 30000))).status, 200);
      assertError(await change(totp(begun.secret, now + 30000), `three${turn}-${engine}@bank.example`), 401, invalid);
    });

    test('the old address takes itself back, past later changes, and nobody else gets it meanwhile', async () => {
      const { account, key, self } = await fresh();
      const other = await fresh();
      const session = await signIn(server, account.email, account.password);
      const [first, second] = ['first', 'second'].map((name) => `${name}${turn}-${engine}@evil.example`);
      await session.post(self, { email: first, password: account.password });
      await session.post(self, { email: second, password: account.password });
      await nobody.post('/api/password/forgotten', { email: second }); // ends older links to choose a password, not these
      const back = await mails.arrived(account.email, /take this address back/);
      const later = await mails.arrived(first, /take this address back/);
      assert.ok(back.body.includes(first));
      for (const email of [account.email, account.email.toUpperCase()]) {
        assertError(await other.key.post(senders, { email, firstName: 'No', lastName: 'Body' }), 400, ofAnother);
      }
      assertError(await choose(linkOf(back), 'short'), 400);
      const answers = await Promise.all([choose(linkOf(back)), choose(linkOf(back))]);
      assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 401]);
      assert.equal(await emailOf(key, self), account.email);
      assertError(await session.get('/api/session'), 401);
      assertError(await nobody.post('/api/session', { email: second, password: account.password }), 401, invalid);
      await signIn(server, account.email, secret);
      assertError(await choose(linkOf(later)), 401, invalid); // it was made after the one that was used
      assertError(await choose(linkOf(await mails.arrived(second, /login#token/))), 401, invalid); // sent to an address that is not the owner's
      const { body: entries } = await key.get('/api/account/audit?action=user.email_back');
      assert.deepEqual(entries.results[0].detail, { email: account.email, insteadOf: second });
      assert.equal((await other.key.post(senders, { email: second, firstName: 'No', lastName: 'Body' })).status, 200);
    });

    test('a user made ACTIVE acts by API at once and without a mail; the first link proves the address and sets the password', async () => {
      const { key } = await fresh();
      const email = `active${turn}-${engine}@bank.example`;
      const { body: made } = await key.post(senders, { email, firstName: 'Ada', lastName: 'Ray', status: 'ACTIVE' });
      const app = await createApp(key);
      assert.equal((await (await apiToken(server, app, email)).get('/api/session')).body.user.id, made.id);
      for (const password of ['', ' ', secret]) assert.ok([400, 401].includes((await nobody.post('/api/session', { email, password })).status));
      assert.ok(!mails.all().some((mail) => mail.to === email));
      await nobody.post('/api/password/forgotten', { email });
      assert.equal((await choose(linkOf(await mails.arrived(email, /login#token/)))).status, 200);
      assert.equal((await signIn(server, email, secret)).answer.user.id, made.id);
    });

    test('a forgotten password is answered before anybody looks whose the address is', async () => {
      const { account } = await fresh();
      const release = await lockWriters(installation);
      try {
        for (const email of [account.email, `unknown${turn}-${engine}@bank.example`]) assert.equal((await nobody.post('/api/password/forgotten', { email })).status, 200);
        assert.ok(!mails.all().some((mail) => mail.to === account.email));
      } finally {
        await release();
      }
      await mails.arrived(account.email, /Choose it here/);
      const asked = (await rows(installation, "SELECT subject FROM guess_count WHERE source = 'forgotten'")).length;
      for (const email of [account.email, `else${turn}-${engine}@bank.example`]) await nobody.post('/api/password/forgotten', { email });
      await until('the other one is on record', async () => (await rows(installation, "SELECT subject FROM guess_count WHERE source = 'forgotten'")).length === asked + 1);
      assert.equal(mails.all().filter((mail) => mail.to === account.email).length, 1, 'one in a minute');
    });

    test('a link ends when the address it was sent to is no longer that person\'s', async () => {
      const { key } = await fresh();
      const [wrong, right, other] = ['wrong', 'right', 'other'].map((name) => `${name}${turn}-${engine}@bank.example`);
      const { body: made } = await key.post(senders, { email: wrong, firstName: 'Ida', lastName: 'Low' });
      const invitation = await mails.arrived(wrong, /login#token/);
      await key.post(`${senders}/${made.id}`, { email: right });
      assertError(await choose(linkOf(invitation)), 401, invalid);
      assert.equal((await choose(linkOf(await mails.arrived(right, /login#token/)))).status, 200);
      await nobody.post('/api/password/forgotten', { email: right });
      const link = await mails.arrived(right, /Choose it here/);
      await key.post(`${senders}/${made.id}`, { email: other });
      assertError(await choose(linkOf(link)), 401, invalid);
      assert.ok(!mails.all().some((mail) => /take this address back/.test(mail.body) && mail.to === right)); // the owner's only
    });

    test('that an address belongs to another account can be learnt a few times, on record', async () => {
      const { key } = await fresh();
      const { account: other } = await fresh();
      const sender = await createSender(key, `asks${turn}-${engine}@bank.example`);
      const ask = (i) => (i % 2 ? key.post(senders, { email: other.email, firstName: 'X', lastName: 'Y' }) : key.post(`${senders}/${sender.id}`, { email: other.email }));
      for (let i = 0; i < 6; i++) assertError(await ask(i), 400, ofAnother);
      for (const email of [other.email, `unknown${turn}-${engine}@bank.example`]) {
        const waiting = await key.post(senders, { email, firstName: 'X', lastName: 'Y' });
        assertError(waiting, 429, 'error.tooManyRequests.rateLimit'); // also for one that is nobody's
        assert.ok(Number(waiting.headers.get('retry-after')) > 0);
      }
      assertError(await ask(0), 429);
      for (const change of [{ title: 'Clerk' }, { email: sender.email, status: 'LOCKED' }]) assert.equal((await key.post(`${senders}/${sender.id}`, change)).status, 200); // all else goes on
      const { body } = await key.get('/api/account/audit?action=user.address_of_another');
      assert.equal(body.count, 6);
      assert.ok(body.results.every((entry) => entry.target === other.email));
    });
  });
}
