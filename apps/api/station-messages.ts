// Messages to stations and how they went, and what came from stations that nobody could read.
import { z } from 'zod';
import { connectorMap, type StationConfig } from '#domain/load-balancing';
import { reservationIn } from '#domain/reservation';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { certificateReads } from './certificate-reads.js';
import { refuseDeletion } from './certificates.js';
import { refuseSecondProfile, requestCommand, untilEnded } from './commands.js';
import { ok, type Route, route } from './http.js';
import { AnyId, type Lookups, StationId } from './lookups.js';
import { replayFrame } from './parked.js';
import { notFound } from './problem.js';
import type { Reads } from './reads.js';
import { poll } from './requests.js';
import { reserve } from './reservation-book.js';
import { mayAskStations } from './roles.js';
import * as shapes from './schemas.js';

const ROWS_SHOW_IT_MS = 2_000;

export function stationMessageRoutes(world: World, reads: Reads, { siteOf }: Lookups): readonly Route[] {
  const certificates = certificateReads(world);
  return [
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/commands',
      answer: answers.AskedCommand,
      summary: 'Send an OCPP message to a station',
      params: StationId,
      query: shapes.CommandQuery,
      body: shapes.CommandBody,
      answers: {
        200: 'with wait=true: how it ended',
        202: 'durable and on its way',
        409: 'SetChargingProfile: another profile of its level and purpose is valid there, with its id; ReserveNow: the outlet is reserved, or none is left; RemoteStartTransaction, RequestStartTransaction: the token is not accepted there, with what it is worth',
      },
      async handle({ caller, params, query, body, headers }) {
        const { tenantId } = caller;
        const siteId = await siteOf(tenantId, params.stationId);
        const station = await reads.station(tenantId, params.stationId);
        if (body.action === 'DeleteCertificate') await refuseDeletion(certificates, reads, tenantId, params.stationId, body.payload);
        const key = headers['idempotency-key'];
        const { evses = [] } = (station?.config ?? {}) as Partial<StationConfig>;
        const send = () =>
          requestCommand(world, {
            tenantId,
            siteId,
            stationId: params.stationId,
            ocppVersion: station?.ocppVersion ?? null,
            ...body,
            requestedBy: `api:${caller.name}`,
            idempotencyKey: typeof key === 'string' && key !== '' ? key : undefined,
          });
        const reservation = body.action === 'ReserveNow' ? reservationIn(body.payload, (id) => connectorMap(evses)[id] ?? id) : undefined;
        const commandId = await (reservation === undefined
          ? send()
          : reserve(
              world,
              { tenantId, stationId: params.stationId, ...reservation, evseId: reservation.evseId || undefined, evses },
              send,
            ));
        if (body.action === 'SetChargingProfile') await refuseSecondProfile(world, () => reads.command(tenantId, commandId));
        if (query.wait !== 'true') return { status: 202, body: { commandId }, headers: { location: `/v1/commands/${commandId}` } };
        await untilEnded(world, body.timeoutMs + 5_000, () => reads.command(tenantId, commandId));
        return ok((await reads.command(tenantId, commandId, true)) ?? { commandId, state: 'queued' });
      },
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/parked-frames',
      answer: answers.pageOf(answers.ParkedFrame),
      summary: 'Frames of the station that nobody could read, newest first; words that are not of OCPP are masked',
      params: StationId,
      query: shapes.Page,
      async handle({ caller, params, query }) {
        await siteOf(caller.tenantId, params.stationId);
        return ok(await reads.parkedFrames(caller.tenantId, params.stationId, query));
      },
    }),
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/parked-frames/{frameId}/replay',
      answer: answers.ReplayedFrame,
      summary: 'Record what a parked frame reports, as it came or repaired',
      params: z.object({ stationId: shapes.StationIdText, frameId: z.uuid() }),
      body: shapes.ReplayBody,
      answers: { 202: 'durable, as the call `eventId`', 409: 'replayed before, or not kept whole' },
      async handle({ caller, params, body }) {
        const { tenantId } = caller;
        const frame = await reads.parkedFrame(tenantId, params.stationId, params.frameId);
        if (frame === undefined) throw notFound(`the parked frame ${params.frameId}`);
        const siteId = await siteOf(tenantId, params.stationId);
        const replay = { tenantId, siteId, stationId: params.stationId, frame, repaired: body.frame, requestedBy: caller.name };
        return { status: 202, body: { eventId: await replayFrame(world, replay) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/parked-records',
      answer: answers.pageOf(answers.ParkedRecord),
      summary: 'Records of the log a service could not understand and passed by',
      query: shapes.ParkedRecordsQuery,
      handle: async ({ caller, query }) => ok(await reads.parkedRecords(caller.tenantId, query)),
    }),
    route({
      method: 'get',
      path: '/v1/commands/{id}',
      answer: answers.Command,
      summary: 'How a command went',
      params: AnyId,
      isScoped: true,
      async handle({ caller, params }) {
        // What was asked a moment ago is in no row yet.
        const command = await poll(world, ROWS_SHOW_IT_MS, () => reads.command(caller.tenantId, params.id, mayAskStations(caller.role)));
        if (command === undefined || caller.sites?.includes(await siteOf(caller.tenantId, String(command.stationId))) === false)
          throw notFound(`the command ${params.id}`);
        return ok(command);
      },
    }),
  ];
}
