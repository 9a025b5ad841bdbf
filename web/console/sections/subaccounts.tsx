// subaccounts.tsx – the accounts within this one, as a tree; adding and renaming them.
import { useState } from 'preact/hooks';
import { t } from '../language';
import { Button, Empty, Loading, Problem, Title } from '../parts/basics';
import { Dialog } from '../parts/dialog';
import { TextField } from '../parts/fields';
import { Form } from '../parts/form';
import { HistoryLink } from '../parts/history_link';
import { Icon } from '../parts/icon';
import type { Parameters } from '../route';
import { call, get } from '../server';
import { has, useSession } from '../session';
import { useLoaded } from '../use';
import { change as store } from '../versions';

const path = '/api/account/subaccounts';
const nameMax = 255;

interface Subaccount {
  id: string;
  name: string;
}

const nameOf = ({ name }: Subaccount) => ({ name: name.trim() });

/** In the list it has no version: it is read first. */
function RenameDialog({ id, ...rest }: { id: string; onSaved: () => void; onClose: () => void }) {
  const subaccount = useLoaded(`subaccount ${id}`, (signal) => get<Subaccount>(`${path}/${encodeURIComponent(id)}`, signal));
  if (subaccount.value) return <NameDialog subaccount={subaccount.value} {...rest} />;
  return <Dialog title={t('rename')} onClose={rest.onClose}>{subaccount.error ? <Problem error={subaccount.error} onRetry={subaccount.reload} /> : <Loading />}</Dialog>;
}

function NameDialog({ subaccount, onSaved, onClose }: { subaccount: Subaccount | null; onSaved: () => void; onClose: () => void }) {
  const [base] = useState(subaccount);
  const [name, setName] = useState(subaccount?.name ?? '');
  const check = (): Record<string, string> => {
    if (!name.trim()) return { name: t('fieldMissing') };
    return name.trim().length > nameMax ? { name: t('numberRange', { minimum: 1, maximum: nameMax }) } : {};
  };
  const save = async () => {
    const body = { name: name.trim() };
    await (base ? store<Subaccount, Subaccount>({ method: 'PUT', path: `${path}/${encodeURIComponent(base.id)}`, base, body, bodyOf: nameOf, history: ['subaccount', base.id] }) : call('POST', path, body));
    onSaved();
  };
  return (
    <Dialog title={subaccount ? t('renameOf', { name: subaccount.name }) : t('newSubaccount')} onClose={onClose}>
      <Form check={check} submit={save} submitWord={t('save')} more={<Button onClick={onClose}>{t('cancel')}</Button>}>
        <TextField name="name" label={t('subaccountName')} value={name} onChange={setName} />
      </Form>
    </Dialog>
  );
}

function Tree({ subaccounts, onRename }: { subaccounts: Subaccount[]; onRename: (subaccount: Subaccount) => void }) {
  const session = useSession();
  return (
    <ul class="tree">
      <li>
        <p class="tree-row"><Icon name="subaccounts" /> <span class="strong grow">{session.account.name}</span> <span class="faded">{t('thisAccount')}</span></p>
        <ul>
          {subaccounts.map((subaccount) => (
            <li key={subaccount.id}>
              <div class="tree-row">
                <span class="grow"><span class="block">{subaccount.name}</span><code class="wire">{subaccount.id}</code></span>
                <Button icon="pencil" label={t('renameOf', { name: subaccount.name })} onClick={() => onRename(subaccount)}>{t('rename')}</Button>
                <HistoryLink kind="subaccount" subject={subaccount.id} />
              </div>
            </li>
          ))}
        </ul>
      </li>
    </ul>
  );
}

function List() {
  const [editing, setEditing] = useState<Subaccount | 'new' | null>(null);
  const loaded = useLoaded('subaccounts', (signal) => get<Subaccount[]>(path, signal));
  const done = () => {
    setEditing(null);
    loaded.reload();
  };
  return (
    <>
      <Title lead={t('subaccountsLead')} aside={<Button kind="primary" icon="plus" onClick={() => setEditing('new')}>{t('newSubaccount')}</Button>}>{t('sectionSubaccounts')}</Title>
      <Problem error={loaded.error} onRetry={loaded.reload} />
      {loaded.value ? loaded.value.length === 0
        ? <Empty icon="subaccounts" title={t('subaccountsNone')}><p>{t('subaccountsNoneText')}</p></Empty>
        : <Tree subaccounts={loaded.value} onRename={setEditing} /> : !loaded.error && <Loading />}
      {editing === 'new' && <NameDialog subaccount={null} onSaved={done} onClose={() => setEditing(null)} />}
      {editing && editing !== 'new' && <RenameDialog id={editing.id} onSaved={done} onClose={() => setEditing(null)} />}
    </>
  );
}

/** Why there is none, and whom to ask. */
function Off({ title, text }: { title: string; text: string }) {
  return (
    <>
      <Title lead={t('subaccountsLead')}>{t('sectionSubaccounts')}</Title>
      <Empty icon="subaccounts" title={title}><p>{text}</p></Empty>
    </>
  );
}

export function SubaccountsSection(_: { parameters: Parameters }) {
  const session = useSession();
  if (!session.accountFeatures.subaccounts) return <Off title={t('subaccountsOff')} text={t('featureOff')} />;
  if (!has(session, 'sender_admin.subaccounts')) return <Off title={t('noSettingsTitle')} text={t('subaccountsOthers')} />;
  return <List />;
}
