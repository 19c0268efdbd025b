// Sorting numbers of claims by a key without a comparator: linear, and what was equal keeps its order.
// Which key means what is the caller's.
import { real, whole, workWholes } from './columns.js';

/** A key is sorted by in parts of so many bits: two or three parts where keys are near each other. */
const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;

/** Sorts `items` by `key[item]`, ascending, stably; NaN is not a key. Digit by digit, skipping those that all keys share. May return `items`. */
export function orderBy(items: Int32Array, key: Float64Array): Int32Array {
  if (isOrdered(items, key)) return items;
  const count = items.length;
  const { low, high } = sortableBits(key);
  let sorted = workWholes(count);
  sorted.set(items);
  let next = workWholes(count);
  const starts = workWholes(DIGITS + 1);
  for (const word of [low, high]) {
    const differing = differingBits(word, items);
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      if (((differing >>> shift) & (DIGITS - 1)) === 0) continue;
      starts.fill(0);
      for (let place = 0; place < count; place++) add(starts, ((whole(word, whole(items, place)) >>> shift) & (DIGITS - 1)) + 1);
      for (let digit = 0; digit < DIGITS; digit++) starts[digit + 1] = whole(starts, digit + 1) + whole(starts, digit);
      for (let place = 0; place < count; place++) {
        const item = whole(sorted, place);
        const digit = (whole(word, item) >>> shift) & (DIGITS - 1);
        next[whole(starts, digit)] = item;
        add(starts, digit);
      }
      [sorted, next] = [next, sorted];
    }
  }
  return sorted;
}

/** IEEE 754 numbers as unsigned integers of the same order: negative ones turned over, positive ones above them. −0 counts as 0. */
function sortableBits(key: Float64Array): { readonly low: Int32Array; readonly high: Int32Array } {
  const raw = new Int32Array(key.buffer, key.byteOffset, 2 * key.length);
  const low = workWholes(key.length);
  const high = workWholes(key.length);
  for (let item = 0; item < key.length; item++) {
    const top = whole(raw, 2 * item + 1);
    const isNegative = top < 0 && real(key, item) !== 0;
    low[item] = isNegative ? ~whole(raw, 2 * item) : whole(raw, 2 * item);
    high[item] = isNegative ? ~top : top | 0x80000000;
  }
  return { low, high };
}

function differingBits(word: Int32Array, items: Int32Array): number {
  const first = whole(word, whole(items, 0));
  let differing = 0;
  for (let place = 1; place < items.length; place++) differing |= whole(word, whole(items, place)) ^ first;
  return differing;
}

function isOrdered(items: Int32Array, key: Float64Array): boolean {
  for (let place = 1; place < items.length; place++) if (real(key, whole(items, place - 1)) > real(key, whole(items, place))) return false;
  return true;
}

const add = (counts: Int32Array, index: number): void => {
  counts[index] = whole(counts, index) + 1;
};
