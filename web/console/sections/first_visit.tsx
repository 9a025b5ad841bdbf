// first_visit.tsx – three steps to the first notification. Each ticks itself off when it has happened, whoever did it; the card goes away
// when all have, or when somebody sends it away, which this browser remembers.
import { useEffect, useState } from 'preact/hooks';
import { useCatch } from '../catch';
import { t, type Word } from '../language';
import { useLive } from '../live';
import { Button, Card, LinkButton, Problem } from '../parts/basics';
import { Icon } from '../parts/icon';
import { addressOf } from '../route';
import { call } from '../server';
import { useSession } from '../session';
import type { Endpoint, Session } from '../types';
import { useAction } from '../use';

const settledFrom = 50; // events: an account with that many needs no first steps

const keptFor = (session: Session): string => `greffier.firstVisit.${session.account.id}`;

/** Over for this account, in this browser. */
function isOver(session: Session): boolean {
  try {
    return localStorage.getItem(keptFor(session)) === 'over';
  } catch {
    return false;
  }
}

function end(session: Session): void {
  try {
    localStorage.setItem(keptFor(session), 'over');
  } catch { /* a browser may forbid storage: it comes again, then */ }
}

interface StepProps {
  isDone: boolean;
  number: number;
  title: Word;
  text: Word;
  children: preact.ComponentChildren;
}

function Step({ isDone, number, title, text, children }: StepProps) {
  return (
    <li class={isDone ? 'done' : undefined}>
      <span class="step-sign" aria-hidden="true">{isDone ? <Icon name="check" /> : number}</span>
      <div class="grow">
        <h3>{t(title)}{isDone && <span class="unseen"> – {t('stepDone')}</span>}</h3>
        {!isDone && <p class="faded">{t(text)}</p>}
        {!isDone && <div class="row">{children}</div>}
      </div>
    </li>
  );
}

function CreateTransaction() {
  const action = useAction();
  const create = () => action.run(async () => {
    await call('POST', '/api/packages', { name: t('stepTransactionName') });
  });
  return (
    <>
      <Button icon="plus" isBusy={action.isBusy} onClick={() => void create()}>{t('stepTransactionButton')}</Button>
      <Problem error={action.error} />
    </>
  );
}

function CatchHere({ onMade }: { onMade: () => void }) {
  const { action, make } = useCatch(onMade);
  return (
    <>
      <Button icon="plus" isBusy={action.isBusy} onClick={make}>{t('catchHere')}</Button>
      <Problem error={action.error} />
    </>
  );
}

interface FirstVisitProps {
  endpoints: Endpoint[];
  clientApps: number | null; // null where one may not see them, or the operator has none
  onEndpoint: () => void;
  otherwise: preact.ComponentChildren; // what stands there when there are no steps
}

export function FirstVisit({ endpoints, clientApps, onEndpoint, otherwise }: FirstVisitProps) {
  const session = useSession();
  const { events } = useLive();
  const [isAway, setAway] = useState(isOver(session));
  const isSettled = isAway || (events[0]?.sequence ?? 0) >= settledFrom;
  const hasPlace = endpoints.some((endpoint) => endpoint.url !== '' && endpoint.events.length > 0);
  const hasEvent = events.length > 0;
  const isAll = clientApps !== 0 && hasPlace && hasEvent;
  const sendAway = () => {
    end(session);
    setAway(true);
  };
  useEffect(() => {
    if (isAll && !isSettled) sendAway();
  }, [isAll]);
  if (isSettled || isAll) return <>{otherwise}</>;
  let number = 0;
  return (
    <Card id="first-visit" title={t('firstVisit')} aside={<Button kind="quiet" icon="cross" onClick={sendAway}>{t('firstVisitAway')}</Button>}>
      <ol class="steps">
        {clientApps !== null && (
          <Step isDone={clientApps > 0} number={++number} title="stepApp" text="stepAppText">
            <LinkButton icon="apps" href={addressOf('apps', { add: '1' })}>{t('doCreateApp')}</LinkButton>
          </Step>
        )}
        <Step isDone={hasPlace} number={++number} title="stepPlace" text="stepPlaceText">
          <LinkButton icon="callback" href={addressOf('callback')}>{t('setUpCallback')}</LinkButton>
          <CatchHere onMade={onEndpoint} />
        </Step>
        <Step isDone={hasEvent} number={++number} title="stepTransaction" text="stepTransactionText">
          <CreateTransaction />
        </Step>
      </ol>
    </Card>
  );
}
