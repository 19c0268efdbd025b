// Every planted bug in a process of its own, and what found it, as the table of docs/simulation.md.
// How one is planted is in mutants.ts.
import { spawnSync } from 'node:child_process';
import { MUTANTS } from './mutants.js';

const MAIN = new URL('./main.js', import.meta.url).pathname;

/** Tries up to `seeds` seeds for each, from its own on; false when one of them was not found. Throws where one could not be planted. */
export function huntAll(seeds: number, say: (line: string) => void): boolean {
  say('| Name | What it breaks | Found by | As |');
  say('|---|---|---|---|');
  let found = 0;
  for (const { name, about, faults } of MUTANTS) {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [...process.execArgv, MAIN, '--mutant', name, '--seeds', String(seeds)],
      {
        encoding: 'utf8',
      },
    );
    const [, minute, rule] = /^minute ([\d.]+): ([^:]+):/m.exec(stdout) ?? [];
    const seed = /^seed (\S+): .*VIOLATIONS$/m.exec(stdout)?.[1];
    const isFound = status === 1 && seed !== undefined;
    if (isFound) found++;
    if (seed === undefined && !/^seed \S+: every promise kept$/m.test(stdout)) throw new Error(`${name}: ${stderr}`);
    const where = isFound ? `\`--seed ${seed}${faults === undefined ? '' : ` --faults ${faults}`}\`` : 'no seed tried';
    say(`| \`${name}\` | ${about} | ${where} | ${isFound ? `${rule}, minute ${Math.round(Number(minute))}` : ''} |`);
  }
  say(`${found} of ${MUTANTS.length} found`);
  return found === MUTANTS.length;
}
