// Our own way through the month: the planner looks ahead at every change and every quarter of an hour, T1 projects its targets.
// Everything it decides comes from libs/domain/load-balancing; here the garage is only put into its words.
import {
  type LinearSolver,
  type PhasorMember,
  type PlanRow,
  phasorRows,
  planAhead,
  type SitePlanAhead,
  slotsFrom,
} from '#domain/load-balancing';
import { CAR_A, DEMAND_CHARGE_USD_PER_KW, EVSES, KW_PER_A, lineLimitsA, PODS, priceAt, TURNS_RATIO } from './garage.js';
import type { Plugged, Policy } from './month.js';

const PERIOD_MS = 300_000;
const REPLAN_PERIODS = 3;

export interface OurOptions {
  readonly kW: number;
  readonly solve: LinearSolver;
  readonly isPriced?: boolean;
}

const unit = (degrees: number): PhasorMember => ({ re: Math.cos((degrees * Math.PI) / 180), im: Math.sin((degrees * Math.PI) / 180) });
const PAIRS = [unit(30), unit(-90), unit(150)] as const;
/** Lines as sums of pair currents AB, BC, CA: secondary, then primary times the turns ratio. */
const SECONDARY = [
  [1, 0, -1],
  [-1, 1, 0],
  [0, -1, 1],
] as const;
const PRIMARY = [
  [1, 1, -2],
  [-2, 1, 1],
  [1, -2, 1],
] as const;

export function garageRows(kW: number, cars: readonly Plugged[], slots: number, degrees = 10): readonly PlanRow[] {
  const { secondaryA, primaryA } = lineLimitsA(kW);
  const constant = (limitA: number): Float64Array => new Float64Array(slots).fill(limitA);
  const line = (carries: readonly [number, number, number], limitA: number): readonly PlanRow[] =>
    phasorRows(
      cars.map(({ session }) => {
        const pair = EVSES[session.evse]?.pair ?? 0;
        return { re: carries[pair] * PAIRS[pair].re, im: carries[pair] * PAIRS[pair].im };
      }),
      degrees,
    ).map(({ factor, share }) => ({ factor, limitA: constant(limitA * share) }));
  return [
    ...SECONDARY.flatMap((carries) => line(carries, secondaryA)),
    ...PRIMARY.flatMap((carries) => line(carries, primaryA * TURNS_RATIO)),
    ...PODS.map(({ name, limitA }) => ({
      factor: Float64Array.from(cars, ({ session }) => (EVSES[session.evse]?.pod === name ? 1 : 0)),
      limitA: constant(limitA),
    })),
  ];
}

export function planned({ kW, solve, isPriced = false }: OurOptions): Policy {
  let plan: SitePlanAhead | undefined;
  let ids: number[] = [];
  let plannedAt = Number.NEGATIVE_INFINITY;
  let peakSoFarKw = 0;
  return (period, plugged, changed) => {
    if (plan === undefined || changed || period - plannedAt >= REPLAN_PERIODS) {
      const until = Math.max(...plugged.map(({ session }) => session.departure));
      const slots = slotsFrom(period * PERIOD_MS, until * PERIOD_MS).map((slot) => ({
        ...slot,
        pricePerKwh: priceAt(slot.fromMs / PERIOD_MS),
      }));
      plan = planAhead(
        {
          slots,
          cars: plugged.map(({ session, remainingKwh }) => ({
            id: String(session.id),
            kwPerA: KW_PER_A,
            maxA: CAR_A,
            needKwh: remainingKwh,
            departureMs: session.departure * PERIOD_MS,
          })),
          rows: garageRows(kW, plugged, slots.length),
          ...(isPriced && { costs: { demandPerKw: DEMAND_CHARGE_USD_PER_KW, peakSoFarKw } }),
        },
        solve,
      );
      ids = plugged.map(({ session }) => session.id);
      plannedAt = period;
    }
    const amps = plugged.map(({ session }) => plan?.cars[ids.indexOf(session.id)]?.currentA[period - plannedAt] ?? 0);
    peakSoFarKw = Math.max(peakSoFarKw, amps.reduce((sum, each) => sum + each, 0) * KW_PER_A);
    return amps;
  };
}
