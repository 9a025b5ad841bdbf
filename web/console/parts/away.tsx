// away.tsx – a quiet notice as long as the server cannot be reached.
import { t } from '../language';
import { useNetwork } from '../network';
import { Notice } from './basics';

/** Where there is nothing to say, screen readers know the place already. */
export function Away() {
  const { isAway } = useNetwork();
  return <div class="away" role="status">{isAway && <Notice tone="warn" isLasting><p>{t('away')}</p></Notice>}</div>;
}
