// Capacity providers (OSCP 2.0) that sites follow: configured, looked at, wished of; and what they say to us, as their flexibility provider, below `…/2.0`.
// What they are told, and what sites get of their forecasts, is apps/grid's; what cannot be read is refused and changes nothing.
import { z } from 'zod';
import { OSCP_PHASES, OSCP_TYPES, OSCP_UNITS, type OscpBlock, oscpRefusals } from '#domain/grid-signals';
import { checkLimitedNode } from '#domain/load-balancing';
import { isOwn } from '#outbound';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import type { Caller } from './auth.js';
import { isFitFrom, isSafeAddress, requireOwnSecret } from './grid-addresses.js';
import { type Answer, ok, type Route, route } from './http.js';
import type { Lookups } from './lookups.js';
import { badRequest, notFound, Problem, refused } from './problem.js';
import type { Reads } from './reads.js';
import { append, passed } from './requests.js';
import { decodeCursor, page, rowsOf } from './rows.js';
import * as shapes from './schemas.js';

const ProviderPath = z.object({ providerId: shapes.Id });
const Watts = z.number().min(0).max(1e10);
const GroupId = z.string().min(1).max(200);
const Address = z.url().max(500).refine(isSafeAddress, 'https, without a name, a password or a query in it');
const GroupBody = z.strictObject({
  groupId: GroupId.describe('as the provider calls the connection'),
  siteId: shapes.Id,
  nodeId: shapes.Id.optional().describe('absent = the grid connection of the site'),
  fallbackW: Watts.describe(
    'what may be drawn when nothing is forecast, and when the provider is gone [W]; its own fallback goes before it where that is less',
  ),
  exportFallbackW: Watts.optional().describe('the same of what is fed back [W]; absent = not limited'),
});
const ProviderBody = z.strictObject({
  url: Address.describe('where the provider takes registrations, with the version: …/2.0'),
  ownUrl: Address.describe('where it reaches /v1/grid/oscp/{providerId}/2.0'),
  token: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .meta({ writeOnly: true })
    .describe('with which it knows us at first; kept sealed and never shown; absent = the one there is stays, at the same server'),
  heartbeatS: z.number().int().min(5).max(86_400).default(60).describe('how often we want to hear it [s]'),
  groups: z.array(GroupBody).min(1).max(2000),
});
const Block = z.object({
  // Some write numbers as text.
  capacity: z.union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,12}(\.\d{1,12})?$/)
      .transform(Number),
  ]),
  phase: z.enum(OSCP_PHASES),
  unit: z.enum(OSCP_UNITS),
  start_time: z.string().max(100),
  end_time: z.string().max(100),
});
const Forecast = z.object({ group_id: GroupId, type: z.enum(OSCP_TYPES), forecasted_blocks: z.array(Block).min(1).max(1000) });
const Register = z.object({
  token: z.string().min(1).max(1000),
  version_url: z.array(z.object({ version: z.string(), base_url: z.string().max(500) })).max(20),
});
const Handshake = z.object({
  required_behaviour: z.object({
    heartbeat_interval: z.number().int().min(1).max(86_400).nullish(),
    measurement_configuration: z.array(z.enum(['CONTINUOUS', 'INTERMITTENT'])).nullish(),
  }),
});
const Heartbeat = z.object({ offline_mode_at: shapes.Timestamp });

const PROVIDER = `select provider_id as "providerId", source, url, own_url as "ownUrl", heartbeat_s as "heartbeatS", groups, registered_url as "registeredUrl", handshake,
  is_acknowledged as "isAcknowledged", offline_at as "offlineAt", heard_at as "heardAt", trouble, forecasts, changed_at as "changedAt" from grid_oscp_providers where tenant_id = $1 and removed_at is null`;
interface ProviderRow extends Record<string, unknown> {
  readonly url: string;
  readonly groups: readonly z.infer<typeof GroupBody>[];
}
const MESSAGE = `select record_offset::text as "messageId", action, subject, group_id as "groupId", body, refusal, sent_at as "sentAt" from grid_oscp_messages
  where tenant_id = $1 and provider_id = $2`;
interface MessageRow extends Record<string, unknown> {
  readonly messageId: string;
  readonly sentAt: Date;
}
const DONE: Answer = { status: 204 };
/** A body that is read by the rules of OSCP, and refused in its way. */
const Anything = z.looseObject({});

export function gridOscpRoutes(world: World, reads: Reads, { knownSite }: Lookups): readonly Route[] {
  const one = async (tenantId: string, providerId: string) =>
    (await rowsOf<ProviderRow>(world, tenantId, `${PROVIDER} and provider_id = $2`, providerId))[0];
  const existing = async (tenantId: string, providerId: string): Promise<ProviderRow> => {
    const provider = await one(tenantId, providerId);
    if (provider === undefined) throw notFound(`the capacity provider ${providerId}`);
    return provider;
  };
  const tell = async (fact: Parameters<typeof append>[2]): Promise<void> =>
    passed(world, 'grid', await append(world, 'network-events', fact));
  const checkGroups = async (tenantId: string, groups: ProviderRow['groups']): Promise<void> => {
    const seen = new Set<string>();
    for (const [index, { groupId, siteId, nodeId }] of groups.entries()) {
      for (const name of [`group ${groupId}`, `node ${siteId}/${nodeId ?? ''}`]) {
        if (seen.has(name)) throw badRequest('named twice', [{ path: `groups.${index}`, message: `${name} is there already` }]);
        seen.add(name);
      }
      const site = await knownSite(tenantId, siteId);
      const reasons = nodeId === undefined ? [] : checkLimitedNode(site as never, await reads.limitedStations(tenantId, siteId), nodeId);
      if (reasons.length > 0) throw refused(reasons.map(({ message }) => ({ path: `groups.${index}.nodeId`, message })));
    }
  };
  const subjectOf = (tenantId: string, providerId: string): string => `oscp:${tenantId}:${providerId}`;

  /** Something the provider says to us. */
  const heard = <Body extends z.ZodType>(
    action: string,
    summary: string,
    shape: Body,
    take: (
      said: z.output<Body>,
      provider: ProviderRow,
      place: { tenantId: string; providerId: string; requestId: string | undefined },
    ) => Promise<void>,
  ): Route =>
    route({
      method: 'post',
      path: `/v1/grid/oscp/{providerId}/2.0/${action}`,
      answer: answers.Nothing,
      summary: `OSCP 2.0, said by the capacity provider: ${summary}`,
      params: ProviderPath,
      body: Anything,
      isAudited: false,
      answers: {
        204: 'it counts',
        400: 'it changes nothing; X-Error-Message says why',
        403: 'the token is that of another provider',
        404: 'no such provider, or group',
      },
      async handle({ caller, params: { providerId }, body, headers }) {
        checkProvider(caller, providerId);
        const { tenantId } = caller;
        const provider = await existing(tenantId, providerId);
        const said = shape.safeParse(body);
        if (!said.success) throw unreadable(said.error.issues.map(({ path, message }) => ({ path: path.join('.') || 'body', message })));
        const requestId = headers['x-request-id'];
        await take(said.data, provider, {
          tenantId,
          providerId,
          requestId: typeof requestId === 'string' ? requestId.slice(0, 200) : undefined,
        });
        return DONE;
      },
    });

  return [
    route({
      method: 'put',
      path: '/v1/grid/oscp/{providerId}',
      answer: answers.CapacityProvider,
      summary:
        'Let sites follow the forecasts of a capacity provider (OSCP 2.0): we register with it as its flexibility provider. Where nothing is forecast, and past the instant at which it counts as gone, the fallback holds, which stations know ahead',
      params: ProviderPath,
      body: ProviderBody,
      answers: {
        200: 'the provider; registeredUrl, isAcknowledged and offlineAt say how it stands',
        404: 'no such site',
        422: 'no such node',
      },
      async handle({ caller, params: { providerId }, body: { token, groups, url, ownUrl, heartbeatS } }) {
        const { tenantId } = caller;
        await checkGroups(tenantId, groups);
        if (world.kind === 'cluster' && isOwn(new URL(url)))
          throw badRequest('https was expected', [{ path: 'url', message: 'https was expected' }]);
        if (!ownUrl.replace(/\/$/, '').endsWith(`/v1/grid/oscp/${encodeURIComponent(providerId)}/2.0`))
          throw badRequest('another ownUrl was expected', [
            { path: 'ownUrl', message: `…/v1/grid/oscp/${encodeURIComponent(providerId)}/2.0 was expected` },
          ]);
        if (token === undefined) requireOwnSecret('token', (await one(tenantId, providerId))?.url, url);
        const sealed = token === undefined ? {} : { token: await world.keys.seal(subjectOf(tenantId, providerId), token) };
        const data = { providerId, url, ownUrl, ...sealed, heartbeatS, groups: groups as never, requestedBy: `api:${caller.name}` };
        await tell({ type: 'OscpConfigured', tenantId, data });
        return ok(await existing(tenantId, providerId));
      },
    }),
    route({
      method: 'get',
      path: '/v1/grid/oscp',
      answer: answers.pageOf(answers.CapacityProvider),
      summary: 'Capacity providers that sites follow, and how each stands; OPTIMUM among its forecasts is a wish and limits nothing',
      async handle({ caller }) {
        return ok({ items: await rowsOf(world, caller.tenantId, `${PROVIDER} order by provider_id`), nextCursor: null });
      },
    }),
    route({
      method: 'get',
      path: '/v1/grid/oscp/{providerId}',
      answer: answers.CapacityProvider,
      summary: 'One of them',
      params: ProviderPath,
      answers: { 200: 'the provider', 404: 'no such provider' },
      handle: async ({ caller, params }) => ok(await existing(caller.tenantId, params.providerId)),
    }),
    route({
      method: 'delete',
      path: '/v1/grid/oscp/{providerId}',
      answer: answers.Empty,
      summary: 'Follow it no more: its sites are free of it at once',
      params: ProviderPath,
      answers: { 200: 'durable, and told to its sites', 404: 'no such provider' },
      async handle({ caller, params: { providerId } }) {
        await existing(caller.tenantId, providerId);
        await tell({ type: 'OscpRemoved', tenantId: caller.tenantId, data: { providerId, requestedBy: `api:${caller.name}` } });
        await world.keys.destroy(subjectOf(caller.tenantId, providerId));
        return ok({});
      },
    }),
    route({
      method: 'get',
      path: '/v1/grid/oscp/{providerId}/messages',
      answer: answers.pageOf(answers.OscpMessage),
      summary:
        'What a capacity provider was told, latest first: wishes, measurements, what could not be complied with; a refusal says why it did not take one',
      params: ProviderPath,
      query: shapes.Page,
      async handle({ caller, params: { providerId }, query: { limit, cursor } }) {
        const after = decodeCursor(cursor, 'time', 'whole');
        const found = await rowsOf<MessageRow>(
          world,
          caller.tenantId,
          `${MESSAGE} and ($3::timestamptz is null or (sent_at, record_offset) < ($3, $4)) order by sent_at desc, record_offset desc limit $5`,
          ...[providerId, ...(after ?? [null, null]), limit + 1],
        );
        return ok(page(found, limit, ({ sentAt, messageId }) => [sentAt.toISOString(), messageId]));
      },
    }),
    route({
      method: 'post',
      path: '/v1/grid/oscp/{providerId}/adjustments',
      answer: answers.OscpWish,
      summary:
        'Ask a capacity provider for more for a group, or offer less (AdjustGroupCapacityForecast). Nothing is allowed by it before the provider forecasts it',
      params: ProviderPath,
      body: Forecast,
      answers: { 202: 'it will be told', 400: 'a block that cannot be read', 404: 'no such provider, or group' },
      async handle({ caller, params: { providerId }, body }) {
        const { tenantId } = caller;
        const { groupId, type, blocks } = read(body, await existing(tenantId, providerId));
        const wishId = world.ids.next();
        await tell({
          type: 'OscpAdjustmentWished',
          tenantId,
          data: { providerId, wishId, groupId, type, blocks, requestedBy: `api:${caller.name}` },
        });
        return { status: 202, body: { wishId } };
      },
    }),
    heard(
      'register',
      'where, and with which token, it is spoken to',
      Register,
      async ({ token, version_url }, provider, { tenantId, providerId }) => {
        const url = version_url.find(({ version }) => version === '2.0')?.base_url.replace(/\/$/, '');
        if (url === undefined) throw unreadable([{ path: 'version_url', message: '2.0 was expected among the versions' }]);
        // Nobody sends us somewhere else than to servers of its own kind.
        if (!isFitFrom(url, provider.url)) throw unreadable([{ path: 'version_url', message: 'an https address was expected' }]);
        const sealed = await world.keys.seal(subjectOf(tenantId, providerId), token);
        await tell({ type: 'OscpRegistered', tenantId, data: { providerId, url, token: sealed } });
      },
    ),
    heard(
      'handshake',
      'how often it wants to hear us, and whether it wants measurements',
      Handshake,
      async ({ required_behaviour: wanted }, _, place) => {
        const { heartbeat_interval: heartbeatS, measurement_configuration: measurements } = wanted;
        const data = {
          providerId: place.providerId,
          isMeasured: (measurements ?? []).length > 0,
          ...(heartbeatS != null && { heartbeatS }),
        };
        await tell({ type: 'OscpHandshaken', tenantId: place.tenantId, data });
      },
    ),
    heard('handshake_acknowledge', 'its answer to a handshake of ours, which it begins itself', Anything, async () => undefined),
    heard(
      'heartbeat',
      'that it is there, and when it counts as gone',
      Heartbeat,
      async ({ offline_mode_at: offlineAt }, _, { tenantId, providerId }) =>
        tell({ type: 'OscpHeartbeatHeard', tenantId, data: { providerId, offlineAt } }),
    ),
    heard(
      'update_group_capacity_forecast',
      'what a group may draw or feed back, and what holds when it is gone',
      Forecast,
      async (said, provider, place) => {
        const { tenantId, providerId, requestId } = place;
        const data = { providerId, ...read(said, provider), ...(requestId !== undefined && { requestId }) };
        await tell({ type: 'OscpForecastHeard', tenantId, data });
      },
    ),
  ];
}

/** A forecast that can be followed; blocks and group are named where not. */
function read({ group_id: groupId, type, forecasted_blocks: blocks }: z.infer<typeof Forecast>, { groups }: ProviderRow) {
  if (!groups.some((group) => group.groupId === groupId)) throw notFound(`the group ${groupId}`);
  const refusals = oscpRefusals(blocks as readonly OscpBlock[]);
  if (refusals.length > 0) throw unreadable(refusals);
  return { groupId, type, blocks };
}

function checkProvider({ name, role }: Caller, providerId: string): void {
  if (role === 'notifier' && name !== `grid:oscp:${providerId}`)
    throw new Problem(403, 'forbidden', 'This token is for another provider', `it is that of ${name}`);
}

function unreadable(errors: readonly { readonly path: string; readonly message: string }[]): Problem {
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new Problem(400, 'invalid', 'It cannot be followed', detail, errors, {
    'x-error-message': detail.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 500),
  });
}
