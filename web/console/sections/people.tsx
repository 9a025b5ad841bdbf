// people.tsx – the account's senders: the list, what is sought in it, inviting somebody, and from there one of them.
import { useEffect, useState } from 'preact/hooks';
import { language, t } from '../language';
import { Badge, Button, Empty, LinkButton, Loading, Moment, Notice, Problem, Title } from '../parts/basics';
import { Dialog } from '../parts/dialog';
import { RadioField, SelectField, TextField } from '../parts/fields';
import { Form } from '../parts/form';
import { Pager } from '../parts/pager';
import { WideTable, type Column } from '../parts/table';
import { isOwner, personName, roleName, sendersPath, standingOfPerson, statuses, useRoles } from '../people';
import { addressOf, go, type Parameters } from '../route';
import { call, get, withQuery } from '../server';
import { has, useSession } from '../session';
import type { Answers, Session, StoredAccountRole, StoredSender } from '../types';
import { useLoaded } from '../use';
import { PersonDetail } from './person';

const pageSize = 25;
const members = ['search', 'status', 'roleId'] as const;

const searchOf = (parameters: Parameters): Parameters =>
  Object.fromEntries(members.map((member) => [member, parameters[member] ?? '']).filter(([, value]) => value));

/** The type of a sender; the owner is none of them. */
export const kindOf = (person: StoredSender, session: Session): string => (isOwner(person, session) ? t('roleName_owner') : t(`kind${person.type}`));

const columnsOf = (session: Session): Column<StoredSender>[] => [
  {
    title: t('person'),
    kind: 'what',
    cell: (person) => <><a href={addressOf('people', { id: person.id })}>{personName(person)}</a>{person.name.trim() && <span class="block faded">{person.email}</span>}</>,
  },
  { title: t('inState'), kind: 'state', cell: (person) => { const { tone, icon, word } = standingOfPerson(person); return <Badge tone={tone} icon={icon}>{word}</Badge>; } },
  { title: t('typeOf'), kind: 'named', cell: (person) => kindOf(person, session) },
  { title: t('personSince'), cell: ({ created }) => <Moment date={created} /> },
];

function SearchForm({ search, roles }: { search: Parameters; roles: StoredAccountRole[] }) {
  const [draft, setDraft] = useState<Parameters>(search);
  const put = (member: string) => (value: string) => setDraft((old) => ({ ...old, [member]: value }));
  const submit = (event: Event) => {
    event.preventDefault();
    go(addressOf('people', { ...draft, search: (draft.search ?? '').trim() }));
  };
  const own = roles.filter(({ predefined }) => !predefined);
  return (
    <form class="card search" onSubmit={submit} role="search" aria-label={t('searchPeople')}>
      <div class="fields three">
        <TextField name="search" label={t('nameOrEmail')} type="search" value={draft.search ?? ''} onChange={put('search')} />
        <SelectField name="status" label={t('inState')} value={draft.status ?? ''} onChange={put('status')} choices={[{ value: '', label: t('anyState') }, ...statuses.map((value) => ({ value, label: t(`person${value}`) }))]} />
        {own.length > 0 && <SelectField name="roleId" label={t('role')} value={draft.roleId ?? ''} onChange={put('roleId')} choices={[{ value: '', label: t('anyRole') }, ...own.map((role) => ({ value: role.id, label: roleName(role) }))]} />}
      </div>
      <div class="search-foot row">
        {Object.keys(search).length > 0 && <LinkButton kind="quiet" icon="cross" href={addressOf('people')}>{t('showAll')}</LinkButton>}
        <Button kind="primary" icon="search" isSubmit>{t('search')}</Button>
      </div>
    </form>
  );
}

/* ---- inviting ---- */

const languages = [{ value: 'en', label: 'English' }, { value: 'fr', label: 'Français' }];
const emptyDraft = { email: '', firstName: '', lastName: '', language: '', type: 'REGULAR' };

function InvitePanel({ onClose, onInvited }: { onClose: () => void; onInvited: (person: StoredSender) => void }) {
  const [draft, setDraft] = useState({ ...emptyDraft, language: language() as string });
  const put = (member: keyof typeof emptyDraft) => (value: string) => setDraft((old) => ({ ...old, [member]: value }));
  const check = () => Object.fromEntries((['email', 'firstName', 'lastName'] as const).filter((name) => !draft[name].trim()).map((name) => [name, t('fieldMissing')]));
  const invite = async () => {
    const { email, firstName, lastName, ...others } = draft;
    onInvited(await call<StoredSender>('POST', sendersPath, { email: email.trim(), firstName: firstName.trim(), lastName: lastName.trim(), ...others }));
  };
  return (
    <Dialog title={t('invitePerson')} isPanel onClose={onClose}>
      <p class="faded">{t('inviteText')}</p>
      <Form check={check} submit={invite} submitWord={t('invite')} more={<Button onClick={onClose}>{t('cancel')}</Button>}>
        <TextField name="email" label={t('emailAddress')} type="email" value={draft.email} onChange={put('email')} />
        <TextField name="firstName" label={t('firstName')} value={draft.firstName} onChange={put('firstName')} />
        <TextField name="lastName" label={t('lastName')} value={draft.lastName} onChange={put('lastName')} />
        <SelectField name="language" label={t('languageOfMails')} value={draft.language} onChange={put('language')} choices={languages} />
        <RadioField name="type" label={t('typeOf')} value={draft.type} onChange={put('type')} choices={[{ value: 'REGULAR', label: t('kindREGULAR') }, { value: 'MANAGER', label: t('kindMANAGER'), hint: t('typeHint') }]} />
      </Form>
    </Dialog>
  );
}

/* ---- the list ---- */

function List({ parameters }: { parameters: Parameters }) {
  const session = useSession();
  const roles = useRoles();
  const [isInviting, setInviting] = useState(parameters.add === '1');
  useEffect(() => { if (parameters.add) setInviting(true); }, [parameters.add]);
  const close = () => {
    setInviting(false);
    if (parameters.add) go(addressOf('people', search), true);
  };
  const [invited, setInvited] = useState('');
  const search = searchOf(parameters);
  const page = Math.max(1, Math.floor(Number(parameters.page)) || 1);
  const path = withQuery(sendersPath, { ...search, from: (page - 1) * pageSize + 1, to: page * pageSize });
  const found = useLoaded(path, (signal) => get<Answers['sendersGet']>(path, signal));
  const onInvited = ({ email }: StoredSender) => {
    close();
    setInvited(email);
    found.reload();
  };
  return (
    <>
      <Title lead={t('peopleLead')} aside={<Button kind="primary" icon="plus" onClick={() => setInviting(true)}>{t('invite')}</Button>}>{t('sectionPeople')}</Title>
      {invited && <Notice tone="good" onClose={() => setInvited('')}><p>{t('invited', { email: invited })}</p></Notice>}
      {roles.value ? <SearchForm key={JSON.stringify(search)} search={search} roles={roles.value} /> : <Problem error={roles.error} onRetry={roles.reload} />}
      <Problem error={found.error} onRetry={found.reload} />
      {!found.value ? !found.error && <Loading /> : (
        <>
          <p class="count" role="status">{t('peopleCount', { count: found.value.count })}</p>
          {found.value.results.length === 0
            ? <Empty icon="people" title={t('noSuchPeople')}><p>{t('noSuchPeopleText')}</p></Empty>
            : <WideTable caption={t('sectionPeople')} columns={columnsOf(session)} items={found.value.results} keyOf={({ id }) => id} />}
          <Pager page={page} pageSize={pageSize} count={found.value.count} addressOfPage={(wanted) => addressOf('people', { ...search, page: wanted > 1 ? String(wanted) : '' })} />
        </>
      )}
      {isInviting && <InvitePanel onClose={close} onInvited={onInvited} />}
    </>
  );
}

export function PeopleSection({ parameters }: { parameters: Parameters }) {
  if (!has(useSession(), 'sender_admin.users')) {
    return (
      <>
        <Title>{t('sectionPeople')}</Title>
        <Empty icon="people" title={t('onlyRoles')}><p><a href={addressOf('roles')}>{t('sectionRoles')}</a></p></Empty>
      </>
    );
  }
  return parameters.id ? <PersonDetail id={parameters.id} /> : <List parameters={parameters} />;
}
