// The budget of a port: how much it may be down, when that much was, and whether it is down now.
import { describe, expect, it } from '@jest/globals';
import { allowedMs, downSinceMs, spentAtMs } from './budget.js';
import { RULE_SETS } from './rules.js';
import type { Outage } from './uptime.js';

const outage = (fromMs: number, toMs: number, also: Partial<Outage> = {}): Outage => ({
  fromMs,
  toMs,
  startedMs: fromMs,
  endedMs: toMs,
  causes: ['faulted'],
  because: [],
  excludedMs: 0,
  excluded: [],
  ...also,
});
const takenOff = (fromMs: number, toMs: number) => ({
  excludedMs: toMs - fromMs,
  excluded: [{ fromMs, toMs, cause: 'utilityInterruption' as const, id: 'a' }],
});

it('is three in a hundred of 525,600 minutes by the rules of NEVI', () => {
  expect(allowedMs({ divisorMs: 525_600 * 60_000 }, RULE_SETS.nevi)).toBe(15_768 * 60_000);
});

describe('what was spent', () => {
  const outages = [outage(100, 200), outage(300, 500, takenOff(350, 450)), outage(600, 700)];

  it('was spent at the instant at which so much had counted, without what is taken off', () => {
    expect([1, 100, 101, 150, 151, 200, 300].map((amount) => spentAtMs({ outages }, amount))).toEqual([101, 200, 301, 350, 451, 500, 700]);
  });

  it('has not been while less counted', () => {
    expect([spentAtMs({ outages }, 301), spentAtMs({ outages: [] }, 1)]).toEqual([null, null]);
  });
});

it('goes on being spent while an outage goes on that is not taken off to its end', () => {
  const { endedMs: _, ...open } = outage(600, 700);
  const since = (last: Outage) => downSinceMs({ outages: [outage(100, 200), last] });
  expect([
    since(outage(600, 700)),
    since(open),
    since({ ...open, ...takenOff(650, 700) }),
    since({ ...open, ...takenOff(600, 650) }),
  ]).toEqual([null, 600, null, 600]);
  expect(downSinceMs({ outages: [] })).toBeNull();
});
