// What a station's stream tells about where its meter values belong: EVSEs behind connectors and transactions, and when it was cut off.
// What the values mean is decided in libs/domain/metering.
import type { NetworkEvent, Recorded, SiteEvent } from '#contracts';
import { type EvseConfig, evseOfConnector, powerShare } from '#domain/load-balancing';
import { type EvseContext, type Outage, outageUntil } from '#domain/metering';
import { type Corrections, correctionsFor, identityIn } from '#domain/quirks';
import type { Seen } from './seen.js';

export interface StationPlace {
  readonly evses: readonly EvseConfig[];
  /** Newest last; 1.6 stops and 2.0.1 updates name the transaction only. */
  readonly transactions: readonly { readonly transactionId: string; readonly evseId: number; readonly connectorId?: number }[];
  readonly disconnectedAt?: string;
  readonly outage?: Outage;
  /** What its model of the last boot gets wrong. */
  readonly corrections?: Corrections;
  /** What was odd in its messages so far. */
  readonly seen?: Seen;
  /** The message with values it sent last. */
  readonly told?: { readonly connectionId: string; readonly gist: string };
}

export const UNKNOWN_PLACE: StationPlace = { evses: [], transactions: [] };

/** As many transactions as are remembered of one station. */
const REMEMBERED = 32;
const HIGHEST_VOLTAGE_V = 253;

export function evolvePlace(place: StationPlace, { type, data, time }: Recorded<SiteEvent | NetworkEvent>): StationPlace {
  switch (type) {
    case 'StationDisconnected':
      return { ...place, disconnectedAt: time };
    case 'StationConnected': {
      const { disconnectedAt, ...rest } = place;
      // One that was asked for before the link was lost did not bring it back.
      return disconnectedAt === undefined || time < disconnectedAt
        ? place
        : { ...rest, outage: outageUntil(time, disconnectedAt, place.outage) };
    }
    case 'ConfigurationAccepted':
      return data.change.kind === 'station' ? { ...place, evses: data.change.config.evses } : place;
    case 'CallReceived':
      return data.action === 'BootNotification' ? booted(place, data) : remember(place, data);
    default:
      return place;
  }
}

/** Another station may hang there since the last boot. */
function booted({ corrections: _, ...place }: StationPlace, { payload }: Call): StationPlace {
  const corrections = correctionsFor(identityIn(payload));
  return corrections === undefined ? place : { ...place, corrections };
}

type Call = Extract<SiteEvent, { type: 'CallReceived' }>['data'];

function remember(place: StationPlace, call: Call): StationPlace {
  const { transactionId, evseId, connectorId } = namedIn(call);
  if (transactionId === undefined || evseId === undefined || evseId === 0) return place;
  const where = place.evses.length > 0 && call.ocppVersion === 'ocpp1.6' ? (evseOfConnector(place, evseId) ?? evseId) : evseId;
  const known = place.transactions.find((one) => one.transactionId === transactionId);
  if (known?.evseId === where && known.connectorId === connectorId) return place;
  const entry = { transactionId, evseId: where, ...(connectorId !== undefined && { connectorId }) };
  return { ...place, transactions: [...place.transactions.filter((one) => one !== known), entry].slice(-REMEMBERED) };
}

/** What a call says of itself; in 1.6 the connector stands for the EVSE until the configuration translates it. */
function namedIn({ ocppVersion, action, payload, transactionId }: Call): {
  readonly transactionId?: string;
  readonly evseId?: number;
  readonly connectorId?: number;
} {
  const body = asObject(payload);
  if (ocppVersion === 'ocpp1.6') {
    const connectorId = asNumber(body.connectorId);
    const id = action === 'StartTransaction' ? transactionId : asId(body.transactionId);
    return { ...(id !== undefined && { transactionId: id }), ...(connectorId !== undefined && { evseId: connectorId, connectorId }) };
  }
  const evse = asObject(body.evse);
  const [id, evseId, connectorId] = [
    asId(asObject(body.transactionInfo).transactionId),
    asNumber(evse.id) ?? asNumber(body.evseId),
    asNumber(evse.connectorId),
  ];
  return {
    ...(id !== undefined && { transactionId: id }),
    ...(evseId !== undefined && { evseId }),
    ...(connectorId !== undefined && { connectorId }),
  };
}

/** For the normaliser: the EVSE by the transaction, by the connector, or because there is only one. */
export function contextOf(place: StationPlace, call: Call): EvseContext {
  const named = namedIn(call);
  const known = place.transactions.find(({ transactionId }) => transactionId === named.transactionId);
  const translated = named.evseId !== undefined && call.ocppVersion === 'ocpp1.6' ? evseOfConnector(place, named.evseId) : undefined;
  const said = named.evseId === 0 ? undefined : (translated ?? named.evseId);
  // Connector 0 is the station's own meter, whatever transaction runs; a message without any place belongs to the only EVSE there is.
  const only = named.evseId === undefined && place.evses.length === 1 ? place.evses[0]?.evseId : undefined;
  const evseId = said ?? (named.evseId === 0 ? 0 : (known?.evseId ?? only));
  const connectorId = named.connectorId ?? known?.connectorId;
  const maxPowerW = powerOf(place.evses.find((evse) => evse.evseId === evseId));
  return {
    ...(evseId !== undefined && { evseId }),
    ...(connectorId !== undefined && { connectorId }),
    ...(named.transactionId !== undefined && { transactionId: named.transactionId }),
    ...(place.outage !== undefined && { outage: place.outage }),
    ...(maxPowerW !== undefined && { maxPowerW }),
    ...(place.corrections?.unitOverrides && { unitOverrides: place.corrections.unitOverrides }),
  };
}

function powerOf(evse: EvseConfig | undefined): number | undefined {
  if (evse === undefined) return undefined;
  return evse.maxA * HIGHEST_VOLTAGE_V * powerShare(evse.phases);
}

type Json = Readonly<Record<string, unknown>>;
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {});
const asNumber = (value: unknown): number | undefined => (typeof value === 'number' && Number.isInteger(value) ? value : undefined);
const asId = (value: unknown): string | undefined =>
  typeof value === 'number' ? String(value) : typeof value === 'string' && value !== '' ? value : undefined;
