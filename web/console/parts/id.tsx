// id.tsx – an id, and a button that copies it. Beside it stands the name of what it means, where that is known.
import { t } from '../language';
import { get } from '../server';
import { useLoaded } from '../use';
import { CopyButton } from './basics';

/** `href`: where the id leads. */
export function Id({ value, href }: { value: string; href?: string }) {
  const code = <code class="id">{value}</code>;
  return (
    <span class="id-part">
      {href ? <a href={href}>{code}</a> : code}
      <CopyButton text={value} word={null} label={t('copyTheId', { id: value })} />
    </span>
  );
}

const idLength = 28; // of those that are this server's: events of other producers have ids of their own
const names = new Map<string, Promise<string>>();

function readName(id: string): Promise<string> {
  if (id.length !== idLength) return Promise.resolve('');
  const known = names.get(id) ?? get<{ name?: string }>(`/api/packages/${encodeURIComponent(id)}`).then(({ name }) => name ?? '', () => '');
  names.set(id, known);
  return known;
}

/** The name of a transaction; empty until it is known, and where it is none of one's own. One request for each, once. */
export function TransactionName({ id }: { id: string }) {
  const loaded = useLoaded(`transaction ${id}`, () => readName(id));
  return loaded.value ? <span class="strong">{loaded.value}</span> : null;
}
