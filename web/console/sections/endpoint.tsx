// endpoint.tsx – one endpoint: how it stands, what can be done with it, a test, a check, and all that can be set.
import { useMemo, useState } from 'preact/hooks';
import { endpointName, isCallback, isConnector, standingOf, useEventTypes } from '../data';
import { number } from '../format';
import { t } from '../language';
import { Ago, Badge, Button, Card, Due, LinkButton, Loading, Moment, Notice, Problem, Title } from '../parts/basics';
import { Confirm } from '../parts/dialog';
import { HistoryLink } from '../parts/history_link';
import { ProblemsContext, TextField } from '../parts/fields';
import { Icon } from '../parts/icon';
import { Id } from '../parts/id';
import { OutcomeStrip, readOutcomes } from '../parts/outcomes';
import { stateReason } from '../parts/reason';
import { SecretNotice } from '../parts/secret';
import { EndpointCharts } from '../parts/charts';
import { useProbed, type Probed } from '../parts/probed';
import { Tabs, type Tab } from '../parts/tabs';
import { addressOf, go, guardLeaving } from '../route';
import { call, get, notifications } from '../server';
import type { Catcher, Endpoint, EndpointWithSecret, StoredCallback } from '../types';
import { useAction, useFresh, useLoaded } from '../use';
import { change as store } from '../versions';
import { EndpointEditor, storedBodyOf } from './endpoint_form';
import { CaughtTab, removeCatcher, useCatcherOf } from './caught';
import { LastDeliveries } from './last_deliveries';
import { CheckCard, TestCard } from './probes';

const pathOf = (id: string): string => `${notifications}/endpoints/${encodeURIComponent(id)}`;

/** The classic key is read back by the callback's API alone. */
async function readKey(endpoint: Endpoint, signal?: AbortSignal): Promise<string> {
  if (endpoint.authType !== 'BASIC' || !(isCallback(endpoint) || isConnector(endpoint))) return '';
  const path = isCallback(endpoint) ? '/api/callback' : `/api/callback/connectors/${encodeURIComponent(endpoint.origin)}`;
  return (await get<StoredCallback>(path, signal)).key;
}

function Facts({ endpoint }: { endpoint: Endpoint }) {
  const { queue } = endpoint;
  const outcomes = useLoaded(`outcomes ${endpoint.id}`, (signal) => readOutcomes(endpoint.id, signal));
  useFresh(outcomes, 10000, 3000);
  return (
    <Card id="now" title={t('now')} aside={<a href={addressOf('deliveries', { endpointId: endpoint.id })}>{t('itsDeliveries')}</a>}>
      {endpoint.state === 'DISABLED' && <Notice tone="bad"><p>{stateReason(endpoint)} {t('disabledMeans')}</p></Notice>}
      {endpoint.state === 'PAUSED' && <Notice tone="calm"><p>{t('pausedMeans')}</p></Notice>}
      {endpoint.state !== 'DISABLED' && endpoint.failingSinceDate && <Notice tone="bad"><p>{t('failingSince')} <Moment date={endpoint.failingSinceDate} /></p></Notice>}
      {outcomes.value && <OutcomeStrip outcomes={outcomes.value} />}
      <dl class="facts">
        <div><dt>{t('waiting')}</dt><dd><a href={addressOf('deliveries', { endpointId: endpoint.id, state: 'PENDING' })}>{number(queue?.pending ?? 0)}</a></dd></div>
        {queue?.oldestDate && <div><dt>{t('oldest')}</dt><dd><Ago date={queue.oldestDate} /></dd></div>}
        {queue?.nextAttemptDate && endpoint.state === 'ACTIVE' && <div><dt>{t('nextAttempt')}</dt><dd><Due date={queue.nextAttemptDate} /></dd></div>}
        <div><dt>{t('createdOn')}</dt><dd><Moment date={endpoint.createdDate} /></dd></div>
        <div><dt>{t('changedOn')}</dt><dd><Moment date={endpoint.updatedDate} /></dd></div>
        <div><dt>{t('identifier')}</dt><dd><Id value={endpoint.id} /></dd></div>
      </dl>
    </Card>
  );
}

type Asking = 'disable' | 'delete' | null;

function Steering({ endpoint, catcher, onChange }: { endpoint: Endpoint; catcher: Catcher | undefined; onChange: (endpoint: Endpoint) => void }) {
  const [asking, setAsking] = useState<Asking>(null);
  const action = useAction();
  const steer = async (verb: string) => onChange(await call<Endpoint>('POST', `${pathOf(endpoint.id)}/${verb}`));
  const disable = async () => {
    await steer('disable');
    setAsking(null);
  };
  const remove = async () => {
    await call('DELETE', pathOf(endpoint.id));
    if (catcher) await removeCatcher(catcher);
    guardLeaving(null); // what was typed has nowhere to go any more
    go(addressOf('endpoints'));
  };
  const name = endpointName(endpoint);
  const pending = endpoint.queue?.pending ?? 0;
  return (
    <>
      <div class="row">
        {endpoint.state === 'ACTIVE' && <Button icon="pause" isBusy={action.isBusy} onClick={() => void action.run(() => steer('pause'))}>{t('pause')}</Button>}
        {endpoint.state === 'PAUSED' && <Button kind="primary" icon="play" isBusy={action.isBusy} onClick={() => void action.run(() => steer('resume'))}>{t('resume')}</Button>}
        {endpoint.state === 'DISABLED' && <Button kind="primary" icon="power" isBusy={action.isBusy} onClick={() => void action.run(() => steer('enable'))}>{t('enable')}</Button>}
        {endpoint.state !== 'DISABLED' && <Button icon="power" onClick={() => setAsking('disable')}>{t('disable')}</Button>}
        <Button kind="danger" icon="trash" onClick={() => setAsking('delete')}>{t('delete')}</Button>
      </div>
      <Problem error={action.error} />
      {asking === 'disable' && (
        <Confirm title={t('disableTitle', { name })} confirm={t('disable')} onConfirm={disable} onClose={() => setAsking(null)}>
          <p>{t('disableText')}</p>
          {pending > 0 && <p>{t('waitingFails', { count: pending })}</p>}
        </Confirm>
      )}
      {asking === 'delete' && (
        <Confirm title={t('deleteTitle', { name })} confirm={t('delete')} onConfirm={remove} onClose={() => setAsking(null)}>
          <p>{t('deleteText')}</p>
          {pending > 0 && <p>{t('waitingFails', { count: pending })}</p>}
        </Confirm>
      )}
    </>
  );
}

const overlapMaxH = 30 * 24;

function SecretCard({ endpoint, onChange }: { endpoint: Endpoint; onChange: (endpoint: Endpoint) => void }) {
  const [hours, setHours] = useState('24');
  const [secret, setSecret] = useState('');
  const [isAsking, setAsking] = useState(false);
  const isFine = /^\d+$/.test(hours) && Number(hours) <= overlapMaxH;
  const rotate = async () => {
    const { signingSecret, ...rest } = await call<EndpointWithSecret>('POST', `${pathOf(endpoint.id)}/signingSecrets`, { overlapHours: Number(hours) });
    setSecret(signingSecret);
    setAsking(false);
    onChange({ ...endpoint, oldSigningSecrets: rest.oldSigningSecrets });
  };
  return (
    <Card id="secret" title={t('signingSecret')}>
      <p class="faded">{t('signingSecretText')}</p>
      {secret && <SecretNotice title={t('rotatedTitle')} text={t('rotatedText')} secret={secret} onClose={() => setSecret('')} />}
      {endpoint.oldSigningSecrets.map(({ expiresDate }) => (
        <p key={expiresDate}><Badge tone="warn">{t('oldSecret')}</Badge> {t('oldSecretUntil')} <Moment date={expiresDate} /></p>
      ))}
      <ProblemsContext.Provider value={isFine ? {} : { overlapHours: t('numberRange', { minimum: 0, maximum: overlapMaxH }) }}>
        <div class="inline-form">
          <TextField name="overlapHours" label={t('overlap')} type="number" unit={t('hours')} minimum={0} maximum={overlapMaxH} value={hours} onChange={setHours} />
          <Button icon="key" onClick={() => isFine && setAsking(true)}>{t('rotate')}</Button>
        </div>
      </ProblemsContext.Provider>
      {isAsking && (
        <Confirm title={t('rotateTitle')} confirm={t('rotate')} isHarmless onConfirm={rotate} onClose={() => setAsking(false)}>
          <p>{Number(hours) > 0 ? t('rotateText', { count: Number(hours) }) : t('rotateAtOnceText')}</p>
        </Confirm>
      )}
    </Card>
  );
}

type WithKey = Endpoint & { key: string };

const readWithKey = async (id: string): Promise<WithKey> => {
  const endpoint = await get<Endpoint>(pathOf(id));
  return { ...endpoint, key: await readKey(endpoint) };
};

/** What is being typed stays, whatever others store. */
function Settings({ endpoint, probed, onSaved }: { endpoint: Endpoint; probed: Probed; onSaved: () => void }) {
  const types = useEventTypes();
  const key = useLoaded(`key ${endpoint.id}`, (signal) => readKey(endpoint, signal));
  const stored = useMemo((): WithKey => ({ ...endpoint, key: key.value ?? '' }), [endpoint, key.value]);
  if (endpoint.origin === 'salesforceOauth2') return <Notice tone="calm"><p>{t('byApiOnly')}</p></Notice>;
  if (types.error || key.error) return <Problem error={types.error ?? key.error} onRetry={() => { types.reload(); key.reload(); }} />;
  if (!types.value || key.value === undefined) return <Loading />;
  const save = async (body: object, base: WithKey) => {
    const saved = await store<Endpoint, WithKey>({ method: 'PUT', path: pathOf(endpoint.id), base, body, bodyOf: storedBodyOf, read: () => readWithKey(endpoint.id), history: ['endpoint', endpoint.id] });
    key.reload();
    onSaved();
    return { ...saved, key: await readKey(saved) };
  };
  return <EndpointEditor stored={stored} types={types.value} submitWord={t('save')} probed={probed} onSubmit={save} />;
}

function SettingsTab({ endpoint, onChange }: { endpoint: Endpoint; onChange: () => void }) {
  const [isSaved, setSaved] = useState(false);
  const probed = useProbed(endpoint.id);
  const onSaved = () => {
    setSaved(true);
    onChange();
    scrollTo(0, 0);
  };
  return (
    <>
      {isSaved && !probed.isTold && <Notice tone="good" onClose={() => setSaved(false)}><p>{t('saved')}</p></Notice>}
      {probed.view}
      {isCallback(endpoint) && <p class="faded"><LinkButton kind="quiet" icon="callback" href={addressOf('callback')}>{t('alsoOnCallbackPage')}</LinkButton></p>}
      <Settings endpoint={endpoint} probed={probed} onSaved={onSaved} />
    </>
  );
}

export function EndpointDetail({ id, tab }: { id: string; tab: string | undefined }) {
  const loaded = useLoaded(`endpoint ${id}`, (signal) => get<Endpoint>(pathOf(id), signal));
  useFresh(loaded, 6000);
  const endpoint = loaded.value;
  const catcher = useCatcherOf(endpoint?.url);
  const back = <p class="back"><a href={addressOf('endpoints')}><Icon name="left" /> {t('sectionEndpoints')}</a></p>;
  if (!endpoint) return <>{back}<Title>{t('endpoint')}</Title>{loaded.error ? <Problem error={loaded.error} onRetry={loaded.reload} /> : <Loading />}</>;

  const { tone, icon, word } = standingOf(endpoint);
  const tabs: Tab[] = [
    { id: 'overview', title: t('tabOverview'), content: () => <><Facts endpoint={endpoint} /><EndpointCharts endpointId={endpoint.id} /></> },
    ...(catcher ? [{ id: 'caught', title: t('tabCaught'), content: () => <CaughtTab catcher={catcher} /> }] : []),
    { id: 'deliveries', title: t('tabDeliveries'), content: () => <LastDeliveries endpoint={endpoint} /> },
    { id: 'settings', title: t('tabSettings'), content: () => <SettingsTab endpoint={endpoint} onChange={loaded.reload} /> },
    { id: 'security', title: t('tabSecurity'), content: () => <SecretCard endpoint={endpoint} onChange={loaded.reload} /> },
    ...(endpoint.url ? [{ id: 'test', title: t('tabTest'), content: () => <div class="columns"><TestCard endpoint={endpoint} path={pathOf(id)} /><CheckCard path={pathOf(id)} /></div> }] : []),
  ];
  return (
    <>
      {back}
      <Title lead={<span class="url">{endpoint.url || t('noUrlYet')}</span>} aside={<><HistoryLink kind="endpoint" subject={endpoint.id} /><Badge tone={tone} icon={icon}>{word}</Badge></>}>{endpointName(endpoint)}</Title>
      <Problem error={loaded.error} />
      <Steering endpoint={endpoint} catcher={catcher} onChange={loaded.reload} />
      <Tabs label={t('endpointParts')} tabs={tabs} current={tab} addressFor={(wanted) => addressOf('endpoints', { id, tab: wanted === 'overview' ? '' : wanted })} />
    </>
  );
}
