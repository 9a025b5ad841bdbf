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

let onEnd: () => void = () => {};

export function whenEnded(listener: () => void): void {
  onEnd = listener;
}

export async function operate<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  try {
    return await call<T>(method, `${operatorPath}/${path}`, body, { signal, staysHere: true });
  } catch (error) {
    if (error instanceof ServerError && error.status === 401 && path !== 'session') onEnd();
    throw error;
  }
}

export const look = <T>(path: string, signal?: AbortSignal): Promise<T> => operate<T>('GET', path, undefined, signal);
