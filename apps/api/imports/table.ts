// A table as people keep it, to what a route takes: each column names a parameter of the path or a place in the body (`root.limitA`, `evses.0.maxA`), each line is one
// call. Pure; whether a line is right is the route's own schemas' to say.
import { CsvError, parse as parseCsv } from 'csv-parse/sync';
import { z } from 'zod';
import type { Route } from '../http.js';
import { badRequest, type FieldError, Problem } from '../problem.js';
import { parse } from '../reading.js';

const MOST_LINES = 2_000;
/** More than a station of many outlets has places; each is looked for among the others. */
const MOST_COLUMNS = 500;

type Schema = Readonly<Record<string, unknown>>;

export interface Line {
  /** In the file, from 1, the head included. */
  readonly line: number;
  /** What it is about, as its path names it. */
  readonly key: string;
  readonly params: unknown;
  readonly body: unknown;
  readonly errors: readonly FieldError[];
}

/** Throws the 400 problem for a file that is no table, or has a column that means nothing. */
export function linesOf(text: string, { path, params, body }: Pick<Route, 'path' | 'params' | 'body'>): readonly Line[] {
  const [head, ...rows] = cellsOf(text);
  if (head === undefined || rows.length === 0) throw badRequest('body: a head and at least one line were expected');
  if (rows.length > MOST_LINES) throw badRequest(`body: at most ${MOST_LINES} lines`);
  if (head.record.length > MOST_COLUMNS) throw badRequest(`body: at most ${MOST_COLUMNS} columns`);
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const columns = head.record.map((column) => column.trim());
  const root = z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }) as Schema;
  const places = columns.map((column) => (names.includes(column) ? undefined : typesAt(root, column.split('.'))));
  const unknown = columns.filter((column, index) => !names.includes(column) && places[index] === undefined);
  const twice = columns.filter((column, index) => columns.indexOf(column) < index);
  const missing = names.filter((name) => !columns.includes(name));
  const errors = [
    ...unknown.map((column) => ({ path: column, message: 'means nothing here' })),
    ...twice.map((column) => ({ path: column, message: 'is there twice' })),
    ...missing.map((column) => ({ path: column, message: 'is missing' })),
  ];
  if (errors.length > 0) throw badRequest(`columns: ${errors.map((each) => `${each.path} ${each.message}`).join('; ')}`, errors);

  const seen = new Set<string>();
  return rows.map(({ record, info: { lines } }) => {
    const given = { params: {} as Record<string, unknown>, body: {} as Record<string, unknown> };
    for (const [index, column] of columns.entries()) {
      const cell = (record[index] ?? '').trim();
      if (cell === '') continue;
      const types = places[index];
      if (types === undefined) given.params[column] = cell;
      else put(given.body, column.split('.'), saidBy(cell, types));
    }
    const key = names.map((name) => given.params[name] ?? '').join('/');
    const repeated = seen.has(key) ? [{ path: names.join('/'), message: `${key} is in the file before` }] : [];
    seen.add(key);
    const read = [tried(params, given.params, 'path'), tried(body, given.body, 'body')] as const;
    return { line: lines, key, params: read[0].value, body: read[1].value, errors: [...read.flatMap((each) => each.errors), ...repeated] };
  });
}

/** Comma, or semicolon where the head has no comma, as spreadsheets of many languages write it. */
function cellsOf(text: string): readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[] {
  const first = text.slice(0, text.search(/[\r\n]|$/));
  try {
    return parseCsv(text, { bom: true, info: true, skip_empty_lines: true, delimiter: first.includes(',') ? ',' : ';' }) as never;
  } catch (error) {
    if (error instanceof CsvError) throw badRequest(`body: not CSV (RFC 4180): ${error.code}, line ${error.lines ?? '?'}`);
    throw error;
  }
}

function tried(schema: z.ZodType, value: unknown, where: string): { readonly value: unknown; readonly errors: readonly FieldError[] } {
  try {
    return { value: parse(schema, value, where), errors: [] };
  } catch (error) {
    if (error instanceof Problem && error.status === 400)
      return { value: undefined, errors: error.errors ?? [{ path: where, message: error.message }] };
    throw error;
  }
}

/** Types that may stand at a place of a schema; undefined where there is no such place. */
function typesAt(root: Schema, steps: readonly string[], at: Schema = root): ReadonlySet<string> | undefined {
  const choices = [at.anyOf, at.oneOf, at.allOf].flatMap((each) => (Array.isArray(each) ? (each as Schema[]) : []));
  if (typeof at.$ref === 'string') choices.push(referred(root, at.$ref));
  const found = choices.flatMap((choice) => [...(typesAt(root, steps, choice) ?? [])]);
  const [step, ...rest] = steps;
  if (step === undefined) {
    const own = [at.type ?? (at.const !== undefined ? typeof at.const : undefined)].flat().filter((type) => typeof type === 'string');
    return new Set([...own, ...found]);
  }
  const inner = innerOf(at, step);
  const own = inner === undefined ? undefined : typesAt(root, rest, inner);
  return own === undefined && found.length === 0 ? undefined : new Set([...(own ?? []), ...found]);
}

function innerOf({ properties, items, prefixItems }: Schema, step: string): Schema | undefined {
  if (typeof properties === 'object' && properties !== null && Object.hasOwn(properties, step))
    return (properties as Record<string, Schema>)[step];
  if (!/^\d{1,3}$/.test(step)) return undefined;
  if (Array.isArray(prefixItems)) return (prefixItems as Schema[])[Number(step)];
  return typeof items === 'object' && items !== null ? (items as Schema) : undefined;
}

const referred = (root: Schema, pointer: string): Schema =>
  pointer
    .split('/')
    .slice(1)
    .reduce((at: Schema, step) => (at[step] ?? {}) as Schema, root);

/** A text where only texts stand, else what it says as JSON: a number, true, a list; and the text again where it says nothing. */
function saidBy(cell: string, types: ReadonlySet<string>): unknown {
  if (types.size === 1 && types.has('string')) return cell;
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}

function put(target: Record<string, unknown>, [step = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[step] = value;
    return;
  }
  target[step] ??= /^\d+$/.test(rest[0] ?? '') ? [] : {};
  put(target[step] as Record<string, unknown>, rest, value);
}
