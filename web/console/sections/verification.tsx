// verification.tsx – whether the audit log is as it was written: the chain of its entries, and one that was noted earlier.
import { useState } from 'preact/hooks';
import { auditPath } from '../audit';
import { number } from '../format';
import { t } from '../language';
import { Card, CopyButton, Notice, Title } from '../parts/basics';
import { TextField, type Problems } from '../parts/fields';
import { Form } from '../parts/form';
import { addressOf, type Parameters } from '../route';
import { call, withQuery } from '../server';
import type { AuditVerification } from '../types';

const wholeLogMs = 10 * 60000; // all of it is read
const isNoted = (text: string): boolean => /^\d+:[0-9a-f]{64}$/.test(text);

function Verdict({ verdict: { entries, whole, brokenAt, head, expected } }: { verdict: AuditVerification }) {
  const noted = `${entries}:${head}`;
  return (
    <>
      {whole
        ? <Notice tone="good"><p class="strong">{t('chainWhole', { count: entries })}</p></Notice>
        : (
          <Notice tone="bad" isUrgent>
            <p class="strong">{t('chainBroken', { number: brokenAt ?? entries + 1 })}</p>
            <p>{t('chainBrokenText')} <a href={addressOf('audit')}>{t('sectionAudit')}</a></p>
          </Notice>
        )}
      {expected !== undefined && (expected
        ? <Notice tone="good"><p>{t('notedThere')}</p></Notice>
        : <Notice tone="bad" isUrgent><p>{t('notedGone')}</p></Notice>)}
      {whole && entries > 0 && (
        <div class="credential">
          <p class="strong" id="to-note">{t('toNote')}</p>
          <p class="key"><code translate={false} aria-labelledby="to-note">{noted}</code></p>
          <CopyButton text={noted} />
          <p class="faded">{t('toNoteText', { number: number(entries) })}</p>
        </div>
      )}
    </>
  );
}

export function VerificationSection(_: { parameters: Parameters }) {
  const [noted, setNoted] = useState('');
  const [verdict, setVerdict] = useState<AuditVerification | null>(null);
  const check = (): Problems => (noted.trim() && !isNoted(noted.trim()) ? { expect: t('notedForm') } : {});
  const verify = async () => {
    setVerdict(null);
    const path = withQuery(`${auditPath}/verification`, { expect: noted.trim() });
    setVerdict(await call<AuditVerification>('GET', path, undefined, { timeoutMs: wholeLogMs }));
  };
  return (
    <>
      <Title lead={t('verificationLead')}>{t('sectionVerification')}</Title>
      <Card>
        <Form check={check} submit={verify} submitWord={t('verify')}>
          <TextField name="expect" label={t('noted')} isOptional isCode hint={t('notedHint')} value={noted} onChange={setNoted} />
        </Form>
        {verdict && <Verdict verdict={verdict} />}
      </Card>
    </>
  );
}
