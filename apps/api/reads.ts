// Rows as the HTTP interface shows them. The tables belong to the services that write them; nothing is written here.
import { type Rating, type Reserved, runningRating, type SessionPeriod, type Tariff } from '#domain/billing';
import type { StationConfig } from '#domain/load-balancing';
import { withVendorData } from '#domain/privacy';
import { instantMs } from '#ocpp';
import { PortError, type World } from '#ports';
import { queryAsTenant } from '#service';
import type { FeedKind } from './definition.js';
import { capShown, explanationOf, limitShown } from './explanations.js';
import type { Describe } from './feed.js';
import { badRequest } from './problem.js';
import { isStorable } from './reading.js';
import { standingLimitReads } from './standing-limits.js';
import type { Violation } from './violations.js';

export type CommandState = 'queued' | 'sent' | 'accepted' | 'rejected' | 'failed' | 'timedOut';

export interface List<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}
export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}
type Json = Record<string, unknown>;

export const encodeCursor = (parts: readonly unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
const CURSOR_PARTS = {
  text: () => true,
  time: (part: string) => instantMs(part) !== undefined,
  whole: (part: string) => Number.isSafeInteger(Number(part)) && part.trim() !== '',
} as const;
type CursorPart = keyof typeof CURSOR_PARTS;

/** What of the last row of a page its successor is found by; anything else than one of our cursors is the caller's mistake. */
export function decodeCursor(cursor: string | undefined, ...kinds: readonly CursorPart[]): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const isOurs = (part: unknown, index: number): part is string => typeof part === 'string' && CURSOR_PARTS[kinds[index] ?? 'text'](part);
    if (Array.isArray(parts) && parts.length === kinds.length && isStorable(parts) && parts.every(isOurs)) return parts;
  } catch {
    // told below, like any other cursor that is not one of ours
  }
  throw badRequest('cursor: not one that was given out', [{ path: 'cursor', message: 'take nextCursor of the page before' }]);
}

export interface ParkedFrame extends Json {
  readonly frameId: string;
  readonly ocppVersion: string;
  readonly connectionId: string;
  readonly sealed: string;
  readonly isTruncated: boolean;
  readonly replayedAs: string | null;
}

const PARKED_FRAME = `select event_id as "frameId", at, kind, reason, bytes, frame_hash as "frameHash", redacted, truncated as "isTruncated",
  unparked_before as "unparkedBefore", replayed_as as "replayedAs", ocpp_version as "ocppVersion", connection_id as "connectionId", sealed
  from parked_frames where tenant_id = $1 and station_id = $2`;

/** OCPI 2.2.1: CiString(36). */
const LONGEST_UID = 36;

export interface StationName {
  readonly tenantId: string;
  readonly stationId: string;
}

export type Reads = ReturnType<typeof readsFrom>;

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

const LIMIT_COMMAND = `select command_id as "commandId", station_id as "stationId", evse_id as "evseId", slot, transaction_id as "transactionId", limit_ma as "limitMa",
  wanted_ma as "wantedMa", cause, held_by as "heldBy", tight, seen, lease_ends_at as "leaseEndsAt", requested_at as "requestedAt", outcome, answered_at as "answeredAt"
  from limit_commands`;

export interface LimitPlace {
  readonly stationId: string;
  readonly evseId: number;
  readonly at: string;
}

/** Rows by transaction are of the latest session under its id at its site, and of it only where they were written since it began: those of the ones before are gone. */
const SESSION = `select s.*, c.amount_net as cost_net, c.amount_gross as cost_gross, c.currency as cost_currency, t.total_cost as told_cost, t.told_by, t.told_at,
  p.departs_at, p.energy_wh as needs_energy_wh, p.min_energy_wh as needs_min_energy_wh, p.discharge_reserve_wh, p.discharge_obstacles, p.discharge_leave, p.priority, p.fed_back_wh, p.plan_id, p.planned_at, p.expected_until,
  p.delivered_wh, p.planned_wh, p.shortfall_wh, p.promise_shortfall_wh, p.next_at,
  m.missing as events_missing, m.messages_in_queue, m.answered_at as status_answered_at from sessions s
  left join session_costs c on c.tenant_id = s.tenant_id and c.session_id = s.session_id
  left join lateral (select
      not exists (select from sessions n where n.tenant_id = s.tenant_id and n.site_id = s.site_id and n.station_id = s.station_id and n.transaction_id = s.transaction_id and n.started_at > s.started_at) as is_latest,
      exists (select from sessions n where n.tenant_id = s.tenant_id and n.site_id = s.site_id and n.station_id = s.station_id and n.transaction_id = s.transaction_id and n.started_at < s.started_at) as is_again) id on true
  left join told_costs t on t.tenant_id = s.tenant_id and t.site_id = s.site_id and t.station_id = s.station_id and t.transaction_id = s.transaction_id
    and id.is_latest and (not id.is_again or t.told_at >= s.started_at)
  left join session_plans p on p.tenant_id = s.tenant_id and p.site_id = s.site_id and p.station_id = s.station_id and p.transaction_id = s.transaction_id
    and id.is_latest and (not id.is_again or p.planned_at >= s.started_at)
  left join missing_events m on m.tenant_id = s.tenant_id and m.site_id = s.site_id and m.station_id = s.station_id and m.transaction_id = s.transaction_id
    and id.is_latest and (not id.is_again or m.told_at >= s.started_at)`;

function toSession(row: Json): Json {
  return {
    sessionId: row.session_id,
    stationId: row.station_id,
    siteId: row.site_id,
    evseId: row.evse_id,
    connectorId: row.connector_id,
    transactionId: row.transaction_id,
    ocppVersion: row.ocpp_version,
    status: row.status,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    energyWh: Number(row.energy_wh),
    exportedWh: numberOrNull(row.exported_wh),
    meterStartWh: numberOrNull(row.meter_start_wh),
    meterStopWh: numberOrNull(row.meter_stop_wh),
    powerW: row.power_w,
    chargingState: row.charging_state,
    reason: row.reason,
    provisional: row.provisional,
    flags: row.flags,
    cost:
      row.cost_net === null || row.cost_net === undefined
        ? null
        : { amount: row.cost_gross ?? row.cost_net, net: row.cost_net, currency: row.cost_currency },
    costTold:
      row.told_cost === null || row.told_cost === undefined ? null : { totalCost: Number(row.told_cost), by: row.told_by, at: row.told_at },
    needs: needsOf(row),
    priority: row.priority,
    missingEvents: missingEventsOf(row),
    plan: planOf(row),
  };
}

/** Of an ended transaction: how many events did not come, and whether its station still has them (null = it has not said). */
const missingEventsOf = ({ events_missing, messages_in_queue, status_answered_at }: Json): Json | null =>
  events_missing === null || events_missing === undefined
    ? null
    : { missing: events_missing, messagesInQueue: messages_in_queue, answeredAt: status_answered_at };

/** As the car or its driver said it; null where nobody did. */
function needsOf(row: Json): Json | null {
  const { departs_at, needs_energy_wh, needs_min_energy_wh, discharge_reserve_wh } = row;
  const [energyWh, minEnergyWh, reserveWh] = [needs_energy_wh, needs_min_energy_wh, discharge_reserve_wh].map(numberOrNull);
  const discharge = reserveWh === null ? null : { consent: true, reserveWh, ...feedingBack(row) };
  return departs_at === null && energyWh === null && minEnergyWh === null && discharge === null
    ? null
    : { departsAt: departs_at, energyWh, minEnergyWh, discharge };
}

/** Whether the car may be asked to feed back, what is in the way, and what its station made of that. */
const feedingBack = ({ discharge_obstacles, discharge_leave }: Json): Json => {
  const because = (discharge_obstacles ?? []) as readonly string[];
  return { state: because.length === 0 ? 'possible' : 'notPossible', because, toldToStation: discharge_leave };
};

/** The latest look ahead: what was delivered then, what it has for the car until it is expected to leave, and what it cannot have. */
const planOf = (row: Json): Json | null =>
  row.plan_id === null
    ? null
    : {
        planId: row.plan_id,
        at: row.planned_at,
        expectedUntil: row.expected_until,
        deliveredWh: numberOrNull(row.delivered_wh),
        fedBackWh: numberOrNull(row.fed_back_wh),
        plannedWh: numberOrNull(row.planned_wh),
        shortfallWh: numberOrNull(row.shortfall_wh),
        promiseShortfallWh: numberOrNull(row.promise_shortfall_wh),
        nextAt: row.next_at,
      };
/** By the one rating (P8): what a running session comes to, up to the last reading in its timeline. */
function ratedSoFar({ tariff, time_zone }: Json, events: readonly Json[]): Pick<Rating, 'currency' | 'lines' | 'totals'> {
  const terms = {
    tariff: (tariff ?? undefined) as Tariff | undefined,
    timeZone: (time_zone ?? undefined) as string | undefined,
    reserved: reservedIn(events),
  };
  const { currency, lines, totals } = runningRating(terms, periodsIn(events));
  return { currency, lines, totals };
}

/** The periods among the entries of a timeline, which are in order. */
export const periodsIn = (events: readonly Json[]): readonly SessionPeriod[] =>
  events.flatMap(({ kind, detail }) => (kind === 'ChargingPeriodRecorded' ? [detail as SessionPeriod] : []));

export const reservedIn = (events: readonly Json[]): Reserved | undefined =>
  events.find(({ kind }) => kind === 'OutletReserved')?.detail as Reserved | undefined;

const orNull = (value: unknown): unknown => (value === '' || value === 0 ? null : value);

/** A 1.6 key has no component. */
const toVariable = (row: Json): Json => ({
  component:
    row.component === ''
      ? null
      : {
          name: row.component,
          instance: orNull(row.component_instance),
          evse: row.evse_id === 0 ? null : { id: row.evse_id, connectorId: orNull(row.connector_id) },
        },
  variable: { name: row.variable, instance: orNull(row.variable_instance) },
  attribute: row.attribute,
  value: row.value,
  mutability: row.mutability,
  dataType: row.data_type,
  unit: row.unit,
  valuesList: row.values_list,
  minLimit: row.min_limit,
  maxLimit: row.max_limit,
  reportedAt: row.reported_at,
  set: row.set_status === null ? null : { status: row.set_status, value: row.set_value, at: row.set_at },
});
const numberOrNull = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));

export function readsFrom({ database, keys, clock }: Pick<World, 'database' | 'keys' | 'clock'>) {
  // The tenant is the first value of every query here, and what the database lets it see (P9).
  const rows = async (text: string, values: readonly [tenantId: string, ...unknown[]]): Promise<readonly Json[]> =>
    (await queryAsTenant<Json>(database, values[0], text, values)).rows;

  const opened = (sealed: string): Promise<string | undefined> =>
    keys.unseal(sealed).catch((error: unknown) => {
      if (error instanceof PortError && !error.retriable) return undefined; // one CDR of another key file hides no others
      throw error;
    });

  /** The token of a CDR is sealed in the rows: opened for who may know it; the others, and all once it is erased, see its pseudonym. */
  const withToken = async (cdr: Json, mayName: boolean): Promise<Json> => {
    const { cdr_token: token } = cdr as { readonly cdr_token?: { readonly uid: string } };
    const [sealed, pseudonym] = /^sealed:v1:([^:]+):/.exec(token?.uid ?? '') ?? [];
    if (sealed === undefined || pseudonym === undefined || token === undefined) return cdr;
    const uid = (mayName ? await opened(token.uid) : undefined) ?? pseudonym.slice(0, LONGEST_UID);
    return { ...cdr, cdr_token: { ...token, uid, contract_id: uid } };
  };

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

  const standing = standingLimitReads(rows, () => clock.now());

  return {
    ...standing,
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
      const [row] = await rows('select config, version from sites where tenant_id = $1 and site_id = $2 and not removed', [
        tenantId,
        siteId,
      ]);
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
    async sessions(
      tenantId: string,
      query: PageQuery & {
        readonly stationId?: string | undefined;
        readonly siteId?: string | undefined;
        readonly search?: string | undefined;
        readonly status?: string | undefined;
        readonly from?: string | undefined;
        readonly to?: string | undefined;
      },
    ): Promise<List<Json>> {
      const [beforeAt, beforeId] = decodeCursor(query.cursor, 'time', 'text') ?? [null, null];
      const found = await rows(
        `${SESSION} where s.tenant_id = $1 and ($2::text is null or s.station_id = $2) and ($3::text is null or s.status = $3)
         and ($4::timestamptz is null or s.started_at >= $4) and ($5::timestamptz is null or s.started_at < $5)
         and ($6::timestamptz is null or (s.started_at, s.session_id) < ($6, $7::text)) and ($9::text is null or s.site_id = $9)
         and ($10::text is null or position(lower($10) in lower(s.station_id)) > 0 or starts_with(s.session_id, lower($10)) or starts_with(s.transaction_id, $10))
         order by s.started_at desc, s.session_id desc limit $8`,
        [
          tenantId,
          query.stationId ?? null,
          query.status ?? null,
          query.from ?? null,
          query.to ?? null,
          beforeAt,
          beforeId,
          query.limit + 1,
          query.siteId ?? null,
          query.search ?? null,
        ],
      );
      return page(found.map(toSession), query.limit, ({ startedAt, sessionId }) => [(startedAt as Date).toISOString(), sessionId]);
    },
    async sessionsById(tenantId: string, sessionIds: readonly string[]): Promise<readonly Json[]> {
      return (await rows(`${SESSION} where s.tenant_id = $1 and s.session_id = any($2::text[])`, [tenantId, sessionIds])).map(toSession);
    },
    async session(tenantId: string, sessionId: string): Promise<Json | undefined> {
      const [row] = await rows(`${SESSION} where s.tenant_id = $1 and s.session_id = $2`, [tenantId, sessionId]);
      if (row === undefined) return undefined;
      const timeline = await rows(
        'select at, kind, detail from session_timeline where tenant_id = $1 and session_id = $2 order by record_offset, index',
        [tenantId, sessionId],
      );
      return { ...toSession(row), timeline };
    },
    /**
     * The log positions behind a session: records of its station's stream, what was derived, how it was priced, and the limits it was sent; with the
     * tariff pinned at its start, and what it comes to so far while it runs.
     */
    async explain(tenantId: string, sessionId: string): Promise<Json | undefined> {
      const [row] = await rows(`${SESSION} where s.tenant_id = $1 and s.session_id = $2`, [tenantId, sessionId]);
      if (row === undefined) return undefined;
      const events = await rows(
        'select topic, partition, record_offset as offset, at, kind, detail from session_timeline where tenant_id = $1 and session_id = $2 order by record_offset, index',
        [tenantId, sessionId],
      );
      const cdrs = await rows('select cdr_id, rating_seq from cdrs where tenant_id = $1 and session_id = $2 order by rating_seq', [
        tenantId,
        sessionId,
      ]);
      const lines = await rows('select * from cdr_lines where tenant_id = $1 and session_id = $2 order by rating_seq, line', [
        tenantId,
        sessionId,
      ]);
      // Ids of transactions come again: what is before this one, or from the next one on, is another's.
      const [same] = await rows(
        `select min(started_at) filter (where started_at > $4) as until, bool_or(started_at < $4) as is_again
         from sessions where tenant_id = $1 and station_id = $2 and transaction_id = $3`,
        [tenantId, row.station_id, row.transaction_id, row.started_at],
      );
      const within = [same?.is_again === true ? row.started_at : null, same?.until ?? null];
      const limits = await rows(
        `${LIMIT_COMMAND} where tenant_id = $1 and station_id = $2 and transaction_id = $3
           and ($4::timestamptz is null or requested_at >= $4) and ($5::timestamptz is null or requested_at < $5) order by requested_at, command_id`,
        [tenantId, row.station_id, row.transaction_id, ...within],
      );
      const soc = await rows(
        `select distinct on (date_bin('1 minute', time, timestamptz 'epoch')) time as at, soc_percent as "socPercent" from power_samples
         where tenant_id = $1 and site_id = $2 and station_id = $3 and transaction_id = $4 and soc_percent is not null
           and ($5::timestamptz is null or time >= $5) and ($6::timestamptz is null or time < $6)
         order by date_bin('1 minute', time, timestamptz 'epoch'), time limit 3000`,
        [tenantId, row.site_id, row.station_id, row.transaction_id, ...within],
      );
      return {
        session: toSession(row),
        events,
        soc,
        cdrs,
        lines,
        limits: limits.map(limitShown),
        tariff: row.tariff,
        timeZone: row.time_zone,
        running: row.status === 'active' ? ratedSoFar(row, events) : null,
      };
    },
    /** `mayAsk`: the caller might have asked the station himself, and reads what its vendor says in its own words. */
    async command(tenantId: string, commandId: string, mayAsk = false): Promise<(Json & { readonly state: CommandState }) | undefined> {
      const [row] = await rows('select * from commands where tenant_id = $1 and command_id = $2', [tenantId, commandId]);
      if (row === undefined) return undefined;
      const { command_id, station_id, action, state, answer, reason, requested_at, sent_at, ended_at } = row;
      return {
        commandId: command_id,
        stationId: station_id,
        action,
        state: state as CommandState,
        answer: mayAsk ? await withVendorData(String(action), answer, opened) : answer,
        reason,
        requestedAt: requested_at,
        sentAt: sent_at,
        endedAt: ended_at,
      };
    },
    async parkedFrames(tenantId: string, stationId: string, { limit, cursor }: PageQuery): Promise<List<Json>> {
      const [beforeAt, beforeId] = decodeCursor(cursor, 'time', 'text') ?? [null, null];
      const found = await rows(
        `${PARKED_FRAME} and ($3::timestamptz is null or (at, event_id) < ($3, $4::text)) order by at desc, event_id desc limit $5`,
        [tenantId, stationId, beforeAt, beforeId, limit + 1],
      );
      const { items, nextCursor } = page(found, limit, ({ at, frameId }) => [(at as Date).toISOString(), frameId]);
      return { items: items.map(({ sealed: _, ...shown }) => shown), nextCursor };
    },
    async parkedFrame(tenantId: string, stationId: string, frameId: string): Promise<ParkedFrame | undefined> {
      const [row] = await rows(`${PARKED_FRAME} and event_id = $3`, [tenantId, stationId, frameId]);
      return row as ParkedFrame | undefined;
    },
    async variables(
      tenantId: string,
      stationId: string,
      {
        limit,
        cursor,
        component,
        variable,
      }: PageQuery & { readonly component?: string | undefined; readonly variable?: string | undefined },
    ): Promise<List<Json>> {
      const after = decodeCursor(cursor, 'text', 'text', 'whole', 'whole', 'text', 'text', 'text') ?? Array<null>(7).fill(null);
      const found = await rows(
        `select v.* from variables v join stations s using (tenant_id, site_id, station_id) where tenant_id = $1 and station_id = $2
           and ($3::text is null or lower(component) = lower($3)) and ($4::text is null or lower(variable) = lower($4))
           and ($5::text is null or (component, component_instance, evse_id, connector_id, variable, variable_instance, attribute)
             > ($5, $6::text, $7::integer, $8::integer, $9::text, $10::text, $11::text))
         order by component, component_instance, evse_id, connector_id, variable, variable_instance, attribute limit $12`,
        [tenantId, stationId, component ?? null, variable ?? null, ...after, limit + 1],
      );
      const { items, nextCursor } = page(found, limit, (row) =>
        ['component', 'component_instance', 'evse_id', 'connector_id', 'variable', 'variable_instance', 'attribute'].map((name) =>
          String(row[name]),
        ),
      );
      return { items: items.map(toVariable), nextCursor };
    },
    /** Records that services could not understand; a replay of the log with code that does takes them out. */
    async parkedRecords(
      tenantId: string,
      { limit, cursor, service }: PageQuery & { readonly service?: string | undefined },
    ): Promise<List<Json>> {
      const after = decodeCursor(cursor, 'text', 'text', 'whole', 'whole') ?? [null, null, null, null];
      const found = await rows(
        `select service, topic, partition, record_offset as offset, reason, stream_key as "streamKey" from parked_records
         where (stream_key = $1 or starts_with(stream_key, $1 || '/')) and ($2::text is null or service = $2)
           and ($3::text is null or (service, topic, partition, record_offset) > ($3, $4::text, $5::integer, $6::bigint))
         order by service, topic, partition, record_offset limit $7`,
        [tenantId, service ?? null, ...after, limit + 1],
      );
      const keyed = found.map((row): Json => ({ ...row, offset: Number(row.offset) }));
      return page(keyed, limit, ({ service: by, topic, partition, offset }) => [by, topic, String(partition), String(offset)]);
    },
    async tariff(tenantId: string, tariffId: string): Promise<Json | undefined> {
      const [row] = await rows('select tariff from tariffs where tenant_id = $1 and tariff_id = $2', [tenantId, tariffId]);
      return row?.tariff as Json | undefined;
    },
    async cdrs(
      tenantId: string,
      { limit, cursor, sessionId }: PageQuery & { readonly sessionId?: string | undefined },
      mayName: boolean,
    ): Promise<List<Json>> {
      const [beforeAt, beforeId] = decodeCursor(cursor, 'time', 'text') ?? [null, null];
      const found = await rows(
        `select cdr, issued_at, cdr_id from cdrs where tenant_id = $1 and ($2::text is null or session_id = $2)
         and ($3::timestamptz is null or (issued_at, cdr_id) < ($3, $4::text)) order by issued_at desc, cdr_id desc limit $5`,
        [tenantId, sessionId ?? null, beforeAt, beforeId, limit + 1],
      );
      const { items, nextCursor } = page(found, limit, ({ issued_at, cdr_id }) => [(issued_at as Date).toISOString(), cdr_id]);
      return { items: await Promise.all(items.map(({ cdr }) => withToken(cdr as Json, mayName))), nextCursor };
    },
    async cdr(tenantId: string, cdrId: string, mayName: boolean): Promise<Json | undefined> {
      const [row] = await rows('select cdr from cdrs where tenant_id = $1 and cdr_id = $2', [tenantId, cdrId]);
      return row && withToken(row.cdr as Json, mayName);
    },
    /** Sessions that run there. */
    async chargingAt(tenantId: string, siteIds: readonly string[]): Promise<number> {
      const [found] = await rows(
        "select count(*)::integer as charging from sessions where tenant_id = $1 and site_id = any($2) and status = 'active'",
        [tenantId, siteIds],
      );
      return Number(found?.charging);
    },
    /** Stations that a limit can be put on by name. */
    async limitedStations(tenantId: string, siteId: string): Promise<readonly string[]> {
      const found = await rows("select station_id from stations where tenant_id = $1 and site_id = $2 and config->>'maxA' is not null", [
        tenantId,
        siteId,
      ]);
      return found.map(({ station_id }) => String(station_id));
    },
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
    violations: violationsOf,
    alarms: alarmsOf,
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
    /** Alerts that were told, as they were told last; `closedAt` once they are over. */
    async alertsTold(tenantId: string, alertIds: readonly string[]): Promise<readonly Json[]> {
      return rows(
        `select alert_id as "alertId", kind, severity, site_id as "siteId", station_id as "stationId", evse_id as "evseId", since, detail,
           opened_at as "openedAt", closed_at as "closedAt" from alerts_told where tenant_id = $1 and alert_id = any($2::text[])`,
        [tenantId, alertIds],
      );
    },
    async lastLoad(tenantId: string, siteIds: readonly string[]): Promise<readonly Json[]> {
      return rows(
        `select distinct on (site_id) site_id as "siteId", time as at, measured_w as "measuredW", limit_w as "limitW", allocated_w as "allocatedW"
         from analytics.site_load where tenant_id = $1 and site_id = any($2::text[]) order by site_id, time desc`,
        [tenantId, siteIds],
      );
    },
  };
}

/** The millisecond at a time. */
const untilNext = (at: string) => ({ from: at, to: new Date(Date.parse(at) + 1).toISOString() });

/** One row more than asked for tells that there is a next page. */
export function page<T extends Json>(found: readonly T[], limit: number, key: (row: T) => readonly unknown[]): List<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? encodeCursor(key(last)) : null };
}

/** What listeners of the feed are shown for a changed subject. */
export const describeChanges =
  (reads: Reads): Describe =>
  async (tenantId: string, kind: FeedKind, subjects: readonly string[]) => {
    const by = (items: readonly Json[], key: string): ReadonlyMap<string, unknown> =>
      new Map(items.map((item) => [String(item[key]), item]));
    switch (kind) {
      case 'site':
        return by(await Promise.all(subjects.map(async (siteId) => (await reads.site(tenantId, siteId)) ?? { siteId })), 'siteId');
      case 'station':
        // Of one that is gone only its id.
        return new Map([
          ...subjects.map((stationId) => [stationId, { stationId }] as const),
          ...by(await reads.stationsById(tenantId, subjects), 'stationId'),
        ]);
      case 'session':
        return by(await reads.sessionsById(tenantId, subjects), 'sessionId');
      case 'alert':
        return by(await reads.alertsTold(tenantId, subjects), 'alertId');
      case 'load':
        return by(await reads.lastLoad(tenantId, subjects), 'siteId');
    }
  };
