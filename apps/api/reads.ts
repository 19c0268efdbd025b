// Rows as the HTTP interface shows them. The tables belong to the services that write them; nothing is written here.
import { withVendorData } from '#domain/privacy';
import { PortError, type World } from '#ports';
import type { FeedKind } from './definition.js';
import type { Describe } from './feed.js';
import { limitReads } from './limit-reads.js';
import { decodeCursor, type Json, type List, type PageQuery, page, tenantRows } from './rows.js';
import { sessionReads } from './session-reads.js';
import { siteReads } from './site-reads.js';

export type CommandState = 'queued' | 'sent' | 'accepted' | 'rejected' | 'failed' | 'timedOut';

export interface ParkedFrame extends Json {
  readonly frameId: string;
  readonly ocppVersion: string;
  readonly connectionId: string;
  readonly sealed: string;
  readonly isTruncated: boolean;
  readonly replayedAs: string | null;
}

const PARKED_FRAME = `select event_id as "frameId", at, kind, reason, bytes, frame_hash as "frameHash", redacted, truncated as "isTruncated",
  unparked_before as "unparkedBefore", replayed_as as "replayedAs", ocpp_version as "ocppVersion", connection_id as "connectionId", sealed
  from parked_frames where tenant_id = $1 and station_id = $2`;

/** OCPI 2.2.1: CiString(36). */
const LONGEST_UID = 36;

export type Reads = ReturnType<typeof readsFrom>;

const orNull = (value: unknown): unknown => (value === '' || value === 0 ? null : value);

/** A 1.6 key has no component. */
const toVariable = (row: Json): Json => ({
  component:
    row.component === ''
      ? null
      : {
          name: row.component,
          instance: orNull(row.component_instance),
          evse: row.evse_id === 0 ? null : { id: row.evse_id, connectorId: orNull(row.connector_id) },
        },
  variable: { name: row.variable, instance: orNull(row.variable_instance) },
  attribute: row.attribute,
  value: row.value,
  mutability: row.mutability,
  dataType: row.data_type,
  unit: row.unit,
  valuesList: row.values_list,
  minLimit: row.min_limit,
  maxLimit: row.max_limit,
  reportedAt: row.reported_at,
  set: row.set_status === null ? null : { status: row.set_status, value: row.set_value, at: row.set_at },
});

export function readsFrom({ database, keys, clock }: Pick<World, 'database' | 'keys' | 'clock'>) {
  const rows = tenantRows({ database });

  const opened = (sealed: string): Promise<string | undefined> =>
    keys.unseal(sealed).catch((error: unknown) => {
      if (error instanceof PortError && !error.retriable) return undefined; // one CDR of another key file hides no others
      throw error;
    });

  /** The token of a CDR is sealed in the rows: opened for who may know it; the others, and all once it is erased, see its pseudonym. */
  const withToken = async (cdr: Json, mayName: boolean): Promise<Json> => {
    const { cdr_token: token } = cdr as { readonly cdr_token?: { readonly uid: string } };
    const [sealed, pseudonym] = /^sealed:v1:([^:]+):/.exec(token?.uid ?? '') ?? [];
    if (sealed === undefined || pseudonym === undefined || token === undefined) return cdr;
    const uid = (mayName ? await opened(token.uid) : undefined) ?? pseudonym.slice(0, LONGEST_UID);
    return { ...cdr, cdr_token: { ...token, uid, contract_id: uid } };
  };

  return {
    ...siteReads(rows),
    ...sessionReads(rows),
    ...limitReads(rows, () => clock.now()),
    /** `mayAsk`: the caller might have asked the station himself, and reads what its vendor says in its own words. */
    async command(tenantId: string, commandId: string, mayAsk = false): Promise<(Json & { readonly state: CommandState }) | undefined> {
      const [row] = await rows('select * from commands where tenant_id = $1 and command_id = $2', [tenantId, commandId]);
      if (row === undefined) return undefined;
      const { command_id, station_id, action, state, answer, reason, requested_at, sent_at, ended_at } = row;
      return {
        commandId: command_id,
        stationId: station_id,
        action,
        state: state as CommandState,
        answer: mayAsk ? await withVendorData(String(action), answer, opened) : answer,
        reason,
        requestedAt: requested_at,
        sentAt: sent_at,
        endedAt: ended_at,
      };
    },
    async parkedFrames(tenantId: string, stationId: string, { limit, cursor }: PageQuery): Promise<List<Json>> {
      const [beforeAt, beforeId] = decodeCursor(cursor, 'time', 'text') ?? [null, null];
      const found = await rows(
        `${PARKED_FRAME} and ($3::timestamptz is null or (at, event_id) < ($3, $4::text)) order by at desc, event_id desc limit $5`,
        [tenantId, stationId, beforeAt, beforeId, limit + 1],
      );
      const { items, nextCursor } = page(found, limit, ({ at, frameId }) => [(at as Date).toISOString(), frameId]);
      return { items: items.map(({ sealed: _, ...shown }) => shown), nextCursor };
    },
    async parkedFrame(tenantId: string, stationId: string, frameId: string): Promise<ParkedFrame | undefined> {
      const [row] = await rows(`${PARKED_FRAME} and event_id = $3`, [tenantId, stationId, frameId]);
      return row as ParkedFrame | undefined;
    },
    async variables(
      tenantId: string,
      stationId: string,
      {
        limit,
        cursor,
        component,
        variable,
      }: PageQuery & { readonly component?: string | undefined; readonly variable?: string | undefined },
    ): Promise<List<Json>> {
      const after = decodeCursor(cursor, 'text', 'text', 'whole', 'whole', 'text', 'text', 'text') ?? Array<null>(7).fill(null);
      const found = await rows(
        `select v.* from variables v join stations s using (tenant_id, site_id, station_id) where tenant_id = $1 and station_id = $2
           and ($3::text is null or lower(component) = lower($3)) and ($4::text is null or lower(variable) = lower($4))
           and ($5::text is null or (component, component_instance, evse_id, connector_id, variable, variable_instance, attribute)
             > ($5, $6::text, $7::bigint, $8::bigint, $9::text, $10::text, $11::text))
         order by component, component_instance, evse_id, connector_id, variable, variable_instance, attribute limit $12`,
        [tenantId, stationId, component ?? null, variable ?? null, ...after, limit + 1],
      );
      const { items, nextCursor } = page(found, limit, (row) =>
        ['component', 'component_instance', 'evse_id', 'connector_id', 'variable', 'variable_instance', 'attribute'].map((name) =>
          String(row[name]),
        ),
      );
      return { items: items.map(toVariable), nextCursor };
    },
    /** Records that services could not understand; a replay of the log with code that does takes them out. */
    async parkedRecords(
      tenantId: string,
      { limit, cursor, service }: PageQuery & { readonly service?: string | undefined },
    ): Promise<List<Json>> {
      const after = decodeCursor(cursor, 'text', 'text', 'whole', 'whole') ?? [null, null, null, null];
      const found = await rows(
        `select service, topic, partition, record_offset as offset, reason, stream_key as "streamKey" from parked_records
         where (stream_key = $1 or starts_with(stream_key, $1 || '/')) and ($2::text is null or service = $2)
           and ($3::text is null or (service, topic, partition, record_offset) > ($3, $4::text, $5::bigint, $6::bigint))
         order by service, topic, partition, record_offset limit $7`,
        [tenantId, service ?? null, ...after, limit + 1],
      );
      const keyed = found.map((row): Json => ({ ...row, offset: Number(row.offset) }));
      return page(keyed, limit, ({ service: by, topic, partition, offset }) => [by, topic, String(partition), String(offset)]);
    },
    async tariff(tenantId: string, tariffId: string): Promise<Json | undefined> {
      const [row] = await rows('select tariff from tariffs where tenant_id = $1 and tariff_id = $2', [tenantId, tariffId]);
      return row?.tariff as Json | undefined;
    },
    async cdrs(
      tenantId: string,
      { limit, cursor, sessionId }: PageQuery & { readonly sessionId?: string | undefined },
      mayName: boolean,
    ): Promise<List<Json>> {
      const [beforeAt, beforeId] = decodeCursor(cursor, 'time', 'text') ?? [null, null];
      const found = await rows(
        `select cdr, issued_at, cdr_id from cdrs where tenant_id = $1 and ($2::text is null or session_id = $2)
         and ($3::timestamptz is null or (issued_at, cdr_id) < ($3, $4::text)) order by issued_at desc, cdr_id desc limit $5`,
        [tenantId, sessionId ?? null, beforeAt, beforeId, limit + 1],
      );
      const { items, nextCursor } = page(found, limit, ({ issued_at, cdr_id }) => [(issued_at as Date).toISOString(), cdr_id]);
      return { items: await Promise.all(items.map(({ cdr }) => withToken(cdr as Json, mayName))), nextCursor };
    },
    async cdr(tenantId: string, cdrId: string, mayName: boolean): Promise<Json | undefined> {
      const [row] = await rows('select cdr from cdrs where tenant_id = $1 and cdr_id = $2', [tenantId, cdrId]);
      return row && withToken(row.cdr as Json, mayName);
    },
    /** Alerts that were told, as they were told last; `closedAt` once they are over. */
    async alertsTold(tenantId: string, alertIds: readonly string[]): Promise<readonly Json[]> {
      return rows(
        `select alert_id as "alertId", kind, severity, site_id as "siteId", station_id as "stationId", evse_id as "evseId", since, detail,
           opened_at as "openedAt", closed_at as "closedAt" from alerts_told where tenant_id = $1 and alert_id = any($2::text[])`,
        [tenantId, alertIds],
      );
    },
  };
}

/** What listeners of the feed are shown for a changed subject. */
export const describeChanges =
  (reads: Reads): Describe =>
  async (tenantId: string, kind: FeedKind, subjects: readonly string[]) => {
    const by = (items: readonly Json[], key: string): ReadonlyMap<string, unknown> =>
      new Map(items.map((item) => [String(item[key]), item]));
    switch (kind) {
      case 'site':
        return by(await Promise.all(subjects.map(async (siteId) => (await reads.site(tenantId, siteId)) ?? { siteId })), 'siteId');
      case 'station':
        // Of one that is gone only its id.
        return new Map([
          ...subjects.map((stationId) => [stationId, { stationId }] as const),
          ...by(await reads.stationsById(tenantId, subjects), 'stationId'),
        ]);
      case 'session':
        return by(await reads.sessionsById(tenantId, subjects), 'sessionId');
      case 'alert':
        return by(await reads.alertsTold(tenantId, subjects), 'alertId');
      case 'load':
        return by(await reads.lastLoad(tenantId, subjects), 'siteId');
    }
  };
