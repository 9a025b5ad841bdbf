// notifications.mjs – the calls that tests of notifications make again and again.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { until } from './server.mjs';

export const notifications = '/api/notifications';
export const endpointsPath = `${notifications}/endpoints`;

/** An id no package of this server has: producers may name any. */
export const anyPackage = () => `pkg-${randomBytes(9).toString('hex')}`;

export async function expectOk(answer) {
  const { status, body, bytes } = await answer;
  assert.equal(status, 200, bytes.toString());
  return body;
}

/** Registers an endpoint; the answer has its id and signingSecret. */
export const addEndpoint = (client, body) => expectOk(client.post(endpointsPath, body));

/** Appends one event as a producer does; its receipt {id, sequence, name}. */
export async function raise(client, packageId, name = 'PACKAGE_CREATE', members = {}) {
  const { events } = await expectOk(client.post(`${notifications}/events`, { name, packageId, ...members }));
  return events[0];
}

/** Many at once, in one request. */
export async function raiseAll(client, events) {
  return (await expectOk(client.post(`${notifications}/events`, { events }))).events;
}

export async function deliveries(client, query) {
  return expectOk(client.get(`${notifications}/deliveries?${new URLSearchParams({ to: 100, ...query })}`));
}

/** Waits until the deliveries that match are as wanted; says what there was instead. */
export async function seen(client, query, what, wanted) {
  let results;
  const look = async () => {
    ({ results } = await deliveries(client, query));
    return wanted(results);
  };
  try {
    return await until(`${what} of ${JSON.stringify(query)}`, look);
  } catch (error) {
    const told = results?.slice(0, 3).map((d) => [d.state, d.nextAttemptDate, d.attempts.slice(-2).map((a) => [a.startedDate, a.httpStatus, a.error, a.phase, a.replyStart])]);
    throw new Error(`${error.message}; there were ${results?.length}: ${JSON.stringify(told)}`);
  }
}

/** Waits until there are deliveries that match and all are in the state; gives them, newest first. */
export function settled(client, query, state = 'DELIVERED', count = 1) {
  return seen(client, query, `${count} ${state}`, (results) => results.length >= count && results.every((d) => d.state === state) && results);
}

/** Waits until the only delivery that matches has had so many attempts, and gives it. */
export function tried(client, query, attempts = 1) {
  return seen(client, query, `${attempts} attempts`, ([first]) => first?.attempts.length >= attempts && first);
}

/** One delivery in full. */
export const delivery = (client, eventId, endpointId) => expectOk(client.get(`${notifications}/deliveries/${eventId}/${endpointId}`));

/** Refused with that status, in the API's shape, and `technical` begins with the member at fault. */
export function assertRefused(answer, member, { status = 400, messageKey } = {}) {
  const told = `${answer.status} ${answer.bytes}`;
  assert.equal(answer.status, status, told);
  assert.equal(answer.body.code, status, told);
  for (const name of ['name', 'message', 'messageKey']) assert.ok(answer.body[name]?.length > 0, told);
  if (messageKey) assert.equal(answer.body.messageKey, messageKey, told);
  if (member) assert.ok(answer.body.technical.startsWith(member), `names ${member}? ${told}`);
}

/** All that the store holds, as bytes: what is sealed in it cannot be read out of it. */
export function stored(installation) {
  const database = installation.settings.indexOf('--database');
  if (database >= 0) return [execFileSync('pg_dump', ['--inserts', installation.settings[database + 1]], { maxBuffer: 1 << 28 })];
  return readdirSync(installation.data).filter((name) => name.startsWith('greffier.db')).map((name) => readFileSync(join(installation.data, name)));
}

/** None of the texts is in the bytes, neither plain nor in base64 (at any offset) nor, as pg_dump shows bytes, in hex. */
export function assertAbsent(bytes, texts, where) {
  const haystack = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
  for (const text of texts) {
    const base64 = [0, 1, 2].map((skip) => Buffer.from(text).subarray(skip).toString('base64').replace(/.{0,2}=*$/, ''));
    for (const form of [text, ...base64, Buffer.from(text).toString('hex')]) assert.ok(!haystack.includes(form), `${where} holds ${text}`);
  }
}
