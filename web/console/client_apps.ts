// client_apps.ts – the account's client apps: reading them, how each stands, whether an old secret is still in use.
import { language, t } from './language';
import type { Tone } from './parts/basics';
import type { IconName } from './parts/icon';
import { authentication, get, withQuery } from './server';
import { has, useSession } from './session';
import type { Answers, Session, StoredAuthenticationSettings, StoredClientApp } from './types';
import { useLoaded, type Loaded } from './use';

export const appsPath = `${authentication}/clientApps`;
export const pathOfApp = (id: string): string => `${appsPath}/${encodeURIComponent(id)}`;
export const settingsPath = `${authentication}/settings`;

export const useSettings = (): Loaded<StoredAuthenticationSettings> => useLoaded('authentication', (signal) => get<StoredAuthenticationSettings>(settingsPath, signal));

/** The operator lets the account have them at all: they serve for either kind of token. */
export const hasApps = ({ features }: StoredAuthenticationSettings): boolean => features.clientApps || features.oauth2;

export function standingOfApp(app: StoredClientApp): { tone: Tone; icon?: IconName; word: string } {
  if (!app.enabled) return { tone: 'calm', icon: 'power', word: t('appOff') };
  if (app.secretToCollect) return { tone: 'bad', word: t('appToCollect') };
  if (app.confirmUntilDate) return { tone: 'warn', word: t('appToTakeOver') };
  if (app.oldSecretUntilDate) return { tone: 'warn', icon: 'key', word: t('appTwoSecrets') };
  return { tone: 'good', word: t('appActive') };
}

/* ---- who made them ---- */

export type Names = Record<string, string>; // by user id

const mostAsked = 5; // pages of 100: beyond, ids are shown

async function readNames(signal?: AbortSignal): Promise<Names> {
  const names: Names = {};
  for (let page = 0; page < mostAsked; page++) {
    const range = { from: page * 100 + 1, to: page * 100 + 100 };
    const { count, results } = await get<Answers['sendersGet']>(withQuery('/api/account/senders', range), signal);
    for (const { id, name, email } of results) if (id) names[id] = name?.trim() || email || id;
    if (results.length === 0 || range.to >= count) break;
  }
  return names;
}

/** For who may read the account's users; others know themselves only. */
export function useNames(): Names {
  const session = useSession();
  const loaded = useLoaded('names', (signal) => (has(session, 'sender_admin.users') ? readNames(signal) : Promise.resolve({})));
  return loaded.value ?? {};
}

export function makerName({ createdBy }: StoredClientApp, names: Names, session: Session): string {
  if (createdBy === 'operator') return t('theOperator');
  if (createdBy === session.user.id) return t('you');
  return names[createdBy] ?? (createdBy === session.account.owner ? t('theOwner') : createdBy);
}

/** An app that acts as the owner is the owner's to change; others may only end it. */
export const mayChange = (app: StoredClientApp, session: Session): boolean => session.owner || app.actsAs === 'MAKER';

/** An app of somebody else, which ends with that person, or which version 0.3 has left. */
export const mayTakeOver = (app: StoredClientApp, session: Session): boolean =>
  session.owner && app.createdBy !== session.user.id && (app.actsAs === 'MAKER' || app.confirmUntilDate !== undefined);

/* ---- secrets ---- */

const hourMs = 3600000;
const quietMs = 24 * hourMs; // a program asks for a new token at least as often while it works
const goneMs = 2 * quietMs; // and so does one that runs once a day

export type OldSecret = 'none' | 'unusedYet' | 'unused' | 'inUse' | 'quiet';

/** How the secret before the last renewal is used, in its overlap. */
export function oldSecretUse({ oldSecretUntilDate, oldSecretLastUsedDate, secretCreatedDate }: StoredClientApp, now: number): OldSecret {
  if (!oldSecretUntilDate || Date.parse(oldSecretUntilDate) <= now) return 'none';
  if (oldSecretLastUsedDate) {
    const agoMs = now - Date.parse(oldSecretLastUsedDate);
    return agoMs > goneMs ? 'unused' : agoMs > quietMs ? 'quiet' : 'inUse';
  }
  return now - Date.parse(secretCreatedDate) > hourMs ? 'unused' : 'unusedYet';
}

/** Overlaps to choose from, in seconds; the API takes up to seven days. */
export const overlaps = [0, 3600, 24 * 3600, 3 * 24 * 3600, 7 * 24 * 3600];

/** A list of words, as people write it. */
export const listed = (words: string[]): string => new Intl.ListFormat(language(), { type: 'conjunction' }).format(words);
