// docs/ocpp-coverage.md: message × version × behaviour × test, from the actions, the behaviours told beside the code, and the specs that name them.
// docs/ocpp-obligations.md: what a CSMS of 2.0.1 owes, and the test that proves it. `npm run generate` writes both; `--check` (part of `npm run check`) refuses stale or false ones.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { API_BEHAVIOURS } from '../apps/api/behaviour.ts';
import { EDGE_ANSWERS } from '../apps/edge/inbound/behaviour.ts';
import { BALANCING_BEHAVIOURS } from '../apps/load-balancing/behaviour.ts';
import { METERING_BEHAVIOURS } from '../apps/metering/behaviour.ts';
import { SESSION_BEHAVIOURS } from '../apps/session/behaviour.ts';
import { actions } from '../libs/ocpp/actions.ts';
import './node-24.mjs';

// The ledger is made of several files, which Jest finds in a way of its own.
if (process.env.JEST_WORKER_ID === undefined) await import('../test/contract/support/source-hooks.mjs');
const { PROFILES } = await import('../test/conformance/ledger/cases.ts');
const { LEDGER, OBLIGATIONS, SHALLS } = await import('../test/conformance/obligations.ts');

const root = join(import.meta.dirname, '..');
/** As many as the official schemas have; 1.6 with the security extension. */
const COUNTS = { 'ocpp1.6': 39, 'ocpp2.0.1': 64, 'ocpp2.1': 91 };
/** Parts of the stations service tell it in a file each. */
const stationParts = readdirSync(join(root, 'apps/stations')).filter((part) =>
  existsSync(join(root, 'apps/stations', part, 'behaviour.ts')),
);
const STATION_PARTS = {};
for (const part of stationParts) STATION_PARTS[part] = (await import(`../apps/stations/${part}/behaviour.ts`)).BEHAVIOURS;
const PARTS = {
  edge: EDGE_ANSWERS,
  session: SESSION_BEHAVIOURS,
  metering: METERING_BEHAVIOURS,
  'load-balancing': BALANCING_BEHAVIOURS,
  api: API_BEHAVIOURS,
  ...STATION_PARTS,
};
const SILENT = {
  fromStation: 'recorded only: the answer is empty',
  toStation: 'recorded only: sent when an operator asks for it',
};
const DIRECTIONS = { fromStation: 'from station', toStation: 'to station', both: 'both ways' };
/** Cases that one spec beside them runs on one network. */
const CASES = /^test\/(conformance\/(16|201)-|quirks\/)[^/]+\.ts$/;
/** More of them would only make the page longer. */
const NAMED = 3;

const textOf = (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined);
const holds = (text, name) => ["'", '"', '`'].some((quote) => text.includes(`${quote}${name}${quote}`));

const specs = ['apps', 'libs', 'test']
  .flatMap((part) => readdirSync(join(root, part), { recursive: true }).map((path) => `${part}/${path}`))
  .filter((path) => path.endsWith('.spec.ts') || CASES.test(path))
  .sort()
  .map((path) => ({ path, text: textOf(path) }));

/** Those on a socket first, then those of the stations service, then others. */
const rankOf = (path) => ['test/', 'apps/stations/', ''].findIndex((start) => path.startsWith(start));
const byWire = (a, b) => rankOf(a) - rankOf(b);

/** Each action of any version, once. */
export function coverage() {
  const versions = Object.keys(COUNTS);
  const names = [...new Set(versions.flatMap((version) => [...actions(version).keys()]))].sort();
  return names.map((action) => {
    const spoken = versions.filter((version) => actions(version).has(action));
    const { direction } = actions(spoken.at(-1)).get(action);
    const behaviours = Object.entries(PARTS).flatMap(([part, told]) => (told[action] ? [{ part, ...told[action] }] : []));
    return {
      action,
      versions: spoken,
      direction,
      behaviours,
      specs: specs
        .filter(({ text }) => holds(text, action))
        .map(({ path }) => path)
        .sort(byWire),
    };
  });
}

/** What is told and not so. */
export function complaints(rows = coverage(), obligations = OBLIGATIONS, ledger = LEDGER) {
  const known = new Set(rows.map(({ action }) => action));
  const counted = Object.entries(COUNTS).flatMap(([version, count]) => {
    const found = rows.filter(({ versions }) => versions.includes(version)).length;
    return found === count ? [] : [`${version} has ${found} actions instead of ${count}`];
  });
  const unknown = Object.entries(PARTS).flatMap(([part, told]) =>
    Object.keys(told).flatMap((action) => (known.has(action) ? [] : [`${part}: there is no ${action}`])),
  );
  const told = rows.flatMap(({ action, behaviours, specs: named }) => [
    ...(behaviours.length > 0 && named.length === 0 ? [`${action}: is told to do something, and no spec names it`] : []),
    ...behaviours.flatMap(({ part, in: path }) =>
      holds(textOf(path) ?? '', action) ? [] : [`${part}, ${action}: ${path} does not name it`],
    ),
  ]);
  const owed = obligations.flatMap(({ ids, proofs }) =>
    (proofs ?? []).flatMap(([path, name]) => (holds(textOf(path) ?? '', name) ? [] : [`${ids}: ${path} has no test "${name}"`])),
  );
  const required = ledger.flatMap(({ ids }) => ids.split(', '));
  const forgotten = Object.entries(SHALLS).flatMap(([block, count]) => {
    const found = new Set(required.filter((id) => id.startsWith(block))).size;
    return found === count ? [] : [`block ${block} has ${count} requirements, and the ledger ${found}`];
  });
  const twice = required.filter((id, index) => required.indexOf(id) < index).map((id) => `${id} is in the ledger twice`);
  return [...counted, ...unknown, ...told, ...owed, ...forgotten, ...twice];
}

function coveragePage(rows) {
  const has = (version) => rows.filter(({ versions }) => versions.includes(version));
  const summary = Object.keys(COUNTS).map((version) => {
    const silent = has(version).filter(({ behaviours }) => behaviours.length === 0).length;
    const refused = has(version).filter(({ behaviours }) => behaviours.length > 0 && behaviours.every(({ isRefusal }) => isRefusal)).length;
    const all = has(version).length;
    return `| ${version.slice(4)} | ${all} | ${all - silent - refused} | ${refused} | ${silent} |`;
  });
  const lines = rows.map(({ action, versions, direction, behaviours, specs: named }) => {
    const does =
      behaviours.length === 0
        ? SILENT[direction]
        : behaviours.map(({ part, does: words, in: path }) => `${part}: ${words} ([code](../${path}))`).join('<br>');
    const proofs = [...named.slice(0, NAMED).map((path) => `\`${path}\``), ...(named.length > NAMED ? ['and others'] : [])].join('<br>');
    return `| ${action} | ${versions.map((version) => version.slice(4)).join(', ')} | ${DIRECTIONS[direction]} | ${does} | ${proofs || 'none'} |`;
  });
  return `# OCPP coverage

Made by \`npm run generate\` from the actions of each version, from what each part says it does (\`behaviour.ts\` beside its code), and from the specs that name an action; \`npm run check\` refuses a page that is out of date.
Every message is checked against its official schema, answered, and durable before that. A message no part does anything with says "recorded only"; one that nobody can have sent from here is "refused on purpose". That a spec names a message does not make it a proof of everything said here.

| Version | Messages | With behaviour | Refused on purpose | Recorded only |
|---|---|---|---|---|
${summary.join('\n')}

| Message | Versions | Direction | What is done | Named by |
|---|---|---|---|---|
${lines.join('\n')}
`;
}

function obligationsPage() {
  const lines = OBLIGATIONS.map(({ area, owes, ids, proofs, inapplicable, open }) => {
    const state = proofs?.map(([path, name]) => `\`${path}\` › ${name}`) ?? [];
    const rest = [...(inapplicable ? [`does not apply: ${inapplicable}`] : []), ...(open ? [`open: ${open}`] : [])];
    return `| ${area} | ${owes} | ${ids} | ${[...state, ...rest].join('<br>')} |`;
  });
  const wholly = OBLIGATIONS.filter(({ proofs, open }) => proofs && !open).length;
  const partly = OBLIGATIONS.filter(({ proofs, open }) => proofs && open).length;
  const outside = OBLIGATIONS.filter(({ inapplicable }) => inapplicable).length;
  const required = Object.values(SHALLS).reduce((sum, count) => sum + count, 0);
  const named = caseNames();
  return `# What a CSMS owes

Every requirement of OCPP 2.0.1 Part 2 that binds a CSMS with SHALL (${required} of them), in our own words, with the test that proves it, or why it does not apply, or that it is open; and what other documents ask beside it.
Made from \`test/conformance\`; \`npm run check\` looks that every test named exists and that no requirement was forgotten. That a test is named here says where to look: what it proves, it says itself.
Of ${OBLIGATIONS.length} rows: ${wholly} proven, ${partly} proven in part, ${outside} that do not apply, ${OBLIGATIONS.length - wholly - partly - outside} open.

| Area | What is owed | Requirement | Proof |
|---|---|---|---|
${lines.join('\n')}

## Certification cases

The cases of the Open Charge Alliance's certification, by the profiles a CSMS is certified for, and which of them no test of ours is named after. A test beside \`test/conformance/conformance.spec.ts\` that has a case in its name looks at what goes over the wire and at what is left of it: the log, or the rows the interface answers with. Other specs have cases in their names too; what each proves, it says itself.

| Version | Profile | Cases | A test is named after | No test is named after |
|---|---|---|---|---|
${caseLines(named).join('\n')}

Named beside them: ${named.filter((id) => !PROFILES.some(({ cases }) => cases.includes(id))).join(' · ') || 'none'}
`;
}

function caseLines(named) {
  return PROFILES.map(({ version, name, cases }) => {
    const missing = cases.filter((id) => !named.includes(id));
    return `| ${version} | ${name} | ${cases.length} | ${cases.length - missing.length} | ${missing.join(' · ')} |`;
  });
}

/** Names of certification cases in specs, comments aside. */
function caseNames() {
  const code = specs.map(({ text }) => text.replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, ''));
  const found = code.flatMap((text) => text.match(/\bTC_(?:[A-P]_\d+|\d{3}(?:_\d)?)\b/g) ?? []);
  return [...new Set(found)].sort();
}

if (import.meta.main) {
  const rows = coverage();
  const wrong = complaints(rows);
  for (const [path, text] of [
    ['docs/ocpp-coverage.md', coveragePage(rows)],
    ['docs/ocpp-obligations.md', obligationsPage()],
  ])
    if (!process.argv.includes('--check')) writeFileSync(join(root, path), text);
    else if (textOf(path) !== text) wrong.push(`${path} is out of date: npm run generate`);
  for (const complaint of wrong) process.stderr.write(`${complaint}\n`);
  process.stdout.write(`${rows.length} messages, ${OBLIGATIONS.length} obligations\n`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
