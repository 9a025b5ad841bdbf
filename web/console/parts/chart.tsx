// chart.tsx – bars over time (uPlot), stacked by outcome. A canvas says nothing to those who cannot see it: beside it stands what it
// sums up to, and on demand the same numbers as a table.
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clock, number } from '../format';
import { t } from '../language';
import { sum, type Series } from '../series';
import { deliveryStates, type DeliveryState } from '../states';
import { isDark, onTheme } from '../theme';
import { Button } from './basics';

const height = 190;
const colours: Record<DeliveryState, string> = { DELIVERED: '--chart-good', PENDING: '--chart-warn', FAILED: '--chart-bad' };

const words: Record<DeliveryState, 'stateDELIVERED' | 'statePENDING' | 'stateFAILED'> = {
  DELIVERED: 'stateDELIVERED',
  PENDING: 'statePENDING',
  FAILED: 'stateFAILED',
};

/** Each state's bars stand on those before it: drawn from the whole down, the shorter before the taller. */
function stacked(series: Series): uPlot.AlignedData {
  const heights = deliveryStates.map((_, upTo) =>
    series.starts.map((_, i) => deliveryStates.slice(0, upTo + 1).reduce((height, state) => height + (series.counts[state][i] ?? 0), 0)),
  );
  return [series.starts.map((start) => (start + series.lengthMs / 2) / 1000), ...heights.reverse()] as uPlot.AlignedData;
}

function optionsFor(place: HTMLElement, series: Series, onPoint: (i: number | null) => void): uPlot.Options {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const bars = uPlot.paths.bars?.({ size: [0.75, 40], radius: 0.15 });
  const axis: uPlot.Axis = {
    stroke: colour('--faded'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  const most = Math.max(1, ...series.starts.map((_, i) => deliveryStates.reduce((all, state) => all + (series.counts[state][i] ?? 0), 0)));
  return {
    width: place.clientWidth,
    height,
    legend: { show: false },
    padding: [8, 22, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { range: [(series.starts[0] ?? 0) / 1000, ((series.starts.at(-1) ?? 0) + series.lengthMs) / 1000] },
      y: { range: [0, most * 1.05] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 32, gap: 10, space: 64, values: (_, times) => times.map((time) => clock(time * 1000)) },
      { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5, 1e6], values: (_, values) => values.map(number) },
    ],
    series: [{}, ...[...deliveryStates].reverse().map((state) => ({ fill: colour(colours[state]), stroke: colour(colours[state]), width: 0, paths: bars, points: { show: false } }))],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
  };
}

function useColourScheme(): boolean {
  const [dark, setDark] = useState(isDark);
  useEffect(() => onTheme(() => setDark(isDark())), []);
  return dark;
}

const stretch = (series: Series, i: number): string =>
  `${clock(series.starts[i] ?? 0)} – ${clock((series.starts[i] ?? 0) + series.lengthMs)}`;

function NumberTable({ series, label }: { series: Series; label: string }) {
  const rows = series.starts.map((_, i) => i).filter((i) => deliveryStates.some((state) => series.counts[state][i]));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            {deliveryStates.map((state) => <th key={state} scope="col" class="number">{t(words[state])}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((i) => (
            <tr key={i}>
              <th scope="row">{stretch(series, i)}</th>
              {deliveryStates.map((state) => <td key={state} class="number">{number(series.counts[state][i] ?? 0)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function DeliveriesChart({ series, label }: { series: Series; label: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [point, setPoint] = useState<number | null>(null);
  const [isTable, setTable] = useState(false);
  const isDark = useColourScheme();
  useEffect(() => {
    const element = place.current;
    if (!element || isTable) return undefined;
    const plot = new uPlot(optionsFor(element, series, setPoint), stacked(series), element);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [series, isDark, isTable]);
  const at = point !== null && point < series.starts.length ? point : null;
  const summary = deliveryStates.map((state) => `${t(words[state])}: ${number(series.totals[state])}`).join(', ');
  return (
    <div class="chart">
      {isTable ? <NumberTable series={series} label={label} /> : <div ref={place} role="img" aria-label={`${label}. ${summary}`} />}
      <div class="chart-foot">
        <ul class="legend">
          {deliveryStates.map((state) => (
            <li key={state} class={state}>
              <span class="swatch" /> {t(words[state])} <b>{number(at === null ? series.totals[state] : series.counts[state][at] ?? 0)}</b>
            </li>
          ))}
          {at !== null && <li>{stretch(series, at)}</li>}
        </ul>
        {sum(series) > 0 && <Button kind="quiet" icon={isTable ? 'overview' : 'events'} onClick={() => setTable(!isTable)}>{t(isTable ? 'asChart' : 'asTable')}</Button>}
      </div>
    </div>
  );
}
