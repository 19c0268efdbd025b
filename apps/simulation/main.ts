// `npm run simulate -- --seed 1 --hours 2`: the whole network on virtual time; exit code 1 when the auditor found something.
// `--seeds 20` runs the seeds from there on, `--calm` without faults, `--mutant NAME` with a bug planted,
// `--log FILE` writes every record of the last run there, one a line.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CALM, ROUGH } from './faults.js';
import { MUTANTS, plant } from './mutants.js';
import type { SimulationReport } from './simulate.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    hours: { type: 'string', default: '2' },
    stations: { type: 'string', default: '16' },
    calm: { type: 'boolean', default: false },
    log: { type: 'string' },
    mutant: { type: 'string' },
  },
});
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

if (values.mutant !== undefined) {
  const mutant = MUTANTS.find(({ name }) => name === values.mutant);
  if (mutant === undefined) throw new Error(`no such mutant; there are ${MUTANTS.map(({ name }) => name).join(', ')}`);
  plant(mutant);
}
// After the bug was planted.
const { simulate } = await import('./simulate.js');

async function run(seed: string): Promise<SimulationReport> {
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  const report = await simulate({
    seed,
    hours: Number(values.hours),
    stations: Number(values.stations),
    faults: values.calm ? CALM : ROUGH,
  });
  const { virtualS = 0 } = report.figures;
  const realS = (performance.now() - startedMs) / 1000;
  const cpuS = process.cpuUsage(startedCpu).user / 1e6;
  for (const { minute, rule, text } of report.violations.slice(0, 40)) say(`minute ${minute}: ${rule}: ${text}`);
  const figures = Object.entries(report.figures).map(([name, value]) => `${name} ${Math.round(value * 10) / 10}`);
  say(`seed ${seed}: ${figures.join(', ')}, log ${report.logHash.slice(0, 16)}`);
  say(
    `seed ${seed}: ${Math.round(virtualS / realS)} × real time (${Math.round(virtualS / cpuS)} × its computing time of ${cpuS.toFixed(1)} s)`,
  );
  say(`seed ${seed}: ${report.violations.length === 0 ? 'every promise kept' : `${report.violations.length} VIOLATIONS`}`);
  return report;
}

let isKept = true;
for (let index = 0; index < Number(values.seeds); index++) {
  const seed = index === 0 ? values.seed : String(Number(values.seed) + index);
  const report = await run(seed);
  isKept &&= report.violations.length === 0;
  if (values.log !== undefined) writeFileSync(values.log, report.log.map((record) => `${JSON.stringify(record)}\n`).join(''));
}
process.exit(isKept ? 0 : 1);
