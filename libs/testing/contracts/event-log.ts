// What every EventLog keeps to, whichever world it stands in. Run it with a factory; each test works on topics and groups of its own.
// Limits of one adapter (disk full, broker gone) are tested beside that adapter.
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type EventLog, type LogRecord, LogUnavailable, type NewRecord, OwnershipLost, PortError } from '#ports';
import { consume } from '../consumer.js';

export interface EventLogUnderTest {
  readonly log: EventLog;
  /** Another log over the same records, as a second process of the same installation has it; absent where one process owns all. */
  readonly peer?: () => Promise<EventLog>;
  /** Closes everything and opens the same records again; absent where nothing outlives the process. */
  readonly reopen?: () => Promise<EventLog>;
  /** The same records opened with another number of partitions: expected to refuse. */
  readonly reopenWithPartitions?: (partitions: number) => Promise<EventLog>;
  /** Closes every log it made and removes its data. */
  readonly dispose: () => Promise<void>;
}

export interface EventLogFeatures {
  /** Of every topic the factory's log creates; at least 2, so that groups have something to share. */
  readonly partitions: number;
  /** Records outlive the process: the instance has `reopen` and `reopenWithPartitions`. */
  readonly reopens: boolean;
  /** For one test; group protocols of real brokers take seconds. */
  readonly timeoutMs?: number;
}

export const record = (key: string, value: string): NewRecord => ({ key, value, headers: { ce_id: value, ce_type: 'Tested' } });

export async function readAll(
  log: EventLog,
  topic: string,
  partition: number,
  from = 0,
  to = Number.MAX_SAFE_INTEGER,
): Promise<readonly LogRecord[]> {
  const all: LogRecord[] = [];
  for await (const records of log.read(topic, partition, from, to)) all.push(...records);
  return all;
}

/** A key for each partition of the topic. */
function keysOf(log: EventLog, topic: string): readonly string[] {
  const keys = new Map<number, string>();
  for (let n = 0; keys.size < log.partitionCount(topic); n++) {
    const key = `default/site-${n}`;
    if (!keys.has(log.partitionOf(topic, key))) keys.set(log.partitionOf(topic, key), key);
  }
  return [...keys].sort(([a], [b]) => a - b).map(([, key]) => key);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the features promise something the instance lacks');
  return value;
}

const numbered = (key: string, count: number, from = 0): NewRecord[] => Array.from({ length: count }, (_, n) => record(key, `${from + n}`));

export function eventLogContract(
  name: string,
  create: () => Promise<EventLogUnderTest>,
  { partitions, reopens, timeoutMs = 30_000 }: EventLogFeatures,
): void {
  describe(`EventLog: ${name}`, () => {
    let dispose: (() => Promise<void>) | undefined;
    const start = async (): Promise<EventLogUnderTest & { topic: string; group: string; key: string }> => {
      const made = await create();
      dispose = made.dispose;
      const topic = `contract-${randomUUID()}`;
      await made.log.open([topic]);
      return { ...made, topic, group: `contract-${randomUUID()}`, key: keysOf(made.log, topic)[0] as string };
    };
    const test = (sentence: string, run: () => Promise<void>, applies = true): void => (applies ? it : it.skip)(sentence, run, timeoutMs);

    afterEach(async () => {
      await dispose?.();
      dispose = undefined;
    }, timeoutMs);

    describe('appending', () => {
      test('answers one position per record, rising within the partition, and keeps key, headers and value', async () => {
        const { log, topic, key } = await start();
        const odd: NewRecord = { key, headers: { ce_id: 'ä', traceparent: '00-1-2-01' }, value: '{"text":"日本 \\u0000 \\"x\\" 🔌"}' };
        const positions = await log.append(topic, [record(key, 'first'), odd, record(key, 'last')]);
        expect(positions).toHaveLength(3);
        const [a, b, c] = positions.map(({ offset }) => offset) as [number, number, number];
        expect(a < b && b < c).toBe(true);
        const { partition } = positions[0] as { partition: number };
        expect(partition).toBe(log.partitionOf(topic, key));
        const stored = await readAll(log, topic, partition);
        expect(stored.map(({ offset }) => offset)).toEqual([a, b, c]);
        expect(stored[1]).toMatchObject({ ...odd, topic, partition, offset: b });
      });

      test('keeps the order of one key over many concurrent calls, and loses none', async () => {
        const { log, topic, key } = await start();
        const calls = Array.from({ length: 300 }, (_, n) => log.append(topic, [record(key, `${n}`)]));
        const positions = (await Promise.all(calls)).flat();
        expect(new Set(positions.map(({ offset }) => offset)).size).toBe(300);
        const stored = await readAll(log, topic, log.partitionOf(topic, key));
        expect(stored.map(({ value }) => Number(value))).toEqual(Array.from({ length: 300 }, (_, n) => n));
      });

      test('places records of one call by their keys and answers in the order of the call', async () => {
        const { log, topic } = await start();
        const keys = keysOf(log, topic);
        expect(log.partitionCount(topic)).toBe(partitions);
        const records = Array.from({ length: 3 * partitions }, (_, n) => record(keys[n % partitions] as string, `${n}`));
        const positions = await log.append(topic, records);
        expect(positions.map(({ partition }) => partition)).toEqual(records.map(({ key }) => log.partitionOf(topic, key)));
        for (let partition = 0; partition < partitions; partition++) {
          const stored = await readAll(log, topic, partition);
          expect(stored.map(({ value }) => Number(value))).toEqual([partition, partition + partitions, partition + 2 * partitions]);
        }
      });

      test('takes nothing for nothing', async () => {
        const { log, topic, key } = await start();
        expect(await log.append(topic, [])).toEqual([]);
        expect(await log.head(topic, log.partitionOf(topic, key))).toBe(0);
      });

      test('rejects with a retriable LogUnavailable after close', async () => {
        const { log, topic, key } = await start();
        await log.close();
        const failure = await log.append(topic, [record(key, 'late')]).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(LogUnavailable);
        expect(failure).toMatchObject({ code: 'LogUnavailable', retriable: true });
      });
    });

    describe('reading', () => {
      test('gives the range from (inclusive) to (exclusive), and ends at what is there', async () => {
        const { log, topic, key } = await start();
        const positions = await log.append(topic, numbered(key, 1_200));
        const { partition } = positions[0] as { partition: number };
        const offsetOf = (n: number): number => (positions[n] as { offset: number }).offset;
        const middle = await readAll(log, topic, partition, offsetOf(10), offsetOf(20));
        expect(middle.map(({ value }) => value)).toEqual(['10', '11', '12', '13', '14', '15', '16', '17', '18', '19']);
        expect((await readAll(log, topic, partition)).map(({ value }) => Number(value))).toEqual(
          Array.from({ length: 1_200 }, (_, n) => n),
        );
        expect(await readAll(log, topic, partition, offsetOf(1_199) + 1)).toEqual([]);
      });

      test('has a head above every acknowledged record', async () => {
        const { log, topic, key } = await start();
        const [position] = await log.append(topic, [record(key, 'x')]);
        expect(await log.head(topic, (position as { partition: number }).partition)).toBeGreaterThan(
          (position as { offset: number }).offset,
        );
      });

      test('opens a topic again without harm', async () => {
        const { log, topic, key } = await start();
        await log.append(topic, [record(key, 'x')]);
        await log.open([topic]);
        expect(await readAll(log, topic, log.partitionOf(topic, key))).toHaveLength(1);
      });
    });

    describe('consuming', () => {
      test('delivers old and new records of a partition in order, each batch with the head', async () => {
        const { log, topic, group, key } = await start();
        await log.append(topic, numbered(key, 700));
        const consumer = await consume(log, group, [topic]);
        await consumer.until(({ records }) => records.length >= 700);
        await Promise.all(numbered(key, 100, 700).map((one) => log.append(topic, [one])));
        await consumer.until(({ records }) => records.length >= 800);
        expect(consumer.values.map(Number)).toEqual(Array.from({ length: 800 }, (_, n) => n));
        for (const { records, head } of consumer.batches) expect(head).toBeGreaterThan((records.at(-1) as LogRecord).offset);
        const stored = await readAll(log, topic, log.partitionOf(topic, key));
        expect(consumer.records.map((one) => ({ ...one }))).toEqual(stored.map((one) => ({ ...one })));
      });

      test('starts at the offset the assignment answers', async () => {
        const { log, topic, group, key } = await start();
        const positions = await log.append(topic, numbered(key, 50));
        const from = (positions[30] as { offset: number }).offset;
        const consumer = await consume(log, group, [topic], {
          startAt: ({ partition }) => (partition === log.partitionOf(topic, key) ? from : 0),
        });
        await consumer.until(({ records }) => records.length >= 20);
        expect(consumer.values.map(Number)).toEqual(Array.from({ length: 20 }, (_, n) => 30 + n));
      });

      test('delivers a rejected batch again from the same offset, and goes on', async () => {
        const { log, topic, group, key } = await start();
        const attempts: number[] = [];
        const handle = async ({ records }: { records: readonly LogRecord[] }): Promise<void> => {
          attempts.push((records[0] as LogRecord).offset);
          if (attempts.length <= 2) throw new Error('not yet');
        };
        const consumer = await consume(log, group, [topic], { handle });
        const [first] = await log.append(topic, numbered(key, 5));
        await consumer.until(({ records }) => records.length >= 5);
        expect(attempts.slice(0, 3)).toEqual(Array(3).fill((first as { offset: number }).offset));
        expect(consumer.values).toEqual(['0', '1', '2', '3', '4']);
      });

      test('takes OwnershipLost as a lost lease: revoked, assigned anew, from the offset answered then', async () => {
        const { log, topic, group, key } = await start();
        const partition = log.partitionOf(topic, key);
        let fenced = false;
        const handle = async (): Promise<void> => {
          if (fenced) return;
          fenced = true;
          throw new OwnershipLost('another process took the partition');
        };
        const consumer = await consume(log, group, [topic], { handle });
        await consumer.until(({ assigned }) => assigned.length >= partitions);
        const firstLease = consumer.leases[consumer.assigned.findIndex((ref) => ref.partition === partition)];
        await log.append(topic, numbered(key, 3));
        await consumer.until(({ records }) => records.length >= 3);
        expect(consumer.revoked.filter((ref) => ref.partition === partition).length).toBeGreaterThanOrEqual(1);
        expect(consumer.assigned.filter((ref) => ref.partition === partition).length).toBeGreaterThanOrEqual(2);
        expect(firstLease?.isHeld()).toBe(false);
        expect(consumer.values).toEqual(['0', '1', '2']);
      });

      test('keeps groups independent of each other', async () => {
        const { log, topic, group, key } = await start();
        await log.append(topic, numbered(key, 10));
        const stuck = await consume(log, `${group}-stuck`, [topic], { handle: () => Promise.reject(new Error('never')) });
        const free = await consume(log, group, [topic]);
        await free.until(({ records }) => records.length >= 10);
        expect(free.values).toHaveLength(10);
        expect(stuck.values).toEqual([]);
      });

      test('has one holder per partition in a group, and moves what a leaving member held', async () => {
        const { log, peer, topic, group } = await start();
        const keys = keysOf(log, topic);
        const other = (await peer?.()) ?? log;
        if (other !== log) await other.open([topic]);
        const all = keys.map((_, partition) => `${topic}/${partition}`).sort();
        const first = await consume(log, group, [topic]);
        await first.until(({ holds }) => holds.length === partitions);
        const second = await consume(other, group, [topic]);
        await second.until(({ holds }) => holds.length > 0);
        await first.until(({ holds }) => holds.length < partitions && holds.length > 0);
        // Whichever of the two hears of the last change tells: the other one hears nothing more.
        const areShared = () => [...first.holds, ...second.holds].sort().join() === all.join();
        await Promise.race([first.until(areShared), second.until(areShared)]);
        await first.subscription.close();
        await second.until(({ holds }) => holds.length === partitions);
        expect(first.leases.some((lease) => lease.isHeld())).toBe(false);
        await log.append(
          topic,
          keys.map((key, n) => record(key, `${n}`)),
        );
        await second.until(({ records }) => records.length >= partitions);
        expect(second.values.map(Number).sort((a, b) => a - b)).toEqual(keys.map((_, n) => n));
        expect(first.values).toEqual([]);
      });

      test('takes the lease away at close: the running handler sees it, close waits for it, the next member starts after it', async () => {
        const { log, topic, group, key } = await start();
        const running = Promise.withResolvers<void>();
        const finish = Promise.withResolvers<void>();
        const seen: string[] = [];
        const slow = await consume(log, group, [topic], {
          handle: async (_, lease) => {
            await lease.heartbeat();
            seen.push(`held ${lease.isHeld()}`);
            running.resolve();
            await finish.promise;
            seen.push(
              `held ${lease.isHeld()}`,
              await lease.heartbeat().then(
                () => 'beat',
                (error: PortError) => error.code,
              ),
            );
          },
        });
        await log.append(topic, [record(key, 'x')]);
        await running.promise;
        const closed = slow.subscription.close().then(() => seen.push('closed'));
        finish.resolve();
        await closed;
        expect(seen).toEqual(['held true', 'held false', 'OwnershipLost', 'closed']);
        const next = await consume(log, group, [topic]);
        await next.until(({ records }) => records.length >= 1);
        expect(next.values).toEqual(['x']);
      });
    });

    describe('over time', () => {
      test(
        'has every acknowledged record after it was opened again, and goes on above them',
        async () => {
          const { log, topic, key, reopen } = await start();
          const before = await log.append(topic, numbered(key, 20));
          const again = await present(reopen)();
          await again.open([topic]);
          const after = await again.append(topic, [record(key, '20')]);
          const partition = again.partitionOf(topic, key);
          expect(partition).toBe((before[0] as { partition: number }).partition);
          const stored = await readAll(again, topic, partition);
          expect(stored.map(({ value }) => Number(value))).toEqual(Array.from({ length: 21 }, (_, n) => n));
          expect(stored.map(({ offset }) => offset)).toEqual([...before, ...after].map(({ offset }) => offset));
        },
        reopens,
      );

      test(
        'refuses to start with another number of partitions',
        async () => {
          const { topic, reopenWithPartitions } = await start();
          const other = await present(reopenWithPartitions)(partitions + 1);
          const failure = await other.open([topic]).catch((error: unknown) => error);
          expect(failure).toBeInstanceOf(PortError);
          expect(failure).toMatchObject({ code: 'PartitionsDiffer', retriable: false });
        },
        reopens,
      );
    });
  });
}
