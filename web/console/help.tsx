// help.tsx – the keys, and whether they do anything.
import { useEffect, useState } from 'preact/hooks';
import { pageWords, sectionWords } from './frame';
import { t, type Word } from './language';
import { Dialog } from './parts/dialog';
import { Switch } from './parts/fields';
import type { Section } from './route';
import { areShortcutsOn, onShortcuts, places, switchShortcuts } from './shortcuts';

const general: [string[], Word][] = [
  [['/'], 'keySearch'],
  [['?'], 'keyHelp'],
  [['j'], 'keyNext'],
  [['k'], 'keyPrevious'],
  [['Enter'], 'keyOpen'],
  [['r'], 'keyRetry'],
  [['Esc'], 'keyClose'],
];

/** What stands behind a key: "Entries" says nothing outside of the audit log. */
const placeWord = (section: Section): Word => (section === 'audit' ? pageWords.audit : sectionWords[section]);

/** As it stands on the keyboard. */
const keyName = (key: string): string => ({ Enter: t('keyEnter'), Esc: t('keyEscape') })[key] ?? key;

/** On or off, wherever it is shown. */
export function ShortcutSwitch() {
  const [isOn, setOn] = useState(areShortcutsOn());
  useEffect(() => onShortcuts(() => setOn(areShortcutsOn())), []);
  return <Switch label={t('shortcuts')} hint={t('shortcutsHint')} isOn={isOn} onChange={switchShortcuts} />;
}

function Keys({ rows, title }: { rows: [string[], string][]; title: string }) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl class="keys">
        {rows.map(([keys, text]) => (
          <div key={text}>
            <dt>{keys.map((key) => <kbd key={key}>{keyName(key)}</kbd>)}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t('shortcuts')} onClose={onClose}>
      <ShortcutSwitch />
      <Keys title={t('keysEverywhere')} rows={general.map(([keys, word]) => [keys, t(word)])} />
      <Keys title={t('keysGoTo')} rows={places.map(([key, section]) => [['g', key], t(placeWord(section))])} />
    </Dialog>
  );
}
