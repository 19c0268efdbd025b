// §14a EnWG: what dimming has to leave, and what holds in silence and after it.
import { describe, expect, it } from '@jest/globals';
import { dimmed, guaranteedW } from './enwg14a.js';

const MINUTE = 60_000;

describe('guaranteedW', () => {
  it.each([
    [1, 4_200],
    [2, 7_560],
    [4, 13_020],
    [9, 19_320],
    [20, 40_110],
  ])('%i devices behind one management have %i W (BK6-22-300, 4.5.2)', (count, watts) => {
    expect(guaranteedW({ count, control: 'management' })).toBe(watts);
  });
  it('is 4.2 kW for each of those that are dimmed one by one', () => {
    expect(guaranteedW({ count: 3, control: 'direct' })).toBe(12_600);
  });
});

describe('dimmed', () => {
  const said = (command: Parameters<typeof dimmed>[0], failSafeUntilMs?: number) => dimmed(command, 7_560, 5_000, 0, failSafeUntilMs);

  it('is what was commanded, to its end, and no less than is guaranteed', () => {
    expect(said({ limitW: 10_000, untilMs: 2 * MINUTE }).steps).toEqual([{ fromMs: 0, value: 10_000 }, { fromMs: 2 * MINUTE }]);
    expect(said({ limitW: 0 })).toEqual({ steps: [{ fromMs: 0, value: 7_560 }], fallbackW: 7_560 });
    expect(said({}).steps).toEqual([{ fromMs: 0 }]);
    expect(said({ limitW: 10_000, untilMs: 0 }).steps).toEqual([{ fromMs: 0 }]);
  });
  it('is the fail-safe limit first, after silence', () => {
    expect(said({}, 2 * MINUTE).steps).toEqual([{ fromMs: 0, value: 7_560 }, { fromMs: 2 * MINUTE }]);
    expect(said({ limitW: 9_000, untilMs: 3 * MINUTE }, 2 * MINUTE).steps).toEqual([
      { fromMs: 0, value: 7_560 },
      { fromMs: 2 * MINUTE, value: 9_000 },
      { fromMs: 3 * MINUTE },
    ]);
  });
});
