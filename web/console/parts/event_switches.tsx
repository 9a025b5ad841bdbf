// event_switches.tsx – a switch for each event type, in the guide's two groups, and what there is to know about each.
import { useContext } from 'preact/hooks';
import { language, t } from '../language';
import { addressOf } from '../route';
import { get, notifications } from '../server';
import type { Answers, Event as LoggedEvent, EventType } from '../types';
import { useLoaded } from '../use';
import { Ago, Button } from './basics';
import { ProblemsContext, Switch } from './fields';
import { Icon } from './icon';

interface Properties {
  types: EventType[];
  chosen: Set<string>;
  onChange: (chosen: Set<string>) => void;
}

type LastEvents = LoggedEvent[] | undefined;

/** Cause, near misses, sample and the last one: unfolded in the row. */
function Facts({ type, last, isKnown }: { type: EventType; last: LoggedEvent | undefined; isKnown: boolean }) {
  const name = type.displayName[language()];
  return (
    <details class="fold event-facts">
      <summary><Icon name="right" /> <span>{t('details')}<span class="unseen"> – {name}</span></span></summary>
      <dl>
        <div><dt>{t('eventCause')}</dt><dd>{type.cause[language()]}</dd></div>
        <div><dt>{t('eventNearMisses')}</dt><dd>{type.nearMisses[language()]}</dd></div>
        {isKnown && <div><dt>{t('eventLastSeen')}</dt><dd>{last ? <a href={addressOf('deliveries', { eventId: last.id })}><Ago date={last.createdDate} /></a> : t('eventNeverSeen')}</dd></div>}
        <div><dt>{t('eventSample')}</dt><dd><pre tabIndex={0} role="group" aria-label={`${t('eventSample')} – ${name}`} translate={false}>{JSON.stringify(type.sample, null, 2)}</pre></dd></div>
      </dl>
    </details>
  );
}

function EventGroup({ title, lead, types, chosen, onChange, last }: Properties & { title: string; lead?: string; last: LastEvents }) {
  const put = (names: string[], isOn: boolean) => {
    const next = new Set(chosen);
    for (const name of names) if (isOn) next.add(name); else next.delete(name);
    onChange(next);
  };
  const names = types.map(({ name }) => name);
  return (
    <fieldset class="event-group">
      <legend>{title}</legend>
      {lead && <p class="hint">{lead}</p>}
      {types.length > 1 && (
        <div class="event-group-head">
          <span class="faded">{t('onOf', { count: names.filter((name) => chosen.has(name)).length, all: names.length })}</span>
          <span>
            <Button kind="quiet" label={`${t('allOn')} – ${title}`} onClick={() => put(names, true)}>{t('allOn')}</Button>
            <Button kind="quiet" label={`${t('allOff')} – ${title}`} onClick={() => put(names, false)}>{t('allOff')}</Button>
          </span>
        </div>
      )}
      {types.map((type) => (
        <div key={type.name} class="event-row">
          <Switch label={type.displayName[language()]} hint={type.meaning[language()]} code={type.name} isOn={chosen.has(type.name)} onChange={(isOn) => put([type.name], isOn)} />
          <Facts type={type} last={last?.find(({ name }) => name === type.name)} isKnown={Boolean(last)} />
        </div>
      ))}
    </fieldset>
  );
}

export function EventSwitches({ types, chosen, onChange }: Properties) {
  const problem = useContext(ProblemsContext).events;
  // Without it the rows say all the rest.
  const last = useLoaded('lastEvents', (signal) => get<Answers['eventTypesLastEvents']>(`${notifications}/eventTypes/lastEvents`, signal).then(({ results }) => results)).value;
  const properties = { chosen, onChange, last };
  const of = (group: EventType['group']) => types.filter((type) => !type.legacy && type.group === group);
  return (
    <>
      <div class="event-groups">
        <EventGroup title={t('byAccount')} types={of('ACCOUNT')} {...properties} />
        <EventGroup title={t('byParticipant')} types={of('PARTICIPANT')} {...properties} />
      </div>
      <EventGroup title={t('legacyEvents')} lead={t('legacyEventsText')} types={types.filter(({ legacy }) => legacy)} {...properties} />
      {problem && <p class="problem">{problem}</p>}
    </>
  );
}
