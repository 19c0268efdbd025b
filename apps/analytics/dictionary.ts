// The data dictionary as Markdown, from what the database says of its own views.
// The words are beside the views (views/*.sql) and in words.ts.
import type { Sql } from '#ports';

interface Column {
  readonly view: string;
  readonly meaning: string | null;
  readonly column: string;
  readonly type: string;
  readonly words: string | null;
}

const COLUMNS = `
  select c.relname as view, obj_description(c.oid, 'pg_class') as meaning, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
    col_description(c.oid, a.attnum) as words
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = 'analytics'::regnamespace and c.relkind in ('v', 'm') order by c.relname, a.attnum`;

const TYPES: Readonly<Record<string, string>> = { 'timestamp with time zone': 'timestamptz' };
const cell = (text: string): string => text.replaceAll('|', '\\|');

/** One table for each view. Throws on a view or column without a word: nobody could read it. */
export async function dictionary(database: Sql): Promise<string> {
  const { rows } = await database.query<Column>(COLUMNS);
  const silent = rows.filter(({ meaning, words }) => meaning === null || words === null).map(({ view, column }) => `${view}.${column}`);
  if (silent.length > 0) throw new Error(`without a comment: ${silent.join(', ')}`);
  const views = Map.groupBy(rows, ({ view }) => view);
  return [...views]
    .map(([view, columns]) => {
      const lines = columns.map(({ column, type, words }) => `| \`${column}\` | ${TYPES[type] ?? type} | ${cell(words ?? '')} |\n`);
      return `### ${view}\n\n${columns[0]?.meaning}.\n\n| Column | Type | Meaning |\n|---|---|---|\n${lines.join('')}`;
    })
    .join('\n');
}

const [BEGIN, END] = ['<!-- dictionary:', '<!-- end of dictionary -->'];

/** The page with its dictionary renewed. */
export function withDictionary(page: string, text: string): string {
  const begin = page.indexOf('\n', page.indexOf(BEGIN)) + 1;
  return `${page.slice(0, begin)}\n${text}\n${page.slice(page.indexOf(END))}`;
}
