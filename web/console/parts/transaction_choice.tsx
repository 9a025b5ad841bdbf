// transaction_choice.tsx – choosing a transaction by a part of its name or by its id.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../language';
import { findTransactions, type Transaction } from '../transactions';
import { useLoaded } from '../use';
import { Button, Problem } from './basics';
import { TextField } from './fields';
import { Id } from './id';

const restMs = 350; // after the last key
const shownAtMost = 5;

/** What is typed, once it has rested. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), restMs);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}

interface ChoiceProps {
  label: string;
  hint: string;
  chosen: Transaction | null;
  onChoose: (transaction: Transaction | null) => void;
}

export function TransactionChoice({ label, hint, chosen, onChoose }: ChoiceProps) {
  const [text, setText] = useState('');
  const sought = useRested(text.trim());
  const found = useLoaded(`choose ${sought}`, (signal) => (sought ? findTransactions(sought, signal) : Promise.resolve([])));
  if (chosen)
    return (
      <p class="row">
        <span class="strong">{chosen.name ?? t('transaction')}</span> <Id value={chosen.id} />
        <Button kind="quiet" icon="cross" onClick={() => onChoose(null)}>{t('transactionOther')}</Button>
      </p>
    );
  const list = sought === text.trim() ? found.value?.slice(0, shownAtMost) : undefined;
  return (
    <>
      <TextField name="testTransaction" label={label} hint={hint} type="search" value={text} onChange={setText} isOptional />
      <Problem error={found.error} />
      {sought && list && (
        <div role="status">
          {list.length === 0 && <p class="faded">{t('nothingFound')}</p>}
          <ul class="choices">
            {list.map((transaction) => (
              <li key={transaction.id}><Button kind="quiet" onClick={() => onChoose(transaction)}>{transaction.name ?? transaction.id}</Button></li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
