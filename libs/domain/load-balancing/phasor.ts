// Alternating currents as complex numbers: what one ampere of an EVSE is on each line, here and behind transformers.
// Every current is taken at unity power factor and relative to the voltage of its own line, so that loads to the neutral stay real.
import type { PhaseSet, Transformer } from './site-model.js';
import { isLinePair, type PhaseValues, phaseIndexes, phaseList } from './units.js';

export interface Phasor {
  readonly re: number;
  readonly im: number;
}
/** On L1, L2, L3. */
export type LineCurrents = readonly [Phasor, Phasor, Phasor];

const NONE: Phasor = { re: 0, im: 0 };
const HALF_ROOT_3 = Math.sqrt(3) / 2;
const AHEAD_120: Phasor = { re: -0.5, im: HALF_ROOT_3 };
const BEHIND_120: Phasor = { re: -0.5, im: -HALF_ROOT_3 };
const AHEAD_30: Phasor = { re: HALF_ROOT_3, im: 0.5 };
const BEHIND_30: Phasor = { re: HALF_ROOT_3, im: -0.5 };

/** Binary noise of products of such numbers; real sums must stay exactly real. */
const snapped = (value: number): number => (Math.abs(value - Math.round(value)) < 1e-12 ? Math.round(value) : value);
const phasor = (re: number, im: number): Phasor => ({ re: snapped(re), im: snapped(im) });
const times = (a: Phasor, b: Phasor): Phasor => phasor(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);

/** One ampere through an EVSE so wired. Between two lines the current leads on the first and lags on the second. */
export function lineCurrents(phases: PhaseSet): LineCurrents {
  const currents: [Phasor, Phasor, Phasor] = [NONE, NONE, NONE];
  if (isLinePair(phases)) {
    const [first, second] = phaseList(phases).map((phase) => Number(phase[1]) - 1) as [0 | 1 | 2, 0 | 1 | 2];
    currents[first] = { re: HALF_ROOT_3, im: 0.5 };
    currents[second] = { re: HALF_ROOT_3, im: -0.5 };
  } else for (const index of phaseIndexes(phases)) currents[index as 0 | 1 | 2] = { re: 1, im: 0 };
  return currents;
}

/** Active power of one ampere per nominal line-to-neutral volt. */
export const powerShare = (phases: PhaseSet): number => (isLinePair(phases) ? 2 * HALF_ROOT_3 : phaseIndexes(phases).length);

/** Delta on one side: a line sees the difference of two of the other side. The clock number says which two. Dy11: (I1 − I3)/n. */
const DIFFERENCES = {
  Dy11: { neighbour: [2, 0, 1], shift: AHEAD_30, windings: 1 },
  Yd11: { neighbour: [2, 0, 1], shift: AHEAD_30, windings: 3 },
  Dy1: { neighbour: [1, 2, 0], shift: BEHIND_30, windings: 1 },
  Yd1: { neighbour: [1, 2, 0], shift: BEHIND_30, windings: 3 },
  Yy0: undefined,
  Dd0: undefined,
} as const;

/** Currents of the secondary lines as the primary lines carry them. */
export function throughTransformer({ turnsRatio, vectorGroup }: Transformer, secondary: LineCurrents): LineCurrents {
  const difference = DIFFERENCES[vectorGroup];
  if (difference === undefined) return mapLines((line) => phasor(secondary[line].re / turnsRatio, secondary[line].im / turnsRatio));
  const { neighbour, shift, windings } = difference;
  return mapLines((line) => {
    const other = neighbour[line];
    // Relative to this line's voltage, that of the other is 120° ahead or behind.
    const turned = times(secondary[other], (other - line + 3) % 3 === 2 ? AHEAD_120 : BEHIND_120);
    const { re, im } = times(phasor(secondary[line].re - turned.re, secondary[line].im - turned.im), shift);
    return phasor(re / (windings * turnsRatio), im / (windings * turnsRatio));
  });
}

/** Bound of the primary line currents when only the sizes of the secondary ones are known [mA]. */
export function worstThrough(transformer: Transformer | undefined, secondary: PhaseValues): PhaseValues {
  if (transformer === undefined) return secondary;
  const { turnsRatio, vectorGroup } = transformer;
  const difference = DIFFERENCES[vectorGroup];
  const [a, b, c] = [0, 1, 2].map((line) => {
    const both = difference
      ? secondary[line as 0 | 1 | 2] + secondary[difference.neighbour[line as 0 | 1 | 2]]
      : secondary[line as 0 | 1 | 2];
    return Math.ceil(both / ((difference?.windings ?? 1) * turnsRatio));
  }) as [number, number, number];
  return [a, b, c];
}

/** Whole degrees; everything here is a multiple of 30. */
export const angleOf = ({ re, im }: Phasor): number => Math.round((Math.atan2(im, re) * 180) / Math.PI);

/**
 * Cars may draw less than they are allowed, and behind a delta primary less of one can mean more on a line. Whatever subset draws, the line
 * carries most when all those on one side of some direction draw in full: these are the sides, as sets of angles. Each bounded on its own,
 * the line is safe for every subset, and filling up is fair: no side can be relieved by drawing more (ADR 0025). One side, the whole, is all
 * there is on lines without such a transformer.
 */
export function sidesOf(angles: readonly number[]): readonly ReadonlySet<number>[] {
  const all = [...new Set(angles)];
  const sides = Array.from({ length: 12 }, (_, index) => index * 30 + 15)
    .map((direction) => all.filter((angle) => turn(angle, direction) < 90).sort((a, b) => a - b))
    .sort((a, b) => b.length - a.length);
  const kept: number[][] = [];
  for (const side of sides) {
    const covered = kept.some(
      (larger) => side.every((angle) => larger.includes(angle)) && (isNarrow(larger) || larger.length === side.length),
    );
    if (side.length > 0 && !covered) kept.push(side);
  }
  return kept.map((side) => new Set(side));
}

/** Nobody in it works against anybody: then a part of it never carries more than the whole. */
const isNarrow = (angles: readonly number[]): boolean => angles.every((a) => angles.every((b) => turn(a, b) <= 90));
const turn = (a: number, b: number): number => Math.abs(((a - b + 540) % 360) - 180);

const mapLines = (value: (line: 0 | 1 | 2) => Phasor): LineCurrents => [value(0), value(1), value(2)];
