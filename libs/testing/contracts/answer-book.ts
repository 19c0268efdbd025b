// What every AnswerBook keeps to. Each test uses a tenant of its own; completeness needs a fresh book.
// Which entries the session service writes is tested there.
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AnswerBook, BookEntry, BookVersion, PartitionRef, StationEntry, TokenEntry } from '#ports';

export interface AnswerBookUnderTest {
  /** Empty, and complete once exactly the `expected` partitions are folded. */
  readonly book: AnswerBook;
  readonly expected: readonly PartitionRef[];
  readonly dispose: () => Promise<void>;
}

export function answerBookContract(name: string, create: () => Promise<AnswerBookUnderTest>): void {
  describe(`AnswerBook: ${name}`, () => {
    let dispose: (() => Promise<void>) | undefined;
    const start = async (): Promise<AnswerBookUnderTest & { tenantId: string }> => {
      const made = await create();
      dispose = made.dispose;
      return { ...made, tenantId: `tenant-${randomUUID()}` };
    };
    afterEach(async () => {
      await dispose?.();
      dispose = undefined;
    });

    const station = (tenantId: string, siteId: string): StationEntry => ({
      tenantId,
      stationId: 's1',
      siteId,
      assignmentSeq: 1,
      securityProfile: 1,
      credentialHash: 'ab12',
      bootStatus: 'Accepted',
      heartbeatIntervalS: 300,
      strict: false,
    });
    const putStation = (tenantId: string, version: BookVersion, siteId: string | null): BookEntry => ({
      kind: 'station',
      version,
      tenantId,
      stationId: 's1',
      value: siteId === null ? null : station(tenantId, siteId),
    });
    const putToken = (tenantId: string, offset: number, status: TokenEntry['status'] | null): BookEntry => ({
      kind: 'token',
      version: [0, offset],
      tenantId,
      tokenHash: 't1',
      value: status === null ? null : { tokenHash: 't1', status, groupHash: 'g', expiresAt: '2027-01-01T00:00:00.000Z' },
    });
    const putSession = (tenantId: string, offset: number, sessionId: string, open: boolean): BookEntry => ({
      kind: 'openSession',
      version: [0, offset],
      tenantId,
      tokenHash: 't1',
      sessionId,
      value: open ? { tokenHash: 't1', sessionId, stationId: 's1' } : null,
    });

    it('is complete only after every expected partition', async () => {
      const { book, expected } = await start();
      for (const { topic, partition } of expected) {
        expect(await book.isComplete()).toBe(false);
        expect(await book.isFolded(topic, partition)).toBe(false);
        await book.markFolded(topic, partition);
        expect(await book.isFolded(topic, partition)).toBe(true);
      }
      expect(await book.isComplete()).toBe(true);
    });

    it('gives back what was put, and nothing for what was not', async () => {
      const { book, tenantId } = await start();
      await book.put([
        putStation(tenantId, [1, 5], 'site-a'),
        putToken(tenantId, 6, 'Accepted'),
        putSession(tenantId, 7, 'x', true),
        putSession(tenantId, 8, 'y', true),
      ]);
      expect(await book.station(tenantId, 's1')).toEqual(station(tenantId, 'site-a'));
      expect(await book.token(tenantId, 't1')).toEqual({
        tokenHash: 't1',
        status: 'Accepted',
        groupHash: 'g',
        expiresAt: '2027-01-01T00:00:00.000Z',
      });
      expect((await book.openSessions(tenantId, 't1')).map(({ sessionId }) => sessionId).sort()).toEqual(['x', 'y']);
      expect(await book.station(`${tenantId}-other`, 's1')).toBeUndefined();
      expect(await book.token(tenantId, 't2')).toBeUndefined();
      expect(await book.openSessions(tenantId, 't2')).toEqual([]);
    });

    it('never lets an older version overwrite a newer one; assignments first, then offsets, as numbers', async () => {
      const { book, tenantId } = await start();
      const siteId = async (): Promise<string | undefined> => (await book.station(tenantId, 's1'))?.siteId;
      await book.put([putStation(tenantId, [1, 9], 'a')]);
      await book.put([putStation(tenantId, [1, 10], 'b'), putStation(tenantId, [1, 9], 'a')]);
      expect(await siteId()).toBe('b');
      await book.put([putStation(tenantId, [2, 1], 'c')]);
      expect(await siteId()).toBe('c');
      await book.put([putStation(tenantId, [1, 99_999_999_999], 'd')]);
      expect(await siteId()).toBe('c');
      await book.put([putStation(tenantId, [10, 0], 'e'), putStation(tenantId, [9, 5], 'f')]);
      expect(await siteId()).toBe('e');
    });

    it('takes an equal version again: a repeated batch changes nothing', async () => {
      const { book, tenantId } = await start();
      const batch = [
        putToken(tenantId, 1, 'Accepted'),
        putToken(tenantId, 2, 'Blocked'),
        putSession(tenantId, 3, 'x', true),
        putSession(tenantId, 4, 'x', false),
      ];
      await book.put(batch);
      await book.put(batch);
      expect((await book.token(tenantId, 't1'))?.status).toBe('Blocked');
      expect(await book.openSessions(tenantId, 't1')).toEqual([]);
    });

    it('deletes with null and remembers the version, so that a late older entry does not come back', async () => {
      const { book, tenantId } = await start();
      await book.put([putStation(tenantId, [1, 1], 'a'), putToken(tenantId, 1, 'Accepted'), putSession(tenantId, 1, 'x', true)]);
      await book.put([putStation(tenantId, [1, 5], null), putToken(tenantId, 5, null), putSession(tenantId, 5, 'x', false)]);
      await book.put([putStation(tenantId, [1, 4], 'b'), putToken(tenantId, 4, 'Accepted'), putSession(tenantId, 4, 'x', true)]);
      expect(await book.station(tenantId, 's1')).toBeUndefined();
      expect(await book.token(tenantId, 't1')).toBeUndefined();
      expect(await book.openSessions(tenantId, 't1')).toEqual([]);
      await book.put([putStation(tenantId, [1, 6], 'c')]);
      expect((await book.station(tenantId, 's1'))?.siteId).toBe('c');
    });
  });
}
