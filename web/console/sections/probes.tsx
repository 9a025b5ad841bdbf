// probes.tsx – trying an endpoint now: a test event, and a check of everything on the way to it.
import { useState } from 'preact/hooks';
import { typeName, useEventTypes } from '../data';
import { day, duration, laidOut } from '../format';
import { isWord, language, t } from '../language';
import { Badge, Button, Card, Notice, Problem, type Tone } from '../parts/basics';
import { AttemptView } from '../parts/attempt';
import { SelectField } from '../parts/fields';
import { Icon, type IconName } from '../parts/icon';
import { isSuccess, outcomeText } from '../parts/reason';
import { call, ServerError } from '../server';
import type { CheckReport, Endpoint, TestResult } from '../types';
import { useAction } from '../use';

const patience = 180000; // an endpoint may have two minutes to answer

/** A server of an earlier version has no such call. */
function NotThere({ error }: { error: unknown }) {
  const isMissing = error instanceof ServerError && (error.status === 404 || error.status === 405) && error.key !== 'error.notFound.endpointNotFound';
  return isMissing ? <Notice tone="calm"><p>{t('notOnThisServer')}</p></Notice> : <Problem error={error} />;
}

export function TestCard({ endpoint, path }: { endpoint: Endpoint; path: string }) {
  const types = useEventTypes();
  const [name, setName] = useState(endpoint.events[0] ?? 'PACKAGE_CREATE');
  const [result, setResult] = useState<TestResult | null>(null);
  const action = useAction();
  const send = () => action.run(async () => {
    setResult(null);
    setResult(await call<TestResult>('POST', `${path}/test`, { name }, { timeoutMs: patience }));
  });
  return (
    <Card id="test" title={t('testTitle')}>
      <p class="faded">{t('testText')}</p>
      <div class="inline-form">
        <SelectField name="testName" label={t('event')} value={name} onChange={setName} choices={(types.value ?? []).map((type) => ({ value: type.name, label: typeName(types.value, type.name) }))} />
        <Button icon="deliveries" isBusy={action.isBusy} onClick={() => void send()}>{t('sendTest')}</Button>
      </div>
      {action.isBusy && <p class="faded" role="status">{t('waitingForAnswer')}</p>}
      <NotThere error={action.error} />
      {result && (
        <div role="status">
          <p class="verdict">
            <Badge tone={isSuccess(result.attempt) ? 'good' : 'bad'}>{t(isSuccess(result.attempt) ? 'testAccepted' : 'testRefused')}</Badge> {outcomeText(result.attempt)} · {duration(result.attempt.durationMs)}
          </p>
          {result.problem && <p class="problem-text">{result.problem}</p>}
          <AttemptView attempt={result.attempt} longestMs={result.attempt.durationMs} body={laidOut(result.body)} />
        </div>
      )}
    </Card>
  );
}

const levels: Record<CheckReport['verdict'], { tone: Tone; icon: IconName; word: 'levelOK' | 'levelWARNING' | 'levelFAILED' }> = {
  OK: { tone: 'good', icon: 'check', word: 'levelOK' },
  WARNING: { tone: 'warn', icon: 'warn', word: 'levelWARNING' },
  FAILED: { tone: 'bad', icon: 'stop', word: 'levelFAILED' },
};

/** The server's words are English and have the details; ours are in the page's language. */
function Finding({ finding }: { finding: CheckReport['findings'][number] }) {
  const { tone, icon, word } = levels[finding.level];
  const key = `finding${finding.code}`;
  const checkKey = `check${finding.check}`;
  const isOurs = language() !== 'en' && isWord(key);
  return (
    <li class={tone}>
      <Icon name={icon} />
      <div>
        <p><span class="strong">{isWord(checkKey) ? t(checkKey) : finding.check}</span> <span class="unseen">{t(word)}:</span></p>
        <p>{isOurs ? t(key) : finding.message}</p>
        {isOurs && finding.level !== 'OK' && <p class="faded" lang="en">{finding.message}</p>}
      </div>
    </li>
  );
}

export function CheckCard({ path }: { path: string }) {
  const [result, setResult] = useState<CheckReport | null>(null);
  const action = useAction();
  const check = () => action.run(async () => {
    setResult(null);
    setResult(await call<CheckReport>('POST', `${path}/check`, {}, { timeoutMs: patience }));
  });
  return (
    <Card id="check" title={t('checkTitle')}>
      <p class="faded">{t('checkText')}</p>
      <Button icon="doctor" isBusy={action.isBusy} onClick={() => void check()}>{t('runCheck')}</Button>
      {action.isBusy && <p class="faded" role="status">{t('waitingForAnswer')}</p>}
      <NotThere error={action.error} />
      {result && (
        <div role="status">
          <p class="verdict"><Badge tone={levels[result.verdict].tone} icon={levels[result.verdict].icon}>{t(`verdict${result.verdict}`)}</Badge></p>
          <ul class="findings">{result.findings.map((finding) => <Finding key={finding.code} finding={finding} />)}</ul>
          {result.certificates.length > 0 && (
            <details class="fold">
              <summary><Icon name="right" /> <span class="strong">{t('chain')}</span></summary>
              <ul class="chain">
                {result.certificates.map((certificate) => (
                  <li key={certificate.subject}>
                    <p>{certificate.subject}</p>
                    <p class="faded">{t('issuedBy', { issuer: certificate.issuer })}</p>
                    <p class="faded">{day(certificate.startDate)} – {day(certificate.expiresDate)}</p>
                  </li>
                ))}
              </ul>
            </details>
          )}
        </div>
      )}
    </Card>
  );
}
