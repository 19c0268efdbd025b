// `npm run simulate -- --seed 1 --hours 2`: the whole network on virtual time; exit code 1 when the auditor found something.
// `--seeds 20` runs the seeds from there on, `--faults NAME` says what goes wrong, `--pace NAME` how much stations say, `--mutant NAME` plants a bug,
// `--mutants` runs every planted bug and prints what found it, `--log FILE` writes every record of the last run there, one a line, `--heap` tells of memory.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FAULT_KINDS, type FaultName } from './faults.js';
import { huntAll } from './hunt.js';
import { MUTANT_HOURS, MUTANTS, plant } from './mutants.js';
import { PACES, type Pace } from './paces.js';
import type { SimulationReport } from './simulate.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '1' },
    hours: { type: 'string' },
    stations: { type: 'string' },
    faults: { type: 'string' },
    pace: { type: 'string', default: 'crowded' },
    log: { type: 'string' },
    mutant: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    heap: { type: 'boolean', default: false },
  },
});
const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const oneOf = <Name extends string>(names: readonly Name[], name: string): Name => {
  const found = names.find((each) => each === name);
  if (found === undefined) throw new Error(`${name}? There are ${names.join(', ')}`);
  return found;
};

if (values.mutants) process.exit(huntAll(Number(values.seeds), say) ? 0 : 1);

const isHunt = values.mutant !== undefined;
const planted = MUTANTS.find(({ name }) => name === values.mutant);
if (isHunt) plant(planted ?? oneOf([], `${values.mutant}, of ${MUTANTS.map(({ name }) => name).join(', ')}`));
const firstSeed = values.seed ?? planted?.seed ?? '1';
const hours = Number(values.hours ?? (isHunt ? MUTANT_HOURS : 2));
const stations = Number(values.stations ?? (isHunt ? 8 : 16));
const faults = FAULT_KINDS[oneOf(Object.keys(FAULT_KINDS) as FaultName[], values.faults ?? planted?.faults ?? 'rough')];
const pace = oneOf(Object.keys(PACES) as Pace[], values.pace);
// V8 learns what a function is called with from its first call on, not from its eighth: a run has no time to warm up.
setFlagsFromString('--no-lazy-feedback-allocation');
// After the bug was planted.
const { simulate } = await import('./simulate.js');

/** What is in use once everything that can be is collected [MiB]. */
function heapMiB(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
}
const onHour = (hour: number | 'forgotten', records: number): boolean =>
  say(
    hour === 'forgotten'
      ? `what processes and stations hold in the end: ${heapMiB()} MiB`
      : `hour ${hour}: heap ${heapMiB()} MiB, ${records} records`,
  );

async function run(seed: string): Promise<SimulationReport> {
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  const report = await simulate({ seed, hours, stations, faults, pace, ...(values.heap && { onHour }) });
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
  const seed = index === 0 ? firstSeed : String(Number(firstSeed) + index);
  const report = await run(seed);
  isKept &&= report.violations.length === 0;
  if (values.log !== undefined) writeFileSync(values.log, report.log.map((record) => `${JSON.stringify(record)}\n`).join(''));
  if (isHunt && !isKept) break;
}
process.exit(isKept ? 0 : 1);
