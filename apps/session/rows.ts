// Rows that follow from one record: stations, outlets, sessions with their timeline, commands. Equal for equal history.
// Amounts of money are billing's rows, limits load-balancing's.
import type { CallReceived } from '#contracts';
import { energyMwh, exportedWh, isRunning, type Session } from '#domain/session';
import { isOcpp2 } from '#ocpp';
import type { Output, RowWrite } from '#service';
import { availabilityRows } from './availability.js';
import { isNews, outcomeOf } from './command-progress.js';
import { runningOn, statusOf } from './outlets.js';
import { parkedFrameRows } from './parked-frames.js';
import { type SiteInput, sessionEventsOf, stationOf } from './site-fold.js';
import { type Outlet, type SiteState, type StationState, stationIn } from './state.js';
import { stationCostRows } from './station-costs.js';
import { COMMANDS, PORT_STATUS, SESSION_TIMELINE, SESSIONS, SITE_EVSES, SITE_STATIONS, UNMATCHED_FACTS } from './tables.js';

export interface SiteChange {
  readonly before: SiteState;
  readonly after: SiteState;
  readonly input: SiteInput;
  readonly outputs: readonly Output[];
}

interface Context extends SiteChange {
  readonly stationId: string;
  readonly was: StationState;
  readonly is: StationState;
  /** What was decided about sessions. */
  readonly events: ReturnType<typeof sessionEventsOf>;
  /** tenant, site and station of every row. */
  readonly place: { readonly tenant_id: string; readonly site_id: string; readonly station_id: string };
}

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

export function siteRows(change: SiteChange): readonly RowWrite[] {
  const { before, after, input } = change;
  const stationId = stationOf(input);
  if (stationId === undefined) return [];
  const place = { tenant_id: after.tenantId, site_id: after.siteId, station_id: stationId };
  const events = sessionEventsOf(change.outputs);
  const context: Context = { ...change, stationId, was: stationIn(before, stationId), is: stationIn(after, stationId), events, place };
  return [
    ...stationRow(context),
    ...outletRows(context),
    ...portStatusRows(context),
    ...sessionRows(context),
    ...timelineRows(context),
    ...unmatchedRows(context),
    ...queuedRows(context),
    ...commandRow(context),
    ...availabilityRows(context.was, context.is, input, place),
    ...parkedFrameRows(input, place),
    ...stationCostRows(input, place),
  ];
}

function stationRow({ input, was, is, place }: Context): readonly RowWrite[] {
  const row: Record<string, unknown> = {};
  if (is.link !== undefined && is.link !== was.link) {
    row.online = is.link.isOnline;
    row.connection_id = is.link.connectionId;
    row.ocpp_version = is.link.ocppVersion;
    row.last_seen_at = iso(is.link.heardMs);
    row.connected_at = iso(is.link.connectedMs);
    row.disconnected_at = iso(is.link.lostMs);
  }
  if (input.type === 'CallReceived' && input.data.action === 'BootNotification') Object.assign(row, identityOf(input.data));
  if (is.admission !== was.admission && is.admission !== undefined) {
    row.boot_status = is.admission.bootStatus;
    row.heartbeat_interval_s = is.admission.heartbeatIntervalS ?? null;
  }
  if (input.type === 'ConfigurationAccepted' && is.registry !== undefined) {
    const { change } = input.data;
    row.assignment_seq = is.registry.assignmentSeq;
    row.removed = is.registry.isRemoved;
    row.security_profile = is.registry.securityProfile;
    if (change.kind === 'station') row.config = change.config;
  }
  return Object.keys(row).length === 0 ? [] : [{ table: SITE_STATIONS, row: { ...place, ...row } }];
}

function identityOf({ payload, answer }: CallReceived): Record<string, unknown> {
  const asObject = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {});
  const boot = asObject(payload);
  const station = { ...boot, ...asObject(boot.chargingStation) };
  const text = (...fields: readonly string[]): unknown =>
    fields.map((field) => station[field]).find((value) => typeof value === 'string') ?? null;
  return {
    vendor: text('vendorName', 'chargePointVendor'),
    model: text('model', 'chargePointModel'),
    serial_number: text('serialNumber', 'chargePointSerialNumber'),
    firmware_version: text('firmwareVersion'),
    boot_answer: answer.kind === 'result' ? (asObject(answer.payload).status ?? null) : null,
  };
}

function outletRows({ was, is, place }: Context): readonly RowWrite[] {
  if (was.outlets === is.outlets && was.sessions === is.sessions && was.registry === is.registry) return [];
  const configured = new Set([...(is.registry?.evseIds ?? []), ...(was.registry?.evseIds ?? [])].map(String));
  const touched = new Set([
    ...Object.keys(is.outlets),
    ...[...is.sessions.open, ...was.sessions.open].map(({ evseId }) => String(evseId)),
    ...configured,
  ]);
  return [...touched].flatMap((key) => {
    const evseId = Number(key);
    if (evseId < 1) return [];
    const after = outletRow(is, evseId);
    const isAdded = is.registry?.evseIds.includes(evseId) === true && was.registry?.evseIds.includes(evseId) !== true;
    if (!isAdded && was.outlets[key] === is.outlets[key] && JSON.stringify(outletRow(was, evseId)) === JSON.stringify(after)) return [];
    return [{ table: SITE_EVSES, row: { ...place, evse_id: evseId, ...after } }];
  });
}

/** What an EVSE says of itself, whether its station is heard, and that it is gone: one row for each change. Time is when we received what changed it. */
function portStatusRows({ was, is, input, stationId, place }: Context): readonly RowWrite[] {
  if (was.outlets === is.outlets && was.sessions === is.sessions && was.registry === is.registry && was.link === is.link) return [];
  const configured = [...(is.registry?.evseIds ?? []), ...(was.registry?.evseIds ?? [])].map(String);
  const evseIds = new Set([...Object.keys(is.outlets), ...Object.keys(was.outlets), ...configured]);
  return [...evseIds].flatMap((key) => {
    const [before, after] = [portStatus(was, Number(key)), portStatus(is, Number(key))];
    if (before.status === after.status && before.error_code === after.error_code && before.is_online === after.is_online) return [];
    const { offset } = input.at;
    return [{ table: PORT_STATUS, row: { ...place, port_id: `${stationId}-${key}`, time: input.time, record_offset: offset, ...after } }];
  });
}

const UNHEARD: Outlet = { connectors: {} };

function portStatus(station: StationState, evseId: number) {
  const { outlets, sessions, link, registry } = station;
  if (registry?.isRemoved || isDropped(station, evseId)) return { status: 'Removed', error_code: null, is_online: false };
  const outlet = outlets[evseId] ?? UNHEARD;
  const status = statusTold(outlet, runningOn(sessions, evseId), link);
  return { status, error_code: outlet.errorCode ?? null, is_online: link?.isOnline === true };
}

/** 2.x tells only that a car is there; what it does is told by its transaction. */
function statusTold(outlet: Outlet, session: Session | undefined, link: StationState['link']): string | null {
  const isToldBySession = session?.isStateTold === true && (link === undefined || isOcpp2(link.ocppVersion));
  return isToldBySession ? session.state : statusOf(outlet);
}

/** Taken out of the configuration, and the station has not spoken of it since. */
const isDropped = ({ outlets, registry }: StationState, evseId: number): boolean =>
  registry !== undefined && !registry.evseIds.includes(evseId) && outlets[evseId] === undefined;

function outletRow(station: StationState, evseId: number): Record<string, unknown> {
  const { outlets, sessions, link } = station;
  const outlet = outlets[evseId] ?? UNHEARD;
  const session = runningOn(sessions, evseId);
  return {
    removed: isDropped(station, evseId),
    status: statusTold(outlet, session, link),
    status_at: iso(outlet.statusMs),
    error_code: outlet.errorCode ?? null,
    power_w: outlet.powerW ?? null,
    current_a: outlet.currentA ?? null,
    register_wh: outlet.registerWh ?? null,
    measured_at: iso(outlet.measuredMs),
    session_id: session?.sessionId ?? null,
    charging_state: session?.state ?? null,
    paused_by: session === undefined ? null : pausedBy(session),
  };
}

const pausedBy = ({ state }: Session): string | null =>
  state === 'SuspendedEVSE' ? 'network' : state === 'SuspendedEV' ? 'vehicle' : null;

/** Sessions that this record changed, as they are now. */
const changedSessions = ({ was, is }: Context): readonly Session[] => {
  if (was.sessions === is.sessions) return [];
  const known = new Set<Session>([...was.sessions.open, ...was.sessions.ended]);
  return [...is.sessions.open, ...is.sessions.ended].filter((session) => !known.has(session));
};

function sessionRows(context: Context): readonly RowWrite[] {
  const { events } = context;
  return changedSessions(context).map((session) => {
    const { sessionId, end, learned } = session;
    const started = events.find((event) => event.type === 'SessionStarted' && event.sessionId === sessionId);
    const ended = events.findLast(
      (event) => (event.type === 'SessionEnded' || event.type === 'SessionAmended') && event.sessionId === sessionId,
    );
    const running = isRunning(session);
    return {
      table: SESSIONS,
      row: {
        ...context.place,
        session_id: sessionId,
        evse_id: session.evseId,
        connector_id: session.connectorId ?? null,
        transaction_id: session.transactionId,
        ocpp_version: session.ocppVersion,
        token_hash: session.tokenHash ?? null,
        status: running ? 'active' : 'ended',
        started_at: iso(session.startedMs),
        ended_at: running ? null : iso(end?.endedMs),
        last_heard_at: iso(session.heardMs),
        energy_wh: (end !== undefined && !running ? end.energyMwh : energyMwh(session)) / 1000,
        exported_wh: exportedWh(session) ?? null,
        meter_start_wh: session.meterStartWh ?? null,
        meter_stop_wh: session.meterStopWh ?? null,
        power_w: running ? (session.powerW ?? null) : null,
        current_a: running ? (session.currentA ?? null) : null,
        charging_state: running ? session.state : null,
        paused_by: running ? pausedBy(session) : null,
        reason: end?.reason ?? null,
        provisional: end?.provisional ?? false,
        amendment: end?.amendment ?? 0,
        was_offline: session.wasOffline ?? false,
        flags: ended !== undefined && 'flags' in ended ? ended.flags : session.flags,
        ...(learned?.tokenType !== undefined && { token_type: learned.tokenType }),
        ...(learned?.idToken !== undefined && { id_token: learned.idToken }),
        ...(started?.type === 'SessionStarted' && {
          token_type: started.tokenType ?? null,
          id_token: started.idToken ?? null,
          tariff: started.tariff ?? null,
          time_zone: started.timeZone ?? null,
        }),
      },
    };
  });
}

/** What was decided, with the record it came from; a record that changed a session without a decision stands for itself. */
function timelineRows(context: Context): readonly RowWrite[] {
  const { input, events } = context;
  const { topic, partition, offset } = input.at;
  const by = input.type === 'CallReceived' ? input.data.action : input.type;
  const entry = (sessionId: string, index: number, kind: string, detail: object): RowWrite => ({
    table: SESSION_TIMELINE,
    row: {
      tenant_id: context.place.tenant_id,
      session_id: sessionId,
      topic,
      partition,
      record_offset: offset,
      index,
      at: input.time,
      kind,
      event_id: input.id,
      detail,
    },
  });
  const told = new Set<string>();
  const rows: RowWrite[] = [];
  for (const [index, event] of events.entries()) {
    if (event.type === 'FactUnmatched') continue;
    const { type, sessionId, ...detail } = event;
    told.add(sessionId);
    // The tariff and the sealed token stand in the session's own row.
    const { tariff: _, idToken: __, ...shown } = detail as Record<string, unknown>;
    rows.push(entry(sessionId, index, type, { ...shown, by }));
  }
  for (const { sessionId, flags, state } of changedSessions(context))
    if (!told.has(sessionId) && by !== 'MeterValues') rows.push(entry(sessionId, 0, by, { state, flags }));
  return rows;
}

function unmatchedRows({ input, events, place }: Context): readonly RowWrite[] {
  const { topic, partition, offset } = input.at;
  return events.flatMap((event) => {
    if (event.type !== 'FactUnmatched') return [];
    const { transactionId, action, reason } = event;
    const where = { topic, partition, record_offset: offset, event_id: input.id, at: input.time };
    return [{ table: UNMATCHED_FACTS, row: { ...place, ...where, transaction_id: transactionId, action, reason } }];
  });
}

/** Messages that wait for those before them: each has its row, and who wanted it, before it is requested; and its end where it never is. */
function queuedRows({ input, place }: Context): readonly RowWrite[] {
  const write = (command_id: string, row: Readonly<Record<string, unknown>>): RowWrite => ({
    table: COMMANDS,
    row: { ...place, command_id, ...row },
  });
  if (input.type === 'MessagesWanted') {
    const { messages, requestedBy, notAfter } = input.data;
    const wanted = { requested_by: requestedBy, requested_at: input.time, not_after: notAfter, state: 'queued' };
    return messages.map(({ commandId, action, payload }) => write(commandId, { action, payload, ...wanted }));
  }
  if (input.type !== 'MessagesRefused') return [];
  const { commandIds, reason, detail } = input.data;
  return commandIds.map((id) => write(id, { state: 'failed', ended_at: input.time, reason: `${reason}: ${detail}` }));
}
const ONE_BY_ONE = 'stations:message-queue';

function commandRow({ input, was, place }: Context): readonly RowWrite[] {
  const outcome = outcomeOf(input);
  if (outcome === undefined || !('commandId' in input.data)) return [];
  const { commandId } = input.data;
  const isKnownNews = isNews(was.commands, commandId, outcome);
  const isRequest = input.type === 'CommandRequested' || input.type === 'ProfileRequested';
  // A profile that was asked for is requested once more, by the owner of the site, before anything else is known of it.
  const isRepeatedRequest = isRequest && was.commands[commandId]?.rank === 0;
  if (!isKnownNews && !isRepeatedRequest) return [];
  const row: Record<string, unknown> = { ...place, command_id: commandId };
  if (isRequest) {
    const { action, payload, requestedBy, notAfter } = input.data;
    Object.assign(row, { action, payload, not_after: notAfter });
    if (requestedBy !== ONE_BY_ONE) {
      row.requested_by = requestedBy;
      if (isKnownNews) row.requested_at = input.time;
    }
  }
  row.state = outcome.state; // in every row: a table that asks for it asks before it looks for the row of before
  if (outcome.state === 'sent') row.sent_at = input.time;
  else if (outcome.rank > 0) row.ended_at = input.time;
  // A bare word for an answer is JSON as well; written as it is, it would be taken for the text of one.
  if (outcome.answer !== undefined) row.answer = typeof outcome.answer === 'string' ? JSON.stringify(outcome.answer) : outcome.answer;
  if (outcome.rank > 1) row.reason = outcome.reason ?? null;
  return [{ table: COMMANDS, row }];
}
