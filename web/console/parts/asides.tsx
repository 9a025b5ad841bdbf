// asides.tsx – dialogs over the page that are asked for by what has no place in it, such as a call that was refused. Their code is
// loaded when they are needed.
import { Fragment, type VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';

interface Aside {
  id: number;
  element: VNode;
}

let put: ((change: (shown: Aside[]) => Aside[]) => void) | null = null;
let count = 0;

/** Shows what `make` makes until it calls `end`: that is the answer. Only while a page is shown. */
export function askAside<T>(make: (end: (answer: T) => void) => VNode): Promise<T> {
  const id = ++count;
  return new Promise((resolve, reject) => {
    if (!put) return reject(new Error('there is no page'));
    const end = (answer: T) => {
      put?.((shown) => shown.filter((aside) => aside.id !== id));
      resolve(answer);
    };
    put((shown) => [...shown, { id, element: make(end) }]);
  });
}

export function Asides() {
  const [shown, setShown] = useState<Aside[]>([]);
  useEffect(() => {
    put = setShown;
    return () => {
      put = null;
    };
  }, []);
  return <>{shown.map(({ id, element }) => <Fragment key={id}>{element}</Fragment>)}</>;
}
