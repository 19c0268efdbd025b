// Perfect foresight: the linear program over all sessions at once, for the most energy, and for the least cost at that energy.
// The figure nobody can beat; our own planner is measured against it and shares none of this file.
import { type LinearSolver, ProgramBuilder } from '#domain/load-balancing';
import {
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
import { primaryCuts, secondaryCuts } from './polygon.js';

/** Polygons of this many degrees stay within 0.4 % of the true limits, as in the optimum it is compared with. */
const CUT_DEGREES = 10;

/** Days between which the garage is empty are independent. */
function separate(sessions: readonly Session[]): readonly (readonly Session[])[] {
  const groups: Session[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const session of [...sessions].sort((a, b) => a.arrival - b.arrival)) {
    if (session.arrival >= end) groups.push([]);
    groups.at(-1)?.push(session);
    end = Math.max(end, session.departure);
  }
  return groups;
}

interface Model {
  readonly builder: ProgramBuilder;
  /** Column, period and session of every decision. */
  readonly cells: readonly { readonly column: number; readonly period: number; readonly session: Session }[];
}

function model(sessions: readonly Session[], kW: number): Model {
  const builder = new ProgramBuilder();
  const cells: Model['cells'][number][] = [];
  const byPeriod = new Map<number, (readonly [evse: number, column: number])[]>();
  for (const session of sessions) {
    const own: [number, number][] = [];
    for (let period = session.arrival; period < session.departure; period++) {
      const column = builder.column(0, CAR_A);
      own.push([column, KW_PER_A * PERIOD_HOURS]);
      cells.push({ column, period, session });
      const there = byPeriod.get(period) ?? [];
      there.push([session.evse, column]);
      byPeriod.set(period, there);
    }
    builder.row(Number.NEGATIVE_INFINITY, session.energyKwh, own);
  }
  const { secondaryA, primaryA } = lineLimitsA(kW);
  const cuts = [
    ...secondaryCuts(CUT_DEGREES).map((cut) => ({ ...cut, limitA: secondaryA * cut.share })),
    ...primaryCuts(TURNS_RATIO, CUT_DEGREES).map((cut) => ({ ...cut, limitA: primaryA * cut.share })),
  ];
  for (const there of byPeriod.values()) {
    const bound = (limitA: number, factorOf: (evse: number) => number): void => {
      const entries = there.map(([evse, column]) => [column, factorOf(evse)] as const).filter(([, factor]) => factor !== 0);
      const most = entries.reduce((sum, [, factor]) => sum + Math.max(0, factor) * CAR_A, 0);
      if (most > limitA) builder.row(Number.NEGATIVE_INFINITY, limitA, entries);
    };
    for (const { perPair, limitA } of cuts) bound(limitA, (evse) => perPair[EVSES[evse]?.pair ?? 0]);
    for (const { name, limitA } of PODS) bound(limitA, (evse) => (EVSES[evse]?.pod === name ? 1 : 0));
  }
  return { builder, cells };
}

/** The most energy that anybody could deliver [kWh]. */
export function mostEnergyKwh(sessions: readonly Session[], kW: number, solve: LinearSolver): number {
  return separate(sessions).reduce((sum, group) => {
    const { builder, cells } = model(group, kW);
    const factor = new Float64Array(builder.columns);
    for (const { column } of cells) factor[column] = KW_PER_A * PERIOD_HOURS;
    const { status, x } = solve(builder.build([{ factor, giveBack: 0 }]));
    if (status !== 'optimal') throw new Error(`offline optimum: ${status}`);
    return sum + x.reduce((total, amps, column) => total + amps * (factor[column] as number), 0);
  }, 0);
}

/** The least that this much energy can cost in the month, time-of-use and demand charge together. */
export function leastCost(
  sessions: readonly Session[],
  kW: number,
  energyKwh: number,
  solve: LinearSolver,
): { readonly costUsd: number; readonly energyUsd: number; readonly peakKw: number } {
  const { builder, cells } = model(sessions, kW);
  const peak = builder.column(0, Number.POSITIVE_INFINITY);
  const byPeriod = Map.groupBy(cells, ({ period }) => period);
  for (const there of byPeriod.values())
    builder.row(Number.NEGATIVE_INFINITY, 0, [...there.map(({ column }) => [column, KW_PER_A] as const), [peak, -1]]);
  builder.row(
    energyKwh - 1e-6,
    Number.POSITIVE_INFINITY,
    cells.map(({ column }) => [column, KW_PER_A * PERIOD_HOURS] as const),
  );
  const factor = new Float64Array(builder.columns);
  for (const { column, period } of cells) factor[column] = -priceAt(period) * KW_PER_A * PERIOD_HOURS;
  factor[peak] = -DEMAND_CHARGE_USD_PER_KW;
  const { status, x } = solve(builder.build([{ factor, giveBack: 0 }]));
  if (status !== 'optimal') throw new Error(`least cost: ${status}`);
  const peakKw = x[peak] ?? 0;
  const costUsd = -x.reduce((sum, value, column) => sum + value * (factor[column] as number), 0);
  return { costUsd, energyUsd: costUsd - peakKw * DEMAND_CHARGE_USD_PER_KW, peakKw };
}
