// form.tsx – a form that is checked here and there: problems stand at their fields, and what was typed stays.
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { t } from '../language';
import { explainAtField, memberOf, ServerError } from '../server';
import { useAction } from '../use';
import { Button, Notice, Problem } from './basics';
import { focusFirstProblem, ProblemsContext, type Problems } from './fields';

interface FormProps {
  check: () => Problems;
  submit: () => Promise<void>;
  submitWord: string;
  isDirty?: boolean;
  fieldNames?: RegExp; // members that have a field here; others are told above the button
  onDiscard?: () => void; // back to what is stored
  more?: ComponentChildren; // further buttons
  children: ComponentChildren;
}

/** `customHeaders[1]` and `retryWaits[2]`: what has no field for each of its items has one for all of them. */
function fieldOf(member: string, form: HTMLElement | null): string | null {
  for (const name of [member, member.replace(/\[\d+\]$/, ''), member.replace(/(\.attributes)\..*$/, '$1')]) {
    if (name === 'customHeaders' || name === 'events' || /^customHeaders\[/.test(name)) return name;
    if (name && form?.querySelector(`[name="${CSS.escape(name)}"]`)) return name;
  }
  return null;
}

export function Form({ check, submit, submitWord, isDirty, onDiscard, more, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [problems, setProblems] = useState<Problems>({});
  const action = useAction();
  const count = Object.keys(problems).length;

  const refuse = (found: Problems) => {
    setProblems(found);
    focusFirstProblem(form.current);
  };
  const send = async () => {
    try {
      await submit();
    } catch (error) {
      const field = error instanceof ServerError && (error.status === 400 || error.status === 409) ? fieldOf(memberOf(error), form.current) : null;
      if (!field) throw error;
      refuse({ [field]: explainAtField(error as ServerError) });
    }
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    const found = check();
    if (Object.keys(found).length) refuse(found);
    else {
      setProblems({});
      void action.run(send);
    }
  };
  return (
    <ProblemsContext.Provider value={problems}>
      <form ref={form} noValidate onSubmit={onSubmit}>
        {children}
        {count > 0 && <Notice tone="bad" isUrgent><p>{t('formWrong', { count })}</p></Notice>}
        <Problem error={action.error} />
        <div class="save-bar">
          <Button kind="primary" isSubmit isBusy={action.isBusy}>{submitWord}</Button>
          {isDirty && onDiscard && <Button kind="quiet" onClick={() => { setProblems({}); action.clear(); onDiscard(); }}>{t('discard')}</Button>}
          {more}
          {isDirty && <span class="faded dirty">{t('unsaved')}</span>}
        </div>
      </form>
    </ProblemsContext.Provider>
  );
}
