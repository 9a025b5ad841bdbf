// options.ts – how an endpoint wants to be served, as it is typed: checked, and as the API wants it. Pure.
import { t } from './language';
import type { Problems } from './parts/fields';
import { bodyOf, problemsOf, registrationOf, type Registration } from './registration';
import type { Endpoint } from './types';

export interface EndpointDraft extends Registration {
  name: string;
  senders: string; // one a line
  attributes: string; // a line `name = value, value` for each
  method: string;
  payloadFormat: string;
  signatures: Set<string>;
  ordered: boolean;
  failureMails: boolean;
  onRefusal: string;
  stopStatuses: string;
  contact: string;
  inFlightLimit: string;
  rateLimit: string;
  connectTimeoutMs: string;
  timeoutMs: string;
  horizonHours: string;
  retryWaits: string;
  clientCertificate: string;
  clientKey: string; // "": the stored one stays
  caCertificates: string;
}

/** The numbers, with the server's limits (0: the server decides). */
export const numbers = {
  inFlightLimit: [1, 1000],
  rateLimit: [0, 10000],
  connectTimeoutMs: [0, 120000],
  timeoutMs: [0, 120000],
  horizonHours: [1, 720],
} as const;
type NumberName = keyof typeof numbers;
const numberNames = Object.keys(numbers) as NumberName[];

const waitsMax = 20;
const waitMaxS = 7 * 24 * 3600;

const defaults: Omit<Endpoint, 'id' | 'origin' | 'packageId' | 'state' | 'stateReason' | 'failingSinceDate' | 'oldSigningSecrets' | 'createdDate' | 'updatedDate'> = {
  name: '',
  url: '',
  authType: 'NONE',
  events: [],
  customHeaders: [],
  method: 'POST',
  payloadFormat: 'ORIGINAL',
  signatures: ['HMAC_SHA256'],
  ordered: true,
  failureMails: true,
  onRefusal: 'HOLD',
  stopStatuses: [],
  retryWaits: [],
  horizonHours: 96,
  inFlightLimit: 100,
  rateLimit: 0,
  connectTimeoutMs: 0,
  timeoutMs: 0,
  contact: '',
  tls: { clientCertificate: '', caCertificates: '' },
  filters: {},
};

export function draftOf(stored: Partial<Endpoint>, key = ''): EndpointDraft {
  const endpoint = { ...defaults, ...stored };
  return {
    ...registrationOf(endpoint, key, (stored.origin ?? 'endpoint') === 'endpoint'),
    name: endpoint.name,
    senders: (endpoint.filters.senders ?? []).join('\n'),
    attributes: Object.entries(endpoint.filters.attributes ?? {}).map(([name, values]) => `${name} = ${values.join(', ')}`).join('\n'),
    method: endpoint.method,
    payloadFormat: endpoint.payloadFormat,
    signatures: new Set(endpoint.signatures),
    ordered: endpoint.ordered,
    failureMails: endpoint.failureMails,
    onRefusal: endpoint.onRefusal,
    stopStatuses: endpoint.stopStatuses.join(', '),
    contact: endpoint.contact,
    inFlightLimit: String(endpoint.inFlightLimit),
    rateLimit: String(endpoint.rateLimit),
    connectTimeoutMs: String(endpoint.connectTimeoutMs),
    timeoutMs: String(endpoint.timeoutMs),
    horizonHours: String(endpoint.horizonHours),
    retryWaits: endpoint.retryWaits.map(waitText).join(', '),
    clientCertificate: endpoint.tls.clientCertificate,
    clientKey: '',
    caCertificates: endpoint.tls.caCertificates,
  };
}

/** To tell whether anything was changed. */
export const draftText = (draft: EndpointDraft): string =>
  JSON.stringify({ ...draft, events: [...draft.events].sort(), signatures: [...draft.signatures].sort(), oauth: { ...draft.oauth, stored: null } });

/* ---- waits: "5s, 2m, 1h, 1d" ---- */

const waitUnits = [['d', 86400], ['h', 3600], ['m', 60], ['s', 1]] as const;

export function waitText(seconds: number): string {
  const [unit, size] = waitUnits.find(([, length]) => seconds % length === 0) ?? (['s', 1] as const);
  return `${seconds / size}${unit}`;
}

/** NaN for what is none. French days are `j`. */
function waitOf(text: string): number {
  const match = /^(\d+)\s*(s|m|min|h|d|j)?$/i.exec(text);
  const unit = match?.[2]?.toLowerCase().replace('min', 'm').replace('j', 'd') ?? 's';
  return match ? Number(match[1]) * (waitUnits.find(([name]) => name === unit)?.[1] ?? NaN) : NaN;
}

const waitsOf = (text: string): number[] => partsOf(text, /[,;\s]+(?=\d)|[,;]+/).map(waitOf);

function partsOf(text: string, between: RegExp): string[] {
  return text.split(between).map((part) => part.trim()).filter(Boolean);
}

const statusesOf = (text: string): number[] => partsOf(text, /[,;\s]+/).map(Number);

/* ---- filters ---- */

function attributesOf(text: string): [string, string[]][] {
  return partsOf(text, /\n/).map((line) => {
    const [name = '', ...rest] = line.split('=');
    return [name.trim(), partsOf(rest.join('='), /,/)];
  });
}

function filtersOf(draft: EndpointDraft): Endpoint['filters'] {
  const senders = partsOf(draft.senders, /[\n,;]/);
  const attributes = attributesOf(draft.attributes);
  return { ...(senders.length && { senders }), ...(attributes.length && { attributes: Object.fromEntries(attributes) }) };
}

/* ---- as the API wants it ---- */

export function endpointBodyOf(draft: EndpointDraft): object {
  return {
    ...bodyOf(draft),
    name: draft.name.trim(),
    filters: filtersOf(draft),
    method: draft.method,
    payloadFormat: draft.payloadFormat,
    signatures: [...draft.signatures],
    ordered: draft.ordered,
    failureMails: draft.failureMails,
    onRefusal: draft.onRefusal,
    stopStatuses: statusesOf(draft.stopStatuses),
    contact: draft.contact.trim(),
    ...Object.fromEntries(numberNames.map((name) => [name, Number(draft[name])])),
    retryWaits: waitsOf(draft.retryWaits),
    tls: {
      clientCertificate: draft.clientCertificate,
      caCertificates: draft.caCertificates,
      ...(draft.clientKey && { clientKey: draft.clientKey }),
    },
  };
}

function numberProblem(text: string, [minimum, maximum]: readonly [number, number]): string | null {
  const isFine = /^\d+$/.test(text.trim()) && Number(text) >= minimum && Number(text) <= maximum;
  return isFine ? null : t('numberRange', { minimum, maximum });
}

function waitsProblem(text: string): string | null {
  const waits = waitsOf(text);
  if (waits.length > waitsMax) return t('waitsTooMany', { count: waitsMax });
  return waits.every((wait) => wait >= 1 && wait <= waitMaxS) ? null : t('waitsInvalid');
}

const isPem = (text: string): boolean => !text.trim() || /-----BEGIN CERTIFICATE-----[^]+-----END CERTIFICATE-----/.test(text);

export function endpointProblemsOf(draft: EndpointDraft, isKeyStored: boolean): Problems {
  const problems: Record<string, string | null | false> = {
    ...problemsOf(draft),
    retryWaits: waitsProblem(draft.retryWaits),
    stopStatuses: statusesOf(draft.stopStatuses).some((status) => !(Number.isInteger(status) && status >= 300 && status <= 599)) && t('stopStatusesInvalid'),
    'filters.attributes': attributesOf(draft.attributes).some(([name, values]) => !name || values.length === 0) && t('attributesInvalid'),
    contact: draft.contact.trim() !== '' && !/^[^\s@]+@[^\s@]+$/.test(draft.contact.trim()) && t('contactInvalid'),
    signatures: draft.signatures.size === 0 && t('signaturesMissing'),
    'tls.clientCertificate': !isPem(draft.clientCertificate) && t('pemInvalid'),
    'tls.caCertificates': !isPem(draft.caCertificates) && t('pemInvalid'),
    'tls.clientKey': draft.clientCertificate.trim() !== '' && !draft.clientKey && !isKeyStored && t('clientKeyMissing'),
  };
  for (const name of numberNames) problems[name] = numberProblem(draft[name], numbers[name]);
  return Object.fromEntries(Object.entries(problems).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
