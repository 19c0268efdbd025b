// Scripts that were asked for what they do not do: they say so and end badly, where ending well would be taken for done.
// What they do otherwise has specs of its own, or is done by every `npm test`.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const run = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
  return { status, told: stdout + stderr };
};

it.each([
  [['--helpp'], /Unknown option '--helpp'/],
  [['unit'], /"unit" is not known/],
  [['--only', 'unit,units'], /there is no suite "units"/],
])('npm test with %j runs nothing and says what is possible', (args, told) => {
  const refused = run('scripts/test.mjs', ...args);
  expect(refused).toEqual({ status: 2, told: expect.stringMatching(told) });
  expect(refused.told).toMatch(/--only .*static, unit, .*cluster, interop/);
});

it('npm test says what it takes', () => {
  expect(run('scripts/test.mjs', '--help')).toEqual({ status: 0, told: expect.stringMatching(/^npm test .*--no-cluster/s) });
});

const older = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.19.0'}})`;
const scripts = readdirSync('scripts').filter((name) => name.endsWith('.mjs') && /\.main\)/.test(readFileSync(`scripts/${name}`, 'utf8')));
it.each(scripts)('%s does not end well under a Node that passes over it', (name) => {
  const { status, told } = run('--import', older, `scripts/${name}`);
  expect([status, told]).toEqual([1, expect.stringMatching(/^Node 24 is needed, and this is 20.19.0/)]);
});
