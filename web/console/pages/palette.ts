// palette.ts – what is loaded with the palette and the list of keys.
export { Help } from '../help';
export { Palette } from '../palette';
