// registration.ts – what is typed about where notifications go, checked before it is sent, and as the API wants it. Pure.
import { t } from './language';
import type { Problems } from './parts/fields';
import type { CustomHeaders, Endpoint, StoredOAuthSetting } from './types';

type AuthType = Endpoint['authType'];

export const headersMax = 5;
const headerKeyMax = 50;
const headerValueMax = 100; // of the callback and connectors
const endpointHeaderValueMax = 4096;
const keyMax = 500;
const authorizationMax = 8192;
const urlMax = 2048;

/** The part that the callback and every other endpoint have. */
export interface Registration {
  url: string;
  authType: AuthType;
  key: string; // "" with a stored one: that stays, as long as the URL does
  storedKeyUrl: string | null; // where the stored key goes; null: it is shown, or there is none
  oauth: OAuthDraft;
  headers: CustomHeaders;
  events: Set<string>;
  isFurther: boolean; // neither the callback nor a connector: it may have an Authorization header of its own, and long values
}

export interface OAuthDraft {
  clientId: string;
  clientSecret: string; // "": the stored one stays
  url: string;
  scope: string;
  mechanism: 'HEADER' | 'BODY';
  stored: StoredOAuthSetting | undefined; // what this page has no fields for is kept
}

const takesKey = (authType: AuthType | undefined): boolean => authType === 'BASIC' || authType === 'HEADER';

/** What the answers about the callback and about any endpoint have in common. */
type Stored = Pick<Endpoint, 'url' | 'events' | 'oauthSetting'> & Partial<Pick<Endpoint, 'authType' | 'customHeaders'>>;

export function registrationOf(stored: Stored, key: string, isFurther = false): Registration {
  const { oauthSetting: oauth } = stored;
  return {
    url: stored.url,
    authType: stored.authType ?? 'NONE',
    key,
    storedKeyUrl: takesKey(stored.authType) && !key ? stored.url : null,
    oauth: {
      clientId: oauth?.clientId ?? '',
      clientSecret: '',
      url: oauth?.authorizationServerUrl ?? '',
      scope: oauth?.scope ?? '',
      mechanism: oauth?.authMechanism === 'BODY' ? 'BODY' : 'HEADER',
      stored: oauth,
    },
    headers: (stored.customHeaders ?? []).map((header) => ({ ...header })),
    events: new Set(stored.events),
    isFurther,
  };
}

const grantTypeOf = (oauth: OAuthDraft): string => oauth.stored?.grantType ?? 'CLIENT_CREDENTIALS';

/** None given: the stored one stays. */
function keyOf({ authType, key, storedKeyUrl }: Registration): { key?: string } {
  if (!takesKey(authType)) return { key: '' };
  return key || storedKeyUrl === null ? { key } : {};
}

export function bodyOf(draft: Registration): object {
  const { oauth } = draft;
  const setting = {
    ...oauth.stored,
    clientId: oauth.clientId.trim(),
    authorizationServerUrl: oauth.url.trim(),
    scope: oauth.scope.trim(),
    grantType: grantTypeOf(oauth),
    authMechanism: oauth.mechanism,
    ...(oauth.clientSecret && { clientSecret: oauth.clientSecret }),
  };
  return {
    url: draft.url.trim(),
    authType: draft.authType,
    ...keyOf(draft),
    ...(draft.authType === 'OAUTH2' && { oauthSetting: setting }),
    customHeaders: draft.headers.map(({ key, value }) => ({ key: key.trim(), value: value.trim() })),
    events: [...draft.events],
  };
}

/* ---- checks, as the server makes them ---- */

function urlProblem(text: string): string | null {
  const url = text.trim();
  if (!url) return t('urlMissing');
  if (url.length > urlMax) return t('urlTooLong', { count: urlMax });
  if (!/^[\x21-\x7e]+$/.test(url)) return t('urlCharacters');
  try {
    const { username, password } = new URL(url);
    if (!/^https?:\/\/[^/]/i.test(url)) return t('urlInvalid');
    return username || password ? t('urlUser') : null;
  } catch {
    return t('urlInvalid');
  }
}

const isHeaderValue = (text: string): boolean => /^[\x20-\x7e]*$/.test(text) && text === text.trim();

function keyProblem({ authType, key, url, storedKeyUrl }: Registration): string | null {
  const max = authType === 'HEADER' ? authorizationMax : keyMax;
  if (!key && storedKeyUrl !== null) return storedKeyUrl === url.trim() ? null : t('keyAgain');
  if (!key) return t('keyMissing');
  return key.length > max || !isHeaderValue(key) ? t('keyInvalid', { count: max }) : null;
}

const reserved = ['authorization', 'content-type', 'content-length', 'host', 'transfer-encoding', 'connection', 'expect', 'upgrade', 'te', 'trailer', 'proxy-authorization', 'accept-encoding', 'keep-alive'];

function headerProblem({ headers, isFurther }: Registration, i: number): string | null {
  const valueMax = isFurther ? endpointHeaderValueMax : headerValueMax;
  const [key, value] = [headers[i]?.key.trim() ?? '', headers[i]?.value.trim() ?? ''];
  if (!key) return t('headerMissing');
  if (key.length > headerKeyMax || value.length > valueMax) return t('headerTooLong', { key: headerKeyMax, value: valueMax });
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(key) || !isHeaderValue(value)) return t('headerInvalid');
  if (reserved.includes(key.toLowerCase()) || /^(webhook|greffier|ce)-/i.test(key)) return t('headerReserved');
  return headers.slice(0, i).some((other) => other.key.trim().toLowerCase() === key.toLowerCase()) ? t('headerTwice') : null;
}

/** A stored secret only goes where it went before. */
function needsSecret({ oauth }: Registration): boolean {
  const { stored } = oauth;
  if (grantTypeOf(oauth) !== 'CLIENT_CREDENTIALS') return false;
  return !stored || stored.clientId !== oauth.clientId.trim() || stored.authorizationServerUrl !== oauth.url.trim();
}

export function problemsOf(draft: Registration): Problems {
  const problems: Record<string, string | null | false> = { url: urlProblem(draft.url) };
  if (takesKey(draft.authType)) problems.key = keyProblem(draft);
  if (draft.authType === 'OAUTH2') {
    problems['oauthSetting.clientId'] = !draft.oauth.clientId.trim() && t('fieldMissing');
    problems['oauthSetting.authorizationServerUrl'] = urlProblem(draft.oauth.url);
    problems['oauthSetting.clientSecret'] = !draft.oauth.clientSecret && needsSecret(draft) && t(draft.oauth.stored ? 'secretAgain' : 'fieldMissing');
  }
  draft.headers.forEach((_, i) => {
    problems[`customHeaders[${i}]`] = headerProblem(draft, i);
  });
  return Object.fromEntries(Object.entries(problems).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
