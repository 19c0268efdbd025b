// Breaks one rule of the ledger, or takes out one defence of the threat model, and shows that the faulty world, or the spec that is about it, notices:
// `npm run mutate [-- name …]`. One whose loss nothing notices fails the run, and so does one that is not found in the sources any more.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import { commandLine } from '../libs/command-line/index.ts';
import { DEFENCES } from './defences.mjs';
import { MUTATIONS } from './mutations.mjs';

const ALL = [...MUTATIONS, ...DEFENCES];
const { words: wanted } = commandLine({
  usage: 'npm run mutate [-- NAME …]',
  about: 'Breaks one rule at a time, all of them or these, and shows that something notices; all take an hour.',
  options: {},
  words: { about: 'rules:', oneOf: ALL.map(({ name }) => name) },
});

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

// Specs run on a copy of the sources, as jest finds them in the repository.
const sources = join(scratch, 'sources');
const COPIED = ['apps', 'deploy', 'docs', 'helm', 'libs', 'scripts', 'test', 'package.json', 'nest-cli.json', 'jest.config.mjs'];
const projectOf = (spec) => (spec.startsWith('test/contract/') ? 'contract' : spec.startsWith('test/') ? 'scenario' : 'unit');
/** None takes a quarter of it; without its rule a spec may wait for ever for what no longer happens. */
const LONGEST_MS = 240_000;
/** Names of the tests that failed; undefined where the spec does not end. */
const runSpec = (spec) => {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest, spec];
  const { stderr, error } = spawnSync(process.execPath, [...args, `--selectProjects=${projectOf(spec)}`, '--runInBand', '--forceExit'], {
    cwd: sources,
    encoding: 'utf8',
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  if (error?.code === 'ETIMEDOUT') return undefined;
  if (!/^Tests:/m.test(stderr) || stderr.includes('Test suite failed to run')) throw new Error(stderr);
  return [...stderr.matchAll(/^ {2}● (.*)/gm)].map(([, name]) => name);
};
/** A test as it stands in its source, with what is put into it. */
const isTest = (test, name) =>
  new RegExp(
    `(^|› )${test
      .split(/%[sij]|\$\w+/)
      .map((text) => RegExp.escape(text))
      .join('.*')}$`,
  ).test(name);
const sound = new Set();
const specNotices = ({ file, find, replace, spec, test }) => {
  if (sound.size === 0) {
    for (const path of COPIED) cpSync(join(root, path), join(sources, path), { recursive: true });
    for (const path of ['node_modules', 'dist']) symlinkSync(join(root, path), join(sources, path));
  }
  const broken = sound.has(spec) ? [] : runSpec(spec);
  if (broken === undefined) throw new Error(`${spec} does not end though no rule is broken`);
  if (broken.length > 0) throw new Error(`${spec} fails though no rule is broken: ${broken.join(', ')}`);
  sound.add(spec);
  const text = readFileSync(join(sources, file), 'utf8');
  writeFileSync(
    join(sources, file),
    text.replace(find, () => replace),
  );
  const failures = runSpec(spec);
  writeFileSync(join(sources, file), text);
  return failures === undefined ? 'the spec no longer ends' : failures.find((name) => test === undefined || isTest(test, name));
};
const worldNotices = ({ file, find, replace, scenario, seed, seeds = 1 }) => {
  const text = readFileSync(join(root, file), 'utf8');
  compile(
    file,
    text.replace(find, () => replace),
  );
  const { seed: found, worstA } = run(scenario, seed, seeds);
  compile(file, text);
  return found === undefined ? undefined : `${scenario}, seed ${found}, ${worstA.toFixed(1)} A above the limit`;
};

let survivors = 0;
for (const mutation of ALL) {
  const { name, file, find, spec } = mutation;
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (readFileSync(join(root, file), 'utf8').split(find).length !== 2) throw new Error(`${name}: its rule is not in ${file} exactly once`);
  const found = spec ? specNotices(mutation) : worldNotices(mutation);
  if (found === undefined) survivors++;
  console.log(found === undefined ? `SURVIVED  ${name}` : `noticed   ${name}: ${found}`);
}
process.exitCode = survivors > 0 ? 1 : 0;
