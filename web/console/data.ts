// data.ts – what several sections need: the catalogue of event types, the account's endpoints.
import { language, t } from './language';
import { shortUrl } from './format';
import { get, notifications, withQuery } from './server';
import type { DeliveryState } from './states';
import type { Answers, Endpoint, EventType } from './types';
import type { Tone } from './parts/basics';
import type { IconName } from './parts/icon';
import { useLoaded, type Loaded } from './use';

let catalogue: Promise<EventType[]> | null = null;

/** It is a part of the program: once is enough. */
export function readCatalogue(): Promise<EventType[]> {
  catalogue ??= get<Answers['eventTypesGet']>(`${notifications}/eventTypes`).then(({ results }) => results);
  catalogue.catch(() => (catalogue = null));
  return catalogue;
}

export const useEventTypes = (): Loaded<EventType[]> => useLoaded('eventTypes', readCatalogue);

/** What a type of event is called, without the rest of the catalogue. */
export type TypeName = Pick<EventType, 'name' | 'displayName'>;

/** As people call it; unknown ones as the wire does. */
export function typeName(types: TypeName[] | undefined, name: string): string {
  return types?.find((type) => type.name === name)?.displayName[language()] ?? name;
}

const most = 100; // the longest page the API gives

export async function readEndpoints(signal?: AbortSignal): Promise<Endpoint[]> {
  const all: Endpoint[] = [];
  for (;;) {
    const path = withQuery(`${notifications}/endpoints`, { from: all.length + 1, to: all.length + most });
    const { count, results } = await get<Answers['endpointsGet']>(path, signal);
    all.push(...results);
    if (results.length === 0 || all.length >= count) return all;
  }
}

export const useEndpoints = (): Loaded<Endpoint[]> => useLoaded('endpoints', readEndpoints);

export const isCallback = (endpoint: Endpoint): boolean => endpoint.origin === '';
export const isConnector = (endpoint: Endpoint): boolean => endpoint.origin !== '' && endpoint.origin !== 'endpoint';

/** What an endpoint is called: by its name, by what it is, by where it is. */
export function endpointName(endpoint: Pick<Endpoint, 'name' | 'origin' | 'url' | 'id'>): string {
  if (endpoint.name) return endpoint.name;
  if (endpoint.origin === '') return t('theCallback');
  if (endpoint.origin !== 'endpoint') return t('connectorNamed', { origin: endpoint.origin });
  return endpoint.url ? shortUrl(endpoint.url) : endpoint.id;
}

export function nameOfEndpointId(endpoints: Endpoint[] | undefined, id: string, url = ''): string {
  const known = endpoints?.find((endpoint) => endpoint.id === id);
  if (known) return endpointName(known);
  return url ? shortUrl(url) : id;
}

/** Everything at a glance: a failing endpoint is worse off than its state says. */
export function standingOf(endpoint: Endpoint): { tone: Tone; icon?: IconName; word: string } {
  if (endpoint.state === 'DISABLED') return { tone: 'bad', icon: 'stop', word: t('stateDisabled') };
  if (endpoint.state === 'PAUSED') return { tone: 'calm', icon: 'pause', word: t('statePaused') };
  if (endpoint.failingSinceDate) return { tone: 'bad', word: t('stateFailing') };
  if (endpoint.url === '') return { tone: 'calm', icon: 'power', word: t('stateNoUrl') };
  if (endpoint.events.length === 0) return { tone: 'calm', icon: 'power', word: t('stateNoEvents') };
  return { tone: 'good', word: t('stateActive') };
}

export const deliveryTones: Record<DeliveryState, { tone: Tone; icon: IconName }> = {
  DELIVERED: { tone: 'good', icon: 'check' },
  PENDING: { tone: 'warn', icon: 'wait' },
  FAILED: { tone: 'bad', icon: 'warn' },
};
