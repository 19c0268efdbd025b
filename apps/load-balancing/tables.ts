// The rows of the load balancer: what follows from one change of a site's memory.
import type { CommandRequested, ConfigurationAccepted, LimitsDecided, Recorded, ShortfallReported, SiteEvent } from '#contracts';
import { committedMa, holdsGrant, powerShare } from '#domain/load-balancing';
import { entryOf } from '#kernel';
import type { Change, Output, RowWrite, TableSpec } from '#service';
import { abilityRows, MODEL_ABILITIES } from './abilities.js';
import { ALARM_TABLES, alarmRows } from './alarms.js';
import { ENERGY_SERIES, energySeriesRows } from './energy-series.js';
import { EXCEEDANCE_TABLES, exceedanceRows } from './exceedance-rows.js';
import { priorityRows } from './first-place.js';
import { gridLimitRows, HISTORY_TABLES, supersededRows, versionRows } from './history.js';
import { measuredWatts } from './measured-power.js';
import { limitWatts, outlookRows, SITE_OUTLOOKS } from './outlook-rows.js';
import { planRows, SESSION_PLANS } from './plan-rows.js';
import { conditionsOf, networkOf, type SiteState, stationIn, stationsOf } from './state.js';
import { UNCONFIGURED_LOADS, unconfiguredRows } from './unconfigured.js';

const sites: TableSpec = {
  name: 'sites',
  columns: { tenant_id: 'text', site_id: 'text', name: 'text', version: 'bigint', config: 'jsonb', removed: 'boolean' },
  key: ['tenant_id', 'site_id'],
};
const evseLimits: TableSpec = {
  name: 'evse_limits',
  columns: {
    tenant_id: 'text',
    station_id: 'text',
    evse_id: 'integer',
    site_id: 'text',
    limit_ma: 'bigint',
    committed_ma: 'bigint',
    discharge_ma: 'bigint',
    reason: 'jsonb',
    held_by: 'text',
    behind: 'jsonb',
    cap: 'jsonb',
    at: 'timestamptz',
  },
  key: ['tenant_id', 'station_id', 'evse_id'],
};
const siteLoad: TableSpec = {
  name: 'site_load',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    at: 'timestamptz',
    measured_w: 'double precision',
    limit_w: 'double precision',
    allocated_w: 'double precision',
  },
  key: ['tenant_id', 'site_id', 'at'],
};
const limitCommands: TableSpec = {
  name: 'limit_commands',
  columns: {
    tenant_id: 'text',
    command_id: 'text',
    site_id: 'text',
    station_id: 'text',
    evse_id: 'integer',
    slot: 'text',
    transaction_id: 'text',
    limit_ma: 'bigint',
    lease_ends_at: 'timestamptz',
    requested_at: 'timestamptz',
    outcome: 'text',
    answered_at: 'timestamptz',
    cause: 'text',
    wanted_ma: 'bigint',
    discharge_ma: 'bigint',
    held_by: 'text',
    tight: 'jsonb',
    seen: 'jsonb',
  },
  key: ['tenant_id', 'command_id'],
};
const shortfalls: TableSpec = {
  name: 'limit_shortfalls',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    node_id: 'text',
    phase: 'text',
    is_over: 'boolean',
    limit_ma: 'bigint',
    committed_ma: 'bigint',
    since: 'timestamptz',
    ended_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'node_id', 'phase'],
};
export const LOAD_BALANCING_TABLES = [
  sites,
  evseLimits,
  siteLoad,
  limitCommands,
  shortfalls,
  SESSION_PLANS,
  ...HISTORY_TABLES,
  ENERGY_SERIES,
  ...EXCEEDANCE_TABLES,
  ...ALARM_TABLES,
  SITE_OUTLOOKS,
  UNCONFIGURED_LOADS,
  MODEL_ABILITIES,
] as const;

export function projectSite({ before, after, input, outputs }: Change<SiteState, SiteEvent>): readonly RowWrite[] {
  return [
    ...(outputs.length === 0 ? [] : decidedRows(after, outputs)),
    ...gridLimitRows(input),
    ...energySeriesRows(input),
    ...(before.gridLimits === after.gridLimits ? [] : supersededRows(before, after, timeOf(after))),
    ...outcomeRows(before, after, input),
    ...planRows(before, after, input),
    ...priorityRows(before, after, input),
    ...exceedanceRows(before, after),
    ...alarmRows(before, after, input, outputs),
    ...outlookRows(before, after, input),
    ...unconfiguredRows(before, after, input),
    ...abilityRows(before, after),
    ...(isAboutLoad(before, after, input, outputs) ? loadRow(after) : []),
  ];
}

/** Written out only where a row has it. */
const timeOf = ({ nowMs }: SiteState): string => new Date(nowMs).toISOString();

/** Of what was decided; nothing is, on most records. */
function decidedRows(after: SiteState, outputs: readonly Output[]): readonly RowWrite[] {
  const at = timeOf(after);
  return [
    ...configurationRows(after, outputs),
    ...versionRows(after, outputs, at),
    ...commandRows(after, outputs, at),
    ...limitRows(after, outputs, at),
    ...shortfallRows(after, outputs, at),
  ];
}

function configurationRows({ tenantId, siteId, version, config }: SiteState, outputs: readonly Output[]): readonly RowWrite[] {
  if (!outputs.some(({ type }) => type === 'ConfigurationAccepted')) return [];
  const key = { tenant_id: tenantId, site_id: siteId };
  if (config !== undefined) return [{ table: sites, row: { ...key, name: config.name, version, config, removed: false } }];
  const isGone = outputs.some(
    ({ type, data }) => type === 'ConfigurationAccepted' && (data as ConfigurationAccepted).change.kind === 'siteRemoved',
  );
  return isGone ? [{ table: sites, row: { ...key, version, removed: true } }] : [];
}

function commandRows({ tenantId, siteId }: SiteState, outputs: readonly Output[], at: string): readonly RowWrite[] {
  const rows: RowWrite[] = outputs.flatMap(({ type, data }) => {
    if (type !== 'CommandRequested') return [];
    const { commandId, stationId, grant } = data as CommandRequested;
    if (grant === undefined) return [];
    const last = grant.steps.at(-1);
    return [
      {
        table: limitCommands,
        row: {
          tenant_id: tenantId,
          command_id: commandId,
          site_id: siteId,
          station_id: stationId,
          evse_id: grant.evseId,
          slot: grant.slot,
          transaction_id: grant.transactionId ?? null,
          limit_ma: grant.foreign ? Math.max(...grant.steps.map(({ limitMa }) => limitMa)) : (grant.steps[0]?.limitMa ?? 0),
          lease_ends_at: grant.slot === 'plan' && !grant.foreign && last ? new Date(last.fromMs).toISOString() : null,
          requested_at: at,
          outcome: 'requested',
          answered_at: null,
          cause: grant.why?.cause ?? (grant.clears ? 'clear' : 'asked'),
          wanted_ma: grant.why?.wantedMa ?? null,
          discharge_ma: grant.steps[0]?.dischargeMa ?? null,
          held_by: grant.why?.heldBy ?? null,
          tight: grant.why?.tight ?? null,
          seen: grant.why?.seen ?? null,
        },
      },
    ];
  });
  return rows;
}

/** The latest shortfall of each column: when it began, and when it was over. */
function shortfallRows({ tenantId, siteId }: SiteState, outputs: readonly Output[], at: string): readonly RowWrite[] {
  return outputs.flatMap(({ type, data }): readonly RowWrite[] => {
    if (type !== 'ShortfallReported') return [];
    const { nodeId, phase, limitMa, committedMa: committed, isOver } = data as ShortfallReported;
    const key = { tenant_id: tenantId, site_id: siteId, node_id: nodeId, phase, is_over: isOver };
    return [
      {
        table: shortfalls,
        row: isOver ? { ...key, ended_at: at } : { ...key, limit_ma: limitMa, committed_ma: committed, since: at, ended_at: null },
      },
    ];
  });
}

const OUTCOMES: Readonly<Record<string, string>> = {
  CommandAnswered: 'answered',
  CommandErrored: 'rejected',
  CommandUnanswered: 'unanswered',
  CommandRefused: 'refused',
};

function outcomeRows(before: SiteState, after: SiteState, { type, data, stationId = '' }: Recorded<SiteEvent>): readonly RowWrite[] {
  const outcome = OUTCOMES[type];
  const { commandId, payload } = data as { readonly commandId?: string; readonly payload?: { readonly status?: string } };
  if (outcome === undefined || commandId === undefined) return [];
  const { tenantId } = before;
  const ledger = stationIn(before, stationId)?.ledger;
  if (!entryOf(before.pending, commandId)?.isGrant && !(ledger && holdsGrant(ledger, commandId))) return [];
  const told = outcome === 'answered' ? (payload?.status === 'Accepted' ? 'accepted' : 'rejected') : outcome;
  return [{ table: limitCommands, row: { tenant_id: tenantId, command_id: commandId, outcome: told, answered_at: timeOf(after) } }];
}

/** What the split gives each EVSE, and what it might draw; rows of those that changed. */
function limitRows({ tenantId, siteId }: SiteState, outputs: readonly Output[], at: string): readonly RowWrite[] {
  const decision = outputs.find(({ type }) => type === 'LimitsDecided')?.data as LimitsDecided | undefined;
  return (decision?.evses ?? []).map(
    ({ stationId, evseId, limitMa, committedMa: committed, dischargeMa, reason, heldBy, behind, cap }): RowWrite => {
      const key = { tenant_id: tenantId, station_id: stationId, evse_id: evseId };
      const currents = { limit_ma: limitMa, committed_ma: committed, discharge_ma: dischargeMa ?? 0 };
      const why = { reason: reason ?? null, held_by: heldBy ?? null, behind: behind ?? null, cap: cap ?? null };
      return { table: evseLimits, row: { ...key, site_id: siteId, ...currents, ...why, at } };
    },
  );
}

/** Samples make one row a second at most. */
const isAboutLoad = (before: SiteState, after: SiteState, input: Recorded<SiteEvent>, outputs: readonly Output[]): boolean =>
  outputs.some(({ type }) => type === 'LimitsDecided') ||
  (Math.floor(before.nowMs / 1000) !== Math.floor(after.nowMs / 1000) &&
    input.type === 'CallReceived' &&
    (input.data.action === 'MeterValues' || input.data.action === 'TransactionEvent'));

/** Measured by the stations; unknown while one that charges has not been heard. Limit and promises over all lines at nominal voltage. */
function loadRow(state: SiteState): readonly RowWrite[] {
  const network = networkOf(state);
  if (network === undefined || state.config === undefined) return [];
  const { voltageV } = state.config;
  const watts = (milliamps: number): number => Math.round((milliamps * voltageV) / 1000);
  let allocatedMa = 0;
  for (const { config, ledger } of stationsOf(state)) {
    for (const evse of ledger.evses) {
      const lines = powerShare(config.evses.find(({ evseId }) => evseId === evse.evseId)?.phases ?? 3);
      allocatedMa += committedMa(ledger, evse, state.nowMs, false) * lines;
    }
  }
  const at = new Date(Math.floor(state.nowMs / 1000) * 1000).toISOString();
  return [
    {
      table: siteLoad,
      row: {
        tenant_id: state.tenantId,
        site_id: state.siteId,
        at,
        measured_w: measuredWatts(state),
        limit_w: limitWatts(network, conditionsOf(state), voltageV, state.nowMs),
        allocated_w: watts(allocatedMa),
      },
    },
  ];
}
