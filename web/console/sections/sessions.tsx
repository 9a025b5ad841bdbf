// sessions.tsx – where one is signed in: every session, ending one, ending all others.
import { useState } from 'preact/hooks';
import { browserOf } from '../browsers';
import { t } from '../language';
import { Ago, Badge, Button, Loading, Moment, Notice, Problem, Title } from '../parts/basics';
import { Confirm } from '../parts/dialog';
import { WideTable, type Column } from '../parts/table';
import { addressOf, type Parameters } from '../route';
import { authentication, call, get } from '../server';
import { maySee, useSession } from '../session';
import type { Answers } from '../types';
import { useAction, useLoaded } from '../use';

const path = `${authentication}/sessions`;
type OwnSession = Answers['ownSessionsGet']['results'][number];

const nameOf = ({ agent }: OwnSession): string => {
  const { browser, system } = browserOf(agent);
  return browser && system ? t('sessionHere', { browser, system }) : browser || system || agent.slice(0, 60) || t('sessionProgram');
};

function OpenedBy({ own }: { own: OwnSession }) {
  const session = useSession();
  const word = t(`openedBy${own.openedBy}`);
  if (!own.clientId || !maySee(session, 'access')) return <>{word}</>;
  return <a href={addressOf('apps', { id: own.clientId })}>{word}</a>;
}

function columnsOf(end: (own: OwnSession) => void, isBusy: boolean): Column<OwnSession>[] {
  return [
    {
      title: t('sessionBrowser'),
      kind: 'what',
      cell: (own) => (
        <>
          {nameOf(own)}
          {own.current && <span class="block"><Badge tone="good">{t('sessionCurrent')}</Badge></span>}
          {own.kind === 'TRANSACTION' && <span class="block faded">{t('sessionOneTransaction')}</span>}
        </>
      ),
    },
    { title: t('openedBy'), cell: (own) => <OpenedBy own={own} /> },
    { title: t('sessionAddress'), cell: ({ address }) => <code>{address}</code> },
    { title: t('sessionMade'), kind: 'when', cell: ({ createdDate }) => <Moment date={createdDate} /> },
    { title: t('sessionLastUsed'), kind: 'when', cell: ({ lastUsedDate }) => <Ago date={lastUsedDate} /> },
    {
      title: t('endSession'),
      kind: 'end',
      isUntitled: true,
      cell: (own) => !own.current && <Button kind="danger" isBusy={isBusy} label={t('endSessionOf', { session: `${nameOf(own)}, ${own.address}` })} onClick={() => end(own)}>{t('endSession')}</Button>,
    },
  ];
}

export function SessionsSection(_: { parameters: Parameters }) {
  const loaded = useLoaded('sessions', (signal) => get<Answers['ownSessionsGet']>(path, signal));
  const ending = useAction();
  const [isAsking, setAsking] = useState(false);
  const [told, setTold] = useState('');
  const ended = (count: number) => {
    setTold(t('othersEnded', { count }));
    loaded.reload();
  };
  const end = (own: OwnSession) => void ending.run(async () => {
    await call('DELETE', `${path}/${own.id}`);
    ended(1);
  });
  const endOthers = async () => {
    const { count } = await call<Answers['ownSessionsDelete']>('DELETE', path);
    setAsking(false);
    ended(count);
  };
  const sessions = loaded.value?.results;
  const others = sessions?.filter(({ current }) => !current).length ?? 0;
  return (
    <>
      <Title lead={t('sessionsLead')} aside={others > 0 && <Button kind="danger" icon="out" onClick={() => setAsking(true)}>{t('endOthers')}</Button>}>{t('sectionSessions')}</Title>
      <Problem error={loaded.error ?? ending.error} onRetry={loaded.error ? loaded.reload : undefined} />
      {told && <Notice tone="good" onClose={() => setTold('')}><p>{told}</p></Notice>}
      {sessions ? <WideTable caption={t('sectionSessions')} columns={columnsOf(end, ending.isBusy)} items={sessions} keyOf={({ id }) => id} /> : !loaded.error && <Loading />}
      {isAsking && <Confirm title={t('endOthersTitle')} confirm={t('endOthers')} onConfirm={endOthers} onClose={() => setAsking(false)}><p>{t('endOthersText')}</p></Confirm>}
    </>
  );
}
