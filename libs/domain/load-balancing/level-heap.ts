// Binary heap of columns by the level at which each fills up, with a place for every column so that a level can change.
// What a level means is the filling's.

const NOWHERE = -1;

export class LevelHeap {
  private readonly items: Int32Array;
  private readonly place: Int32Array;
  private readonly level: Float64Array;
  private size = 0;

  constructor(capacity: number) {
    this.items = new Int32Array(capacity);
    this.place = new Int32Array(capacity).fill(NOWHERE);
    this.level = new Float64Array(capacity);
  }

  /** Infinity when empty. */
  topLevel(): number {
    return this.size > 0 ? num(this.level, num(this.items, 0)) : Number.POSITIVE_INFINITY;
  }

  top(): number {
    return num(this.items, 0);
  }

  /** Enters a column, or moves it. One that never fills up is taken out. */
  set(item: number, level: number): void {
    const place = num(this.place, item);
    if (level === Number.POSITIVE_INFINITY) {
      if (place !== NOWHERE) this.remove(place);
      return;
    }
    const before = num(this.level, item);
    this.level[item] = level;
    if (place === NOWHERE) this.up(this.size++, item);
    else if (level < before) this.up(place, item);
    else if (level > before) this.down(place, item);
  }

  private remove(place: number): void {
    this.place[num(this.items, place)] = NOWHERE;
    const last = num(this.items, --this.size);
    if (place === this.size) return;
    this.up(place, last);
    this.down(num(this.place, last), last);
  }

  private put(index: number, item: number): void {
    this.items[index] = item;
    this.place[item] = index;
  }

  private up(from: number, item: number): void {
    let index = from;
    const level = num(this.level, item);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = num(this.items, parent);
      if (num(this.level, above) <= level) break;
      this.put(index, above);
      index = parent;
    }
    this.put(index, item);
  }

  private down(from: number, item: number): void {
    let index = from;
    const level = num(this.level, item);
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.size) break;
      const right = child + 1;
      if (right < this.size && num(this.level, num(this.items, right)) < num(this.level, num(this.items, child))) child = right;
      const below = num(this.items, child);
      if (level <= num(this.level, below)) break;
      this.put(index, below);
      index = child;
    }
    this.put(index, item);
  }
}

/** Typed arrays hold a number at every index below their length. */
const num = (array: Float64Array | Int32Array, index: number): number => array[index] as number;
