// The whole network on virtual time, through bad days made from seeds: a fixed set, and a fresh one each time.
// A failure names its seed and its faults; the same seed gives the same run to the byte: npm run simulate -- --seed N --faults F --hours 0.25 --stations 6
// Two planted bugs are found besides: all of them take minutes (docs/simulation.md).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { FAULT_KINDS, type Pace, type SimulationReport, simulate } from '#apps/simulation';
import { startTracing } from '#observability';
import { KIND, otlpReceiver } from '#testing';

const FIXED = ['1', '2', '3', '4', '5', '6', '7'];
/** The last two: where nothing goes wrong a limit binds after 30 s, and not after the longest lease (P6). */
const KINDS = ['rough', 'links', 'handovers', 'blackouts', 'repeats', 'calm', 'rogues'] as const;
const faultsOf = (seed: string) => KINDS[(Number(seed) - 1) % KINDS.length] ?? 'rough';
const FRESH = process.env.SIMULATION_SEED ?? String(1_000 + (Date.now() % 1_000_000));
/** One of them with what stations say when less happens. */
const paceOf = (seed: string): Pace => (seed === '4' ? 'busy' : 'crowded');
const run = (seed: string): Promise<SimulationReport> =>
  simulate({ seed, hours: 0.25, stations: 6, faults: FAULT_KINDS[faultsOf(seed)], pace: paceOf(seed) });

describe('the whole network under bad days', () => {
  const reports = new Map<string, SimulationReport>();
  beforeAll(async () => {
    for (const seed of [...FIXED, FRESH]) reports.set(seed, await run(seed));
  }, 300_000);

  it.each([...FIXED, FRESH])('keeps every promise with seed %s', (seed) => {
    const faults = faultsOf(seed);
    expect({ seed, faults, violations: reports.get(seed)?.violations }).toEqual({ seed, faults, violations: [] });
  });

  it('charges cars and limits them meanwhile', () => {
    for (const [seed, { figures }] of reports) {
      expect({ seed, isIdle: figures.energyKwh === 0 }).toEqual({ seed, isIdle: false });
      expect({ seed, isUnlimited: figures.commands === 0 }).toEqual({ seed, isUnlimited: false });
    }
  });

  it('gives the same log to the byte for the same seed, whether it is followed or not, and another for another', async () => {
    const [first = '', second = ''] = FIXED;
    const collector = await otlpReceiver();
    const traces = await startTracing({
      service: 'simulation',
      instance: '1',
      endpoint: collector.endpoint,
      ratio: 0.1,
      onTrouble: () => undefined,
    });
    const again = await run(first);
    await traces.stop();
    collector.close();
    expect(new Set(collector.spans.map(({ kind }) => kind))).toEqual(new Set(Object.values(KIND)));
    expect(again.logHash).toBe(reports.get(first)?.logHash);
    expect(again.logHash).not.toBe(reports.get(second)?.logHash);
  }, 120_000);
});

describe('a planted bug', () => {
  it.each([
    ['answer-before-append', 'P1'],
    ['send-twice', 'once'],
  ])(
    '%s breaks a promise, and that is seen',
    (mutant, rule) => {
      const main = join(process.cwd(), 'dist/apps/simulation/main.js');
      const args = ['--mutant', mutant, '--seed', '1', '--faults', 'calm', '--hours', '0.15', '--stations', '4'];
      const { status, stdout } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
      expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringMatching(new RegExp(`^minute [\\d.]+: ${rule}: `)) });
    },
    120_000,
  );
});
