// `npm run chaos`: the fault suites of test/chaos alone and at full size, on servers of their own (three Kafka brokers) that it starts and stops.
// `npm run chaos -- --stations 500 --outage 120 --stop 120 killed-process` runs one of them with these sizes [stations, seconds].
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import './build.mjs';
import { up } from '../deploy/local/stack.mjs';

const root = new URL('..', import.meta.url).pathname;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    stations: { type: 'string', default: '500' },
    outage: { type: 'string', default: '120' },
    stop: { type: 'string', default: '120' },
    brokers: { type: 'string', default: '3' },
  },
});
const scratch = mkdtempSync(join(tmpdir(), 'joulestream-chaos-'));
const stack = await up({ dir: join(scratch, 'stack'), brokers: Number(values.brokers), say: (line) => process.stdout.write(`${line}\n`) });
const specs = (positionals.length > 0 ? positionals : ['']).map((name) => `test/chaos/${name}`);
const child = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    '--selectProjects',
    'cluster',
    ...(Number(values.brokers) < 3 ? [] : ['brokers']),
    '--runInBand',
    '--forceExit',
    ...specs,
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      ...stack.env,
      STACK_DIR: join(scratch, 'stack'),
      CHAOS_STATIONS: values.stations,
      CHAOS_OUTAGE_S: values.outage,
      CHAOS_STOP_S: values.stop,
    },
  },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', async (code) => {
  await stack.down();
  rmSync(scratch, { recursive: true, force: true });
  process.exit(code ?? 1);
});
