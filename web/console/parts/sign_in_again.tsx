// sign_in_again.tsx – the session has ended: the same person signs in again over the page, and what was typed stays. Anybody else gets
// a page of their own: it is loaded anew.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../language';
import { call, leave, ServerError, signInPath } from '../server';
import type { Session } from '../types';
import { askAside } from './asides';
import { Button, Notice } from './basics';
import { Dialog } from './dialog';
import { PasswordField, TextField, type Problems } from './fields';
import { Form } from './form';

const path = '/api/session';

const isSame = (a: Session, b: Session): boolean => a.user.id === b.user.id && a.account.id === b.account.id;

/** Another tab may have signed in again, or somebody else has. True: the same person is there. */
async function isSignedIn(session: Session): Promise<boolean> {
  const response = await fetch(path, { cache: 'no-store' }).catch(() => null);
  const answer: unknown = await response?.json().catch(() => null);
  if (!response?.ok) return false;
  return isSame(session, answer as Session) || loadAnew();
}

function loadAnew(): Promise<never> {
  leave(location.href, true);
  return new Promise(() => {}); // the page ends
}

interface FormProps {
  session: Session;
  onSignedIn: () => void;
}

function SignInForm({ session, onSignedIn }: FormProps) {
  const { email } = session.user;
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asksCode, setAsksCode] = useState(false);
  const [isRefused, setRefused] = useState(false);
  const form = useRef<HTMLDivElement>(null);
  const digits = code.replace(/\s/g, '');
  useEffect(() => form.current?.querySelector<HTMLElement>('input:not([type=email])')?.focus(), [asksCode]);

  const check = (): Problems => (asksCode ? (/^\d{6}$/.test(digits) ? {} : { code: t('codeInvalid') }) : password ? {} : { password: t('fieldMissing') });
  const submit = async () => {
    setRefused(false);
    try {
      const there = await call<Session>('POST', path, { email, password, ...(asksCode && { code: digits }) }, { isPasswordGiven: true });
      if (!isSame(session, there)) return await loadAnew();
      onSignedIn();
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (error.key === 'error.conflict.signedInAsAnother') return void loadAnew();
      if (error.key === 'error.unauthorised.secondFactorRequired' && !asksCode) return setAsksCode(true);
      if (error.status !== 401) throw error;
      setRefused(true);
    }
  };
  return (
    <div ref={form} class="apart">
      <Form check={check} submit={submit} submitWord={t('signIn')} more={<Button onClick={() => leave(signInPath(), true)}>{t('cancel')}</Button>}>
        {/* Where a password manager looks for whose password it is. */}
        <div class="field">
          <label for="again-email">{t('emailAddress')}</label>
          <input id="again-email" type="email" autocomplete="username" readOnly value={email} />
        </div>
        {asksCode
          ? <TextField name="code" label={t('codeFromApp')} value={code} onChange={setCode} isCode />
          : <PasswordField name="password" label={t('password')} value={password} onChange={setPassword} />}
        {isRefused && <Notice tone="bad" isUrgent><p>{t(asksCode ? 'codeWrong' : 'passwordWrong')}</p></Notice>}
      </Form>
    </div>
  );
}

function SignInDialog({ session, onSignedIn }: FormProps) {
  useEffect(() => {
    const look = () => document.visibilityState === 'visible' && void isSignedIn(session).then((is) => is && onSignedIn());
    document.addEventListener('visibilitychange', look);
    addEventListener('focus', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      removeEventListener('focus', look);
    };
  }, []);
  return (
    <Dialog title={t('againTitle')} isKept onClose={() => undefined}>
      <p>{t('againText')}</p>
      <SignInForm session={session} onSignedIn={onSignedIn} />
    </Dialog>
  );
}

/** Returns when the person is signed in again, and else never: the page is left. */
export async function askAgain(session: Session): Promise<void> {
  if (await isSignedIn(session)) return;
  await askAside<null>((end) => <SignInDialog session={session} onSignedIn={() => end(null)} />);
}
