// dialog.tsx – asking before something happens that cannot be undone, and small tasks beside the page.
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../language';
import { useAction, useId } from '../use';
import { Button, Problem } from './basics';

interface DialogProps {
  title: string;
  children: ComponentChildren;
  actions?: ComponentChildren;
  isPanel?: boolean; // at the side, as high as the window: for a task, not for a question
  isKept?: boolean; // has something that is shown once: only its own button closes it
  onClose: () => void;
}

/** The browser keeps the focus inside, and gives it back at the end. */
export function Dialog({ title, children, actions, isPanel, isKept, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId('dialog');
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const shown = dialog.current;
    shown?.showModal();
    // The browser would choose the cross, which comes first.
    shown?.querySelector<HTMLElement>('input:not([type=radio], [type=checkbox]), textarea')?.focus();
    return () => {
      shown?.close();
      before?.focus();
    };
  }, []);
  // Browsers close a dialog at the second Escape, whatever the page says to `cancel`; so the key is taken here.
  const refuse = (event: Event) => {
    event.preventDefault();
    if (!isKept) onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => event.key === 'Escape' && refuse(event);
  const onClosed = () => {
    if (!dialog.current?.isConnected) return;
    if (isKept) dialog.current.showModal();
    else onClose();
  };
  return (
    <dialog ref={dialog} class={isPanel ? 'panel' : undefined} aria-labelledby={id} onCancel={refuse} onKeyDown={onKeyDown} onClose={onClosed}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        {!isKept && <Button kind="quiet" icon="cross" label={t('close')} onClick={onClose} />}
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
  dismiss?: string; // what the other one says, where "Cancel" could mean either
  isHarmless?: boolean;
  mayConfirm?: () => boolean; // asked first, and says itself what is wrong
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

export function Confirm({ title, children, confirm, dismiss, isHarmless, mayConfirm, onConfirm, onClose }: ConfirmProps) {
  const action = useAction();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{dismiss ?? t('cancel')}</Button>
          <Button kind={isHarmless ? 'primary' : 'danger'} isBusy={action.isBusy} onClick={() => (mayConfirm?.() ?? true) && void action.run(onConfirm)}>{confirm}</Button>
        </>
      }
    >
      {children}
      <Problem error={action.error} />
    </Dialog>
  );
}
