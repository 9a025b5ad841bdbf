// credentials.tsx – a client app's id and secret, shown when the secret was made and not again: it lives in this panel only.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../language';
import type { ClientAppWithSecret, StoredAuthenticationSettings } from '../types';
import { Button, CopyButton, Notice } from './basics';
import { Dialog } from './dialog';
import { Samples } from './samples';

export function IdLine({ clientId }: { clientId: string }) {
  return (
    <div class="credential">
      <p class="strong" id="client-id">{t('clientIdOfApp')}</p>
      <p class="key"><code translate={false} aria-labelledby="client-id">{clientId}</code></p>
      <CopyButton text={clientId} word="copyId" />
    </div>
  );
}

function SecretLine({ secret }: { secret: string }) {
  const [isShown, setShown] = useState(false);
  return (
    <div class="credential">
      <p class="strong" id="client-secret">{t('secretOfApp')}</p>
      <p class="key"><code translate={false} aria-labelledby="client-secret">{isShown ? secret : `${secret.slice(0, 7)}${'•'.repeat(24)}`}</code></p>
      <div class="row">
        <CopyButton text={secret} word="copySecret" />
        <Button kind="quiet" onClick={() => setShown(!isShown)}>{t(isShown ? 'hideSecret' : 'showSecret')}</Button>
      </div>
    </div>
  );
}

interface Properties {
  title: string;
  app: ClientAppWithSecret;
  settings: StoredAuthenticationSettings;
  onDone: () => void;
}

/** Escape does not close it: a secret that nobody has copied would be lost. */
export function CredentialsPanel({ title, app, settings, onDone }: Properties) {
  const warning = useRef<HTMLDivElement>(null);
  useEffect(() => warning.current?.focus(), []);
  return (
    <Dialog title={title} isPanel isKept onClose={onDone} actions={<Button kind="primary" icon="check" onClick={onDone}>{t('done')}</Button>}>
      <div ref={warning} tabIndex={-1}>
        <Notice tone="warn" title={t('secretOnceTitle')}><p>{t('secretOnceText')}</p></Notice>
      </div>
      <IdLine clientId={app.clientId} />
      <SecretLine secret={app.secret} />
      <h3>{t('askForToken')}</h3>
      <Samples clientId={app.clientId} settings={settings} />
    </Dialog>
  );
}
