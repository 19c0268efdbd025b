// Tables of the bench as Markdown, on the screen and into docs/benchmarks.md between the marks of their part.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Part {
  readonly title: string;
  /** Sentences before and after the table. */
  readonly about: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly checks: readonly Check[];
}

export interface Check {
  readonly what: string;
  readonly holds: boolean;
}

export const atLeast = (what: string, value: number, bound: number): Check => ({
  what: `${what}: ${value.toFixed(2)}, at least ${bound.toFixed(2)}`,
  holds: value >= bound,
});
export const atMost = (what: string, value: number, bound: number): Check => ({
  what: `${what}: ${value.toFixed(2)}, at most ${bound.toFixed(2)}`,
  holds: value <= bound,
});

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export const markdown = ({ title, about, head, rows, checks }: Part): string =>
  [
    `### ${title}`,
    '',
    about,
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
    ...checks.map(({ what, holds }) => `- ${holds ? 'holds' : '**missed**'}: ${what}`),
  ].join('\n');

/** Prints the part; `write` also replaces it in the document, or appends it there. */
export function publish(name: string, part: Part, write: boolean): void {
  const text = markdown(part);
  process.stdout.write(`\n${text}\n`);
  if (!write) return;
  const file = join(import.meta.dirname, '../../../docs/benchmarks.md');
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '# Benchmarks\n';
  const heading = '## Charging (`npm run bench:charging`)';
  const document = before.includes(heading) ? before : `${before.trimEnd()}\n\n${heading}\n`;
  const [from, to] = [`<!-- bench:charging ${name} -->`, `<!-- end of ${name} -->`];
  const block = `${from}\n${text}\n${to}`;
  const [start, end] = [document.indexOf(from), document.indexOf(to)];
  const after =
    start >= 0 && end > start
      ? document.slice(0, start) + block + document.slice(end + to.length)
      : document.replace(heading, `${heading}\n\n${block}`);
  writeFileSync(file, after);
}
