// Binary heap of columns by the level at which each fills up, with a place for every column so that a level can change.
// What a level means is the filling's.
import { real, whole, workReals, workWholes } from './columns.js';

const NOWHERE = -1;

export class LevelHeap {
  private readonly items: Int32Array;
  private readonly place: Int32Array;
  private readonly level: Float64Array;
  private size = 0;

  constructor(capacity: number) {
    this.items = workWholes(capacity);
    this.place = workWholes(capacity).fill(NOWHERE);
    this.level = workReals(capacity);
  }

  /** Infinity when empty. */
  topLevel(): number {
    return this.size > 0 ? real(this.level, whole(this.items, 0)) : Number.POSITIVE_INFINITY;
  }

  top(): number {
    return whole(this.items, 0);
  }

  /** Enters a column, or moves it. One that never fills up is taken out. */
  set(item: number, level: number): void {
    const place = whole(this.place, item);
    if (level === Number.POSITIVE_INFINITY) {
      if (place !== NOWHERE) this.remove(place);
      return;
    }
    const before = real(this.level, item);
    this.level[item] = level;
    if (place === NOWHERE) this.up(this.size++, item);
    else if (level < before) this.up(place, item);
    else if (level > before) this.down(place, item);
  }

  private remove(place: number): void {
    this.place[whole(this.items, place)] = NOWHERE;
    const last = whole(this.items, --this.size);
    if (place === this.size) return;
    this.up(place, last);
    this.down(whole(this.place, last), last);
  }

  private put(index: number, item: number): void {
    this.items[index] = item;
    this.place[item] = index;
  }

  private up(from: number, item: number): void {
    let index = from;
    const level = real(this.level, item);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = whole(this.items, parent);
      if (real(this.level, above) <= level) break;
      this.put(index, above);
      index = parent;
    }
    this.put(index, item);
  }

  private down(from: number, item: number): void {
    let index = from;
    const level = real(this.level, item);
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.size) break;
      const right = child + 1;
      if (right < this.size && real(this.level, whole(this.items, right)) < real(this.level, whole(this.items, child))) child = right;
      const below = whole(this.items, child);
      if (level <= real(this.level, below)) break;
      this.put(index, below);
      index = child;
    }
    this.put(index, item);
  }
}
