// What flows in each bottleneck while the filling level rises: what is at rest, what rises with the level, and so the level at which it is full.
// Who rises, and who stops when, is the filling's.
import type { Bottlenecks, Ways } from './bottlenecks.js';
import { NONE, range, real, whole, workReals, workWholes } from './columns.js';
import { LevelHeap } from './level-heap.js';
import { type Load, timesUntil } from './load.js';

/** What is left of a slope when all that rose has stopped; weights are much larger. */
const RESIDUE = 1e-6;

export class ColumnSums {
  /** Per route. */
  private readonly ways: Ways;
  /** At 2b what does not rise, at 2b + 1 what rises per level. */
  private readonly re: Float64Array;
  private readonly im: Float64Array;
  /** Levels before which none is full, per bottleneck and the next of all: risers that stop only put it off, which is looked at when its turn comes. */
  private readonly bound: Float64Array;
  private readonly heap: LevelHeap;
  /** In a round, per bottleneck: the least bound from there on up, until when nothing happens there, and the first full column from there on up. */
  private readonly boundUpwards: Float64Array;
  private readonly quietUntil: Float64Array;
  private readonly fullUpwards: Int32Array;

  /** `load`: what flows besides; per route the mA that do not rise, and mA per level of those that do. */
  constructor(
    private readonly bottlenecks: Bottlenecks,
    load: Load,
    fixed: Float64Array,
    slope: Float64Array,
  ) {
    const { count, routes, paths } = bottlenecks;
    this.ways = bottlenecks.waysOf(range(routes));
    this.re = this.added(load.re, fixed, slope, this.ways.re);
    this.im = paths.isReal ? workReals(2 * count) : this.added(load.im, fixed, slope, this.ways.im);
    [this.bound, this.boundUpwards, this.quietUntil] = [workReals(count), workReals(count), workReals(count)];
    this.fullUpwards = workWholes(count);
    this.heap = new LevelHeap(count);
  }

  private added(load: Float64Array, fixed: Float64Array, slope: Float64Array, share: Float64Array): Float64Array {
    const { count, column, next } = this.bottlenecks;
    const { from, first } = this.ways;
    const both = workReals(2 * count);
    for (let route = 0; route < fixed.length; route++) {
      const atRest = real(fixed, route);
      const rising = real(slope, route);
      for (let k = whole(from, route), end = whole(from, route + 1); k < end; k++) {
        const b = whole(first, k);
        both[2 * b] = real(both, 2 * b) + real(share, k) * atRest;
        both[2 * b + 1] = real(both, 2 * b + 1) + real(share, k) * rising;
      }
    }
    for (let b = count - 1; b >= 0; b--) {
      const above = whole(next, b);
      if (above !== NONE) {
        both[2 * above] = real(both, 2 * above) + real(both, 2 * b);
        both[2 * above + 1] = real(both, 2 * above + 1) + real(both, 2 * b + 1);
      }
      both[2 * b] = real(both, 2 * b) + real(load, whole(column, b));
    }
    return both;
  }

  /** On a route: mA that do not rise, and mA per level of those that do. */
  change(route: number, fixed: number, slope: number): void {
    const { next, paths } = this.bottlenecks;
    const { from, first, re, im } = this.ways;
    for (let k = whole(from, route), end = whole(from, route + 1); k < end; k++)
      for (let b = whole(first, k); b !== NONE; b = whole(next, b)) {
        this.re[2 * b] = real(this.re, 2 * b) + real(re, k) * fixed;
        this.re[2 * b + 1] = real(this.re, 2 * b + 1) + real(re, k) * slope;
        if (paths.isReal) continue;
        this.im[2 * b] = real(this.im, 2 * b) + real(im, k) * fixed;
        this.im[2 * b + 1] = real(this.im, 2 * b + 1) + real(im, k) * slope;
      }
  }

  private levelOf(b: number, level: number): number {
    const dx = real(this.re, 2 * b + 1);
    const dy = real(this.im, 2 * b + 1);
    if (Math.abs(dx) < RESIDUE && Math.abs(dy) < RESIDUE) return Number.POSITIVE_INFINITY;
    return Math.max(level, timesUntil(real(this.re, 2 * b), real(this.im, 2 * b), dx, dy, real(this.bottlenecks.limit, b)));
  }

  // In rounds

  /** What is full from where on is asked as of now, and not below `level`; changes count in the next round. */
  beginRound(level: number): void {
    const { count, next } = this.bottlenecks;
    for (let b = 0; b < count; b++) {
      const above = whole(next, b);
      this.bound[b] = this.levelOf(b, level);
      this.boundUpwards[b] = above === NONE ? real(this.bound, b) : Math.min(real(this.bound, b), real(this.boundUpwards, above));
    }
    this.quietUntil.fill(Number.POSITIVE_INFINITY);
  }

  /** A level before which nothing on the route is full, even if all that rises rose for ever. */
  boundOf(route: number): number {
    const { from, first } = this.ways;
    let bound = Number.POSITIVE_INFINITY;
    for (let k = whole(from, route), end = whole(from, route + 1); k < end; k++)
      bound = Math.min(bound, real(this.boundUpwards, whole(first, k)));
    return bound;
  }

  /** Nothing happens on the route before `level`. */
  isQuiet(route: number, level: number): void {
    const { from, first } = this.ways;
    for (let k = whole(from, route), end = whole(from, route + 1); k < end; k++) {
      const b = whole(first, k);
      this.quietUntil[b] = Math.min(real(this.quietUntil, b), level);
    }
  }

  /** A column is full at its bound indeed where nothing happens before on any route through it: of all routes it was said until when. */
  findFull(): void {
    const { count, column, next } = this.bottlenecks;
    for (let b = count - 1; b >= 0; b--) {
      const above = whole(next, b);
      if (above !== NONE) this.quietUntil[above] = Math.min(real(this.quietUntil, above), real(this.quietUntil, b));
    }
    for (let b = 0; b < count; b++) {
      const isFull = real(this.bound, b) <= real(this.quietUntil, b) && real(this.bound, b) < Number.POSITIVE_INFINITY;
      const above = whole(next, b);
      this.fullUpwards[b] = isFull ? whole(column, b) : above === NONE ? NONE : whole(this.fullUpwards, above);
    }
  }

  /** The first column on the route that was found to be full, at the bound of the route; NONE where there is none. */
  fullOn(route: number): number {
    const { from, first } = this.ways;
    for (let k = whole(from, route), end = whole(from, route + 1); k < end; k++) {
      const full = whole(this.fullUpwards, whole(first, k));
      if (full !== NONE) return full;
    }
    return NONE;
  }

  // One after the other

  queue(level: number): void {
    for (let b = 0; b < this.bottlenecks.count; b++) this.heap.set(b, this.levelOf(b, level));
  }

  /** More rises on a route: its bottlenecks may be full as soon as `level`. */
  lookAgain(route: number, level: number): void {
    const { from, first } = this.ways;
    for (let k = whole(from, route), end = whole(from, route + 1); k < end; k++)
      for (let b = whole(first, k); b !== NONE; b = whole(this.bottlenecks.next, b)) this.heap.bringForward(b, level);
  }

  /** A level before which none is full. */
  nextFull(): number {
    return this.heap.topLevel();
  }

  /** Whether the one it is about is full there indeed; where not, the bound is moved. */
  isNextFull(level: number): boolean {
    const at = this.levelOf(this.heap.top(), level);
    const isFull = at <= this.nextFull();
    if (!isFull) this.heap.set(this.heap.top(), at);
    return isFull;
  }

  /** The one it is about. */
  top(): number {
    return this.heap.top();
  }

  /** Whether more on the route at this place of `through` makes less flow there. */
  relieves(place: number, level: number): boolean {
    const { isReal, throughRe, throughIm } = this.bottlenecks.paths;
    if (isReal) return false;
    const b = this.heap.top();
    const x = real(this.re, 2 * b) + real(this.re, 2 * b + 1) * level;
    const y = real(this.im, 2 * b) + real(this.im, 2 * b + 1) * level;
    return x * real(throughRe, place) + y * real(throughIm, place) < 0;
  }

  /** Nobody is to rise any more there, or only who relieves it. */
  leave(level: number, isRelieved: boolean): void {
    this.heap.set(this.heap.top(), isRelieved ? this.levelOf(this.heap.top(), level) : Number.POSITIVE_INFINITY);
  }
}
