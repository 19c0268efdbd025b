// The event log's contract on a real broker.
// What happens when the broker goes away is in kafka-outage.spec.ts.
import { type KafkaLogOptions, kafkaLog } from '#cluster';
import type { EventLog } from '#ports';
import { eventLogContract } from '#testing';
import { brokers, unique } from './support/servers.js';

eventLogContract(
  'Kafka',
  async () => {
    const prefix = `${unique('contract')}.`;
    const opened: EventLog[] = [];
    const open = (options: Partial<KafkaLogOptions> = {}): EventLog => {
      const log = kafkaLog({ brokers: brokers(), partitions: 4, prefix, ...options });
      opened.push(log);
      return log;
    };
    const closeAll = async (): Promise<void> => {
      await Promise.all(opened.map((log) => log.close()));
    };
    return {
      log: open(),
      peer: async () => open(),
      reopen: async () => {
        await closeAll();
        return open();
      },
      reopenWithPartitions: async (partitions) => {
        await closeAll();
        return open({ partitions });
      },
      dispose: closeAll,
    };
  },
  { partitions: 4, reopens: true, timeoutMs: 60_000 },
);
