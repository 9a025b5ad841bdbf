// pager.tsx – from one page of a long list to the next.
import { t } from '../language';
import { Icon } from './icon';

interface Properties {
  page: number; // from 1
  pageSize: number;
  count: number;
  addressOfPage: (page: number) => string;
}

export function Pager({ page, pageSize, count, addressOfPage }: Properties) {
  const pages = Math.max(1, Math.ceil(count / pageSize));
  if (pages === 1 && page === 1) return null;
  return (
    <nav class="pager" aria-label={t('pages')}>
      {page > 1 ? <a class="button secondary" href={addressOfPage(page - 1)}><Icon name="left" /> <span>{t('newer')}</span></a> : <span />}
      <span>{t('pageOf', { page, pages })}</span>
      {page < pages ? <a class="button secondary" href={addressOfPage(page + 1)}><span>{t('older')}</span> <Icon name="right" /></a> : <span />}
    </nav>
  );
}
