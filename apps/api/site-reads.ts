// Sites and stations as the HTTP interface shows them, and where stations are and were.
import type { StationConfig } from '#domain/load-balancing';
import { capShown } from './explanations.js';
import { decodeCursor, type Json, type List, type PageQuery, page, type Rows } from './rows.js';

export interface StationName {
  readonly tenantId: string;
  readonly stationId: string;
}

const STATION = `select s.station_id, s.site_id, s.online, s.disconnected_at, s.ocpp_version, s.last_seen_at, s.vendor, s.model, s.firmware_version, s.config,
  coalesce(s.boot_status, case when s.config is null then s.boot_answer else 'Accepted' end) as boot_status, s.boot_answer,
  (select json_build_object('state', r.state, 'at', r.at) from device_reports r where r.tenant_id = s.tenant_id and r.site_id = s.site_id and r.station_id = s.station_id) as inventory,
  coalesce((select json_agg(json_build_object('evseId', e.evse_id, 'status', e.status, 'powerW', e.power_w, 'sessionId', e.session_id,
      'limitA', l.committed_ma / 1000.0, 'dischargeA', l.discharge_ma / 1000.0, 'wantedA', l.limit_ma / 1000.0,
      'heldBy', l.held_by, 'reason', l.reason, 'behind', l.behind, 'cap', l.cap) order by e.evse_id)
    from evses e left join evse_limits l on l.tenant_id = e.tenant_id and l.station_id = e.station_id and l.evse_id = e.evse_id where e.tenant_id = s.tenant_id and e.station_id = s.station_id), '[]'::json) as evses,
  coalesce((select json_agg(json_build_object('evseId', a.evse_id, 'kind', a.kind, 'since', a.since, 'allowedA', a.allowed_ma / 1000.0, 'drawnA', a.drawn_ma / 1000.0,
      'reason', a.reason) order by a.since, a.evse_id) from limit_alarms a
    where a.tenant_id = s.tenant_id and a.site_id = s.site_id and a.station_id = s.station_id and a.ended_at is null), '[]'::json) as alarms
  from stations s`;

function toStation(row: Json): Json {
  const { station_id, site_id, online, disconnected_at, ocpp_version, last_seen_at, vendor, model, firmware_version, evses } = row;
  return {
    stationId: station_id,
    siteId: site_id,
    online,
    disconnectedAt: disconnected_at,
    ocppVersion: ocpp_version,
    lastSeenAt: last_seen_at,
    vendor,
    model,
    firmwareVersion: firmware_version,
    bootStatus: row.boot_status,
    bootAnswer: row.boot_answer,
    inventory: row.inventory,
    alarms: row.alarms,
    evses: (evses as Json[]).map((evse) => ({ ...evse, cap: capShown(evse.cap), ...(!online && { powerW: null }) })),
  };
}

export const siteReads = (rows: Rows) => ({
  async sites(tenantId: string, { limit, cursor }: PageQuery): Promise<List<Json>> {
    const after = decodeCursor(cursor, 'text')?.[0] ?? '';
    const found = await rows('select config from sites where tenant_id = $1 and site_id > $2 and not removed order by site_id limit $3', [
      tenantId,
      after,
      limit + 1,
    ]);
    return page(
      found.map(({ config }) => config as Json),
      limit,
      ({ siteId }) => [siteId],
    );
  },
  async site(tenantId: string, siteId: string): Promise<(Json & { readonly version: number }) | undefined> {
    const [row] = await rows('select config, version from sites where tenant_id = $1 and site_id = $2 and not removed', [tenantId, siteId]);
    return row && { ...(row.config as Json), version: Number(row.version) };
  },
  async stations(tenantId: string, { limit, cursor, siteId }: PageQuery & { readonly siteId?: string | undefined }): Promise<List<Json>> {
    const after = decodeCursor(cursor, 'text')?.[0] ?? '';
    const found = await rows(
      `${STATION} where s.tenant_id = $1 and s.station_id > $2 and ($3::text is null or s.site_id = $3) order by s.station_id limit $4`,
      [tenantId, after, siteId ?? null, limit + 1],
    );
    return page(found.map(toStation), limit, ({ stationId }) => [stationId]);
  },
  /** It is there, or was. */
  async hadSite(tenantId: string, siteId: string): Promise<boolean> {
    return (await rows('select 1 from sites where tenant_id = $1 and site_id = $2', [tenantId, siteId])).length > 0;
  },
  /** An outlet is configured there, or was. */
  async hadOutlet(tenantId: string, siteId: string, stationId: string, evseId: number): Promise<boolean> {
    const found = await rows(
      `select 1 from station_versions v, jsonb_array_elements(v.config -> 'evses') e
         where v.tenant_id = $1 and v.site_id = $2 and v.station_id = $3 and (e ->> 'evseId')::integer = $4 limit 1`,
      [tenantId, siteId, stationId, evseId],
    );
    return found.length > 0;
  },
  /** Numbers of the last assignments of stations to a site, over all sites they ever were at; none for one that never was anywhere. */
  async lastAssignments(stations: readonly StationName[]): Promise<ReadonlyMap<StationName, number>> {
    const found = new Map<StationName, number>();
    for (const [tenantId, own] of Map.groupBy(stations, (each) => each.tenantId)) {
      const last = await rows(
        'select station_id, max(assignment_seq) as seq from site_stations where tenant_id = $1 and station_id = any($2::text[]) group by station_id',
        [tenantId, own.map(({ stationId }) => stationId)],
      );
      const seqs = new Map(last.map(({ station_id, seq }) => [station_id, Number(seq)]));
      for (const each of own) {
        const seq = seqs.get(each.stationId);
        if (seq !== undefined) found.set(each, seq);
      }
    }
    return found;
  },
  /** Of the stations of a site. */
  async stationConfigs(tenantId: string, siteId: string): Promise<readonly StationConfig[]> {
    const found = await rows('select config from stations where tenant_id = $1 and site_id = $2 and config is not null', [
      tenantId,
      siteId,
    ]);
    return found.map(({ config }) => config as StationConfig);
  },
  async stationsById(tenantId: string, stationIds: readonly string[]): Promise<readonly Json[]> {
    return (await rows(`${STATION} where s.tenant_id = $1 and s.station_id = any($2::text[])`, [tenantId, stationIds])).map(toStation);
  },
  async station(tenantId: string, stationId: string): Promise<(Json & { readonly ocppVersion: string | null }) | undefined> {
    const [row] = await rows(`${STATION} where s.tenant_id = $1 and s.station_id = $2`, [tenantId, stationId]);
    return row && ({ ...toStation(row), config: row.config } as unknown as Json & { ocppVersion: string | null });
  },
  /** Where it was recorded last, configured or not; undefined for one that is nowhere. */
  async siteOfStation(tenantId: string, stationId: string): Promise<string | undefined> {
    const [row] = await rows('select site_id from stations where tenant_id = $1 and station_id = $2', [tenantId, stationId]);
    return row && String(row.site_id);
  },
  /** Stations that a limit can be put on by name. */
  async limitedStations(tenantId: string, siteId: string): Promise<readonly string[]> {
    const found = await rows("select station_id from stations where tenant_id = $1 and site_id = $2 and config->>'maxA' is not null", [
      tenantId,
      siteId,
    ]);
    return found.map(({ station_id }) => String(station_id));
  },
});
