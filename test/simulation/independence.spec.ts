// The auditor shares no code with what it audits: while it runs it needs its own files, the chance and the frames of the simulated world, and the ports' words; types go away.
// Followed from file to file in what is built.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '#nest';

const BUILT = join(packageRoot(), 'dist/apps/simulation');
const AUDITS = readdirSync(BUILT).filter((file) => /audit\.js$/.test(file));
/** Errors and names of the log and the bank, and nothing that decides; and how decimals are written. */
const ADMITTED: ReadonlySet<string> = new Set(['#ports', 'decimal.js']);

/** What a file imports while it runs, and what those beside it that it imports do. */
function importedBy(file: string, known = new Set<string>()): ReadonlySet<string> {
  if (known.has(`./${file}`)) return known;
  known.add(`./${file}`);
  for (const [, from = ''] of readFileSync(join(BUILT, file), 'utf8').matchAll(/(?:\bfrom|\bimport\(?)\s*['"]([^'"]+)['"]/g))
    if (from.startsWith('./')) importedBy(from.slice(2), known);
    else known.add(from);
  return known;
}

describe('the auditor', () => {
  it('has a file for facts, owners, power, accounts, charges, payments and commands', () => expect(AUDITS).toHaveLength(7));

  it.each(AUDITS)('%s shares no code with what decides', (file) =>
    expect([...importedBy(file)].filter((from) => !from.startsWith('./') && !ADMITTED.has(from))).toEqual([]),
  );
});
