// Limits of the grid that leave no car anything: whoever works for the network says that he means it, and an alert says it while it lasts.
// That limits of grid operators bind without a question is their right; how cars share what is left is load balancing's.
import { Problem } from './problem.js';

/** No car charges with less on one of its lines (IEC 61851-1) [A]. */
export const LEAST_A = 6;
/** The same on one line at 230 V [W]. */
export const LEAST_W = LEAST_A * 230;

interface Amount {
  readonly limitA?: number | readonly number[] | undefined;
  readonly limitW?: number | undefined;
}

const leavesNothing = ({ limitA = LEAST_A, limitW = LEAST_W }: Amount): boolean =>
  Math.min(...[limitA].flat()) < LEAST_A || limitW < LEAST_W;

/** Whether cars stop at some time under it. */
export const stopsCars = ({
  direction,
  schedule,
  fallback,
}: {
  readonly direction?: string | undefined;
  readonly schedule: readonly Amount[];
  readonly fallback?: Amount | undefined;
}): boolean => direction !== 'export' && [...schedule, ...(fallback === undefined ? [] : [fallback])].some(leavesNothing);

export const unconfirmed = (charging: number): Problem =>
  new Problem(
    409,
    'confirmation-needed',
    'Cars would stop',
    `${charging} cars charge there, and under this limit none gets its least current: send it again with stopsCharging: true if that is meant`,
    [{ path: 'stopsCharging', message: 'true was expected' }],
  );

/** As the questions of alerts.ts: sites where one is in force and sessions run. A floor against its source (§14a EnWG) leaves what it guarantees. */
export const CHARGING_STOPPED = `select 'chargingStopped', 'critical', g.site_id, null, 0, g.source || '/' || coalesce(g.node_id, ''), greatest(min(g.starts_at), min(g.received_at)),
     json_build_object('limitId', g.limit_id, 'source', g.source, 'charging', max(a.charging))
   from grid_limits g join sites s on s.tenant_id = g.tenant_id and s.site_id = g.site_id
     join lateral (select count(*) as charging from sessions c where c.tenant_id = g.tenant_id and c.site_id = g.site_id and c.status = 'active') a on a.charging > 0
   where g.tenant_id = $1 and g.superseded_at is null and g.direction = 'import' and g.starts_at <= $2 and (g.ends_at is null or g.ends_at > $2)
     and (g.limit_a < ${LEAST_A} or g.limit_w < ${LEAST_W})
     and not jsonb_path_exists(s.config -> 'root', '$.** ? (@.gridFloor.source == $source && @.gridFloor.floorW >= ${LEAST_W})', jsonb_build_object('source', g.source))
   group by g.site_id, g.source, g.node_id, g.limit_id`;
