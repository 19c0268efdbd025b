// What a report of a month said of its ports, noted for analysts (analytics.uptime_months, ADR 0059): the last answer, with when it was given.
// No report is answered from here: figures follow from facts each time. Alerts are (ADR 0065).
import { allowedMs, covers, downSinceMs, meets, minutesText, percentOf, spentAtMs } from '#domain/uptime';
import type { Database } from '#ports';
import type { Where } from './uptime-questions.js';
import { type Asked, minutesLeft, type PortFigure } from './uptime-report.js';

/** Less than this part of what is allowed is little. */
export const LITTLE = 0.25;

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Takes the place of what was noted of the same ports; others stay. Ports that were not in service in the window, or that the rules do not cover, are none. */
export async function noteMonth(
  database: Database,
  { tenantId, month, where }: { readonly tenantId: string; readonly month: string; readonly where: Where },
  figures: readonly PortFigure[],
  { rules, window, knownMs }: Asked,
): Promise<void> {
  const rows = figures
    .filter(({ record, figure }) => figure.inServiceMs > 0 && covers(rules, record.ratedW))
    .map(({ record: { portId, stationId, siteId, history }, figure }) => ({
      port_id: portId,
      station_id: stationId,
      site_id: siteId,
      in_service_min: minutesText(figure.inServiceMs),
      outage_min: minutesText(figure.outageMs),
      excluded_min: minutesText(figure.excludedMs),
      uptime_percent: percentOf(figure),
      is_met: meets(figure, rules),
      minutes_left: minutesLeft(figure, rules),
      allowed_min: minutesText(allowedMs(figure, rules)),
      tight_since: iso(spentAtMs(figure, (1 - LITTLE) * allowedMs(figure, rules))),
      down_since: iso(downSinceMs(figure)),
      log_offset: history.facts.reduce((last, { order }) => Math.max(last, order), 0),
    }));
  const key = [tenantId, `${month}-01`, rules.name];
  await database.inTransaction(async (tx) => {
    await tx.query(
      `delete from uptime_months where tenant_id = $1 and month = $2 and rule_set = $3
       and (($4::text is null or site_id = $4) and ($5::text is null or station_id = $5) or port_id = any($6::text[]))`,
      [...key, where.siteId ?? null, where.stationId ?? null, rows.map(({ port_id }) => port_id)],
    );
    await tx.query(
      `insert into uptime_months (tenant_id, month, rule_set, window_from, window_to, computed_at, port_id, station_id, site_id, in_service_min,
         outage_min, excluded_min, uptime_percent, is_met, minutes_left, allowed_min, tight_since, down_since, log_offset)
       select $1, $2, $3, $4, $5, $6, * from jsonb_to_recordset($7::jsonb) as r(port_id text, station_id text, site_id text, in_service_min numeric,
         outage_min numeric, excluded_min numeric, uptime_percent numeric, is_met boolean, minutes_left numeric,
         allowed_min numeric, tight_since timestamptz, down_since timestamptz, log_offset bigint)
       on conflict (tenant_id, month, rule_set, port_id) do nothing`,
      [...key, ...[window.fromMs, window.toMs, knownMs].map((ms) => new Date(ms).toISOString()), JSON.stringify(rows)],
    );
  });
}
