// The columns that claims would overfill if each had the most it can use: only these can keep anybody from more, so only these are looked at.
// Who takes how much of them is the split's and the filling's.
import { addTo, flag, NONE, real, whole, workReals, workWholes } from './columns.js';
import { type Load, magnitude } from './load.js';
import type { Paths } from './routes.js';

/** Ways up side by side: per entry of way w, at from[w] … from[w + 1] − 1, the first bottleneck from there on, and what an ampere is there. */
export interface Ways {
  readonly from: Int32Array;
  readonly first: Int32Array;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export class Bottlenecks {
  readonly routes: number;
  /** How many there are: they are numbered among themselves, in the order of the columns. */
  readonly count: number;
  /** Per bottleneck its column, and what may flow there [mA]: the capacity, less `reserveMa` where sums are not exact. */
  readonly column: Int32Array;
  readonly limit: Float64Array;
  /** Per column the bottleneck it is or the first one above it, and per bottleneck the next one above it, a lower number; NONE where there is none. */
  readonly first: Int32Array;
  readonly next: Int32Array;
  /** Per bottleneck its capacity, and what flows there: what is occupied, and what is added here. */
  private readonly within: Float64Array;
  private readonly re: Float64Array;
  private readonly im: Float64Array;

  /** `mostMa`: per route what its claims can use together; `occupied`: what flows besides. */
  constructor(
    readonly paths: Paths,
    private readonly capacity: Float64Array,
    private readonly occupied: Load,
    mostMa: Float64Array,
    private readonly reserveMa: number,
  ) {
    const size = capacity.length;
    const most = this.mostPerColumn(mostMa);
    this.routes = mostMa.length;
    this.column = workWholes(size);
    this.limit = workReals(size);
    this.first = workWholes(size);
    this.next = workWholes(size);
    let count = 0;
    for (let c = 0; c < size; c++) {
      const up = whole(paths.above, c);
      const above = up === NONE ? NONE : whole(this.first, up);
      const limit = real(capacity, c) - (flag(paths.isExact, c) === 1 ? 0 : reserveMa);
      if (real(most, c) === 0 || Math.abs(magnitude(occupied, c)) + real(most, c) <= limit) this.first[c] = above;
      else {
        this.column[count] = c;
        this.limit[count] = limit;
        this.next[count] = above;
        this.first[c] = count++;
      }
    }
    this.count = count;
    [this.within, this.re, this.im] = [workReals(count), workReals(count), workReals(count)];
    for (let b = 0; b < count; b++) {
      this.within[b] = real(capacity, whole(this.column, b));
      this.re[b] = real(occupied.re, whole(this.column, b));
      this.im[b] = real(occupied.im, whole(this.column, b));
    }
  }

  /** What can flow there at most: never more than the columns below let through. */
  private mostPerColumn(mostMa: Float64Array): Float64Array {
    const { paths, capacity, occupied } = this;
    const most = paths.entering(mostMa, paths.length);
    for (let c = most.length - 1; c > 0; c--) {
      const up = whole(paths.above, c);
      if (up === NONE) continue;
      const room = real(capacity, c) + (paths.isReal ? -real(occupied.re, c) : Math.abs(magnitude(occupied, c)));
      most[up] = real(most, up) + Math.max(0, Math.min(real(most, c), room));
    }
    return most;
  }

  /** Those that so many mA per route on top of `load` would overfill. */
  after(load: Load, routeMa: Float64Array): Bottlenecks {
    return new Bottlenecks(this.paths, this.capacity, load, routeMa, this.reserveMa);
  }

  /** Whether there is room for so many mA per route. */
  haveRoomFor(routeMa: Float64Array): boolean {
    const load = this.paths.loaded(this.occupied, routeMa);
    for (let b = 0; b < this.count; b++) if (magnitude(load, whole(this.column, b)) > real(this.within, b)) return false;
    return true;
  }

  /** The ways up of these routes, one after the other in this order. */
  waysOf(routes: Int32Array): Ways {
    const { start, column, re, im, isReal } = this.paths;
    const from = workWholes(routes.length + 1);
    for (let way = 0; way < routes.length; way++) {
      let entries = whole(from, way);
      for (let k = whole(start, whole(routes, way)), end = whole(start, whole(routes, way) + 1); k < end; k++)
        if (whole(this.first, whole(column, k)) !== NONE) entries++;
      from[way + 1] = entries;
    }
    const entries = whole(from, routes.length);
    const ways = { from, first: workWholes(entries), re: workReals(entries), im: workReals(isReal ? 0 : entries) };
    let entry = 0;
    for (let way = 0; way < routes.length; way++) {
      for (let k = whole(start, whole(routes, way)), end = whole(start, whole(routes, way) + 1); k < end; k++) {
        const b = whole(this.first, whole(column, k));
        if (b === NONE) continue;
        ways.first[entry] = b;
        ways.re[entry] = real(re, k);
        if (!isReal) ways.im[entry] = real(im, k);
        entry++;
      }
    }
    return ways;
  }

  /** The first column on the way up that has no room for `ma` more than flows there, NONE if there is none. */
  firstFull({ from, first, re, im }: Ways, way: number, ma: number): number {
    const { isReal } = this.paths;
    for (let k = whole(from, way), end = whole(from, way + 1); k < end; k++)
      for (let b = whole(first, k); b !== NONE; b = whole(this.next, b)) {
        const x = real(this.re, b) + real(re, k) * ma;
        const y = isReal ? 0 : real(this.im, b) + real(im, k) * ma;
        if ((y === 0 ? x : Math.hypot(x, y)) > real(this.within, b)) return whole(this.column, b);
      }
    return NONE;
  }

  /** Adds to what flows here; what happens elsewhere on the way can wait. */
  add({ from, first, re, im }: Ways, way: number, ma: number): void {
    const { isReal } = this.paths;
    for (let k = whole(from, way), end = whole(from, way + 1); k < end; k++)
      for (let b = whole(first, k); b !== NONE; b = whole(this.next, b)) {
        this.re[b] = real(this.re, b) + real(re, k) * ma;
        if (!isReal) this.im[b] = real(this.im, b) + real(im, k) * ma;
      }
  }

  /** What was added here route by route, as part of `load`: the same here, and elsewhere its sums. */
  addTo({ re, im }: Load, routeMa: Float64Array): void {
    const { paths } = this;
    addTo(re, paths.sums(routeMa, paths.re));
    if (!paths.isReal) addTo(im, paths.sums(routeMa, paths.im));
    for (let b = 0; b < this.count; b++) {
      re[whole(this.column, b)] = real(this.re, b);
      im[whole(this.column, b)] = real(this.im, b);
    }
  }
}
