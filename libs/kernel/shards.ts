// A map as plain JSON, never mutated and cheap to change: its entries lie in shards by a hash of their key, so that a change copies a few
// dozen references and not one per station of a large site. What is kept in it is its users'.

type Shard<T> = Readonly<Record<string, T>>;
export type Shards<T> = Readonly<Record<string, Shard<T>>>;

const SHARDS = 64;

function shardOf(key: string): string {
  let hash = 0;
  for (let index = 0; index < key.length; index++) hash = (hash * 31 + key.charCodeAt(index)) | 0;
  return String((hash >>> 0) % SHARDS);
}

/** Not what every object has by some name: a station may have it too. */
export function entryOf<T>(shards: Shards<T>, key: string): T | undefined {
  const shard = shards[shardOf(key)];
  return shard !== undefined && Object.hasOwn(shard, key) ? shard[key] : undefined;
}

export function withEntry<T>(shards: Shards<T>, key: string, value: T): Shards<T> {
  const shard = shardOf(key);
  return { ...shards, [shard]: { ...shards[shard], [key]: value } };
}

export function withoutEntry<T>(shards: Shards<T>, key: string): Shards<T> {
  if (entryOf(shards, key) === undefined) return shards;
  const shard = shardOf(key);
  const { [key]: _gone, ...rest } = shards[shard] as Shard<T>;
  return { ...shards, [shard]: rest };
}

export const valuesOf = <T>(shards: Shards<T>): readonly T[] => knownOf(shards).values();
export const entriesOf = <T>(shards: Shards<T>): readonly (readonly [key: string, value: T])[] =>
  Object.values(shards).flatMap((shard) => Object.entries(shard));

/** Changes every value; shards and the whole stay what they are where nothing changes. */
export function mapped<T>(shards: Shards<T>, change: (value: T) => T): Shards<T> {
  // Mostly nothing does.
  if (valuesOf(shards).every((value) => change(value) === value)) return shards;
  let all = shards;
  for (const [shard, before] of Object.entries(shards)) {
    let after = before;
    for (const [key, value] of Object.entries(before)) {
      const changed = change(value);
      if (changed !== value) after = { ...after, [key]: changed };
    }
    if (after !== before) all = { ...all, [shard]: after };
  }
  return all;
}

/** What is known of a whole: its shards with what is known of each, and all its values, once somebody asked. */
class Known<T> {
  readonly parts: readonly Part<T>[];
  /** By question. */
  readonly answers: unknown[] = [];
  private all: readonly T[] | undefined;

  constructor(shards: Shards<T>) {
    this.parts = Object.values(shards).map(partOf);
  }

  values(): readonly T[] {
    this.all ??= this.parts.flatMap(({ values }) => values);
    return this.all;
  }
}

interface Part<T> {
  readonly values: readonly T[];
  /** By question. */
  readonly answers: unknown[];
}

const parts = new WeakMap<object, Part<unknown>>();

function partOf<T>(shard: Shard<T>): Part<T> {
  const known = parts.get(shard);
  if (known !== undefined) return known as Part<T>;
  const part = { values: Object.values(shard), answers: [] };
  parts.set(shard, part);
  return part;
}

interface Whole {
  readonly shards: object;
  readonly known: Known<unknown>;
}
/** Of the wholes asked about last: a record asks about the one before it and the one after, and a weak map of all costs more than what it saves (ADR 0113). */
let latest: Whole | undefined;
let earlier: Whole | undefined;

function knownOf<T>(shards: Shards<T>): Known<T> {
  if (latest?.shards !== shards) {
    const known = earlier?.shards === shards ? earlier.known : new Known(shards);
    [latest, earlier] = [{ shards, known: known as Known<unknown> }, latest];
  }
  return latest.known as Known<T>;
}

let questions = 0;

/** What the values of each shard say together; asked again only of shards that have changed since, and of a whole once: a record asks several times over. */
export function perShard<T, R>(summary: (values: readonly T[]) => R): (shards: Shards<T>) => readonly R[] {
  const question = questions++;
  return (shards) => {
    const known = knownOf(shards);
    if (!(question in known.answers))
      known.answers[question] = known.parts.map(({ values, answers }) => {
        if (!(question in answers)) answers[question] = summary(values);
        return answers[question];
      });
    return known.answers[question] as readonly R[];
  };
}
