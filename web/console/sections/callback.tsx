// callback.tsx – the account's callback, as the original's page has it: where, how to authenticate, which events.
import { useState } from 'preact/hooks';
import { endpointName, isCallback, standingOf, useEndpoints, useEventTypes } from '../data';
import { t } from '../language';
import { Badge, Button, Card, LinkButton, Loading, Notice, Problem, Title } from '../parts/basics';
import { Confirm } from '../parts/dialog';
import { Form } from '../parts/form';
import { stateReason } from '../parts/reason';
import { EventSwitches } from '../parts/event_switches';
import { Where } from '../parts/registration';
import { SecretNotice } from '../parts/secret';
import { useUnsaved } from '../parts/unsaved';
import { bodyOf, problemsOf, registrationOf, type Registration } from '../registration';
import { addressOf, type Parameters } from '../route';
import { call, get } from '../server';
import type { CallbackWithSecret, Endpoint, EventType, StoredCallback } from '../types';
import { useFresh, useLoaded } from '../use';

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

interface EditorProps {
  stored: StoredCallback;
  types: EventType[];
  onSaved: (saved: CallbackWithSecret, what: 'saved' | 'reverted') => void;
}

function Editor({ stored, types, onSaved }: EditorProps) {
  const [draft, setDraft] = useState<Registration>(() => registrationOf(stored, stored.key));
  const [isReverting, setReverting] = useState(false);
  const change = (part: Partial<Registration>) => setDraft((old) => ({ ...old, ...part }));
  const asStored = JSON.stringify(bodyOf(registrationOf(stored, stored.key)));
  const isDirty = JSON.stringify(bodyOf({ ...draft, events: inOrder(draft.events, stored.events) })) !== asStored;
  useUnsaved(isDirty);

  const save = async () => onSaved(await call<CallbackWithSecret>('POST', path, bodyOf(draft)), 'saved');
  // What is stored, without events: not what was typed meanwhile.
  const revert = async () => {
    const saved = await call<CallbackWithSecret>('POST', path, { ...bodyOf(registrationOf(stored, stored.key)), events: [] });
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
        onDiscard={() => setDraft(registrationOf(stored, stored.key))}
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
          <p>{t('revertText', { count: stored.events.length })}</p>
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
      <Title lead={t('callbackLead')}>{t('callbackTitle')}</Title>
      {saved?.callback.signingSecret && (
        <SecretNotice
          title={t('savedSecretTitle')}
          text={t('savedSecretText')}
          secret={saved.callback.signingSecret}
          onClose={() => setSaved({ what: 'saved', callback: { ...saved.callback, signingSecret: undefined } })}
        />
      )}
      {saved && !saved.callback.signingSecret && <Notice tone="good"><p>{t(saved.what === 'reverted' ? 'reverted' : 'savedEvents', { count: saved.callback.events.length })}</p></Notice>}
      {endpoint && endpoint.url && <Standing endpoint={endpoint} />}
      <Problem error={stored.error ?? types.error} onRetry={() => { stored.reload(); types.reload(); }} />
      {current && types.value ? <Editor key={JSON.stringify({ ...current, signingSecret: undefined })} stored={current} types={types.value} onSaved={onSaved} /> : !stored.error && !types.error && <Loading />}
      <p class="faded">{t('byApiOnly')} {endpoint && <span class="unseen">{endpointName(endpoint)}</span>}</p>
    </>
  );
}
