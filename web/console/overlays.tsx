// overlays.tsx – the palette and the list of keys: loaded when somebody first opens one of them.
import { useEffect, useState } from 'preact/hooks';
import { pageOf } from './route';
import { maySee } from './session';
import { onOverlay, startShortcuts, type Overlay } from './shortcuts';
import type { Session } from './types';

type Parts = typeof import('./pages/palette');

export function Overlays({ session }: { session: Session }) {
  const [shown, setShown] = useState<Overlay | null>(null);
  const [parts, setParts] = useState<Parts | null>(null);
  useEffect(() => startShortcuts((section) => maySee(session, pageOf(section))), [session]);
  useEffect(() => onOverlay((overlay) => {
    void import('./pages/palette').then((loaded) => {
      setParts(loaded);
      setShown(overlay);
    }, () => undefined); // the page says by itself when there is no connection
  }), []);
  const close = () => setShown(null);
  if (!parts || !shown) return null;
  return shown === 'palette' ? <parts.Palette session={session} onClose={close} onHelp={() => setShown('help')} /> : <parts.Help onClose={close} />;
}
