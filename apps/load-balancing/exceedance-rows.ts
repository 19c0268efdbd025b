// Rows of what was above a limit: episodes with their reasons, and quarter hours.
// When they begin and end is exceedance.ts.
import type { RowWrite, TableSpec } from '#service';
import { type Episode, energyAboveWh, placeOf, quartersOf, upTo } from './exceedance.js';
import type { SiteState } from './state.js';

const violations: TableSpec = {
  name: 'limit_violations',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    node_id: 'text',
    phase: 'text',
    direction: 'text',
    since: 'timestamptz',
    ended_at: 'timestamptz',
    counted_at: 'timestamptz',
    limit_ma: 'bigint',
    flow_ma: 'bigint',
    seconds: 'double precision',
    energy_above_wh: 'double precision',
    reasons: 'jsonb',
  },
  key: ['tenant_id', 'site_id', 'node_id', 'phase', 'direction', 'since'],
};
const quarters: TableSpec = {
  name: 'limit_violations_15m',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    node_id: 'text',
    phase: 'text',
    direction: 'text',
    bucket: 'timestamptz',
    seconds: 'double precision',
    energy_above_wh: 'double precision',
    flow_ma: 'bigint',
    limit_ma: 'bigint',
  },
  key: ['tenant_id', 'site_id', 'node_id', 'phase', 'direction', 'bucket'],
};
export const EXCEEDANCE_TABLES = [violations, quarters] as const;

/** Episodes as far as they are counted, and the quarter hours they lie in. */
export function exceedanceRows(before: SiteState, after: SiteState): readonly RowWrite[] {
  if (before.exceeded === after.exceeded) return [];
  const at = new Date(after.nowMs).toISOString();
  const keyOf = (column: string) => {
    const { nodeId, phase, direction = 'import' } = placeOf(column);
    return { tenant_id: after.tenantId, site_id: after.siteId, node_id: nodeId, phase, direction };
  };
  const episode = (column: string, { sinceMs, limitMa, flowMa, ms, mAms, reasons }: Episode, endedAt: string | null): RowWrite => ({
    table: violations,
    row: {
      ...keyOf(column),
      since: new Date(sinceMs).toISOString(),
      ended_at: endedAt,
      counted_at: at,
      limit_ma: limitMa,
      flow_ma: flowMa,
      seconds: ms / 1000,
      energy_above_wh: energyAboveWh(mAms, after),
      reasons,
    },
  });
  const over = Object.entries(before.exceeded).filter(([column, { sinceMs }]) => after.exceeded[column]?.sinceMs !== sinceMs);
  return [
    ...Object.entries(after.exceeded).map(([column, each]) => episode(column, each, null)),
    ...over.map(([column, each]) => episode(column, { ...each, ...upTo(each, after.nowMs) }, at)),
    ...quartersOf({ ...before, nowMs: after.nowMs })
      .filter(([column]) => column in before.exceeded)
      .map(([column, { fromMs, ms, mAms, flowMa, limitMa }]): RowWrite => {
        const numbers = { seconds: ms / 1000, energy_above_wh: energyAboveWh(mAms, after), flow_ma: flowMa, limit_ma: limitMa };
        return { table: quarters, row: { ...keyOf(column), bucket: new Date(fromMs).toISOString(), ...numbers } };
      }),
  ];
}
