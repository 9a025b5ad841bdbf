// deliveries.tsx – the search: what was sent where, and what came of it. What is sought stands in the address.
import { useState } from 'preact/hooks';
import { deliveryTones, endpointName, nameOfEndpointId, typeName, useEndpoints, useEventTypes } from '../data';
import { duration, number } from '../format';
import { colon, isWord, t } from '../language';
import { Badge, Button, Due, Empty, LinkButton, Loading, Moment, Notice, Problem, Title } from '../parts/basics';
import { SelectField, TextField } from '../parts/fields';
import { Icon } from '../parts/icon';
import { Pager } from '../parts/pager';
import { outcomeText } from '../parts/reason';
import { WideTable, type Column } from '../parts/table';
import { SavedViews } from '../parts/views';
import { WaitsFor } from '../parts/waits';
import { useRetryKey } from '../retry_key';
import { addressOf, go, type Parameters } from '../route';
import { get, notifications, withQuery } from '../server';
import { deliveryStates } from '../states';
import type { Answers, Delivery, Endpoint, EventType } from '../types';
import { useFresh, useLoaded } from '../use';
import { DeliveryDetail } from './delivery';

const pageSize = 25;
const errorClasses = ['NAME_RESOLUTION', 'ADDRESS_REFUSED', 'CONNECTION', 'TLS', 'TIMEOUT', 'BROKEN_ANSWER', 'AUTHORIZATION', 'INTERNAL'];
const searchMembers = ['name', 'packageId', 'endpointId', 'eventId', 'state', 'since', 'until', 'httpStatus', 'error'] as const;

const searchOf = (parameters: Parameters): Parameters =>
  Object.fromEntries(searchMembers.map((member) => [member, parameters[member] ?? '']).filter(([, value]) => value));

/* ---- dates: the browser's field has local time, the address and the API have UTC ---- */

export function toLocal(date: string | undefined): string {
  if (!date || Number.isNaN(Date.parse(date))) return '';
  const time = new Date(date);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}

export const toUtc = (local: string): string => (local && !Number.isNaN(Date.parse(local)) ? new Date(local).toISOString() : '');

/* ---- what is sought ---- */

function SearchForm({ search, types, endpoints }: { search: Parameters; types: EventType[]; endpoints: Endpoint[] }) {
  const [draft, setDraft] = useState<Parameters>(search);
  const put = (member: string) => (value: string) => setDraft((old) => ({ ...old, [member]: value }));
  const value = (member: string) => draft[member] ?? '';
  const any = { value: '', label: t('any') };
  const submit = (event: Event) => {
    event.preventDefault();
    go(addressOf('deliveries', Object.fromEntries(Object.entries(draft).map(([name, text]) => [name, text.trim()]))));
  };
  const isFolded = !['packageId', 'eventId', 'since', 'until', 'httpStatus', 'error'].some((member) => search[member]);
  return (
    <form class="card search" onSubmit={submit} role="search" aria-label={t('searchDeliveries')}>
      <div class="fields four">
        <SelectField name="state" label={t('state')} value={value('state')} onChange={put('state')} choices={[any, ...deliveryStates.map((state) => ({ value: state, label: t(`state${state}`) }))]} />
        <SelectField name="name" label={t('event')} value={value('name')} onChange={put('name')} choices={[any, ...types.map((type) => ({ value: type.name, label: typeName(types, type.name) }))]} />
        <SelectField name="endpointId" label={t('endpoint')} value={value('endpointId')} onChange={put('endpointId')} choices={[any, ...withUnknown(endpoints, value('endpointId'))]} />
        <TextField name="packageId" label={t('transaction')} type="search" placeholder="LWsUTvGg…=" isCode value={value('packageId')} onChange={put('packageId')} />
      </div>
      <div class="search-foot">
        <details class="fold grow" open={!isFolded}>
          <summary><Icon name="right" /> <span class="strong">{t('moreFilters')}</span></summary>
          <div class="fields four">
            <TextField name="since" label={t('since')} type="datetime-local" value={toLocal(draft.since)} onChange={(local) => put('since')(toUtc(local))} />
            <TextField name="until" label={t('before')} type="datetime-local" value={toLocal(draft.until)} onChange={(local) => put('until')(toUtc(local))} />
            <TextField name="httpStatus" label={t('httpStatus')} type="number" minimum={0} maximum={999} placeholder="503" value={value('httpStatus')} onChange={put('httpStatus')} />
            <SelectField name="error" label={t('error')} value={value('error')} onChange={put('error')} choices={[any, ...errorClasses.map((name) => ({ value: name, label: errorWord(name) }))]} />
            <TextField name="eventId" label={t('eventId')} isCode placeholder="evt_…" value={value('eventId')} onChange={put('eventId')} />
          </div>
        </details>
        <div class="row">
          {Object.keys(search).length > 0 && <LinkButton kind="quiet" icon="cross" href={addressOf('deliveries')}>{t('showAll')}</LinkButton>}
          <Button kind="primary" icon="search" isSubmit>{t('search')}</Button>
        </div>
      </div>
    </form>
  );
}

const errorWord = (name: string): string => (isWord(`error${name}`) ? t(`error${name}` as 'errorTLS') : name);

/** A deleted endpoint is sought by its id. */
function withUnknown(endpoints: Endpoint[], id: string): { value: string; label: string }[] {
  const choices = endpoints.map((endpoint) => ({ value: endpoint.id, label: endpointName(endpoint) }));
  return !id || choices.some((choice) => choice.value === id) ? choices : [...choices, { value: id, label: id }];
}

/* ---- what is found ---- */

function LastAttempt({ delivery }: { delivery: Delivery }) {
  const { attempts, nextAttemptDate, waitsFor, failureReason } = delivery;
  const last = attempts.at(-1);
  const next = nextAttemptDate && Date.parse(nextAttemptDate) > Date.now() ? nextAttemptDate : null;
  return (
    <>
      {last ? <>{outcomeText(last)} <span class="faded">{duration(last.durationMs)}</span></> : <span class="faded">{t('notTriedYet')}</span>}
      {attempts.length > 1 && <span class="faded block">{t('attempts', { count: attempts.length })}</span>}
      {waitsFor && (waitsFor.reason !== 'NEXT_ATTEMPT' || !next) && <span class="faded block"><WaitsFor delivery={delivery} /></span>}
      {next && <span class="faded block">{colon('nextAttempt')}<Due date={next} /></span>}
      {failureReason === 'CANCELLED' && <span class="faded block">{t('cancelled')}</span>}
    </>
  );
}

function columnsOf(types: EventType[] | undefined, endpoints: Endpoint[] | undefined): Column<Delivery>[] {
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
    { title: t('endpoint'), cell: ({ endpoint }) => nameOfEndpointId(endpoints, endpoint.id, endpoint.url) },
    { title: t('transaction'), cell: ({ event }) => <code class="id">{event.packageId}</code> },
    { title: t('time'), kind: 'when', cell: ({ event }) => <Moment date={event.createdDate} /> },
    { title: t('lastAttempt'), cell: (delivery) => <LastAttempt delivery={delivery} /> },
  ];
}

function Results({ search, page, types, endpoints }: { search: Parameters; page: number; types: EventType[] | undefined; endpoints: Endpoint[] | undefined }) {
  const from = (page - 1) * pageSize + 1;
  const path = withQuery(`${notifications}/deliveries`, { ...search, from, to: from + pageSize - 1 });
  const found = useLoaded(path, (signal) => get<Answers['deliveriesGet']>(path, signal));
  useFresh(found, found.value?.results.some((delivery) => delivery.state === 'PENDING') ? 4000 : 15000);
  const retry = useRetryKey(found.value?.results ?? [], found.reload);
  if (!found.value) return found.error ? <Problem error={found.error} onRetry={found.reload} /> : <Loading />;
  const { count, results } = found.value;
  return (
    <>
      <Problem error={found.error ?? retry.error} />
      {retry.told && <Notice tone="good" onClose={retry.clear}><p>{retry.told}</p></Notice>}
      <p class="count" role="status">{t('deliveryCount', { count })}</p>
      {results.length === 0 ? (
        <Empty icon="deliveries" title={t(Object.keys(search).length ? 'nothingFound' : 'nothingDelivered')}><p>{t(Object.keys(search).length ? 'nothingFoundText' : 'nothingDeliveredText')}</p></Empty>
      ) : (
        <WideTable caption={t('sectionDeliveries')} columns={columnsOf(types, endpoints)} items={results} keyOf={(delivery) => `${delivery.event.id} ${delivery.endpoint.id}`} />
      )}
      <Pager page={page} pageSize={pageSize} count={count} addressOfPage={(to) => addressOf('deliveries', { ...search, page: to > 1 ? String(to) : '' })} />
    </>
  );
}

function Search({ parameters }: { parameters: Parameters }) {
  const types = useEventTypes();
  const endpoints = useEndpoints();
  const search = searchOf(parameters);
  const page = Math.max(1, Math.floor(Number(parameters.page)) || 1);
  return (
    <>
      <Title lead={t('deliveriesLead')}>{t('sectionDeliveries')}</Title>
      {types.value && endpoints.value ? <SearchForm key={JSON.stringify(search)} search={search} types={types.value} endpoints={endpoints.value} /> : <Problem error={types.error ?? endpoints.error} />}
      <SavedViews section="deliveries" parameters={search} />
      <Results search={search} page={page} types={types.value} endpoints={endpoints.value} />
    </>
  );
}

export function DeliveriesSection({ parameters }: { parameters: Parameters }) {
  if (parameters.event && parameters.endpoint) return <DeliveryDetail eventId={parameters.event} endpointId={parameters.endpoint} />;
  return <Search parameters={parameters} />;
}
