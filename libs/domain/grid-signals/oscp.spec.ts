// Forecasts of OSCP as limits: units, lines, gaps, and what is refused.
import { describe, expect, it } from '@jest/globals';
import { type OscpBlock, oscpRefusals, stepsOfBlocks } from './oscp.js';

const HOUR = 3_600_000;
const at = (hours: number) => new Date(hours * HOUR).toISOString();
const block = (capacity: number, change: Partial<OscpBlock> = {}, from = 0, to = from + 1): OscpBlock => ({
  ...{ capacity, phase: 'ALL', unit: 'KW', start_time: at(from), end_time: at(to) },
  ...change,
});
const steps = (...blocks: readonly OscpBlock[]) => stepsOfBlocks(blocks, { limitW: 5_000 }, 0);

describe('stepsOfBlocks', () => {
  it('follows blocks, and falls back where none says anything', () => {
    expect(steps(block(50), block(30, {}, 1), block(20, {}, 3))).toEqual([
      { fromMs: 0, limitW: 50_000 },
      { fromMs: HOUR, limitW: 30_000 },
      { fromMs: 2 * HOUR, limitW: 5_000 },
      { fromMs: 3 * HOUR, limitW: 20_000 },
      { fromMs: 4 * HOUR, limitW: 5_000 },
    ]);
    expect(steps()).toEqual([{ fromMs: 0, limitW: 5_000 }]);
  });
  it('takes the lower of two that say something of the same, and lines beside the whole', () => {
    expect(steps(block(50), block(40))[0]).toEqual({ fromMs: 0, limitW: 40_000 });
    expect(steps(block(50), block(32, { phase: 'ONE', unit: 'A' }), block(25.3, { phase: 'THREE', unit: 'KW' }))[0]).toEqual({
      fromMs: 0,
      limitW: 50_000,
      linesA: [32, 10_000, 100],
    });
  });
  it('takes a year of quarters in one sweep, whatever their order', () => {
    const quarters = Array.from({ length: 35_040 }, (_, index) => block(1 + (index % 7), {}, index / 4, (index + 1) / 4)).reverse();
    expect(steps(...quarters)).toHaveLength(35_040); // the last says what holds after it;
    expect(steps(block(9, {}, 2, 6), block(7, {}, 0, 4), block(8, {}, 1, 3)).map(({ fromMs, limitW }) => [fromMs / HOUR, limitW])).toEqual([
      [0, 7_000],
      [4, 9_000],
      [6, 5_000],
    ]);
  });
  it('spreads energy over its block', () => {
    expect(steps(block(10, { unit: 'KWH' }, 0, 2))[0]).toEqual({ fromMs: 0, limitW: 5_000 });
    expect(steps(block(500, { unit: 'WH' }, 0, 0.5))[0]).toEqual({ fromMs: 0, limitW: 1_000 });
  });
});

describe('oscpRefusals', () => {
  it.each<[string, OscpBlock]>([
    ['less than nothing', block(-1)],
    ['no number', block(Number.NaN)],
    ['more than sums can be made of', block(1e308)],
    ['amperes of nobody knows which line', block(32, { unit: 'A' })],
    ['an end before its start', block(1, { end_time: at(-1) })],
    ['no time', block(1, { start_time: 'soon' })],
  ])('names %s', (_, each) => {
    expect(oscpRefusals([block(1), each])).toEqual([{ path: expect.stringMatching(/^forecasted_blocks\.1/), message: expect.any(String) }]);
  });
});
