// findings.tsx – what a check or a probe has found, one line each.
import { day } from '../format';
import { colon, isWord, language, t } from '../language';
import type { CheckReport, ProbeReport } from '../types';
import type { Tone } from './basics';
import { Icon, type IconName } from './icon';

export const levels: Record<CheckReport['verdict'], { tone: Tone; icon: IconName; word: 'levelOK' | 'levelWARNING' | 'levelFAILED' }> = {
  OK: { tone: 'good', icon: 'check', word: 'levelOK' },
  WARNING: { tone: 'warn', icon: 'warn', word: 'levelWARNING' },
  FAILED: { tone: 'bad', icon: 'stop', word: 'levelFAILED' },
};

/** The server's words are English and have the details; ours are in the page's language. */
export function FindingText({ finding: { code, level, message } }: { finding: CheckReport['findings'][number] }) {
  const key = `finding${code}`;
  if (language() === 'en') return <p>{message}</p>;
  if (!isWord(key)) return <p lang="en">{message}</p>;
  return (
    <>
      <p>{t(key)}</p>
      {level !== 'OK' && <p class="faded" lang="en">{message}</p>}
    </>
  );
}

function Finding({ finding }: { finding: CheckReport['findings'][number] }) {
  const { tone, icon, word } = levels[finding.level];
  const checkKey = `check${finding.check}`;
  return (
    <li class={tone}>
      <Icon name={icon} />
      <div>
        <p><span class="strong">{isWord(checkKey) ? t(checkKey) : finding.check}</span> <span class="unseen">{colon(word)}</span></p>
        <FindingText finding={finding} />
      </div>
    </li>
  );
}

export function Findings({ report }: { report: CheckReport | ProbeReport }) {
  return (
    <>
      <ul class="findings">{report.findings.map((finding) => <Finding key={finding.code} finding={finding} />)}</ul>
      {report.certificates.length > 0 && (
        <details class="fold">
          <summary><Icon name="right" /> <span class="strong">{t('chain')}</span></summary>
          <ul class="chain">
            {report.certificates.map((certificate) => (
              <li key={certificate.subject}>
                <p>{certificate.subject}</p>
                <p class="faded">{t('issuedBy', { issuer: certificate.issuer })}</p>
                <p class="faded">{day(certificate.startDate)} – {day(certificate.expiresDate)}</p>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
