// attention.ts – whether somebody looks. What the page asks for by itself would keep a session alive for ever; so it asks for nothing
// while it is hidden, nor when nobody has touched it for as long as the account lets a session be idle. Then the server ends it.

let limitMs = Infinity;
let touched = Date.now();
let was = true;
const listeners = new Set<() => void>();

export const isAttended = (): boolean => document.visibilityState === 'visible' && Date.now() - touched < limitMs;

/** Called when it begins or ends. */
export function onAttention(listener: () => void): void {
  listeners.add(listener);
}

function look(): void {
  if (isAttended() === was) return;
  was = !was;
  for (const listener of listeners) listener();
}

function touch(): void {
  touched = Date.now();
  look();
}

export function startAttention(idleMinutes: number): void {
  limitMs = idleMinutes > 0 ? idleMinutes * 60000 : Infinity;
  for (const kind of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove']) addEventListener(kind, touch, { passive: true, capture: true });
  document.addEventListener('visibilitychange', look);
  setInterval(look, 5000);
}
