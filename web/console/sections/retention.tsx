// retention.tsx – how long what is kept, and how much of it there is.
import { useState } from 'preact/hooks';
import { number, span } from '../format';
import { colon, isWord, t } from '../language';
import { Ago, Card, Loading, Notice, Problem, ProgressBar, Title } from '../parts/basics';
import { TextField } from '../parts/fields';
import { Form } from '../parts/form';
import { HistoryLink } from '../parts/history_link';
import { Icon } from '../parts/icon';
import { useUnsaved } from '../parts/unsaved';
import { addressOf, type Parameters } from '../route';
import { get, notifications } from '../server';
import type { Retention } from '../types';
import { useDraft, useLoaded, useNow } from '../use';
import { change as store } from '../versions';

const path = `${notifications}/retention`;
const daysMax = 36500;

type Kind = Retention['kinds'][number];
type Days = Record<string, string>; // "": the server's

const kindName = (kind: string): string => (isWord(`kind_${kind}`) ? t(`kind_${kind}` as 'kind_events') : kind);
const kindText = (kind: string): string => (isWord(`kindText_${kind}`) ? t(`kindText_${kind}` as 'kindText_events') : '');
const daysOf = (retention: Retention): Days => Object.fromEntries(retention.kinds.map(({ kind, days, isOwn }) => [kind, isOwn ? String(days) : '']));

const bodyOf = (days: Days) => ({ days: Object.fromEntries(Object.entries(days).map(([kind, text]) => [kind, text.trim() === '' ? null : Number(text)])) });

/** How far the oldest is on its way out. */
function Age({ kind }: { kind: Kind }) {
  const now = useNow(60000);
  if (!kind.oldestDate) return <p class="faded">{t('nothingKept')}</p>;
  const ageDays = (now - Date.parse(kind.oldestDate)) / 86400000;
  const share = kind.days > 0 ? Math.min(1, ageDays / kind.days) : 0;
  return (
    <>
      {kind.days > 0 && <ProgressBar value={share} label={t('ageOf', { name: kindName(kind.kind), age: span(ageDays * 86400), days: kind.days })} />}
      <p class="faded">{colon('oldestKept')}<Ago date={kind.oldestDate} /></p>
    </>
  );
}

function Editor({ retention, onSaved }: { retention: Retention; onSaved: (retention: Retention) => void }) {
  const { base, draft: days, isDirty, change } = useDraft(retention, daysOf);
  useUnsaved(isDirty);
  const check = () =>
    Object.fromEntries(Object.entries(days).filter(([, text]) => text.trim() !== '' && (!/^\d+$/.test(text.trim()) || Number(text) > daysMax)).map(([kind]) => [`days.${kind}`, t('numberRange', { minimum: 0, maximum: daysMax })]));
  const save = async () => {
    onSaved(await store<Retention, Retention>({ method: 'PUT', path, base, body: bodyOf(days), bodyOf: (stored) => bodyOf(daysOf(stored)), history: ['retention', ''] }));
  };
  return (
    <Form check={check} submit={save} submitWord={t('save')} isDirty={isDirty}>
      <ul class="kinds">
        {retention.kinds.map((kind) => (
          <li key={kind.kind} class="card">
            <div class="kind-head">
              <h2>{kindName(kind.kind)}</h2>
              <p class="kind-count">{number(kind.count)}</p>
            </div>
            <p class="faded">{kindText(kind.kind)}</p>
            <Age kind={kind} />
            <TextField
              name={`days.${kind.kind}`}
              label={t('keepFor')}
              labelMore={kindName(kind.kind)}
              type="number"
              unit={t('days')}
              minimum={0}
              maximum={daysMax}
              placeholder={kind.isOwn ? t('asServer') : kind.days === 0 ? t('forEver') : String(kind.days)}
              hint={kind.isOwn ? t('ownDays') : kind.days === 0 ? t('serverForEver') : t('serverDays', { count: kind.days })}
              value={days[kind.kind] ?? ''}
              onChange={(text) => change({ [kind.kind]: text })}
            />
          </li>
        ))}
      </ul>
    </Form>
  );
}

export function RetentionSection(_: { parameters: Parameters }) {
  const loaded = useLoaded('retention', (signal) => get<Retention>(path, signal));
  const [saved, setSaved] = useState<Retention | null>(null);
  const retention = saved ?? loaded.value;
  return (
    <>
      <Title lead={t('retentionLead')} aside={<HistoryLink kind="retention" />}>{t('sectionRetention')}</Title>
      {saved && <Notice tone="good"><p>{t('saved')}</p></Notice>}
      <Problem error={loaded.error} onRetry={loaded.reload} />
      {retention ? (
        <>
          <Card id="pending" title={t('pendingKept')}>
            <p><Icon name="wait" /> {retention.pending.count === 0 ? t('nothingWaits') : <><a href={addressOf('deliveries', { state: 'PENDING' })}>{t('waitingCount', { count: retention.pending.count })}</a>{retention.pending.oldestDate && <> · {colon('oldest')}<Ago date={retention.pending.oldestDate} /></>}</>}</p>
            <p class="faded">{t('pendingKeptText')}</p>
          </Card>
          <Editor key={JSON.stringify(daysOf(retention))} retention={retention} onSaved={setSaved} />
        </>
      ) : !loaded.error && <Loading />}
    </>
  );
}
