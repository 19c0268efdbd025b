// An event log that signs what this process appends and judges what it reads (ADR 0105). In front of any other; positions and order stay its own.
// Gathering, because a signature costs as much as a call of a station: at most `GATHER_MS` or `TOGETHER` records to one.
import type { Clock, EventLog, NewRecord, Position } from '#ports';
import type { Judge } from './judge.js';
import type { Sign } from './signer.js';

export interface Signing {
  /** Absent: this process only reads. */
  readonly sign?: Sign;
  /** Absent: it only writes. */
  readonly judge?: Judge;
}

const GATHER_MS = 5;
const TOGETHER = 64;

interface Waiting {
  readonly topic: string;
  readonly records: readonly NewRecord[];
  readonly done: PromiseWithResolvers<readonly Position[]>;
}

export function signedLog(log: EventLog, { sign, judge }: Signing, clock: Pick<Clock, 'after'>): EventLog {
  const gathering = sign && gather(log, sign, clock);
  return {
    open: (topics) => log.open(topics),
    partitionCount: (topic) => log.partitionCount(topic),
    partitionOf: (topic, key) => log.partitionOf(topic, key),
    head: (topic, partition) => log.head(topic, partition),
    append: (topic, records) =>
      gathering === undefined || records.length === 0 ? log.append(topic, records) : gathering.append(topic, records),
    async *read(topic, partition, from, to) {
      if (judge === undefined) yield* log.read(topic, partition, from, to);
      else for await (const records of log.read(topic, partition, from, to)) yield await judge(records);
    },
    subscribe: (group, topics, subscriber) =>
      log.subscribe(
        group,
        topics,
        judge === undefined
          ? subscriber
          : {
              onAssigned: (partition, lease) => subscriber.onAssigned(partition, lease),
              onBatch: async (batch, lease) => subscriber.onBatch({ ...batch, records: await judge(batch.records) }, lease),
              onRevoked: (partition) => subscriber.onRevoked(partition),
            },
      ),
    async close() {
      gathering?.flush();
      await log.close();
    },
  };
}

function gather(log: EventLog, sign: Sign, clock: Pick<Clock, 'after'>) {
  let waiting: Waiting[] = [];
  let count = 0;
  let cancel: () => void = () => undefined;
  const flush = (): void => {
    cancel();
    const calls = waiting;
    waiting = [];
    count = 0;
    const unsigned = calls.flatMap(({ topic, records }) => records.map((record) => ({ topic, record })));
    const signed: NewRecord[] = [];
    try {
      for (let at = 0; at < unsigned.length; at += TOGETHER) signed.push(...sign(unsigned.slice(at, at + TOGETHER)));
    } catch (error) {
      for (const { done } of calls) done.reject(error);
      return;
    }
    let next = 0;
    for (const { topic, records, done } of calls) {
      log.append(topic, signed.slice(next, next + records.length)).then(done.resolve, done.reject);
      next += records.length;
    }
  };
  return {
    flush,
    append(topic: string, records: readonly NewRecord[]): Promise<readonly Position[]> {
      const done = Promise.withResolvers<readonly Position[]>();
      if (waiting.push({ topic, records, done }) === 1) cancel = clock.after(GATHER_MS, flush);
      count += records.length;
      if (count >= TOGETHER) flush();
      return done.promise;
    },
  };
}
