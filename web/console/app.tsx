// app.tsx – the section that is shown, in its frame, to who may see it.
import { useEffect, useState } from 'preact/hooks';
import { startAttention } from './attention';
import { Header, Navigation, pageWords } from './frame';
import { language, onLanguage, t, type Word } from './language';
import { startLive } from './live';
import { Empty, Loading, Problem, Title } from './parts/basics';
import { LeaveDialog } from './parts/unsaved';
import { firstOf, onRoute, pageOf, route, type Page, type Route, type Section } from './route';
import { get } from './server';
import { maySee, onSessionChange, pagesOf, SessionContext } from './session';
import type { Session } from './types';
import { useLoaded } from './use';
import { ApiKeySection } from './sections/api_key';
import { AuditSection } from './sections/audit';
import { AuthenticationSection } from './sections/authentication';
import { CallbackSection } from './sections/callback';
import { ClientAppsSection } from './sections/client_apps';
import { DeliveriesSection } from './sections/deliveries';
import { EndpointsSection } from './sections/endpoints';
import { EventsSection } from './sections/events';
import { LeaksSection } from './sections/leaks';
import { MeSection } from './sections/me';
import { OverviewSection } from './sections/overview';
import { PeopleSection } from './sections/people';
import { ReplaySection } from './sections/replay';
import { RetentionSection } from './sections/retention';
import { RolesSection } from './sections/roles';
import { VerificationSection } from './sections/verification';

const parts: Record<Section, (properties: { parameters: Route['parameters'] }) => preact.JSX.Element> = {
  overview: OverviewSection,
  callback: CallbackSection,
  endpoints: EndpointsSection,
  deliveries: DeliveriesSection,
  replay: ReplaySection,
  events: EventsSection,
  retention: RetentionSection,
  apps: ClientAppsSection,
  key: ApiKeySection,
  authentication: AuthenticationSection,
  leaks: LeaksSection,
  people: PeopleSection,
  roles: RolesSection,
  audit: AuditSection,
  verification: VerificationSection,
  me: MeSection,
};

const refusals: Record<Page, { title: Word; text: Word }> = {
  notifications: { title: 'noPermissionTitle', text: 'noPermissionText' },
  access: { title: 'noAccessTitle', text: 'noAccessText' },
  people: { title: 'noPeopleTitle', text: 'noPeopleText' },
  audit: { title: 'noAuditTitle', text: 'noAuditText' },
  me: { title: 'noAccessTitle', text: 'noAccessText' }, // never: it is everybody's
};

function useRedraw(subscribe: (listener: () => void) => () => void): void {
  const [, setRound] = useState(0);
  useEffect(() => subscribe(() => setRound((round) => round + 1)), []);
}

/** What is opened begins at its title, for eyes and for screen readers. */
function useFocusOnTitle(address: string): void {
  const [first] = useState(address);
  useEffect(() => {
    if (address === first && document.activeElement === document.body) return;
    scrollTo(0, 0);
    document.getElementById('title')?.focus({ preventScroll: true });
  }, [address]);
}

function Refusal({ page, session }: { page: Page; session: Session }) {
  const { title, text } = refusals[page];
  return (
    <>
      <Title>{t(pageWords[page])}</Title>
      <Empty icon="key" title={t(title)}><p>{t(text, { email: session.user.email })}</p></Empty>
    </>
  );
}

function Console({ session, section, parameters }: { session: Session } & Route) {
  const Part = parts[section];
  const page = pageOf(section);
  const item = parameters.id ?? parameters.event ?? '';
  useFocusOnTitle(`${section} ${item}`);
  useEffect(() => startAttention(session.loginSessionTimeout), []);
  useEffect(() => {
    if (page === 'notifications' && maySee(session, page)) void startLive();
  }, [page]);
  return (
    <SessionContext.Provider value={session}>
      <a class="skip" href="#title" onClick={(event) => { event.preventDefault(); document.getElementById('title')?.focus(); }}>{t('skip')}</a>
      <Header session={session} page={page} />
      <Navigation session={session} current={section} />
      <main key={`${section} ${item}`}>
        {maySee(session, page) ? <Part parameters={parameters} /> : <Refusal page={page} session={session} />}
      </main>
      <LeaveDialog />
    </SessionContext.Provider>
  );
}

/** Who comes to /admin, and not to one of its pages, gets the first that they may see. */
function routeFor(session: Session): Route {
  const [first] = pagesOf(session);
  return location.pathname === '/admin' && first && !maySee(session, pageOf(route().section)) ? { section: firstOf(first), parameters: {} } : route();
}

export function App() {
  useRedraw(onLanguage);
  useRedraw(onRoute);
  const { value: session, error, reload } = useLoaded('session', (signal) => get<Session>('/api/session', signal));
  useEffect(() => onSessionChange(reload), [reload]);
  document.documentElement.lang = language();
  if (session && (pagesOf(session).length > 0 || route().section === 'me')) return <Console session={session} {...routeFor(session)} />;
  return (
    <>
      <Header session={session} />
      <main class="alone">
        {session ? <Refusal page={pageOf(route().section)} session={session} /> : error ? <Problem error={error} onRetry={reload} /> : <Loading />}
      </main>
    </>
  );
}
