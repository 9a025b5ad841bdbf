// account.tsx – one account, as the operator sets it: name, lock, features, limits.
import { useState } from 'preact/hooks';
import { isWord, t } from '../language';
import { Badge, Button, Card, Loading, Moment, Notice, Problem, Title } from '../parts/basics';
import { Confirm } from '../parts/dialog';
import { Switch, TextField } from '../parts/fields';
import { Form } from '../parts/form';
import { Icon } from '../parts/icon';
import type { OperatedAccount, Operator } from '../types';
import { useUnsaved } from '../parts/unsaved';
import { useAction, useDraft, useLoaded } from '../use';
import { change as store } from '../versions';
import { addressOfView, look, operate, operatorPath, withSession } from './server';

const endpointsMax = 100000;
const callsMax = 100000;

type OnChange = (account: OperatedAccount) => void;

const pathOf = (id: string): string => `accounts/${encodeURIComponent(id)}`;
const change = (id: string, body: unknown): Promise<OperatedAccount> => operate<OperatedAccount>('PATCH', pathOf(id), body);

function Lock({ account, onChange }: { account: OperatedAccount; onChange: OnChange }) {
  const [isAsking, setAsking] = useState(false);
  const action = useAction();
  const lock = async () => {
    onChange(await change(account.id, { locked: true }));
    setAsking(false);
  };
  const unlock = async () => onChange(await change(account.id, { locked: false }));
  return (
    <>
      {account.lockedDate
        ? <Button kind="primary" icon="lock" isBusy={action.isBusy} onClick={() => void action.run(unlock)}>{t('unlockAccount')}</Button>
        : <Button kind="danger" icon="lock" onClick={() => setAsking(true)}>{t('lockAccount')}</Button>}
      <Problem error={action.error} />
      {isAsking && <Confirm title={t('lockAccountTitle', { name: account.name })} confirm={t('lockAccount')} onConfirm={lock} onClose={() => setAsking(false)}><p>{t('lockAccountText')}</p></Confirm>}
    </>
  );
}

function Features({ account, operator, onChange }: { account: OperatedAccount; operator: Operator; onChange: OnChange }) {
  const action = useAction();
  const turn = (name: string) => (isOn: boolean) => void action.run(async () => onChange(await change(account.id, { features: { [name]: isOn } })));
  return (
    <Card id="features" title={t('featuresOf')}>
      <p class="faded">{t('featuresOfText')}</p>
      {operator.features.map(({ name, gives }) => {
        const key = `feature_${name}`;
        return <Switch key={name} label={isWord(key) ? t(key) : gives} hint={name} isOn={account.features[name] ?? false} onChange={turn(name)} />;
      })}
      <Problem error={action.error} />
    </Card>
  );
}

const draftOf = ({ name, limits }: OperatedAccount) => ({ name, endpoints: String(limits.endpoints), callRate: String(limits.callRate) });
const bodyOf = ({ name, endpoints, callRate }: ReturnType<typeof draftOf>) => ({ name: name.trim(), limits: { endpoints: Number(endpoints), callRate: Number(callRate) } });

function Limits({ account, onChange }: { account: OperatedAccount; onChange: OnChange }) {
  const { base, draft, isDirty, change: put, reset } = useDraft(account, draftOf);
  useUnsaved(isDirty);
  const isWrong = (text: string, most: number) => !/^\d+$/.test(text.trim()) || Number(text) > most;
  const check = () => {
    const problems: Record<string, string> = {};
    if (!draft.name.trim()) problems.name = t('fieldMissing');
    if (isWrong(draft.endpoints, endpointsMax)) problems['limits.endpoints'] = t('numberRange', { minimum: 0, maximum: endpointsMax });
    if (isWrong(draft.callRate, callsMax)) problems['limits.callRate'] = t('numberRange', { minimum: 0, maximum: callsMax });
    return problems;
  };
  const save = async () => {
    const wanted = { method: 'PATCH', path: `${operatorPath}/${pathOf(account.id)}`, staysHere: true, base, body: bodyOf(draft), bodyOf: (now: OperatedAccount) => bodyOf(draftOf(now)), read: () => look<OperatedAccount>(pathOf(account.id)) } as const;
    onChange(await withSession(() => store<OperatedAccount, OperatedAccount>(wanted)));
  };
  return (
    <Card id="limits" title={t('limitsOf')}>
      <Form check={check} submit={save} submitWord={t('save')} isDirty={isDirty} onDiscard={() => reset(base)}>
        <div class="fields">
          <TextField name="name" label={t('accountName')} value={draft.name} onChange={(name) => put({ name })} />
          <TextField name="limits.endpoints" label={t('limitEndpoints')} hint={t('limitHint')} type="number" minimum={0} maximum={endpointsMax} value={draft.endpoints} onChange={(endpoints) => put({ endpoints })} />
          <TextField name="limits.callRate" label={t('limitCalls')} hint={t('limitHint')} type="number" minimum={0} maximum={callsMax} value={draft.callRate} onChange={(callRate) => put({ callRate })} />
        </div>
      </Form>
    </Card>
  );
}

function Facts({ account }: { account: OperatedAccount }) {
  const { owner, parentAccountId } = account;
  return (
    <dl class="facts">
      <div><dt>ID</dt><dd><code>{account.id}</code></dd></div>
      <div><dt>{t('created')}</dt><dd><Moment date={account.createdDate} /></dd></div>
      {parentAccountId && <div><dt>{t('parentOf')}</dt><dd><a href={addressOfView('accounts', { id: parentAccountId })}>{parentAccountId}</a></dd></div>}
      {owner && <div><dt>{t('ownerOf')}</dt><dd>{owner.firstName} {owner.lastName}<span class="block faded">{owner.email}</span></dd></div>}
      {account.lockedDate && <div><dt>{t('lockedSince')}</dt><dd><Moment date={account.lockedDate} /></dd></div>}
    </dl>
  );
}

export function AccountView({ id, operator }: { id: string; operator: Operator }) {
  const loaded = useLoaded(`account ${id}`, (signal) => look<OperatedAccount>(pathOf(id), signal));
  const [changed, setChanged] = useState<OperatedAccount | null>(null);
  const account = changed ?? loaded.value;
  const back = <p class="back"><a href={addressOfView('accounts')}><Icon name="left" /> {t('backToAccounts')}</a></p>;
  if (!account) return <>{back}<Title>{t('account')}</Title>{loaded.error ? <Problem error={loaded.error} onRetry={loaded.reload} /> : <Loading />}</>;
  return (
    <>
      {back}
      <Title aside={<Badge tone={account.lockedDate ? 'bad' : 'good'} icon={account.lockedDate ? 'lock' : 'check'}>{t(account.lockedDate ? 'accountLocked' : 'accountOpen')}</Badge>}>{account.name}</Title>
      {changed && <Notice tone="good"><p>{t('saved')}</p></Notice>}
      <Card id="account" title={t('account')} aside={<Lock account={account} onChange={setChanged} />}><Facts account={account} /></Card>
      <Features account={account} operator={operator} onChange={setChanged} />
      <Limits key={JSON.stringify([account.name, account.limits])} account={account} onChange={setChanged} />
    </>
  );
}
