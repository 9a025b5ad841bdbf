// second_factor.tsx – one's own second factor: set up with the picture or the key, turned off. The key lives in its dialog only.
import { useState } from 'preact/hooks';
import { t } from '../language';
import { Badge, Button, Card, CopyButton, Notice } from '../parts/basics';
import { Dialog } from '../parts/dialog';
import { PasswordField, TextField, type Problems } from '../parts/fields';
import { Form } from '../parts/form';
import { QrCode } from '../parts/qr';
import { authentication, call, ServerError } from '../server';
import { sessionChanged, useSession } from '../session';
import type { Answers } from '../types';

const path = `${authentication}/secondFactor`;
type Offered = Required<Answers['secondFactorPost']>;

const isWrong = (error: unknown): boolean => error instanceof ServerError && error.key === 'error.unauthorised.invalidCredentials';

/** Asks for the password; `act` is told it. */
function PasswordForm({ text, word, act, onClose }: { text: string; word: string; act: (password: string) => Promise<void>; onClose: () => void }) {
  const [password, setPassword] = useState('');
  const [isRefused, setRefused] = useState(false);
  const submit = async () => {
    setRefused(false);
    try {
      await act(password);
    } catch (error) {
      if (!isWrong(error)) throw error;
      setRefused(true);
    }
  };
  return (
    <>
      <p>{text}</p>
      <Form check={(): Problems => (password ? {} : { password: t('fieldMissing') })} submit={submit} submitWord={word} more={<Button onClick={onClose}>{t('cancel')}</Button>}>
        <PasswordField name="password" label={t('password')} value={password} onChange={setPassword} />
        {isRefused && <Notice tone="bad" isUrgent><p>{t('passwordWrong')}</p></Notice>}
      </Form>
    </>
  );
}

function CodeForm({ offered: { secret, uri }, onOn, onClose }: { offered: Offered; onOn: () => void; onClose: () => void }) {
  const [code, setCode] = useState('');
  const [isRefused, setRefused] = useState(false);
  const digits = code.replace(/\s/g, '');
  const confirm = async () => {
    setRefused(false);
    try {
      await call('PUT', path, { code: digits }, { isPasswordGiven: true });
      onOn();
    } catch (error) {
      if (!isWrong(error) && !(error instanceof ServerError && error.status === 400)) throw error;
      setRefused(true);
    }
  };
  return (
    <>
      <p>{t('factorScan')}</p>
      <QrCode text={uri} label={t('qrLabel')} />
      <div class="credential">
        <p id="factor-key">{t('factorKey')}</p>
        <p class="key"><code translate={false} aria-labelledby="factor-key">{secret}</code></p>
        <CopyButton text={secret} />
      </div>
      <Form check={(): Problems => (/^\d{6}$/.test(digits) ? {} : { code: t('codeInvalid') })} submit={confirm} submitWord={t('factorTurnOn')} more={<Button onClick={onClose}>{t('cancel')}</Button>}>
        <TextField name="code" label={t('codeFromApp')} isCode value={code} onChange={setCode} />
        {isRefused && <Notice tone="bad" isUrgent><p>{t('codeWrong')}</p></Notice>}
      </Form>
    </>
  );
}

function SetUpDialog({ onOn, onClose }: { onOn: () => void; onClose: () => void }) {
  const [offered, setOffered] = useState<Offered | null>(null);
  const begin = async (password: string) => setOffered(await call<Offered>('POST', path, { password }, { isPasswordGiven: true }));
  return (
    <Dialog title={t('factorSetUpTitle')} isPanel onClose={onClose}>
      {offered
        ? <CodeForm offered={offered} onOn={onOn} onClose={onClose} />
        : <PasswordForm text={t('factorSetUpText')} word={t('goOn')} act={begin} onClose={onClose} />}
    </Dialog>
  );
}

function TurnOffDialog({ onOff, onClose }: { onOff: () => void; onClose: () => void }) {
  const end = async (password: string) => {
    await call('DELETE', path, { password }, { isPasswordGiven: true });
    onOff();
  };
  return (
    <Dialog title={t('factorTurnOffTitle')} onClose={onClose}>
      <PasswordForm text={t('factorTurnOffText')} word={t('factorTurnOff')} act={end} onClose={onClose} />
    </Dialog>
  );
}

export function SecondFactorCard() {
  const { secondFactor } = useSession();
  const [asking, setAsking] = useState<'on' | 'off' | null>(null);
  const done = () => {
    setAsking(null);
    sessionChanged();
  };
  return (
    <Card id="second-factor" title={t('secondFactor')} aside={<Badge tone={secondFactor ? 'good' : 'calm'} icon={secondFactor ? 'check' : 'power'}>{t(secondFactor ? 'roleOn' : 'roleOff')}</Badge>}>
      <p role="status">{t(secondFactor ? 'factorOn' : 'factorOff')}</p>
      <p>
        {secondFactor
          ? <Button icon="power" onClick={() => setAsking('off')}>{t('factorTurnOff')}</Button>
          : <Button kind="primary" icon="key" onClick={() => setAsking('on')}>{t('factorSetUp')}</Button>}
      </p>
      {asking === 'on' && <SetUpDialog onOn={done} onClose={() => setAsking(null)} />}
      {asking === 'off' && <TurnOffDialog onOff={done} onClose={() => setAsking(null)} />}
    </Card>
  );
}
