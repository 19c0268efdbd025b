// A card with a title and a table of texts, or a sentence where there is nothing.
import type { ComponentChildren } from 'preact';
import { useWords } from '../../words/language.js';

export interface TableProps {
  readonly id: string;
  readonly title: string;
  readonly none: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly key: string; readonly isBad?: boolean; readonly cells: readonly ComponentChildren[] }[];
}

export function Table({ id, title, none, columns, rows }: TableProps) {
  const { count } = useWords();
  return (
    <section class="card sessions" aria-labelledby={id}>
      <h2 id={id}>
        {title} <span class="muted">{count(rows.length)}</span>
      </h2>
      {rows.length === 0 ? (
        <p class="muted">{none}</p>
      ) : (
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
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
                  <td key={index} data-label={columns[index + 1]}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
