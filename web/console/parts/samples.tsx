// samples.tsx – how a program asks for a token, in its language.
import { useState } from 'preact/hooks';
import { t } from '../language';
import { languages, sampleOf, type SampleLanguage, type TokenKind } from '../samples';
import type { StoredAuthenticationSettings } from '../types';
import { CopyButton } from './basics';
import { SelectField } from './fields';

/** The kinds that a program gets now: enabled by the operator, accepted by the account. */
export function tokenKinds({ accepted, features }: StoredAuthenticationSettings): TokenKind[] {
  const kinds: TokenKind[] = [];
  if (accepted.clientApps && features.clientApps) kinds.push('API_TOKEN');
  if (accepted.oauth2 && features.oauth2) kinds.push('OAUTH2');
  return kinds;
}

export function Samples({ clientId, settings }: { clientId: string; settings: StoredAuthenticationSettings }) {
  const kinds = tokenKinds(settings);
  const [chosen, setKind] = useState<TokenKind>('API_TOKEN');
  const [language, setLanguage] = useState<SampleLanguage>('curl');
  const kind = kinds.includes(chosen) ? chosen : kinds[0];
  if (!kind) return <p class="faded">{t('noTokensAccepted')}</p>;
  const text = sampleOf(kind, language, location.origin, clientId);
  return (
    <div class="samples">
      <p class="faded">{t('samplesText')}</p>
      <div class="fields two">
        <SelectField name="sampleLanguage" label={t('sampleLanguage')} value={language} onChange={(value) => setLanguage(value as SampleLanguage)} choices={languages.map((value) => ({ value, label: value }))} />
        {kinds.length > 1 && (
          <SelectField name="tokenKind" label={t('tokenKind')} value={kind} onChange={(value) => setKind(value as TokenKind)} choices={[{ value: 'API_TOKEN', label: t('kindApiToken') }, { value: 'OAUTH2', label: t('kindOauth2') }]} />
        )}
      </div>
      <pre tabIndex={0} aria-label={t('sampleOf', { language })} translate={false}>{text}</pre>
      <p class="row"><CopyButton text={text} word="copySample" /> <span class="faded">{t(kind === 'OAUTH2' ? 'thenBearerOauth' : 'thenBearer')}</span></p>
    </div>
  );
}
