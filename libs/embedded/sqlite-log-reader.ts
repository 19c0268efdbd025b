// A log file read by someone who does not own it: replay and inspection, also while its owner is running.
// It writes nothing and follows nothing.
import { type EventLog, type LogRecord, LogUnavailable } from '#ports';
import { partitionFor } from './partitioner.js';
import { SqliteReader } from './sqlite-reader.js';

const READ_RECORDS = 500;

export function sqliteLogReader(file: string): EventLog {
  const reader = new SqliteReader(file);
  const counts = new Map(reader.topics().map(({ name, partitions }) => [name, partitions]));
  const partitionCount = (topic: string): number => counts.get(topic) ?? 0;
  const refuse = async (): Promise<never> => {
    throw new LogUnavailable('this log was opened for reading');
  };
  const head = async (topic: string, partition: number): Promise<number> =>
    partition < partitionCount(topic) ? reader.head({ topic, partition }) : 0;
  return {
    open: async () => {},
    partitionCount,
    partitionOf: (topic, key) => partitionFor(key, partitionCount(topic)),
    append: refuse,
    subscribe: refuse,
    head,
    async *read(topic, partition, from, to): AsyncIterable<readonly LogRecord[]> {
      const end = Math.min(to, await head(topic, partition));
      for (let offset = from; offset < end; ) {
        const records = reader.read({ topic, partition }, offset, end, READ_RECORDS);
        const last = records.at(-1);
        if (last === undefined) return;
        yield records;
        offset = last.offset + 1;
      }
    },
    close: async () => reader.close(),
  };
}
