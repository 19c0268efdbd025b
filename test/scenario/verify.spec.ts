// `npm run replay -- --verify` on a directory whose network has stopped: it compares, leaves what it compared also where it fails, and says why there is nothing.
// What it compares is network.spec.ts's.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { NetworkWorld } from './support/network-world.js';

let network: NetworkWorld;
beforeAll(async () => {
  network = await NetworkWorld.open();
  await network.must('PUT', '/v1/sites/s', {
    name: 's',
    timeZone: 'UTC',
    root: { nodeId: 'grid', limitA: 10, unmanagedMaxA: 0, phases: 3 },
  });
  await network.close({ keep: true });
}, 120_000);
afterAll(() => rmSync(network.directory, { recursive: true, force: true }));

const verify = (settings: Readonly<Record<string, string>> = {}) => {
  const env = { ...process.env, DATA_DIR: network.directory, ...settings };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(process.cwd(), 'dist/apps/standalone/replay.js'), '--verify'], {
    env,
    encoding: 'utf8',
  });
  return { status, told: stdout + stderr };
};

it('finds the rows whole after one that failed', () => {
  expect(verify({ TMPDIR: join(network.directory, 'nowhere') }).status).not.toBe(0);
  expect(verify()).toEqual({ status: 0, told: expect.stringContaining('the rows equal a replay of the log') });
}, 120_000);

it('says of rows that another version left why they are none, and what to do', () => {
  rmSync(join(network.directory, 'database/rows.json'));
  const { status, told } = verify();
  expect([status, told]).toEqual([1, expect.stringMatching(/no rows to compare: another version wrote them.*npm run replay/)]);
}, 120_000);
