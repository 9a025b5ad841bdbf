// client_app_use.tsx – what one client app was used for: a chart, and its calls. What is sought stands in the address.
import { useState } from 'preact/hooks';
import { callsIn, exportOf, methods, partsOf, statusClasses, useCalls, useUsage, callsPerPage, type Calls, type CallSearch, type Stretch } from '../client_app_usage';
import { duration, number } from '../format';
import { t } from '../language';
import { Badge, Button, Card, Empty, Loading, Moment, Notice, Problem, type Tone } from '../parts/basics';
import { SelectField } from '../parts/fields';
import type { IconName } from '../parts/icon';
import { Id } from '../parts/id';
import { Pager } from '../parts/pager';
import { WideTable, type Column } from '../parts/table';
import { UseChart } from '../parts/use_chart';
import { addressOf, go, type Parameters } from '../route';
import type { StoredClientApp } from '../types';
import { useInterval } from '../use';

const refreshMs = 5000; // the server writes every three seconds

function ChartCard({ app }: { app: StoredClientApp }) {
  const [stretch, setStretch] = useState<Stretch>('month');
  const [isTable, setTable] = useState(false);
  const usage = useUsage(app.clientId, stretch);
  useInterval(refreshMs, usage.refresh);
  const parts = usage.value && partsOf(usage.value, stretch);
  const choices = (
    <div class="segmented" role="group" aria-label={t('useStretch')}>
      {(['month', 'day'] as const).map((value) => <Button key={value} isPressed={stretch === value} onClick={() => setStretch(value)}>{t(value === 'month' ? 'useMonth' : 'useDay')}</Button>)}
    </div>
  );
  return (
    <Card id="use-chart" title={t('useOverTime')} aside={choices}>
      <Problem error={usage.error} onRetry={usage.reload} />
      {!parts ? !usage.error && <Loading /> : <UseChart parts={parts} label={t(stretch === 'month' ? 'useOfMonth' : 'useOfDay')} isTable={isTable} onTable={setTable} />}
      {stretch === 'month' && <p class="faded">{t('useDaysAreUtc')}</p>}
    </Card>
  );
}

/* ---- calls ---- */

type Call = Calls['results'][number];

const kindOf = (status: number): { tone: Tone; icon: IconName } =>
  status < 400 ? { tone: 'good', icon: 'check' } : status < 500 ? { tone: 'warn', icon: 'cross' } : { tone: 'bad', icon: 'warn' };

const columns = (): Column<Call>[] => [
  { title: t('callRoute'), kind: 'what', cell: ({ method, route }) => <code translate={false}>{method} {route}</code> },
  { title: t('httpStatus'), kind: 'state', cell: ({ status }) => <Badge {...kindOf(status)}>{String(status)}</Badge> },
  { title: t('auditAddress'), cell: ({ address }) => address },
  { title: t('callDuration'), cell: ({ durationMs }) => duration(durationMs) },
  { title: t('callRequest'), cell: ({ requestId }) => <Id value={String(requestId)} /> },
  { title: t('time'), kind: 'when', cell: ({ date }) => <Moment date={date} /> },
];

function Filters({ app, search }: { app: StoredClientApp; search: CallSearch }) {
  const put = (member: keyof CallSearch) => (value: string) => go(addressOf('apps', { id: app.clientId, tab: 'use', ...search, [member]: value }), true);
  return (
    <div class="call-filters">
      <SelectField name="status" label={t('httpStatus')} value={search.status ?? ''} onChange={put('status')} choices={[{ value: '', label: t('callsAny') }, ...statusClasses.map((value) => ({ value, label: t(`calls${value}`) }))]} />
      <SelectField name="method" label={t('method')} value={search.method ?? ''} onChange={put('method')} choices={[{ value: '', label: t('anything') }, ...methods.map((value) => ({ value, label: value }))]} />
      <div class="row">
        {(['csv', 'json'] as const).map((format) => (
          <a key={format} class="button secondary" href={exportOf(app.clientId, search, format)} download={`calls.${format === 'csv' ? 'csv' : 'jsonl'}`}>{t(format === 'csv' ? 'exportCsv' : 'exportJson')}</a>
        ))}
      </div>
    </div>
  );
}

/** Those that were too many to be listed one by one. */
function NotLogged({ app }: { app: StoredClientApp }) {
  const usage = useUsage(app.clientId, 'month');
  const count = usage.value?.total.notLogged ?? 0;
  const all = usage.value ? callsIn(usage.value.total) : 0;
  return count > 0 ? <Notice tone="calm" isLasting><p>{t('callsNotLogged', { number: number(count), all: number(all) })}</p></Notice> : null;
}

function CallsCard({ app, search, page }: { app: StoredClientApp; search: CallSearch; page: number }) {
  const calls = useCalls(app.clientId, search, page);
  useInterval(page === 1 ? refreshMs : 0, calls.refresh);
  const isFiltered = Boolean(search.status || search.method);
  return (
    <section class="calls" aria-labelledby="calls">
      <h2 id="calls" tabIndex={-1}>{t('calls')}</h2>
      <p class="faded">{t('callsText')}</p>
      <Filters app={app} search={search} />
      <NotLogged app={app} />
      <Problem error={calls.error} onRetry={calls.reload} />
      {!calls.value ? !calls.error && <Loading /> : calls.value.results.length === 0 ? (
        <Empty icon="search" title={t(isFiltered ? 'callsNoneFound' : 'callsNone')}><p>{t(isFiltered ? 'callsNoneFoundText' : 'callsNoneText')}</p></Empty>
      ) : (
        <>
          <p class="count" role="status">{t('useCalls', { count: calls.value.count })}</p>
          <WideTable caption={t('calls')} columns={columns()} items={calls.value.results} keyOf={({ number: key }) => key} />
          <Pager page={page} pageSize={callsPerPage} count={calls.value.count} addressOfPage={(to) => addressOf('apps', { id: app.clientId, tab: 'use', ...search, page: String(to) })} />
        </>
      )}
    </section>
  );
}

export function ClientAppUse({ app, parameters }: { app: StoredClientApp; parameters: Parameters }) {
  const search: CallSearch = {};
  if (parameters.status) search.status = parameters.status;
  if (parameters.method) search.method = parameters.method;
  return (
    <>
      <ChartCard app={app} />
      <CallsCard app={app} search={search} page={Math.max(1, Number.parseInt(parameters.page ?? '', 10) || 1)} />
    </>
  );
}
