// account_menu.tsx – behind one's name: one's account, how the pages look, signing out.
import { useEffect, useRef, useState } from 'preact/hooks';
import { language, speak, t } from './language';
import { Icon, type IconName } from './parts/icon';
import { addressOf, onRoute } from './route';
import { call, leave } from './server';
import type { Session } from './types';
import { openOverlay } from './shortcuts';
import { onTheme, theme, themes, wear } from './theme';

function Themes() {
  const [worn, setWorn] = useState(theme());
  useEffect(() => onTheme(() => setWorn(theme())), []);
  return (
    <div class="segmented" role="group" aria-label={t('themeOf')}>
      {themes.map((value) => <button key={value} type="button" aria-pressed={value === worn} onClick={() => wear(value)}>{t(`themeShort_${value}`)}</button>)}
    </div>
  );
}

function Item({ icon, href, word }: { icon: IconName; href: string; word: string }) {
  return <li><a href={href}><Icon name={icon} /> {word}</a></li>;
}

/** Closes when one goes elsewhere: with the keyboard, with the mouse, to another page. */
function useClosing(place: preact.RefObject<HTMLElement | null>, isOpen: boolean, close: () => void): void {
  useEffect(() => {
    if (!isOpen) return undefined;
    const onElsewhere = ({ target }: Event) => !place.current?.contains(target as Node) && close();
    const kinds = ['pointerdown', 'focusin'] as const;
    for (const kind of kinds) document.addEventListener(kind, onElsewhere);
    const stop = onRoute(close);
    return () => {
      for (const kind of kinds) document.removeEventListener(kind, onElsewhere);
      stop();
    };
  }, [isOpen]);
}

export function AccountMenu({ session }: { session: Session }) {
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useClosing(place, isOpen, () => setOpen(false));
  const other = language() === 'fr' ? 'en' : 'fr';
  const name = session.user.name?.trim() || session.user.email;
  const signOut = () => void call('DELETE', '/api/session').catch(() => undefined).then(() => leave('/login'));
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key !== 'Escape' || !isOpen) return;
    setOpen(false);
    place.current?.querySelector('button')?.focus();
  };
  return (
    <div class="account" ref={place} onKeyDown={onKeyDown}>
      <button type="button" class="quiet" aria-expanded={isOpen} aria-controls="account-menu" title={t('accountMenu')} onClick={() => setOpen(!isOpen)}>
        <Icon name="user" /> <span>{name}</span> <Icon name="down" />
      </button>
      {isOpen && (
        <div id="account-menu" role="region" aria-label={t('accountMenu')}>
          <p class="faded">{session.user.email}<span class="block">{session.account.name}</span></p>
          <ul>
            <Item icon="me" href={addressOf('me')} word={t('profile')} />
            <Item icon="key" href={addressOf('me', { card: 'second-factor' })} word={t('secondFactor')} />
            <Item icon="sessions" href={addressOf('sessions')} word={t('sectionSessions')} />
          </ul>
          <Themes />
          <ul>
            <li><button type="button" class="quiet" lang={other} onClick={() => void speak(other)}>{other === 'fr' ? 'Français' : 'English'}</button></li>
            <li><button type="button" class="quiet" onClick={() => { setOpen(false); openOverlay('help'); }}><Icon name="keyboard" /> {t('shortcuts')}</button></li>
            <li><button type="button" class="quiet" onClick={signOut}><Icon name="out" /> {t('signOut')}</button></li>
          </ul>
        </div>
      )}
    </div>
  );
}
