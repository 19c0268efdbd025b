// The fair split of a site (T1): who may charge at all, weighted max-min among them, rounding, and what is left over.
// It knows nothing of time or messages; whether a raise may be sent now is the ledger's to say.
import { type FillProblem, fill } from './fill.js';
import { COLUMN_NAMES, COLUMNS, type ColumnName, compileNetwork, installedCapacity, type Network, pathOf, TOTAL } from './network.js';
import type { NodeConfig, PhaseSet } from './site-model.js';
import { limitToMa, loadToMa, phaseIndexes, toAmps } from './units.js';

/** OCPP 1.6 allows one decimal of an ampere. */
export const STEP_MA = 100;

export interface AllocationRequest {
  readonly root: NodeConfig;
  /** Needed only where nodes have limits in watts; absent = 230 V. */
  readonly voltageV?: number;
  readonly evses: readonly AllocationClaim[];
}

export interface AllocationClaim {
  readonly evseId: string | number;
  readonly nodeId: string;
  readonly phases: PhaseSet;
  readonly minA: number;
  readonly maxA: number;
  /** The only currents it can take, 0 apart. */
  readonly levelsA?: readonly number[];
  /** Share relative to others; absent = 1. */
  readonly weight?: number;
  /** Higher goes first, as OCPP's chargingPriority; absent = 0. */
  readonly priority?: number;
  /** ISO 8601; who waits longer goes first, absent = last. */
  readonly waitingSince?: string;
}

export interface Reason {
  readonly nodeId: string;
  readonly phase: ColumnName;
}

export interface Allocation {
  /** In the order of the request. `reason` is the full node and phase that kept it from more; absent where its own maximum did. */
  readonly evses: readonly { readonly evseId: string | number; readonly limitA: number; readonly reason?: Reason }[];
  readonly nodes: readonly { readonly nodeId: string; readonly loadA: readonly [number, number, number] }[];
}

/** Never above a limit on any node and phase; each EVSE gets 0 or a value in [minA, maxA]. Throws on a node that is not in the tree. */
export function allocate({ root, voltageV = 230, evses }: AllocationRequest): Allocation {
  const network = compileNetwork(root, voltageV);
  const paths = new Map<string, readonly number[]>();
  const claims = evses.map((evse): Claim => {
    const path = paths.get(evse.nodeId) ?? pathOf(network, evse.nodeId);
    paths.set(evse.nodeId, path);
    const { levelsA, weight = 1, priority = 0, waitingSince } = evse;
    return {
      id: evse.evseId,
      path,
      phases: phaseIndexes(evse.phases),
      minMa: loadToMa(evse.minA),
      maxMa: limitToMa(evse.maxA),
      ...(levelsA !== undefined && { levelsMa: levelsA.map(limitToMa) }),
      weight,
      priority,
      waitingSinceMs: waitingSince === undefined ? Number.POSITIVE_INFINITY : Date.parse(waitingSince),
    };
  });
  const { limitMa, tight, load } = split(installedCapacity(network), claims);
  return {
    evses: evses.map(({ evseId }, index) => {
      const reason = reasonOf(network, tight[index] ?? -1);
      return { evseId, limitA: toAmps(limitMa[index] ?? 0), ...(reason && { reason }) };
    }),
    nodes: network.nodes.map(({ nodeId }, index) => {
      const loadA = (phase: number): number => toAmps(load[index * COLUMNS + phase] ?? 0);
      return { nodeId, loadA: [loadA(0), loadA(1), loadA(2)] };
    }),
  };
}

/** What an EVSE asks of the split; currents in whole mA. */
export interface Claim {
  readonly id: string | number;
  /** Node indexes up to the root. */
  readonly path: readonly number[];
  readonly phases: readonly number[];
  readonly minMa: number;
  readonly maxMa: number;
  readonly levelsMa?: readonly number[];
  readonly weight: number;
  readonly priority: number;
  readonly waitingSinceMs: number;
}

export interface Split {
  /** Per claim, in the order given. */
  readonly limitMa: readonly number[];
  /** Per claim the column that kept it from more (node × COLUMNS + column), -1 for its own maximum. */
  readonly tight: readonly number[];
  /** Per column [mA]. */
  readonly load: Float64Array;
}

export function reasonOf({ nodes }: Network, column: number): Reason | undefined {
  const node = nodes[Math.floor(column / COLUMNS)];
  const phase = COLUMN_NAMES[column % COLUMNS];
  return column >= 0 && node && phase ? { nodeId: node.nodeId, phase } : undefined;
}

/** Priority, then who waits longest, then the id: the order in which the scarce is given away. */
export function compareClaims(a: Claim, b: Claim): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  if (a.waitingSinceMs !== b.waitingSinceMs) return a.waitingSinceMs - b.waitingSinceMs;
  if (typeof a.id === 'number' && typeof b.id === 'number') return a.id - b.id;
  return String(a.id) < String(b.id) ? -1 : String(a.id) > String(b.id) ? 1 : 0;
}

interface Bounds {
  readonly minMa: number;
  readonly maxMa: number;
}

/** `capacity`: mA per column of the network; may be negative where more is already promised. */
export function split(capacity: Float64Array, claims: readonly Claim[]): Split {
  const order = claims.map((_, index) => index).sort((a, b) => compareClaims(claims[a] as Claim, claims[b] as Claim));
  const load = new Float64Array(capacity.length);
  const limitMa = new Array<number>(claims.length).fill(0);
  const tight = new Array<number>(claims.length).fill(-1);
  const bounds = claims.map(usableBounds);

  const admitted: number[] = [];
  for (const index of order) {
    const claim = claims[index] as Claim;
    const { minMa, maxMa } = bounds[index] as Bounds;
    if (maxMa < minMa || maxMa <= 0) continue;
    const full = firstFull(capacity, load, claim, minMa);
    tight[index] = full;
    if (full >= 0) continue;
    addLoad(load, claim, minMa);
    admitted.push(index);
  }

  const filled = fill(problemOf(capacity, claims, bounds, admitted));
  load.fill(0);
  admitted.forEach((index, position) => {
    const claim = claims[index] as Claim;
    limitMa[index] = roundDown(claim, filled.current[position] ?? 0);
    tight[index] = filled.tight[position] ?? -1;
    addLoad(load, claim, limitMa[index] ?? 0);
  });
  offerRemainder(capacity, load, claims, bounds, admitted, limitMa, tight);
  return { limitMa, tight, load };
}

/** Step by step in order, until nobody can take another one: what rounding left is not wasted and hurts nobody. */
function offerRemainder(
  capacity: Float64Array,
  load: Float64Array,
  claims: readonly Claim[],
  bounds: readonly Bounds[],
  admitted: readonly number[],
  limitMa: number[],
  tight: number[],
): void {
  let hopeful = admitted;
  while (hopeful.length > 0) {
    hopeful = hopeful.filter((index) => {
      const claim = claims[index] as Claim;
      const now = limitMa[index] as number;
      const next = nextStep(claim, now);
      if (next > (bounds[index] as Bounds).maxMa) {
        if (now >= (bounds[index] as Bounds).maxMa) tight[index] = -1;
        return false;
      }
      const full = firstFull(capacity, load, claim, next - now);
      if (full >= 0) {
        // Keep the certificate of the fill where it has one: that is the constraint the fair level met.
        if ((tight[index] as number) < 0) tight[index] = full;
        return false;
      }
      addLoad(load, claim, next - now);
      limitMa[index] = next;
      return true;
    });
  }
}

/** The tightest interval of values the EVSE can really be given: steps of 0.1 A, or its levels. */
function usableBounds({ minMa, maxMa, levelsMa }: Claim): Bounds {
  if (levelsMa === undefined) return { minMa: Math.ceil(minMa / STEP_MA) * STEP_MA, maxMa: Math.floor(maxMa / STEP_MA) * STEP_MA };
  const usable = levelsMa.filter((level) => level > 0 && level >= minMa && level <= maxMa);
  return usable.length > 0 ? { minMa: Math.min(...usable), maxMa: Math.max(...usable) } : { minMa: 0, maxMa: 0 };
}

/** The largest value the EVSE can be told that is not above `ma`. */
export function roundDown({ levelsMa }: Pick<Claim, 'levelsMa'>, ma: number): number {
  if (levelsMa === undefined) return Math.floor(ma / STEP_MA) * STEP_MA;
  return levelsMa.reduce((best, level) => (level <= ma && level > best ? level : best), 0);
}

function nextStep({ levelsMa }: Claim, ma: number): number {
  if (levelsMa === undefined) return ma + STEP_MA;
  return levelsMa.reduce((best, level) => (level > ma && level < best ? level : best), Number.POSITIVE_INFINITY);
}

function addLoad(load: Float64Array, { path, phases }: Pick<Claim, 'path' | 'phases'>, ma: number): void {
  for (const node of path) {
    const base = node * COLUMNS;
    for (const phase of phases) load[base + phase] = (load[base + phase] as number) + ma;
    load[base + TOTAL] = (load[base + TOTAL] as number) + ma * phases.length;
  }
}

/** The first column on the way up that has no room for `ma` more, -1 if there is none. */
function firstFull(capacity: Float64Array, load: Float64Array, { path, phases }: Claim, ma: number): number {
  for (const node of path) {
    const base = node * COLUMNS;
    for (const phase of phases) if ((load[base + phase] as number) + ma > (capacity[base + phase] as number)) return base + phase;
    if ((load[base + TOTAL] as number) + ma * phases.length > (capacity[base + TOTAL] as number)) return base + TOTAL;
  }
  return -1;
}

function problemOf(capacity: Float64Array, claims: readonly Claim[], bounds: readonly Bounds[], admitted: readonly number[]): FillProblem {
  const start = new Int32Array(admitted.length + 1);
  const constraint: number[] = [];
  const coefficient: number[] = [];
  admitted.forEach((index, position) => {
    const { path, phases } = claims[index] as Claim;
    for (const node of path) {
      for (const phase of phases) {
        constraint.push(node * COLUMNS + phase);
        coefficient.push(1);
      }
      if (capacity[node * COLUMNS + TOTAL] !== Number.POSITIVE_INFINITY) {
        constraint.push(node * COLUMNS + TOTAL);
        coefficient.push(phases.length);
      }
    }
    start[position + 1] = constraint.length;
  });
  return {
    min: Float64Array.from(admitted, (index) => (bounds[index] as Bounds).minMa),
    max: Float64Array.from(admitted, (index) => (bounds[index] as Bounds).maxMa),
    weight: Float64Array.from(admitted, (index) => (claims[index] as Claim).weight),
    start,
    constraint: Int32Array.from(constraint),
    coefficient: Float64Array.from(coefficient),
    capacity,
  };
}
