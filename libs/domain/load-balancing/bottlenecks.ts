// The columns that claims would overfill if each had the most it can use: only these can keep anybody from more, so only these are looked at.
// Who takes how much of them is the split's and the filling's.
import { flag, NONE, real, whole, workReals, workWholes } from './columns.js';
import { type Load, magnitude } from './load.js';
import type { Paths } from './routes.js';

export class Bottlenecks {
  /** How many there are: they are numbered among themselves, in the order of the columns. */
  readonly count: number;
  /** Per bottleneck, its column. */
  readonly column: Int32Array;
  /** Per bottleneck what may flow [mA]: the capacity, less `reserveMa` where sums are not exact. */
  readonly limit: Float64Array;
  /** Per bottleneck the first one above it, NONE if there is none. */
  readonly next: Int32Array;
  /** Per column the bottleneck it is, or the first one above it. */
  readonly from: Int32Array;

  /** `mostMa`: per route what its claims can use together; `occupied`: what flows besides. */
  constructor(
    readonly paths: Paths,
    private readonly capacity: Float64Array,
    private readonly occupied: Load,
    mostMa: Float64Array,
    private readonly reserveMa: number,
  ) {
    const most = paths.sums(mostMa, paths.length);
    const size = capacity.length;
    this.column = workWholes(size);
    this.limit = workReals(size);
    this.next = workWholes(size);
    this.from = workWholes(size);
    let count = 0;
    for (let c = 0; c < size; c++) {
      const up = whole(paths.above, c);
      const next = up === NONE ? NONE : whole(this.from, up);
      const limit = real(capacity, c) - (flag(paths.isExact, c) === 1 ? 0 : reserveMa);
      if (real(most, c) === 0 || Math.abs(magnitude(occupied, c)) + real(most, c) <= limit) this.from[c] = next;
      else {
        this.column[count] = c;
        this.limit[count] = limit;
        this.next[count] = next;
        this.from[c] = count++;
      }
    }
    this.count = count;
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
    const { start, column, re: shareRe, im: shareIm, isReal } = this.paths;
    for (let k = whole(start, route), end = whole(start, route + 1); k < end; k++)
      for (let b = whole(this.from, whole(column, k)); b !== NONE; b = whole(this.next, b)) {
        const c = whole(this.column, b);
        const x = real(re, c) + real(shareRe, k) * ma;
        const y = isReal ? 0 : real(im, c) + real(shareIm, k) * ma;
        if ((y === 0 ? x : Math.hypot(x, y)) > real(this.capacity, c)) return c;
      }
    return NONE;
  }
}
