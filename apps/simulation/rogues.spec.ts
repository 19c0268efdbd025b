// From when until when an outlet that does not obey counts with its rating, by what was told of it.
import { describe, expect, it } from '@jest/globals';
import type { LogRecord } from '#ports';
import { Rogues } from './rogues.js';

const [HOLD, LATE] = [30_000, 240_000];
const evse = { evseId: 1, phases: ['L1'], minA: 6, maxA: 32, safeA: 0 } as const;
const config = { stationId: 'A', siteId: 's', nodeId: 'hall', securityProfile: 1, evses: [evse] } as const;
const said = (kind: string, isOver: boolean, atMs: number): LogRecord => ({
  topic: 'balancing-events',
  partition: 0,
  offset: 0,
  key: 't/s',
  headers: { ce_type: 'LimitAlarmReported', ce_time: new Date(atMs).toISOString() },
  value: JSON.stringify({ stationId: 'A', evseId: 1, kind, isOver }),
});
const ratings = (rogues: Rogues, atMs: number): readonly number[] => rogues.at(atMs).map(({ ratingMa }) => ratingMa);

describe('an outlet that does not obey', () => {
  it('counts with its rating once others had time to make room, until it obeys', () => {
    const rogues = new Rogues([config], HOLD, LATE);
    rogues.stored(said('ignores', false, 0), 0, true);
    rogues.stored(said('ignores', false, 0), 5_000, true);
    expect([ratings(rogues, HOLD - 1), ratings(rogues, HOLD)]).toEqual([[], [32_000]]);
    rogues.stored(said('ignores', true, 90_000), 200_000, true);
    expect([ratings(rogues, 89_999), ratings(rogues, 90_000)]).toEqual([[32_000], []]);
  });

  it('has others make room later where something was down', () => {
    const rogues = new Rogues([config], HOLD, LATE);
    rogues.stored(said('ignores', false, 0), 0, true);
    rogues.troubled(10_000);
    rogues.troubled(20_000);
    expect([ratings(rogues, HOLD + LATE - 1), ratings(rogues, HOLD + LATE)]).toEqual([[], [32_000]]);
  });

  it('is told apart from one that refuses or does not answer', () => {
    const rogues = new Rogues([config], HOLD, LATE);
    rogues.stored(said('rejects', false, 0), 0, true);
    expect(rogues.at(HOLD)).toEqual([]);
  });
});
