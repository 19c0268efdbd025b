// What stations hold beside their devices: certificates, local lists, reservations, messages.
import { objectOf, textOf, timeOf } from './strict-json.js';

/** A certificate of a station that is in force, or meant to be. */
export interface Certificate {
  readonly certificateId: string;
  readonly stationId: string;
  readonly type: string;
  readonly subject: string | null;
  readonly serialNumber: string | null;
  readonly notAfterMs: number;
  readonly alarm: string | null;
}

/** What a station holds beside its device. */
export interface Holding {
  readonly stationId: string;
  /** Null: it said nothing of a list. */
  readonly localList: { readonly state: string; readonly version: number | null; readonly entries: number | null } | null;
  /** Live ones. `evseId` null: any outlet. */
  readonly reservations: readonly { readonly reservationId: number; readonly evseId: number | null; readonly expiresAtMs: number | null }[];
  readonly messagesShown: number;
}

export function readCertificate(json: unknown): Certificate {
  const row = objectOf(json);
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    certificateId: textOf(row.certificateId, 'certificateId'),
    stationId: textOf(row.stationId, 'stationId'),
    type: textOf(row.type, 'type'),
    subject: text(row.subject),
    serialNumber: text(row.serialNumber),
    notAfterMs: timeOf(row.notAfter) ?? 0,
    alarm: text(row.alarm),
  };
}

export function readHolding(json: unknown): Holding {
  const row = objectOf(json);
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  const list = row.localList === null || row.localList === undefined ? null : objectOf(row.localList);
  const reservations = Array.isArray(row.reservations) ? row.reservations.map(objectOf) : [];
  return {
    stationId: textOf(row.stationId, 'stationId'),
    localList: list && { state: textOf(list.state, 'localList.state'), version: number(list.version), entries: number(list.entries) },
    reservations: reservations.map(({ reservationId, evseId, expiresAt }) => ({
      reservationId: Number(reservationId),
      evseId: number(evseId),
      expiresAtMs: timeOf(expiresAt) ?? null,
    })),
    messagesShown: number(row.messagesShown) ?? 0,
  };
}
