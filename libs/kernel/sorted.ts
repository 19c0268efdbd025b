// Looking something up in what is in order. Putting it in order is its owner's.

/** Index of the first for which a test holds that, from there on, holds for all; the length where it holds for none. By halving. */
export function firstIndex<T>(inOrder: readonly T[], holds: (each: T) => boolean): number {
  let [low, high] = [0, inOrder.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(inOrder[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
