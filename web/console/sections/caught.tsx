// caught.tsx – a receiver inside this server: made with an endpoint that sends there, and what arrives, as it arrives.
import { useState } from 'preact/hooks';
import { catchers, useCatch } from '../catch';
import { typeName, useEventTypes } from '../data';
import { laidOut, number } from '../format';
import { t } from '../language';
import { Ago, Button, Card, Empty, Loading, Moment, Problem } from '../parts/basics';
import { SelectField } from '../parts/fields';
import { Icon } from '../parts/icon';
import { addressOf, go } from '../route';
import { call, get } from '../server';
import type { Answers, Catcher, CaughtRequest } from '../types';
import { useAction, useFresh, useLoaded } from '../use';

const pathOf = ({ id }: Catcher): string => `${catchers}/${encodeURIComponent(id)}`;

const readCatchers = (signal?: AbortSignal): Promise<Catcher[]> => get<Answers['catchersGet']>(catchers, signal).then(({ results }) => results);

/** The catcher behind an endpoint's URL. */
export function useCatcherOf(url: string | undefined): Catcher | undefined {
  const isOne = url?.includes('/catch/') ?? false;
  const loaded = useLoaded(`catchers ${isOne}`, (signal) => (isOne ? readCatchers(signal) : Promise.resolve([])));
  useFresh(loaded, isOne ? 3000 : 0);
  return loaded.value?.find((catcher) => catcher.url === url);
}

/** With its endpoint. */
export const removeCatcher = (catcher: Catcher): Promise<unknown> => call('DELETE', pathOf(catcher));

/** From a button to the first notification. */
export function CatchHere() {
  const { action, make } = useCatch((id) => go(addressOf('endpoints', { id, tab: 'caught' })));
  return (
    <Card id="catch" title={t('catchTitle')}>
      <div class="revert"><p class="faded">{t('catchNew')}</p><Button icon="plus" isBusy={action.isBusy} onClick={make}>{t('catchHere')}</Button></div>
      <Problem error={action.error} />
    </Card>
  );
}

function nameOf({ isBase64, body }: CaughtRequest): string | null {
  try {
    return isBase64 ? null : (JSON.parse(body) as { name?: string }).name ?? null;
  } catch {
    return null;
  }
}

function Request({ request, isOpen }: { request: CaughtRequest; isOpen: boolean }) {
  const types = useEventTypes();
  const name = nameOf(request);
  return (
    <li>
      <details class="fold" open={isOpen}>
        <summary>
          <Icon name="right" />
          <span class="grow"><span class="strong">{name ? typeName(types.value, name) : request.method}</span> <span class="faded">{t('caughtAt', { number: request.number })} · {t('bytesCount', { count: request.size })} · <Moment date={request.receivedDate} /></span></span>
        </summary>
        <h3>{t('caughtBody')}</h3>
        <pre tabIndex={0} role="group" aria-label={`${t('caughtBody')} – ${number(request.number)}`} translate={false}>{request.isBase64 ? request.body : laidOut(request.body)}</pre>
        <h3>{t('caughtHeaders')}</h3>
        <pre tabIndex={0} role="group" aria-label={`${t('caughtHeaders')} – ${number(request.number)}`} translate={false}>{request.headers.map(({ key, value }) => `${key}: ${value}`).join('\n')}</pre>
      </details>
    </li>
  );
}

export function CaughtTab({ catcher }: { catcher: Catcher }) {
  const [answer, setAnswer] = useState(String(catcher.answer));
  const action = useAction();
  const loaded = useLoaded(`caught ${catcher.id} ${catcher.caught}`, (signal) => get<Answers['catcherRequestsGet']>(`${pathOf(catcher)}/requests`, signal).then(({ results }) => results));
  const [last, setLast] = useState<CaughtRequest[] | undefined>(undefined);
  if (loaded.value && loaded.value !== last) setLast(loaded.value);
  const list = loaded.value ?? last; // what was there stays while more is on its way
  const choose = (wanted: string) => {
    setAnswer(wanted);
    void action.run(async () => void (await call<Catcher>('PUT', pathOf(catcher), { answer: Number(wanted) })));
  };
  return (
    <Card id="caught" title={t('tabCaught')}>
      <p class="faded" role="status">{t('caughtCount', { count: catcher.caught })}</p>
      <p class="faded">{t('caughtUntil')} <Ago date={catcher.expiresDate} />.</p>
      <SelectField name="answer" label={t('catchAnswer')} value={answer} onChange={choose} choices={(['200', '500', '410'] as const).map((status) => ({ value: status, label: t(`catchAnswer${status}`) }))} />
      <Problem error={action.error ?? loaded.error} />
      {!list ? <Loading /> : list.length === 0 ? <Empty icon="deliveries" title={t('caughtNothing')}><p>{t('caughtNothingText')}</p></Empty> : (
        <ul class="caught">{list.map((request, i) => <Request key={request.number} request={request} isOpen={i === 0} />)}</ul>
      )}
    </Card>
  );
}
