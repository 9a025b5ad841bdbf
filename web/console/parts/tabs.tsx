// tabs.tsx – parts of a page, one of them shown: as the WAI-ARIA practices have tabs. Arrows move among them, Enter opens one; which is
// open stands in the address.
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { go } from '../route';

export interface Tab {
  id: string;
  title: string;
  content: () => ComponentChildren;
}

export function Tabs({ label, tabs, current, addressFor }: { label: string; tabs: Tab[]; current: string | undefined; addressFor: (id: string) => string }) {
  const list = useRef<HTMLDivElement>(null);
  const shown = tabs.find(({ id }) => id === current) ?? tabs[0];
  const [focused, setFocused] = useState<string | null>(null);
  const move = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ id }) => id === (focused ?? shown?.id));
    const last = tabs.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    const wanted = to === undefined ? undefined : tabs[to];
    if (!wanted) return;
    event.preventDefault();
    setFocused(wanted.id);
    list.current?.querySelector<HTMLElement>(`#tab-${wanted.id}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={move} onFocusOut={() => setFocused(null)}>
        {tabs.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={id === shown?.id}
            aria-controls={id === shown?.id ? `panel-${id}` : undefined}
            tabIndex={id === (focused ?? shown?.id) ? 0 : -1}
            onFocus={() => setFocused(id)}
            onClick={() => go(addressFor(id), true)}
          >
            {title}
          </button>
        ))}
      </div>
      {shown && <div class="tab-panel" role="tabpanel" id={`panel-${shown.id}`} aria-labelledby={`tab-${shown.id}`} tabIndex={0}>{shown.content()}</div>}
    </>
  );
}
