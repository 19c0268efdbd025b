// What an EVSE asks of the split, the order in which the scarce is given away, and the values an EVSE can be told.
// How much it gets is the split's.
import type { Route } from './routes.js';

/** OCPP 1.6 allows one decimal of an ampere. */
export const STEP_MA = 100;

/** Currents in whole mA. Never mutated: what changes is another object. */
export interface Claim {
  readonly id: string | number;
  readonly route: Route;
  readonly minMa: number;
  readonly maxMa: number;
  readonly levelsMa?: readonly number[];
  readonly weight: number;
  readonly priority: number;
  readonly waitingSinceMs: number;
}

/** Priority, then who waits longest, then the id: the order in which the scarce is given away. */
export function compareClaims(a: Claim, b: Claim): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  if (a.waitingSinceMs !== b.waitingSinceMs) return a.waitingSinceMs - b.waitingSinceMs;
  return compareIds(a.id, b.id);
}

export function compareIds(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

/** The largest value it can be told that is not above `ma`. */
export function roundDown({ levelsMa }: Pick<Claim, 'levelsMa'>, ma: number): number {
  if (levelsMa === undefined) return Math.floor(ma / STEP_MA) * STEP_MA;
  return levelsMa.reduce((best, level) => (level <= ma && level > best ? level : best), 0);
}

/** The smallest one that is above `ma`; Infinity after its last level. */
export function nextStep({ levelsMa }: Claim, ma: number): number {
  if (levelsMa === undefined) return ma + STEP_MA;
  return levelsMa.reduce((best, level) => (level > ma && level < best ? level : best), Number.POSITIVE_INFINITY);
}
