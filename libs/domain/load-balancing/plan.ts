// What to tell the stations of a site now: the fair split turned into grants the ledger allows, decreases first.
// Numbering, payloads and delivery of grants are the caller's; it calls again at `nextMs`, or when something was heard.

import { compareClaims, roundDown, STEP_MA } from './claim.js';
import { type StationView, type SteeredCar, steeredCars, targetOf } from './claims.js';
import { feedBack, flowChanges } from './feed-back.js';
import { capChanges, capMa, isDisplaced, withdrawable } from './foreign-ledger.js';
import { type Grant, type GrantSlot, type GrantStep, isLater, leaseEndMs, limitAt, permittedMa, SETTLE_MS } from './grant.js';
import { addStation, admits, type Book, committedLoad, mayRaise } from './headroom.js';
import { dueMs, isResting } from './lease.js';
import { baseMa, committedMa, type EvseLedger, granted, type StationLedger } from './ledger.js';
import { type Conditions, capacityAt, changesBetween, firmCapacity } from './limits.js';
import { addCurrent, emptyLoad, type Load, magnitude, magnitudes, roomMa } from './load.js';
import type { ColumnName, Network } from './network.js';
import { planChanges } from './planner/car-plan.js';
import { type HeldBy, heldBack } from './planner/held-back.js';
import { splitAsPlanned } from './planner/split-as-planned.js';
import { skewBound } from './skew.js';
import { reasonOf, split } from './split.js';
import { leastMa, limitToMa } from './units.js';

/** Smaller changes are not worth a message [mA]. */
const DEADBAND_MA = 500;
/** Whoever lacks so much makes others give way by less than that [mA]. */
const MUCH_MA = 1_000;
/** Between changes of one EVSE that safety does not ask for. */
const CHANGE_PAUSE_MS = 30_000;

export interface PlanInput {
  readonly network: Network;
  readonly conditions: Conditions;
  readonly leaseMs: number;
  readonly stations: readonly StationView[];
  readonly nowMs: number;
}

export interface PlannedGrant {
  readonly slot: GrantSlot;
  readonly stationId: string;
  readonly evseId: number;
  readonly transactionId?: string;
  readonly steps: readonly GrantStep[];
  /** `withdraw`: a foreign profile is taken from the station, since a limit is exceeded. */
  readonly cause: 'setup' | 'lower' | 'raise' | 'renew' | 'withdraw';
  /** What the split gives it now, and the full node and phase that keep it from more. */
  readonly wantedMa?: number;
  readonly reason?: { readonly nodeId: string; readonly phase: ColumnName };
  /** Why the planner wants it to have no more. */
  readonly heldBy?: HeldBy;
  /** What is withdrawn. */
  readonly profileId?: number;
}

export interface SitePlan {
  /** In the order to be sent. */
  readonly grants: readonly PlannedGrant[];
  /** What the split wants for each EVSE that charges now, and what holds it back. */
  readonly wanted: readonly {
    readonly stationId: string;
    readonly evseId: number;
    readonly limitMa: number;
    readonly reason?: { readonly nodeId: string; readonly phase: ColumnName };
    readonly heldBy?: HeldBy;
  }[];
  /** Nodes where more might be drawn than is allowed, now or at an announced change. */
  readonly overloaded: ReadonlySet<number>;
  /** Columns where more might be drawn than is allowed now. */
  readonly shortfalls: readonly {
    readonly nodeId: string;
    readonly phase: ColumnName;
    readonly limitMa: number;
    readonly committedMa: number;
  }[];
  /** Per column, now: what stations may draw and what they might draw [mA]. */
  readonly capacity: Float64Array;
  readonly committed: Float64Array;
  /** What the split gives away. */
  readonly allocated: Float64Array;
}

export function planSite(input: PlanInput): SitePlan {
  const { network, conditions, nowMs } = input;
  const windowStarts = windowsOf(input);
  const capacities = windowStarts.map((t) => capacityAt(network, conditions, t));
  const setups = input.stations.flatMap((station) =>
    setupGrants(station, nowMs).filter((grant) => mayInstall(grant, station, windowStarts, input)),
  );
  const wishes = splitWindows(input, windowStarts, capacities);
  const book: Book = {
    nowMs,
    certain: committedLoad(network, input.stations, nowMs, false),
    windows: windowStarts.map((fromMs, index) => ({
      fromMs,
      capacity: capacities[index] as Float64Array,
      floored: committedLoad(network, input.stations, fromMs, true),
    })),
    firm: firmCapacity(network, conditions),
  };
  const shortfalls = overloaded(network, book.certain, capacities[0] as Float64Array);
  const overloadedNodes = new Set(
    book.windows.flatMap(({ floored, capacity }) =>
      network.columns.flatMap(({ node }, column) => (magnitude(floored, column) > (capacity[column] as number) ? [node] : [])),
    ),
  );
  const isOverloaded = overloadedNodes.size > 0;
  const flows = feedBack(
    input,
    wishes.filter(mayFeedBack).map((wish) => ({ ...wish, last: newest(wish.evse.plans) })),
  );
  // Who is to feed back less is told that alone; more, only where nothing else is to be told.
  const moves = wishes.flatMap((wish) => (flows.get(wish.evse)?.cause === 'lower' ? [] : (moveFor(wish, windowStarts, input) ?? [])));
  const moved = new Set(moves.map(({ wish }) => wish.evse));
  const fed = wishes.flatMap((wish) => {
    const flow = moved.has(wish.evse) ? undefined : flows.get(wish.evse);
    return flow === undefined ? [] : [planned(wish, flow.steps, flow.cause)];
  });

  const grants: PlannedGrant[] = [...setups, ...fed.filter(({ cause }) => cause === 'lower')];
  const raises: PlannedGrant[] = fed.filter(({ cause }) => cause !== 'lower');
  let starved = false;
  for (const move of moves.filter(({ cause }) => cause !== 'lower')) {
    const allowed = largestAllowed(book, move, input);
    if (allowed !== undefined) raises.push(allowed);
    else if (isInDoubt(move.wish, nowMs)) grants.push(planned(move.wish, heldOn(move.wish, input), 'lower'));
    else starved ||= move.cause === 'raise' && lacksMuch(move, nowMs);
  }
  // Current that a car leaves unused is taken back where somebody could use it; elsewhere that message is saved.
  const isScarce = starved || wishes.some(({ reason }) => reason !== undefined);
  for (const { wish, steps, cause, isEarly, isSmall, isDue } of moves) {
    if (cause !== 'lower') continue;
    // A small or early decrease is worth a message when the limit is exceeded, the car asked, its lease ends, or somebody waits for the room.
    const isNeeded = isOverloaded || isAsked(wish, nowMs) || isDue;
    if (!isNeeded && (isEarly || (isSmall && !starved) || (isSpare(wish) && !isScarce))) continue;
    grants.push(planned(wish, steps, 'lower'));
  }
  return {
    grants: [...grants, ...(isOverloaded ? withdrawals(input, overloadedNodes) : []), ...raises],
    wanted: wishes.map(({ station, evse, limits, reason, heldBy }) => ({
      stationId: station.ledger.stationId,
      evseId: evse.evseId,
      limitMa: limits[0] ?? 0,
      ...(reason && { reason }),
      ...(heldBy && { heldBy }),
    })),
    overloaded: overloadedNodes,
    shortfalls,
    capacity: capacities[0] as Float64Array,
    committed: magnitudes(committedLoad(network, input.stations, nowMs, false)),
    allocated: magnitudes(allocatedLoad(network, wishes)),
  };
}

/** It may, or it may still do so. */
const mayFeedBack = ({ demand, evse }: SteeredCar): boolean =>
  demand.discharge !== undefined || evse.plans.some(({ steps }) => steps.some(({ dischargeMa }) => dischargeMa !== undefined));

/** Now, and each moment within a lease at which a limit or a cap changes by schedule. */
function windowsOf({ conditions, stations, leaseMs, nowMs }: Omit<PlanInput, 'network'>): readonly number[] {
  const end = nowMs + leaseMs + 60_000;
  const grid = changesBetween(conditions.gridLimits, nowMs, end);
  const caps = stations.flatMap(({ ledger }) =>
    ledger.evses.flatMap(({ foreign }) => (foreign.length === 0 ? [] : capChanges(foreign, nowMs, end))),
  );
  return [nowMs, ...(caps.length === 0 ? grid : [...new Set([...grid, ...caps])].sort((a, b) => a - b))];
}

/** Foreign profiles under a node that is over its limit give way; what they cap stays capped, by our own plan. */
const withdrawals = ({ stations, nowMs }: PlanInput, overloadedNodes: ReadonlySet<number>): readonly PlannedGrant[] =>
  stations.flatMap(({ ledger, placement, quietUntilMs }) =>
    ledger.contact === 'online' && quietUntilMs <= nowMs && placement.path.some((node) => overloadedNodes.has(node))
      ? ledger.evses.flatMap((evse) =>
          withdrawable(evse, ledger.clearings).map(({ slot, foreign }): PlannedGrant => {
            const profileId = foreign?.profileId ?? -1;
            return { slot, stationId: ledger.stationId, evseId: evse.evseId, steps: [], cause: 'withdraw', profileId };
          }),
        )
      : [],
  );

// What is fair

interface Wish extends SteeredCar {
  /** Per window [mA], never rising: a lease promises nothing that a later limit could take back. */
  readonly limits: readonly number[];
  readonly reason?: { readonly nodeId: string; readonly phase: ColumnName };
  readonly heldBy?: HeldBy;
}

/** Who can be steered shares what the others leave: those count with all they might draw. */
function splitWindows(
  { network, stations, nowMs }: PlanInput,
  starts: readonly number[],
  capacities: readonly Float64Array[],
): readonly Wish[] {
  const steered = steeredCars(stations, (station) => station.quietUntilMs <= nowMs);
  // Whoever does not obey counts with its rating, whatever it is told; it is told its minimum.
  const obedient = steered.filter(({ evse }) => !evse.disobedient);
  const free = new Set(obedient.map(({ evse }) => evse));
  const splits = starts.map((t, index) => {
    const others = emptyLoad(network);
    for (const station of stations) addStation(others, station, 1, (evse) => (free.has(evse) ? 0 : reservedMa(station.ledger, evse, t)));
    const claims = obedient.map(({ claim, evse }) =>
      evse.foreign.length === 0 ? claim : { ...claim, maxMa: Math.min(claim.maxMa, capMa(evse, t)) },
    );
    const targets = obedient.map((car) => targetOf(car, t));
    const capacity = capacities[index] as Float64Array;
    const isBent = targets.some((target) => target !== undefined);
    // Now only, for the reason: what everybody would have without a plan.
    const fairMa = isBent && index === 0 ? split(capacity, claims, others).limitMa : undefined;
    return { fairMa, ...splitAsPlanned(capacity, claims, others, targets) };
  });
  const told = steered
    .filter(({ evse }) => evse.disobedient)
    .map((entry) => ({ ...entry, limits: starts.map((t) => (capMa(entry.evse, t) < entry.claim.minMa ? 0 : entry.claim.minMa)) }));
  return obedient
    .map((entry, index): Wish => {
      let lowest = Number.POSITIVE_INFINITY;
      const limits = splits.map(({ limitMa }) => {
        lowest = Math.min(lowest, limitMa[index] ?? 0);
        return lowest;
      });
      const { fairMa, tight, load } = splits[0] as (typeof splits)[number];
      const car = { claim: entry.claim, isMet: entry.demand.plan?.isMet === true };
      const held = fairMa && heldBack(capacities[0] as Float64Array, car, { limitMa: limits[0] ?? 0, load }, fairMa[index] ?? 0);
      const reason = reasonOf(network, held?.column ?? tight[index] ?? -1);
      return { ...entry, limits, ...(reason && { reason }), ...(held && { heldBy: held.by }) };
    })
    .concat(told)
    .sort((a, b) => compareClaims(a.claim, b.claim));
}

/** What it might draw, or will once its safe level is installed. */
const reservedMa = (ledger: StationLedger, evse: EvseLedger, t: number): number =>
  ledger.contact === 'never' ? 0 : Math.max(evse.safeMa, committedMa(ledger, evse, t, true));

// What to change

interface Move {
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
const isSpare = ({ evse, demand, claim, limits }: Wish): boolean =>
  demand.usableMa !== undefined && evse.foreign.length === 0 && limits.every((limitMa) => limitMa >= claim.maxMa - STEP_MA);

/** Its lease is over by our clock, and by its own perhaps not: it is told so, since nothing else ends that while its clock is unknown. */
function isInDoubt({ station: { ledger }, evse }: Wish, nowMs: number): boolean {
  const last = newest(evse.plans);
  return (
    last?.state === 'accepted' &&
    skewBound(ledger.skew) === undefined &&
    leaseEndMs(last) <= nowMs &&
    evse.safeMa < permittedMa(last, nowMs, undefined)
  );
}
const heldOn = ({ station, evse }: Wish, { nowMs, leaseMs }: PlanInput): readonly GrantStep[] =>
  stepsOf(station, evse, [Math.min(evse.safeMa, baseMa(station.ledger, evse, nowMs))], [nowMs], nowMs + leaseMs, nowMs);

/**
 * What it holds without a plan. While a car follows the default that was just confirmed it counts with more; what is more than the default is a raise
 * all the same, since without it those seconds end with less.
 */
const settledMa = (ledger: StationLedger, evse: EvseLedger, t: number): number => baseMa(ledger, evse, Math.max(t, ledger.provenFromMs));

/** Many would have to give way a little for somebody who lacks little himself. */
function lacksMuch({ wish: { station, evse }, steps }: Move, nowMs: number): boolean {
  const last = newest(evse.plans);
  const heldMa = last ? limitAt(last, nowMs) : settledMa(station.ledger, evse, nowMs);
  return heldMa === 0 || (steps[0]?.limitMa ?? 0) - heldMa >= MUCH_MA;
}

const newest = (grants: readonly Grant[]): Grant | undefined =>
  grants.reduce<Grant | undefined>(
    (best, grant) => (grant.endsMs === undefined && (!best || isLater(grant, best)) ? grant : best),
    undefined,
  );
/** The car waits for a schedule, and none was sent since it asked. */
const isAsked = ({ evse, demand }: Wish, nowMs: number): boolean =>
  demand.askedMs !== undefined && demand.askedMs <= nowMs && (newest(evse.plans)?.requestedMs ?? 0) < demand.askedMs;
const isInFlight = ({ state }: Grant): boolean => state === 'requested' || state === 'sent';

function moveFor(wish: Wish, starts: readonly number[], { leaseMs, nowMs }: PlanInput): Move | undefined {
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
  if (drop > 0) return last && isInFlight(last) && drop < DEADBAND_MA ? undefined : lower(drop < DEADBAND_MA);
  if (last && isInFlight(last)) return undefined;
  // Shortly before an announced cut that is already what holds from then on.
  const rise = (steps[0]?.limitMa ?? 0) - held(nowMs);
  const isWaiting = held(nowMs) === 0 && rise > 0;
  if (rise >= DEADBAND_MA || isWaiting) return sooner ? undefined : move('raise');
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
function stepsOf(
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

/** Cuts a raise to what the book has room for, and enters it there; undefined when nothing worth a message is left. */
function largestAllowed(book: Book, move: Move, input: PlanInput): PlannedGrant | undefined {
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
  if (skewBound(ledger.skew) === undefined) bound = Math.min(bound, Math.max(0, room(first.floored, book.firm)) + drawn(book.nowMs, true));
  // Without a bound on its clock each period may hold at any time: then the narrowest window is the measure of all.
  if (skewBound(ledger.skew) === undefined)
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
  const grant = asGrant({ slot: 'plan', evseId: evse.evseId, transactionId: wish.demand.transactionId, steps }, book.nowMs);
  if (!mayRaise(book, station, evse, grant)) return undefined;
  enter(book, station, grant);
  return planned(wish, steps, cause);
}

function enter(book: Book, station: StationView, grant: Grant): void {
  const after = { ledger: granted(station.ledger, grant), placement: station.placement };
  const replace = (load: Load, t: number, floored: boolean): void => {
    addStation(load, station, -1, (evse) => committedMa(station.ledger, evse, t, floored));
    addStation(load, after, 1, (evse) => committedMa(after.ledger, evse, t, floored));
  };
  replace(book.certain, book.nowMs, false);
  for (const { fromMs, floored } of book.windows) replace(floored, fromMs, true);
}

function allocatedLoad(network: Network, wishes: readonly Wish[]): Load {
  const load = emptyLoad(network);
  for (const { station, evse, limits } of wishes) {
    const route = station.placement.evses.get(evse.evseId)?.route;
    if (route) addCurrent(load, route, limits[0] ?? 0);
  }
  return load;
}

const planned = (
  { station, evse, demand, limits, reason, heldBy }: Wish,
  steps: readonly GrantStep[],
  cause: PlannedGrant['cause'],
): PlannedGrant => ({
  slot: 'plan',
  stationId: station.ledger.stationId,
  evseId: evse.evseId,
  transactionId: demand.transactionId,
  steps,
  cause,
  wantedMa: limits[0] ?? 0,
  ...(reason && { reason }),
  ...(heldBy && { heldBy }),
});

// What every station needs before it may be raised

/** The station's maximum and its defaults, where they are missing, changed, or may have been lost in a restart. */
function setupGrants({ ledger, config, quietUntilMs }: StationView, nowMs: number): readonly PlannedGrant[] {
  if (ledger.contact !== 'online' || ledger.profilesUnsupported || quietUntilMs > nowMs) return [];
  const constant = (slot: GrantSlot, evseId: number, limitMa: number): PlannedGrant => ({
    slot,
    stationId: ledger.stationId,
    evseId,
    steps: [{ fromMs: nowMs, limitMa }],
    cause: 'setup',
  });
  const isMissing = (grants: readonly Grant[], limitMa: number): boolean => {
    const last = newest(grants);
    return (
      last === undefined ||
      last.state === 'unanswered' ||
      limitAt(last, nowMs) !== limitMa ||
      (ledger.bootedSinceDefault && last.state === 'accepted' && last.sentOn !== ledger.connection)
    );
  };
  const grants: PlannedGrant[] = [];
  if (ledger.maxMa !== undefined && isMissing(ledger.stationMax, ledger.maxMa)) grants.push(constant('stationMax', 0, ledger.maxMa));
  const missing = ledger.evses.filter(({ defaults, safeMa }) => isMissing(defaults, safeMa));
  const levels = new Set(ledger.evses.map(({ safeMa }) => safeMa));
  if (missing.length > 0 && levels.size === 1) grants.push(constant('default', 0, ledger.evses[0]?.safeMa ?? 0));
  else grants.push(...missing.map(({ evseId, safeMa }) => constant('default', evseId, safeMa)));
  return config.evses.length > 0 ? grants : [];
}

/** A higher maximum or safe level than the station has: like any raise it waits for room, and for ever. */
function mayInstall({ slot, evseId, steps }: PlannedGrant, station: StationView, times: readonly number[], input: PlanInput): boolean {
  const { ledger } = station;
  const { network, conditions, stations, nowMs } = input;
  const limitMa = steps[0]?.limitMa ?? 0;
  const installed = slot === 'stationMax' ? ledger.stationMax : ledger.evses.flatMap(({ defaults }) => defaults);
  const isRaise = installed.some((grant) => grant.state === 'accepted' && limitAt(grant, nowMs) < limitMa);
  if (!isRaise) return true;
  const grant = asGrant({ slot, evseId, steps }, nowMs);
  return admits(network, conditions, stations, station, granted(ledger, grant), times, nowMs, true) === undefined;
}

/** As it would stand in the ledger. */
const asGrant = (grant: Pick<Grant, 'slot' | 'evseId' | 'steps' | 'transactionId'>, nowMs: number): Grant => ({
  ownerEpoch: Number.MAX_SAFE_INTEGER,
  grantSeq: 0,
  commandId: '',
  requestedMs: nowMs,
  notAfterMs: nowMs,
  state: 'requested',
  ...grant,
});

// When to look again

function overloaded({ nodes, columns }: Network, load: Load, capacity: Float64Array): SitePlan['shortfalls'] {
  return columns.flatMap(({ node, phase }, column) => {
    const committed = Math.ceil(magnitude(load, column) - 1e-6);
    const limit = capacity[column] as number;
    return committed > limit ? [{ nodeId: nodes[node]?.nodeId ?? '', phase, limitMa: limit, committedMa: committed }] : [];
  });
}

/** When to look again though nothing was heard [ms]; Infinity when there is nothing to wait for. */
export function nextLook(input: Omit<PlanInput, 'network'>): number {
  const { stations, conditions, leaseMs, nowMs } = input;
  let next = Number.POSITIVE_INFINITY;
  const consider = (t: number): void => {
    if (t > nowMs && t < next) next = t;
  };
  for (const start of windowsOf(input)) consider(start);
  for (const { untilMs } of conditions.measurements) consider(untilMs);
  for (const { ledger, config, quietUntilMs, demands } of stations) {
    consider(quietUntilMs);
    consider(ledger.provenFromMs);
    for (const { plan } of demands.values()) if (plan) for (const t of planChanges(plan)) consider(t);
    const skew = skewBound(ledger.skew);
    for (const { plans, defaults, foreign, evseId, safeMa, toldMs } of ledger.evses) {
      const demand = demands.get(evseId);
      const evse = config.evses.find((each) => each.evseId === evseId);
      const isAtRest = demand !== undefined && evse !== undefined && isResting(demand, Math.max(leastMa(evse), safeMa));
      if (demand?.askedMs !== undefined) consider(demand.askedMs);
      if (toldMs !== undefined && demand !== undefined) consider(toldMs + CHANGE_PAUSE_MS);
      for (const grant of defaults) if (grant.endsMs !== undefined) consider(grant.endsMs);
      for (const grant of foreign) if (grant.endsMs !== undefined) consider(grant.endsMs);
      for (const grant of plans) {
        if (grant.endsMs !== undefined) consider(grant.endsMs);
        if (grant.acceptedMs !== undefined) consider(grant.acceptedMs + SETTLE_MS);
        if (skew !== undefined) consider(leaseEndMs(grant) + skew + SETTLE_MS + 1);
        if (demand !== undefined) consider(dueMs(grant, leaseMs, isAtRest) + 1);
        consider(grant.requestedMs + CHANGE_PAUSE_MS);
        for (const t of flowChanges(grant, leaseMs)) consider(t);
      }
    }
  }
  return next;
}
