// `npm run bench` runs every bench of test/bench one after the other; `npm run bench -- network --seconds 20` one, with its options.
// What each measures and takes is written at its top, and said by `npm run bench -- NAME --help`.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { commandLine } from '../libs/command-line/index.ts';
import { flagsOf } from './node-flags.mjs';

const directory = new URL('../test/bench/', import.meta.url).pathname;
const benches = readdirSync(directory).flatMap((file) => (file.endsWith('.mjs') ? [file.slice(0, -'.mjs'.length)] : []));
const [first, ...rest] = process.argv.slice(2);
commandLine(
  {
    usage: 'npm run bench [-- NAME [options]]',
    about: 'All benches one after the other, or one of them; `npm run bench -- NAME --help` says what it measures and takes.',
    options: {},
    words: { about: 'benches:', oneOf: benches },
  },
  first === undefined ? [] : [first],
);
await import('./build.mjs');
for (const name of first === undefined ? benches : [first]) {
  // What is measured in the bench's own process runs as its program does.
  const flags = name === 'replay' ? flagsOf('apps/standalone/replay') : [];
  const { status } = spawnSync(process.execPath, [...flags, `${directory}${name}.mjs`, ...rest], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
