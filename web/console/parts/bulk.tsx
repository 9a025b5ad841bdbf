// bulk.tsx – one thing done to all deliveries that a search finds: counted first, then started and watched.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../language';
import { call, get, withQuery } from '../server';
import type { Answers, BulkDryRun, DeliveryQuery, Endpoint, EventType, Replay } from '../types';
import { useAction, useFresh, useLoaded } from '../use';
import { Button, Problem } from './basics';
import { Dialog } from './dialog';
import { RadioField, TextField } from './fields';
import { queryValue, queryWord } from './query';
import { ReplayList, replaysPath } from './replay_item';

export type BulkAction = 'RETRY' | 'CANCEL' | 'RESEND';
const rateMax = 1000;

const actionsOf = ({ state }: DeliveryQuery): BulkAction[] => (state === 'PENDING' ? ['RETRY', 'CANCEL'] : state ? ['RESEND'] : ['RETRY', 'RESEND', 'CANCEL']);

interface Properties {
  query: DeliveryQuery;
  action?: BulkAction;
  types: EventType[] | undefined;
  endpoints: Endpoint[] | undefined;
  onStarted: (id: string) => void;
  onClose: () => void;
}

export function BulkDialog({ query, action: wanted, types, endpoints, onStarted, onClose }: Properties) {
  const [action, setAction] = useState<BulkAction>(wanted ?? actionsOf(query)[0] ?? 'RESEND');
  const [rate, setRate] = useState('50');
  const start = useAction();
  const body = { action, filter: query };
  const counted = useLoaded(JSON.stringify(body), (signal) => call<BulkDryRun>('POST', replaysPath, { ...body, dryRun: true }, { signal }));
  const isRate = /^\d+$/.test(rate) && Number(rate) >= 1 && Number(rate) <= rateMax;
  const matching = counted.value?.matching ?? 0;
  const run = () => start.run(async () => {
    onStarted((await call<Replay>('POST', replaysPath, { ...body, rate: Number(rate) })).id);
    onClose();
  });
  return (
    <Dialog
      title={t('bulk')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('close')}</Button>
          {matching > 0 && isRate && <Button kind={action === 'CANCEL' ? 'danger' : 'primary'} isBusy={start.isBusy} onClick={() => void run()}>{t(`bulk${action}`)}</Button>}
        </>
      }
    >
      <dl class="facts">
        {Object.entries(query).map(([member, value]) => value && <div key={member}><dt>{queryWord(member)}</dt><dd>{queryValue(member, value, types, endpoints)}</dd></div>)}
      </dl>
      <RadioField name="action" label={t('action')} value={action} onChange={(chosen) => setAction(chosen as BulkAction)} choices={actionsOf(query).map((value) => ({ value, label: t(`bulk${value}`), hint: t(`bulkHint${value}`) }))} />
      <TextField name="rate" label={t('rate')} type="number" unit={t('perSecond')} minimum={1} maximum={rateMax} value={rate} onChange={setRate} hint={isRate ? undefined : t('numberRange', { minimum: 1, maximum: rateMax })} />
      <p role="status" class="strong">{counted.value && t('deliveryCount', { count: matching })}</p>
      {counted.value && !counted.value.complete && <p class="hint">{t('bulkBounded')}</p>}
      <Problem error={start.error ?? counted.error} />
    </Dialog>
  );
}

/** Those that run, and those that were started here. */
export function RunningBulk({ started, types, endpoints, onProgress }: { started: string[]; types: EventType[] | undefined; endpoints: Endpoint[] | undefined; onProgress: (done: string) => void }) {
  const path = withQuery(replaysPath, { from: 1, to: 10 });
  const found = useLoaded(`${path} ${started.length}`, (signal) => get<Answers['replaysGet']>(path, signal));
  const shown = (found.value?.results ?? []).filter(({ action, state, id }) => action !== 'REPLAY' && (state === 'RUNNING' || started.includes(id)));
  useFresh(found, shown.some(({ state }) => state === 'RUNNING') ? 1000 : 15000);
  const done = shown.map(({ id, queued, state }) => `${id} ${queued} ${state}`).join();
  useEffect(() => onProgress(done), [done]);
  if (shown.length === 0) return null;
  return <ReplayList replays={shown} label={t('bulk')} types={types} endpoints={endpoints} onChange={found.reload} />;
}
