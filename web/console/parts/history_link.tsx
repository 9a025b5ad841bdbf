// history_link.tsx – from something that is edited to what was changed of it.
import { t } from '../language';
import { addressOf } from '../route';
import type { HistoryKind } from '../types';
import { LinkButton } from './basics';

export function HistoryLink({ kind, subject }: { kind: HistoryKind; subject?: string }) {
  return <LinkButton kind="quiet" icon="history" href={addressOf('history', { kind, subject: subject ?? '' })}>{t('sectionHistory')}</LinkButton>;
}
