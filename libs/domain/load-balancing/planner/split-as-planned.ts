// The fair split bent towards a plan: planned cars first, in proportion to their targets; what they leave is shared as ever.
// Safety is the split's, whatever the targets are: old, wrong or missing ones only make it less clever.

import { type Claim, STEP_MA } from '../claim.js';
import { firstFull, type Load } from '../load.js';
import { type Split, split } from '../split.js';
import { type Trader, tradeLevels } from './trade-levels.js';

export interface Target {
  /** What the plan gives it now; 0 = it is to wait, less = it is to feed back (feed-back). */
  readonly wantMa: number;
  /** It has been interrupted often enough: it keeps its minimum before anybody starts. */
  readonly keep: boolean;
  /** More than planned costs money: it gets no more, even if there is room. */
  readonly isCapped: boolean;
  /** Share of additional energy that is not only had earlier, 0 … 1: see `PlannedCar`. Absent = 1. */
  readonly worth?: number;
}

/** Targets in the order of the claims; undefined where the plan does not know the car. */
export function splitAsPlanned(
  capacity: Float64Array,
  claims: readonly Claim[],
  occupied: Load,
  targets: readonly (Target | undefined)[],
): Split {
  if (targets.every((target) => target === undefined)) return split(capacity, claims, occupied);
  const indexes = [...claims.keys()];
  const planned = indexes.filter((index) => isPlanned(targets[index]));
  const traders = planned.map((index): Trader => {
    const { wantMa, worth = 1, keep } = targets[index] as Target;
    return { claim: bent(claims[index] as Claim, targets[index] as Target), wantMa, worth, keep, priority: claims[index]?.priority ?? 0 };
  });
  const first = split(
    capacity,
    traders.map(({ claim }) => claim),
    occupied,
  );
  // Where more than planned costs, levels are the nearest ones already.
  const hasLevels = traders.some(({ claim }) => claim.levelsMa !== undefined) && targets.every((target) => target?.isCapped !== true);
  const traded = hasLevels ? tradeLevels(capacity, traders, first.load, first.limitMa) : first;
  const limitMa = new Array<number>(claims.length).fill(0);
  const tight = new Array<number>(claims.length).fill(-1);
  planned.forEach((index, position) => {
    const { claim } = traders[position] as Trader;
    limitMa[index] = traded.limitMa[position] as number;
    const isLower = (traded.limitMa[position] as number) < (first.limitMa[position] as number);
    tight[index] = isLower ? firstFull(traded.load, capacity, claim.route, STEP_MA) : (first.tight[position] as number);
  });
  // Who the plan lets wait takes what is left, unless that costs; who it does not know always may.
  const rest = indexes.filter((index) => !isPlanned(targets[index]) && targets[index]?.isCapped !== true);
  const second = split(
    capacity,
    rest.map((index) => claims[index] as Claim),
    traded.load,
  );
  rest.forEach((index, position) => {
    limitMa[index] = second.limitMa[position] as number;
    tight[index] = second.tight[position] as number;
  });
  return { limitMa, tight, load: second.load };
}

const isPlanned = (target: Target | undefined): boolean => target !== undefined && (target.keep || target.wantMa > 0);

/** Weighted by its target; kept ones first. */
function bent(claim: Claim, { wantMa, keep, isCapped }: Target): Claim {
  return {
    ...claim,
    maxMa: isCapped ? Math.min(claim.maxMa, Math.max(claim.minMa, nearestLevel(claim, wantMa))) : claim.maxMa,
    weight: Math.max(1, wantMa) / 1000,
    priority: claim.priority + (keep ? KEEP : 0),
    waitingSinceMs: 0,
  };
}

/** Above every priority a driver or operator can give. */
const KEEP = 1_000_000;

/** The target itself, or the level closest to it. */
function nearestLevel({ levelsMa }: Claim, wantMa: number): number {
  if (levelsMa === undefined) return wantMa;
  return levelsMa.reduce((best, level) => (Math.abs(level - wantMa) < Math.abs(best - wantMa) ? level : best), levelsMa[0] ?? 0);
}
