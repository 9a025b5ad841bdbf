// language.ts – in which language the console speaks, and its words. The choice is the one of the sign-in page.
import { common } from './words/common';
import { overview } from './words/overview';
import { registration } from './words/registration';
import { endpoints } from './words/endpoints';
import { deliveries } from './words/deliveries';
import { records } from './words/records';
import { apps } from './words/apps';
import { access } from './words/access';
import { people } from './words/people';
import { audit } from './words/audit';
import { me } from './words/me';

const texts = { ...common, ...overview, ...registration, ...endpoints, ...deliveries, ...records, ...apps, ...access, ...people, ...audit, ...me };
export type Word = keyof typeof texts;
export type Values = Record<string, string | number>;

const languages = ['en', 'fr'] as const;
export type Language = (typeof languages)[number];

const kept = 'greffier.language';
let current = chosen();
const listeners = new Set<() => void>();

function chosen(): Language {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(kept);
  } catch { /* a browser may forbid storage: the choice then lasts as long as the page */ }
  const known = languages.find((language) => language === stored);
  return known ?? (navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en');
}

export const language = (): Language => current;

export function speak(wanted: Language): void {
  current = wanted;
  try {
    localStorage.setItem(kept, wanted);
  } catch { /* see above */ }
  for (const listener of listeners) listener();
}

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const isWord = (key: string): key is Word => Object.hasOwn(texts, key);

/** A text with its {values}. Of two forms, `one||other`, the one that goes with `count` is taken. */
export function t(key: Word, values: Values = {}): string {
  const [english, french] = texts[key];
  const forms = (current === 'fr' ? french : english).split('||');
  const isOne = forms.length > 1 && new Intl.PluralRules(current).select(Number(values.count)) === 'one';
  const form = (isOne || forms.length === 1 ? forms[0] : forms[1]) ?? '';
  return form.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    return typeof value === 'number' ? new Intl.NumberFormat(current).format(value) : value;
  });
}

/** A word before what it names. */
export const colon = (word: Word): string => t(word) + (current === 'fr' ? '\u00a0: ' : ': ');
