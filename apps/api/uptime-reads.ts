// What is known of ports, from rows: facts and classifications as libs/domain/uptime takes them, and sessions that prove use.
// The rows are the session service's (apps/session/availability.ts).
import { TimeZoneSchema } from '#domain/billing';
import { ratedW, type SiteConfig, type StationConfig } from '#domain/load-balancing';
import { type Classification, closedSpans, type Declaration, type PortFact, type PortHistory, type Span } from '#domain/uptime';
import type { World } from '#ports';
import { queryAsTenant } from '#service';

type Row = Record<string, unknown>;

export interface Session {
  readonly sessionId: string;
  readonly evseId: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A classification as it is shown. */
export interface Judgement extends Classification {
  readonly evidence: string;
  readonly note: string | null;
  readonly classifiedBy: string;
}

/** A declared outage as it is shown. */
export interface Found extends Declaration {
  readonly evidence: string;
  readonly declaredBy: string;
}

export interface StationHistory {
  readonly stationId: string;
  readonly siteId: string;
  readonly facts: readonly PortFact[];
  readonly judgements: readonly (Judgement & { readonly evseId: number })[];
  readonly declarations: readonly (Found & { readonly evseId: number })[];
  readonly sessions: readonly Session[];
  /** When nobody can come, within the time that was asked for; by the calendar that held then. */
  readonly closed: readonly Span[];
  /** By EVSE [W], as configured last. */
  readonly ratedW?: ReadonlyMap<number, number>;
  /** Day since when it serves the public, where somebody says so. */
  readonly operationalSince?: string;
}

export interface Scope {
  readonly siteId?: string | undefined;
  readonly stationId?: string | undefined;
}

const ms = (value: unknown): number => (value as Date).getTime();

const factOf = (row: Row): PortFact => {
  const told = {
    atMs: ms(row.at),
    receivedMs: ms(row.received_at),
    order: Number(row.record_offset),
    eventId: String(row.event_id),
    siteId: String(row.site_id),
    evseId: Number(row.evse_id),
  };
  switch (row.kind as PortFact['kind']) {
    case 'status': {
      const errorCode = row.error_code === null ? {} : { errorCode: String(row.error_code) };
      return { kind: 'status', ...told, connectorId: Number(row.connector_id), status: String(row.status), ...errorCode };
    }
    case 'offline':
      return { kind: 'offline', ...told, graceMs: Number(row.grace_ms) };
    case 'online':
      return { kind: 'online', ...told };
    case 'configured':
      return { kind: 'configured', ...told };
    case 'removed':
      return { kind: 'removed', ...told };
  }
};

const judgementOf = (row: Row): Judgement & { readonly evseId: number } => ({
  eventId: String(row.event_id),
  receivedMs: ms(row.classified_at),
  order: Number(row.record_offset),
  evseId: Number(row.evse_id),
  outageId: String(row.outage_id),
  cause: row.cause as Judgement['cause'],
  fromMs: ms(row.from_at),
  ...(row.to_at !== null && { toMs: ms(row.to_at) }),
  evidence: String(row.evidence),
  note: row.note === null ? null : String(row.note),
  classifiedBy: String(row.classified_by),
});

const foundOf = (row: Row): Found & { readonly evseId: number } => ({
  eventId: String(row.event_id),
  receivedMs: ms(row.declared_at),
  order: Number(row.record_offset),
  evseId: Number(row.evse_id),
  declarationId: String(row.declaration_id),
  cause: row.cause as Found['cause'],
  fromMs: ms(row.from_at),
  ...(row.to_at !== null && { toMs: ms(row.to_at) }),
  evidence: String(row.evidence),
  declaredBy: String(row.declared_by),
});

/** Of a site's versions in order, each holding until the next; one with a calendar that cannot be read is always open. */
const closedIn = (versions: readonly Row[], { fromMs, toMs }: Span): readonly Span[] =>
  versions.flatMap((row, index) => {
    const { openingHours, timeZone } = row.config as Pick<SiteConfig, 'openingHours' | 'timeZone'>;
    const zone = TimeZoneSchema.safeParse(timeZone);
    if (!zone.success || !Array.isArray(openingHours)) return [];
    const next = versions[index + 1];
    const [from, to] = [Math.max(fromMs, ms(row.valid_from)), Math.min(toMs, next === undefined ? toMs : ms(next.valid_from))];
    return from < to ? closedSpans(openingHours, zone.data, { fromMs: from, toMs: to }) : [];
  });

/** Of every configuration a station had, in order: the last word about each of its EVSEs, also about one that it has no more. */
function configuredIn(versions: readonly Row[]): Pick<StationHistory, 'ratedW' | 'operationalSince'> {
  const ratings = new Map<number, number>();
  let operationalSince: string | undefined;
  for (const { config, voltage_v } of versions) {
    const { evses, operationalSince: since } = config as StationConfig;
    operationalSince = since;
    for (const evse of evses) ratings.set(evse.evseId, ratedW(evse, Number(voltage_v)));
  }
  return { ratedW: ratings, ...(operationalSince !== undefined && { operationalSince }) };
}

const OF_STATIONS = 'where tenant_id = $1 and station_id = any($2::text[])';

export type UptimeReads = ReturnType<typeof uptimeReads>;

export function uptimeReads({ database }: Pick<World, 'database'>) {
  const rows = async (text: string, values: readonly [tenantId: string, ...unknown[]]): Promise<readonly Row[]> =>
    (await queryAsTenant<Row>(database, values[0], text, values)).rows;

  return {
    /** Stations in order of their ids, also those that were taken out; each with all that is known of it, and its sessions within [fromMs, toMs). */
    async histories(tenantId: string, { siteId, stationId }: Scope, fromMs: number, toMs: number): Promise<readonly StationHistory[]> {
      const stations = await rows(
        `select station_id, site_id from (
           select distinct on (station_id) station_id, site_id from site_stations where tenant_id = $1 and ($2::text is null or station_id = $2)
           order by station_id, assignment_seq desc, removed, site_id) latest where $3::text is null or site_id = $3 order by station_id`,
        [tenantId, stationId ?? null, siteId ?? null],
      );
      const ids = stations.map((row) => String(row.station_id));
      const siteIds = [...new Set(stations.map((row) => String(row.site_id)))];
      const [facts, judgements, declarations, sessions, versions, configs] = await Promise.all([
        rows(`select * from port_facts ${OF_STATIONS} order by record_offset, index`, [tenantId, ids]),
        rows(`select * from outage_classifications ${OF_STATIONS} order by classified_at, record_offset`, [tenantId, ids]),
        rows(`select * from outage_declarations ${OF_STATIONS} order by declared_at, record_offset`, [tenantId, ids]),
        rows(
          `select station_id, session_id, evse_id, started_at, coalesce(ended_at, last_heard_at, started_at) as until from sessions
           where tenant_id = $1 and station_id = any($2::text[]) and started_at < $4 and coalesce(ended_at, last_heard_at, started_at) > $3
           order by started_at, session_id`,
          [tenantId, ids, new Date(fromMs), new Date(toMs)],
        ),
        rows(
          'select site_id, valid_from, config from site_versions where tenant_id = $1 and site_id = any($2::text[]) and valid_from < $3 order by version',
          [tenantId, siteIds, new Date(toMs)],
        ),
        rows(
          `select v.station_id, v.config, (s.config ->> 'voltageV')::double precision as voltage_v from station_versions v, lateral (
             select config from site_versions where tenant_id = v.tenant_id and site_id = v.site_id and version <= v.version and config is not null
             order by version desc limit 1) s
           where v.tenant_id = $1 and v.station_id = any($2::text[]) and not v.is_removed order by v.valid_from, v.version`,
          [tenantId, ids],
        ),
      ]);
      const [factsOf, judgementsOf, declarationsOf, sessionsOf] = [facts, judgements, declarations, sessions].map((all) =>
        Map.groupBy(all, (row) => String(row.station_id)),
      );
      const configsOf = Map.groupBy(configs, (row) => String(row.station_id));
      const closedOf = new Map(
        [...Map.groupBy(versions, (row) => String(row.site_id))].map(([id, own]) => [id, closedIn(own, { fromMs, toMs })]),
      );
      return stations.map(({ station_id, site_id }) => {
        const id = String(station_id);
        return {
          stationId: id,
          siteId: String(site_id),
          closed: closedOf.get(String(site_id)) ?? [],
          ...configuredIn(configsOf.get(id) ?? []),
          facts: (factsOf?.get(id) ?? []).map(factOf),
          judgements: (judgementsOf?.get(id) ?? []).map(judgementOf),
          declarations: (declarationsOf?.get(id) ?? []).map(foundOf),
          sessions: (sessionsOf?.get(id) ?? []).map((row) => ({
            sessionId: String(row.session_id),
            evseId: Number(row.evse_id),
            fromMs: ms(row.started_at),
            toMs: ms(row.until),
          })),
        };
      });
    },
  };
}

/** One history for each port that anything is known of, in order of their numbers. */
export function portsOf(station: StationHistory): readonly PortRecord[] {
  const { stationId, siteId, facts, judgements, declarations, sessions, closed, ratedW, operationalSince } = station;
  const ofPort = <T extends { readonly evseId: number }>(all: readonly T[], evseId: number) => all.filter((each) => each.evseId === evseId);
  const evseIds = new Set(facts.flatMap(({ evseId }) => (evseId > 0 ? [evseId] : [])));
  return [...evseIds]
    .sort((a, b) => a - b)
    .map((evseId) => ({
      stationId,
      siteId,
      evseId,
      portId: `${stationId}-${evseId}`,
      history: { facts, classifications: ofPort(judgements, evseId), declarations: ofPort(declarations, evseId), closed },
      sessions: ofPort(sessions, evseId),
      ratedW: ratedW?.get(evseId),
      operationalSince,
    }));
}

export interface PortRecord {
  readonly stationId: string;
  readonly siteId: string;
  readonly evseId: number;
  readonly portId: string;
  readonly history: Omit<PortHistory, 'classifications' | 'declarations'> & {
    readonly classifications: readonly Judgement[];
    readonly declarations: readonly Found[];
  };
  readonly sessions: readonly Session[];
  /** Power of the port [W]; absent = it was never configured. */
  readonly ratedW?: number | undefined;
  /** Of its station: the day since when it serves the public, where somebody says so. */
  readonly operationalSince?: string | undefined;
}
