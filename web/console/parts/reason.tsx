// reason.tsx – why something is as it is, in words.
import { isWord, t } from '../language';
import type { Attempt, Endpoint } from '../types';

/** Why an endpoint is disabled: by whom, or after what. */
export function stateReason(endpoint: Endpoint): string {
  const key = `reason${endpoint.stateReason}`;
  return isWord(key) ? t(key) : endpoint.stateReason;
}

/** What came of an attempt: a status, or why there is none. */
export function outcomeText(attempt: Attempt): string {
  if (!attempt.error) return t('statusWord', { status: String(attempt.httpStatus) });
  const key = `error${attempt.error}`;
  const words = isWord(key) ? t(key) : attempt.error;
  return attempt.httpStatus ? `${words} (${attempt.httpStatus})` : words;
}

export const isSuccess = (attempt: Attempt): boolean => !attempt.error && attempt.httpStatus >= 200 && attempt.httpStatus < 300;
