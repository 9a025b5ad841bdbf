// fields.tsx – what is typed and chosen. A field's name is the API's member, so that what the server refuses is shown where it was
// typed: `problems` has the words, by name.
import type { ComponentChildren } from 'preact';
import { createContext } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { t } from '../language';
import { useId } from '../use';
import { Button } from './basics';

export type Problems = Record<string, string>;
export const ProblemsContext = createContext<Problems>({});

interface FieldProps {
  name: string;
  label: string;
  labelMore?: string; // of what, for screen readers, where others see it
  hint?: ComponentChildren;
  isOptional?: boolean;
}

interface Wired {
  id: string;
  name: string;
  'aria-describedby': string | undefined;
  'aria-invalid': 'true' | undefined;
}

function Field({ name, label, labelMore, hint, isOptional, children }: FieldProps & { children: (wired: Wired) => ComponentChildren }) {
  const problem = useContext(ProblemsContext)[name];
  const id = useId('field');
  const describedBy = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>
        {label}{labelMore && <span class="unseen"> – {labelMore}</span>} {isOptional && <span class="optional">({t('optional')})</span>}
      </label>
      {children({ id, name, 'aria-describedby': describedBy || undefined, 'aria-invalid': problem ? 'true' : undefined })}
      {problem && <p id={`${id}-problem`} class="problem">{problem}</p>}
      {hint && <p id={`${id}-hint`} class="hint">{hint}</p>}
    </div>
  );
}

interface TextProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  type?: 'text' | 'url' | 'email' | 'number' | 'datetime-local' | 'search';
  placeholder?: string;
  unit?: string;
  minimum?: number;
  maximum?: number;
  isCode?: boolean;
}

export function TextField({ value, onChange, type = 'text', placeholder, unit, minimum, maximum, isCode, ...field }: TextProps) {
  return (
    <Field {...field}>
      {(wired) => {
        const input = (
          <input
            {...wired}
            class={isCode ? 'code' : undefined}
            type={type as 'text'}
            value={value}
            placeholder={placeholder}
            min={minimum}
            max={maximum}
            step={type === 'datetime-local' ? 1 : undefined}
            autocomplete="off"
            spellcheck={false}
            autocapitalize="none"
            onInput={(event) => onChange(event.currentTarget.value)}
          />
        );
        return unit ? <div class="with-unit">{input}<span>{unit}</span></div> : input;
      }}
    </Field>
  );
}

/** No browser shall offer to keep it, so it is no password field; it is masked by its style. */
export function SecretField({ value, onChange, placeholder, ...field }: TextProps) {
  const [isShown, setShown] = useState(false);
  return (
    <Field {...field}>
      {(wired) => (
        <div class="secret">
          <input
            {...wired}
            class={isShown ? undefined : 'masked'}
            type="text"
            value={value}
            placeholder={placeholder}
            autocomplete="off"
            spellcheck={false}
            autocapitalize="none"
            onInput={(event) => onChange(event.currentTarget.value)}
          />
          <Button kind="quiet" label={`${t(isShown ? 'hide' : 'show')} – ${field.label}`} onClick={() => setShown(!isShown)}>{t(isShown ? 'hide' : 'show')}</Button>
        </div>
      )}
    </Field>
  );
}

export function AreaField({ value, onChange, placeholder, rows = 3, ...field }: TextProps & { rows?: number }) {
  return (
    <Field {...field}>
      {(wired) => (
        <textarea {...wired} class="code" rows={rows} placeholder={placeholder} spellcheck={false} onInput={(event) => onChange(event.currentTarget.value)} value={value} />
      )}
    </Field>
  );
}

interface Choice {
  value: string;
  label: string;
  hint?: string;
}

export function SelectField({ value, onChange, choices, ...field }: FieldProps & { value: string; onChange: (value: string) => void; choices: Choice[] }) {
  return (
    <Field {...field}>
      {(wired) => (
        <select {...wired} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {choices.map((choice) => <option key={choice.value} value={choice.value}>{choice.label}</option>)}
        </select>
      )}
    </Field>
  );
}

/** A few choices that exclude each other, all of them in sight. */
export function RadioField({ name, label, value, onChange, choices, isInline }: { name: string; label: string; value: string; onChange: (value: string) => void; choices: Choice[]; isInline?: boolean }) {
  const id = useId('radio');
  const problem = useContext(ProblemsContext)[name];
  return (
    <fieldset class={isInline ? 'radios inline' : 'radios'} aria-describedby={problem ? `${id}-problem` : undefined}>
      <legend>{label}</legend>
      <div>
        {choices.map((choice) => (
          <label key={choice.value} class="radio">
            <input type="radio" name={`${name}-${id}`} checked={choice.value === value} aria-describedby={choice.hint ? `${id}-${choice.value}` : undefined} onChange={() => onChange(choice.value)} />
            <span>
              {choice.label}
              {choice.hint && <span id={`${id}-${choice.value}`} class="hint">{choice.hint}</span>}
            </span>
          </label>
        ))}
      </div>
      {problem && <p id={`${id}-problem`} class="problem">{problem}</p>}
    </fieldset>
  );
}

export function Switch({ label, hint, code, isOn, onChange }: { label: string; hint?: string; code?: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  const id = useId('switch');
  return (
    <div class="switch">
      <input id={id} type="checkbox" role="switch" checked={isOn} aria-describedby={hint ? `${id}-hint` : undefined} onChange={(event) => onChange(event.currentTarget.checked)} />
      <div>
        <label for={id}>{label}</label>
        {hint && <p id={`${id}-hint`} class="hint">{hint}</p>}
        {code && <code class="wire">{code}</code>}
      </div>
    </div>
  );
}

/** The password of who is signed in; a browser may fill it in. */
export function PasswordField({ value, onChange, isNew, ...field }: FieldProps & { value: string; onChange: (value: string) => void; isNew?: boolean }) {
  return (
    <Field {...field}>
      {(wired) => <input {...wired} type="password" value={value} autocomplete={isNew ? 'new-password' : 'current-password'} onInput={(event) => onChange(event.currentTarget.value)} />}
    </Field>
  );
}

interface CheckProps {
  name: string;
  label: string;
  code?: string; // as the API calls it
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

/** Some of several. */
export function CheckField({ name, label, code, isOn, onChange }: CheckProps) {
  const isWrong = Boolean(useContext(ProblemsContext)[name]);
  return (
    <label class="check">
      <input type="checkbox" name={name} checked={isOn} aria-invalid={isWrong ? 'true' : undefined} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}{code && <code class="wire">{code}</code>}</span>
    </label>
  );
}

export function CheckGroup({ name, legend, hint, children }: { name: string; legend: string; hint?: string; children: ComponentChildren }) {
  const id = useId('checks');
  const problem = useContext(ProblemsContext)[name];
  const describedBy = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  return (
    <fieldset class="checks" aria-describedby={describedBy || undefined}>
      <legend>{legend}</legend>
      {hint && <p id={`${id}-hint`} class="hint">{hint}</p>}
      {problem && <p id={`${id}-problem`} class="problem">{problem}</p>}
      <div>{children}</div>
    </fieldset>
  );
}

/** To where something is wrong, once it is drawn. */
export function focusFirstProblem(form: HTMLElement | null): void {
  requestAnimationFrame(() => {
    const wrong = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
    for (let details = wrong?.closest('details'); details; details = details.parentElement?.closest('details')) details.open = true;
    wrong?.focus();
  });
}
