// Who is told of what happens, and how that goes, as the api tells it.
// How it is said is pages/partners.
import type { WebhookKind } from '../../api/webhooks/kinds.js';
import type { Ask, Page } from './http-api.js';
import { listOf, numberOrNull, type Row, rowOf, text, textOrNull, timeOrNull } from './loose-json.js';

export interface Webhook {
  readonly webhookId: string;
  readonly url: string;
  readonly kinds: readonly string[];
  /** Of alerts, the least severe that are told. */
  readonly severity: string;
  readonly description: string | null;
  readonly isEnabled: boolean;
  readonly disabledReason: string | null;
  readonly position: string | null;
  readonly failingSinceMs: number | null;
  readonly nextAttemptMs: number | null;
  readonly lastError: string | null;
}

export interface Delivery {
  readonly deliveryId: string;
  readonly kind: string;
  readonly subject: string;
  readonly position: string | null;
  readonly attempt: number;
  readonly atMs: number | null;
  readonly isDelivered: boolean;
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
}

export interface TestTold {
  readonly isDelivered: boolean;
  readonly reason: string | null;
}

/** Null where the key may not see them. */
export async function readWebhooks(ask: Ask): Promise<readonly Webhook[] | null> {
  const told = await ask.readAllowed('/v1/webhooks');
  return told === null ? null : listOf(rowOf(told).items).map(rowOf).map(webhook);
}

export async function readDeliveries(ask: Ask, webhookId: string, cursor: string | null): Promise<Page<Delivery> | null> {
  const query = new URLSearchParams({ limit: '50', ...(cursor !== null && { cursor }) });
  const told = await ask.readAllowed(`${pathOf(webhookId)}/deliveries?${query}`);
  if (told === null) return null;
  const { items, nextCursor } = rowOf(told);
  return { items: listOf(items).map(rowOf).map(delivery), nextCursor: textOrNull(nextCursor) };
}

/** The secret, shown once; null for an address of mail. */
export async function makeWebhook(ask: Ask, url: string, kinds: readonly WebhookKind[]): Promise<string | null> {
  return textOrNull(rowOf(await ask.post('/v1/webhooks', { url, kinds })).secret);
}

export async function testWebhook(ask: Ask, webhookId: string): Promise<TestTold> {
  const { isDelivered, error } = rowOf(await ask.post(`${pathOf(webhookId)}/test`, undefined));
  return { isDelivered: isDelivered === true, reason: textOrNull(error) };
}

export interface WebhookSettings {
  readonly url: string;
  readonly kinds: readonly string[];
  readonly isEnabled: boolean;
}

/** Unless somebody else changed it since it was read. */
export const changeWebhook = async (ask: Ask, seen: Webhook, { url, kinds, isEnabled }: WebhookSettings): Promise<void> => {
  const settingsOf = (of: Webhook) => JSON.stringify([of.url, of.kinds, of.severity, of.description, of.isEnabled]);
  const { severity, description } = seen;
  const body = { url, kinds, isEnabled, severity, ...(description !== null && { description }) };
  await ask.replace(pathOf(seen.webhookId), (there) => settingsOf(webhook(rowOf(there))) === settingsOf(seen), body);
};

export const replayWebhook = async (ask: Ask, webhookId: string, position: string): Promise<void> =>
  void (await ask.post(`${pathOf(webhookId)}/replay`, { position }));

const pathOf = (webhookId: string): string => `/v1/webhooks/${encodeURIComponent(webhookId)}`;

const webhook = (row: Row): Webhook => ({
  webhookId: text(row.webhookId),
  url: text(row.url),
  kinds: listOf(row.kinds).map(text),
  severity: text(row.severity),
  description: textOrNull(row.description),
  isEnabled: row.isEnabled === true,
  disabledReason: textOrNull(row.disabledReason),
  position: textOrNull(row.position),
  failingSinceMs: timeOrNull(row.failingSince),
  nextAttemptMs: timeOrNull(row.nextAttemptAt),
  lastError: textOrNull(row.lastError),
});

const delivery = (row: Row): Delivery => ({
  deliveryId: text(row.deliveryId),
  kind: text(row.kind),
  subject: text(row.subject),
  position: textOrNull(row.position),
  attempt: numberOrNull(row.attempt) ?? 1,
  atMs: timeOrNull(row.at),
  isDelivered: row.isDelivered === true,
  status: numberOrNull(row.status),
  error: textOrNull(row.error),
  durationMs: numberOrNull(row.durationMs) ?? 0,
});
