// docs/threat-model.md names a test for each threat; this looks that each of them exists, so that the table cannot lie. Part of `npm run check`.
// A row without a test says `open` and why. Every boundary speaks of all six of STRIDE, and every spec of test/security is named by some row. A row whose letter is
// bold has a defence in defences.mjs whose loss its test notices (`npm run mutate`), and those are still found where they stand, as the rules of mutations.mjs are.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFENCES } from './defences.mjs';
import { MUTATIONS } from './mutations.mjs';
import './node-24.mjs';

const root = join(import.meta.dirname, '..');
const page = 'docs/threat-model.md';
const STRIDE = 'STRIDE';
/** `path` › name of a test in it, as it stands in the source. */
const PROOF = /^`([\w./-]+\.spec\.ts|[\w./-]+\.ts|[\w./-]+\.mjs)` › (.+)$/;

const readFile = (path) => readFileSync(join(root, path), 'utf8');

/** Complaints about a page; `sourceOf` gives the text of a file or undefined. */
export function judgeThreats(text, sourceOf, required = [], defences = []) {
  const complaints = [];
  const named = new Set();
  const letters = new Map();
  let boundary = '';
  const proven = new Set();
  let rows = 0;
  let open = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('## ')) boundary = line.slice(3);
    const cells = line.split('|').map((cell) => cell.trim());
    if (cells.length !== 6 || !/^(\*\*)?[STRIDE]\1$/.test(cells[1])) continue;
    const [, marked, threat, , proof] = cells;
    const letter = marked.replaceAll('*', '');
    rows++;
    letters.set(boundary, (letters.get(boundary) ?? '') + letter);
    if (proof.startsWith('open: ')) {
      open++;
      continue;
    }
    for (const each of proof.split('<br>')) {
      const [, path, name] = PROOF.exec(each.trim()) ?? [];
      const source = path === undefined ? undefined : sourceOf(path);
      if (path === undefined) complaints.push(`${boundary}, ${threat}: neither a test nor "open: why": ${each}`);
      else if (source === undefined) complaints.push(`${boundary}, ${threat}: there is no ${path}`);
      else if (!["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`)))
        complaints.push(`${boundary}, ${threat}: ${path} has no test "${name}"`);
      named.add(path);
    }
    const its = defences.filter((each) => proof.includes(`\`${each.proof}\` › ${each.test}`));
    for (const each of its) proven.add(each);
    if (marked !== letter && its.length === 0) complaints.push(`${boundary}, ${threat}: no defence of defences.mjs has one of its tests`);
    if (marked === letter && its.length > 0) complaints.push(`${boundary}, ${threat}: defences.mjs has its test: **${letter}**`);
  }
  for (const [name, told] of letters)
    for (const letter of STRIDE) if (!told.includes(letter)) complaints.push(`${name}: nothing about ${letter}`);
  for (const each of defences) {
    if (!proven.has(each)) complaints.push(`defences.mjs, ${each.name}: no row has its test`);
  }
  complaints.push(...displaced(defences, sourceOf, 'defences.mjs'));
  for (const path of required) if (!named.has(path)) complaints.push(`${path} proves something no row tells`);
  return { complaints, rows, open, proven: proven.size };
}

/** Complaints about what `npm run mutate` would not find. */
const displaced = (rules, sourceOf, list) =>
  rules
    .filter(({ file, find }) => sourceOf(file)?.split(find).length !== 2)
    .map(({ name, file }) => `${list}, ${name}: not found in ${file} exactly once`);

if (import.meta.main) {
  const specs = readdirSync(join(root, 'test/security')).filter((name) => name.endsWith('.spec.ts'));
  const sourceOf = (path) => (existsSync(join(root, path)) ? readFile(path) : undefined);
  const { complaints, rows, open, proven } = judgeThreats(
    readFile(page),
    sourceOf,
    specs.map((name) => `test/security/${name}`),
    DEFENCES,
  );
  complaints.push(...displaced(MUTATIONS, sourceOf, 'mutations.mjs'));
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  process.stdout.write(`${rows} threats, ${open} of them open, ${proven} defences that \`npm run mutate\` takes out\n`);
  process.exitCode = complaints.length > 0 || rows === 0 ? 1 : 0;
}
