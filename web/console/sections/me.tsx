// me.tsx – one's own account: profile, how the pages look, password, second factor, sessions.
import { useEffect, useState } from 'preact/hooks';
import { ShortcutSwitch } from '../help';
import { language, speak, t, type Language } from '../language';
import { Button, Card, Loading, Notice, Problem, Title } from '../parts/basics';
import { RadioField, SelectField, TextField } from '../parts/fields';
import { Form } from '../parts/form';
import { useUnsaved } from '../parts/unsaved';
import { pathOfSender } from '../people';
import { addressOf, type Parameters } from '../route';
import { call, get, leave } from '../server';
import { sessionChanged, useSession } from '../session';
import { theme, wear, type Theme } from '../theme';
import { useAction, useDraft, useLoaded } from '../use';
import { change as store } from '../versions';
import type { StoredSender } from '../types';
import { PasswordCard } from './password';
import { SecondFactorCard } from './second_factor';

const languages = [{ value: 'en', label: 'English' }, { value: 'fr', label: 'Français' }];

const draftOf = ({ firstName, lastName, language: mails }: StoredSender) => ({ firstName, lastName, mails });
const bodyOf = ({ firstName, lastName, mails }: ReturnType<typeof draftOf>) => ({ firstName: firstName.trim(), lastName: lastName.trim(), language: mails });

function ProfileForm({ stored, onStored }: { stored: StoredSender; onStored: () => void }) {
  const { base, draft, isDirty, change, reset } = useDraft(stored, draftOf);
  const { firstName, lastName, mails } = draft;
  const [isSaved, setSaved] = useState(false);
  useUnsaved(isDirty);
  const check = () => Object.fromEntries(Object.entries({ firstName, lastName }).filter(([, name]) => !name.trim()).map(([member]) => [member, t('fieldMissing')]));
  const save = async () => {
    setSaved(false);
    reset(await store<StoredSender, StoredSender>({ method: 'POST', path: pathOfSender(stored.id), base, body: bodyOf(draft), bodyOf: (now) => bodyOf(draftOf(now)) }));
    setSaved(true);
    onStored();
    sessionChanged();
  };
  const known = languages.some(({ value }) => value === mails) ? languages : [...languages, { value: mails, label: mails }];
  return (
    <Form check={check} submit={save} submitWord={t('save')} isDirty={isDirty}>
      <TextField name="firstName" label={t('firstName')} value={firstName} onChange={(text) => change({ firstName: text })} />
      <TextField name="lastName" label={t('lastName')} value={lastName} onChange={(text) => change({ lastName: text })} />
      <SelectField name="language" label={t('languageOfMyMails')} value={mails} onChange={(wanted) => change({ mails: wanted })} choices={known} />
      {isSaved && <Notice tone="good" onClose={() => setSaved(false)}><p>{t('saved')}</p></Notice>}
    </Form>
  );
}

function ProfileCard() {
  const { user } = useSession();
  const stored = useLoaded('profile', (signal) => get<StoredSender>(pathOfSender(user.id), signal));
  return (
    <Card id="profile" title={t('profile')}>
      <Problem error={stored.error} onRetry={stored.reload} />
      {stored.value ? <ProfileForm stored={stored.value} onStored={stored.reload} /> : !stored.error && <Loading />}
    </Card>
  );
}

function DisplayCard() {
  const [worn, setWorn] = useState(theme());
  const choose = (wanted: string) => {
    wear(wanted as Theme);
    setWorn(wanted as Theme);
  };
  return (
    <Card id="display" title={t('display')}>
      <SelectField name="console" label={t('languageOfConsole')} hint={t('displayHint')} value={language()} onChange={(wanted) => void speak(wanted as Language)} choices={languages} />
      <RadioField name="theme" label={t('themeOf')} value={worn} onChange={choose} choices={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(`theme_${value}`) }))} isInline />
      <ShortcutSwitch />
    </Card>
  );
}

function SessionsCard() {
  const leaving = useAction();
  const signOut = () => leaving.run(async () => {
    await call('DELETE', '/api/sessions');
    leave('/login');
  });
  return (
    <Card id="sessions" title={t('sectionSessions')} aside={<a href={addressOf('sessions')}>{t('sessionsShow')}</a>}>
      <p>{t('sessionsText')}</p>
      <p><Button icon="out" isBusy={leaving.isBusy} onClick={() => void signOut()}>{t('signOutEverywhere')}</Button></p>
      <Problem error={leaving.error} />
    </Card>
  );
}

/** A link may lead to one card. */
function useCard(id: string | undefined): void {
  useEffect(() => {
    const frame = requestAnimationFrame(() => id && document.getElementById(id)?.focus()); // after the title had it
    return () => cancelAnimationFrame(frame);
  }, [id]);
}

export function MeSection({ parameters }: { parameters: Parameters }) {
  const { user } = useSession();
  useCard(parameters.card);
  return (
    <>
      <Title lead={t('meLead', { email: user.email })}>{t('myAccount')}</Title>
      <div class="columns">
        <ProfileCard />
        <PasswordCard />
        <SecondFactorCard />
        <DisplayCard />
        <SessionsCard />
      </div>
    </>
  );
}
