// statistics.ts – numbers over time, as the server keeps them: laid out in steps, and as what each chart shows.
import { typeName, type TypeName } from './data';
import { duration, number, span } from './format';
import { isWord, t } from './language';
import { get, notifications, withQuery } from './server';
import type { Answers, Statistics } from './types';

export const ranges = ['hour', 'day', 'week', 'month'] as const;
export type Range = (typeof ranges)[number];

const minute = 60000;
const hour = 60 * minute;
/** So many steps of so long: few enough for a telephone. */
const steps: Record<Range, [number, number]> = { hour: [60, minute], day: [48, 30 * minute], week: [84, 2 * hour], month: [60, 12 * hour] };

export type Answer = Answers['statisticsGet'];

/** What is asked for to draw a range. */
export function rangeQuery(range: Range): { since: string; step: number } {
  const [count, lengthMs] = steps[range];
  return { since: new Date(startsOf(count, lengthMs, Date.now())[0] ?? 0).toISOString(), step: lengthMs / 1000 };
}

export const readStatistics = (range: Range, endpointId: string | undefined, signal?: AbortSignal): Promise<Answer> =>
  get<Answer>(withQuery(`${notifications}/statistics`, { ...rangeQuery(range), endpointId }), signal);

/** Steps that end with the one `now` is in, at round times. */
function startsOf(count: number, lengthMs: number, now: number): number[] {
  const last = Math.floor(now / lengthMs) * lengthMs;
  return Array.from({ length: count }, (_, i) => last - (count - 1 - i) * lengthMs);
}

export interface Series {
  name: string;
  values: (number | null)[];
  total?: string;
}

export interface Plot {
  id: string;
  title: string;
  kind: 'bars' | 'lines'; // bars stand on one another
  starts: number[]; // ms
  lengthMs: number;
  isLong: boolean; // days, and not hours
  series: Series[];
  further: Series[]; // in the table only
  show: (value: number) => string;
  scale: 'count' | 'seconds';
  isJudged?: boolean; // the first is good, the second bad
}

const most = 5; // of many names: the others are shown together

type Pick = (step: Statistics) => Record<string, number>;
const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((all, count) => all + count, 0);

/** One series for each of the most frequent names, and one for the others. */
function byName(laid: (Statistics | undefined)[], totals: Statistics, pick: Pick, nameOf: (key: string) => string): Series[] {
  const keys = Object.entries(pick(totals)).sort(([a, x], [b, y]) => y - x || a.localeCompare(b)).map(([key]) => key);
  const shown = keys.length > most + 1 ? keys.slice(0, most) : keys;
  const rest = keys.slice(shown.length);
  const seriesOf = (name: string, parts: string[]): Series => {
    const countIn = (step: Statistics | undefined) => (step ? parts.reduce((all, key) => all + (pick(step)[key] ?? 0), 0) : 0);
    return { name, values: laid.map(countIn), total: number(countIn(totals)) };
  };
  return [...shown.map((key) => seriesOf(nameOf(key), [key])), ...(rest.length ? [seriesOf(t('others'), rest)] : [])];
}

export const answerName = (key: string): string => (isWord(`error${key}`) ? t(`error${key}` as 'errorTLS') : key);

/** What is shown of an account or, without its events, of an endpoint. `now` moves on while nothing new is known. */
export function plotsOf(answer: Answer, range: Range, types: TypeName[] | undefined, isAccount: boolean, now: number): Plot[] {
  const [count, lengthMs] = steps[range];
  const starts = startsOf(count, lengthMs, now);
  const byStart = new Map(answer.results.map((step) => [Date.parse(step.start), step]));
  const laid = starts.map((start) => byStart.get(start));
  const { totals } = answer;
  const common = { starts, lengthMs, isLong: range === 'week' || range === 'month', further: [] };
  const ofStep = (name: string, valueOf: (step: Statistics) => number | undefined, total?: string): Series => ({ name, values: laid.map((step) => (step && valueOf(step)) ?? null), total });
  const counted = { ...common, kind: 'bars', scale: 'count', show: number } as const;
  const percentile = (name: 'p50Ms' | 'p95Ms' | 'p99Ms', word: string) => ofStep(word, (step) => step.latency?.[name], totals.latency ? duration(totals.latency[name]) : undefined);
  const typeWord = (name: string) => typeName(types, name);
  return [
    ...(isAccount ? [{ ...counted, id: 'chart-events', title: t('chartEvents'), series: byName(laid, totals, (step) => step.eventsByType, typeWord) }] : []),
    {
      ...counted,
      id: 'chart-requests',
      title: t('chartRequests'),
      isJudged: true,
      series: [ofStep(t('succeeded'), (step) => step.succeeded, number(totals.succeeded)), ofStep(t('failed'), (step) => step.attempts - step.succeeded, number(totals.attempts - totals.succeeded))],
      further: [ofStep(t('deliveriesDone'), (step) => step.delivered), ofStep(t('deliveriesGivenUp'), (step) => step.failed)],
    },
    { ...common, id: 'chart-times', title: t('chartTimes'), kind: 'lines', scale: 'count', show: duration, series: [percentile('p50Ms', 'p50'), percentile('p95Ms', 'p95'), percentile('p99Ms', 'p99')], further: [ofStep(t('answers'), (step) => step.latency?.count)] },
    { ...counted, id: 'chart-answers', title: t('chartAnswers'), series: byName(laid, totals, (step) => ({ ...step.byStatus, ...step.byError }), answerName) },
    { ...counted, id: 'chart-types', title: t('chartTypes'), series: byName(laid, totals, (step) => step.byType, typeWord) },
    {
      ...common,
      id: 'chart-queue',
      title: t('chartQueue'),
      kind: 'bars',
      scale: 'seconds',
      show: span,
      series: [ofStep(t('oldestWaiting'), (step) => step.queue?.oldestSeconds, totals.queue ? span(totals.queue.oldestSeconds) : undefined)],
      further: [ofStep(t('waiting'), (step) => step.queue?.pending)],
    },
  ];
}

export const isEmpty = ({ series }: Plot): boolean => series.every(({ values }) => values.every((value) => !value));

export const failureShare = ({ totals }: Answer): number | null => (totals.attempts > 0 ? (totals.attempts - totals.succeeded) / totals.attempts : null);
export const hasCounts = ({ totals }: Answer): boolean => totals.attempts + sum(totals.eventsByType) > 0 || totals.queue !== null;
