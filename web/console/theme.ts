// theme.ts – light, dark, or as the system: the choice is kept in this browser. The dark colours stand in one media query of base.css;
// a choice makes that query hold always or never.
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const kept = 'greffier.theme';
const system = '(prefers-color-scheme: dark)';
const listeners = new Set<() => void>();
let current = chosen();

function chosen(): Theme {
  try {
    const stored = localStorage.getItem(kept);
    return themes.find((theme) => theme === stored) ?? 'system';
  } catch {
    return 'system'; // a browser may forbid storage: the choice then lasts as long as the page
  }
}

export const theme = (): Theme => current;

export const isDark = (): boolean => (current === 'system' ? matchMedia(system).matches : current === 'dark');

export function onTheme(listener: () => void): () => void {
  const query = matchMedia(system);
  listeners.add(listener);
  query.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    query.removeEventListener('change', listener);
  };
}

/** The rules that hold in the dark, whatever they hold now. */
let darkRules: CSSMediaRule[] | null = null;

function findDarkRules(): CSSMediaRule[] {
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  return rules.filter((rule): rule is CSSMediaRule => rule instanceof CSSMediaRule && /prefers-color-scheme:\s*dark/.test(rule.conditionText));
}

const media: Record<Theme, string> = { system, light: 'not all', dark: 'all' };

export function applyTheme(): void {
  darkRules ??= findDarkRules();
  for (const rule of darkRules) rule.media.mediaText = media[current];
  document.documentElement.style.colorScheme = current === 'system' ? '' : current;
}

export function wear(wanted: Theme): void {
  current = wanted;
  try {
    if (wanted === 'system') localStorage.removeItem(kept);
    else localStorage.setItem(kept, wanted);
  } catch { /* see above */ }
  applyTheme();
  for (const listener of listeners) listener();
}
