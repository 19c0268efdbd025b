// How soon a lease that was lost is taken anew.
import { expect, it } from '@jest/globals';
import { type LogRecord, OwnershipLost } from '#ports';
import { Holding } from './holding.js';
import type { Partition } from './partition.js';

const ref = { topic: 'topic', partition: 0 };
const record: LogRecord = { ...ref, offset: 0, key: 'k', headers: {}, value: '{}' };

it('is taken later and later where nothing is handled under it, and soon again after one that was of use', async () => {
  const pauses: number[] = [];
  const clock = {
    now: () => 0,
    after(ms: number, task: () => void) {
      pauses.push(ms);
      setImmediate(task);
      return () => undefined;
    },
  };
  const partition = { ref, head: 1, read: () => [record], onGrowth: () => () => undefined } as unknown as Partition;
  let leases = 0;
  let handled = 0;
  const { promise: seen, resolve } = Promise.withResolvers<void>();
  const subscriber = {
    async onAssigned() {
      handled = 0;
      if (++leases > 5) resolve();
      return 0;
    },
    async onBatch() {
      if (leases <= 3 || handled++ > 0) throw new OwnershipLost('another has it');
    },
    onRevoked: () => undefined,
  };
  const holding = new Holding(partition, subscriber, clock, () => undefined);
  await seen;
  await holding.release();
  expect(pauses.slice(0, 5)).toEqual([50, 100, 200, 50, 50]);
});
