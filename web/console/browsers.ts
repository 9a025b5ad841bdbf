// browsers.ts – which browser a User-Agent header means, roughly: enough for somebody to recognise their own. Pure.

/** The first that matches: many browsers name those they descend from. */
const browsers: [RegExp, string][] = [
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/(?:Chrome|Chromium|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/Version\/.*Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
];

const systems: [RegExp, string][] = [
  [/Windows/, 'Windows'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Macintosh|Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

const first = (agent: string, rows: [RegExp, string][]): string => rows.find(([pattern]) => pattern.test(agent))?.[1] ?? '';

/** Empty where it is not known. */
export const browserOf = (agent: string): { browser: string; system: string } => ({ browser: first(agent, browsers), system: first(agent, systems) });
