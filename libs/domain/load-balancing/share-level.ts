// One budget divided between sites (T3): weighted max-min by the level at which all of it is given away, in whole units.
// What sites ask for, and when a share may be sent, is decided in shared-limit; units are the caller's (mA of one phase, or W).
import { beginWork, real, whole, workReals, workWholes } from './columns.js';
import { orderBy } from './stable-order.js';

/** One entry per site, whole numbers but for the weight. */
export interface Sharers {
  /** What it needs whatever happens: stations at their safe levels and other loads. */
  readonly floor: Float64Array;
  /** The most it can make use of; below the floor it counts as the floor. */
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
  const most = demand.map((value, site) => Math.max(value, real(floor, site)));
  const total = Math.max(0, Math.floor(budget));
  const floors = sumOf(floor);
  if (floors > total) return { amounts: floor.map((value) => Math.floor((value * total) / floors)), level: 0, isShort: true };
  if (sumOf(most) <= total) return { amounts: most, level: Number.POSITIVE_INFINITY, isShort: false };

  const level = levelOf(total, floor, most, weight);
  const fair = (site: number): number => Math.min(real(most, site), Math.max(real(floor, site), level * real(weight, site)));
  const amounts = floor.map((_, site) => Math.floor(fair(site)));
  // Rounding down left less than one unit for each: it goes to the first that want more. (And is taken back, should the level be noisy.)
  let rest = total - sumOf(amounts);
  for (let site = 0; site < count && rest > 0; site++) {
    if (fair(site) >= real(most, site) || fair(site) <= real(floor, site)) continue;
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

const sumOf = (values: Float64Array): number => {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += real(values, index);
  return sum;
};

/** The level at which the shares, kept between floor and most, add up to `total`; the floors fit, the mosts do not. */
function levelOf(total: number, floor: Float64Array, most: Float64Array, weight: Float64Array): number {
  beginWork();
  const count = floor.length;
  // Each joins the rise at its floor and leaves it at its most: between such turns the sum is a straight line.
  const turns = workReals(2 * count);
  const order = workWholes(2 * count);
  for (let site = 0; site < count; site++) {
    turns[site] = real(floor, site) / real(weight, site);
    turns[count + site] = real(most, site) / real(weight, site);
    order[site] = site;
    order[count + site] = count + site;
  }
  const sorted = orderBy(order, turns);
  let [sum, slope, rising, level] = [sumOf(floor), 0, 0, 0];
  for (let place = 0; place < 2 * count; place++) {
    const turn = whole(sorted, place);
    const next = real(turns, turn);
    const rise = slope * (next - level);
    if (rising > 0 && sum + rise >= total) return level + (total - sum) / slope;
    sum += rise;
    level = next;
    const isJoining = turn < count;
    rising += isJoining ? 1 : -1;
    slope = rising === 0 ? 0 : slope + (isJoining ? 1 : -1) * real(weight, isJoining ? turn : turn - count);
  }
  return level;
}
