// The envelope of everything in the log: CloudEvents 1.0 in the Kafka binary binding, plus tenant, site and station.
// What the data of each type looks like is beside this file, one file per topic.
import { uuidV5 } from '#kernel';
import type { LogRecord, NewRecord, Position, Signed } from '#ports';

export const TOPICS = ['site-events', 'session-events', 'billing-events', 'balancing-events', 'network-events'] as const;
export type Topic = (typeof TOPICS)[number];

/**
 * Where utilities write limits instead of calling `POST /v1/grid/limits`, each record the JSON of that call's body, or of a withdrawal, with the tenant in the header
 * `ce_tenantid` (absent: default) and, where they name the limit themselves, `ce_id`; and what became of each, in the same partition: `GridLimitTaken`, or `GridLimitRefused` with the reason and the text. Nothing
 * is folded from either: what was taken is in `site-events`.
 */
export const LIMIT_TOPICS = { asked: 'grid-limits', outcomes: 'grid-limit-outcomes' } as const;

export interface EnvelopeAttributes {
  /** Unique; the same for a repeated delivery of the same fact. */
  readonly id: string;
  readonly type: string;
  /** `/<who>` for facts from outside; derived facts name what they came from (see `derivedSource`). */
  readonly source: string;
  /** When we received or derived it, ISO 8601 UTC. */
  readonly time: string;
  readonly tenantId: string;
  /** Absent on network-events. */
  readonly siteId?: string;
  readonly stationId?: string;
  /** W3C trace context. */
  readonly traceparent?: string;
}

export interface Envelope<Type extends string = string, Data = unknown> extends EnvelopeAttributes {
  readonly type: Type;
  readonly data: Data;
}

/** An envelope with its place in the log. */
export type Recorded<E extends Envelope = Envelope> = E & { readonly at: Position; readonly signed?: Signed };

/** In place of a site: the stream of what concerns several sites of a tenant at once. No site can be called so. */
export const NETWORK_STREAM = ':network';

/** In place of a site: the stream of what an account owes and is invoiced. No site can be called so. */
const ACCOUNT_STREAM = ':account:';

/** `accountId` is a pseudonym, see AccountCharged. */
export const accountStream = (accountId: string): string => `${ACCOUNT_STREAM}${accountId}`;

export const isAccountStream = (siteId: string | undefined): boolean => siteId?.startsWith(ACCOUNT_STREAM) === true;

/** The key that orders a site's history; network facts of a tenant are one stream. */
export const streamKey = ({ tenantId, siteId }: { readonly tenantId: string; readonly siteId?: string | undefined }): string =>
  siteId === undefined ? tenantId : `${tenantId}/${siteId}`;

/** What cannot be written down, or not be decided for want of something else. Its words name places, never values: they go into the log (ADR 0098). */
export class Unwritable extends Error {}

/** Encodes an envelope whose data is already JSON text: the edge splices a station's own bytes in. Throws Unwritable for an attribute that is no text. */
export function encodeText(attributes: EnvelopeAttributes, dataText: string): NewRecord {
  const { id, type, source, time, tenantId, siteId, stationId, traceparent } = attributes;
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: id,
    ce_type: type,
    ce_source: source,
    ce_time: time,
    ce_tenantid: tenantId,
  };
  if (siteId !== undefined) headers.ce_siteid = siteId;
  if (stationId !== undefined) headers.ce_stationid = stationId;
  if (traceparent !== undefined) headers.traceparent = traceparent;
  // What a fold makes of a record that lies may be of another type than it says.
  for (const name in headers) if (typeof headers[name] !== 'string') throw new Unwritable(`${name} is no text`);
  if (typeof dataText !== 'string') throw new Unwritable('there are no data');
  return { key: streamKey(attributes), headers, value: dataText };
}

export const encode = (envelope: Envelope): NewRecord => encodeText(envelope, JSON.stringify(envelope.data));

/** Reads a record back. Throws on a record that is not ours to understand: the caller parks it. */
export function decode(record: LogRecord): Recorded {
  if (record.refused !== undefined) throw new Error(record.refused);
  const {
    ce_id: id,
    ce_type: type,
    ce_source: source,
    ce_time: time,
    ce_tenantid: tenantId,
    ce_siteid: siteId,
    ce_stationid: stationId,
    traceparent,
  } = record.headers;
  if (!id || !type || !source || !time || !tenantId) throw new Error('a CloudEvents attribute is missing');
  return {
    id,
    type,
    source,
    time,
    tenantId,
    ...(siteId !== undefined && { siteId }),
    ...(stationId !== undefined && { stationId }),
    ...(traceparent !== undefined && { traceparent }),
    data: parsed(record.value),
    at: { topic: record.topic, partition: record.partition, offset: record.offset },
    ...(record.signed !== undefined && { signed: record.signed }),
  };
}

/** The parser's own words would repeat a piece of the text, and they go into logs and rows. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('the data are not JSON');
  }
}

/** Where a derived fact came from: the deciding service, its input, and which of the input's results it is. */
export interface DerivedFrom extends Position {
  readonly service: string;
  readonly index: number;
}

export const derivedSource = ({ service, topic, partition, offset, index }: DerivedFrom): string =>
  `/${service}/${topic}/${partition}/${offset}/${index}`;

export function parseDerivedSource(source: string): DerivedFrom | undefined {
  const [, service, topic, partition, offset, index] = source.split('/');
  if (!service || !topic || index === undefined) return undefined;
  return { service, topic, partition: Number(partition), offset: Number(offset), index: Number(index) };
}

/** Of the input, its place and the index: a decision taken twice has one id, and where an input is in the log twice, each has its own. */
export const derivedId = (inputId: string, { service, topic, partition, offset, index }: DerivedFrom): string =>
  uuidV5('derived', service, inputId, topic, partition, offset, index);
