// shortcuts.ts – keys that do something wherever the focus is: never while somebody types, nor in a dialog, and only as long as they are
// switched on (WCAG 2.2, 2.1.4). The choice is kept in this browser.
import { addressOf, go, type Section } from './route';

const kept = 'greffier.shortcuts';
const sequenceMs = 1500; // between `g` and the key after it
const rows = ['table.wide tbody tr', '.endpoint-rows > li', '.endpoint-cards > li', '[data-row]'].map((row) => `main ${row}`).join();

export type Overlay = 'palette' | 'help';

let isOn = chosen();
const listeners = new Set<() => void>();
let showOverlay: (overlay: Overlay) => void = () => {};
const rowActions = new Map<string, (row: number) => void>();

function chosen(): boolean {
  try {
    return localStorage.getItem(kept) !== 'off';
  } catch {
    return true; // a browser may forbid storage: the choice then lasts as long as the page
  }
}

export const areShortcutsOn = (): boolean => isOn;

export function switchShortcuts(wanted: boolean): void {
  isOn = wanted;
  try {
    if (wanted) localStorage.removeItem(kept);
    else localStorage.setItem(kept, 'off');
  } catch { /* see above */ }
  for (const listener of listeners) listener();
}

export function onShortcuts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Who shows the palette and the list of keys. */
export function onOverlay(show: (overlay: Overlay) => void): () => void {
  showOverlay = show;
  return () => {
    typedAhead = null;
    showOverlay = () => {};
  };
}

/** Typed since the palette was asked for. Its code may have to be loaded first: until it shows its field, keys are kept for it. */
let typedAhead: string | null = null;

export function openOverlay(overlay: Overlay): void {
  typedAhead = overlay === 'palette' ? '' : null;
  showOverlay(overlay);
}

/** Whether the palette is still wanted: Escape takes it back. */
export const isPaletteAwaited = (): boolean => typedAhead !== null;

/** For the palette's field. From then on keys go to the field itself. */
export function takeTyped(): string {
  const text = typedAhead ?? '';
  typedAhead = null;
  return text;
}

/** Whether the key was taken for the palette's field. */
function typeAhead({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (typedAhead === null || ctrlKey || metaKey || altKey) return false;
  if (key === 'Escape') typedAhead = null;
  else if (key === 'Backspace') typedAhead = typedAhead.slice(0, -1);
  else if ([...key].length === 1) typedAhead += key;
  else return key === 'Enter'; // nothing is chosen yet, and what has the focus is not meant
  return true;
}

/** What a key does with the row of a list that has the focus. */
export function onRowKey(key: string, act: (row: number) => void): () => void {
  rowActions.set(key, act);
  return () => {
    if (rowActions.get(key) === act) rowActions.delete(key);
  };
}

/** After `g`. */
export const places: [string, Section][] = [
  ['o', 'overview'],
  ['a', 'apps'],
  ['e', 'callback'],
  ['n', 'endpoints'],
  ['d', 'deliveries'],
  ['t', 'transactions'],
  ['s', 'people'],
  ['l', 'audit'],
  ['m', 'me'],
];

/** To the row after the one that has the focus, or the one before. */
function moveRow(by: number): boolean {
  const all = [...document.querySelectorAll<HTMLElement>(rows)].filter((row) => row.querySelector('a, button'));
  if (all.length === 0) return false;
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
  const target = all[next]?.querySelector<HTMLElement>('a, button');
  target?.focus();
  all[next]?.scrollIntoView({ block: 'nearest' });
  return true;
}

function actOnRow(key: string): boolean {
  const act = rowActions.get(key);
  const row = document.activeElement?.closest<HTMLElement>(rows);
  if (!act || !row) return false;
  act([...(row.parentElement?.children ?? [])].indexOf(row));
  return true;
}

let begun = 0; // when `g` was pressed

/** Whether the key meant something. */
function press(key: string, may: (section: Section) => boolean): boolean {
  const isAfterG = Date.now() - begun < sequenceMs;
  begun = 0;
  if (isAfterG) {
    const place = places.find(([letter, section]) => letter === key && may(section));
    if (place) go(addressOf(place[1]));
    return place !== undefined;
  }
  if (key === 'g') begun = Date.now();
  else if (key === '/') openOverlay('palette');
  else if (key === '?') openOverlay('help');
  else if (key === 'j' || key === 'k') return moveRow(key === 'j' ? 1 : -1);
  else return actOnRow(key);
  return true;
}

const typing = 'input:not([type="checkbox"], [type="radio"], [type="button"]), textarea, select, [contenteditable]';

/** `may`: whether somebody may see a section. */
export function startShortcuts(may: (section: Section) => boolean): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key === 'k') {
      event.preventDefault();
      return openOverlay('palette');
    }
    if (typeAhead(event)) return event.preventDefault();
    if (!isOn || event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest?.(typing)) return;
    if (press(event.key, may)) event.preventDefault();
  };
  addEventListener('keydown', onKeyDown);
  return () => removeEventListener('keydown', onKeyDown);
}
