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

export const entryOf = <T>(shards: Shards<T>, key: string): T | undefined => shards[shardOf(key)]?.[key];

export function withEntry<T>(shards: Shards<T>, key: string, value: T): Shards<T> {
  const shard = shardOf(key);
  return { ...shards, [shard]: { ...shards[shard], [key]: value } };
}

export function withoutEntry<T>(shards: Shards<T>, key: string): Shards<T> {
  const shard = shardOf(key);
  if (shards[shard]?.[key] === undefined) return shards;
  const { [key]: _gone, ...rest } = shards[shard];
  return { ...shards, [shard]: rest };
}

export const valuesOf = <T>(shards: Shards<T>): readonly T[] => Object.values(shards).flatMap((shard) => Object.values(shard));
export const entriesOf = <T>(shards: Shards<T>): readonly (readonly [key: string, value: T])[] =>
  Object.values(shards).flatMap((shard) => Object.entries(shard));

/** Changes every value; shards and the whole stay what they are where nothing changes. */
export function mapped<T>(shards: Shards<T>, change: (value: T) => T): Shards<T> {
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

/** What the values of each shard say together; asked again only of shards that have changed since. */
export function perShard<T, R>(summary: (values: readonly T[]) => R): (shards: Shards<T>) => readonly R[] {
  const kept = new WeakMap<Shard<T>, { readonly of: R }>();
  const ask = (shard: Shard<T>): R => {
    const known = kept.get(shard);
    if (known !== undefined) return known.of;
    const of = summary(Object.values(shard));
    kept.set(shard, { of });
    return of;
  };
  // A record is asked about several times over.
  let last: { readonly shards: Shards<T>; readonly say: readonly R[] } | undefined;
  return (shards) => {
    if (last?.shards !== shards) last = { shards, say: Object.values(shards).map(ask) };
    return last.say;
  };
}
