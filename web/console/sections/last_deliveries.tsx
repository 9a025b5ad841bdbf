// last_deliveries.tsx – the last deliveries of one endpoint; the log has all of them.
import { deliveryTones, typeName, useEventTypes } from '../data';
import { t } from '../language';
import { Badge, Empty, LinkButton, Loading, Moment, Notice, Problem } from '../parts/basics';
import { LastAttemptCell } from '../parts/delivery_row';
import { lastCount } from '../parts/outcomes';
import { WideTable, type Column } from '../parts/table';
import { TransactionLink } from '../parts/transaction';
import { useRetryKey } from '../retry_key';
import { addressOf } from '../route';
import { get, notifications, withQuery } from '../server';
import type { Answers, Delivery, Endpoint, EventType } from '../types';
import { useTransactions, type Transaction } from '../transactions';
import { useFresh, useLoaded } from '../use';

function columnsOf(types: EventType[] | undefined, endpoint: Endpoint, names: Map<string, Transaction>, onDone: () => void): Column<Delivery>[] {
  return [
    { title: t('event'), kind: 'what', cell: ({ event }) => <a href={addressOf('deliveries', { event: event.id, endpoint: endpoint.id })}>{typeName(types, event.name)}</a> },
    { title: t('state'), kind: 'state', cell: ({ state }) => <Badge tone={deliveryTones[state].tone} icon={deliveryTones[state].icon}>{t(`state${state}`)}</Badge> },
    { title: t('transaction'), cell: ({ event }) => <TransactionLink id={event.packageId} names={names} /> },
    { title: t('time'), kind: 'when', cell: ({ event }) => <Moment date={event.createdDate} /> },
    { title: t('lastAttempt'), cell: (delivery) => <LastAttemptCell delivery={delivery} onDone={onDone} /> },
  ];
}

export function LastDeliveries({ endpoint }: { endpoint: Endpoint }) {
  const types = useEventTypes();
  const last = useLoaded(`last deliveries ${endpoint.id}`, (signal) => get<Answers['deliveriesGet']>(withQuery(`${notifications}/deliveries`, { endpointId: endpoint.id, from: 1, to: lastCount }), signal));
  useFresh(last, 10000, 3000);
  const results = last.value?.results ?? [];
  const names = useTransactions(results.map(({ event }) => event.packageId));
  const retry = useRetryKey(results, last.reload);
  return (
    <>
      <Problem error={last.error} onRetry={last.reload} />
      <Problem error={retry.error} />
      {retry.told && <Notice tone="good" onClose={retry.clear}><p>{retry.told}</p></Notice>}
      {!last.value ? !last.error && <Loading /> : results.length === 0 ? <Empty icon="deliveries" title={t('nothingSentYet')} /> : (
        <>
          <WideTable caption={t('tabDeliveries')} columns={columnsOf(types.value, endpoint, names, last.reload)} items={results} keyOf={({ event }) => event.id} />
          <p><LinkButton icon="deliveries" href={addressOf('deliveries', { endpointId: endpoint.id })}>{t('itsDeliveries')}</LinkButton></p>
        </>
      )}
    </>
  );
}
