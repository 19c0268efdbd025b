// How a run of others' suite is judged: by the list of what is known to fail in it, and by nothing else.
// The suites themselves run by hand against their checkouts (docs/interop.md).
import { describe, expect, it } from '@jest/globals';
import { expectedOf, judgeRun, rowsOf } from '../interop/support/judge.mjs';

const KNOWN = { A_04: 'sockets', B_08: 'bounds' };
const ran = (passed: boolean, ...ids: readonly string[]) => ids.map((id) => ({ id, passed }));

describe('a run of others’ suite', () => {
  it('is well where only what is known to fail did', () => {
    expect(judgeRun([...ran(true, 'B_01'), ...ran(false, 'A_04')], KNOWN)).toEqual([]);
  });
  it('is not where no case ran', () => expect(judgeRun([], KNOWN)).toEqual(['no case ran']));
  it('is not where another case failed', () => {
    expect(judgeRun([...ran(true, 'B_02'), ...ran(false, 'B_01', 'A_04')], KNOWN)).toEqual(['B_01 failed']);
    expect(judgeRun(ran(false, 'constructor'), KNOWN)).toEqual(['constructor failed']);
  });
  it('is not where one that was known to fail passed, and says which', () => {
    expect(judgeRun(ran(true, 'A_04'), KNOWN)).toEqual(['A_04 passed, and was expected to fail (sockets): take it off the list']);
  });
  it('says nothing of a case that depends on what comes first', () => {
    for (const passed of [true, false]) expect(judgeRun(ran(passed, 'K_59'), { K_59: 'timing' })).toEqual([]);
  });
  it('counts a case of many as failed where one of them did', () => {
    expect(judgeRun([...ran(false, 'A_04'), ...ran(true, 'A_04')], KNOWN)).toEqual([]);
    expect(judgeRun([...ran(false, 'B_01'), ...ran(true, 'B_01')], KNOWN)).toEqual(['B_01 failed']);
  });
});

it('reads the table of open-ocpp-tck: what ran again alone counts as it did then, what does not apply did not run', () => {
  const table = `| scenario | cp | verdict | checks | failed | skipped | isolated retry |
| --- | --- | --- | --- | --- | --- | --- |
| tc001 | CP1 | PASS | 7 | 0 | 0 | - |
| tc002 | CP1 | PARTIAL | 7 | 0 | 1 | - |
| tc003 | CP2 | FAIL | 7 | 1 | 0 | PASS (flake) |
| tc004 | CP2 | FAIL — known. | 7 | 1 | 0 | FAIL (confirmed) |
| tc005 | CP3 | NOT APPLICABLE (no such thing) | - | - | - | - |
| tc006 | CP3 | ERROR | - | - | - | ERROR (confirmed) |
`;
  expect(rowsOf(table)).toEqual([...ran(true, 'tc001', 'tc002', 'tc003'), ...ran(false, 'tc004', 'tc006')]);
  expect(rowsOf('| tc001 | CP1 | PASS | 7 | 0 | 0 |')).toEqual(ran(true, 'tc001'));
});

it.each(['octt', 'sap', 'micro-ocpp'])('%s: has a list for each version, each reason a word', (suite) => {
  const lists = expectedOf(suite) as Readonly<Record<string, Readonly<Record<string, string>>>>;
  expect(Object.keys(lists)).toEqual(['1.6', '2.0.1']);
  for (const reason of Object.values(lists).flatMap((list) => Object.values(list))) expect(reason).toMatch(/^[a-z]+$/);
});
