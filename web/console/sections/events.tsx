// events.tsx – the account's log, by number: each event has one, and none is missing.
import { useState } from 'preact/hooks';
import { typeName, useEventTypes } from '../data';
import { number } from '../format';
import { t } from '../language';
import { eventsUntil, newestSequence } from '../log';
import { Badge, Button, Empty, Loading, Moment, Problem, Title } from '../parts/basics';
import { Confirm } from '../parts/dialog';
import { TextField } from '../parts/fields';
import { Icon } from '../parts/icon';
import { WideTable, type Column } from '../parts/table';
import { SavedViews } from '../parts/views';
import { TransactionLink } from '../parts/transaction';
import { addressOf, go, type Parameters } from '../route';
import { call, notifications } from '../server';
import type { Event as LoggedEvent, EventType } from '../types';
import { useTransactions, type Transaction } from '../transactions';
import { useFresh, useLoaded } from '../use';

const pageSize = 50;

function columnsOf(types: EventType[] | undefined, names: Map<string, Transaction>, onExpunge: (event: LoggedEvent) => void): Column<LoggedEvent>[] {
  return [
    { title: t('number'), kind: 'number', cell: ({ sequence }) => number(sequence) },
    { title: t('event'), kind: 'what', cell: ({ id, name }) => <a href={addressOf('deliveries', { eventId: id })}>{typeName(types, name)}</a> },
    { title: t('transaction'), cell: (event) => (event.expungedDate ? <Badge tone="calm" icon="trash">{t('expunged')}</Badge> : <TransactionLink id={event.packageId} names={names} />) },
    { title: t('details'), cell: ({ message, documentId }) => message ?? documentId ?? <span class="faded">–</span> },
    { title: t('time'), kind: 'when', cell: ({ createdDate }) => <Moment date={createdDate} /> },
    {
      title: t('actions'),
      kind: 'end',
      isUntitled: true,
      cell: (event) =>
        !event.expungedDate && <Button kind="quiet" icon="trash" label={t('expungeOf', { number: number(event.sequence), name: typeName(types, event.name) })} onClick={() => onExpunge(event)}>{t('expunge')}</Button>,
    },
  ];
}

function JumpForm() {
  const [text, setText] = useState('');
  const jump = (event: Event) => {
    event.preventDefault();
    if (/^\d+$/.test(text)) go(addressOf('events', { before: text }));
  };
  return (
    <form class="inline-form" onSubmit={jump}>
      <TextField name="before" label={t('goToNumber')} type="number" minimum={1} value={text} onChange={setText} />
      <Button icon="search" isSubmit>{t('goThere')}</Button>
    </form>
  );
}

export function EventsSection({ parameters }: { parameters: Parameters }) {
  const before = /^\d+$/.test(parameters.before ?? '') ? Number(parameters.before) : 0;
  const types = useEventTypes();
  const [wanted, setWanted] = useState<LoggedEvent | null>(null);
  const log = useLoaded(`events ${before}`, async (signal) => {
    const last = before || (await newestSequence(signal));
    const events = await eventsUntil(last, pageSize, signal);
    const isNewest = before === 0 || (await newestSequence(signal)) <= before;
    return { events, isNewest, last };
  });
  useFresh(log, before ? 60000 : 15000);
  const expunge = async () => {
    await call('DELETE', `${notifications}/events/${encodeURIComponent(wanted?.id ?? '')}/payload`);
    setWanted(null);
    log.reload();
  };
  const found = log.value;
  const names = useTransactions(found?.events.map(({ packageId }) => packageId) ?? []);
  const oldest = found?.events.at(-1)?.sequence ?? 1;
  return (
    <>
      <Title lead={t('eventsLead')} aside={<JumpForm />}>{t('sectionEvents')}</Title>
      <SavedViews section="events" parameters={before ? { before: String(before) } : {}} />
      <Problem error={log.error} onRetry={log.reload} />
      {!found ? !log.error && <Loading /> : found.events.length === 0 ? <Empty icon="events" title={t(before ? 'noEventsThere' : 'noEventsYet')}>{!before && <p>{t('noEventsYetText')}</p>}</Empty> : (
        <WideTable caption={t('sectionEvents')} columns={columnsOf(types.value, names, setWanted)} items={found.events} keyOf={({ sequence }) => sequence} />
      )}
      {found && (
        <nav class="pager" aria-label={t('pages')}>
          {found.isNewest ? <span /> : <a class="button secondary" href={addressOf('events', { before: String(found.last + pageSize) })}><Icon name="left" /> <span>{t('newerEvents')}</span></a>}
          {!found.isNewest && <a href={addressOf('events')}>{t('newest')}</a>}
          {oldest > 1 && found.events.length > 0 ? <a class="button secondary" href={addressOf('events', { before: String(oldest - 1) })}><span>{t('olderEvents')}</span> <Icon name="right" /></a> : <span />}
        </nav>
      )}
      {wanted && (
        <Confirm title={t('expungeTitle', { number: number(wanted.sequence) })} confirm={t('expunge')} onConfirm={expunge} onClose={() => setWanted(null)}>
          <p>{t('expungeText')}</p>
          <p>{t('expungeKeeps')}</p>
        </Confirm>
      )}
    </>
  );
}
