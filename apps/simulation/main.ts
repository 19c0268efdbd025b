// `npm run simulate -- --seed 1 --hours 2`: the whole network on virtual time; exit code 1 when the auditor found something.
// What it takes is said by `npm run simulate -- --help`.
import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { commandLine } from '#command-line';
import { FAULT_KINDS, type FaultName } from './faults.js';
import { huntAll } from './hunt.js';
import { MUTANT_HOURS, MUTANTS, plant } from './mutants.js';
import { PACES, type Pace } from './paces.js';
import type { SimulationReport } from './simulate.js';

const MOST_HOURS = 10_000;
const { values, refuse } = commandLine({
  usage: 'npm run simulate -- [options]',
  about:
    'The whole network on virtual time, under faults; ends with 1 when the auditor found a broken promise. The same seed gives the same log.',
  options: {
    seed: { about: 'a number or a word; 1, or the one that finds the planted bug', optional: true },
    seeds: { about: 'how many seeds from there on', default: '1', whole: [1, 100_000] },
    hours: { about: `of virtual time; 2, or ${MUTANT_HOURS} with a planted bug`, optional: true, number: [0.01, MOST_HOURS] },
    stations: { about: '16, or 8 with a planted bug', optional: true, whole: [1, 10_000] },
    faults: {
      about: 'what goes wrong (rough, or what finds the planted bug)',
      optional: true,
      oneOf: Object.keys(FAULT_KINDS) as FaultName[],
    },
    pace: { about: 'how much stations say', default: 'crowded', oneOf: Object.keys(PACES) as Pace[] },
    log: { about: 'file for the records of the last run, one a line', optional: true },
    mutant: { about: 'plants a bug', optional: true, oneOf: MUTANTS.map(({ name }) => name) },
    mutants: { about: 'every planted bug, and what finds it', flag: true },
    heap: { about: 'tells of memory each hour', flag: true },
  },
});
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

if (values.mutants) process.exit(huntAll(values.seeds, say) ? 0 : 1);

const planted = MUTANTS.find(({ name }) => name === values.mutant);
const isHunt = planted !== undefined;
if (isHunt) plant(planted);
const firstSeed = values.seed ?? planted?.seed ?? '1';
if (values.seeds > 1 && !Number.isSafeInteger(Number(firstSeed))) refuse(`--seeds counts on from a whole number, not from "${firstSeed}"`);
const { pace, hours = isHunt ? MUTANT_HOURS : 2, stations = isHunt ? 8 : 16 } = values;
const faults = FAULT_KINDS[values.faults ?? planted?.faults ?? 'rough'];
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
for (let index = 0; index < values.seeds; index++) {
  const seed = index === 0 ? firstSeed : String(Number(firstSeed) + index);
  const report = await run(seed);
  isKept &&= report.violations.length === 0;
  if (values.log !== undefined) writeFileSync(values.log, report.log.map((record) => `${JSON.stringify(record)}\n`).join(''));
  if (isHunt && !isKept) break;
}
process.exit(isKept ? 0 : 1);
