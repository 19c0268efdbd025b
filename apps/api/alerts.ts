// What wants a look now: each an answer to one question asked of rows, so that it is there while it is so, once, and gone when it is over (as ADR 0043
// and 0044 do it). Nothing is stored; who has seen what, and telling people, is webhooks/.
import { z } from 'zod';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { DEAR } from './limits.js';
import { rowsOf } from './rows.js';
import * as shapes from './schemas.js';
import { CHARGING_STOPPED } from './stopping-limits.js';
import { LITTLE } from './uptime-months.js';
import { WATCHED } from './uptime-watch.js';

export const SEVERITIES = ['critical', 'warning', 'info'] as const;

/** Not heard for so long is more than a short cut of the line. */
const OFFLINE_MIN = 5;
/** A session that still runs, and nothing was heard of it for so long. */
const STUCK_H = 2;
/** One that took so long and got less than that got nothing. */
const [EMPTY_MIN, EMPTY_WH] = [5, 50];
/** A webhook that took nothing for so long. */
const FAILING_MIN = 15;
/** Such many sessions tell how often an outlet is used; so many times the usual gap without one is too long, and a day is not. */
const [USUAL_SESSIONS, SILENT_GAPS, SILENT_H] = [10, 5, 24];
/** A capacity provider registers with us within that time after it was configured; one that gives no end to its word is followed for a day. */
const REGISTERED_MIN = 10;
/** The tariff of a site that ends so soon, and no other is there to follow. */
const TARIFF_ENDS_D = 7;

/**
 * The end of a tariff at a site, or of a version of it, that another one does not follow at once (ADR 0124): the first that is not over. Only where what
 * was published last ends soon or begins later there is one to look for.
 */
const TARIFF_ENDS = `select distinct on (site_id) * from (
    select site_id, tariff_id, told_at, ends_at, lead(holds_from) over (partition by site_id order by told_at, version) as next_from from (
      select site_id, tariff_id, version, told_at, holds_from, least(own_end, min(holds_from) over (partition by site_id order by told_at, version rows between 1 following and unbounded following)) as ends_at
      from (select s.site_id, v.tariff_id, v.tariff_version_id as version, w.told_at, greatest(w.told_at, (v.tariff ->> 'start_date_time')::timestamptz) as holds_from,
            (v.tariff ->> 'end_date_time')::timestamptz as own_end
          from site_tariffs s join tariffs t on t.tenant_id = s.tenant_id and t.tariff_id = s.tariff_id
              and ((t.tariff ->> 'end_date_time')::timestamptz < $2::timestamptz + interval '${TARIFF_ENDS_D} days' or (t.tariff ->> 'start_date_time')::timestamptz > $2::timestamptz)
            join tariff_versions v on v.tenant_id = s.tenant_id and (v.tariff_id = s.tariff_id or v.tariff_id = s.former_tariff_id and v.valid_from <= s.assigned_at),
            lateral (select greatest(v.valid_from, case when v.tariff_id = s.tariff_id then s.assigned_at end) as told_at) w
          where s.tenant_id = $1) own) told
    where ends_at is null or ends_at > holds_from) holding
  where ends_at < $2::timestamptz + interval '${TARIFF_ENDS_D} days' and (next_from is null or next_from > greatest(ends_at, $2::timestamptz))
  order by site_id, ends_at`;
/** So many refused handshakes within an hour. */
const REFUSALS = 3;

const Query = z.object({
  siteId: shapes.Id.optional(),
  stationId: shapes.StationIdText.optional(),
  severity: z.enum(SEVERITIES).optional(),
  kind: z.string().min(1).max(40).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

/** Once as much as a port may be down at all is spent within so long, somebody has to go there. */
const SPENT_H = 24;
/** A month that began so recently is looked at by what was noted of the one before (uptime-watch.ts looks each hour). */
const TURN_H = 2;

/** $1 tenant, $2 now. Each has kind, severity, where, since, `subject` (which of several there) and detail. */
const KINDS: readonly string[] = [
  `select 'offline', case when exists (select 1 from sessions a where a.tenant_id = s.tenant_id and a.station_id = s.station_id and a.status = 'active') then 'critical' else 'warning' end,
     s.site_id, s.station_id, 0, '', coalesce(s.disconnected_at, s.last_seen_at), json_build_object('lastSeenAt', s.last_seen_at)
   from stations s where s.tenant_id = $1 and not s.online and s.config is not null and coalesce(s.disconnected_at, s.last_seen_at) < $2::timestamptz - interval '${OFFLINE_MIN} min'`,
  `select 'faulted', 'critical', e.site_id, e.station_id, e.evse_id, '', e.status_at, json_build_object('errorCode', e.error_code)
   from evses e where e.tenant_id = $1 and e.status = 'Faulted'`,
  `select 'limitNotFollowed', case when a.kind = 'ignores' then 'critical' else 'warning' end, a.site_id, a.station_id, a.evse_id, a.kind, a.since,
     json_build_object('how', a.kind, 'allowedA', a.allowed_ma / 1000.0, 'drawnA', a.drawn_ma / 1000.0)
   from limit_alarms a where a.tenant_id = $1 and a.ended_at is null`,
  `select 'aboveLimit', 'critical', v.site_id, null, 0, v.node_id || '/' || v.phase, v.since,
     json_build_object('nodeId', v.node_id, 'phase', v.phase, 'limitA', v.limit_ma / 1000.0, 'flowA', v.flow_ma / 1000.0)
   from limit_violations v where v.tenant_id = $1 and v.ended_at is null`,
  `select 'mightExceed', 'warning', f.site_id, null, 0, f.node_id || '/' || f.phase, f.since,
     json_build_object('nodeId', f.node_id, 'phase', f.phase, 'limitA', f.limit_ma / 1000.0, 'flowA', f.committed_ma / 1000.0)
   from limit_shortfalls f where f.tenant_id = $1 and not f.is_over and f.since < $2::timestamptz - interval '5 min'`,
  CHARGING_STOPPED,
  `select 'unconfiguredLoad', 'warning', u.site_id, u.station_id, u.outlet_id, '', u.since, json_build_object('currentA', u.line_ma / 1000.0)
   from unconfigured_loads u where u.tenant_id = $1 and u.ended_at is null`,
  `select 'stuckSession', 'warning', s.site_id, s.station_id, s.evse_id, s.session_id, s.last_heard_at, json_build_object('sessionId', s.session_id)
   from sessions s where s.tenant_id = $1 and s.status = 'active' and s.last_heard_at < $2::timestamptz - interval '${STUCK_H} h'`,
  `select 'emptySession', 'info', s.site_id, s.station_id, s.evse_id, s.session_id, s.ended_at, json_build_object('sessionId', s.session_id, 'energyWh', s.energy_wh)
   from sessions s where s.tenant_id = $1 and s.status = 'ended' and s.energy_wh < ${EMPTY_WH} and s.ended_at > $2::timestamptz - interval '1 day'
     and s.ended_at - s.started_at > interval '${EMPTY_MIN} min'`,
  `select 'missingEvents', 'info', m.site_id, m.station_id, 0, m.transaction_id, m.told_at, json_build_object('transactionId', m.transaction_id, 'missing', m.missing)
   from missing_events m where m.tenant_id = $1 and m.missing > 0`,
  `select 'silentOutlet', 'warning', u.site_id, u.station_id, u.evse_id, '', u.last_at, json_build_object('usualGapS', round(u.gap_s))
   from (select g.site_id, g.station_id, g.evse_id, max(g.started_at) as last_at, count(*) as sessions, percentile_cont(0.5) within group (order by g.gap_s) as gap_s
       from (select site_id, station_id, evse_id, started_at, extract(epoch from started_at - lag(started_at) over (partition by station_id, evse_id order by started_at)) as gap_s
         from sessions where tenant_id = $1 and started_at > $2::timestamptz - interval '90 days' and energy_wh >= ${EMPTY_WH}) g
       group by g.site_id, g.station_id, g.evse_id) u
     join evses e on e.tenant_id = $1 and e.station_id = u.station_id and e.evse_id = u.evse_id and e.status = 'Available'
     join stations s on s.tenant_id = $1 and s.station_id = u.station_id and s.online
   where u.sessions >= ${USUAL_SESSIONS} and u.last_at < $2::timestamptz - greatest(interval '${SILENT_H} h', make_interval(secs => ${SILENT_GAPS} * u.gap_s))`,
  `select 'certificateEnds', case when c.alarm = 'expired' then 'critical' else 'warning' end, c.site_id, c.station_id, 0, c.certificate_id, c.changed_at,
     json_build_object('type', c.type, 'subject', c.subject, 'notAfter', c.not_after)
   from station_certificates c join stations s using (tenant_id, site_id, station_id) where c.tenant_id = $1 and c.alarm is not null and c.state in ('installed', 'inUse')`,
  `select 'tariffEnds', case when f.ends_at <= $2::timestamptz then 'critical' else 'warning' end, f.site_id, null, 0, f.tariff_id,
     greatest(f.told_at, case when f.ends_at <= $2::timestamptz then f.ends_at else f.ends_at - interval '${TARIFF_ENDS_D} days' end),
     json_strip_nulls(json_build_object('how', case when f.next_from is not null then 'gap' when f.ends_at <= $2::timestamptz then 'ended' else 'soon' end,
       'tariffId', f.tariff_id, 'endsAt', f.ends_at, 'nextAt', f.next_from))
   from (${TARIFF_ENDS}) f`,
  `select 'refusedConnections', 'warning', r.site_id, r.station_id, 0, r.reason, min(r.at), json_build_object('reason', r.reason, 'times', count(*) + sum(r.unrecorded))
   from connection_refusals r where r.tenant_id = $1 and r.at > $2::timestamptz - interval '1 h' group by r.site_id, r.station_id, r.reason having count(*) + sum(r.unrecorded) >= ${REFUSALS}`,
  `select 'securityEvent', 'critical', x.site_id, x.station_id, 0, x.type, min(x.received_at), json_build_object('type', x.type, 'times', count(*))
   from security_events x where x.tenant_id = $1 and x.criticality = 'critical' and x.acknowledged_at is null group by x.site_id, x.station_id, x.type`,
  `select 'deviceEvent', case when d.severity <= 2 then 'critical' else 'warning' end, d.site_id, d.station_id, coalesce(d.evse_id, 0), d.component || '/' || d.variable, min(d.received_at),
     json_build_object('component', d.component, 'variable', d.variable, 'value', max(d.actual_value), 'times', count(*))
   from device_events d where d.tenant_id = $1 and d.severity <= 4 and d.acknowledged_at is null and d.cleared_at is null and not coalesce(d.is_clear, false)
   group by d.site_id, d.station_id, d.evse_id, d.component, d.variable, d.severity`,
  `select 'uptimeBudget', case when b.is_missed or b.down_since is not null and b.left_min < ${SPENT_H} * 60 then 'critical' else 'warning' end,
     b.site_id, b.station_id, b.evse_id, b.rule_set, coalesce(b.tight_since, b.down_since, b.computed_at),
     json_build_object('how', case when b.is_missed then 'missed' when b.down_since is not null then 'downNow' else 'tight' end, 'month', to_char(b.month, 'YYYY-MM'),
       'uptimePercent', b.uptime_percent::text, 'leftMin', round(greatest(0, b.left_min)), 'allowedMin', round(b.allowed_min), 'downSince', b.down_since,
       'missesAt', case when b.down_since is not null and not b.is_missed then $2::timestamptz + make_interval(secs => 60 * b.left_min::double precision) end)
   from (select n.*, not n.is_met or n.left_min <= 0 as is_missed
     from (select distinct on (m.port_id) m.*, substr(m.port_id, length(m.station_id) + 2)::integer as evse_id,
           m.minutes_left - case when m.down_since is null then 0 else extract(epoch from $2::timestamptz - m.computed_at) / 60 end as left_min
         from uptime_months m where m.tenant_id = $1 and m.rule_set = '${WATCHED}' and m.month >= date_trunc('month', ($2::timestamptz - interval '${TURN_H} h') at time zone 'UTC')
         order by m.port_id, m.month desc) n) b
   where b.is_missed or b.left_min < ${LITTLE} * b.allowed_min`,
  `select 'gridUnheard', case when g.heard_at is null or g.heard_at < $2::timestamptz - make_interval(secs => g.valid_for_s) then 'critical' else 'warning' end,
     null, null, 0, g.program_id, coalesce(g.heard_at, g.changed_at), json_build_object('programId', g.program_id, 'reason', g.trouble)
   from grid_programs g where g.tenant_id = $1 and g.removed_at is null and g.trouble is not null`,
  `select 'gridRefused', 'warning', null, null, 0, g.program_id, g.changed_at,
     json_build_object('programId', g.program_id, 'times', json_array_length(g.refusals::json), 'reason', g.refusals #>> '{0,message}')
   from grid_programs g where g.tenant_id = $1 and g.removed_at is null and jsonb_array_length(g.refusals) > 0`,
  `select 'dimmingSilent', 'warning', d.site_id, null, 0, d.site_id, coalesce(d.heard_at, d.changed_at), json_build_object('failSafeW', d.fail_safe_w)
   from grid_dimmings d where d.tenant_id = $1 and d.removed_at is null
     and coalesce(d.heard_at, timestamptz 'epoch') < $2::timestamptz - make_interval(secs => d.silent_after_s)`,
  `select 'capacityProviderGone', 'critical', null, null, 0, o.provider_id, o.gone_at, json_build_object('providerId', o.provider_id)
   from (select *, coalesce(offline_at, heard_at + interval '1 day', configured_at + interval '${REGISTERED_MIN} min') as gone_at from grid_oscp_providers) o
   where o.tenant_id = $1 and o.removed_at is null and o.gone_at < $2::timestamptz`,
  `select 'capacityProviderUntold', 'warning', null, null, 0, o.provider_id, o.trouble_since, json_build_object('providerId', o.provider_id, 'reason', o.trouble)
   from grid_oscp_providers o where o.tenant_id = $1 and o.removed_at is null and o.trouble is not null`,
  `select 'webhookFailing', case when w.is_enabled then 'warning' else 'critical' end, null, null, 0, w.webhook_id, coalesce(c.failing_since, w.changed_at),
     json_build_object('webhookId', w.webhook_id, 'reason', coalesce(w.disabled_reason, c.last_error))
   from webhooks w left join webhook_cursors c using (tenant_id, webhook_id) where w.tenant_id = $1 and w.removed_at is null
     and (w.disabled_reason is not null or (w.is_enabled and c.failing_since < $2::timestamptz - interval '${FAILING_MIN} min'))`,
];

const ALERTS = `with alerts (kind, severity, site_id, station_id, evse_id, subject, since, detail) as (${KINDS.join(' union all ')})
  select kind, severity, site_id as "siteId", station_id as "stationId", nullif(evse_id, 0) as "evseId", subject, since, detail, count(*) over ()::integer as total,
    count(*) filter (where severity = 'critical') over ()::integer as critical, count(*) filter (where severity = 'warning') over ()::integer as warning
  from alerts where ($3::text is null or site_id = $3) and ($4::text is null or station_id = $4) and ($5::text is null or severity = $5) and ($6::text is null or kind = $6)
  order by array_position(array['critical', 'warning', 'info'], severity), since desc nulls last, kind, station_id, evse_id, subject limit $7`;

type Row = Readonly<Record<string, unknown>>;

export const alertRoutes = (world: Pick<World, 'database' | 'clock'>): readonly Route[] => [
  route({
    method: 'get',
    path: '/v1/alerts',
    answer: answers.Alerts,
    cost: DEAR,
    summary:
      'What wants a look now, the most severe first and of these the newest; `alertId` stays the same while it lasts, and an alert that is over is not there any more',
    query: Query,
    answers: { 200: 'alerts, and how many there are of each severity' },
    async handle({ caller: { tenantId }, query }) {
      const { found, total, critical, warning } = await alertsNow(world, tenantId, query);
      return ok({ items: found, counts: { critical, warning, info: total - critical - warning }, total });
    },
  }),
];

/** The most severe first, at most `limit`; `total` counts all there are. */
export async function alertsNow(
  world: Pick<World, 'database' | 'clock'>,
  tenantId: string,
  { siteId, stationId, severity, kind, limit }: z.output<typeof Query>,
): Promise<{ readonly found: readonly Alert[]; readonly total: number; readonly critical: number; readonly warning: number }> {
  const now = new Date(world.clock.now());
  const rows = await rowsOf<Row>(world, tenantId, ALERTS, now, siteId ?? null, stationId ?? null, severity ?? null, kind ?? null, limit);
  const [{ total = 0, critical = 0, warning = 0 } = {}] = rows as readonly { total?: number; critical?: number; warning?: number }[];
  return { found: rows.map(shown), total, critical, warning };
}

export interface Alert {
  readonly alertId: string;
  readonly kind: string;
  readonly severity: (typeof SEVERITIES)[number];
  readonly siteId: string | null;
  readonly stationId: string | null;
  readonly evseId: number | null;
  readonly since: Date | null;
  readonly detail: unknown;
}

function shown({ total: _, critical: __, warning: ___, subject, ...alert }: Row): Alert {
  const { kind, siteId, stationId, evseId } = alert;
  return {
    alertId: [kind, siteId, stationId, evseId, subject].filter((part) => part !== null && part !== '').join('/'),
    ...alert,
  } as unknown as Alert;
}
