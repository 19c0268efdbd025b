// One budget divided between sites (T3): weighted max-min by the level at which all of it is given away, in whole units.
// What sites ask for, and when a share may be sent, is decided in shared-limit; units are the caller's (mA of one phase, or W).
import { real } from './columns.js';

/** One entry per site, whole numbers but for the weight. */
export interface Sharers {
  /** What it needs whatever happens: stations at their safe levels and other loads. */
  readonly floor: Float64Array;
  /** The most it can make use of, Infinity where that is not known; below the floor it counts as the floor. */
  readonly demand: Float64Array;
  /** Share relative to others, above 0. */
  readonly weight: Float64Array;
}

export interface Shares {
  /** Whole, in the order given; their sum is at most the budget. */
  readonly amounts: Float64Array;
  /**
   * The certificate: to within one unit, whoever has less than it asks for has level × weight, and whoever has more than that has its
   * floor. Infinity: everybody has all it asks for.
   */
  readonly level: number;
  /** Not even the floors fit: they are cut in proportion. */
  readonly isShort: boolean;
}

/** What is left above everybody's demand stays unshared, so that somebody else can be given it at once. O(n) for n sites. */
export function shareOut(budget: number, { floor, demand, weight }: Sharers): Shares {
  const count = floor.length;
  const total = Math.max(0, Math.floor(budget));
  let [floors, asked] = [0, 0];
  for (let site = 0; site < count; site++) {
    floors += real(floor, site);
    asked += Math.max(real(floor, site), real(demand, site));
  }
  if (floors > total) return { amounts: floor.map((value) => Math.floor((value * total) / floors)), level: 0, isShort: true };
  const amounts = new Float64Array(count);
  if (asked <= total) {
    for (let site = 0; site < count; site++) amounts[site] = Math.max(real(floor, site), real(demand, site));
    return { amounts, level: Number.POSITIVE_INFINITY, isShort: false };
  }

  const level = levelOf(total, floor, demand, weight);
  let rest = total;
  for (let site = 0; site < count; site++) {
    amounts[site] = Math.floor(Math.max(real(floor, site), Math.min(level * real(weight, site), real(demand, site))));
    rest -= real(amounts, site);
  }
  // Rounding down left less than one unit for each: it goes to the first that want more. (And is taken back, should the level be noisy.)
  for (let site = 0; site < count && rest > 0; site++) {
    const fair = level * real(weight, site);
    if (fair <= real(floor, site) || fair >= real(demand, site)) continue;
    amounts[site] = real(amounts, site) + 1;
    rest--;
  }
  for (let site = 0; site < count && rest < 0; site++) {
    if (real(amounts, site) <= real(floor, site)) continue;
    amounts[site] = real(amounts, site) - 1;
    rest++;
  }
  return { amounts, level, isShort: false };
}

/** A sum this near the total is the total [units]. */
const NOISE = 1e-3;

/** Newton's steps find nearly every level in less; where they crawl, halving in between bounds the search. */
const FEW_STEPS = 8;

/**
 * The level at which the shares, kept between floor and demand, add up to `total`; the floors fit, the demands do not. The sum is straight between
 * the levels at which somebody leaves the floor or reaches the demand, so Newton's method within known bounds ends on the level itself.
 */
function levelOf(total: number, floor: Float64Array, demand: Float64Array, weight: Float64Array): number {
  let [low, high, weights] = [0, 0, 0];
  for (let site = 0; site < floor.length; site++) {
    high = Math.max(high, Math.min(total, Math.max(real(floor, site), real(demand, site))) / real(weight, site));
    weights += real(weight, site);
  }
  let level = total / weights;
  for (let step = 0; ; step++) {
    let [rest, slope] = [total, 0];
    for (let site = 0; site < floor.length; site++) {
      const fair = level * real(weight, site);
      if (fair <= real(floor, site)) rest -= real(floor, site);
      else if (fair >= real(demand, site)) rest -= Math.max(real(floor, site), real(demand, site));
      else {
        rest -= fair;
        slope += real(weight, site);
      }
    }
    if (Math.abs(rest) <= NOISE) return level;
    if (rest > 0) low = level;
    else high = level;
    const straight = level + rest / slope;
    const isHalving = (step > FEW_STEPS && step % 2 === 0) || !(straight > low && straight < high);
    level = isHalving ? (low + high) / 2 : straight;
    if (level <= low || level >= high) return low;
  }
}
