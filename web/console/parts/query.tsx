// query.tsx – the conditions of a search for deliveries, in words.
import { nameOfEndpointId, typeName } from '../data';
import { dateTime } from '../format';
import { isWord, t, type Word } from '../language';
import type { Parameters } from '../route';
import type { DeliveryQuery, Endpoint, EventType } from '../types';

const words: Record<keyof DeliveryQuery, Word> = {
  state: 'state', packageId: 'transactionId', name: 'event', eventId: 'eventId', endpointId: 'endpoint', error: 'error', httpStatus: 'httpStatus', phase: 'endedIn',
  failing: 'only', transaction: 'transactionName', signer: 'signer', payload: 'payloadMember', since: 'since', until: 'before',
};

/** Times before now that are chosen with one click: hours. */
export const periods: Record<string, number> = { '1h': 1, '24h': 24, '7d': 7 * 24, '30d': 30 * 24 };

/** To the minute. */
export const periodStart = (period: string, now: number): string => new Date(Math.floor((now - (periods[period] ?? 0) * 3600000) / 60000) * 60000).toISOString();

/** What an address asks for, in one order. */
export const searchOf = (parameters: Parameters): Parameters =>
  Object.fromEntries([...Object.keys(words), 'period'].sort().map((member) => [member, parameters[member] ?? '']).filter(([member, value]) => value && (member !== 'period' || Object.hasOwn(periods, value ?? ''))));

export function withoutPeriod({ period, ...query }: Parameters): DeliveryQuery {
  return query;
}

export const queryWord = (member: string): string => (Object.hasOwn(words, member) ? t(words[member as keyof DeliveryQuery]) : member);

export function queryValue(member: string, value: string, types: EventType[] | undefined, endpoints: Endpoint[] | undefined): string {
  const word = { state: `state${value}`, error: value === '*' ? 'anyError' : `error${value}`, phase: `phase${value}`, failing: 'failingOnly' }[member];
  if (word && isWord(word)) return t(word);
  if (member === 'name') return typeName(types, value);
  if (member === 'endpointId') return nameOfEndpointId(endpoints, value);
  return member === 'since' || member === 'until' ? dateTime(value) : value;
}
