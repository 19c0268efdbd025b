// Of alerts, and of who is told.
import { z } from 'zod';
import { Fields, Id, KeptText, KeptTime, Time } from './shapes.js';

const AlertSeverity = z.enum(['critical', 'warning', 'info']);
export const Alerts = z
  .object({
    items: z.array(
      z.object({
        alertId: Id.describe('the same while it lasts'),
        kind: z.string(),
        severity: AlertSeverity,
        siteId: KeptText,
        stationId: KeptText,
        evseId: z.int().nullable(),
        since: KeptTime,
        detail: Fields.nullable(),
      }),
    ),
    counts: z.record(AlertSeverity, z.int()),
    total: z.int(),
  })
  .meta({ id: 'Alerts' });
export const Webhook = z
  .object({
    webhookId: Id,
    url: KeptText,
    kinds: z.array(z.string()),
    severity: AlertSeverity,
    description: KeptText,
    isEnabled: z.boolean(),
    disabledReason: KeptText,
    previousUntil: KeptTime.describe('the secret before signs as well until then'),
    changedAt: Time,
    changedBy: z.string(),
    position: KeptText.describe('how far it was told'),
    failures: z.int(),
    failingSince: KeptTime,
    nextAttemptAt: KeptTime,
    lastError: KeptText,
  })
  .meta({ id: 'Webhook' });
export const NewWebhook = Webhook.extend({ secret: z.string().optional().describe('shown once; none for mail') });
export const WebhookSecret = z.object({ webhookId: Id, secret: z.string(), previousUntil: KeptTime });
export const Delivery = z
  .object({
    deliveryId: Id,
    messageId: Id,
    kind: z.string(),
    position: KeptText,
    subject: KeptText,
    attempt: z.int(),
    at: Time,
    isDelivered: z.boolean(),
    status: z.int().nullable(),
    error: KeptText,
    durationMs: z.number(),
  })
  .meta({ id: 'Delivery' });
export const TestDelivery = z.object({ isDelivered: z.boolean(), status: z.int().nullable(), error: KeptText });
