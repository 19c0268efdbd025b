// The answer book's contract on a real Redis, and the marks of a book that was lost while it was being written.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, redisAnswerBook } from '#cluster';
import type { BookEntry } from '#ports';
import { answerBookContract } from '#testing';
import { redisUrl, unique } from './support/servers.js';

const onTrouble = (): void => undefined;
const expected = [
  { topic: 'site-events', partition: 0 },
  { topic: 'site-events', partition: 1 },
  { topic: 'network-events', partition: 0 },
];

answerBookContract('Redis', async () => {
  const redis = await connectRedis({ url: redisUrl(), onTrouble });
  return { book: redisAnswerBook(redis, `${unique('book')}:`, expected), expected, dispose: async () => redis.disconnect() };
});

describe('a book that is lost', () => {
  let redis: Awaited<ReturnType<typeof connectRedis>>;
  beforeAll(async () => {
    redis = await connectRedis({ url: redisUrl(), onTrouble });
  });
  afterAll(() => redis.disconnect());

  const entry: BookEntry = {
    kind: 'token',
    version: [0, 1],
    tenantId: 'default',
    tokenHash: 't',
    value: { tokenHash: 't', status: 'Accepted' },
  };
  const [place] = expected as [{ topic: string; partition: number }];
  const lose = async (prefix: string): Promise<void> => {
    const keys = await redis.keys(`${prefix}*`);
    if (keys.length > 0) await redis.del(...keys);
  };

  it('between writing and marking is not marked: what was written is gone', async () => {
    const prefix = `${unique('book')}:`;
    const book = redisAnswerBook(redis, prefix, [place]);
    await book.put([entry]);
    await lose(prefix);
    await book.markFolded(place.topic, place.partition);
    expect(await book.isComplete()).toBe(false);
    expect(await book.isFolded(place.topic, place.partition)).toBe(false);
  });

  it('is complete again after its writer asked, wrote all of it once more and marked it', async () => {
    const prefix = `${unique('book')}:`;
    const book = redisAnswerBook(redis, prefix, [place]);
    await book.put([entry]);
    await book.markFolded(place.topic, place.partition);
    expect(await book.isComplete()).toBe(true);
    await lose(prefix);
    expect(await book.isComplete()).toBe(false);
    expect(await book.isFolded(place.topic, place.partition)).toBe(false);
    await book.put([entry]);
    await book.markFolded(place.topic, place.partition);
    expect(await book.isComplete()).toBe(true);
    expect((await book.token('default', 't'))?.status).toBe('Accepted');
  });
});
