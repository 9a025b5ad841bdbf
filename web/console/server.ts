// server.ts – calls to the API. The session is a cookie that no script can read; a call that finds it has ended asks the person to
// sign in again over the page, and is repeated. Before anybody is known it goes to the sign-in page, which comes back here.
import { isWord, language, t, type Word } from './language';
import { span } from './format';
import { lookForNetwork } from './network';
import { inFrench } from './refusals';

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
let isLeavingForced = false;

/** `isForced`: what was typed is given up, and nothing asks. */
export function leave(path: string, isForced = false): void {
  if (isLeaving) return;
  isLeaving = true;
  isLeavingForced = isForced;
  if (path === location.href) location.reload();
  else location.assign(path);
}

export const asksBeforeLeaving = (): boolean => !isLeavingForced;

/* ---- the end of a session ---- */

let ask: (() => Promise<void>) | null = null;
let asking: Promise<boolean> | null = null;
let sessions = 0; // that were begun over this page

/** Who is signed in is known: from now on the end of the session is met with `askAgain`. */
export function meetSessionEnd(askAgain: () => Promise<void>): () => void {
  ask = askAgain;
  return () => {
    ask = null;
  };
}

/** A call of the session number `of` was refused. True: somebody is signed in again, and the call can be repeated. */
export async function sessionEnded(of: number): Promise<boolean> {
  if (isLeaving) return false;
  if (of < sessions) return true;
  if (!ask) {
    leave(signInPath());
    return false;
  }
  asking ??= ask().then(() => Boolean(++sessions), () => (leave(signInPath()), false)).finally(() => (asking = null));
  return asking;
}

export const sessionNumber = (): number => sessions;

async function refusalOf(response: Response): Promise<ServerError> {
  const wait = Number(response.headers.get('retry-after')) || 1;
  const body = await response.json().catch(() => ({}));
  return new ServerError(response.status, body.messageKey, body.technical, wait);
}

/* ---- versions ---- */

const version = Symbol('version');

/** Of what an answer was: its ETag. Copies of the answer have it too. */
export const versionOf = (answer: object): string | undefined => (answer as { [version]?: string })[version];

async function answerOf(response: Response): Promise<unknown> {
  const answer: unknown = response.headers.get('content-type')?.startsWith('application/json') ? await response.json() : undefined;
  const tag = response.headers.get('etag');
  return tag && typeof answer === 'object' && answer ? Object.assign(answer, { [version]: tag }) : answer;
}

interface CallOptions {
  signal?: AbortSignal;
  isPasswordGiven?: boolean; // invalid credentials are then those, and not the session's
  timeoutMs?: number;
  isText?: boolean;
  version?: string; // that is changed: any other is refused with 412
  staysHere?: boolean; // whoever asks says what it means that no session is there
}

const isRefusedPassword = ({ key }: ServerError): boolean => key === 'error.unauthorised.invalidCredentials' || key === 'error.unauthorised.secondFactorRequired';

export async function call<T>(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<T> {
  const { signal, isPasswordGiven, isText, staysHere, version, timeoutMs = 30000 } = options;
  const session = sessionNumber();
  const signals = [AbortSignal.timeout(timeoutMs)];
  if (signal) signals.push(signal);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...(version && { 'if-match': version }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      redirect: 'error',
      signal: anyOf(signals),
    });
    if (response.ok && isText) return (await response.text()) as T;
    if (response.ok) return (await answerOf(response)) as T;
  } catch (error) {
    if (signal?.aborted) throw error;
    void lookForNetwork();
    throw new ServerError(0);
  }
  const refusal = await refusalOf(response);
  if (refusal.status === 401 && !staysHere && !(isPasswordGiven && isRefusedPassword(refusal)) && (await sessionEnded(session)) && !signal?.aborted) return call<T>(method, path, body, options);
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
  'error.forbidden.accountLocked': 'accountIsLocked',
  'error.conflict.changedSince': 'undoChanged',
  'error.conflict.cannotBeUndone': 'undoGone',
  'error.validation.senderAlreadyMemberOfAnother': 'emailOfAnother',
  'error.conflict.alreadyExists email': 'emailKnown',
  'error.conflict.versionChanged': 'changedByAnother',
};

/** By the key, or by the key and the member it is about. */
const knownWord = (error: ServerError): Word | undefined => refusalWords[error.key] ?? refusalWords[`${error.key} ${memberOf(error)}`];

/** Of a member that pages have a word for. */
function refused(error: ServerError): string {
  const reason = reasonOf(error);
  if (language() === 'en') return t('refusedBecause', { reason: error.technical || error.key });
  const key = `detail_${memberOf(error)}`;
  const translated = inFrench(reason);
  if (isWord(key)) return translated ? t('refusedMember', { member: t(key), reason: translated }) : t('refusedValue', { member: t(key) });
  return translated ? t('refusedBecause', { reason: translated }) : t('refusedPlain');
}

/** What the server says in English and `explain` does not say in the page's language. */
export function englishDetail(error: unknown): string {
  if (language() === 'en' || !(error instanceof ServerError) || error.status < 400 || error.status >= 500) return '';
  if ([401, 403, 404, 429].includes(error.status) || knownWord(error) || inFrench(reasonOf(error))) return '';
  return error.technical;
}

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
  if (error.status < 500) return refused(error);
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
  if (language() === 'en') return sentence(reasonOf(error));
  const translated = inFrench(reasonOf(error));
  return translated ? sentence(translated) : t('fieldRefused', { reason: reasonOf(error) });
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
