// Prints what a bench measured and appends it to docs/benchmarks.md, with the versions and the machine it ran on; without `isWritten` it is printed only.
// What the figures should be is written in the design; the benches say it beside them.
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

export function report(name, title, lines, command = `npm run bench -- ${name}`, isWritten = true) {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  let commit = 'no commit';
  try {
    commit = `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' + changes'}`;
  } catch {} // a copy without its history
  const versions = ['ws', '@electric-sql/pglite', 'pg', 'kafkajs'].map((each) => `${each} ${dependencies[each]}`);
  const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim()}, load average ${loadavg()[0]?.toFixed(1)} at the end`;
  const text = lines.map((line) => `- ${line}\n`).join('');
  process.stdout.write(`\n${title}\n${text}`);
  if (!isWritten) return;
  appendFileSync(
    join(root, 'docs/benchmarks.md'),
    `\n### ${title}\n\n\`${command}\`, ${new Date().toISOString().slice(0, 16)}Z, ${commit}, Node ${process.version}, ${versions.join(', ')}; ${machine}.\n\n${text}`,
  );
}
