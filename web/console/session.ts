// session.ts – who is signed in, and which pages they may see.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { pageNames, type Page } from './route';
import type { Session } from './types';

/** Any one of these permissions opens the page, null lets everybody in; the owner sees them all. */
const needed: Record<Page, string[] | null> = {
  notifications: ['sender_admin.event_notifications'],
  access: ['sender_admin.api_access'],
  people: ['sender_admin.users', 'sender_admin.roles'],
  settings: ['sender_admin.users', 'sender_admin.subaccounts'],
  history: ['sender_admin.event_notifications', 'sender_admin.api_access', 'sender_admin.users', 'sender_admin.roles', 'sender_admin.subaccounts'],
  audit: [],
  me: null,
};

export const has = ({ owner, permissions }: Session, permission: string): boolean => owner || permissions.includes(permission);

export const maySee = (session: Session, page: Page): boolean => session.owner || (needed[page]?.some((permission) => has(session, permission)) ?? true);

/** Those of administration: one's own account is reached by one's name. */
export const pagesOf = (session: Session): Page[] => pageNames.filter((page) => page !== 'me' && maySee(session, page));

const listeners = new Set<() => void>();

/** Told when something of who is signed in has changed: a name, the second factor. */
export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function sessionChanged(): void {
  for (const listener of listeners) listener();
}

export const SessionContext = createContext<Session | null>(null);

/** Within the frame only, which is not drawn before it is known who is there. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('nobody is signed in');
  return session;
}
