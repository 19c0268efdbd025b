// What stations say, message by message, and what that changes in what is known of them.
// Samples are samples.ts, needs of cars visits.ts, transactions transactions.ts.
import type { CallReceived } from '#contracts';
import { booted, connected, evseOfConnector } from '#domain/load-balancing';
import { correctionsFor, identityIn } from '#domain/quirks';
import type { OcppVersion } from '#ocpp';
import { prioritised } from './answers.js';
import { withSkew } from './clocks.js';
import { freedFromOutside, limitedFromOutside } from './limits-from-outside.js';
import { recognised } from './models.js';
import { measured } from './samples.js';
import type { SiteState, StationFacts, StationState } from './state.js';
import { ended, isFreed, isOver, placeOf, resumed, started, stopped, told, withPlace } from './transactions.js';
import { unconfiguredOutlet, withoutOutlet } from './unconfigured.js';
import { announced, spoke } from './visits.js';

type Json = Readonly<Record<string, unknown>>;

/** It is here on a connection of its own. */
export const met = (
  { lostAtMs: _back, asking: _lost, ...station }: StationState,
  ocppVersion: OcppVersion,
  connection: number,
  connectedMs: number,
): StationState => ({
  ...station,
  ocppVersion,
  connectedMs,
  heardMs: connectedMs,
  ledger: connected(station.ledger, connection),
  quietUntilMs: 0,
});

const MAY_MEAN_CURRENT: ReadonlySet<string> = new Set([
  'MeterValues',
  'StartTransaction',
  'StatusNotification',
  'StopTransaction',
  'TransactionEvent',
]);

export function absorbCall(
  before: StationState,
  call: CallReceived,
  receivedAt: string,
  { nowMs, config, models }: SiteState,
): StationState {
  const voltageV = config?.voltageV ?? 230;
  const payload = call.payload as Json;
  const { assignmentSeq, offset } = call.generation;
  const isOld = offset < before.ledger.connection && assignmentSeq <= before.assignmentSeq;
  const isNew = offset > before.ledger.connection && assignmentSeq === before.assignmentSeq;
  const station = isNew ? met(before, call.ocppVersion, offset, Date.parse(receivedAt)) : before;
  const heard = isOld ? station : withSkew(station, call, payload, nowMs);
  // Not taken, and perhaps not readable: only what may mean current is looked into all the same.
  if (call.answer.kind === 'error' && !MAY_MEAN_CURRENT.has(call.action)) return heard;
  switch (call.action) {
    case 'BootNotification': {
      const isAccepted = call.answer.kind === 'result' && (call.answer.payload as Json).status === 'Accepted';
      if (!isAccepted || isOld) return heard;
      const { asking: _unanswered, heartbeatS: _before, ...rest } = heard;
      const { interval } = call.answer.payload as Json;
      return {
        ...rest,
        ...(typeof interval === 'number' && interval > 0 && { heartbeatS: interval }),
        ledger: booted(heard.ledger),
        demands: {},
        quietUntilMs: 0,
        facts: withCorrections(recognised(heard.facts, modelOf(payload), models), payload),
      };
    }
    case 'StartTransaction': {
      const evseId = evseOfConnector(station.config, Number(payload.connectorId));
      const id =
        call.transactionId ?? String((call.answer.kind === 'result' ? (call.answer.payload as Json).transactionId : undefined) ?? '');
      if (evseId === undefined || id === '' || isOver(heard, id, payload)) return heard;
      const startWh = Number(payload.meterStart);
      return started(heard, evseId, id, nowMs, { connectorId: Number(payload.connectorId), ...(Number.isFinite(startWh) && { startWh }) });
    }
    case 'StopTransaction':
      return stopped(heard, String(payload.transactionId), payload, nowMs);
    case 'TransactionEvent': {
      const info = payload.transactionInfo as Json | undefined;
      const id = String(info?.transactionId ?? '');
      if (payload.eventType === 'Ended') return stopped(heard, id, payload, nowMs);
      const placed = withPlace(heard, payload, id);
      const isPast = id === '' || payload.offline === true || isOver(placed, id, payload);
      const evseId = isPast ? undefined : placeOf(placed, payload, isOld ? undefined : id);
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

const isRefused = ({ answer }: CallReceived): boolean => answer.kind === 'result' && (answer.payload as Json).status === 'Rejected';

function withCorrections({ corrections: _, ...facts }: StationFacts, payload: Json): StationFacts {
  const corrections = correctionsFor(identityIn(payload));
  return corrections === undefined ? facts : { ...facts, corrections };
}

function modelOf(payload: Json): string {
  const told = (payload.chargingStation ?? payload) as Json;
  const { chargePointVendor = told.vendorName, chargePointModel = told.model, firmwareVersion = '' } = told;
  return [chargePointVendor, chargePointModel, firmwareVersion].join('/');
}
