// What held when, for analysts: every accepted configuration of a site and of its stations, and every limit the grid sent.
// What holds now is in tables.ts; nothing here is read by the service.
import type { ConfigurationAccepted, GridLimitReceived, Recorded, SiteEvent } from '#contracts';
import type { Output, RowWrite, TableSpec } from '#service';
import type { SiteState } from './state.js';

const siteVersions: TableSpec = {
  name: 'site_versions',
  columns: { tenant_id: 'text', site_id: 'text', version: 'bigint', valid_from: 'timestamptz', config: 'jsonb', is_removed: 'boolean' },
  key: ['tenant_id', 'site_id', 'version'],
};
const stationVersions: TableSpec = {
  name: 'station_versions',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    station_id: 'text',
    version: 'bigint',
    valid_from: 'timestamptz',
    is_removed: 'boolean',
    config: 'jsonb',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'version'],
};
const gridLimitsTable: TableSpec = {
  name: 'grid_limits',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    record_offset: 'bigint',
    step: 'integer',
    limit_id: 'text',
    node_id: 'text',
    source: 'text',
    received_at: 'timestamptz',
    starts_at: 'timestamptz',
    ends_at: 'timestamptz',
    limit_a: 'double precision',
    limit_w: 'double precision',
    is_fallback: 'boolean',
    direction: 'text',
    lines_a: 'jsonb',
    is_share: 'boolean',
    superseded_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'record_offset', 'step'],
};
export const HISTORY_TABLES = [siteVersions, stationVersions, gridLimitsTable] as const;

/** Rows of versions that were accepted by this change. */
export function versionRows({ tenantId, siteId }: SiteState, outputs: readonly Output[], at: string): readonly RowWrite[] {
  return outputs.flatMap(({ type, data }): readonly RowWrite[] => {
    if (type !== 'ConfigurationAccepted') return [];
    const { change, version } = data as ConfigurationAccepted;
    const common = { tenant_id: tenantId, site_id: siteId, version, valid_from: at };
    if (change.kind === 'siteRemoved') return [{ table: siteVersions, row: { ...common, config: null, is_removed: true } }];
    if (change.kind === 'site') return [{ table: siteVersions, row: { ...common, config: change.config } }];
    const [station_id, config] = change.kind === 'station' ? [change.config.stationId, change.config] : [change.stationId, null];
    return [{ table: stationVersions, row: { ...common, station_id, is_removed: config === null, config } }];
  });
}

/** Of limits that stood before this change and stand no more: a later one took their place, or they were withdrawn. */
export const supersededRows = (
  { tenantId, siteId, gridLimits: were }: SiteState,
  { gridLimits }: SiteState,
  at: string,
): readonly RowWrite[] =>
  were === gridLimits
    ? []
    : were
        .filter(({ offset }) => !gridLimits.some((limit) => limit.offset === offset))
        .flatMap(({ offset, steps, fallback }) =>
          Array.from({ length: steps.length + (fallback ? 1 : 0) }, (_, step): RowWrite => {
            const key = { tenant_id: tenantId, site_id: siteId, record_offset: offset, step };
            return { table: gridLimitsTable, row: { ...key, superseded_at: at } };
          }),
        );

/** One row for each step of a schedule, then the fallback, which has no end. Several phases count with their lowest. */
export function gridLimitRows(input: Recorded<SiteEvent>): readonly RowWrite[] {
  if (input.type !== 'GridLimitReceived') return [];
  const { limitId, nodeId, direction = 'import', schedule, expiresAt, fallback, source, shareSeq }: GridLimitReceived = input.data;
  const common = {
    tenant_id: input.tenantId,
    site_id: input.siteId ?? '',
    record_offset: input.at.offset,
    limit_id: limitId,
    node_id: nodeId ?? null,
    source,
    received_at: input.time,
    direction,
    is_share: shareSeq !== undefined,
  };
  const sorted = [...schedule].sort((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt));
  const steps = sorted.map(({ startsAt, limitA, limitW }, step) => ({
    step,
    starts_at: startsAt,
    ends_at: earlier(sorted[step + 1]?.startsAt, expiresAt),
    ...currents(limitA),
    limit_w: limitW ?? null,
    is_fallback: false,
  }));
  const after = fallback && {
    step: steps.length,
    starts_at: expiresAt,
    ends_at: null,
    ...currents(fallback.limitA),
    limit_w: fallback.limitW ?? null,
    is_fallback: true,
  };
  return [...steps, ...(after ? [after] : [])].map((step) => ({ table: gridLimitsTable, row: { ...common, ...step } }));
}

const earlier = (a: string | undefined, b: string): string => (a !== undefined && Date.parse(a) < Date.parse(b) ? a : b);

const currents = (limitA: GridLimitReceived['schedule'][number]['limitA']) => ({
  limit_a: limitA === undefined ? null : Math.min(...[limitA].flat()),
  lines_a: typeof limitA === 'object' ? limitA : null,
});
