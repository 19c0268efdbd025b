// `npm run bench:charging`: a month of real sessions through our own planner and allocator in virtual time, beside baselines and the offline
// optimum of the same run, and part of it through the owner of the site. What it takes is said by `npm run bench:charging -- --help`.
import { commandLine } from '#command-line';
import { highsSolver } from '../../../apps/load-balancing/planner/highs-solver.js';
import { costTable } from './cost.js';
import { energyTable } from './energy.js';
import { ownerTable } from './owner.js';
import { type Part, publish } from './report.js';
import { powerTable, safetyTable } from './safety.js';
import { statedTable } from './stated.js';

const { values, refuse } = commandLine({
  usage: 'npm run bench:charging -- [options]',
  about: 'A month of real sessions through our own planner and allocator in virtual time, beside baselines and the offline optimum.',
  options: {
    only: { about: 'parts, separated by commas: energy, owner, cost, stated, power, safety', optional: true },
    kW: { about: 'sizes of the transformer, each a part of its own of energy', default: '20,30,40,50,60' },
    seeds: { about: 'of the safety run', default: '10', whole: [1, 1_000] },
    days: { about: 'of each seed of the safety run (7), of power (1) and through the owner (31)', optional: true, number: [0.01, 31] },
    write: { about: 'renews docs/benchmarks.md', flag: true },
  },
});
/** Unless said otherwise, what goes through the owner, and each seed of the safety run. */
const [MONTH_DAYS, WEEK_DAYS] = [31, 7];
const solve = await highsSolver(600);
const energy = values.kW.split(',').map((kW) => [`energy ${kW} kW`, (): Part => energyTable(Number(kW), solve)] as const);
const parts: Readonly<Record<string, readonly (readonly [name: string, run: () => Part | Promise<Part>])[]>> = {
  energy,
  owner: [['owner', () => ownerTable(values.days ?? MONTH_DAYS, solve)]],
  cost: [['cost', () => costTable(solve)]],
  stated: [['stated', () => statedTable(solve)]],
  power: [['power', () => powerTable({ seeds: Math.min(3, values.seeds), days: values.days ?? 1 })]],
  safety: [['safety', () => safetyTable({ seeds: values.seeds, days: values.days ?? WEEK_DAYS })]],
};
const wanted = values.only?.split(',') ?? Object.keys(parts);
let missed = 0;
for (const name of wanted) {
  const runs = parts[name] ?? refuse(`no part ${name}: there are ${Object.keys(parts).join(', ')}`);
  for (const [title, run] of runs) {
    const part = await run();
    missed += part.checks.filter(({ holds }) => !holds).length;
    publish(title, part, values.write);
  }
}
process.exitCode = missed > 0 ? 1 : 0;
