// A real American garage as a site: 54 EVSEs between two lines, two panels, a delta-wye transformer with limits on both sides.
// The published formulas of its lines are the check. Data: California Institute of Technology, BSD-3 (test/fixtures/acn).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { allocate } from './allocate.js';
import { checkSite } from './check-site.js';
import type { LinePair, NodeConfig, StationConfig } from './site-model.js';

interface Garage {
  readonly voltage_v: number;
  readonly nominal_secondary_ln_v: number;
  readonly nominal_primary_ll_v: number;
  readonly lines: { readonly pods: Readonly<Record<string, number>> };
  readonly stations: readonly {
    readonly id: string;
    readonly lines: 'AB' | 'BC' | 'CA';
    readonly angle_deg: number;
    readonly type: 'AV' | 'CC';
    readonly pod: string | null;
  }[];
}
const garage = JSON.parse(readFileSync(new URL('../../../test/fixtures/acn/caltech-acn-network.json', import.meta.url), 'utf8')) as Garage;
const PAIRS = { AB: 'L1-L2', BC: 'L2-L3', CA: 'L3-L1' } as const satisfies Record<string, LinePair>;
const nodeOf = (pod: string | null): string => pod?.replace(' ', '-') ?? 'secondary';
const levelsA = { AV: [0, ...Array.from({ length: 27 }, (_, index) => 6 + index)], CC: [0, 8, 16, 24, 32] };

const limitsOf = (kW: number) => ({
  secondary: (kW * 1000) / 3 / garage.nominal_secondary_ln_v,
  primary: (kW * 1000) / 3 / garage.nominal_primary_ll_v,
});
const treeOf = (kW: number): NodeConfig => ({
  nodeId: 'primary',
  limitA: limitsOf(kW).primary,
  children: [
    {
      nodeId: 'secondary',
      limitA: limitsOf(kW).secondary,
      transformer: { vectorGroup: 'Dy11', turnsRatio: 4 },
      children: Object.entries(garage.lines.pods).map(([pod, limitA]) => ({ nodeId: nodeOf(pod), limitA })),
    },
  ],
});

/** Largest share of a limit in use, by the formulas of the data set. */
function busiest(kW: number, current: readonly number[]): number {
  const sums = { AB: [0, 0], BC: [0, 0], CA: [0, 0] };
  garage.stations.forEach(({ lines, angle_deg }, index) => {
    const angle = (angle_deg * Math.PI) / 180;
    sums[lines] = [
      (sums[lines][0] ?? 0) + (current[index] ?? 0) * Math.cos(angle),
      (sums[lines][1] ?? 0) + (current[index] ?? 0) * Math.sin(angle),
    ];
  });
  const minus = (a: readonly number[], b: readonly number[]): readonly number[] => [(a[0] ?? 0) - (b[0] ?? 0), (a[1] ?? 0) - (b[1] ?? 0)];
  const [a, b, c] = [minus(sums.AB, sums.CA), minus(sums.BC, sums.AB), minus(sums.CA, sums.BC)];
  const secondary = [a, b, c].map((line) => Math.hypot(...line) / limitsOf(kW).secondary);
  const primary = [minus(a, c), minus(b, a), minus(c, b)].map((line) => Math.hypot(...line) / 4 / limitsOf(kW).primary);
  const pods = Object.entries(garage.lines.pods).map(
    ([pod, limit]) => garage.stations.reduce((sum, station, index) => sum + (station.pod === pod ? (current[index] ?? 0) : 0), 0) / limit,
  );
  return Math.max(...secondary, ...primary, ...pods);
}

describe('the Caltech garage', () => {
  it('is a site that is accepted', () => {
    const stations = garage.stations.map(({ id, lines, type, pod }): StationConfig => {
      const evse = { evseId: 1, phases: PAIRS[lines], minA: type === 'CC' ? 8 : 6, maxA: 32, safeA: 0, levelsA: levelsA[type] };
      return { stationId: id, siteId: 'caltech', nodeId: nodeOf(pod), securityProfile: 1, evses: [evse] };
    });
    const site = {
      siteId: 'caltech',
      name: garage.lines ? 'Garage' : '',
      timeZone: 'America/Los_Angeles',
      voltageV: 120,
      root: treeOf(150),
    };
    expect(checkSite(site, stations)).toEqual([]);
  });

  it.each([20, 30, 50, 100, 150])('at %i kW fills its lines to the brim and none above it', (kW) => {
    const evses = garage.stations.map(({ id, lines, pod }) => ({
      evseId: id,
      nodeId: nodeOf(pod),
      phases: PAIRS[lines],
      minA: 0,
      maxA: 32,
    }));
    const { evses: given } = allocate({ root: treeOf(kW), voltageV: 120, evses });
    const current = given.map(({ limitA }) => limitA);
    const share = busiest(kW, current);
    expect(share).toBeLessThanOrEqual(1);
    expect(share).toBeGreaterThan(0.998);
    // Half of the cars gone: less drawn is never more on any line.
    expect(
      busiest(
        kW,
        current.map((value, index) => (index % 2 === 0 ? value : 0)),
      ),
    ).toBeLessThanOrEqual(1);
    expect(given.every(({ reason, limitA }) => reason !== undefined || limitA === 32)).toBe(true);
  });

  it('takes its real pilot levels', () => {
    const evses = garage.stations.map(({ id, lines, type, pod }) => {
      return { evseId: id, nodeId: nodeOf(pod), phases: PAIRS[lines], minA: 6, maxA: 32, levelsA: levelsA[type] };
    });
    const current = allocate({ root: treeOf(40), voltageV: 120, evses }).evses.map(({ limitA }) => limitA);
    expect(busiest(40, current)).toBeLessThanOrEqual(1);
    expect(current.filter((value) => value > 0).length).toBeGreaterThanOrEqual(20);
    garage.stations.forEach(({ type }, index) => {
      expect(levelsA[type]).toContain(current[index]);
    });
  });
});
