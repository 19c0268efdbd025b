import { availableParallelism } from 'node:os';

/**
 * What Node is told wherever the product runs; the image's entry point says the same, for one core. A young generation of 4 MiB instead of 16: with hundreds
 * of sockets each look through a large one holds every station up for 10 to 30 ms (ADR 0134). And no more helping threads than leave a core to who answers
 * stations: four of them, which is the engine's default, on two cores make it wait for milliseconds (ADR 0140).
 */
export const NODE_FLAGS = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=4',
  `--v8-pool-size=${Math.min(4, Math.max(1, availableParallelism() - 1))}`,
];

/** Where nobody waits for an answer: a rebuild allocates all the time, and what is alive in a young generation of 64 MiB is copied seldom (ADR 0139). */
const UNHURRIED_MIB = 64;
const UNHURRIED = new Set(['apps/standalone/replay']);

/** For one entry point; of a flag that is there twice Node takes the last. */
export const flagsOf = (entry) => (UNHURRIED.has(entry) ? [...NODE_FLAGS, `--max-semi-space-size=${UNHURRIED_MIB}`] : NODE_FLAGS);
