// What a car says it will draw (OCPP 2.0.1 K17) against what its station was told: whether it means to take clearly more.
// The answer is the edge's, a new schedule the owner's.
import { type GrantStep, limitAt } from './grant.js';
import { HIGHEST_VOLTAGE } from './network.js';
import { isClearlyAbove } from './tolerance.js';

type Json = Readonly<Record<string, unknown>>;

/** What a station confirmed for an EVSE: a plan with its lease end as the last step, and the voltage its watts are read with. */
export interface ConfirmedPlan {
  readonly steps: readonly GrantStep[];
  readonly voltageV: number;
}

/** Clocks of the two may differ by as much [ms]. */
const CLOCKS_MS = 30_000;

/**
 * Whether the schedule of a NotifyEVChargingSchedule goes clearly above the plan at any time from `nowMs` until the lease ends: after that
 * nothing was promised yet, and the plan will be renewed. Watts count as the least current they can mean. False where it cannot be read.
 */
export function meansMore(payload: Json, { steps, voltageV }: ConfirmedPlan, nowMs: number): boolean {
  const { startSchedule, chargingRateUnit, chargingSchedulePeriod = [] } = (payload.chargingSchedule ?? {}) as Json;
  const startMs = Date.parse(String(startSchedule ?? payload.timeBase ?? ''));
  const leaseEndMs = steps.at(-1)?.fromMs ?? nowMs;
  if (Number.isNaN(startMs)) return false;
  const periods = (chargingSchedulePeriod as readonly Json[]).map(({ startPeriod, limit, numberPhases = 3 }) => ({
    fromMs: startMs + Number(startPeriod) * 1000,
    ma: (Number(limit) * 1000) / (chargingRateUnit === 'W' ? voltageV * HIGHEST_VOLTAGE * Number(numberPhases) : 1),
  }));
  return periods.some(({ fromMs, ma }, index) => {
    const untilMs = Math.min(periods[index + 1]?.fromMs ?? leaseEndMs, leaseEndMs);
    const beginMs = Math.max(fromMs, nowMs);
    const moments = [beginMs, ...steps.map((step) => step.fromMs + CLOCKS_MS + 1)].filter((t) => t >= beginMs && t < untilMs);
    return moments.some((t) => isClearlyAbove(ma, highestAround(steps, t)));
  });
}

const highestAround = (steps: readonly GrantStep[], t: number): number =>
  Math.max(...[t - CLOCKS_MS, t, t + CLOCKS_MS].map((at) => limitAt({ steps }, at)));
