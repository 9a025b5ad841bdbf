// frame.tsx – what stands around a section: who is signed in, the pages and their sections.
import { useEffect, useState } from 'preact/hooks';
import { AccountMenu } from './account_menu';
import { language, speak, t, type Word } from './language';
import { useLive, type LiveState } from './live';
import type { Tone } from './parts/basics';
import { Icon } from './parts/icon';
import { addressOf, firstOf, pageOf, pages, type Page, type Section } from './route';
import { pagesOf } from './session';
import { areShortcutsOn, onShortcuts, openOverlay } from './shortcuts';
import type { Session } from './types';

export const pageWords: Record<Page, Word> = { notifications: 'eventNotifications', access: 'apiAccess', people: 'sendersAndRoles', settings: 'accountSettings', history: 'configurationHistory', audit: 'auditLog', me: 'myAccount' };

export const sectionWords: Record<Section, Word> = {
  overview: 'sectionOverview',
  callback: 'sectionCallback',
  endpoints: 'sectionEndpoints',
  deliveries: 'sectionDeliveries',
  transactions: 'sectionTransactions',
  replay: 'sectionReplay',
  events: 'sectionEvents',
  retention: 'sectionRetention',
  apps: 'sectionApps',
  key: 'sectionKey',
  authentication: 'sectionAuthentication',
  leaks: 'sectionLeaks',
  people: 'sectionPeople',
  roles: 'sectionRoles',
  settings: 'sectionSettings',
  subaccounts: 'sectionSubaccounts',
  history: 'sectionHistory',
  audit: 'sectionAudit',
  verification: 'sectionVerification',
  me: 'sectionProfile',
  sessions: 'sectionSessions',
};

export function Brand() {
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

export function LanguageButton() {
  const other = language() === 'fr' ? 'en' : 'fr';
  return <button type="button" class="quiet" lang={other} onClick={() => void speak(other)}>{other === 'fr' ? 'Français' : 'English'}</button>;
}

/** Opens the palette; says its key as long as keys do something. */
function SeekButton() {
  const [isOn, setOn] = useState(areShortcutsOn());
  useEffect(() => onShortcuts(() => setOn(areShortcutsOn())), []);
  return (
    <button type="button" class="seek" aria-label={t('palette')} aria-keyshortcuts={isOn ? '/ Control+K' : 'Control+K'} onClick={() => openOverlay('palette')}>
      <Icon name="search" /> <span>{t('seek')}</span> {isOn && <kbd aria-hidden="true">/</kbd>}
    </button>
  );
}

/** `page`: the one that is shown, for who may see it. */
export function Header({ session, page }: { session?: Session; page?: Page }) {
  return (
    <header>
      <Brand />
      {session && <p class="who strong">{session.account.name}</p>}
      <div class="tools">
        {session && page && <SeekButton />}
        {session ? <AccountMenu session={session} /> : <LanguageButton />}
      </div>
      {page && (
        <div class="crumbs">
          <p class="wide-only">{t('admin')} <span aria-hidden="true">›</span> {t(pageWords[page])}</p>
          {page === 'notifications' && <LiveSign />}
        </div>
      )}
    </header>
  );
}

const manyPages = 3; // from then on a wide screen shows the sections of one page only

function Pages({ session, current }: { session: Session; current: Section }) {
  const shown = pageOf(current);
  const listed = shown === 'me' ? [shown, ...pagesOf(session)] : pagesOf(session);
  return (
    <ul class={listed.length > manyPages ? 'pages many' : 'pages'}>
      {listed.map((page) => (
        <li key={page} class={page === shown ? 'shown' : undefined}>
          <a class="page" href={addressOf(firstOf(page))} aria-current={page === shown ? 'true' : undefined}>{t(pageWords[page])}</a>
          <ul class={page} aria-label={t(pageWords[page])}>
            {pages[page].map((section) => (
              <li key={section}>
                <a href={addressOf(section)} aria-current={section === current ? 'page' : undefined}>
                  <Icon name={section} />
                  <span>{t(sectionWords[section])}</span>
                </a>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

/** At the left; on a narrow screen behind a button above, which says where one is. */
export function Navigation({ session, current }: { session: Session; current: Section }) {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [current]);
  return (
    <nav aria-label={t('navigation')} class={isOpen ? 'open' : undefined} onKeyDown={({ key }) => key === 'Escape' && setOpen(false)}>
      <button type="button" class="secondary menu" aria-expanded={isOpen} aria-controls="pages" onClick={() => setOpen(!isOpen)}>
        <Icon name={isOpen ? 'cross' : 'menu'} />
        <span>{t('menu')}</span>
        <span class="faded">{t(sectionWords[current])}</span>
      </button>
      <div id="pages"><Pages session={session} current={current} /></div>
    </nav>
  );
}
