// Messages on displays of stations: wanted by an operator, told to the station when it can be reached, and what it says it shows.
import { z } from 'zod';
import { tokenText } from '#domain/authorization';
import type { DisplayMessage } from '#domain/display-message';
import { protect } from '#domain/privacy';
import { isOcpp2, isOcppVersion, validate } from '#ocpp';
import type { World } from '#ports';
import { queryAsTenant } from '#service';
import * as answers from './answers/index.js';
import { requestCommand } from './commands.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, StationId } from './lookups.js';
import { badRequest, conflict, notFound } from './problem.js';
import type { Reads } from './reads.js';
import { append, passed } from './requests.js';
import * as shapes from './schemas.js';

const MessageId = z.object({ stationId: shapes.StationIdText, messageId: z.coerce.number().int().min(0).max(2_147_483_647) });
const MessageBody = z.strictObject({
  content: z.string().min(1).max(512),
  format: z.enum(['ASCII', 'HTML', 'URI', 'UTF8', 'QRCODE']).default('UTF8'),
  language: z.string().min(1).max(8).optional(),
  priority: z.enum(['AlwaysFront', 'InFront', 'NormalCycle']).default('NormalCycle'),
  whileState: z
    .string()
    .min(1)
    .max(20)
    .optional()
    .describe('shown only in this state of the station, e.g. Charging, Faulted, Idle, Unavailable'),
  startsAt: shapes.Timestamp.optional(),
  endsAt: shapes.Timestamp.optional(),
  transactionId: z.string().min(1).max(36).optional().describe('shown at its outlet, and gone with it'),
});

interface MessageRow {
  readonly messageId: number;
  readonly content: string | null;
  readonly state: string;
}

const MESSAGES = `select message_id as "messageId", content, format, language, priority, while_state as "whileState", starts_at as "startsAt", ends_at as "endsAt",
  transaction_id as "transactionId", state, reason, requested_by as "requestedBy", changed_at as "changedAt"
  from display_messages where tenant_id = $1 and site_id = $2 and station_id = $3`;

export function displayMessageRoutes(world: World, reads: Reads, { siteOf }: Lookups): readonly Route[] {
  const { keys } = world;
  const opened = async (row: MessageRow): Promise<MessageRow> => ({
    ...row,
    content: row.content?.startsWith('sealed:') ? ((await keys.unseal(row.content)) ?? null) : row.content,
  });
  const messages = async (tenantId: string, stationId: string): Promise<readonly MessageRow[]> => {
    const place = [tenantId, await siteOf(tenantId, stationId), stationId];
    const { rows } = await queryAsTenant<MessageRow>(world.database, tenantId, `${MESSAGES} order by message_id`, place);
    return Promise.all(rows.map(opened));
  };
  const one = async (tenantId: string, { stationId, messageId }: z.output<typeof MessageId>): Promise<MessageRow> => {
    const found = (await messages(tenantId, stationId)).find((each) => each.messageId === messageId);
    if (found === undefined) throw notFound(`the message ${messageId} of ${stationId}`);
    return found;
  };
  const want = async (tenantId: string, stationId: string, by: string, messageId: number, message: DisplayMessage | undefined) => {
    const siteId = await siteOf(tenantId, stationId);
    const data = { stationId, messageId, ...(message !== undefined && { message }), requestedBy: `api:${by}` };
    await passed(
      world,
      'stations',
      await append(world, 'site-events', { type: 'DisplayMessageWanted', tenantId, siteId, stationId, data }),
    );
    const found = (await messages(tenantId, stationId)).find((each) => each.messageId === messageId);
    return { status: 202, body: found, headers: { location: `/v1/stations/${stationId}/display-messages` } };
  };
  return [
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/display-messages',
      answer: answers.listOf(answers.DisplayMessage),
      summary:
        'Messages on the display: wanted, asked, shown, refused (with the reason of the station), unwanted, clearing, cleared, over, or foreign: shown, and wanted by nobody here',
      params: StationId,
      handle: async ({ caller, params }) => ok({ items: await messages(caller.tenantId, params.stationId) }),
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/display-messages/{messageId}',
      answer: answers.DisplayMessage,
      configured: ['content', 'format', 'language', 'priority', 'whileState', 'startsAt', 'endsAt', 'transactionId'],
      summary: 'One of them',
      params: MessageId,
      answers: { 200: 'as it is wanted or shown', 404: 'no such message' },
      handle: async ({ caller, params }) => ok(await one(caller.tenantId, params)),
    }),
    route({
      method: 'put',
      path: '/v1/stations/{stationId}/display-messages/{messageId}',
      answer: answers.DisplayMessage,
      summary: 'Show a message, or another one under its id, as soon as the station can be reached',
      params: MessageId,
      body: MessageBody,
      answers: { 202: 'durable; its state says how it goes', 409: 'the station speaks 1.6, which has no messages' },
      async handle({ caller, params, body }) {
        const { tenantId } = caller;
        const { stationId, messageId } = params;
        const version = (await reads.station(tenantId, stationId))?.ocppVersion;
        if (version === 'ocpp1.6') throw conflict(`${stationId} speaks 1.6, which has no messages for displays`);
        const { content, format, language, priority, whileState, startsAt, endsAt, transactionId } = body;
        const message = {
          id: messageId,
          priority,
          ...(whileState !== undefined && { state: whileState }),
          ...(startsAt !== undefined && { startDateTime: startsAt }),
          ...(endsAt !== undefined && { endDateTime: endsAt }),
          ...(transactionId !== undefined && { transactionId }),
          message: { format, content, ...(language !== undefined && { language }) },
        };
        const spoken = typeof version === 'string' && isOcppVersion(version) && isOcpp2(version) ? version : 'ocpp2.1';
        const [wrong] = validate(spoken, 'SetDisplayMessage', 'request', { message });
        if (wrong !== undefined) throw badRequest(`the message breaks the ${spoken} schema: ${wrong.path} ${wrong.message}`);
        const safe = (await protect(
          'SetDisplayMessage',
          { message },
          {
            tokenHash: (value) => keys.hmac('token', tokenText(tenantId, value)),
            seal: (subject, text) => keys.seal(subject, text),
            fallbackSubject: `station:${tenantId}/${stationId}`,
          },
        )) as { readonly message: DisplayMessage };
        return want(tenantId, stationId, caller.name, messageId, safe.message);
      },
    }),
    route({
      method: 'delete',
      path: '/v1/stations/{stationId}/display-messages/{messageId}',
      answer: answers.DisplayMessage,
      summary: 'Take a message off the display, as soon as the station can be reached',
      params: MessageId,
      answers: { 202: 'durable; its state says how it goes', 404: 'no such message' },
      async handle({ caller, params }) {
        const { stationId, messageId } = params;
        await one(caller.tenantId, params);
        return want(caller.tenantId, stationId, caller.name, messageId, undefined);
      },
    }),
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/display-messages/reports',
      answer: answers.AskedReport,
      summary: 'Ask the station what it shows; what it tells, in parts, is in the list of its messages',
      params: StationId,
      answers: { 202: 'durable and on its way' },
      async handle({ caller, params }) {
        const { tenantId } = caller;
        const { stationId } = params;
        const requestId = 1 + Number.parseInt(world.ids.next().replaceAll('-', '').slice(-7), 16);
        const commandId = await requestCommand(world, {
          tenantId,
          siteId: await siteOf(tenantId, stationId),
          stationId,
          ocppVersion: (await reads.station(tenantId, stationId))?.ocppVersion ?? null,
          action: 'GetDisplayMessages',
          payload: { requestId },
          timeoutMs: 30_000,
          requestedBy: `api:${caller.name}`,
          idempotencyKey: undefined,
        });
        return { status: 202, body: { commandId, requestId }, headers: { location: `/v1/commands/${commandId}` } };
      },
    }),
  ];
}
