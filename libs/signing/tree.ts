// A hash tree (RFC 9162, 2.1): one signature over its root vouches for each of its leaves, which carry the way there.
// What a leaf says is signature.ts's.
import { hash } from 'node:crypto';

const join = (left: Buffer, right: Buffer): Buffer => hash('sha256', Buffer.concat([NODE, left, right]), 'buffer');
const NODE = Buffer.from([1]);

/** The levels of a tree, its leaves first; of an odd number the last moves up as it is. At least one leaf. */
export function levelsOf(leaves: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const levels = [leaves];
  for (let level = leaves; level.length > 1; levels.push(level)) {
    const above: Buffer[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at] as Buffer, level[at + 1]];
      above.push(right === undefined ? left : join(left, right));
    }
    level = above;
  }
  return levels;
}

/** What stands beside the way from a leaf to the root, from below. */
export function wayOf(levels: readonly (readonly Buffer[])[], index: number): Buffer {
  const beside: Buffer[] = [];
  for (const [height, level] of levels.entries()) {
    const sibling = level[(index >> height) ^ 1];
    if (sibling !== undefined && level.length > 1) beside.push(sibling);
  }
  return Buffer.concat(beside);
}

/** The root of a tree of `count` leaves with this one at `index`; undefined where the way does not fit such a tree. */
export function rootOf(leaf: Buffer, index: number, count: number, way: Buffer): Buffer | undefined {
  let [node, at, used] = [leaf, index, 0];
  for (let length = count; length > 1; length = Math.ceil(length / 2), at >>= 1) {
    if ((at ^ 1) >= length) continue;
    const sibling = way.subarray(used, used + leaf.length);
    if (sibling.length < leaf.length) return undefined;
    used += leaf.length;
    node = at % 2 === 0 ? join(node, sibling) : join(sibling, node);
  }
  return used === way.length ? node : undefined;
}
