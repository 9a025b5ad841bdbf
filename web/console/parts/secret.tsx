// secret.tsx – a signing secret, shown when it was given and not again: it lives in this element only.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../language';
import { Button, CopyButton } from './basics';
import { Icon } from './icon';

export function SecretNotice({ title, secret, text, onClose }: { title: string; secret: string; text: string; onClose: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    heading.current?.focus();
    heading.current?.scrollIntoView({ block: 'nearest' });
  }, [secret]);
  return (
    <section class="notice good secret-notice" aria-labelledby="secret-title">
      <Icon name="key" />
      <div class="grow">
        <h2 id="secret-title" tabIndex={-1} ref={heading}>{title}</h2>
        <p>{text}</p>
        <p class="key"><code translate={false}>{isShown ? secret : `${secret.slice(0, 6)}${'•'.repeat(24)}`}</code></p>
        <div class="row">
          <Button onClick={() => setShown(!isShown)}>{t(isShown ? 'hideSecret' : 'showSecret')}</Button>
          <CopyButton text={secret} word="copySecret" />
          <Button kind="quiet" onClick={onClose}>{t('secretKept')}</Button>
        </div>
      </div>
    </section>
  );
}
