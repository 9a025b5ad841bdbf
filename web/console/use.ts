// use.ts – what components share: loading, doing one thing at a time, the time of day.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { isAttended } from './attention';
import { onLive, useLive } from './live';
import { onNetworkBack } from './network';
import { versionOf } from './server';

export interface Loaded<T> {
  value: T | undefined; // the last one, while another is on its way
  error: unknown;
  isLoading: boolean;
  reload: () => void;
  refresh: () => void; // the same by itself, and so only when the server has had a rest
}

const restFactor = 9; // times what the last load took: one look never costs the server more than a tenth of its time

/** Of another version there may be another secret, which is not shown. */
const isSameVersion = (a: unknown, b: unknown): boolean => !a || !b || versionOf(a as object) === versionOf(b as object);
const isSame = (a: unknown, b: unknown): boolean => a === b || (JSON.stringify(a) === JSON.stringify(b) && isSameVersion(a, b));

/** Loads when `key` changes, and when told to: then once more after what is on its way, so that many tellings do not keep it from ever
 * arriving. A value that is as before stays the same object. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; value?: T; error?: unknown; isLoading: boolean }>({ key, isLoading: true });
  const loader = useRef(load);
  loader.current = load;
  const flight = useRef<{ control: AbortController; begun: number; isWantedAgain: boolean } | null>(null);
  const restUntil = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const begin = useRef(() => {});
  useEffect(() => {
    const end = (result: { value: T } | { error: unknown }) => {
      const again = flight.current?.isWantedAgain;
      restUntil.current = Date.now() + restFactor * (Date.now() - (flight.current?.begun ?? 0));
      flight.current = null;
      setState((old) => {
        const before = old.key === key ? old.value : undefined;
        if (!('value' in result)) return { key, value: before, error: result.error, isLoading: false };
        return { key, value: isSame(before, result.value) ? before : result.value, isLoading: false };
      });
      if (again) begin.current();
    };
    begin.current = () => {
      const control = new AbortController();
      flight.current = { control, begun: Date.now(), isWantedAgain: false };
      setState((old) => (old.key === key ? { ...old, isLoading: true } : { key, isLoading: true }));
      loader.current(control.signal).then(
        (value) => control.signal.aborted || end({ value }),
        (error: unknown) => control.signal.aborted || end({ error }),
      );
    };
    begin.current();
    const offNetwork = onNetworkBack(() => (flight.current ? (flight.current.isWantedAgain = true) : begin.current()));
    return () => {
      offNetwork();
      begin.current = () => {};
      clearTimeout(timer.current);
      timer.current = undefined;
      flight.current?.control.abort();
      flight.current = null;
    };
  }, [key]);
  const reload = useCallback(() => {
    if (flight.current) flight.current.isWantedAgain = true;
    else begin.current();
  }, []);
  const refresh = useCallback(() => {
    const rest = restUntil.current - Date.now();
    if (flight.current || timer.current) return;
    if (rest <= 0) return begin.current();
    timer.current = setTimeout(() => {
      timer.current = undefined;
      if (!flight.current) begin.current();
    }, rest);
  }, []);
  const isOther = state.key !== key;
  return { value: isOther ? undefined : state.value, error: isOther ? undefined : state.error, isLoading: isOther || state.isLoading, reload, refresh };
}

/** Calls again and again while somebody looks. Nothing when `everyMs` is 0. */
export function useInterval(everyMs: number, tick: () => void): void {
  const current = useRef(tick);
  current.current = tick;
  useEffect(() => {
    if (!everyMs) return undefined;
    const timer = setInterval(() => isAttended() && current.current(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}

/** Loads again soon after something has happened on the server, but not more often than `atMostMs`; and from time to time. */
export function useFresh({ refresh }: { refresh: () => void }, everyMs: number, atMostMs = 1500): void {
  useInterval(everyMs, refresh);
  useEffect(() => onLive(refresh, atMostMs), [refresh, atMostMs]);
}

const underWayMs = 4000;
const withoutStreamMs = 15000;

/** Asks for nothing while nothing is under way and the stream says what happens: only after an event, and once more when what was under
 * way is over. */
export function useFreshUnlessIdle({ refresh }: { refresh: () => void }, isUnderWay: boolean, atMostMs: number): void {
  const { state } = useLive();
  useFresh({ refresh }, isUnderWay ? underWayMs : state === 'live' ? 0 : withoutStreamMs, atMostMs);
  const was = useRef(isUnderWay);
  useEffect(() => {
    if (was.current && !isUnderWay) refresh();
    was.current = isUnderWay;
  }, [isUnderWay]);
}

/** The time of day, of which texts like "3 minutes ago" are made. */
export function useNow(everyMs = 5000): number {
  const [now, setNow] = useState(Date.now);
  useInterval(everyMs, () => setNow(Date.now()));
  return now;
}

interface Draft<T, D> {
  base: T; // what the draft began with: its version is the one that a save replaces
  draft: D;
  isDirty: boolean;
  change: (part: Partial<D>) => void;
  reset: (stored: T) => void; // it is saved, or given up
}

/** What is typed over what is stored. As long as nothing is typed it follows what is stored; then it stays, whatever others store. */
export function useDraft<T, D>(stored: T, draftOf: (stored: T) => D, textOf: (draft: D, base: T) => string = (draft) => JSON.stringify(draft)): Draft<T, D> {
  const [kept, setKept] = useState(() => ({ stored, base: stored, draft: draftOf(stored) }));
  let { base, draft } = kept;
  const isDirty = textOf(draft, base) !== textOf(draftOf(base), base);
  if (kept.stored !== stored) {
    if (!isDirty) [base, draft] = [stored, draftOf(stored)];
    setKept({ stored, base, draft });
  }
  return {
    base,
    draft,
    isDirty,
    change: (part) => setKept((old) => ({ ...old, draft: { ...old.draft, ...part } })),
    reset: (saved) => setKept((old) => ({ ...old, base: saved, draft: draftOf(saved) })),
  };
}

export interface Action {
  isBusy: boolean;
  error: unknown;
  run: (work: () => Promise<void>) => Promise<void>;
  clear: () => void;
}

/** One thing at a time, and what went wrong with the last. */
export function useAction(): Action {
  const [state, setState] = useState<{ isBusy: boolean; error: unknown }>({ isBusy: false, error: null });
  const busy = useRef(false);
  const run = async (work: () => Promise<void>) => {
    if (busy.current) return;
    busy.current = true;
    setState({ isBusy: true, error: null });
    try {
      await work();
      setState({ isBusy: false, error: null });
    } catch (error) {
      setState({ isBusy: false, error });
    } finally {
      busy.current = false;
    }
  };
  return { ...state, run, clear: () => setState({ isBusy: false, error: null }) };
}

let ids = 0;
export function useId(prefix: string): string {
  const [id] = useState(() => `${prefix}-${++ids}`);
  return id;
}
