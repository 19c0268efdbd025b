import { describe, expect, it } from '@jest/globals';
import type { LogRecord } from '#ports';
import type { LogStore } from './log-store.js';
import { Partition } from './partition.js';

const ref = { topic: 'site-events', partition: 0 };
const records = (from: number, to: number, value = 'x'): LogRecord[] =>
  Array.from({ length: to - from }, (_, n) => ({ ...ref, offset: from + n, key: 'k', headers: {}, value }));

/** A store that has every record and counts how often it was asked. */
function store(): LogStore & { asked: number } {
  const counting = {
    asked: 0,
    read: (_: unknown, from: number, to: number, limit: number) => {
      counting.asked++;
      return records(from, Math.min(to, from + limit));
    },
  };
  return counting as unknown as LogStore & { asked: number };
}

const offsets = (read: readonly LogRecord[]): readonly number[] => read.map(({ offset }) => offset);

describe('partition', () => {
  it('serves the newest records from memory and older ones from the store', () => {
    const disk = store();
    const partition = new Partition(ref, 100, disk);
    partition.grow(records(100, 110));
    expect(offsets(partition.read(105, 3))).toEqual([105, 106, 107]);
    expect(partition.read(110, 10)).toEqual([]);
    expect(disk.asked).toBe(0);
    expect(offsets(partition.read(98, 4))).toEqual([98, 99, 100, 101]);
    expect(disk.asked).toBe(1);
  });

  it('goes to the store for records that a failed append left behind after all', () => {
    const disk = store();
    const partition = new Partition(ref, 0, disk);
    partition.grow(records(0, 5));
    partition.grow(records(8, 10));
    expect(partition.head).toBe(10);
    expect(offsets(partition.read(4, 100))).toEqual([4, 5, 6, 7, 8, 9]);
    expect(disk.asked).toBe(1);
  });

  it('keeps a bounded tail, in records and in text', () => {
    const disk = store();
    const partition = new Partition(ref, 0, disk);
    for (let at = 0; at < 20_000; at += 100) partition.grow(records(at, at + 100));
    expect(offsets(partition.read(19_000, 2))).toEqual([19_000, 19_001]);
    expect(disk.asked).toBe(0);
    partition.read(10_000, 1);
    expect(disk.asked).toBe(1);
    partition.grow(records(20_000, 20_002, 'x'.repeat(9 * 1024 * 1024)));
    expect(offsets(partition.read(20_000, 2))).toEqual([20_000, 20_001]);
    expect(disk.asked).toBe(2);
  });

  it('tells who listens, until they stop', () => {
    let told = 0;
    const partition = new Partition(ref, 0, store());
    const stop = partition.onGrowth(() => told++);
    partition.grow(records(0, 1));
    stop();
    partition.grow(records(1, 2));
    expect(told).toBe(1);
  });
});
