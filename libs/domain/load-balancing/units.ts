// From amperes and line names as configured to integer milliamps and per-phase arrays, rounded to the safe side.
// Watts and volts of OCPP profiles are converted where profiles are written.
import { type EvseConfig, LEAST_AC_A, type LinePair, PHASES, type Phase, type PhaseAmps, type PhaseSet } from './site-model.js';

/** Absorbs the binary error of a decimal such as 10.1 × 1000, and nothing a meter could see. */
const EPSILON = 1e-6;

/** For limits: never more than was written. */
export const limitToMa = (ampere: number): number => Math.floor(ampere * 1000 + EPSILON);
/** For loads and minimums: never less than was written. */
export const loadToMa = (ampere: number): number => Math.ceil(ampere * 1000 - EPSILON);
export const toAmps = (milliamps: number): number => milliamps / 1000;

/** What an EVSE is told at least when it is told anything [mA]. Configurations of old may say less than a car on AC can be told. */
export const leastMa = ({ minA, powerType }: Pick<EvseConfig, 'minA' | 'powerType'>): number =>
  loadToMa(powerType === 'DC' ? minA : Math.max(LEAST_AC_A, minA));
/** Its safe level [mA]: 0 where it says less than it can be told. */
export const safeLevelMa = ({ safeA, powerType }: Pick<EvseConfig, 'safeA' | 'powerType'>): number =>
  powerType !== 'DC' && safeA < LEAST_AC_A ? 0 : limitToMa(safeA);

export type PhaseValues = readonly [number, number, number];

export const perPhase = (value: PhaseAmps, convert: (ampere: number) => number): PhaseValues =>
  typeof value === 'number' ? [convert(value), convert(value), convert(value)] : [convert(value[0]), convert(value[1]), convert(value[2])];

export const isLinePair = (phases: PhaseSet): phases is LinePair => typeof phases === 'string';

/** The lines that carry its current. */
export function phaseList(phases: PhaseSet): readonly Phase[] {
  if (typeof phases === 'number') return PHASES.slice(0, phases);
  return isLinePair(phases) ? (phases.split('-') as unknown as readonly Phase[]) : phases;
}

const LINES = [0, 1, 2] as const;

/** 0, 1, 2 for L1, L2, L3; ascending, each once. */
export function phaseIndexes(phases: PhaseSet): readonly number[] {
  const list = phaseList(phases);
  return LINES.filter((line) => list.includes(PHASES[line]));
}
