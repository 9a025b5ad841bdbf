// probes.tsx – trying an endpoint now: a test event, and a check of everything on the way to it.
import { useState } from 'preact/hooks';
import { typeName, useEventTypes } from '../data';
import { duration, laidOut } from '../format';
import { t } from '../language';
import { Badge, Button, Card, Loading, Notice, Problem } from '../parts/basics';
import { AttemptView } from '../parts/attempt';
import { Findings, levels } from '../parts/findings';
import { SelectField } from '../parts/fields';
import { isSuccess, outcomeText } from '../parts/reason';
import { TransactionChoice } from '../parts/transaction_choice';
import { call, ServerError } from '../server';
import type { CheckReport, Endpoint, TestResult } from '../types';
import type { Transaction } from '../transactions';
import { useAction, useLoaded } from '../use';

const patience = 180000; // an endpoint may have two minutes to answer

/** A server of an earlier version has no such call. */
function NotThere({ error }: { error: unknown }) {
  const isMissing = error instanceof ServerError && (error.status === 404 || error.status === 405) && error.key !== 'error.notFound.endpointNotFound';
  return isMissing ? <Notice tone="calm"><p>{t('notOnThisServer')}</p></Notice> : <Problem error={error} />;
}

/** The body as it would be sent. */
function Preview({ path, name, packageId }: { path: string; name: string; packageId: string }) {
  const shown = useLoaded(`preview ${path} ${name} ${packageId}`, (signal) => call<TestResult>('POST', `${path}/test`, { name, packageId, dryRun: true }, { signal }));
  if (!shown.value) return shown.error ? <Problem error={shown.error} /> : <Loading />;
  return (
    <>
      <h3>{t('testPreview')}</h3>
      <pre tabIndex={0} role="group" aria-label={t('testPreview')} translate={false}>{laidOut(shown.value.body)}</pre>
    </>
  );
}

export function TestCard({ endpoint, path }: { endpoint: Endpoint; path: string }) {
  const types = useEventTypes();
  const [name, setName] = useState(endpoint.events[0] ?? 'PACKAGE_CREATE');
  const [result, setResult] = useState<TestResult | null>(null);
  const [transaction, setTransaction] = useState<Transaction | null>(null);
  const action = useAction();
  const body = { name, ...(transaction && { packageId: transaction.id }) };
  const send = () => action.run(async () => {
    setResult(null);
    setResult(await call<TestResult>('POST', `${path}/test`, body, { timeoutMs: patience }));
  });
  return (
    <Card id="test" title={t('testTitle')}>
      <p class="faded">{t('testText')}</p>
      <div class="fields">
        <SelectField name="testName" label={t('event')} value={name} onChange={setName} choices={(types.value ?? []).map((type) => ({ value: type.name, label: typeName(types.value, type.name) }))} />
        <TransactionChoice label={t('testTransaction')} hint={t('testTransactionHint')} chosen={transaction} onChoose={setTransaction} />
      </div>
      {transaction && !result && <Preview path={path} name={name} packageId={transaction.id} />}
      <p><Button icon="deliveries" isBusy={action.isBusy} onClick={() => void send()}>{t('sendTest')}</Button></p>
      {action.isBusy && <p class="faded" role="status">{t('waitingForAnswer')}</p>}
      <NotThere error={action.error} />
      {result?.attempt && (
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
          <Findings report={result} />
        </div>
      )}
    </Card>
  );
}
