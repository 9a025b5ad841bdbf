// system.tsx – the server that answers: is it well, and why not; what it runs on; the others at the same database.
import { number, span } from '../format';
import { language, t } from '../language';
import { Ago, Badge, Card, Loading, Notice, Problem, Title } from '../parts/basics';
import { WideTable } from '../parts/table';
import type { SystemState } from '../types';
import { useInterval, useLoaded } from '../use';
import type { ViewProps } from './accounts';
import { look } from './server';

const refreshMs = 5000;
const poolWords = { api: 'pool_api', passwords: 'pool_passwords', documents: 'pool_documents', exports: 'pool_exports' } as const;

/** "12.3 GB". */
function size(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const power = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0);
  return new Intl.NumberFormat(language(), { style: 'unit', unit: units[power], maximumFractionDigits: 1 }).format(bytes / 1000 ** power);
}

function Health({ system }: { system: SystemState }) {
  const { status, store } = system.health as { status: string; store?: { message?: string; reason?: string } };
  if (status === 'UP') return <Badge tone="good">{t('healthUp')}</Badge>;
  return <Notice tone="bad" isUrgent><p>{t('healthDown', { reason: store?.message ?? store?.reason ?? status })}</p></Notice>;
}

function Facts({ system }: { system: SystemState }) {
  const { disk, descriptors } = system;
  return (
    <dl class="facts">
      <div><dt>{t('version')}</dt><dd>{system.version}</dd></div>
      <div><dt>{t('store')}</dt><dd>{system.store === 'SQLITE' ? 'SQLite' : 'PostgreSQL'}</dd></div>
      <div><dt>{t('uptime')}</dt><dd>{span(system.uptimeSeconds)}</dd></div>
      <div><dt>{t('memory')}</dt><dd>{size(system.memoryBytes)}</dd></div>
      <div><dt>{t('descriptors')}</dt><dd>{t('diskOf', { free: number(descriptors.open ?? 0), total: number(descriptors.limit ?? 0) })}</dd></div>
      {disk && <div><dt>{t('diskFree')}</dt><dd>{t('diskOf', { free: size(disk.freeBytes ?? 0), total: size(disk.totalBytes ?? 0) })}</dd></div>}
    </dl>
  );
}

function Nodes({ system }: { system: SystemState }) {
  return (
    <Card id="nodes" title={t('nodes')}>
      <WideTable
        caption={t('nodes')}
        columns={[
          { title: 'ID', kind: 'what', cell: ({ id, isThis }) => <><code>{id}</code>{isThis && <span class="block faded">{t('nodeThis')}</span>}</> },
          { title: t('nodeHeard'), kind: 'when', cell: ({ heardDate }) => <Ago date={heardDate} /> },
        ]}
        items={system.nodes}
        keyOf={({ id }) => id}
      />
    </Card>
  );
}

function Pools({ system }: { system: SystemState }) {
  return (
    <Card id="pools" title={t('pools')}>
      <WideTable
        caption={t('pools')}
        columns={[
          { title: t('poolKind'), kind: 'what', cell: ({ name }) => t(poolWords[name as keyof typeof poolWords]) },
          { title: t('poolThreads'), kind: 'number', cell: ({ threads }) => number(threads) },
          { title: t('poolWaiting'), kind: 'number', cell: ({ waiting, queueLimit }) => `${number(waiting)} (${t('poolLimit')} ${number(queueLimit)})` },
        ]}
        items={system.pools}
        keyOf={({ name }) => name}
      />
    </Card>
  );
}

export function SystemView(_: ViewProps) {
  const loaded = useLoaded('system', (signal) => look<SystemState>('system', signal));
  useInterval(refreshMs, loaded.refresh);
  const system = loaded.value;
  return (
    <>
      <Title lead={t('systemLead')}>{t('sectionSystem')}</Title>
      <Problem error={loaded.error} onRetry={loaded.reload} />
      {system ? (
        <>
          <Card id="server" title={t('nodeThis')} aside={<Health system={system} />}><Facts system={system} /></Card>
          <Nodes system={system} />
          <Pools system={system} />
        </>
      ) : !loaded.error && <Loading />}
    </>
  );
}
