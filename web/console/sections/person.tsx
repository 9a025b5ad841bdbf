// person.tsx – one sender: how they stand, their roles, and what can be done: invitation, password, sessions, locking, deleting.
import { useState } from 'preact/hooks';
import { languageName } from '../format';
import { t } from '../language';
import { Badge, Button, Card, Loading, Moment, Notice, Problem, Title } from '../parts/basics';
import { Confirm, Dialog } from '../parts/dialog';
import { CheckField, CheckGroup, TextField } from '../parts/fields';
import { Form } from '../parts/form';
import { Icon } from '../parts/icon';
import { Id } from '../parts/id';
import { useUnsaved } from '../parts/unsaved';
import { isOwner, mayGive, pathOfSender, personName, roleName, standingOfPerson, useRoles } from '../people';
import { addressOf, go } from '../route';
import { call, get } from '../server';
import { has, useSession } from '../session';
import type { Answers, StoredAccountRole, StoredSender } from '../types';
import { useAction, useDraft, useLoaded } from '../use';
import { change as store } from '../versions';
import { kindOf } from './people';
import { EndDialog, type Ending } from './person_end';

function Facts({ person }: { person: StoredSender }) {
  const session = useSession();
  return (
    <Card id="facts" title={t('person')}>
      <dl class="facts">
        <div class="whole"><dt>{t('emailAddress')}</dt><dd>{person.email}</dd></div>
        <div><dt>{t('typeOf')}</dt><dd>{kindOf(person, session)}</dd></div>
        <div><dt>{t('languageOfMails')}</dt><dd>{languageName(person.language)}</dd></div>
        <div><dt>{t('personSince')}</dt><dd><Moment date={person.created} /></dd></div>
        {person.activated && <div><dt>{t('activatedOn')}</dt><dd><Moment date={person.activated} /></dd></div>}
        <div><dt>{t('identifier')}</dt><dd><Id value={person.id} /></dd></div>
        {person.locked && <div><dt>{t('lockedOn')}</dt><dd><Moment date={person.locked} /></dd></div>}
      </dl>
    </Card>
  );
}

/* ---- name ---- */

/** The address is the person's own to change, by the mail it goes to. */
function NameDialog({ person, onSaved, onClose }: { person: StoredSender; onSaved: () => void; onClose: () => void }) {
  const [base] = useState(person); // it is read again meanwhile
  const [firstName, setFirstName] = useState(person.firstName);
  const [lastName, setLastName] = useState(person.lastName);
  const check = () => Object.fromEntries(Object.entries({ firstName, lastName }).filter(([, name]) => !name.trim()).map(([member]) => [member, t('fieldMissing')]));
  const save = async () => {
    const body = { firstName: firstName.trim(), lastName: lastName.trim() };
    await store<StoredSender, StoredSender>({ method: 'POST', path: pathOfSender(person.id), base, body, bodyOf: (now) => ({ firstName: now.firstName, lastName: now.lastName }) });
    onSaved();
  };
  return (
    <Dialog title={t('changeName')} onClose={onClose}>
      <Form check={check} submit={save} submitWord={t('save')} more={<Button onClick={onClose}>{t('cancel')}</Button>}>
        <TextField name="firstName" label={t('firstName')} value={firstName} onChange={setFirstName} />
        <TextField name="lastName" label={t('lastName')} value={lastName} onChange={setLastName} />
      </Form>
    </Dialog>
  );
}

/* ---- roles ---- */

type Given = Answers['senderRolesGet'];

const idsOf = (stored: Given): string[] => stored.flatMap(({ accountRoles }) => accountRoles.map(({ id }) => id ?? ''));
const bodyOf = (ids: string[]) => ({ accountRoles: ids.map((id) => ({ id })) });

interface RolesFormProps {
  person: StoredSender;
  roles: StoredAccountRole[];
  stored: Given;
  onSaved: () => void;
}

function RolesForm({ person, roles, stored, onSaved }: RolesFormProps) {
  const session = useSession();
  const { base, draft: { chosen }, isDirty, change } = useDraft(stored, (now) => ({ chosen: idsOf(now) }), ({ chosen: ids }) => [...ids].sort().join());
  const given = idsOf(base);
  useUnsaved(isDirty);
  const turn = (id: string) => (isOn: boolean) => change({ chosen: isOn ? [...chosen, id] : chosen.filter((other) => other !== id) });
  const save = async () => {
    await store<Given, Given>({ method: 'POST', path: `${pathOfSender(person.id)}/roles`, base, body: bodyOf(chosen), bodyOf: (now) => bodyOf(idsOf(now)), history: ['memberRoles', person.id] });
    onSaved();
  };
  const offered = roles.filter((role) => role.id !== 'owner' && (given.includes(role.id) || (role.enabled && mayGive(role, session))));
  return (
    <Form check={() => ({})} submit={save} submitWord={t('save')} isDirty={isDirty}>
      <CheckGroup name="accountRoles" legend={t('assignedRoles')} hint={t('rolesOfHint')}>
        {offered.map((role) => <CheckField key={role.id} name={role.id} label={roleName(role)} isOn={chosen.includes(role.id)} onChange={turn(role.id)} />)}
      </CheckGroup>
    </Form>
  );
}

function RolesCard({ person }: { person: StoredSender }) {
  const session = useSession();
  const roles = useRoles();
  const path = `${pathOfSender(person.id)}/roles`;
  const given = useLoaded(path, (signal) => get<Answers['senderRolesGet']>(path, signal));
  const [isSaved, setSaved] = useState(false);
  const ids = given.value && idsOf(given.value);
  const mayAssign = has(session, 'sender_admin.roles') && !isOwner(person, session);
  const names = roles.value?.filter(({ id }) => ids?.includes(id)).map(roleName);
  return (
    <Card id="roles" title={t('rolesOf')}>
      <Problem error={roles.error ?? given.error} onRetry={() => { roles.reload(); given.reload(); }} />
      {isSaved && <Notice tone="good" onClose={() => setSaved(false)}><p>{t('rolesSaved')}</p></Notice>}
      {!roles.value || !given.value || !ids ? !roles.error && !given.error && <Loading /> : mayAssign
        ? <RolesForm key={ids.join()} person={person} roles={roles.value} stored={given.value} onSaved={() => { setSaved(true); given.reload(); }} />
        : <ul class="bullets">{names?.map((name) => <li key={name}>{name}</li>)}</ul>}
      {isOwner(person, session) && <p class="faded">{t('ownerCannot')}</p>}
    </Card>
  );
}

/* ---- what can be done ---- */

function SessionsDialog({ person, onEnded, onClose }: { person: StoredSender; onEnded: (count: number) => void; onClose: () => void }) {
  const name = personName(person);
  const end = async () => onEnded((await call<Answers['senderSignOut']>('DELETE', `${pathOfSender(person.id)}/sessions`)).count ?? 0);
  return (
    <Confirm title={t('endSessionsTitle', { name })} confirm={t('endSessions')} onConfirm={end} onClose={onClose}>
      <p>{t('endSessionsText', { name })}</p>
    </Confirm>
  );
}

function Steering({ person, onChange }: { person: StoredSender; onChange: () => void }) {
  const session = useSession();
  const action = useAction();
  const [told, setTold] = useState('');
  const [asking, setAsking] = useState<Ending | 'sessions' | 'name' | null>(null);
  const path = pathOfSender(person.id);
  const isFixed = isOwner(person, session) || person.id === session.user.id;
  const doing = (word: string, work: () => Promise<unknown>) => () => void action.run(async () => {
    await work();
    setTold(word);
    onChange();
  });
  const onEnded = (ending: Ending) => {
    setAsking(null);
    if (ending === 'delete') go(addressOf('people'), true);
    else onChange();
  };
  return (
    <>
      <div class="row">
        {(session.owner || !isOwner(person, session)) && <Button icon="pencil" onClick={() => setAsking('name')}>{t('changeName')}</Button>}
        {person.status === 'INVITED' && <Button icon="deliveries" isBusy={action.isBusy} onClick={doing(t('invitedAgain'), () => call('POST', `${path}/invite`))}>{t('inviteAgain')}</Button>}
        {person.status === 'ACTIVE' && <Button icon="key" isBusy={action.isBusy} onClick={doing(t('linkSent', { email: person.email }), () => call('POST', `${path}/resetpassword`))}>{t('passwordLink')}</Button>}
        {person.status === 'ACTIVE' && <Button icon="out" onClick={() => setAsking('sessions')}>{t('endSessions')}</Button>}
        {!isFixed && person.status === 'LOCKED' && <Button kind="primary" icon="power" isBusy={action.isBusy} onClick={doing('', () => call('POST', path, { status: 'ACTIVE' }))}>{t('unlock')}</Button>}
        {!isFixed && person.status !== 'LOCKED' && <Button kind="danger" icon="stop" onClick={() => setAsking('lock')}>{t('lock')}</Button>}
        {!isFixed && <Button kind="danger" icon="trash" onClick={() => setAsking('delete')}>{t('deletePerson')}</Button>}
      </div>
      <Problem error={action.error} />
      {told && <Notice tone="good" onClose={() => setTold('')}><p>{told}</p></Notice>}
      {asking === 'name' && <NameDialog person={person} onSaved={() => { setAsking(null); setTold(t('saved')); onChange(); }} onClose={() => setAsking(null)} />}
      {asking === 'sessions' && <SessionsDialog person={person} onEnded={(count) => { setAsking(null); setTold(t('sessionsEnded', { count })); }} onClose={() => setAsking(null)} />}
      {(asking === 'lock' || asking === 'delete') && <EndDialog person={person} ending={asking} onEnded={() => onEnded(asking)} onClose={() => setAsking(null)} />}
    </>
  );
}

export function PersonDetail({ id }: { id: string }) {
  const loaded = useLoaded(`person ${id}`, (signal) => get<StoredSender>(pathOfSender(id), signal));
  const person = loaded.value;
  const back = <p class="back"><a href={addressOf('people')}><Icon name="left" /> {t('sectionPeople')}</a></p>;
  if (!person) return <>{back}<Title>{t('person')}</Title>{loaded.error ? <Problem error={loaded.error} onRetry={loaded.reload} /> : <Loading />}</>;
  const { tone, icon, word } = standingOfPerson(person);
  return (
    <>
      {back}
      <Title aside={<Badge tone={tone} icon={icon}>{word}</Badge>}>{personName(person)}</Title>
      <Problem error={loaded.error} />
      <Steering person={person} onChange={loaded.reload} />
      {person.status === 'LOCKED' && <Notice tone="bad" isLasting><p>{t('lockedMeans')}</p></Notice>}
      <div class="columns">
        <Facts person={person} />
        <RolesCard person={person} />
      </div>
    </>
  );
}
