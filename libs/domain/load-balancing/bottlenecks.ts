// The columns that claims would overfill if each had the most it can use: only these can keep anybody from more, so only these are looked at.
// Who takes how much of them is the split's and the filling's.
import { addTo, flag, NONE, real, whole, workReals, workWholes } from './columns.js';
import { type Load, magnitude } from './load.js';
import type { Paths } from './routes.js';

export class Bottlenecks {
  readonly routes: number;
  /** How many there are: they are numbered among themselves, in the order of the columns. */
  readonly count: number;
  /** Per bottleneck its column, and what may flow there [mA]: the capacity, less `reserveMa` where sums are not exact. */
  readonly column: Int32Array;
  readonly limit: Float64Array;
  /** Those on route r are at start[r] … start[r + 1] − 1, from each entry on the way up; with what an ampere is there. */
  readonly start: Int32Array;
  readonly onRoute: Int32Array;
  readonly re: Float64Array;
  readonly im: Float64Array;

  /** `mostMa`: per route what its claims can use together; `occupied`: what flows besides. */
  constructor(
    readonly paths: Paths,
    private readonly capacity: Float64Array,
    private readonly occupied: Load,
    mostMa: Float64Array,
    private readonly reserveMa: number,
  ) {
    const most = paths.sums(mostMa, paths.length);
    this.routes = mostMa.length;
    const size = capacity.length;
    this.column = workWholes(size);
    this.limit = workReals(size);
    // Per column the bottleneck it is, or the first one above it; per bottleneck the next one above it, and how many there are from it on.
    const from = workWholes(size);
    const next = workWholes(size);
    const steps = workWholes(size);
    let count = 0;
    for (let c = 0; c < size; c++) {
      const up = whole(paths.above, c);
      const above = up === NONE ? NONE : whole(from, up);
      const limit = real(capacity, c) - (flag(paths.isExact, c) === 1 ? 0 : reserveMa);
      if (real(most, c) === 0 || Math.abs(magnitude(occupied, c)) + real(most, c) <= limit) from[c] = above;
      else {
        this.column[count] = c;
        this.limit[count] = limit;
        next[count] = above;
        steps[count] = above === NONE ? 1 : whole(steps, above) + 1;
        from[c] = count++;
      }
    }
    this.count = count;
    this.start = workWholes(mostMa.length + 1);
    for (let route = 0; route < mostMa.length; route++) {
      let length = 0;
      if (real(mostMa, route) > 0)
        for (let k = whole(paths.start, route), end = whole(paths.start, route + 1); k < end; k++) {
          const first = whole(from, whole(paths.column, k));
          if (first !== NONE) length += whole(steps, first);
        }
      this.start[route + 1] = whole(this.start, route) + length;
    }
    const entries = whole(this.start, mostMa.length);
    this.onRoute = workWholes(entries);
    this.re = workReals(entries);
    this.im = workReals(paths.isReal ? 0 : entries);
    let place = 0;
    for (let route = 0; route < mostMa.length; route++) {
      if (real(mostMa, route) === 0) continue;
      for (let k = whole(paths.start, route), end = whole(paths.start, route + 1); k < end; k++)
        for (let b = whole(from, whole(paths.column, k)); b !== NONE; b = whole(next, b)) {
          this.onRoute[place] = b;
          this.re[place] = real(paths.re, k);
          if (!paths.isReal) this.im[place] = real(paths.im, k);
          place++;
        }
    }
  }

  /** Those that so many mA per route on top of `load` would overfill. */
  after(load: Load, routeMa: Float64Array): Bottlenecks {
    return new Bottlenecks(this.paths, this.capacity, load, routeMa, this.reserveMa);
  }

  /** Whether there is room for so many mA per route. */
  haveRoomFor(routeMa: Float64Array): boolean {
    const load = this.paths.loaded(this.occupied, routeMa);
    for (let b = 0; b < this.count; b++) {
      const c = whole(this.column, b);
      if (magnitude(load, c) > real(this.capacity, c)) return false;
    }
    return true;
  }

  /** The first column on the route that has no room for `ma` more than `load`, NONE if there is none. */
  firstFull({ re, im }: Load, route: number, ma: number): number {
    for (let k = whole(this.start, route), end = whole(this.start, route + 1); k < end; k++) {
      const c = whole(this.column, whole(this.onRoute, k));
      const x = real(re, c) + real(this.re, k) * ma;
      const y = this.paths.isReal ? 0 : real(im, c) + real(this.im, k) * ma;
      if ((y === 0 ? x : Math.hypot(x, y)) > real(this.capacity, c)) return c;
    }
    return NONE;
  }

  /** Adds to the load here; what happens elsewhere on the route can wait. */
  add({ re, im }: Load, route: number, ma: number): void {
    for (let k = whole(this.start, route), end = whole(this.start, route + 1); k < end; k++) {
      const c = whole(this.column, whole(this.onRoute, k));
      re[c] = real(re, c) + real(this.re, k) * ma;
      if (!this.paths.isReal) im[c] = real(im, c) + real(this.im, k) * ma;
    }
  }

  /** Adds everywhere but here what was added here route by route. */
  addElsewhere({ re, im }: Load, routeMa: Float64Array): void {
    const { paths } = this;
    addTo(re, this.exceptHere(paths.sums(routeMa, paths.re)));
    if (!paths.isReal) addTo(im, this.exceptHere(paths.sums(routeMa, paths.im)));
  }

  private exceptHere(sums: Float64Array): Float64Array {
    for (let b = 0; b < this.count; b++) sums[whole(this.column, b)] = 0;
    return sums;
  }
}
