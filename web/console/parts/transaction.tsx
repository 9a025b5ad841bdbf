// transaction.tsx – a transaction by its name, which leads to its timeline, with its id beside it.
import { addressOf } from '../route';
import type { Transaction } from '../transactions';
import { Id } from './id';

export function TransactionLink({ id, names }: { id: string; names: Map<string, Transaction> }) {
  const name = names.get(id)?.name;
  const address = addressOf('transactions', { id });
  if (!id) return <span class="faded">–</span>;
  if (!name) return <Id value={id} href={address} />;
  return (
    <>
      <a class="block" href={address}>{name}</a>
      <Id value={id} />
    </>
  );
}
