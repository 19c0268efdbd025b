// Runs specs of the cluster suites on servers of their own, which it starts and stops.
// Which specs, and at which size, is said by `npm run chaos` and `npm run drill`.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { up } from '../deploy/local/stack.mjs';

const root = new URL('..', import.meta.url).pathname;

/** Resolves with jest's exit code. */
export async function specsOnStack({ name, specs, brokers, env, jestArgs = [] }) {
  const scratch = mkdtempSync(join(tmpdir(), `joulestream-${name}-`));
  const stack = await up({ dir: join(scratch, 'stack'), brokers, say: (line) => process.stdout.write(`${line}\n`) });
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules/jest/bin/jest.js'),
      '--selectProjects',
      'cluster',
      ...(brokers < 3 ? [] : ['brokers']),
      '--runInBand',
      '--forceExit',
      ...jestArgs,
      ...specs,
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...stack.env, STACK_DIR: join(scratch, 'stack'), ...env } },
  );
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  const code = await new Promise((resolve) => child.on('exit', resolve));
  await stack.down();
  rmSync(scratch, { recursive: true, force: true });
  return code ?? 1;
}
