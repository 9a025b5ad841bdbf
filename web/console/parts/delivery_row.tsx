// delivery_row.tsx – what came of a delivery last, and what can be done about it at once: a cell of a list of deliveries.
import { duration, number } from '../format';
import { colon, t } from '../language';
import { call, notifications } from '../server';
import type { Delivery, DeliveryInFull } from '../types';
import { useAction } from '../use';
import { Button, Due, Problem } from './basics';
import { outcomeText } from './reason';
import { WaitsFor } from './waits';

function LastAttempt({ delivery }: { delivery: Delivery }) {
  const { attempts, nextAttemptDate, waitsFor, failureReason } = delivery;
  const last = attempts.at(-1);
  const next = nextAttemptDate && Date.parse(nextAttemptDate) > Date.now() ? nextAttemptDate : null;
  return (
    <>
      {last ? <>{outcomeText(last)} <span class="faded">{last.durationMs > 0 && duration(last.durationMs)}</span></> : <span class="faded">{t('notTriedYet')}</span>}
      {attempts.length > 1 && <span class="faded block">{t('attempts', { count: attempts.length })}</span>}
      {waitsFor && (waitsFor.reason !== 'NEXT_ATTEMPT' || !next) && <span class="faded block"><WaitsFor delivery={delivery} /></span>}
      {next && <span class="faded block">{colon('nextAttempt')}<Due date={next} /></span>}
      {failureReason === 'CANCELLED' && <span class="faded block">{t('cancelled')}</span>}
    </>
  );
}

/** What can be done about it at once. */
function RowAction({ delivery, onDone }: { delivery: Delivery; onDone: () => void }) {
  const action = useAction();
  const { event, endpoint, state, waitsFor } = delivery;
  const verb = state !== 'PENDING' ? (event.expungedDate ? null : 'resend') : waitsFor?.reason === 'NEXT_ATTEMPT' || waitsFor?.reason === 'ENDPOINT_RESTING' ? 'retry' : null;
  if (!verb) return null;
  const run = () => action.run(async () => {
    await call<DeliveryInFull>('POST', `${notifications}/deliveries/${encodeURIComponent(event.id)}/${encodeURIComponent(endpoint.id)}/${verb}`);
    onDone();
  });
  const word = t(verb === 'retry' ? 'retryShort' : 'resendShort');
  return (
    <>
      <Button kind="quiet" icon="replay" isBusy={action.isBusy} label={`${word} – #${number(event.sequence)}`} onClick={() => void run()}>{word}</Button>
      <Problem error={action.error} />
    </>
  );
}

export function LastAttemptCell({ delivery, onDone }: { delivery: Delivery; onDone: () => void }) {
  return (
    <div class="last-attempt">
      <div><LastAttempt delivery={delivery} /></div>
      <RowAction delivery={delivery} onDone={onDone} />
    </div>
  );
}
