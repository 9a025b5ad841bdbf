// versions.test.mjs – ETag and If-Match on all that is edited: nobody overwrites what somebody else has changed meanwhile.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { openapiText } from '../openapi/bundle.mjs';
import { engines, freshInstallation, createAccount, Server, Client, sendablePackage } from './lib/server.mjs';
import { appsPath, assertError, createApp, createSender, makeOperator } from './lib/callers.mjs';

const senders = '/api/account/senders';
const endpoints = '/api/notifications/endpoints';
const draft = '/api/packages/{packageId}';
/** A draft with something of each kind that can be changed in it. */
const packageOf = async ({ owner }) => {
  const blocks = { approvals: [{ id: 'block', role: 'Role1', fields: [{ id: 'field' }] }], fields: [{ id: 'code', type: 'IMAGE', subtype: 'QRCODE' }] };
  const [document] = sendablePackage().documents;
  const { body } = await owner.post('/api/packages', sendablePackage({ documents: [{ ...document, id: 'contract', ...blocks }] }));
  return `/api/packages/${encodeURIComponent(body.id)}`;
};
const endpoint = (name, more = {}) => ({ name, url: 'https://a.example/hook', events: ['PACKAGE_CREATE'], ...more });

/** Each resource that can be read and changed, by its path in openapi/: how to make one, how to write it, two bodies that differ,
 * and the parts that are named when the second was stored by somebody else. */
const resources = {
  '/api/callback': { method: 'POST', bodies: ['a', 'b'].map((name) => ({ url: `https://${name}.example/`, key: 'k', events: [] })), names: 'url' },
  '/api/callback/connectors/{origin}': { at: () => '/api/callback/connectors/dynamics', method: 'POST', bodies: [['PACKAGE_CREATE'], []].map((events) => ({ url: 'https://a.example/', events })), names: 'events' },
  [`${endpoints}/{endpointId}`]: { at: async ({ owner }) => `${endpoints}/${(await owner.post(endpoints, endpoint('x'))).body.id}`, method: 'PUT', bodies: [endpoint('a'), endpoint('b', { inFlightLimit: 3 })], names: 'inFlightLimit, name' },
  [`${appsPath}/{clientId}`]: { at: async ({ owner }) => `${appsPath}/${(await createApp(owner)).clientId}`, method: 'PUT', bodies: [{ name: 'a' }, { name: 'b', readOnly: true }], names: 'name, readOnly' },
  '/api/account/authentication/settings': { method: 'PUT', bodies: [{ tokenLifeMax: 600 }, { tokenLifeMax: 900 }], names: 'tokenLifeMax' },
  '/api/account/roles/{accountRoleId}': { at: async ({ owner }) => `/api/account/roles/${(await owner.post('/api/account/roles', { name: 'x' })).body.id}`, method: 'PUT', bodies: [{ name: 'a' }, { name: 'b' }], names: 'name' },
  [`${senders}/{senderId}`]: { at: async ({ person }) => `${senders}/${person}`, method: 'POST', bodies: [{ firstName: 'Ann' }, { firstName: 'Bea' }], names: 'firstName' },
  [`${senders}/{senderId}/roles`]: { at: async ({ person }) => `${senders}/${person}/roles`, method: 'POST', bodies: ['manager', 'sender'].map((id) => ({ accountRoles: [{ id }] })), names: 'accountRoles' },
  [`${senders}/{senderId}/delegates`]: { at: async ({ person }) => `${senders}/${person}/delegates`, method: 'PUT', bodies: ({ account }) => [[{ id: account.ownerId }], []], names: 'delegates' },
  '/api/account/admin/accountSettings/systemSettings': { method: 'PATCH', bodies: [{ loginSessionTimeout: 20 }, { loginSessionTimeout: 40 }], names: 'loginSessionTimeout' },
  '/api/account/admin/accountSettings/featureSettings': { method: 'PATCH', bodies: [{ attachments: false }, { attachments: true }], names: 'attachments' },
  '/api/account/admin/accountSettings/packageSettings': { method: 'PATCH', bodies: [{ ada: true }, { ada: false }], names: 'ada' },
  '/api/account/admin/accountSettings/designerSettings': { method: 'PATCH', bodies: [{ send: true }, { send: false }], names: 'send' },
  '/api/account/admin/accountSettings/emailReminderSettings': { method: 'PATCH', bodies: [{ intervalInDays: 1 }, { intervalInDays: 2 }], names: 'intervalInDays' },
  '/api/account/admin/accountSettings/attachmentsWhitelist': { method: 'PUT', bodies: [{ allowedFileTypes: ['pdf'] }, { allowedFileTypes: ['png'] }], names: 'allowedFileTypes' },
  '/api/account/admin/accountSettings/signatureLayout': { method: 'PATCH', bodies: [{ logo: { image: 'a' } }, { logo: { image: 'b' } }], names: 'logo' },
  '/api/account/admin/chooseSignature': { method: 'PATCH', bodies: [{ signature: { allowDrawing: false } }, { signature: { allowDrawing: true } }], names: 'signature' },
  '/api/account/admin/signingUiOptions': { method: 'PATCH', bodies: [{ overviewOptions: { title: false } }, { overviewOptions: { title: true } }], names: 'overviewOptions' },
  '/api/passwordPolicy': { method: 'PUT', bodies: [{ length: 14 }, { length: 15 }], names: 'length' },
  '/api/dataRetentionSettings/expiryTimeConfiguration': { method: 'PUT', bodies: [{ remainingDays: 5 }, { remainingDays: 6 }], names: 'remainingDays' },
  '/api/dataRetentionSettings/dataManagementPolicy': { method: 'PUT', bodies: [{ transactionRetention: { draft: 1 } }, { transactionRetention: { draft: 2 } }], names: 'transactionRetention' },
  '/api/account/signingThemes': { method: 'PUT', bodies: [{ a: { color: 'red' } }, { a: { color: 'blue' } }], names: 'a' },
  '/api/accountConfig/idvWorkflowConfigs': { method: 'PUT', bodies: [[{ id: 'a' }], [{ id: 'b' }]], names: 'entries' },
  '/api/account/admin/signingLogos': { method: 'POST', bodies: [[{ language: 'fr', image: 'a' }], [{ language: 'fr', image: 'b' }]], names: 'entries' },
  '/api/accountConfig/declineReasons/{language}': { at: () => '/api/accountConfig/declineReasons/fr', method: 'PUT', bodies: [['a'], ['b']], names: 'entries' },
  '/api/accountConfig/handoverUrl/{language}': { at: () => '/api/accountConfig/handoverUrl/fr', method: 'PUT', bodies: [{ href: 'https://a.example' }, { href: 'https://b.example' }], names: 'href' },
  '/api/account/admin/accountSettings/limitSupportedLanguages': { at: async ({ owner }) => (await owner.request('PATCH', '/api/account/admin/accountSettings/limitSupportedLanguages', { signerLanguages: ['en', 'de'] })) && '/api/account/admin/accountSettings/limitSupportedLanguages', method: 'PATCH', bodies: [{ signerLanguages: ['fr'] }, { signerLanguages: ['en'] }], names: 'signerLanguages' },
  '/api/account/subaccounts/{accountId}': { at: async ({ owner }) => `/api/account/subaccounts/${(await owner.post('/api/account/subaccounts', { name: 'x' })).body.id}`, method: 'PUT', bodies: [{ name: 'a' }, { name: 'b' }], names: 'name' },
  '/api/notifications/retention': { method: 'PUT', bodies: [{ days: { events: 7 } }, { days: { mails: 7 } }], names: 'events, mails' },
  '/api/operator/accounts/{accountId}': { at: ({ account }) => `/api/operator/accounts/${account.accountId}`, method: 'PATCH', bodies: [{ name: 'a' }, { name: 'b', limits: { callRate: 9 } }], names: 'limits, name' },
  '/api/notifications/catchers/{catcherId}': { at: async ({ owner }) => `/api/notifications/catchers/${(await owner.post('/api/notifications/catchers', {})).body.id}`, method: 'PUT', bodies: [{ answer: 201 }, { answer: 500 }], names: 'answer' },
  [draft]: { at: packageOf, method: 'PUT', bodies: [{ name: 'a' }, { name: 'b' }], names: 'package' },
  [`${draft}/documents`]: { at: async (setting) => `${await packageOf(setting)}/documents`, method: 'PUT', bodies: [[{ id: 'contract', index: 1 }], [{ id: 'contract', index: 2 }]], names: 'package' },
  [`${draft}/documents/{documentId}`]: { at: async (setting) => `${await packageOf(setting)}/documents/contract`, method: 'PUT', bodies: [{ name: 'a' }, { name: 'b' }], names: 'package' },
  [`${draft}/documents/visibility`]: { at: async (setting) => `${await packageOf(setting)}/documents/visibility`, method: 'POST', bodies: [{ configurations: [] }, { configurations: [{ documentUid: 'contract', roleUids: [] }] }], names: 'package' },
  [`${draft}/roles/{roleId}/verification`]: { at: async (setting) => { const path = `${await packageOf(setting)}/roles/Role1/verification`; await setting.owner.put(path, { typeId: 'x' }); return path; }, method: 'PUT', bodies: [{ typeId: 'a' }, { typeId: 'b' }], names: 'package' },
  [`${draft}/virtual-room/config`]: { at: async (setting) => `${await packageOf(setting)}/virtual-room/config`, method: 'PUT', bodies: [{ video: true }, { video: false }], names: 'package' },
  [`${draft}/virtual-room/config/masked-fields`]: { at: async (setting) => `${await packageOf(setting)}/virtual-room/config/masked-fields`, method: 'POST', bodies: [['a'], ['b']], names: 'package' },
  [`${draft}/roles`]: { at: async (setting) => `${await packageOf(setting)}/roles`, method: 'PUT', bodies: [[{ id: 'Role1', index: 1 }], [{ id: 'Role1', index: 2 }]], names: 'package' },
  [`${draft}/roles/{roleId}`]: { at: async (setting) => `${await packageOf(setting)}/roles/Role1`, method: 'PUT', bodies: [{ name: 'a' }, { name: 'b' }], names: 'package' },
  [`${draft}/documents/{documentId}/approvals/{approvalId}`]: { at: async (setting) => `${await packageOf(setting)}/documents/contract/approvals/block`, method: 'PUT', bodies: [{ role: 'Role1', name: 'a' }, { role: 'Role1', name: 'b' }], names: 'package' },
  [`${draft}/documents/{documentId}/approvals/{approvalId}/fields/{fieldId}`]: { at: async (setting) => `${await packageOf(setting)}/documents/contract/approvals/block/fields/field`, method: 'PUT', bodies: [{ name: 'a' }, { name: 'b' }], names: 'package' },
  [`${draft}/documents/{documentId}/fields/{fieldId}`]: { at: async (setting) => `${await packageOf(setting)}/documents/contract/fields/code`, method: 'PUT', bodies: [{ name: 'a' }, { name: 'b' }], names: 'package' },
};

/** Paths that are read and written, and are no resource that somebody edits. */
const others = {
  '/api/session': 'signing in, and who is signed in',
  [senders]: 'a list, and making one of it',
  '/api/account/roles': 'a list, and making one of it',
  '/api/account/subaccounts': 'a list, and making one of it',
  '/api/account/customfields': 'a list, and making one of it',
  [appsPath]: 'a list, and making one of it',
  [endpoints]: 'a list, and making one of it',
  '/api/packages': 'a list, and making one of it',
  '/api/layouts': 'a list, and making one of it',
  '/api/notifications/catchers': 'a list, and making one of it',
  '/api/operator/accounts': 'a list, and making one of it',
  '/api/operator/session': 'signing in, and who is signed in',
  '/api/notifications/replays': 'a list, and making one of it',
  '/api/notifications/events': 'the log, and appending to it',
  '/api/notifications/signingKeys': 'the list, and making the next one',
  '/api/account/authentication/dlp/reports': 'what was reported, and reporting',
};

const writes = ['put', 'post', 'patch'];
const resolve = (spec, node) => (node?.$ref ? node.$ref.slice(2).split('/').reduce((at, part) => at[part], spec) : node);

test('all that is read and edited has a version, as openapi/ says', () => {
  const spec = parse(openapiText());
  const edited = Object.keys(spec.paths).filter((path) => spec.paths[path].get && writes.some((method) => spec.paths[path][method]) && !others[path]);
  assert.deepEqual(edited.sort(), Object.keys(resources).sort(), 'a resource with neither a row nor a reason here');
  for (const path of edited) {
    for (const [method, operation] of Object.entries(spec.paths[path])) {
      if (method === 'parameters') continue;
      const parameters = (operation.parameters ?? []).map((one) => resolve(spec, one).name);
      const { 200: answer, ...statuses } = operation.responses;
      assert.ok(parameters.includes(method === 'get' ? 'If-None-Match' : 'If-Match'), `${method} ${path} has no condition`);
      assert.ok(statuses[method === 'get' ? 304 : 412], `${method} ${path} has no answer to it`);
      if (method !== 'delete') assert.ok(resolve(spec, answer).headers?.ETag, `${method} ${path} answers no ETag`);
    }
  }
});

async function ready(engine) {
  const installation = freshInstallation(engine);
  const account = await createAccount(installation);
  const server = await Server.start(installation);
  const owner = Client.withKey(server, account);
  const { id: person } = await createSender(owner, 'sam@bank.example');
  const operator = new Client(server, `Bearer ${await makeOperator(installation)}`);
  return { installation, account, server, owner, person, operator };
}

const callerOf = (setting, path) => (path.startsWith('/api/operator') ? setting.operator : setting.owner);
const write = (setting, { method }, path, body, tag) => callerOf(setting, path).request(method, path, body, tag === undefined ? {} : { 'if-match': tag });
const tagOf = async (setting, path) => {
  const answer = await callerOf(setting, path).get(path);
  assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  return answer.headers.get('etag');
};

for (const engine of engines) {
  test(`on ${engine}: who has read another version changes nothing`, async (t) => {
    const setting = await ready(engine);
    for (const [name, resource] of Object.entries(resources)) {
      await t.test(name, async () => {
        const path = (await resource.at?.(setting)) ?? name;
        const [mine, theirs] = typeof resource.bodies === 'function' ? resource.bodies(setting) : resource.bodies;
        const write_ = (body, tag) => write(setting, resource, path, body, tag);
        const first = await tagOf(setting, path);
        assert.match(first, /^"[A-Za-z0-9_.-]+"$/);
        assert.equal(await tagOf(setting, path), first, 'reading changes it');

        const changed = await write_(mine, first);
        assert.equal(changed.status, 200, JSON.stringify(changed.body));
        const second = await tagOf(setting, path);
        assert.notEqual(second, first);
        assert.equal(changed.headers.get('etag'), second, 'the write answers another version than the next read');
        assertError(await write_(theirs, first), 412, 'error.conflict.versionChanged');
        assertError(await write_(theirs, `W/${second}`), 412);
        assertError(await write_(theirs, ''), 412);
        assertError(await write_(theirs, '"x", "y"'), 412);
        assertError(await write_(theirs, second.slice(1, -1)), 400, 'error.validation.invalidRequest');
        assertError(await write_(theirs, `*, ${second}`), 400);
        assert.equal(await tagOf(setting, path), second, 'a refusal changed something');

        assert.equal((await write_(theirs, `"x", W/"y", ${second}`)).status, 200);
        const third = await tagOf(setting, path);
        assert.notEqual(third, second);
        assert.equal((await write_(mine, second)).body.technical, `changed: ${resource.names}`);
        assert.equal((await write_(mine, '*')).status, 200);
        assert.equal((await write_(theirs)).status, 200, 'without the header the last write wins');
        if (!name.startsWith(draft)) assert.equal(await tagOf(setting, path), third, 'the same configuration is the same version');

        const now = await tagOf(setting, path);
        const unchanged = await callerOf(setting, path).request('GET', path, undefined, { 'if-none-match': `"x", W/${now}` });
        assert.equal(unchanged.status, 304);
        assert.equal(unchanged.bytes.length, 0);
        assert.equal(unchanged.headers.get('etag'), now);
        assert.equal((await callerOf(setting, path).request('GET', path, undefined, { 'if-none-match': first })).status, now === first ? 304 : 200);
        if (resource.method !== 'PATCH') assertError(await callerOf(setting, path).request(resource.method, path, mine, { 'if-none-match': '*' }), 412);
      });
    }
    await setting.server.stop();
    setting.installation.remove();
  });

  test(`on ${engine}: of many who write with one version, one wins`, async () => {
    const setting = await ready(engine);
    for (const [name, resource] of Object.entries(resources)) {
      const path = (await resource.at?.(setting)) ?? name;
      const bodies = typeof resource.bodies === 'function' ? resource.bodies(setting) : resource.bodies;
      await write(setting, resource, path, bodies[1]);
      const tag = await tagOf(setting, path);
      const answers = await Promise.all(Array.from({ length: 8 }, () => write(setting, resource, path, bodies[0], tag)));
      const statuses = answers.map(({ status }) => status).sort();
      assert.deepEqual(statuses, [200, ...Array(7).fill(412)], name);
      assert.equal(await tagOf(setting, path), answers.find(({ status }) => status === 200).headers.get('etag'));
    }
    await setting.server.stop();
    setting.installation.remove();
  });

  test(`on ${engine}: a version follows secrets and the wishes of people, not use and health`, async () => {
    const setting = await ready(engine);
    const { owner } = setting;
    const made = await owner.post(endpoints, endpoint('x', { authType: 'HEADER', key: 'Bearer a' }));
    const path = `${endpoints}/${made.body.id}`;
    const first = made.headers.get('etag');
    assert.equal(await tagOf(setting, path), first, 'creating answers it too');
    assert.equal((await owner.put(path, endpoint('x', { authType: 'HEADER' }))).headers.get('etag'), first, 'a secret that stays');
    const again = (await owner.put(path, endpoint('x', { authType: 'HEADER', key: 'Bearer a' }))).headers.get('etag');
    assert.notEqual(again, first, 'whoever stores guesses would learn the secret');
    const rotated = (await owner.post(`${path}/signingSecrets`, {})).headers.get('etag');
    assert.notEqual(rotated, again);
    const paused = (await owner.post(`${path}/pause`, {})).headers.get('etag');
    assert.notEqual(paused, rotated);
    assert.equal((await owner.post(`${path}/resume`, {})).headers.get('etag'), rotated);
    assertError(await owner.request('POST', `${path}/pause`, {}, { 'if-match': paused }), 412);
    assertError(await owner.request('DELETE', path, undefined, { 'if-match': paused }), 412);
    assert.equal((await owner.request('DELETE', path, undefined, { 'if-match': rotated })).status, 200);

    const basic = await owner.post(endpoints, endpoint('basic', { authType: 'BASIC', key: 'k' }));
    const basicPath = `${endpoints}/${basic.body.id}`;
    assert.equal((await owner.put(basicPath, endpoint('basic', { authType: 'BASIC' }))).headers.get('etag'), basic.headers.get('etag'));
    assert.notEqual((await owner.put(basicPath, endpoint('basic', { authType: 'BASIC', key: 'k' }))).headers.get('etag'), basic.headers.get('etag'));

    const app = await createApp(owner, { name: 'used' });
    const appPath = `${appsPath}/${app.clientId}`;
    const unused = await tagOf(setting, appPath);
    const token = await new Client(setting.server).post('/apitoken/clientApp/accessToken', { clientId: app.clientId, secret: app.secret, type: 'OWNER' });
    assert.equal((await new Client(setting.server, `Bearer ${token.body.accessToken}`).get('/api/packages')).status, 200);
    assert.equal(await tagOf(setting, appPath), unused, 'use is no change');
    assert.notEqual((await owner.post(`${appPath}/regenerate-secret`, {})).headers.get('etag'), unused);
    assertError(await owner.request('POST', `${appPath}/regenerate-secret`, {}, { 'if-match': unused }), 412);
    await setting.server.stop();
    setting.installation.remove();
  });
}

test('two nodes: one of all who write with one version wins', { skip: !engines.includes('postgresql') && 'no PostgreSQL here' }, async () => {
  const setting = await ready('postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'greffier-node-'));
  copyFileSync(join(setting.installation.data, 'greffier.key'), join(folder, 'greffier.key'));
  const database = setting.installation.settings[setting.installation.settings.indexOf('--database') + 1];
  const second = await Server.start({ settings: ['--data', folder, '--database', database] });
  const there = { ...setting, owner: Client.withKey(second, setting.account), operator: new Client(second, setting.operator.authorization) };
  for (const [name, resource] of Object.entries(resources)) {
    const path = (await resource.at?.(setting)) ?? name;
    const [mine, theirs] = typeof resource.bodies === 'function' ? resource.bodies(setting) : resource.bodies;
    await write(setting, resource, path, theirs);
    const tag = await tagOf(setting, path);
    assert.equal(await tagOf(there, path), tag, 'a version is the same on each node');
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => write(i % 2 ? setting : there, resource, path, mine, tag)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(412)], name);
  }
  await second.stop();
  await setting.server.stop();
  rmSync(folder, { recursive: true });
  setting.installation.remove();
});
