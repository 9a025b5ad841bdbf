// failures.tsx – what fails, by its cause: what that means, what to do, and what to do with the deliveries.
import { useEffect } from 'preact/hooks';
import { nameOfEndpointId } from '../data';
import { number } from '../format';
import { isWord, t } from '../language';
import { addressOf } from '../route';
import { get, notifications, withQuery } from '../server';
import type { Answers, DeliveryQuery, Endpoint, FailureCause, FailureGroup } from '../types';
import { useFresh, useLoaded } from '../use';
import { Badge, Button, Card, Moment } from './basics';
import type { BulkAction } from './bulk';
import { Icon } from './icon';

const shownAtOnce = 3;

const word = (prefix: string, cause: FailureCause): string => {
  const key = `${prefix}${cause}`;
  return isWord(key) ? t(key) : '';
};
export const causeWord = (cause: FailureCause): string => word('cause_', cause);
export const mendWord = (cause: FailureCause): string => word('mend_', cause);

type OnBulk = (asked: { query: DeliveryQuery; action: BulkAction }) => void;

function Group({ group, query, endpoints, onBulk }: { group: FailureGroup; query: DeliveryQuery; endpoints: Endpoint[] | undefined; onBulk: OnBulk }) {
  const { cause, endpoint, count, pending, firstDate, lastDate, example, httpStatus } = group;
  const found: DeliveryQuery = { ...query, ...group.filter };
  return (
    <li class="failure">
      <div class="attempt-head">
        <Badge tone="bad">{number(count)}</Badge>
        <h3>{causeWord(cause)}{httpStatus > 0 && <span class="faded"> ({httpStatus})</span>}</h3>
        <a href={addressOf('endpoints', { id: endpoint.id })}>{nameOfEndpointId(endpoints, endpoint.id, endpoint.url)}</a>
      </div>
      <p>{mendWord(cause)}</p>
      {example.replyStart && <p class="faded said"><code>{example.replyStart.slice(0, 200)}</code></p>}
      <p class="faded">
        <Moment date={firstDate} />{firstDate !== lastDate && <> – <Moment date={lastDate} /></>}
        {pending > 0 && <> · {t('stillTried', { count: pending })}</>}
      </p>
      <div class="row">
        {pending > 0 && <Button icon="replay" label={`${t('retryAll')} – ${causeWord(cause)}`} onClick={() => onBulk({ query: { ...found, state: 'PENDING' }, action: 'RETRY' })}>{t('retryAll')}</Button>}
        {count > pending && <Button icon="replay" label={`${t('sendAllAgain')} – ${causeWord(cause)}`} onClick={() => onBulk({ query: { ...found, state: 'FAILED' }, action: 'RESEND' })}>{t('sendAllAgain')}</Button>}
        <a href={addressOf('deliveries', { ...query, ...group.filter })}>{t('showThese')}</a>
        <a href={addressOf('deliveries', { event: example.eventId, endpoint: endpoint.id })}>{t('newestOne')}</a>
      </div>
    </li>
  );
}

/** `progress`: of bulk actions, after which there are fewer. */
export function Failures({ query, endpoints, progress, onBulk }: { query: DeliveryQuery; endpoints: Endpoint[] | undefined; progress: string; onBulk: OnBulk }) {
  const path = withQuery(`${notifications}/deliveries/failures`, { ...query });
  const found = useLoaded(path, (signal) => get<Answers['deliveriesFailuresGet']>(path, signal));
  useFresh(found, 15000, 5000);
  useEffect(() => found.refresh(), [progress]);
  const groups = found.value?.results ?? [];
  if (groups.length === 0) return null;
  const listOf = (some: FailureGroup[]) => <ul class="failures">{some.map((group) => <Group key={JSON.stringify(group.filter)} group={group} query={query} endpoints={endpoints} onBulk={onBulk} />)}</ul>;
  return (
    <Card id="failures" title={t('whatFails')}>
      {listOf(groups.slice(0, shownAtOnce))}
      {groups.length > shownAtOnce && (
        <details class="fold">
          <summary><Icon name="right" /> <span class="strong">{t('furtherCauses', { count: groups.length - shownAtOnce })}</span></summary>
          {listOf(groups.slice(shownAtOnce))}
        </details>
      )}
    </Card>
  );
}
