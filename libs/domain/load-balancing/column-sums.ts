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
  private readonly perBottleneck: Float64Array;
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
    [this.bound, this.perBottleneck] = [workReals(count), workReals(count)];
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

  // All at once, for the routes on which somebody rises

  /** To `bound` the levels, not below `level`, before which nothing on a route is full even if all that rises rose for ever. */
  boundRoutes(active: Int32Array, level: number, bound: Float64Array): void {
    const { count, next } = this.bottlenecks;
    const { from, first } = this.ways;
    const { bound: own, perBottleneck: upwards } = this;
    for (let b = 0; b < count; b++) {
      const above = whole(next, b);
      own[b] = this.levelOf(b, level);
      upwards[b] = above === NONE ? real(own, b) : Math.min(real(own, b), real(upwards, above));
    }
    for (let place = 0; place < active.length; place++) {
      const route = whole(active, place);
      let least = Number.POSITIVE_INFINITY;
      for (let k = whole(from, route), end = whole(from, route + 1); k < end; k++) least = Math.min(least, real(upwards, whole(first, k)));
      bound[route] = least;
    }
  }

  /**
   * A column is full at its bound indeed when nothing happens before on any route through it (`quietUntil`: the level up to which nothing does).
   * To `full` the first such column on each route, NONE where there is none.
   */
  findFull(active: Int32Array, quietUntil: Float64Array, full: Int32Array): void {
    const { count, column, next } = this.bottlenecks;
    const { from, first } = this.ways;
    const { bound, perBottleneck: quiet, fullUpwards } = this;
    quiet.fill(Number.POSITIVE_INFINITY);
    for (let place = 0; place < active.length; place++) {
      const route = whole(active, place);
      const until = real(quietUntil, route);
      for (let k = whole(from, route), end = whole(from, route + 1); k < end; k++) {
        const b = whole(first, k);
        quiet[b] = Math.min(real(quiet, b), until);
      }
    }
    for (let b = count - 1; b >= 0; b--) {
      const above = whole(next, b);
      if (above !== NONE) quiet[above] = Math.min(real(quiet, above), real(quiet, b));
    }
    for (let b = 0; b < count; b++) {
      const isFull = real(bound, b) <= real(quiet, b) && real(bound, b) < Number.POSITIVE_INFINITY;
      const above = whole(next, b);
      fullUpwards[b] = isFull ? whole(column, b) : above === NONE ? NONE : whole(fullUpwards, above);
    }
    for (let place = 0; place < active.length; place++) {
      const route = whole(active, place);
      for (let k = whole(from, route), end = whole(from, route + 1); k < end && whole(full, route) === NONE; k++)
        full[route] = whole(fullUpwards, whole(first, k));
    }
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
