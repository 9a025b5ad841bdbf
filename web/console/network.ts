// network.ts – whether the server can be reached. A call that got no answer begins to look for it; when it is back, what was loaded
// is loaded again.
import { useEffect, useState } from 'preact/hooks';

const shortest = 1000;
const longest = 15000;

let isAway = false;
let isLooking = false;
const listeners = new Set<() => void>();

export function onNetwork(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Called when it is back. */
export const onNetworkBack = (listener: () => void): (() => void) => onNetwork(() => isAway || listener());

function become(away: boolean): void {
  if (isAway === away) return;
  isAway = away;
  for (const listener of listeners) listener();
}

const answers = (): Promise<boolean> => fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(10000) }).then(() => true, () => false);

/** The browser says when a network is there again; the server may be gone for other reasons. */
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(end, ms);
    addEventListener('online', end);
    function end() {
      clearTimeout(timer);
      removeEventListener('online', end);
      resolve();
    }
  });

/** A call had no answer. One that was lost while others come through is told where it was made. */
export async function lookForNetwork(): Promise<void> {
  if (isLooking) return;
  isLooking = true;
  for (let wait = shortest; !(await answers()); wait = Math.min(2 * wait, longest)) {
    become(true);
    await pause(wait);
  }
  isLooking = false;
  become(false);
}

export function useNetwork(): { isAway: boolean } {
  const [, setRound] = useState(0);
  useEffect(() => onNetwork(() => setRound((round) => round + 1)), []);
  return { isAway };
}
