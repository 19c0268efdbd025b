// What is read a second time is what the log would answer again.
import { expect, it } from '@jest/globals';
import type { LogRecord } from '#ports';
import { keptReading } from './kept-reading.js';
import type { Reading } from './recorded-outputs.js';

const ref = { topic: 'site-events', partition: 1 };
const BATCH = 4;

/** A log of ten records that counts how often it is read; `text` is what each of them says. */
function counted(text: string) {
  const records = Array.from({ length: 10 }, (_, offset): LogRecord => ({ ...ref, offset, key: 'k', headers: {}, value: text }));
  const counts = { readings: 0 };
  const log: Reading = {
    partitionCount: () => 2,
    head: async () => records.length,
    async *read(_topic, _partition, from, to) {
      counts.readings++;
      for (let start = from; start < to; start += BATCH) yield records.slice(start, Math.min(to, start + BATCH));
    },
  };
  return { log, counts };
}

async function offsets(log: Reading, from: number, to: number): Promise<readonly number[]> {
  const read: number[] = [];
  for await (const batch of log.read(ref.topic, ref.partition, from, to)) read.push(...batch.map(({ offset }) => offset));
  return read;
}

it('reads a partition once for two who read it, the second up to any place before the end', async () => {
  const { log, counts } = counted('{}');
  const kept = keptReading(log, ref);
  expect(await offsets(kept, 0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(await offsets(kept, 0, 6)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(counts.readings).toBe(1);
  expect(await offsets(kept, 0, 6)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(counts.readings).toBe(2);
});

it('asks the log for what lies behind what was kept, and for any other place', async () => {
  const { log, counts } = counted('{}');
  const kept = keptReading(log, ref);
  expect(await offsets(kept, 0, 6)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(await offsets(kept, 0, 10)).toHaveLength(10);
  expect(await offsets(kept, 7, 10)).toEqual([7, 8, 9]);
  expect(counts.readings).toBe(3);
});

it('keeps nothing of a partition that is too long', async () => {
  const { log, counts } = counted('x'.repeat(8 * 1024 * 1024));
  const kept = keptReading(log, ref);
  expect(await offsets(kept, 0, 10)).toHaveLength(10);
  expect(await offsets(kept, 0, 10)).toHaveLength(10);
  expect(counts.readings).toBe(2);
});
