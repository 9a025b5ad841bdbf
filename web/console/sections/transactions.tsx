// transactions.tsx – one transaction from its beginning: what happened, what was sent where, and what came of it. And the way to it, by
// its id or its name.
import { useEffect, useRef, useState } from 'preact/hooks';
import { deliveryTones, nameOfEndpointId, typeName, useEndpoints, useEventTypes } from '../data';
import { number } from '../format';
import { isWord, t } from '../language';
import { Badge, Button, Card, Due, Empty, LinkButton, Loading, Moment, Notice, Problem, Title, type Tone } from '../parts/basics';
import { TextField } from '../parts/fields';
import { Icon } from '../parts/icon';
import { Id } from '../parts/id';
import { outcomeText } from '../parts/reason';
import { WideTable, type Column } from '../parts/table';
import { WaitsFor } from '../parts/waits';
import { addressOf, go, type Parameters } from '../route';
import { eventsAtMost, findTransactions, readStory, type Story, type Transaction } from '../transactions';
import type { Delivery, Endpoint, Event as LoggedEvent, EventType } from '../types';
import { useFresh, useLoaded } from '../use';

/* ---- the way to it ---- */

const statusWord = (status: string): string => (isWord(`packageStatus_${status}`) ? t(`packageStatus_${status}` as 'packageStatus_SENT') : status);

const columns = (): Column<Transaction>[] => [
  { title: t('transaction'), kind: 'what', cell: ({ id, name }) => <a href={addressOf('transactions', { id })}>{name ?? id}</a> },
  { title: t('identifier'), cell: ({ id }) => <Id value={id} /> },
  { title: t('state'), kind: 'state', cell: ({ status }) => (status ? <Badge tone="calm">{statusWord(status)}</Badge> : <span class="faded">{t('onNoRecord')}</span>) },
  { title: t('changedOn'), kind: 'when', cell: ({ updatedDate }) => (updatedDate ? <Moment date={updatedDate} /> : <span class="faded">–</span>) },
];

function Found({ search }: { search: string }) {
  const found = useLoaded(`search ${search}`, (signal) => findTransactions(search, signal));
  const last = useRef<Transaction[] | undefined>(undefined);
  last.current = found.value ?? last.current; // what was found stays while more is typed
  if (found.error || !last.current) return found.error ? <Problem error={found.error} onRetry={found.reload} /> : <Loading />;
  return (
    <>
      <p class="count" role="status">{t('transactionCount', { count: last.current.length })}</p>
      {last.current.length === 0
        ? <Empty icon="search" title={t('nothingFound')}><p>{t('noTransactionText')}</p></Empty>
        : <WideTable caption={t('sectionTransactions')} columns={columns()} items={last.current} keyOf={({ id }) => id} />}
    </>
  );
}

const restMs = 350; // after the last key

function Search({ search }: { search: string }) {
  const [text, setText] = useState(search);
  const sent = useRef(search); // what this form has put into the address
  const wanted = text.trim();
  useEffect(() => { // a link, or the way back
    if (search === sent.current) return;
    sent.current = search;
    setText(search);
  }, [search]);
  const seek = () => {
    sent.current = wanted;
    go(addressOf('transactions', { search: wanted }), true);
  };
  useEffect(() => {
    if (wanted === sent.current) return undefined;
    const timer = setTimeout(seek, restMs);
    return () => clearTimeout(timer);
  }, [wanted]);
  const submit = (event: Event) => {
    event.preventDefault();
    if (wanted !== sent.current) seek();
  };
  return (
    <>
      <Title lead={t('transactionsLead')}>{t('sectionTransactions')}</Title>
      <form class="card inline-form" onSubmit={submit} role="search" aria-label={t('searchTransactions')}>
        <TextField name="search" label={t('transactionIdOrName')} type="search" value={text} onChange={setText} />
      </form>
      {search && <Found search={search} />}
    </>
  );
}

/* ---- its story ---- */

const attemptsShown = 4;

/** "Status 503 → Status 200": the first ones are left out of many. */
function Attempts({ delivery: { attempts } }: { delivery: Delivery }) {
  const shown = attempts.slice(-attemptsShown);
  if (shown.length === 0) return <span class="faded">{t('notTriedYet')}</span>;
  return <span class="faded">{t('attempts', { count: attempts.length })} · {attempts.length > attemptsShown && '… → '}{shown.map(outcomeText).join(' → ')}</span>;
}

function DeliveryLine({ delivery, endpoints }: { delivery: Delivery; endpoints: Endpoint[] | undefined }) {
  const { event, endpoint, state } = delivery;
  return (
    <li>
      <Badge {...deliveryTones[state]}>{t(`state${state}`)}</Badge>
      <a href={addressOf('deliveries', { event: event.id, endpoint: endpoint.id })}>{nameOfEndpointId(endpoints, endpoint.id, endpoint.url)}</a>
      <Attempts delivery={delivery} />
      {delivery.waitsFor && <span class="faded"><WaitsFor delivery={delivery} />{delivery.nextAttemptDate && <> · <Due date={delivery.nextAttemptDate} /></>}</span>}
      {delivery.finishedDate && <span class="faded"><Moment date={delivery.finishedDate} /></span>}
    </li>
  );
}

const standing = (deliveries: Delivery[]): Tone | 'next' =>
  deliveries.some(({ state }) => state === 'FAILED') ? 'bad' : deliveries.some(({ state }) => state === 'PENDING') ? 'next' : deliveries.length > 0 ? 'good' : 'calm';

function EventItem({ event, deliveries, types, endpoints }: { event: LoggedEvent; deliveries: Delivery[]; types: EventType[] | undefined; endpoints: Endpoint[] | undefined }) {
  const said = event.message ?? event.documentId;
  return (
    <li class={standing(deliveries)}>
      <div class="attempt-head">
        <h3>{typeName(types, event.name)}</h3>
        <span class="faded"><a href={addressOf('events', { before: String(event.sequence) })}>{t('eventNumbered', { number: event.sequence })}</a> · <Moment date={event.createdDate} /></span>
      </div>
      {event.expungedDate ? <p class="faded">{t('expunged')}</p> : said && <p>{said}</p>}
      {deliveries.length === 0
        ? <p class="faded">{t('sentNowhere')}</p>
        : <ul class="story-deliveries">{deliveries.map((delivery) => <DeliveryLine key={delivery.endpoint.id} delivery={delivery} endpoints={endpoints} />)}</ul>}
    </li>
  );
}

function Facts({ id, story }: { id: string; story: Story }) {
  const { transaction, events } = story;
  const all = [...story.deliveries.values()].flat();
  const countOf = (state: Delivery['state']) => all.filter((delivery) => delivery.state === state).length;
  return (
    <Card id="facts" title={t('transaction')} aside={<a href={addressOf('deliveries', { packageId: id })}>{t('sectionDeliveries')}</a>}>
      <dl class="facts">
        <div><dt>{t('identifier')}</dt><dd><Id value={id} /></dd></div>
        <div><dt>{t('state')}</dt><dd>{transaction?.status ? statusWord(transaction.status) : t('onNoRecord')}</dd></div>
        <div><dt>{t('sectionEvents')}</dt><dd>{number(events.length)}{story.hasMore && '+'}</dd></div>
        <div><dt>{t('delivered')}</dt><dd>{number(countOf('DELIVERED'))}</dd></div>
        <div><dt>{t('waiting')}</dt><dd>{number(countOf('PENDING'))}</dd></div>
        <div><dt>{t('failed')}</dt><dd>{number(countOf('FAILED'))}</dd></div>
      </dl>
    </Card>
  );
}

function Timeline({ id }: { id: string }) {
  const [limit, setLimit] = useState(100);
  const loaded = useLoaded(`story ${id} ${limit}`, (signal) => readStory(id, limit, signal));
  const types = useEventTypes();
  const endpoints = useEndpoints();
  const [shown, setShown] = useState<Story | undefined>(undefined);
  if (loaded.value && loaded.value !== shown) setShown(loaded.value);
  const story = loaded.value ?? shown; // what is there stays while more is on its way
  const isPending = story && [...story.deliveries.values()].flat().some(({ state }) => state === 'PENDING');
  useFresh(loaded, isPending ? 4000 : 0);
  const back = <p class="back"><a href={addressOf('transactions')}><Icon name="left" /> {t('sectionTransactions')}</a></p>;
  if (!story) return <>{back}<Title>{t('transaction')}</Title>{loaded.error ? <Problem error={loaded.error} onRetry={loaded.reload} /> : <Loading />}</>;
  return (
    <>
      {back}
      <Title lead={t('timelineLead')}>{story.transaction?.name ?? id}</Title>
      <Problem error={loaded.error} />
      <Facts id={id} story={story} />
      {!story.isWhole && <Notice tone="calm"><p>{t('newestDeliveriesOnly')}</p></Notice>}
      {story.events.length === 0 ? <Empty icon="events" title={t('noEventsOfIt')}><p>{t('noEventsOfItText')}</p></Empty> : (
        <Card id="story" title={t('timeline')}>
          <ol class="timeline">
            {story.events.map((event) => <EventItem key={event.id} event={event} deliveries={story.deliveries.get(event.id) ?? []} types={types.value} endpoints={endpoints.value} />)}
          </ol>
          {story.hasMore && (limit < eventsAtMost
            ? <Button isBusy={loaded.isLoading} onClick={() => setLimit(eventsAtMost)}>{t('laterEvents')}</Button>
            : <LinkButton href={addressOf('deliveries', { packageId: id })}>{t('sectionDeliveries')}</LinkButton>)}
        </Card>
      )}
    </>
  );
}

export function TransactionsSection({ parameters }: { parameters: Parameters }) {
  return parameters.id ? <Timeline id={parameters.id} /> : <Search search={parameters.search ?? ''} />;
}
