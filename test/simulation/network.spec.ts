// The whole network on virtual time, through bad days made from seeds: a fixed set, and a fresh one each time.
// A failure names its seed; the same seed gives the same run to the byte: npm run simulate -- --seed N --hours 0.3 --stations 6
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ROUGH, type SimulationReport, simulate } from '#apps/simulation';

const FIXED = ['1', '2', '3'];
const FRESH = process.env.SIMULATION_SEED ?? String(1_000 + (Date.now() % 1_000_000));
const run = (seed: string): Promise<SimulationReport> => simulate({ seed, hours: 0.3, stations: 6, faults: ROUGH });

describe('the whole network under bad days', () => {
  const reports = new Map<string, SimulationReport>();
  beforeAll(async () => {
    for (const seed of [...FIXED, FRESH]) reports.set(seed, await run(seed));
  }, 300_000);

  it.each([...FIXED, FRESH])('keeps every promise with seed %s', (seed) => {
    expect({ seed, violations: reports.get(seed)?.violations }).toEqual({ seed, violations: [] });
  });

  it('charges cars and limits them meanwhile', () => {
    for (const [seed, { figures }] of reports) {
      expect({ seed, isIdle: figures.energyKwh === 0 }).toEqual({ seed, isIdle: false });
      expect({ seed, isUnlimited: figures.commands === 0 }).toEqual({ seed, isUnlimited: false });
    }
  });

  it('gives the same log to the byte for the same seed, and another for another', async () => {
    const [first = '', second = ''] = FIXED;
    const again = await run(first);
    expect(again.logHash).toBe(reports.get(first)?.logHash);
    expect(again.logHash).not.toBe(reports.get(second)?.logHash);
  }, 120_000);
});
