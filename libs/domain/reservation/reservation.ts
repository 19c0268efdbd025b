// A reservation as its station and its time make it (2.x H01 to H04, 1.6 5.2 and 5.13):
//   requested → active | refused | unknown; active, unknown → used | cancelled | expired | removed | noTransaction.
// Unknown: it was sent and not answered; the outlet may be kept. Who asks for one, and when, is an operator's business.

export type ReservationState =
  | 'requested'
  | 'active'
  | 'unknown'
  | 'refused'
  | 'used'
  | 'cancelled'
  | 'expired'
  | 'removed'
  | 'noTransaction';

export const LIVE: readonly ReservationState[] = ['requested', 'active', 'unknown'];

export interface Reservation {
  readonly reservationId: number;
  /** 0 = any. */
  readonly evseId: number;
  readonly connectorType?: string;
  /** Absent where the token could not be read. */
  readonly tokenHash?: string;
  readonly tokenType?: string;
  /** Sealed. */
  readonly idToken?: string;
  /** Milliseconds since 1970; absent = the message named no readable time. */
  readonly expiresMs?: number;
}

type Json = Readonly<Record<string, unknown>>;
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

/** OCPP integers are of 32 bits. */
const LARGEST_ID = 2 ** 31 - 1;

/** What a ReserveNow of either version asks for; undefined where it names no reservation. `evseOf`: 1.6 connector → EVSE. */
export function reservationIn(payload: Json, evseOf: (connectorId: number) => number): Reservation | undefined {
  const reservationId = payload.id ?? payload.reservationId;
  if (!Number.isInteger(reservationId) || Math.abs(reservationId as number) > LARGEST_ID) return undefined;
  const { idToken, type } = asObject(payload.idToken);
  const sealed = idToken ?? payload.idTag;
  const place = typeof payload.connectorId === 'number' ? evseOf(payload.connectorId) : payload.evseId;
  const expiresMs = Date.parse(String(payload.expiryDateTime ?? payload.expiryDate));
  const tokenHash = typeof sealed === 'string' ? subjectOf(sealed) : undefined;
  return {
    reservationId: reservationId as number,
    evseId: typeof place === 'number' ? place : 0,
    ...(typeof payload.connectorType === 'string' && { connectorType: payload.connectorType }),
    ...(tokenHash !== undefined && { tokenHash }),
    ...(typeof sealed === 'string' && { idToken: sealed }),
    ...(typeof type === 'string' && { tokenType: type }),
    ...(Number.isFinite(expiresMs) && { expiresMs }),
  };
}

/** A token is sealed under its own pseudonym: `sealed:v1:<subject>:…` */
const subjectOf = (sealed: string): string | undefined => /^sealed:v1:([^:]+):/.exec(sealed)?.[1];

/** What the station's answer to ReserveNow makes of it. */
export const answeredState = (status: unknown): ReservationState => (status === 'Accepted' ? 'active' : 'refused');

/** ReservationStatusUpdate (2.x). */
export function updatedState(status: unknown): ReservationState | undefined {
  switch (status) {
    case 'Expired':
      return 'expired';
    case 'Removed':
      return 'removed';
    case 'NoTransaction':
      return 'noTransaction';
    default:
      return undefined;
  }
}

export interface ReservationWish {
  readonly reservationId: number;
  /** Absent = any. */
  readonly evseId?: number | undefined;
  readonly connectorType?: string | undefined;
  readonly idToken: string;
  readonly tokenType: string;
  readonly groupId?: string | undefined;
  /** ISO 8601 */
  readonly expiresAt: string;
}

/** ReserveNow in the words of a version. `connectorOf`: EVSE → its (first) connector of 1.6, where 0 is any. */
export function reserveNow(is16: boolean, wish: ReservationWish, connectorOf: (evseId: number) => number): object {
  const { reservationId, evseId, connectorType, idToken, tokenType, groupId, expiresAt } = wish;
  if (is16)
    return {
      connectorId: evseId === undefined ? 0 : connectorOf(evseId),
      expiryDate: expiresAt,
      idTag: idToken,
      reservationId,
      ...(groupId !== undefined && { parentIdTag: groupId }),
    };
  return {
    id: reservationId,
    expiryDateTime: expiresAt,
    idToken: { idToken, type: tokenType },
    ...(evseId !== undefined && { evseId }),
    ...(connectorType !== undefined && { connectorType }),
    ...(groupId !== undefined && { groupIdToken: { idToken: groupId, type: 'Central' } }),
  };
}
