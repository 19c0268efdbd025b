// The garage's line currents bounded by linear rows, for the offline optimum alone: a car sits between two lines, so a line carries a phasor
// sum, whose circle is replaced by a polygon inside it. Our planner makes its rows elsewhere, from the site's model.

const LINE_PAIRS = ['AB', 'BC', 'CA'] as const;
type LinePair = (typeof LINE_PAIRS)[number];

const LINES = ['A', 'B', 'C'] as const;
type Line = (typeof LINES)[number];

/** Σ perPair × (current of the pair) ≤ share × (limit of the line). Coefficients may be negative on primaries. */
export interface PhasorCut {
  readonly line: Line;
  readonly perPair: readonly [ab: number, bc: number, ca: number];
  readonly share: number;
}

/** Directions of the pair currents [degrees]; signs as in ACN-Sim. */
const ANGLE = { AB: 30, BC: -90, CA: 150 } as const;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Per line, which pairs it carries and in which direction. Secondary: A = AB − CA, B = BC − AB, C = CA − BC. */
const SECONDARY: Readonly<Record<Line, Readonly<Record<LinePair, number>>>> = {
  A: { AB: 1, BC: 0, CA: -1 },
  B: { AB: -1, BC: 1, CA: 0 },
  C: { AB: 0, BC: -1, CA: 1 },
};
/** Delta-wye: a primary line carries the difference of two secondary lines: A − C, B − A, C − B, over the turns ratio. */
const PRIMARY: Readonly<Record<Line, Readonly<Record<LinePair, number>>>> = {
  A: { AB: 1, BC: 1, CA: -2 },
  B: { AB: -2, BC: 1, CA: 1 },
  C: { AB: 1, BC: -2, CA: 1 },
};

/** 60° of directions for each line. `degrees` apart: 10 costs at most 0.4 % of a line's limit, 5 at most 0.1 %. */
export const secondaryCuts = (degrees = 10): readonly PhasorCut[] => LINES.flatMap((line) => cuts(line, SECONDARY[line], 1, degrees));

/** 120° of directions for each line; `ratio` = secondary over primary current of the transformer. */
export const primaryCuts = (ratio: number, degrees = 10): readonly PhasorCut[] =>
  LINES.flatMap((line) => cuts(line, PRIMARY[line], ratio, degrees));

function cuts(line: Line, carries: Readonly<Record<LinePair, number>>, ratio: number, degrees: number): readonly PhasorCut[] {
  // Each pair pulls the sum towards one direction; all sums lie between the outermost two, less than 180° apart.
  const pulls = LINE_PAIRS.filter((pair) => carries[pair] !== 0).map((pair) => (carries[pair] > 0 ? ANGLE[pair] : ANGLE[pair] + 180));
  const base = pulls[0] ?? 0;
  const offsets = pulls.map((angle) => ((((angle - base + 180) % 360) + 360) % 360) - 180);
  const from = base + Math.min(...offsets);
  const span = Math.max(...offsets) - Math.min(...offsets);
  const count = Math.max(1, Math.ceil(span / degrees - 1e-9));
  const half = span / count / 2;
  return Array.from({ length: count }, (_, index) => {
    const normal = from + half * (2 * index + 1);
    const along = (pair: LinePair): number => carries[pair] * Math.cos(radians(ANGLE[pair] - normal));
    // The chord between two corners on the circle lies at cos(half) of its radius.
    return { line, perPair: [along('AB'), along('BC'), along('CA')], share: Math.cos(radians(half)) * ratio };
  });
}
