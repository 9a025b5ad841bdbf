// query.tsx – the conditions of a search for deliveries, in words.
import { nameOfEndpointId, typeName } from '../data';
import { dateTime } from '../format';
import { isWord, t, type Word } from '../language';
import type { DeliveryQuery, Endpoint, EventType } from '../types';

const words: Record<keyof DeliveryQuery, Word> = {
  state: 'state', packageId: 'transactionId', name: 'event', eventId: 'eventId', endpointId: 'endpoint', error: 'error', httpStatus: 'httpStatus', phase: 'endedIn',
  failing: 'only', transaction: 'transactionName', signer: 'signer', payload: 'payloadMember', since: 'since', until: 'before',
};

export const queryMembers = Object.keys(words) as (keyof DeliveryQuery)[];

export const queryWord = (member: string): string => (Object.hasOwn(words, member) ? t(words[member as keyof DeliveryQuery]) : member);

export function queryValue(member: string, value: string, types: EventType[] | undefined, endpoints: Endpoint[] | undefined): string {
  const word = { state: `state${value}`, error: value === '*' ? 'anyError' : `error${value}`, phase: `phase${value}`, failing: 'failingOnly' }[member];
  if (word && isWord(word)) return t(word);
  if (member === 'name') return typeName(types, value);
  if (member === 'endpointId') return nameOfEndpointId(endpoints, value);
  return member === 'since' || member === 'until' ? dateTime(value) : value;
}
