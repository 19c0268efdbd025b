// Sums of currents per column, as phasors, and how much more fits: the arithmetic shared by the split and the ledger.
// Which currents are summed, and what the capacities are, is for those two to say.
import type { Network } from './network.js';
import type { Route } from './routes.js';

/** mA per column. The imaginary part is 0 wherever nothing is connected between two lines. */
export interface Load {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export const emptyLoad = ({ columns }: Pick<Network, 'columns'>): Load => ({
  re: new Float64Array(columns.length),
  im: new Float64Array(columns.length),
});

export const copyOf = ({ re, im }: Load): Load => ({ re: re.slice(), im: im.slice() });

export function addCurrent({ re, im }: Load, route: Route, ma: number): void {
  if (ma === 0) return;
  for (let k = 0; k < route.column.length; k++) {
    const column = route.column[k] as number;
    re[column] = (re[column] as number) + (route.re[k] as number) * ma;
    im[column] = (im[column] as number) + (route.im[k] as number) * ma;
  }
}

/** What flows there [mA]. */
export const magnitude = ({ re, im }: Load, column: number): number =>
  im[column] === 0 ? (re[column] as number) : Math.hypot(re[column] as number, im[column] as number);

export const magnitudes = (load: Load): Float64Array => load.re.map((_, column) => magnitude(load, column));

export function exceeds(load: Load, capacity: Float64Array): boolean {
  for (let column = 0; column < capacity.length; column++) if (magnitude(load, column) > (capacity[column] as number)) return true;
  return false;
}

/** The first column on the route that has no room for `ma` more, -1 if there is none. */
export function firstFull({ re, im }: Load, capacity: Float64Array, route: Route, ma: number): number {
  for (let k = 0; k < route.column.length; k++) {
    const column = route.column[k] as number;
    const x = (re[column] as number) + (route.re[k] as number) * ma;
    const y = (im[column] as number) + (route.im[k] as number) * ma;
    if ((y === 0 ? x : Math.hypot(x, y)) > (capacity[column] as number)) return column;
  }
  return -1;
}

/** The most that still fits on the way up [mA]; negative where more than the capacity is promised. */
export function roomMa({ re, im }: Load, capacity: Float64Array, route: Route): number {
  let room = Number.POSITIVE_INFINITY;
  for (let k = 0; k < route.column.length; k++) {
    const column = route.column[k] as number;
    const [x, y] = [re[column] as number, im[column] as number];
    room = Math.min(room, timesUntil(x, y, route.re[k] as number, route.im[k] as number, capacity[column] as number));
  }
  return Math.floor(room);
}

/**
 * How many times (dx, dy) can be added to (x, y) before its length passes `limit` for good. Negative where it has passed already and only
 * grows; Infinity where nothing is added.
 */
export function timesUntil(x: number, y: number, dx: number, dy: number, limit: number): number {
  if (dy === 0 && y === 0) return dx === 0 ? Number.POSITIVE_INFINITY : (limit - x) / dx;
  if (limit === Number.POSITIVE_INFINITY) return limit;
  if (limit < 0) return -1;
  const square = dx * dx + dy * dy;
  if (square === 0) return Number.POSITIVE_INFINITY;
  const half = x * dx + y * dy;
  const excess = x * x + y * y - limit * limit;
  const root = half * half - square * excess;
  if (root < 0) return -1;
  // The larger root, in the form that subtracts nothing from its equal.
  return half > 0 ? -excess / (half + Math.sqrt(root)) : (Math.sqrt(root) - half) / square;
}
