// From what Kafka holds to the port's record, and back.
// What a record means is nobody's business here.
import type { LogRecord, NewRecord, PartitionRef } from '#ports';
import type { FetchedMessage } from './kafka-client.js';

/** Foreign producers may leave out a key or a value; they read as empty text, for the handler to park. */
export function toLogRecord({ topic, partition }: PartitionRef, { offset, key, value, headers }: FetchedMessage): LogRecord {
  const texts: Record<string, string> = {};
  for (const [name, given] of Object.entries(headers ?? {})) {
    const last = Array.isArray(given) ? given.at(-1) : given;
    if (last !== undefined) texts[name] = last.toString();
  }
  return { topic, partition, offset: Number(offset), key: key?.toString() ?? '', headers: texts, value: value?.toString() ?? '' };
}

/** Bytes on the wire, near enough to bound a request. */
export function sizeOf({ key, value, headers }: NewRecord): number {
  let size = 16 + Buffer.byteLength(key) + Buffer.byteLength(value);
  for (const name in headers) size += 4 + name.length + (headers[name]?.length ?? 0);
  return size;
}
