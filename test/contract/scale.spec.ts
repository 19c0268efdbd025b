// The page of scale is arithmetic over what benches measured: it rests on figures that are there, and more ports never take less.
// That the committed page is what the script gives is checked by `npm run check`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { complaints, MEASURED, plan, SIZES } from '../../scripts/scale.mjs';

const benchmarks = readFileSync(join(import.meta.dirname, '../../docs/benchmarks.md'), 'utf8');

describe('scale on paper', () => {
  it('rests on figures that benches have measured', () => {
    expect(complaints(benchmarks)).toEqual([]);
    expect(complaints('nothing was measured').length).toBeGreaterThanOrEqual(Object.keys(MEASURED).length);
  });

  it('takes more of everything for more ports, and less money for each', () => {
    const plans = SIZES.map(plan);
    for (const [index, larger] of plans.slice(1).entries()) {
      const smaller = plans[index] ?? larger;
      for (const name of ['edges', 'replicas', 'databaseCores', 'brokers'] as const)
        expect(larger[name]).toBeGreaterThanOrEqual(smaller[name]);
      for (const name of ['rowsTB', 'logTBPerYear', 'usd'] as const) expect(larger[name]).toBeGreaterThan(smaller[name]);
      expect(larger.usd / larger.ports).toBeLessThanOrEqual(smaller.usd / smaller.ports);
    }
  });

  it('says first what is fullest', () => {
    for (const { limits } of SIZES.map(plan))
      expect(limits.map(({ used }) => used)).toEqual(limits.map(({ used }) => used).toSorted((a, b) => b - a));
    const usedUp = (ports: number): readonly string[] => plan(ports).limits.flatMap(({ what, used }) => (used > 1 ? [what] : []));
    expect(usedUp(10_000)).toEqual([]);
    expect(usedUp(100_000)).toContain('everything in one process');
    expect(usedUp(10_000_000)).toContain('one database: writing');
  });

  it('reckons by hand: a minute of samples of ten thousand ports, half of which charge', () => {
    const { peak } = plan(10_000);
    expect(peak.samples).toBeCloseTo(5_000 / 60, 6);
    expect(peak.calls).toBeCloseTo(5_000 / 60 + 5_000 / 300 + (10_000 * 1.5 * 10 * 0.12) / 3_600, 6);
  });
});
