// Finds the decisions a service already took for inputs it no longer remembers, so that nothing is decided twice.
// What is in the outbox was committed and is perhaps not published; what is in the log is published.
import { decode, parseDerivedSource } from '#contracts';
import type { EventLog, LogRecord, PartitionRef } from '#ports';
import type { OutputPositions } from './checkpoint.js';
import type { Output, ServiceDefinition } from './fold.js';
import type { OutboxRecord, RecordedOutputs } from './partition-fold.js';

/** What of the log a rebuild reads. */
export type Reading = Pick<EventLog, 'read' | 'head' | 'partitionCount'>;

/** Partitions of `topic` that outputs of `input` can be in: the same number where the key is the same, all of them otherwise. */
function outputPartitions(log: Pick<EventLog, 'partitionCount'>, topic: string, input: PartitionRef): readonly number[] {
  return hasKeysOf(log, topic, input) ? [input.partition] : Array.from({ length: log.partitionCount(topic) }, (_, partition) => partition);
}

const hasKeysOf = (log: Pick<EventLog, 'partitionCount'>, topic: string, input: PartitionRef): boolean =>
  input.topic !== 'network-events' && topic !== 'network-events' && log.partitionCount(input.topic) === log.partitionCount(topic);

/** Whether outputs of `input` that lie there are found again. */
export const isReadBack = (log: Pick<EventLog, 'partitionCount'>, { topic, partition }: PartitionRef, input: PartitionRef): boolean =>
  partition === input.partition || !hasKeysOf(log, topic, input);

/** Where the topics end in which outputs of `input` can be. */
export async function outputHeads(
  log: Pick<EventLog, 'head' | 'partitionCount'>,
  { outputs }: Pick<ServiceDefinition<never>, 'outputs'>,
  input: PartitionRef,
): Promise<OutputPositions> {
  const places = [...new Set(outputs)].flatMap((topic) =>
    outputPartitions(log, topic, input).map((partition) => [topic, partition] as const),
  );
  return Object.fromEntries(
    await Promise.all(places.map(async ([topic, partition]) => [`${topic}/${partition}`, await log.head(topic, partition)] as const)),
  );
}

type Telling = Pick<ServiceDefinition<never>, 'name' | 'outputs'>;

export interface Recordings {
  readonly recorded: RecordedOutputs;
  /** Where the output topics end. */
  readonly heads: OutputPositions;
}

/** The answers to inputs at or above `next`: those in `outbox`, and those in the service's own output topics from `from` on. */
export async function readRecordedOutputs(
  log: Reading,
  service: Telling,
  input: PartitionRef,
  next: number,
  from: OutputPositions,
  outbox: readonly OutboxRecord[],
): Promise<Recordings> {
  const found = new Found();
  for (const { inputOffset, index, topic, record } of outbox)
    if (inputOffset >= next) found.add(inputOffset, index, { ...record, topic, partition: 0, offset: 0 });
  await readInto(log, [[service, found]], input, next, from);
  return found;
}

/** All that was ever answered to these inputs, of each service; what several of them tell in is read once. */
export async function readAllRecordedOutputs(
  log: Reading,
  services: readonly Telling[],
  input: PartitionRef,
): Promise<readonly Recordings[]> {
  const found = services.map((service) => [service, new Found()] as const);
  await readInto(log, found, input, 0, {});
  return found.map(([, each]) => each);
}

class Found implements Recordings {
  readonly recorded = new Map<number, Map<number, Output>>();
  readonly heads: Record<string, number> = {};

  add(offset: number, index: number, record: LogRecord): void {
    const byIndex = this.recorded.get(offset) ?? new Map<number, Output>();
    this.recorded.set(offset, byIndex);
    byIndex.set(index, toOutput(record));
  }
}

async function readInto(
  log: Reading,
  services: readonly (readonly [Telling, Found])[],
  input: PartitionRef,
  next: number,
  from: OutputPositions,
): Promise<void> {
  for (const topic of new Set(services.flatMap(([{ outputs }]) => outputs))) {
    const telling = new Map(services.flatMap(([{ name, outputs }, found]) => (outputs.includes(topic) ? [[name, found]] : [])));
    for (const partition of outputPartitions(log, topic, input)) {
      const place = `${topic}/${partition}`;
      const head = await log.head(topic, partition);
      for (const { heads } of telling.values()) heads[place] = head;
      for await (const records of log.read(topic, partition, from[place] ?? 0, head)) {
        for (const record of records) {
          if (record.refused !== undefined) continue; // a stranger's decision is none
          const origin = parseDerivedSource(record.headers.ce_source ?? '');
          if (origin?.topic !== input.topic || origin.partition !== input.partition || origin.offset < next) continue;
          telling.get(origin.service)?.add(origin.offset, origin.index, record);
        }
      }
    }
  }
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
