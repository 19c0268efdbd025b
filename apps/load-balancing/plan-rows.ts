// Rows of what cars need and what the plan has for them, one for each transaction.
// The site's other rows are in tables.ts.
import type { Recorded, SiteEvent } from '#contracts';
import { deliveredWh, type EvseConfig, fedBackWh } from '#domain/load-balancing';
import type { RowWrite, TableSpec } from '#service';
import { type Obstacle, obstaclesOf } from './feed-back-leave.js';
import { type SiteState, type StationState, stationIn, stationsOf } from './state.js';

export const SESSION_PLANS: TableSpec = {
  name: 'session_plans',
  columns: {
    tenant_id: 'text',
    station_id: 'text',
    transaction_id: 'text',
    site_id: 'text',
    evse_id: 'integer',
    departs_at: 'timestamptz',
    energy_wh: 'numeric',
    min_energy_wh: 'numeric',
    discharge_reserve_wh: 'numeric',
    discharge_obstacles: 'jsonb',
    discharge_leave: 'text',
    priority: 'text',
    plan_id: 'text',
    planned_at: 'timestamptz',
    expected_until: 'timestamptz',
    delivered_wh: 'numeric',
    fed_back_wh: 'numeric',
    planned_wh: 'numeric',
    shortfall_wh: 'numeric',
    promise_shortfall_wh: 'numeric',
    next_at: 'timestamptz',
  },
  key: ['tenant_id', 'station_id', 'transaction_id'],
};

export const planRows = (before: SiteState, after: SiteState, input: Recorded<SiteEvent>): readonly RowWrite[] => [
  ...needsRows(before, after, input),
  ...plannedRows(before, after, input),
  ...leaveRows(before, after, input),
];

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

function needsRows(earlier: SiteState, after: SiteState, { stationId = '' }: Recorded<SiteEvent>): readonly RowWrite[] {
  const { tenantId, siteId } = after;
  const [was, is] = [stationIn(earlier, stationId)?.visits, stationIn(after, stationId)?.visits];
  if (was === is || is === undefined) return [];
  return Object.entries(is).flatMap(([evseId, { transactionId, needs }]): readonly RowWrite[] => {
    const before = was?.[evseId];
    const isTold = before?.transactionId === transactionId ? before?.needs === needs : Object.keys(needs).length === 0;
    if (transactionId === undefined || isTold) return [];
    const { departsMs, energyWh = null, minEnergyWh = null, discharge } = needs;
    const key = { tenant_id: tenantId, station_id: stationId, transaction_id: transactionId };
    const said = {
      departs_at: iso(departsMs),
      energy_wh: energyWh,
      min_energy_wh: minEnergyWh,
      discharge_reserve_wh: discharge?.reserveWh ?? null,
    };
    return [{ table: SESSION_PLANS, row: { ...key, site_id: siteId, evse_id: Number(evseId), ...said } }];
  });
}

/** What is in the way of cars that may feed back, and what their stations made of that: at the station that spoke, and everywhere with a new plan. */
function leaveRows(before: SiteState, after: SiteState, input: Recorded<SiteEvent>): readonly RowWrite[] {
  const isForAll = input.type === 'PlanComputed' || input.type === 'GridLimitReceived' || before.config !== after.config;
  const { tenantId, siteId } = after;
  const concerned = isForAll ? stationsOf(after) : [stationIn(after, input.stationId ?? '')].filter((station) => station !== undefined);
  return concerned.flatMap((station) =>
    station.config.evses.flatMap((evse): readonly RowWrite[] => {
      const { transactionId } = station.visits[evse.evseId] ?? {};
      if (transactionId === undefined) return [];
      const earlier = stationIn(before, station.config.stationId);
      if (!isAboutLeave(earlier, evse) && !isAboutLeave(station, evse)) return [];
      const [was, is] = [leaveOf(before, earlier, evse), leaveOf(after, station, evse)];
      if (JSON.stringify(was) === JSON.stringify(is)) return [];
      const key = { tenant_id: tenantId, station_id: station.config.stationId, transaction_id: transactionId };
      return [{ table: SESSION_PLANS, row: { ...key, site_id: siteId, evse_id: evse.evseId, ...is } }];
    }),
  );
}

const isAboutLeave = (station: StationState | undefined, { evseId }: EvseConfig): boolean =>
  station?.visits[evseId]?.needs.discharge !== undefined || station?.demands[evseId]?.leave !== undefined;

const NOTHING_SAID = { discharge_obstacles: null, discharge_leave: null };
function leaveOf(state: SiteState, station: StationState | undefined, evse: EvseConfig): typeof NOTHING_SAID | LeaveColumns {
  if (station === undefined || state.config === undefined) return NOTHING_SAID;
  const { [evse.evseId]: visit } = station.visits;
  const { leave } = station.demands[evse.evseId] ?? {};
  return {
    discharge_obstacles: visit?.needs.discharge === undefined ? null : obstaclesOf(state, station, evse),
    discharge_leave: leave === undefined ? null : `${leave.allows ? 'allowed' : 'withdrawn'}: ${leave.answer}`,
  };
}
interface LeaveColumns {
  readonly discharge_obstacles: readonly Obstacle[] | null;
  readonly discharge_leave: string | null;
}

function plannedRows(before: SiteState, after: SiteState, input: Recorded<SiteEvent>): readonly RowWrite[] {
  if (input.type !== 'PlanComputed' || after.plan === before.plan) return [];
  const { tenantId, siteId } = after;
  const { planId, madeFor, evses } = input.data;
  return evses.map(({ stationId, evseId, transactionId, departsAt, plannedWh, shortfallWh, promiseShortfallWh, nextAt }): RowWrite => {
    const visit = stationIn(after, stationId)?.visits[evseId];
    return {
      table: SESSION_PLANS,
      row: {
        tenant_id: tenantId,
        station_id: stationId,
        transaction_id: transactionId,
        site_id: siteId,
        evse_id: evseId,
        plan_id: planId,
        planned_at: madeFor,
        expected_until: departsAt,
        delivered_wh: visit === undefined ? null : deliveredWh(visit),
        fed_back_wh: visit === undefined ? null : fedBackWh(visit),
        planned_wh: plannedWh,
        shortfall_wh: shortfallWh ?? null,
        promise_shortfall_wh: promiseShortfallWh ?? null,
        next_at: nextAt ?? null,
      },
    };
  });
}
