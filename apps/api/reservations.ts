// Reservations: an outlet kept for a driver until a time. Asked of the station by a command; what becomes of it is folded by the stations service.
import { z } from 'zod';
import { connectorMap, type StationConfig } from '#domain/load-balancing';
import { LIVE, reserveNow } from '#domain/reservation';
import type { World } from '#ports';
import { queryAsTenant } from '#service';
import { requestCommand } from './commands.js';
import { ok, type Route, route } from './http.js';
import type { Lookups } from './lookups.js';
import { badRequest, conflict, notFound } from './problem.js';
import type { Reads } from './reads.js';
import { poll } from './requests.js';
import * as shapes from './schemas.js';
import { inTurn } from './turns.js';

const STATES = ['requested', 'active', 'unknown', 'refused', 'used', 'cancelled', 'expired', 'removed', 'noTransaction'] as const;
const ReservationId = z.object({ reservationId: z.coerce.number().int().min(1).max(2_147_483_647) });
const Wait = z.object({
  wait: z.enum(['true', 'false']).optional().describe('true: answered once the station did, or half a minute is over'),
});
const ReservationBody = z.strictObject({
  stationId: shapes.StationIdText,
  evseId: z.number().int().min(1).max(1000).optional().describe('absent = any outlet of the station'),
  connectorType: z.string().min(1).max(20).optional().describe('2.x: any outlet with a connector of this type'),
  tokenType: shapes.TokenType.optional(),
  idToken: z.string().min(1).max(36),
  groupId: z.string().min(1).max(36).optional().describe('whoever is of this group may come instead'),
  expiresAt: z.iso.datetime({ offset: true }),
});
const ReservationsQuery = z.object({
  stationId: shapes.StationIdText.optional(),
  state: z.enum(STATES).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

const RESERVATION = `select reservation_id as "reservationId", station_id as "stationId", site_id as "siteId", nullif(evse_id, 0) as "evseId",
  connector_type as "connectorType", token_type as "tokenType", token_hash as "tokenHash", expires_at as "expiresAt", state, reason,
  transaction_id as "transactionId", requested_by as "requestedBy", command_id as "commandId", requested_at as "requestedAt", changed_at as "changedAt"
  from reservations where tenant_id = $1`;

interface ReservationRow {
  readonly reservationId: number;
  readonly stationId: string;
  readonly siteId: string;
  readonly evseId: number | null;
  readonly state: (typeof STATES)[number];
}

const STATION_ANSWERS_MS = 30_000;
const ROWS_SHOW_IT_MS = 10_000;

const nameOf = ({ reservationId, state }: ReservationRow): string => `${reservationId} (${state})`;
const reserved = (detail: string) => conflict(detail, [{ path: 'evseId', message: detail }]);

export function reservationRoutes(world: World, reads: Reads, { siteOf }: Lookups): readonly Route[] {
  const find = async (tenantId: string, reservationId: number): Promise<ReservationRow | undefined> => {
    const text = `${RESERVATION} and reservation_id = $2 order by requested_at desc limit 1`;
    return (await queryAsTenant<ReservationRow>(world.database, tenantId, text, [tenantId, reservationId])).rows[0];
  };
  const liveAt = async (tenantId: string, stationId: string): Promise<readonly ReservationRow[]> =>
    (
      await queryAsTenant<ReservationRow>(
        world.database,
        tenantId,
        `${RESERVATION} and station_id = $2 and state = any($3) and (expires_at is null or expires_at > $4)`,
        [tenantId, stationId, LIVE, new Date(world.clock.now()).toISOString()],
      )
    ).rows;
  /** With `wait` the reservation as it is once it left the state it was in; else what is on its way. */
  const answer = async (tenantId: string, reservationId: number, commandId: string, from: readonly string[], wait: string | undefined) => {
    const location = `/v1/reservations/${reservationId}`;
    if (wait !== 'true') return { status: 202, body: { reservationId, commandId }, headers: { location } };
    const look = () => find(tenantId, reservationId);
    const ended = await poll(world, STATION_ANSWERS_MS + 5_000, async () => {
      const now = await look();
      return now !== undefined && !from.includes(now.state) ? now : undefined;
    });
    return ok(ended ?? (await look()) ?? { reservationId, commandId }, { location });
  };
  const send = async (tenantId: string, by: string, stationId: string, action: string, payload: object): Promise<string> => {
    const station = await reads.station(tenantId, stationId);
    return requestCommand(world, {
      tenantId,
      siteId: await siteOf(tenantId, stationId),
      stationId,
      ocppVersion: station?.ocppVersion ?? null,
      action,
      payload: payload as Readonly<Record<string, unknown>>,
      timeoutMs: STATION_ANSWERS_MS,
      requestedBy: `api:${by}`,
      idempotencyKey: undefined,
    });
  };
  return [
    route({
      method: 'post',
      path: '/v1/reservations',
      summary: 'Keep an outlet for a driver; one that is reserved already is refused',
      query: Wait,
      body: ReservationBody,
      answers: {
        200: 'with wait=true: what the station said',
        202: 'durable and on its way',
        409: 'the outlet is reserved, or no outlet is left',
      },
      async handle({ caller, query, body }) {
        const { tenantId } = caller;
        const { stationId, evseId, connectorType, idToken, tokenType = 'ISO14443', groupId, expiresAt } = body;
        await siteOf(tenantId, stationId);
        if (Date.parse(expiresAt) <= world.clock.now()) throw badRequest('expiresAt: is past', [{ path: 'expiresAt', message: 'is past' }]);
        const station = await reads.station(tenantId, stationId);
        const { evses = [] } = (station?.config ?? {}) as Partial<StationConfig>;
        if (evseId !== undefined && evses.length > 0 && !evses.some((evse) => evse.evseId === evseId))
          throw notFound(`the EVSE ${evseId} of ${stationId}`);
        // Of two at one time the second sees what became of the first: the station alone would tell them apart otherwise.
        const { reservationId, commandId } = await inTurn(world, tenantId, `reservations of ${stationId}`, async () => {
          const live = await liveAt(tenantId, stationId);
          const inTheWay = evseId === undefined ? undefined : live.find((each) => each.evseId === evseId);
          if (inTheWay !== undefined) throw reserved(`EVSE ${evseId} is reserved already: ${nameOf(inTheWay)}`);
          if (evses.length > 0 && live.length >= evses.length)
            throw reserved(`every outlet of ${stationId} is reserved already: ${live.map(nameOf).join(', ')}`);
          const id = 1 + Number.parseInt(world.ids.next().replaceAll('-', '').slice(-7), 16);
          const connectors = Object.entries(connectorMap(evses));
          const connectorOf = (evse: number): number => Number(connectors.find(([, at]) => at === evse)?.[0] ?? evse);
          const is16 = station?.ocppVersion === 'ocpp1.6';
          const wish = { reservationId: id, evseId, connectorType, idToken, tokenType, groupId, expiresAt };
          const sent = await send(tenantId, caller.name, stationId, 'ReserveNow', reserveNow(is16, wish, connectorOf));
          await poll(world, ROWS_SHOW_IT_MS, () => find(tenantId, id));
          return { reservationId: id, commandId: sent };
        });
        return answer(tenantId, reservationId, commandId, ['requested'], query.wait);
      },
    }),
    route({
      method: 'get',
      path: '/v1/reservations',
      summary: 'Reservations and what became of them, newest first; unknown = sent and not answered, the outlet may be kept',
      query: ReservationsQuery,
      async handle({ caller, query }) {
        const { stationId = null, state = null, limit } = query;
        const text = `${RESERVATION} and ($2::text is null or station_id = $2) and ($3::text is null or state = $3) order by requested_at desc, reservation_id limit $4`;
        const { rows } = await queryAsTenant(world.database, caller.tenantId, text, [caller.tenantId, stationId, state, limit]);
        return ok({ items: rows });
      },
    }),
    route({
      method: 'get',
      path: '/v1/reservations/{reservationId}',
      summary: 'A reservation and what became of it',
      params: ReservationId,
      async handle({ caller, params }) {
        const found = await find(caller.tenantId, params.reservationId);
        if (found === undefined) throw notFound(`the reservation ${params.reservationId}`);
        return ok(found);
      },
    }),
    route({
      method: 'delete',
      path: '/v1/reservations/{reservationId}',
      summary: 'Call a reservation off',
      params: ReservationId,
      query: Wait,
      answers: {
        200: 'with wait=true: how it stands',
        202: 'durable and on its way',
        404: 'no such reservation',
        409: 'it has ended already',
      },
      async handle({ caller, params, query }) {
        const { tenantId } = caller;
        const { reservationId } = params;
        const found = await find(tenantId, reservationId);
        if (found === undefined) throw notFound(`the reservation ${reservationId}`);
        if (!LIVE.includes(found.state)) throw conflict(`the reservation ${reservationId} has ended: ${found.state}`);
        const commandId = await send(tenantId, caller.name, found.stationId, 'CancelReservation', { reservationId });
        return answer(tenantId, reservationId, commandId, LIVE, query.wait);
      },
    }),
  ];
}
