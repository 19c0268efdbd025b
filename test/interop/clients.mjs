// Gets the OCPP client libraries that others wrote, for `npm run test:interop`: mobilityhouse/ocpp (Python) and ocpp-go (Go), at fixed versions.
// Everything goes below a scratch directory, except what pip and go keep in caches of their own. What the stations do is in their sources beside this file.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const here = new URL('.', import.meta.url).pathname;

const run = (what, command, args, options = {}) => {
  process.stdout.write(`interop: ${what} ... `);
  const startedAt = Date.now();
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  process.stdout.write(status === 0 ? `${((Date.now() - startedAt) / 1000).toFixed(1)} s\n` : 'failed\n');
  if (status !== 0) throw new Error(`${what}: ${error?.message ?? stderr}`);
};
const answers = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Sets up both clients. Answers the environment that names them, and why one is missing. */
export function prepareClients(scratch) {
  const env = {};
  const notes = [];
  if (answers('python3', ['-m', 'venv', '--help'])) {
    const venv = join(scratch, 'python');
    const packages = readFileSync(join(here, 'mobilityhouse/requirements.txt'), 'utf8').trim().split('\n').join(', ');
    run('a Python environment of its own', 'python3', ['-m', 'venv', venv]);
    run(`installing ${packages} into it`, join(venv, 'bin/pip'), [
      'install',
      '--quiet',
      '-r',
      join(here, 'mobilityhouse/requirements.txt'),
    ]);
    env.INTEROP_PYTHON = join(venv, 'bin/python');
  } else notes.push('mobilityhouse/ocpp left out: python3 with venv is not installed');
  if (answers('go', ['version'])) {
    const binary = join(scratch, 'ocpp-go-station');
    const [library] = /github\S+ v\S+/.exec(readFileSync(join(here, 'ocpp-go/go.mod'), 'utf8')) ?? ['ocpp-go'];
    run(`building a station on ${library}`, 'go', ['build', '-o', binary, '.'], { cwd: join(here, 'ocpp-go') });
    env.INTEROP_GO_STATION = binary;
  } else notes.push('ocpp-go left out: go is not installed');
  return { env, notes };
}
