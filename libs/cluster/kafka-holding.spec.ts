// A partition held by a slow handler: batches shrink until heartbeats get their turn, and grow again. No Kafka is asked.
import { describe, expect, it } from '@jest/globals';
import { type Clock, type LogRecord, OwnershipLost, type Subscriber } from '#ports';
import { KafkaHolding } from './kafka-holding.js';
import { Membership } from './membership.js';

const ref = { topic: 'topic', partition: 0 };
const record = (offset: number): LogRecord => ({ ...ref, offset, key: 'k', headers: {}, value: '{}' });

/** Hands `count` records to a handler that takes `msPerRecord`, and answers how many came at a time. */
async function batchSizes(count: number, msPerRecord: (offset: number) => number): Promise<readonly number[]> {
  let now = 0;
  const clock: Clock = { now: () => now, after: () => () => undefined };
  const membership = new Membership(10_000, () => 0);
  membership.join('me', 0);
  const sizes: number[] = [];
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const subscriber: Subscriber = {
    onAssigned: async () => 0,
    async onBatch({ records }) {
      sizes.push(records.length);
      for (const { offset } of records) now += msPerRecord(offset);
      if (records.at(-1)?.offset === count - 1) resolve();
    },
    onRevoked: () => undefined,
  };
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const holding = new KafkaHolding(ref, subscriber, membership, { open: () => open(), shut: () => undefined }, clock, () => undefined);
  await opened;
  holding.deliver(
    Array.from({ length: count }, (_, offset) => record(offset)),
    count,
  );
  await done;
  await holding.release();
  return sizes;
}

describe('batches of a held partition', () => {
  it('are whole for a quick handler', async () => {
    expect(await batchSizes(1_200, () => 0.1)).toEqual([500, 500, 200]);
  });

  it('are halved for a slow one until they take about a second', async () => {
    const sizes = await batchSizes(2_000, () => 10);
    expect(sizes.slice(0, 4)).toEqual([500, 250, 125, 62]);
    expect(Math.max(...sizes.slice(3))).toBeLessThanOrEqual(100);
  });

  it('grow again when it has become quick', async () => {
    const sizes = await batchSizes(4_000, (offset) => (offset < 900 ? 10 : 0.1));
    expect(Math.min(...sizes)).toBeLessThan(100);
    expect(sizes).toContain(500);
    expect(sizes.lastIndexOf(500)).toBeGreaterThan(4);
  });

  it('gather what comes in quick succession, unless that is much; the first after a while waits for nothing', async () => {
    let now = 1_000;
    const timers = new Map<() => void, number>();
    const clock: Clock = {
      now: () => now,
      after: (ms, task) => {
        timers.set(task, now + ms);
        return () => timers.delete(task);
      },
    };
    const pass = (ms: number): void => {
      now += ms;
      for (const [task, at] of timers) if (at <= now && timers.delete(task)) task();
    };
    const membership = new Membership(10_000, () => 0);
    membership.join('me', 0);
    const sizes: number[] = [];
    let handled = Promise.withResolvers<void>();
    const subscriber: Subscriber = {
      onAssigned: async () => 0,
      async onBatch({ records }) {
        sizes.push(records.length);
        handled.resolve();
      },
      onRevoked: () => undefined,
    };
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    const holding = new KafkaHolding(ref, subscriber, membership, { open: () => open(), shut: () => undefined }, clock, () => undefined);
    await opened;
    let next = 0;
    const deliver = (count: number): void => {
      handled = Promise.withResolvers<void>();
      const records = Array.from({ length: count }, (_, index) => record(next + index));
      next += count;
      holding.deliver(records, next);
    };
    const settled = (): Promise<void> => new Promise(setImmediate);

    deliver(1);
    await handled.promise;
    await settled();
    deliver(1);
    deliver(2);
    await settled();
    expect(sizes).toEqual([1]);
    pass(200);
    await handled.promise;
    expect(sizes).toEqual([1, 3]);
    await settled();
    deliver(50);
    await handled.promise;
    expect(sizes).toEqual([1, 3, 50]);
    await settled();
    pass(1_000);
    deliver(1);
    await handled.promise;
    expect(sizes).toEqual([1, 3, 50, 1]);
    await holding.release();
  });
});

describe('a lease that was lost', () => {
  it('is taken later and later where nothing is handled under it, and soon again after one that was of use', async () => {
    let nowMs = 0;
    const pauses: number[] = [];
    const clock: Clock = {
      now() {
        nowMs += 1_000;
        return nowMs;
      },
      after(ms, task) {
        pauses.push(ms);
        setImmediate(task);
        return () => undefined;
      },
    };
    const membership = new Membership(10_000, () => 0);
    membership.join('me', 0);
    let leases = 0;
    let handled = 0;
    const { promise: seen, resolve } = Promise.withResolvers<void>();
    const deliver = (offset: number): void => void setImmediate(() => holding.deliver([record(offset)], offset + 1));
    const subscriber: Subscriber = {
      async onAssigned() {
        handled = 0;
        if (++leases > 5) resolve();
        return 0;
      },
      async onBatch() {
        if (leases <= 3 || handled > 0) throw new OwnershipLost('another has it');
        deliver(++handled);
      },
      onRevoked: () => undefined,
    };
    const holding = new KafkaHolding(ref, subscriber, membership, { open: deliver, shut: () => undefined }, clock, () => undefined);
    await seen;
    await holding.release();
    expect(pauses.slice(0, 5)).toEqual([50, 100, 200, 50, 50]);
  });
});
