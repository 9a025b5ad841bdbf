// app.tsx – the frame: who is signed in, where one can go, and the section that is shown.
import { useEffect, useState } from 'preact/hooks';
import { startAttention } from './attention';
import { language, onLanguage, speak, t, type Word } from './language';
import { startLive, useLive, type LiveState } from './live';
import { Button, Empty, Loading, Problem, type Tone } from './parts/basics';
import { Icon } from './parts/icon';
import { LeaveDialog } from './parts/unsaved';
import { addressOf, onRoute, route, sections, type Route, type Section } from './route';
import { call, get, leave } from './server';
import type { Session } from './types';
import { useLoaded } from './use';
import { CallbackSection } from './sections/callback';
import { DeliveriesSection } from './sections/deliveries';
import { EndpointsSection } from './sections/endpoints';
import { EventsSection } from './sections/events';
import { OverviewSection } from './sections/overview';
import { ReplaySection } from './sections/replay';
import { RetentionSection } from './sections/retention';

const sectionWords: Record<Section, Word> = {
  overview: 'sectionOverview',
  callback: 'sectionCallback',
  endpoints: 'sectionEndpoints',
  deliveries: 'sectionDeliveries',
  replay: 'sectionReplay',
  events: 'sectionEvents',
  retention: 'sectionRetention',
};

const parts: Record<Section, (properties: { parameters: Route['parameters'] }) => preact.JSX.Element> = {
  overview: OverviewSection,
  callback: CallbackSection,
  endpoints: EndpointsSection,
  deliveries: DeliveriesSection,
  replay: ReplaySection,
  events: EventsSection,
  retention: RetentionSection,
};

function Brand() {
  return (
    <p class="brand">
      <svg viewBox="0 0 40 40" width="36" height="36" aria-hidden="true" focusable="false">
        <rect width="40" height="40" rx="11" fill="currentColor" />
        <path class="stroke" d="M8 25c5 .5 11-8.5 11-13 0-2.5-3-2.5-4 1.5-1.5 6-.5 11.5 2.5 11.5 3.5 0 4.5-7 6.5-7 1.7 0-.5 6 1.5 6s2-2.5 6.5-2.5" />
        <path class="stroke faint" d="M9 31h22" />
      </svg>
      Greffier
    </p>
  );
}

const liveWords: Record<LiveState, [Word, Tone]> = {
  connecting: ['liveConnecting', 'calm'],
  live: ['live', 'good'],
  polling: ['livePolling', 'good'],
  offline: ['liveOffline', 'bad'],
  resting: ['liveResting', 'calm'],
};

function LiveSign() {
  const { state } = useLive();
  const [word, tone] = liveWords[state];
  return (
    <p class={`live ${tone}`} role="status">
      <span class="dot" /> {t(word)}
    </p>
  );
}

function Header({ session }: { session?: Session }) {
  const other = language() === 'fr' ? 'en' : 'fr';
  const signOut = () => void call('DELETE', '/api/session').catch(() => undefined).then(() => leave('/login'));
  return (
    <header>
      <Brand />
      {session && (
        <p class="who">
          <span class="strong">{session.account?.name}</span>
          <span>{session.user.name?.trim() || session.user.email}</span>
        </p>
      )}
      <div class="tools">
        <button type="button" class="quiet" lang={other} onClick={() => speak(other)}>{other === 'fr' ? 'Français' : 'English'}</button>
        {session && <Button kind="quiet" icon="out" onClick={signOut}>{t('signOut')}</Button>}
      </div>
      {session && may(session) && (
        <div class="crumbs">
          <p><span class="wide-only">{t('admin')} <span aria-hidden="true">›</span> </span>{t('eventNotifications')}</p>
          <LiveSign />
        </div>
      )}
    </header>
  );
}

function Navigation({ current }: { current: Section }) {
  return (
    <nav aria-label={t('navigation')}>
      <ul>
        {sections.map((section) => (
          <li key={section}>
            <a href={addressOf(section)} aria-current={section === current ? 'page' : undefined}>
              <Icon name={section} />
              <span>{t(sectionWords[section])}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function useRedraw(subscribe: (listener: () => void) => () => void): void {
  const [, setRound] = useState(0);
  useEffect(() => subscribe(() => setRound((round) => round + 1)), []);
}

const may = (session: Session): boolean => session.owner || session.permissions.includes('sender_admin.event_notifications');

/** What is opened begins at its title, for eyes and for screen readers. */
function useFocusOnTitle(address: string): void {
  const [first] = useState(address);
  useEffect(() => {
    if (address === first && document.activeElement === document.body) return;
    scrollTo(0, 0);
    document.getElementById('title')?.focus({ preventScroll: true });
  }, [address]);
}

function Console({ session }: { session: Session }) {
  const { section, parameters } = route();
  const Part = parts[section];
  const item = parameters.id ?? parameters.event ?? '';
  useFocusOnTitle(`${section} ${item}`);
  useEffect(() => {
    startAttention(session.loginSessionTimeout);
    void startLive();
  }, []);
  return (
    <>
      <a class="skip" href="#title" onClick={(event) => { event.preventDefault(); document.getElementById('title')?.focus(); }}>{t('skip')}</a>
      <Header session={session} />
      <Navigation current={section} />
      <main key={`${section} ${item}`}>
        <Part parameters={parameters} />
      </main>
      <LeaveDialog />
    </>
  );
}

export function App() {
  useRedraw(onLanguage);
  useRedraw(onRoute);
  const session = useLoaded('session', (signal) => get<Session>('/api/session', signal));
  document.documentElement.lang = language();
  if (session.value && may(session.value)) return <Console session={session.value} />;
  return (
    <>
      <Header session={session.value} />
      <main class="alone">
        {session.value ? (
          <Empty icon="key" title={t('noPermissionTitle')}>
            <p>{t('noPermissionText', { email: session.value.user.email })}</p>
          </Empty>
        ) : session.error ? <Problem error={session.error} onRetry={session.reload} /> : <Loading />}
      </main>
    </>
  );
}
