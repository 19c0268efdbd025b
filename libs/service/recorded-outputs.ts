// Finds the decisions a service already published for inputs it no longer remembers, so that a rebuild repeats none of them.
import { decode, parseDerivedSource } from '#contracts';
import type { EventLog, PartitionRef } from '#ports';
import type { Output } from './fold.js';
import type { RecordedOutputs } from './partition-fold.js';

/** Where the relay's last known publications end: `topic/partition` → offset. */
export type OutputPositions = Readonly<Record<string, number>>;

/** Partitions of `topic` that outputs of `input` can be in: the same number where the key is the same, all of them otherwise. */
function outputPartitions(log: EventLog, topic: string, input: PartitionRef): readonly number[] {
  const count = log.partitionCount(topic);
  const sameKey = input.topic !== 'network-events' && topic !== 'network-events' && log.partitionCount(input.topic) === count;
  return sameKey ? [input.partition] : Array.from({ length: count }, (_, partition) => partition);
}

/** Reads the service's own outputs from `from` on and keeps those that answer inputs at or above `next`. */
export async function readRecordedOutputs(
  log: EventLog,
  service: string,
  outputs: readonly string[],
  input: PartitionRef,
  next: number,
  from: OutputPositions,
): Promise<RecordedOutputs> {
  const found = new Map<number, Map<number, Output>>();
  for (const topic of outputs) {
    for (const partition of outputPartitions(log, topic, input)) {
      const head = await log.head(topic, partition);
      for await (const records of log.read(topic, partition, from[`${topic}/${partition}`] ?? 0, head)) {
        for (const record of records) {
          const origin = parseDerivedSource(record.headers.ce_source ?? '');
          if (origin?.service !== service || origin.topic !== input.topic || origin.partition !== input.partition || origin.offset < next)
            continue;
          const { type, data, tenantId, siteId, stationId } = decode(record);
          const byIndex = found.get(origin.offset) ?? new Map<number, Output>();
          found.set(origin.offset, byIndex);
          byIndex.set(origin.index, {
            topic: topic as Output['topic'],
            type,
            data,
            tenantId,
            ...(siteId !== undefined && { siteId }),
            ...(stationId !== undefined && { stationId }),
          });
        }
      }
    }
  }
  return found;
}
