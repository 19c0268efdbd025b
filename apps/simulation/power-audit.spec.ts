// What is drawn above a limit is seen whenever it is, however briefly, and whether anybody begins to draw anything else then or not.
import { describe, expect, it } from '@jest/globals';
import type { Fleet } from '#apps/simulator';
import type { LogRecord } from '#ports';
import type { Plan } from './plan.js';
import { PowerAudit } from './power-audit.js';

const [SITE_A, LIMIT_A, MINUTE_MS] = [100, 50, 60_000];
const evse = { evseId: 1, phases: 3, minA: 6, maxA: 80, safeA: 0 } as const;
const stationOf = (stationId: string) => ({ config: { stationId, siteId: 's', nodeId: 'grid', securityProfile: 1, evses: [evse] } });
const site = { siteId: 's', name: 's', timeZone: 'UTC', voltageV: 230, root: { nodeId: 'grid', limitA: SITE_A, phases: 3 } };
const plan = { sites: [site], stations: ['A', 'B'].map(stationOf), leaseMs: 900_000, startMs: 0 } as unknown as Plan;
const limit = { siteId: 's', announcedMs: 20_000, untilMs: 10 * MINUTE_MS, limitA: LIMIT_A };

/** At which instants somebody was found above the limit: [ms, station, what it draws from then on: A]. */
function found(
  drawings: readonly (readonly [atMs: number, stationId: string, currentA: number])[],
  { fromMs = 0, minutes = 3, meanwhile = () => {} }: { fromMs?: number; minutes?: number; meanwhile?: (audit: PowerAudit) => void } = {},
): readonly number[] {
  const heard = new Map<string, (event: object) => void>();
  const stations = ['A', 'B'].map((stationId) => ({
    stationId,
    listen: (listener: (event: object) => void) => void heard.set(stationId, listener),
  }));
  const audit = new PowerAudit(plan, { stations, draws: () => [] } as unknown as Fleet, fromMs, 0);
  meanwhile(audit);
  for (let nowMs = MINUTE_MS; nowMs <= minutes * MINUTE_MS; nowMs += MINUTE_MS) {
    for (const [at, stationId, currentA] of drawings)
      if (at > nowMs - MINUTE_MS && at <= nowMs) {
        const mA = currentA * 1000;
        heard.get(stationId)?.({ type: 'Drawing', evseId: 1, at, currentsMa: { L1: mA, L2: mA, L3: mA } });
      }
    audit.check(nowMs);
  }
  return [...new Set(audit.excesses().map(({ atMs }) => atMs))];
}
const announced = (audit: PowerAudit): void => audit.announced(limit, true);

describe('what is drawn', () => {
  it('is seen at each change', () => {
    expect(found([[1_000, 'A', 100]])).toEqual([]);
    const briefly = [
      [1_000, 'A', 60],
      [2_000, 'B', 41],
      [2_001, 'B', 0],
    ] as const;
    expect(found(briefly)).toEqual([2_000]);
    expect(found(briefly, { fromMs: 2_001 })).toEqual([]);
  });

  it('is seen when a limit begins to bind, also where somebody follows it a little later', () => {
    const bindsMs = limit.announcedMs + 30_000;
    const followed = (atMs: number) =>
      found(
        [
          [1_000, 'A', 60],
          [atMs, 'A', LIMIT_A],
        ],
        { meanwhile: announced },
      );
    expect([followed(bindsMs - 1), followed(bindsMs), followed(bindsMs + 1)]).toEqual([[], [], [bindsMs]]);
  });

  it('is seen when an outlet that does not obey begins to count with its rating, and when everybody is commissioned', () => {
    const alarm = {
      headers: { ce_type: 'LimitAlarmReported', ce_time: new Date(10_000).toISOString() },
      value: JSON.stringify({ stationId: 'B', evseId: 1, kind: 'ignores', isOver: false }),
    } as unknown as LogRecord;
    const beside = [
      [1_000, 'A', 30],
      [50_000, 'A', 20],
    ] as const;
    expect(found(beside, { meanwhile: (audit) => audit.stored(alarm, 10_000, true) })).toEqual([40_000]);
    const above = [
      [1_000, 'A', 110],
      [50_000, 'A', 20],
    ] as const;
    expect(found(above, { fromMs: 30_000 })).toEqual([30_000]);
  });
});
