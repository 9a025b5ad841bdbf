// settings.tsx – how people sign in to the account, and which features the operator has switched on.
import { useState } from 'preact/hooks';
import { isWord, t } from '../language';
import { Badge, Button, Card, Loading, Notice, Problem, Title } from '../parts/basics';
import { Confirm } from '../parts/dialog';
import { Switch, TextField } from '../parts/fields';
import { Form } from '../parts/form';
import { HistoryLink } from '../parts/history_link';
import { useUnsaved } from '../parts/unsaved';
import { addressOf, type Parameters } from '../route';
import { call, get } from '../server';
import { has, maySee, useSession } from '../session';
import { useDraft, useLoaded } from '../use';
import { change as store } from '../versions';

const path = '/api/account/admin/accountSettings/systemSettings';

interface Settings {
  senderLoginMaxFailedAttempts: number;
  loginSessionTimeout: number;
  sessionTimeoutWarning: number;
  orderLastNameFirstName: boolean;
}

const numbers = [
  { name: 'loginSessionTimeout', word: 'loginTimeout', minimum: 1, maximum: 1440, unit: 'minutes' },
  { name: 'sessionTimeoutWarning', word: 'loginWarning', minimum: 0, maximum: 1440, unit: 'minutes' },
  { name: 'senderLoginMaxFailedAttempts', word: 'loginTries', minimum: 1, maximum: 100, unit: null },
] as const;

type Draft = Record<(typeof numbers)[number]['name'], string> & { orderLastNameFirstName: boolean };

const draftOf = (settings: Settings): Draft => ({
  loginSessionTimeout: String(settings.loginSessionTimeout),
  sessionTimeoutWarning: String(settings.sessionTimeoutWarning),
  senderLoginMaxFailedAttempts: String(settings.senderLoginMaxFailedAttempts),
  orderLastNameFirstName: settings.orderLastNameFirstName,
});

const bodyOf = (draft: Draft) => ({ ...Object.fromEntries(numbers.map(({ name }) => [name, Number(draft[name])])), orderLastNameFirstName: draft.orderLastNameFirstName });

function Editor({ settings, onSaved }: { settings: Settings; onSaved: (settings: Settings) => void }) {
  const { base, draft, isDirty, change, reset: discard } = useDraft(settings, draftOf);
  const [isAsking, setAsking] = useState(false);
  useUnsaved(isDirty);
  const check = () => Object.fromEntries(numbers
    .filter(({ name, minimum, maximum }) => !/^\d+$/.test(draft[name].trim()) || Number(draft[name]) < minimum || Number(draft[name]) > maximum)
    .map(({ name, minimum, maximum }) => [name, t('numberRange', { minimum, maximum })]));
  const save = async () => {
    onSaved(await store<Settings, Settings>({ method: 'PATCH', path, base, body: bodyOf(draft), bodyOf: (stored) => bodyOf(draftOf(stored)), history: ['systemSettings', ''] }));
  };
  const reset = async () => {
    await call('DELETE', path);
    setAsking(false);
    onSaved(await get<Settings>(path));
  };
  return (
    <>
      <Form check={check} submit={save} submitWord={t('save')} isDirty={isDirty} onDiscard={() => discard(base)} more={<Button kind="quiet" onClick={() => setAsking(true)}>{t('resetDefaults')}</Button>}>
        <div class="fields">
          {numbers.map(({ name, word, minimum, maximum, unit }) => (
            <TextField key={name} name={name} label={t(word)} type="number" unit={unit ? t(unit) : undefined} minimum={minimum} maximum={maximum} value={draft[name]} onChange={(value) => change({ [name]: value })} />
          ))}
        </div>
        <Switch label={t('nameOrder')} hint={t('nameOrderHint')} isOn={draft.orderLastNameFirstName} onChange={(isOn) => change({ orderLastNameFirstName: isOn })} />
      </Form>
      {isAsking && <Confirm title={t('resetDefaultsTitle')} confirm={t('resetDefaults')} onConfirm={reset} onClose={() => setAsking(false)}><p>{t('resetDefaultsText')}</p></Confirm>}
    </>
  );
}

function Shown({ settings }: { settings: Settings }) {
  return (
    <>
      <dl class="facts">
        {numbers.map(({ name, word, unit }) => <div key={name}><dt>{t(word)}</dt><dd>{settings[name]} {unit && t(unit)}</dd></div>)}
        <div><dt>{t('nameOrder')}</dt><dd>{t(settings.orderLastNameFirstName ? 'yes' : 'no')}</dd></div>
      </dl>
      <p class="faded">{t('ownerChanges')}</p>
    </>
  );
}

function SignIn() {
  const session = useSession();
  const loaded = useLoaded('system settings', (signal) => get<Settings>(path, signal));
  const [saved, setSaved] = useState<Settings | null>(null);
  const settings = saved ?? loaded.value;
  return (
    <Card id="sign-in" title={t('signInTitle')} aside={<HistoryLink kind="systemSettings" />}>
      {saved && <Notice tone="good"><p>{t('saved')}</p></Notice>}
      <Problem error={loaded.error} onRetry={loaded.reload} />
      {settings ? session.owner ? <Editor key={JSON.stringify(settings)} settings={settings} onSaved={setSaved} /> : <Shown settings={settings} /> : !loaded.error && <Loading />}
    </Card>
  );
}

export const featureWord = (name: string): string => {
  const key = `feature_${name}`;
  return isWord(key) ? t(key) : name;
};

function Features() {
  const { accountFeatures } = useSession();
  return (
    <Card id="features" title={t('featuresTitle')}>
      <p class="faded">{t('featuresText')}</p>
      <ul class="features">
        {Object.entries(accountFeatures).map(([name, isOn]) => (
          <li key={name}>
            <span>{featureWord(name)} <code class="wire">{name}</code></span>
            <Badge tone={isOn ? 'good' : 'calm'} icon={isOn ? 'check' : 'power'}>{t(isOn ? 'featureOn' : 'featureIsOff')}</Badge>
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function SettingsSection(_: { parameters: Parameters }) {
  const session = useSession();
  return (
    <>
      <Title lead={t('settingsLead')}>{t('sectionSettings')}</Title>
      {has(session, 'sender_admin.users') && <SignIn />}
      <Features />
      {maySee(session, 'notifications') && <p>{t('keptElsewhere')} <a href={addressOf('retention')}>{t('sectionRetention')}</a>.</p>}
    </>
  );
}
