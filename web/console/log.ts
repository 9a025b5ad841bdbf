// log.ts – reading the account's log of events, which is numbered without gaps.
import { get, notifications, withQuery } from './server';
import type { Answers, Event as LoggedEvent } from './types';

export const eventsAfter = async (after: number, limit: number, signal?: AbortSignal): Promise<LoggedEvent[]> =>
  (await get<Answers['eventsGet']>(withQuery(`${notifications}/events`, { after, limit }), signal)).results;

const batch = 100;

/** The number of the newest event; 0 when there is none. The API reads forward only, so it is sought: from the newest delivery on, in
 * steps that grow, and then by halves. */
export async function newestSequence(signal?: AbortSignal): Promise<number> {
  const { results } = await get<Answers['deliveriesGet']>(withQuery(`${notifications}/deliveries`, { from: 1, to: 1 }), signal);
  let low = results[0]?.event.sequence ?? 0;
  for (;;) {
    const found = await eventsAfter(low, batch, signal);
    low = found.at(-1)?.sequence ?? low;
    if (found.length < batch) return low;
    low = await nearTheEnd(low, signal);
  }
}

/** A number that has at most a batch of events after it; there are some after `start`. */
async function nearTheEnd(start: number, signal?: AbortSignal): Promise<number> {
  let low = start;
  let step = batch;
  for (let [ahead] = await eventsAfter(low + step, 1, signal); ahead; [ahead] = await eventsAfter(low + step, 1, signal)) {
    low = ahead.sequence;
    step *= 4;
  }
  let high = low + step; // nothing comes after it
  while (high - low > batch) {
    const middle = Math.floor((low + high) / 2);
    const [ahead] = await eventsAfter(middle, 1, signal);
    if (ahead) low = ahead.sequence;
    else high = middle;
  }
  return low;
}

/** The `limit` events up to that number, newest first. */
export async function eventsUntil(last: number, limit: number, signal?: AbortSignal): Promise<LoggedEvent[]> {
  const found = await eventsAfter(Math.max(0, last - limit), limit, signal);
  return found.filter((event) => event.sequence <= last).reverse();
}
