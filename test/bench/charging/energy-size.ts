// One transformer size of the energy table, in a thread.
import { parentPort, workerData } from 'node:worker_threads';
import { highsSolver } from '../../../apps/load-balancing/planner/highs-solver.js';
import { earliestDeadline, firstCome, leastLaxity, roundRobin } from './baselines.js';
import type { SizeResult } from './energy.js';
import { march2019 } from './garage.js';
import { type Policy, runMonth } from './month.js';
import { mostEnergyKwh } from './offline.js';
import { planned } from './ours.js';

const { kW } = workerData as { readonly kW: number };
const solve = await highsSolver(600);
const sessions = march2019();
const run = (policy: Policy) => runMonth(sessions, kW, policy);
const ours = run(planned({ kW, solve }));
const result: SizeResult = {
  kW,
  roundRobin: run(roundRobin(kW, false)),
  firstCome: run(firstCome(kW, false)),
  earliestDeadline: run(earliestDeadline(kW, false)),
  leastLaxity: run(leastLaxity(kW, false)),
  ours,
  oursWithLevels: run(planned({ kW, solve, useLevels: true })),
  offlinePct: (mostEnergyKwh(sessions, kW, solve) / ours.requestedKwh) * 100,
};
parentPort?.postMessage(result);
