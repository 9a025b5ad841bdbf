// deliveries.tsx – the search: what was sent where, and what came of it. What is sought stands in the address.
import { useMemo, useState } from 'preact/hooks';
import { deliveryTones, nameOfEndpointId, typeName, useEndpoints, useEventTypes } from '../data';
import { dateTime, number } from '../format';
import { t } from '../language';
import { Badge, Button, Empty, Loading, Moment, Notice, Problem, Title } from '../parts/basics';
import { BulkDialog, RunningBulk, type BulkAction } from '../parts/bulk';
import { DeliveryFilters } from '../parts/delivery_filters';
import { LastAttemptCell } from '../parts/delivery_row';
import { Failures } from '../parts/failures';
import { Pager } from '../parts/pager';
import { periodStart, searchOf, withoutPeriod } from '../parts/query';
import { WideTable, type Column } from '../parts/table';
import { SavedViews } from '../parts/views';
import { TransactionLink } from '../parts/transaction';
import { useRetryKey } from '../retry_key';
import { addressOf, type Parameters } from '../route';
import { get, notifications, withQuery } from '../server';
import type { Answers, Delivery, DeliveryQuery, Endpoint, EventType } from '../types';
import { useTransactions, type Transaction } from '../transactions';
import { useFresh, useLoaded } from '../use';
import { DeliveryDetail } from './delivery';

const pageSize = 25;

function columnsOf(types: EventType[] | undefined, endpoints: Endpoint[] | undefined, names: Map<string, Transaction>, onDone: () => void): Column<Delivery>[] {
  return [
    { title: t('state'), kind: 'state', cell: ({ state }) => <Badge {...deliveryTones[state]}>{t(`state${state}`)}</Badge> },
    {
      title: t('event'),
      kind: 'what',
      cell: ({ event, endpoint }) => (
        <>
          <a href={addressOf('deliveries', { event: event.id, endpoint: endpoint.id })}>{typeName(types, event.name)}</a>
          <span class="faded"> #{number(event.sequence)}</span>
        </>
      ),
    },
    { title: t('endpoint'), kind: 'named', cell: ({ endpoint }) => nameOfEndpointId(endpoints, endpoint.id, endpoint.url) },
    { title: t('transaction'), cell: ({ event }) => <TransactionLink id={event.packageId} names={names} /> },
    { title: t('time'), kind: 'when', cell: ({ event }) => <Moment date={event.createdDate} /> },
    { title: t('lastAttempt'), cell: (delivery) => <LastAttemptCell delivery={delivery} onDone={onDone} /> },
  ];
}

function Toolbar({ query, onBulk }: { query: DeliveryQuery; onBulk: () => void }) {
  const exported = (format: string) => withQuery(`${notifications}/deliveries/export`, { ...query, format });
  return (
    <div class="row">
      <Button icon="replay" onClick={onBulk}>{t('bulk')}</Button>
      {(['csv', 'json'] as const).map((format) => <a key={format} class="button quiet" href={exported(format)} download={`deliveries.${format}`}>{t('exportAs', { format: format.toUpperCase() })}</a>)}
    </div>
  );
}

function Results({ search, query, page, types, endpoints, onBulk }: { search: Parameters; query: DeliveryQuery; page: number; types: EventType[] | undefined; endpoints: Endpoint[] | undefined; onBulk: () => void }) {
  const from = (page - 1) * pageSize + 1;
  const path = withQuery(`${notifications}/deliveries`, { ...query, from, to: from + pageSize - 1 });
  const found = useLoaded(path, (signal) => get<Answers['deliveriesGet']>(path, signal));
  useFresh(found, found.value?.results.some((delivery) => delivery.state === 'PENDING') ? 4000 : 15000);
  const retry = useRetryKey(found.value?.results ?? [], found.reload);
  const names = useTransactions(found.value?.results.map(({ event }) => event.packageId) ?? []);
  if (!found.value) return found.error ? <Problem error={found.error} onRetry={found.reload} /> : <Loading />;
  const { count, results, lookedBackTo } = found.value;
  return (
    <>
      <Problem error={found.error ?? retry.error} />
      {retry.told && <Notice tone="good" onClose={retry.clear}><p>{retry.told}</p></Notice>}
      <div class="row apart">
        <p class="count" role="status">{t('deliveryCount', { count })}</p>
        {count > 0 && <Toolbar query={query} onBulk={onBulk} />}
      </div>
      {results.length === 0 ? (
        <Empty icon="deliveries" title={t(Object.keys(search).length ? 'nothingFound' : 'nothingDelivered')}><p>{t(Object.keys(search).length ? 'nothingFoundText' : 'nothingDeliveredText')}</p></Empty>
      ) : (
        <WideTable caption={t('sectionDeliveries')} columns={columnsOf(types, endpoints, names, found.reload)} items={results} keyOf={(delivery) => `${delivery.event.id} ${delivery.endpoint.id}`} />
      )}
      <Pager page={page} pageSize={pageSize} count={count} addressOfPage={(to) => addressOf('deliveries', { ...search, page: to > 1 ? String(to) : '' })} />
      {lookedBackTo && (
        <Notice tone="calm" isLasting>
          <p>{t('lookedBackTo', { date: dateTime(lookedBackTo) })} <a href={addressOf('deliveries', { ...withoutPeriod(search), until: lookedBackTo })}>{t('lookFurther')}</a></p>
        </Notice>
      )}
    </>
  );
}

/** A bulk action that is being asked about. */
interface Asked {
  query: DeliveryQuery;
  action?: BulkAction;
}

function Search({ parameters }: { parameters: Parameters }) {
  const types = useEventTypes();
  const endpoints = useEndpoints();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [started, setStarted] = useState<string[]>([]);
  const [progress, setProgress] = useState('');
  const search = searchOf(parameters);
  const key = JSON.stringify(search);
  // A time before now is counted from when it was chosen, so that what is shown does not begin anew each moment.
  const query = useMemo<DeliveryQuery>(() => ({ ...withoutPeriod(search), ...(search.period && { since: periodStart(search.period, Date.now()) }) }), [key]);
  const page = Math.max(1, Math.floor(Number(parameters.page)) || 1);
  return (
    <>
      <Title lead={t('deliveriesLead')}>{t('sectionDeliveries')}</Title>
      {types.value && endpoints.value ? <DeliveryFilters search={search} types={types.value} endpoints={endpoints.value} /> : <Problem error={types.error ?? endpoints.error} />}
      <SavedViews section="deliveries" parameters={search} />
      <RunningBulk started={started} types={types.value} endpoints={endpoints.value} onProgress={setProgress} />
      <Failures query={query} endpoints={endpoints.value} progress={progress} onBulk={setAsked} />
      <Results search={search} query={query} page={page} types={types.value} endpoints={endpoints.value} onBulk={() => setAsked({ query })} />
      {asked && <BulkDialog {...asked} types={types.value} endpoints={endpoints.value} onStarted={(id) => setStarted((old) => [...old, id])} onClose={() => setAsked(null)} />}
    </>
  );
}

export function DeliveriesSection({ parameters }: { parameters: Parameters }) {
  if (parameters.event && parameters.endpoint) return <DeliveryDetail eventId={parameters.event} endpointId={parameters.endpoint} />;
  return <Search parameters={parameters} />;
}
