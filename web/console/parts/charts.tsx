// charts.tsx – all charts of an account or an endpoint, over a range that is chosen once for all of them.
import { useEffect } from 'preact/hooks';
import { useEventTypes, type TypeName } from '../data';
import { percent, zone } from '../format';
import { t, type Word } from '../language';
import { addressOf, go, route } from '../route';
import { failureShare, isEmpty, plotsOf, ranges, readStatistics, type Answer, type Range } from '../statistics';
import { useFresh, useLoaded, useNow } from '../use';
import { Button, Card, Loading, Problem } from './basics';
import { Patterns, PlotView } from './plot';

const rangeWords: Record<Range, Word> = { hour: 'range_hour', day: 'range_day', week: 'range_week', month: 'range_month' };

const firstRange = 'hour' as Range;
let lastRange: Range = firstRange; // as long as the console is open: it is that of the next page, too

/** The range that the address names. */
export const chosenRange = (): Range => ranges.find((one) => one === route().parameters.range) ?? firstRange;

/** Those of one endpoint. Asked for when something happens; by itself only while something waits, whose retries no event announces. */
export function EndpointCharts({ endpointId }: { endpointId: string }) {
  const range = chosenRange();
  const types = useEventTypes();
  const statistics = useLoaded(`statistics ${endpointId} ${range}`, (signal) => readStatistics(range, endpointId, signal));
  useFresh(statistics, statistics.value?.totals.queue ? 20000 : 0, 4000);
  return <Charts answer={statistics.value} types={types.value} error={statistics.error} onRetry={statistics.reload} isAccount={false} />;
}

/** `answer` is of the chosen range, or undefined. */
export function Charts({ answer, types, error, onRetry, isAccount }: { answer: Answer | undefined; types: TypeName[] | undefined; error?: unknown; onRetry?: () => void; isAccount: boolean }) {
  const { section, parameters } = route();
  const range = chosenRange();
  const now = useNow(30000);
  const choose = (wanted: Range) => {
    lastRange = wanted;
    go(addressOf(section, { ...parameters, range: wanted === firstRange ? '' : wanted }), true);
  };
  useEffect(() => {
    if (parameters.range) lastRange = range;
    else if (range !== lastRange) choose(lastRange);
  }, []);
  const share = answer ? failureShare(answer) : null;
  return (
    <Card
      id="over-time"
      title={t('overTime')}
      aside={
        <div class="segmented" role="group" aria-label={t('period')}>
          {ranges.map((one) => <Button key={one} isPressed={range === one} onClick={() => choose(one)}>{t(rangeWords[one])}</Button>)}
        </div>
      }
    >
      <Patterns />
      <Problem error={error} onRetry={onRetry} />
      {answer ? (
        <>
          {share !== null && <p>{t('failedShare', { share: percent(share), count: answer.totals.attempts })}</p>}
          <div class="charts">
            {plotsOf(answer, range, types, isAccount, Math.max(now, Date.parse(answer.results.at(-1)?.start ?? answer.since))).map((plot) => <PlotView key={plot.id} plot={plot} isNothing={isEmpty(plot)} />)}
          </div>
          <p class="faded">{t('timesIn', { zone: zone() })}</p>
        </>
      ) : !error && <Loading />}
    </Card>
  );
}
