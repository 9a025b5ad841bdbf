// authentication.tsx – which credentials programs may use, how long tokens last, and where OAuth 2.0 is found.
import { useState } from 'preact/hooks';
import { listed, settingsPath, useSettings } from '../client_apps';
import { t, type Word } from '../language';
import { Card, CopyButton, Loading, Notice, Problem, Title } from '../parts/basics';
import { Confirm } from '../parts/dialog';
import { RadioField, Switch, TextField } from '../parts/fields';
import { Form } from '../parts/form';
import { HistoryLink } from '../parts/history_link';
import { useUnsaved } from '../parts/unsaved';
import type { Parameters } from '../route';
import { tokenUrl } from '../samples';
import type { StoredAuthenticationSettings } from '../types';
import { useDraft } from '../use';
import { change as store } from '../versions';

type Method = StoredAuthenticationSettings['authenticationMethod'];
type Accepted = StoredAuthenticationSettings['accepted'];
type Kind = keyof Accepted;

const kindWords: Record<Kind, Word> = { apiKey: 'acceptApiKey', clientApps: 'acceptClientApps', oauth2: 'acceptOauth2' };
const kinds = Object.keys(kindWords) as Kind[];

const lifeLeast = 60;
const lifeMost = 86400;

/** The choices of the original's page, and mixtures. */
const methods: { method: Method; label: Word; hint?: Word; accepted?: Accepted }[] = [
  { method: 'API_KEY_AND_CLIENT_APPS', label: 'methodKeyAndApps', accepted: { apiKey: true, clientApps: true, oauth2: false } },
  { method: 'OAUTH2_CLIENT_CREDENTIALS', label: 'methodOauth2', accepted: { apiKey: false, clientApps: false, oauth2: true } },
  { method: 'ALL', label: 'methodAll', accepted: { apiKey: true, clientApps: true, oauth2: true } },
  { method: 'CUSTOM', label: 'methodCustom', hint: 'methodCustomHint' },
];

interface Draft {
  method: Method;
  accepted: Accepted;
  life: string; // "": as the server says
}

const draftOf = ({ authenticationMethod, accepted, tokenLifeMax }: StoredAuthenticationSettings): Draft => ({
  method: authenticationMethod,
  accepted: Object.fromEntries(kinds.map((kind) => [kind, accepted[kind]])) as unknown as Accepted,
  life: tokenLifeMax ? String(tokenLifeMax) : '',
});

const bodyOf = ({ accepted, life }: Draft) => ({ authenticationMethod: 'CUSTOM', accepted, tokenLifeMax: Number(life) });

function Editor({ settings, onSaved }: { settings: StoredAuthenticationSettings; onSaved: (settings: StoredAuthenticationSettings) => void }) {
  const { base, draft, isDirty, change } = useDraft(settings, draftOf);
  const [isAsking, setAsking] = useState(false);
  useUnsaved(isDirty);
  const ended = kinds.filter((kind) => settings.accepted[kind] && settings.features[kind] && !draft.accepted[kind]);
  const check = (): Record<string, string> => {
    const isFine = draft.life.trim() === '' || (/^\d+$/.test(draft.life.trim()) && Number(draft.life) >= lifeLeast && Number(draft.life) <= lifeMost);
    return isFine ? {} : { tokenLifeMax: t('numberRange', { minimum: lifeLeast, maximum: lifeMost }) };
  };
  const save = async () => {
    const saved = await store<StoredAuthenticationSettings, StoredAuthenticationSettings>({ method: 'PUT', path: settingsPath, base, body: bodyOf(draft), bodyOf: (stored) => bodyOf(draftOf(stored)), history: ['authentication', ''] });
    setAsking(false);
    onSaved(saved);
  };
  const submit = async () => {
    if (ended.length > 0) setAsking(true);
    else await save();
  };
  return (
    <>
      <Form check={check} submit={submit} submitWord={t('save')} isDirty={isDirty}>
        <Card id="accepted" title={t('acceptedTitle')}>
          <RadioField
            name="authenticationMethod"
            label={t('acceptedLabel')}
            value={draft.method}
            onChange={(value) => change({ method: value as Method, accepted: methods.find(({ method }) => method === value)?.accepted ?? draft.accepted })}
            choices={methods.map(({ method, label, hint }) => ({ value: method, label: t(label), hint: hint && t(hint) }))}
          />
          {draft.method === 'CUSTOM' && kinds.map((kind) => (
            <Switch key={kind} label={t(kindWords[kind])} isOn={draft.accepted[kind]} onChange={(isOn) => change({ accepted: { ...draft.accepted, [kind]: isOn } })} />
          ))}
          {kinds.filter((kind) => draft.accepted[kind] && !settings.features[kind]).map((kind) => (
            <Notice key={kind} tone="warn"><p>{t('kindOff', { kind: t(kindWords[kind]) })}</p></Notice>
          ))}
          {!kinds.some((kind) => draft.accepted[kind]) && <Notice tone="warn"><p>{t('nothingAccepted')}</p></Notice>}
        </Card>
        <Card id="life" title={t('tokenLife')}>
          <TextField name="tokenLifeMax" label={t('tokenLifeMax')} type="number" unit={t('seconds')} minimum={lifeLeast} maximum={lifeMost} isOptional hint={t('tokenLifeHint')} value={draft.life} onChange={(life) => change({ life })} />
        </Card>
      </Form>
      {isAsking && (
        <Confirm title={t('acceptLessTitle')} confirm={t('save')} onConfirm={save} onClose={() => setAsking(false)}>
          <p>{t('acceptLessText', { kinds: listed(ended.map((kind) => t(kindWords[kind]))) })}</p>
        </Confirm>
      )}
    </>
  );
}

function Address({ label, url }: { label: string; url: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd class="row"><code translate={false}>{url}</code> <CopyButton text={url} label={`${t('copy')} – ${label}`} /></dd>
    </div>
  );
}

function Oauth2Card() {
  return (
    <Card id="oauth2" title={t('oauth2')}>
      <p class="faded">{t('oauth2Text')}</p>
      <dl class="addresses">
        <Address label={t('tokenAddress')} url={tokenUrl('OAUTH2', location.origin)} />
        <Address label={t('keysAddress')} url={`${location.origin}/oauth2/jwks`} />
        <Address label={t('metadataAddress')} url={`${location.origin}/.well-known/oauth-authorization-server`} />
      </dl>
    </Card>
  );
}

export function AuthenticationSection(_: { parameters: Parameters }) {
  const loaded = useSettings();
  const [saved, setSaved] = useState<StoredAuthenticationSettings | null>(null);
  const settings = saved ?? loaded.value;
  return (
    <>
      <Title lead={t('authenticationLead')} aside={<HistoryLink kind="authentication" />}>{t('sectionAuthentication')}</Title>
      {saved && <Notice tone="good"><p>{t('saved')}</p></Notice>}
      <Problem error={loaded.error} onRetry={loaded.reload} />
      {settings ? (
        <>
          <Editor key={JSON.stringify(draftOf(settings))} settings={settings} onSaved={setSaved} />
          {settings.features.oauth2 && <Oauth2Card />}
        </>
      ) : !loaded.error && <Loading />}
    </>
  );
}
