// overview.tsx – how things stand, at a glance.
import { endpointName, standingOf, typeName, useEndpoints, useEventTypes } from '../data';
import { number, shortUrl } from '../format';
import { colon, t, type Word } from '../language';
import { useLive } from '../live';
import { Ago, Badge, Card, Due, Empty, LinkButton, Loading, Moment, Notice, Problem, Title, type Tone } from '../parts/basics';
import { Charts } from '../parts/charts';
import { Icon, type IconName } from '../parts/icon';
import { OutcomeStrip, type Outcome } from '../parts/outcomes';
import { stateReason } from '../parts/reason';
import { addressOf, type Parameters } from '../route';
import { get, notifications, withQuery } from '../server';
import type { Answers, Endpoint } from '../types';
import { useFreshUnlessIdle, useLoaded } from '../use';
import { FirstVisit } from './first_visit';

const healthAtMost = 100; // the longest page the API gives

async function countOf(parameters: Parameters, signal?: AbortSignal): Promise<number> {
  return (await get<Answers['deliveriesGet']>(withQuery(`${notifications}/deliveries`, { ...parameters, from: 1, to: 1 }), signal)).count;
}

/* ---- the verdict ---- */

/** What somebody should know, the worst first; or that all is well. */
function Verdict({ endpoints, pending }: { endpoints: Endpoint[]; pending: number }) {
  const count = (isSuch: (endpoint: Endpoint) => unknown) => endpoints.filter(isSuch).length;
  const troubles: [Tone, Word, number][] = [
    ['bad', 'someFail', count((endpoint) => endpoint.state === 'ACTIVE' && endpoint.failingSinceDate)],
    ['bad', 'someDisabled', count((endpoint) => endpoint.state === 'DISABLED' && endpoint.stateReason !== 'DISABLED')],
    ['warn', 'somePaused', count((endpoint) => endpoint.state === 'PAUSED')],
  ];
  const present = troubles.filter(([, , those]) => those > 0);
  return (
    <Notice tone={present[0]?.[0] ?? 'good'}>
      {present.map(([, word, those], i) => <p key={word} class={i === 0 ? 'strong' : undefined}>{t(word, { count: those })}</p>)}
      {present.length === 0 && <p class="strong">{pending ? t('someWait', { count: pending }) : t('allDelivered')}</p>}
    </Notice>
  );
}

function Tile({ icon, label, value, note, href, tone }: { icon: IconName; label: string; value: number | undefined; note?: preact.ComponentChildren; href: string; tone?: Tone }) {
  return (
    <a class={`tile ${tone ?? ''}`} href={href}>
      <span class="tile-label"><Icon name={icon} /> {label}</span>
      <span class="tile-value">{value === undefined ? '…' : number(value)}</span>
      <span class="tile-note">{note}</span>
    </a>
  );
}

/* ---- endpoints ---- */

/** `outcomes` is undefined until they have come, and null where they do not. */
function EndpointCard({ endpoint, outcomes }: { endpoint: Endpoint; outcomes: Outcome[] | undefined | null }) {
  const { tone, icon, word } = standingOf(endpoint);
  const queue = endpoint.queue;
  return (
    <li class={`endpoint-card ${tone}`}>
      <div class="endpoint-head">
        <h3><a href={addressOf('endpoints', { id: endpoint.id })}>{endpointName(endpoint)}</a></h3>
        <Badge tone={tone} icon={icon}>{word}</Badge>
      </div>
      {endpointName(endpoint) !== shortUrl(endpoint.url) && <p class="url">{endpoint.url ? shortUrl(endpoint.url) : t('noUrlYet')}</p>}
      {endpoint.state === 'DISABLED' && <p class="problem-text">{stateReason(endpoint)}</p>}
      {endpoint.state !== 'DISABLED' && endpoint.failingSinceDate && <p class="problem-text">{t('failingSince')} <Moment date={endpoint.failingSinceDate} /></p>}
      {outcomes ? <OutcomeStrip outcomes={outcomes} /> : outcomes === undefined && <div class="outcomes" />}
      <dl class="facts">
        <div>
          <dt>{t('waiting')}</dt>
          <dd><a href={addressOf('deliveries', { endpointId: endpoint.id, state: 'PENDING' })}>{number(queue?.pending ?? 0)}</a></dd>
        </div>
        {queue?.oldestDate && <div><dt>{t('oldest')}</dt><dd><Ago date={queue.oldestDate} /></dd></div>}
        {queue?.nextAttemptDate && endpoint.state === 'ACTIVE' && <div><dt>{t('nextAttempt')}</dt><dd><Due date={queue.nextAttemptDate} /></dd></div>}
        <div><dt>{t('eventTypes')}</dt><dd>{number(endpoint.events.length)}</dd></div>
      </dl>
    </li>
  );
}

/* ---- what happens ---- */

function Feed() {
  const { events } = useLive();
  const types = useEventTypes();
  return (
    <Card id="feed" title={t('whatHappens')} aside={<a href={addressOf('events')}>{t('allEvents')}</a>}>
      {events.length === 0 ? <p class="faded">{t('noEventsYet')}</p> : (
        <ol class="feed">
          {events.slice(0, 8).map((event) => (
            <li key={event.sequence}>
              <span class="sequence">{number(event.sequence)}</span>
              <a href={addressOf('deliveries', { eventId: event.id })}>{typeName(types.value, event.name)}</a>
              <Moment date={event.createdDate} />
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function GettingStarted() {
  return (
    <Empty icon="callback" title={t('startTitle')}>
      <p>{t('startText')}</p>
      <p><LinkButton kind="primary" icon="callback" href={addressOf('callback')}>{t('setUpCallback')}</LinkButton></p>
    </Empty>
  );
}

export function OverviewSection(_: { parameters: Parameters }) {
  const endpoints = useEndpoints();
  const pending = endpoints.value?.reduce((all, endpoint) => all + (endpoint.queue?.pending ?? 0), 0);
  useFreshUnlessIdle(endpoints, Boolean(pending), 1500);
  const day = useLoaded('day', async (signal) => {
    const since = new Date(Date.now() - 86400000).toISOString();
    const [delivered, failed] = await Promise.all([countOf({ since, state: 'DELIVERED' }, signal), countOf({ since, state: 'FAILED' }, signal)]);
    return { since, delivered, failed };
  });
  useFreshUnlessIdle(day, Boolean(pending), 5000);
  const health = useLoaded('health', (signal) => get<Answers['endpointHealthGet']>(withQuery(`${notifications}/endpointHealth`, { from: 1, to: healthAtMost }), signal));
  useFreshUnlessIdle(health, Boolean(pending), 3000);
  const outcomesOf = ({ id }: Endpoint) => health.value?.results.find(({ endpointId }) => endpointId === id)?.outcomes;
  const { events } = useLive();

  if (!endpoints.value) return <><Title>{t('sectionOverview')}</Title>{endpoints.error ? <Problem error={endpoints.error} onRetry={endpoints.reload} /> : <Loading />}</>;
  const oldest = endpoints.value.map((endpoint) => endpoint.queue?.oldestDate).filter((date) => typeof date === 'string').sort()[0];
  const since = day.value?.since ?? '';
  return (
    <>
      <Title>{t('sectionOverview')}</Title>
      {endpoints.value.length > 0 && <Verdict endpoints={endpoints.value} pending={pending ?? 0} />}
      <FirstVisit endpoints={endpoints.value} onEndpoint={endpoints.reload} otherwise={endpoints.value.length === 0 && <GettingStarted />} />
      <Problem error={endpoints.error} />
      <div class="tiles">
        <Tile icon="wait" label={t('waiting')} value={pending} tone={pending ? 'warn' : undefined} note={oldest ? <>{colon('oldest')}<Ago date={oldest} /></> : t('nothingWaits')} href={addressOf('deliveries', { state: 'PENDING' })} />
        <Tile icon="warn" label={t('failed')} value={day.value?.failed} tone={day.value?.failed ? 'bad' : undefined} note={t('forGood')} href={addressOf('deliveries', { state: 'FAILED', since })} />
        <Tile icon="check" label={t('delivered')} value={day.value?.delivered} note={t('lastDay')} href={addressOf('deliveries', { state: 'DELIVERED', since })} />
        <Tile icon="events" label={t('sectionEvents')} value={events[0]?.sequence ?? 0} note={events[0] ? <>{colon('newestEvent')}<Ago date={events[0].createdDate} /></> : t('noEventsYet')} href={addressOf('events')} />
      </div>
      {endpoints.value.length > 0 && <Charts />}
      {endpoints.value.length > 0 && (
        <section aria-labelledby="endpoint-cards">
          <div class="card-head"><h2 id="endpoint-cards">{t('sectionEndpoints')}</h2><a href={addressOf('endpoints')}>{t('manage')}</a></div>
          <ul class="endpoint-cards">
            {endpoints.value.map((endpoint) => <EndpointCard key={endpoint.id} endpoint={endpoint} outcomes={health.value && (outcomesOf(endpoint) ?? null)} />)}
          </ul>
        </section>
      )}
      <Feed />
    </>
  );
}
