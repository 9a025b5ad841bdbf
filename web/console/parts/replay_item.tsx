// replay_item.tsx – a replay or a bulk action: how far it is, what it was asked for, and its end.
import { nameOfEndpointId, typeName } from '../data';
import { number, percent } from '../format';
import { t, type Word } from '../language';
import { addressOf } from '../route';
import { call, notifications } from '../server';
import { useTransactions, type Transaction } from '../transactions';
import type { DeliveryQuery, Endpoint, EventType, Replay, ReplayFilter } from '../types';
import { useAction } from '../use';
import { Badge, Button, Moment, Problem, ProgressBar, type Tone } from './basics';
import { Icon, type IconName } from './icon';
import { Id } from './id';
import { queryValue, queryWord } from './query';
import { TransactionLink } from './transaction';

export const replaysPath = `${notifications}/replays`;

const states: Record<Replay['state'], { tone: Tone; icon: IconName; word: Word }> = {
  RUNNING: { tone: 'warn', icon: 'play', word: 'replayRUNNING' },
  DONE: { tone: 'good', icon: 'check', word: 'replayDONE' },
  CANCELLED: { tone: 'calm', icon: 'stop', word: 'replayCANCELLED' },
  STOPPED: { tone: 'bad', icon: 'stop', word: 'replaySTOPPED' },
};

/** What it was asked for, in the words of the search. */
function QueryText({ query, types, endpoints, names }: { query: DeliveryQuery; types: EventType[] | undefined; endpoints: Endpoint[] | undefined; names: Map<string, Transaction> }) {
  return (
    <>
      {Object.entries(query).map(([member, value]) => value && <div key={member}><dt>{queryWord(member)}</dt><dd>{member === 'packageId' ? <TransactionLink id={value} names={names} /> : member === 'eventId' ? <Id value={value} /> : queryValue(member, value, types, endpoints)}</dd></div>)}
    </>
  );
}

function FilterText({ filter, types, names }: { filter: ReplayFilter; types: EventType[] | undefined; names: Map<string, Transaction> }) {
  return (
    <>
      {filter.since && <div><dt>{t('since')}</dt><dd><Moment date={filter.since} /></dd></div>}
      {filter.until && <div><dt>{t('before')}</dt><dd><Moment date={filter.until} /></dd></div>}
      {filter.packageId && <div><dt>{t('transaction')}</dt><dd><TransactionLink id={filter.packageId} names={names} /></dd></div>}
      <div><dt>{t('numbers')}</dt><dd>{number(filter.afterSequence + 1)} – {number(filter.throughSequence)}</dd></div>
      <div><dt>{t('eventTypes')}</dt><dd title={filter.events.map((name) => typeName(types, name)).join(', ')}>{number(filter.events.length)}</dd></div>
      {filter.undeliveredOnly && <div><dt>{t('only')}</dt><dd>{t('undelivered')}</dd></div>}
    </>
  );
}

interface Context {
  types: EventType[] | undefined;
  endpoints: Endpoint[] | undefined;
  onChange: () => void;
}

function ReplayItem({ replay, types, endpoints, names, onChange }: Context & { replay: Replay; names: Map<string, Transaction> }) {
  const action = useAction();
  const { tone, icon, word } = states[replay.state];
  const cancel = () => action.run(async () => {
    await call<Replay>('POST', `${replaysPath}/${encodeURIComponent(replay.id)}/cancel`);
    onChange();
  });
  const isBulk = replay.action !== 'REPLAY';
  const title = isBulk ? t(`bulk${replay.action as 'RETRY'}`) : t('replayTo', { name: nameOfEndpointId(endpoints, replay.endpointId) });
  const counts = { count: replay.queued, matching: replay.matching };
  return (
    <li class="card replay">
      <div class="card-head">
        <h3>{title}</h3>
        <Badge tone={tone} icon={icon}>{t(word)}</Badge>
        <span class="faded"><Moment date={replay.createdDate} /></span>
      </div>
      <div class="progress-line">
        <ProgressBar value={replay.progress} label={title} tone={tone} />
        <span>{percent(replay.progress)}</span>
      </div>
      <p>{t(isBulk ? 'doneOf' : 'queuedOf', counts)}{replay.skipped > 0 && <span class="faded"> · {t('skipped', { count: replay.skipped })}</span>}</p>
      <details class="fold">
        <summary><Icon name="right" /> <span class="strong">{t('details')}</span></summary>
        <dl class="facts">
          {isBulk ? <QueryText query={replay.filter as DeliveryQuery} types={types} endpoints={endpoints} names={names} /> : <FilterText filter={replay.filter as ReplayFilter} types={types} names={names} />}
          <div><dt>{t('replayId')}</dt><dd><Id value={replay.id} /></dd></div>
          <div><dt>{t('rate')}</dt><dd>{number(replay.rate)} {t('perSecond')}</dd></div>
        </dl>
      </details>
      <div class="row">
        {replay.state === 'RUNNING' && <Button icon="stop" isBusy={action.isBusy} onClick={() => void cancel()}>{t(isBulk ? 'cancelBulk' : 'cancelReplay')}</Button>}
        <a href={addressOf('deliveries', isBulk ? { ...replay.filter as DeliveryQuery, state: '' } : { endpointId: replay.endpointId })}>{t('itsDeliveries')}</a>
      </div>
      <Problem error={action.error} />
    </li>
  );
}

export function ReplayList({ replays, label, ...context }: Context & { replays: Replay[]; label?: string }) {
  const names = useTransactions(replays.map(({ filter }) => filter.packageId ?? ''));
  return <ul class="replays" aria-label={label}>{replays.map((replay) => <ReplayItem key={replay.id} replay={replay} names={names} {...context} />)}</ul>;
}
