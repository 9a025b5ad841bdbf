// fill.mjs – the accounts that are photographed: one that has just begun, one in full use, and one whose receivers fail.
import assert from 'node:assert/strict';
import { apiToken, appsPath, createApp, createSender, makeOperator } from '../lib/callers.mjs';
import { addEndpoint, endpointsPath, expectOk, notifications, raiseAll, seen } from '../lib/notifications.mjs';
import { filledAt } from './freeze.mjs';
import { Receiver } from '../lib/receiver.mjs';
import { Client, run, sendablePackage, until } from '../lib/server.mjs';

const all = ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'PACKAGE_COMPLETE', 'PACKAGE_DECLINE', 'PACKAGE_TRASH'];
const patient = { retryWaits: [3600, 7200], failureMails: false };

async function account(installation, server, clock, name, owner) {
  const made = await run(['account', 'create', '--name', name, '--owner-email', owner, '--json', ...installation.settings], clock.forProcess());
  assert.equal(made.status, 0, made.stderr);
  const client = Client.withKey(server, JSON.parse(made.stdout));
  const session = (await expectOk(client.post('/api/sessions'))).sessionToken;
  return { ...JSON.parse(made.stdout), client, session };
}

/** Endpoints whose ids, which are random, sort as the list does: so do their deliveries of one event. */
async function addEndpoints(client, bodies) {
  const ids = [];
  for (const { url } of bodies) ids.push((await addEndpoint(client, { name: 'Nouvelle', url, events: [] })).id);
  ids.sort();
  for (const [i, body] of bodies.entries()) await expectOk(client.put(`${endpointsPath}/${ids[i]}`, body));
  return ids.map((id, i) => ({ ...bodies[i], id }));
}

const attempted = (client, endpoint, count) => seen(client, { endpointId: endpoint.id }, `${count} attempts`, (results) => results.length === count && results.every(({ attempts }) => attempts.length));

/** So many attempts are in the numbers, too. */
const counted = (client, count) => until('the numbers', async () => (await expectOk(client.get(`${notifications}/statistics`))).totals.attempts >= count);

/** One after the other, so that they stand in the same order each time. */
async function transactions(client, names) {
  const made = [];
  for (const name of names) made.push((await expectOk(client.post('/api/packages', sendablePackage({ name })))).id);
  return made;
}

async function people(owner) {
  const { id: role } = await expectOk(owner.post('/api/account/roles', { name: 'Conformité', permissions: ['sender_admin.event_notifications', 'sender_admin.api_access'] }));
  const ann = await createSender(owner, 'anne-marie.tremblay@caisse.example', { firstName: 'Anne-Marie', lastName: 'Tremblay' });
  await expectOk(owner.post(`/api/account/senders/${ann.id}/roles`, { accountRoles: [{ id: role }] }));
  const locked = await createSender(owner, 'bob@caisse.example', { firstName: 'Bob', lastName: 'Archer' });
  await expectOk(owner.post(`/api/account/senders/${locked.id}`, { status: 'LOCKED' }));
  await createSender(owner, 'a.very.long.address.of.somebody@succursale-de-l-abitibi-temiscamingue.caisse.example', { firstName: 'Maximilienne-Éléonore', lastName: 'de La Rochefoucauld-Montmorency', status: 'INVITED' });
  await expectOk(owner.post('/api/account/subaccounts', { name: 'Succursale de l’Abitibi-Témiscamingue et du Nord-du-Québec' }));
  await expectOk(owner.post('/api/account/subaccounts', { name: 'Laval' }));
  return { person: ann.id };
}

async function apps(server, owner) {
  const app = await createApp(owner, { name: 'Dossiers de crédit', scopes: ['package.read'] });
  const token = await apiToken(server, app);
  for (let i = 0; i < 12; i++) await token.get('/api/packages');
  await token.get('/api/packages/nothing');
  await token.delete('/api/packages/nothing');
  await until('the calls are written', async () => (await owner.get(`${appsPath}/${app.clientId}/calls`)).body.count === 14);
  await createApp(owner, { name: 'Archive' });
  return { app: app.clientId };
}

async function fillFull({ server, client, receive }) {
  const receiver = await receive(() => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'OK' }));
  const caught = await expectOk(client.post(`${notifications}/catchers`, {}));
  const [good, catcher] = await addEndpoints(client, [
    { name: 'Système de dossiers', url: receiver.url, events: all },
    { name: 'Essai', url: caught.url, events: ['PACKAGE_ACTIVATE'] },
  ]);
  const made = await transactions(client, ['Bail de l’appartement 7', 'Prêt hypothécaire – 1250, rue Saint-Denis, Montréal', 'NDA']);
  await expectOk(client.put(`/api/packages/${encodeURIComponent(made[0])}`, { trashed: true }));
  const [event] = await raiseAll(client, [{ name: 'PACKAGE_ACTIVATE', packageId: made[1] }, { name: 'PACKAGE_COMPLETE', packageId: made[1] }, { name: 'PACKAGE_ACTIVATE', packageId: made[2] }]);
  await attempted(client, good, 7);
  await attempted(client, catcher, 2);
  await counted(client, 9);
  await expectOk(client.post('/api/callback', { url: receiver.url, key: 'the-callback-key', events: ['PACKAGE_COMPLETE'] }));
  return { event: event.id, endpoint: good.id, catcher: catcher.id, transaction: made[1], ...await people(client), ...await apps(server, client) };
}

async function fillFailing({ client, receive }) {
  const refusing = await receive(({ body }) => (body.name === 'PACKAGE_DECLINE' ? { status: 404, body: '{"error":"no such route"}' } : { status: 503, headers: { 'x-reason': 'maintenance' }, body: 'Down for maintenance until six in the morning' }));
  const gone = await receive();
  await gone.stop();
  const [endpoint, closed, held] = await addEndpoints(client, [
    { ...patient, name: 'Registre des sûretés mobilières et immobilières de la province', url: `${refusing.url}/a/rather/long/path/that/somebody/has/really/configured/for/webhooks`, events: all, stopStatuses: [404] },
    { ...patient, name: 'Archive', url: gone.url, events: ['PACKAGE_CREATE'] },
    { ...patient, name: 'Comptabilité', url: refusing.url, events: ['PACKAGE_CREATE'] },
  ]);
  await expectOk(client.post(`${endpointsPath}/${held.id}/pause`, {}));
  const made = await transactions(client, ['Bail de l’appartement 7', 'Convention d’actionnaires']);
  const [event] = await raiseAll(client, [{ name: 'PACKAGE_ACTIVATE', packageId: 'dossier-2026-041' }, { name: 'PACKAGE_DECLINE', packageId: 'dossier-2026-042' }]);
  await attempted(client, endpoint, 4);
  await attempted(client, closed, 2);
  await counted(client, 6);
  return { event: event.id, endpoint: endpoint.id, transaction: made[1] };
}

/** All of it. `receivers` gets those who are to be stopped at the end. */
export async function fill(installation, server, clock, receivers) {
  const receive = async (answer) => {
    receivers.push(await Receiver.start(answer));
    return receivers.at(-1);
  };
  const filled = {};
  let at = filledAt;
  const holding = setInterval(() => clock.hold(at), 5000); // all of it happens in the same minute, one account after the other
  try {
    for (const [state, name, body] of [['empty', 'Nouvelle caisse', () => ({})], ['full', 'Caisse du Nord', fillFull], ['failing', 'Caisse du Sud', fillFailing]]) {
      clock.hold(at);
      const made = await account(installation, server, clock, name, `owner@${state}.example`);
      filled[state] = { ...made, ids: await body({ ...made, server, receive }) };
      at += 15000;
    }
    filled.operator = await makeOperator(installation);
  } finally {
    clearInterval(holding);
  }
  return filled;
}
