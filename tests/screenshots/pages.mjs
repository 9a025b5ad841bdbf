// pages.mjs – what is photographed. The sections are those of the console's own list: a new one is photographed without a word here.
import { readFileSync } from 'node:fs';

const source = readFileSync(new URL('../../web/console/route.ts', import.meta.url), 'utf8').match(/export const pages = \{([^}]*)\}/)[1];

const sections = [...source.matchAll(/(\w+): \[([^\]]*)\]/g)].flatMap(([, page, list]) =>
  [...list.matchAll(/'(\w+)'/g)].map(([, section], i) => ({
    name: section,
    states: ['empty', 'full', 'failing', 'loading'],
    address: () => `/admin/${page}${i ? `?view=${section}` : ''}`,
  })));

/** A page of one thing; it is photographed where the account has what it is about. */
const of = (name, page, parameters, states = ['full']) => ({
  name,
  states,
  address: (ids) => `/admin/${page}?${new URLSearchParams(Object.entries(parameters).map(([key, value]) => [key, value.replace(/^:(\w+)$/, (_, id) => ids[id])]))}`,
});

const details = [
  of('app', 'access', { id: ':app' }),
  of('app-use', 'access', { id: ':app', tab: 'use' }),
  of('app-new', 'access', { add: '1' }),
  of('delivery', 'notifications', { view: 'deliveries', event: ':event', endpoint: ':endpoint' }, ['full', 'failing']),
  of('endpoint', 'notifications', { view: 'endpoints', id: ':endpoint' }, ['full', 'failing', 'loading']),
  of('endpoint-caught', 'notifications', { view: 'endpoints', id: ':catcher', tab: 'caught' }),
  ...['deliveries', 'settings', 'security', 'test'].map((tab) => of(`endpoint-${tab}`, 'notifications', { view: 'endpoints', id: ':endpoint', tab })),
  of('endpoint-new', 'notifications', { view: 'endpoints', id: 'new' }),
  of('person', 'people', { id: ':person' }),
  of('person-new', 'people', { add: '1' }),
  of('transaction', 'notifications', { view: 'transactions', id: ':transaction' }, ['full', 'failing']),
];

const operator = [
  ...['', 'queues', 'mail', 'system'].map((view) => ({ name: `operator-${view || 'accounts'}`, states: ['full', 'loading'], asOperator: true, address: () => `/admin/operator${view && `?view=${view}`}` })),
  { name: 'operator-account', states: ['full'], asOperator: true, address: (ids, account) => `/admin/operator?id=${account.accountId}` },
];

const strangers = [
  { name: 'login', states: ['empty'], asStranger: true, address: () => '/login' },
  { name: 'operator-sign-in', states: ['empty'], asStranger: true, address: () => '/admin/operator' },
  { name: 'missing', states: ['empty'], asStranger: true, isMissing: true, address: () => '/no/such/page' },
];

export const pages = [...sections, ...details, ...operator, ...strangers];
