// The chart as specs see it: rendered by Helm where it has been built, as plain documents.
// What the documents must be is said in the specs.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe } from '@jest/globals';
import yaml from 'js-yaml';

export const ROOT = join(import.meta.dirname, '../..');
export const CHART = join(ROOT, 'helm/joulestream');
const SETS = join(import.meta.dirname, 'values');
/** Names of the value sets. */
export const SET_NAMES = readdirSync(SETS)
  .map((name) => name.replace('.yaml', ''))
  .sort();
export const setFile = (name: string): string => join(SETS, `${name}.yaml`);
export const RELEASE = ['js', CHART, '--namespace', 'charging'] as const;

/** What is tested with a program that has been built, and otherwise skipped. */
export const describeWith = (...settings: readonly string[]): typeof describe | typeof describe.skip =>
  settings.every((name) => process.env[name] !== undefined) ? describe : describe.skip;

export interface Ran {
  readonly ok: boolean;
  readonly out: string;
  readonly err: string;
}

/** Never rejects for what the program says. */
export async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ran> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { env, maxBuffer: 1 << 28 });
    return { ok: true, out: stdout, err: stderr };
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout?: string; stderr?: string; code?: unknown };
    if (typeof code !== 'number') throw error;
    return { ok: false, out: stdout ?? '', err: stderr ?? '' };
  }
}

export const helm = (...args: readonly string[]): Promise<Ran> => run(process.env.TEST_HELM ?? 'helm', args);

/** The text of a value set rendered; throws what Helm says otherwise. */
export async function rendered(set: string): Promise<string> {
  const { ok, out, err } = await helm('template', ...RELEASE, '-f', setFile(set));
  if (!ok) throw new Error(err);
  return out;
}

// biome-ignore lint/suspicious/noExplicitAny: documents of every kind; specs say what they expect of them
export type Document = any;
export const documentsOf = (text: string): readonly Document[] => yaml.safeLoadAll(text).filter((document) => document !== null);
export const load = (text: string): Document => yaml.safeLoad(text);
export const ofKind = (documents: readonly Document[], kind: string): readonly Document[] => documents.filter((each) => each.kind === kind);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
function merged(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over === undefined ? base : over;
  return Object.fromEntries([...new Set([...Object.keys(base), ...Object.keys(over)])].map((key) => [key, merged(base[key], over[key])]));
}
/** The chart's values with others on top, as Helm hands them to the schema. */
export const valuesWith = (...over: readonly unknown[]): unknown =>
  over.reduce(merged, load(readFileSync(join(CHART, 'values.yaml'), 'utf8')));
export const setValues = (name: string): unknown => load(readFileSync(setFile(name), 'utf8'));
