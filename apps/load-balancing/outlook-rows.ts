// What lies ahead of a site, one row each: the limits that are announced, and the power the latest plan has for its cars.
// What was and what is are other rows (tables.ts); nothing here is read by the service.
import type { Recorded, SiteEvent } from '#contracts';
import { COLUMNS, type Conditions, capacityAt, changesBetween, type Network } from '#domain/load-balancing';
import type { RowWrite, TableSpec } from '#service';
import { conditionsOf, networkOf, type SiteState } from './state.js';

export const SITE_OUTLOOKS: TableSpec = {
  name: 'site_outlooks',
  columns: { tenant_id: 'text', site_id: 'text', limits_at: 'timestamptz', limits: 'jsonb', plan_at: 'timestamptz', plan: 'jsonb' },
  key: ['tenant_id', 'site_id'],
};

const HORIZON_MS = 24 * 3_600_000;

export function outlookRows(before: SiteState, after: SiteState, input: Recorded<SiteEvent>): readonly RowWrite[] {
  const key = { tenant_id: after.tenantId, site_id: after.siteId };
  const isOtherLimit =
    before.gridLimits !== after.gridLimits || before.measurements !== after.measurements || before.config !== after.config;
  const limits = isOtherLimit ? limitsAhead(after) : undefined;
  const plan = input.type === 'PlanComputed' && after.plan !== before.plan ? input.data : undefined;
  return [
    ...(limits ? [{ table: SITE_OUTLOOKS, row: { ...key, limits_at: new Date(after.nowMs).toISOString(), limits } }] : []),
    ...(plan
      ? [
          {
            table: SITE_OUTLOOKS,
            row: { ...key, plan_at: plan.madeFor, plan: { planId: plan.planId, expiresAt: plan.expiresAt, slots: plan.ahead ?? [] } },
          },
        ]
      : []),
  ];
}

/** Now, and whenever it changes by schedule within a day; other loads as they are known now. */
function limitsAhead(state: SiteState): readonly { readonly at: string; readonly limitW: number }[] | undefined {
  const network = networkOf(state);
  const { config, gridLimits, nowMs } = state;
  if (network === undefined || config === undefined) return undefined;
  const steps = [nowMs, ...changesBetween(gridLimits, nowMs, nowMs + HORIZON_MS)].map((t) => ({
    at: new Date(t).toISOString(),
    limitW: limitWatts(network, conditionsOf(state), config.voltageV, t),
  }));
  return steps.filter(({ limitW }, index) => limitW !== steps[index - 1]?.limitW);
}

/** What stations may draw at the grid connection, over all lines at nominal voltage. */
export function limitWatts(network: Network, conditions: Conditions, voltageV: number, t: number): number {
  const capacity = capacityAt(network, conditions, t);
  const linesMa = [0, 1, 2].reduce((sum, phase) => sum + Math.max(0, capacity[phase] ?? 0), 0);
  const totalMa = Math.max(0, capacity[COLUMNS - 1] ?? Number.POSITIVE_INFINITY);
  return Math.round((Math.min(linesMa, totalMa) * voltageV) / 1000);
}
