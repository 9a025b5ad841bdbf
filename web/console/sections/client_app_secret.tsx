// client_app_secret.tsx – the secret of a client app: renewing it while its programs go on, and whether the old one is still in use.
import { useState } from 'preact/hooks';
import { oldSecretUse, overlaps, pathOfApp, type OldSecret } from '../client_apps';
import { span } from '../format';
import { t, type Word } from '../language';
import { Ago, Button, Card, Moment, Notice, type Tone } from '../parts/basics';
import { CredentialsPanel } from '../parts/credentials';
import { Confirm } from '../parts/dialog';
import { SelectField } from '../parts/fields';
import { call } from '../server';
import type { ClientAppWithSecret, StoredAuthenticationSettings, StoredClientApp } from '../types';
import { useAction, useNow } from '../use';
import { LastUse } from './client_apps';

const advice: Record<Exclude<OldSecret, 'none'>, { tone: Tone; word: Word }> = {
  unusedYet: { tone: 'calm', word: 'oldSecretUnusedYet' },
  unused: { tone: 'good', word: 'oldSecretUnused' },
  inUse: { tone: 'warn', word: 'oldSecretInUse' },
  quiet: { tone: 'calm', word: 'oldSecretQuiet' },
};

function OldSecretNotice({ app, onChange }: { app: StoredClientApp; onChange: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const use = oldSecretUse(app, useNow());
  const retire = async () => {
    await call<StoredClientApp>('POST', `${pathOfApp(app.clientId)}/retire-secret`);
    setAsking(false);
    onChange();
  };
  if (use === 'none' || !app.oldSecretUntilDate) return null;
  const { tone, word } = advice[use];
  return (
    <>
      <Notice tone={tone} title={t(word)} isLasting>
        <p>{t('oldSecretLastUsed')} {app.oldSecretLastUsedDate ? <><Ago date={app.oldSecretLastUsedDate} /> {app.oldSecretLastUsedAddress && t('fromAddress', { address: app.oldSecretLastUsedAddress })}</> : t('notSinceRenewal')}</p>
        <p>{t('oldSecretEnds')} <Moment date={app.oldSecretUntilDate} /></p>
        <p><Button icon="power" onClick={() => setAsking(true)}>{t('retireSecret')}</Button></p>
      </Notice>
      {isAsking && (
        <Confirm title={t('retireTitle')} confirm={t('retire')} isHarmless={use !== 'inUse'} onConfirm={retire} onClose={() => setAsking(false)}>
          <p>{t(word)}.</p>
          <p>{t('retireText')}</p>
        </Confirm>
      )}
    </>
  );
}

const overlapName = (seconds: number): string => (seconds === 0 ? t('overlapNone') : span(seconds));

function RenewDialog({ app, onMade, onClose }: { app: StoredClientApp; onMade: (made: ClientAppWithSecret) => void; onClose: () => void }) {
  const [seconds, setSeconds] = useState(app.lastUsedDate ? 24 * 3600 : 0);
  const renew = async () => onMade(await call<ClientAppWithSecret>('POST', `${pathOfApp(app.clientId)}/regenerate-secret`, { overlapSeconds: seconds }));
  return (
    <Confirm title={t('renewTitle', { name: app.name })} confirm={t('renew')} isHarmless={seconds > 0 || !app.lastUsedDate} onConfirm={renew} onClose={onClose}>
      <p>{t('appLastUsed')} <LastUse app={app} /></p>
      <SelectField
        name="overlapSeconds"
        label={t('secretOverlap')}
        value={String(seconds)}
        onChange={(value) => setSeconds(Number(value))}
        choices={overlaps.map((value) => ({ value: String(value), label: overlapName(value) }))}
      />
      <p>{seconds === 0 ? t(app.lastUsedDate ? 'renewAtOnce' : 'renewUnused') : t('renewOverlap')}</p>
      {app.oldSecretUntilDate && <p>{t('renewEndsOlder')}</p>}
    </Confirm>
  );
}

export function SecretCard({ app, settings, onChange }: { app: StoredClientApp; settings: StoredAuthenticationSettings; onChange: () => void }) {
  const [isRenewing, setRenewing] = useState(false);
  const [made, setMade] = useState<ClientAppWithSecret | null>(null);
  const collecting = useAction();
  const show = (withSecret: ClientAppWithSecret) => {
    setRenewing(false);
    setMade(withSecret);
    onChange();
  };
  const collect = async () => show(await call<ClientAppWithSecret>('POST', `${pathOfApp(app.clientId)}/collect-secret`));
  return (
    <Card id="app-secret" title={t('secretOfApp')}>
      <p>{t('secretMadeOn')} <Moment date={app.secretCreatedDate} /></p>
      <p class="faded">{t('secretNotShown')}</p>
      {app.secretToCollect && (
        <Notice tone="bad" title={t('toCollectTitle')} isLasting>
          <p>{t('toCollectText')}</p>
          <p><Button icon="key" isBusy={collecting.isBusy} onClick={() => void collecting.run(collect)}>{t('collectSecret')}</Button></p>
        </Notice>
      )}
      <OldSecretNotice app={app} onChange={onChange} />
      <p><Button icon="replay" onClick={() => setRenewing(true)}>{t('renewSecret')}</Button></p>
      {isRenewing && <RenewDialog app={app} onMade={show} onClose={() => setRenewing(false)} />}
      {made && <CredentialsPanel title={t('newSecretOf', { name: made.name })} app={made} settings={settings} onDone={() => setMade(null)} />}
    </Card>
  );
}
