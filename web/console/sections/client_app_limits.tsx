// client_app_limits.tsx – a client app's name, and what its tokens may do at most.
import { pathOfApp } from '../client_apps';
import { t, type Word } from '../language';
import { Card } from '../parts/basics';
import { AreaField, CheckField, CheckGroup, Switch, TextField, type Problems } from '../parts/fields';
import { Form } from '../parts/form';
import { Icon } from '../parts/icon';
import { useUnsaved } from '../parts/unsaved';
import type { StoredClientApp } from '../types';
import { useDraft } from '../use';
import { change as store } from '../versions';
import { nameProblem } from './client_apps';

type Scope = StoredClientApp['scopes'][number];

/** Every scope there is, by what it is about, with what it allows. */
const scopes: Record<Scope, Word> = {
  'package.read': 'scopePackageRead',
  'package.write': 'scopePackageWrite',
  'session.create': 'scopeSessionCreate',
  'notification.read': 'scopeNotificationRead',
  'notification.manage': 'scopeNotificationManage',
  'event.write': 'scopeEventWrite',
  'user.read': 'scopeUserRead',
  'user.manage': 'scopeUserManage',
  'access.manage': 'scopeAccessManage',
};
const allScopes = Object.keys(scopes) as Scope[];

const networksMax = 10;
const rateMax = 100000;

interface Draft {
  name: string;
  scopes: Scope[];
  networks: string; // one a line
  readOnly: boolean;
  rateLimit: string;
  publicKeys: string; // a JWK set; "": none
}

/** Laid out, so that one sees which keys there are. */
function keysText(set: StoredClientApp['publicKeys']): string {
  return Array.isArray(set.keys) && set.keys.length > 0 ? JSON.stringify(set, null, 2) : '';
}

/** Undefined for what is no JSON object. */
function keysOf(text: string): object | undefined {
  if (!text.trim()) return { keys: [] };
  try {
    const set: unknown = JSON.parse(text);
    return typeof set === 'object' && set !== null && !Array.isArray(set) ? set : undefined;
  } catch {
    return undefined;
  }
}

const draftOf = (app: StoredClientApp): Draft => ({
  name: app.name,
  scopes: allScopes.filter((scope) => app.scopes.includes(scope)),
  networks: app.networks.join('\n'),
  readOnly: app.readOnly,
  rateLimit: String(app.rateLimit),
  publicKeys: keysText(app.publicKeys),
});

const networksOf = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);

const bodyOf = (draft: Draft) => ({
  name: draft.name.trim(),
  scopes: draft.scopes,
  networks: networksOf(draft.networks),
  readOnly: draft.readOnly,
  rateLimit: Number(draft.rateLimit),
  publicKeys: keysOf(draft.publicKeys),
});

const textOf = (draft: Draft): string => JSON.stringify(bodyOf(draft));

function problemsOf(draft: Draft): Problems {
  const problems: Problems = { ...nameProblem(draft.name) };
  const networks = networksOf(draft.networks);
  if (draft.scopes.length === 0) problems.scopes = t('scopesMissing');
  if (networks.length > networksMax || !networks.every((network) => /^[\da-f.:]+\/\d+$/i.test(network))) problems.networks = t('networksInvalid', { count: networksMax });
  if (!/^\d+$/.test(draft.rateLimit.trim()) || Number(draft.rateLimit) > rateMax) problems.rateLimit = t('numberRange', { minimum: 0, maximum: rateMax });
  if (!keysOf(draft.publicKeys)) problems.publicKeys = t('publicKeysInvalid');
  return problems;
}

export function LimitsForm({ app, onSaved }: { app: StoredClientApp; onSaved: () => void }) {
  const { base, draft, isDirty, change, reset } = useDraft(app, draftOf, textOf);
  useUnsaved(isDirty);
  const save = async () => {
    reset(await store<StoredClientApp, StoredClientApp>({ method: 'PUT', path: pathOfApp(app.clientId), base, body: bodyOf(draft), bodyOf: (stored) => bodyOf(draftOf(stored)), history: ['clientApp', app.clientId] }));
    onSaved();
  };
  const choose = (scope: Scope, isOn: boolean) => change({ scopes: allScopes.filter((one) => (one === scope ? isOn : draft.scopes.includes(one))) });
  return (
    <Form check={() => problemsOf(draft)} submit={save} submitWord={t('save')} isDirty={isDirty}>
      <Card id="limits" title={t('nameAndLimits')}>
        <TextField name="name" label={t('name')} hint={t('appNameHint')} value={draft.name} onChange={(name) => change({ name })} />
        <CheckGroup name="scopes" legend={t('scopes')} hint={t('scopesHint')}>
          {allScopes.map((scope) => (
            <CheckField key={scope} name="scopes" label={t(scopes[scope])} code={scope} isOn={draft.scopes.includes(scope)} onChange={(isOn) => choose(scope, isOn)} />
          ))}
        </CheckGroup>
        <Switch label={t('readOnly')} hint={t('readOnlyHint')} isOn={draft.readOnly} onChange={(readOnly) => change({ readOnly })} />
        <div class="fields two">
          <AreaField name="networks" label={t('networks')} hint={t('networksHint')} isOptional rows={3} placeholder="192.0.2.0/24" value={draft.networks} onChange={(networks) => change({ networks })} />
          <TextField name="rateLimit" label={t('callsAtMost')} type="number" unit={t('perSecond')} minimum={0} maximum={rateMax} hint={t('rateHint')} value={draft.rateLimit} onChange={(rateLimit) => change({ rateLimit })} />
        </div>
        <details class="fold" open={keysText(base.publicKeys) !== ''}>
          <summary><Icon name="right" /> <span><span class="strong">{t('publicKeys')}</span><span class="faded">{t('publicKeysNote')}</span></span></summary>
          <AreaField name="publicKeys" label={t('publicKeysLabel')} hint={t('publicKeysHint')} isOptional rows={6} placeholder={'{"keys": [{"kty": "EC", "crv": "P-256", "kid": "…", "x": "…", "y": "…"}]}'} value={draft.publicKeys} onChange={(publicKeys) => change({ publicKeys })} />
        </details>
      </Card>
    </Form>
  );
}
