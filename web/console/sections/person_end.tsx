// person_end.tsx – locking or deleting a sender: first the client apps that end with them, so that the owner can take over what must go on.
import { useState } from 'preact/hooks';
import { useSettings } from '../client_apps';
import { t } from '../language';
import { Button, Loading, Notice, Problem } from '../parts/basics';
import { CredentialsPanel } from '../parts/credentials';
import { Confirm } from '../parts/dialog';
import { pathOfSender, personName } from '../people';
import { call, get } from '../server';
import { useSession } from '../session';
import type { Answers, ClientAppTakenOver, ClientAppWithSecret, StoredClientApp, StoredSender } from '../types';
import { useLoaded, type Loaded } from '../use';
import { TakeOverDialog } from './client_app';
import { LastUse } from './client_apps';

export type Ending = 'lock' | 'delete';

const words = {
  lock: { title: 'lockTitle', text: 'lockText', confirm: 'lock' },
  delete: { title: 'deletePersonTitle', text: 'deletePersonText', confirm: 'deletePerson' },
} as const;

function EndingApps({ name, apps, onTakeOver }: { name: string; apps: Loaded<StoredClientApp[]>; onTakeOver: (app: StoredClientApp) => void }) {
  const { owner } = useSession();
  if (!apps.value) return apps.error ? <Problem error={apps.error} onRetry={apps.reload} /> : <Loading />;
  if (apps.value.length === 0) return <p>{t('appsEndNone', { name })}</p>;
  return (
    <Notice tone="warn" isLasting>
      <p class="strong">{t('appsEnd', { name, count: apps.value.length })}</p>
      <ul class="ending-apps">
        {apps.value.map((app) => (
          <li key={app.clientId}>
            <span class="grow"><span class="strong">{app.name}</span><span class="block">{t('lastUsed')} – <LastUse app={app} /></span></span>
            {owner && <Button icon="user" label={t('takeOverNamed', { name: app.name })} onClick={() => onTakeOver(app)}>{t('takeOver')}</Button>}
          </li>
        ))}
      </ul>
      <p>{t(owner ? 'appsEndOwner' : 'appsEndOthers', { count: apps.value.length })}</p>
    </Notice>
  );
}

/** A secret that was just made is shown as on the app's own page. */
function NewSecret({ app, onDone }: { app: ClientAppWithSecret; onDone: () => void }) {
  const settings = useSettings();
  if (!settings.value) return <Problem error={settings.error} onRetry={settings.reload} />;
  return <CredentialsPanel title={t('newSecretOf', { name: app.name })} app={app} settings={settings.value} onDone={onDone} />;
}

export function EndDialog({ person, ending, onEnded, onClose }: { person: StoredSender; ending: Ending; onEnded: () => void; onClose: () => void }) {
  const name = personName(person);
  const path = pathOfSender(person.id);
  const apps = useLoaded(`${path}/clientApps`, (signal) => get<Answers['senderClientAppsGet']>(`${path}/clientApps`, signal));
  const [taking, setTaking] = useState<StoredClientApp | null>(null);
  const [made, setMade] = useState<ClientAppWithSecret | null>(null);
  const end = async () => {
    await (ending === 'lock' ? call('POST', path, { status: 'LOCKED' }) : call('DELETE', path));
    onEnded();
  };
  const onTaken = ({ secret, ...taken }: ClientAppTakenOver) => {
    setTaking(null);
    if (secret) setMade({ ...taken, secret });
    apps.reload();
  };
  return (
    <>
      <Confirm title={t(words[ending].title, { name })} confirm={t(words[ending].confirm)} mayConfirm={() => apps.value !== undefined} onConfirm={end} onClose={onClose}>
        <p>{t(words[ending].text, { name })}</p>
        <EndingApps name={name} apps={apps} onTakeOver={setTaking} />
      </Confirm>
      {taking && <TakeOverDialog app={taking} onTaken={onTaken} onClose={() => setTaking(null)} />}
      {made && <NewSecret app={made} onDone={() => setMade(null)} />}
    </>
  );
}
