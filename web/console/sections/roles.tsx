// roles.tsx – the account's roles, with what each allows in words; making, changing and deleting those of its own.
import { useState } from 'preact/hooks';
import { t } from '../language';
import { Badge, Button, Card, Empty, Loading, Notice, Problem, Title } from '../parts/basics';
import { Confirm, Dialog } from '../parts/dialog';
import { CheckField, CheckGroup, Switch, TextField } from '../parts/fields';
import { Form } from '../parts/form';
import { HistoryLink } from '../parts/history_link';
import { mayGive, pathOfRole, permissionWord, permissions, roleDescription, roleName, rolesPath, useRoles } from '../people';
import { addressOf, type Parameters } from '../route';
import { call, get, ServerError } from '../server';
import { has, useSession } from '../session';
import type { Answers, StoredAccountRole } from '../types';
import { useDraft, useLoaded } from '../use';
import { change as store } from '../versions';
import { nameProblem } from './client_apps';

const newRole: Omit<StoredAccountRole, 'id'> = { name: '', description: '', permissions: [], enabled: true, inherited: false, predefined: false };

type Draft = Omit<StoredAccountRole, 'id'>;

const draftOf = (stored: Draft): Draft => stored;
const bodyOf = ({ name, description, permissions: chosen, enabled }: Draft) => ({ name: name.trim(), description: description.trim(), permissions: chosen, enabled });

/** Of one that is changed the list has no version: it is read first. */
function ChangePanel({ id, name, ...rest }: { id: string; name: string; onSaved: () => void; onClose: () => void }) {
  const role = useLoaded(`role ${id}`, (signal) => get<StoredAccountRole>(pathOfRole(id), signal));
  if (role.value) return <RolePanel role={role.value} {...rest} />;
  return <Dialog title={t('changeRoleOf', { name })} isPanel onClose={rest.onClose}>{role.error ? <Problem error={role.error} onRetry={role.reload} /> : <Loading />}</Dialog>;
}

function RolePanel({ role, onSaved, onClose }: { role: StoredAccountRole | null; onSaved: () => void; onClose: () => void }) {
  const session = useSession();
  const { base, draft, isDirty, change } = useDraft<Draft, Draft>(role ?? newRole, draftOf);
  const turn = (permission: StoredAccountRole['permissions'][number]) => (isOn: boolean) =>
    change({ permissions: isOn ? [...draft.permissions, permission] : draft.permissions.filter((other) => other !== permission) });
  const save = async () => {
    const body = bodyOf(draft);
    await (role ? store<StoredAccountRole, Draft>({ method: 'PUT', path: pathOfRole(role.id), base, body, bodyOf, history: ['role', role.id] }) : call('POST', rolesPath, body));
    onSaved();
  };
  return (
    <Dialog title={role ? t('changeRoleOf', { name: role.name }) : t('newRole')} isPanel onClose={onClose}>
      <Form check={() => nameProblem(draft.name)} submit={save} submitWord={t('save')} isDirty={isDirty} more={<Button onClick={onClose}>{t('cancel')}</Button>}>
        <TextField name="name" label={t('roleName')} value={draft.name} onChange={(name) => change({ name })} />
        <TextField name="description" label={t('roleDescription')} isOptional value={draft.description} onChange={(description) => change({ description })} />
        <CheckGroup name="permissions" legend={t('permissions')}>
          {permissions.filter((permission) => has(session, permission)).map((permission) => (
            <CheckField key={permission} name={permission} label={permissionWord(permission)} code={permission} isOn={draft.permissions.includes(permission)} onChange={turn(permission)} />
          ))}
        </CheckGroup>
        {role && <Switch label={t('roleEnabled')} hint={t('roleEnabledHint')} isOn={draft.enabled} onChange={(enabled) => change({ enabled })} />}
      </Form>
    </Dialog>
  );
}

/** One that somebody has is not deleted: the server says so with 304, and the page before anybody tries. */
function DeleteDialog({ role, onDeleted, onClose }: { role: StoredAccountRole; onDeleted: () => void; onClose: () => void }) {
  const session = useSession();
  const path = `${pathOfRole(role.id)}/users`;
  const users = useLoaded(path, (signal) => (has(session, 'sender_admin.users') ? get<Answers['roleUsersGet']>(path, signal) : Promise.resolve([])));
  const [isRefused, setRefused] = useState(false);
  const count = users.value?.length ?? 0;
  const remove = async () => {
    try {
      await call('DELETE', pathOfRole(role.id));
      onDeleted();
    } catch (error) {
      if (!(error instanceof ServerError && error.status === 304)) throw error;
      setRefused(true);
    }
  };
  if (count > 0) {
    return (
      <Dialog title={t('deleteRoleTitle', { name: role.name })} onClose={onClose} actions={<Button onClick={onClose}>{t('cancel')}</Button>}>
        <p>{t('roleInUse', { count })}</p>
        <p><a href={addressOf('people', { roleId: role.id })}>{t('toPeople')}</a></p>
      </Dialog>
    );
  }
  return (
    <Confirm title={t('deleteRoleTitle', { name: role.name })} confirm={t('deleteRole')} mayConfirm={() => users.value !== undefined} onConfirm={remove} onClose={onClose}>
      {isRefused ? <Notice tone="bad" isUrgent><p>{t('roleInUseNow')}</p></Notice> : users.value ? <p>{t('deleteRoleText')}</p> : <Loading />}
      <Problem error={users.error} onRetry={users.reload} />
    </Confirm>
  );
}

interface RoleCardProps {
  role: StoredAccountRole;
  onChange?: () => void; // of one that may be changed at all
  onDelete?: () => void;
}

function RoleCard({ role, onChange, onDelete }: RoleCardProps) {
  const session = useSession();
  const mayManage = has(session, 'sender_admin.roles');
  const name = roleName(role);
  const description = roleDescription(role);
  return (
    <Card title={name} aside={!role.predefined && <Badge tone={role.enabled ? 'good' : 'calm'} icon={role.enabled ? 'check' : 'power'}>{t(role.enabled ? 'roleOn' : 'roleOff')}</Badge>}>
      {description && <p class="faded">{description}</p>}
      {role.permissions.length > 0
        ? <ul class="bullets">{role.permissions.map((permission) => <li key={permission}>{permissionWord(permission)}</li>)}</ul>
        : <p>{t('noPermissions')}</p>}
      {onChange && mayManage && (mayGive(role, session)
        ? (
          <div class="row">
            <Button icon="pencil" label={`${t('changeRole')} – ${name}`} onClick={onChange}>{t('changeRole')}</Button>
            <HistoryLink kind="role" subject={role.id} />
            <Button kind="danger" icon="trash" label={`${t('deleteRole')} – ${name}`} onClick={onDelete}>{t('deleteRole')}</Button>
          </div>
        )
        : <p class="faded">{t('strongerRole')}</p>)}
    </Card>
  );
}

export function RolesSection(_: { parameters: Parameters }) {
  const session = useSession();
  const roles = useRoles();
  const [editing, setEditing] = useState<StoredAccountRole | 'new' | null>(null);
  const [deleting, setDeleting] = useState<StoredAccountRole | null>(null);
  const done = () => {
    setEditing(null);
    setDeleting(null);
    roles.reload();
  };
  const own = roles.value?.filter(({ predefined }) => !predefined);
  const add = has(session, 'sender_admin.roles') && <Button kind="primary" icon="plus" onClick={() => setEditing('new')}>{t('newRole')}</Button>;
  return (
    <>
      <Title lead={t('rolesLead')} aside={add}>{t('sectionRoles')}</Title>
      <Problem error={roles.error} onRetry={roles.reload} />
      {!roles.value || !own ? !roles.error && <Loading /> : (
        <>
          <h2>{t('ownRoles')}</h2>
          {own.length === 0
            ? <Empty icon="roles" title={t('rolesNone')}><p>{t('rolesNoneText')}</p></Empty>
            : <div class="kinds">{own.map((role) => <RoleCard key={role.id} role={role} onChange={() => setEditing(role)} onDelete={() => setDeleting(role)} />)}</div>}
          <h2>{t('predefinedRoles')}</h2>
          <p class="faded">{t('predefinedText')}</p>
          <div class="kinds">{roles.value.filter(({ predefined }) => predefined).map((role) => <RoleCard key={role.id} role={role} />)}</div>
        </>
      )}
      {editing === 'new' && <RolePanel role={null} onSaved={done} onClose={() => setEditing(null)} />}
      {editing && editing !== 'new' && <ChangePanel id={editing.id} name={editing.name} onSaved={done} onClose={() => setEditing(null)} />}
      {deleting && <DeleteDialog role={deleting} onDeleted={done} onClose={() => setDeleting(null)} />}
    </>
  );
}
