// Who may stop cars that charge by a limit, and what he has to say for it.
import { describe, expect, it } from '@jest/globals';
import type { NewRecord, World } from '#ports';
import { gridLimitRoutes } from './grid-limits.js';
import type { Answer, Route } from './http.js';
import { Problem } from './problem.js';
import { stopsCars } from './stopping-limits.js';

const step = (limit: object) => ({ startsAt: '2026-05-01T00:00:00Z', ...limit });

describe('a limit under which cars stop', () => {
  it('is one of less than 6 A on a line or 1380 W, at any time of it', () => {
    const stops = (...schedule: readonly object[]): boolean => stopsCars({ schedule });
    expect([stops({ limitA: 0 }), stops({ limitA: 5.9 }), stops({ limitA: [32, 32, 0] }), stops({ limitW: 0 })]).toEqual(
      Array(4).fill(true),
    );
    expect([stops({ limitA: 6 }), stops({ limitW: 1380 }), stops({ limitA: [6, 7, 8], limitW: 20_000 })]).toEqual(Array(3).fill(false));
    expect(stops({ limitA: 16 }, { limitA: 0 })).toBe(true);
    expect(stopsCars({ schedule: [{ limitA: 16 }], fallback: { limitW: 0 } })).toBe(true);
    expect(stopsCars({ schedule: [{ limitA: 0 }], direction: 'export' })).toBe(false);
  });

  const sent = async (role: string, more: object, charging = 2, sites?: readonly string[]) => {
    const written: NewRecord[] = [];
    const world = {
      clock: { now: () => 0 },
      ids: { next: () => 'id' },
      log: { append: async (_: string, records: NewRecord[]) => records.map((record) => ({ offset: written.push(record) })) },
    };
    const standing = { limitId: 'before', source: 'x', siteIds: ['s', 'b', 'theirs'] };
    const reads = { chargingAt: async () => charging, networkLimitOf: async () => standing };
    const [post] = gridLimitRoutes(world as unknown as World, reads as never, { knownSite: async () => ({}) } as never) as [Route];
    const body = { siteIds: ['s'], source: 'x', expiresAt: '2026-05-02T00:00:00Z', schedule: [step({ limitA: 0 })], ...more };
    const answer = (await post
      .handle({ caller: { tenantId: 't', name: 'n', role, sites }, body, headers: {} } as never)
      .catch((error: unknown) => error)) as Answer | Problem;
    return { answer, written: written.map(({ value }) => JSON.parse(value)) };
  };

  it('is sent by somebody of the network only with the word that it is meant', async () => {
    for (const role of ['energy_manager', 'admin']) {
      const { answer, written } = await sent(role, {});
      expect(answer).toBeInstanceOf(Problem);
      expect(answer).toMatchObject({ status: 409, type: 'confirmation-needed', errors: [{ path: 'stopsCharging' }] });
      expect(written).toEqual([]);
    }
    const { answer, written } = await sent('admin', { stopsCharging: true });
    expect(answer.status).toBe(202);
    expect(written).toMatchObject([{ source: 'x', schedule: [{ limitA: 0 }] }]);
    expect(written[0]).not.toHaveProperty('stopsCharging');
  });

  it('over several sites frees none that its sender has no say about of the one before', async () => {
    const shared = { siteIds: ['s', 'b'], schedule: [step({ limitA: 1_000 })] };
    const { answer, written } = await sent('utility', shared, 0, ['s', 'b']);
    expect([answer.status, written]).toEqual([409, []]);
    for (const allowed of [await sent('utility', { ...shared, perSite: true }, 0, ['s', 'b']), await sent('utility', shared)])
      expect([allowed.answer.status, allowed.written.length > 0]).toEqual([202, true]);
  });

  it('needs no such word of a grid operator, where nobody charges, or where enough is left', async () => {
    expect((await sent('utility', {})).answer.status).toBe(202);
    expect((await sent('admin', {}, 0)).answer.status).toBe(202);
    expect((await sent('admin', { schedule: [step({ limitA: 6 })] })).answer.status).toBe(202);
  });
});
