// Chance from a seed: the same seed, the same faults.
export type Random = () => number;

/** mulberry32 */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** From the least to the most [ms], every value as likely. */
export type Range = readonly [leastMs: number, mostMs: number];
export const within = (random: Random, [leastMs, mostMs]: Range): number => leastMs + random() * (mostMs - leastMs);
