// endpoint_form.tsx – everything that can be set of an endpoint. What most never touch is folded away.
import type { ComponentChildren } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { useEventTypes } from '../data';
import { t, type Word } from '../language';
import { draftOf, draftText, endpointBodyOf, endpointProblemsOf, numbers, type EndpointDraft } from '../options';
import { Button, Card, LinkButton, Loading, Problem, Title } from '../parts/basics';
import { AreaField, RadioField, SelectField, Switch, TextField, ProblemsContext } from '../parts/fields';
import { Form } from '../parts/form';
import { Icon } from '../parts/icon';
import { EventSwitches } from '../parts/event_switches';
import { useProbed, type Probed } from '../parts/probed';
import { Where } from '../parts/registration';
import { SecretNotice } from '../parts/secret';
import { useUnsaved } from '../parts/unsaved';
import { addressOf, go } from '../route';
import { call, notifications } from '../server';
import type { Endpoint, EndpointWithSecret, EventType } from '../types';
import { useDraft } from '../use';

interface Properties {
  draft: EndpointDraft;
  change: (part: Partial<EndpointDraft>) => void;
}

function Fold({ title, note, children }: { title: string; note: string; children: ComponentChildren }) {
  return (
    <details class="fold">
      <summary>
        <Icon name="right" />
        <span class="grow">
          <span class="strong">{title}</span>
          <span class="faded">{note}</span>
        </span>
      </summary>
      <div class="fields two">{children}</div>
    </details>
  );
}

function NumberField({ name, label, unit, hint, draft, change }: Properties & { name: keyof typeof numbers; label: Word; unit?: Word; hint?: Word }) {
  const [minimum, maximum] = numbers[name];
  return (
    <TextField
      name={name}
      label={t(label)}
      type="number"
      unit={unit && t(unit)}
      hint={hint && t(hint)}
      minimum={minimum}
      maximum={maximum}
      value={draft[name]}
      onChange={(value) => change({ [name]: value })}
    />
  );
}

function Filters({ draft, change }: Properties) {
  return (
    <Fold title={t('filters')} note={t('filtersNote')}>
      <AreaField name="filters.senders" label={t('filterSenders')} hint={t('filterSendersHint')} isOptional value={draft.senders} onChange={(senders) => change({ senders })} />
      <AreaField name="filters.attributes" label={t('filterAttributes')} hint={t('filterAttributesHint')} isOptional value={draft.attributes} onChange={(attributes) => change({ attributes })} />
    </Fold>
  );
}

function Signatures({ draft, change }: Properties) {
  const problem = useContext(ProblemsContext).signatures;
  const put = (name: string, isOn: boolean) => {
    const signatures = new Set(draft.signatures);
    if (isOn) signatures.add(name);
    else signatures.delete(name);
    change({ signatures });
  };
  return (
    <fieldset aria-invalid={problem ? 'true' : undefined} tabIndex={problem ? -1 : undefined}>
      <legend>{t('signatures')}</legend>
      <Switch label="HMAC-SHA256" hint={t('hmacHint')} isOn={draft.signatures.has('HMAC_SHA256')} onChange={(isOn) => put('HMAC_SHA256', isOn)} />
      <Switch label="Ed25519" hint={t('ed25519Hint')} isOn={draft.signatures.has('ED25519')} onChange={(isOn) => put('ED25519', isOn)} />
      {problem && <p class="problem">{problem}</p>}
    </fieldset>
  );
}

function Format({ draft, change }: Properties) {
  return (
    <Fold title={t('form')} note={t('formNote')}>
      <SelectField
        name="payloadFormat"
        label={t('payloadFormat')}
        value={draft.payloadFormat}
        onChange={(payloadFormat) => change({ payloadFormat })}
        choices={[
          { value: 'ORIGINAL', label: t('formatOriginal') },
          { value: 'CLOUDEVENTS_STRUCTURED', label: t('formatStructured') },
          { value: 'CLOUDEVENTS_BINARY', label: t('formatBinary') },
        ]}
      />
      <RadioField name="method" label={t('method')} isInline value={draft.method} onChange={(method) => change({ method })} choices={[{ value: 'POST', label: 'POST' }, { value: 'PUT', label: 'PUT' }]} />
      <Signatures draft={draft} change={change} />
    </Fold>
  );
}

function Pace({ draft, change }: Properties) {
  return (
    <Fold title={t('pace')} note={t('paceNote')}>
      <Switch label={t('ordered')} hint={t('orderedHint')} isOn={draft.ordered} onChange={(ordered) => change({ ordered })} />
      <NumberField name="inFlightLimit" label="inFlightLimit" hint="inFlightHint" draft={draft} change={change} />
      <NumberField name="rateLimit" label="rateLimit" unit="perSecond" hint="zeroNoLimit" draft={draft} change={change} />
      <NumberField name="connectTimeoutMs" label="connectTimeout" unit="milliseconds" hint="zeroServer" draft={draft} change={change} />
      <NumberField name="timeoutMs" label="timeout" unit="milliseconds" hint="zeroServer" draft={draft} change={change} />
    </Fold>
  );
}

function Failures({ draft, change }: Properties) {
  return (
    <Fold title={t('failures')} note={t('failuresNote')}>
      <TextField name="retryWaits" label={t('retryWaits')} hint={t('retryWaitsHint')} isOptional placeholder="5s, 30s, 2m, 10m, 1h, 4h, 10h, 1d, 36h" value={draft.retryWaits} onChange={(retryWaits) => change({ retryWaits })} />
      <NumberField name="horizonHours" label="horizon" unit="hours" hint="horizonHint" draft={draft} change={change} />
      <RadioField
        name="onRefusal"
        label={t('onRefusal')}
        value={draft.onRefusal}
        onChange={(onRefusal) => change({ onRefusal })}
        choices={[
          { value: 'HOLD', label: t('onRefusalHold'), hint: t('onRefusalHoldHint') },
          { value: 'PASS_BY', label: t('onRefusalPassBy'), hint: t('onRefusalPassByHint') },
        ]}
      />
      <TextField name="stopStatuses" label={t('stopStatuses')} hint={t('stopStatusesHint')} isOptional placeholder="404, 422" value={draft.stopStatuses} onChange={(stopStatuses) => change({ stopStatuses })} />
      <TextField name="contact" label={t('contact')} hint={t('contactHint')} isOptional type="email" value={draft.contact} onChange={(contact) => change({ contact })} />
      <Switch label={t('failureMails')} hint={t('failureMailsHint')} isOn={draft.failureMails} onChange={(failureMails) => change({ failureMails })} />
    </Fold>
  );
}

function Certificates({ draft, change, isKeyStored }: Properties & { isKeyStored: boolean }) {
  const placeholder = '-----BEGIN CERTIFICATE-----';
  return (
    <Fold title={t('certificates')} note={t('certificatesNote')}>
      <AreaField name="tls.clientCertificate" label={t('clientCertificate')} hint={t('clientCertificateHint')} isOptional rows={4} placeholder={placeholder} value={draft.clientCertificate} onChange={(clientCertificate) => change({ clientCertificate })} />
      <AreaField name="tls.clientKey" label={t('clientKey')} hint={t(isKeyStored ? 'clientKeyStored' : 'clientKeyHint')} isOptional rows={4} placeholder="-----BEGIN PRIVATE KEY-----" value={draft.clientKey} onChange={(clientKey) => change({ clientKey })} />
      <AreaField name="tls.caCertificates" label={t('caCertificates')} hint={t('caCertificatesHint')} isOptional rows={4} placeholder={placeholder} value={draft.caCertificates} onChange={(caCertificates) => change({ caCertificates })} />
    </Fold>
  );
}

/** With the key, where that is read back. */
export type StoredEndpoint = Partial<Endpoint> & { key?: string };

const draftOfStored = (stored: StoredEndpoint): EndpointDraft => draftOf(stored, stored.key ?? '');
export const storedBodyOf = (stored: StoredEndpoint): object => endpointBodyOf(draftOfStored(stored));

interface EditorProps<T extends StoredEndpoint> {
  stored: T;
  types: EventType[];
  submitWord: string;
  probed: Probed;
  onSubmit: (body: object, base: T) => Promise<T | void>; // what is stored now
}

export function EndpointEditor<T extends StoredEndpoint>({ stored, types, submitWord, probed, onSubmit }: EditorProps<T>) {
  const { base, draft, isDirty, change, reset } = useDraft<T, EndpointDraft>(stored, draftOfStored, draftText);
  useUnsaved(isDirty);
  const isKeyStored = Boolean(base.tls?.clientCertificate);
  const keep = async () => {
    const saved = await onSubmit(endpointBodyOf(draft), base);
    if (saved) reset(saved);
  };
  const submit = () => probed.save(endpointBodyOf(draft), keep);
  const properties = { draft, change };
  const more = (
    <>
      {probed.button(() => endpointBodyOf(draft))}
      {!stored.id && <LinkButton kind="quiet" href={addressOf('endpoints')}>{t('cancel')}</LinkButton>}
    </>
  );
  return (
    <Form check={() => endpointProblemsOf(draft, isKeyStored)} submit={submit} submitWord={submitWord} isDirty={isDirty} onDiscard={stored.id ? () => reset(base) : undefined} more={more}>
      <Card id="where" title={t('where')}>
        <Where draft={draft} change={change}>
          <TextField name="name" label={t('name')} hint={t('nameHint')} isOptional value={draft.name} onChange={(name) => change({ name })} />
        </Where>
      </Card>
      <Card id="which" title={t('whichEvents')}>
        <EventSwitches types={types} chosen={draft.events} onChange={(events) => change({ events })} />
        <Filters {...properties} />
      </Card>
      <Card id="how" title={t('how')}>
        <Format {...properties} />
        <Pace {...properties} />
        <Failures {...properties} />
        <Certificates {...properties} isKeyStored={isKeyStored} />
      </Card>
    </Form>
  );
}


export function NewEndpoint() {
  const types = useEventTypes();
  const [made, setMade] = useState<EndpointWithSecret | null>(null);
  const [nothing] = useState<StoredEndpoint>({});
  const probed = useProbed(undefined);
  const create = async (body: object) => setMade(await call<EndpointWithSecret>('POST', `${notifications}/endpoints`, body));
  const open = () => made && go(addressOf('endpoints', { id: made.id }), true);
  return (
    <>
      <p class="back"><a href={addressOf('endpoints')}><Icon name="left" /> {t('sectionEndpoints')}</a></p>
      <Title>{t('newEndpoint')}</Title>
      {probed.view}
      {made ? (
        <>
          <SecretNotice title={t('createdSecretTitle')} text={t('createdSecretText')} secret={made.signingSecret} onClose={open} />
          <Button kind="primary" icon="right" onClick={open}>{t('openEndpoint')}</Button>
        </>
      ) : types.value ? (
        <EndpointEditor stored={nothing} types={types.value} submitWord={t('create')} probed={probed} onSubmit={create} />
      ) : types.error ? <Problem error={types.error} onRetry={types.reload} /> : <Loading />}
    </>
  );
}
