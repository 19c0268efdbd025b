// Command line of the simulator's programs: `--name value`, `--flag`, `--help`.
// Which names exist, and what they mean, is said by each program.
import { parseArgs } from 'node:util';

export interface Argument {
  /** Shown by --help. */
  readonly about: string;
  /** Absent: the argument is required. */
  readonly default?: string;
}

export class BadArguments extends Error {
  readonly code = 'BadArguments';
}

/** Values by name. Throws BadArguments on an unknown name or a missing value; undefined when help was asked for. */
export function readArguments<Name extends string>(
  args: readonly string[],
  known: Readonly<Record<Name, Argument>>,
): Readonly<Record<Name, string>> | undefined {
  const names = Object.keys(known) as Name[];
  const options = Object.fromEntries([
    ...names.map((name) => [name, { type: 'string' as const }] as const),
    ['help', { type: 'boolean' as const }] as const,
  ]);
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({ args: [...args], options, strict: true }) as { values: Record<string, string | boolean | undefined> });
  } catch (error) {
    throw new BadArguments(error instanceof Error ? error.message : String(error), { cause: error });
  }
  if (values.help === true) return undefined;
  return Object.fromEntries(
    names.map((name) => {
      const value = values[name] ?? known[name].default;
      if (typeof value !== 'string') throw new BadArguments(`--${name} is missing: ${known[name].about}`);
      return [name, value];
    }),
  ) as Record<Name, string>;
}

export const help = (program: string, known: Readonly<Record<string, Argument>>): string =>
  [
    `${program}`,
    '',
    ...Object.entries(known).map(([name, { about, default: fallback }]) => {
      const otherwise = fallback === undefined ? ' (required)' : fallback === '' ? '' : ` (${fallback})`;
      return `  --${name.padEnd(12)} ${about}${otherwise}`;
    }),
  ].join('\n');

/** A number within bounds; throws BadArguments. */
export function numberOf(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most)
    throw new BadArguments(`--${name} must be a number from ${least} to ${most}, not "${text}"`);
  return value;
}
