// What to tell the stations of a site now: the fair split turned into grants the ledger allows, decreases first.
// Numbering, payloads and delivery of grants are the caller's; it calls again at `nextMs`, or when something was heard.
import type { SteeredCar } from './claims.js';
import { feedBack } from './feed-back.js';
import { withdrawable } from './foreign-ledger.js';
import { giveWay } from './give-way.js';
import { addStation, type Book, committedLoad, lastingMa, type Window } from './headroom.js';
import { leasesOverMs, longestMs } from './lease.js';
import { capacityAt, firmCapacity, lastingCapacity } from './limits.js';
import { addCurrent, emptyLoad, type Load, magnitude, magnitudes } from './load.js';
import { heldOn, isAsked, isInDoubt, isSpare, lacksMuch, type Move, moveFor, newest } from './moves.js';
import type { Network } from './network.js';
import { asLasting, largestAllowed } from './raise.js';
import { setups } from './setup-grants.js';
import type { PlanInput, PlannedGrant, SitePlan } from './site-plan.js';
import { planned, splitWindows, type Wish, windowsOf } from './wishes.js';

export function planSite(input: PlanInput): SitePlan {
  const { network, conditions, nowMs } = input;
  const windowStarts = windowsOf(input);
  const capacities = windowStarts.map((t) => capacityAt(network, conditions, t));
  const { grants: installing, stations } = setups(input, windowStarts);
  const beyond = beyondLeases({ ...input, stations });
  const wishes = splitWindows(input, windowStarts, capacities, beyond);
  const book: Book = {
    nowMs,
    certain: committedLoad(network, stations, nowMs, false),
    windows: windowStarts.map((fromMs, index) => ({
      fromMs,
      capacity: capacities[index] as Float64Array,
      floored: committedLoad(network, stations, fromMs, true),
    })),
    firm: firmCapacity(network, conditions),
    ...(beyond && { beyond }),
  };
  // Of before: what is raised from here on enters the book.
  const committed = magnitudes(book.certain);
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

  const grants: PlannedGrant[] = [...installing, ...fed.filter(({ cause }) => cause === 'lower')];
  const raises: PlannedGrant[] = fed.filter(({ cause }) => cause !== 'lower');
  const lacking: Move[] = [];
  for (const move of moves.filter(({ cause }) => cause !== 'lower')) {
    const { wish, cause, isDue } = move;
    const allowed = largestAllowed(book, move, input);
    if (allowed !== undefined) raises.push(allowed);
    else if (isInDoubt(wish, nowMs)) grants.push(planned(wish, heldOn(wish, input), 'lower'));
    else if (cause === 'raise') {
      if (lacksMuch(move, nowMs)) lacking.push(move);
      // Without room for more, what it has is told again where that ends soon or its car asks.
      const kept = isDue || isAsked(wish, nowMs) ? largestAllowed(book, { ...move, cause: 'renew' }, input) : undefined;
      if (kept !== undefined) raises.push(kept);
    }
  }
  // Current that a car leaves unused is taken back where somebody could use it; elsewhere that message is saved.
  const isScarce = lacking.length > 0 || wishes.some(({ reason }) => reason !== undefined);
  // A small or early decrease is worth a message when the limit is exceeded, the car asked, its lease ends, or somebody lacks that room.
  const isTold = ({ wish, isEarly, isSmall, isDue }: Move): boolean =>
    isOverloaded || isAsked(wish, nowMs) || isDue || !(isEarly || isSmall || (isSpare(wish) && !isScarce));
  const lowers = moves.filter(({ cause }) => cause === 'lower');
  const told = lowers.filter(isTold);
  const small = lowers.filter((move) => !move.isEarly && !isTold(move));
  for (const { wish, steps } of [...told, ...giveWay(book, wishes, lacking, told, small, input)])
    grants.push(planned(wish, asLasting(book, wish, steps, input.leaseMs) ?? steps, 'lower'));
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
    ...(beyond && { firm: beyond.capacity }),
    committed,
    allocated: magnitudes(allocatedLoad(network, wishes)),
  };
}

function beyondLeases({ network, conditions, stations, leaseMs, nowMs }: PlanInput): Window | undefined {
  const fromMs = leasesOverMs(nowMs, leaseMs);
  const capacity = lastingCapacity(network, conditions, nowMs, leasesOverMs(nowMs, longestMs(leaseMs)));
  if (capacity === undefined) return undefined;
  const floored = emptyLoad(network);
  for (const station of stations) addStation(floored, station, 1, fromMs, (evse) => lastingMa(station.ledger, evse, fromMs));
  return { fromMs, capacity, floored };
}

/** It may, or it may still do so. */
const mayFeedBack = ({ demand, evse }: SteeredCar): boolean =>
  demand.discharge !== undefined || evse.plans.some(({ steps }) => steps.some(({ dischargeMa }) => dischargeMa !== undefined));

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

function allocatedLoad(network: Network, wishes: readonly Wish[]): Load {
  const load = emptyLoad(network);
  for (const { station, evse, limits } of wishes) {
    const route = station.placement.evses.get(evse.evseId)?.route;
    if (route) addCurrent(load, route, limits[0] ?? 0);
  }
  return load;
}

export function overloaded({ nodes, columns }: Network, load: Load, capacity: Float64Array): SitePlan['shortfalls'] {
  return columns.flatMap(({ node, phase }, column) => {
    const committed = Math.ceil(magnitude(load, column) - 1e-6);
    const limit = capacity[column] as number;
    return committed > limit ? [{ nodeId: nodes[node]?.nodeId ?? '', phase, limitMa: limit, committedMa: committed }] : [];
  });
}
