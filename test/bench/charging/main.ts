// `npm run bench:charging`: a month of real sessions through our own planner and allocator in virtual time, beside baselines and the offline
// optimum of the same run, and part of it through the owner of the site. `--only energy,owner,cost,stated,safety,power` chooses parts, `--kW 20,30`
// transformer sizes (each a part of its own there), `--seeds 1 --days 0.1` a short safety run, `--days 2` two days through the owner, `--write` renews docs/benchmarks.md.
import { parseArgs } from 'node:util';
import { highsSolver } from '../../../apps/load-balancing/planner/highs-solver.js';
import { costTable } from './cost.js';
import { energyTable } from './energy.js';
import { ownerTable } from './owner.js';
import { type Part, publish } from './report.js';
import { powerTable, safetyTable } from './safety.js';
import { statedTable } from './stated.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    kW: { type: 'string', default: '20,30,40,50,60' },
    seeds: { type: 'string', default: '10' },
    days: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
/** Unless said otherwise, what goes through the owner, and each seed of the safety run. */
const [MONTH_DAYS, WEEK_DAYS] = [31, 7];
const solve = await highsSolver(600);
const energy = values.kW.split(',').map((kW) => [`energy ${kW} kW`, (): Part => energyTable(Number(kW), solve)] as const);
const parts: Readonly<Record<string, readonly (readonly [name: string, run: () => Part | Promise<Part>])[]>> = {
  energy,
  owner: [['owner', () => ownerTable(Number(values.days ?? MONTH_DAYS), solve)]],
  cost: [['cost', () => costTable(solve)]],
  stated: [['stated', () => statedTable(solve)]],
  power: [['power', () => powerTable({ seeds: Math.min(3, Number(values.seeds)), days: Number(values.days ?? 1) })]],
  safety: [['safety', () => safetyTable({ seeds: Number(values.seeds), days: Number(values.days ?? WEEK_DAYS) })]],
};
const wanted = values.only?.split(',') ?? Object.keys(parts);
let missed = 0;
for (const name of wanted) {
  const runs = parts[name];
  if (runs === undefined) throw new Error(`no part ${name}: there are ${Object.keys(parts).join(', ')}`);
  for (const [title, run] of runs) {
    const part = await run();
    missed += part.checks.filter(({ holds }) => !holds).length;
    publish(title, part, values.write);
  }
}
process.exitCode = missed > 0 ? 1 : 0;
