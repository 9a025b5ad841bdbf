// queues.tsx – for which accounts something waits, and whose endpoints receive nothing.
import { number } from '../format';
import { t } from '../language';
import { Ago, Empty, LinkButton, Loading, Problem, Title } from '../parts/basics';
import { WideTable, type Column } from '../parts/table';
import { withQuery } from '../server';
import type { AccountQueue, Answers } from '../types';
import { useInterval, useLoaded } from '../use';
import type { ViewProps } from './accounts';
import { addressOfView, look } from './server';

const refreshMs = 10000;

const columns = (): Column<AccountQueue>[] => [
  { title: t('account'), kind: 'what', cell: ({ accountId, name }) => <><a href={addressOfView('accounts', { id: accountId })}>{name || accountId}</a><span class="block faded"><code>{accountId}</code></span></> },
  { title: t('queueQueued'), cell: ({ queued, more }) => (more ? `> ${number(queued)}` : number(queued)) },
  { title: t('queueOldest'), cell: ({ oldestDate }) => (oldestDate ? <Ago date={oldestDate} /> : '–') },
  { title: t('queueFailing'), cell: ({ failingEndpoints }) => number(failingEndpoints) },
  { title: t('queuePaused'), cell: ({ pausedEndpoints }) => number(pausedEndpoints) },
];

export function QueuesView({ parameters }: ViewProps) {
  const { after = '' } = parameters;
  const loaded = useLoaded(`queues ${after}`, (signal) => look<Answers['operatorQueues']>(withQuery('queues', { after }), signal));
  useInterval(refreshMs, loaded.refresh);
  return (
    <>
      <Title lead={t('queuesLead')}>{t('sectionQueues')}</Title>
      <Problem error={loaded.error} onRetry={loaded.reload} />
      {loaded.value ? (
        <>
          {loaded.value.results.length > 0
            ? <WideTable caption={t('sectionQueues')} columns={columns()} items={loaded.value.results} keyOf={({ accountId }) => accountId} />
            : <Empty icon="check" title={t('queuesNone')}><p>{t('queuesNoneText')}</p></Empty>}
          {loaded.value.next && <p class="more"><LinkButton icon="down" href={addressOfView('queues', { after: loaded.value.next })}>{t('accountsMore')}</LinkButton></p>}
        </>
      ) : !loaded.error && <Loading />}
    </>
  );
}
