// overview.tsx – how things stand, at a glance.
import { useRef } from 'preact/hooks';
import { endpointName, readEndpoints, standingOf, typeName, type TypeName } from '../data';
import { number, shortUrl } from '../format';
import { colon, t, type Word } from '../language';
import { useLive } from '../live';
import { Ago, Badge, Card, Due, Empty, LinkButton, Loading, Moment, Notice, Problem, Title, type Tone } from '../parts/basics';
import { Charts, chosenRange } from '../parts/charts';
import { Icon, type IconName } from '../parts/icon';
import { OutcomeStrip, type Outcome } from '../parts/outcomes';
import { stateReason } from '../parts/reason';
import { addressOf, type Parameters } from '../route';
import { get, notifications, withQuery } from '../server';
import type { Answers, Endpoint } from '../types';
import { rangeQuery, type Range } from '../statistics';
import { useFreshUnlessIdle, useLoaded, type Loaded } from '../use';
import { FirstVisit } from './first_visit';

/* ---- what is shown ---- */

type Overview = Answers['overviewGet'];

/** All in one answer. Of an account with more endpoints than that answer has, the others are asked for. */
async function readOverview(range: Range, signal: AbortSignal): Promise<Overview> {
  const overview = await get<Overview>(withQuery(`${notifications}/overview`, rangeQuery(range)), signal);
  const { count, results } = overview.endpoints;
  return count > results.length ? { ...overview, endpoints: { count, results: await readEndpoints(signal) } } : overview;
}

/** `statistics` are there when they are of the chosen range; the rest stays while another range is on its way. */
function useOverview(): Loaded<Overview> & { statistics: Overview['statistics'] | undefined } {
  const range = chosenRange();
  const loaded = useLoaded(`overview ${range}`, (signal) => readOverview(range, signal));
  const last = useRef<Overview | undefined>(undefined);
  last.current = loaded.value ?? last.current;
  return { ...loaded, value: last.current, statistics: loaded.value?.statistics };
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

/** `outcomes`: undefined where they are not read, of an account with very many endpoints. */
function EndpointCard({ endpoint, outcomes }: { endpoint: Endpoint; outcomes: Outcome[] | undefined }) {
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
      {outcomes && <OutcomeStrip outcomes={outcomes} />}
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

function Feed({ types }: { types: TypeName[] }) {
  const { events } = useLive();
  return (
    <Card id="feed" title={t('whatHappens')} aside={<a href={addressOf('events')}>{t('allEvents')}</a>}>
      {events.length === 0 ? <p class="faded">{t('noEventsYet')}</p> : (
        <ol class="feed">
          {events.slice(0, 8).map((event) => (
            <li key={event.sequence}>
              <span class="sequence">{number(event.sequence)}</span>
              <a href={addressOf('deliveries', { eventId: event.id })}>{typeName(types, event.name)}</a>
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
  const overview = useOverview();
  const endpoints = overview.value?.endpoints.results;
  const pending = endpoints?.reduce((all, endpoint) => all + (endpoint.queue?.pending ?? 0), 0) ?? 0;
  useFreshUnlessIdle(overview, pending > 0, 2000);
  const { events } = useLive();

  if (!overview.value || !endpoints) return <><Title>{t('sectionOverview')}</Title>{overview.error ? <Problem error={overview.error} onRetry={overview.reload} /> : <Loading />}</>;
  const { deliveries: { since, delivered, failed }, endpointHealth, eventTypes, clientApps } = overview.value;
  const outcomesOf = ({ id }: Endpoint) => endpointHealth.results.find(({ endpointId }) => endpointId === id)?.outcomes;
  const oldest = endpoints.map((endpoint) => endpoint.queue?.oldestDate).filter((date) => typeof date === 'string').sort()[0];
  return (
    <>
      <Title>{t('sectionOverview')}</Title>
      {endpoints.length > 0 && <Verdict endpoints={endpoints} pending={pending} />}
      <FirstVisit endpoints={endpoints} clientApps={clientApps} onEndpoint={overview.reload} otherwise={endpoints.length === 0 && <GettingStarted />} />
      <Problem error={overview.error} />
      <div class="tiles">
        <Tile icon="wait" label={t('waiting')} value={pending} tone={pending ? 'warn' : undefined} note={oldest ? <>{colon('oldest')}<Ago date={oldest} /></> : t('nothingWaits')} href={addressOf('deliveries', { state: 'PENDING' })} />
        <Tile icon="warn" label={t('failed')} value={failed} tone={failed ? 'bad' : undefined} note={t('forGood')} href={addressOf('deliveries', { state: 'FAILED', since })} />
        <Tile icon="check" label={t('delivered')} value={delivered} note={t('lastDay')} href={addressOf('deliveries', { state: 'DELIVERED', since })} />
        <Tile icon="events" label={t('sectionEvents')} value={events[0]?.sequence ?? 0} note={events[0] ? <>{colon('newestEvent')}<Ago date={events[0].createdDate} /></> : t('noEventsYet')} href={addressOf('events')} />
      </div>
      {endpoints.length > 0 && <Charts answer={overview.statistics} types={eventTypes} error={overview.statistics ? undefined : overview.error} isAccount />}
      {endpoints.length > 0 && (
        <section aria-labelledby="endpoint-cards">
          <div class="card-head"><h2 id="endpoint-cards">{t('sectionEndpoints')}</h2><a href={addressOf('endpoints')}>{t('manage')}</a></div>
          <ul class="endpoint-cards">
            {endpoints.map((endpoint) => <EndpointCard key={endpoint.id} endpoint={endpoint} outcomes={outcomesOf(endpoint)} />)}
          </ul>
        </section>
      )}
      <Feed types={eventTypes} />
    </>
  );
}
