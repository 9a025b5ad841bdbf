// audit.tsx – the audit log: who did what, when, from where; what is sought stands in the address. One entry in full, with what it changed.
import { useState } from 'preact/hooks';
import { actions, actionWord, auditPath, changesOf, memberWord, readBefore, useActorName, useAuditNames, valueWord } from '../audit';
import type { Names } from '../client_apps';
import { dateTime, number, toLocal, toUtc } from '../format';
import { t } from '../language';
import { Button, Empty, LinkButton, Loading, Moment, Problem, Title } from '../parts/basics';
import { Dialog } from '../parts/dialog';
import { SelectField, TextField } from '../parts/fields';
import { Id } from '../parts/id';
import { Pager } from '../parts/pager';
import { WideTable, type Column } from '../parts/table';
import { SavedViews } from '../parts/views';
import { addressOf, go, type Parameters } from '../route';
import { get, withQuery } from '../server';
import type { Answers, StoredAuditEntry } from '../types';
import { useLoaded } from '../use';

const pageSize = 25;
const members = ['action', 'actor', 'target', 'startDate', 'endDate'] as const;

const searchOf = (parameters: Parameters): Parameters =>
  Object.fromEntries(members.map((member) => [member, parameters[member] ?? '']).filter(([, value]) => value));

const actionChoices = (): { value: string; label: string }[] =>
  Object.entries(actions).flatMap(([group, ones]) => [
    { value: group, label: actionWord(group) },
    ...ones.map((one) => ({ value: `${group}.${one}`, label: `\u00a0\u00a0\u00a0${actionWord(`${group}.${one}`)}` })),
  ]);

function actorChoices(names: Names, chosen: string): { value: string; label: string }[] {
  const known = Object.entries(names).map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label));
  return !chosen || names[chosen] ? known : [...known, { value: chosen, label: chosen }];
}

function SearchForm({ search, names }: { search: Parameters; names: Names }) {
  const [draft, setDraft] = useState<Parameters>(search);
  const put = (member: string) => (value: string) => setDraft((old) => ({ ...old, [member]: value }));
  const value = (member: string) => draft[member] ?? '';
  const any = { value: '', label: t('anything') };
  const submit = (event: Event) => {
    event.preventDefault();
    go(addressOf('audit', draft));
  };
  return (
    <form class="card search" onSubmit={submit} role="search" aria-label={t('searchAudit')}>
      <div class="fields four">
        <SelectField name="action" label={t('auditAction')} value={value('action')} onChange={put('action')} choices={[any, ...actionChoices()]} />
        <SelectField name="actor" label={t('auditActor')} value={value('actor')} onChange={put('actor')} choices={[{ value: '', label: t('anybody') }, ...actorChoices(names, value('actor'))]} />
        <TextField name="startDate" label={t('since')} type="datetime-local" value={toLocal(draft.startDate)} onChange={(local) => put('startDate')(toUtc(local))} />
        <TextField name="endDate" label={t('before')} type="datetime-local" value={toLocal(draft.endDate)} onChange={(local) => put('endDate')(toUtc(local))} />
      </div>
      <div class="search-foot row">
        {Object.keys(search).length > 0 && <LinkButton kind="quiet" icon="cross" href={addressOf('audit')}>{t('showAll')}</LinkButton>}
        <a class="button secondary" href={withQuery(`${auditPath}/export`, search)} download="audit.jsonl">{t('auditExport')}</a>
        <Button kind="primary" icon="search" isSubmit>{t('search')}</Button>
      </div>
    </form>
  );
}

/* ---- one entry ---- */

function Changes({ entry, names }: { entry: StoredAuditEntry; names: Names }) {
  const before = useLoaded(`before ${entry.sequence}`, (signal) => readBefore(entry, signal));
  if (before.value === undefined) return before.error ? <Problem error={before.error} onRetry={before.reload} /> : <Loading />;
  const changes = changesOf(entry, before.value ?? undefined);
  if (changes.length === 0) return <p class="faded">{t(before.value ? 'auditNoChange' : 'auditNoDetail')}</p>;
  return (
    <dl class="changes">
      {changes.map((change) => (
        <div key={change.member}>
          <dt>{memberWord(change.member)}</dt>
          <dd>
            {'before' in change && <><span class="unseen">{t('detailBefore')} </span><del>{valueWord(change.member, change.before, names)}</del> <span aria-hidden="true">→</span> <span class="unseen">{t('detailAfter')} </span></>}
            {valueWord(change.member, change.after, names)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function EntryPanel({ entry, names, onClose }: { entry: StoredAuditEntry; names: Names; onClose: () => void }) {
  const actorName = useActorName();
  const { sequence, action, target, address, date, hash } = entry;
  return (
    <Dialog title={actionWord(action)} isPanel onClose={onClose}>
      <dl class="facts">
        <div><dt>{t('auditNumber')}</dt><dd>{number(sequence)}</dd></div>
        <div><dt>{t('time')}</dt><dd>{dateTime(date)}</dd></div>
        <div><dt>{t('auditActor')}</dt><dd>{actorName(entry, names)}<span class="block faded"><Id value={entry.actor.id} /></span></dd></div>
        <div><dt>{t('auditAddress')}</dt><dd>{address || t('auditNoAddress')}</dd></div>
        <div><dt>{t('auditTarget')}</dt><dd>{names[target] ?? ''} <Id value={target} /></dd></div>
        <div><dt>{t('auditAction')}</dt><dd><code>{action}</code></dd></div>
      </dl>
      <h3>{t('auditWhat')}</h3>
      <Changes entry={entry} names={names} />
      <h3>{t('auditHash')}</h3>
      <p class="key"><Id value={hash} /></p>
      <p class="more"><a href={addressOf('audit', { target })} onClick={onClose}>{t('auditSameTarget')}</a></p>
    </Dialog>
  );
}

/* ---- the list ---- */

function summaryOf({ detail }: StoredAuditEntry): string {
  const text = [detail.name, detail.email, detail.url].find((value) => typeof value === 'string' && value);
  return typeof text === 'string' ? text : '';
}

function columnsOf(names: Names, actorName: ReturnType<typeof useActorName>, open: (entry: StoredAuditEntry) => void): Column<StoredAuditEntry>[] {
  return [
    { title: t('auditAction'), kind: 'what', cell: (entry) => <>{actionWord(entry.action)}<span class="block faded">{names[entry.target] ?? summaryOf(entry)}</span></> },
    { title: t('auditActor'), cell: (entry) => actorName(entry, names) },
    { title: t('auditAddress'), cell: ({ address }) => address || <span class="faded">{t('auditNoAddress')}</span> },
    { title: t('time'), kind: 'when', cell: ({ date }) => <Moment date={date} /> },
    { title: t('details'), kind: 'named', isUntitled: true, cell: (entry) => <Button kind="quiet" label={t('auditDetailsOf', { number: entry.sequence })} onClick={() => open(entry)}>{t('details')}</Button> },
  ];
}

export function AuditSection({ parameters }: { parameters: Parameters }) {
  const names = useAuditNames();
  const actorName = useActorName();
  const [opened, setOpened] = useState<StoredAuditEntry | null>(null);
  const search = searchOf(parameters);
  const page = Math.max(1, Math.floor(Number(parameters.page)) || 1);
  const path = withQuery(auditPath, { ...search, from: (page - 1) * pageSize + 1, to: page * pageSize });
  const found = useLoaded(path, (signal) => get<Answers['auditGet']>(path, signal));
  return (
    <>
      <Title lead={t('auditLead')}>{t('sectionAudit')}</Title>
      <SearchForm key={JSON.stringify(search)} search={search} names={names} />
      <SavedViews section="audit" parameters={search} />
      {search.target && <p>{t('auditOnly', { name: names[search.target] ?? search.target })}</p>}
      <Problem error={found.error} onRetry={found.reload} />
      {!found.value ? !found.error && <Loading /> : (
        <>
          <p class="count" role="status">{t('auditCount', { count: found.value.count })}</p>
          {found.value.results.length === 0
            ? <Empty icon="audit" title={t('auditNothing')}><p>{t('auditNothingText')}</p></Empty>
            : <WideTable caption={t('sectionAudit')} columns={columnsOf(names, actorName, setOpened)} items={found.value.results} keyOf={({ sequence }) => sequence} />}
          <Pager page={page} pageSize={pageSize} count={found.value.count} addressOfPage={(wanted) => addressOf('audit', { ...search, page: wanted > 1 ? String(wanted) : '' })} />
        </>
      )}
      {opened && <EntryPanel entry={opened} names={names} onClose={() => setOpened(null)} />}
    </>
  );
}
