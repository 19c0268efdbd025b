// Rows of what stations are made of, hold and were asked: settings, monitors, events, transfers, campaigns, orders.
// They are written by the stations service; what wanted and told settings are to each other is libs/domain/device.
import type { Setting, Template, ToldVariable } from '#domain/device';
import type { World } from '#ports';
import { decodeCursor, type Json, type List, type PageQuery, page, tenantRows } from './rows.js';

export type DeviceReads = ReturnType<typeof deviceReads>;

const NAME = `jsonb_strip_nulls(jsonb_build_object('component', jsonb_build_object('name', component, 'instance', nullif(component_instance, ''),
  'evse', case when evse_id > 0 then jsonb_build_object('id', evse_id, 'connectorId', nullif(connector_id, 0)) end),
  'variable', jsonb_build_object('name', variable, 'instance', nullif(variable_instance, '')))) as about`;

const named = ({ about, ...row }: Json): Json => ({ ...(about as Json), ...row });

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** As it is asked for by the interface, with what OCPP leaves out filled in. */
export function settingOf({ component, variable, attribute, value }: Json): Setting {
  const { name = '', instance, evse } = (component ?? {}) as Json;
  const { id, connectorId } = (evse ?? {}) as Json;
  const { name: variableName, instance: variableInstance } = variable as Json;
  return {
    component: text(name),
    componentInstance: text(instance),
    evseId: number(id),
    connectorId: number(connectorId),
    variable: text(variableName),
    variableInstance: text(variableInstance),
    attribute: text(attribute) || 'Actual',
    value: text(value),
  };
}

export interface EventsQuery extends PageQuery {
  readonly stationId?: string | undefined;
  readonly acknowledged?: 'true' | 'false' | undefined;
}

export function deviceReads({ database }: Pick<World, 'database'>) {
  const rows = tenantRows({ database });
  const here = 'join stations s using (tenant_id, site_id, station_id) where tenant_id = $1 and station_id = $2';

  return {
    async toldVariables(tenantId: string, stationId: string): Promise<readonly ToldVariable[]> {
      return (await rows(
        `select component, component_instance as "componentInstance", evse_id as "evseId", connector_id as "connectorId", variable,
           variable_instance as "variableInstance", attribute, value, mutability, data_type as "dataType", set_status as "setStatus"
         from variables v ${here}`,
        [tenantId, stationId],
      )) as unknown as readonly ToldVariable[];
    },
    async templates(tenantId: string, siteId: string): Promise<readonly (Template & Json)[]> {
      const found = await rows(
        `select template_id as "templateId", applies_to as "appliesTo", settings as stated, requested_by as "requestedBy", at
         from device_templates where tenant_id = $1 and site_id = $2 and not withdrawn order by template_id`,
        [tenantId, siteId],
      );
      return found.map((row) => ({ ...row, settings: (row.stated as Json[]).map(settingOf) })) as unknown as readonly (Template & Json)[];
    },
    async reports(tenantId: string, stationId: string): Promise<readonly Json[]> {
      return rows(
        `select request_id::float8 as "requestId", action, state, parts, requested_by as "requestedBy", asked_at as "askedAt", at
         from device_report_requests r ${here} order by asked_at desc nulls last limit 50`,
        [tenantId, stationId],
      );
    },
    async monitors(tenantId: string, stationId: string): Promise<Json> {
      const [head] = await rows(
        `select base, base_at as "baseAt", level, level_at as "levelAt", report_state as "reportState", report_at as "reportAt"
         from device_monitoring m ${here}`,
        [tenantId, stationId],
      );
      const items = await rows(
        `select monitor_id as "monitorId", ${NAME}, type, value, severity, in_transactions as "inTransactions", notification, told_at as "toldAt"
         from monitors m ${here} order by monitor_id limit 1000`,
        [tenantId, stationId],
      );
      return { base: null, baseAt: null, level: null, levelAt: null, reportState: null, reportAt: null, ...head, items: items.map(named) };
    },
    async deviceEvents(
      tenantId: string,
      {
        limit,
        cursor,
        stationId,
        acknowledged,
        standing,
        severity,
      }: EventsQuery & { readonly standing?: 'true' | 'false' | undefined; readonly severity?: number | undefined },
    ): Promise<List<Json>> {
      const [beforeAt, beforeId] = decodeCursor(cursor, 'time', 'text') ?? [null, null];
      const found = await rows(
        `select station_id as "stationId", event_id as "eventId", at, received_at as "receivedAt", trigger, notification, ${NAME}, actual_value as "actualValue",
           tech_code as "techCode", tech_info as "techInfo", transaction_id as "transactionId", monitor_id as "monitorId", severity,
           is_clear as "isClear", cleared_at as "clearedAt", acknowledged_at as "acknowledgedAt", acknowledged_by as "acknowledgedBy", note
         from device_events where tenant_id = $1 and received_at is not null and ($2::text is null or station_id = $2)
           and ($3::boolean is null or (acknowledged_at is not null) = $3)
           and ($4::boolean is null or (trigger = 'Alerting' and not is_clear and cleared_at is null) = $4)
           and ($5::integer is null or severity <= $5)
           and ($6::timestamptz is null or (received_at, event_id) < ($6, $7::text)) order by received_at desc, event_id desc limit $8`,
        [tenantId, stationId ?? null, bool(acknowledged), bool(standing), severity ?? null, beforeAt, beforeId, limit + 1],
      );
      return page(found.map(named), limit, ({ receivedAt, eventId }) => [(receivedAt as Date).toISOString(), eventId]);
    },
    async securityEvents(
      tenantId: string,
      { limit, cursor, stationId, acknowledged, criticality }: EventsQuery & { readonly criticality?: string | undefined },
    ): Promise<List<Json>> {
      const [beforeAt, beforeId] = decodeCursor(cursor, 'time', 'text') ?? [null, null];
      const found = await rows(
        `select station_id as "stationId", event_id as "eventId", type, criticality, at, received_at as "receivedAt", tech_info as "techInfo",
           acknowledged_at as "acknowledgedAt", acknowledged_by as "acknowledgedBy", note
         from security_events where tenant_id = $1 and received_at is not null and ($2::text is null or station_id = $2)
           and ($3::boolean is null or (acknowledged_at is not null) = $3) and ($4::text is null or criticality = $4)
           and ($5::timestamptz is null or (received_at, event_id) < ($5, $6::text)) order by received_at desc, event_id desc limit $7`,
        [tenantId, stationId ?? null, bool(acknowledged), criticality ?? null, beforeAt, beforeId, limit + 1],
      );
      return page([...found], limit, ({ receivedAt, eventId }) => [(receivedAt as Date).toISOString(), eventId]);
    },
    /** Site of the station that told it; undefined when there is no such event. */
    async siteOfEvent(
      table: 'device_events' | 'security_events',
      tenantId: string,
      stationId: string,
      eventId: string,
    ): Promise<string | undefined> {
      const [row] = await rows(
        `select site_id from ${table} where tenant_id = $1 and station_id = $2 and event_id = $3 and received_at is not null`,
        [tenantId, stationId, eventId],
      );
      return row?.site_id as string | undefined;
    },
    async transfers(tenantId: string, stationId: string): Promise<readonly Json[]> {
      return rows(
        `select kind, command_id as "commandId", action, request_id::float8 as "requestId", status, ended_as as "endedAs", detail, requested_by as "requestedBy",
           asked_at as "askedAt", at from device_transfers t ${here} order by kind`,
        [tenantId, stationId],
      );
    },
    async orders(tenantId: string, stationId: string): Promise<readonly Json[]> {
      return rows(
        `select action, subject, command_id as "commandId", wanted, state, answer, told, requested_by as "requestedBy", asked_at as "askedAt", at
         from device_orders o ${here} order by asked_at desc nulls last, action, subject limit 200`,
        [tenantId, stationId],
      );
    },
    async campaigns(tenantId: string, { limit, cursor }: PageQuery): Promise<List<Json>> {
      const [beforeAt, beforeId] = decodeCursor(cursor, 'time', 'text') ?? [null, null];
      const found = await rows(
        `${CAMPAIGN} having ($2::timestamptz is null or (min(requested_at), campaign_id) < ($2, $3::text)) order by min(requested_at) desc, campaign_id desc limit $4`,
        [tenantId, beforeAt, beforeId, limit + 1],
      );
      return page([...found], limit, ({ requestedAt, campaignId }) => [(requestedAt as Date).toISOString(), campaignId]);
    },
    async campaign(tenantId: string, campaignId: string): Promise<Json | undefined> {
      const [head] = await rows(`${CAMPAIGN} having campaign_id = $2`, [tenantId, campaignId]);
      if (head === undefined) return undefined;
      const stations = await rows(
        `select station_id as "stationId", site_id as "siteId", action, state, attempts, status, command_id as "commandId", at
         from campaign_stations where tenant_id = $1 and campaign_id = $2 order by station_id`,
        [tenantId, campaignId],
      );
      return { ...head, stations };
    },
  };
}

/** One campaign may be at several sites: it is over when it is over at all of them. */
const CAMPAIGN = `select campaign_id as "campaignId", min(kind) as kind, min(requested_at) as "requestedAt", min(requested_by) as "requestedBy",
  (array_agg(messages))[1] as messages, min(wave_size) as "waveSize", min(attempts) as attempts,
  case when bool_or(state = 'running') then 'running' when bool_or(state = 'stopped') then 'stopped' else 'ended' end as state,
  case when bool_and(ended_at is not null) then max(ended_at) end as "endedAt", json_agg(site_id order by site_id) as "siteIds",
  (select json_object_agg(c.state, c.count) from (select m.state, count(*)::integer as count from campaign_stations m
    where m.tenant_id = campaigns.tenant_id and m.campaign_id = campaigns.campaign_id group by m.state) c) as progress
  from campaigns where tenant_id = $1 group by tenant_id, campaign_id`;

const bool = (value: 'true' | 'false' | undefined): boolean | null => (value === undefined ? null : value === 'true');
