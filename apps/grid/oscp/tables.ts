// Rows of capacity providers (OSCP 2.0): how each stands, what it forecast, and what it was told.
// Limits they came to are among those of the sites (load balancing).
import type { RowWrite, TableSpec } from '#service';
import { type CapacityProvider, type OscpFact, oscpSource } from './provider.js';

const providers: TableSpec = {
  name: 'grid_oscp_providers',
  columns: {
    tenant_id: 'text',
    provider_id: 'text',
    source: 'text',
    url: 'text',
    own_url: 'text',
    heartbeat_s: 'integer',
    groups: 'jsonb',
    registered_url: 'text',
    handshake: 'jsonb',
    is_acknowledged: 'boolean',
    offline_at: 'timestamptz',
    forecasts: 'jsonb',
    configured_at: 'timestamptz',
    heard_at: 'timestamptz',
    trouble: 'text',
    trouble_since: 'timestamptz',
    changed_at: 'timestamptz',
    removed_at: 'timestamptz',
  },
  key: ['tenant_id', 'provider_id'],
};
const messages: TableSpec = {
  name: 'grid_oscp_messages',
  columns: {
    tenant_id: 'text',
    provider_id: 'text',
    record_offset: 'bigint',
    action: 'text',
    subject: 'text',
    group_id: 'text',
    body: 'jsonb',
    refusal: 'text',
    sent_at: 'timestamptz',
  },
  key: ['tenant_id', 'provider_id', 'record_offset'],
};
export const OSCP_TABLES: readonly TableSpec[] = [providers, messages];

export function oscpRows({ tenantId, time, at, type, data }: OscpFact, provider: CapacityProvider): readonly RowWrite[] {
  const { config, registered, handshake, isAcknowledged, offlineMs, configuredMs, heardMs, trouble, forecasts } = provider;
  const key = { tenant_id: tenantId, provider_id: data.providerId };
  const row: RowWrite = {
    table: providers,
    row: {
      ...key,
      source: oscpSource(data.providerId),
      // A column that is not named keeps what it has: what a broken record does not say is said to be nothing.
      ...(config !== undefined && {
        url: config.url ?? null,
        own_url: config.ownUrl ?? null,
        heartbeat_s: config.heartbeatS ?? null,
        groups: config.groups ?? null,
      }),
      registered_url: registered?.url ?? null,
      handshake: handshake ?? null,
      is_acknowledged: isAcknowledged,
      offline_at: instant(offlineMs),
      configured_at: instant(configuredMs),
      heard_at: instant(heardMs),
      trouble: trouble?.reason ?? null,
      trouble_since: instant(trouble?.sinceMs),
      forecasts,
      changed_at: new Date(time),
      removed_at: type === 'OscpRemoved' ? new Date(time) : null,
    },
  };
  if (type !== 'OscpSaid') return [row];
  const { action, subject, groupId, body, refusal } = data;
  const said = { action, subject, group_id: groupId ?? null, body, refusal: refusal ?? null, sent_at: new Date(time) };
  return [row, { table: messages, row: { ...key, record_offset: at.offset, ...said } }];
}

const instant = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));
