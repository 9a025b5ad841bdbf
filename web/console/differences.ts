// differences.ts – what is typed beside what somebody else has stored, member by member. Pure.

export type Side = 'mine' | 'theirs';

export interface Row {
  member: string; // "url", "oauthSetting.scope"
  was: unknown; // undefined: it was not there
  mine: unknown;
  theirs: unknown;
  changedBy: 'me' | 'them' | 'both' | 'nobody';
}

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Members of members as one list; lists are one value. */
function membersOf(body: object, before = ''): [string, unknown][] {
  return Object.entries(body).flatMap(([name, value]: [string, unknown]): [string, unknown][] => (isObject(value) ? membersOf(value, `${before}${name}.`) : [[before + name, value]]));
}

/** Of texts and numbers the order in a list does not matter. */
function textOf(value: unknown): string {
  const isPlain = Array.isArray(value) && value.every((item) => typeof item !== 'object');
  return JSON.stringify(isPlain ? [...(value as unknown[])].sort() : value) ?? '';
}

export const isSame = (a: unknown, b: unknown): boolean => textOf(a) === textOf(b);

function changer(was: unknown, mine: unknown, theirs: unknown): Row['changedBy'] {
  if (isSame(mine, theirs)) return 'nobody';
  if (isSame(was, theirs)) return 'me';
  return isSame(was, mine) ? 'them' : 'both';
}

/** In the order of the form, what only they have at the end. */
export function rowsOf(was: object, mine: object, theirs: object): Row[] {
  const [w, m, t] = [was, mine, theirs].map((body) => new Map(membersOf(body))) as [Map<string, unknown>, Map<string, unknown>, Map<string, unknown>];
  return [...new Set([...m.keys(), ...t.keys()])].map((member) => {
    const [before, my, their] = [w.get(member), m.get(member), t.get(member)];
    return { member, was: before, mine: my, theirs: their, changedBy: changer(before, my, their) };
  });
}

/** What nobody is asked about: each side's own change is kept. */
export const proposed = ({ changedBy }: Row): Side => (changedBy === 'them' ? 'theirs' : 'mine');

/** The body with the side that is chosen of each member. What the chosen side does not have is left out: secrets stay as they are. */
export function bodyOf(mine: object, rows: Row[], choice: (row: Row) => Side): object {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(mine)) if (isObject(value)) body[name] = {};
  for (const row of rows) {
    const value = row[choice(row)];
    if (value === undefined) continue;
    const path = row.member.split('.');
    const last = path.pop() ?? '';
    let at = body;
    for (const name of path) at = (at[name] ??= {}) as Record<string, unknown>;
    at[last] = value;
  }
  return body;
}
