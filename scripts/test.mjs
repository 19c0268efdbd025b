// `npm test`: static checks, the suites of one process (unit, contract, simulation, scenario, chart), then the cluster suites on real Kafka, Redis and
// PostgreSQL that it starts and stops itself. One closing line counts everything; what was left out is named in it.
// What it takes, and what there is to run, is said by `npm test -- --help`.
// `npm run test:helm` is `--only helm`: it builds the programs that judge the chart first; `npm test` uses those that are there.
// `npm run test:interop` is `--only interop`: stations on OCPP libraries that others wrote, which it installs below a scratch directory.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { up } from '../deploy/local/stack.mjs';
import { commandLine } from '../libs/command-line/index.ts';

const root = new URL('..', import.meta.url).pathname;
/** Suites whose specs run two at a time, all in one go. Those on real servers share them, and run one by one. */
const SIDE_BY_SIDE = ['unit', 'contract', 'simulation', 'scenario', 'helm'];
const SUITES = ['static', ...SIDE_BY_SIDE, 'cluster', 'interop'];
const { values, refuse } = commandLine({
  usage: 'npm test [-- options]',
  about: 'Everything but interop, or the suites that are named; the cluster suites on servers of their own.',
  options: {
    only: { about: `some of it, such as unit,scenario; of ${SUITES.join(', ')}`, optional: true },
    'no-cluster': { about: 'leaves the suites on servers out', flag: true },
    server: { about: 'helm: judges the chart by an API server too, and builds it first (many minutes)', flag: true },
    update: { about: 'helm: writes the snapshots anew', flag: true },
  },
});
const only = values.only?.split(',');
for (const name of only ?? []) if (!SUITES.includes(name)) refuse(`there is no suite "${name}"`);
const wants = (name) => (only ? only.includes(name) : name !== 'interop' && !(name === 'cluster' && values['no-cluster']));
const scratch = mkdtempSync(join(tmpdir(), 'joulestream-test-'));
/** What V8 made of the sources, for the hundreds of processes that specs start. */
const compiled = join(scratch, 'compiled');
const totals = { passed: 0, failed: 0, skipped: 0 };
const notes = [];

/** What a check left out: counted as skipped, and named. */
const left = join(scratch, 'left-out');
const check = async (script) => {
  const env = { ...process.env, NOTES: left };
  const [code] = await once(spawn(process.execPath, [join(root, script)], { cwd: root, stdio: 'inherit', env }), 'exit');
  totals[code === 0 ? 'passed' : 'failed']++;
  return code === 0;
};

/** Runs jest projects and adds their counts; a suite that could not even load counts as a failure. */
const jest = (projects, how, env = {}) =>
  new Promise((resolve) => {
    const name = projects.join(', ');
    const outputFile = join(scratch, `${projects.join('-')}.json`);
    process.stdout.write(`\n== ${name} ==\n`);
    const child = spawn(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        join(root, 'node_modules/jest/bin/jest.js'),
        '--selectProjects',
        ...projects,
        '--json',
        `--outputFile=${outputFile}`,
        '--forceExit',
        how,
      ],
      {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, TMPDIR: scratch, NODE_COMPILE_CACHE: compiled, ...env },
      },
    );
    child.on('exit', (code) => {
      try {
        const report = JSON.parse(readFileSync(outputFile, 'utf8'));
        totals.passed += report.numPassedTests;
        totals.failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
        totals.skipped += report.numPendingTests;
        if (report.numTotalTests === 0) notes.push(`${name}: no test found`);
      } catch {
        totals.failed++;
        notes.push(`${name}: jest ended with ${code} and left no report`);
      }
      resolve();
    });
  });

/** What the chart is judged with: its schema always, Helm and the others where they have been built. */
async function judgesOfTheChart() {
  const { buildPrograms, builtPrograms } = await import('../test/helm/programs.mjs');
  const { server, update } = values;
  let built = { env: builtPrograms(), notes: [] };
  try {
    if (only?.includes('helm')) built = buildPrograms({ server });
  } catch (error) {
    totals.failed++;
    notes.push(`the programs that judge the chart could not be built: ${error.message}`);
  }
  if (built.env.TEST_HELM === undefined) notes.push('templates of the chart left out: `npm run test:helm` builds Helm, once');
  notes.push(...built.notes);
  const { TEST_KUBE_APISERVER: _, ...withoutServer } = built.env;
  return { ...(server ? built.env : withoutServer), ...(update && { TEST_UPDATE_SNAPSHOTS: 'true' }) };
}

async function withoutServers() {
  if (wants('static')) await check('scripts/check.mjs');
  if (!(await check('scripts/build.mjs'))) notes.push('the build failed');
  const sideBySide = SIDE_BY_SIDE.filter(wants);
  if (sideBySide.length > 0) await jest(sideBySide, '--maxWorkers=2', wants('helm') ? await judgesOfTheChart() : {});
}

/** Runs the cluster suites, after those `before` them, on servers that start at once: what of them is not installed yet takes minutes to fetch. */
async function onServers(before) {
  notes.push('a lost broker, one that is silent, a full disk and a cut network are left to `npm run chaos`');
  // A broker that lives for minutes: what its second compiler takes it never gives back.
  process.env.JDK_JAVA_OPTIONS ??= '-XX:TieredStopAtLevel=1';
  try {
    const stack = await up({ dir: join(scratch, 'stack') });
    try {
      await before;
      await jest(['cluster'], '--runInBand', { ...stack.env, STACK_DIR: stack.dir });
    } finally {
      await stack.down();
    }
  } catch (error) {
    totals.failed++;
    notes.push(`the servers did not start: ${error.message}`);
  }
}

const before = withoutServers();
if (wants('cluster')) await onServers(before);
else notes.push('cluster suites left out by request');
await before;
if (wants('interop')) {
  process.stdout.write('\n== client libraries for interop ==\n');
  try {
    const { prepareClients } = await import('../test/interop/clients.mjs');
    const clients = prepareClients(scratch);
    notes.push(...clients.notes);
    await jest(['interop'], '--runInBand', clients.env);
  } catch (error) {
    totals.failed++;
    notes.push(`the client libraries could not be set up: ${error.message}`);
  }
}
const leftOut = existsSync(left) ? readFileSync(left, 'utf8').trim().split('\n') : [];
totals.skipped += leftOut.length;
notes.push(...leftOut);
rmSync(scratch, { recursive: true, force: true });
for (const note of notes) process.stdout.write(`note: ${note}\n`);
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}\n`);
process.exit(totals.failed > 0 ? 1 : 0);
