// Asked beside delivered.
import { describe, expect, it } from '@jest/globals';
import { evidenceOf, type LoadSample } from './evidence.js';

const MINUTE = 60_000;
const sample = (minute: number, kw: number | null, planned: number | null = null): LoadSample => ({
  atMs: minute * MINUTE,
  measuredW: kw === null ? null : kw * 1000,
  allocatedW: planned === null ? null : planned * 1000,
});
const asked = { fromMs: 10 * MINUTE, toMs: 20 * MINUTE, limitW: 50_000, isFallback: false };
const of = (samples: readonly LoadSample[], nowMinute = 60) => evidenceOf([asked], samples, nowMinute * MINUTE)[0];

describe('evidenceOf', () => {
  it('says how soon a limit was met, and what was drawn above it until then', () => {
    expect(of([sample(9, 80, 80), sample(11, 70, 50), sample(12, 50, 50), sample(16, 40, 45)])).toEqual({
      ...asked,
      measuredS: 600,
      averageW: 51_000,
      highestW: 80_000,
      plannedW: 51_000,
      aboveS: 120,
      aboveWh: 833.333,
      metAfterS: 120,
    });
  });
  it('calls it met at once where nothing was above, and never where the end was', () => {
    expect(of([sample(9, 50), sample(14, 50)])?.metAfterS).toBe(0);
    expect(of([sample(9, 40), sample(14, 40), sample(18, 60)])?.metAfterS).toBeNull();
  });
  it('counts what was measured only, and nothing that is old', () => {
    expect(of([])).toMatchObject({ measuredS: 0, averageW: null, highestW: null, metAfterS: null });
    expect(of([sample(9, 40)])).toMatchObject({ measuredS: 240, averageW: 40_000 });
    expect(of([sample(9, 40), sample(12, null), sample(15, 40)])).toMatchObject({ measuredS: 420 });
  });
  it('goes up to now', () => {
    expect(of([sample(9, 40), sample(13, 40)], 15)).toMatchObject({ measuredS: 300 });
    expect(of([sample(9, 40)], 5)).toMatchObject({ measuredS: 0 });
  });
});
