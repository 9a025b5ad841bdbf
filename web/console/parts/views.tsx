// views.tsx – above a list: its saved views, and saving what is looked at as one.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../language';
import { addressOf, type Parameters, type Section } from '../route';
import { useSession } from '../session';
import { forgetView, keepView, onViews, viewNameMax, viewsOf, type View } from '../views';
import { Button, Notice } from './basics';
import { TextField, type Problems } from './fields';
import { Form } from './form';

const filterOf = (parameters: Parameters): string => JSON.stringify(Object.entries(parameters).filter(([, value]) => value).sort());

function SaveForm({ view, onSaved, onClose }: { view: Omit<View, 'name'>; onSaved: () => void; onClose: () => void }) {
  const { user } = useSession();
  const [name, setName] = useState('');
  const [isRefused, setRefused] = useState(false);
  const check = (): Problems => {
    if (!name.trim()) return { viewName: t('fieldMissing') };
    return [...name.trim()].length > viewNameMax ? { viewName: t('nameTooLong', { count: viewNameMax }) } : {};
  };
  const save = async () => (keepView(user.id, { ...view, name: name.trim() }) ? onSaved() : setRefused(true));
  return (
    <Form check={check} submit={save} submitWord={t('save')} more={<Button kind="quiet" onClick={onClose}>{t('cancel')}</Button>}>
      <TextField name="viewName" label={t('viewName')} hint={t('viewNameHint')} value={name} onChange={setName} />
      {isRefused && <Notice tone="bad" isUrgent><p>{t('viewNotKept')}</p></Notice>}
    </Form>
  );
}

/** `parameters`: what the list is filtered by, without the page. */
export function SavedViews({ section, parameters }: { section: Section; parameters: Parameters }) {
  const { user } = useSession();
  const [, setRound] = useState(0);
  const [isNaming, setNaming] = useState(false);
  useEffect(() => onViews(() => setRound((round) => round + 1)), []);
  const filter = filterOf(parameters);
  useEffect(() => setNaming(false), [filter]);
  const views = viewsOf(user.id).filter((view) => view.section === section);
  const isSaved = views.some((view) => filterOf(view.parameters) === filter);
  if (views.length === 0 && filter === '[]') return null;
  return (
    <div class="saved-views">
      {views.length > 0 && (
        <ul class="row" aria-label={t('savedViews')}>
          {views.map((view) => (
            <li key={view.name}>
              <a href={addressOf(section, view.parameters)} aria-current={filterOf(view.parameters) === filter ? 'true' : undefined}>{view.name}</a>
              <Button kind="quiet" icon="cross" label={t('forgetView', { name: view.name })} onClick={() => forgetView(user.id, view)} />
            </li>
          ))}
        </ul>
      )}
      {!isSaved && filter !== '[]' && !isNaming && <Button kind="quiet" icon="plus" onClick={() => setNaming(true)}>{t('saveView')}</Button>}
      {isNaming && <SaveForm view={{ section, parameters }} onSaved={() => setNaming(false)} onClose={() => setNaming(false)} />}
    </div>
  );
}
