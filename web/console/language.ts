// language.ts – in which language the console speaks, and its words, which are loaded for that language. The choice is the one of the
// sign-in page.
import type { texts } from './words/all';

export type Word = keyof typeof texts;
export type Values = Record<string, string | number>;

const languages = ['en', 'fr'] as const;
export type Language = (typeof languages)[number];

const loaders: Record<Language, () => Promise<{ default: Record<string, string> }>> = { en: () => import('words:en'), fr: () => import('words:fr') };

const kept = 'greffier.language';
let current = chosen();
let spoken: Record<string, string> = {};
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

/** Before anything is shown. */
export async function loadWords(): Promise<void> {
  spoken = (await loaders[current]()).default;
}

/** When the words cannot be had, the language stays. */
export async function speak(wanted: Language): Promise<void> {
  const words = await loaders[wanted]().catch(() => null);
  if (!words) return;
  spoken = words.default;
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

export const isWord = (key: string): key is Word => Object.hasOwn(spoken, key);

/** A text with its {values}. Of two forms, `one||other`, the one that goes with `count` is taken. */
export function t(key: Word, values: Values = {}): string {
  const forms = (spoken[key] ?? key).split('||');
  const isOne = forms.length > 1 && new Intl.PluralRules(current).select(Number(values.count)) === 'one';
  const form = (isOne || forms.length === 1 ? forms[0] : forms[1]) ?? '';
  return form.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    return typeof value === 'number' ? new Intl.NumberFormat(current).format(value) : value;
  });
}

/** A word before what it names. */
export const colon = (word: Word): string => t(word) + (current === 'fr' ? '\u00a0: ' : ': ');
