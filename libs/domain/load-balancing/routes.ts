// What one ampere of an EVSE adds to every column on its way up to the grid connection, and all such routes of a network side by side.
// How much flows is the caller's; what a column means is the network's.
import { flag, real, whole } from './columns.js';
import type { Load } from './load.js';
import { columnsAt, isNothing, type Network, pathOf } from './network.js';
import { angleOf, lineCurrents, type Phasor, powerShare, throughTransformer } from './phasor.js';
import { PHASES, type PhaseSet } from './site-model.js';

export interface Route {
  readonly column: Int32Array;
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** All routes of its network asked for so far, and its place among them. */
  readonly table: RouteTable;
  readonly index: number;
}

export class RouteTable {
  readonly routes: Route[] = [];
  private readonly known = new Map<string, Route>();
  private paths: Paths | undefined;

  constructor(private readonly network: Network) {}

  /** Throws on a node the network does not have. */
  routeOf(nodeId: string, phases: PhaseSet): Route {
    const key = `${String(phases)} ${nodeId}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const route = { ...entriesOf(this.network, nodeId, phases), table: this, index: this.routes.length };
    this.known.set(key, route);
    this.routes.push(route);
    return route;
  }

  /** All routes as far as they can meet a limit; kept until another column is limited, or another route is asked for. */
  pathsWithin(capacity: Float64Array): Paths {
    if (!this.paths?.covers(this.routes.length, capacity)) this.paths = new Paths(this.routes, capacity, this.paths);
    return this.paths;
  }
}

const tables = new WeakMap<Network, RouteTable>();

/** One object per node and wiring of a network. Throws on a node the network does not have. */
export function routeOf(network: Network, nodeId: string, phases: PhaseSet): Route {
  const table = tables.get(network) ?? new RouteTable(network);
  tables.set(network, table);
  return table.routeOf(nodeId, phases);
}

function entriesOf(network: Network, nodeId: string, phases: PhaseSet): Pick<Route, 'column' | 're' | 'im'> {
  const entries: (Phasor & { readonly column: number })[] = [];
  let currents = lineCurrents(phases);
  for (const node of pathOf(network, nodeId)) {
    for (const column of columnsAt(network, node)) {
      const place = network.columns[column];
      if (place === undefined) continue;
      const { phase, side } = place;
      const current = phase === 'total' ? { re: powerShare(phases), im: 0 } : currents[PHASES.indexOf(phase) as 0 | 1 | 2];
      if (!isNothing(current) && (side?.has(angleOf(current)) ?? true)) entries.push({ column, ...current });
    }
    const transformer = network.nodes[node]?.transformer;
    if (transformer) currents = throughTransformer(transformer, currents);
  }
  return {
    column: Int32Array.from(entries, ({ column }) => column),
    re: Float64Array.from(entries, ({ re }) => re),
    im: Float64Array.from(entries, ({ im }) => im),
  };
}

/**
 * Routes in compressed sparse rows: the entries of route r are start[r] … start[r + 1] − 1. Only columns that have been limited are in it: most
 * nodes have no limit in watts, and nobody needs to add up what nothing bounds.
 */
export class Paths {
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Nothing is connected between two lines: all imaginary parts are 0. */
  readonly isReal: boolean;
  /** Every ampere is a whole number of amperes in every column: sums of whole mA are exact. */
  readonly isWhole: boolean;
  private readonly isLimited: Uint8Array;
  private readonly throughStart: Int32Array;
  private readonly through: Int32Array;

  constructor(routes: readonly Route[], capacity: Float64Array, before?: Paths) {
    this.isLimited = Uint8Array.from(capacity, (value, c) => before?.isLimited[c] || Number(value < Number.POSITIVE_INFINITY));
    const inRoute = new Int32Array(routes.length);
    const inColumn = new Int32Array(capacity.length);
    const each = (visit: (route: number, column: number, re: number, im: number) => void): void => {
      for (const [route, { column, re, im }] of routes.entries())
        for (let k = 0; k < column.length; k++)
          if (flag(this.isLimited, whole(column, k)) === 1) visit(route, whole(column, k), real(re, k), real(im, k));
    };
    each((route, column) => {
      inRoute[route] = whole(inRoute, route) + 1;
      inColumn[column] = whole(inColumn, column) + 1;
    });
    this.start = startsOf(inRoute);
    this.throughStart = startsOf(inColumn);
    const size = whole(this.start, routes.length);
    this.column = new Int32Array(size);
    this.re = new Float64Array(size);
    this.im = new Float64Array(size);
    this.through = new Int32Array(size);
    const next = this.throughStart.slice();
    let place = 0;
    each((route, column, re, im) => {
      this.column[place] = column;
      this.re[place] = re;
      this.im[place++] = im;
      this.through[whole(next, column)] = route;
      next[column] = whole(next, column) + 1;
    });
    this.isReal = this.im.every((im) => im === 0);
    this.isWhole = this.isReal && this.re.every(Number.isInteger);
  }

  /** Whether it holds every route, and every column that `capacity` limits. */
  covers(routes: number, capacity: Float64Array): boolean {
    if (this.start.length !== routes + 1) return false;
    for (let c = 0; c < capacity.length; c++)
      if (real(capacity, c) < Number.POSITIVE_INFINITY && flag(this.isLimited, c) === 0) return false;
    return true;
  }

  routesThrough(column: number): Int32Array {
    return this.through.subarray(this.throughStart[column], this.throughStart[column + 1]);
  }

  add({ re, im }: Load, route: number, ma: number): void {
    for (let k = whole(this.start, route), end = whole(this.start, route + 1); k < end; k++) {
      const c = whole(this.column, k);
      re[c] = real(re, c) + real(this.re, k) * ma;
      if (!this.isReal) im[c] = real(im, c) + real(this.im, k) * ma;
    }
  }

  /** The first column on the way up that has no room for `ma` more, -1 if there is none. */
  firstFull({ re, im }: Load, capacity: Float64Array, route: number, ma: number): number {
    for (let k = whole(this.start, route), end = whole(this.start, route + 1); k < end; k++) {
      const c = whole(this.column, k);
      const x = real(re, c) + real(this.re, k) * ma;
      const y = this.isReal ? 0 : real(im, c) + real(this.im, k) * ma;
      if ((y === 0 ? x : Math.hypot(x, y)) > real(capacity, c)) return c;
    }
    return -1;
  }
}

/** Where each of a row of blocks begins, and the end of the last. */
function startsOf(sizes: Int32Array): Int32Array {
  const start = new Int32Array(sizes.length + 1);
  for (let index = 0; index < sizes.length; index++) start[index + 1] = whole(start, index) + whole(sizes, index);
  return start;
}
