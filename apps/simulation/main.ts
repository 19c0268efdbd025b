// `npm run simulate -- --seed 1 --hours 2`: one run of the whole network on virtual time; exit code 1 when the auditor found something.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CALM, ROUGH } from './faults.js';
import { simulate } from './simulate.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    hours: { type: 'string', default: '2' },
    stations: { type: 'string', default: '16' },
    calm: { type: 'boolean', default: false },
    /** Writes every record there, one a line. */
    log: { type: 'string' },
  },
});
const startedMs = performance.now();
const startedCpu = process.cpuUsage();
const report = await simulate({
  seed: values.seed,
  hours: Number(values.hours),
  stations: Number(values.stations),
  faults: values.calm ? CALM : ROUGH,
});
if (values.log !== undefined) writeFileSync(values.log, report.log.map((record) => `${JSON.stringify(record)}\n`).join(''));
const realS = (performance.now() - startedMs) / 1000;
const cpuS = process.cpuUsage(startedCpu).user / 1e6;
for (const { minute, rule, text } of report.violations.slice(0, 40)) process.stdout.write(`minute ${minute}: ${rule}: ${text}\n`);
for (const [name, value] of Object.entries(report.figures)) process.stdout.write(`${name.padEnd(14)} ${Math.round(value * 100) / 100}\n`);
process.stdout.write(`log            ${report.logHash}\n`);
process.stdout.write(`speed          ${Math.round((report.figures.virtualS ?? 0) / realS)} × real time (${realS.toFixed(1)} s, of which ${cpuS.toFixed(1)} s of computing: ${Math.round((report.figures.virtualS ?? 0) / cpuS)} ×)\n`);
process.stdout.write(
  report.violations.length === 0 ? `seed ${report.seed}: every promise kept\n` : `seed ${report.seed}: ${report.violations.length} violations\n`,
);
process.exit(report.violations.length === 0 ? 0 : 1);
