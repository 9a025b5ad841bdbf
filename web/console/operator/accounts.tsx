// accounts.tsx – the accounts of the installation: found, opened, created.
import { useState } from 'preact/hooks';
import { t } from '../language';
import { Badge, Button, Empty, LinkButton, Loading, Moment, Notice, Problem, Title } from '../parts/basics';
import { Dialog } from '../parts/dialog';
import { Switch, TextField } from '../parts/fields';
import { Form } from '../parts/form';
import { SecretNotice } from '../parts/secret';
import { WideTable, type Column } from '../parts/table';
import { go } from '../route';
import { withQuery } from '../server';
import type { Answers, OperatedAccount, Operator } from '../types';
import { useLoaded } from '../use';
import { AccountView } from './account';
import { addressOfView, look, operate } from './server';

export interface ViewProps {
  parameters: Record<string, string>;
  operator: Operator;
}

const emailLike = /^[^\s@]+@[^\s@]+$/;

function NewAccount({ onMade, onClose }: { onMade: (account: OperatedAccount) => void; onClose: () => void }) {
  const [draft, setDraft] = useState({ name: '', ownerEmail: '', ownerFirstName: '', ownerLastName: '', invite: true });
  const put = (member: string) => (value: string | boolean) => setDraft((old) => ({ ...old, [member]: value }));
  const check = () => {
    const problems: Record<string, string> = {};
    if (!draft.name.trim()) problems.name = t('fieldMissing');
    if (!emailLike.test(draft.ownerEmail.trim())) problems.ownerEmail = t('fieldMissing');
    return problems;
  };
  const submit = async () => {
    const texts = Object.fromEntries(Object.entries(draft).filter(([, value]) => typeof value === 'string' && value.trim()).map(([member, value]) => [member, String(value).trim()]));
    onMade(await operate<OperatedAccount>('POST', 'accounts', { ...texts, invite: draft.invite }));
  };
  return (
    <Dialog title={t('newAccount')} isPanel onClose={onClose}>
      <Form check={check} submit={submit} submitWord={t('newAccount')} more={<Button onClick={onClose}>{t('cancel')}</Button>}>
        <TextField name="name" label={t('accountName')} value={draft.name} onChange={put('name')} />
        <TextField name="ownerEmail" label={t('ownerEmail')} type="email" value={draft.ownerEmail} onChange={put('ownerEmail')} />
        <TextField name="ownerFirstName" label={t('firstName')} isOptional value={draft.ownerFirstName} onChange={put('ownerFirstName')} />
        <TextField name="ownerLastName" label={t('lastName')} isOptional value={draft.ownerLastName} onChange={put('ownerLastName')} />
        <Switch label={t('inviteOwner')} hint={t('inviteOwnerHint')} isOn={draft.invite} onChange={put('invite')} />
      </Form>
    </Dialog>
  );
}

const columns = (): Column<OperatedAccount>[] => [
  { title: t('account'), kind: 'what', cell: ({ id, name, parentAccountId }) => <><a href={addressOfView('accounts', { id })}>{name}</a><span class="block faded"><code>{id}</code>{parentAccountId && <> · {t('parentOf')} <code>{parentAccountId}</code></>}</span></> },
  { title: t('inState'), kind: 'state', cell: ({ lockedDate }) => <Badge tone={lockedDate ? 'bad' : 'good'} icon={lockedDate ? 'lock' : 'check'}>{t(lockedDate ? 'accountLocked' : 'accountOpen')}</Badge> },
  { title: t('featuresOf'), cell: ({ features }) => <span class="wire">{Object.keys(features).filter((name) => features[name]).join(', ') || t('none')}</span> },
  { title: t('created'), kind: 'when', cell: ({ createdDate }) => <Moment date={createdDate} /> },
];

function Search({ search }: { search: string }) {
  const [text, setText] = useState(search);
  const submit = (event: Event) => {
    event.preventDefault();
    go(addressOfView('accounts', { search: text.trim() }));
  };
  return (
    <form class="card search" role="search" aria-label={t('sectionAccounts')} onSubmit={submit}>
      <TextField name="search" label={t('accountSearch')} type="search" value={text} onChange={setText} />
      <div class="search-foot row">
        {search && <LinkButton kind="quiet" icon="cross" href={addressOfView('accounts')}>{t('showAll')}</LinkButton>}
        <Button kind="primary" icon="search" isSubmit>{t('search')}</Button>
      </div>
    </form>
  );
}

function List({ parameters }: { parameters: ViewProps['parameters'] }) {
  const { search = '', after = '' } = parameters;
  const loaded = useLoaded(`accounts ${search} ${after}`, (signal) => look<Answers['operatedAccountsGet']>(withQuery('accounts', { search, after }), signal));
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<OperatedAccount | null>(null);
  const onMade = (account: OperatedAccount) => {
    setMaking(false);
    setMade(account);
    loaded.reload();
  };
  const email = made?.owner?.email ?? '';
  return (
    <>
      <Title lead={t('accountsLead')} aside={<Button kind="primary" icon="plus" onClick={() => setMaking(true)}>{t('newAccount')}</Button>}>{t('sectionAccounts')}</Title>
      {made?.password && <SecretNotice title={t('accountMade', { name: made.name })} text={t('accountMadePassword', { email })} secret={made.password} onClose={() => setMade(null)} />}
      {made && !made.password && <Notice tone="good" title={t('accountMade', { name: made.name })} onClose={() => setMade(null)}><p>{t('accountMadeInvited', { email })}</p></Notice>}
      <Search key={search} search={search} />
      <Problem error={loaded.error} onRetry={loaded.reload} />
      {loaded.value ? (
        <>
          {loaded.value.results.length > 0
            ? <WideTable caption={t('sectionAccounts')} columns={columns()} items={loaded.value.results} keyOf={({ id }) => id} />
            : <Empty icon="people" title={t('accountsNone')}><p>{t('accountsNoneText')}</p></Empty>}
          {loaded.value.next && <p class="more"><LinkButton icon="down" href={addressOfView('accounts', { search, after: loaded.value.next })}>{t('accountsMore')}</LinkButton></p>}
        </>
      ) : !loaded.error && <Loading />}
      {isMaking && <NewAccount onMade={onMade} onClose={() => setMaking(false)} />}
    </>
  );
}

export function AccountsView({ parameters, operator }: ViewProps) {
  return parameters.id ? <AccountView id={parameters.id} operator={operator} /> : <List parameters={parameters} />;
}
