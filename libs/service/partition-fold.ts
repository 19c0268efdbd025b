// Folds one partition in memory: repeats dropped, poison parked, recorded decisions kept, new ones taken. No input or output of its own.
import { decode, derivedId, derivedSource, type Envelope, encode, parseDerivedSource, type Recorded } from '#contracts';
import type { LogRecord, NewRecord, PartitionRef } from '#ports';
import type { Change, Output, ServiceDefinition } from './fold.js';
import type { RowWrite } from './tables.js';

export interface OutboxRecord {
  readonly inputOffset: number;
  readonly index: number;
  readonly topic: string;
  readonly record: NewRecord;
}

export interface ParkedRecord {
  readonly offset: number;
  readonly reason: string;
  /** Key of the record: tenant and site. */
  readonly streamKey: string;
}

/** Decisions found in the log after a rebuild: input offset → index → output. */
export type RecordedOutputs = ReadonlyMap<number, ReadonlyMap<number, Output>>;

/** High-water mark per producer of derived records: what is at or below it was seen before. */
export type Watermarks = Readonly<Record<string, readonly [offset: number, index: number]>>;

export interface FoldResult<State, In extends Envelope> {
  readonly next: number;
  readonly seen: Watermarks;
  readonly changed: ReadonlyMap<string, State>;
  readonly changes: readonly Change<State, In>[];
  readonly rows: readonly RowWrite[];
  readonly outbox: readonly OutboxRecord[];
  readonly parked: readonly ParkedRecord[];
}

export interface PartitionMemory<State> {
  readonly ref: PartitionRef;
  readonly next: number;
  readonly seen: Watermarks;
  readonly states: ReadonlyMap<string, State>;
  readonly recorded: RecordedOutputs;
}

/** Pure: the memory stays as it was; the caller commits the result and then adopts it. */
export function foldBatch<State, In extends Envelope>(
  service: ServiceDefinition<State, In>,
  memory: PartitionMemory<State>,
  records: readonly LogRecord[],
): FoldResult<State, In> {
  const changed = new Map<string, State>();
  const changes: Change<State, In>[] = [];
  const rows: RowWrite[] = [];
  const outbox: OutboxRecord[] = [];
  const parked: ParkedRecord[] = [];
  const seen: Record<string, readonly [number, number]> = { ...memory.seen };
  const lastRecorded = Math.max(-1, ...memory.recorded.keys());
  let next = memory.next;

  for (const record of records) {
    if (record.offset < next) continue;
    next = record.offset + 1;
    try {
      const input = decode(record) as Recorded<In>;
      if (isRepeat(seen, input)) continue;
      const aggregate = service.fold.aggregateOf(input);
      if (aggregate === undefined) continue;
      const before = changed.get(aggregate) ?? memory.states.get(aggregate) ?? service.fold.initial(aggregate);
      const known = memory.recorded.get(record.offset);
      const decided = record.offset < lastRecorded ? [] : service.fold.decide(before, input);
      const count = Math.max(decided.length, known === undefined ? 0 : Math.max(...known.keys()) + 1);
      const outputs: Output[] = [];
      for (let index = 0; index < count; index++) {
        const output = known?.get(index) ?? decided[index];
        if (output === undefined) continue;
        outputs.push(output);
        if (!known?.has(index)) outbox.push(toOutbox(service.name, input, output, index));
      }
      const after = service.fold.evolve(before, input, outputs);
      const change = { aggregate, before, after, input, outputs };
      rows.push(...(service.fold.project?.(change) ?? []));
      changes.push(change);
      if (after !== before) changed.set(aggregate, after);
    } catch (error) {
      parked.push({
        offset: record.offset,
        streamKey: record.key,
        reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  }
  return { next, seen, changed, changes, rows, outbox, parked };
}

/** Producers publish derived records in order of (input, index), so anything at or below the mark is a repeat. */
function isRepeat(seen: Record<string, readonly [number, number]>, input: Recorded): boolean {
  const from = parseDerivedSource(input.source);
  if (from === undefined) return false;
  const producer = `${from.service}/${from.topic}/${from.partition}`;
  const [offset, index] = seen[producer] ?? [-1, -1];
  if (from.offset < offset || (from.offset === offset && from.index <= index)) return true;
  seen[producer] = [from.offset, from.index];
  return false;
}

function toOutbox(service: string, input: Recorded, output: Output, index: number): OutboxRecord {
  const siteId = output.siteId ?? input.siteId;
  const stationId = output.stationId ?? input.stationId;
  const envelope: Envelope = {
    id: derivedId(service, input.id, index),
    type: output.type,
    source: derivedSource({ service, ...input.at, index }),
    time: input.time,
    tenantId: output.tenantId ?? input.tenantId,
    ...(siteId !== undefined && { siteId }),
    ...(stationId !== undefined && { stationId }),
    ...(input.traceparent !== undefined && { traceparent: input.traceparent }),
    data: output.data,
  };
  return { inputOffset: input.at.offset, index, topic: output.topic, record: encode(envelope) };
}
