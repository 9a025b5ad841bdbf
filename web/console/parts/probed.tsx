// probed.tsx – settings are tried before they are saved: what would never be delivered is not saved without a word.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../language';
import { call, notifications, ServerError, withQuery } from '../server';
import type { ProbeReport } from '../types';
import { useAction } from '../use';
import { Button, Notice, Problem, type Tone } from './basics';
import { Confirm, Dialog } from './dialog';
import { Findings, FindingText } from './findings';

const patience = 60000;

/** `endpointId`: which one the body would replace, or `callback`; undefined: a new one. */
const probe = (body: object, endpointId: string | undefined): Promise<ProbeReport> =>
  call<ProbeReport>('POST', withQuery(`${notifications}/probes`, { endpointId }), body, { timeoutMs: patience });

const asks = ({ outlook }: ProbeReport): boolean => outlook === 'NEVER' || outlook === 'UNREACHABLE';

const tones: Record<ProbeReport['outlook'], Tone> = { WORKS: 'good', REFUSED: 'warn', UNREACHABLE: 'warn', NEVER: 'bad' };

export interface Probed {
  /** Tries the body, then saves: at once, or when a person says so. What the server refuses is thrown, as saving would. */
  save: (body: object, store: () => Promise<void>) => Promise<void>;
  isTold: boolean; // the view says that it was saved
  view: ComponentChildren; // the question, and what was found when it was saved
  button: (body: () => object) => ComponentChildren; // tries without saving
}

export function useProbed(endpointId: string | undefined): Probed {
  const [asked, setAsked] = useState<{ report: ProbeReport; store?: () => Promise<void> } | null>(null);
  const [saved, setSaved] = useState<ProbeReport | 'unknown' | null>(null);
  const action = useAction();
  const close = () => setAsked(null);
  const save = async (body: object, store: () => Promise<void>) => {
    setSaved(null);
    let report: ProbeReport | null = null;
    try {
      report = await probe(body, endpointId);
    } catch (error) {
      if (error instanceof ServerError && [400, 401, 403, 404, 409].includes(error.status)) throw error;
    }
    if (report && asks(report)) return setAsked({ report, store });
    await store();
    setSaved(report ?? 'unknown');
  };
  const saveAnyway = async () => {
    await asked?.store?.();
    setSaved(asked?.report ?? null);
    close();
  };
  const isTold = saved !== null && (saved === 'unknown' || saved.outlook !== 'WORKS');
  const view = (
    <>
      {saved === 'unknown' && <Notice tone="calm" onClose={() => setSaved(null)}><p>{t('probeUnknown')}</p></Notice>}
      {isTold && saved && saved !== 'unknown' && (
        <Notice tone={tones[saved.outlook]} title={t(`saved${saved.outlook as 'NEVER'}`)} onClose={() => setSaved(null)}>
          <ul>{saved.findings.filter(({ level }) => level === 'FAILED').map((finding) => <li key={finding.code}><FindingText finding={finding} /></li>)}</ul>
        </Notice>
      )}
      {asked?.store && (
        <Confirm title={t(`outlook${asked.report.outlook}`)} confirm={t('saveAnyway')} dismiss={t('keepEditing')} onConfirm={saveAnyway} onClose={close}>
          <p>{t(`outlookText${asked.report.outlook}`)}</p>
          <Findings report={asked.report} />
        </Confirm>
      )}
      {asked && !asked.store && (
        <Dialog title={t(`outlook${asked.report.outlook}`)} onClose={close} actions={<Button kind="primary" onClick={close}>{t('close')}</Button>}>
          <p>{t(`outlookText${asked.report.outlook}`)}</p>
          <Findings report={asked.report} />
        </Dialog>
      )}
      <Problem error={action.error} />
    </>
  );
  const button = (body: () => object) => (
    <Button icon="doctor" isBusy={action.isBusy} onClick={() => void action.run(async () => setAsked({ report: await probe(body(), endpointId) }))}>{t('probeNow')}</Button>
  );
  return { save, isTold, view, button };
}
