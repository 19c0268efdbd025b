// The EventLog contract on the logs of one process.
import { memoryLog, sqliteLog } from '#embedded';
import { type EventLogUnderTest, eventLogContract, scratch } from '#testing';

const quiet = { onRejected: () => {} };

eventLogContract(
  'sqlite',
  async (): Promise<EventLogUnderTest> => {
    const directory = scratch('log');
    let log = await sqliteLog(directory, { partitions: 4, ...quiet });
    const reopenWithPartitions = async (partitions: number): Promise<typeof log> => {
      await log.close();
      log = await sqliteLog(directory, { partitions, ...quiet });
      return log;
    };
    return { log, reopen: () => reopenWithPartitions(4), reopenWithPartitions, dispose: () => log.close() };
  },
  { partitions: 4, reopens: true },
);

eventLogContract(
  'memory',
  async () => {
    const log = memoryLog({ partitions: 4, ...quiet });
    return { log, dispose: () => log.close() };
  },
  { partitions: 4, reopens: false },
);
