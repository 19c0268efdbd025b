// A month in virtual time: cars come and go every five minutes, a policy says what each may draw, ideal batteries take it.
// Who decides (baselines, our allocator and planner) is the policy's; limits are checked by the auditor.
import { excessA } from './auditor.js';
import { CAR_A, DEMAND_CHARGE_USD_PER_KW, EVSES, KW_PER_A, PERIOD_HOURS, priceAt, type Session } from './garage.js';

export interface Plugged {
  readonly session: Session;
  readonly remainingKwh: number;
}

/** Allowed current [A] of each plugged car, in their order, for one period; `changed` = somebody came or went. */
export type Policy = (period: number, plugged: readonly Plugged[], changed: boolean) => ArrayLike<number>;

export interface MonthResult {
  readonly requestedKwh: number;
  readonly deliveredKwh: number;
  readonly energyPct: number;
  readonly peakKw: number;
  readonly energyUsd: number;
  readonly costUsd: number;
  /** From no current to some, per session that charged. */
  readonly startsMean: number;
  readonly startsMax: number;
  /** Periods with a line or pod above its limit, and by how much at worst [A]. */
  readonly violations: number;
  readonly worstExcessA: number;
  readonly seconds: number;
}

/** `levels`: allowed currents are rounded down to what the EVSE can be told. `kW` is the transformer, used by the auditor alone. */
export function runMonth(sessions: readonly Session[], kW: number, policy: Policy): MonthResult {
  const startedAt = performance.now();
  const arriving = [...sessions].sort((a, b) => a.arrival - b.arrival || a.id - b.id);
  let plugged: { session: Session; remainingKwh: number; wasOn: boolean; starts: number }[] = [];
  const result = { deliveredKwh: 0, peakKw: 0, energyUsd: 0, violations: 0, worstExcessA: Number.NEGATIVE_INFINITY };
  const starts: number[] = [];
  let next = 0;
  for (let period = arriving[0]?.arrival ?? 0; next < arriving.length || plugged.length > 0; period++) {
    const before = plugged.length;
    plugged = plugged.filter(({ session, starts: count }) => {
      if (session.departure > period) return true;
      if (count > 0) starts.push(count);
      return false;
    });
    let changed = plugged.length !== before;
    for (let session = arriving[next]; session !== undefined && session.arrival <= period; session = arriving[++next]) {
      plugged.push({ session, remainingKwh: session.energyKwh, wasOn: false, starts: 0 });
      changed = true;
    }
    if (plugged.length === 0) continue;
    const allowed = policy(period, plugged, changed);
    const drawn = new Float64Array(EVSES.length);
    let kw = 0;
    plugged.forEach((car, index) => {
      const full = car.remainingKwh / (KW_PER_A * PERIOD_HOURS);
      const amps = Math.max(0, Math.min(allowed[index] ?? 0, CAR_A, full));
      car.remainingKwh = amps === full ? 0 : car.remainingKwh - amps * KW_PER_A * PERIOD_HOURS;
      drawn[car.session.evse] = amps;
      kw += amps * KW_PER_A;
      if (amps > 0 && !car.wasOn) car.starts++;
      car.wasOn = amps > 0;
    });
    result.deliveredKwh += kw * PERIOD_HOURS;
    result.energyUsd += kw * PERIOD_HOURS * priceAt(period);
    result.peakKw = Math.max(result.peakKw, kw);
    const excess = excessA(drawn, kW);
    result.worstExcessA = Math.max(result.worstExcessA, excess);
    if (excess > 0) result.violations++;
  }
  const requestedKwh = sessions.reduce((sum, { energyKwh }) => sum + energyKwh, 0);
  return {
    ...result,
    requestedKwh,
    energyPct: (result.deliveredKwh / requestedKwh) * 100,
    costUsd: result.energyUsd + result.peakKw * DEMAND_CHARGE_USD_PER_KW,
    startsMean: starts.reduce((sum, count) => sum + count, 0) / Math.max(1, starts.length),
    startsMax: Math.max(0, ...starts),
    seconds: (performance.now() - startedAt) / 1000,
  };
}
