// app.tsx – the operator's pages: signing in as an operator, and the frame around the four of them. An operator belongs to no account.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Brand, LanguageButton } from '../frame';
import { language, onLanguage, t, type Word } from '../language';
import { askAside, Asides } from '../parts/asides';
import { Away } from '../parts/away';
import { Button, Loading, Notice, Problem, Title } from '../parts/basics';
import { Dialog } from '../parts/dialog';
import { SecretField } from '../parts/fields';
import { Form } from '../parts/form';
import { Icon, type IconName } from '../parts/icon';
import { LeaveDialog } from '../parts/unsaved';
import { go, onRoute } from '../route';
import { leave, ServerError } from '../server';
import type { Answers, Operator } from '../types';
import { AccountsView } from './accounts';
import { MailView } from './mail';
import { QueuesView } from './queues';
import { addressOfView, look, meetEnd, operate, operatorPage, views, type View } from './server';
import { SystemView } from './system';

const viewWords: Record<View, { word: Word; icon: IconName }> = {
  accounts: { word: 'sectionAccounts', icon: 'people' },
  queues: { word: 'sectionQueues', icon: 'deliveries' },
  mail: { word: 'sectionMail', icon: 'mail' },
  system: { word: 'sectionSystem', icon: 'system' },
};

interface CredentialFormProps {
  onSignedIn: (operator: Operator) => void;
  more?: ComponentChildren;
}

function CredentialForm({ onSignedIn, more }: CredentialFormProps) {
  const [credential, setCredential] = useState('');
  const [isRefused, setRefused] = useState(false);
  const check = (): Record<string, string> => (credential.trim() ? {} : { credential: t('credentialNeeded') });
  const submit = async () => {
    try {
      onSignedIn(await operate<Operator>('POST', 'session', { credential: credential.trim() }));
    } catch (error) {
      if (!(error instanceof ServerError && [401, 403].includes(error.status))) throw error;
      setRefused(true);
    }
  };
  return (
    <>
      {isRefused && <Notice tone="bad" isUrgent><p>{t('notOperator')}</p></Notice>}
      <Form check={check} submit={submit} submitWord={t('operatorSignIn')} more={more}>
        <SecretField name="credential" label={t('operatorCredential')} hint={t('operatorCredentialHint')} value={credential} onChange={(value) => { setRefused(false); setCredential(value); }} />
      </Form>
    </>
  );
}

function SignIn({ onSignedIn }: { onSignedIn: (operator: Operator) => void }) {
  return (
    <main class="alone">
      <Title lead={t('operatorSignInLead')}>{t('operatorTitle')}</Title>
      <CredentialForm onSignedIn={onSignedIn} />
    </main>
  );
}

/** What was typed stays below, for the same operator. Another one gets a page of their own. */
async function signInAgain(before: Operator): Promise<boolean> {
  const now = await askAside<Operator | null>((end) => (
    <Dialog title={t('againTitle')} isKept onClose={() => undefined}>
      <p>{t('operatorAgainText')}</p>
      <CredentialForm onSignedIn={end} more={<Button onClick={() => end(null)}>{t('cancel')}</Button>} />
    </Dialog>
  ));
  if (now?.id === before.id) return true;
  leave(location.href, true);
  return false;
}

/** Links between the operator's pages do not load the console again. */
function onLink(event: MouseEvent): void {
  const link = (event.target as Element).closest?.('a');
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (!link || link.origin !== location.origin || link.pathname !== operatorPage) return;
  event.preventDefault();
  go(link.pathname + link.search);
}

function Navigation({ current }: { current: View }) {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [current]);
  return (
    <nav aria-label={t('navigation')} class={isOpen ? 'open' : undefined}>
      <button type="button" class="secondary menu" aria-expanded={isOpen} aria-controls="pages" onClick={() => setOpen(!isOpen)}>
        <Icon name={isOpen ? 'cross' : 'menu'} /> <span>{t('menu')}</span> <span class="faded">{t(viewWords[current].word)}</span>
      </button>
      <div id="pages">
        <ul class="pages">
          <li class="shown">
            <a class="page" href={operatorPage} aria-current="true">{t('operatorTitle')}</a>
            <ul aria-label={t('operatorTitle')}>
              {views.map((view) => (
                <li key={view}><a href={addressOfView(view)} aria-current={view === current ? 'page' : undefined}><Icon name={viewWords[view].icon} /> <span>{t(viewWords[view].word)}</span></a></li>
              ))}
            </ul>
          </li>
        </ul>
      </div>
    </nav>
  );
}

function Header({ operator, onSignOut }: { operator: Operator | null; onSignOut: () => void }) {
  return (
    <header>
      <Brand />
      {operator && <p class="who strong">{operator.name}</p>}
      <div class="tools">
        <LanguageButton />
        {operator && <Button kind="quiet" icon="out" onClick={onSignOut}>{t('signOut')}</Button>}
      </div>
    </header>
  );
}

function Signed({ operator }: { operator: Operator }) {
  const { view, ...parameters } = Object.fromEntries(new URLSearchParams(location.search));
  const current = views.find((known) => known === view) ?? 'accounts';
  const item = `${current} ${parameters.id ?? ''}`;
  const [first] = useState(item);
  useEffect(() => {
    if (item !== first || document.activeElement !== document.body) document.getElementById('title')?.focus({ preventScroll: true });
  }, [item]);
  const View = { accounts: AccountsView, queues: QueuesView, mail: MailView, system: SystemView }[current];
  return (
    <>
      <Navigation current={current} />
      <main key={item}><View parameters={parameters} operator={operator} /></main>
    </>
  );
}

export function OperatorApp() {
  const [operator, setOperator] = useState<Operator | null | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(null);
  const [, setRound] = useState(0);
  const load = () => {
    setProblem(null);
    look<Answers['operatorVisitorGet']>('visitor').then(({ operator: found }) => setOperator(found), setProblem);
  };
  useEffect(() => {
    const redraw = () => setRound((round) => round + 1);
    const stops = [onLanguage(redraw), onRoute(redraw)];
    addEventListener('click', onLink);
    load();
    return () => {
      removeEventListener('click', onLink);
      stops.forEach((stop) => stop());
    };
  }, []);
  useEffect(() => {
    meetEnd(operator ? () => signInAgain(operator) : null);
    return () => meetEnd(null);
  }, [operator]);
  document.documentElement.lang = language();
  const signOut = () => void operate('DELETE', 'session').catch(() => undefined).then(() => setOperator(null));
  return (
    <>
      <a class="skip" href="#title" onClick={(event) => { event.preventDefault(); document.getElementById('title')?.focus(); }}>{t('skip')}</a>
      <Header operator={operator ?? null} onSignOut={signOut} />
      {operator ? <Signed operator={operator} />
        : operator === null ? <SignIn onSignedIn={setOperator} />
        : <main class="alone">{problem ? <Problem error={problem} onRetry={load} /> : <Loading />}</main>}
      <Away />
      <LeaveDialog />
      <Asides />
    </>
  );
}
