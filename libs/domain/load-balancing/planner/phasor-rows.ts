// A limit on the size of a sum of phasors as linear rows: a polygon inside the circle, over the directions the sum can take.
// Where everything flows in one direction (European wye) this is one exact row.

export interface PhasorMember {
  /** What one ampere of the car adds. */
  readonly re: number;
  readonly im: number;
}

/** Σ factor × current ≤ share × limit keeps the sum inside its circle. */
export interface LimitRow {
  readonly factor: Float64Array;
  readonly share: number;
}

const TURN = 2 * Math.PI;

/** Corners `degrees` apart: 10 give away at most 0.4 % of the limit, 5 at most 0.1 %. Factors may be negative behind delta primaries. */
export function phasorRows(members: readonly PhasorMember[], degrees = 10): readonly LimitRow[] {
  const pulls = members.filter(({ re, im }) => re !== 0 || im !== 0).map(({ re, im }) => Math.atan2(im, re));
  const first = pulls[0];
  if (first === undefined) return [];
  const offsets = pulls.map((angle) => signed(angle - first));
  const from = Math.min(...offsets);
  const span = Math.max(...offsets) - from;
  // Currents that may point anywhere need the whole circle.
  const [start, arc] = span < Math.PI - 1e-9 ? [first + from, span] : [0, TURN];
  const count = Math.max(1, Math.ceil(arc / ((degrees * Math.PI) / 180) - 1e-9));
  const half = arc / count / 2;
  return Array.from({ length: count }, (_, index) => {
    const normal = start + half * (2 * index + 1);
    const [x, y] = [Math.cos(normal), Math.sin(normal)];
    // The chord between two corners on the circle lies at cos(half) of its radius.
    return { factor: Float64Array.from(members, ({ re, im }) => re * x + im * y), share: Math.cos(half) };
  });
}

/** Into (−π, π]. */
const signed = (angle: number): number => angle - TURN * Math.ceil(angle / TURN - 0.5);
