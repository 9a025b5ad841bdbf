// client_app_usage.ts – what client apps were used for: reading counts and calls, and adding them up.
import { clock, utcDay } from './format';
import { pathOfApp } from './client_apps';
import { authentication, get, withQuery } from './server';
import type { Answers, ClientAppCounts } from './types';
import { useLoaded, type Loaded } from './use';

export type AppSummary = Answers['clientAppsUsageGet']['results'][number];
export type AppUsage = Answers['clientAppUsageGet'];
export type Calls = Answers['clientAppCallsGet'];

export const add = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0);
export const callsIn = ({ successful, redirection, clientError, serverError }: ClientAppCounts): number => successful + redirection + clientError + serverError;

/** Of all apps at once, by client id. */
export function useSummaries(): Loaded<Record<string, AppSummary>> {
  return useLoaded('apps usage', async (signal) => {
    const { results } = await get<Answers['clientAppsUsageGet']>(`${authentication}/clientAppsUsage`, signal);
    return Object.fromEntries(results.map((summary) => [summary.clientId, summary]));
  });
}

export type Stretch = 'month' | 'day';
const asked: Record<Stretch, { days: number; interval: 'DAY' | 'HOUR'; shown: number }> = {
  month: { days: 30, interval: 'DAY', shown: 30 },
  day: { days: 2, interval: 'HOUR', shown: 24 },
};

export interface Part {
  title: string; // the day, or the hour
  counts: ClientAppCounts;
}

/** Days of UTC, as the server counts them; hours as the clock on the wall says. */
export function partsOf({ series, interval }: AppUsage, stretch: Stretch): Part[] {
  return series.slice(-asked[stretch].shown).map(({ date, ...counts }) => ({
    title: interval === 'DAY' ? utcDay(date) : `${clock(Date.parse(date))} – ${clock(Date.parse(date) + 3600000)}`,
    counts,
  }));
}

export function useUsage(clientId: string, stretch: Stretch): Loaded<AppUsage> {
  const { days, interval } = asked[stretch];
  return useLoaded(`usage ${clientId} ${stretch}`, (signal) => get<AppUsage>(withQuery(`${pathOfApp(clientId)}/usage`, { days, interval }), signal));
}

export const statusClasses = ['2xx', '3xx', '4xx', '5xx'] as const;
export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export interface CallSearch {
  status?: string;
  method?: string;
}
export const callsPerPage = 25;

export function useCalls(clientId: string, search: CallSearch, page: number): Loaded<Calls> {
  const range = { from: (page - 1) * callsPerPage + 1, to: page * callsPerPage };
  const path = withQuery(`${pathOfApp(clientId)}/calls`, { ...search, ...range });
  return useLoaded(path, (signal) => get<Calls>(path, signal));
}

export const exportOf = (clientId: string, search: CallSearch, format: 'csv' | 'json'): string =>
  withQuery(`${pathOfApp(clientId)}/calls/export`, { ...search, format });
