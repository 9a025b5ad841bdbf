// overlays.tsx – the palette and the list of keys: loaded when somebody first opens one of them.
import { useLayoutEffect, useState } from 'preact/hooks';
import { pageOf } from './route';
import { maySee } from './session';
import { isPaletteAwaited, onOverlay, startShortcuts, takeTyped, type Overlay } from './shortcuts';
import type { Session } from './types';

type Parts = typeof import('./pages/palette');

export function Overlays({ session }: { session: Session }) {
  const [shown, setShown] = useState<Overlay | null>(null);
  const [parts, setParts] = useState<Parts | null>(null);
  // Before the page is shown: who sees it may press a key.
  useLayoutEffect(() => startShortcuts((section) => maySee(session, pageOf(section))), [session]);
  useLayoutEffect(() => onOverlay((overlay) => {
    void import('./pages/palette').then((loaded) => {
      if (overlay === 'palette' && !isPaletteAwaited()) return;
      setParts(loaded);
      setShown(overlay);
    }, takeTyped); // the page says by itself when there is no connection
  }), []);
  const close = () => setShown(null);
  if (!parts || !shown) return null;
  return shown === 'palette' ? <parts.Palette session={session} onClose={close} onHelp={() => setShown('help')} /> : <parts.Help onClose={close} />;
}
