// live.ts – what happens while somebody looks: the account's event stream, read with fetch so that a refusal has a status. Where there
// is none (an older server, a proxy that refuses it), the log is read every few seconds. Nothing is asked for while nobody looks.
import { createParser } from 'eventsource-parser';
import { useEffect, useState } from 'preact/hooks';
import { isAttended, onAttention } from './attention';
import { eventsAfter, newestSequence } from './log';
import { notifications, sessionEnded, sessionNumber, withQuery } from './server';
import type { Event as LoggedEvent } from './types';

export type LiveState = 'connecting' | 'live' | 'polling' | 'offline' | 'resting';

const again = 3000;
const silenceMax = 40000;
const keptEvents = 50;
const newMs = 15000;
const shownAtFirst = 10;

let state: LiveState = 'connecting';
let recent: LoggedEvent[] = []; // newest first
let last = -1; // the newest number seen; -1: not known yet
let first = -1; // the newest number when the page began; -1: not known yet
let control: AbortController | null = null;
let isStarted = false;
const stateListeners = new Set<() => void>();
const eventListeners = new Set<() => void>();

const soon = 400; // one change is often several events

/** Soon after an event; of many, once in `atMostMs`. And once more after the last: deliveries end a little later than their events. */
export function onLive(listener: () => void, atMostMs: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let told = 0;
  let isLast = true;
  const tell = () => {
    isLast = false;
    const wait = Math.max(soon, told + atMostMs - Date.now());
    timer ??= setTimeout(call, wait);
  };
  const call = () => {
    told = Date.now();
    timer = isLast ? undefined : setTimeout(call, atMostMs);
    isLast = true;
    listener();
  };
  eventListeners.add(tell);
  return () => {
    clearTimeout(timer);
    eventListeners.delete(tell);
  };
}

export function useLive(): { state: LiveState; events: LoggedEvent[] } {
  const [, setRound] = useState(0);
  useEffect(() => {
    const listener = () => setRound((round) => round + 1);
    stateListeners.add(listener);
    return () => {
      stateListeners.delete(listener);
    };
  }, []);
  return { state, events: recent };
}

function become(next: LiveState): void {
  if (state === next) return;
  state = next;
  for (const listener of stateListeners) listener();
}

/** What was there when the page began is shown and announces nothing, unless it is so new that the page may have missed it. */
const isNews = ({ sequence, createdDate }: LoggedEvent): boolean => sequence > first || Date.now() - Date.parse(createdDate) < newMs;

function take(events: LoggedEvent[]): void {
  const fresh = events.filter((event) => event.sequence > last);
  if (fresh.length === 0) return;
  last = Math.max(last, ...fresh.map((event) => event.sequence));
  recent = [...fresh.reverse(), ...recent].slice(0, keptEvents);
  for (const listener of stateListeners) listener();
  if (fresh.some(isNews)) for (const listener of eventListeners) listener();
}

/** The messages of a text/event-stream that carry data. */
async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  const messages: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => void messages.push(data) });
  for (;;) {
    // A server that has vanished does not say so; one that is there says something every 15 seconds.
    const silence = setTimeout(() => void reader.cancel().catch(() => undefined), silenceMax);
    const { done, value } = await reader.read();
    clearTimeout(silence);
    if (done) return;
    parser.feed(value);
    yield* messages.splice(0);
  }
}

/** Reads the stream to its end. False when there is none to read. */
async function follow(signal: AbortSignal): Promise<boolean> {
  const headers: Record<string, string> = last >= 0 ? { 'last-event-id': String(last) } : {};
  const session = sessionNumber();
  const response = await fetch(withQuery(`${notifications}/events/stream`, { last: last >= 0 ? undefined : shownAtFirst }), { headers, signal, cache: 'no-store' });
  if (response.status === 401) return sessionEnded(session);
  if (!response.ok || !response.body) return false;
  if (first < 0) first = Number(response.headers.get('greffier-newest') ?? -1);
  become('live');
  for await (const data of messagesOf(response.body)) take([JSON.parse(data) as LoggedEvent]);
  return true;
}

async function poll(signal: AbortSignal): Promise<void> {
  if (last < 0) {
    first = await newestSequence(signal);
    last = Math.max(0, first - shownAtFirst);
  }
  const found = await eventsAfter(last, 100, signal);
  become('polling');
  take(found);
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
  });

async function keepUp(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      if (!(await follow(signal))) await poll(signal);
    } catch {
      if (signal.aborted) return;
      become('offline');
    }
    await pause(again, signal);
  }
}

function look(): void {
  control?.abort();
  control = null;
  if (!isAttended()) return become('resting');
  control = new AbortController();
  void keepUp(control.signal);
}

/** What happened last, to begin with, and from then on what happens. */
export function startLive(): void {
  if (isStarted) return;
  isStarted = true;
  onAttention(look);
  look();
}
