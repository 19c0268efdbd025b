// Webhooks: where a tenant wants to be told of what happens, with what, from where again, and how that went.
// What they are told is messages.ts's, telling them sender.ts's.
import { z } from 'zod';
import type { NotificationsConfig } from '#config';
import { isPublicHost } from '#outbound';
import { readable, type World } from '#ports';
import { SEVERITIES } from '../alerts.js';
import * as answers from '../answers/index.js';
import { type FeedHub, isBefore, parsePlace, placeText } from '../feed.js';
import { ok, type Route, route } from '../http.js';
import { AnyId } from '../lookups.js';
import { badRequest, notFound } from '../problem.js';
import { append, passed } from '../requests.js';
import { decodeCursor, page, rowsOf } from '../rows.js';
import * as shapes from '../schemas.js';
import { type Deliver, isMail, type Webhook } from './deliver.js';
import { WEBHOOK_KINDS } from './kinds.js';
import { WEBHOOK } from './sender.js';
import { newSecret } from './signature.js';

/** The secret before signs beside the new one for so long. */
const OVERLAP_HOURS = 24;
const MOST_WEBHOOKS = 50;

const WebhookBody = z
  .strictObject({
    url: z
      .url({ protocol: /^(https?|mailto)$/ })
      .max(500)
      .meta({ writeOnly: true })
      .describe('https: or, for alerts, mailto: with one address. Kept sealed'),
    kinds: z.array(z.enum(WEBHOOK_KINDS)).min(1).describe('what it is told; an address of mail only of alerts'),
    severity: z.enum(SEVERITIES).default('info').describe('of alerts, the least severe that are told'),
    description: z.string().min(1).max(200).optional(),
    isEnabled: z.boolean().default(true),
  })
  .refine(({ url, kinds }) => !isMail(url) || kinds.every((kind) => kind.startsWith('alert.')), {
    path: ['kinds'],
    message: 'alert.opened and alert.closed go by mail',
  });
const ReplayBody = z.strictObject({
  position: z
    .string()
    .refine((text) => parsePlace(text) !== undefined, 'a position of a message, or the id of an event of GET /v1/events')
    .describe('what came behind it is told again; the feed keeps its latest 200,000 entries'),
});
const DeliveriesQuery = shapes.Page.extend({ outcome: z.enum(['delivered', 'failed']).optional() });

const SHOWN = `select ${WEBHOOK}, w.description, w.is_enabled as "isEnabled", w.disabled_reason as "disabledReason", w.changed_at as "changedAt", w.changed_by as "changedBy",
  c.xid || '.' || c.seq as position, c.failures, c.failing_since as "failingSince", c.next_at as "nextAttemptAt", c.last_error as "lastError"
  from webhooks w left join webhook_cursors c using (tenant_id, webhook_id) where w.tenant_id = $1 and w.removed_at is null`;
const DELIVERIES = `select delivery_id::text as "deliveryId", message_id as "messageId", kind, position, subject, attempt, at, is_delivered as "isDelivered", status, error,
  duration_ms as "durationMs" from webhook_deliveries where tenant_id = $1 and webhook_id = $2 and ($3::bigint is null or delivery_id < $3)
  and ($4::boolean is null or is_delivered = $4) order by delivery_id desc limit $5`;

type Row = Webhook & Readonly<Record<string, unknown>>;

export function webhookRoutes(
  world: World,
  feed: Pick<FeedHub, 'head'>,
  { mail, privateAddresses }: NotificationsConfig,
  deliver: Deliver,
): readonly Route[] {
  const { keys, ids, clock, database } = world;
  const subject = (tenantId: string, webhookId: string): string => `webhook:${tenantId}:${webhookId}`;
  const all = (tenantId: string): Promise<readonly Row[]> => rowsOf<Row>(world, tenantId, `${SHOWN} order by w.webhook_id`);
  const existing = async (tenantId: string, webhookId: string): Promise<Row> => {
    const [row] = await rowsOf<Row>(world, tenantId, `${SHOWN} and w.webhook_id = $2`, webhookId);
    if (row === undefined) throw notFound(`the webhook ${webhookId}`);
    return row;
  };
  const shown = async ({ target, secret: _, previousSecret: __, tenantId: ___, ...row }: Row) => ({
    ...row,
    url: (await readable(keys, target)) ?? null,
    failures: row.failures ?? 0,
  });
  const tell = async (...facts: readonly Parameters<typeof append>[2][]): Promise<void> => {
    for (const fact of facts) await passed(world, 'api', await append(world, 'network-events', fact));
  };

  const requireReachable = (url: string): void => {
    const refuse = (message: string): never => {
      throw badRequest(`url: ${message}`, [{ path: 'url', message }]);
    };
    if (isMail(url)) {
      if (mail === undefined) refuse('there is no mail server (SMTP_URL)');
      // Nothing in percent-encoding: it is read only when the mail is sent.
      if (!/^mailto:[^\s,;?@%]+@[^\s,;?@%]+$/.test(url)) refuse('one address was expected');
      return;
    }
    const { protocol, hostname, username } = new URL(url);
    if (username !== '') refuse('without a name or a password in it');
    if (!privateAddresses && protocol !== 'https:') refuse('https was expected');
    if (!privateAddresses && (!isPublicHost(hostname) || hostname === 'localhost')) refuse('a public address was expected');
  };

  const configured = async (tenantId: string, webhookId: string, body: z.output<typeof WebhookBody>, requestedBy: string) => {
    const { url, kinds, severity, description, isEnabled } = body;
    const target = await keys.seal(subject(tenantId, webhookId), url);
    const data = { webhookId, target, kinds, severity, ...(description !== undefined && { description }), isEnabled, requestedBy };
    return { type: 'WebhookConfigured' as const, tenantId, data };
  };
  const rotated = async (tenantId: string, webhookId: string, secret: string, requestedBy: string, before?: string | null) => {
    const until = new Date(clock.now() + OVERLAP_HOURS * 3_600_000).toISOString();
    const sealed = await keys.seal(subject(tenantId, webhookId), secret);
    const previous = before ? { previous: { secret: before, until } } : {};
    return { type: 'WebhookSecretChanged' as const, tenantId, data: { webhookId, secret: sealed, ...previous, requestedBy } };
  };

  return [
    route({
      method: 'post',
      path: '/v1/webhooks',
      answer: answers.NewWebhook,
      summary:
        'Be told of what happens, from now on: signed messages by Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature), in the order of GET /v1/events and at least once, or alerts by mail. The secret is shown once',
      body: WebhookBody,
      answers: { 201: 'with the secret; none for mail' },
      isSecret: true,
      async handle({ caller, body }) {
        const { tenantId } = caller;
        requireReachable(body.url);
        if ((await all(tenantId)).length >= MOST_WEBHOOKS) throw badRequest(`at most ${MOST_WEBHOOKS} webhooks`);
        const webhookId = ids.next();
        const by = `api:${caller.name}`;
        const secret = isMail(body.url) ? undefined : newSecret();
        await tell(
          ...(secret === undefined ? [] : [await rotated(tenantId, webhookId, secret, by)]),
          await configured(tenantId, webhookId, body, by),
        );
        // From here on, also where telling begins a moment later.
        await database.query(
          'insert into webhook_cursors (tenant_id, webhook_id, xid, seq) values ($1, $2, $3::text::xid8, $4) on conflict do nothing',
          [tenantId, webhookId, ...feed.head()],
        );
        const made = await shown(await existing(tenantId, webhookId));
        return {
          status: 201,
          body: { ...made, ...(secret !== undefined && { secret }) },
          headers: { location: `/v1/webhooks/${webhookId}` },
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/webhooks',
      answer: answers.pageOf(answers.Webhook),
      summary: 'Webhooks, with how far each was told (position) and since when it takes nothing (failingSince); never their secrets',
      handle: async ({ caller }) => ok({ items: await Promise.all((await all(caller.tenantId)).map(shown)), nextCursor: null }),
    }),
    route({
      method: 'get',
      path: '/v1/webhooks/{id}',
      answer: answers.Webhook,
      configured: ['url', 'kinds', 'severity', 'description', 'isEnabled'],
      summary: 'One of them',
      params: AnyId,
      answers: { 200: 'the webhook', 404: 'no such webhook' },
      handle: async ({ caller, params }) => ok(await shown(await existing(caller.tenantId, params.id))),
    }),
    route({
      method: 'put',
      path: '/v1/webhooks/{id}',
      answer: answers.Webhook,
      summary: 'Change a webhook; one that was disabled goes on where it was once it is enabled',
      params: AnyId,
      body: WebhookBody,
      answers: { 200: 'the webhook', 404: 'no such webhook' },
      async handle({ caller, params: { id }, body }) {
        const { tenantId } = caller;
        const before = await existing(tenantId, id);
        requireReachable(body.url);
        const wasMail = isMail((await readable(keys, before.target)) ?? '');
        if (wasMail !== isMail(body.url)) throw badRequest('url: mail stays mail', [{ path: 'url', message: 'make another one' }]);
        await tell(await configured(tenantId, id, body, `api:${caller.name}`));
        await database.query(
          'update webhook_cursors set failures = 0, failing_since = null, next_at = null, last_error = null where tenant_id = $1 and webhook_id = $2',
          [tenantId, id],
        );
        return ok(await shown(await existing(tenantId, id)));
      },
    }),
    route({
      method: 'delete',
      path: '/v1/webhooks/{id}',
      answer: answers.Nothing,
      summary: 'Tell it nothing any more',
      params: AnyId,
      answers: { 204: 'gone', 404: 'no such webhook' },
      async handle({ caller: { tenantId, name }, params: { id } }) {
        await existing(tenantId, id);
        await tell({ type: 'WebhookRemoved', tenantId, data: { webhookId: id, requestedBy: `api:${name}` } });
        await keys.destroy(subject(tenantId, id));
        await database.query('delete from webhook_cursors where tenant_id = $1 and webhook_id = $2', [tenantId, id]);
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: '/v1/webhooks/{id}/secret',
      answer: answers.WebhookSecret,
      summary: `A new secret, shown once; for ${OVERLAP_HOURS} hours messages are signed with the one before as well`,
      params: AnyId,
      answers: { 200: 'with the secret', 404: 'no such webhook', 400: 'mail is not signed' },
      isSecret: true,
      async handle({ caller: { tenantId, name }, params: { id } }) {
        const { secret: before } = await existing(tenantId, id);
        if (before === null) throw badRequest('mail is not signed');
        const secret = newSecret();
        await tell(await rotated(tenantId, id, secret, `api:${name}`, before));
        return ok({ webhookId: id, secret, previousUntil: (await existing(tenantId, id)).previousUntil });
      },
    }),
    route({
      method: 'post',
      path: '/v1/webhooks/{id}/replay',
      answer: answers.Webhook,
      summary: 'Tell it again what came behind a position; messages come with the ids they had where nothing newer came of their subject',
      params: AnyId,
      body: ReplayBody,
      answers: { 202: 'from there on', 404: 'no such webhook' },
      async handle({ caller: { tenantId }, params: { id }, body: { position } }) {
        await existing(tenantId, id);
        const place = parsePlace(position);
        if (place === undefined || isBefore(feed.head(), place))
          throw badRequest('position: it is ahead of everything', [{ path: 'position', message: `at most ${placeText(feed.head())}` }]);
        await database.query(
          `insert into webhook_cursors (tenant_id, webhook_id, xid, seq) values ($1, $2, $3::text::xid8, $4)
           on conflict (tenant_id, webhook_id) do update set xid = excluded.xid, seq = excluded.seq, told = null, is_noted = false, failures = 0, failing_since = null, next_at = null, last_error = null`,
          [tenantId, id, ...place],
        );
        return { status: 202, body: await shown(await existing(tenantId, id)) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/webhooks/{id}/test',
      answer: answers.TestDelivery,
      summary: 'Send a message of type test now, and say how that went',
      params: AnyId,
      answers: { 200: 'isDelivered, with the status or the error', 404: 'no such webhook' },
      async handle({ caller: { tenantId }, params: { id } }) {
        const message = {
          id: `msg_test_${ids.next()}`,
          type: 'test' as const,
          timestamp: new Date(clock.now()).toISOString(),
          position: null,
        };
        return ok(await deliver(await existing(tenantId, id), [{ ...message, subject: id, data: { webhookId: id } }], 1));
      },
    }),
    route({
      method: 'get',
      path: '/v1/webhooks/{id}/deliveries',
      answer: answers.pageOf(answers.Delivery),
      summary: 'Attempts of the last 30 days, the latest first',
      params: AnyId,
      query: DeliveriesQuery,
      answers: { 200: 'attempts', 404: 'no such webhook' },
      async handle({ caller: { tenantId }, params: { id }, query: { limit, cursor, outcome } }) {
        await existing(tenantId, id);
        const [before = null] = decodeCursor(cursor, 'whole') ?? [];
        const isDelivered = outcome === undefined ? null : outcome === 'delivered';
        const rows = await rowsOf(world, tenantId, DELIVERIES, id, before, isDelivered, limit + 1);
        return ok(page(rows, limit, ({ deliveryId }) => [deliveryId]));
      },
    }),
  ];
}
