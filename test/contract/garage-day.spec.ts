// The busiest kind of day of the charging bench, so that a worse planner, allocator or projection is seen with the tests already: one
// Monday of real sessions behind 30 kW. The whole month, other sizes and baselines are `npm run bench:charging`.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { highsSolver } from '#apps/load-balancing/planner';
import type { LinearSolver } from '#domain/load-balancing';
import { leastLaxity } from '../bench/charging/baselines.js';
import { march2019 } from '../bench/charging/garage.js';
import { type Policy, runMonth } from '../bench/charging/month.js';
import { mostEnergyKwh } from '../bench/charging/offline.js';
import { planned } from '../bench/charging/ours.js';

const KW = 30;
const MONDAY = 3;
const monday = march2019().filter(({ arrival }) => Math.floor(arrival / 288) === MONDAY);
const run = (policy: Policy) => runMonth(monday, KW, policy);

let solve: LinearSolver;
beforeAll(async () => {
  solve = await highsSolver();
});

describe('a Monday in a garage whose transformer is too small', () => {
  it('delivers nearly what perfect foresight could, far more than least laxity, and little less with real levels', () => {
    const free = run(planned({ kW: KW, solve }));
    const withLevels = run(planned({ kW: KW, solve, useLevels: true }));
    const mostPct = (mostEnergyKwh(monday, KW, solve) / free.requestedKwh) * 100;
    expect(free.energyPct).toBeGreaterThan(mostPct - 1.2);
    expect(free.energyPct).toBeGreaterThan(run(leastLaxity(KW, false)).energyPct + 5);
    expect(withLevels.energyPct).toBeGreaterThan(free.energyPct - 0.8);
    expect(withLevels.startsMean).toBeLessThanOrEqual(3);
    expect(free.violations + withLevels.violations).toBe(0);
  });
});
