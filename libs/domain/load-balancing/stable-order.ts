// Sorting numbers of claims by a key without a comparator: linear, and what was equal keeps its order.
// Which key means what is the caller's.

/** Sorts `items` by `key[item]`, ascending, stably; NaN is not a key. Byte by byte, skipping bytes that all keys share. */
export function orderBy(items: Int32Array, key: Float64Array): Int32Array {
  const count = items.length;
  const bits = new Uint32Array(2 * count);
  const raw = new Uint32Array(key.buffer, key.byteOffset, 2 * key.length);
  for (let place = 0; place < count; place++) {
    const item = items[place] as number;
    const low = raw[2 * item] as number;
    const high = raw[2 * item + 1] as number;
    // Order of IEEE 754 numbers as unsigned integers: negative ones turned over, positive ones above them. −0 counts as 0.
    const isNegative = high >>> 31 === 1 && key[item] !== 0;
    bits[2 * place] = isNegative ? ~low : low;
    bits[2 * place + 1] = isNegative ? ~high : high | 0x80000000;
  }
  let places = Int32Array.from({ length: count }, (_, place) => place);
  let next = new Int32Array(count);
  const counts = new Int32Array(257);
  for (let byte = 0; byte < 8; byte++) {
    const word = byte >> 2;
    const shift = (byte & 3) * 8;
    counts.fill(0);
    for (let place = 0; place < count; place++) add(counts, ((((bits[2 * place + word] as number) >>> shift) & 255) + 1) as number);
    if (counts.includes(count)) continue;
    for (let digit = 0; digit < 256; digit++) counts[digit + 1] = (counts[digit + 1] as number) + (counts[digit] as number);
    for (const place of places) {
      const digit = ((bits[2 * place + word] as number) >>> shift) & 255;
      next[counts[digit] as number] = place;
      add(counts, digit);
    }
    [places, next] = [next, places];
  }
  return places.map((place) => items[place] as number);
}

const add = (counts: Int32Array, index: number): void => {
  counts[index] = (counts[index] as number) + 1;
};
