// Binary heap of columns by the level at which each fills up, with a place for every column so that a level can change.
// What a level means is the filling's.
import { NONE, real, whole, workReals, workWholes } from './columns.js';

export class LevelHeap {
  /** In the order of the heap: the children of place p are at 2p + 1 and 2p + 2. */
  private readonly items: Int32Array;
  private readonly levels: Float64Array;
  /** Per item. */
  private readonly place: Int32Array;
  private size = 0;

  constructor(capacity: number) {
    this.items = workWholes(capacity);
    this.levels = workReals(capacity);
    this.place = workWholes(capacity).fill(NONE);
  }

  /** Infinity when empty. */
  topLevel(): number {
    return this.size > 0 ? real(this.levels, 0) : Number.POSITIVE_INFINITY;
  }

  top(): number {
    return whole(this.items, 0);
  }

  /** Enters a column, or moves it. One that never fills up is taken out. */
  set(item: number, level: number): void {
    const place = whole(this.place, item);
    if (level === Number.POSITIVE_INFINITY) {
      if (place !== NONE) this.remove(place);
    } else if (place === NONE) this.up(this.size++, item, level);
    else if (level < real(this.levels, place)) this.up(place, item, level);
    else this.down(place, item, level);
  }

  /** Enters a column at `level`, unless it is there at an earlier one. */
  bringForward(item: number, level: number): void {
    const place = whole(this.place, item);
    if (place === NONE || level < real(this.levels, place)) this.set(item, level);
  }

  private remove(place: number): void {
    this.place[whole(this.items, place)] = NONE;
    const last = --this.size;
    if (place === last) return;
    const [item, level] = [whole(this.items, last), real(this.levels, last)];
    this.up(place, item, level);
    this.down(whole(this.place, item), item, level);
  }

  private put(place: number, item: number, level: number): void {
    this.items[place] = item;
    this.levels[place] = level;
    this.place[item] = place;
  }

  private up(from: number, item: number, level: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = real(this.levels, parent);
      if (above <= level) break;
      this.put(place, whole(this.items, parent), above);
      place = parent;
    }
    this.put(place, item, level);
  }

  private down(from: number, item: number, level: number): void {
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && real(this.levels, child + 1) < real(this.levels, child)) child++;
      const below = real(this.levels, child);
      if (level <= below) break;
      this.put(place, whole(this.items, child), below);
      place = child;
    }
    this.put(place, item, level);
  }
}
