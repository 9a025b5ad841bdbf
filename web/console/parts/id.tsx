// id.tsx – an id, and a button that copies it.
import { t } from '../language';
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
