// format.ts – numbers, dates and durations as people of the language write them.
import { language } from './language';

/** The language, as the browser's country writes it. */
const locale = (): string => navigator.languages.find((tag) => tag.toLowerCase().startsWith(language())) ?? language();

export const number = (value: number): string => new Intl.NumberFormat(locale()).format(value);

export const percent = (share: number): string =>
  new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: share > 0.99 && share < 1 ? 1 : 0 }).format(share);

const units = [
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

function inUnits(seconds: number): [number, 'day' | 'hour' | 'minute' | 'second'] {
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const);
  return [Math.round(seconds / size), unit];
}

/** "2 min", "3 days": the greatest unit that fits. */
export function span(seconds: number): string {
  const [count, unit] = inUnits(seconds);
  const unitDisplay = unit === 'day' || unit === 'hour' ? 'long' : 'short';
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay }).format(count);
}

/** "4.2 ms", "1.3 s": of what a computer takes. */
export function duration(ms: number): string {
  const inSeconds = ms >= 1000;
  if (ms < 0.05) return `< ${duration(0.1)}`;
  const value = inSeconds ? ms / 1000 : ms;
  // Symbols, which both languages share: as words, some countries' forms are too long for a chart ("60 millisecs").
  return `${new Intl.NumberFormat(locale(), { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)}\u00a0${inSeconds ? 's' : 'ms'}`;
}

/** "3 minutes ago", "in 20 seconds". */
export function relative(date: string, now: number): string {
  const seconds = (Date.parse(date) - now) / 1000;
  if (Math.abs(seconds) < 1) return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(0, 'second');
  const [count, unit] = inUnits(seconds);
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto', style: 'long' }).format(count, unit);
}

export const dateTime = (date: string): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(date));

export const day = (date: string): string => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(new Date(date));

/** The day that it is in UTC: "12 Nov". */
export const utcDay = (date: string): string => new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(date));

export const clock = (time: number): string =>
  new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' }).format(new Date(time));

/** "24 Nov": for the axis of a chart. */
export const tickDay = (time: number): string => new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short' }).format(new Date(time));

/** "10:05 – 10:06", with its day where there are several. */
export function stepTime(start: number, lengthMs: number, withDay: boolean): string {
  const text = new Intl.DateTimeFormat(locale(), { ...(withDay ? { day: 'numeric', month: 'short' } : {}), hour: '2-digit', minute: '2-digit' });
  return text.formatRange(new Date(start), new Date(start + lengthMs));
}

/** "Europe/Paris (UTC+1)". */
export function zone(): string {
  const format = new Intl.DateTimeFormat(locale(), { timeZoneName: 'shortOffset' });
  const offset = format.formatToParts(new Date()).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return `${format.resolvedOptions().timeZone} (${offset})`;
}

/** Today's times without their day. */
export function moment(date: string, now: number): string {
  const isToday = new Date(date).toDateString() === new Date(now).toDateString();
  return isToday ? new Intl.DateTimeFormat(locale(), { timeStyle: 'medium' }).format(new Date(date)) : dateTime(date);
}

/** "French", of "fr". */
export const languageName = (tag: string): string => new Intl.DisplayNames(locale(), { type: 'language' }).of(tag) ?? tag;

/** The host and path of a URL: what tells one from another at a glance. */
export function shortUrl(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return host + (pathname === '/' ? '' : pathname);
  } catch {
    return url;
  }
}

/** JSON laid out; what is no JSON stays. */
export function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** "14:03:07.120": of what a computer does. */
export const clockOf = (date: string): string =>
  new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 }).format(new Date(date));

/* ---- dates: the browser's field has local time, the address and the API have UTC ---- */

export function toLocal(date: string | undefined): string {
  if (!date || Number.isNaN(Date.parse(date))) return '';
  const time = new Date(date);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}

export const toUtc = (local: string): string => (local && !Number.isNaN(Date.parse(local)) ? new Date(local).toISOString() : '');
