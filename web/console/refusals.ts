// refusals.ts – the reasons of the API, which are English, in French: the forms that most of them have.

const units: Record<string, string> = { characters: 'caractères', bytes: 'octets', seconds: 'secondes', hours: 'heures', days: 'jours' };
const unit = (word = ''): string => (units[word] ? `\u00a0${units[word]}` : '');

/** "A, B or C" as French says it. */
const choice = (list: string): string => list.replace(/ or /g, ' ou ');

const forms: [RegExp, (...parts: string[]) => string][] = [
  [/^required$|^is (?:required|missing)$/, () => 'ce champ est obligatoire'],
  [/^required with (.+)$/, (other) => `obligatoire avec ${other}`],
  [/^(?:must be )?(?:from )?(\d+) to (\d+) ?(characters|bytes|seconds|hours|days)?/, (from, to, what) => `de ${from} à ${to}${unit(what)}`],
  [/^(?:at most )?(\d+) ?(characters|bytes) at most|^at most (\d+) ?(characters|bytes)?/, (a, what, b, other) => `au plus ${a ?? b}${unit(what ?? other)}`],
  [/^more than (\d+) (characters|bytes)/, (most, what) => `plus de ${most}${unit(what)}`],
  [/^not an absolute URL/, () => 'l’URL doit être complète, avec http:// ou https://'],
  [/^must be a date/, () => 'une date est attendue, telle que 2026-01-31T12:00:00Z'],
  [/^(?:not|must be) an e-mail address/, () => 'une adresse courriel est attendue'],
  [/^must be (?:a )?text/, () => 'un texte est attendu'],
  [/^must be a (?:whole )?number/, () => 'un nombre entier est attendu'],
  [/^must be true or false/, () => 'vrai ou faux est attendu'],
  [/^(?:must not be|is) (?:blank|empty)/, () => 'cette valeur ne peut pas être vide'],
  [/^must be ([A-Z_]+(?:(?:, | or )[A-Z_]+)+)$/, (list) => `valeurs admises\u00a0: ${choice(list)}`],
  [/^is not an active sender of the account/, () => 'aucun expéditeur actif du compte'],
];

/** Null: of a form that is not known here. */
export function inFrench(reason: string): string | null {
  for (const [form, say] of forms) {
    const parts = form.exec(reason);
    if (parts) return say(...parts.slice(1));
  }
  return null;
}
