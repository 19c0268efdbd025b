// `npm run fuzz -- --seed 7 --runs 100`: the fuzzer of test/security/fuzz.spec.ts for these seeds, on one embedded network of its own.
// What it says, plants and asks, and what must be true afterwards, is written there; a failure names its seed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import './build.mjs';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '20' } } });
const [seed, runs] = [Number(values.seed), Number(values.runs)];
if (!Number.isInteger(seed) || !(runs > 0)) {
  process.stderr.write('fuzz: --seed and --runs are whole numbers\n');
  process.exit(2);
}
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(root, 'node_modules/jest/bin/jest.js')];
const { status } = spawnSync(
  process.execPath,
  [...jest, '--selectProjects', 'scenario', '--runInBand', '--forceExit', 'test/security/fuzz.spec.ts'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, FUZZ_SEED: String(seed), FUZZ_RUNS: String(runs) } },
);
process.exit(status ?? 1);
