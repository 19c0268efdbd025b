// Who gives way for those who lack much, where many hold a little more than is fair: few by a little more than that, since each time wears a flash.
// What is clearly too much is taken back by the plan anyway; what a decrease frees is for others once it is confirmed.
import { type GrantStep, limitAt, SETTLE_MS } from './grant.js';
import type { Book } from './headroom.js';
import { committedMa } from './ledger.js';
import { addCurrent, copyOf, type Load, magnitude } from './load.js';
import { isInFlight, type Move, newest, stepsOf } from './moves.js';
import type { PlanInput } from './site-plan.js';
import type { Wish } from './wishes.js';

/** So far below what is fair whoever gives way is brought [mA]: less than what is worth a raise. */
const MORE_MA = 400;

interface Account {
  readonly fromMs: number;
  readonly floored: boolean;
  readonly load: Load;
  readonly capacity: Float64Array;
}

/**
 * Decreases that leave room for all of `lacking`, of `small` ones, those first that hold most above what is fair. `told`: decreases that are sent in any
 * case; what they free, and what is on its way, counts as free.
 */
export function giveWay(
  book: Book,
  wishes: readonly Wish[],
  lacking: readonly Move[],
  told: readonly Move[],
  small: readonly Move[],
  { nowMs, leaseMs }: PlanInput,
): readonly { readonly wish: Wish; readonly steps: readonly GrantStep[] }[] {
  if (lacking.length === 0) return [];
  const accounts: readonly Account[] = [
    { fromMs: nowMs, floored: false, load: copyOf(book.certain), capacity: book.windows[0]?.capacity ?? new Float64Array() },
    ...book.windows.map(({ fromMs, floored, capacity }) => ({ fromMs, floored: true, load: copyOf(floored), capacity })),
  ];
  const toldBy = new Map(told.map((move) => [move.wish.evse, move]));
  const lackingBy = new Map(lacking.map((move) => [move.wish.evse, move]));
  /** What it will count with, once all is confirmed. */
  const expectedMa = ({ station, evse }: Wish, { fromMs, floored }: Account, index: number): number => {
    const countsMa = committedMa(station.ledger, evse, fromMs, floored);
    const move = toldBy.get(evse) ?? lackingBy.get(evse);
    if (move !== undefined) return move.limits[Math.max(0, index - 1)] ?? countsMa;
    const last = newest(evse.plans);
    const isComing = last !== undefined && (isInFlight(last) || nowMs < (last.acceptedMs ?? 0) + SETTLE_MS);
    return isComing ? Math.min(countsMa, limitAt(last, fromMs)) : countsMa;
  };
  for (const [index, account] of accounts.entries())
    for (const wish of wishes) {
      const moreMa = expectedMa(wish, account, index) - committedMa(wish.station.ledger, wish.evse, account.fromMs, account.floored);
      if (moreMa !== 0) addCurrent(account.load, wish.claim.route, moreMa);
    }
  const isShort = ({ claim: { route } }: Wish): boolean =>
    accounts.some(({ load, capacity }) =>
      [...route.column].some((column) => magnitude(load, column) > (capacity[column] as number) + 1e-6),
    );
  const starts = book.windows.map(({ fromMs }) => fromMs);
  return small
    .toSorted((a, b) => aboveMa(b, nowMs) - aboveMa(a, nowMs))
    .flatMap(({ wish, limits }) => {
      const { station, evse, claim, config } = wish;
      if (evse.disobedient || !isShort(wish)) return [];
      const lessMa = (limitMa: number): number => (config.levelsA || limitMa - MORE_MA < claim.minMa ? limitMa : limitMa - MORE_MA);
      const fewer = limits.map(lessMa);
      for (const [index, account] of accounts.entries())
        addCurrent(account.load, claim.route, Math.min(0, (fewer[Math.max(0, index - 1)] ?? 0) - expectedMa(wish, account, index)));
      return [{ wish, steps: stepsOf(station, evse, fewer, starts, nowMs + leaseMs, nowMs) }];
    });
}

const aboveMa = ({ wish: { evse }, limits }: Move, nowMs: number): number => {
  const last = newest(evse.plans);
  return (last ? limitAt(last, nowMs) : evse.ratingMa) - (limits[0] ?? 0);
};
