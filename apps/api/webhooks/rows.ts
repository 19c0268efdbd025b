// Rows of webhooks and of alerts that were told. How far each webhook has been told is transport, and in tables that no fold writes (sender.ts).
import type { NetworkEvent, Recorded } from '#contracts';
import type { RowWrite, TableSpec } from '#service';

const webhooks: TableSpec = {
  name: 'webhooks',
  columns: {
    tenant_id: 'text',
    webhook_id: 'text',
    target: 'text',
    kinds: 'jsonb',
    severity: 'text',
    description: 'text',
    secret: 'text',
    previous_secret: 'text',
    previous_until: 'timestamptz',
    is_enabled: 'boolean',
    disabled_reason: 'text',
    changed_at: 'timestamptz',
    changed_by: 'text',
    removed_at: 'timestamptz',
    told: 'jsonb',
  },
  key: ['tenant_id', 'webhook_id'],
};
const alertsTold: TableSpec = {
  name: 'alerts_told',
  columns: {
    tenant_id: 'text',
    alert_id: 'text',
    kind: 'text',
    severity: 'text',
    site_id: 'text',
    station_id: 'text',
    evse_id: 'integer',
    since: 'timestamptz',
    detail: 'jsonb',
    opened_at: 'timestamptz',
    closed_at: 'timestamptz',
  },
  key: ['tenant_id', 'alert_id'],
};

export const WEBHOOK_TABLES: readonly TableSpec[] = [webhooks, alertsTold];

export function webhookRows(input: Recorded<NetworkEvent> | Recorded): readonly RowWrite[] {
  const { tenantId, time } = input;
  const { type, data } = input as Recorded<NetworkEvent>;
  const of = (webhookId: string) => ({ tenant_id: tenantId, webhook_id: webhookId, changed_at: time });
  switch (type) {
    case 'WebhookConfigured': {
      const { webhookId, target, kinds, severity, description = null, isEnabled, requestedBy } = data;
      const row = { ...of(webhookId), target, severity, description, is_enabled: isEnabled, disabled_reason: null };
      // Whoever tells it reads them as texts, again and again: what is none is parked or left out here.
      const readable = kinds.filter((kind) => typeof kind === 'string');
      return [{ table: webhooks, row: { ...row, kinds: readable, changed_by: requestedBy, removed_at: null } }];
    }
    case 'WebhookSecretChanged': {
      const { webhookId, secret, previous, requestedBy } = data;
      const before = { previous_secret: previous?.secret ?? null, previous_until: previous?.until ?? null };
      return [{ table: webhooks, row: { ...of(webhookId), secret, ...before, changed_by: requestedBy } }];
    }
    case 'WebhookDisabled':
      return [{ table: webhooks, row: { ...of(data.webhookId), is_enabled: false, disabled_reason: data.reason } }];
    case 'WebhookTold':
      return [{ table: webhooks, row: { tenant_id: tenantId, webhook_id: data.webhookId, told: data.told } }];
    case 'WebhookRemoved':
      return [{ table: webhooks, row: { ...of(data.webhookId), is_enabled: false, changed_by: data.requestedBy, removed_at: time } }];
    case 'AlertOpened': {
      const { alertId, kind, severity, siteId, stationId, evseId, since, detail } = data;
      const place = { site_id: siteId, station_id: stationId, evse_id: evseId };
      const row = { tenant_id: tenantId, alert_id: alertId, kind, severity, ...place, since, detail, opened_at: time, closed_at: null };
      return [{ table: alertsTold, row }];
    }
    case 'AlertClosed':
      return [{ table: alertsTold, row: { tenant_id: tenantId, alert_id: data.alertId, closed_at: time } }];
    default:
      return [];
  }
}
