// A number that is found when somebody asks, and not before.
import { describe, expect, it } from '@jest/globals';
import { Later, numberOf } from './later.js';

describe('a number for later', () => {
  it('is looked for once, when it is asked for first', () => {
    let looks = 0;
    const later = new Later(() => ++looks);
    expect(looks).toBe(0);
    expect([later.value, later.value, numberOf(later)]).toEqual([1, 1, 1]);
  });

  it('is a number in JSON, and no field where there is none', () => {
    const state = { one: new Later(() => 1), none: new Later(() => undefined) };
    expect(JSON.stringify(state)).toBe('{"one":1}');
  });
});
