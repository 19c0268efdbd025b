// `npm run chaos`: the fault suites of test/chaos alone and at full size, on servers of their own (three Kafka brokers) that it starts and stops.
// What it takes, and what there is to run, is said by `npm run chaos -- --help`.
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { commandLine } from '../libs/command-line/index.ts';

const PATHS = readdirSync(new URL('../test/chaos', import.meta.url), { recursive: true })
  .filter((path) => path.endsWith('.spec.ts'))
  .sort();
const { values, words, refuse } = commandLine({
  usage: 'npm run chaos -- [options] [suite …]',
  about: 'The fault suites at full size: all of them, or those whose names begin so; brokers: those that stop one.',
  options: {
    stations: { about: 'how many charge; every-block and upgrade have their own number', default: '500', whole: [1, 10_000] },
    outage: { about: 'for how long a server is away [s]', default: '120', whole: [1, 3_600] },
    stop: { about: 'for how long a process stands still [s]', default: '120', whole: [1, 3_600] },
    brokers: { about: 'of Kafka; suites that stop one are left out below 3', default: '3', whole: [1, 9] },
  },
  words: { about: `suites: ${PATHS.map((path) => basename(path, '.spec.ts')).join(', ')}` },
});
for (const name of words) if (!PATHS.some((path) => `/${path}`.includes(`/${name}`))) refuse(`there is no suite ${name}`);

await import('./build.mjs');
const { specsOnStack } = await import('./specs-on-stack.mjs');
process.exit(
  await specsOnStack({
    name: 'chaos',
    specs: words.length > 0 ? words.map((name) => `test/chaos/(.*/)?${name}`) : ['test/chaos/'],
    brokers: values.brokers,
    env: { CHAOS_STATIONS: `${values.stations}`, CHAOS_OUTAGE_S: `${values.outage}`, CHAOS_STOP_S: `${values.stop}` },
  }),
);
