// Limits written to the log: taken once, refused with their text and the reason, and gone on with where the last holder stopped.
import { describe, expect, it } from '@jest/globals';
import { LIMIT_TOPICS } from '#contracts';
import { memoryLog } from '#embedded';
import { type EventLog, type LogRecord, LogUnavailable } from '#ports';
import { signedLog } from '#signing';
import { systemClock } from '#system';
import { readAll } from '#testing';
import { limitIntake } from './grid-limit-intake.js';
import { notFound } from './problem.js';

const LIMIT = {
  siteIds: ['north'],
  schedule: [{ startsAt: '2026-07-01T06:00:00Z', limitW: 50_000 }],
  expiresAt: '2026-07-01T07:00:00Z',
  source: 'dso',
};

/** A log, and somebody who takes limits of the site north. */
function office(log: EventLog = memoryLog()) {
  const taken: string[] = [];
  let trouble: Error | undefined;
  const take = async (tenantId: string, limitId: string, { siteIds }: { siteIds: readonly string[] }) => {
    if (trouble !== undefined) throw trouble;
    if (siteIds[0] !== 'north') throw notFound(`the site ${siteIds[0]}`);
    taken.push(`${tenantId}: ${limitId}`);
    return {};
  };
  const withdraw = async (tenantId: string, limitId: string, { requestedBy, ...which }: { requestedBy: string }) => {
    if (limitId === 'none') throw notFound(`the limit ${limitId}`);
    taken.push(`${tenantId}: ${limitId} is over, says ${requestedBy} ${JSON.stringify(which)}`);
    return {};
  };
  const world = { log, clock: { now: () => 0 }, ids: { next: () => 'id' } };
  const outcomes = async () =>
    (await readAll(log, LIMIT_TOPICS.outcomes, 0, 0, await log.head(LIMIT_TOPICS.outcomes, 0))).map(({ headers, value }) => ({
      type: headers.ce_type,
      ...(JSON.parse(value) as object),
    }));
  return {
    taken,
    outcomes,
    open: () => limitIntake(world as never, take as never, withdraw as never, { info() {}, warn() {}, error() {} }),
    write: (value: unknown, headers: Record<string, string> = {}) =>
      log.append(LIMIT_TOPICS.asked, [{ key: 'any', headers, value: typeof value === 'string' ? value : JSON.stringify(value) }]),
    break: (error: Error | undefined) => {
      trouble = error;
    },
    async until(count: number) {
      for (let turn = 0; (await outcomes()).length < count; turn++) {
        if (turn > 20_000) throw new Error(`in vain`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

describe('limits written to the log', () => {
  it('are taken in order, under the name they were given or one of their place', async () => {
    const { open, write, until, taken } = office();
    const intake = await open();
    await write(LIMIT, { ce_id: 'ours', ce_tenantid: 'acme' });
    await write(LIMIT);
    await until(2);
    await intake.close();
    expect(taken).toEqual(['acme: ours', expect.stringMatching(/^default: [0-9a-f-]{36}$/)]);
  });
  it('are withdrawn by their name, as a whole or at a site', async () => {
    const { open, write, until, taken, outcomes } = office();
    const intake = await open();
    await write({ withdrawn: true }, { ce_id: 'ours' });
    await write({ withdrawn: true, siteId: 'north' }, { ce_id: 'ours', ce_tenantid: 'acme' });
    await until(2);
    await intake.close();
    expect(taken).toEqual([
      'default: ours is over, says topic {"withdrawn":true}',
      'acme: ours is over, says topic {"withdrawn":true,"siteId":"north"}',
    ]);
    expect((await outcomes()).map(({ type }) => type)).toEqual(['GridLimitTaken', 'GridLimitTaken']);
  });
  it.each<[string, unknown, RegExp]>([
    ['what is no JSON', '{"siteIds":', /JSON/],
    ['a limit without a unit', { ...LIMIT, schedule: [{ startsAt: '2026-07-01T06:00:00Z', limit: 500 }] }, /schedule/],
    ['less than nothing', { ...LIMIT, schedule: [{ startsAt: '2026-07-01T06:00:00Z', limitW: -1 }] }, /limitW/],
    ['two limits at one time', { ...LIMIT, schedule: [LIMIT.schedule[0], { ...LIMIT.schedule[0], limitW: 9 }] }, /very time/],
    ['an end before the start', { ...LIMIT, expiresAt: '2026-07-01T05:00:00Z' }, /expiresAt/],
    ['fields that nobody knows', { ...LIMIT, unit: 'kW' }, /unit/],
    ['a site that is not there', { ...LIMIT, siteIds: ['south'] }, /south/],
    ['nothing', '', /JSON/],
    ['a withdrawal of nobody knows what', { withdrawn: true }, /ce_id/],
    ['a withdrawal that does not say so', { withdrawn: 'yes' }, /ce_id/],
  ])('are refused with their text and the reason: %s', async (_, value, reason) => {
    const { open, write, until, taken, outcomes } = office();
    const intake = await open();
    await write(value);
    await until(1);
    await intake.close();
    expect(taken).toEqual([]);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    expect(await outcomes()).toEqual([expect.objectContaining({ type: 'GridLimitRefused', reason: expect.stringMatching(reason), text })]);
  });
  it('are refused with the reason where nobody may believe them', async () => {
    const judge = async (records: readonly LogRecord[]) => records.map((record) => ({ ...record, refused: 'it is not signed' }));
    const { open, write, until, taken, outcomes } = office(signedLog(memoryLog(), { judge }, systemClock));
    const intake = await open();
    await write(LIMIT);
    await until(1);
    await intake.close();
    expect(taken).toEqual([]);
    expect(await outcomes()).toEqual([
      expect.objectContaining({ type: 'GridLimitRefused', reason: expect.stringContaining('not signed') }),
    ]);
  });
  it('are refused in a record that a log takes, however much is wrong with them, and names no row could hold as well', async () => {
    const { open, write, until, taken, outcomes } = office();
    const intake = await open();
    const wrong = Array.from({ length: 60_000 }, (_, index) => [`\u0001${index}`, 1] as const);
    await write({ ...LIMIT, ...Object.fromEntries(wrong) });
    await write({ ...LIMIT, siteIds: wrong.slice(0, 10_000).map(([name]) => name) });
    await write(LIMIT, { ce_id: 'a', ce_tenantid: 'acme\u0000' });
    await write(LIMIT, { ce_id: 'a\u0000' });
    await until(4);
    await intake.close();
    expect(taken).toEqual([]);
    for (const each of await outcomes()) {
      expect(each).toMatchObject({ type: 'GridLimitRefused', reason: expect.stringMatching(/.+/) });
      expect(Buffer.byteLength(JSON.stringify(each))).toBeLessThan(900_000);
    }
  });
  it('are gone on with after the last one that has an outcome', async () => {
    const { open, write, until, taken } = office();
    const first = await open();
    await write(LIMIT, { ce_id: 'a' });
    await write('broken');
    await until(2);
    await first.close();
    await write(LIMIT, { ce_id: 'b' });
    const second = await open();
    await until(3);
    await second.close();
    expect(taken).toEqual(['default: a', 'default: b']);
  });
  it('wait while we cannot take them, and are refused for no fault of ours', async () => {
    const { open, write, until, taken, outcomes, break: breakIt } = office();
    breakIt(new LogUnavailable('full'));
    const intake = await open();
    await write(LIMIT, { ce_id: 'a' });
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(await outcomes()).toEqual([]);
    breakIt(undefined);
    await until(1);
    await intake.close();
    expect(taken).toEqual(['default: a']);
  });
});
