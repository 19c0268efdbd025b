// The rows of grid programs: how each stands with its server. Limits they came to are among those of the sites (load balancing).
import type { NetworkEvent, Recorded } from '#contracts';
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
    changed_at: 'timestamptz',
    removed_at: 'timestamptz',
  },
  key: ['tenant_id', 'program_id'],
};
export const GRID_TABLES: readonly TableSpec[] = [gridPrograms];

export function programRow({ tenantId, time, type }: Recorded<NetworkEvent>, programId: string, program: Program): RowWrite {
  const { config, heardMs, trouble, events, refusals, unheeded } = program;
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
      }),
      heard_at: heardMs === undefined ? null : new Date(heardMs),
      trouble: trouble ?? null,
      events: Object.keys(events).length,
      refusals: refusals.slice(0, 100),
      unheeded,
      changed_at: new Date(time),
      removed_at: type === 'GridProgramRemoved' ? new Date(time) : null,
    },
  };
}
