// How much of the energy asked for is delivered when the transformer is too small: baselines, offline optimum, ours; one size per table.
// The month itself is month.ts, the policies are baselines.ts and ours.ts.
import type { LinearSolver } from '#domain/load-balancing';
import { earliestDeadline, firstCome, leastLaxity, roundRobin } from './baselines.js';
import { authorResults, march2019 } from './garage.js';
import { type MonthResult, type Policy, runMonth } from './month.js';
import { mostEnergyKwh } from './offline.js';
import { planned } from './ours.js';
import { atLeast, atMost, type Part } from './report.js';

/** How far below the offline optimum ours may stay [points]. */
const MAY_LOSE: Readonly<Record<number, number>> = { 20: 1.2, 30: 1.2, 40: 0.6, 50: 0.2 };
/** Sizes at which real levels are held to a loss [kW]. */
const LEVELS_FROM_KW = 30;
/** Literature: predictive control and offline optimum of the same month, any current. */
const PUBLISHED: Readonly<Record<number, readonly [mpc: string, optimum: string]>> = {
  20: ['77.47', '78.45'],
  30: ['92.00', '92.91'],
  40: ['98.25', '98.68'],
  50: ['99.71', '99.83'],
};

export function energyTable(kW: number, solve: LinearSolver): Part {
  const sessions = march2019();
  const run = (policy: Policy): MonthResult => runMonth(sessions, kW, policy);
  const baselines = [
    ['RR', run(roundRobin(kW, false))],
    ['FCFS', run(firstCome(kW, false))],
    ['EDF', run(earliestDeadline(kW, false))],
    ['LLF', run(leastLaxity(kW, false))],
  ] as const;
  const ours = run(planned({ kW, solve }));
  const levels = run(planned({ kW, solve, useLevels: true }));
  const offlinePct = (mostEnergyKwh(sessions, kW, solve) / ours.requestedKwh) * 100;
  const authors = authorResults();
  const stored = (name: string): string =>
    authors.find((result) => result.algorithm === name && result.kW === kW)?.energyPct.toFixed(2) ?? '';
  const row = (name: string, { energyPct, startsMean, startsMax, violations }: MonthResult, literature: string) => [
    name,
    energyPct.toFixed(2),
    `${startsMean.toFixed(2)}, ${startsMax}`,
    String(violations),
    literature,
  ];
  const [mpc, optimum] = PUBLISHED[kW] ?? ['', ''];
  const best = Math.max(...baselines.map(([, { energyPct }]) => energyPct));
  const mayLose = MAY_LOSE[kW] ?? 0.2;
  return {
    title: `Energy delivered under congestion, ${kW} kW`,
    about:
      'Percent of the energy asked for. Literature: stored results of the ACN-Sim authors (real levels), a predictive controller and the optimum (any current).',
    head: ['', 'energy %', 'starts per session: mean, most', 'periods above a line or pod', 'literature'],
    rows: [
      ...baselines.map(([name, result]) => row(name, result, stored(name))),
      row('**ours**, any current', ours, mpc),
      row('**ours**, real levels', levels, ''),
      ['offline optimum', offlinePct.toFixed(2), '', '', optimum],
    ],
    checks: [
      atLeast(`energy, beside the offline optimum less ${mayLose}`, ours.energyPct, offlinePct - mayLose),
      ...(kW === 30 ? [atLeast('points above the best of the baselines', ours.energyPct - best, 5)] : []),
      ...(kW >= LEVELS_FROM_KW ? [atMost('points that real levels cost', ours.energyPct - levels.energyPct, 0.5)] : []),
      atMost('mean starts per session with real levels', levels.startsMean, 3),
      atMost('periods above a line or pod, both runs', ours.violations + levels.violations, 0),
    ],
  };
}
