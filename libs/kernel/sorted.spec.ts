import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstIndex } from './sorted.js';

it('finds what looking at each would find', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), fc.integer({ min: -1, max: 21 }), (numbers, limit) => {
      const inOrder = numbers.toSorted((a, b) => a - b);
      const found = inOrder.findIndex((each) => each > limit);
      expect(firstIndex(inOrder, (each) => each > limit)).toBe(found === -1 ? inOrder.length : found);
    }),
  );
});
