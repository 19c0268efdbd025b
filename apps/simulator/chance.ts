// Seeded chance: the same seed gives the same fleet, cars and faults.
// Message ids do not come from here: they must differ between two runs of one seed.
export interface Chance {
  /** Uniform in [0, 1). */
  next(): number;
  between(low: number, high: number): number;
  /** Integer in [low, high]. */
  integer(low: number, high: number): number;
  pick<T>(options: readonly [T, ...T[]]): T;
  /** Waiting time of a Poisson process with this mean, in the unit of the mean. */
  wait(mean: number): number;
  /** An independent source for a named part, so that one part's draws do not disturb another's. */
  fork(name: string): Chance;
}

/** 32 bits of a text (FNV-1a), to make a seed of a name. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** A 32-bit counter generator with a strong finaliser ("splitmix32"): plenty for cars, useless for secrets. */
export function chance(seed: number | string): Chance {
  let state = hash32(String(seed));
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (options) => options[Math.floor(next() * options.length)] ?? options[0],
    wait: (mean) => -Math.log(1 - next()) * mean,
    fork: (name) => chance(`${seed}/${name}`),
  };
}
