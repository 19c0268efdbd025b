// Reservations: an outlet kept for a driver until a time. Asked of the station by a command; what becomes of it is folded by the stations service.
import { z } from 'zod';
import { connectorMap, type StationConfig } from '#domain/load-balancing';
import { LIVE, reserveNow } from '#domain/reservation';
import type { World } from '#ports';
import { queryAsTenant } from '#service';
import * as answers from './answers/index.js';
import { requestCommand } from './commands.js';
import { ok, type Route, route } from './http.js';
import type { Lookups } from './lookups.js';
import { badRequest, conflict, notFound } from './problem.js';
import type { Reads } from './reads.js';
import { poll } from './requests.js';
import { findReservation, RESERVATION, reserve, STATES } from './reservation-book.js';
import * as shapes from './schemas.js';

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
  expiresAt: shapes.Timestamp,
});
const ReservationsQuery = z.object({
  stationId: shapes.StationIdText.optional(),
  state: z.enum(STATES).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

const STATION_ANSWERS_MS = 30_000;

export function reservationRoutes(world: World, reads: Reads, { siteOf }: Lookups): readonly Route[] {
  const find = (tenantId: string, reservationId: number) => findReservation(world, tenantId, reservationId);
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
      answer: answers.AskedReservation,
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
        const reservationId = 1 + Number.parseInt(world.ids.next().replaceAll('-', '').slice(-7), 16);
        const connectors = Object.entries(connectorMap(evses));
        const connectorOf = (evse: number): number => Number(connectors.find(([, at]) => at === evse)?.[0] ?? evse);
        const wish = { reservationId, evseId, connectorType, idToken, tokenType, groupId, expiresAt };
        const message = reserveNow(station?.ocppVersion === 'ocpp1.6', wish, connectorOf);
        const commandId = await reserve(world, { tenantId, stationId, reservationId, evseId, evses }, () =>
          send(tenantId, caller.name, stationId, 'ReserveNow', message),
        );
        return answer(tenantId, reservationId, commandId, ['requested'], query.wait);
      },
    }),
    route({
      method: 'get',
      path: '/v1/reservations',
      answer: answers.listOf(answers.Reservation),
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
      answer: answers.Reservation,
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
      answer: answers.AskedReservation,
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
