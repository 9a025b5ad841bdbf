// versions.ts – changes of what somebody else may have changed meanwhile. Each answer remembers its version (server.ts); a change says
// which one it was made of, and when the server has another one by now, both are shown.
import { askAside } from './parts/asides';
import { call, get, ServerError, versionOf } from './server';
import type { Answers } from './types';

export type HistoryKind = NonNullable<Answers['historyGet']['results'][number]['kind']>;

/** A change of a form. All three bodies – what was, mine, theirs – are made by the same function, so that they can be compared. */
export interface Change<T extends object> {
  method: 'PUT' | 'POST' | 'PATCH';
  path: string;
  base: T; // what the form was filled with
  body: object; // what it would store
  bodyOf: (stored: T) => object; // what it would store if nothing was typed
  read?: () => Promise<T>; // of another address than `path`, or of more than one
  staysHere?: boolean; // as of a call
  history?: [kind: HistoryKind, subject: string]; // where it stands who changed it
}

export const readCurrent = <T extends object>({ path, read }: Change<T>): Promise<T> => (read ? read() : get<T>(path));

export const store = <A, T extends object>({ method, path, staysHere }: Change<T>, body: object, version: string | undefined): Promise<A> => call<A>(method, path, body, { version, staysHere });

export const isChanged = (error: unknown): error is ServerError => error instanceof ServerError && error.status === 412;

/** Stores it, and gives the answer. What somebody else has stored meanwhile is shown beside it first, when it is about the same; who
 * goes back to the form then gets the refusal. */
export async function change<A, T extends object>(wanted: Change<T>): Promise<A> {
  try {
    return await store<A, T>(wanted, wanted.body, versionOf(wanted.base));
  } catch (error) {
    if (!isChanged(error)) throw error;
    const { isClash, resolve } = await import('./pages/conflict');
    const theirs = await readCurrent(wanted);
    if (!isClash(wanted, theirs, error)) return change<A, T>({ ...wanted, base: theirs });
    const answer = await askAside<{ stored: A } | null>((end) => resolve(wanted, theirs, error, end));
    if (!answer) throw error;
    return answer.stored;
  }
}
