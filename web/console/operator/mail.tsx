// mail.tsx – what the server sends to people: what waits, what was given up and why; sending it now, or never.
import { useState } from 'preact/hooks';
import { number } from '../format';
import { t } from '../language';
import { Button, Due, Empty, LinkButton, Loading, Moment, Problem, Title } from '../parts/basics';
import { Confirm } from '../parts/dialog';
import { SelectField } from '../parts/fields';
import { WideTable, type Column } from '../parts/table';
import { go } from '../route';
import { withQuery } from '../server';
import type { Answers, OutgoingMail } from '../types';
import { useAction, useLoaded } from '../use';
import type { ViewProps } from './accounts';
import { addressOfView, look, operate } from './server';

const states = ['WAITING', 'GIVEN_UP', 'SENT', 'CANCELLED'] as const;

const pathOf = ({ accountId, id }: OutgoingMail, verb: string): string => `mails/${encodeURIComponent(accountId)}/${encodeURIComponent(id)}/${verb}`;

function columnsOf(retry: (mail: OutgoingMail) => void, cancel: (mail: OutgoingMail) => void): Column<OutgoingMail>[] {
  return [
    { title: t('mailTo'), kind: 'what', cell: ({ recipient, subject }) => <>{recipient}<span class="block faded">{subject}</span></> },
    { title: t('account'), cell: ({ accountId }) => <a href={addressOfView('accounts', { id: accountId })}><code>{accountId}</code></a> },
    { title: t('created'), cell: ({ createdDate }) => <Moment date={createdDate} /> },
    { title: t('mailAttempts'), cell: ({ attempts }) => number(attempts) },
    { title: t('mailDue'), cell: ({ nextAttemptDate }) => (nextAttemptDate ? <Due date={nextAttemptDate} /> : '–') },
    { title: t('mailReason'), cell: ({ reason }) => reason || '–' },
    {
      title: t('details'),
      kind: 'end',
      isUntitled: true,
      cell: (mail) => (
        <div class="row">
          {mail.mayRetry && <Button label={`${t('mailRetry')} – ${mail.recipient}`} onClick={() => retry(mail)}>{t('mailRetry')}</Button>}
          {mail.mayCancel && <Button kind="quiet" label={`${t('mailCancel')} – ${mail.recipient}`} onClick={() => cancel(mail)}>{t('mailCancel')}</Button>}
        </div>
      ),
    },
  ];
}

export function MailView({ parameters }: ViewProps) {
  const state = states.find((known) => known === parameters.state) ?? 'WAITING';
  const { after = '' } = parameters;
  const loaded = useLoaded(`mails ${state} ${after}`, (signal) => look<Answers['operatorMails']>(withQuery('mails', { state, after }), signal));
  const [cancelling, setCancelling] = useState<OutgoingMail | null>(null);
  const action = useAction();
  const retry = (mail: OutgoingMail) => void action.run(async () => {
    await operate('POST', pathOf(mail, 'retry'));
    loaded.reload();
  });
  const cancel = async () => {
    if (cancelling) await operate('POST', pathOf(cancelling, 'cancel'));
    setCancelling(null);
    loaded.reload();
  };
  return (
    <>
      <Title lead={t('mailLead')}>{t('sectionMail')}</Title>
      <div class="history-search">
        <SelectField name="state" label={t('inState')} value={state} onChange={(value) => go(addressOfView('mail', { state: value }))} choices={states.map((value) => ({ value, label: t(`mailState${value}`) }))} />
        <Button icon="replay" onClick={loaded.reload}>{t('mailRefresh')}</Button>
      </div>
      <Problem error={loaded.error ?? action.error} onRetry={loaded.reload} />
      {loaded.value ? (
        <>
          {loaded.value.results.length > 0
            ? <WideTable caption={t('sectionMail')} columns={columnsOf(retry, setCancelling)} items={loaded.value.results} keyOf={({ id }) => id} />
            : <Empty icon="mail" title={t('mailNone')} />}
          {loaded.value.next && <p class="more"><LinkButton icon="down" href={addressOfView('mail', { state, after: loaded.value.next })}>{t('accountsMore')}</LinkButton></p>}
        </>
      ) : !loaded.error && <Loading />}
      {cancelling && <Confirm title={t('mailCancelTitle')} confirm={t('mailCancel')} dismiss={t('close')} onConfirm={cancel} onClose={() => setCancelling(null)}><p>{cancelling.recipient} · {cancelling.subject}</p><p>{t('mailCancelText')}</p></Confirm>}
    </>
  );
}
