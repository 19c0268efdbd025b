// Production dependencies: known vulnerabilities (asked of the registry, `high` and above), and licences (read from the lockfile). Part of `npm run check`.
// What was looked at and accepted is in audit-accepted.json: advisories as {advisory: its URL, reason, lookAgain: date}, licences by package. A registry that cannot answer, or
// has no such endpoint, is no failure, since the answer is not the code's, but is said wherever the result is: `npm test` counts it as skipped.
// `--require-answer` makes it a failure, for a job that exists for nothing else.
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import './node-24.mjs';

const root = join(import.meta.dirname, '..');
const TIMEOUT_MS = 30_000;
const SERIOUS = new Set(['high', 'critical']);
/** Permissive ones only: what we ship must not oblige who runs it. */
const LICENCES = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
]);

/** Findings of `npm audit --json` that nobody accepted, and acceptances that are over; texts for who reads them. */
export function judgeFindings(report, accepted, today) {
  const open = new Map();
  for (const { name, via } of Object.values(report.vulnerabilities ?? {}))
    for (const each of via)
      if (typeof each === 'object' && SERIOUS.has(each.severity))
        open.set(each.url, `${name}: ${each.title} (${each.severity}, ${each.url})`);
  const complaints = [];
  for (const [url, told] of open) {
    const known = accepted.find(({ advisory }) => advisory === url);
    if (known === undefined) complaints.push(told);
    else if (known.lookAgain <= today) complaints.push(`${told}; accepted until ${known.lookAgain}: look again`);
  }
  for (const { advisory } of accepted)
    if (!open.has(advisory)) complaints.push(`${advisory} is accepted, and nothing here has it any more`);
  return complaints;
}

/** `MIT OR GPL-2.0` is our choice, `MIT AND GPL-2.0` is not. */
const isAllowed = (licence) =>
  licence
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((each) => LICENCES.has(each.trim())));

/** Production packages of a lockfile whose licence is not on the list and that nobody looked at. */
export const judgeLicences = ({ packages }, accepted) =>
  Object.entries(packages)
    .filter(([path, { dev, link }]) => path !== '' && !dev && !link)
    .filter(([, { license }]) => license === undefined || !isAllowed(license))
    .map(([path, { license }]) => ({ name: path.replace(/^.*node_modules\//, ''), license }))
    .filter(({ name }) => accepted[name] === undefined)
    .map(({ name, license }) => `${name}: licence ${license ?? 'not told'}`);

/** undefined when the registry gave no answer that can be read, with what it said instead. */
function ask() {
  const args = ['audit', '--omit=dev', '--audit-level=high', '--json', '--fetch-retries=0', `--fetch-timeout=${TIMEOUT_MS}`];
  const { stdout, error } = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    shell: process.platform === 'win32',
  });
  try {
    const report = JSON.parse(stdout);
    return report.vulnerabilities === undefined ? { reason: report.message ?? 'no report' } : { report };
  } catch {
    return { reason: error?.code === 'ETIMEDOUT' ? `no answer within ${TIMEOUT_MS / 1000} s` : (error?.message ?? 'no report') };
  }
}

if (import.meta.main) {
  const read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const { advisories, licences } = read('scripts/audit-accepted.json');
  const complaints = judgeLicences(read('package-lock.json'), licences);
  const { report, reason } = ask();
  if (report !== undefined) complaints.push(...judgeFindings(report, advisories, new Date().toISOString().slice(0, 10)));
  const unasked = report === undefined && `vulnerabilities of dependencies were NOT asked for: ${reason.split('\n', 1)[0]}`;
  if (unasked && process.env.NOTES) appendFileSync(process.env.NOTES, `${unasked}\n`);
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  const found = complaints.length === 0 ? 'nothing open' : `${complaints.length} open`;
  process.stdout.write(`${unasked ? `licences: ${found}; ${unasked}` : found}\n`);
  process.exitCode = complaints.length > 0 || (report === undefined && process.argv.includes('--require-answer')) ? 1 : 0;
}
