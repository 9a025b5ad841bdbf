// use_chart.tsx – calls and tokens over time, as SVG: a small chart for a row of a list, and a large one with the same numbers as a
// table behind it. Kinds of answer differ in their pattern, not only in their colour.
import { useEffect, useRef, useState } from 'preact/hooks';
import { add, callsIn, type AppSummary, type Part } from '../client_app_usage';
import { number } from '../format';
import { t, type Word } from '../language';
import { Button } from './basics';

/* ---- small ---- */

const step = 4;
const callsHeight = 22;
const tokensHeight = 8;

const sumOf = (calls: number, errors: number, tokens: number): string =>
  [t('useCalls', { count: calls }), t('useErrors', { count: errors }), t('useTokens', { count: tokens })].join(', ');

const share = (value: number, most: number, height: number): number => (value > 0 ? Math.max(1, (value / most) * height) : 0);

/** Calls upwards, with the errors among them on top and apart; tokens downwards, to a scale of their own. */
export function SmallUseChart({ summary }: { summary: AppSummary | undefined }) {
  if (!summary) return <span class="faded">{t('useNone')}</span>;
  const { calls, errors, tokens } = summary;
  const [mostCalls, mostTokens] = [Math.max(1, ...calls), Math.max(1, ...tokens)];
  const text = sumOf(add(calls), add(errors), add(tokens));
  return (
    <div class="use-small">
      <svg role="img" aria-label={`${t('useOfMonth')}: ${text}`} viewBox={`0 0 ${calls.length * step} ${callsHeight + tokensHeight + 1}`}>
        {calls.map((all, i) => {
          const height = share(all, mostCalls, callsHeight);
          const bad = share(errors[i] ?? 0, mostCalls, callsHeight);
          const good = Math.max(0, height - bad - (bad > 0 ? 1 : 0));
          return (
            <g key={i}>
              {good > 0 && <rect class="use-good" x={i * step} y={callsHeight - good} width={step - 1} height={good} />}
              {bad > 0 && <rect class="use-bad" x={i * step} y={callsHeight - Math.max(height, bad)} width={step - 1} height={bad} />}
              {(tokens[i] ?? 0) > 0 && <rect class="use-tokens" x={i * step} y={callsHeight + 1} width={step - 1} height={share(tokens[i] ?? 0, mostTokens, tokensHeight)} />}
            </g>
          );
        })}
        <path class="use-axis" d={`M0 ${callsHeight + 0.5}H${calls.length * step}`} />
      </svg>
      <span class="faded" aria-hidden="true">{text}</span>
    </div>
  );
}

/* ---- large ---- */

const kinds = ['good', 'refused', 'failed'] as const;
type Kind = (typeof kinds)[number];
const kindWords: Record<Kind, Word> = { good: 'useGood', refused: 'useRefused', failed: 'useFailed' };

const countOf = ({ counts }: Part, kind: Kind): number =>
  kind === 'good' ? counts.successful + counts.redirection : kind === 'refused' ? counts.clientError : counts.serverError;

const height = 150;
const tokensBand = 50;
const axis = 48; // room for numbers at the left

/** 1, 2 or 5 and zeros: the next one that is not less. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10) * power;
}

function useWidth(): [number, preact.RefObject<HTMLDivElement | null>] {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [width, place];
}

/** The legend always stands beside the chart: the pattern of the bars is here. */
function Swatch({ kind }: { kind: Kind | 'tokens' }) {
  return (
    <svg class="use-swatch" aria-hidden="true" viewBox="0 0 14 14">
      {kind === 'refused' && (
        <defs>
          <pattern id="use-refused" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path class="use-hatch" d="M0 3H6" />
          </pattern>
        </defs>
      )}
      <rect class={`use-${kind}`} x="1" y="1" width="12" height="12" />
    </svg>
  );
}

const titleOf = (part: Part): string =>
  `${part.title}\n${kinds.map((kind) => `${t(kindWords[kind])}: ${number(countOf(part, kind))}`).join('\n')}\n${t('tokensIssued')}: ${number(part.counts.tokens)}`;

function Column({ part, x, width, most, mostTokens }: { part: Part; x: number; width: number; most: number; mostTokens: number }) {
  let y = height;
  const bar = Math.max(2, width * 0.7);
  return (
    <g>
      <title>{titleOf(part)}</title>
      <rect class="use-column" x={x} y={0} width={width} height={height + tokensBand} />
      {kinds.map((kind) => {
        const tall = share(countOf(part, kind), most, height);
        y -= tall;
        return tall > 0 && <rect key={kind} class={`use-${kind}`} x={x + (width - bar) / 2} y={y} width={bar} height={tall} />;
      })}
      {part.counts.tokens > 0 && <rect class="use-tokens" x={x + (width - bar) / 2} y={height + 12} width={bar} height={share(part.counts.tokens, mostTokens, tokensBand - 14)} />}
    </g>
  );
}

function Drawing({ parts, label }: { parts: Part[]; label: string }) {
  const [width, place] = useWidth();
  const most = roundUp(Math.max(1, ...parts.map(({ counts }) => callsIn(counts))));
  const mostTokens = Math.max(1, ...parts.map(({ counts }) => counts.tokens));
  const column = Math.max(0, width - axis) / parts.length;
  return (
    <div class="use-large" ref={place}>
      {width > 0 && (
        <svg role="img" aria-label={label} width={width} height={height + tokensBand}>
          {(most > 1 ? [0, most / 2, most] : [0, most]).map((value) => {
            const y = Math.round(height - (value / most) * height) + (value === most ? 0.5 : -0.5);
            return (
              <g key={value}>
                <path class="use-axis" d={`M${axis} ${y}H${width}`} />
                <text x={axis - 8} y={Math.max(11, y + 4)} text-anchor="end">{number(value)}</text>
              </g>
            );
          })}
          <text x={axis - 8} y={height + 26} text-anchor="end">{number(mostTokens)}</text>
          {parts.map((part, i) => <Column key={part.title} part={part} x={axis + i * column} width={column} most={most} mostTokens={mostTokens} />)}
        </svg>
      )}
      <p class="use-ends faded" aria-hidden="true"><span>{parts[0]?.title}</span><span>{parts.at(-1)?.title}</span></p>
    </div>
  );
}

function NumberTable({ parts, label }: { parts: Part[]; label: string }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            {kinds.map((kind) => <th key={kind} scope="col" class="number">{t(kindWords[kind])}</th>)}
            <th scope="col" class="number">{t('tokensIssued')}</th>
          </tr>
        </thead>
        <tbody>
          {[...parts].reverse().map((part) => (
            <tr key={part.title}>
              <th scope="row">{part.title}</th>
              {kinds.map((kind) => <td key={kind} class="number">{number(countOf(part, kind))}</td>)}
              <td class="number">{number(part.counts.tokens)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function UseChart({ parts, label, isTable, onTable }: { parts: Part[]; label: string; isTable: boolean; onTable: (isTable: boolean) => void }) {
  const total = (kind: Kind): number => add(parts.map((part) => countOf(part, kind)));
  const tokens = add(parts.map(({ counts }) => counts.tokens));
  const summary = [...kinds.map((kind) => `${t(kindWords[kind])}: ${number(total(kind))}`), `${t('tokensIssued')}: ${number(tokens)}`].join(', ');
  return (
    <div>
      {isTable ? <NumberTable parts={parts} label={label} /> : <Drawing parts={parts} label={`${label}. ${summary}`} />}
      <div class="use-foot">
        <ul>
          {kinds.map((kind) => (
            <li key={kind}><Swatch kind={kind} /> {t(kindWords[kind])} <b>{number(total(kind))}</b></li>
          ))}
          <li><Swatch kind="tokens" /> {t('tokensIssued')} <b>{number(tokens)}</b></li>
        </ul>
        <Button kind="quiet" icon={isTable ? 'overview' : 'events'} onClick={() => onTable(!isTable)}>{t(isTable ? 'asChart' : 'asTable')}</Button>
      </div>
    </div>
  );
}
