// charts.tsx – all charts of an account or an endpoint, over a range that is chosen once for all of them.
import { useEffect } from 'preact/hooks';
import { useEventTypes } from '../data';
import { percent, zone } from '../format';
import { t, type Word } from '../language';
import { addressOf, go, route } from '../route';
import { failureShare, isEmpty, plotsOf, ranges, readStatistics, type Range } from '../statistics';
import { useFresh, useLoaded, useNow } from '../use';
import { Button, Card, Loading, Problem } from './basics';
import { Patterns, PlotView } from './plot';

const rangeWords: Record<Range, Word> = { hour: 'range_hour', day: 'range_day', week: 'range_week', month: 'range_month' };

const firstRange = 'hour' as Range;
let lastRange: Range = firstRange; // as long as the console is open: it is that of the next page, too

/** Asked for when something happens; by itself only while something waits, whose retries no event announces. */
export function Charts({ endpointId }: { endpointId?: string }) {
  const { section, parameters } = route();
  const range = ranges.find((one) => one === parameters.range) ?? firstRange;
  const now = useNow(30000);
  const types = useEventTypes();
  const statistics = useLoaded(`statistics ${endpointId ?? ''} ${range}`, (signal) => readStatistics(range, endpointId, signal));
  const answer = statistics.value;
  useFresh(statistics, answer?.totals.queue ? 20000 : 0, 4000);
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
      <Problem error={statistics.error} onRetry={statistics.reload} />
      {answer ? (
        <>
          {share !== null && <p>{t('failedShare', { share: percent(share), count: answer.totals.attempts })}</p>}
          <div class="charts">
            {plotsOf(answer, range, types.value, !endpointId, Math.max(now, Date.parse(answer.results.at(-1)?.start ?? answer.since))).map((plot) => <PlotView key={plot.id} plot={plot} isNothing={isEmpty(plot)} />)}
          </div>
          <p class="faded">{t('timesIn', { zone: zone() })}</p>
        </>
      ) : !statistics.error && <Loading />}
    </Card>
  );
}
