// What a record of the site's stream changes in the owner's memory, apart from what the owner itself decides on it.
// Total: a record about an unknown station or command changes nothing.
import type { CallReceived, CommandAnswered, CommandRefused, CommandRequested, Recorded, SiteEvent, SiteEventData } from '#contracts';
import {
  accepted,
  booted,
  connected,
  disconnected,
  evseOfConnector,
  externalCap,
  externalId,
  granted,
  holdsGrant,
  isJump,
  newStationLedger,
  observeSkew,
  ownerChanged,
  perPhase,
  pruned,
  reconfigured,
  refused,
  sent,
  skewBound,
  transactionEnded,
  transactionStarted,
  unanswered,
  withoutForeign,
} from '#domain/load-balancing';
import { instantMs, type OcppVersion } from '#ocpp';
import { isOvertaken } from '#ports';
import { prioritised, understood } from './answers.js';
import { endedPriority, withoutFirstPlace } from './first-place.js';
import { limitReceived, limitWithdrawn } from './grid-limits.js';
import { contradicted, recognised, remembered } from './models.js';
import { adopted } from './outlook.js';
import { measured } from './samples.js';
import { mapped, withEntry, withoutEntry } from './shards.js';
import { type SiteState, type StationState, stationIn, type Wanting, withStation } from './state.js';
import {
  placeOfTransaction,
  stillUnconfigured,
  unconfiguredOutlet,
  withoutOutlet,
  withoutPlace,
  withoutTransaction,
} from './unconfigured.js';
import { announced, began, learned, left, spoke, stated } from './visits.js';

/** A station that said no is asked again after this long, one that said nothing sooner [ms]. */
const QUIET_AFTER_REJECTION_MS = 60_000;
const QUIET_AFTER_SILENCE_MS = 10_000;
/** By why a command never left; one replaced by a newer one is no failure. */
const QUIET_AFTER_REFUSAL_MS: Readonly<Partial<Record<CommandRefused['reason'], number>>> = {
  Superseded: 0,
  OlderGrant: 0,
  NotConnected: 5_000,
  PastNotAfter: 2_000,
  NotBooted: 5_000,
  QueueFull: 10_000,
};
/** What a station sends late says nothing about its clock; it is asked again at most this often [ms]. */
const DOUBT_AGAIN_MS = 30_000;
/** After the time to leave and the time to answer, no outcome will come: the edge is gone [ms]. */
const GIVE_UP_AFTER_MS = 10_000;
/** Error codes of both versions that tell a request was not carried out; others leave that open. */
const NEVER_APPLIED: ReadonlySet<string> = new Set([
  'NotImplemented',
  'NotSupported',
  'ProtocolError',
  'SecurityError',
  'RpcFrameworkError',
  'FormationViolation',
  'FormatViolation',
  'PropertyConstraintViolation',
  'TypeConstraintViolation',
  'OccurenceConstraintViolation',
  'OccurrenceConstraintViolation',
]);
/** In an error or as a status (1.6): it takes no profiles at all. */
const UNSUPPORTED: ReadonlySet<unknown> = new Set(['NotImplemented', 'NotSupported']);

export function absorb(before: SiteState, input: Recorded<SiteEvent>): SiteState {
  const heardMs = Date.parse(input.time);
  const state = { ...before, nowMs: Math.max(before.nowMs, input.type === 'TimeReached' ? Date.parse(input.data.due) : heardMs) };
  const stationId = input.stationId ?? '';
  switch (input.type) {
    case 'SiteTaken':
      return {
        ...state,
        ownerId: input.data.ownerId,
        ownerEpoch: input.at.offset,
        grantSeq: 0,
        stations: mapped(state.stations, (station) => ({ ...station, ledger: ownerChanged(station.ledger) })),
      };
    case 'StationConnected':
      return withStation(state, stationId, (station) =>
        isOvertaken(heardMs, station.connectedMs) ? station : met(station, input.data.ocppVersion, input.at.offset, heardMs),
      );
    case 'StationDisconnected':
      return withStation(state, stationId, (station) => {
        const ledger = disconnected(station.ledger, input.data.generation.offset);
        return ledger === station.ledger ? station : { ...station, ledger, lostAtMs: state.nowMs };
      });
    case 'CallReceived':
      return learned(
        state,
        withStation(state, stationId, (station) => absorbCall(station, input.data, input.time, state)),
        stationId,
      );
    case 'ChargingNeedsStated':
      return stated(state, stationId, input.data);
    case 'PlanComputed':
      return adopted(state, input.data);
    case 'ProfileRequested':
      return { ...state, asked: [...state.asked, input.data] };
    case 'CommandRequested':
      return input.data.grant === undefined ? awaitOutcome(state, input.data) : state;
    case 'CommandSent':
      return withStation(state, stationId, (station) => ({
        ...station,
        ledger: sent(station.ledger, input.data.commandId, input.data.generation.offset, state.nowMs),
      }));
    case 'CommandAnswered':
      return answered(
        replied(withEndedPriority(state, stationId, input.data), stationId, input.data.commandId, input.data),
        stationId,
        input.data,
      );
    case 'CommandErrored':
    case 'CommandUnanswered':
    case 'CommandRefused':
      return withoutOutcome(
        replied(state, stationId, input.data.commandId, input.type === 'CommandErrored' ? 'refused' : 'silence'),
        stationId,
        input,
      );
    case 'GridLimitReceived':
      return limitReceived(state, input.data, input.at.offset);
    case 'GridLimitWithdrawn':
      return limitWithdrawn(state, input.data);
    case 'MeasurementsReported':
      return input.data.measurements.reduce(reported, state);
    default:
      return state;
  }
}

/** Of two reports of a node the one that was measured later counts, in whichever order they come. */
function reported(
  state: SiteState,
  { nodeId, at, currentA, ttlSeconds }: SiteEventData['MeasurementsReported']['measurements'][number],
): SiteState {
  const atMs = Math.min(Date.parse(at), state.nowMs);
  const before = state.measurements.find((each) => each.nodeId === nodeId);
  if (before?.atMs !== undefined && before.atMs > atMs) return state;
  const currentMa = perPhase([...currentA], (ampere) => Math.ceil(ampere * 1000));
  const others = state.measurements.filter((each) => each !== before);
  return { ...state, measurements: [...others, { nodeId, currentMa, atMs, untilMs: atMs + ttlSeconds * 1000 }] };
}

// What became of commands

const withEndedPriority = (state: SiteState, stationId: string, answer: CommandAnswered): SiteState =>
  withStation(state, stationId, (station) => {
    const transactionId = endedPriority(station, answer);
    if (transactionId === undefined) return station;
    const { ending: _over, ...rest } = prioritised(station, transactionId, false, state.nowMs);
    return rest;
  });

/** An end other than an answer. */
function withoutOutcome(
  state: SiteState,
  stationId: string,
  input: Extract<Recorded<SiteEvent>, { type: 'CommandErrored' | 'CommandUnanswered' | 'CommandRefused' }>,
): SiteState {
  const { commandId } = input.data;
  switch (input.type) {
    case 'CommandErrored':
      return NEVER_APPLIED.has(input.data.code)
        ? rejected(state, stationId, commandId, QUIET_AFTER_REJECTION_MS, UNSUPPORTED.has(input.data.code))
        : silent(state, stationId, commandId);
    case 'CommandUnanswered':
      return silent(state, stationId, commandId);
    case 'CommandRefused':
      return rejected(state, stationId, commandId, QUIET_AFTER_REFUSAL_MS[input.data.reason] ?? QUIET_AFTER_REJECTION_MS);
  }
}

/** What became of a question of ours, if it is one. */
function replied(state: SiteState, stationId: string, commandId: string, answer: CommandAnswered | 'refused' | 'silence'): SiteState {
  const after = withStation(state, stationId, (station) => {
    const { asking } = station;
    if (asking?.commandId !== commandId) return station;
    const [connection, said] =
      typeof answer === 'object' ? [answer.generation.offset, answer.payload as Json] : [station.ledger.connection, answer];
    return understood(station, asking, connection, said, state.nowMs, state.config?.voltageV ?? 230);
  });
  return remembered(after, stationIn(state, stationId), stationIn(after, stationId));
}

/** From here on silence means something, once both times are over. */
export const awaitOutcome = (state: SiteState, { commandId, stationId, notAfter, timeoutMs, grant }: CommandRequested): SiteState => ({
  ...state,
  pending: withEntry(state.pending, commandId, {
    stationId,
    isGrant: grant !== undefined,
    giveUpMs: Date.parse(notAfter) + timeoutMs + GIVE_UP_AFTER_MS,
  }),
});

function settled(state: SiteState, stationId: string, commandId: string, change: (station: StationState) => StationState): SiteState {
  const pending = withoutEntry(state.pending, commandId);
  const rest = pending === state.pending ? state : { ...state, pending };
  return withStation(rest, stationId, (station) => (holdsGrant(station.ledger, commandId) ? change(station) : station));
}

function answered(state: SiteState, stationId: string, { commandId, generation, payload }: CommandAnswered): SiteState {
  const status = (payload as { readonly status?: unknown } | null)?.status;
  // To a ClearChargingProfile: nothing that matches is there, so it is gone.
  const isGone = status === 'Unknown' && stationIn(state, stationId)?.ledger.clearings.some((each) => each.commandId === commandId);
  if (status !== 'Accepted' && !isGone) return rejected(state, stationId, commandId, QUIET_AFTER_REJECTION_MS, UNSUPPORTED.has(status));
  return settled(state, stationId, commandId, (station) => ({
    ...station,
    ledger: accepted(station.ledger, commandId, generation.offset, state.nowMs),
  }));
}

/** How others' profiles fare says nothing about ours. */
const isOurs = ({ ledger }: StationState, commandId: string): boolean =>
  !ledger.evses.some(({ foreign }) => foreign.some((grant) => grant.commandId === commandId));

/** May be in force. The station counts with that, and is asked again a little later. */
const silent = (state: SiteState, stationId: string, commandId: string): SiteState =>
  settled(state, stationId, commandId, (station) => ({
    ...station,
    ledger: unanswered(station.ledger, commandId, state.nowMs),
    quietUntilMs: isOurs(station, commandId) ? Math.max(station.quietUntilMs, state.nowMs + QUIET_AFTER_SILENCE_MS) : station.quietUntilMs,
  }));

/**
 * It never was in force. A station that takes no maximum profile is asked no more: it then counts with its EVSEs alone. One that takes no default
 * because it takes no profiles counts with its rating, and is asked again when it boots.
 */
function rejected(state: SiteState, stationId: string, commandId: string, quietMs: number, isUnsupported = false): SiteState {
  return settled(state, stationId, commandId, (before) => {
    const isSaid = quietMs === QUIET_AFTER_REJECTION_MS && isOurs(before, commandId);
    const station = isSaid ? { ...before, facts: contradicted(before.facts) } : before;
    const wasMaximum = station.ledger.stationMax.some((grant) => grant.commandId === commandId);
    const defaults = station.ledger.evses.flatMap((evse) => evse.defaults);
    const takesNone =
      isUnsupported && defaults.some((grant) => grant.commandId === commandId) && defaults.every((grant) => grant.state !== 'accepted');
    const { maxMa, ...rest } = refused(station.ledger, commandId);
    const ledger = takesNone ? { ...rest, profilesUnsupported: true } : rest;
    if (wasMaximum && quietMs === QUIET_AFTER_REJECTION_MS) return { ...station, ledger };
    const quietUntilMs =
      quietMs === 0 || !isOurs(station, commandId) ? station.quietUntilMs : Math.max(station.quietUntilMs, state.nowMs + quietMs);
    return { ...station, ledger: { ...ledger, ...(maxMa !== undefined && { maxMa }) }, quietUntilMs };
  });
}

// What stations say

type Json = Readonly<Record<string, unknown>>;

/** It is here on a connection of its own. */
const met = (
  { lostAtMs: _back, asking: _lost, ...station }: StationState,
  ocppVersion: OcppVersion,
  connection: number,
  connectedMs: number,
): StationState => ({ ...station, ocppVersion, connectedMs, ledger: connected(station.ledger, connection), quietUntilMs: 0 });

function absorbCall(before: StationState, call: CallReceived, receivedAt: string, { nowMs, config, models }: SiteState): StationState {
  const voltageV = config?.voltageV ?? 230;
  const payload = call.payload as Json;
  const { assignmentSeq, offset } = call.generation;
  const isOld = offset < before.ledger.connection && assignmentSeq <= before.assignmentSeq;
  const isNew = offset > before.ledger.connection && assignmentSeq === before.assignmentSeq;
  const station = isNew ? met(before, call.ocppVersion, offset, Date.parse(receivedAt)) : before;
  const heard = isOld ? station : withSkew(station, call, payload, nowMs);
  switch (call.action) {
    case 'BootNotification': {
      const isAccepted = call.answer.kind === 'result' && (call.answer.payload as Json).status === 'Accepted';
      if (!isAccepted || isOld) return heard;
      const { asking: _unanswered, ...rest } = heard;
      return {
        ...rest,
        ledger: booted(heard.ledger),
        demands: {},
        quietUntilMs: 0,
        facts: recognised(heard.facts, modelOf(payload), models),
      };
    }
    case 'StartTransaction': {
      const evseId = evseOfConnector(station.config, Number(payload.connectorId));
      const id =
        call.transactionId ?? String((call.answer.kind === 'result' ? (call.answer.payload as Json).transactionId : undefined) ?? '');
      if (evseId === undefined || id === '') return heard;
      const startWh = Number(payload.meterStart);
      return started(heard, evseId, id, nowMs, { connectorId: Number(payload.connectorId), ...(Number.isFinite(startWh) && { startWh }) });
    }
    case 'StopTransaction':
      return ended(heard, String(payload.transactionId));
    case 'TransactionEvent': {
      const info = payload.transactionInfo as Json | undefined;
      const id = String(info?.transactionId ?? '');
      if (payload.eventType === 'Ended') return ended(heard, id);
      const placed = withPlace(heard, payload, id);
      const evseId = id === '' || payload.offline === true ? undefined : placeOf(placed, payload, isOld ? undefined : id);
      const running = evseId === undefined ? placed : started(placed, evseId, id, nowMs);
      return measured(told(running, id, payload), call, receivedAt, nowMs, voltageV);
    }
    case 'StatusNotification': {
      const status = payload.status ?? payload.connectorStatus;
      const evseId = payload.evseId === undefined ? evseOfConnector(station.config, Number(payload.connectorId)) : Number(payload.evseId);
      const demand = evseId === undefined ? undefined : station.demands[evseId];
      if (status !== 'Available' || isOld) return heard;
      const outletId = unconfiguredOutlet(station.config, call.ocppVersion, payload);
      if (outletId !== undefined) return withoutOutlet(heard, outletId);
      return demand !== undefined && isFreed(demand, call.ocppVersion, payload) ? ended(heard, demand.transactionId) : heard;
    }
    case 'NotifyEVChargingNeeds':
      return isOld ? heard : spoke(heard, payload, nowMs, voltageV);
    case 'NotifyEVChargingSchedule':
      return isOld ? heard : announced(heard, payload, isRefused(call), nowMs, voltageV);
    case 'NotifyPriorityCharging':
      return prioritised(heard, String(payload.transactionId), payload.activated === true, nowMs);
    case 'NotifyChargingLimit':
      return isOld ? heard : limitedFromOutside(heard, call, nowMs, voltageV);
    case 'ClearedChargingLimit':
      return isOld ? heard : freedFromOutside(heard, payload);
    case 'MeterValues':
      return isOld ? heard : measured(resumed(heard, payload, nowMs), call, receivedAt, nowMs, voltageV);
    default:
      return heard;
  }
}

/**
 * Where the event says, where an earlier one of its transaction said (E01: said once is enough), or where it ran before the station restarted: 2.1
 * goes on with it, and does not say again where (TxResumed).
 */
function placeOf(station: StationState, { evse }: Json, transactionId: string | undefined): number | undefined {
  const { config, ledger } = station;
  const named = (evse as Json | undefined)?.id ?? (transactionId === undefined ? undefined : placeOfTransaction(station, transactionId));
  if (named !== undefined) return config.evses.find(({ evseId }) => evseId === Number(named))?.evseId;
  return transactionId === undefined ? undefined : ledger.evses.find((each) => each.transactionId === transactionId)?.evseId;
}

/** Kept of transactions that are no demand: begun while the station was offline, or where nothing is configured. */
function withPlace(station: StationState, { evse, offline }: Json, transactionId: string): StationState {
  const outletId = Number((evse as Json | undefined)?.id);
  if (transactionId === '' || !(outletId > 0) || station.places?.[outletId] === transactionId) return station;
  const isDemand = offline !== true && station.config.evses.some(({ evseId }) => evseId === outletId);
  return isDemand ? withoutPlace(station, outletId) : { ...station, places: { ...station.places, [outletId]: transactionId } };
}

/** Which connector it uses, and whether a car was there: what `Available` is worth later. */
function told(station: StationState, transactionId: string, { evse, transactionInfo }: Json): StationState {
  const [evseId, demand] = Object.entries(station.demands).find(([, each]) => each.transactionId === transactionId) ?? [];
  if (evseId === undefined || demand === undefined) return station;
  const { connectorId = demand.connectorId } = (evse ?? {}) as { readonly connectorId?: number };
  const { chargingState } = (transactionInfo ?? {}) as { readonly chargingState?: string };
  const isPluggedIn = demand.isPluggedIn === true || (chargingState !== undefined && chargingState !== 'Idle');
  if (connectorId === demand.connectorId && isPluggedIn === (demand.isPluggedIn === true)) return station;
  const known = { ...demand, ...(connectorId !== undefined && { connectorId }), ...(isPluggedIn && { isPluggedIn }) };
  return { ...station, demands: { ...station.demands, [evseId]: known } };
}

/** Another connector of the EVSE is no news of the one in use. In 2.x a transaction may run before a car is plugged in: then it is free by right. */
const isFreed = (demand: Wanting, ocppVersion: OcppVersion, { connectorId }: Json): boolean =>
  (demand.connectorId === undefined || connectorId === undefined || demand.connectorId === Number(connectorId)) &&
  (ocppVersion === 'ocpp1.6' || demand.isPluggedIn === true);

/** They tell when something was, which may be long ago: a station keeps them while it is offline. */
const NOT_OF_NOW: ReadonlySet<string> = new Set([
  'NotifyDERAlarm',
  'NotifyDERStartStop',
  'NotifyEVChargingNeeds',
  'SecurityEventNotification',
]);

const isRefused = ({ answer }: CallReceived): boolean => answer.kind === 'result' && (answer.payload as Json).status === 'Rejected';

/**
 * Live messages alone tell what its clock says now: in 1.6 those after it answered a trigger on this connection, in 2.x those not `offline`.
 * In 1.6 whatever belongs to a transaction may have waited there all the same: where it speaks of another time, the clock is asked again.
 */
function withSkew(station: StationState, { ocppVersion, generation, action }: CallReceived, payload: Json, nowMs: number): StationState {
  const isLive = ocppVersion === 'ocpp1.6' ? station.facts.clockOn === generation.offset : payload.offline !== true;
  if (!isLive || NOT_OF_NOW.has(action)) return station;
  const told = payload.timestamp ?? ((payload.meterValue as readonly Json[] | undefined)?.[0]?.timestamp as unknown);
  const stationMs = typeof told === 'string' ? instantMs(told) : undefined;
  if (stationMs === undefined) return station;
  const { skew } = station.ledger;
  const mayHaveWaited = ocppVersion === 'ocpp1.6' && action !== 'StatusNotification';
  if (mayHaveWaited && skewBound(skew) !== undefined && isJump(skew, stationMs, nowMs)) {
    const { clockOn: _doubtful, ...facts } = station.facts;
    return (facts.clockAskedMs ?? 0) + DOUBT_AGAIN_MS > nowMs ? station : { ...station, facts };
  }
  return { ...station, ledger: { ...station.ledger, skew: observeSkew(skew, stationMs, nowMs) } };
}

interface OutsideLimit {
  readonly evseId?: number;
  readonly chargingSchedule?: readonly unknown[];
  readonly chargingLimit?: { readonly isLocalGeneration?: boolean; readonly chargingLimitSource?: string };
}

/** An energy manager at the site limits the station: our plan keeps below that until it is cleared. */
function limitedFromOutside(station: StationState, { ocppVersion, payload }: CallReceived, nowMs: number, voltageV: number): StationState {
  const { evseId = 0, chargingSchedule = [], chargingLimit } = payload as OutsideLimit;
  // What a roof adds is no limit (2.1).
  if (chargingLimit?.isLocalGeneration === true) return station;
  const cap = externalCap(ocppVersion, chargingSchedule, station.config, evseId, voltageV, nowMs);
  const ledger = withoutForeign(station.ledger, externalId(evseId));
  if (cap?.foreign === undefined) return { ...station, ledger };
  const foreign = { ...cap.foreign, limitSource: chargingLimit?.chargingLimitSource ?? 'Other' };
  const order = { ownerEpoch: -1, grantSeq: -1, commandId: '', requestedMs: nowMs, notAfterMs: nowMs };
  return { ...station, ledger: granted(ledger, { ...order, ...cap, foreign, state: 'accepted' }) };
}

/** Without an EVSE it is over for the whole station. */
function freedFromOutside(station: StationState, { evseId }: Json): StationState {
  const evseIds = evseId === undefined ? [0, ...station.config.evses.map((evse) => evse.evseId)] : [Number(evseId)];
  return { ...station, ledger: evseIds.reduce((ledger, id) => withoutForeign(ledger, externalId(id)), station.ledger) };
}

function modelOf(payload: Json): string {
  const told = (payload.chargingStation ?? payload) as Json;
  const { chargePointVendor = told.vendorName, chargePointModel = told.model, firmwareVersion = '' } = told;
  return [chargePointVendor, chargePointModel, firmwareVersion].join('/');
}

function started(
  station: StationState,
  evseId: number,
  transactionId: string,
  nowMs: number,
  { connectorId, startWh }: { readonly connectorId?: number; readonly startWh?: number } = {},
): StationState {
  const before = station.demands[evseId];
  if (before?.transactionId === transactionId) return station;
  const visiting = began(before ? left(station, before.transactionId) : station, evseId, transactionId, nowMs, startWh);
  const demand: Wanting = {
    transactionId,
    waitingSinceMs: nowMs,
    ...(connectorId !== undefined && { connectorId }),
    ...(visiting.visits[evseId]?.isAsking && { askedMs: nowMs }),
  };
  return {
    ...visiting,
    ledger: transactionStarted(before ? transactionEnded(station.ledger, before.transactionId) : station.ledger, evseId, transactionId),
    demands: { ...station.demands, [evseId]: demand },
  };
}

/** 1.6: a transaction that goes on after a boot is only heard of in its samples. */
function resumed(station: StationState, { connectorId, transactionId }: Json, nowMs: number): StationState {
  const evseId = evseOfConnector(station.config, Number(connectorId));
  const evse = station.ledger.evses.find((each) => each.evseId === evseId);
  if (evse === undefined || evse.transactionId !== String(transactionId) || evse.evseId in station.demands) return station;
  return started(station, evse.evseId, evse.transactionId, nowMs, { connectorId: Number(connectorId) });
}

function ended(before: StationState, transactionId: string): StationState {
  const station = withoutTransaction(before, transactionId);
  const demands = Object.fromEntries(Object.entries(station.demands).filter(([, demand]) => demand.transactionId !== transactionId));
  const measurements = Object.fromEntries(Object.entries(station.measured).filter(([evseId]) => evseId in demands));
  const gone = withoutFirstPlace(left(station, transactionId), transactionId);
  return { ...gone, ledger: transactionEnded(station.ledger, transactionId), demands, measured: measurements };
}

/** A configuration the owner accepted. */
export function configured(
  state: SiteState,
  version: number,
  change: Extract<SiteEvent, { type: 'ConfigurationAccepted' }>['data']['change'],
): SiteState {
  switch (change.kind) {
    case 'site': {
      return { ...state, version, config: change.config, configuredMs: state.nowMs };
    }
    case 'station': {
      const { config, credentialHash, assignmentSeq } = change;
      const before = stationIn(state, config.stationId);
      const hash = credentialHash ?? before?.credentialHash;
      const station: StationState = before
        ? { ...before, config, assignmentSeq, ledger: reconfigured(before.ledger, config) }
        : {
            config,
            assignmentSeq,
            ledger: newStationLedger(config),
            demands: {},
            measured: {},
            visits: {},
            quietUntilMs: 0,
            shown: {},
            facts: {},
          };
      return {
        ...state,
        version,
        stations: withEntry(
          state.stations,
          config.stationId,
          stillUnconfigured({ ...station, ...(hash !== undefined && { credentialHash: hash }) }),
        ),
      };
    }
    case 'stationRemoved': {
      return { ...state, version, stations: withoutEntry(state.stations, change.stationId) };
    }
    case 'siteRemoved': {
      const { config: _gone, plan: _over, ...rest } = state;
      return { ...rest, version, gridLimits: [], measurements: [], nodes: {}, shortfalls: [], exceeded: {} };
    }
  }
}

/** Forgets what no longer counts: of one station, or of all. */
export const prunedStation = (state: SiteState, stationId: string): SiteState =>
  withStation(state, stationId, (station) => withPruned(station, state.nowMs));
export const prunedSite = (state: SiteState): SiteState => {
  const stations = mapped(state.stations, (station) => withPruned(station, state.nowMs));
  return stations === state.stations ? state : { ...state, stations };
};

function withPruned(station: StationState, nowMs: number): StationState {
  const ledger = pruned(station.ledger, nowMs);
  return ledger === station.ledger ? station : { ...station, ledger };
}
