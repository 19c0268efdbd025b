// The book of reservations: one live reservation of an outlet at a time, whichever route asks for it.
// How one is asked for, and what becomes of it, is told elsewhere.
import type { StationConfig } from '#domain/load-balancing';
import { LIVE } from '#domain/reservation';
import type { World } from '#ports';
import { queryAsTenant } from '#service';
import { locked } from './lock.js';
import { conflict } from './problem.js';
import { poll } from './requests.js';

export const STATES = ['requested', 'active', 'unknown', 'refused', 'used', 'cancelled', 'expired', 'removed', 'noTransaction'] as const;

export const RESERVATION = `select reservation_id as "reservationId", station_id as "stationId", site_id as "siteId", nullif(evse_id, 0) as "evseId",
  connector_type as "connectorType", token_type as "tokenType", token_hash as "tokenHash", expires_at as "expiresAt", state, reason,
  transaction_id as "transactionId", requested_by as "requestedBy", command_id as "commandId", requested_at as "requestedAt", changed_at as "changedAt"
  from reservations where tenant_id = $1`;

export interface ReservationRow {
  readonly reservationId: number;
  readonly stationId: string;
  readonly siteId: string;
  readonly evseId: number | null;
  readonly state: (typeof STATES)[number];
}

export interface Reserving {
  readonly tenantId: string;
  readonly stationId: string;
  readonly reservationId: number;
  /** Absent = any. */
  readonly evseId?: number | undefined;
  readonly evses: StationConfig['evses'];
}

const ROWS_SHOW_IT_MS = 10_000;

const nameOf = ({ reservationId, state }: ReservationRow): string => `${reservationId} (${state})`;
const reserved = (detail: string) => conflict(detail, [{ path: 'evseId', message: detail }]);

export const findReservation = async (
  { database }: Pick<World, 'database'>,
  tenantId: string,
  reservationId: number,
): Promise<ReservationRow | undefined> => {
  const text = `${RESERVATION} and reservation_id = $2 order by requested_at desc limit 1`;
  return (await queryAsTenant<ReservationRow>(database, tenantId, text, [tenantId, reservationId])).rows[0];
};

/** Of two at one time the second sees what became of the first: the station alone would tell them apart otherwise. Rejects with a problem where no outlet is left. */
export function reserve<T>(
  world: World,
  { tenantId, stationId, reservationId, evseId, evses }: Reserving,
  send: () => Promise<T>,
): Promise<T> {
  return locked(world, tenantId, `reservations of ${stationId}`, async () => {
    const text = `${RESERVATION} and station_id = $2 and state = any($3) and (expires_at is null or expires_at > $4) and reservation_id <> $5`;
    const values = [tenantId, stationId, LIVE, new Date(world.clock.now()).toISOString(), reservationId];
    const { rows: live } = await queryAsTenant<ReservationRow>(world.database, tenantId, text, values);
    const inTheWay = evseId === undefined ? undefined : live.find((each) => each.evseId === evseId);
    if (inTheWay !== undefined) throw reserved(`EVSE ${evseId} is reserved already: ${nameOf(inTheWay)}`);
    if (evses.length > 0 && live.length >= evses.length)
      throw reserved(`every outlet of ${stationId} is reserved already: ${live.map(nameOf).join(', ')}`);
    const sent = await send();
    await poll(world, ROWS_SHOW_IT_MS, () => findReservation(world, tenantId, reservationId));
    return sent;
  });
}
