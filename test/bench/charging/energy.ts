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
/**
 * Of the same month, any current. At 30 kW what the published code of the predictive controller ASA-QC came to on these sessions; everything else
 * is an earlier prototype's of our own (a linear program solved anew at each arrival, and the optimum, lines as inner polygons).
 */
const COMPARED: Readonly<Record<number, readonly [online: string, optimum: string]>> = {
  20: ['77.47 (prototype)', '78.45 (prototype)'],
  30: ['92.00 (ASA-QC)', '92.91 (prototype)'],
  40: ['98.25 (prototype)', '98.68 (prototype)'],
  50: ['99.71 (prototype)', '99.83 (prototype)'],
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
  const row = (name: string, { energyPct, startsMean, startsMax, violations }: MonthResult, compared: string) => [
    name,
    energyPct.toFixed(2),
    `${startsMean.toFixed(2)}, ${startsMax}`,
    String(violations),
    compared,
  ];
  const [online, optimum] = COMPARED[kW] ?? ['', ''];
  const best = Math.max(...baselines.map(([, { energyPct }]) => energyPct));
  const mayLose = MAY_LOSE[kW] ?? 0.2;
  return {
    title: `Energy delivered under congestion, ${kW} kW`,
    about:
      'Percent of the energy asked for. For comparison: stored results of the ACN-Sim authors (baselines, real levels); at 30 kW the published predictive controller ASA-QC, run on these sessions; an earlier prototype of ours (any current).',
    head: ['', 'energy %', 'starts per session: mean, most', 'periods above a line or pod', 'for comparison'],
    rows: [
      ...baselines.map(([name, result]) => row(name, result, stored(name))),
      row('**ours**, any current', ours, online),
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
