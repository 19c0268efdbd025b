// `npm test`: static checks, unit, contract, simulation and scenario suites, then the cluster suites on real Kafka, Redis and PostgreSQL
// that it starts and stops itself. One closing line counts everything; what was left out is named in it.
// `npm test -- --only unit,scenario` runs some of it; `--no-cluster` leaves the servers out.
// `npm run test:helm` is `--only helm`: it builds the programs that judge the chart first, with `-- --server` an API server too (many minutes), and takes
// `-- --update` for new snapshots. `npm test` uses those that are there.
// `npm run test:interop` is `--only interop`: stations on OCPP libraries that others wrote, which it installs below a scratch directory.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const args = process.argv.slice(2);
const only = args.includes('--only') ? args[args.indexOf('--only') + 1]?.split(',') : undefined;
const wants = (name) => (only ? only.includes(name) : !(name === 'cluster' && args.includes('--no-cluster')));
const scratch = mkdtempSync(join(tmpdir(), 'joulestream-test-'));
/** Suites whose specs run two at a time. Those on real servers share them, and run one by one. */
const SIDE_BY_SIDE = new Set(['unit', 'contract', 'simulation', 'scenario', 'helm']);
const totals = { passed: 0, failed: 0, skipped: 0 };
const notes = [];

const check = (script, scriptArgs = []) => {
  const { status } = spawnSync(process.execPath, [join(root, script), ...scriptArgs], { cwd: root, stdio: 'inherit' });
  totals[status === 0 ? 'passed' : 'failed']++;
  return status === 0;
};

/** Runs one jest project and adds its counts; a suite that could not even load counts as a failure. */
const jest = (project, env = {}) =>
  new Promise((resolve) => {
    const outputFile = join(scratch, `${project}.json`);
    process.stdout.write(`\n== ${project} ==\n`);
    const child = spawn(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        join(root, 'node_modules/jest/bin/jest.js'),
        '--selectProjects',
        project,
        '--json',
        `--outputFile=${outputFile}`,
        '--forceExit',
        ...(SIDE_BY_SIDE.has(project) ? ['--maxWorkers=2'] : ['--runInBand']),
      ],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, TMPDIR: scratch, ...env } },
    );
    child.on('exit', (code) => {
      try {
        const report = JSON.parse(readFileSync(outputFile, 'utf8'));
        totals.passed += report.numPassedTests;
        totals.failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
        totals.skipped += report.numPendingTests;
        if (report.numTotalTests === 0) notes.push(`${project}: no test found`);
      } catch {
        totals.failed++;
        notes.push(`${project}: jest ended with ${code} and left no report`);
      }
      resolve();
    });
  });

/** The chart: by its schema always, by Helm and the others where they have been built. */
async function chart() {
  const { buildPrograms, builtPrograms } = await import('../test/helm/programs.mjs');
  const server = args.includes('--server');
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
  await jest('helm', {
    ...(server ? built.env : withoutServer),
    ...(args.includes('--update') && { TEST_UPDATE_SNAPSHOTS: 'true' }),
  });
}

if (wants('static')) check('scripts/check.mjs');
if (!check('scripts/build.mjs')) notes.push('the build failed');
for (const project of ['unit', 'contract', 'simulation', 'scenario']) if (wants(project)) await jest(project);
if (wants('helm')) await chart();
if (wants('cluster')) {
  notes.push('a lost broker, one that is silent, a full disk and a cut network are left to `npm run chaos`');
  process.stdout.write('\n== servers for the cluster suites ==\n');
  const { up } = await import('../deploy/local/stack.mjs');
  try {
    const stack = await up({ dir: join(scratch, 'stack') });
    try {
      await jest('cluster', { ...stack.env, STACK_DIR: join(scratch, 'stack') });
    } finally {
      await stack.down();
    }
  } catch (error) {
    totals.failed++;
    notes.push(`the servers did not start: ${error.message}`);
  }
} else notes.push('cluster suites left out by request');
if (only?.includes('interop')) {
  process.stdout.write('\n== client libraries for interop ==\n');
  try {
    const { prepareClients } = await import('../test/interop/clients.mjs');
    const clients = prepareClients(scratch);
    notes.push(...clients.notes);
    await jest('interop', clients.env);
  } catch (error) {
    totals.failed++;
    notes.push(`the client libraries could not be set up: ${error.message}`);
  }
}
rmSync(scratch, { recursive: true, force: true });
for (const note of notes) process.stdout.write(`note: ${note}\n`);
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}\n`);
process.exit(totals.failed > 0 ? 1 : 0);
