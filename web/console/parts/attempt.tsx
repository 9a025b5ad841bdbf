// attempt.tsx – one request that was made: how long each phase took, as a bar, and all that is known of it.
import { clockOf, duration } from '../format';
import { isWord, t, type Word } from '../language';
import type { Attempt, AttemptInFull } from '../types';
import { CopyButton } from './basics';
import { Icon } from './icon';

export const phases = ['name', 'connect', 'tls', 'send', 'answer', 'body'] as const;
type Phase = (typeof phases)[number];

export const phaseWords: Record<Phase, Word> = { name: 'phaseNAME', connect: 'phaseCONNECT', tls: 'phaseTLS', send: 'phaseSEND', answer: 'phaseANSWER', body: 'phaseBODY' };

/** Lists of deliveries tell less of an attempt. */
type ShownAttempt = Attempt & Partial<AttemptInFull>;

/** The server tells when each was over, counted from the start; 0 for what did not happen, or not again. */
export function phaseLengths({ timings, durationMs }: ShownAttempt): [Phase, number][] {
  if (!timings) return [['answer', durationMs]];
  const ends: [Phase, number][] = [['name', timings.nameMs], ['connect', timings.connectMs], ['tls', timings.tlsMs], ['send', timings.sendMs], ['answer', timings.firstByteMs]];
  let before = 0;
  const lengths = ends.map(([phase, end]): [Phase, number] => {
    const length = Math.max(0, end - before);
    before = Math.max(before, end);
    return [phase, length];
  });
  // What was left when it failed belongs to the phase it failed in.
  const rest: Phase = timings.firstByteMs > 0 ? 'body' : timings.tlsMs > 0 || timings.connectMs > 0 ? 'answer' : timings.nameMs > 0 ? 'connect' : 'name';
  return [...lengths, [rest, Math.max(0, durationMs - before)] as [Phase, number]].filter(([, length]) => length > 0);
}

export function PhaseBar({ attempt, longestMs }: { attempt: ShownAttempt; longestMs: number }) {
  const lengths = phaseLengths(attempt);
  const label = lengths.map(([phase, length]) => `${t(phaseWords[phase])} ${duration(length)}`).join(', ');
  let x = 0;
  return (
    <svg class="phase-bar" viewBox="0 0 1000 14" preserveAspectRatio="none" role="img" aria-label={label}>
      {lengths.map(([phase, length], i) => {
        const width = Math.max(2, (length / Math.max(longestMs, 0.001)) * 1000);
        const bar = <rect key={i} class={`phase-${phase}`} x={x} y={0} width={width} height={14} />;
        x += width;
        return bar;
      })}
    </svg>
  );
}

/** When each phase was over, from the start of the attempt: what came of it, one after the other. */
function Milestones({ attempt, queued }: { attempt: ShownAttempt; queued?: string }) {
  const { timings, durationMs, startedDate, tls } = attempt;
  if (!timings || durationMs <= 0) return null;
  const points: [Word, number][] = [['pointNAME', timings.nameMs], ['pointCONNECT', timings.connectMs], ['pointTLS', tls ? timings.tlsMs : 0], ['pointSEND', timings.sendMs], ['pointANSWER', timings.firstByteMs], [attempt.error ? 'pointFAILED' : 'pointDONE', durationMs]];
  const inOrder = points.filter(([, at]) => at > 0);
  return (
    <ol class="milestones">
      {queued && <li><span>{t('pointQUEUED')}</span> <time dateTime={queued}>{clockOf(queued)}</time></li>}
      <li><span>{t('pointSTART')}</span> <time dateTime={startedDate}>{clockOf(startedDate)}</time></li>
      {inOrder.map(([word, at]) => <li key={word}><span>{t(word)}</span> <span class="faded">{at < 0.05 ? '' : '+'}{duration(at)}</span></li>)}
    </ol>
  );
}

export function PhaseLegend() {
  return (
    <ul class="legend">
      {phases.map((phase) => <li key={phase}><span class={`swatch phase-${phase}`} /> {t(phaseWords[phase])}</li>)}
    </ul>
  );
}

function Block({ title, text, children }: { title: string; text: string; children?: preact.ComponentChildren }) {
  return (
    <div class="block">
      <div class="card-head"><h4>{title}</h4>{text && <CopyButton text={text} />}</div>
      {text ? <pre tabIndex={0} aria-label={title}>{text}</pre> : <p class="faded">{t('empty')}</p>}
      {children}
    </div>
  );
}

/** `body` where it is known to be of this attempt; `queued`: since when it waited for it. */
export function AttemptView({ attempt, longestMs, body, queued }: { attempt: ShownAttempt; longestMs: number; body?: string; queued?: string }) {
  const phaseKey = `phase${attempt.phase}`;
  return (
    <div class="attempt">
      <PhaseBar attempt={attempt} longestMs={longestMs} />
      <p class="faded phase-times">
        {phaseLengths(attempt).map(([phase, length], i) => <span key={i}><span class={`swatch phase-${phase}`} /> {t(phaseWords[phase])} {duration(length)}</span>)}
      </p>
      <details class="fold">
        <summary><Icon name="right" /> <span class="strong">{t('requestAndReply')}</span></summary>
        <Milestones attempt={attempt} queued={queued} />
        <dl class="facts">
          {attempt.address && <div><dt>{t('address')}</dt><dd><code>{attempt.address}</code></dd></div>}
          {attempt.tls && <div><dt>TLS</dt><dd>{attempt.tls}</dd></div>}
          {attempt.phase && <div><dt>{t('endedIn')}</dt><dd>{isWord(phaseKey) ? t(phaseKey) : attempt.phase}</dd></div>}
        </dl>
        {attempt.requestHead !== undefined && <Block title={t('requestHead')} text={attempt.requestHead} />}
        {body !== undefined && <Block title={t('body')} text={body} />}
        {attempt.replyHead && <Block title={t('replyHead')} text={attempt.replyHead} />}
        <Block title={t('replyStart')} text={attempt.replyStart} />
      </details>
    </div>
  );
}
