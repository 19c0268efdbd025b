// The dashboards as files: their panels, and what each asks, as Grafana would ask it of the two days of analytics-rows.sql.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../../helm/joulestream/files/dashboards');

export interface Target {
  readonly format?: 'table' | 'time_series';
  readonly rawSql?: string;
  readonly expr?: string;
}
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource: { readonly uid: string };
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
  readonly targets: readonly Target[];
}
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly timezone: string;
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string; readonly type: string }[] };
  readonly panels: readonly Panel[];
}

export const dashboards: readonly (readonly [name: string, Dashboard])[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => [name, JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Dashboard] as const);

const [FROM, TO] = [`'2026-03-01T00:00:00Z'`, `'2026-03-04T00:00:00Z'`];
const VALUES: Readonly<Record<string, string>> = { site: `'depot'`, rules: `'nevi'` };

/** Macros and variables as Grafana's PostgreSQL source writes them: times as bare literals. Throws on one it would leave as it is. */
export function asked(sql: string): string {
  const text = sql
    .replace(/\$__timeFilter\(([^)]+)\)/g, (_, column: string) => `${column} between ${FROM} and ${TO}`)
    .replaceAll('$__timeFrom()', FROM)
    .replaceAll('$__timeTo()', TO)
    .replace(/\$\{(\w+):sqlstring\}/g, (whole, name: string) => VALUES[name] ?? whole);
  if (text.includes('$')) throw new Error(`not replaced: ${text}`);
  return text;
}

export interface Question {
  readonly name: string;
  readonly format: Target['format'] | 'variable';
  readonly sql: string;
}

/** Everything the dashboards ask of the schema `analytics`, variables included. */
export const sqlQuestions: readonly Question[] = dashboards.flatMap(([file, { panels, templating }]) => [
  ...panels.flatMap(({ title, targets }) =>
    targets.flatMap(({ format, rawSql }) => (rawSql === undefined ? [] : [{ name: `${file}: ${title}`, format, sql: asked(rawSql) }])),
  ),
  ...templating.list.flatMap(({ name, type, query }) =>
    type === 'query' ? [{ name: `${file}: the variable ${name}`, format: 'variable' as const, sql: asked(query) }] : [],
  ),
]);
