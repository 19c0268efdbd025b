// Two slow references for the split, sharing nothing with it: exact fractions for trees of lines to the neutral, and, for any site, the
// definition itself: nobody can be raised without passing a limit, whatever part of the allowed currents the cars really draw.
// Both take the admitted claims; admission is the split's own rule.

export interface Row {
  readonly capacity: number;
  /** Claim → how often its current counts. */
  readonly shares: ReadonlyMap<number, number>;
}

export interface Claims {
  readonly min: readonly number[];
  readonly max: readonly number[];
  /** Whole numbers. */
  readonly weight: readonly number[];
}

/** Exact weighted max-min within [min, max] under linear rows of whole numbers. The minimums fit. */
export function exactMaxMin({ min, max, weight }: Claims, rows: readonly Row[]): readonly Fraction[] {
  const frozen = new Map<number, Fraction>();
  const valueAt = (claim: number, level: Fraction): Fraction => {
    const kept = frozen.get(claim);
    if (kept) return kept;
    const wanted = level.times(whole(weight[claim]));
    const [low, high] = [whole(min[claim]), whole(max[claim])];
    return wanted.isBelow(low) ? low : high.isBelow(wanted) ? high : wanted;
  };
  const loadAt = ({ shares }: Row, level: Fraction): Fraction =>
    [...shares].reduce((sum, [claim, share]) => sum.plus(valueAt(claim, level).times(whole(share))), whole(0));
  const tooMuch = rows.filter(
    ({ capacity, shares }) => [...shares].reduce((sum, [claim, share]) => sum + share * (max[claim] ?? 0), 0) > capacity,
  );
  while (frozen.size < min.length) {
    const open = min.flatMap((_, claim) => (frozen.has(claim) ? [] : [claim]));
    // Loads are straight between the levels at which a claim leaves its minimum or reaches its maximum.
    const bends = open
      .flatMap((claim) => [whole(min[claim]).over(whole(weight[claim])), whole(max[claim]).over(whole(weight[claim]))])
      .sort((a, b) => (a.isBelow(b) ? -1 : b.isBelow(a) ? 1 : 0));
    const top = bends.at(-1) ?? whole(0);
    const fullAt = (row: Row): Fraction | undefined => {
      const capacity = whole(row.capacity);
      if (![...row.shares.keys()].some((claim) => !frozen.has(claim)) || !capacity.isBelow(loadAt(row, top))) return undefined;
      // The last bend at which it is not full, and the first at which it is.
      let [low, high] = [-1, bends.length - 1];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (capacity.isBelow(loadAt(row, bends[middle] ?? top))) high = middle;
        else low = middle;
      }
      const [from, to] = [bends[low] ?? whole(0), bends[high] ?? top];
      const [before, after] = [loadAt(row, from), loadAt(row, to)];
      return from.plus(to.minus(from).times(capacity.minus(before)).over(after.minus(before)));
    };
    const meets = tooMuch.flatMap((row) => {
      const level = fullAt(row);
      return level ? [{ row, level }] : [];
    });
    const first = meets.reduce<(typeof meets)[number] | undefined>(
      (best, each) => (best && !each.level.isBelow(best.level) ? best : each),
      undefined,
    );
    const stopping = first ? open.filter((claim) => first.row.shares.has(claim)) : open;
    const level = first?.level ?? top;
    for (const claim of stopping) frozen.set(claim, valueAt(claim, level));
  }
  return min.map((_, claim) => frozen.get(claim) ?? whole(0));
}

/** Weighted max-min by bisection under any test of feasibility that stays true when currents fall. */
export function maxMinWhere(feasible: (current: readonly number[]) => boolean, { min, max, weight }: Claims): readonly number[] {
  const frozen = new Map<number, number>();
  const at = (claim: number, level: number): number =>
    frozen.get(claim) ?? Math.min(max[claim] ?? 0, Math.max(min[claim] ?? 0, level * (weight[claim] ?? 1)));
  const all = (level: number): number[] => min.map((_, claim) => at(claim, level));
  while (frozen.size < min.length) {
    let [low, high] = [0, Math.max(...max.map((value, claim) => value / (weight[claim] ?? 1))) + 1];
    if (feasible(all(high))) low = high;
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2;
      if (feasible(all(middle))) low = middle;
      else high = middle;
    }
    const now = all(low);
    const stuck = min.flatMap((_, claim) => {
      if (frozen.has(claim)) return [];
      const raised = now.map((value, other) => (other === claim ? value + 0.01 : value));
      return (now[claim] ?? 0) >= (max[claim] ?? 0) || !feasible(raised) ? [claim] : [];
    });
    if (stuck.length === 0) throw new Error('the reference makes no progress');
    for (const claim of stuck) frozen.set(claim, now[claim] ?? 0);
  }
  return min.map((_, claim) => frozen.get(claim) ?? 0);
}

export class Fraction {
  private constructor(
    private readonly top: bigint,
    private readonly bottom: bigint,
  ) {}
  static of(top: bigint, bottom = 1n): Fraction {
    const divisor = gcd(top < 0n ? -top : top, bottom < 0n ? -bottom : bottom) * (bottom < 0n ? -1n : 1n) || 1n;
    return new Fraction(top / divisor, bottom / divisor);
  }
  plus({ top, bottom }: Fraction): Fraction {
    return Fraction.of(this.top * bottom + top * this.bottom, this.bottom * bottom);
  }
  minus({ top, bottom }: Fraction): Fraction {
    return Fraction.of(this.top * bottom - top * this.bottom, this.bottom * bottom);
  }
  times({ top, bottom }: Fraction): Fraction {
    return Fraction.of(this.top * top, this.bottom * bottom);
  }
  over({ top, bottom }: Fraction): Fraction {
    return Fraction.of(this.top * bottom, this.bottom * top);
  }
  isBelow({ top, bottom }: Fraction): boolean {
    return this.top * bottom < top * this.bottom;
  }
  toNumber(): number {
    return Number((this.top * 1_000_000n) / this.bottom) / 1_000_000;
  }
}

const whole = (value: number | undefined): Fraction => Fraction.of(BigInt(value ?? 0));
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
