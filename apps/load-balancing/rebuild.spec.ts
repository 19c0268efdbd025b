// What is left undone where the log is folded again: what was told is taken as it is, and what only a live owner waits for is not looked for.
// That rows and states are those of the first time is seen wherever rows are compared with a replay.
import { describe, expect, it } from '@jest/globals';
import type { SiteEvent } from '#contracts';
import { Later, numberOf } from '#kernel';
import type { Change } from '#service';
import { siteFold } from './decide.js';
import { site } from './site.fixture.js';
import type { SiteState } from './state.js';

/** Two cars at a limit, and every change that came of it. */
function charging() {
  const it = site(['A', 'B'], 20);
  const changes: Change<SiteState, SiteEvent>[] = [];
  it.heard = (change) => changes.push(change);
  it.start('A', 1);
  it.start('B', 2);
  return { it, changes };
}

describe('a site that is folded again', () => {
  it('is above its limit where that was told, and nowhere else', () => {
    const { it, changes } = charging();
    const sampledValue = ['L1', 'L2', 'L3'].map((phase) => ({ value: '32', measurand: 'Current.Import', unit: 'A', phase }));
    it.call('A', 'MeterValues', {
      connectorId: 1,
      transactionId: 1,
      meterValue: [{ timestamp: new Date(it.nowMs).toISOString(), sampledValue }],
    });
    const { before, input, outputs } = changes.findLast((each) => each.outputs.some(({ type }) => type === 'LimitExceeded')) as Change<
      SiteState,
      SiteEvent
    >;
    const others = outputs.filter(({ type }) => type !== 'LimitExceeded');
    expect(Object.keys(siteFold.evolve(before, input, outputs).exceeded)).not.toEqual([]);
    expect(siteFold.evolve(before, input, others).exceeded).toEqual({});
  });

  it('finds when it wants to be looked at again once somebody asks, and the same as one at rest', () => {
    const { changes } = charging();
    const states = changes.map(({ before, input, outputs }) => siteFold.evolve(before, input, outputs));
    expect(states.some(({ lookAgainMs }) => lookAgainMs instanceof Later)).toBe(true);
    for (const state of states) {
      const atRest: SiteState = JSON.parse(JSON.stringify(state));
      expect(numberOf(state.lookAgainMs)).toBe(atRest.lookAgainMs);
      expect(siteFold.nextDue?.(state)).toEqual(siteFold.nextDue?.(atRest));
    }
  });
});
