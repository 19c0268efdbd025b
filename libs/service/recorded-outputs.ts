// Finds the decisions a service already took for inputs it no longer remembers, so that nothing is decided twice.
// What is in the outbox was committed and is perhaps not published; what is in the log is published.
import { decode, parseDerivedSource } from '#contracts';
import type { EventLog, LogRecord, PartitionRef } from '#ports';
import type { OutputPositions } from './checkpoint.js';
import type { Output } from './fold.js';
import type { OutboxRecord, RecordedOutputs } from './partition-fold.js';

/** What of the log a rebuild reads. */
export type Reading = Pick<EventLog, 'read' | 'head' | 'partitionCount'>;

/** Partitions of `topic` that outputs of `input` can be in: the same number where the key is the same, all of them otherwise. */
function outputPartitions(log: Reading, topic: string, input: PartitionRef): readonly number[] {
  const count = log.partitionCount(topic);
  const sameKey = input.topic !== 'network-events' && topic !== 'network-events' && log.partitionCount(input.topic) === count;
  return sameKey ? [input.partition] : Array.from({ length: count }, (_, partition) => partition);
}

/** The answers to inputs at or above `next`: those in `outbox`, and those in the service's own output topics from `from` on. Also where the topics end. */
export async function readRecordedOutputs(
  log: Reading,
  service: string,
  outputs: readonly string[],
  input: PartitionRef,
  next: number,
  from: OutputPositions,
  outbox: readonly OutboxRecord[],
): Promise<{ readonly recorded: RecordedOutputs; readonly heads: OutputPositions }> {
  const found = new Map<number, Map<number, Output>>();
  const heads: Record<string, number> = {};
  const add = (offset: number, index: number, record: LogRecord): void => {
    const byIndex = found.get(offset) ?? new Map<number, Output>();
    found.set(offset, byIndex);
    byIndex.set(index, toOutput(record));
  };
  for (const { inputOffset, index, topic, record } of outbox)
    if (inputOffset >= next) add(inputOffset, index, { ...record, topic, partition: 0, offset: 0 });
  for (const topic of outputs) {
    for (const partition of outputPartitions(log, topic, input)) {
      const head = await log.head(topic, partition);
      heads[`${topic}/${partition}`] = head;
      for await (const records of log.read(topic, partition, from[`${topic}/${partition}`] ?? 0, head)) {
        for (const record of records) {
          const origin = parseDerivedSource(record.headers.ce_source ?? '');
          if (origin?.service !== service || origin.topic !== input.topic || origin.partition !== input.partition) continue;
          if (origin.offset >= next) add(origin.offset, origin.index, record);
        }
      }
    }
  }
  return { recorded: found, heads };
}

function toOutput(record: LogRecord): Output {
  const { type, data, tenantId, siteId, stationId } = decode(record);
  return {
    topic: record.topic as Output['topic'],
    type,
    data,
    tenantId,
    ...(siteId !== undefined && { siteId }),
    ...(stationId !== undefined && { stationId }),
  };
}
