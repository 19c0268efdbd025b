// What a station said and was told, read back from a log that several sites share.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encode, streamKey } from '#contracts';
import { memoryLog } from '#embedded';
import { lookBack } from './station-log.js';

const log = memoryLog();
const KEY = streamKey({ tenantId: 't', siteId: 's' });
const all = () => true;

const append = (stationId: string, type: string, data: object, siteId = 's') =>
  log.append('site-events', [
    encode({
      id: `${siteId}/${stationId}/${JSON.stringify(data)}`,
      type,
      source: '/edge',
      time: '2026-01-01T00:00:00.000Z',
      tenantId: 't',
      siteId,
      stationId,
      data,
    }),
  ]);
const heartbeat = (n: number) => ({ messageId: String(n), action: n % 2 === 0 ? 'Heartbeat' : 'MeterValues', payload: {} });
const numbers = ({ events }: Awaited<ReturnType<typeof lookBack>>) =>
  events.map(({ data }) => ('messageId' in data ? data.messageId : data));

describe('messages of a station', () => {
  beforeAll(async () => {
    await log.open(['site-events']);
    for (let n = 0; n < 5; n++) {
      await append('CP1', 'CallReceived', heartbeat(n));
      await append('CP2', 'CallReceived', heartbeat(100 + n));
      await append('CP1', 'CallReceived', heartbeat(200 + n), 'elsewhere');
      await append('CP1', 'TimeReached', { deadlineId: String(n) });
    }
  });
  afterAll(() => log.close());

  it('are its own, the newest first, and no deadlines of services', async () => {
    expect(numbers(await lookBack({ log }, KEY, 'CP1', undefined, 10, all))).toEqual(['4', '3', '2', '1', '0']);
  });

  it('come in pages that join without gap or repeat, the last of which says that nothing is older', async () => {
    const first = await lookBack({ log }, KEY, 'CP1', undefined, 2, all);
    const second = await lookBack({ log }, KEY, 'CP1', first.before, 2, all);
    const third = await lookBack({ log }, KEY, 'CP1', second.before, 2, all);
    expect([first, second, third].map(numbers)).toEqual([['4', '3'], ['2', '1'], ['0']]);
    expect(third.before).toBe(0);
  });

  it('of one action only, where that is asked for', async () => {
    const isAsked = (event: { readonly data: object }) => 'action' in event.data && event.data.action === 'MeterValues';
    expect(numbers(await lookBack({ log }, KEY, 'CP1', undefined, 10, isAsked))).toEqual(['3', '1']);
  });

  it('far behind those of others take several pages, each of which reads a bounded stretch', async () => {
    const many = Array.from({ length: 500 }, (_, n) => heartbeat(n));
    for (let round = 0; round < 5; round++)
      await log.append(
        'site-events',
        many.map((data, n) =>
          encode({
            id: `m${round}/${n}`,
            type: 'CallReceived',
            source: '/edge',
            time: '2026-01-01T00:00:00.000Z',
            tenantId: 't',
            siteId: 's',
            stationId: 'CP2',
            data,
          }),
        ),
      );
    const first = await lookBack({ log }, KEY, 'CP1', undefined, 10, all, 2000);
    expect(first.events).toEqual([]);
    expect(first.before).toBeGreaterThan(0);
    expect(numbers(await lookBack({ log }, KEY, 'CP1', first.before, 10, all))).toEqual(['4', '3', '2', '1', '0']);
  });

  it('are told also beside a record that nobody can read', async () => {
    const [record] = await log.append('site-events', [
      {
        ...encode({
          id: 'x',
          type: 'CallReceived',
          source: '/edge',
          time: '2026-01-01T00:00:00.000Z',
          tenantId: 't',
          siteId: 's',
          stationId: 'CP9',
          data: {},
        }),
        value: '{',
      },
    ]);
    await append('CP9', 'CallReceived', heartbeat(7));
    expect(record).toBeDefined();
    expect(numbers(await lookBack({ log }, KEY, 'CP9', undefined, 10, all))).toEqual(['7']);
  });

  it('before a place the log never had are those of its end', async () => {
    expect((await lookBack({ log }, KEY, 'CP2', 1e9, 1, all)).events).toHaveLength(1);
  });
});
