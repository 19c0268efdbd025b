// What is known of a vendor's model and firmware: what a station of it said of itself, and what its samples have shown without being asked:
// that 0 A stops a car, and that a limit holds while nobody can reach the station.
// Questions are inquiries.ts, what they were answered models.ts; a station that is clearly above its limit is samples.ts's.
import { type EvseLedger, type Grant, isClearlyAbove, leaseEndMs, limitAt } from '#domain/load-balancing';
import type { RowWrite, TableSpec } from '#service';
import { isTelling } from './models.js';
import type { Seen, SiteState, StationState } from './state.js';

/** A car draws: less may be what its electronics take, or a meter's rounding [mA]. */
const DRAWS_MA = 1_000;
/** Every clock that a lease is given to is within this of ours, and a car has followed by then [ms]. */
const SETTLED_MS = 90_000;
const MOST_MODELS = 100;

const table: TableSpec = {
  name: 'model_abilities',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    model: 'text',
    max_stack_level: 'integer',
    max_periods: 'integer',
    only_unit: 'text',
    stops_at_0: 'boolean',
    keeps_offline: 'boolean',
  },
  key: ['tenant_id', 'site_id', 'model'],
};
export const MODEL_ABILITIES = table;

/** A live sample: it drew, was told 0 A since, and draws nothing now; or draws on when it should have stopped long ago. */
export function seenLive(seen: Seen, evse: EvseLedger, drawn: { readonly beforeMa: number; readonly nowMa: number }, nowMs: number): Seen {
  const plan = standing(evse, nowMs);
  if (plan === undefined || limitAt(plan, nowMs) > 0) return seen;
  if (drawn.beforeMa < DRAWS_MA) return seen;
  if (drawn.nowMa < DRAWS_MA) return shown(seen, 'stopsAt0', true);
  return isSettled(plan, nowMs) && nowMs < leaseEndMs(plan) ? shown(seen, 'stopsAt0', false) : seen;
}

/** A sample that was taken while nobody could reach it, and waited: a car that drew kept to what it had been told, or did not. */
export function seenAway(seen: Seen, evse: EvseLedger, drawnMa: number, takenMs: number): Seen {
  const plan = standing(evse, takenMs);
  if (plan === undefined || drawnMa < DRAWS_MA || !isSettled(plan, takenMs) || takenMs + SETTLED_MS > leaseEndMs(plan)) return seen;
  const toldMa = limitAt(plan, takenMs);
  if (toldMa >= evse.ratingMa) return seen;
  return shown(seen, 'keepsOffline', !isClearlyAbove(drawnMa, toldMa));
}

const shown = (seen: Seen, name: keyof Seen, value: boolean): Seen => (seen[name] === value ? seen : { ...seen, [name]: value });

/** What it had confirmed by then, for the transaction that runs; one that was replaced since is known for some seconds more. */
const standing = ({ plans, transactionId }: EvseLedger, t: number): Grant | undefined =>
  plans.findLast(
    ({ state, acceptedMs = Number.POSITIVE_INFINITY, endsMs = Number.POSITIVE_INFINITY, ...grant }) =>
      state === 'accepted' && acceptedMs <= t && t < endsMs && grant.transactionId === transactionId,
  );

/** What it says at `t` it has said for long enough. */
const isSettled = (plan: Grant, t: number): boolean => {
  const sinceMs = plan.steps.findLast(({ fromMs }) => fromMs <= t)?.fromMs ?? Number.POSITIVE_INFINITY;
  return Math.max(sinceMs, plan.acceptedMs ?? Number.POSITIVE_INFINITY) + SETTLED_MS <= t;
};

/** Remembers for its model what a station has shown; the latest is believed. */
export function withSeen(state: SiteState, before: StationState | undefined, after: StationState | undefined): SiteState {
  const { model, seen } = after?.facts ?? {};
  if (seen === undefined || seen === before?.facts.seen || !isTelling(model)) return state;
  const known = state.seen?.[model] ?? {};
  if (Object.entries(seen).every(([name, value]) => known[name as keyof Seen] === value)) return state;
  const { [model]: _earlier, ...others } = state.seen ?? {};
  return { ...state, seen: Object.fromEntries([...Object.entries(others).slice(1 - MOST_MODELS), [model, { ...known, ...seen }]]) };
}

/** A row for each model of which something else is known now. */
export function abilityRows(before: SiteState, after: SiteState): readonly RowWrite[] {
  if (before.models === after.models && before.seen === after.seen) return [];
  const { tenantId, siteId, models = {}, seen = {} } = after;
  const changed = [...new Set([...Object.keys(models), ...Object.keys(seen)])].filter(
    (model) => before.models?.[model] !== models[model] || before.seen?.[model] !== seen[model],
  );
  return changed.map((model) => {
    const { maxStackLevel = null, maxPeriods = null, onlyUnit = null } = models[model] ?? {};
    const { stopsAt0 = null, keepsOffline = null } = seen[model] ?? {};
    const row = {
      tenant_id: tenantId,
      site_id: siteId,
      model,
      max_stack_level: maxStackLevel,
      max_periods: maxPeriods,
      only_unit: onlyUnit,
    };
    return { table, row: { ...row, stops_at_0: stopsAt0, keeps_offline: keepsOffline } };
  });
}
