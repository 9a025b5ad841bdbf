// client_apps.tsx – the account's client apps: the list, a new one, and from there one of them.
import { useEffect, useState } from 'preact/hooks';
import { useSummaries, type AppSummary } from '../client_app_usage';
import { appsPath, hasApps, makerName, standingOfApp, useNames, useSettings, type Names } from '../client_apps';
import { t } from '../language';
import { Ago, Badge, Button, Empty, Loading, Moment, Problem, Title } from '../parts/basics';
import { CredentialsPanel } from '../parts/credentials';
import { Dialog } from '../parts/dialog';
import { TextField } from '../parts/fields';
import { Form } from '../parts/form';
import { WideTable, type Column } from '../parts/table';
import { SmallUseChart } from '../parts/use_chart';
import { addressOf, go, type Parameters } from '../route';
import { call, get } from '../server';
import { useSession } from '../session';
import type { ClientAppWithSecret, Session, StoredAuthenticationSettings, StoredClientApp } from '../types';
import { useInterval, useLoaded } from '../use';
import { ClientAppDetail } from './client_app';

export const nameMax = 100;

export const nameProblem = (name: string): Record<string, string> => {
  if (!name.trim()) return { name: t('fieldMissing') };
  return [...name.trim()].length > nameMax ? { name: t('nameTooLong', { count: nameMax }) } : {};
};

/** The operator has not enabled them: who can. */
export function AppsOff() {
  return (
    <Empty icon="apps" title={t('appsOffTitle')}>
      <p>{t('appsOffText')}</p>
      <p class="faded"><code>greffier account feature --enable client-apps</code></p>
    </Empty>
  );
}

export function LastUse({ app }: { app: StoredClientApp }) {
  if (!app.lastUsedDate) return <span class="faded">{t('neverUsed')}</span>;
  return <><Ago date={app.lastUsedDate} />{app.lastUsedAddress && <span class="block faded">{t('fromAddress', { address: app.lastUsedAddress })}</span>}</>;
}

function columnsOf(names: Names, session: Session, summaries: Record<string, AppSummary> | undefined): Column<StoredClientApp>[] {
  return [
    { title: t('name'), kind: 'what', cell: (app) => <a href={addressOf('apps', { id: app.clientId })}>{app.name}</a> },
    { title: t('state'), kind: 'state', cell: (app) => { const { tone, icon, word } = standingOfApp(app); return <Badge tone={tone} icon={icon}>{word}</Badge>; } },
    { title: t('createdBy'), cell: (app) => <>{makerName(app, names, session)}<span class="block faded"><Moment date={app.createdDate} /></span></> },
    { title: t('lastUsed'), cell: (app) => <LastUse app={app} /> },
    { title: t('useColumn'), cell: (app) => summaries && <SmallUseChart summary={summaries[app.clientId]} /> },
  ];
}

/** A name, and then what is shown once. */
function CreatePanel({ settings, onClose, onMade }: { settings: StoredAuthenticationSettings; onClose: () => void; onMade: () => void }) {
  const [name, setName] = useState('');
  const [made, setMade] = useState<ClientAppWithSecret | null>(null);
  const create = async () => {
    setMade(await call<ClientAppWithSecret>('POST', appsPath, { name: name.trim() }));
    onMade();
  };
  if (made) return <CredentialsPanel title={made.name} app={made} settings={settings} onDone={onClose} />;
  return (
    <Dialog title={t('createApp')} isPanel onClose={onClose}>
      <p class="faded">{t('createAppText')}</p>
      <Form check={() => nameProblem(name)} submit={create} submitWord={t('create')} more={<Button onClick={onClose}>{t('cancel')}</Button>}>
        <TextField name="name" label={t('name')} hint={t('appNameHint')} value={name} onChange={setName} />
      </Form>
    </Dialog>
  );
}

const manyApps = 10;

/** Those whose name or id has the text, in any case. */
const matching = (apps: StoredClientApp[], text: string): StoredClientApp[] => {
  const wanted = text.trim().toLowerCase();
  return apps.filter(({ name, clientId }) => name.toLowerCase().includes(wanted) || clientId.toLowerCase() === wanted);
};

function Table({ apps }: { apps: StoredClientApp[] }) {
  const session = useSession();
  const names = useNames();
  const summaries = useSummaries();
  useInterval(15000, summaries.refresh);
  const [text, setText] = useState('');
  const found = matching(apps, text);
  return (
    <>
      {apps.length > manyApps && <TextField name="filter" label={t('filterApps')} type="search" value={text} onChange={setText} />}
      <Problem error={summaries.error} onRetry={summaries.reload} />
      {found.length === 0
        ? <p role="status">{t('noSuchApps', { text })}</p>
        : <WideTable caption={t('sectionApps')} columns={columnsOf(names, session, summaries.value)} items={found} keyOf={({ clientId }) => clientId} />}
    </>
  );
}

function List({ settings, isAdding }: { settings: StoredAuthenticationSettings; isAdding: boolean }) {
  const apps = useLoaded('apps', (signal) => get<StoredClientApp[]>(appsPath, signal));
  const [isCreating, setCreating] = useState(isAdding);
  useEffect(() => { if (isAdding) setCreating(true); }, [isAdding]);
  const close = () => {
    setCreating(false);
    if (isAdding) go(addressOf('apps'), true);
  };
  useInterval(10000, apps.refresh);
  const add = <Button kind="primary" icon="plus" onClick={() => setCreating(true)}>{t('add')}</Button>;
  return (
    <>
      <Title lead={t('appsLead')} aside={add}>{t('sectionApps')}</Title>
      <Problem error={apps.error} onRetry={apps.reload} />
      {!apps.value ? !apps.error && <Loading /> : apps.value.length === 0 ? (
        <Empty icon="apps" title={t('noApps')}><p>{t('noAppsText')}</p></Empty>
      ) : <Table apps={apps.value} />}
      <p class="faded">{t('connectorsNeedKeys')} <a href={addressOf('key')}>{t('sectionKey')}</a>.</p>
      {isCreating && <CreatePanel settings={settings} onClose={close} onMade={apps.reload} />}
    </>
  );
}

export function ClientAppsSection({ parameters }: { parameters: Parameters }) {
  const settings = useSettings();
  if (!settings.value || !hasApps(settings.value)) {
    return (
      <>
        <Title>{t('sectionApps')}</Title>
        {settings.value ? <AppsOff /> : settings.error ? <Problem error={settings.error} onRetry={settings.reload} /> : <Loading />}
      </>
    );
  }
  return parameters.id ? <ClientAppDetail id={parameters.id} settings={settings.value} parameters={parameters} /> : <List settings={settings.value} isAdding={parameters.add === '1'} />;
}
