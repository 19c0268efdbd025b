// What a run of others' suite is worth: each case that failed was known to, each that was known to fail did, and there was a case at all.
// Of a case whose reason is `timing` nothing is known: it depends on what comes first.
// The known ones stand beside each script, with their reasons; what they mean is in docs/interop.md.
import { readFileSync } from 'node:fs';

/** `expected`: reasons by id. Answers what is wrong with the run, a line each; nothing where it went as it should. A case that did not run says nothing. */
export function judgeRun(ran, expected) {
  if (ran.length === 0) return ['no case ran'];
  const reasonOf = new Map(Object.entries(expected));
  const failed = new Set(ran.filter(({ passed }) => !passed).map(({ id }) => id));
  return [...new Set(ran.map(({ id }) => id))].flatMap((id) => {
    if (failed.has(id) && !reasonOf.has(id)) return [`${id} failed`];
    if (!failed.has(id) && reasonOf.has(id) && reasonOf.get(id) !== 'timing')
      return [`${id} passed, and was expected to fail (${reasonOf.get(id)}): take it off the list`];
    return [];
  });
}

/** A row of the table of open-ocpp-tck: the scenario, what came of it, and of it alone where it ran again. */
const ROW = /^\| (?<id>\S+) \| \S+ \| (?<verdict>[A-Z]+)[^|]*\|(?: [\d-]+ \|){3}(?: (?<alone>[A-Z]+|-)[^|]*\|)?$/gm;
/** What ran of it, as its table says: a partial pass leaves out what the suite itself could not check, what is not applicable did not run. */
export const rowsOf = (summary) =>
  [...summary.matchAll(ROW)]
    .map(({ groups: { id, verdict, alone } }) => ({ id, verdict: alone === undefined || alone === '-' ? verdict : alone }))
    .filter(({ verdict }) => verdict !== 'NOT')
    .map(({ id, verdict }) => ({ id, passed: verdict === 'PASS' || verdict === 'PARTIAL' }));

/** The list of `suite` beside the scripts. */
export const expectedOf = (suite) => JSON.parse(readFileSync(new URL(`../expected/${suite}.json`, import.meta.url), 'utf8'));

/** Prints what is wrong with a run and has the process end with 1 where something is. */
export function gate(name, ran, expected) {
  for (const line of judgeRun(ran, expected)) {
    process.stdout.write(`${name}: ${line}\n`);
    process.exitCode = 1;
  }
}
