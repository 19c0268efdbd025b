// Figures of a month that is over: what came late changes them from then on, and what was known before can be told again.
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { correctionsOf, uptimeKnownAt } from './corrections.js';
import { at, classified, DAY, exclusions, histories, LENGTH, MINUTE, PortLog } from './port.fixture.js';
import { RULE_SETS } from './rules.js';

const PORT = { evseId: 1 };
const { nevi } = RULE_SETS;
const window = { fromMs: at(0), toMs: at(200) };
const DAY_MINUTES = DAY / MINUTE;

it('a late word and a late classification each make a correction that names them', () => {
  const log = new PortLog().says(0, 'Available').says(50, 'Faulted').says(150, 'Available');
  const lateAt = 10 * DAY_MINUTES;
  log.says(60, 'Available', { heard: lateAt }).says(400, 'Faulted');
  const history = { facts: log.facts, classifications: [classified(9, 'vandalism', 50, 55, lateAt + 5)] };
  const known = (minute: number) => uptimeKnownAt(history, PORT, window, nevi, at(minute));
  expect(correctionsOf(history, PORT, window, nevi, at(lateAt + 10))).toMatchObject([
    { knownMs: at(lateAt), because: ['e3'], before: { outageMs: 100 * MINUTE }, after: { outageMs: 10 * MINUTE } },
    { knownMs: at(lateAt + 5), because: ['c9'], before: { excludedMs: 0 }, after: { excludedMs: 5 * MINUTE } },
  ]);
  expect([known(lateAt - 1).outageMs, known(lateAt).outageMs]).toEqual([100 * MINUTE, 10 * MINUTE]);
});

it('a silence that counts only after the month was reported makes a correction from then on, though no record tells of it', () => {
  const log = new PortLog().says(0, 'Available').lost(190, 195, DAY_MINUTES * 60);
  const countsMs = at(190 + 2 * DAY_MINUTES) + 1;
  const corrections = (knownMs: number) => correctionsOf({ facts: log.facts, classifications: [] }, PORT, window, nevi, knownMs);
  expect(corrections(countsMs - 1)).toEqual([]);
  expect(corrections(countsMs)).toMatchObject([
    { knownMs: countsMs, because: ['e1'], before: { outageMs: 0 }, after: { outageMs: 10 * MINUTE } },
  ]);
});

it('a judgement of later that takes the place of one about the window makes a correction', () => {
  const log = new PortLog().says(0, 'Available').says(150, 'Faulted').says(400, 'Available');
  const lateAt = 10 * DAY_MINUTES;
  const later = { ...classified(1, 'vandalism', 300, undefined, lateAt), outageId: `port:150` };
  const history = { facts: log.facts, classifications: [classified(0, 'vandalism', 150, undefined, 160), later] };
  expect(correctionsOf(history, PORT, window, nevi, at(lateAt))).toMatchObject([
    { because: ['c1'], before: { excludedMs: 50 * MINUTE }, after: { excludedMs: 0 } },
  ]);
});

it('the corrections of a window lead from what was reported to what is known now', () => {
  const short = { fromMs: at(0) - DAY, toMs: at(LENGTH / 2) - DAY };
  const shifted = { ...short, fromMs: at(0) - 2 * DAY, toMs: at(LENGTH / 2) };
  fc.assert(
    fc.property(histories, exclusions, fc.constantFrom(short, shifted), (facts, classifications, asked) => {
      // Heard days later, so that everything is late.
      const late = facts.map((fact) => ({ ...fact, receivedMs: fact.receivedMs + 3 * DAY }));
      const judged = classifications.map((each, index) => ({ ...each, receivedMs: at(index) + 4 * DAY }));
      const history = { facts: late, classifications: judged };
      const endMs = at(0) + 30 * DAY;
      const corrections = correctionsOf(history, PORT, asked, nevi, endMs);
      for (const [index, { before }] of corrections.entries()) if (index > 0) expect(before).toEqual(corrections[index - 1]?.after);
      const { inServiceMs, outageMs, excludedMs } = uptimeKnownAt(history, PORT, asked, nevi, endMs);
      const last = corrections.at(-1)?.after ?? { inServiceMs: 0, outageMs: 0, excludedMs: 0 };
      expect(last).toMatchObject({ inServiceMs, outageMs, excludedMs });
    }),
  );
});
