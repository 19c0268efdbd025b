// A table of texts, or a sentence where there is nothing: a card with a title, or within one that has its own.
import type { ComponentChildren } from 'preact';
import { useWords } from '../words/language.js';

export interface TableProps {
  readonly id: string;
  readonly title?: string;
  /** What is said where there is no row. */
  readonly none?: string;
  readonly columns: readonly string[];
  /** From this column on there are numbers, which end at the right. */
  readonly numbersFrom?: number;
  readonly rows: readonly { readonly key: string; readonly isBad?: boolean; readonly cells: readonly ComponentChildren[] }[];
}

/** Tables one below the other, and where several have nothing, one card that names them. */
export function Tables({ tables }: { tables: readonly (TableProps & { readonly title: string })[] }) {
  const { t } = useWords();
  const empty = tables.filter(({ rows }) => rows.length === 0);
  return (
    <>
      {tables
        .filter(({ rows }) => rows.length > 0)
        .map((table) => (
          <Table key={table.id} {...table} />
        ))}
      {empty.length > 0 && (
        <section class="card">
          <p class="muted">{t('table.nothingOf', { names: empty.map(({ title }) => title).join(' · ') })}</p>
        </section>
      )}
    </>
  );
}

export function Table({ title, ...table }: TableProps) {
  const { count } = useWords();
  if (title === undefined) return <Rows {...table} />;
  return (
    <section class="card sessions" aria-labelledby={table.id}>
      <h2 id={table.id}>
        {title} {table.rows.length > 0 && <span class="muted">{count(table.rows.length)}</span>}
      </h2>
      <Rows {...table} />
    </section>
  );
}

function Rows({ none = '', columns, numbersFrom = columns.length, rows }: TableProps) {
  if (rows.length === 0) return <p class="muted">{none}</p>;
  return (
    <table>
      <thead>
        <tr>
          {columns.map((column, index) => (
            <th key={column} scope="col" class={index >= numbersFrom ? 'number' : undefined}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, isBad = false, cells: [head, ...others] }) => (
          <tr key={key} class={isBad ? 'warning' : undefined}>
            <th scope="row">
              {isBad && '▲ '}
              {head}
            </th>
            {others.map((cell, index) => (
              <td key={index} data-label={columns[index + 1]} class={index + 1 >= numbersFrom ? 'number' : undefined}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
