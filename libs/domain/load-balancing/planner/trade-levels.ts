// What rounding to levels spoils: one car a level higher can be worth more than what others give up for it, and one a level lower can make
// room for more elsewhere, since lines carry phasor sums and levels are wide. Looks only among cars the plan serves; who is served, and
// what becomes of the rest, is decided before and after.

import { type Claim, STEP_MA } from '../claim.js';
import { addCurrent, copyOf, firstFull, type Load, roomMa } from '../load.js';
import { COLUMNS, TOTAL } from '../network.js';
import type { Route } from '../routes.js';

export interface Trader {
  readonly claim: Claim;
  /** What the plan gives it now. */
  readonly wantMa: number;
  /** See `Target`. */
  readonly worth: number;
  /** It may not be stopped. */
  readonly keep: boolean;
  /** Nobody gives up anything for a lower one. */
  readonly priority: number;
}

/** Cars looked at per call, so that a large site does not wait for the last ampere: of fifty, each is tried four times. */
const MOST_LOOKS = 10_000;
/** Even what can be had later just as well is worth this much now: somebody may come until then. */
const EARLY_WORTH = 0.1;
/** Between deals of equal worth, the one nearer to the plan. */
const NEARNESS = 0.1;

/** `limitMa` per trader, within `capacity`; `load` is their sum with what was there before. Both again, and never worth less. */
export function tradeLevels(
  capacity: Float64Array,
  claimants: readonly Trader[],
  load: Load,
  limitMa: readonly number[],
): { readonly load: Load; readonly limitMa: readonly number[] } {
  const traders = claimants.map((trader): Levelled => ({ ...trader, levels: levelsOf(trader) }));
  const count = traders.length;
  const worth = traders.map(({ claim, worth }) => powerOf(claim.route) * (EARLY_WORTH + (1 - EARLY_WORTH) * worth));
  const gainAt = (index: number, ma: number): number =>
    ma * (worth[index] as number) - NEARNESS * Math.abs(ma - (traders[index] as Trader).wantMa);
  const order = [...traders.keys()].sort((a, b) => (worth[b] as number) - (worth[a] as number) || a - b);
  const sumOf = (amounts: readonly number[]): number => amounts.reduce((sum, ma, index) => sum + gainAt(index, ma), 0);
  let best = { load, limitMa };
  let bestValue = sumOf(limitMa);
  // By turns each car takes a level from others, or leaves one to them, until nobody finds a deal any more.
  for (let trial = 0, inVain = 0; inVain < 2 * count && trial * count < MOST_LOOKS; trial++, inVain++) {
    const index = order[(trial >> 1) % count] as number;
    const draft = { load: copyOf(best.load), limitMa: [...best.limitMa] };
    const { priority } = traders[index] as Trader;
    const isTaking = trial % 2 === 0;
    if (!(isTaking ? take(capacity, traders, draft, index, gainAt) : leave(traders, draft, index))) continue;
    const heirs = order.filter((other) => other !== index && (traders[other] as Trader).priority >= priority);
    fillUp(capacity, traders, draft, isTaking ? order : heirs);
    const value = sumOf(draft.limitMa);
    if (value <= bestValue + 1) continue;
    best = draft;
    bestValue = value;
    inVain = -1;
  }
  return best;
}

interface Levelled extends Trader {
  /** What it may be told, ascending; undefined = any current. */
  readonly levels: readonly number[] | undefined;
}

interface Draft {
  readonly load: Load;
  readonly limitMa: number[];
}

function change(traders: readonly Levelled[], { load, limitMa }: Draft, index: number, toMa: number): void {
  addCurrent(load, (traders[index] as Trader).claim.route, toMa - (limitMa[index] as number));
  limitMa[index] = toMa;
}

/** A level more, for which others give up level after level what is worth least; false where they cannot. */
function take(
  capacity: Float64Array,
  traders: readonly Levelled[],
  draft: Draft,
  taker: number,
  gainAt: (index: number, ma: number) => number,
): boolean {
  const { claim, priority } = traders[taker] as Levelled;
  const now = draft.limitMa[taker] as number;
  const next = levelAbove(traders[taker] as Levelled, now, () => STEP_MA);
  if (next === undefined) return false;
  change(traders, draft, taker, next);
  for (let full = firstFull(draft.load, capacity, claim.route, 0); full >= 0; full = firstFull(draft.load, capacity, claim.route, 0)) {
    let giver = -1;
    let leastLoss = Number.POSITIVE_INFINITY;
    for (let index = 0; index < traders.length; index++) {
      const trader = traders[index] as Levelled;
      const has = draft.limitMa[index] as number;
      const mayGive = index !== taker && trader.priority <= priority && trader.claim.route.column.includes(full);
      const lower = mayGive ? levelBelow(trader, has) : undefined;
      const loss = lower === undefined ? Number.POSITIVE_INFINITY : gainAt(index, has) - gainAt(index, lower);
      if (loss < leastLoss) [giver, leastLoss] = [index, loss];
    }
    if (giver < 0) return false;
    leave(traders, draft, giver);
  }
  return true;
}

/** A level less. */
function leave(traders: readonly Levelled[], draft: Draft, index: number): boolean {
  const lower = levelBelow(traders[index] as Levelled, draft.limitMa[index] as number);
  if (lower !== undefined) change(traders, draft, index, lower);
  return lower !== undefined;
}

function fillUp(capacity: Float64Array, traders: readonly Levelled[], draft: Draft, order: readonly number[]): void {
  let hopeful = order;
  while (hopeful.length > 0)
    hopeful = hopeful.filter((index) => {
      const trader = traders[index] as Levelled;
      const { route } = trader.claim;
      const now = draft.limitMa[index] as number;
      const next = levelAbove(trader, now, () => roomMa(draft.load, capacity, route));
      if (next === undefined || firstFull(draft.load, capacity, route, next - now) >= 0) return false;
      change(traders, draft, index, next);
      return true;
    });
}

const levelsOf = ({ claim: { levelsMa, minMa, maxMa } }: Trader): readonly number[] | undefined =>
  levelsMa?.filter((level) => level > 0 && level >= minMa && level <= maxMa).sort((a, b) => a - b);

/** Undefined where there is none. Who takes any current gives up none here: its share is exact already. */
function levelBelow({ levels, keep }: Levelled, ma: number): number | undefined {
  if (levels === undefined || ma <= 0) return undefined;
  return levels.findLast((level) => level < ma) ?? (keep ? undefined : 0);
}

/** The next one; where any current will do, all the room it can use. */
function levelAbove({ levels, claim: { maxMa } }: Levelled, ma: number, roomMa: () => number): number | undefined {
  if (levels !== undefined) return levels.find((level) => level > ma);
  if (ma <= 0 || ma >= maxMa) return undefined;
  const steps = Math.floor(Math.min(roomMa(), maxMa - ma) / STEP_MA);
  return steps > 0 ? ma + steps * STEP_MA : undefined;
}

/** Power of an ampere relative to one line to the neutral: what it adds to the sum over all lines. */
function powerOf({ column, re }: Route): number {
  const at = column.findIndex((each) => each % COLUMNS === TOTAL);
  return at < 0 ? 1 : (re[at] as number);
}
