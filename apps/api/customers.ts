// What stations know of drivers: asked for, shown to who may know it, and cleared everywhere when a driver is forgotten.
import { z } from 'zod';
import { tokenText } from '#domain/authorization';
import { erasureSubject } from '#domain/privacy';
import type { World } from '#ports';
import { queryAsTenant } from '#service';
import * as answers from './answers/index.js';
import { requestCommand } from './commands.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, StationId } from './lookups.js';
import { badRequest, notFound, unavailable } from './problem.js';
import type { Reads } from './reads.js';
import { append, passed, poll } from './requests.js';
import * as shapes from './schemas.js';
import { tokenContent } from './tokens.js';
import { requireMatch } from './versions.js';

const QuestionBody = z.strictObject({
  idToken: z.strictObject({ type: shapes.TokenType, idToken: z.string().min(1).max(36) }).optional(),
  customerIdentifier: z.string().min(1).max(64).optional(),
  report: z.boolean().default(true),
  clear: z.boolean().default(false),
});

interface QuestionRow {
  readonly requestId: number;
  readonly state: string;
}
interface DataRow {
  readonly requestId: number;
  readonly data: string;
}

const QUESTIONS = `select request_id as "requestId", command_id as "commandId", token_hash as "tokenHash", is_report as "isReport", is_clear as "isClear", state, reason,
  requested_by as "requestedBy", requested_at as "requestedAt", changed_at as "changedAt"
  from customer_requests where tenant_id = $1 and site_id = $2 and station_id = $3 order by requested_at desc limit 100`;
const DATA = `select request_id as "requestId", data from customer_data where tenant_id = $1 and site_id = $2 and station_id = $3 order by request_id, seq_no limit 5000`;
/** Where he charged; a station that has moved is asked where it is now. */
const PLACES = `select distinct t.station_id as "stationId", t.site_id as "siteId" from stations t join sessions s on s.tenant_id = t.tenant_id and s.station_id = t.station_id
  where s.tenant_id = $1 and s.token_hash = $2 and t.ocpp_version is distinct from 'ocpp1.6'`;

export function customerRoutes(world: World, reads: Reads, { siteOf }: Lookups): readonly Route[] {
  const { keys, book, database } = world;
  return [
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/customer-information',
      answer: answers.listOf(answers.CustomerRequest),
      summary: 'What the station was asked of drivers, and what it told in parts; data is null once its driver was forgotten',
      params: StationId,
      async handle({ caller, params }) {
        const place = [caller.tenantId, await siteOf(caller.tenantId, params.stationId), params.stationId];
        const questions = await queryAsTenant<QuestionRow>(database, caller.tenantId, QUESTIONS, place);
        const parts = await queryAsTenant<DataRow>(database, caller.tenantId, DATA, place);
        const opened = await Promise.all(
          parts.rows.map(async ({ requestId, data }) => ({ requestId, data: data.startsWith('sealed:') ? await keys.unseal(data) : data })),
        );
        const told = (id: number) => opened.flatMap(({ requestId, data }) => (requestId === id ? [data ?? null] : []));
        return ok({ items: questions.rows.map((each) => ({ ...each, parts: told(each.requestId) })) });
      },
    }),
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/customer-information',
      answer: answers.AskedReport,
      summary: 'Ask the station what it knows of a driver, or let it forget him; what it tells comes in parts',
      params: StationId,
      body: QuestionBody,
      answers: { 202: 'durable and on its way' },
      async handle({ caller, params, body }) {
        const { tenantId } = caller;
        const { stationId } = params;
        const { idToken, customerIdentifier, report, clear } = body;
        if (!report && !clear) throw badRequest('report, clear: at least one of them has to be true');
        if ((idToken === undefined) === (customerIdentifier === undefined))
          throw badRequest('a customer is named in one way: idToken or customerIdentifier (N09.FR.04)');
        const requestId = 1 + Number.parseInt(world.ids.next().replaceAll('-', '').slice(-7), 16);
        const commandId = await requestCommand(world, {
          tenantId,
          siteId: await siteOf(tenantId, stationId),
          stationId,
          ocppVersion: (await reads.station(tenantId, stationId))?.ocppVersion ?? null,
          action: 'CustomerInformation',
          payload: {
            requestId,
            report,
            clear,
            ...(idToken !== undefined && { idToken }),
            ...(customerIdentifier !== undefined && { customerIdentifier }),
          },
          timeoutMs: 30_000,
          requestedBy: `api:${caller.name}`,
          idempotencyKey: undefined,
        });
        return { status: 202, body: { requestId, commandId }, headers: { location: `/v1/commands/${commandId}` } };
      },
    }),
    route({
      method: 'delete',
      path: '/v1/tokens/{type}/{idToken}',
      answer: answers.ErasedDriver,
      isVersioned: true,
      summary:
        'Forget a driver: the token is unknown from now on, leaves all local lists, is cleared at the stations where it charged, and what was sealed for it stays unreadable for good',
      params: z.object({ type: shapes.TokenType, idToken: z.string().min(1).max(36) }),
      answers: {
        202: 'forgotten here; the stations named are told as soon as they can be reached',
        404: 'no such token, and nobody ever showed it',
        412: 'changed meanwhile',
      },
      async handle(call) {
        const { caller, params } = call;
        const { tenantId } = caller;
        const requestedBy = `api:${caller.name}`;
        const tokenHash = keys.hmac('token', tokenText(tenantId, params.idToken));
        const known = await book.token(tenantId, tokenHash);
        requireMatch(call, known && tokenContent(known));
        const { rows } = await queryAsTenant<{ stationId: string; siteId: string }>(database, tenantId, PLACES, [tenantId, tokenHash]);
        // Who is in no book may have shown it all the same, or be forgotten by half: the key, which goes last, says so.
        if (rows.length === 0 && known === undefined && !(await keys.holds(tokenHash))) throw notFound('the token');
        for (const { stationId, siteId } of rows) {
          const idToken = await keys.seal(erasureSubject(tokenHash, { tenantId, stationId }), params.idToken);
          const data = { stationId, tokenHash, tokenType: params.type, idToken, requestedBy };
          await append(world, 'site-events', { type: 'CustomerClearWanted', tenantId, siteId, stationId, data });
        }
        await passed(
          world,
          'session',
          await append(world, 'network-events', { type: 'DriverErased', tenantId, data: { tokenHash, requestedBy } }),
        );
        await keys.destroy(tokenHash);
        const isGone = await poll(world, 10_000, async () => (await book.token(tenantId, tokenHash)) === undefined || undefined);
        if (!isGone) throw unavailable('that it is forgotten is recorded, but edges do not know it yet');
        await keys.destroy(tokenHash); // what came meanwhile; from now on edges see to it
        return { status: 202, body: { stations: rows.map(({ stationId }) => stationId) } };
      },
    }),
  ];
}
