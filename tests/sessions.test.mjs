// sessions.test.mjs – people sign in, senders and signers are let in, and out again.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, freshInstallation, createAccount, Server, Client, sendablePackage, run, until } from './lib/server.mjs';
import { Receiver } from './lib/receiver.mjs';
import { Mails, SessionClient, assertError, cookieName, createApp, createSender, apiToken, signIn, totp } from './lib/callers.mjs';

const invalid = 'error.unauthorised.invalidCredentials';

for (const engine of engines) {
  describe(`sessions on ${engine}`, () => {
    let installation, account, server, owner, nobody, mails;
    before(async () => {
      mails = new Mails();
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      server = await Server.start(installation, [...mails.settings, '--redirect-hosts', 'portal.example']);
      owner = Client.withKey(server, account);
      nobody = new Client(server);
    });
    after(async () => {
      await server.stop();
      installation.remove();
      mails.remove();
    });

    test('signing in sets a cookie that scripts and other sites do not get, and signing out ends it', async () => {
      const session = await signIn(server, account.email.toUpperCase(), account.password);
      assert.match(session.cookie, /HttpOnly/);
      assert.match(session.cookie, /SameSite=Lax/);
      assert.ok(!session.cookie.includes('Secure')); // plain HTTP here
      assert.equal(session.answer.user.id, account.ownerId);
      for (const member of ['packages', 'restricted', 'inPerson', 'features', 'account']) assert.notEqual(session.answer[member], undefined, member);
      assert.equal((await session.get('/api/packages')).status, 200);
      const out = await session.delete('/api/session');
      assert.match(out.headers.get('set-cookie'), /Max-Age=0/);
      assertError(await session.get('/api/session'), 401, 'error.unauthorised.sessionExpired');
    });

    test("another site's page cannot act with the cookie", async () => {
      const session = await signIn(server, account.email, account.password);
      for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }, { origin: 'null' }]) {
        assertError(await session.post('/api/packages', { name: 'Forged' }, headers), 403, 'error.forbidden.crossSiteRequest');
        assertError(await nobody.post('/api/session', { email: account.email, password: account.password }, headers), 403, 'error.forbidden.crossSiteRequest');
      }
      for (const headers of [{}, { 'sec-fetch-site': 'same-origin' }, { origin: server.url }]) assert.equal((await session.post('/api/packages', { name: 'Mine' }, headers)).status, 200);
    });

    test("another site's page leaves no trace with the cookie either: reads that write are refused", async () => {
      const session = await signIn(server, account.email, account.password);
      const made = await owner.post('/api/packages', sendablePackage({ status: 'SENT' }));
      const document = (await owner.get(`/api/packages/${made.body.id}`)).body.documents.find((one) => one.name === 'Contract').id;
      const signer = (await owner.get(`/api/packages/${made.body.id}`)).body.roles.find((role) => role.id === 'Role1').signers[0].id;
      const { body: token } = await owner.post('/api/authenticationTokens/signer/singleUse', { packageId: made.body.id, signerId: signer });
      const opened = await nobody.get(`/auth?signerAuthenticationToken=${encodeURIComponent(token.value)}`);
      const signing = new SessionClient(server, opened.body.sessionToken);
      const trace = async () => [(await owner.get('/api/account/audit')).body.count, (await owner.get('/api/notifications/events?limit=1000')).body.results?.length];
      for (const [client, path] of [[session, '/api/account/authentication/dlp/fingerprints'], [session, '/api/account/subaccountApiKeys'], [signing, `/api/packages/${made.body.id}/documents/${document}/pdf`]]) {
        const before = await trace();
        for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }]) {
          const answer = await client.request('GET', path, undefined, headers);
          assertError(answer, 403, 'error.forbidden.crossSiteRequest');
        }
        assert.deepEqual(await trace(), before, path);
        for (const headers of [{}, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }]) assert.equal((await client.request('GET', path, undefined, headers)).status, 200, path);
        assert.notDeepEqual(await trace(), before, path);
      }
      // What only reads may be asked for from anywhere; a key is nobody's cookie.
      assert.equal((await session.request('GET', '/api/packages', undefined, { 'sec-fetch-site': 'cross-site' })).status, 200);
      assert.equal((await owner.request('GET', '/api/account/authentication/dlp/fingerprints', undefined, { 'sec-fetch-site': 'cross-site' })).status, 200);
    });

    test('signing out everywhere ends every session and every token that could open one', async () => {
      const one = await signIn(server, account.email, account.password);
      const two = await signIn(server, account.email, account.password);
      const { body: token } = await owner.post('/api/authenticationTokens/user');
      assert.ok((await one.delete('/api/sessions')).body.count >= 2);
      for (const session of [one, two]) assertError(await session.get('/api/session'), 401);
      assertError(await nobody.get(`/auth?authenticationToken=${token.value}`), 401, invalid);
      assert.equal((await owner.get('/api/session')).status, 200);
    });

    test('wrong passwords: the same answer for somebody unknown, then a wait, a mail, and the operator can help', async () => {
      const sender = await createSender(owner, `blocked-${engine}@bank.example`);
      const { password } = JSON.parse((await run(['user', 'password', '--email', sender.email, '--json', ...installation.settings])).stdout);
      const attempt = (email, secret) => nobody.post('/api/session', { email, password: secret });
      for (let i = 0; i < 5; i++) {
        for (const email of [sender.email, 'nobody@bank.example']) {
          const refused = await attempt(email, 'wrong password');
          assertError(refused, 401, invalid);
        }
      }
      for (const email of [sender.email, 'nobody@bank.example']) {
        assertError(await attempt(email, 'wrong password'), 401, invalid);
        const waiting = await attempt(email, password);
        assertError(waiting, 429, 'error.tooManyRequests.rateLimit');
        const wait = Number(waiting.headers.get('retry-after'));
        assert.ok(wait > 50 && wait <= 60, `${wait}`);
      }
      await mails.arrived(sender.email, /blocked until/);
      const { password: fresh } = JSON.parse((await run(['user', 'password', '--email', sender.email, '--json', ...installation.settings])).stdout);
      await signIn(server, sender.email, fresh);
    });

    test('a forgotten password: a link once, older ones and sessions end; unknown addresses get the same answer', async () => {
      const sender = await createSender(owner, `forgot-${engine}@bank.example`);
      for (const email of [sender.email, 'unknown@bank.example']) assert.equal((await nobody.post('/api/password/forgotten', { email })).status, 200);
      const mail = await mails.arrived(sender.email, /login#token/);
      const token = mail.body.match(/#token=(\S+)/)[1];
      assertError(await nobody.post('/api/password', { token: token.slice(0, -1) + (token.endsWith('x') ? 'y' : 'x'), password: 'a new password here' }), 401, invalid);
      assert.equal((await nobody.post('/api/password', { token, password: 'a new password here' })).status, 200);
      const session = await signIn(server, sender.email, 'a new password here');
      const changed = await session.post(`/api/account/senders/${sender.id}/password`, { email: sender.email, password: 'a new password here', newPassword: 'another new password' });
      assert.equal(changed.status, 200);
      assertError(await session.get('/api/session'), 401);
      assertError(await nobody.post('/api/session', { email: sender.email, password: 'a new password here' }), 401);
      await signIn(server, sender.email, 'another new password');
      assert.ok(!mails.all().some((m) => m.to === 'unknown@bank.example'));
    });

    test('a second factor is set up, asked for, good once, and turned off by the operator', async () => {
      const sender = await createSender(owner, `totp-${engine}@bank.example`);
      const { password } = JSON.parse((await run(['user', 'password', '--email', sender.email, '--json', ...installation.settings])).stdout);
      const session = await signIn(server, sender.email, password);
      const path = '/api/account/authentication/secondFactor';
      const { body: begun } = await session.post(path, {});
      assert.match(begun.uri, /^otpauth:\/\/totp\/Greffier:totp-/);
      assertError(await session.put(path, { code: '000000' }), 400);
      const now = Date.now();
      assert.equal((await session.put(path, { code: totp(begun.secret, now) })).status, 200);
      const attempt = (code) => nobody.post('/api/session', { email: sender.email, password, code });
      assertError(await attempt(), 401, 'error.unauthorised.secondFactorRequired');
      assertError(await attempt('123456'), 401, invalid);
      assertError(await attempt(totp(begun.secret, now)), 401, invalid); // used when it was confirmed
      assert.equal((await attempt(totp(begun.secret, now + 30000))).status, 200);
      assertError(await new Client(server, owner.authorization).post(path, {}), 403);
      assert.equal((await run(['user', 'second-factor-off', '--email', sender.email, ...installation.settings])).status, 0);
      await signIn(server, sender.email, password);
    });

    test('authentication tokens: user, sender, signer; single use means once', async () => {
      const { body: made } = await owner.post('/api/packages', sendablePackage({ status: 'SENT' }));
      const signer = (await owner.get(`/api/packages/${made.id}`)).body.roles.find((r) => r.id === 'Role1').signers[0];
      const exchange = (name, value) => nobody.get(`/auth?${name}=${encodeURIComponent(value)}`);
      for (const [path, body, name] of [
        ['/api/authenticationTokens', undefined, 'authenticationToken'],
        ['/api/authenticationTokens/user', undefined, 'authenticationToken'],
        ['/api/authenticationTokens/sender', { packageId: made.id, value: '' }, 'senderAuthenticationToken'],
        ['/api/senderAuthenticationTokens', { packageId: made.id }, 'senderAuthenticationToken'],
        ['/api/authenticationTokens/signer/singleUse', { packageId: made.id, signerId: signer.id }, 'signerAuthenticationToken'],
      ]) {
        const { status, body: token } = await owner.post(path, body);
        assert.equal(status, 200, path);
        assertError(await exchange(name === 'authenticationToken' ? 'signerAuthenticationToken' : 'authenticationToken', token.value), 401, invalid);
        const opened = await exchange(name, token.value);
        assert.deepEqual(Object.keys(opened.body), ['sessionToken'], path);
        assert.equal((await new SessionClient(server, opened.body.sessionToken).get(`/api/packages/${made.id}`)).status, 200);
        assertError(await exchange(name, token.value), 401, invalid);
      }
      const { body: token } = await owner.post('/api/authenticationTokens/signer/multiUse', { packageId: made.id, signerId: 'ANN@example.com', sessionFields: { fields: { 'Bulk Signing on behalf of': 'x' } } });
      assert.deepEqual(token.sessionFields, { fields: { 'Bulk Signing on behalf of': 'x' } });
      for (let i = 0; i < 2; i++) assert.equal((await exchange('signerAuthenticationToken', token.value)).status, 200);
      assertError(await owner.post('/api/authenticationTokens/signer/multiUse', { packageId: made.id, signerId: 'nobody@example.com' }), 404, 'error.notFound.signerNotFound');
      assertError(await owner.post('/api/authenticationTokens/sender', { packageId: 'nothing' }), 404, 'error.notFound.packageNotFound');
      assertError(await nobody.get('/auth'), 400, 'error.validation.missingField');
      const { body: legacy } = await owner.post(`/api/sessions?package=${encodeURIComponent(made.id)}&signer=${encodeURIComponent(signer.id)}`);
      assert.equal((await new SessionClient(server, legacy.sessionToken).get('/api/session')).body.user.email, 'ann@example.com');
    });

    test("a sender's session reaches the package of its token, and none of the user's others", async () => {
      const [own, other] = await Promise.all(['Own', 'Other'].map(async (name) => (await owner.post('/api/packages', sendablePackage({ name }))).body.id));
      const { body: token } = await owner.post('/api/authenticationTokens/sender', { packageId: own });
      const opened = await nobody.get(`/auth?senderAuthenticationToken=${encodeURIComponent(token.value)}`);
      const session = new SessionClient(server, opened.body.sessionToken);
      assert.deepEqual((await session.get('/api/session')).body.packages, [own]);
      const document = (await owner.get(`/api/packages/${other}`)).body.documents[1].id;
      const refused = [
        session.get(`/api/packages/${other}`), session.put(`/api/packages/${other}`, { name: 'Taken' }), session.post(`/api/packages/${other}`, { name: 'Taken' }),
        session.delete(`/api/packages/${other}`), session.get(`/api/packages/${other}/documents/${document}/pdf`), session.get('/api/packages'), session.post('/api/packages', sendablePackage()),
      ];
      for (const answer of await Promise.all(refused)) assertError(answer, 403, 'error.forbidden.noPermission');
      assert.equal((await owner.get(`/api/packages/${other}`)).body.name, 'Other');
      assert.equal((await session.put(`/api/packages/${own}`, { name: 'Renamed' })).status, 200);
      assert.equal((await session.get(`/api/packages/${own}`)).body.name, 'Renamed');
      assert.equal((await session.delete(`/api/packages/${own}`)).status, 200);
    });

    test("a signer sees the own package without anybody's answers, and what is viewed raises DOCUMENT_VIEWED", async () => {
      const receiver = await Receiver.start();
      await owner.post('/api/callback', { url: receiver.url, events: ['DOCUMENT_VIEWED'] });
      const wanted = sendablePackage({ status: 'SENT' });
      wanted.roles[0].signers[0].auth = { scheme: 'CHALLENGE', challenges: [{ question: 'Pet?', answer: 'Rex-the-answer' }] };
      const { body: made } = await owner.post('/api/packages', wanted);
      const { body: second } = await owner.post('/api/packages', sendablePackage());
      const { body: token } = await owner.post('/api/authenticationTokens/signer/multiUse', { packageId: made.id, signerId: 'ann@example.com' });
      const { body: opened } = await nobody.get(`/auth?signerAuthenticationToken=${token.value}`);
      const signer = new SessionClient(server, opened.sessionToken);
      const seen = await signer.get(`/api/packages/${made.id}`);
      assert.equal(seen.body.id, made.id);
      assert.ok(!seen.bytes.includes('Rex-the-answer'));
      assertError(await signer.get(`/api/packages/${second.id}`), 403, 'error.forbidden.noPermission');
      assertError(await signer.put(`/api/packages/${made.id}`, { name: 'Mine' }), 403, 'error.forbidden.noPermission');
      assertError(await signer.get('/api/packages'), 403, 'error.forbidden.noPermission');
      const pdf = await signer.get(`/api/packages/${made.id}/documents/${seen.body.documents.find((d) => d.name === 'Contract').id}/pdf`);
      assert.equal(pdf.bytes.subarray(0, 5).toString(), '%PDF-');
      const note = await until('the notification', () => receiver.received.find((n) => n.body.packageId === made.id));
      assert.equal(note.body.sessionUser, token.signerId === 'ann@example.com' ? seen.body.roles.find((r) => r.id === 'Role1').signers[0].id : token.signerId);
      await receiver.stop();
      await owner.post('/api/callback', { url: receiver.url, events: [] });
    });

    test('/auth sends a browser to this server or a listed host, with the cookie, and nowhere else', async () => {
      const token = async () => (await owner.post('/api/authenticationTokens/user')).body.value;
      const go = (value, target) => fetch(`${server.url}/auth?authenticationToken=${value}&target=${encodeURIComponent(target)}`, { redirect: 'manual' });
      for (const target of ['/designer/abc', 'https://portal.example/back']) {
        const answer = await go(await token(), target);
        assert.equal(answer.status, 302);
        assert.equal(answer.headers.get('location'), target);
        assert.match(answer.headers.get('set-cookie'), new RegExp(`^${cookieName}=grf_se_`));
      }
      for (const target of ['https://evil.example/', '//evil.example', 'javascript:alert(1)']) {
        const value = await token();
        assert.equal((await go(value, target)).status, 400);
        assert.equal((await nobody.get(`/auth?authenticationToken=${value}`)).status, 200); // not used up
      }
      const value = await token();
      assert.equal((await fetch(`${server.url}/auth?authenticationToken=${value}`, { method: 'HEAD' })).status, 405);
      assert.equal((await nobody.get(`/auth?authenticationToken=${value}`)).status, 200);
    });

    test('/auth does not put another session in place of the one somebody is signed in to, unless that person agrees', async () => {
      const value = async () => encodeURIComponent((await owner.post('/api/authenticationTokens/user')).body.value);
      const sender = await createSender(owner, `visitor-${engine}@bank.example`);
      const { password } = JSON.parse((await run(['user', 'password', '--email', sender.email, '--json', ...installation.settings])).stdout);
      const visitor = await signIn(server, sender.email, password);
      const open = (query, session, headers = {}) => fetch(`${server.url}/auth?${query}`, { redirect: 'manual', headers: { cookie: `${cookieName}=${session}`, 'sec-fetch-site': 'cross-site', ...headers } });
      const query = `authenticationToken=${await value()}&target=${encodeURIComponent('/admin?a="<b>&c')}`;
      for (const [headers, also] of [[{}, ''], [{ 'sec-fetch-site': 'cross-site' }, '&replace=true'], [{ 'sec-fetch-site': 'same-site' }, '&replace=true'], [{ 'sec-fetch-site': 'same-origin' }, '&replace=false']]) {
        const asked = await open(query + also, visitor.session, headers);
        assert.equal(asked.status, 409);
        assert.equal(asked.headers.get('set-cookie'), null);
        assert.equal((await asked.json()).messageKey, 'error.conflict.signedInAsAnother');
      }
      for (const [language, words] of [['en', 'You are signed in'], ['fr-CA', 'Vous êtes connecté(e)']]) {
        const page = await open(query, visitor.session, { accept: 'text/html,*/*', 'accept-language': language });
        assert.equal(page.status, 409);
        assert.match(page.headers.get('content-security-policy'), /default-src 'self'/);
        const text = await page.text();
        assert.ok(text.includes(words));
        assert.ok(text.includes(`href="/auth?${query.replaceAll('&', '&amp;').replaceAll("'", '&#39;')}&amp;replace=true"`), text);
      }
      const agreed = await open(`${query}&replace=true`, visitor.session, { 'sec-fetch-site': 'same-origin' });
      assert.equal(agreed.status, 302); // the token was not used up meanwhile
      // Nobody is asked whose session it is, or who is not signed in.
      const own = await signIn(server, account.email, account.password);
      for (const session of [own.session, 'nonsense', agreed.headers.get('set-cookie').match(/=([^;]+)/)[1]]) {
        assert.equal((await open(`authenticationToken=${await value()}&target=/admin`, session)).status, 302);
      }
      assert.equal((await open(`authenticationToken=${await value()}`, visitor.session)).status, 200); // an SDK that keeps cookies: none is set
    });

    test('one sees and ends one’s own sessions, and nobody else’s', async () => {
      const path = '/api/account/authentication/sessions';
      const own = await createAccount(installation);
      const ownOwner = Client.withKey(server, own);
      const first = await signIn(server, own.email, own.password);
      const second = await signIn(server, own.email, own.password);
      const app = await createApp(ownOwner);
      const { body: opened } = await (await apiToken(server, app)).post('/api/sessions');
      await ownOwner.post('/api/sessions');
      const { body } = await first.get(path);
      assert.equal(body.count, 4);
      assert.deepEqual(body.results.map((session) => session.openedBy).sort(), ['API_KEY', 'CLIENT_APP', 'PASSWORD', 'PASSWORD']);
      assert.deepEqual(body.results.filter((session) => session.current).map((session) => [session.openedBy, session.kind]), [['PASSWORD', 'USER']]);
      const ofApp = body.results.find((session) => session.openedBy === 'CLIENT_APP');
      assert.equal(ofApp.clientId, app.clientId);
      assert.match(ofApp.address, /^(127\.0\.0\.1|::1)$/);
      for (const { id } of body.results) {
        assert.match(id, /^[0-9a-f]{32}$/);
        assertError(await new SessionClient(server, id).get('/api/session'), 401, 'error.unauthorised.sessionExpired'); // it opens nothing
      }

      // Whoever is not that person neither sees nor ends them: a key, a token, somebody else.
      const other = await signIn(server, account.email, account.password);
      assert.ok(!(await other.get(path)).body.results.some((session) => body.results.some(({ id }) => id === session.id)));
      assertError(await other.delete(`${path}/${ofApp.id}`), 404, 'error.notFound.resourceNotFound');
      for (const program of [ownOwner, await apiToken(server, app)]) {
        for (const answer of [await program.get(path), await program.delete(path), await program.delete(`${path}/${ofApp.id}`)]) assertError(answer, 403, 'error.forbidden.noPermission');
      }

      assert.equal((await first.delete(`${path}/${ofApp.id}`)).status, 200);
      assertError(await first.delete(`${path}/${ofApp.id}`), 404, 'error.notFound.resourceNotFound');
      assertError(await new SessionClient(server, opened.sessionToken).get('/api/session'), 401, 'error.unauthorised.sessionExpired');
      assert.equal((await second.get('/api/session')).status, 200);
      assert.deepEqual((await first.delete(path)).body, { count: 2 });
      assertError(await second.get('/api/session'), 401, 'error.unauthorised.sessionExpired');
      const { body: left } = await first.get(path);
      assert.deepEqual(left.results.map((session) => session.current), [true]);
      const ended = await first.delete(`${path}/${left.results[0].id}`);
      assert.match(ended.headers.get('set-cookie'), /Max-Age=0/);
      assertError(await first.get('/api/session'), 401, 'error.unauthorised.sessionExpired');
      const actions = (await ownOwner.get('/api/account/audit?to=100')).body.results.map(({ action }) => action);
      assert.deepEqual(['session.end', 'session.end_others'].map((action) => actions.filter((one) => one === action).length), [2, 1]);
    });

    test('no browser’s name hides a session from the person whose it is', async () => {
      const own = await createAccount(installation);
      const person = await signIn(server, own.email, own.password);
      const agents = [`a${'é'.repeat(150)}`, 'é'.repeat(150), 'x'.repeat(300), '\xff'];
      for (const agent of agents) {
        const bytes = agent === '\xff' ? agent : Buffer.from(agent).toString('latin1');
        assert.equal((await new Client(server).post('/api/session', { email: own.email, password: own.password }, { 'user-agent': bytes })).status, 200, agent);
      }
      const { body } = await person.get('/api/account/authentication/sessions');
      assert.deepEqual([body.count, body.results.length], [5, 5]);
      const shown = body.results.map(({ agent }) => agent);
      for (const agent of [`a${'é'.repeat(99)}`, 'é'.repeat(100), 'x'.repeat(200), '']) assert.ok(shown.includes(agent), `${agent}: ${shown}`);
    });

    test('sysinfo says what SDKs want to hear', async () => {
      assert.match((await owner.get('/api/sysinfo')).body.version, /^11\./);
    });
  });

  test(`behind TLS the cookie is Secure (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const server = await Server.start(installation, ['--base-url', 'https://sign.acme.example/']);
    const { cookie } = await signIn(server, account.email, account.password);
    assert.match(cookie, /; Secure/);
    await server.stop();
    installation.remove();
  });

  test(`a session ends when it is not used, a token when its time is over (${engine})`, async () => {
    const installation = freshInstallation(engine);
    const account = await createAccount(installation);
    const server = await Server.start(installation, ['--session-idle', '60', '--authentication-token-life', '30', '--token-life', '1']);
    const session = await signIn(server, account.email, account.password);
    assert.equal((await session.get('/api/session')).status, 200);
    await server.stop();
    // An hour later, as far as the database is concerned.
    const again = await Server.start(installation, ['--session-idle', '60']);
    const owner = Client.withKey(again, account);
    assert.equal((await new SessionClient(again, session.session).get('/api/session')).status, 200);
    await owner.delete('/api/sessions');
    assertError(await new SessionClient(again, session.session).get('/api/session'), 401, 'error.unauthorised.sessionExpired');
    await again.stop();
    installation.remove();
  });
}
