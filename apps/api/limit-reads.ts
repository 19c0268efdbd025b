// Limits and loads as the HTTP interface shows them: what held at a site and its outlets, who was above it, and why.
import { explanationOf, limitShown } from './explanations.js';
import { type Json, numberOrNull, type Rows } from './rows.js';
import { standingLimitReads } from './standing-limits.js';
import type { Violation } from './violations.js';

export const LIMIT_COMMAND = `select command_id as "commandId", station_id as "stationId", evse_id as "evseId", slot, transaction_id as "transactionId", limit_ma as "limitMa",
  wanted_ma as "wantedMa", cause, held_by as "heldBy", tight, seen, lease_ends_at as "leaseEndsAt", requested_at as "requestedAt", outcome, answered_at as "answeredAt"
  from limit_commands`;

export interface LimitPlace {
  readonly stationId: string;
  readonly evseId: number;
  readonly at: string;
}

/** The millisecond at a time. */
const untilNext = (at: string) => ({ from: at, to: new Date(Date.parse(at) + 1).toISOString() });

export function limitReads(rows: Rows, nowMs: () => number) {
  /** Episodes in which a node was above a limit within [from, to), latest first; the latest 1000 of them. */
  const violationsOf = async (
    tenantId: string,
    siteId: string,
    { from, to }: { readonly from: string; readonly to: string },
  ): Promise<readonly Violation[]> => {
    const found = await rows(
      `select node_id as "nodeId", phase, direction, since, ended_at as "endedAt", counted_at as "countedAt", limit_ma as "limitMa", flow_ma as "flowMa", seconds,
         energy_above_wh as "energyAboveWh", reasons from limit_violations
       where tenant_id = $1 and site_id = $2 and since < $4 and coalesce(ended_at, counted_at) >= $3 order by since desc, node_id, phase limit 1000`,
      [tenantId, siteId, from, to],
    );
    return found.map((row) => ({ ...row, limitMa: Number(row.limitMa), flowMa: Number(row.flowMa) }) as unknown as Violation);
  };

  /** Outlets that did not follow their limits within [from, to), latest first; the latest 1000. */
  const alarmsOf = async (
    tenantId: string,
    siteId: string,
    { from, to }: { readonly from: string; readonly to: string },
  ): Promise<readonly Json[]> => {
    const found = await rows(
      `select station_id as "stationId", evse_id as "evseId", kind, since, ended_at as "endedAt", allowed_ma / 1000.0 as "allowedA", drawn_ma / 1000.0 as "drawnA", reason
       from limit_alarms where tenant_id = $1 and site_id = $2 and since < $4 and (ended_at is null or ended_at > $3)
       order by since desc, station_id, evse_id, kind limit 1000`,
      [tenantId, siteId, from, to],
    );
    return found.map((row) => ({ ...row, allowedA: numberOrNull(row.allowedA), drawnA: numberOrNull(row.drawnA) }));
  };

  const standing = standingLimitReads(rows, nowMs);

  return {
    ...standing,
    violations: violationsOf,
    alarms: alarmsOf,
    async load(
      tenantId: string,
      siteId: string,
      { from, to, interval }: { readonly from: string; readonly to: string; readonly interval: number },
    ): Promise<readonly Json[]> {
      return rows(
        `select date_bin(make_interval(secs => $5), time, timestamptz '2000-01-01') as at, round(avg(measured_w)) as "measuredW", min(limit_w) as "limitW", round(avg(allocated_w)) as "allocatedW"
         from analytics.site_load where tenant_id = $1 and site_id = $2 and time >= $3 and time < $4 group by 1 order by 1`,
        [tenantId, siteId, from, to, interval],
      ).then((found) =>
        found.map((row) => ({
          at: row.at,
          measuredW: numberOrNull(row.measuredW),
          limitW: numberOrNull(row.limitW),
          allocatedW: numberOrNull(row.allocatedW),
        })),
      );
    },
    async lastLoad(tenantId: string, siteIds: readonly string[]): Promise<readonly Json[]> {
      return rows(
        `select distinct on (site_id) site_id as "siteId", time as at, measured_w as "measuredW", limit_w as "limitW", allocated_w as "allocatedW"
         from analytics.site_load where tenant_id = $1 and site_id = any($2::text[]) order by site_id, time desc`,
        [tenantId, siteIds],
      );
    },
    /** What was measured within [from, to) where nothing is configured: a connector of 1.6, an EVSE of 2.x. */
    async unconfiguredLoads(
      tenantId: string,
      siteId: string,
      { from, to }: { readonly from: string; readonly to: string },
    ): Promise<readonly Json[]> {
      return rows(
        `select station_id as "stationId", outlet_id as "outletId", since, ended_at as "endedAt", line_ma / 1000.0 as "currentA" from unconfigured_loads
         where tenant_id = $1 and site_id = $2 and since < $4 and (ended_at is null or ended_at > $3) order by since, station_id, outlet_id`,
        [tenantId, siteId, from, to],
      ).then((found) => found.map((row) => ({ ...row, currentA: numberOrNull(row.currentA) })));
    },
    /** Nodes and phases of which more might be drawn than is allowed, now or lately. */
    async shortfalls(tenantId: string, siteId: string): Promise<readonly Json[]> {
      return rows(
        `select node_id as "nodeId", phase, is_over as "isOver", limit_ma / 1000.0 as "limitA", committed_ma / 1000.0 as "committedA", since, ended_at as "endedAt"
         from limit_shortfalls where tenant_id = $1 and site_id = $2 order by is_over, since desc`,
        [tenantId, siteId],
      ).then((found) => found.map((row) => ({ ...row, limitA: numberOrNull(row.limitA), committedA: numberOrNull(row.committedA) })));
    },
    /** Limits sent, newest first, each with its reason; within [from, to) where given. */
    async limitCommands(
      tenantId: string,
      siteId: string,
      { limit, from, to }: { readonly limit: number; readonly from?: string | undefined; readonly to?: string | undefined },
    ): Promise<readonly Json[]> {
      const found = await rows(
        `${LIMIT_COMMAND} where tenant_id = $1 and site_id = $2 and ($4::timestamptz is null or requested_at >= $4) and ($5::timestamptz is null or requested_at < $5)
         order by requested_at desc, command_id desc limit $3`,
        [tenantId, siteId, limit, from ?? null, to ?? null],
      );
      return found.map(limitShown);
    },
    /** What held at an outlet at a moment, and why. */
    async explainLimit(tenantId: string, siteId: string, { stationId, evseId, at }: LimitPlace): Promise<Json> {
      const place = [tenantId, siteId, stationId, evseId, at] as const;
      const ofOutlet = `${LIMIT_COMMAND} where tenant_id = $1 and site_id = $2 and station_id = $3 and evse_id in (0, $4)`;
      const [sent, [next], [load], signals, violations, alarms, [split], [outlook]] = await Promise.all([
        rows(`${ofOutlet} and requested_at <= $5 order by requested_at desc, command_id desc limit 50`, place),
        rows(`${ofOutlet} and requested_at > $5 order by requested_at, command_id limit 1`, place),
        rows(
          `select time as at, measured_w as "measuredW", limit_w as "limitW", allocated_w as "allocatedW" from analytics.site_load
           where tenant_id = $1 and site_id = $2 and time <= $3 order by time desc limit 1`,
          [tenantId, siteId, at],
        ),
        standing.signalsAt(tenantId, siteId, at),
        violationsOf(tenantId, siteId, untilNext(at)),
        alarmsOf(tenantId, siteId, untilNext(at)),
        rows(
          `select at, limit_ma as "limitMa", committed_ma as "committedMa", reason, held_by as "heldBy", behind, cap from evse_limits
           where tenant_id = $1 and site_id = $2 and station_id = $3 and evse_id = $4 and at <= $5`,
          place,
        ),
        rows(
          `select plan_at as at, plan ->> 'planId' as "planId", plan ->> 'expiresAt' as "expiresAt" from site_outlooks
           where tenant_id = $1 and site_id = $2 and plan_at <= $3`,
          [tenantId, siteId, at],
        ),
      ]);
      const ahead = (split?.behind ?? []) as readonly string[];
      const sessions =
        ahead.length === 0
          ? []
          : await rows(
              `select session_id as "sessionId", station_id as "stationId", evse_id as "evseId", started_at as "startedAt" from sessions
               where tenant_id = $1 and site_id = $2 and station_id || '/' || evse_id = any($3::text[]) and started_at <= $4 and (ended_at is null or ended_at > $4)`,
              [tenantId, siteId, ahead, at],
            );
      const own = alarms.filter((alarm) => alarm.stationId === stationId && (alarm.evseId === 0 || alarm.evseId === evseId));
      return explanationOf({ at, stationId, evseId, sent, next, load, signals, violations, alarms: own, split, sessions, plan: outlook });
    },
    /** Announced limits and the power the latest plan has, both as they were last known. */
    async siteOutlook(tenantId: string, siteId: string): Promise<Json> {
      const [row] = await rows('select limits_at, limits, plan_at, plan from site_outlooks where tenant_id = $1 and site_id = $2', [
        tenantId,
        siteId,
      ]);
      const {
        planId,
        expiresAt,
        slots = [],
      } = (row?.plan ?? {}) as { readonly planId?: string; readonly expiresAt?: string; readonly slots?: unknown };
      return {
        limitsAt: row?.limits_at ?? null,
        limits: row?.limits ?? [],
        plan: planId === undefined ? null : { planId, at: row?.plan_at, expiresAt, slots },
      };
    },
  };
}
