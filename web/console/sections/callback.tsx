// callback.tsx – the account's callback, as the original's page has it: where, how to authenticate, which events.
import { useState } from 'preact/hooks';
import { endpointName, isCallback, standingOf, useEndpoints, useEventTypes } from '../data';
import { t } from '../language';
import { Badge, Button, Card, LinkButton, Loading, Notice, Problem, Title } from '../parts/basics';
import { Confirm } from '../parts/dialog';
import { Form } from '../parts/form';
import { HistoryLink } from '../parts/history_link';
import { stateReason } from '../parts/reason';
import { EventSwitches } from '../parts/event_switches';
import { Where } from '../parts/registration';
import { SecretNotice } from '../parts/secret';
import { useProbed, type Probed } from '../parts/probed';
import { useUnsaved } from '../parts/unsaved';
import { bodyOf, problemsOf, registrationOf, type Registration } from '../registration';
import { addressOf, type Parameters } from '../route';
import { get } from '../server';
import type { CallbackWithSecret, Endpoint, EventType, StoredCallback } from '../types';
import { useDraft, useFresh, useLoaded } from '../use';
import { change as store, type Change } from '../versions';

const path = '/api/callback';

function Standing({ endpoint }: { endpoint: Endpoint }) {
  const { tone, icon, word } = standingOf(endpoint);
  return (
    <div class="standing">
      <Badge tone={tone} icon={icon}>{word}</Badge>
      {endpoint.state === 'DISABLED' && <span>{stateReason(endpoint)} {t('saveEnables')}</span>}
      <span class="grow" />
      <LinkButton icon="doctor" href={addressOf('endpoints', { id: endpoint.id })}>{t('testAndOptions')}</LinkButton>
    </div>
  );
}

const draftOf = (stored: StoredCallback): Registration => registrationOf(stored, stored.key);
const storedBodyOf = (stored: StoredCallback): object => bodyOf(draftOf(stored));
const textOf = (draft: Registration, base: StoredCallback): string => JSON.stringify(bodyOf({ ...draft, events: inOrder(draft.events, base.events) }));

interface EditorProps {
  id?: string; // of its endpoint
  stored: StoredCallback;
  types: EventType[];
  probed: Probed;
  onSaved: (saved: CallbackWithSecret, what: 'saved' | 'reverted') => void;
}

function Editor({ id, stored, types, probed, onSaved }: EditorProps) {
  const { base, draft, isDirty, change, reset } = useDraft(stored, draftOf, textOf);
  const [isReverting, setReverting] = useState(false);
  useUnsaved(isDirty);

  const put = (body: object): Promise<CallbackWithSecret> => {
    const wanted: Change<StoredCallback> = { method: 'POST', path, base, body, bodyOf: storedBodyOf, history: id ? ['endpoint', id] : undefined };
    return store<CallbackWithSecret, StoredCallback>(wanted);
  };
  const keep = async () => {
    const saved = await put(bodyOf(draft));
    reset(saved);
    onSaved(saved, 'saved');
  };
  const save = () => (draft.url.trim() ? probed.save(bodyOf(draft), keep) : keep());
  // What is stored, without events: not what was typed meanwhile.
  const revert = async () => {
    const saved = await put({ ...storedBodyOf(base), events: [] });
    reset(saved);
    setReverting(false);
    onSaved(saved, 'reverted');
  };
  return (
    <>
      <Form
        check={() => problemsOf(draft)}
        submit={save}
        submitWord={t('save')}
        isDirty={isDirty}
        onDiscard={() => reset(base)}
        more={probed.button(() => bodyOf(draft))}
      >
        <Card id="where" title={t('where')}>
          <Where draft={draft} change={change} />
        </Card>
        <Card id="which" title={t('whichEvents')}>
          <EventSwitches types={types} chosen={draft.events} onChange={(events) => change({ events })} />
        </Card>
      </Form>
      <Card id="revert" title={t('revertHeading')}>
        <div class="revert"><p>{t('revertLead')}</p><Button kind="danger" icon="power" onClick={() => setReverting(true)}>{t('revert')}</Button></div>
      </Card>
      {isReverting && (
        <Confirm title={t('revertTitle')} confirm={t('revertConfirm')} onConfirm={revert} onClose={() => setReverting(false)}>
          <p>{t('revertText', { count: base.events.length })}</p>
          <p>{t('revertKeeps')}</p>
        </Confirm>
      )}
    </>
  );
}

/** As it was stored first, so that off and on again is no change. */
function inOrder(events: Set<string>, stored: string[]): Set<string> {
  return new Set([...stored.filter((name) => events.has(name)), ...[...events].filter((name) => !stored.includes(name))]);
}

/** With its signing secret until that is put away. */
type Shown = StoredCallback & Partial<CallbackWithSecret>;

export function CallbackSection(_: { parameters: Parameters }) {
  const stored = useLoaded('callback', (signal) => get<StoredCallback>(path, signal));
  const types = useEventTypes();
  const endpoints = useEndpoints();
  useFresh(endpoints, 10000);
  const [saved, setSaved] = useState<{ callback: Shown; what: 'saved' | 'reverted' } | null>(null);
  const endpoint = endpoints.value?.find(isCallback);
  const probed = useProbed('callback');
  const current: Shown | undefined = saved?.callback ?? stored.value;

  // The secret is new with the first registration: later ones keep it.
  const onSaved = (callback: CallbackWithSecret, what: 'saved' | 'reverted') => {
    const { signingSecret, ...rest } = callback;
    const isNew = endpoints.value && !endpoint;
    setSaved({ callback: isNew ? { ...rest, signingSecret } : rest, what });
    endpoints.reload();
    scrollTo(0, 0);
  };
  return (
    <>
      <Title lead={t('callbackLead')} aside={<HistoryLink kind="endpoint" />}>{t('callbackTitle')}</Title>
      {saved?.callback.signingSecret && (
        <SecretNotice
          title={t('savedSecretTitle')}
          text={t('savedSecretText')}
          secret={saved.callback.signingSecret}
          onClose={() => setSaved({ what: 'saved', callback: { ...saved.callback, signingSecret: undefined } })}
        />
      )}
      {saved && !saved.callback.signingSecret && !(probed.isTold && saved.what === 'saved') && <Notice tone="good"><p>{t(saved.what === 'reverted' ? 'reverted' : 'savedEvents', { count: saved.callback.events.length })}</p></Notice>}
      {probed.view}
      {endpoint && endpoint.url && <Standing endpoint={endpoint} />}
      <Problem error={stored.error ?? types.error} onRetry={() => { stored.reload(); types.reload(); }} />
      {current && types.value ? <Editor id={endpoint?.id} stored={current} types={types.value} probed={probed} onSaved={onSaved} /> : !stored.error && !types.error && <Loading />}
      <p class="faded">{t('byApiOnly')} {endpoint && <span class="unseen">{endpointName(endpoint)}</span>}</p>
    </>
  );
}
