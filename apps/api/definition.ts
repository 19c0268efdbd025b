// The api as a service: remembers how requests ended, and keeps a feed of what changed for the console and other listeners.
// What changed in detail is read from the rows of the services that own it.
import type { BalancingEvent, BillingEvent, NetworkEvent, Recorded, SessionEvent, SiteEvent } from '#contracts';
import type { RowWrite, ServiceDefinition, TableSpec } from '#service';
import { RECONCILIATION_TABLES, reconciliationRows } from './reconciliation-rows.js';
import { WEBHOOK_TABLES, webhookRows } from './webhooks/rows.js';

export type ApiInput = SiteEvent | SessionEvent | BillingEvent | BalancingEvent | NetworkEvent;

const requests: TableSpec = {
  name: 'requests',
  columns: {
    tenant_id: 'text',
    request_id: 'text',
    site_id: 'text',
    state: 'text',
    version: 'bigint',
    reasons: 'jsonb',
    topic: 'text',
    partition: 'integer',
    record_offset: 'bigint',
  },
  key: ['tenant_id', 'request_id'],
};
const apiKeys: TableSpec = {
  name: 'api_keys',
  columns: {
    tenant_id: 'text',
    key_id: 'text',
    name: 'text',
    role: 'text',
    sites: 'jsonb',
    key_hash: 'text',
    created_at: 'timestamptz',
    created_by: 'text',
    revoked_at: 'timestamptz',
  },
  key: ['tenant_id', 'key_id'],
};
const reportingRows: TableSpec = {
  name: 'reporting_rows',
  columns: { tenant_id: 'text', module: 'integer', year: 'integer', rows: 'jsonb', stated_at: 'timestamptz', stated_by: 'text' },
  key: ['tenant_id', 'module', 'year'],
};
const sellers: TableSpec = {
  name: 'sellers',
  columns: { tenant_id: 'text', seller: 'jsonb', stated_at: 'timestamptz', stated_by: 'text' },
  key: ['tenant_id'],
};
const feed: TableSpec = {
  name: 'feed',
  columns: {
    topic: 'text',
    partition: 'integer',
    record_offset: 'bigint',
    tenant_id: 'text',
    kind: 'text',
    subject: 'text',
    at: 'timestamptz',
  },
  key: ['topic', 'partition', 'record_offset'],
};

export const FEED_KINDS = ['site', 'station', 'session', 'load', 'alert'] as const;
export type FeedKind = (typeof FEED_KINDS)[number];

/** What a listener should look at again because of this record. */
function feedEntry(input: Recorded<ApiInput>): readonly [FeedKind, string] | undefined {
  switch (input.type) {
    case 'StationConnected':
    case 'StationDisconnected':
    case 'StationPresumedOffline':
    case 'LimitAlarmReported':
      return input.stationId === undefined ? undefined : ['station', input.stationId];
    // Of the session service: a lost connection counts now (apps/session/link.ts).
    case 'TimeReached':
      return input.stationId !== undefined && input.data.deadlineId.startsWith('lost/') ? ['station', input.stationId] : undefined;
    case 'CallReceived': {
      const live = [
        'BootNotification',
        'StatusNotification',
        'MeterValues',
        'TransactionEvent',
        'StartTransaction',
        'StopTransaction',
        'NotifyEvent',
      ];
      return input.stationId !== undefined && live.includes(input.data.action) ? ['station', input.stationId] : undefined;
    }
    case 'ConfigurationAccepted':
      return input.data.change.kind.startsWith('site') ? ['site', input.siteId ?? ''] : ['station', input.stationId ?? ''];
    case 'SessionStarted':
    case 'SessionEnded':
    case 'SessionAmended':
    case 'ChargingPeriodRecorded':
    case 'SessionRated':
      return ['session', input.data.sessionId];
    case 'AlertOpened':
    case 'AlertClosed':
      return ['alert', input.data.alertId];
    case 'LimitsDecided':
      return ['load', input.siteId ?? ''];
    default:
      return undefined;
  }
}

function rows(input: Recorded<ApiInput>): readonly RowWrite[] {
  const place = { topic: input.at.topic, partition: input.at.partition, record_offset: input.at.offset };
  const writes: RowWrite[] = [];
  const entry = feedEntry(input);
  if (entry !== undefined)
    writes.push({ table: feed, row: { ...place, tenant_id: input.tenantId, kind: entry[0], subject: entry[1], at: input.time } });
  if (input.type === 'ConfigurationAccepted' || input.type === 'ConfigurationRefused') {
    const accepted = input.type === 'ConfigurationAccepted';
    writes.push({
      table: requests,
      row: {
        ...place,
        tenant_id: input.tenantId,
        request_id: input.data.requestId,
        site_id: input.siteId,
        state: accepted ? 'accepted' : 'refused',
        reasons: accepted ? [] : input.data.reasons,
        version: accepted ? input.data.version : null,
      },
    });
  }
  if (input.type === 'ApiKeyCreated') {
    const { keyId, name, role, sites = null, keyHash, createdBy } = input.data;
    const row = {
      tenant_id: input.tenantId,
      key_id: keyId,
      name,
      role,
      sites,
      key_hash: keyHash,
      created_at: input.time,
      created_by: createdBy,
    };
    writes.push({ table: apiKeys, row });
  }
  if (input.type === 'ApiKeyRevoked')
    writes.push({ table: apiKeys, row: { tenant_id: input.tenantId, key_id: input.data.keyId, revoked_at: input.time } });
  if (input.type === 'ReportingRowsStated') {
    const { module, year, rows: stated, statedBy } = input.data;
    const row = { tenant_id: input.tenantId, module, year, rows: stated, stated_at: input.time, stated_by: statedBy };
    writes.push({ table: reportingRows, row });
  }
  if (input.type === 'SellerStated') {
    const { seller, statedBy } = input.data;
    writes.push({ table: sellers, row: { tenant_id: input.tenantId, seller, stated_at: input.time, stated_by: statedBy } });
  }
  writes.push(...webhookRows(input));
  if (input.type === 'DayReconciled') writes.push(...reconciliationRows(input));
  return writes;
}

export const apiDefinition: ServiceDefinition<null, ApiInput> = {
  name: 'api',
  inputs: ['site-events', 'session-events', 'billing-events', 'balancing-events', 'network-events'],
  outputs: [],
  // The feed is transport: its numbering is this database's own, so it is not part of what a replay compares.
  tables: [requests, apiKeys, reportingRows, sellers, ...RECONCILIATION_TABLES, ...WEBHOOK_TABLES],
  fold: {
    aggregateOf: (input) => input.tenantId,
    initial: () => null,
    decide: () => [],
    evolve: (state) => state,
    project: ({ input }) => rows(input),
  },
};
