// `npm run bench` runs every bench of test/bench one after the other; `npm run bench -- network --seconds 20` one, with its options.
// What they measure is written at the top of each.
import { spawnSync } from 'node:child_process';
import './build.mjs';

const root = new URL('..', import.meta.url).pathname;
const BENCHES = ['edge', 'network', 'limit', 'hostile'];
const [first, ...rest] = process.argv.slice(2);
const chosen = first === undefined ? BENCHES : [first];
for (const name of chosen) {
  if (!BENCHES.includes(name)) {
    process.stderr.write(`bench: ${BENCHES.join(' or ')}, not "${name}"\n`);
    process.exit(2);
  }
  const { status } = spawnSync(process.execPath, [`${root}test/bench/${name}.mjs`, ...rest], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
