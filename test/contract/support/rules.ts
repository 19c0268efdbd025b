// The rules of the chart as files: what is recorded, and what alerts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import yaml from 'js-yaml';

const FOLDER = join(import.meta.dirname, '../../../helm/joulestream/files/rules');

export interface Rule {
  readonly expr: string;
  readonly record?: string;
  readonly alert?: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly interval?: string; readonly rules: readonly Rule[] }[];
}

export const ruleFiles: readonly (readonly [name: string, RuleFile])[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => [name, yaml.safeLoad(readFileSync(join(FOLDER, name), 'utf8')) as RuleFile] as const);

export const rules: readonly Rule[] = ruleFiles.flatMap(([, { groups }]) => groups.flatMap((group) => group.rules));
