// Events around the Dutch profile (GAC 2.1), judged by Elaad's validators and by ours: node test/interop/gac.mjs PYTHON [events]. Needs `npm run build`.
// PYTHON has openadr3-client-gac-compliance. What they refuse and we follow is a failure; what we refuse besides is told.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { chance } from '#apps/simulator';
import { gacRefusals } from '#domain/grid-signals';
import { readEvent } from '../../dist/apps/grid/openadr/event-shape.js';

const [python, count = '3000'] = process.argv.slice(2);
if (python === undefined) throw new Error('usage: gac.mjs PYTHON [events]');
const SEED = 7;
const random = chance(SEED);
const mostly = (usual, ...others) => (random.next() < 0.85 ? usual : random.pick(others));

const LIMIT = 'IMPORT_CAPACITY_LIMIT';
const EAN = '871687120000000001';
const intervalPeriod = { start: '2026-11-01T00:00:00Z', duration: 'PT1H' };
const descriptor = (payloadType, units) => ({ objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType, units });
const payload = (type, ...values) => ({ type, values });

function event() {
  const isOnTop = random.next() < 0.5;
  const interval = (_, index) => ({
    id: mostly(index, 0, 5),
    ...(isOnTop === random.next() < 0.05 && { intervalPeriod }),
    payloads: mostly([payload(LIMIT, 5)], [], [payload('PRICE', 5)], [payload(LIMIT, 5, 6)], [payload(LIMIT, 5), payload(LIMIT, 6)]),
  });
  return {
    programID: 'p',
    targets: mostly([EAN], [], ['depot'], [EAN, '12'], [`${EAN}2`]),
    payloadDescriptors: mostly(
      [descriptor(LIMIT, 'KW')],
      [descriptor(LIMIT, 'KWH')],
      [descriptor('PRICE', 'KW')],
      [descriptor(LIMIT, 'KW'), descriptor('PRICE', 'KWH')],
      null,
    ),
    ...(isOnTop && { intervalPeriod }),
    ...mostly({}, { priority: 0 }, { priority: 3 }),
    intervals: Array.from({ length: mostly(2, 0, 1, 3) }, interval),
  };
}

const events = Array.from({ length: Number(count) }, event);
const { stdout, stderr } = spawnSync(python, [join(import.meta.dirname, 'openadr3-client/gac.py')], {
  input: JSON.stringify(events),
  encoding: 'utf8',
  maxBuffer: 1 << 28,
});
if (stdout === '') throw new Error(stderr);
const ours = events.map((each) => {
  const read = readEvent('event', each);
  return 'path' in read ? [read] : gacRefusals('3.1', read);
});
const judged = JSON.parse(stdout).map((theirs, index) => ({ theirs, refusals: ours[index], event: events[index] }));
const loose = judged.filter(({ theirs, refusals }) => !theirs && refusals.length === 0);
const strict = judged.filter(({ theirs, refusals }) => theirs && refusals.length > 0);
const both = judged.filter(({ theirs, refusals }) => theirs && refusals.length === 0);
process.stdout.write(
  `GAC 2.1 (seed ${SEED}): ${events.length} events, ${both.length} kept by both, ${loose.length} by us alone, ${strict.length} by them alone\n`,
);
for (const { refusals } of strict.slice(0, 3))
  process.stdout.write(`  by them alone: ${refusals.map(({ path, message }) => `${path}: ${message}`).join('; ')}\n`);
for (const each of loose.slice(0, 3)) process.stdout.write(`  by us alone: ${JSON.stringify(each.event)}\n`);
if (loose.length > 0 || both.length === 0) process.exitCode = 1;
