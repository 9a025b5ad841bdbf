// password.tsx – one's own password: a new one with the old one, and the second factor where there is one. It ends every session, so
// that one signs in again.
import { useState } from 'preact/hooks';
import { t } from '../language';
import { Button, Card, Notice, Problem } from '../parts/basics';
import { PasswordField, TextField, type Problems } from '../parts/fields';
import { Form } from '../parts/form';
import { pathOfSender } from '../people';
import { call, leave, ServerError, signInPath } from '../server';
import { useSession } from '../session';
import { useAction } from '../use';

const lengthMin = 12;

function LinkByMail() {
  const { user } = useSession();
  const [isSent, setSent] = useState(false);
  const sending = useAction();
  const send = () => sending.run(async () => {
    await call('POST', `${pathOfSender(user.id)}/resetpassword`);
    setSent(true);
  });
  return (
    <>
      <Button kind="quiet" isBusy={sending.isBusy} onClick={() => void send()}>{t('newPasswordLink')}</Button>
      <Problem error={sending.error} />
      {isSent && <Notice tone="good" onClose={() => setSent(false)}><p>{t('newPasswordSent', { email: user.email })}</p></Notice>}
    </>
  );
}

export function PasswordCard() {
  const { user, secondFactor } = useSession();
  const [old, setOld] = useState('');
  const [wanted, setWanted] = useState('');
  const [code, setCode] = useState('');
  const [isRefused, setRefused] = useState(false);
  const digits = code.replace(/\s/g, '');
  const check = (): Problems => ({
    ...(!old && { password: t('fieldMissing') }),
    ...([...wanted].length < lengthMin && { newPassword: t('newPasswordShort') }),
    ...(secondFactor && !/^\d{6}$/.test(digits) && { code: t('codeInvalid') }),
  });
  const change = async () => {
    setRefused(false);
    try {
      await call('POST', `${pathOfSender(user.id)}/password`, { password: old, newPassword: wanted, ...(secondFactor && { code: digits }) }, { isPasswordGiven: true });
    } catch (error) {
      if (!(error instanceof ServerError && error.status === 401)) throw error;
      return setRefused(true);
    }
    leave(signInPath());
  };
  return (
    <Card id="password" title={t('ownPassword')}>
      <Form check={check} submit={change} submitWord={t('changePassword')}>
        <PasswordField name="password" label={t('currentPassword')} value={old} onChange={setOld} />
        <PasswordField name="newPassword" label={t('newPassword')} hint={t('newPasswordHint')} isNew value={wanted} onChange={setWanted} />
        {secondFactor && <TextField name="code" label={t('codeForPassword')} isCode value={code} onChange={setCode} />}
        <p class="faded">{t('changePasswordHint')}</p>
        {isRefused && <Notice tone="bad" isUrgent><p>{t(secondFactor ? 'passwordOrCodeWrong' : 'passwordWrong')}</p></Notice>}
      </Form>
      <LinkByMail />
    </Card>
  );
}
