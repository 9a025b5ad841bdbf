// qr.tsx – a text as a picture for the camera of a phone.
import { encodeQR } from 'qr';

const border = 4; // modules of light around it, which readers need

export function QrCode({ text, label }: { text: string; label: string }) {
  const rows = encodeQR(text, 'raw', { ecc: 'low', border });
  const dark = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')));
  return (
    <svg class="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <path d={dark.join('')} fill="#000" />
    </svg>
  );
}
