// last_deliveries.tsx – the last deliveries of one endpoint; the log has all of them.
import { deliveryTones, typeName, useEventTypes } from '../data';
import { duration } from '../format';
import { t } from '../language';
import { Badge, Empty, LinkButton, Loading, Moment, Problem } from '../parts/basics';
import { lastCount } from '../parts/outcomes';
import { outcomeText } from '../parts/reason';
import { WideTable, type Column } from '../parts/table';
import { addressOf } from '../route';
import { get, notifications, withQuery } from '../server';
import type { Answers, Delivery, Endpoint, EventType } from '../types';
import { useFresh, useLoaded } from '../use';

function columnsOf(types: EventType[] | undefined, endpoint: Endpoint): Column<Delivery>[] {
  return [
    { title: t('event'), kind: 'what', cell: ({ event }) => <a href={addressOf('deliveries', { event: event.id, endpoint: endpoint.id })}>{typeName(types, event.name)}</a> },
    { title: t('state'), kind: 'state', cell: ({ state }) => <Badge tone={deliveryTones[state].tone} icon={deliveryTones[state].icon}>{t(`state${state}`)}</Badge> },
    { title: t('transaction'), cell: ({ event }) => <code class="id">{event.packageId}</code> },
    {
      title: t('lastAttempt'),
      cell: ({ attempts }) => {
        const last = attempts.at(-1);
        return last ? <>{outcomeText(last)} · {duration(last.durationMs)}</> : <span class="faded">–</span>;
      },
    },
    { title: t('time'), kind: 'when', cell: ({ event }) => <Moment date={event.createdDate} /> },
  ];
}

export function LastDeliveries({ endpoint }: { endpoint: Endpoint }) {
  const types = useEventTypes();
  const last = useLoaded(`last deliveries ${endpoint.id}`, (signal) => get<Answers['deliveriesGet']>(withQuery(`${notifications}/deliveries`, { endpointId: endpoint.id, from: 1, to: lastCount }), signal));
  useFresh(last, 10000, 3000);
  return (
    <>
      <Problem error={last.error} onRetry={last.reload} />
      {!last.value ? !last.error && <Loading /> : last.value.results.length === 0 ? <Empty icon="deliveries" title={t('nothingSentYet')} /> : (
        <>
          <WideTable caption={t('tabDeliveries')} columns={columnsOf(types.value, endpoint)} items={last.value.results} keyOf={({ event }) => event.id} />
          <p><LinkButton icon="deliveries" href={addressOf('deliveries', { endpointId: endpoint.id })}>{t('itsDeliveries')}</LinkButton></p>
        </>
      )}
    </>
  );
}
