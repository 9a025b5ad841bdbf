// delivery.tsx – one delivery in full: the event, what it waits for, each attempt with its phases, what was sent and what came back.
import { useState } from 'preact/hooks';
import { deliveryTones, nameOfEndpointId, typeName, useEndpoints, useEventTypes } from '../data';
import { duration, laidOut, number, span } from '../format';
import { colon, t } from '../language';
import { Badge, Button, Card, CopyButton, Due, Loading, Moment, Notice, Problem, Title } from '../parts/basics';
import { AttemptView, PhaseLegend } from '../parts/attempt';
import { AttemptDifference } from '../parts/attempt_difference';
import { Confirm } from '../parts/dialog';
import { causeWord, mendWord } from '../parts/failures';
import { Icon } from '../parts/icon';
import { Id } from '../parts/id';
import { isSuccess, outcomeText } from '../parts/reason';
import { TransactionLink } from '../parts/transaction';
import { WaitsFor } from '../parts/waits';
import { addressOf } from '../route';
import { call, get, notifications } from '../server';
import { useTransactions } from '../transactions';
import type { Attempt, DeliveryInFull } from '../types';
import { useAction, useFresh, useLoaded } from '../use';

function AttemptItem({ attempt, previous, longestMs, queued }: { attempt: Attempt; previous: Attempt | undefined; longestMs: number; queued: string }) {
  const wentWell = isSuccess(attempt);
  const waited = previous ? (Date.parse(attempt.startedDate) - Date.parse(previous.startedDate) - previous.durationMs) / 1000 : 0;
  return (
    <li class={wentWell ? 'good' : 'bad'}>
      {previous && waited >= 1 && <p class="waited">{t('waited', { time: span(waited) })}</p>}
      <div class="attempt-head">
        <h3>{t('attemptNumber', { number: attempt.number })}</h3>
        <Badge tone={wentWell ? 'good' : 'bad'}>{outcomeText(attempt)}</Badge>
        <span class="faded"><Moment date={attempt.startedDate} />{attempt.durationMs > 0 && <> · {duration(attempt.durationMs)}</>}</span>
      </div>
      <AttemptView attempt={attempt} longestMs={longestMs} queued={previous ? undefined : queued} />
    </li>
  );
}

function Attempts({ delivery }: { delivery: DeliveryInFull }) {
  const { attempts } = delivery;
  const longestMs = Math.max(...attempts.map((attempt) => attempt.durationMs), 0);
  if (attempts.length === 0) return <p class="faded">{t('notTriedYet')}</p>;
  return (
    <>
      <PhaseLegend />
      <ol class="timeline">
        {attempts.map((attempt, i) => <AttemptItem key={attempt.number} attempt={attempt} previous={attempts[i - 1]} longestMs={longestMs} queued={delivery.event.createdDate} />)}
        {delivery.nextAttemptDate && <li class="warn next"><p>{colon('nextAttempt')}<Due date={delivery.nextAttemptDate} /></p></li>}
      </ol>
    </>
  );
}

/** Why the last attempt failed, and what to do. */
function Diagnosis({ delivery }: { delivery: DeliveryInFull }) {
  const last = delivery.attempts.at(-1);
  if (!last?.cause || delivery.state === 'DELIVERED' || delivery.failureReason) return null;
  return (
    <Notice tone="bad" title={causeWord(last.cause)} isLasting>
      <p>{mendWord(last.cause)}</p>
      {last.error && last.replyStart && <p class="said"><code>{last.replyStart}</code></p>}
      <p><a href={addressOf('endpoints', { id: delivery.endpoint.id })}>{t('toTheEndpoint')}</a></p>
    </Notice>
  );
}

/** What it waits for, and what can be done about that. A time that counts down stands outside of what screen readers say by themselves. */
function Waiting({ delivery, path, onChanged }: { delivery: DeliveryInFull; path: string; onChanged: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const action = useAction();
  const { waitsFor, nextAttemptDate, attempts } = delivery;
  const isUnderWay = waitsFor?.reason === 'IN_FLIGHT' || waitsFor?.reason === 'TURN';
  const steer = async (verb: string) => {
    await call<DeliveryInFull>('POST', `${path}/${verb}`);
    onChanged();
  };
  const cancel = async () => {
    await steer('cancel');
    setAsking(false);
  };
  return (
    <>
      <div class="row">
        <p class="faded">
          <span role="status">{isUnderWay && <span class="spinner" />} <WaitsFor delivery={delivery} /></span>
          {nextAttemptDate && attempts.length === 0 && <> · {colon('nextAttempt')}<Due date={nextAttemptDate} /></>}
        </p>
        {(waitsFor?.reason === 'NEXT_ATTEMPT' || waitsFor?.reason === 'ENDPOINT_RESTING') && <Button kind="primary" icon="replay" isBusy={action.isBusy} onClick={() => void action.run(() => steer('retry'))}>{t('retryNow')}</Button>}
        <Button onClick={() => setAsking(true)}>{t('cancelDelivery')}</Button>
      </div>
      <Problem error={action.error} />
      {isAsking && (
        <Confirm title={t('cancelDeliveryTitle')} confirm={t('cancelDelivery')} dismiss={t('keepDelivery')} onConfirm={cancel} onClose={() => setAsking(false)}>
          <p>{t('cancelDeliveryText')}</p>
        </Confirm>
      )}
    </>
  );
}

export function DeliveryDetail({ eventId, endpointId }: { eventId: string; endpointId: string }) {
  const path = `${notifications}/deliveries/${encodeURIComponent(eventId)}/${encodeURIComponent(endpointId)}`;
  const loaded = useLoaded(path, (signal) => get<DeliveryInFull>(path, signal));
  const delivery = loaded.value;
  useFresh(loaded, delivery?.state === 'PENDING' ? 2000 : 15000);
  const types = useEventTypes();
  const endpoints = useEndpoints();
  const names = useTransactions(delivery ? [delivery.event.packageId] : []);
  const action = useAction();
  const resend = () => action.run(async () => {
    await call<DeliveryInFull>('POST', `${path}/resend`);
    loaded.reload();
  });
  const back = <p class="back"><a href={addressOf('deliveries')}><Icon name="left" /> {t('sectionDeliveries')}</a></p>;
  if (!delivery) return <>{back}<Title>{t('delivery')}</Title>{loaded.error ? <Problem error={loaded.error} onRetry={loaded.reload} /> : <Loading />}</>;

  const { event, endpoint, state } = delivery;
  const { tone, icon } = deliveryTones[state];
  const body = delivery.body ? laidOut(delivery.body) : '';
  return (
    <>
      {back}
      <Title
        lead={<>{t('toEndpoint')} <a href={addressOf('endpoints', { id: endpoint.id })}>{nameOfEndpointId(endpoints.value, endpoint.id, endpoint.url)}</a></>}
        aside={<Badge tone={tone} icon={icon}>{t(`state${state}`)}</Badge>}
      >
        {typeName(types.value, event.name)}
      </Title>
      {state === 'PENDING' && <Waiting delivery={delivery} path={path} onChanged={loaded.reload} />}
      {state !== 'PENDING' && !event.expungedDate && (
        <div class="row"><Button kind={state === 'FAILED' ? 'primary' : 'secondary'} icon="replay" isBusy={action.isBusy} onClick={() => void resend()}>{t('sendAgain')}</Button></div>
      )}
      <Problem error={action.error ?? loaded.error} />
      <Diagnosis delivery={delivery} />
      {event.expungedDate && <Notice tone="calm"><p>{t('expungedOn')} <Moment date={event.expungedDate} /></p></Notice>}
      <Card id="facts" title={t('event')}>
        <dl class="facts">
          <div><dt>{t('number')}</dt><dd><a href={addressOf('events', { before: String(event.sequence) })}>{number(event.sequence)}</a></dd></div>
          <div><dt>{t('eventId')}</dt><dd><Id value={event.id} /></dd></div>
          <div><dt>{t('type')}</dt><dd><code>{event.name}</code></dd></div>
          <div><dt>{t('transaction')}</dt><dd><TransactionLink id={event.packageId} names={names} /></dd></div>
          <div><dt>{t('happened')}</dt><dd><Moment date={event.createdDate} /></dd></div>
          {delivery.finishedDate && <div><dt>{t('finished')}</dt><dd><Moment date={delivery.finishedDate} /></dd></div>}
          {delivery.failureReason === 'CANCELLED' && <div><dt>{t('failureReason')}</dt><dd>{t('cancelled')}</dd></div>}
          {event.message && <div><dt>{t('message')}</dt><dd>{event.message}</dd></div>}
          {event.documentId && <div><dt>{t('document')}</dt><dd><Id value={event.documentId} /></dd></div>}
        </dl>
      </Card>
      <Card id="attempts" title={t('attempts', { count: delivery.attempts.length })}>
        <Attempts delivery={delivery} />
      </Card>
      {delivery.attempts.length > 1 && <AttemptDifference attempts={delivery.attempts} />}
      {body && (
        <Card id="sent-body" title={t('body')} aside={<span class="row">{delivery.curl && <CopyButton text={delivery.curl} word="copyCurl" />}<CopyButton text={delivery.body ?? ''} /></span>}>
          <pre tabIndex={0} aria-label={t('body')}>{body}</pre>
        </Card>
      )}
    </>
  );
}
