// A burst at once, then what time gives back.
import { describe, expect, it } from '@jest/globals';
import { Budgets } from './budgets.js';

describe('a budget', () => {
  it('allows a burst and then the rate, each key for itself', () => {
    const budgets = new Budgets({ burst: 3, perS: 0.5 });
    expect([1, 2, 3, 4].map(() => budgets.spend('a', 1, 0))).toEqual([true, true, true, false]);
    expect(budgets.spend('b', 3, 0)).toBe(true);
    expect(budgets.of('a').waitMs(1, 0)).toBe(2_000);
    expect(budgets.spend('a', 1, 1_999)).toBe(false);
    expect(budgets.spend('a', 1, 2_000)).toBe(true);
  });
  it('never saves up more than a burst, and a clock that steps back gives nothing', () => {
    const budgets = new Budgets({ burst: 2, perS: 1 });
    budgets.spend('a', 2, 10_000);
    expect(budgets.spend('a', 1, 0)).toBe(false);
    expect(budgets.spend('a', 3, 1e9)).toBe(false);
    expect(budgets.spend('a', 2, 1e9)).toBe(true);
  });
});
