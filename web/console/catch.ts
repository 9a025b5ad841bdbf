// catch.ts – makes a receiver inside this server, and an endpoint that sends everything there.
import { readCatalogue } from './data';
import { t } from './language';
import { call, notifications } from './server';
import type { Catcher, EndpointWithSecret } from './types';
import { useAction, type Action } from './use';

export const catchers = `${notifications}/catchers`;

/** `onMade` is told the id of the endpoint. */
export function useCatch(onMade: (id: string) => void): { action: Action; make: () => void } {
  const action = useAction();
  const make = () => action.run(async () => {
    const types = await readCatalogue();
    const { url } = await call<Catcher>('POST', catchers, {});
    const events = types.filter(({ legacy }) => !legacy).map(({ name }) => name);
    const { id } = await call<EndpointWithSecret>('POST', `${notifications}/endpoints`, { name: t('catchName'), url, events });
    onMade(id);
  });
  return { action, make: () => void make() };
}
