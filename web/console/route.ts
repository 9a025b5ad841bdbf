// route.ts – which section is shown, and of what: all of it stands in the address, so that it can be kept and sent to somebody.
export const pages = {
  access: ['apps', 'key', 'authentication', 'leaks'],
  notifications: ['overview', 'callback', 'endpoints', 'deliveries', 'transactions', 'replay', 'events', 'retention'],
  people: ['people', 'roles'],
  settings: ['settings', 'subaccounts'],
  history: ['history'],
  audit: ['audit', 'verification'],
  me: ['me', 'sessions'],
} as const;
export type Page = keyof typeof pages;
export type Section = (typeof pages)[Page][number];
export type Parameters = Record<string, string>;

export interface Route {
  section: Section;
  parameters: Parameters;
}

export const pageNames = Object.keys(pages) as Page[];
const pathOf = (page: Page): string => `/admin/${page}`;
const sectionsOf = (page: Page): readonly Section[] => pages[page];

export const pageOf = (section: Section): Page => pageNames.find((page) => sectionsOf(page).includes(section)) ?? 'notifications';
export const firstOf = (page: Page): Section => pages[page][0];

/** A page without `view` shows its first section. */
export function routeOf(path: string, search: string): Route {
  const { view, ...parameters } = Object.fromEntries(new URLSearchParams(search));
  const page = pageNames.find((name) => pathOf(name) === path) ?? 'notifications';
  return { section: sectionsOf(page).find((section) => section === view) ?? firstOf(page), parameters };
}

/** Parameters without a value are left out. */
export function addressOf(section: Section, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  const page = pageOf(section);
  if (section !== firstOf(page)) query.set('view', section);
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  const text = query.toString();
  return text ? `${pathOf(page)}?${text}` : pathOf(page);
}

const here = (): Route => routeOf(location.pathname, location.search);

let current = here();
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
  current = here();
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
  if (!link || link.target || link.origin !== location.origin || !pageNames.some((page) => pathOf(page) === link.pathname)) return;
  event.preventDefault();
  go(link.pathname + link.search);
});
