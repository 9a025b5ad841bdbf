// api_key.tsx – the API keys of the account, masked, for its owner; and why a client app is better.
import { useEffect, useState } from 'preact/hooks';
import { hasApps, useSettings } from '../client_apps';
import { t } from '../language';
import { Ago, Button, Card, CopyButton, Empty, LinkButton, Loading, Moment, Notice, Problem, Title } from '../parts/basics';
import { Dialog } from '../parts/dialog';
import { PasswordField } from '../parts/fields';
import { Form } from '../parts/form';
import { Icon } from '../parts/icon';
import { addressOf, type Parameters } from '../route';
import { authentication, call, get, ServerError } from '../server';
import { useSession } from '../session';
import type { Answers, ApiKey, StoredAuthenticationSettings } from '../types';
import { useAction, useLoaded } from '../use';

const path = `${authentication}/apiKeys`;
const shownMs = 60000;

const isRefused = (error: unknown, key: string): boolean => error instanceof ServerError && error.key === key;

async function reveal(userId: string, password?: string): Promise<string> {
  const body = password === undefined ? undefined : { password };
  return (await call<Answers['apiKeyReveal']>('POST', `${path}/${encodeURIComponent(userId)}/reveal`, body, { isPasswordGiven: true })).apiKey;
}

/** It takes the password again, when that was given a while ago. */
function PasswordDialog({ userId, onShown, onClose }: { userId: string; onShown: (key: string) => void; onClose: () => void }) {
  const [password, setPassword] = useState('');
  const [isWrong, setWrong] = useState(false);
  const submit = async () => {
    setWrong(false);
    try {
      onShown(await reveal(userId, password));
    } catch (error) {
      if (!isRefused(error, 'error.unauthorised.invalidCredentials')) throw error;
      setWrong(true);
    }
  };
  return (
    <Dialog title={t('passwordTitle')} onClose={onClose}>
      <p>{t('passwordText')}</p>
      <Form check={() => (password ? {} as Record<string, string> : { password: t('fieldMissing') })} submit={submit} submitWord={t('show')} more={<Button onClick={onClose}>{t('cancel')}</Button>}>
        <PasswordField name="password" label={t('password')} value={password} onChange={setPassword} />
        {isWrong && <Notice tone="bad" isUrgent><p>{t('passwordWrong')}</p></Notice>}
      </Form>
    </Dialog>
  );
}

/** Hidden again after a minute, or when it is asked for. */
function useRevealed(userId: string) {
  const [key, setKey] = useState('');
  const [isAsking, setAsking] = useState(false);
  const action = useAction();
  useEffect(() => {
    if (!key) return undefined;
    const timer = setTimeout(() => setKey(''), shownMs);
    return () => clearTimeout(timer);
  }, [key]);
  const show = async () => {
    try {
      setKey(await reveal(userId));
    } catch (error) {
      if (!isRefused(error, 'error.forbidden.passwordRequired')) throw error;
      setAsking(true);
    }
  };
  const dialog = isAsking && <PasswordDialog userId={userId} onShown={(shown) => { setKey(shown); setAsking(false); }} onClose={() => setAsking(false)} />;
  return { key, error: action.error, isBusy: action.isBusy, show: () => void action.run(show), hide: () => setKey(''), dialog };
}

function KeyView({ apiKey }: { apiKey: ApiKey }) {
  const { key, error, isBusy, show, hide, dialog } = useRevealed(apiKey.userId);
  return (
    <>
      <div class="credential">
        <p class="key"><code translate={false}>{key || '•'.repeat(20) + apiKey.maskedKey.replace(/^\*+/, '')}</code></p>
        <div class="row">
          {key ? <Button icon="eye" onClick={hide}>{t('hide')}</Button> : !apiKey.validUntilDate && <Button icon="eye" isBusy={isBusy} label={`${t('show')} – ${apiKey.email}`} onClick={show}>{t('show')}</Button>}
          {key && <CopyButton text={key} />}
          <span class="faded" role="status">{key ? t('hiddenSoon') : ''}</span>
        </div>
      </div>
      <Problem error={error} />
      <dl class="facts">
        <div><dt>{t('createdOn')}</dt><dd><Moment date={apiKey.createdDate} /></dd></div>
        <div>
          <dt>{t('lastUsed')}</dt>
          <dd>{apiKey.lastUsedDate ? <><Ago date={apiKey.lastUsedDate} />{apiKey.lastUsedAddress && <span class="block faded">{t('fromAddress', { address: apiKey.lastUsedAddress })}</span>}</> : t('neverUsed')}</dd>
        </div>
        {apiKey.validUntilDate && <div><dt>{t('validUntil')}</dt><dd><Moment date={apiKey.validUntilDate} /></dd></div>}
      </dl>
      {dialog}
    </>
  );
}

function Keys() {
  const session = useSession();
  const keys = useLoaded('keys', (signal) => get<ApiKey[]>(path, signal));
  if (isRefused(keys.error, 'error.forbidden.apiKeyHidden')) return <Empty icon="key" title={t('keyAbsent')}><p>{t('keyHidden')}</p></Empty>;
  if (keys.error) return <Problem error={keys.error} onRetry={keys.reload} />;
  if (!keys.value) return <Loading />;
  const own = keys.value.filter(({ userId }) => userId === session.user.id);
  const others = keys.value.filter(({ userId }) => userId !== session.user.id);
  return (
    <>
      {own.map((key) => <Card key={key.createdDate} title={t(key.validUntilDate ? 'yourOldKey' : 'yourKey')}><KeyView apiKey={key} /></Card>)}
      {others.length > 0 && (
        <Card id="other-keys" title={t('otherKeys')}>
          <p class="faded">{t('otherKeysText')}</p>
          {others.map((key) => (
            <details class="fold" key={`${key.userId} ${key.maskedKey} ${key.createdDate}`}>
              <summary><Icon name="right" /> <span>{key.email || key.userId}</span></summary>
              <KeyView apiKey={key} />
            </details>
          ))}
        </Card>
      )}
    </>
  );
}

function Recommendation({ settings }: { settings: StoredAuthenticationSettings }) {
  return (
    <Card id="recommendation" title={t('appsAreBetter')}>
      <ul class="bullets">
        <li>{t('reasonRenewable')}</li>
        <li>{t('reasonSeveral')}</li>
        <li>{t('reasonShort')}</li>
      </ul>
      {hasApps(settings) && <p><LinkButton icon="apps" href={addressOf('apps')}>{t('sectionApps')}</LinkButton></p>}
    </Card>
  );
}

export function ApiKeySection(_: { parameters: Parameters }) {
  const session = useSession();
  const settings = useSettings();
  return (
    <>
      <Title lead={t('keyLead')}>{t('sectionKey')}</Title>
      <Problem error={settings.error} onRetry={settings.reload} />
      {!settings.value ? !settings.error && <Loading /> : (
        <>
          {!(settings.value.features.apiKey && settings.value.accepted.apiKey) && <Notice tone="warn"><p>{t(settings.value.features.apiKey ? 'keysNotAccepted' : 'keysOff')}</p></Notice>}
          {session.owner ? <Keys /> : <Empty icon="key" title={t('keyAbsent')}><p>{t('keyOwnerOnly')}</p></Empty>}
          <Recommendation settings={settings.value} />
        </>
      )}
    </>
  );
}
