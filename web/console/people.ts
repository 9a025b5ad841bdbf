// people.ts – the account's people and roles: reading them, how each stands, what permissions are called.
import { isWord, t } from './language';
import type { Tone } from './parts/basics';
import type { IconName } from './parts/icon';
import { get } from './server';
import type { Answers, Session, StoredAccountRole, StoredSender } from './types';
import { useLoaded, type Loaded } from './use';

export const sendersPath = '/api/account/senders';
export const pathOfSender = (id: string): string => `${sendersPath}/${encodeURIComponent(id)}`;
export const rolesPath = '/api/account/roles';
export const pathOfRole = (id: string): string => `${rolesPath}/${encodeURIComponent(id)}`;

export type Status = StoredSender['status'];
export const statuses = ['ACTIVE', 'INVITED', 'LOCKED'] as const satisfies readonly Status[];

export const personName = ({ name, email }: StoredSender): string => name.trim() || email;

const tones: Record<Status, { tone: Tone; icon: IconName }> = {
  ACTIVE: { tone: 'good', icon: 'check' },
  INVITED: { tone: 'warn', icon: 'wait' },
  LOCKED: { tone: 'bad', icon: 'stop' },
};

export const standingOfPerson = ({ status }: StoredSender): { tone: Tone; icon: IconName; word: string } => ({ ...tones[status], word: t(`person${status}`) });

export const isOwner = (person: StoredSender, session: Session): boolean => person.id === session.account.owner;

/* ---- roles ---- */

export const useRoles = (): Loaded<StoredAccountRole[]> => useLoaded('roles', async (signal) => (await get<Answers['rolesGet']>(rolesPath, signal)).results);

/** Predefined roles have the key of a translation instead of a name. */
export function roleName({ id, name, predefined }: Pick<StoredAccountRole, 'id' | 'name' | 'predefined'>): string {
  const key = `roleName_${id}`;
  return predefined && isWord(key) ? t(key) : name;
}

export function roleDescription({ id, description, predefined }: StoredAccountRole): string {
  const key = `roleText_${id}`;
  return predefined ? (isWord(key) ? t(key) : '') : description;
}

/** What somebody with the permission may do. */
export function permissionWord(id: string): string {
  const key = `may_${id}`;
  return isWord(key) ? t(key) : id;
}

export const permissions = [
  'sender_admin.users',
  'sender_admin.roles',
  'sender_admin.subaccounts',
  'sender_admin.api_access',
  'sender_admin.event_notifications',
  'transaction.access_other_users_transactions',
  'templates_layouts.templates',
  'templates_layouts.share_templates',
  'templates_layouts.save_layouts',
  'templates_layouts.apply_layouts',
  'templates_layouts.share_layouts',
] as const satisfies readonly StoredAccountRole['permissions'][number][];

/** Nobody gives, or takes away, what they do not have themselves. */
export const mayGive = ({ permissions: given }: StoredAccountRole, session: Session): boolean =>
  session.owner || given.every((permission) => session.permissions.includes(permission));
