// Sessions as the HTTP interface shows them: what the car needs and has planned, what they cost, and what each of these was made of.
import { type Rating, type Reserved, runningRating, type SessionPeriod, type Tariff } from '#domain/billing';
import { limitShown } from './explanations.js';
import { LIMIT_COMMAND } from './limit-reads.js';
import { decodeCursor, type Json, type List, numberOrNull, type PageQuery, page, type Rows } from './rows.js';

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

export const sessionReads = (rows: Rows) => ({
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
  /** Sessions that run there. */
  async chargingAt(tenantId: string, siteIds: readonly string[]): Promise<number> {
    const [found] = await rows(
      "select count(*)::integer as charging from sessions where tenant_id = $1 and site_id = any($2) and status = 'active'",
      [tenantId, siteIds],
    );
    return Number(found?.charging);
  },
});
