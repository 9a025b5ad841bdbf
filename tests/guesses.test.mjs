// guesses.test.mjs – passwords and codes that are guessed: many at once, from many places, beside the person they belong to.
// Runs alone: it measures time or load (scripts/run-scenarios).
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, run } from './lib/server.mjs';
import { assertError, createSender, signIn, totp } from './lib/callers.mjs';

const invalid = 'error.unauthorised.invalidCredentials';
const tooMany = 'error.tooManyRequests.rateLimit';
const allowed = 6; // five free, and the one that makes the next wait

for (const engine of engines) {
  describe(`guesses on ${engine}`, () => {
    let installation, account, servers, owner;
    before(async () => {
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      const settings = ['--trusted-proxies', '127.0.0.1'];
      servers = [await Server.start(installation, settings)];
      if (engine === 'postgresql') servers.push(await Server.start(installation, settings));
      owner = Client.withKey(servers[0], account);
    });
    after(async () => {
      for (const server of servers ?? []) await server.stop();
      installation.remove();
    });

    /** Somebody with a password: {id, email, password}. */
    async function person(name) {
      const { id, email } = await createSender(owner, `${name}-${engine}@bank.example`);
      return { id, email, password: await newPassword(email) };
    }

    async function newPassword(email) {
      return JSON.parse((await run(['user', 'password', '--email', email, '--json', ...installation.settings])).stdout).password;
    }

    let turn = 0;
    /** Tries to sign in, on each node in turn. */
    function attempt({ email, password }, { from = '192.0.2.1', device, code } = {}) {
      const headers = { 'x-forwarded-for': from, ...(device && { cookie: `GREFFIER_DEVICE=${device}` }) };
      return new Client(servers[turn++ % servers.length]).post('/api/session', { email, password, code }, headers);
    }

    const deviceOf = (answer) => answer.headers.getSetCookie().find((cookie) => cookie.startsWith('GREFFIER_DEVICE=')).match(/=([^;]+)/)[1];
    const statuses = (answers) => answers.map((answer) => answer.status).sort();

    test('of 24 wrong guesses at once no more than the limit are looked at, for somebody and for nobody', async () => {
      const ann = await person('ann');
      for (const email of [ann.email, `nobody-${engine}@bank.example`]) {
        const answers = await Promise.all(Array.from({ length: 24 }, () => attempt({ email, password: 'wrong password' })));
        assert.deepEqual(statuses(answers), [...Array(allowed).fill(401), ...Array(24 - allowed).fill(429)]);
        for (const answer of answers) assertError(answer, answer.status, answer.status === 401 ? invalid : tooMany);
      }
      assertError(await attempt(ann), 429, tooMany);
      assert.equal((await attempt(ann, { from: '192.0.2.2' })).status, 200, 'from elsewhere the person gets in');
    });

    test('a network of IPv6 addresses is one place', async () => {
      const bob = await person('bob');
      const answers = [];
      for (let i = 0; i < allowed + 2; i++) answers.push(await attempt({ ...bob, password: 'wrong password' }, { from: `2001:db8:0:1::${i}` }));
      assert.deepEqual(statuses(answers), [...Array(allowed).fill(401), 429, 429]);
      assert.equal((await attempt(bob, { from: '2001:db8:0:2::1' })).status, 200);
    });

    test('a known device does not wait for what others do, and has a limit of its own', async () => {
      const cat = await person('cat');
      const dan = await person('dan');
      const first = await attempt(cat);
      const cookie = first.headers.getSetCookie().find((one) => one.startsWith('GREFFIER_DEVICE='));
      for (const part of ['Path=/api', 'HttpOnly', 'SameSite=Strict', 'Max-Age=34560000']) assert.ok(cookie.includes(part), part);
      const device = deviceOf(first);
      for (let i = 0; i < allowed; i++) assertError(await attempt({ ...cat, password: 'wrong password' }), 401, invalid);
      assertError(await attempt(cat), 429, tooMany);
      assertError(await attempt(cat, { device: deviceOf(await attempt(dan)) }), 429, tooMany); // of somebody else
      assertError(await attempt(cat, { device: device.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }), 429, tooMany); // forged
      const again = await attempt(cat, { device });
      assert.equal(again.status, 200);
      for (let i = 0; i < allowed; i++) assertError(await attempt({ ...cat, password: 'wrong password' }, { device }), 401, invalid);
      assertError(await attempt(cat, { device }), 429, tooMany);
      const password = await newPassword(cat.email); // it ends all waits
      for (let i = 0; i < allowed; i++) assertError(await attempt({ ...cat, password: 'wrong password' }), 401, invalid);
      assertError(await attempt({ ...cat, password }, { device }), 429, tooMany); // known by the old password
    });

    test('a code is good once, also for many at once; without a code nothing is used up', async () => {
      const eve = await person('eve');
      const session = await signIn(servers[0], eve.email, eve.password);
      const path = '/api/account/authentication/secondFactor';
      const { body: begun } = await session.post(path, {});
      const now = Date.now();
      assert.equal((await session.put(path, { code: totp(begun.secret, now) })).status, 200);
      const code = totp(begun.secret, now + 30000);
      const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => attempt(eve, { code, from: `203.0.113.${i}` })));
      assert.deepEqual(statuses(answers), [200, ...Array(11).fill(401)]);
      for (let i = 0; i < allowed * 2; i++) assertError(await attempt(eve), 401, 'error.unauthorised.secondFactorRequired');
      for (let i = 0; i < allowed; i++) assertError(await attempt(eve, { code: '000000' }), 401, invalid);
      assertError(await attempt(eve, { code: '000000' }), 429, tooMany);
    });

    test('a password is changed with the old one, and with a code where there is a second factor, by key too', async () => {
      const fay = await person('fay');
      const session = await signIn(servers[0], fay.email, fay.password);
      const path = '/api/account/authentication/secondFactor';
      const { body: begun } = await session.post(path, {});
      const now = Date.now();
      await session.put(path, { code: totp(begun.secret, now) });
      const change = (members) => session.post(`/api/account/senders/${fay.id}/password`, { email: fay.email, newPassword: 'another long password', ...members });
      assertError(await change({ password: 'wrong password' }), 401, invalid);
      assertError(await change({ password: fay.password }), 401, 'error.unauthorised.secondFactorRequired');
      assertError(await change({ password: fay.password, code: '000000' }), 401, invalid);
      assert.equal((await change({ password: fay.password, code: totp(begun.secret, now + 30000) })).status, 200);
      const byKey = (members) => owner.post(`/api/account/senders/${account.ownerId}/password`, { email: account.email, newPassword: 'another long password', ...members });
      assertError(await byKey({ password: 'wrong password' }), 401, invalid);
      assert.equal((await byKey({ password: account.password })).status, 200);
      await signIn(servers[0], account.email, 'another long password');
    });
  });
}
