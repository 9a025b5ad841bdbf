// palette.tsx – one field for everything: pages, actions, saved views, and what the server knows by that name or id. The focus stays in
// the field; the arrow keys choose (ARIA 1.2, combobox with a list).
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Finder, type Found } from './find';
import { matches } from './fold';
import { pageWords, sectionWords } from './frame';
import { language, speak, t, type Word } from './language';
import { Icon, type IconName } from './parts/icon';
import { addressOf, go, pageOf, pages, type Section } from './route';
import { call, leave } from './server';
import { has, maySee, pagesOf } from './session';
import { takeTyped } from './shortcuts';
import { isDark, wear } from './theme';
import type { Session } from './types';
import { useId } from './use';
import { viewsOf } from './views';

interface Item {
  id: string;
  group: Word;
  icon: IconName;
  title: string;
  note?: string;
  run: () => void;
}

const pauseMs = 250; // of typing, before the server is asked

const goTo = (address: string) => () => go(address);

function pageItems(session: Session): Item[] {
  const shown = [...pagesOf(session), 'me' as const];
  return shown.flatMap((page) => [...pages[page]] as Section[]).map((section) => ({
    id: `page ${section}`,
    group: 'paletteGoTo',
    icon: section,
    title: t(sectionWords[section]),
    note: t(pageWords[pageOf(section)]),
    run: goTo(addressOf(section)),
  }));
}

function actionItems(session: Session, onHelp: () => void): Item[] {
  const other = language() === 'fr' ? 'en' : 'fr';
  const rows: [boolean, IconName, string, () => void][] = [
    [maySee(session, 'access'), 'plus', t('doCreateApp'), goTo(addressOf('apps', { add: '1' }))],
    [maySee(session, 'notifications'), 'plus', t('doAddEndpoint'), goTo(addressOf('endpoints', { id: 'new' }))],
    [has(session, 'sender_admin.users'), 'plus', t('doInvite'), goTo(addressOf('people', { add: '1' }))],
    [maySee(session, 'notifications'), 'warn', t('doShowFailed'), goTo(addressOf('deliveries', { state: 'FAILED' }))],
    [true, 'key', t('changePassword'), goTo(addressOf('me', { card: 'password' }))],
    [true, 'eye', t(isDark() ? 'doLight' : 'doDark'), () => wear(isDark() ? 'light' : 'dark')],
    [true, 'me', other === 'fr' ? 'Français' : 'English', () => void speak(other)],
    [true, 'keyboard', t('shortcuts'), onHelp],
    [true, 'out', t('signOut'), () => void call('DELETE', '/api/session').catch(() => undefined).then(() => leave('/login'))],
  ];
  return rows.filter(([may]) => may).map(([, icon, title, run]) => ({ id: `do ${title}`, group: 'paletteActions', icon, title, run }));
}

const viewItems = (session: Session): Item[] =>
  viewsOf(session.user.id).filter(({ section }) => section in sectionWords).map(({ name, section, parameters }) => ({
    id: `view ${section} ${name}`,
    group: 'savedViews',
    icon: 'filter',
    title: name,
    note: t(sectionWords[section]),
    run: goTo(addressOf(section, parameters)),
  }));

const foundItem = ({ href, ...found }: Found): Item => ({ ...found, run: goTo(href) });

/** What the server finds, a moment after the last key. */
function useFound(text: string, session: Session): { found: Found[]; isSeeking: boolean } {
  const finder = useMemo(() => new Finder(session), [session]);
  const [state, setState] = useState<{ text: string; found: Found[] }>({ text: '', found: [] });
  useEffect(() => {
    const control = new AbortController();
    const timer = setTimeout(() => {
      void finder.find(text, control.signal).then((found) => control.signal.aborted || setState({ text, found }));
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [text]);
  return { found: state.text === text ? state.found : [], isSeeking: state.text !== text };
}

function Option({ id, item, isActive, onChoose, onPoint }: { id: string; item: Item; isActive: boolean; onChoose: () => void; onPoint: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) place.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  return (
    <div ref={place} id={id} role="option" aria-selected={isActive} onClick={onChoose} onPointerMove={onPoint}>
      <Icon name={item.icon} />
      <span class="grow">{item.title}</span>
      {item.note && <span class="faded">{item.note}</span>}
    </div>
  );
}

export function Palette({ session, onClose, onHelp }: { session: Session; onClose: () => void; onHelp: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId('palette');
  const [text, setText] = useState(takeTyped);
  const [active, setActive] = useState(0);
  const { found, isSeeking } = useFound(text, session);
  const fixed = useMemo(() => [...viewItems(session), ...pageItems(session), ...actionItems(session, onHelp)], [session]);
  const items = [...fixed.filter(({ title, note }) => matches(text, title, note)), ...found.map(foundItem)];
  const groups = [...new Set(items.map(({ group }) => group))];
  const chosen = items[Math.min(active, items.length - 1)];

  useLayoutEffect(() => { // not after the next frame: keys that come until then would be lost
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => {
      dialog.current?.close();
      before?.focus();
    };
  }, []);
  const seek = (wanted: string) => {
    setText(wanted);
    setActive(0); // at once: Enter may be the next key
  };
  const choose = (item: Item | undefined) => {
    if (!item) return;
    onClose();
    item.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && items.length) setActive((items.indexOf(chosen as Item) + by + items.length) % items.length);
    else if (event.key === 'Enter') choose(chosen);
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
  };
  return (
    <dialog ref={dialog} class="palette" aria-label={t('palette')} onKeyDown={onKeyDown} onCancel={(event) => event.preventDefault()} onClick={({ target }) => target === dialog.current && onClose()}>
      <div class="palette-field">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-label={t('palette')}
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls={id}
          aria-activedescendant={chosen && `${id}-${items.indexOf(chosen)}`}
          placeholder={t('palettePlaceholder')}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => seek(currentTarget.value)}
        />
        <kbd aria-hidden="true">{t('keyEscape')}</kbd>
      </div>
      <div id={id} class="palette-list" role="listbox" aria-label={t('paletteResults')}>
        {groups.map((group) => (
          <div key={group} role="group" aria-labelledby={`${id}-${group}`}>
            <p id={`${id}-${group}`} class="palette-group">{t(group)}</p>
            {items.map((item, i) => item.group === group && <Option key={item.id} id={`${id}-${i}`} item={item} isActive={item === chosen} onChoose={() => choose(item)} onPoint={() => setActive(i)} />)}
          </div>
        ))}
      </div>
      <p class="palette-foot faded" role="status">
        {isSeeking && text ? t('loading') : items.length ? t('paletteCount', { count: items.length }) : t('paletteNothing', { text })}
      </p>
    </dialog>
  );
}
