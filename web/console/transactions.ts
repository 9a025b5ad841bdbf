// transactions.ts – what transactions are called, and all that is on record of one.
import { get, notifications, withQuery } from './server';
import type { Answers, Delivery, Event as LoggedEvent } from './types';
import { useLoaded } from './use';

export type Transaction = Answers['transactionsGet']['results'][number];

const path = `${notifications}/transactions`;
const idsAtMost = 100;

export const findTransactions = async (search: string, signal?: AbortSignal): Promise<Transaction[]> =>
  (await get<Answers['transactionsGet']>(withQuery(path, { search }), signal)).results;

/** An id with a comma in it has no name here. */
async function readNames(ids: string[], signal?: AbortSignal): Promise<Transaction[]> {
  const wanted = ids.filter((id) => id && !id.includes(',')).slice(0, idsAtMost);
  return wanted.length ? (await get<Answers['transactionsGet']>(withQuery(path, { ids: wanted.join(',') }), signal)).results : [];
}

/** By id, of those that are on record; ids alone until they have come. */
export function useTransactions(ids: string[]): Map<string, Transaction> {
  const wanted = [...new Set(ids)].sort();
  const { value } = useLoaded(`transactions ${wanted.join()}`, (signal) => readNames(wanted, signal));
  return new Map(value?.map((transaction) => [transaction.id, transaction]));
}

export const eventsAtMost = 1000;
const deliveriesAtMost = 500;
const page = 100;

export interface Story {
  transaction: Transaction | undefined; // undefined: events alone speak of it
  events: LoggedEvent[];
  hasMore: boolean; // events
  deliveries: Map<string, Delivery[]>; // by the event's id
  isWhole: boolean; // all deliveries of these events are there
}

async function readDeliveries(packageId: string, signal?: AbortSignal): Promise<{ list: Delivery[]; isWhole: boolean }> {
  const list: Delivery[] = [];
  for (;;) {
    const { count, results } = await get<Answers['deliveriesGet']>(withQuery(`${notifications}/deliveries`, { packageId, from: list.length + 1, to: list.length + page }), signal);
    list.push(...results);
    if (results.length === 0 || list.length >= count) return { list, isWhole: true };
    if (list.length >= deliveriesAtMost) return { list, isWhole: false };
  }
}

/** The first `limit` events, and what was sent of them where. */
export async function readStory(packageId: string, limit: number, signal?: AbortSignal): Promise<Story> {
  const [[transaction], { results: events }, { list, isWhole }] = await Promise.all([
    readNames([packageId], signal),
    get<Answers['eventsGet']>(withQuery(`${notifications}/events`, { packageId, limit }), signal),
    readDeliveries(packageId, signal),
  ]);
  return { transaction, events, hasMore: events.length === limit, deliveries: grouped(list), isWhole };
}

function grouped(list: Delivery[]): Map<string, Delivery[]> {
  const groups = new Map<string, Delivery[]>();
  for (const delivery of list) groups.set(delivery.event.id, [...(groups.get(delivery.event.id) ?? []), delivery]);
  return groups;
}
