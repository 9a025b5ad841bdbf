// outcomes.tsx – the last deliveries to an endpoint, one mark each, newest at the right; and the share that arrived.
import { number, percent } from '../format';
import { t } from '../language';
import { get, notifications, withQuery } from '../server';
import type { DeliveryState } from '../states';
import type { Answers, Delivery } from '../types';

export const lastCount = 20;

/** What came of them: tried and failed so far is worse than not tried yet. */
export type Outcome = DeliveryState | 'RETRYING';

export const outcomeOf = (delivery: Delivery): Outcome => (delivery.state === 'PENDING' && delivery.attempts.length > 0 ? 'RETRYING' : delivery.state);

export async function readOutcomes(endpointId: string, signal?: AbortSignal): Promise<Outcome[]> {
  const { results } = await get<Answers['deliveriesGet']>(withQuery(`${notifications}/deliveries`, { endpointId, from: 1, to: lastCount }), signal);
  return results.map(outcomeOf).reverse();
}

/** Heights and holes tell them apart where colours do not. */
export function OutcomeStrip({ outcomes }: { outcomes: Outcome[] }) {
  const delivered = outcomes.filter((outcome) => outcome === 'DELIVERED').length;
  const tried = outcomes.filter((outcome) => outcome !== 'PENDING').length;
  if (outcomes.length === 0) return <p class="faded">{t('nothingSentYet')}</p>;
  return (
    <div class="outcomes">
      <svg viewBox={`0 0 ${lastCount * 8} 24`} preserveAspectRatio="xMinYMax meet" role="img" aria-label={t('outcomesSummary', { delivered, count: outcomes.length })}>
        {outcomes.map((outcome, i) => {
          const x = i * 8 + 1;
          return outcome === 'PENDING' || outcome === 'RETRYING'
            ? <rect key={i} class={outcome} x={x + 0.75} y={12.75} width={4.5} height={10.5} rx={1} />
            : <rect key={i} class={outcome} x={x} y={outcome === 'DELIVERED' ? 6 : 0} width={6} height={outcome === 'DELIVERED' ? 18 : 24} rx={1} />;
        })}
      </svg>
      {tried > 0 && <span><b>{percent(delivered / tried)}</b> <span class="faded">{t('ofLast', { count: number(tried) })}</span></span>}
    </div>
  );
}
