// table.tsx – rows of the same kind. On a narrow screen each row is a small card with its columns' titles; the roles say that it
// still is a table, which browsers forget when it is drawn otherwise.
import type { ComponentChildren } from 'preact';

export interface Column<T> {
  title: string;
  kind?: 'what' | 'named' | 'state' | 'when' | 'number' | 'end'; // `what` names the row; `named` is something else's name, which is not broken within its words; `end` is done with it
  isUntitled?: boolean; // for screen readers only
  cell: (item: T) => ComponentChildren;
}

export function WideTable<T>({ caption, columns, items, keyOf }: { caption: string; columns: Column<T>[]; items: T[]; keyOf: (item: T) => string | number }) {
  return (
    <table class="wide" role="table">
      <caption class="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ title, kind, isUntitled }) => (
            <th key={title} scope="col" role="columnheader" class={kind}>{isUntitled ? <span class="unseen">{title}</span> : title}</th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {items.map((item) => (
          <tr key={keyOf(item)} role="row">
            {columns.map(({ title, kind, isUntitled, cell }) =>
              kind === 'what'
                ? <th key={title} scope="row" role="rowheader" class={kind}>{cell(item)}</th>
                : <td key={title} role="cell" class={kind} data-label={isUntitled ? undefined : title}><div>{cell(item)}</div></td>,
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
