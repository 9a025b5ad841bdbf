// replay.tsx – sending again what happened in the past, to any endpoint: counted first, then started, watched, stopped.
import { useState } from 'preact/hooks';
import { endpointName, useEndpoints, useEventTypes } from '../data';
import { toLocal, toUtc } from '../format';
import { t } from '../language';
import { Button, Card, Empty, Loading, Notice, Problem, Title } from '../parts/basics';
import { SelectField, Switch, TextField } from '../parts/fields';
import { Form } from '../parts/form';
import { Icon } from '../parts/icon';
import { Pager } from '../parts/pager';
import { EventSwitches } from '../parts/event_switches';
import { ReplayList, replaysPath as path } from '../parts/replay_item';
import { addressOf, type Parameters } from '../route';
import { call, get, withQuery } from '../server';
import type { Answers, Endpoint, EventType, Replay } from '../types';
import { useAction, useFresh, useLoaded } from '../use';

const pageSize = 10;
const rateMax = 1000;

/* ---- the form ---- */

interface Draft {
  endpointId: string;
  since: string;
  until: string;
  packageId: string;
  after: string;
  through: string;
  undeliveredOnly: boolean;
  rate: string;
  chooses: boolean; // event types of its own, instead of the endpoint's
  events: Set<string>;
}

const isCount = (text: string): boolean => /^\d{0,18}$/.test(text.trim());

function problemsOf(draft: Draft): Record<string, string> {
  const problems: Record<string, string> = {};
  if (!draft.endpointId) problems.endpointId = t('chooseEndpoint');
  if (!isCount(draft.after)) problems.afterSequence = t('wholeNumber');
  if (!isCount(draft.through)) problems.throughSequence = t('wholeNumber');
  if (!/^\d+$/.test(draft.rate) || Number(draft.rate) < 1 || Number(draft.rate) > rateMax) problems.rate = t('numberRange', { minimum: 1, maximum: rateMax });
  if (draft.since && draft.until && draft.since >= draft.until) problems.until = t('endsBeforeStart');
  if (draft.chooses && draft.events.size === 0) problems.events = t('chooseEvents');
  return problems;
}

const bodyOf = (draft: Draft): object => ({
  endpointId: draft.endpointId,
  rate: Number(draft.rate),
  undeliveredOnly: draft.undeliveredOnly,
  ...(draft.packageId.trim() && { packageId: draft.packageId.trim() }),
  ...(draft.since && { since: draft.since }),
  ...(draft.until && { until: draft.until }),
  ...(draft.after.trim() && { afterSequence: Math.max(0, Number(draft.after) - 1) }),
  ...(draft.through.trim() && { throughSequence: Number(draft.through) }),
  ...(draft.chooses && { events: [...draft.events] }),
});

interface Counted {
  text: string; // of which draft
  matching: number;
}

function ReplayForm({ endpoints, types, wanted, onStarted }: { endpoints: Endpoint[]; types: EventType[]; wanted: string; onStarted: () => void }) {
  const [draft, setDraft] = useState<Draft>({ endpointId: wanted || (endpoints[0]?.id ?? ''), since: '', until: '', packageId: '', after: '', through: '', undeliveredOnly: true, rate: '50', chooses: false, events: new Set() });
  const [counted, setCounted] = useState<Counted | null>(null);
  const action = useAction();
  const change = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const body = bodyOf(draft);
  const text = JSON.stringify(body);
  const matching = counted?.text === text ? counted.matching : null;
  const count = async () => setCounted({ text, matching: (await call<{ matching: number }>('POST', path, { ...body, dryRun: true })).matching });
  const start = () => action.run(async () => {
    await call<Replay>('POST', path, body);
    setCounted(null);
    onStarted();
  });
  return (
    <Card id="new-replay" title={t('newReplay')}>
      <Form
        check={() => problemsOf(draft)}
        submit={count}
        submitWord={t('countFirst')}
        more={
          matching !== null && (
            <span class="counted" role="status">
              <b>{t('matching', { count: matching })}</b>
              {matching > 0 && <Button kind="primary" icon="play" isBusy={action.isBusy} onClick={() => void start()}>{t('startReplay')}</Button>}
            </span>
          )
        }
      >
        <div class="fields two">
          <SelectField name="endpointId" label={t('target')} value={draft.endpointId} onChange={(endpointId) => change({ endpointId })} choices={endpoints.map((endpoint) => ({ value: endpoint.id, label: `${endpointName(endpoint)}${endpoint.state === 'DISABLED' ? ` (${t('stateDisabled')})` : ''}` }))} />
          <TextField name="rate" label={t('rate')} type="number" unit={t('perSecond')} minimum={1} maximum={rateMax} value={draft.rate} onChange={(rate) => change({ rate })} />
          <TextField name="since" label={t('since')} type="datetime-local" isOptional value={toLocal(draft.since)} onChange={(local) => change({ since: toUtc(local) })} />
          <TextField name="until" label={t('before')} type="datetime-local" isOptional value={toLocal(draft.until)} onChange={(local) => change({ until: toUtc(local) })} />
        </div>
        <Switch label={t('undeliveredOnly')} hint={t('undeliveredOnlyHint')} isOn={draft.undeliveredOnly} onChange={(undeliveredOnly) => change({ undeliveredOnly })} />
        <Switch label={t('chooseTypes')} hint={t('chooseTypesHint')} isOn={draft.chooses} onChange={(chooses) => change({ chooses })} />
        {draft.chooses && <EventSwitches types={types} chosen={draft.events} onChange={(events) => change({ events })} />}
        <details class="fold">
          <summary><Icon name="right" /> <span class="strong">{t('moreFilters')}</span></summary>
          <div class="fields three">
            <TextField name="packageId" label={t('transaction')} isOptional isCode value={draft.packageId} onChange={(packageId) => change({ packageId })} />
            <TextField name="afterSequence" label={t('fromNumber')} isOptional type="number" minimum={0} value={draft.after} onChange={(after) => change({ after })} />
            <TextField name="throughSequence" label={t('throughNumber')} isOptional type="number" minimum={0} value={draft.through} onChange={(through) => change({ through })} />
          </div>
        </details>
      </Form>
      <Problem error={action.error} />
    </Card>
  );
}

/* ---- what runs, and what ran ---- */

export function ReplaySection({ parameters }: { parameters: Parameters }) {
  const page = Math.max(1, Math.floor(Number(parameters.page)) || 1);
  const from = (page - 1) * pageSize + 1;
  const endpoints = useEndpoints();
  const types = useEventTypes();
  const listPath = withQuery(path, { from, to: from + pageSize - 1 });
  const replays = useLoaded(listPath, (signal) => get<Answers['replaysGet']>(listPath, signal));
  const isRunning = replays.value?.results.some((replay) => replay.state === 'RUNNING');
  useFresh(replays, isRunning ? 1000 : 10000);
  return (
    <>
      <Title lead={t('replayLead')}>{t('sectionReplay')}</Title>
      <Problem error={endpoints.error ?? types.error} onRetry={() => { endpoints.reload(); types.reload(); }} />
      {endpoints.value && types.value && (endpoints.value.length > 0
        ? <ReplayForm endpoints={endpoints.value} types={types.value} wanted={parameters.endpointId ?? ''} onStarted={replays.reload} />
        : <Notice tone="calm"><p>{t('replayNeedsEndpoint')}</p></Notice>)}
      <section aria-labelledby="replays">
        <h2 id="replays">{t('replays')}</h2>
        <Problem error={replays.error} onRetry={replays.reload} />
        {!replays.value ? !replays.error && <Loading /> : replays.value.results.length === 0 ? <Empty icon="replay" title={t('noReplays')}><p>{t('noReplaysText')}</p></Empty> : (
          <ReplayList replays={replays.value.results} types={types.value} endpoints={endpoints.value} onChange={replays.reload} />
        )}
        {replays.value && <Pager page={page} pageSize={pageSize} count={replays.value.count} addressOfPage={(to) => addressOf('replay', { page: to > 1 ? String(to) : '' })} />}
      </section>
    </>
  );
}
