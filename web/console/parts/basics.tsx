// basics.tsx – the small parts everything is made of: buttons, states, notices, times.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { dateTime, moment, relative } from '../format';
import { t, type Word } from '../language';
import { englishDetail, explain, ServerError } from '../server';
import { useNow } from '../use';
import { Icon, type IconName } from './icon';

export type Tone = 'good' | 'warn' | 'bad' | 'calm';

const toneIcons: Record<Tone, IconName> = { good: 'check', warn: 'wait', bad: 'warn', calm: 'info' };

/** A state: colour, picture and word together, so that none of them is needed alone. */
export function Badge({ tone, icon, children }: { tone: Tone; icon?: IconName; children: ComponentChildren }) {
  return (
    <span class={`badge ${tone}`}>
      <Icon name={icon ?? toneIcons[tone]} />
      <span>{children}</span>
    </span>
  );
}

export interface ButtonProps {
  kind?: 'primary' | 'secondary' | 'danger' | 'quiet';
  icon?: IconName;
  isBusy?: boolean;
  isSubmit?: boolean;
  label?: string; // what screen readers say instead of the text
  describedBy?: string;
  isExpanded?: boolean;
  isPressed?: boolean;
  onClick?: () => void;
  children?: ComponentChildren;
}

/** While busy it keeps the focus: `disabled` would drop it. */
export function Button({ kind = 'secondary', icon, isBusy, isSubmit, label, describedBy, isExpanded, isPressed, onClick, children }: ButtonProps) {
  return (
    <button
      type={isSubmit ? 'submit' : 'button'}
      class={kind}
      aria-disabled={isBusy || undefined}
      aria-label={label}
      aria-describedby={describedBy}
      aria-expanded={isExpanded}
      aria-pressed={isPressed}
      onClick={isBusy ? undefined : onClick}
    >
      {isBusy ? <span class="spinner" /> : icon && <Icon name={icon} />}
      {children && <span>{children}</span>}
    </button>
  );
}

export function LinkButton({ href, icon, kind = 'secondary', children }: { href: string; icon?: IconName; kind?: string; children: ComponentChildren }) {
  return (
    <a class={`button ${kind}`} href={href}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  );
}

interface NoticeProps {
  tone: Tone;
  title?: string;
  isUrgent?: boolean; // screen readers say it at once
  isLasting?: boolean; // a part of the page: times in it go on, and screen readers would say each
  children?: ComponentChildren;
  onClose?: () => void;
}

/** Something to be told. */
export function Notice({ tone, title, isUrgent, isLasting, children, onClose }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role={isLasting ? undefined : isUrgent ? 'alert' : 'status'}>
      <Icon name={toneIcons[tone]} />
      <div class="grow">
        {title && <p class="strong">{title}</p>}
        {children}
      </div>
      {onClose && <Button kind="quiet" icon="cross" label={t('close')} onClick={onClose} />}
    </div>
  );
}

/** What went wrong, and a way to try again. */
/** Asking again does not bring it back. */
const isGone = (error: unknown): boolean => error instanceof ServerError && error.status === 404;

export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  if (!error) return null;
  const detail = englishDetail(error);
  return (
    <Notice tone="bad" isUrgent>
      <p>{explain(error)}</p>
      {detail && <details><summary>{t('refusedDetail')}</summary><p lang="en">{detail}</p></details>}
      {onRetry && !isGone(error) && <p><Button icon="replay" onClick={onRetry}>{t('tryAgain')}</Button></p>}
    </Notice>
  );
}

/** Shown only when the answer takes its time: most come before anybody needs to be told to wait. */
export function Loading() {
  return (
    <p class="loading" role="status">
      <span class="spinner" /> {t('loading')}
    </p>
  );
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <p class="strong">{title}</p>
      {children}
    </div>
  );
}

/** How long ago; the exact time is one hover, or one look into the element, away. */
export function Ago({ date }: { date: string }) {
  const now = useNow();
  return <time dateTime={date} title={dateTime(date)}>{relative(date, now)}</time>;
}

/** When something is to be done; what is late is done as soon as its turn comes. */
export function Due({ date }: { date: string }) {
  const now = useNow();
  return Date.parse(date) <= now ? <time dateTime={date} title={dateTime(date)}>{t('dueNow')}</time> : <Ago date={date} />;
}

export function Moment({ date }: { date: string }) {
  const now = useNow(60000);
  return <time dateTime={date} title={dateTime(date)}>{moment(date, now)}</time>;
}

/** `word` null: the picture alone, for what stands beside it. */
export function CopyButton({ text, word = 'copy', label }: { text: string; word?: Word | null; label?: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setCopied(false), 4000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    await navigator.clipboard.writeText(text).catch(() => copyBySelection(text));
    setCopied(true);
  };
  return (
    <span class="copy">
      <Button kind={word ? 'secondary' : 'quiet'} icon={isCopied ? 'check' : 'copy'} label={label} onClick={copy}>{word && t(word)}</Button>
      <span class="unseen" role="status">{isCopied ? t('copied') : ''}</span>
    </span>
  );
}

/** Over plain http on another machine, browsers have no clipboard for scripts. */
function copyBySelection(text: string): void {
  const area = document.body.appendChild(Object.assign(document.createElement('textarea'), { value: text }));
  area.select();
  document.execCommand('copy');
  area.remove();
}

/** The title of what is shown. Focus goes there when a section is opened, so that screen readers begin with it. */
export function Title({ children, aside, lead }: { children: string; aside?: ComponentChildren; lead?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${children} – Greffier`;
  }, [children]);
  return (
    <div class="title">
      <div class="grow">
        <h1 id="title" tabIndex={-1} ref={heading}>{children}</h1>
        {lead && <p class="lead">{lead}</p>}
      </div>
      {aside && <div class="aside">{aside}</div>}
    </div>
  );
}

/** A part of a section. */
export function Card({ title, aside, children, id }: { title?: string; aside?: ComponentChildren; children: ComponentChildren; id?: string }) {
  return (
    <section class="card" aria-labelledby={title && id} aria-label={title && !id ? title : undefined}>
      {(title || aside) && (
        <div class="card-head">
          {title && <h2 id={id} tabIndex={-1}>{title}</h2>}
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}

/** A share of a whole, with its words beside it. */
export function ProgressBar({ value, label, tone = 'calm' }: { value: number; label: string; tone?: Tone }) {
  return <progress class={tone} value={value} max={1} aria-label={label} />;
}
