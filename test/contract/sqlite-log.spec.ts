// What the SQLite log alone must stand: kill -9, a failing and a nearly full disk, a second process.
// What every log keeps to is in event-log.spec.ts.
import { afterEach, describe, expect, it } from '@jest/globals';
import { sqliteLog } from '#embedded';
import { type EventLog, LogUnavailable } from '#ports';
import { consume, readAll, record, scratch } from '#testing';
import { Child } from './support/child.js';

const TOPIC = 'site-events';
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(directory: string, options: Parameters<typeof sqliteLog>[1] = {}): Promise<EventLog> {
  const log = await sqliteLog(directory, options);
  closing.push(() => log.close());
  await log.open([TOPIC]);
  return log;
}

function run(...args: ConstructorParameters<typeof Child>): Child {
  const child = new Child(...args);
  closing.push(() => child.kill());
  return child;
}

const idsAfter = (word: string, lines: readonly string[]): readonly string[] =>
  lines.filter((line) => line.startsWith(word)).map((line) => line.split(' ')[1] as string);

describe('SQLite log', () => {
  it('has after kill -9 every record it acknowledged, and goes on', async () => {
    const directory = scratch('log');
    const acknowledged: string[] = [];
    for (const [atATime, lifetime] of [
      [1, 30],
      [50, 700],
      [1_000, 5_000],
    ] as const) {
      const child = run('log-writer.ts', [directory, `${atATime}`]);
      await child.until((lines) => lines.length >= lifetime);
      await child.kill();
      acknowledged.push(...idsAfter('acknowledged', child.lines));
      const log = await open(directory);
      const stored = await readAll(log, TOPIC, 0);
      const ids = new Set(stored.map(({ headers }) => headers.ce_id));
      expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
      expect(stored.map(({ offset }) => offset)).toEqual(stored.map((_, n) => n));
      expect(ids.size).toBe(stored.length);
      await log.close();
    }
  }, 60_000);

  it('refuses while the disk fails, works again by itself, and keeps what it acknowledged before, meanwhile and after', async () => {
    const directory = scratch('log');
    const child = run('log-writer.ts', [directory, '20'], 400_000);
    await child.until((lines) => idsAfter('refused', lines).length >= 100);
    const refused = child.lines.length;
    await child.lift();
    await child.until((lines) => idsAfter('acknowledged', lines.slice(refused)).length >= 500);
    await child.kill();
    const acknowledged = idsAfter('acknowledged', child.lines);
    expect(acknowledged.length).toBeGreaterThan(500);
    const ids = new Set((await readAll(await open(directory), TOPIC, 0)).map(({ headers }) => headers.ce_id));
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
  }, 60_000);

  it('refuses before the disk is full, and works again when there is room', async () => {
    let free = 1_000_000_000;
    const log = await open(scratch('log'), { freeBytes: () => free });
    await log.append(TOPIC, [record('k', 'before')]);
    free = 1_000_000;
    await expect(log.append(TOPIC, [record('k', 'meanwhile')])).rejects.toBeInstanceOf(LogUnavailable);
    free = 1_000_000_000;
    await log.append(TOPIC, [record('k', 'after')]);
    const consumer = await consume(log, 'group', [TOPIC]);
    await consumer.until(({ records }) => records.length >= 2);
    expect(consumer.values).toEqual(['before', 'after']);
  });

  it('bounds what waits for the disk', async () => {
    const log = await open(scratch('log'));
    const large = record('k', 'x'.repeat(40 * 1024 * 1024));
    const outcomes = await Promise.allSettled([log.append(TOPIC, [large]), log.append(TOPIC, [large])]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await log.append(TOPIC, [record('k', 'small')]);
    expect((await readAll(log, TOPIC, 0)).map(({ value }) => value.length)).toEqual([40 * 1024 * 1024, 5]);
  });

  it('has one process that writes; others may read meanwhile, and see what is added', async () => {
    const directory = scratch('log');
    const child = run('log-writer.ts', [directory, '5']);
    await child.until((lines) => lines.length >= 20);
    await expect(sqliteLog(directory)).rejects.toMatchObject({
      code: 'DirectoryInUse',
      retriable: false,
      message: expect.stringContaining('process '),
    });
    const reader = await sqliteLog(directory, { readOnly: true });
    closing.push(() => reader.close());
    const before = await reader.head(TOPIC, 0);
    expect(await readAll(reader, TOPIC, 0, 0, before)).toHaveLength(before);
    await child.until((lines) => lines.length >= before + 50);
    expect(await reader.head(TOPIC, 0)).toBeGreaterThan(before);
    await expect(reader.append(TOPIC, [record('k', 'x')])).rejects.toBeInstanceOf(LogUnavailable);
  }, 30_000);

  it('stores text that is no proper Unicode as it will be read again', async () => {
    const log = await open(scratch('log'));
    const consumer = await consume(log, 'group', [TOPIC]);
    await log.append(TOPIC, [record('k', 'half \ud83d a pair')]);
    await consumer.until(({ records }) => records.length >= 1);
    expect(consumer.values).toEqual(['half \ufffd a pair']);
    expect((await readAll(log, TOPIC, 0)).map(({ value }) => value)).toEqual(consumer.values);
  });
});
