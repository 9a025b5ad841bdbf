// server.ts – the operator's calls: whose session has ended signs in here, and not where accounts do.
import { call, ServerError } from '../server';

export const operatorPage = '/admin/operator';
export const operatorPath = '/api/operator';

export const views = ['accounts', 'queues', 'mail', 'system'] as const;
export type View = (typeof views)[number];

/** Parameters without a value are left out. */
export function addressOfView(view: View, parameters: Record<string, string> = {}): string {
  const query = new URLSearchParams(view === 'accounts' ? {} : { view });
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  const text = query.toString();
  return text ? `${operatorPage}?${text}` : operatorPage;
}

/** Signs the operator in again over the page. False: the page is left. */
type AskAgain = () => Promise<boolean>;

let ask: AskAgain | null = null;
let asking: Promise<boolean> | null = null;
let sessions = 0; // that were begun over this page

/** Null: nobody is signed in. */
export function meetEnd(askAgain: AskAgain | null): void {
  ask = askAgain;
}

/** Whether a call of the session number `of` can be made again: of many that are refused at once, one asks. */
async function isAnswered(of: number): Promise<boolean> {
  if (of < sessions) return true;
  asking ??= ask?.().finally(() => {
    sessions++;
    asking = null;
  }) ?? null;
  return (await asking) ?? false;
}

/** Does it again when the session has ended and the operator has signed in again. */
export async function withSession<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const session = sessions;
  try {
    return await act();
  } catch (error) {
    if (error instanceof ServerError && error.status === 401 && (await isAnswered(session)) && !signal?.aborted) return withSession(act, signal);
    throw error;
  }
}

export function operate<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const act = () => call<T>(method, `${operatorPath}/${path}`, body, { signal, staysHere: true });
  return path === 'session' || path === 'visitor' ? act() : withSession(act, signal);
}

export const look = <T>(path: string, signal?: AbortSignal): Promise<T> => operate<T>('GET', path, undefined, signal);
