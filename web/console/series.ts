// series.ts – deliveries over time, by outcome, out of the deliveries search. Few enough are read one by one; of more, each stretch of
// time is counted by the server.
import { get, notifications, withQuery } from './server';
import { deliveryStates, type DeliveryState } from './states';
import type { Answers, Delivery } from './types';

export type Range = 'hour' | 'day';

export interface Series {
  starts: number[]; // of each stretch, ms
  lengthMs: number;
  counts: Record<DeliveryState, number[]>;
  totals: Record<DeliveryState, number>;
}

const minute = 60000;
// Read one by one, or counted: then in longer stretches, since each costs a request.
const stretches: Record<Range, { read: [number, number]; counted: [number, number] }> = {
  hour: { read: [30, 2 * minute], counted: [12, 5 * minute] },
  day: { read: [48, 30 * minute], counted: [24, 60 * minute] },
};
const pageSize = 100;
const readAtMost = 400;
const atOnce = 2;

/** Stretches that end with the one `now` is in, at round times. */
function layOut([count, lengthMs]: [number, number], now: number): Series {
  const last = Math.floor(now / lengthMs) * lengthMs;
  const starts = Array.from({ length: count }, (_, i) => last - (count - 1 - i) * lengthMs);
  const zeros = () => starts.map(() => 0);
  return {
    starts,
    lengthMs,
    counts: { DELIVERED: zeros(), PENDING: zeros(), FAILED: zeros() },
    totals: { DELIVERED: 0, PENDING: 0, FAILED: 0 },
  };
}

function add(series: Series, i: number, state: DeliveryState, count: number): void {
  series.counts[state][i] = (series.counts[state][i] ?? 0) + count;
  series.totals[state] += count;
}

function put(series: Series, delivery: Delivery): void {
  const i = Math.floor((Date.parse(delivery.event.createdDate) - (series.starts[0] ?? 0)) / series.lengthMs);
  if (i >= 0 && i < series.starts.length) add(series, i, delivery.state, 1);
}

const search = (parameters: Record<string, string | number | undefined>, signal?: AbortSignal) =>
  get<Answers['deliveriesGet']>(withQuery(`${notifications}/deliveries`, parameters), signal);

async function readAll(series: Series, first: Answers['deliveriesGet'], since: string, signal?: AbortSignal): Promise<Series> {
  let read = first.results;
  for (let from = 1; ; ) {
    for (const delivery of read) put(series, delivery);
    from += read.length;
    if (read.length === 0 || from > first.count) return series;
    read = (await search({ since, from, to: from + pageSize - 1 }, signal)).results;
  }
}

type Counts = Record<DeliveryState, number>;

/** Pending ones are the rest: two counts tell of three. */
async function countOf(start: number, lengthMs: number, signal?: AbortSignal): Promise<Counts> {
  const [since, until] = [new Date(start).toISOString(), new Date(start + lengthMs).toISOString()];
  const count = async (state?: DeliveryState) => (await search({ since, until, state, from: 1, to: 1 }, signal)).count;
  const all = await count();
  const delivered = all > 0 ? await count('DELIVERED') : 0;
  const failed = all > delivered ? await count('FAILED') : 0;
  return { DELIVERED: delivered, FAILED: failed, PENDING: Math.max(0, all - delivered - failed) };
}

/** What is over and has nothing pending, by start and length: it is counted once. */
export type Counted = Map<string, Counts>;

async function countAll(series: Series, counted: Counted, now: number, signal?: AbortSignal): Promise<Series> {
  const { starts, lengthMs } = series;
  let next = 0;
  const work = async () => {
    while (next < starts.length) {
      const i = next++;
      const start = starts[i] ?? 0;
      const key = `${start} ${lengthMs}`;
      const counts = counted.get(key) ?? (await countOf(start, lengthMs, signal));
      if (counts.PENDING === 0 && start + lengthMs < now) counted.set(key, counts);
      for (const state of deliveryStates) add(series, i, state, counts[state]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return series;
}

export async function readSeries(range: Range, now: number, counted: Counted, signal?: AbortSignal): Promise<Series> {
  const { read, counted: long } = stretches[range];
  const series = layOut(read, now);
  const since = new Date(series.starts[0] ?? now).toISOString();
  const first = await search({ since, from: 1, to: pageSize }, signal);
  return first.count <= readAtMost ? readAll(series, first, since, signal) : countAll(layOut(long, now), counted, now, signal);
}

export const sum = (series: Series): number => deliveryStates.reduce((total, state) => total + series.totals[state], 0);
