// What stations may draw beside other loads: fresh reports, declared maximums, and the last report where nothing is declared.
import { describe, expect, it } from '@jest/globals';
import { capacityAt } from './limits.js';
import { compileNetwork } from './network.js';
import type { PhaseValues } from './units.js';

const reportOf = (currentMa: PhaseValues) => ({ gridLimits: [], measurements: [{ nodeId: 'grid', currentMa, untilMs: 1_000 }] });
const left = (unmanagedMaxA: number | undefined, t: number): readonly number[] => {
  const root = { nodeId: 'grid', limitA: 40, ...(unmanagedMaxA !== undefined && { unmanagedMaxA }) };
  return [...capacityAt(compileNetwork(root, 230, []), reportOf([5_000, 0, -3_000]), t).slice(0, 3)];
};

it('what the grid allows lowers what a node has, and raises nothing', () => {
  const network = compileNetwork({ nodeId: 'grid', limitA: 40, unmanagedMaxA: 10 }, 230, []);
  const at = (limitA: number): readonly number[] => {
    const limitMa: PhaseValues = [limitA * 1_000, limitA * 1_000, limitA * 1_000];
    const limit = { source: 'dso', nodeId: 'grid', steps: [{ fromMs: 0, limitMa }], expiresMs: 9_000 };
    return [...capacityAt(network, { gridLimits: [limit], measurements: [] }, 1_000).slice(0, 3)];
  };
  expect(at(16)).toEqual([6_000, 6_000, 6_000]);
  expect(at(63)).toEqual([30_000, 30_000, 30_000]);
});

describe('what other loads leave', () => {
  it('follows a fresh report, and takes no feed-in for room', () => expect(left(10, 999)).toEqual([35_000, 40_000, 40_000]));
  it('is the declared worst case once the report is out of date', () => expect(left(10, 1_000)).toEqual([30_000, 30_000, 30_000]));
  it('stays at the last report where that was worse than what is declared', () => expect(left(4, 9_000)).toEqual([35_000, 36_000, 36_000]));
  it('stays at the last report where no worst case is declared', () => expect(left(undefined, 9_000)).toEqual([35_000, 40_000, 40_000]));
  it('is no less than what nodes below declare, once the report is out of date', () => {
    const root = { nodeId: 'grid', limitA: 40, children: [{ nodeId: 'house', limitA: 40, unmanagedMaxA: 12 }] };
    const at = (t: number): readonly number[] => [
      ...capacityAt(compileNetwork(root, 230, []), reportOf([15_000, 5_000, 0]), t).slice(0, 3),
    ];
    expect(at(999)).toEqual([25_000, 35_000, 40_000]);
    expect(at(1_000)).toEqual([25_000, 28_000, 28_000]);
  });
});
