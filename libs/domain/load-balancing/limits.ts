// What a node may carry at a given time: installation, grid signals and what other loads draw there, per column in mA.
// Who gets it is the split's question; records and their formats are the service's.
import { COLUMN_NAMES, COLUMNS, type ColumnName, exportCapacity, type Network, spreadToSides, TOTAL } from './network.js';
import { worstThrough } from './phasor.js';
import type { PhaseValues } from './units.js';

export interface LimitStep {
  readonly fromMs: number;
  /** Absent = this step does not bound the phases. */
  readonly limitMa?: PhaseValues;
  /** Bound on all lines together. */
  readonly totalMa?: number;
  /** When it was first said that no more would be allowed here from then on; a repeat says nothing new. */
  readonly announcedMs?: number;
}

/** Which way the current flows that is limited. */
export type Direction = 'import' | 'export';

/** A schedule of limits from one source; steps in order of time. */
export interface GridLimit {
  readonly source: string;
  readonly nodeId: string;
  /** Export: of what cars feed back through the node; absent = of what is drawn. One direction makes no room for the other (ADR 0033). */
  readonly direction?: Direction;
  readonly steps: readonly LimitStep[];
  readonly expiresMs: number;
  /** Binding after the expiry until the source speaks again. */
  readonly fallback?: Omit<LimitStep, 'fromMs'>;
  /** When it came. */
  readonly announcedMs?: number;
  /** On all lines together it never goes below that, whatever it says: what its source has to leave to this node (§14a EnWG). */
  readonly floorMa?: number;
}

/** Load other than stations at a node and below it, as a meter saw it. */
export interface Measurement {
  readonly nodeId: string;
  readonly currentMa: PhaseValues;
  /** When it was measured. */
  readonly atMs?: number;
  readonly untilMs: number;
}

/** Measured at a station where nothing is configured: which lines it loads is unknown, so it counts on every one that reaches the node. */
export interface UnconfiguredLoad {
  readonly nodeId: string;
  readonly stationId: string;
  /** A connector in 1.6, an EVSE in 2.x. */
  readonly outletId: number;
  readonly lineMa: number;
}

export interface Conditions {
  readonly gridLimits: readonly GridLimit[];
  readonly measurements: readonly Measurement[];
  readonly unconfigured?: readonly UnconfiguredLoad[];
}

/** What a schedule comes to at `t`, if it says anything: never less than the floor. */
export function stepAt({ steps, expiresMs, fallback, floorMa = 0 }: GridLimit, t: number): Omit<LimitStep, 'fromMs'> | undefined {
  const step = t >= expiresMs ? fallback : steps.findLast(({ fromMs }) => fromMs <= t);
  return step?.totalMa === undefined || step.totalMa >= floorMa ? step : { ...step, totalMa: floorMa };
}

/** When limits change by schedule within (from, to], ascending. Running out of measurements is no schedule: it is met when it happens. */
export function changesBetween(gridLimits: readonly GridLimit[], from: number, to: number): readonly number[] {
  const times = gridLimits.flatMap(({ steps, expiresMs }) => [
    ...steps.map(({ fromMs }) => fromMs).filter((t) => t < expiresMs),
    expiresMs,
  ]);
  return [...new Set(times.filter((t) => t > from && t <= to))].sort((a, b) => a - b);
}

interface Span {
  readonly network: Network;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly capacity: Float64Array;
}
const spans = new WeakMap<Conditions, readonly Span[]>();

/**
 * What stations may draw at `t`: limit − unmanaged load − margin per column [mA]; negative where other loads alone exceed it. Asked with every message and
 * another value only where a schedule takes its next step or a measurement ends: kept for these conditions until then, so nobody may write into it.
 */
export function capacityAt(network: Network, conditions: Conditions, t: number): Float64Array {
  const known = spans.get(conditions)?.filter((span) => span.network === network) ?? [];
  const span = known.find(({ fromMs, untilMs }) => fromMs <= t && t < untilMs);
  if (span !== undefined) return span.capacity;
  const { gridLimits, measurements } = conditions;
  let fromMs = Number.NEGATIVE_INFINITY;
  let untilMs = Number.POSITIVE_INFINITY;
  const turn = (atMs: number): void => {
    if (atMs <= t) fromMs = Math.max(fromMs, atMs);
    else untilMs = Math.min(untilMs, atMs);
  };
  for (const { steps, expiresMs } of gridLimits) {
    for (const step of steps) turn(step.fromMs);
    turn(expiresMs);
  }
  for (const measurement of measurements) turn(measurement.untilMs);
  const capacity = capacityOf(network, conditions, t);
  spans.set(conditions, [...known, { network, fromMs, untilMs, capacity }]);
  return capacity;
}

function capacityOf(network: Network, conditions: Conditions, t: number): Float64Array {
  const capacity = new Float64Array(network.columns.length);
  const unmanaged = unmanagedAt(network, conditions, t);
  network.nodes.forEach(({ limitMa, marginMa, totalMa }, index) => {
    const [a, b, c] = unmanaged[index] ?? [0, 0, 0];
    capacity.set(
      [limitMa[0] - a - marginMa, limitMa[1] - b - marginMa, limitMa[2] - c - marginMa, totalMa - a - b - c - 3 * marginMa],
      index * COLUMNS,
    );
  });
  for (const limit of conditions.gridLimits) {
    const index = network.indexOf.get(limit.nodeId);
    const step = stepAt(limit, t);
    if (index === undefined || step === undefined || limit.direction === 'export') continue;
    const { marginMa } = network.nodes[index] ?? { marginMa: 0 };
    const load = unmanaged[index] ?? [0, 0, 0];
    const tighten = (column: number, value: number): void => {
      capacity[index * COLUMNS + column] = Math.min(capacity[index * COLUMNS + column] as number, value);
    };
    if (step.limitMa) for (const phase of [0, 1, 2] as const) tighten(phase, step.limitMa[phase] - load[phase] - marginMa);
    if (step.totalMa !== undefined) tighten(TOTAL, step.totalMa - load[0] - load[1] - load[2] - 3 * marginMa);
  }
  return spreadToSides(network, capacity);
}

/**
 * What cars may feed back at most at `t`, per column [mA]: what the tree takes, and less where the grid says so. A signal takes away and never
 * adds: where the tree says nothing, nothing flows.
 */
export function exportCapacityAt(network: Network, gridLimits: readonly GridLimit[], t: number): Float64Array {
  const capacity = exportCapacity(network);
  for (const limit of gridLimits) {
    const index = network.indexOf.get(limit.nodeId);
    const step = stepAt(limit, t);
    if (index === undefined || step === undefined || limit.direction !== 'export') continue;
    const { marginMa } = network.nodes[index] ?? { marginMa: 0 };
    const tighten = (column: number, ma: number): void => {
      const place = index * COLUMNS + column;
      capacity[place] = Math.max(0, Math.min(capacity[place] as number, ma));
    };
    if (step.limitMa) for (const phase of [0, 1, 2] as const) tighten(phase, step.limitMa[phase] - marginMa);
    if (step.totalMa !== undefined) tighten(TOTAL, step.totalMa - 3 * marginMa);
  }
  return spreadToSides(network, capacity);
}

/** The source of the limit from the grid that binds a node's column at `t`; undefined where the tree itself does. */
export function limitedBy(
  { nodes }: Network,
  gridLimits: readonly GridLimit[],
  index: number,
  phase: ColumnName,
  t: number,
): string | undefined {
  const node = nodes[index];
  const place = COLUMN_NAMES.indexOf(phase);
  const ofStep = (step: Omit<LimitStep, 'fromMs'> | undefined): number =>
    (place === TOTAL ? step?.totalMa : step?.limitMa?.[place]) ?? Number.POSITIVE_INFINITY;
  let lowestMa = node === undefined ? 0 : ofStep(node);
  let source: string | undefined;
  for (const limit of gridLimits) {
    const ma = limit.nodeId === node?.nodeId && limit.direction !== 'export' ? ofStep(stepAt(limit, t)) : Number.POSITIVE_INFINITY;
    if (ma < lowestMa) [lowestMa, source] = [ma, limit.source];
  }
  return source;
}

/** What is left for stations under the guaranteed limits alone, for all time [mA]. */
export function firmCapacity(network: Network, { unconfigured = [] }: Pick<Conditions, 'unconfigured'> = {}): Float64Array {
  const capacity = new Float64Array(network.columns.length).fill(Number.POSITIVE_INFINITY);
  const beside = unconfiguredAt(network, unconfigured);
  network.nodes.forEach(({ firmMa, unmanagedMaxMa, marginMa }, index) => {
    for (const phase of [0, 1, 2] as const)
      capacity[index * COLUMNS + phase] = firmMa[phase] - unmanagedMaxMa[phase] - marginMa - (beside[index]?.[phase] ?? 0);
  });
  return spreadToSides(network, capacity);
}

/**
 * What nobody can take away, nor is known to take away within the time given: promises that outlast a lease have to fit into it. Undefined where nobody
 * has stated it, at the grid connection and wherever the grid has set a limit.
 */
export function lastingCapacity(network: Network, conditions: Conditions, nowMs: number, untilMs: number): Float64Array | undefined {
  const limited = new Set(conditions.gridLimits.map(({ nodeId }) => network.indexOf.get(nodeId)));
  if (network.nodes.some(({ isFirmStated }, index) => !isFirmStated && (index === 0 || limited.has(index)))) return undefined;
  const capacity = firmCapacity(network, conditions);
  for (const t of [nowMs, ...changesBetween(conditions.gridLimits, nowMs, untilMs)])
    for (const [column, limitMa] of capacityAt(network, conditions, t).entries())
      capacity[column] = Math.min(capacity[column] as number, limitMa);
  return capacity;
}

/**
 * Per node what other loads draw [mA]: the fresh measurement, which covers everything below it; otherwise the declared maximum of its own and what its children have.
 * Where a node declares no maximum, or was measured above all that is declared, what was measured last goes on: it is the worst that is known (P7). What is drawn where nothing is configured
 * comes on top: no meter of other loads has it.
 */
export function unmanagedAt(
  network: Network,
  { measurements, unconfigured = [] }: Omit<Conditions, 'gridLimits'>,
  t: number,
): readonly PhaseValues[] {
  const { nodes, indexOf } = network;
  const loads = nodes.map(({ ownUnmanagedMa }): PhaseValues => ownUnmanagedMa);
  const measured = new Map(measurements.map((measurement) => [indexOf.get(measurement.nodeId), measurement]));
  // Preorder: a node comes after its parent, so going backwards children are complete first.
  for (let index = nodes.length - 1; index >= 0; index--) {
    const { parent, transformer, ownUnmanagedMa, unmanagedMaxMa } = nodes[index] as Network['nodes'][number];
    const declared = loads[index] ?? [0, 0, 0];
    const { currentMa, untilMs = 0 } = measured.get(index) ?? {};
    const isUndeclared = ownUnmanagedMa.every((ownMa) => ownMa === 0);
    const worst = (phase: 0 | 1 | 2): number => {
      const lastMa = currentMa?.[phase] ?? 0;
      return isUndeclared || lastMa > unmanagedMaxMa[phase] ? Math.max(declared[phase], lastMa) : declared[phase];
    };
    const [a, b, c] = currentMa && t < untilMs ? currentMa : [worst(0), worst(1), worst(2)];
    // Feed-in is no room for a promise that outlives a cloud.
    const load: PhaseValues = [Math.max(0, a), Math.max(0, b), Math.max(0, c)];
    loads[index] = load;
    const above = loads[parent];
    if (above) loads[parent] = sumOf(above, worstThrough(transformer, load));
  }
  const beside = unconfiguredAt(network, unconfigured);
  return beside.length === 0 ? loads : loads.map((load, index) => sumOf(load, beside[index] ?? NOTHING));
}

/** Per node, with everything below it [mA]; empty where there is none. */
function unconfiguredAt({ nodes, indexOf }: Network, unconfigured: readonly UnconfiguredLoad[]): readonly PhaseValues[] {
  if (unconfigured.length === 0) return [];
  const owns = new Map<number | undefined, number>();
  for (const { nodeId, lineMa } of unconfigured) owns.set(indexOf.get(nodeId), (owns.get(indexOf.get(nodeId)) ?? 0) + lineMa);
  const loads = nodes.map(({ lines }, index): PhaseValues => {
    const own = owns.get(index) ?? 0;
    return [lines.includes(0) ? own : 0, lines.includes(1) ? own : 0, lines.includes(2) ? own : 0];
  });
  for (let index = nodes.length - 1; index > 0; index--) {
    const { parent, transformer } = nodes[index] as Network['nodes'][number];
    loads[parent] = sumOf(loads[parent] ?? NOTHING, worstThrough(transformer, loads[index] ?? NOTHING));
  }
  return loads;
}

const NOTHING: PhaseValues = [0, 0, 0];
const sumOf = ([a, b, c]: PhaseValues, [x, y, z]: PhaseValues): PhaseValues => [a + x, b + y, c + z];
