// waits.tsx – why a pending delivery is not sent now, in words.
import { number } from '../format';
import { colon, t } from '../language';
import { addressOf } from '../route';
import type { Delivery, DeliveryInFull } from '../types';

/** What it waits for. For an earlier event: with a link to the delivery of that event to the same endpoint. */
export function WaitsFor({ delivery: { waitsFor, endpoint } }: { delivery: Delivery | DeliveryInFull }) {
  if (!waitsFor) return null;
  const { reason, event } = waitsFor;
  if (event)
    return <>{colon('waitsEARLIER_EVENT')}<a href={addressOf('deliveries', { event: event.id, endpoint: endpoint.id })}>{t('eventNumbered', { number: number(event.sequence) })}</a></>;
  return <>{t(`waits${reason}`)}</>;
}
