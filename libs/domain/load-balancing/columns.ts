// Columns of numbers as typed arrays: reading them, and work space for one computation after the other.
// What stands in them is their users'.

// A typed array holds a number at every index below its length, which the type of an index access does not say. One reader for each kind:
// a single one for all would see several kinds, and the engine is ten times slower then.
export const real = (array: Float64Array, index: number): number => array[index] as number;
export const whole = (array: Int32Array, index: number): number => array[index] as number;
export const flag = (array: Uint8Array, index: number): number => array[index] as number;

/** Of each of these its entry in `column`. */
export function gathered(column: Int32Array, indexes: Int32Array): Int32Array {
  const entries = workWholes(indexes.length);
  for (let place = 0; place < indexes.length; place++) entries[place] = whole(column, whole(indexes, place));
  return entries;
}

/** 0 … count − 1. */
export function range(count: number): Int32Array {
  const indexes = workWholes(count);
  for (let index = 0; index < count; index++) indexes[index] = index;
  return indexes;
}

export function joined(first: Int32Array, second: Int32Array): Int32Array {
  const both = workWholes(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Adds to `sums`, and returns it. */
export function addTo(sums: Float64Array, more: Float64Array): Float64Array {
  for (let index = 0; index < sums.length; index++) sums[index] = real(sums, index) + real(more, index);
  return sums;
}

/** Where an index is expected and there is none. */
export const NONE = -1;

let space = new ArrayBuffer(1 << 16);
let used = 0;

/** Begins a computation: the arrays of the one before are no longer its own. */
export function beginWork(): void {
  used = 0;
}

/** Zeros in the work space. Not to be kept: the next computation writes there. */
export function workReals(length: number): Float64Array {
  const from = taken(8 * length);
  return new Float64Array(space, from, length).fill(0);
}
export function workWholes(length: number): Int32Array {
  const from = taken(4 * length);
  return new Int32Array(space, from, length).fill(0);
}

/** A copy in the work space. */
export function workCopy(values: Float64Array): Float64Array {
  const copy = workReals(values.length);
  copy.set(values);
  return copy;
}

function taken(bytes: number): number {
  const from = used;
  used += Math.ceil(bytes / 8) * 8;
  if (used <= space.byteLength) return from;
  // Arrays taken before keep the old space alive as long as somebody reads them.
  space = new ArrayBuffer(2 * used);
  used = Math.ceil(bytes / 8) * 8;
  return 0;
}
