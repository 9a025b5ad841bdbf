// fold.ts – texts as they are sought: without case and accents. Pure.
export const fold = (text: string): string => text.normalize('NFD').replace(/\p{Mn}/gu, '').toLowerCase().trim();

/** Every word that is sought is in one of the texts. */
export function matches(sought: string, ...texts: (string | undefined)[]): boolean {
  const all = texts.map((text) => fold(text ?? '')).join('\n');
  return fold(sought).split(/\s+/).every((word) => all.includes(word));
}
