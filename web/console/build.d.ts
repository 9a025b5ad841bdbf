// What web/build.mjs makes.
declare module '*.css';
declare module 'words:en' {
  const texts: Record<string, string>;
  export default texts;
}
declare module 'words:fr' {
  const texts: Record<string, string>;
  export default texts;
}
