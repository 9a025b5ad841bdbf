// icon.tsx – the console's pictures, drawn with lines of the text's colour. They only ever accompany words.
const paths = {
  overview: 'M3 16.5h14M5.5 13.5v-4M10 13.5v-9M14.5 13.5v-6.5',
  callback: 'M16.5 14v-2.5a4 4 0 0 0-4-4h-9M7 4 3.5 7.5 7 11',
  endpoints: 'M10 7.5v-1M6.2 12.8 9 9.5M13.8 12.8 11 9.5M10 6.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM5 17a2.2 2.2 0 1 0 0-4.4A2.2 2.2 0 0 0 5 17ZM15 17a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z',
  deliveries: 'M17 3 8.5 11.5M17 3l-5 14-3.5-5.5L3 8l14-5Z',
  transactions: 'M5 2.5h7l3 3v12H5zM7.5 8.5h5M7.5 11.5h5M7.5 14.5h2.5M12 2.5v3h3',
  replay: 'M4 10a6 6 0 1 0 2-4.5M6.5 2.5v3.3h3.3M10 7v3.2l2.2 1.4',
  events: 'M7.5 5h9M7.5 10h9M7.5 15h9M3.5 5h.01M3.5 10h.01M3.5 15h.01',
  retention: 'M3 4h14v3.5H3zM4.5 7.5V16h11V7.5M8 10.5h4',
  apps: 'M3.5 3.5h5.5v5.5H3.5zM11.5 3.5h5v5.5h-5zM3.5 11.5h5.5v5H3.5zM11.5 11.5h5v5h-5z',
  authentication: 'M4.5 9h11v8h-11zM6.5 9V6.5a3.5 3.5 0 0 1 7 0V9M10 12v2.2',
  leaks: 'M10 2.5 16.5 5v5c0 4-2.7 6.3-6.5 7.5-3.8-1.2-6.5-3.5-6.5-7.5V5L10 2.5ZM7.2 9.8l2 2.1 3.6-4',
  people: 'M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.5c.4-2.9 2.6-4.5 5.5-4.5s5.1 1.6 5.5 4.5M12.5 3.8a3 3 0 0 1 0 5.4M14.5 12.3c2 .5 3.2 1.9 3.5 4.2',
  roles: 'M4 4.5h12v11H4zM7.5 8.5a1.5 1.5 0 1 0 0-.01M6 12.8c.2-1 .8-1.6 1.5-1.6s1.3.6 1.5 1.6M11.5 8.5h2.5M11.5 11.5h2.5',
  settings: 'M3 6h8M15 6h2M13 4v4M3 14h2M9 14h8M7 12v4',
  subaccounts: 'M7 3h6v4H7zM3 13h5v4H3zM12 13h5v4h-5zM10 7v3M5.5 13v-3h9v3',
  history: 'M4 10a6 6 0 1 0 2-4.5M6.5 2.5v3.3h3.3M10 7v3.2l2.2 1.4',
  system: 'M3 4h14v5H3zM3 11h14v5H3zM6 6.5h.01M6 13.5h.01',
  mail: 'M3 5h14v10H3zM3.5 5.5 10 10.5l6.5-5',
  lock: 'M4.5 9h11v8h-11zM6.5 9V6.5a3.5 3.5 0 0 1 7 0V9',
  audit: 'M4.5 2.5h8l3 3v12h-11zM7.5 8h5M7.5 11h5M7.5 14h3',
  verification: 'M8 12a3.5 3.5 0 0 1 0-5l2-2a3.5 3.5 0 0 1 5 5l-1 1M12 8a3.5 3.5 0 0 1 0 5l-2 2a3.5 3.5 0 0 1-5-5l1-1',
  me: 'M10 10a3.2 3.2 0 1 0 0-6.5 3.2 3.2 0 0 0 0 6.5ZM3.8 17c.6-3 3-4.5 6.2-4.5s5.6 1.5 6.2 4.5',
  sessions: 'M3 4h14v9.5H3zM7.5 17h5M10 13.5V17',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  keyboard: 'M2.5 5.5h15v9h-15zM5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01M6.5 11.7h7',
  eye: 'M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10ZM10 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6Z',
  check: 'm4.5 10.5 3.6 3.7 7.4-8.4',
  warn: 'M10 3 18 16.5H2L10 3ZM10 8v4M10 14.3h.01',
  stop: 'M6.8 3h6.4L17 6.8v6.4L13.2 17H6.8L3 13.2V6.8L6.8 3ZM7.5 7.5l5 5M12.5 7.5l-5 5',
  info: 'M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14M10 9v5M10 6.4v.2',
  pause: 'M7.5 5v10M12.5 5v10',
  play: 'M6.5 4.5v11l9-5.5-9-5.5Z',
  wait: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.3l2.7 1.7',
  copy: 'M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4',
  plus: 'M10 4v12M4 10h12',
  cross: 'm5 5 10 10M15 5 5 15',
  trash: 'M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5',
  pencil: 'm4 16 .8-3.4L13.6 3.8l2.6 2.6-8.8 8.8L4 16Z',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12ZM13.5 13.5 17 17',
  left: 'm12.5 4.5-5.5 5.5 5.5 5.5',
  right: 'm7.5 4.5 5.5 5.5-5.5 5.5',
  down: 'm4.5 7.5 5.5 5.5 5.5-5.5',
  key: 'M12.8 11a4 4 0 1 0-3.6-3.6L3 13.5V17h3.5v-2h2v-2h2l2.3-2ZM13.5 6.5h.01',
  doctor: 'M3 10h3l2-5 4 10 2-5h3',
  power: 'M10 3v6.5M6 5.5a6 6 0 1 0 8 0',
  out: 'M8 3.5H4v13h4M12 6.5l3.5 3.5-3.5 3.5M15.5 10H8',
  user: 'M10 10a3.2 3.2 0 1 0 0-6.5 3.2 3.2 0 0 0 0 6.5ZM3.8 17c.6-3 3-4.5 6.2-4.5s5.6 1.5 6.2 4.5',
  filter: 'M3 4.5h14l-5.5 6.5v5l-3-1.5v-3.5L3 4.5Z',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
