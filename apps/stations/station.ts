// What every part may ask about a station: whether it is configured here, how it is connected, what it said it is.
// Sessions and sockets are others' business.
import type { CallReceived, Recorded, SiteEvent } from '#contracts';
import { correctionsFor, type Inquiries, identityIn, isAsked } from '#domain/quirks';
import { sha256 } from '#kernel';
import type { OcppVersion } from '#ocpp';
import { type Generation, isNewer, isOvertaken } from '#ports';
import { asObject, asText } from './json.js';

export interface Station {
  readonly tenantId: string;
  readonly siteId: string;
  readonly stationId: string;
  /** Configured at this site, and not moved or deleted since. */
  readonly isConfigured: boolean;
  readonly evseIds: readonly number[];
  readonly isOnline: boolean;
  readonly connectionId?: string;
  readonly generation?: Generation;
  /** When that connection was asked for; absent where it was only heard, and in states of before it was kept. */
  readonly connectedMs?: number;
  readonly ocppVersion?: OcppVersion;
  /** From its last boot. */
  readonly vendor?: string;
  readonly model?: string;
  readonly serialNumber?: string;
  readonly firmwareVersion?: string;
  readonly bootStatus?: string;
  /** As configured; absent = as its model is known for. */
  readonly inquiries?: Inquiries;
  /** Its model is known not to bear being asked. */
  readonly isShy?: true;
  /** The event it told last. */
  readonly event?: ToldEvent;
}

interface ToldEvent {
  readonly connectionId: string;
  readonly hash: string;
}

/** They name their own instant, and each is a row: what else comes again says what is so already. */
const EVENTS: ReadonlySet<string> = new Set(['NotifyDERAlarm', 'NotifyEvent', 'SecurityEventNotification']);

/** A station that lost its line before the answer tells its last event once more, under whatever message id: that is no other event. */
export const isToldAgain = ({ event }: Station, { action, connectionId, payload }: CallReceived): boolean =>
  event !== undefined && EVENTS.has(action) && event.connectionId !== connectionId && event.hash === hashOf(payload);

const hashOf = (payload: unknown): string => sha256(JSON.stringify(payload));

/** Whether it is asked anything by itself: what nobody wants to know is not worth a station that goes down over it. */
export const mayBeAsked = ({ isConfigured, inquiries, isShy }: Station): boolean =>
  isConfigured && isAsked(inquiries, isShy && { inquiries: 'none' });

/** Records that bear on it, beside BootNotification; a removed station is no longer sent anything. */
export const STATION_FACTS: readonly SiteEvent['type'][] = [
  'ConfigurationAccepted',
  'PingsAnswered',
  'StationConnected',
  'StationDisconnected',
  'StationPresumedOffline',
];

export const isOldConnection = ({ generation }: Pick<Station, 'generation'>, call: Pick<CallReceived, 'generation'>): boolean =>
  generation !== undefined && isNewer(generation, call.generation);

/** The same object when nothing changed. */
export function evolveStation(station: Station, { type, data, at, time }: Recorded<SiteEvent>): Station {
  switch (type) {
    case 'ConfigurationAccepted': {
      const { change } = data;
      if (change.kind === 'stationRemoved') return { ...station, isConfigured: false };
      if (change.kind !== 'station') return station;
      const { inquiries: _, ...rest } = station;
      const { evses, inquiries } = change.config;
      return { ...rest, isConfigured: true, evseIds: evses.map(({ evseId }) => evseId), ...(inquiries && { inquiries }) };
    }
    case 'StationConnected': {
      const connectedMs = Date.parse(time);
      if (isOvertaken(connectedMs, station.connectedMs)) return station;
      const generation = { assignmentSeq: data.assignmentSeq, offset: at.offset };
      const { connectionId, ocppVersion } = data;
      return { ...station, isOnline: true, connectionId, generation, connectedMs, ocppVersion };
    }
    case 'StationDisconnected':
      return station.connectionId === data.connectionId ? { ...station, isOnline: false } : station;
    case 'PingsAnswered':
      return station.connectionId === data.connectionId && !station.isOnline ? { ...station, isOnline: true } : station;
    case 'StationPresumedOffline':
      return { ...station, isOnline: false };
    case 'CallReceived':
      return isOldConnection(station, data) ? station : called(station, data);
    default:
      return station;
  }
}

function called(station: Station, call: CallReceived): Station {
  const { connectionId, generation, ocppVersion } = call;
  const isSame = station.isOnline && station.connectionId === connectionId && station.ocppVersion === ocppVersion;
  const known = isSame ? station : { ...station, isOnline: true, connectionId, generation, ocppVersion };
  const isEvent = EVENTS.has(call.action) && call.answer.kind === 'result';
  const heard = isEvent ? { ...known, event: { connectionId, hash: hashOf(call.payload) } } : known;
  return call.action === 'BootNotification' && call.answer.kind === 'result' ? booted(heard, call) : heard;
}

function booted(station: Station, { payload, answer }: CallReceived): Station {
  const boot = asObject(payload);
  const said = { ...boot, ...asObject(boot.chargingStation) };
  const { vendor: _, model: __, serialNumber: ___, firmwareVersion: ____, isShy: _____, ...rest } = station;
  const named = {
    vendor: asText(said.vendorName ?? said.chargePointVendor),
    model: asText(said.model ?? said.chargePointModel),
    serialNumber: asText(said.serialNumber ?? said.chargePointSerialNumber),
    firmwareVersion: asText(said.firmwareVersion),
  };
  const told = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== ''));
  const isShy = correctionsFor(identityIn(payload))?.inquiries === 'none';
  return { ...rest, ...told, ...(isShy && { isShy }), bootStatus: answer.kind === 'result' ? asText(asObject(answer.payload).status) : '' };
}
