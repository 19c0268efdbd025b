// When to look at a site again though nothing was heard.
// What is done then is the plan's.
import { flowChanges } from './feed-back.js';
import { leaseEndMs, SETTLE_MS } from './grant.js';
import { dueMs, isResting } from './lease.js';
import { CHANGE_PAUSE_MS } from './moves.js';
import { planChanges } from './planner/car-plan.js';
import type { PlanInput } from './site-plan.js';
import { leaseSkew } from './skew.js';
import { leastToldMa } from './watts.js';
import { windowsOf } from './wishes.js';

/** When to look again though nothing was heard [ms]; Infinity when there is nothing to wait for. */
export function nextLook(input: Omit<PlanInput, 'network'>): number {
  const { stations, conditions, leaseMs, nowMs } = input;
  let next = Number.POSITIVE_INFINITY;
  const consider = (t: number): void => {
    if (t > nowMs && t < next) next = t;
  };
  for (const start of windowsOf(input)) consider(start);
  for (const { untilMs } of conditions.measurements) consider(untilMs);
  for (const { ledger, config, onlyUnit, quietUntilMs, demands } of stations) {
    consider(quietUntilMs);
    consider(ledger.provenFromMs);
    for (const { acceptedMs } of ledger.stationMax) if (acceptedMs !== undefined) consider(acceptedMs + SETTLE_MS);
    for (const { plan } of demands.values()) if (plan) for (const t of planChanges(plan)) consider(t);
    const skew = leaseSkew(ledger);
    for (const { plans, defaults, foreign, evseId, safeMa, toldMs } of ledger.evses) {
      const demand = demands.get(evseId);
      const evse = demand && config.evses.find((each) => each.evseId === evseId);
      const isAtRest =
        demand !== undefined && evse !== undefined && isResting(demand, Math.max(leastToldMa(evse, config, onlyUnit), safeMa));
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
