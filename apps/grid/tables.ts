// The rows of grid programs: how each stands with its server, and what was reported to it. Limits they came to are among those of the sites (load balancing).
import type { GridReportSent, NetworkEvent, Recorded } from '#contracts';
import type { RowWrite, TableSpec } from '#service';
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
export const GRID_TABLES: readonly TableSpec[] = [gridPrograms, gridReports];

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
