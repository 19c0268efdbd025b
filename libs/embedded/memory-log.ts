// A log that forgets: for unit tests and simulations that own their process.
// Never for anything that answers a real station.
import type { EventLog, LogRecord, PartitionRef } from '#ports';
import { LocalLog, type LocalLogOptions } from './local-log.js';
import type { LogStore } from './log-store.js';

export function memoryLog({ partitions = 1, ...options }: LocalLogOptions & { readonly partitions?: number } = {}): EventLog {
  const topics = new Map<string, readonly LogRecord[][]>();
  const recordsOf = ({ topic, partition }: PartitionRef): LogRecord[] => {
    const records = topics.get(topic)?.[partition];
    if (records === undefined) throw new RangeError(`${topic} has no partition ${partition}`);
    return records;
  };
  const store: LogStore = {
    async open(names) {
      for (const name of names)
        if (!topics.has(name))
          topics.set(
            name,
            Array.from({ length: partitions }, () => []),
          );
      return names.map((name) => ({ name, heads: (topics.get(name) ?? []).map(({ length }) => length) }));
    },
    async write(writes) {
      return writes.map(({ topic, partition, records }) => {
        const stored = recordsOf({ topic, partition });
        const first = stored.length;
        stored.push(...records.map((record, index) => ({ ...record, topic, partition, offset: first + index })));
        return first;
      });
    },
    read: (partition, from, to, limit) => recordsOf(partition).slice(from, Math.min(to, from + limit)),
    head: (partition) => recordsOf(partition).length,
    close: async () => {},
  };
  return new LocalLog(store, options);
}
