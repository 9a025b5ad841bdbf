// client_app.tsx – one client app: how it is used, its secret, its limits, switching it off, revoking it.
import { useState } from 'preact/hooks';
import { makerName, mayChange, mayTakeOver, pathOfApp, standingOfApp, useNames } from '../client_apps';
import { number } from '../format';
import { t } from '../language';
import { Badge, Button, Card, CopyButton, Loading, Moment, Notice, Problem, Title } from '../parts/basics';
import { CredentialsPanel } from '../parts/credentials';
import { Confirm } from '../parts/dialog';
import { HistoryLink } from '../parts/history_link';
import { ProblemsContext, Switch, TextField, type Problems } from '../parts/fields';
import { Icon } from '../parts/icon';
import { Samples } from '../parts/samples';
import { addressOf, go, guardLeaving, type Parameters } from '../route';
import { call, get } from '../server';
import { useSession } from '../session';
import type { ClientAppTakenOver, ClientAppWithSecret, StoredAuthenticationSettings, StoredClientApp } from '../types';
import { useAction, useInterval, useLoaded, useNow } from '../use';
import { LastUse } from './client_apps';
import { LimitsForm } from './client_app_limits';
import { SecretCard } from './client_app_secret';
import { ClientAppUse } from './client_app_use';

function Facts({ app }: { app: StoredClientApp }) {
  const session = useSession();
  const names = useNames();
  return (
    <Card id="use" title={t('use')}>
      <dl class="facts">
        <div><dt>{t('lastUsed')}</dt><dd><LastUse app={app} /></dd></div>
        <div><dt>{t('calls')}</dt><dd>{number(app.calls)}</dd></div>
        <div><dt>{t('tokensIssued')}</dt><dd>{number(app.tokensIssued)}</dd></div>
        <div><dt>{t('createdOn')}</dt><dd><Moment date={app.createdDate} /></dd></div>
        <div><dt>{t('createdBy')}</dt><dd>{makerName(app, names, session)}</dd></div>
        <div><dt>{t('actsAs')}</dt><dd>{app.actsAs === 'OWNER' ? t('theOwner') : makerName(app, names, session)}</dd></div>
        {app.disabledDate && <div><dt>{t('switchedOffOn')}</dt><dd><Moment date={app.disabledDate} /></dd></div>}
      </dl>
      <p><a href={addressOf('apps', { id: app.clientId, tab: 'use' })}>{t('useShow')}</a></p>
      <div class="credential">
        <p class="strong">{t('clientIdOfApp')}</p>
        <p class="key"><code translate={false}>{app.clientId}</code></p>
        <CopyButton text={app.clientId} word="copyId" />
      </div>
    </Card>
  );
}

/** For good, and so its name is typed. */
function RevokeDialog({ app, onClose }: { app: StoredClientApp; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [problems, setProblems] = useState<Problems>({});
  const mayConfirm = () => {
    const isRight = typed.trim() === app.name;
    setProblems(isRight ? {} : { name: t('typeTheName', { name: app.name }) });
    return isRight;
  };
  const revoke = async () => {
    await call('DELETE', pathOfApp(app.clientId));
    guardLeaving(null); // what was typed has nowhere to go any more
    go(addressOf('apps'), true);
  };
  return (
    <Confirm title={t('revokeTitle', { name: app.name })} confirm={t('revoke')} mayConfirm={mayConfirm} onConfirm={revoke} onClose={onClose}>
      <p>{t('revokeText')}</p>
      {app.lastUsedDate && <p>{t('appLastUsed')} <LastUse app={app} /></p>}
      <ProblemsContext.Provider value={problems}>
        <TextField name="name" label={t('typeTheName', { name: app.name })} value={typed} onChange={setTyped} />
      </ProblemsContext.Provider>
    </Confirm>
  );
}

/** From then on it acts as the owner; so whoever knew its secret must not know it any more, unless that is wanted. */
export function TakeOverDialog({ app, onTaken, onClose }: { app: StoredClientApp; onTaken: (taken: ClientAppTakenOver) => void; onClose: () => void }) {
  const [keepSecret, setKeepSecret] = useState(false);
  const take = async () => onTaken(await call<ClientAppTakenOver>('POST', `${pathOfApp(app.clientId)}/takeOver`, { keepSecret }));
  return (
    <Confirm title={t('takeOverTitle', { name: app.name })} confirm={t('takeOver')} onConfirm={take} onClose={onClose}>
      <p>{t('takeOverText')}</p>
      <Switch label={t('keepSecret')} hint={t('keepSecretHint')} isOn={keepSecret} onChange={setKeepSecret} />
      <p>{t(keepSecret ? 'takeOverKeeps' : 'takeOverRenews')}</p>
    </Confirm>
  );
}

function Ownership({ app, settings, onChange }: { app: StoredClientApp; settings: StoredAuthenticationSettings; onChange: () => void }) {
  const session = useSession();
  const names = useNames();
  const now = useNow();
  const [isAsking, setAsking] = useState(false);
  const [made, setMade] = useState<ClientAppWithSecret | null>(null);
  const onTaken = ({ secret, ...taken }: ClientAppTakenOver) => {
    setAsking(false);
    if (secret) setMade({ ...taken, secret });
    onChange();
  };
  return (
    <>
      {mayTakeOver(app, session) && (
        <Notice tone={app.confirmUntilDate ? 'warn' : 'calm'} isLasting>
          {app.confirmUntilDate
            ? <p>{t(Date.parse(app.confirmUntilDate) > now ? 'toTakeOverText' : 'notTakenOverText', { name: makerName(app, names, session) })} <Moment date={app.confirmUntilDate} /></p>
            : <p>{t('actsAsMakerText', { name: makerName(app, names, session) })}</p>}
          <p><Button icon="user" onClick={() => setAsking(true)}>{t('takeOver')}</Button></p>
        </Notice>
      )}
      {!mayChange(app, session) && <Notice tone="calm" isLasting><p>{t('ownersOnly')}</p></Notice>}
      {isAsking && <TakeOverDialog app={app} onTaken={onTaken} onClose={() => setAsking(false)} />}
      {made && <CredentialsPanel title={t('newSecretOf', { name: made.name })} app={made} settings={settings} onDone={() => setMade(null)} />}
    </>
  );
}

function Steering({ app, onChange }: { app: StoredClientApp; onChange: () => void }) {
  const session = useSession();
  const [asking, setAsking] = useState<'off' | 'revoke' | null>(null);
  const action = useAction();
  const turn = async (enabled: boolean) => {
    await call<StoredClientApp>('PUT', pathOfApp(app.clientId), { enabled });
    setAsking(null);
    onChange();
  };
  return (
    <>
      <div class="row">
        {mayChange(app, session) && (app.enabled
          ? <Button icon="power" onClick={() => setAsking('off')}>{t('switchOff')}</Button>
          : <Button kind="primary" icon="power" isBusy={action.isBusy} onClick={() => void action.run(() => turn(true))}>{t('switchOn')}</Button>)}
        <Button kind="danger" icon="trash" onClick={() => setAsking('revoke')}>{t('revoke')}</Button>
      </div>
      <Problem error={action.error} />
      {asking === 'off' && (
        <Confirm title={t('switchOffTitle', { name: app.name })} confirm={t('switchOff')} onConfirm={() => turn(false)} onClose={() => setAsking(null)}>
          <p>{t('switchOffText')}</p>
        </Confirm>
      )}
      {asking === 'revoke' && <RevokeDialog app={app} onClose={() => setAsking(null)} />}
    </>
  );
}

function Tabs({ id, isUse }: { id: string; isUse: boolean }) {
  const link = (isCurrent: boolean, tab: string, word: 'settingsTab' | 'use') => <a href={addressOf('apps', { id, tab })} aria-current={isCurrent ? 'page' : undefined}>{t(word)}</a>;
  return <nav class="tabs" aria-label={t('appTabs')}>{link(!isUse, '', 'settingsTab')}{link(isUse, 'use', 'use')}</nav>;
}

function Settings({ app, settings, onChange }: { app: StoredClientApp; settings: StoredAuthenticationSettings; onChange: () => void }) {
  const isMine = mayChange(app, useSession());
  const [isSaved, setSaved] = useState(false);
  return (
    <>
      <Steering app={app} onChange={onChange} />
      {!app.enabled && <Notice tone="calm"><p>{t('switchedOffMeans')}</p></Notice>}
      <Ownership app={app} settings={settings} onChange={onChange} />
      <div class="columns">
        <Facts app={app} />
        {isMine && <SecretCard app={app} settings={settings} onChange={onChange} />}
      </div>
      <Card id="ask" title={t('askForToken')}><Samples clientId={app.clientId} settings={settings} /></Card>
      {isSaved && <Notice tone="good" onClose={() => setSaved(false)}><p>{t('saved')}</p></Notice>}
      {isMine && <LimitsForm key={app.clientId} app={app} onSaved={() => { setSaved(true); onChange(); }} />}
    </>
  );
}

export function ClientAppDetail({ id, settings, parameters }: { id: string; settings: StoredAuthenticationSettings; parameters: Parameters }) {
  const loaded = useLoaded(`app ${id}`, (signal) => get<StoredClientApp>(pathOfApp(id), signal));
  useInterval(8000, loaded.refresh);
  const app = loaded.value;
  const isUse = parameters.tab === 'use';
  const back = <p class="back"><a href={addressOf('apps')}><Icon name="left" /> {t('sectionApps')}</a></p>;
  if (!app) return <>{back}<Title>{t('clientApp')}</Title>{loaded.error ? <Problem error={loaded.error} onRetry={loaded.reload} /> : <Loading />}</>;

  const { tone, icon, word } = standingOfApp(app);
  return (
    <>
      {back}
      <Title aside={<><HistoryLink kind="clientApp" subject={app.clientId} /><Badge tone={tone} icon={icon}>{word}</Badge></>}>{app.name}</Title>
      <Tabs id={id} isUse={isUse} />
      <Problem error={loaded.error} />
      {isUse ? <ClientAppUse app={app} parameters={parameters} /> : <Settings app={app} settings={settings} onChange={loaded.reload} />}
    </>
  );
}
