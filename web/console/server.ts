// server.ts – calls to the API. The session is a cookie that no script can read; a call that finds it has ended goes to the
// sign-in page, which comes back here.
import { language, t, type Word } from './language';
import { span } from './format';

export const notifications = '/api/notifications';
export const authentication = '/api/account/authentication';

export class ServerError extends Error {
  constructor(
    readonly status: number, // 0: there was no answer
    readonly key = '',
    readonly technical = '',
    readonly wait = 0, // seconds, with 429
  ) {
    super(`${status} ${key} ${technical}`);
  }
}

/** The sign-in page, and back to this one. */
export const signInPath = (): string => `/login?to=${encodeURIComponent(location.pathname + location.search)}`;

let isLeaving = false;

export function leave(path: string): void {
  if (isLeaving) return;
  isLeaving = true;
  location.assign(path);
}

async function refusalOf(response: Response): Promise<ServerError> {
  const wait = Number(response.headers.get('retry-after')) || 1;
  const body = await response.json().catch(() => ({}));
  return new ServerError(response.status, body.messageKey, body.technical, wait);
}

interface CallOptions {
  signal?: AbortSignal;
  isPasswordGiven?: boolean; // invalid credentials are then those, and not the session's
  timeoutMs?: number;
  isText?: boolean;
}

export async function call<T>(method: string, path: string, body?: unknown, { signal, isPasswordGiven, isText, timeoutMs = 30000 }: CallOptions = {}): Promise<T> {
  const signals = [AbortSignal.timeout(timeoutMs)];
  if (signal) signals.push(signal);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      redirect: 'error',
      signal: anyOf(signals),
    });
    if (response.ok && isText) return (await response.text()) as T;
    if (response.ok) return (response.headers.get('content-type')?.startsWith('application/json') ? await response.json() : undefined) as T;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ServerError(0);
  }
  const refusal = await refusalOf(response);
  if (refusal.status === 401 && !(isPasswordGiven && refusal.key === 'error.unauthorised.invalidCredentials')) leave(signInPath());
  throw refusal;
}

function anyOf(signals: AbortSignal[]): AbortSignal {
  const together = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) together.abort(signal.reason);
    signal.addEventListener('abort', () => together.abort(signal.reason), { once: true });
  }
  return together.signal;
}

/** What is no JSON: the text as it came. */
export const getText = (path: string, signal?: AbortSignal): Promise<string> => call<string>('GET', path, undefined, { signal, isText: true });

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => call<T>('GET', path, undefined, { signal });

/** The path with what is not empty of the parameters. */
export function withQuery(path: string, parameters: Record<string, string | number | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined && value !== '') query.set(name, String(value));
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** The member that a refusal is about, as the server names it: `customHeaders[1]`, `oauthSetting.clientId`. */
export function memberOf({ technical }: ServerError): string {
  return /^[A-Za-z]+(\[\d+\]|\.[A-Za-z]\w*)*(?=:|$)/.exec(technical)?.[0] ?? '';
}

const reasonOf = ({ technical }: ServerError): string => technical.replace(/^[\w.[\]]+: /, '');

const refusalWords: Record<string, Word> = {
  'error.forbidden.featureDisabled': 'featureOff',
  'error.forbidden.apiKeyHidden': 'keyHidden',
  'error.validation.senderAlreadyMemberOfAnother': 'emailOfAnother',
  'error.conflict.alreadyExists email': 'emailKnown',
};

/** By the key, or by the key and the member it is about. */
const knownWord = (error: ServerError): Word | undefined => refusalWords[error.key] ?? refusalWords[`${error.key} ${memberOf(error)}`];

/** What a refusal means, in words. */
export function explain(error: unknown): string {
  if (!(error instanceof ServerError)) return t('unexpected', { detail: String(error) });
  if (error.status === 0) return t('unreachable');
  if (error.status === 401) return t('sessionEnded');
  if (error.status === 403) return t(refusalWords[error.key] ?? 'noPermission');
  const known = knownWord(error);
  if (known) return t(known);
  if (error.status === 404) return t('notFound');
  if (error.status === 429) return t('tooOften', { wait: span(error.wait) });
  if (error.status === 503) return t('tooBusy', { wait: span(error.wait) });
  if (error.key === 'error.conflict.wrongState') return language() === 'en' && error.technical ? t('refusedBecause', { reason: reasonOf(error) }) : t('wrongState');
  if (error.status < 500) return t('refusedBecause', { reason: error.technical || error.key });
  return t('unexpected', { detail: error.status });
}

/** The same, shown at the field it is about. The server gives its reasons in English. */
export function explainAtField(error: ServerError): string {
  const known = knownWord(error);
  if (known) return t(known);
  if (error.key === 'error.validation.missingField') {
    const reason = reasonOf(error);
    return reason === error.technical || language() === 'fr' ? t('fieldMissing') : sentence(reason);
  }
  return language() === 'en' ? sentence(reasonOf(error)) : t('fieldRefused', { reason: reasonOf(error) });
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
