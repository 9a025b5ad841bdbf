// endpoints.tsx – all places where notifications go: the list, and from there one of them or a new one.
import { endpointName, isConnector, standingOf, useEndpoints } from '../data';
import { duration, number, percent, shortUrl } from '../format';
import { colon, t } from '../language';
import { Ago, Badge, Empty, LinkButton, Loading, Moment, Problem, Title } from '../parts/basics';
import { OutcomeStrip } from '../parts/outcomes';
import { stateReason } from '../parts/reason';
import { addressOf, type Parameters } from '../route';
import { get, notifications, withQuery } from '../server';
import type { Answers, Endpoint } from '../types';
import { useFresh, useLoaded } from '../use';
import { CatchHere } from './caught';
import { EndpointDetail } from './endpoint';
import { NewEndpoint } from './endpoint_form';

function kindOf(endpoint: Endpoint): string {
  if (endpoint.origin === '') return t('kindCallback');
  return isConnector(endpoint) ? t('kindConnector') : t('kindFurther');
}

type Health = Answers['endpointHealthGet']['results'][number];

/** How all of them do, in pages as long as the API gives. */
async function readHealth(signal?: AbortSignal): Promise<Health[]> {
  const all: Health[] = [];
  for (;;) {
    const { count, results } = await get<Answers['endpointHealthGet']>(withQuery(`${notifications}/endpointHealth`, { from: all.length + 1, to: all.length + 100 }), signal);
    all.push(...results);
    if (results.length === 0 || all.length >= count) return all;
  }
}

function Numbers({ health }: { health: Health }) {
  const { attempts, succeeded, latency } = health;
  return (
    <>
      <OutcomeStrip outcomes={health.outcomes} />
      <dl class="facts">
        <div><dt>{t('errorRate')}</dt><dd>{attempts ? percent((attempts - succeeded) / attempts) : <span class="faded">{t('noAttemptsDay')}</span>}</dd></div>
        {latency && <div><dt>{t('latencyP50')}</dt><dd>{duration(latency.p50Ms)}</dd></div>}
        {latency && <div><dt>{t('latencyP95')}</dt><dd>{duration(latency.p95Ms)}</dd></div>}
        <div><dt>{t('attemptsDay')}</dt><dd>{number(attempts)}</dd></div>
      </dl>
    </>
  );
}

function EndpointCard({ endpoint, health }: { endpoint: Endpoint; health: Health | undefined }) {
  const { tone, icon, word } = standingOf(endpoint);
  const { queue } = endpoint;
  return (
    <li class={`endpoint-card ${tone}`}>
      <div class="endpoint-head">
        <h2><a href={addressOf('endpoints', { id: endpoint.id })}>{endpointName(endpoint)}</a></h2>
        <Badge tone={tone} icon={icon}>{word}</Badge>
      </div>
      {endpointName(endpoint) !== shortUrl(endpoint.url) && <p class="url">{endpoint.url ? shortUrl(endpoint.url) : t('noUrlYet')}</p>}
      <p class="faded">{kindOf(endpoint)} · {t('typesOn', { count: endpoint.events.length })}</p>
      {endpoint.state === 'DISABLED' && <p class="problem-text">{stateReason(endpoint)}</p>}
      {endpoint.state !== 'DISABLED' && endpoint.failingSinceDate && <p class="problem-text">{t('failingSince')} <Moment date={endpoint.failingSinceDate} /></p>}
      {health && <Numbers health={health} />}
      <p class="faded">
        {queue && queue.pending > 0 ? <>{t('waitingCount', { count: queue.pending })}{queue.oldestDate && <> · {colon('oldest')}<Ago date={queue.oldestDate} /></>}</> : t('nothingWaits')}
      </p>
    </li>
  );
}

function List() {
  const endpoints = useEndpoints();
  const health = useLoaded('health', readHealth);
  useFresh(endpoints, 8000);
  useFresh(health, 15000, 3000);
  return (
    <>
      <Title lead={t('endpointsLead')} aside={<LinkButton kind="primary" icon="plus" href={addressOf('endpoints', { id: 'new' })}>{t('newEndpoint')}</LinkButton>}>{t('sectionEndpoints')}</Title>
      <Problem error={endpoints.error} onRetry={endpoints.reload} />
      {!endpoints.value ? !endpoints.error && <Loading /> : endpoints.value.length === 0 ? (
        <Empty icon="endpoints" title={t('noEndpoints')}>
          <p>{t('noEndpointsText')}</p>
          <p><LinkButton icon="callback" href={addressOf('callback')}>{t('setUpCallback')}</LinkButton></p>
        </Empty>
      ) : (
        <>
          <p class="unseen" role="status">{t('endpointCount', { count: endpoints.value.length })}</p>
          <ul class="endpoint-cards">{endpoints.value.map((endpoint) => <EndpointCard key={endpoint.id} endpoint={endpoint} health={health.value?.find(({ endpointId }) => endpointId === endpoint.id)} />)}</ul>
        </>
      )}
      {endpoints.value && <CatchHere />}
    </>
  );
}

export function EndpointsSection({ parameters }: { parameters: Parameters }) {
  if (!parameters.id) return <List />;
  return parameters.id === 'new' ? <NewEndpoint /> : <EndpointDetail id={parameters.id} tab={parameters.tab} />;
}
