// delivery_filters.tsx – what is sought in the log of deliveries. It applies while one types, and stands in the address.
import { useEffect, useRef, useState } from 'preact/hooks';
import { endpointName, typeName } from '../data';
import { toLocal, toUtc } from '../format';
import { isWord, t } from '../language';
import { addressOf, go, type Parameters } from '../route';
import { deliveryStates } from '../states';
import type { Endpoint, EventType } from '../types';
import { LinkButton } from './basics';
import { ProblemsContext, SelectField, TextField } from './fields';
import { Icon } from './icon';
import { periods } from './query';

const restMs = 350; // after the last key
const errorClasses = ['*', 'NAME_RESOLUTION', 'ADDRESS_REFUSED', 'CONNECTION', 'TLS', 'TIMEOUT', 'BROKEN_ANSWER', 'AUTHORIZATION', 'INTERNAL', 'NOT_ATTEMPTED'];
const folded = ['httpStatus', 'error', 'packageId', 'eventId', 'payload', 'phase', 'failing'];

/** What would be refused is not asked yet. */
const forms: Parameters = { httpStatus: '^([0-9]{1,3}|[1-9]xx)$', payload: '^[^=]+=' };
const isReady = (member: string, value: string): boolean => !forms[member] || new RegExp(forms[member], 'i').test(value);

const errorWord = (name: string): string => {
  const key = name === '*' ? 'anyError' : `error${name}`;
  return isWord(key) ? t(key) : name;
};

/** What is no longer, or is a pattern, is sought by its name. */
const withUnknown = (choices: { value: string; label: string }[], value: string) =>
  !value || choices.some((choice) => choice.value === value) ? choices : [...choices, { value, label: value }];

export function DeliveryFilters({ search, types, endpoints }: { search: Parameters; types: EventType[]; endpoints: Endpoint[] }) {
  const [draft, setDraft] = useState<Parameters>(search);
  const [isCustom, setCustom] = useState(Boolean(search.since || search.until));
  const asked = JSON.stringify(search);
  const sent = useRef(asked); // what this form has put into the address
  const trimmed = Object.fromEntries(Object.entries(draft).map(([member, value]) => [member, value.trim()]).filter(([member = '', value = '']) => value && isReady(member, value)));
  const wanted = JSON.stringify(Object.fromEntries(Object.entries(trimmed).sort()));

  // Somebody else has changed the address: a link, or the way back.
  useEffect(() => {
    if (asked === sent.current) return;
    sent.current = asked;
    setDraft(search);
    setCustom(Boolean(search.since || search.until));
  }, [asked]);
  useEffect(() => {
    if (wanted === sent.current) return undefined;
    const timer = setTimeout(() => {
      sent.current = wanted;
      go(addressOf('deliveries', JSON.parse(wanted)), true);
    }, restMs);
    return () => clearTimeout(timer);
  }, [wanted]);

  const change = (part: Parameters) => setDraft((old) => ({ ...old, ...part }));
  const put = (member: string) => (value: string) => change({ [member]: value });
  const value = (member: string) => draft[member] ?? '';
  const any = { value: '', label: t('any') };
  const choosePeriod = (period: string) => {
    setCustom(period === 'custom');
    change({ period: period === 'custom' ? '' : period, since: '', until: '' });
  };
  const problems = Object.fromEntries(Object.entries(draft).filter(([member, text]) => text.trim() && !isReady(member, text.trim())).map(([member]) => [member, t(`form_${member as 'payload'}`)]));
  return (
    <ProblemsContext.Provider value={problems}>
      <form class="card search" onSubmit={(event) => event.preventDefault()} role="search" aria-label={t('searchDeliveries')}>
        <div class="fields four">
          <SelectField name="state" label={t('state')} value={value('state')} onChange={put('state')} choices={[any, ...deliveryStates.map((state) => ({ value: state, label: t(`state${state}`) }))]} />
          <SelectField name="name" label={t('event')} value={value('name')} onChange={put('name')} choices={withUnknown([any, ...types.map((type) => ({ value: type.name, label: typeName(types, type.name) }))], value('name'))} />
          <SelectField name="endpointId" label={t('endpoint')} value={value('endpointId')} onChange={put('endpointId')} choices={withUnknown([{ ...any, label: t('anyEndpoint') }, ...endpoints.map((endpoint) => ({ value: endpoint.id, label: endpointName(endpoint) }))], value('endpointId'))} />
          <SelectField name="period" label={t('time')} value={isCustom ? 'custom' : value('period')} onChange={choosePeriod} choices={[{ ...any, label: t('anyTime') }, ...Object.keys(periods).map((period) => ({ value: period, label: t(`period${period as '1h'}`) })), { value: 'custom', label: t('periodCustom') }]} />
          {isCustom && <TextField name="since" label={t('since')} type="datetime-local" value={toLocal(draft.since)} onChange={(local) => put('since')(toUtc(local))} />}
          {isCustom && <TextField name="until" label={t('before')} type="datetime-local" value={toLocal(draft.until)} onChange={(local) => put('until')(toUtc(local))} />}
          <TextField name="transaction" label={t('transactionName')} type="search" value={value('transaction')} onChange={put('transaction')} />
          <TextField name="signer" label={t('signer')} type="search" placeholder={t('nameOrAddress')} value={value('signer')} onChange={put('signer')} />
        </div>
        <div class="search-foot">
          <details class="fold grow" open={folded.some((member) => search[member])}>
            <summary><Icon name="right" /> <span class="strong">{t('moreFilters')}</span></summary>
            <div class="fields four">
              <TextField name="packageId" label={t('transactionId')} isCode placeholder="LWsUTvGg…=" value={value('packageId')} onChange={put('packageId')} />
              <TextField name="eventId" label={t('eventId')} isCode placeholder="evt_…" value={value('eventId')} onChange={put('eventId')} />
              <TextField name="payload" label={t('payloadMember')} isCode placeholder="documentId=contract" value={value('payload')} onChange={put('payload')} />
              <TextField name="httpStatus" label={t('httpStatus')} placeholder="503, 5xx" value={value('httpStatus')} onChange={put('httpStatus')} />
              <SelectField name="error" label={t('error')} value={value('error')} onChange={put('error')} choices={withUnknown([{ ...any, label: t('anyEndpoint') }, ...errorClasses.map((name) => ({ value: name, label: errorWord(name) }))], value('error'))} />
              <SelectField name="failing" label={t('only')} value={value('failing')} onChange={put('failing')} choices={[{ value: '', label: t('allDeliveries') }, { value: 'true', label: t('failingOnly') }]} />
            </div>
          </details>
          {Object.keys(search).length > 0 && <LinkButton kind="quiet" icon="cross" href={addressOf('deliveries')}>{t('showAll')}</LinkButton>}
        </div>
      </form>
    </ProblemsContext.Provider>
  );
}
