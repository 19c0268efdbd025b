// `npm run fuzz -- --seed 7 --runs 100`: the fuzzer of test/security/fuzz.spec.ts for these seeds, on one embedded network of its own.
// What it says, plants and asks, and what must be true afterwards, is written there; a failure names its seed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { commandLine } from '../libs/command-line/index.ts';

const root = join(import.meta.dirname, '..');
const { seed, runs } = commandLine({
  usage: 'npm run fuzz -- [options]',
  about: 'Says everything wrong to one network: frames, requests, records of the log; each must get the right answer and do no harm.',
  options: {
    seed: { about: 'the first one', default: '1', whole: [0, 2 ** 31] },
    runs: { about: 'how many seeds from there on', default: '20', whole: [1, 1_000_000] },
  },
}).values;
await import('./build.mjs');
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(root, 'node_modules/jest/bin/jest.js')];
const { status } = spawnSync(
  process.execPath,
  [...jest, '--selectProjects', 'scenario', '--runInBand', '--forceExit', 'test/security/fuzz.spec.ts'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, FUZZ_SEED: String(seed), FUZZ_RUNS: String(runs) } },
);
process.exit(status ?? 1);
