// history.tsx – the configuration's history: who changed what, from what to what; undoing a change.
import { useState } from 'preact/hooks';
import { actionWord, memberWord, useActorName, useAuditNames, valueWord } from '../audit';
import { listed, type Names } from '../client_apps';
import { isWord, t } from '../language';
import { Button, Empty, LinkButton, Loading, Moment, Notice, Problem, Title } from '../parts/basics';
import { Confirm } from '../parts/dialog';
import { SelectField } from '../parts/fields';
import { Id } from '../parts/id';
import { addressOf, go, type Parameters } from '../route';
import { call, get, ServerError, withQuery } from '../server';
import type { Answers, HistoryChange, HistoryEntry, HistoryKind } from '../types';
import { useLoaded } from '../use';

const path = '/api/account/history';
const kinds: HistoryKind[] = ['endpoint', 'retention', 'clientApp', 'authentication', 'role', 'memberRoles', 'systemSettings', 'subaccount', 'account'];

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Settings within a setting are told one by one. */
function flat(change: HistoryChange): HistoryChange[] {
  const { before, after } = change;
  if (!isObject(before) || !isObject(after)) return [change];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => change.masked || JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({ ...change, member: name, before: before[name], after: after[name] }));
}

function nameOf(kind: HistoryKind, member: string): string {
  for (const key of kind === 'retention' ? [`kind_${member}`] : kind === 'account' ? [`feature_${member}`] : []) if (isWord(key)) return t(key);
  return memberWord(member);
}

const isPair = (value: unknown): value is { key: string; value: string } => isObject(value) && typeof value.key === 'string' && typeof value.value === 'string';

function valueOf(kind: HistoryKind, member: string, value: unknown, names: Names): string {
  if (value === undefined || value === null) return t(kind === 'retention' ? 'asServer' : 'detailEmpty');
  if (Array.isArray(value) && value.some(isPair)) return listed(value.filter(isPair).map((pair) => `${pair.key}: ${pair.value}`));
  const state = `state${String(value).charAt(0)}${String(value).slice(1).toLowerCase()}`;
  if (member === 'state' && isWord(state)) return t(state);
  return isObject(value) && Object.keys(value).length === 0 ? t('detailEmpty') : valueWord(member, value, names);
}

function Change({ kind, change, names }: { kind: HistoryKind; change: HistoryChange; names: Names }) {
  const { member, before, after, masked, replaced, omitted } = change;
  return (
    <div>
      <dt>{nameOf(kind, member)}{masked && <span class="faded"> ({t('historyMasked')})</span>}</dt>
      <dd>
        {replaced ? t('historyReplaced') : omitted ? t('historyOmitted') : (
          <>
            <span class="unseen">{t('detailBefore')} </span><del>{valueOf(kind, member, before, names)}</del> <span aria-hidden="true">→</span> <span class="unseen">{t('detailAfter')} </span>
            {valueOf(kind, member, after, names)}
          </>
        )}
      </dd>
    </div>
  );
}

const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === '' || value === 0 || value === false || (typeof value === 'object' && Object.values(value).every(isEmpty));

/** What it had when it was made, or deleted. */
function Values({ entry, names }: { entry: HistoryEntry; names: Names }) {
  const side = entry.undo.reason === 'CREATED' ? 'after' : 'before';
  const changes = entry.changes.filter(({ replaced, omitted, [side]: value }) => replaced || omitted || !isEmpty(value));
  return (
    <details class="values">
      <summary>{t('historyValues')}</summary>
      <dl class="changes">
        {changes.map(({ member, replaced, omitted, [side]: value }) => (
          <div key={member}><dt>{nameOf(entry.kind, member)}</dt><dd>{replaced ? t('historySet') : omitted ? t('historyOmitted') : valueOf(entry.kind, member, value, names)}</dd></div>
        ))}
      </dl>
    </details>
  );
}

function Changes({ entry, names }: { entry: HistoryEntry; names: Names }) {
  return (
    <dl class="changes">
      {entry.changes.flatMap(flat).map((change, i) => <Change key={`${change.member} ${i}`} kind={entry.kind} change={change} names={names} />)}
    </dl>
  );
}

/** What stands after it: the other way round. */
function UndoDialog({ entry, names, onUndone, onClose }: { entry: HistoryEntry; names: Names; onUndone: () => void; onClose: () => void }) {
  const values = entry.changes.filter(({ replaced }) => !replaced);
  const [needsSecret, setNeedsSecret] = useState(false);
  const undo = async () => {
    try {
      await call('POST', `${path}/${entry.sequence}/undo`);
    } catch (error) {
      if (!(error instanceof ServerError && error.key === 'error.validation.missingField')) throw error;
      setNeedsSecret(true);
      return;
    }
    onUndone();
  };
  return (
    <Confirm title={t('undoTitle')} confirm={t('undo')} dismiss={t('close')} isHarmless onConfirm={undo} onClose={onClose}>
      <p>{t('undoText')}</p>
      <Changes entry={{ ...entry, changes: values.map((change) => ({ ...change, before: change.after, after: change.before })) }} names={names} />
      {values.length < entry.changes.length && <p class="faded">{t('undoSecrets')}</p>}
      {needsSecret && <Notice tone="bad" isUrgent><p>{t('undoNeedsSecret')}</p></Notice>}
    </Confirm>
  );
}

function Entry({ entry, names, onUndo }: { entry: HistoryEntry; names: Names; onUndo: () => void }) {
  const actorName = useActorName();
  const { action, name, subject, address, date, undo, undoes, kind, sequence } = entry;
  const title = names[subject] ?? name;
  return (
    <li class="card">
      <div class="card-head">
        <h2>{actionWord(action)}{title && <span class="faded"> · {title}</span>}</h2>
        {undo.possible && <Button icon="replay" label={`${t('undo')} – ${actionWord(action)} ${title}`} onClick={onUndo}>{t('undo')}</Button>}
      </div>
      <p class="faded">
        {actorName(entry, names)} · <Moment date={date} />{address && <> · {t('historyFrom', { address })}</>}
        {undoes !== undefined && <> · {t('historyUndid', { number: undoes })}</>}
        {' '}· <a href={addressOf('history', { kind, subject })}>{t(`history_${kind}`)}</a> · № {sequence}
      </p>
      {subject && <p class="faded"><Id value={subject} /></p>}
      {undo.reason === 'CREATED' || undo.reason === 'DELETED' ? <Values entry={entry} names={names} /> : <Changes entry={entry} names={names} />}
      {!undo.possible && undo.reason && <p class="faded">{t(`notUndone${undo.reason}`)}</p>}
    </li>
  );
}

export function HistorySection({ parameters }: { parameters: Parameters }) {
  const names = useAuditNames();
  const { kind = '', subject = '', before = '' } = parameters;
  const loaded = useLoaded(`history ${kind} ${subject} ${before}`, (signal) => get<Answers['historyGet']>(withQuery(path, { kind, subject, before }), signal));
  const [undoing, setUndoing] = useState<HistoryEntry | null>(null);
  const [isUndone, setUndone] = useState(false);
  const found = loaded.value;
  const done = () => {
    setUndoing(null);
    setUndone(true);
    loaded.reload();
  };
  return (
    <>
      <Title lead={t('historyLead')}>{t('sectionHistory')}</Title>
      {isUndone && <Notice tone="good" onClose={() => setUndone(false)}><p>{t('undoDone')}</p></Notice>}
      <div class="history-search">
        <SelectField name="kind" label={t('historyKind')} value={kind} onChange={(value) => go(addressOf('history', { kind: value }))} choices={[{ value: '', label: t('historyAll') }, ...kinds.map((value) => ({ value, label: t(`history_${value}`) }))]} />
        {subject && <p>{t('historyOnly', { name: names[subject] ?? found?.results[0]?.name ?? subject })} <a href={addressOf('history', { kind })}>{t('showAll')}</a></p>}
      </div>
      <Problem error={loaded.error} onRetry={loaded.reload} />
      {found ? found.results.length === 0
        ? <Empty icon="history" title={t('historyNone')}><p>{t('historyNoneText')}</p></Empty>
        : (
          <>
            <ol class="history">{found.results.map((entry) => <Entry key={entry.sequence} entry={entry} names={names} onUndo={() => setUndoing(entry)} />)}</ol>
            {found.next !== null && <p><LinkButton icon="down" href={addressOf('history', { kind, subject, before: String(found.next) })}>{t('historyNext')}</LinkButton></p>}
          </>
        ) : !loaded.error && <Loading />}
      {undoing && <UndoDialog entry={undoing} names={names} onUndone={done} onClose={() => setUndoing(null)} />}
    </>
  );
}
