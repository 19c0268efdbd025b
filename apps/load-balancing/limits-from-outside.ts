// Limits that an energy manager at the site sets: our plan keeps below them until they are cleared.
// How their schedules are read is the domain's.
import type { CallReceived } from '#contracts';
import { externalCap, externalId, granted, withoutForeign } from '#domain/load-balancing';
import type { StationState } from './state.js';

type Json = Readonly<Record<string, unknown>>;

interface OutsideLimit {
  readonly evseId?: number;
  readonly chargingSchedule?: readonly unknown[];
  readonly chargingLimit?: { readonly isLocalGeneration?: boolean; readonly chargingLimitSource?: string };
}

/** An energy manager at the site limits the station: our plan keeps below that until it is cleared. */
export function limitedFromOutside(
  station: StationState,
  { ocppVersion, payload }: CallReceived,
  nowMs: number,
  voltageV: number,
): StationState {
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
export function freedFromOutside(station: StationState, { evseId }: Json): StationState {
  const evseIds = evseId === undefined ? [0, ...station.config.evses.map((evse) => evse.evseId)] : [Number(evseId)];
  return { ...station, ledger: evseIds.reduce((ledger, id) => withoutForeign(ledger, externalId(id)), station.ledger) };
}
