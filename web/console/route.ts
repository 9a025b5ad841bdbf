// route.ts – which section is shown, and of what: all of it stands in the address, so that it can be kept and sent to somebody.
export const sections = ['overview', 'callback', 'endpoints', 'deliveries', 'replay', 'events', 'retention'] as const;
export type Section = (typeof sections)[number];
export type Parameters = Record<string, string>;

export interface Route {
  section: Section;
  parameters: Parameters;
}

const path = '/admin/notifications';

export function routeOf(search: string): Route {
  const { view, ...parameters } = Object.fromEntries(new URLSearchParams(search));
  return { section: sections.find((section) => section === view) ?? 'overview', parameters };
}

/** Parameters without a value are left out. */
export function addressOf(section: Section, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  if (section !== 'overview') query.set('view', section);
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

let current = routeOf(location.search);
let shownAddress = location.href;
const listeners = new Set<() => void>();

export const route = (): Route => current;

export function onRoute(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Asked before the page is left; false keeps it, until `proceed` is called. */
type Guard = (proceed: () => void) => boolean;
let guard: Guard | null = null;

export function guardLeaving(wanted: Guard | null): void {
  guard = wanted;
}

function show(): void {
  current = routeOf(location.search);
  shownAddress = location.href;
  for (const listener of listeners) listener();
}

export function go(address: string, replaces = false): void {
  const proceed = () => {
    guard = null;
    history[replaces ? 'replaceState' : 'pushState'](null, '', address);
    show();
  };
  if (!guard || guard(proceed)) proceed();
}

addEventListener('popstate', () => {
  const wanted = location.href;
  if (!guard) return show();
  history.pushState(null, '', shownAddress); // stay, until it is certain
  if (guard(() => { guard = null; history.pushState(null, '', wanted); show(); })) {
    guard = null;
    history.pushState(null, '', wanted);
    show();
  }
});

/** Links within the console do not load it again; those with a modifier are the browser's. */
addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest?.('a');
  if (!link || link.target || link.origin !== location.origin || link.pathname !== path) return;
  event.preventDefault();
  go(link.pathname + link.search);
});
