// `npm run bench` runs every bench of test/bench one after the other; `npm run bench -- network --seconds 20` one, with its options.
// What they measure is written at the top of each.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import './build.mjs';

const directory = new URL('../test/bench/', import.meta.url).pathname;
const benches = readdirSync(directory).flatMap((file) => (file.endsWith('.mjs') ? [file.slice(0, -'.mjs'.length)] : []));
const [first, ...rest] = process.argv.slice(2);
const chosen = first === undefined ? benches : [first];
for (const name of chosen) {
  if (!benches.includes(name)) {
    process.stderr.write(`bench: ${benches.join(' or ')}, not "${name}"\n`);
    process.exit(2);
  }
  const { status } = spawnSync(process.execPath, [`${directory}${name}.mjs`, ...rest], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
