// What one ampere of an EVSE adds to every column on its way up to the grid connection, and all such routes of a network side by side.
// How much flows is the caller's; what a column means is the network's.
import { addTo, flag, NONE, real, whole, workCopy, workReals } from './columns.js';
import type { Load } from './load.js';
import { COLUMN_NAMES, COLUMNS, columnsAt, isNothing, type Network, type NetworkNode, pathOf } from './network.js';
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
    if (!this.paths?.covers(this.routes.length, capacity)) this.paths = new Paths(this.network, this.routes, capacity, this.paths);
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
 * All routes of a network side by side, in compressed sparse rows. Lines to the neutral pass on what they carry, so a route lists only where it
 * enters: the columns above those follow from `above`. Only columns that have been limited are in it: most nodes have no limit in watts, and
 * nobody needs to add up what nothing bounds.
 */
export class Paths {
  /** Route r enters at start[r] … start[r + 1] − 1; per entry the column, and what an ampere is there: as a phasor, and its length. */
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly length: Float64Array;
  readonly routes: number;
  /** Per column the next one on the way up that carries the same and more, NONE where there is none. Always a lower index. */
  readonly above: Int32Array;
  /** Nothing is connected between two lines: all imaginary parts are 0. */
  readonly isReal: boolean;
  /** Per column: every ampere is a whole number of amperes there, and sums of whole mA are exact. */
  readonly isExact: Uint8Array;
  /** Routes through column c: through[throughStart[c]] … through[throughStart[c + 1] − 1], and what an ampere of each is there. */
  readonly throughStart: Int32Array;
  readonly through: Int32Array;
  readonly throughRe: Float64Array;
  readonly throughIm: Float64Array;
  private readonly isLimited: Uint8Array;

  constructor(network: Network, routes: readonly Route[], capacity: Float64Array, before?: Paths) {
    this.isLimited = Uint8Array.from(capacity, (value, c) => before?.isLimited[c] || Number(value < Number.POSITIVE_INFINITY));
    this.routes = routes.length;
    this.above = columnsAbove(network, this.isLimited);
    this.isExact = new Uint8Array(capacity.length).fill(1);
    const [column, re, im]: [number[], number[], number[]] = [[], [], []];
    const inRoute = new Int32Array(routes.length);
    const inColumn = new Int32Array(capacity.length);
    const lastRoute = new Int32Array(capacity.length).fill(NONE);
    for (const [r, route] of routes.entries())
      for (const [k, c] of route.column.entries()) {
        if (flag(this.isLimited, c) === 0) continue;
        inColumn[c] = whole(inColumn, c) + 1;
        if (real(route.im, k) !== 0 || !Number.isInteger(real(route.re, k))) this.isExact[c] = 0;
        if (whole(lastRoute, c) === r) continue;
        for (let up = c; up !== NONE; up = whole(this.above, up)) lastRoute[up] = r;
        inRoute[r] = whole(inRoute, r) + 1;
        column.push(c);
        re.push(real(route.re, k));
        im.push(real(route.im, k));
      }
    this.start = startsOf(inRoute);
    this.column = Int32Array.from(column);
    this.re = Float64Array.from(re);
    this.im = Float64Array.from(im);
    this.length = this.re.map((x, k) => Math.hypot(x, real(this.im, k)));
    this.isReal = this.im.every((y) => y === 0);
    this.throughStart = startsOf(inColumn);
    this.through = new Int32Array(whole(this.throughStart, capacity.length));
    this.throughRe = new Float64Array(this.through.length);
    this.throughIm = new Float64Array(this.through.length);
    const next = this.throughStart.slice();
    for (const [r, route] of routes.entries())
      for (const [k, c] of route.column.entries()) {
        if (flag(this.isLimited, c) === 0) continue;
        const place = whole(next, c);
        this.through[place] = r;
        this.throughRe[place] = real(route.re, k);
        this.throughIm[place] = real(route.im, k);
        next[c] = place + 1;
      }
  }

  /** Whether it holds every route, and every column that `capacity` limits. */
  covers(routes: number, capacity: Float64Array): boolean {
    if (this.routes !== routes) return false;
    for (let c = 0; c < capacity.length; c++)
      if (real(capacity, c) < Number.POSITIVE_INFINITY && flag(this.isLimited, c) === 0) return false;
    return true;
  }

  /** Per column the sum over all routes of their amount × `share` at the entry; in the work space. */
  sums(amount: Float64Array, share: Float64Array): Float64Array {
    const sums = this.entering(amount, share);
    for (let c = sums.length - 1; c > 0; c--) {
      const up = whole(this.above, c);
      if (up !== NONE) sums[up] = real(sums, up) + real(sums, c);
    }
    return sums;
  }

  /** The same of those that enter there, without what comes from below. */
  entering(amount: Float64Array, share: Float64Array): Float64Array {
    const sums = workReals(this.above.length);
    for (let route = 0; route < amount.length; route++) {
      const value = real(amount, route);
      if (value === 0) continue;
      for (let k = whole(this.start, route), end = whole(this.start, route + 1); k < end; k++) {
        const c = whole(this.column, k);
        sums[c] = real(sums, c) + real(share, k) * value;
      }
    }
    return sums;
  }

  /** What flows when each route carries so many mA besides `load`; in the work space. */
  loaded({ re, im }: Load, routeMa: Float64Array): Load {
    return {
      re: addTo(this.sums(routeMa, this.re), re),
      im: this.isReal ? workCopy(im) : addTo(this.sums(routeMa, this.im), im),
    };
  }
}

/** A line to the neutral goes on at the parent, unless a transformer turns it there or sides of it are told apart; so does all power. */
function columnsAbove({ nodes, columns }: Network, isLimited: Uint8Array): Int32Array {
  const above = new Int32Array(columns.length).fill(NONE);
  for (const [c, { node, phase, side }] of columns.entries()) {
    const { parent, transformer } = nodes[node] as NetworkNode;
    const up = parent * COLUMNS + COLUMN_NAMES.indexOf(phase);
    if (parent < 0 || (phase !== 'total' && (transformer || side || columns[up]?.side))) continue;
    above[c] = flag(isLimited, up) === 1 ? up : whole(above, up);
  }
  return above;
}

/** Where each of a row of blocks begins, and the end of the last. */
function startsOf(sizes: Int32Array): Int32Array {
  const start = new Int32Array(sizes.length + 1);
  for (let index = 0; index < sizes.length; index++) start[index + 1] = whole(start, index) + whole(sizes, index);
  return start;
}
