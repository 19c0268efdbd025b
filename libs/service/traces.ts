// What a service's work looks like in traces: a span for each batch, one for each record that led to something. Transport only: nothing is decided by it.
// Whether a trace is followed was decided at the edge; a record whose trace is not followed says nothing (ADR 0077).
import type { Envelope } from '#contracts';
import { type Span, tracer } from '#observability';
import type { Batch } from '#ports';
import type { OutboxRecord, ReadRecord } from './partition-fold.js';

/** Links to the traces of its records; undefined where none of them is followed. */
export function batchSpan(service: string, { topic, partition, records, head }: Batch): Span | undefined {
  const tracing = tracer();
  if (tracing === undefined) return undefined;
  const links = records.flatMap(({ headers: { traceparent } }) => (traceparent === undefined ? [] : [traceparent]));
  if (links.length === 0) return undefined;
  return tracing.begin({
    kind: 'consumer',
    name: `${service} ${topic}`,
    links,
    attributes: {
      'messaging.operation.type': 'process',
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(partition),
      'messaging.consumer.group.name': service,
      'messaging.batch.message_count': records.length,
      'csms.offset': records[0]?.offset ?? 0,
      'csms.head': head,
    },
  });
}

/** What was derived, going on from the span of its decision; each span lasts from `startMs` until it is ended, when all is committed. */
export function traceDecisions<In extends Envelope>(
  service: string,
  read: readonly ReadRecord<In>[],
  outbox: readonly OutboxRecord[],
  batch: Span | undefined,
  startMs: number,
): { readonly outbox: readonly OutboxRecord[]; readonly end: () => void } {
  const tracing = tracer();
  const spans = new Map<number, Span>();
  if (tracing !== undefined) {
    const led = new Set(outbox.map(({ inputOffset }) => inputOffset));
    for (const { offset, input } of read) {
      const from = input?.traceparent;
      if (input === undefined || from === undefined || !led.has(offset)) continue;
      const attributes = { 'csms.event': input.type, 'csms.tenant': input.tenantId };
      const span = tracing.begin({
        kind: 'internal',
        name: `${service} decides`,
        from,
        attributes,
        startMs,
        ...(batch && { links: [batch.traceparent] }),
      });
      if (span !== undefined) spans.set(offset, span);
    }
  }
  return {
    outbox: spans.size === 0 ? outbox : outbox.map((each) => goingOn(each, spans.get(each.inputOffset))),
    end: () => {
      for (const span of spans.values()) span.end();
    },
  };
}

const goingOn = (each: OutboxRecord, span: Span | undefined): OutboxRecord =>
  span === undefined ? each : { ...each, record: { ...each.record, headers: { ...each.record.headers, traceparent: span.traceparent } } };
