// The rows of grid programs: how each stands with its server, and what was reported to it. Limits they came to are among those of the sites (load balancing).
import type { GridReportSent, NetworkEvent, Recorded } from '#contracts';
import type { RowWrite, TableSpec } from '#service';
import { type DimmedSite, type DimmingFact, floorOf } from './dimming.js';
import { OSCP_TABLES } from './oscp/tables.js';
import { type Program, sourceOf } from './program.js';

const gridPrograms: TableSpec = {
  name: 'grid_programs',
  columns: {
    tenant_id: 'text',
    program_id: 'text',
    source: 'text',
    server: 'jsonb',
    profile: 'text',
    poll_s: 'integer',
    valid_for_s: 'integer',
    sites: 'jsonb',
    heard_at: 'timestamptz',
    trouble: 'text',
    events: 'integer',
    refusals: 'jsonb',
    unheeded: 'jsonb',
    reservations: 'jsonb',
    introduce: 'boolean',
    push: 'jsonb',
    push_trouble: 'text',
    changed_at: 'timestamptz',
    removed_at: 'timestamptz',
  },
  key: ['tenant_id', 'program_id'],
};
const gridReports: TableSpec = {
  name: 'grid_reports',
  columns: {
    tenant_id: 'text',
    program_id: 'text',
    report_name: 'text',
    event_id: 'text',
    payload_type: 'text',
    reading_type: 'text',
    units: 'text',
    from_at: 'timestamptz',
    until_at: 'timestamptz',
    site_ids: 'jsonb',
    resources: 'jsonb',
    refusal: 'text',
    sent_at: 'timestamptz',
  },
  key: ['tenant_id', 'program_id', 'report_name'],
};
const gridDimmings: TableSpec = {
  name: 'grid_dimmings',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    node_id: 'text',
    devices: 'jsonb',
    floor_w: 'double precision',
    fail_safe_w: 'double precision',
    silent_after_s: 'integer',
    heard_at: 'timestamptz',
    limit_w: 'double precision',
    until_at: 'timestamptz',
    changed_at: 'timestamptz',
    removed_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id'],
};
const gridDimmingWords: TableSpec = {
  name: 'grid_dimming_words',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    record_offset: 'bigint',
    heard_at: 'timestamptz',
    kind: 'text',
    asked_w: 'double precision',
    until_at: 'timestamptz',
    floor_w: 'double precision',
    applied_w: 'double precision',
    limit_id: 'text',
    said_by: 'text',
  },
  key: ['tenant_id', 'site_id', 'record_offset'],
};
export const GRID_TABLES: readonly TableSpec[] = [gridPrograms, gridReports, gridDimmings, gridDimmingWords, ...OSCP_TABLES];

/** How the site stands, and the word itself as it was said, beside what it came to at once. */
export function dimmingRows(
  { tenantId, time, type, data, at }: DimmingFact,
  { config, command, heardMs, told }: DimmedSite,
): readonly RowWrite[] {
  const key = { tenant_id: tenantId, site_id: data.siteId };
  const floorW = config === undefined ? null : floorOf(config);
  const site: RowWrite = {
    table: gridDimmings,
    row: {
      ...key,
      ...(config !== undefined && {
        node_id: config.nodeId ?? null,
        devices: config.devices,
        floor_w: floorW,
        fail_safe_w: told?.fallbackW ?? config.failSafeW,
        silent_after_s: config.silentAfterS,
      }),
      heard_at: heardMs === undefined ? null : new Date(heardMs),
      limit_w: command.limitW ?? null,
      until_at: command.untilMs === undefined ? null : new Date(command.untilMs),
      changed_at: new Date(time),
      removed_at: type === 'DimmingRemoved' ? new Date(time) : null,
    },
  };
  if (type !== 'DimmingHeard' || config === undefined) return [site];
  const word: RowWrite = {
    table: gridDimmingWords,
    row: {
      ...key,
      record_offset: at.offset,
      heard_at: new Date(time),
      kind: data.command === undefined ? 'heartbeat' : data.command.limitW === undefined ? 'lifted' : 'limit',
      asked_w: data.command?.limitW ?? null,
      until_at: data.command?.until === undefined ? null : new Date(data.command.until),
      floor_w: floorW,
      applied_w: told?.steps[0]?.value ?? null,
      limit_id: told?.limitId ?? null,
      said_by: data.requestedBy,
    },
  };
  return [site, word];
}

export const reportRow = ({ tenantId, time }: Recorded<NetworkEvent>, sent: GridReportSent): RowWrite => ({
  table: gridReports,
  row: {
    tenant_id: tenantId,
    program_id: sent.programId,
    report_name: sent.reportName,
    event_id: sent.eventId,
    payload_type: sent.payloadType,
    reading_type: sent.readingType ?? null,
    units: sent.units ?? null,
    from_at: new Date(sent.from),
    until_at: new Date(sent.until),
    site_ids: sent.siteIds,
    resources: sent.resources ?? null,
    refusal: sent.refusal ?? null,
    sent_at: new Date(time),
  },
});

export function programRow({ tenantId, time, type }: Recorded<NetworkEvent>, programId: string, program: Program): RowWrite {
  const { config, heardMs, trouble, events, refusals, unheeded, push, wishes = {} } = program;
  const { clientSecret: _, ...server } = config?.server ?? { clientSecret: '' };
  return {
    table: gridPrograms,
    row: {
      tenant_id: tenantId,
      program_id: programId,
      source: sourceOf(programId),
      ...(config !== undefined && {
        server,
        profile: config.profile ?? null,
        poll_s: config.pollS,
        valid_for_s: config.validForS,
        sites: config.sites,
        introduce: config.introduce ?? false,
        push: config.push ?? null,
      }),
      heard_at: heardMs === undefined ? null : new Date(heardMs),
      trouble: trouble ?? null,
      events: Object.keys(events).length,
      refusals: refusals.slice(0, 100),
      unheeded,
      reservations: wishes,
      push_trouble: push?.trouble ?? null,
      changed_at: new Date(time),
      removed_at: type === 'GridProgramRemoved' ? new Date(time) : null,
    },
  };
}
