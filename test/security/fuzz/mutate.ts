// One place of a message made wrong in one way: type, length, number, date, characters, depth, names that repeat or reach prototypes.
// What the receiver should make of it is for the oracles to say.
import type { Chance } from '#apps/simulator';
import { Members, Verbatim } from './json-text.js';
import { oneOf } from './sample.js';

type Path = readonly (string | number)[];
type Container = readonly unknown[] | Readonly<Record<string, unknown>>;

const isContainer = (value: unknown): value is Container =>
  typeof value === 'object' && value !== null && !(value instanceof Verbatim) && !(value instanceof Members);

function placesIn(value: unknown, at: Path = []): readonly Path[] {
  if (!isContainer(value)) return [at];
  return [at, ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...at, Array.isArray(value) ? Number(name) : name]))];
}

/** A copy with the value at `path` as `change` has it. */
function rewritten(value: unknown, [step, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (step === undefined) return change(value);
  if (Array.isArray(value)) return value.map((inner, index) => (index === step ? rewritten(inner, rest, change) : inner));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [step]: rewritten(object[step], rest, change) };
}

const nested = (levels: number): Verbatim =>
  new Verbatim(levels % 2 === 0 ? `${'['.repeat(levels)}${']'.repeat(levels)}` : `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

const OTHER_TYPES: readonly unknown[] = [null, true, false, 0, 1, -1, 0.5, '', '0', 'x', [], {}, [[]], [null], { a: {} }];
const NUMBERS: readonly unknown[] = [
  ...[-1, 0, 1e-7, 0.1 + 0.2, 1.000_000_000_1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, 2 ** 53 + 2, 1e21, -1e300],
  ...['1e999', '-1e999', '-0', '1E400', '5e-324', '123456789012345678901234567890', '9223372036854775808'].map(
    (each) => new Verbatim(each),
  ),
];
const TEXTS: readonly string[] = [
  ...[
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udc00',
    'a\ud800b',
    '\ud83d\ude00'.repeat(30),
    '\u202egnp.exe',
    'a\r\nInjected: 1',
    '\u2028',
    '\ufeff',
  ],
  ...["'; drop table sessions; --", '<script>alert(1)</script>', '../../../etc/passwd', '$(id)', '%00%0a', '{{7*7}}', '$$1$$', '\\u0000'],
  ...['__proto__', 'constructor', 'NaN', 'Infinity', '-Infinity', '1e999', '0x10', ' ', '\t', 'null', 'é'.repeat(50), 'ﷺ'.repeat(20)],
];
const DATES: readonly string[] = [
  ...['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '9999-12-31T23:59:59-14:00', '0000-00-00T00:00:00Z', '1969-12-31T23:59:59Z'],
  ...['2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '222222017-01-01T00:00:00Z', '+275760-09-13T00:00:00.000Z', '2026-11-26'],
  ...['2026-11-26T24:00:00Z', '2026-11-26T10:00:00', '2026-11-26T10:00:00.123456789012Z', '2026-11-26T10:00:00+99:99', '1732443300', ''],
];
const NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '',
  ' ',
  'a\u0000b',
  '\ud800',
  'x'.repeat(300),
  '0',
  'vendorId',
];
const LENGTHS: readonly number[] = [21, 26, 37, 51, 256, 1001, 5501, 70_000];

const WAYS: Readonly<Record<string, (value: unknown, chance: Chance) => unknown>> = {
  type: (_, chance) => oneOf(OTHER_TYPES, chance),
  number: (_, chance) => oneOf(NUMBERS, chance),
  text: (_, chance) => oneOf(TEXTS, chance),
  date: (_, chance) => oneOf(DATES, chance),
  length: (_, chance) => oneOf(['x', 'é', '9'], chance).repeat(oneOf(LENGTHS, chance)),
  depth: (_, chance) => nested(oneOf([3, 31, 32, 33, 40, 101, 2000, 2001], chance)),
  missing(value, chance) {
    if (!isContainer(value)) return null;
    const names = Object.keys(value);
    const gone = names.length === 0 ? undefined : oneOf(names, chance);
    if (Array.isArray(value)) return value.filter((_, index) => String(index) !== gone);
    return Object.fromEntries(Object.entries(value).filter(([name]) => name !== gone));
  },
  extra(value, chance) {
    if (!isContainer(value) || Array.isArray(value)) return [value, value];
    const addition = oneOf<unknown>([{ rude: 1 }, null, 1, 'x', [], { prototype: { rude: 1 } }], chance);
    return new Members([...Object.entries(value), [oneOf(NAMES, chance), addition]]);
  },
  twice(value, chance) {
    if (!isContainer(value) || Array.isArray(value)) return [value, oneOf(OTHER_TYPES, chance)];
    const members = Object.entries(value);
    if (members.length === 0)
      return new Members([
        ['a', 1],
        ['a', 2],
      ]);
    const [name] = oneOf(members, chance);
    return new Members([...members, [name, oneOf(OTHER_TYPES, chance)]]);
  },
  swapped(value, chance) {
    if (!isContainer(value)) return [value];
    if (Array.isArray(value)) return value.toReversed();
    const names = Object.keys(value);
    const other = names.length === 0 ? 'a' : oneOf(names, chance);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, chance.next() < 0.5 ? value[other as never] : inner]));
  },
  many: (value, chance) => (Array.isArray(value) ? Array.from({ length: oneOf([0, 2, 60], chance) }, () => value[0] ?? {}) : [value]),
};
const NAMES_OF_WAYS = Object.keys(WAYS);

export interface Mutation {
  readonly value: unknown;
  /** `way at /path`, for whoever reads a failure. */
  readonly told: string;
}

export function mutate(value: unknown, chance: Chance): Mutation {
  const path = oneOf(placesIn(value), chance);
  const way = oneOf(NAMES_OF_WAYS, chance);
  return { value: rewritten(value, path, (inner) => WAYS[way]?.(inner, chance)), told: `${way} at /${path.join('/')}` };
}

/** Up to `most` of them, one after the other. */
export function mutateOften(value: unknown, chance: Chance, most: number): Mutation {
  let [mutated, told] = [value, ''];
  for (let left = chance.integer(1, most); left > 0; left--) {
    const next = mutate(mutated, chance);
    [mutated, told] = [next.value, told === '' ? next.told : `${told}, ${next.told}`];
  }
  return { value: mutated, told };
}
