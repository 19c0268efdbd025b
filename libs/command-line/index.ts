// Command lines of our programs: `--name value`, `--flag`, words, `--help`. A wrong one is refused with what is possible.
// Which options there are, and what they mean, is said by each program.
import { parseArgs } from 'node:util';

export interface Option {
  /** Shown by --help. */
  readonly about: string;
  /** Absent: the option is required, unless it is `optional` or a `flag`. */
  readonly default?: string;
  readonly optional?: true;
  readonly flag?: true;
  /** The only values it may have. */
  readonly oneOf?: readonly string[];
  /** It is a number within these bounds, a whole one or any. */
  readonly whole?: readonly [least: number, most: number];
  readonly number?: readonly [least: number, most: number];
}

type Options = Readonly<Record<string, Option>>;

export interface Program<O extends Options> {
  /** As it is called: `npm run chaos -- [suite …]`. */
  readonly usage: string;
  /** What it does. */
  readonly about: string;
  readonly options: O;
  /** What may stand beside the options; absent: nothing. */
  readonly words?: { readonly about: string; readonly oneOf?: readonly string[] };
}

type Given<O> = O extends { flag: true }
  ? boolean
  : O extends { whole: readonly number[] } | { number: readonly number[] }
    ? number | Absent<O>
    : O extends { oneOf: readonly (infer Name)[] }
      ? Name | Absent<O>
      : string | Absent<O>;
type Absent<O> = O extends { optional: true } ? undefined : never;
export interface Read<O extends Options> {
  readonly values: { readonly [name in keyof O]: Given<O[name]> };
  readonly words: readonly string[];
}

export class BadArguments extends Error {
  readonly code = 'BadArguments';
}

/** undefined where help was asked for. Throws BadArguments. */
export function readArguments<const O extends Options>(program: Program<O>, args: readonly string[]): Read<O> | undefined {
  const { options, words } = program;
  const asked = Object.fromEntries(
    Object.entries(options).map(([name, { flag }]) => [name, { type: flag ? 'boolean' : 'string' } as const]),
  );
  const { values, positionals } = parsed({ args: [...args], allowPositionals: true, options: { ...asked, help: { type: 'boolean' } } });
  if (values.help === true) return undefined;
  for (const word of positionals)
    if (words === undefined || (words.oneOf !== undefined && !words.oneOf.includes(word))) throw new BadArguments(`"${word}" is not known`);
  const given = Object.entries(options).map(([name, option]) => [name, judged(name, option, values[name])]);
  return { values: Object.fromEntries(given), words: positionals };
}

/** Help is printed, and what is wrong is told with it; either ends the process, with 0 and 2. `refuse` does so for what a program finds wrong by itself. */
export function commandLine<const O extends Options>(
  program: Program<O>,
  args: readonly string[] = process.argv.slice(2),
): Read<O> & { readonly refuse: (what: string) => never } {
  const refuse = (what: string): never => {
    process.stderr.write(`${what}\n\n${help(program)}`);
    process.exit(2);
  };
  try {
    const read = readArguments(program, args);
    if (read !== undefined) return { ...read, refuse };
  } catch (error) {
    if (!(error instanceof BadArguments)) throw error;
    return refuse(error.message);
  }
  process.stdout.write(help(program));
  return process.exit(0);
}

export function help({ usage, about, options, words }: Program<Options>): string {
  const lines = Object.entries(options).map(([name, { about, default: otherwise, optional, flag, oneOf }]) => {
    const names = oneOf === undefined ? '' : `: ${oneOf.join(', ')}`;
    const unless = flag || optional || otherwise === '' ? '' : ` (${otherwise ?? 'required'})`;
    return `  --${name.padEnd(12)} ${about}${names}${unless}`;
  });
  const known = words === undefined ? [] : ['', words.about, ...(words.oneOf ?? []).map((word) => `  ${word}`)];
  return `${[usage, about, ...(lines.length > 0 ? ['', ...lines] : []), ...known].join('\n')}\n`;
}

function parsed(config: Parameters<typeof parseArgs>[0]): {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
} {
  try {
    return parseArgs(config);
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split('. ');
    throw new BadArguments(sentence, { cause: error });
  }
}

function judged(name: string, { about, default: otherwise, optional, flag, oneOf, whole, number }: Option, given: unknown): unknown {
  if (flag) return given === true;
  const text = (given as string | undefined) ?? otherwise;
  if (text === undefined && optional) return undefined;
  if (text === undefined) throw new BadArguments(`--${name} is missing: ${about}`);
  if (oneOf?.includes(text) === false) throw new BadArguments(`--${name} is one of ${oneOf.join(', ')}, not "${text}"`);
  const bounds = whole ?? number;
  if (bounds === undefined) return text;
  const [least, most] = bounds;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= least && value <= most) || (whole !== undefined && !Number.isInteger(value)))
    throw new BadArguments(`--${name} is a ${whole === undefined ? '' : 'whole '}number from ${least} to ${most}, not "${text}"`);
  return value;
}
