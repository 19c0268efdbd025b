// Which statements the version before bears while it goes on reading and writing (ADR 0078): what is not known to be harmless is named.
// It reads our own plain SQL, one statement at a time; what a statement is for is its author's business.

const COLUMN = /^add column (?:if not exists )?\S+ .+$/;
/** Needs values that old code does not write, or looks through the whole table under its lock. */
const DEMANDS = /\b(?:unique|primary key|references|generated|check|serial|bigserial)\b/;
/** The same for every row, so that no row is written. */
const CONSTANT_DEFAULT = /\bdefault (?:'[^']*'|-?[\d.]+|true|false|null)(?:::\w+)?(?: |$)/;
const RELAXES = /^alter column \S+ (?:drop not null|set default .+)$/;

/** Clauses of an ALTER TABLE: commas within parentheses and quotes separate nothing. */
function clausesOf(text: string): readonly string[] {
  const clauses: string[] = [''];
  let depth = 0;
  let quoted = false;
  for (const character of text) {
    if (character === "'") quoted = !quoted;
    if (!quoted) depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    if (character === ',' && depth === 0 && !quoted) clauses.push('');
    else clauses[clauses.length - 1] += character;
  }
  return clauses.map((clause) => clause.trim());
}

function clauseWrong(clause: string): string | undefined {
  if (RELAXES.test(clause)) return undefined;
  if (!COLUMN.test(clause)) return `old code may need what it takes away: ${clause}`;
  if (DEMANDS.test(clause)) return `old rows and old code are held to something new: ${clause}`;
  if (/\bdefault\b/.test(clause) && !CONSTANT_DEFAULT.test(clause)) return `a default that is no constant writes every row anew: ${clause}`;
  if (/\bnot null\b/.test(clause) && !CONSTANT_DEFAULT.test(clause)) return `old code writes no value: ${clause}`;
  return undefined;
}

/** What is wrong with each of the statements of one file, in order; tables that the file itself makes are nobody's yet. */
export function unbearable(statements: readonly string[]): readonly string[] {
  const made = new Set<string>();
  return statements.flatMap((statement) => {
    const text = statement
      .replace(/^\s*--.*$/gm, '')
      .replace(/\s+/g, ' ')
      .trim()
      .toLowerCase();
    const table = /^create table (?:if not exists )?([\w.]+)/.exec(text)?.[1];
    if (table !== undefined) {
      made.add(table);
      return [];
    }
    if (/^(?:comment on|create (?:or replace )?view) /.test(text)) return [];
    const indexed = /^create (?:unique )?index (?:.*? )?on ([\w.]+)/.exec(text)?.[1];
    if (indexed !== undefined) return made.has(indexed) ? [] : [`nobody writes while it is built: ${text}`];
    const [, altered = '', changes = ''] = /^alter table (?:if exists )?([\w.]+) (.+)$/.exec(text) ?? [];
    if (altered === '') return [`not known to be harmless: ${text}`];
    return made.has(altered) ? [] : clausesOf(changes).flatMap((clause) => clauseWrong(clause) ?? []);
  });
}
