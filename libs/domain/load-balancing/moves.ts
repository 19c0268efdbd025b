// What to change: from what a car was told last to what is fair, as a decrease, a raise or a renewal, with the schedule that says so.
// Whether a raise has room is raise.ts, which decreases are worth a message is the plan's.
import { STEP_MA } from './claim.js';
import type { StationView } from './claims.js';
import { isDisplaced } from './foreign-ledger.js';
import { type Grant, type GrantStep, isLater, leaseEndMs, limitAt, permittedMa, SETTLE_MS } from './grant.js';
import { dueMs, isResting } from './lease.js';
import { baseMa, type EvseLedger, type StationLedger } from './ledger.js';
import type { PlanInput } from './site-plan.js';
import { leaseSkew, skewBound } from './skew.js';
import type { Wish } from './wishes.js';

/** Smaller changes are not worth a message [mA]. */
export const DEADBAND_MA = 500;
/** So far beside what is fair a car stays until its lease is renewed, or somebody lacks that much [mA]. */
const MUCH_MA = 1_000;
/** Between changes of one EVSE that safety does not ask for. */
export const CHANGE_PAUSE_MS = 30_000;

export interface Move {
  readonly wish: Wish;
  readonly cause: 'lower' | 'raise' | 'renew';
  readonly steps: readonly GrantStep[];
  /** Values per window, for cutting a raise to what fits. */
  readonly limits: readonly number[];
  /** Too soon after the last change for anything but safety. */
  readonly isEarly: boolean;
  readonly isSmall: boolean;
  /** What it was told last ends soon. */
  readonly isDue: boolean;
}

/** It holds more than it uses, and nothing but that speaks against it. */
export const isSpare = ({ evse, demand, claim, limits }: Wish): boolean =>
  demand.usableMa !== undefined && evse.foreign.length === 0 && limits.every((limitMa) => limitMa >= claim.maxMa - STEP_MA);

/** Its lease is over by our clock, and by its own perhaps not: it is told so, since nothing else ends that while its clock is unknown. */
export function isInDoubt({ station: { ledger }, evse }: Wish, nowMs: number): boolean {
  const last = newest(evse.plans);
  return (
    last?.state === 'accepted' &&
    leaseSkew(ledger) === undefined &&
    leaseEndMs(last) <= nowMs &&
    evse.safeMa < permittedMa(last, nowMs, undefined)
  );
}
export const heldOn = ({ station, evse }: Wish, { nowMs, leaseMs }: PlanInput): readonly GrantStep[] =>
  stepsOf(station, evse, [Math.min(evse.safeMa, baseMa(station.ledger, evse, nowMs))], [nowMs], nowMs + leaseMs, nowMs);

/**
 * What it holds without a plan. While a car follows the default that was just confirmed it counts with more; what is more than the default is a raise
 * all the same, since without it those seconds end with less.
 */
export const settledMa = (ledger: StationLedger, evse: EvseLedger, t: number): number =>
  baseMa(ledger, evse, Math.max(t, ledger.provenFromMs));

/** Many would have to give way a little for somebody who lacks little himself. */
export function lacksMuch({ wish: { station, evse }, steps }: Move, nowMs: number): boolean {
  const last = newest(evse.plans);
  const heldMa = last ? limitAt(last, nowMs) : settledMa(station.ledger, evse, nowMs);
  return heldMa === 0 || (steps[0]?.limitMa ?? 0) - heldMa >= MUCH_MA;
}

export const newest = (grants: readonly Grant[]): Grant | undefined =>
  grants.reduce<Grant | undefined>(
    (best, grant) => (grant.endsMs === undefined && (!best || isLater(grant, best)) ? grant : best),
    undefined,
  );
/** The car waits for a schedule, and none was sent since it asked. */
export const isAsked = ({ evse, demand }: Wish, nowMs: number): boolean =>
  demand.askedMs !== undefined && demand.askedMs <= nowMs && (newest(evse.plans)?.requestedMs ?? 0) < demand.askedMs;
export const isInFlight = ({ state }: Grant): boolean => state === 'requested' || state === 'sent';

export function moveFor(wish: Wish, starts: readonly number[], { leaseMs, nowMs }: PlanInput): Move | undefined {
  const { station, evse, limits, demand, claim } = wish;
  const last = newest(evse.plans);
  const base = settledMa(station.ledger, evse, nowMs);
  const isForThis = last?.transactionId === undefined || last.transactionId === demand.transactionId;
  const held = (t: number): number => (last && isForThis ? limitAt(last, t) : base);
  const sooner = nowMs - Math.max(last?.requestedMs ?? 0, evse.toldMs ?? 0) < CHANGE_PAUSE_MS;
  const steps = stepsOf(station, evse, limits, starts, nowMs + leaseMs, nowMs);
  const isDue =
    last !== undefined &&
    !isInFlight(last) &&
    isForThis &&
    held(nowMs) !== base &&
    dueMs(last, leaseMs, isResting(demand, claim.minMa)) < nowMs;
  const move = (cause: Move['cause']): Move => ({ wish, cause, steps, limits, isEarly: sooner, isSmall: false, isDue });
  const lower = (isSmall: boolean): Move => {
    const told = noHigher(limits, starts, last && isForThis ? leaseEndMs(last) : Number.POSITIVE_INFINITY, held);
    return { ...move('lower'), limits: told, steps: stepsOf(station, evse, told, starts, nowMs + leaseMs, nowMs), isSmall };
  };

  // What begins after the lease that would be told now is told by a later one: until then the safe level would be "lowered" again and again.
  const endMs = wholeSecond(nowMs + leaseMs);
  const drops = starts.map((t, index) => (beginsMs(station.ledger, t, nowMs) < endMs ? held(t) - (limits[index] ?? 0) : 0));
  const drop = Math.max(...drops);
  if (drop > 0) return last && isInFlight(last) && drop < DEADBAND_MA ? undefined : lower(drop < MUCH_MA);
  if (last && isInFlight(last)) return undefined;
  // Shortly before an announced cut that is already what holds from then on.
  const rise = (steps[0]?.limitMa ?? 0) - held(nowMs);
  const isWaiting = held(nowMs) === 0 && rise > 0;
  // A renewal tells it anyway, where there is one.
  const isMuch = rise >= (held(nowMs) === base ? DEADBAND_MA : MUCH_MA);
  if (isMuch || isWaiting) return sooner ? undefined : move('raise');
  if (isAsked(wish, nowMs)) return move('renew');
  if (last?.state === 'unanswered' || (last && isDisplaced(evse.foreign, last))) return move('renew');
  // A schedule too short for its periods ends early however often it is told.
  return isDue && (steps.at(-1)?.fromMs ?? 0) - leaseEndMs(last) >= leaseMs / 4 ? move('renew') : undefined;
}

/** A decrease needs no room, so it raises nothing: not now, where less is to be had later, and not before what is held ends. Never rising. */
function noHigher(limits: readonly number[], starts: readonly number[], untilMs: number, held: (t: number) => number): readonly number[] {
  let lowest = Number.POSITIVE_INFINITY;
  return limits.map((limitMa, index) => {
    const t = starts[index] as number;
    lowest = Math.min(lowest, limitMa, t < untilMs ? held(t) : limitMa);
    return lowest;
  });
}

const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;
/** When a schedule is to say what holds from `t` on: early enough for clock and car. */
const beginsMs = ({ skew }: StationLedger, t: number, nowMs: number): number =>
  wholeSecond(Math.max(nowMs, t - (skewBound(skew) ?? 0) - SETTLE_MS));

/** Value now, values from the announced changes on (early enough for clock and car), and what it falls back to at the end of the lease. */
export function stepsOf(
  { ledger, demands, maxPeriods = Number.POSITIVE_INFINITY }: StationView,
  evse: EvseLedger,
  limits: readonly number[],
  starts: readonly number[],
  leaseEnd: number,
  nowMs: number,
): readonly GrantStep[] {
  const mostPeriods = Math.min(maxPeriods, demands.get(evse.evseId)?.maxPeriods ?? Number.POSITIVE_INFINITY);
  const end = wholeSecond(leaseEnd);
  const steps: GrantStep[] = [{ fromMs: nowMs, limitMa: limits[0] ?? 0 }];
  limits.forEach((limitMa, index) => {
    const fromMs = beginsMs(ledger, starts[index] as number, nowMs);
    const before = steps.at(-1) as GrantStep;
    if (index === 0 || limitMa === before.limitMa || fromMs >= end) return;
    if (fromMs <= before.fromMs) steps[steps.length - 1] = { fromMs: before.fromMs, limitMa };
    else steps.push({ fromMs, limitMa });
  });
  return withinPeriods([...steps, { fromMs: end, limitMa: Math.min(evse.safeMa, baseMa(ledger, evse, nowMs)) }], mostPeriods);
}

/** What does not fit is cut short: the last period it can hold begins with the lowest of those it stands for. */
function withinPeriods(steps: readonly GrantStep[], maxPeriods: number): readonly GrantStep[] {
  if (steps.length <= maxPeriods) return steps;
  const kept = steps.slice(0, Math.max(0, maxPeriods - 1));
  const rest = steps.slice(kept.length);
  return [...kept, { fromMs: rest[0]?.fromMs ?? 0, limitMa: Math.min(...rest.map(({ limitMa }) => limitMa)) }];
}
