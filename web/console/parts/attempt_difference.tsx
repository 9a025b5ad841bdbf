// attempt_difference.tsx – what is not the same in two attempts of a delivery: facts side by side, and the lines of what was said.
import { useState } from 'preact/hooks';
import { duration } from '../format';
import { t, type Word } from '../language';
import type { AttemptInFull } from '../types';
import { Card } from './basics';
import { SelectField } from './fields';
import { outcomeText } from './reason';

export interface Line {
  kind: 'same' | 'gone' | 'new';
  text: string;
}

/** The longest common lines stay; of heads and the starts of replies, which are short. */
export function linesBetween(before: string, after: string): Line[] {
  const a = before.split('\n').filter(Boolean);
  const b = after.split('\n').filter(Boolean);
  const length = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number): number => length[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) (length[i] ?? [])[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i++] ?? '' });
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) lines.push({ kind: 'gone', text: a[i++] ?? '' });
    else lines.push({ kind: 'new', text: b[j++] ?? '' });
  }
  return lines;
}

const signs = { same: ' ', gone: '−', new: '+' } as const;
const signWords = { same: '', gone: 'lineGone', new: 'lineNew' } as const;

function Texts({ title, before, after }: { title: string; before: string; after: string }) {
  if (before === after) return null;
  return (
    <div class="block">
      <h3>{title}</h3>
      <pre class="difference" tabIndex={0} aria-label={title}>
        {linesBetween(before, after).map(({ kind, text }, i) => (
          <span key={i} class={kind}><span aria-hidden="true">{signs[kind]} </span>{signWords[kind] && <span class="unseen">{t(signWords[kind] as Word)} </span>}{text}{'\n'}</span>
        ))}
      </pre>
    </div>
  );
}

export function AttemptDifference({ attempts }: { attempts: AttemptInFull[] }) {
  const [chosen, setChosen] = useState<[string, string] | null>(null);
  const [from, to] = chosen ?? [String(attempts.at(-2)?.number), String(attempts.at(-1)?.number)];
  const find = (number: string) => attempts.find((attempt) => String(attempt.number) === number);
  const before = find(from);
  const after = find(to);
  if (!before || !after) return null;
  const choices = attempts.map(({ number }) => ({ value: String(number), label: t('attemptNumber', { number }) }));
  const facts: [Word, (attempt: AttemptInFull) => string][] = [
    ['outcome', outcomeText], ['took', ({ durationMs }) => (durationMs > 0 ? duration(durationMs) : '')], ['address', ({ address }) => address], ['tlsVersion', ({ tls }) => tls],
  ];
  const rows = facts.map(([word, of]) => [word, of(before), of(after)] as const).filter(([, a, b]) => a !== b);
  const texts = [before.requestHead !== after.requestHead, before.replyHead !== after.replyHead, before.replyStart !== after.replyStart];
  return (
    <Card id="difference" title={t('difference')}>
      <div class="fields two">
        <SelectField name="from" label={t('firstOf')} value={from} onChange={(value) => setChosen([value, to])} choices={choices} />
        <SelectField name="to" label={t('secondOf')} value={to} onChange={(value) => setChosen([from, value])} choices={choices} />
      </div>
      {rows.length === 0 && !texts.some(Boolean) && <p class="faded" role="status">{t('noDifference')}</p>}
      {rows.length > 0 && (
        <dl class="facts">
          {rows.map(([word, a, b]) => <div key={word}><dt>{t(word)}</dt><dd>{a || t('empty')} → {b || t('empty')}</dd></div>)}
        </dl>
      )}
      <Texts title={t('requestHead')} before={before.requestHead} after={after.requestHead} />
      <Texts title={t('replyHead')} before={before.replyHead} after={after.replyHead} />
      <Texts title={t('replyStart')} before={before.replyStart} after={after.replyStart} />
    </Card>
  );
}
