// dialog.tsx – asking before something happens that cannot be undone, and small tasks beside the page.
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../language';
import { useAction, useId } from '../use';
import { Button, Problem } from './basics';

/** The browser keeps the focus inside, and gives it back at the end. */
export function Dialog({ title, children, actions, onClose }: { title: string; children: ComponentChildren; actions?: ComponentChildren; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId('dialog');
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      shown?.close();
      before?.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onCancel={(event) => { event.preventDefault(); onClose(); }}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        <Button kind="quiet" icon="cross" label={t('close')} onClick={onClose} />
      </div>
      {children}
      {actions && <div class="actions">{actions}</div>}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  children: ComponentChildren;
  confirm: string; // what the button does
  isHarmless?: boolean;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

export function Confirm({ title, children, confirm, isHarmless, onConfirm, onClose }: ConfirmProps) {
  const action = useAction();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button kind={isHarmless ? 'primary' : 'danger'} isBusy={action.isBusy} onClick={() => void action.run(onConfirm)}>{confirm}</Button>
        </>
      }
    >
      {children}
      <Problem error={action.error} />
    </Dialog>
  );
}
