// unsaved.tsx – what was typed and not saved is not lost by a slip.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../language';
import { guardLeaving } from '../route';
import { asksBeforeLeaving } from '../server';
import { Button } from './basics';
import { Dialog } from './dialog';

let ask: ((proceed: () => void) => void) | null = null;

/** As long as `isDirty`, leaving asks first. */
export function useUnsaved(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return undefined;
    const keep = (event: BeforeUnloadEvent) => asksBeforeLeaving() && event.preventDefault();
    addEventListener('beforeunload', keep);
    guardLeaving((proceed) => {
      ask?.(proceed);
      return !ask;
    });
    return () => {
      removeEventListener('beforeunload', keep);
      guardLeaving(null);
    };
  }, [isDirty]);
}

export function LeaveDialog() {
  const [proceed, setProceed] = useState<(() => void) | null>(null);
  useEffect(() => {
    ask = (wanted) => setProceed(() => wanted);
    return () => {
      ask = null;
    };
  }, []);
  if (!proceed) return null;
  const close = () => setProceed(null);
  return (
    <Dialog
      title={t('leaveTitle')}
      onClose={close}
      actions={
        <>
          <Button onClick={close}>{t('keepEditing')}</Button>
          <Button kind="danger" onClick={() => { close(); proceed(); }}>{t('discard')}</Button>
        </>
      }
    >
      <p>{t('leaveText')}</p>
    </Dialog>
  );
}
