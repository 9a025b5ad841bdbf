// find.ts – what the palette finds on the server: endpoints, client apps, people, transactions, by name or id. Lists that have an end
// are read once and sought here; the others are asked for, a few at a time.
import { appsPath } from './client_apps';
import { endpointName, readEndpoints } from './data';
import { fold, matches } from './fold';
import type { Word } from './language';
import type { IconName } from './parts/icon';
import { pathOfSender, personName, sendersPath } from './people';
import { addressOf } from './route';
import { get, withQuery } from './server';
import { has, maySee } from './session';
import type { Answers, Session, StoredClientApp, StoredSender } from './types';

export interface Found {
  id: string;
  group: Word;
  icon: IconName;
  title: string;
  note?: string;
  href: string;
}

const most = 5; // of each kind
const packageIdLength = 28;
const userIdLength = 12;
const fewest = 2; // letters

/** Read once for as long as the palette is open. */
export class Finder {
  #lists = new Map<string, Promise<unknown>>();

  constructor(private readonly session: Session) {}

  #once<T>(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#lists.get(key) as Promise<T> | undefined;
    const list = known ?? read();
    this.#lists.set(key, list);
    return list;
  }

  /** Of what one may not see, or what cannot be read now, nothing is found. */
  async find(text: string, signal: AbortSignal): Promise<Found[]> {
    if (fold(text).length < fewest) return [];
    const sought = [this.#endpoints(text), this.#apps(text), this.#people(text, signal), this.#transactions(text, signal)];
    return (await Promise.all(sought.map((found) => found.catch(() => [])))).flat();
  }

  async #endpoints(text: string): Promise<Found[]> {
    if (!maySee(this.session, 'notifications')) return [];
    const all = await this.#once('endpoints', () => readEndpoints());
    return all
      .filter((endpoint) => matches(text, endpointName(endpoint), endpoint.url, endpoint.id))
      .slice(0, most)
      .map((endpoint) => ({ id: `endpoint ${endpoint.id}`, group: 'sectionEndpoints', icon: 'endpoints', title: endpointName(endpoint), note: endpoint.url, href: addressOf('endpoints', { id: endpoint.id }) }));
  }

  async #apps(text: string): Promise<Found[]> {
    if (!maySee(this.session, 'access')) return [];
    const all = await this.#once('apps', () => get<StoredClientApp[]>(appsPath));
    return all
      .filter(({ name, clientId }) => matches(text, name, clientId))
      .slice(0, most)
      .map(({ name, clientId }) => ({ id: `app ${clientId}`, group: 'sectionApps', icon: 'apps', title: name, note: clientId, href: addressOf('apps', { id: clientId }) }));
  }

  async #people(text: string, signal: AbortSignal): Promise<Found[]> {
    if (!has(this.session, 'sender_admin.users')) return [];
    const path = withQuery(sendersPath, { search: text.trim(), from: 1, to: most });
    const { results } = await get<Answers['sendersGet']>(path, signal);
    const found: StoredSender[] = results;
    if (found.length === 0 && /^\w+$/.test(text.trim()) && text.trim().length === userIdLength) found.push(await get<StoredSender>(pathOfSender(text.trim()), signal));
    return found.map((person) => ({ id: `person ${person.id}`, group: 'sectionPeople', icon: 'people', title: personName(person), note: person.email, href: addressOf('people', { id: person.id }) }));
  }

  async #transactions(text: string, signal: AbortSignal): Promise<Found[]> {
    if (!maySee(this.session, 'notifications')) return [];
    const id = text.trim();
    const found =
      id.length === packageIdLength && /^[\w=-]+$/.test(id)
        ? [await get<{ id: string; name: string }>(`/api/packages/${encodeURIComponent(id)}`, signal)]
        : (await get<Answers['packagesGet']>(withQuery('/api/packages', { search: id, from: 1, to: most }), signal)).results;
    return found.map((transaction) => ({
      id: `transaction ${transaction.id}`,
      group: 'transactions',
      icon: 'transactions',
      title: transaction.name ?? '',
      note: transaction.id,
      href: addressOf('transactions', { id: transaction.id ?? '' }),
    }));
  }
}
