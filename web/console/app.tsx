// app.tsx – the section that is shown, in its frame, to who may see it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { startAttention } from './attention';
import { Header, Navigation, pageWords } from './frame';
import { language, onLanguage, t, type Word } from './language';
import { startLive } from './live';
import { Asides } from './parts/asides';
import { Away } from './parts/away';
import { Empty, Loading, Problem, Title } from './parts/basics';
import { Overlays } from './overlays';
import { OverviewSection } from './sections/overview';
import { LeaveDialog } from './parts/unsaved';
import { firstOf, onRoute, pageOf, route, type Page, type Route, type Section } from './route';
import { lookForNetwork, onNetworkBack } from './network';
import { get, leave, meetSessionEnd, ServerError, sessionEnded, sessionNumber } from './server';
import { maySee, onSessionChange, pagesOf, sessionChanged, SessionContext } from './session';
import type { Answers, Session } from './types';
import { useLoaded } from './use';

type Part = (properties: { parameters: Route['parameters'] }) => preact.JSX.Element;

const notifications = () => import('./pages/notifications');
const access = () => import('./pages/access');
const people = () => import('./pages/people');
const audit = () => import('./pages/audit');
const settings = () => import('./pages/settings');
const me = () => import('./pages/me');

/** Each page's code comes when the page is opened (web/build.mjs); that of the overview, which most visits begin with, with the frame. */
const loaders: Record<Exclude<Section, 'overview'>, () => Promise<Part>> = {
  callback: () => notifications().then((page) => page.CallbackSection),
  endpoints: () => notifications().then((page) => page.EndpointsSection),
  deliveries: () => notifications().then((page) => page.DeliveriesSection),
  transactions: () => notifications().then((page) => page.TransactionsSection),
  replay: () => notifications().then((page) => page.ReplaySection),
  events: () => notifications().then((page) => page.EventsSection),
  retention: () => notifications().then((page) => page.RetentionSection),
  apps: () => access().then((page) => page.ClientAppsSection),
  key: () => access().then((page) => page.ApiKeySection),
  authentication: () => access().then((page) => page.AuthenticationSection),
  leaks: () => access().then((page) => page.LeaksSection),
  people: () => people().then((page) => page.PeopleSection),
  roles: () => people().then((page) => page.RolesSection),
  settings: () => settings().then((page) => page.SettingsSection),
  subaccounts: () => settings().then((page) => page.SubaccountsSection),
  history: () => audit().then((page) => page.HistorySection),
  audit: () => audit().then((page) => page.AuditSection),
  verification: () => audit().then((page) => page.VerificationSection),
  me: () => me().then((page) => page.MeSection),
  sessions: () => me().then((page) => page.SessionsSection),
};

const loaded: Partial<Record<Section, Part>> = { overview: OverviewSection };

/** Begins to load a section, which its page waits for: `undefined` until it is there. */
export async function loadSection(section: Section): Promise<void> {
  if (section !== 'overview') loaded[section] ??= await loaders[section]();
}

const refusals: Record<Page, { title: Word; text: Word }> = {
  notifications: { title: 'noPermissionTitle', text: 'noPermissionText' },
  access: { title: 'noAccessTitle', text: 'noAccessText' },
  people: { title: 'noPeopleTitle', text: 'noPeopleText' },
  settings: { title: 'noSettingsTitle', text: 'noSettingsText' },
  history: { title: 'noHistoryTitle', text: 'noHistoryText' },
  audit: { title: 'noAuditTitle', text: 'noAuditText' },
  me: { title: 'noAccessTitle', text: 'noAccessText' }, // never: it is everybody's
};

function useRedraw(subscribe: (listener: () => void) => () => void): void {
  const [, setRound] = useState(0);
  useEffect(() => subscribe(() => setRound((round) => round + 1)), []);
}

/** What is opened begins at its title, for eyes and for screen readers. */
function useFocusOnTitle(address: string, isThere: boolean): void {
  const [first] = useState(address);
  useEffect(() => {
    if (!isThere || (address === first && document.activeElement === document.body)) return;
    scrollTo(0, 0);
    document.getElementById('title')?.focus({ preventScroll: true });
  }, [address, isThere]);
}

/** After an upgrade the server has other files than those that this page names: the page is loaded anew, once. */
async function loadAnew(): Promise<never> {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  const isThere = await fetch('/healthz').then(({ ok }) => ok, () => false);
  if (isThere && navigation?.type !== 'reload') location.reload();
  if (!isThere) void lookForNetwork();
  throw new ServerError(0);
}

function usePart(section: Section): { Part?: Part; error?: unknown; retry: () => void } {
  const [failure, setFailure] = useState<{ section: Section; error: unknown } | null>(null);
  const [round, setRound] = useState(0);
  const Part = loaded[section];
  useEffect(() => {
    if (Part) return;
    setFailure(null);
    const offNetwork = onNetworkBack(() => setRound((old) => old + 1));
    loadSection(section).catch(loadAnew).then(() => setRound(round + 1), (error) => setFailure({ section, error }));
    return offNetwork;
  }, [section, round]);
  return { Part, error: failure?.section === section ? failure.error : undefined, retry: () => setRound(round + 1) };
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

/** The end of the session is met over the page. Whoever else has signed in in another tab must not go on with what was typed here. */
function useSamePerson(session: Session): void {
  const known = useRef(session);
  const isOther = session.user.id !== known.current.user.id || session.account.id !== known.current.account.id;
  if (!isOther) known.current = session;
  useEffect(() => {
    if (isOther) leave(location.href, true);
  }, [isOther]);
  useEffect(() => meetSessionEnd(async () => {
    await (await import('./pages/sign_in_again')).askAgain(known.current);
    sessionChanged();
  }), []);
  useEffect(() => {
    const look = () => document.visibilityState === 'visible' && sessionChanged();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
}

function Console({ session, section, parameters }: { session: Session } & Route) {
  const { Part, error, retry } = usePart(section);
  const page = pageOf(section);
  const item = parameters.id ?? parameters.event ?? '';
  useFocusOnTitle(`${section} ${item}`, Boolean(Part));
  useEffect(() => startAttention(session.loginSessionTimeout), []);
  useSamePerson(session);
  useEffect(() => {
    if (page === 'notifications' && maySee(session, page)) startLive();
  }, [page]);
  return (
    <SessionContext.Provider value={session}>
      <a class="skip" href="#title" onClick={(event) => { event.preventDefault(); document.getElementById('title')?.focus(); }}>{t('skip')}</a>
      <Header session={session} page={page} />
      <Navigation session={session} current={section} />
      <main key={`${section} ${item}`}>
        {!maySee(session, page) ? <Refusal page={page} session={session} />
          : Part ? <Part parameters={parameters} />
          : error ? <Problem error={error} onRetry={retry} /> : <Loading />}
      </main>
      <Overlays session={session} />
      <Away />
      <LeaveDialog />
      <Asides />
    </SessionContext.Provider>
  );
}

/** Nobody is refused here, so that the browser does not take a first visit for a fault. */
async function readSession(signal: AbortSignal): Promise<Session> {
  const number = sessionNumber();
  const { session } = await get<Answers['visitorGet']>('/api/visitor', signal);
  if (session) return session;
  if ((await sessionEnded(number)) && !signal.aborted) return readSession(signal);
  throw new ServerError(401);
}

/** Who comes to /admin, and not to one of its pages, gets the first that they may see. */
function routeFor(session: Session): Route {
  const [first] = pagesOf(session);
  return location.pathname === '/admin' && first && !maySee(session, pageOf(route().section)) ? { section: firstOf(first), parameters: {} } : route();
}

export function App() {
  useRedraw(onLanguage);
  useRedraw(onRoute);
  const { value: session, error, reload } = useLoaded('session', readSession);
  useEffect(() => onSessionChange(reload), [reload]);
  document.documentElement.lang = language();
  if (session && (pagesOf(session).length > 0 || pageOf(route().section) === 'me')) return <Console session={session} {...routeFor(session)} />;
  return (
    <>
      <Header session={session} />
      <main class="alone">
        {session ? <Refusal page={pageOf(route().section)} session={session} /> : error ? <Problem error={error} onRetry={reload} /> : <Loading />}
      </main>
    </>
  );
}
