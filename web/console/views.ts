// views.ts – filtered lists that somebody has given a name. They are kept in this browser, for each person apart: what is sought is that
// person's business, and the server has no place for it that others of the account could not read.
import type { Parameters, Section } from './route';

export interface View {
  name: string;
  section: Section;
  parameters: Parameters;
}

export const viewNameMax = 60;
const viewsMax = 50;

const listeners = new Set<() => void>();
const keptFor = (userId: string): string => `greffier.views.${userId}`;

const isView = (value: unknown): value is View => {
  const view = value as View | null;
  return typeof view?.name === 'string' && typeof view.section === 'string' && typeof view.parameters === 'object';
};

export function viewsOf(userId: string): View[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keptFor(userId)) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isView).slice(0, viewsMax) : [];
  } catch {
    return []; // nothing is kept, or somebody has changed it
  }
}

function keep(userId: string, views: View[]): boolean {
  try {
    localStorage.setItem(keptFor(userId), JSON.stringify(views));
  } catch {
    return false;
  }
  for (const listener of listeners) listener();
  return true;
}

const isSame = (a: View, b: View): boolean => a.section === b.section && a.name === b.name;

/** One of the same name is replaced. False when the browser keeps nothing, or there are too many. */
export function keepView(userId: string, view: View): boolean {
  const others = viewsOf(userId).filter((other) => !isSame(other, view));
  return others.length < viewsMax && keep(userId, [...others, view].sort((a, b) => a.name.localeCompare(b.name)));
}

export function forgetView(userId: string, view: View): void {
  keep(userId, viewsOf(userId).filter((other) => !isSame(other, view)));
}

export function onViews(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
