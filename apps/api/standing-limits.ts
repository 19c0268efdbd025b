// Limits from the grid that stand, at a site and over several together, read from the rows of load balancing.
// How they are sent and withdrawn is in grid-limits.ts.
import type { Json, Rows } from './rows.js';

/** What a step allows: the same on all lines, or one number for each of them [A], and over all lines [W]. */
type Amount = { readonly limitA?: number | readonly number[]; readonly limitW?: number };
interface Step extends Amount {
  readonly startsAt: Date;
  /** Absent of a fallback: until the source speaks again. */
  readonly endsAt: Date | null;
  readonly isFallback: boolean;
}

export interface StandingLimit extends Json {
  readonly limitId: string;
  readonly source: string;
  readonly siteIds: readonly string[];
  /** The grid connection where none was named; null for what several sites share. */
  readonly nodeId: string | null;
  readonly schedule: readonly (Amount & { readonly startsAt: unknown })[];
  readonly fallback: Amount | null;
  /** What its node is left of it, whatever it says [W]: a limitW counts as no less. */
  readonly floorW?: number;
  /** Null while its first step lies ahead. */
  readonly inForce: Step | null;
}

const STEP = `select g.site_id, g.record_offset, g.limit_id, g.source, coalesce(g.node_id, s.config #>> '{root,nodeId}') as node_id, g.is_share, g.direction,
  g.received_at, g.starts_at, g.ends_at, g.limit_a, g.lines_a, g.limit_w, g.is_fallback,
  jsonb_path_query_first(s.config -> 'root', '$.** ? (@.nodeId == $id).gridFloor',
    jsonb_build_object('id', coalesce(g.node_id, s.config #>> '{root,nodeId}'))) as grid_floor
  from grid_limits g join sites s on s.tenant_id = g.tenant_id and s.site_id = g.site_id where g.tenant_id = $1`;
const IN_ORDER = 'order by g.site_id, g.source, g.record_offset, g.step';

/** Rows of steps, those of one limit one after the other, as limits; `atMs` says what is in force. */
export function limitsOf(rows: readonly Json[], atMs: number): readonly StandingLimit[] {
  return [...Map.groupBy(rows, (row) => `${row.site_id} ${row.record_offset}`).values()].map((all) => {
    const [first = {}] = all;
    const steps = all.map(stepOf);
    const scheduled = steps.filter(({ isFallback }) => !isFallback);
    const fallback = steps.find(({ isFallback }) => isFallback);
    const expiresMs = Math.max(...scheduled.map(({ endsAt }) => endsAt?.getTime() ?? 0));
    return {
      limitId: String(first.limit_id),
      source: String(first.source),
      siteIds: [String(first.site_id)],
      nodeId: first.node_id as string | null,
      direction: first.direction,
      isShare: first.is_share === true,
      receivedAt: first.received_at,
      ...floorOf(first),
      schedule: scheduled.map(({ endsAt: _end, isFallback: _no, ...step }) => step),
      expiresAt: new Date(expiresMs),
      fallback: fallback === undefined ? null : amountOf(fallback),
      inForce: steps.find(({ startsAt, endsAt }) => startsAt.getTime() <= atMs && (endsAt === null || endsAt.getTime() > atMs)) ?? null,
    };
  });
}

/** Where its node has a floor against this source: as the site is configured now. */
function floorOf({ grid_floor, source, is_share, direction }: Json): { readonly floorW?: number } {
  const floor = grid_floor as { readonly source: string; readonly floorW: number } | null | undefined;
  return floor?.source === source && is_share !== true && direction !== 'export' ? { floorW: floor?.floorW as number } : {};
}

const stepOf = ({ starts_at, ends_at, limit_a, lines_a, limit_w, is_fallback }: Json): Step => ({
  startsAt: starts_at as Date,
  endsAt: ends_at as Date | null,
  isFallback: is_fallback === true,
  ...(limit_a !== null && { limitA: (lines_a ?? limit_a) as number | readonly number[] }),
  ...(limit_w !== null && { limitW: Number(limit_w) }),
});

const amountOf = ({ limitA, limitW }: Amount): Amount => ({
  ...(limitA !== undefined && { limitA }),
  ...(limitW !== undefined && { limitW }),
});

/** One over several sites; its fallback and its steps are as they came. */
function networkLimitOf(row: Json, nowMs: number): StandingLimit {
  const schedule = [...(row.schedule as StandingLimit['schedule'])].sort(
    (a, b) => Date.parse(String(a.startsAt)) - Date.parse(String(b.startsAt)),
  );
  const fallback = row.fallback as Amount | null;
  const expiresAt = row.expires_at as Date;
  const startOf = (index: number): number | undefined => {
    const step = schedule[index];
    return step && Date.parse(String(step.startsAt));
  };
  const index = schedule.findLastIndex((_, each) => (startOf(each) ?? 0) <= nowMs);
  const step = schedule[index];
  const isOver = expiresAt.getTime() <= nowMs;
  const inForce = isOver
    ? fallback && { startsAt: expiresAt, endsAt: null, isFallback: true, ...fallback }
    : step && {
        startsAt: new Date(startOf(index) ?? 0),
        endsAt: new Date(Math.min(startOf(index + 1) ?? Number.POSITIVE_INFINITY, expiresAt.getTime())),
        isFallback: false,
        ...amountOf(step),
      };
  return {
    limitId: String(row.limit_id),
    source: String(row.source),
    siteIds: row.site_ids as readonly string[],
    nodeId: null,
    receivedAt: row.received_at,
    schedule,
    expiresAt,
    fallback,
    inForce: inForce ?? null,
  };
}

export function standingLimitReads(rows: Rows, nowMs: () => number) {
  const NETWORK =
    'select * from network_limits where tenant_id = $1 and withdrawn_at is null and (fallback is not null or expires_at > $2)';
  const STANDS = `and g.superseded_at is null and exists (select 1 from grid_limits e where e.tenant_id = g.tenant_id and e.site_id = g.site_id
    and e.record_offset = g.record_offset and (e.ends_at is null or e.ends_at > $2))`;
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    /** At a site, its shares of limits over several sites among them. */
    async siteLimits(tenantId: string, siteId: string): Promise<readonly StandingLimit[]> {
      const now = nowMs();
      return limitsOf(await rows(`${STEP} ${STANDS} and g.site_id = $3 ${IN_ORDER}`, [tenantId, iso(now), siteId]), now);
    },
    /** What was in force at a site at a time, as it was known then: one entry for each limit. */
    async signalsAt(tenantId: string, siteId: string, at: string): Promise<readonly Json[]> {
      const found = await rows(
        `${STEP} and g.site_id = $2 and g.received_at <= $3 and (g.superseded_at is null or g.superseded_at > $3)
         and g.starts_at <= $3 and (g.ends_at is null or g.ends_at > $3) ${IN_ORDER}`,
        [tenantId, siteId, at],
      );
      return limitsOf(found, Date.parse(at)).map(({ limitId, source, nodeId, direction, isShare, receivedAt, inForce }) => {
        return { limitId, source, nodeId, direction, isShare, receivedAt, ...inForce };
      });
    },
    /** Over several sites, by source, beginning after `after`. */
    async networkLimits(tenantId: string, after: string, limit: number): Promise<readonly StandingLimit[]> {
      const now = nowMs();
      const found = await rows(`${NETWORK} and source > $3 order by source limit $4`, [tenantId, iso(now), after, limit]);
      return found.map((row) => networkLimitOf(row, now));
    },
    /** What stands under an id: one over several sites, or those of the sites it was sent to. */
    async limitsById(
      tenantId: string,
      limitId: string,
    ): Promise<{ readonly shared: StandingLimit | undefined; readonly own: readonly StandingLimit[] }> {
      const now = nowMs();
      const [[shared], own] = await Promise.all([
        rows(`${NETWORK} and limit_id = $3`, [tenantId, iso(now), limitId]),
        rows(`${STEP} ${STANDS} and g.limit_id = $3 and not g.is_share ${IN_ORDER}`, [tenantId, iso(now), limitId]),
      ]);
      return { shared: shared && networkLimitOf(shared, now), own: limitsOf(own, now) };
    },
    /** The one of this source over several sites. */
    async networkLimitOf(tenantId: string, source: string): Promise<StandingLimit | undefined> {
      const now = nowMs();
      const [row] = await rows(`${NETWORK} and source = $3`, [tenantId, iso(now), source]);
      return row && networkLimitOf(row, now);
    },
  };
}
