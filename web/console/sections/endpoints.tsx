// endpoints.tsx – all places where notifications go: the list, and from there one of them or a new one.
import { endpointName, isConnector, standingOf, useEndpoints } from '../data';
import { number, shortUrl } from '../format';
import { colon, t } from '../language';
import { Ago, Badge, Empty, LinkButton, Loading, Moment, Problem, Title } from '../parts/basics';
import { stateReason } from '../parts/reason';
import { addressOf, type Parameters } from '../route';
import type { Endpoint } from '../types';
import { useFresh } from '../use';
import { EndpointDetail } from './endpoint';
import { NewEndpoint } from './endpoint_form';

function kindOf(endpoint: Endpoint): string {
  if (endpoint.origin === '') return t('kindCallback');
  return isConnector(endpoint) ? t('kindConnector') : t('kindFurther');
}

function Row({ endpoint }: { endpoint: Endpoint }) {
  const { tone, icon, word } = standingOf(endpoint);
  const { queue } = endpoint;
  return (
    <li class={`endpoint-row ${tone}`}>
      <div class="grow">
        <h2><a href={addressOf('endpoints', { id: endpoint.id })}>{endpointName(endpoint)}</a></h2>
        <p class="url">{endpointName(endpoint) === shortUrl(endpoint.url) ? null : endpoint.url ? shortUrl(endpoint.url) : t('noUrlYet')}</p>
        <p class="faded">{kindOf(endpoint)} · {t('typesOn', { count: endpoint.events.length })}</p>
      </div>
      <div class="endpoint-row-state">
        <Badge tone={tone} icon={icon}>{word}</Badge>
        {endpoint.state === 'DISABLED' && <p class="problem-text">{stateReason(endpoint)}</p>}
        {endpoint.state !== 'DISABLED' && endpoint.failingSinceDate && <p class="problem-text">{t('failingSince')} <Moment date={endpoint.failingSinceDate} /></p>}
        <p class="faded">
          {queue && queue.pending > 0 ? <>{t('waitingCount', { count: queue.pending })}{queue.oldestDate && <> · {colon('oldest')}<Ago date={queue.oldestDate} /></>}</> : t('nothingWaits')}
        </p>
      </div>
    </li>
  );
}

function List() {
  const endpoints = useEndpoints();
  useFresh(endpoints, 8000);
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
          <p class="unseen" role="status">{t('endpointCount', { count: number(endpoints.value.length) })}</p>
          <ul class="endpoint-rows">{endpoints.value.map((endpoint) => <Row key={endpoint.id} endpoint={endpoint} />)}</ul>
        </>
      )}
    </>
  );
}

export function EndpointsSection({ parameters }: { parameters: Parameters }) {
  if (!parameters.id) return <List />;
  return parameters.id === 'new' ? <NewEndpoint /> : <EndpointDetail id={parameters.id} />;
}
