// `npm run drill`: what operators rehearse, on servers of their own that it starts and stops (docs/runbooks). Progress is printed, the upgrade's result appended
// to docs/benchmarks.md.
// What it takes is said by `npm run drill -- --help`.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine } from '../libs/command-line/index.ts';

const root = new URL('..', import.meta.url).pathname;
const { values } = commandLine({
  usage: 'npm run drill -- [options]',
  about: `What operators rehearse, on servers of their own that it starts and stops (docs/runbooks).
  upgrade: every process is replaced while stations charge; by the same version, or from an older one to this
  restore: PostgreSQL, Redis and one of three brokers are lost, and the directory of an embedded network comes back from its backup`,
  options: {
    only: { about: 'one of the two', optional: true, oneOf: ['upgrade', 'restore'] },
    stations: { about: 'how many charge during the upgrade', default: '2000', whole: [1, 10_000] },
    from: { about: 'commit that is upgraded from, such as v0.1.0', optional: true },
  },
});
await import('./build.mjs');
const { specsOnStack } = await import('./specs-on-stack.mjs');

/** A build of another commit in a directory of its own; undefined where this clone has no such commit. */
function buildOf(commit, directory) {
  const found = spawnSync('git', ['rev-parse', '--verify', '--quiet', `${commit}^{commit}`], { cwd: root });
  if (found.status !== 0) return undefined;
  mkdirSync(directory);
  const tree = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', directory], { input: tree });
  const lock = (where) => readFileSync(join(where, 'package-lock.json'), 'utf8');
  if (lock(directory) === lock(root)) symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  else execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: directory, stdio: 'inherit' });
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: directory, stdio: 'inherit' });
  return directory;
}

const SPECS = {
  upgrade: { specs: ['test/chaos/upgrade'], brokers: 1 },
  restore: { specs: ['test/chaos/restore', 'test/chaos/lost-redis', 'test/chaos/brokers'], brokers: 3 },
};
const scratch = mkdtempSync(join(tmpdir(), 'joulestream-drill-'));
let code = 0;
try {
  for (const name of values.only === undefined ? Object.keys(SPECS) : [values.only]) {
    const drill = SPECS[name];
    const env = { DRILL: name };
    if (name === 'upgrade') {
      env.DRILL_STATIONS = `${values.stations}`;
      const from = values.from === undefined ? undefined : buildOf(values.from, join(scratch, 'from'));
      if (from !== undefined) Object.assign(env, { DRILL_FROM: from, DRILL_FROM_COMMIT: values.from });
      else if (values.from !== undefined)
        process.stdout.write(
          `drill: this clone has no commit ${values.from} (git fetch --unshallow --tags): processes are replaced by the same version\n`,
        );
    }
    code ||= await specsOnStack({ name, ...drill, env });
  }
} finally {
  if (existsSync(scratch)) rmSync(scratch, { recursive: true });
}
process.exit(code);
