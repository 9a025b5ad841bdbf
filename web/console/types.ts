// types.ts – what the API answers, as far as the console reads it (openapi/openapi.yaml has all of it).

export interface Session {
  user: { id: string; email: string; name?: string };
  account?: { id: string; name: string };
  owner: boolean;
  loginSessionTimeout: number; // minutes
  permissions: string[];
}

export interface Bilingual {
  en: string;
  fr: string;
}

export interface EventType {
  name: string;
  group: 'ACCOUNT' | 'PARTICIPANT';
  displayName: Bilingual;
  meaning: Bilingual;
}

export interface LoggedEvent {
  sequence: number;
  id: string;
  name: string;
  packageId: string;
  sessionUser: string;
  message: string | null;
  documentId: string | null;
  createdDate: string;
  expungedDate?: string;
}

export interface Attempt {
  number: number;
  startedDate: string;
  durationMs: number;
  address: string;
  httpStatus: number;
  error: string;
  phase: string;
  replyStart: string;
  // In one delivery in full, and in the answer of a test:
  timings?: { nameMs: number; connectMs: number; tlsMs: number; firstByteMs: number };
  tls?: string;
  requestHead?: string;
}

export const deliveryStates = ['DELIVERED', 'PENDING', 'FAILED'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export interface Delivery {
  event: LoggedEvent;
  endpoint: { id: string; url: string };
  state: DeliveryState;
  attempts: Attempt[];
  nextAttemptDate?: string;
  finishedDate?: string;
  body?: string | null;
}

export interface Pair {
  key: string;
  value: string;
}

export interface OAuthSetting {
  clientId: string;
  clientSecret?: string;
  authorizationServerUrl: string;
  scope: string;
  grantType: string;
  authMechanism: string;
  ignoreSsl: boolean;
  username?: string;
  password?: string;
  customParameters: Pair[];
}

export type AuthType = 'NONE' | 'BASIC' | 'OAUTH2' | 'HEADER';

export interface Callback {
  url: string;
  key: string;
  events: string[];
  authType?: AuthType;
  customHeaders?: Pair[];
  oauthSetting?: OAuthSetting;
  signingSecret?: string;
}

export interface Endpoint {
  id: string;
  name: string;
  origin: string; // "": the account's callback; "endpoint": neither that nor a connector
  packageId: string;
  state: 'ACTIVE' | 'PAUSED' | 'DISABLED' | 'DELETED';
  stateReason: string;
  url: string;
  authType: AuthType;
  events: string[];
  customHeaders: Pair[];
  failingSinceDate: string | null;
  oldSigningSecrets: { expiresDate: string }[];
  createdDate: string;
  updatedDate: string;
  method: string;
  payloadFormat: string;
  signatures: string[];
  ordered: boolean;
  failureMails: boolean;
  onRefusal: string;
  stopStatuses: number[];
  retryWaits: number[];
  horizonHours: number;
  inFlightLimit: number;
  rateLimit: number;
  connectTimeoutMs: number;
  timeoutMs: number;
  contact: string;
  tls: { clientCertificate: string; caCertificates: string };
  filters: { senders?: string[]; attributes?: Record<string, string[]> };
  oauthSetting?: OAuthSetting;
  queue?: { pending: number; oldestDate: string | null; nextAttemptDate: string | null };
  signingSecret?: string;
}

export interface TestResult {
  body: string;
  problem?: string;
  attempt: Attempt;
}

export type Level = 'OK' | 'WARNING' | 'FAILED';

export interface CheckResult {
  url: string;
  checkedDate: string;
  verdict: Level;
  findings: { check: string; level: Level; code: string; message: string }[];
  attempt: Attempt;
  certificates: { subject: string; issuer: string; startDate: string; expiresDate: string }[];
}

export interface Replay {
  id: string;
  endpointId: string;
  state: 'RUNNING' | 'DONE' | 'CANCELLED' | 'STOPPED';
  rate: number;
  matching: number;
  queued: number;
  progress: number;
  filter: {
    packageId: string;
    events: string[];
    since: string | null;
    until: string | null;
    undeliveredOnly: boolean;
    afterSequence: number;
    throughSequence: number;
  };
  createdBy: string;
  createdDate: string;
  finishedDate: string | null;
}

export interface Retention {
  kinds: { kind: string; days: number; isOwn: boolean; count: number; oldestDate: string | null }[];
  pending: { count: number; oldestDate: string | null };
}

export interface Page<T> {
  count: number;
  results: T[];
}
