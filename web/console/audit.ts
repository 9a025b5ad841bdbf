// audit.ts – the audit log: what its actions and their details are called, who did what to whom, and what a change has changed.
import { appsPath, listed, type Names, useNames } from './client_apps';
import { endpointName, readCatalogue, readEndpoints } from './data';
import { isWord, language, t, type Word } from './language';
import { permissionWord, roleName, rolesPath } from './people';
import { get, withQuery } from './server';
import { useSession } from './session';
import type { Answers, StoredAuditEntry, StoredClientApp } from './types';
import { useLoaded } from './use';

export const auditPath = '/api/account/audit';

/** By what they are done to. */
export const actions = {
  client_app: ['create', 'change', 'renew', 'retire_secret', 'collect', 'take_over', 'revoke'],
  user: ['create', 'invite', 'change', 'roles', 'delegates', 'delete', 'password', 'password_link', 'second_factor_on', 'second_factor_off', 'block', 'email_back', 'address_of_another'],
  role: ['create', 'change', 'delete'],
  session: ['sign_in', 'create', 'sign_out', 'sign_out_everywhere', 'end', 'end_others'],
  api_key: ['reveal', 'rotate', 'disable'],
  authentication_token: ['create'],
  account: ['create', 'change', 'features', 'lock', 'unlock', 'authentication', 'system_settings', 'settings_changed', 'settings_reset'],
  subaccount: ['create', 'change'],
  leak: ['report', 'fingerprints'],
  callback: ['create', 'change'],
  catcher: ['create', 'change', 'delete'],
  endpoint: ['create', 'change', 'pause', 'resume', 'disable', 'enable', 'delete', 'rotate-secret'],
  delivery: ['resend', 'retry', 'cancel'],
  event: ['expunge'],
  replay: ['create', 'cancel'],
  retention: ['change'],
  mail: ['retry', 'cancel'],
  'signing-key': ['create'],
} as const;

/** Unknown ones as the wire calls them. */
export function actionWord(action: string): string {
  const key = `did_${action}`;
  return isWord(key) ? t(key) : action;
}

/* ---- who, and to whom ---- */

/** Names of people, client apps, roles and endpoints, by id, and of types of events. */
export function useAuditNames(): Names {
  const people = useNames();
  const others = useLoaded('audit names', async (signal) => {
    const apps = await get<StoredClientApp[]>(appsPath, signal).catch(() => []); // the operator may have switched them off
    const { results } = await get<Answers['rolesGet']>(rolesPath, signal);
    const endpoints = await readEndpoints(signal).catch(() => []);
    const types = await readCatalogue().catch(() => []);
    return Object.fromEntries([...types.map(({ name, displayName }) => [name, displayName[language()]]), ...endpoints.map((endpoint) => [endpoint.id, endpointName(endpoint)]), ...apps.map(({ clientId, name }) => [clientId, name]), ...results.filter(({ predefined }) => !predefined).map(({ id, name }) => [id, name])]) as Names;
  });
  return { ...others.value, ...people };
}

export function useActorName(): (entry: Pick<StoredAuditEntry, 'actor'>, names: Names) => string {
  const session = useSession();
  return ({ actor: { kind, id } }, names) => {
    if (kind === 'OPERATOR') return t('byOperator', { name: id });
    if (kind === 'SYSTEM') return t('bySystem');
    if (kind === 'PARTNER') return t('byPartner', { name: names[id] ?? id });
    if (kind === 'CLIENT_APP') return t('byApp', { name: names[id] ?? id });
    return id === session.user.id ? t('you') : names[id] ?? id;
  };
}

/* ---- details ---- */

export function memberWord(member: string): string {
  const key = `detail_${member}`;
  return isWord(key) ? t(key) : member;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const isRole = (value: Record<string, unknown>): value is { id: string; name: string; predefined: boolean } =>
  typeof value.id === 'string' && typeof value.name === 'string' && typeof value.predefined === 'boolean';

/** Choices, as the pages call them on which they are made. */
const choices: Record<string, Record<string, Word>> = {
  authMechanism: { HEADER: 'inHeader', BODY: 'inBody' },
  authType: { NONE: 'authNone', BASIC: 'authBasic', OAUTH2: 'authOauth', HEADER: 'authHeader' },
  grantType: { CLIENT_CREDENTIALS: 'grantClientCredentials', PASSWORD: 'grantPassword' },
  onRefusal: { HOLD: 'onRefusalHold', PASS_BY: 'onRefusalPassBy' },
  payloadFormat: { ORIGINAL: 'formatOriginal', CLOUDEVENTS_STRUCTURED: 'formatStructured', CLOUDEVENTS_BINARY: 'formatBinary' },
  signatures: { HMAC_SHA256: 'signatureHmac', ED25519: 'signatureEd25519' },
};

function wordOf(member: string, value: string, names: Names): string {
  const key = { status: `person${value}`, type: `kind${value}`, leakPolicy: `policy${value}` }[member];
  if (key && isWord(key)) return t(key);
  const choice = choices[member]?.[value];
  if (choice) return t(choice);
  return member === 'permissions' ? permissionWord(value) : names[value] ?? value;
}

/** A value of a detail, as people say it. */
export function valueWord(member: string, value: unknown, names: Names): string {
  if (value === '' || value === null || (Array.isArray(value) && value.length === 0)) return t('detailEmpty');
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'string') return wordOf(member, value, names);
  if (Array.isArray(value)) return listed(value.map((item: unknown) => valueWord(member, item, names)));
  if (isObject(value)) return isRole(value) ? roleName(value) : listed(Object.entries(value).map(([name, part]) => `${memberWord(name)}: ${valueWord(name, part, names)}`));
  return String(value);
}

export interface Change {
  member: string;
  before?: unknown; // absent: it is not known what was there
  after: unknown;
}

/** Settings are logged as they are afterwards: what has changed is seen beside the entry before. */
export function changesOf(entry: StoredAuditEntry, before: StoredAuditEntry | undefined): Change[] {
  const members = Object.entries(entry.detail).filter(([member]) => member !== 'id');
  if (!before) return members.map(([member, after]) => ({ member, after }));
  return members
    .filter(([member, after]) => JSON.stringify(before.detail[member]) !== JSON.stringify(after))
    .map(([member, after]) => (member in before.detail ? { member, before: before.detail[member], after } : { member, after }));
}

const changing = /\.(change|roles|authentication|system_settings|features)$/;
const most = 100;

/** The last entry before this one that says how the same thing stood; none for what is no change of settings. */
export async function readBefore(entry: StoredAuditEntry, signal?: AbortSignal): Promise<StoredAuditEntry | null> {
  if (!changing.test(entry.action)) return null;
  const endDate = new Date(Date.parse(entry.date) + 1000).toISOString();
  const { results } = await get<Answers['auditGet']>(withQuery(auditPath, { target: entry.target, endDate, from: 1, to: most }), signal);
  const members = Object.keys(entry.detail);
  return results.find((other) => other.sequence < entry.sequence && members.some((member) => member !== 'actingFor' && member in other.detail)) ?? null;
}
