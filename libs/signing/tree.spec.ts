import { hash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { levelsOf, rootOf, wayOf } from './tree.js';

const leaf = (n: number): Buffer => hash('sha256', `leaf ${n}`, 'buffer');

describe('a tree of any size', () => {
  it.each([1, 2, 3, 5, 8, 13, 64])('of %i leaves leads each of them to its root, in its own place alone', (count) => {
    const leaves = Array.from({ length: count }, (_, n) => leaf(n));
    const levels = levelsOf(leaves);
    const [root] = levels.at(-1) as [Buffer];
    for (const [index, each] of leaves.entries()) {
      const way = wayOf(levels, index);
      expect(rootOf(each, index, count, way)).toEqual(root);
      expect(rootOf(leaf(count), index, count, way)).not.toEqual(root);
      if (count > 1) expect(rootOf(each, (index + 1) % count, count, way)).not.toEqual(root);
      expect(rootOf(each, index, count, Buffer.concat([way, leaf(0)]))).toBeUndefined();
    }
  });
});
