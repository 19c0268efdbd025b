// Breaks one rule of the ledger at a time and shows that the faulty world notices: `npm run mutate [-- name …]`.
// A rule whose loss nothing notices fails the run, and so does a rule that is not found in the sources any more.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import { MUTATIONS } from './mutations.mjs';

const root = new URL('..', import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'mutate-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const options = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true } },
  module: { type: 'es6' },
};
const compile = (path, text) => {
  const target = join(scratch, 'dist', path.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, transformSync(text, options).code);
};
const walk = (folder) => {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) walk(path);
    else if (path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.endsWith('.d.ts'))
      compile(path, readFileSync(join(root, path), 'utf8'));
  }
};
for (const folder of ['libs/kernel', 'libs/ocpp', 'libs/domain', 'libs/contracts', 'libs/ports', 'apps/load-balancing']) walk(folder);
cpSync(join(root, 'package.json'), join(scratch, 'package.json'));
symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
writeFileSync(
  join(scratch, 'run.mjs'),
  `import { SCENARIOS } from './dist/apps/load-balancing/never-exceed-scenarios.fixture.js';
const [scenario, first, count] = process.argv.slice(2);
for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  const { worstA } = SCENARIOS[scenario](seed);
  if (worstA > 0) { console.log(JSON.stringify({ seed, worstA })); process.exit(0); }
}
console.log('{}');`,
);
const run = (scenario, seed, count) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['run.mjs', scenario, String(seed), String(count)], {
    cwd: scratch,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1));
};

const wanted = process.argv.slice(2);
let survivors = 0;
for (const { name, file, find, replace, scenario, seed, seeds = 1 } of MUTATIONS) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const text = readFileSync(join(root, file), 'utf8');
  if (text.split(find).length !== 2) throw new Error(`${name}: its rule is not in ${file} exactly once`);
  compile(
    file,
    text.replace(find, () => replace),
  );
  const { seed: found, worstA } = run(scenario, seed, seeds);
  compile(file, text);
  if (found === undefined) survivors++;
  console.log(
    found === undefined ? `SURVIVED  ${name}` : `noticed   ${name}: ${scenario}, seed ${found}, ${worstA.toFixed(1)} A above the limit`,
  );
}
process.exitCode = survivors > 0 ? 1 : 0;
