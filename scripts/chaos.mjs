// `npm run chaos`: the fault suites of test/chaos alone and at full size, on servers of their own (three Kafka brokers) that it starts and stops.
// What it takes, and what there is to run, is said by `npm run chaos -- --help`.
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

const OPTIONS = {
  stations: { type: 'string', default: '500' },
  outage: { type: 'string', default: '120' },
  stop: { type: 'string', default: '120' },
  brokers: { type: 'string', default: '3' },
  help: { type: 'boolean', default: false },
};
const PATHS = readdirSync(new URL('../test/chaos', import.meta.url), { recursive: true })
  .filter((path) => path.endsWith('.spec.ts'))
  .sort();
const HELP = `npm run chaos -- [options] [suite …]: all suites, or those whose names begin so
  --stations N  how many charge (500); suites that need fewer, or another number, take that
  --outage S    for how long a server is away [s] (120)
  --stop S      for how long a process stands still [s] (120)
  --brokers N   of Kafka (3); suites that stop one are left out below 3
suites: ${PATHS.map((path) => basename(path, '.spec.ts')).join(', ')}; brokers: those that stop one
`;
const refuse = (what) => {
  process.stderr.write(`chaos: ${what}\n${HELP}`);
  process.exit(2);
};

function chosen() {
  try {
    return parseArgs({ allowPositionals: true, options: OPTIONS });
  } catch (error) {
    return refuse(error.message);
  }
}
const { values, positionals } = chosen();
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
for (const name of ['stations', 'outage', 'stop', 'brokers'])
  if (!/^[1-9]\d{0,5}$/.test(values[name])) refuse(`--${name} is a whole number above 0, not "${values[name]}"`);
for (const name of positionals) if (!PATHS.some((path) => `/${path}`.includes(`/${name}`))) refuse(`there is no suite ${name}`);

await import('./build.mjs');
const { specsOnStack } = await import('./specs-on-stack.mjs');
process.exit(
  await specsOnStack({
    name: 'chaos',
    specs: positionals.length > 0 ? positionals.map((name) => `test/chaos/(.*/)?${name}`) : ['test/chaos/'],
    brokers: Number(values.brokers),
    env: { CHAOS_STATIONS: values.stations, CHAOS_OUTAGE_S: values.outage, CHAOS_STOP_S: values.stop },
  }),
);
