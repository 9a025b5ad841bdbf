// use.ts – what components share: loading, doing one thing at a time, the time of day.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { onLive } from './live';

export interface Loaded<T> {
  value: T | undefined; // the last one, while another is on its way
  error: unknown;
  isLoading: boolean;
  reload: () => void;
}

/** Loads when `key` changes, and when told to. What comes too late is dropped. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; value?: T; error?: unknown; isLoading: boolean }>({ key, isLoading: true });
  const [round, setRound] = useState(0);
  const loader = useRef(load);
  loader.current = load;
  useEffect(() => {
    const control = new AbortController();
    setState((old) => ({ key, value: old.key === key ? old.value : undefined, error: old.error, isLoading: true }));
    loader.current(control.signal).then(
      (value) => control.signal.aborted || setState({ key, value, isLoading: false }),
      (error: unknown) => control.signal.aborted || setState((old) => ({ key, value: old.key === key ? old.value : undefined, error, isLoading: false })),
    );
    return () => control.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((old) => old + 1), []);
  const isOther = state.key !== key;
  return { value: isOther ? undefined : state.value, error: isOther ? undefined : state.error, isLoading: isOther || state.isLoading, reload };
}

/** Calls again and again while the page is looked at. Nothing when `everyMs` is 0. */
export function useInterval(everyMs: number, tick: () => void): void {
  const current = useRef(tick);
  current.current = tick;
  useEffect(() => {
    if (!everyMs) return undefined;
    const timer = setInterval(() => document.visibilityState === 'visible' && current.current(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}

/** Loads again soon after something has happened on the server, and from time to time. */
export function useFresh(reload: () => void, everyMs: number): void {
  useInterval(everyMs, reload);
  useEffect(() => onLive(reload), [reload]);
}

/** The time of day, of which texts like "3 minutes ago" are made. */
export function useNow(everyMs = 5000): number {
  const [now, setNow] = useState(Date.now);
  useInterval(everyMs, () => setNow(Date.now()));
  return now;
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
