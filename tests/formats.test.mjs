// formats.test.mjs – what is sent, checked by other people's software: signatures by standardwebhooks and node's own crypto,
// CloudEvents by their SDK, TLS and client certificates by nginx.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import cloudevents from 'cloudevents';
import standardwebhooks from 'standardwebhooks';
import { engines, freshInstallation, createAccount, run, Server, Client, startServing, stopServing } from './lib/server.mjs';
import { Authority } from './lib/certificates.mjs';
import { Listener } from './lib/listener.mjs';
import { Nginx } from './lib/nginx.mjs';
import { addEndpoint, anyPackage, assertAbsent, assertRefused, delivery, endpointsPath, expectOk, notifications, raise, raiseAll, settled, stored, tried } from './lib/notifications.mjs';

const { HTTP } = cloudevents;
const { Webhook } = standardwebhooks;
const events = ['PACKAGE_CREATE', 'ROLE_REASSIGN', 'COBROWSE_REQUEST', 'PACKAGE_DECLINE', 'DOCUMENT_SIGNED'];

const accepts = (notification, secret) => {
  try {
    new Webhook(secret).verify(notification.raw.toString(), notification.headers);
    return true;
  } catch (error) {
    assert.equal(error.constructor.name, 'WebhookVerificationError');
    return false;
  }
};

const signaturesOf = (notification, version) => notification.headers['webhook-signature'].split(' ').filter((one) => one.startsWith(`${version},`)).map((one) => one.slice(version.length + 1));

/** Ed25519 as Standard Webhooks has it: which of the published keys made one of the signatures. */
function signers(notification, keys) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp } = notification.headers;
  const message = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), notification.raw]);
  const spki = (key) => createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(key.publicKey.slice('whpk_'.length), 'base64')]), format: 'der', type: 'spki' });
  const made = signaturesOf(notification, 'v1a').map((signature) => keys.find((key) => verify(null, message, spki(key), Buffer.from(signature, 'base64')))?.id);
  assert.ok(made.every(Boolean), 'a signature of no published key');
  return made;
}

for (const engine of engines) {
  describe(`forms on ${engine}`, () => {
    let installation, account, server, owner, listener;
    const heard = async (packageId = anyPackage(), name = 'PACKAGE_CREATE', members = {}) => {
      const { id } = await raise(owner, packageId, name, members);
      await settled(owner, { eventId: id });
      return listener.received.filter((n) => n.headers['webhook-id'] === id);
    };

    before(async () => ({ installation, account, server, owner } = await startServing(engine, ['--retry-scale', '1000'])));
    after(() => stopServing(server, installation));
    afterEach(async () => {
      for (const { id } of (await expectOk(owner.get(endpointsPath))).results) await owner.delete(`${endpointsPath}/${id}`);
      await listener?.stop();
      listener = undefined;
    });

    test('a verifier of Standard Webhooks accepts every notification, and none with one byte changed', async () => {
      listener = await Listener.start();
      const { signingSecret } = await addEndpoint(owner, { url: listener.url, events });
      const { signingSecret: another } = await addEndpoint(owner, { url: `${listener.url}/another`, events: [] });
      for (const [name, members] of [['PACKAGE_CREATE', {}], ['PACKAGE_DECLINE', { message: 'Größe „nicht" genehm \\ 💶' }], ['ROLE_REASSIGN', { newRoleId: 'r2' }]]) {
        const [notification] = await heard(anyPackage(), name, members);
        assert.ok(accepts(notification, signingSecret));
        assert.ok(!accepts(notification, another));
        const { raw, headers } = notification;
        assert.ok(!accepts({ headers, raw: Buffer.from(raw.toString().replace('"packageId":"pkg', '"packageId":"pkh')) }, signingSecret));
        assert.ok(!accepts({ raw, headers: { ...headers, 'webhook-id': `${headers['webhook-id']}x` } }, signingSecret));
        assert.ok(!accepts({ raw, headers: { ...headers, 'webhook-timestamp': `${Number(headers['webhook-timestamp']) + 1}` } }, signingSecret));
      }
    });

    test('a rotated secret: old and new verify during the overlap, the new alone after it', async () => {
      listener = await Listener.start();
      const { id, signingSecret: first } = await addEndpoint(owner, { url: listener.url, events });
      const rotate = (body) => owner.post(`${endpointsPath}/${id}/signingSecrets`, body);
      for (const [member, body] of [['overlapHours', { overlapHours: -1 }], ['overlapHours', { overlapHours: 721 }], ['overlapHours', { overlapHours: '1' }]]) assertRefused(await rotate(body), member);
      assert.ok(accepts((await heard())[0], first));
      const { signingSecret: second, oldSigningSecrets } = await expectOk(rotate());
      assert.notEqual(second, first);
      assert.equal(oldSigningSecrets.length, 1);
      assert.ok(Math.abs(Date.parse(oldSigningSecrets[0].expiresDate) - Date.now() - 24 * 3600e3) < 60e3);
      const [both] = await heard();
      assert.deepEqual([first, second].map((secret) => accepts(both, secret)), [true, true]);
      assert.equal(signaturesOf(both, 'v1').length, 2);
      // A rotation without overlap leaves the older overlap alone.
      const { signingSecret: third } = await expectOk(rotate({ overlapHours: 0 }));
      assert.deepEqual([first, second, third].map((secret) => accepts(both, secret)), [true, true, false]);
      const [later] = await heard();
      assert.deepEqual([first, second, third].map((secret) => accepts(later, secret)), [true, false, true]);
      assert.equal((await owner.get(`${endpointsPath}/${id}`)).bytes.includes('whsec_'), false);
    });

    test('Ed25519: verified by the published keys, alone or beside HMAC, over a rotation', async () => {
      listener = await Listener.start();
      const published = async () => (await expectOk(new Client(server).get(`/.well-known/webhook-keys/${account.accountId}`))).keys;
      const { id, signingSecret } = await addEndpoint(owner, { url: listener.url, events, signatures: ['ED25519', 'HMAC_SHA256'] });
      const [key] = await published();
      assert.deepEqual([key.algorithm, key.retiresDate], ['Ed25519', null]);
      assert.deepEqual(await published(), (await expectOk(owner.get(`${notifications}/signingKeys`))).keys);
      const [both] = await heard();
      assert.ok(accepts(both, signingSecret));
      assert.deepEqual(signers(both, [key]), [key.id]);
      await expectOk(owner.put(`${endpointsPath}/${id}`, { url: listener.url, events, signatures: ['ED25519'] }));
      const [alone] = await heard();
      assert.deepEqual([signaturesOf(alone, 'v1').length, signers(alone, [key])], [0, [key.id]]);

      assertRefused(await owner.post(`${notifications}/signingKeys`, { overlapHours: 721 }), 'overlapHours');
      const { keys: [next, old] } = await expectOk(owner.post(`${notifications}/signingKeys`, {}));
      assert.deepEqual([old.id, next.retiresDate], [key.id, null]);
      assert.ok(Date.parse(old.retiresDate) > Date.now() + 23 * 3600e3);
      const [overlapping] = await heard();
      assert.deepEqual(signers(overlapping, await published()).sort(), [key.id, next.id].sort());
      const { keys: [last] } = await expectOk(owner.post(`${notifications}/signingKeys`, { overlapHours: 0 }));
      const [after] = await heard();
      assert.deepEqual(signers(after, await published()).sort(), [key.id, last.id].sort());
      // However often: as many sign as there may be, the newest among them.
      for (let i = 0; i < 20; i++) await expectOk(owner.post(`${notifications}/signingKeys`, {}));
      const now = await published();
      const [many] = await heard();
      assert.deepEqual(signers(many, now).sort(), now.map((one) => one.id).sort());
      assert.equal(now.length, 16);
    });

    test('CloudEvents 1.0, structured and binary, as their SDK reads them; the data is what the original form says', async () => {
      listener = await Listener.start();
      const forms = ['ORIGINAL', 'CLOUDEVENTS_STRUCTURED', 'CLOUDEVENTS_BINARY'];
      const made = {};
      for (const form of forms) made[form] = await addEndpoint(owner, { url: `${listener.url}/${form}`, events, payloadFormat: form });
      const rows = [
        ['PACKAGE_CREATE', {}], ['PACKAGE_DECLINE', { message: 'Größe „nicht" \\ genehm', sessionUser: 'signer 1' }], ['ROLE_REASSIGN', { newRoleId: 'r"2' }], ['DOCUMENT_SIGNED', { documentId: 'default-consent' }],
        ['COBROWSE_REQUEST', { phone: '+41 1', comment: 'é', selectedSupportBusinessHours: ['Morning - 9AM to 12PM ((GMT 0:00) GMT)', 'Evening'] }],
      ];
      for (const [name, members] of rows) {
        const packageId = `${anyPackage()} "é%20/=`;
        const receipt = await raise(owner, packageId, name, members);
        await settled(owner, { eventId: receipt.id }, 'DELIVERED', 3);
        const sent = Object.fromEntries(forms.map((form) => [form, listener.received.find((n) => n.url === `/hook/${form}` && n.headers['webhook-id'] === receipt.id)]));
        const original = sent.ORIGINAL.body;
        assert.deepEqual(Object.keys(original).slice(0, 7), ['@class', 'name', 'sessionUser', 'packageId', 'message', 'documentId', 'createdDate']);
        assert.deepEqual(original, { '@class': 'com.silanis.esl.packages.event.ESLProcessEvent', name, sessionUser: '', packageId, message: null, documentId: null, createdDate: original.createdDate, ...members });
        assert.ok(sent.CLOUDEVENTS_BINARY.raw.equals(sent.ORIGINAL.raw));
        assert.equal(sent.CLOUDEVENTS_STRUCTURED.headers['content-type'], 'application/cloudevents+json; charset=utf-8');
        for (const form of forms.slice(1)) {
          const { headers, raw } = sent[form];
          const event = HTTP.toEvent({ headers, body: raw.toString() });
          assert.ok(event.validate());
          assert.deepEqual([event.specversion, event.id, event.type, event.source], ['1.0', receipt.id, `greffier.${name}`, `urn:greffier:account:${account.accountId}`]);
          // HTTP binding, section 3.1.3.2: a receiver decodes what a header cannot hold.
          assert.equal(form === 'CLOUDEVENTS_BINARY' ? decodeURIComponent(event.subject) : event.subject, packageId);
          assert.equal(new Date(event.time).toISOString(), original.createdDate);
          assert.deepEqual([`${event.sequence}`, event.sequencetype], [`${receipt.sequence}`, 'Integer']);
          assert.deepEqual(event.data, original);
          assert.ok(event.datacontenttype.startsWith('application/json'));
        }
        // All are signed over what was sent, and the log shows just that.
        for (const form of forms) {
          assert.ok(accepts(sent[form], made[form].signingSecret), form);
          assert.equal((await delivery(owner, receipt.id, made[form].id)).body, sent[form].raw.toString());
        }
      }
    });
  });

  describe(`TLS on ${engine}`, () => {
    let installation, account, server, owner, authority, stranger, listener, nginx;
    const tls = (issued, members = {}) => ({ clientCertificate: issued.cert, clientKey: issued.key, ...members });
    const add = (members = {}) => addEndpoint(owner, { url: nginx.url, events, retryWaits: [86400], ...members });
    const start = async (options) => {
      listener = await Listener.start();
      nginx = await Nginx.start({ upstream: `http://127.0.0.1:${listener.port}`, certificate: authority.issue('receiver'), ...options });
    };
    const outcome = async (id) => {
      const event = await raise(owner, anyPackage());
      return (await tried(owner, { eventId: event.id, endpointId: id })).attempts[0];
    };

    before(async () => {
      authority = new Authority();
      stranger = new Authority('Another CA');
      installation = freshInstallation(engine);
      account = await createAccount(installation);
      server = await Server.start(installation, ['--ca-certificates', authority.file]);
      owner = Client.withKey(server, account);
    });
    after(async () => {
      await server.stop();
      installation.remove();
      authority.remove();
      stranger.remove();
    });
    afterEach(async () => {
      for (const { id } of (await expectOk(owner.get(endpointsPath))).results) await owner.delete(`${endpointsPath}/${id}`);
      await nginx?.stop();
      await listener?.stop();
      nginx = listener = undefined;
    });

    test('a client certificate is shown to who asks for one, each endpoint its own, whatever connections are open', async () => {
      await start({ clientAuthority: authority });
      const [ann, bob, eve] = [authority.issue('ann'), authority.issue('bob'), stranger.issue('eve')];
      const made = { ann: await add({ url: `${nginx.url}/ann`, tls: tls(ann) }), bob: await add({ url: `${nginx.url}/bob`, tls: tls(bob) }), eve: await add({ url: `${nginx.url}/eve`, tls: tls(eve) }), nobody: await add({ url: `${nginx.url}/nobody` }) };
      for (let round = 0; round < 5; round++) {
        const packages = Array.from({ length: 4 }, anyPackage);
        await raiseAll(owner, packages.map((packageId) => ({ name: 'PACKAGE_CREATE', packageId })));
        for (const name of ['ann', 'bob']) await settled(owner, { endpointId: made[name].id }, 'DELIVERED', 4 * (round + 1));
      }
      for (const n of listener.received) assert.equal(`/hook/${n.headers['x-client'].replace('CN=', '')} ${n.headers['x-verify']}`, `${n.url} SUCCESS`);
      assert.equal(listener.received.length, 40);
      // nginx says 400 to who shows none, or one of another authority.
      for (const name of ['eve', 'nobody']) {
        const { httpStatus, replyStart } = await outcome(made[name].id);
        assert.equal(httpStatus, 400);
        assert.match(replyStart, name === 'eve' ? /SSL certificate error/ : /No required SSL certificate/);
      }
      // Taken away it is shown no more.
      await expectOk(owner.put(`${endpointsPath}/${made.ann.id}`, { url: `${nginx.url}/ann`, events, retryWaits: [86400] }));
      assert.equal((await outcome(made.ann.id)).httpStatus, 400);
      assert.equal((await outcome(made.bob.id)).httpStatus, 200);
    });

    test('certificate and key must fit, the key is kept and never shown', async () => {
      await start({ clientAuthority: authority });
      const [ann, bob] = [authority.issue('ann'), authority.issue('bob')];
      const huge = authority.issue('huge', undefined, 1, ['rsa:4608']); // every handshake would cost others their turn
      const encrypted = generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' }, publicKeyEncoding: { type: 'spki', format: 'pem' } }).privateKey;
      const refused = [['tls.clientKey', { clientCertificate: ann.cert }], ['tls.clientKey', tls({ cert: ann.cert, key: bob.key })], ['tls.clientKey', tls({ cert: ann.cert, key: 'x' })], ['tls.clientKey', tls({ cert: ann.cert, key: encrypted })],
        ['tls.clientCertificate', tls(huge)], ['tls.clientCertificate', tls({ cert: ann.key, key: ann.key })], ['tls.clientCertificate', tls({ cert: ann.cert.replace(/M/g, 'N'), key: ann.key })], ['tls.clientCertificate', tls({ cert: 5, key: ann.key })]];
      for (const [member, members] of refused) assertRefused(await owner.post(endpointsPath, { url: nginx.url, events, tls: members }), member);
      assert.equal((await expectOk(owner.get(endpointsPath))).count, 0);
      const made = await add({ tls: tls(ann) });
      assert.deepEqual(made.tls, { clientCertificate: ann.cert, caCertificates: '' });
      for (const [member, members] of [...refused.slice(1, 5), ['tls.clientKey', { clientCertificate: bob.cert }]]) assertRefused(await owner.put(`${endpointsPath}/${made.id}`, { url: nginx.url, events, tls: members }), member);
      assert.equal((await outcome(made.id)).httpStatus, 200);
      // The key stays with its certificate.
      await expectOk(owner.put(`${endpointsPath}/${made.id}`, { url: nginx.url, events, tls: { clientCertificate: ann.cert } }));
      assert.equal((await outcome(made.id)).httpStatus, 200);
      const secret = ann.key.split('\n')[1];
      for (const path of [endpointsPath, `${endpointsPath}/${made.id}`, `${notifications}/deliveries`]) assertAbsent((await owner.get(path)).bytes, [secret], path);
      assertAbsent(server.log, [secret], 'the log');
      for (const bytes of stored(installation)) assertAbsent(bytes, [secret], 'the store');
    });

    test("a receiver's certificate is checked against the authorities of its endpoint, on open connections too", async () => {
      await start({ certificate: stranger.issue('receiver') });
      const trusting = await add({ url: `${nginx.url}/trusting`, tls: { caCertificates: stranger.certificate + authority.certificate } });
      const careful = await add({ url: `${nginx.url}/careful` });
      for (let round = 0; round < 3; round++) {
        assert.equal((await outcome(trusting.id)).httpStatus, 200);
        const attempt = await outcome(careful.id);
        assert.deepEqual([attempt.error, attempt.phase, attempt.httpStatus], ['TLS', 'TLS', 0]);
      }
      assert.ok(listener.received.every((n) => n.url === '/hook/trusting'));
      const event = await raise(owner, anyPackage());
      await tried(owner, { eventId: event.id, endpointId: trusting.id });
      const { attempts: [{ tls: facts, timings }] } = await delivery(owner, event.id, trusting.id);
      assert.match(facts, /^TLSv1\.[23] \S+/);
      assert.ok(timings.firstByteMs > 0);
      // The name counts too.
      await nginx.stop();
      nginx = await Nginx.start({ upstream: `http://127.0.0.1:${listener.port}`, certificate: stranger.issue('receiver', 'DNS:elsewhere.example') });
      const misnamed = await add({ tls: { caCertificates: stranger.certificate } });
      assert.equal((await outcome(misnamed.id)).error, 'TLS');
    });

    test('HTTP/2 where it is offered, over few connections; HTTP/1.1 else', async () => {
      await start({ http2: true });
      const { id, signingSecret } = await add({ customHeaders: [{ key: 'X-Tenant', value: 'blue' }], key: 'k', authType: 'BASIC' });
      await raise(owner, anyPackage());
      await settled(owner, { endpointId: id });
      await raiseAll(owner, Array.from({ length: 60 }, () => ({ name: 'PACKAGE_CREATE', packageId: anyPackage() })));
      await settled(owner, { endpointId: id }, 'DELIVERED', 61);
      assert.deepEqual([...new Set(listener.received.map((n) => n.headers['x-protocol']))], ['HTTP/2.0']);
      assert.ok(new Set(listener.received.map((n) => n.headers['x-connection'])).size <= 10);
      assert.equal(listener.received.length, 61);
      for (const n of listener.received) assert.ok(accepts(n, signingSecret) && n.headers.authorization === 'Basic k' && n.headers['x-tenant'] === 'blue');
      await nginx.stop();
      await listener.stop();
      await owner.delete(`${endpointsPath}/${id}`);
      await start({});
      const plain = await add();
      assert.equal((await outcome(plain.id)).httpStatus, 200);
      assert.equal(listener.received[0].headers['x-protocol'], 'HTTP/1.1');
    });

    test('a file of authorities that is none stops the start', async () => {
      const file = join(authority.folder, 'nothing.pem');
      writeFileSync(file, 'not a certificate\n');
      for (const path of [file, join(authority.folder, 'missing.pem')]) {
        const { status, stderr } = await run(['serve', '--listen', '127.0.0.1:0', '--data', join(authority.folder, 'data'), '--ca-certificates', path]);
        assert.notEqual(status, 0);
        assert.match(stderr, /--ca-certificates .*pem: not a file with certificates/);
      }
    });
  });
}
