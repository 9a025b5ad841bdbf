// qr.tsx – a text as a picture for the camera of a phone.
import { qrModules } from '../../qr.js';

const quiet = 4; // modules of light around it, which readers need

export function QrCode({ text, label }: { text: string; label: string }) {
  const rows = qrModules(text);
  if (!rows) return null; // too long: the key beside it says the same
  const extent = rows.length + 2 * quiet;
  const dark = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x + quiet} ${y + quiet}h1v1h-1z` : '')));
  return (
    <svg class="qr" viewBox={`0 0 ${extent} ${extent}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <path d={dark.join('')} fill="#000" />
    </svg>
  );
}
