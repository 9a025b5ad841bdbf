// plot.tsx – numbers over time, drawn as SVG: bars on one another, or lines. Patterns, dashes and marks tell series apart where colours
// do not. A step is chosen with the pointer or the arrow keys; behind each chart are its numbers as a table.
import { useEffect, useRef, useState } from 'preact/hooks';
import { clock, number, stepTime, tickDay } from '../format';
import { t } from '../language';
import type { Plot, Series } from '../statistics';
import { Button } from './basics';

const height = 168;
const top = 8;
const bottom = 24; // the times
const left = 52; // the numbers
const labelRoom = 96; // names at the ends of lines
const kinds = 6; // of patterns

/* ---- scales ---- */

const roundSeconds = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 432000, 864000];

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((digit) => digit * power >= rough) ?? 10) * power;
}

/** Round numbers from 0 up to at least `most`, about three of them. */
function ticksUpTo(most: number, { scale, kind }: Plot): number[] {
  const rough = Math.max(most, kind === 'lines' ? 0.1 : 1) / 3;
  const step = scale === 'seconds' ? roundSeconds.find((seconds) => seconds >= rough) ?? roundStep(rough) : Math.max(kind === 'lines' ? 0 : 1, roundStep(rough));
  return Array.from({ length: Math.ceil(most / step) + 1 || 2 }, (_, i) => i * step);
}

const minutesOf = (time: number): number => new Date(time).getHours() * 60 + new Date(time).getMinutes();

/** The steps that bear a time: at round ones of the reader's clock, or where a day begins. */
function namedSteps({ starts, lengthMs, isLong }: Plot, stepWidth: number): number[] {
  const room = 14 + 7 * clock(0).length; // "01:15 p.m." is longer than "13 h 15"
  if (!isLong) {
    const every = [5, 10, 15, 30, 60, 120, 180, 240, 360, 720].find((minutes) => (minutes * 60000 * stepWidth) / lengthMs >= room) ?? 1440;
    return starts.map((_, i) => i).filter((i) => minutesOf(starts[i] ?? 0) % every === 0);
  }
  const days = starts.map((start) => new Date(start).toDateString());
  const named: number[] = [];
  for (let i = 1; i < days.length; i++) if (days[i] !== days[i - 1] && (i - (named.at(-1) ?? -Infinity)) * stepWidth >= room) named.push(i);
  return named;
}

/* ---- marks ---- */

/** Once on a page: what bars are filled with. */
export function Patterns() {
  const lines = ['', 'M-1 1l2-2M0 6l6-6M5 7l2-2', 'M0 3h6', 'M3 0v6', 'M-1 5l2 2M0 0l6 6M5-1l2 2M-1 1l2-2M0 6l6-6M5 7l2-2', ''];
  return (
    <svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false">
      {[...lines, lines[1]].map((path, i) => (
        <pattern key={i} id={i === kinds ? 'pattern-bad' : `pattern-${i}`} class={i === kinds ? 'series-bad' : `series-${i}`} width="6" height="6" patternUnits="userSpaceOnUse">
          <rect class={path || i === 0 ? (i === 0 ? 'full' : 'back') : 'back'} width="6" height="6" />
          {path ? <path d={path} /> : i > 0 && <circle cx="3" cy="3" r="1.6" />}
        </pattern>
      ))}
    </svg>
  );
}

const styleOf = (plot: Plot, i: number): string => (plot.isJudged ? ['good', 'bad'][i] ?? '0' : String(i % kinds));
const fillOf = (style: string): string | undefined => (style === 'good' ? undefined : `url(#pattern-${style})`);

const marks = ['M-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0', 'M-2.3-2.3h4.6v4.6h-4.6z', 'M0-3 3 2.4H-3z'];

function Swatch({ plot, i }: { plot: Plot; i: number }) {
  const style = styleOf(plot, i);
  return (
    <svg class={`series-${style}`} width={plot.kind === 'lines' ? 28 : 16} height="16" aria-hidden="true" focusable="false">
      {plot.kind === 'lines' ? <><path class={`line dash-${i}`} d="M0 8h28" /><path class="mark" d={marks[i]} transform="translate(14 8)" /></> : <rect class="bar" x="1" y="1" width="14" height="14" fill={fillOf(style)} />}
    </svg>
  );
}

/* ---- the drawing ---- */

interface Frame {
  plot: Plot;
  stepWidth: number;
  y: (value: number) => number;
}

const xOf = ({ stepWidth }: Frame, i: number): number => left + i * stepWidth;

function Bars(frame: Frame) {
  const { plot, stepWidth, y } = frame;
  const gap = stepWidth > 5 ? Math.min(4, stepWidth * 0.2) : 0.5;
  return (
    <>
      {plot.starts.map((start, step) => {
        let below = 0;
        return plot.series.map(({ values }, i) => {
          const value = values[step] ?? 0;
          const from = y(below);
          below += value;
          const style = styleOf(plot, i);
          return value > 0 && <rect key={`${start} ${i}`} class={`bar series-${style}`} fill={fillOf(style)} x={xOf(frame, step) + gap / 2} y={y(below)} width={stepWidth - gap} height={Math.max(1, from - y(below))} />;
        });
      })}
    </>
  );
}

/** Ends of lines, apart by the height of a text at least. */
function labelPlaces(ends: { i: number; y: number }[]): Map<number, number> {
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  let last = -Infinity;
  const placed = sorted.map(({ i, y }) => [i, (last = Math.max(y, last + 14))] as const);
  const over = Math.max(0, last - (height - bottom));
  return new Map(placed.map(([i, y]) => [i, y - over]));
}

function Lines(frame: Frame) {
  const { plot, stepWidth, y } = frame;
  const x = (step: number) => xOf(frame, step) + stepWidth / 2;
  const ends = plot.series.flatMap(({ values }, i) => {
    const value = values.findLast((one) => one !== null);
    return value === null || value === undefined ? [] : [{ i, y: y(value) }];
  });
  const places = labelPlaces(ends);
  const pathOf = ({ values }: Series) => values.map((value, step) => (value === null ? '' : `${step > 0 && values[step - 1] !== null ? 'L' : 'M'}${x(step).toFixed(1)} ${y(value).toFixed(1)}`)).join('');
  return (
    <>
      {plot.series.map((series, i) => (
        <g key={series.name} class={`series-${i}`}>
          <path class={`line dash-${i}`} d={pathOf(series)} />
          {series.values.map((value, step) => value !== null && <path key={step} class="mark" d={marks[i]} transform={`translate(${x(step).toFixed(1)} ${y(value).toFixed(1)})`} />)}
          {places.has(i) && <text class="end-label" x={x(plot.starts.length - 1) + 10} y={(places.get(i) ?? 0) + 4}>{series.name}</text>}
        </g>
      ))}
    </>
  );
}

function useWidth(): [number, { current: HTMLDivElement | null }] {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  return [width, place];
}

const heightIn = (plot: Plot, step: number): number => {
  const values = plot.series.map((series) => series.values[step] ?? 0);
  return plot.kind === 'lines' ? Math.max(...values) : values.reduce((all, value) => all + value, 0);
};

const shownAt = (plot: Plot, { values }: Series, step: number): string => {
  const value = values[step] ?? (plot.kind === 'lines' ? null : 0);
  return value === null ? '–' : plot.show(value);
};

function Drawing({ plot, at, onAt }: { plot: Plot; at: number | null; onAt: (step: number | null) => void }) {
  const [width, place] = useWidth();
  const last = plot.starts.length - 1;
  const inner = Math.max(60, width - left - (plot.kind === 'lines' ? labelRoom : 8));
  const ticks = ticksUpTo(Math.max(0, ...plot.starts.map((_, step) => heightIn(plot, step))), plot);
  const highest = ticks.at(-1) || 1;
  const y = (value: number) => height - bottom - (value / highest) * (height - top - bottom);
  const frame: Frame = { plot, stepWidth: inner / plot.starts.length, y };
  const stepAt = (event: PointerEvent) => {
    const from = place.current?.getBoundingClientRect().left ?? 0;
    return Math.max(0, Math.min(last, Math.floor((event.clientX - from - left) / frame.stepWidth)));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const now = at ?? last + 1;
    const wanted = { ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1, PageUp: now - 10, PageDown: now + 10, Home: 0, End: last }[event.key];
    if (event.key === 'Escape') onAt(null);
    if (wanted === undefined) return;
    event.preventDefault();
    onAt(Math.max(0, Math.min(last, wanted)));
  };
  const shown = at ?? last;
  const told = `${stepTime(plot.starts[shown] ?? 0, plot.lengthMs, plot.isLong)}. ${plot.series.map((series) => `${series.name}: ${shownAt(plot, series, shown)}`).join(', ')}`;
  return (
    <div
      class="plot" ref={place} tabIndex={0} role="slider" aria-label={plot.title} aria-valuemin={0} aria-valuemax={last} aria-valuenow={shown} aria-valuetext={told}
      onKeyDown={onKeyDown} onBlur={() => onAt(null)} onPointerMove={(event) => onAt(stepAt(event))} onPointerLeave={() => onAt(null)}
    >
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true" focusable="false">
          {at !== null && <rect class="chosen" x={xOf(frame, at)} y={top} width={frame.stepWidth} height={height - top - bottom} />}
          {ticks.map((tick) => (
            <g key={tick}>
              <path class="grid" d={`M${left} ${y(tick)}h${inner}`} />
              <text class="tick" x={left - 6} y={y(tick) + 4} text-anchor="end">{tick === 0 ? '0' : plot.show(tick)}</text>
            </g>
          ))}
          {namedSteps(plot, frame.stepWidth).map((step) => {
            const x = xOf(frame, step);
            return x < left + inner - 18 && <text key={step} class="tick" x={Math.max(left + 14, x)} y={height - 6} text-anchor="middle">{plot.isLong ? tickDay(plot.starts[step] ?? 0) : clock(plot.starts[step] ?? 0)}</text>;
          })}
          {plot.kind === 'lines' ? <Lines {...frame} /> : <Bars {...frame} />}
        </svg>
      )}
    </div>
  );
}

/* ---- the numbers behind it ---- */

function NumberTable({ plot }: { plot: Plot }) {
  const columns = [...plot.series, ...plot.further];
  const rows = plot.starts.map((_, i) => i).filter((i) => columns.some(({ values }) => values[i])).reverse();
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`${plot.title} – ${t('asTable')}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            {columns.map(({ name }) => <th key={name} scope="col" class="number">{name}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((i) => (
            <tr key={i}>
              <th scope="row">{stepTime(plot.starts[i] ?? 0, plot.lengthMs, plot.isLong)}</th>
              {columns.map((series, column) => <td key={series.name} class="number">{column < plot.series.length ? shownAt(plot, series, i) : number(series.values[i] ?? 0)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function PlotView({ plot, isNothing }: { plot: Plot; isNothing: boolean }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const [isTable, setTable] = useState(false);
  const at = chosen !== null && chosen < plot.starts.length ? chosen : null;
  return (
    <section class="chart" aria-labelledby={plot.id}>
      <div class="chart-head">
        <h3 id={plot.id}>{plot.title}</h3>
        {!isNothing && <Button kind="quiet" icon={isTable ? 'overview' : 'events'} describedBy={plot.id} onClick={() => setTable(!isTable)}>{t(isTable ? 'asChart' : 'asTable')}</Button>}
      </div>
      {isNothing ? <p class="chart-empty">{t('nothingInPeriod')}</p> : isTable ? <NumberTable plot={plot} /> : (
        <>
          <Drawing plot={plot} at={at} onAt={setChosen} />
          <ul class="legend">
            {plot.series.map((series, i) => (
              <li key={series.name}>
                <Swatch plot={plot} i={i} /> {series.name} <b>{at === null ? series.total ?? '–' : shownAt(plot, series, at)}</b>
              </li>
            ))}
            <li class="faded">{at === null ? t(plot.kind === 'bars' && plot.scale === 'seconds' ? 'atMost' : 'inAll') : stepTime(plot.starts[at] ?? 0, plot.lengthMs, plot.isLong)}</li>
          </ul>
        </>
      )}
    </section>
  );
}
