// retry_key.ts – `r` in the list of deliveries.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from './language';
import { call, notifications } from './server';
import { onRowKey } from './shortcuts';
import type { Delivery } from './types';
import { useAction } from './use';

/** `r` retries the delivery of the row that has the focus; one that is over is sent again. */
export function useRetryKey(results: Delivery[], reload: () => void): { error: unknown; told: string; clear: () => void } {
  const action = useAction();
  const [told, setTold] = useState('');
  const current = useRef(results);
  current.current = results;
  useEffect(() => onRowKey('r', (row) => {
    const delivery = current.current[row];
    if (!delivery) return;
    void action.run(async () => {
      const path = `${notifications}/deliveries/${encodeURIComponent(delivery.event.id)}/${encodeURIComponent(delivery.endpoint.id)}`;
      await call('POST', `${path}/${delivery.state === 'PENDING' ? 'retry' : 'resend'}`);
      setTold(t('retriedRow', { number: delivery.event.sequence }));
      reload();
    });
  }), [reload]);
  return { error: action.error, told, clear: () => setTold('') };
}
