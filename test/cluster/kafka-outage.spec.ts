// A broker that is killed or holds its tongue while records are appended and consumed: refusals in time, nothing lost, nothing doubled.
// What an edge makes of the refusals is tested with the edge.
import { afterEach, describe, expect, it } from '@jest/globals';
import { kafkaLog } from '#cluster';
import { type EventLog, LogUnavailable, type Position } from '#ports';
import { Consumer, readAll, record } from '#testing';
import { brokers, stack, unique } from './support/servers.js';

const DEADLINE_MS = 2_000;

describe('Kafka outage', () => {
  let log: EventLog | undefined;
  afterEach(async () => {
    await log?.close();
    await stack().start('kafka');
  }, 60_000);

  const open = async (): Promise<{ log: EventLog; topic: string }> => {
    log = kafkaLog({
      brokers: brokers(),
      partitions: 4,
      prefix: `${unique('outage')}.`,
      limits: { deadlineMs: DEADLINE_MS },
      onTrouble: () => undefined,
    });
    await log.open(['topic']);
    return { log, topic: 'topic' };
  };

  /** Keeps a few appends under way and notes what became of each, until told to stop. */
  function appending(to: EventLog, topic: string) {
    const acknowledged = new Map<string, Position>();
    const refused = new Map<string, number>();
    let running = true;
    let count = 0;
    let changed = Promise.withResolvers<void>();
    const one = async (lane: number): Promise<void> => {
      while (running) {
        const value = `${lane}-${count++}`;
        const began = performance.now();
        try {
          const [position] = await to.append(topic, [record(`default/site-${lane}`, value)]);
          acknowledged.set(value, position as Position);
        } catch (error) {
          if (!(error instanceof LogUnavailable)) throw error;
          refused.set(value, performance.now() - began);
        }
        changed.resolve();
        changed = Promise.withResolvers();
      }
    };
    const lanes = Array.from({ length: 20 }, (_, lane) => one(lane));
    return {
      acknowledged,
      refused,
      until: async (condition: () => boolean): Promise<void> => {
        while (!condition()) await changed.promise;
      },
      stop: async (): Promise<void> => {
        running = false;
        await Promise.all(lanes);
      },
    };
  }

  async function expectEachOnceWhereItWasAcknowledged(
    from: EventLog,
    topic: string,
    acknowledged: ReadonlyMap<string, Position>,
  ): Promise<void> {
    const stored = (await Promise.all([0, 1, 2, 3].map((partition) => readAll(from, topic, partition)))).flat();
    const places = new Map(stored.map(({ value, partition, offset }) => [value, `${partition}/${offset}`]));
    expect(places.size).toBe(stored.length);
    for (const [value, { partition, offset }] of acknowledged)
      expect([value, places.get(value)]).toEqual([value, `${partition}/${offset}`]);
  }

  it('kill -9: refuses within the deadline, works again by itself, has every acknowledged record exactly once', async () => {
    const { log, topic } = await open();
    const consumer = new Consumer();
    await log.subscribe('group', [topic], consumer);
    const writer = appending(log, topic);
    await writer.until(() => writer.acknowledged.size > 500);
    await stack().stop('kafka', 'SIGKILL');
    await writer.until(() => writer.refused.size > 40);
    for (const tookMs of writer.refused.values()) expect(tookMs).toBeLessThan(DEADLINE_MS + 1_000);
    const before = writer.acknowledged.size;
    await stack().start('kafka');
    await writer.until(() => writer.acknowledged.size > before + 500);
    await writer.stop();
    await expectEachOnceWhereItWasAcknowledged(log, topic, writer.acknowledged);
    const handled = (): ReadonlySet<string> => new Set(consumer.values);
    await consumer.until(() => [...writer.acknowledged.keys()].every((value) => handled().has(value)));
  }, 120_000);

  it('a broker that stops answering and wakes up again doubles nothing', async () => {
    const { log, topic } = await open();
    const writer = appending(log, topic);
    await writer.until(() => writer.acknowledged.size > 200);
    await stack().signal('kafka', 'SIGSTOP');
    await writer.until(() => writer.refused.size >= 20);
    await stack().signal('kafka', 'SIGCONT');
    const before = writer.acknowledged.size;
    await writer.until(() => writer.acknowledged.size > before + 200);
    await writer.stop();
    await expectEachOnceWhereItWasAcknowledged(log, topic, writer.acknowledged);
  }, 120_000);

  it('at the start is a retriable refusal', async () => {
    await stack().stop('kafka');
    const early = kafkaLog({ brokers: brokers(), onTrouble: () => undefined });
    await expect(early.open(['topic'])).rejects.toMatchObject({ code: 'LogUnavailable', retriable: true });
    await early.close();
  }, 60_000);
});
