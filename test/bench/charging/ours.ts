// Our own way through the month: the planner looks ahead at every arrival and every quarter of an hour, T1 projects its targets each period.
// Planner and split are those of libs/domain/load-balancing, without owner, ledger and leases: a car is offered what it can still make use of, and at
// least its minimum, as the product learns from samples.
import {
  type Claim,
  compileNetwork,
  emptyLoad,
  installedCapacity,
  type LinearSolver,
  MOST_STARTS,
  type Network,
  type NodeConfig,
  networkRows,
  planAhead,
  routeOf,
  type SitePlanAhead,
  slotsFrom,
  splitAsPlanned,
  type Target,
} from '#domain/load-balancing';
import {
  CABLE_A,
  CAR_A,
  DEMAND_CHARGE_USD_PER_KW,
  EVSES,
  KW_PER_A,
  lineLimitsA,
  PERIOD_HOURS,
  PODS,
  priceAt,
  type Session,
  TURNS_RATIO,
} from './garage.js';
import type { Plugged, Policy } from './month.js';

const PERIOD_MS = 300_000;
const PAIRS = ['L1-L2', 'L2-L3', 'L3-L1'] as const;

export interface OurOptions {
  readonly kW: number;
  readonly solve: LinearSolver;
  readonly isPriced?: boolean;
  /** Real pilot levels instead of steps of 0.1 A from 0. */
  readonly useLevels?: boolean;
  /** At the latest after so many periods; absent = after a quarter of an hour. */
  readonly replanPeriods?: number;
  /** When the planner takes a car to leave; absent = when it does. */
  readonly departureOf?: (session: Session, period: number) => number;
  /** How likely it then is still there at a later period; absent = surely. */
  readonly stayChance?: (session: Session, period: number, atPeriod: number) => number;
}

/** The garage as a site: pods below the secondary side of its transformer, the primary side as grid connection. */
export function garageNetwork(kW: number): Network {
  const { secondaryA, primaryA } = lineLimitsA(kW);
  const root: NodeConfig = {
    nodeId: 'grid',
    limitA: primaryA,
    children: [
      {
        nodeId: 'garage',
        transformer: { vectorGroup: 'Dy11', turnsRatio: TURNS_RATIO },
        limitA: secondaryA,
        children: PODS.map(({ name, limitA }) => ({ nodeId: name, limitA })),
      },
    ],
  };
  return compileNetwork(root, 120);
}

interface Memory {
  isOn: boolean;
  starts: number;
}

const toMa = (amps: number): number => Math.round(amps * 1000);

export function planned({
  kW,
  solve,
  isPriced = false,
  useLevels = false,
  replanPeriods = 3,
  departureOf = ({ departure }) => departure,
  stayChance,
}: OurOptions): Policy {
  const network = garageNetwork(kW);
  const capacity = installedCapacity(network);
  const routes = EVSES.map(({ pair, pod }) => routeOf(network, pod ?? 'garage', PAIRS[pair]));
  const memory = new Map<number, Memory>();
  let plan: SitePlanAhead | undefined;
  let known = new Map<number, number>();
  let plannedAt = Number.NEGATIVE_INFINITY;
  let peakSoFarKw = 0;

  const claimOf = ({ session: { id, evse, arrival }, remainingKwh }: Plugged): Claim => {
    const { levelsA } = EVSES[evse] as (typeof EVSES)[number];
    const full = remainingKwh / (KW_PER_A * PERIOD_HOURS);
    const leastA = useLevels ? (levelsA[0] ?? 0) : 0;
    const usableA = Math.ceil(Math.min(CABLE_A, full) * 10 - 1e-9) / 10;
    return {
      id,
      route: routes[evse] as Claim['route'],
      minMa: toMa(leastA),
      maxMa: remainingKwh <= 0 ? 0 : toMa(Math.max(leastA, usableA)),
      ...(useLevels && { levelsMa: levelsA.map(toMa) }),
      weight: 1,
      priority: 0,
      waitingSinceMs: arrival,
    };
  };

  const replan = (period: number, plugged: readonly Plugged[]): void => {
    const leaves = plugged.map(({ session }) => Math.max(period + 1, departureOf(session, period)));
    const slots = slotsFrom(period * PERIOD_MS, Math.max(...leaves) * PERIOD_MS).map((slot) => ({
      ...slot,
      pricePerKwh: priceAt(slot.fromMs / PERIOD_MS),
    }));
    plan = planAhead(
      {
        slots,
        cars: plugged.map(({ session, remainingKwh }, index) => {
          const { isOn = false, starts = 0 } = memory.get(session.id) ?? {};
          const levels = EVSES[session.evse]?.levelsA;
          return {
            id: String(session.id),
            kwPerA: KW_PER_A,
            maxA: CAR_A,
            needKwh: remainingKwh,
            departureMs: (leaves[index] as number) * PERIOD_MS,
            ...(stayChance && {
              stays: Float64Array.from(slots, ({ fromMs, hours }) => stayChance(session, period, fromMs / PERIOD_MS + (hours * 12) / 2)),
            }),
            isCharging: isOn,
            keepA: isOn && starts >= MOST_STARTS ? Math.min(levels?.[0] ?? 0, remainingKwh / (KW_PER_A * PERIOD_HOURS)) : 0,
          };
        }),
        rows: networkRows(
          network,
          plugged.map(({ session }) => routes[session.evse] as Claim['route']),
          slots.map(() => capacity),
        ),
        ...(isPriced && { costs: { demandPerKw: DEMAND_CHARGE_USD_PER_KW, peakSoFarKw } }),
      },
      solve,
    );
    known = new Map(plugged.map(({ session }, index) => [session.id, index]));
    plannedAt = period;
  };

  return (period, plugged) => {
    const isNew = plugged.some(({ session }) => !memory.has(session.id));
    for (const { session } of plugged) if (!memory.has(session.id)) memory.set(session.id, { isOn: false, starts: 0 });
    if (plan === undefined || isNew || period - plannedAt >= replanPeriods) replan(period, plugged);
    const wants = plugged.map(({ session }) => plan?.cars[known.get(session.id) ?? -1]?.currentA[period - plannedAt] ?? 0);
    const targets = plugged.map(({ session, remainingKwh }, index): Target => {
      const { isOn, starts } = memory.get(session.id) as Memory;
      const worth = plan?.cars[known.get(session.id) ?? -1]?.worth;
      return {
        wantMa: toMa(wants[index] as number),
        keep: isOn && starts >= MOST_STARTS && remainingKwh > 0,
        isCapped: isPriced,
        ...(worth !== undefined && { worth }),
      };
    });
    const { limitMa } = splitAsPlanned(capacity, plugged.map(claimOf), emptyLoad(network), targets);
    const amps = limitMa.map((ma) => ma / 1000);
    plugged.forEach(({ session, remainingKwh }, index) => {
      const state = memory.get(session.id) as Memory;
      const drawn = Math.min(amps[index] as number, CAR_A, remainingKwh / (KW_PER_A * PERIOD_HOURS));
      if (drawn > 0 && !state.isOn) state.starts++;
      state.isOn = drawn > 0;
    });
    peakSoFarKw = Math.max(peakSoFarKw, amps.reduce((sum, each) => sum + each, 0) * KW_PER_A);
    return amps;
  };
}
