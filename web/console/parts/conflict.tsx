// conflict.tsx – somebody else has stored another version: both are shown, and one chooses of each member which is kept.
import type { ComponentChildren } from 'preact';
import { useContext, useMemo, useState } from 'preact/hooks';
import { memberWord, useActorName, useAuditNames, valueWord } from '../audit';
import type { Names } from '../client_apps';
import { typeName, useEventTypes } from '../data';
import { bodyOf, isObject, proposed, rowsOf, type Row, type Side } from '../differences';
import { isWord, t, type Word } from '../language';
import { SessionContext } from '../session';
import { get, ServerError, versionOf, withQuery } from '../server';
import type { Answers } from '../types';
import { useAction, useId, useLoaded } from '../use';
import { isChanged, readCurrent, store, type Change } from '../versions';
import { Badge, Button, Moment, Notice, Problem } from './basics';
import { Dialog } from './dialog';

/** As the forms call them; others as the audit log does. */
const words: Record<string, Word> = {
  url: 'callbackUrl',
  authType: 'authMethod',
  key: 'callbackKey',
  customHeaders: 'customHeaders',
  'oauthSetting.clientId': 'clientId',
  'oauthSetting.clientSecret': 'clientSecret',
  'oauthSetting.authorizationServerUrl': 'authorizationServerUrl',
  'oauthSetting.scope': 'scope',
  'oauthSetting.authMechanism': 'credentialsLocation',
  'filters.senders': 'filterSenders',
  'filters.attributes': 'filterAttributes',
  method: 'method',
  payloadFormat: 'payloadFormat',
  signatures: 'signatures',
  ordered: 'ordered',
  inFlightLimit: 'inFlightLimit',
  connectTimeoutMs: 'connectTimeout',
  timeoutMs: 'timeout',
  retryWaits: 'retryWaits',
  horizonHours: 'horizon',
  onRefusal: 'onRefusal',
  stopStatuses: 'stopStatuses',
  contact: 'contact',
  failureMails: 'failureMails',
  'tls.clientCertificate': 'clientCertificate',
  'tls.clientKey': 'clientKey',
  'tls.caCertificates': 'caCertificates',
  'publicKeys.keys': 'publicKeys',
  'accepted.apiKey': 'acceptApiKey',
  'accepted.clientApps': 'acceptClientApps',
  'accepted.oauth2': 'acceptOauth2',
  tokenLifeMax: 'tokenLifeMax',
  'limits.endpoints': 'limitEndpoints',
  'limits.callRate': 'limitCalls',
  firstName: 'firstName',
  lastName: 'lastName',
  language: 'languageOfMyMails',
};

function labelOf(member: string): string {
  const kind = `kind_${member.split('.').pop()}`;
  const word = words[member];
  if (word) return t(word);
  return member.startsWith('days.') && isWord(kind) ? t(kind) : memberWord(member.split('.').pop() ?? member);
}

const isSecret = (member: string): boolean => /^key$|\.client(Secret|Key)$|\.password$/.test(member);

type ValueText = (member: string, value: unknown) => string;

function useValueText(names: Names): ValueText {
  const { value: types } = useEventTypes();
  return (member, value) => {
    if (isSecret(member)) return t(value === undefined ? 'secretOfServer' : value === '' ? 'detailEmpty' : 'secretTyped');
    if (value === undefined) return t('detailEmpty');
    if (member === 'events' && Array.isArray(value)) return value.length ? value.map((name) => typeName(types, String(name))).join(', ') : t('detailEmpty');
    if (Array.isArray(value) && value.every(isObject)) return value.length ? value.map((item) => ('id' in item ? names[String(item.id)] ?? String(item.id) : Object.values(item).join(': '))).join(', ') : t('detailEmpty');
    const text = valueWord(member, value, names);
    return text.length > 300 ? `${text.slice(0, 300)}…` : text;
  };
}

const changerWords = { me: 'changedByMe', them: 'changedByThem', both: 'changedByBoth' } as const;

function Choice({ row, side, text, onChoose }: { row: Row; side: Side; text: ValueText; onChoose: (side: Side) => void }) {
  const id = useId('choice');
  const by = row.changedBy;
  return (
    <fieldset class="choice">
      <legend>{labelOf(row.member)} {by !== 'nobody' && <Badge tone={by === 'both' ? 'warn' : 'calm'}>{t(changerWords[by])}</Badge>}</legend>
      {(['mine', 'theirs'] as const).map((one) => (
        <label key={one} class="radio">
          <input type="radio" name={id} checked={side === one} onChange={() => onChoose(one)} />
          <span><span class="faded">{t(one === 'mine' ? 'versionMine' : 'versionTheirs')}</span> <span class="value">{text(row.member, row[one])}</span></span>
        </label>
      ))}
    </fieldset>
  );
}

function Unchanged({ rows, text }: { rows: Row[]; text: ValueText }) {
  if (rows.length === 0) return null;
  return (
    <details>
      <summary>{t('membersTheSame', { count: rows.length })}</summary>
      <dl class="facts">{rows.map(({ member, mine }) => <div key={member}><dt>{labelOf(member)}</dt><dd class="value">{text(member, mine)}</dd></div>)}</dl>
    </details>
  );
}

/** Who it was: the last change on record, for those who may read it. */
function Author({ history, names }: { history: Change<object>['history']; names: Names }) {
  const nameOf = useActorName();
  const [kind, subject] = history ?? [];
  const { value: last } = useLoaded(`author ${kind} ${subject}`, async (signal) => (kind ? (await get<Answers['historyGet']>(withQuery('/api/account/history', { kind, subject, limit: 1 }), signal)).results[0] : undefined));
  if (!last) return <p>{t('conflictText')}</p>;
  return <p>{t('conflictBy', { name: nameOf(last, names) })} <Moment date={last.date} />. {t('conflictText')}</p>;
}

/** A secret that they have replaced is in no version that is shown: the server names it. */
const hasHiddenChange = ({ technical }: ServerError): boolean => /\b(secrets|key)\b/.test(technical);

const rowsFor = <T extends object>({ base, body, bodyOf: of }: Change<T>, theirs: T): Row[] => rowsOf(of(base), body, of(theirs));

/** What they have changed is in the form too. A form may be about a part of what the version is of. */
export function isClash<T extends object>(wanted: Change<T>, theirs: T, refusal: ServerError): boolean {
  const rows = rowsFor(wanted, theirs);
  const givesSecret = rows.some(({ member, changedBy }) => isSecret(member) && changedBy === 'me');
  return rows.some(({ changedBy }) => changedBy === 'them' || changedBy === 'both') || (givesSecret && hasHiddenChange(refusal));
}

interface Wanted<A, T extends object> {
  wanted: Change<T>;
  first: T;
  refusal: ServerError;
  onEnd: (answer: { stored: A } | null) => void;
}

interface Shown {
  text: ValueText;
  author: ComponentChildren;
}

function ConflictDialog<A, T extends object>({ wanted, first, refusal, onEnd, text, author }: Wanted<A, T> & Shown) {
  const [theirs, setTheirs] = useState(first);
  const [isAgain, setAgain] = useState(false);
  const [choices, setChoices] = useState<Record<string, Side>>({});
  const action = useAction();
  const rows = useMemo(() => rowsFor(wanted, theirs), [theirs]);
  const [both, others] = [rows.filter(({ changedBy }) => changedBy === 'both'), rows.filter(({ changedBy }) => changedBy === 'me' || changedBy === 'them')];
  const differing = [...both, ...others];
  const sideOf = (row: Row): Side => choices[row.member] ?? proposed(row);
  const chooseAll = (side: Side) => () => setChoices(Object.fromEntries(rows.map(({ member }) => [member, side])));
  const save = () => action.run(async () => {
    try {
      onEnd({ stored: await store<A, T>(wanted, bodyOf(wanted.body, rows, sideOf), versionOf(theirs)) });
    } catch (error) {
      if (!isChanged(error)) throw error;
      setTheirs(await readCurrent(wanted));
      setAgain(true);
    }
  });
  return (
    <Dialog
      title={t('conflictTitle')}
      isPanel
      onClose={() => onEnd(null)}
      actions={
        <>
          <Button onClick={() => onEnd(null)}>{t('backToForm')}</Button>
          <Button kind="primary" isBusy={action.isBusy} onClick={() => void save()}>{t('saveChosen')}</Button>
        </>
      }
    >
      {author}
      {hasHiddenChange(refusal) && <Notice tone="calm" isLasting><p>{t('secretReplaced')}</p></Notice>}
      {isAgain && <Notice tone="warn" isUrgent><p>{t('conflictAgain')}</p></Notice>}
      <Problem error={action.error} />
      {differing.length > 1 && (
        <div class="row apart">
          <Button onClick={chooseAll('mine')}>{t('allMine')}</Button>
          <Button onClick={chooseAll('theirs')}>{t('allTheirs')}</Button>
        </div>
      )}
      <div class="choices">{differing.map((row) => <Choice key={row.member} row={row} text={text} side={sideOf(row)} onChoose={(side) => setChoices((old) => ({ ...old, [row.member]: side }))} />)}</div>
      {differing.length === 0 && <p>{t('conflictNone')}</p>}
      <Unchanged rows={rows.filter(({ changedBy }) => changedBy === 'nobody')} text={text} />
    </Dialog>
  );
}

function WithNames<A, T extends object>(wanted: Wanted<A, T>) {
  const names = useAuditNames();
  return <ConflictDialog {...wanted} text={useValueText(names)} author={<Author history={wanted.wanted.history} names={names} />} />;
}

/** An operator belongs to no account that has names. */
function Named<A, T extends object>(wanted: Wanted<A, T>) {
  if (useContext(SessionContext)) return <WithNames {...wanted} />;
  return <ConflictDialog {...wanted} text={(member, value) => valueWord(member, value, {})} author={<p>{t('conflictText')}</p>} />;
}

export const resolve = <A, T extends object>(wanted: Change<T>, first: T, refusal: ServerError, onEnd: (answer: { stored: A } | null) => void) => (
  <Named<A, T> wanted={wanted} first={first} refusal={refusal} onEnd={onEnd} />
);
