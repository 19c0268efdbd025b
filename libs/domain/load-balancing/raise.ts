// Raises and renewals cut to what the book has room for: what is admitted counts for the next. And which leases last longer than usual.
// What is wanted is moves.ts, the veto the ledger's (headroom).
import { roundDown } from './claim.js';
import type { StationView } from './claims.js';
import { type Grant, type GrantStep, leaseEndMs, limitAt, permittedMa } from './grant.js';
import { addStation, type Book, forGood, lastingMa, mayRaise } from './headroom.js';
import { isResting, lastingMs } from './lease.js';
import { committedMa, type EvseLedger, granted, type StationLedger } from './ledger.js';
import { firstFull, type Load, roomMa } from './load.js';
import { DEADBAND_MA, type Move, newest, settledMa, stepsOf } from './moves.js';
import { asGrant, type PlanInput, type PlannedGrant } from './site-plan.js';
import { leaseSkew } from './skew.js';
import { limitToMa } from './units.js';
import { planned, type Wish } from './wishes.js';

/** Cuts a raise to what the book has room for, and enters it there; undefined when nothing worth a message is left. */
export function largestAllowed(book: Book, move: Move, input: PlanInput): PlannedGrant | undefined {
  const { wish, cause } = move;
  const { station, evse, config, claim } = wish;
  const { ledger } = station;
  const room = (load: Load, capacity: Float64Array): number => roomMa(load, capacity, claim.route);
  const drawn = (t: number, floored: boolean): number => committedMa(ledger, evse, t, floored);
  const first = book.windows[0];
  if (first === undefined) return undefined;
  const last = newest(evse.plans);
  const holds = (t: number): number => (last ? limitAt(last, t) : settledMa(ledger, evse, t));
  // What it counts with already needs no room, but is no reason to be told so where others have to give way first.
  const most = (load: Load, capacity: Float64Array, t: number, floored: boolean): number => {
    const free = room(load, capacity);
    return free < 0 ? Math.min(drawn(t, floored), holds(t)) : free + drawn(t, floored);
  };
  let bound = most(book.certain, first.capacity, book.nowMs, false);
  if (leaseSkew(ledger) === undefined) {
    const { floored, capacity, countsMa } = forGood(book, station, evse);
    bound = Math.min(bound, Math.max(0, room(floored, capacity)) + countsMa);
  }
  // Without a bound on its clock each period may hold at any time: then the narrowest window is the measure of all.
  if (leaseSkew(ledger) === undefined)
    for (const { fromMs, capacity, floored } of book.windows) bound = Math.min(bound, most(floored, capacity, fromMs, true));
  const levels = config.levelsA?.map(limitToMa);
  const limits = book.windows.map(({ fromMs, capacity, floored }, index) => {
    bound = Math.min(bound, most(floored, capacity, fromMs, true));
    const value = roundDown(levels ? { levelsMa: levels } : {}, Math.min(bound, move.limits[index] ?? 0));
    return value < claim.minMa && value < (move.limits[index] ?? 0) ? 0 : value;
  });
  const steps = stepsOf(
    station,
    evse,
    limits,
    book.windows.map(({ fromMs }) => fromMs),
    book.nowMs + input.leaseMs,
    book.nowMs,
  );
  const held = holds(book.nowMs);
  const wantedMa = move.steps[0]?.limitMa ?? 0;
  if (cause === 'raise' && (steps[0]?.limitMa ?? 0) < held + Math.min(DEADBAND_MA, wantedMa - held)) return undefined;
  const grant = grantOf(wish, steps, book.nowMs);
  const lasting = asLasting(book, wish, steps, input.leaseMs);
  if (lasting === undefined) {
    if (!mayRaise(book, station, evse, grant)) return undefined;
    enter(book, station, grant);
  }
  return planned(wish, lasting ?? steps, cause);
}

const grantOf = ({ evse, demand }: Wish, steps: readonly GrantStep[], nowMs: number): Grant =>
  asGrant({ slot: 'plan', evseId: evse.evseId, transactionId: demand.transactionId, steps }, nowMs);

/** The same for several leases, entered in the book, where what it comes to in the end fits into what nobody can take away, beside all that lasts (ADR 0066, 0084). */
export function asLasting(book: Book, wish: Wish, steps: readonly GrantStep[], leaseMs: number): readonly GrantStep[] | undefined {
  const { station, evse, demand, claim } = wish;
  const [held, end] = steps.slice(-2);
  const skew = leaseSkew(station.ledger);
  if (book.beyond === undefined || skew === undefined || held === undefined || end === undefined) return undefined;
  if (held.limitMa <= end.limitMa) return undefined;
  const last = newest(evse.plans);
  const isLike = last !== undefined && isResting(demand, claim.minMa) && limitAt(last, book.nowMs) === held.limitMa;
  const lastsMs = lastingMs(leaseMs, held.limitMa <= claim.minMa, isLike ? leaseEndMs(last) - last.requestedMs : 0);
  const longer = [...steps.slice(0, -1), { ...end, fromMs: end.fromMs + lastsMs - leaseMs }];
  const grant = grantOf(wish, longer, book.nowMs);
  const { fromMs, floored, capacity } = book.beyond;
  const moreMa = permittedMa(grant, fromMs, skew) - lastingMa(station.ledger, evse, fromMs);
  // Also what is only kept: where there is too much of it already, nothing is made to last.
  const fits = firstFull(floored, capacity, claim.route, Math.max(0, moreMa)) < 0;
  if (!fits || !mayRaise(book, station, evse, grant)) return undefined;
  enter(book, station, grant);
  return longer;
}

function enter(book: Book, station: StationView, grant: Grant): void {
  const after = { ledger: granted(station.ledger, grant), placement: station.placement };
  const replace = (load: Load, t: number, currentOf: (ledger: StationLedger, evse: EvseLedger) => number): void => {
    addStation(load, station, -1, t, (evse) => currentOf(station.ledger, evse));
    addStation(load, after, 1, t, (evse) => currentOf(after.ledger, evse));
  };
  replace(book.certain, book.nowMs, (ledger, evse) => committedMa(ledger, evse, book.nowMs, false));
  for (const { fromMs, floored } of book.windows) replace(floored, fromMs, (ledger, evse) => committedMa(ledger, evse, fromMs, true));
  const { beyond } = book;
  if (beyond) replace(beyond.floored, beyond.fromMs, (ledger, evse) => lastingMa(ledger, evse, beyond.fromMs));
}
