// registration.tsx – the fields of where notifications go: URL, authentication, headers.
import type { ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import { t } from '../language';
import { headersMax, type OAuthDraft, type Registration } from '../registration';
import type { CustomHeaders } from '../types';
import { useId } from '../use';
import { Button } from './basics';
import { ProblemsContext, RadioField, SecretField, TextField } from './fields';

interface Properties {
  draft: Registration;
  change: (part: Partial<Registration>) => void;
}

function UrlField({ draft, change }: Properties) {
  return <TextField name="url" label={t('callbackUrl')} hint={t('callbackUrlHint')} type="url" placeholder="https://" value={draft.url} onChange={(url) => change({ url })} />;
}

function OAuthFields({ draft, change }: Properties) {
  const { oauth } = draft;
  const put = (part: Partial<OAuthDraft>) => change({ oauth: { ...oauth, ...part } });
  const isStored = Boolean(oauth.stored);
  return (
    <div class="fields two">
      <TextField name="oauthSetting.clientId" label={t('clientId')} value={oauth.clientId} onChange={(clientId) => put({ clientId })} />
      <SecretField
        name="oauthSetting.clientSecret"
        label={t('clientSecret')}
        hint={isStored ? t('clientSecretStored') : undefined}
        placeholder={isStored ? '••••••••' : undefined}
        value={oauth.clientSecret}
        onChange={(clientSecret) => put({ clientSecret })}
      />
      <TextField name="oauthSetting.authorizationServerUrl" label={t('authorizationServerUrl')} type="url" placeholder="https://" value={oauth.url} onChange={(url) => put({ url })} />
      <TextField name="oauthSetting.scope" label={t('scope')} hint={t('scopeHint')} isOptional value={oauth.scope} onChange={(scope) => put({ scope })} />
      <RadioField
        name="oauthSetting.authMechanism"
        label={t('credentialsLocation')}
        isInline
        value={oauth.mechanism}
        onChange={(mechanism) => put({ mechanism: mechanism as OAuthDraft['mechanism'] })}
        choices={[{ value: 'HEADER', label: t('inHeader') }, { value: 'BODY', label: t('inBody') }]}
      />
    </div>
  );
}

function AuthFields({ draft, change }: Properties) {
  const isKeyStored = draft.storedKeyUrl !== null;
  return (
    <>
      <RadioField
        name="authType"
        label={t('authMethod')}
        value={draft.authType}
        onChange={(authType) => change({ authType: authType as Registration['authType'] })}
        choices={[
          { value: 'NONE', label: t('authNone'), hint: t('authNoneHint') },
          { value: 'BASIC', label: t('authBasic'), hint: t('authBasicHint') },
          { value: 'OAUTH2', label: t('authOauth'), hint: t('authOauthHint') },
          ...(draft.isFurther ? [{ value: 'HEADER', label: t('authHeader'), hint: t('authHeaderHint') }] : []),
        ]}
      />
      {draft.authType === 'BASIC' && <SecretField name="key" label={t('callbackKey')} hint={t(isKeyStored ? 'callbackKeyStored' : 'callbackKeyHint')} placeholder={isKeyStored ? '••••••••' : undefined} value={draft.key} onChange={(key) => change({ key })} />}
      {draft.authType === 'HEADER' && <SecretField name="key" label={t('authorizationValue')} hint={t(isKeyStored ? 'callbackKeyStored' : 'authorizationValueHint')} placeholder={isKeyStored ? '••••••••' : undefined} value={draft.key} onChange={(key) => change({ key })} />}
      {draft.authType === 'OAUTH2' && <OAuthFields draft={draft} change={change} />}
    </>
  );
}

function HeaderRow({ header, i, onChange, onRemove }: { header: CustomHeaders[number]; i: number; onChange: (header: CustomHeaders[number]) => void; onRemove: () => void }) {
  const id = useId('header');
  const problem = useContext(ProblemsContext)[`customHeaders[${i}]`];
  const wired = { 'aria-invalid': problem ? ('true' as const) : undefined, 'aria-describedby': problem ? `${id}-problem` : undefined, autocomplete: 'off', spellcheck: false };
  return (
    <li>
      <div class="header-row">
        <input {...wired} aria-label={t('headerName', { number: i + 1 })} placeholder="X-Name" value={header.key} onInput={(event) => onChange({ ...header, key: event.currentTarget.value })} />
        <input {...wired} aria-label={t('headerValue', { number: i + 1 })} placeholder={t('value')} value={header.value} onInput={(event) => onChange({ ...header, value: event.currentTarget.value })} />
        <Button kind="quiet" icon="trash" label={t('removeHeader', { number: i + 1 })} onClick={onRemove} />
      </div>
      {problem && <p id={`${id}-problem`} class="problem">{problem}</p>}
    </li>
  );
}

function HeaderFields({ draft, change }: Properties) {
  const { headers } = draft;
  const problem = useContext(ProblemsContext).customHeaders;
  const put = (i: number, header: CustomHeaders[number]) => change({ headers: headers.map((old, j) => (i === j ? header : old)) });
  return (
    <fieldset class="headers">
      <legend>{t('customHeaders')} <span class="optional">({t('optional')})</span></legend>
      <p class="hint">{t('customHeadersHint', { count: headersMax })}</p>
      <ul>
        {headers.map((header, i) => (
          <HeaderRow key={i} header={header} i={i} onChange={(changed) => put(i, changed)} onRemove={() => change({ headers: headers.filter((_, j) => i !== j) })} />
        ))}
      </ul>
      {problem && <p class="problem">{problem}</p>}
      {headers.length < headersMax && <Button icon="plus" onClick={() => change({ headers: [...headers, { key: '', value: '' }] })}>{t('addHeader')}</Button>}
    </fieldset>
  );
}

/** All of it; `children` come first. */
export function Where({ draft, change, children }: Properties & { children?: ComponentChildren }) {
  return (
    <div class="where">
      <div>
        {children}
        <UrlField draft={draft} change={change} />
        <AuthFields draft={draft} change={change} />
      </div>
      <HeaderFields draft={draft} change={change} />
    </div>
  );
}
