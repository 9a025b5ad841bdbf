// qr.d.ts – the types of qr.js.
/** Rows of booleans, dark or light; null when the text is too long. */
export function qrModules(content: string): boolean[][] | null;
