// The site tree as flat arrays: nodes in preorder, and columns, each a bound on what flows at a node (L1, L2, L3, all lines together).
// What the limits are at a given time (limits) and who may draw what (fill, ledger) is decided elsewhere.
import { angleOf, type LineCurrents, lineCurrents, type Phasor, sidesOf, throughTransformer, worstThrough } from './phasor.js';
import { LINE_PAIRS, type LineSet, type NodeConfig, PHASES, type Phase, type PhaseSet, type Transformer } from './site-model.js';
import { limitToMa, loadToMa, type PhaseValues, perPhase, phaseIndexes } from './units.js';

/** Columns 0…3 of node n are n × COLUMNS + 0…3; column 3 bounds the sum over its lines and exists where a limit is given in watts. */
export const COLUMNS = 4;
export const TOTAL = 3;
export type ColumnName = Phase | 'total';
export const COLUMN_NAMES: readonly ColumnName[] = [...PHASES, 'total'];

/** Highest real voltage per nominal voltage: what turns watts into a current that is safe at any voltage. */
export const HIGHEST_VOLTAGE = 1.1;
export const LOWEST_VOLTAGE = 0.9;

export interface NetworkNode {
  readonly nodeId: string;
  /** Index of the parent, -1 for the root. */
  readonly parent: number;
  /** Between it and its parent. */
  readonly transformer?: Transformer;
  /** The lines that reach it, as indexes. */
  readonly lines: readonly number[];
  /** mA per phase; 0 where the line does not reach. */
  readonly limitMa: PhaseValues;
  readonly firmMa: PhaseValues;
  /** It is stated which part of the limit nobody can take away. */
  readonly isFirmStated: boolean;
  /** What cars may feed back through it; never more than the limit, which binds in both directions. */
  readonly exportMa: PhaseValues;
  /** Declared at this node, without what is declared below it. */
  readonly ownUnmanagedMa: PhaseValues;
  /** Own and everything below. */
  readonly unmanagedMaxMa: PhaseValues;
  readonly marginMa: number;
  /** Sum over the lines [mA], Infinity without a limit in watts. */
  readonly totalMa: number;
}

export interface Column {
  readonly node: number;
  readonly phase: ColumnName;
  /** Counts only currents at these angles (`sidesOf`); absent = all. */
  readonly side?: ReadonlySet<number>;
}

export interface Network {
  readonly nodes: readonly NetworkNode[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** Four per node, then further sides of lines that feed a delta primary. */
  readonly columns: readonly Column[];
}

/** The current over all lines that `watts` allow whatever the voltage within its range [mA]. */
export const totalMaOfWatts = (watts: number, voltageV: number): number => Math.floor((watts * 1000) / (voltageV * HIGHEST_VOLTAGE));

/** Stations with a maximum of their own become nodes, named by their id. */
export function compileNetwork(
  root: NodeConfig,
  voltageV: number,
  stations: readonly { readonly stationId: string; readonly nodeId: string; readonly maxA?: number }[] = [],
): Network {
  const nodes: NetworkNode[] = [];
  const indexOf = new Map<string, number>();
  const limited = Map.groupBy(
    stations.filter(({ maxA }) => maxA !== undefined),
    ({ nodeId }) => nodeId,
  );
  const add = (node: NetworkNode): number => {
    indexOf.set(node.nodeId, nodes.length);
    return nodes.push(node) - 1;
  };
  const visit = (config: NodeConfig, parent: number, outer: LineSet): void => {
    const { nodeId, transformer, limitA, limitW, firmLimitA, exportLimitA, unmanagedMaxA, marginA } = config;
    const phases = linesAt(config, outer);
    const limitMa = onLines(phases, perPhase(limitA, limitToMa));
    const firm = onLines(phases, perPhase(firmLimitA ?? limitA, limitToMa));
    const fedBack = onLines(phases, perPhase(exportLimitA ?? 0, limitToMa));
    const index = add({
      nodeId,
      parent,
      ...(transformer && { transformer }),
      lines: phaseIndexes(phases),
      limitMa,
      firmMa: lower(firm, limitMa),
      isFirmStated: firmLimitA !== undefined,
      exportMa: lower(fedBack, limitMa),
      ownUnmanagedMa: onLines(phases, perPhase(unmanagedMaxA ?? 0, loadToMa)),
      unmanagedMaxMa: unmanagedBelow(config, outer),
      marginMa: loadToMa(marginA ?? 0),
      totalMa: limitW === undefined ? Number.POSITIVE_INFINITY : totalMaOfWatts(limitW, voltageV),
    });
    for (const { stationId, maxA = 0 } of limited.get(nodeId) ?? []) {
      const own = perPhase(maxA, limitToMa);
      const nothing: PhaseValues = [0, 0, 0];
      const totalMa = Number.POSITIVE_INFINITY;
      add({
        nodeId: stationId,
        parent: index,
        lines: phaseIndexes(phases),
        limitMa: own,
        firmMa: own,
        isFirmStated: true,
        exportMa: own,
        ownUnmanagedMa: nothing,
        unmanagedMaxMa: nothing,
        marginMa: 0,
        totalMa,
      });
    }
    for (const child of config.children ?? []) visit(child, index, phases);
  };
  visit(root, -1, 3);
  return { nodes, indexOf, columns: columnsOf(nodes) };
}

/** Lines that reach a node whose parent has those of `outer`. */
export const linesAt = ({ phases, transformer }: NodeConfig, outer: LineSet): LineSet => phases ?? (transformer ? 3 : outer);

function unmanagedBelow(node: NodeConfig, outer: LineSet): PhaseValues {
  const lines = linesAt(node, outer);
  return (node.children ?? [])
    .map((child) => worstThrough(child.transformer, unmanagedBelow(child, lines)))
    .reduce<PhaseValues>(
      (sum, below) => [sum[0] + below[0], sum[1] + below[1], sum[2] + below[2]],
      onLines(lines, perPhase(node.unmanagedMaxA ?? 0, loadToMa)),
    );
}

const lower = (a: PhaseValues, b: PhaseValues): PhaseValues => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.min(a[2], b[2])];

/** Nothing flows where no line leads. */
function onLines(lines: LineSet, [a, b, c]: PhaseValues): PhaseValues {
  const reached = phaseIndexes(lines);
  return [reached.includes(0) ? a : 0, reached.includes(1) ? b : 0, reached.includes(2) ? c : 0];
}

/** Every way an EVSE can be wired. */
const WIRINGS: readonly PhaseSet[] = [['L1'], ['L2'], ['L3'], ['L1', 'L2'], ['L2', 'L3'], ['L1', 'L3'], ['L1', 'L2', 'L3'], ...LINE_PAIRS];

function columnsOf(nodes: readonly NetworkNode[]): readonly Column[] {
  const columns: Column[] = nodes.flatMap((_, node) => COLUMN_NAMES.map((phase) => ({ node, phase })));
  // What may arrive at each node; children come after their parents, so backwards everything below is complete.
  const arriving = new Map<number, LineCurrents[]>();
  for (let node = nodes.length - 1; node >= 0; node--) {
    const { parent, transformer } = nodes[node] as NetworkNode;
    const currents = arriving.get(node);
    if (currents !== undefined) {
      for (const [line, phase] of PHASES.entries()) {
        const angles = currents.flatMap((each) => (isNothing(each[line as 0 | 1 | 2]) ? [] : [angleOf(each[line as 0 | 1 | 2])]));
        const [first, ...others] = sidesOf(angles);
        if (first === undefined || others.length === 0) continue;
        columns[node * COLUMNS + line] = { node, phase, side: first };
        columns.push(...others.map((side) => ({ node, phase, side })));
      }
    }
    // Without a transformer below, all there is comes at 0° and ±30°: one side.
    const leaving = currents ?? (transformer && WIRINGS.map(lineCurrents));
    if (parent < 0 || leaving === undefined) continue;
    const above = arriving.get(parent) ?? WIRINGS.map(lineCurrents);
    arriving.set(parent, [...above, ...(transformer ? leaving.map((each) => throughTransformer(transformer, each)) : leaving)]);
  }
  return columns;
}

export const isNothing = ({ re, im }: Phasor): boolean => re === 0 && im === 0;

/** Indexes from a node up to the root, itself first. Throws on a node the network does not have. */
export function pathOf(network: Network, nodeId: string): readonly number[] {
  const path: number[] = [];
  let index = network.indexOf.get(nodeId);
  if (index === undefined) throw new Error(`no node ${nodeId}`);
  while (index >= 0) {
    path.push(index);
    index = network.nodes[index]?.parent ?? -1;
  }
  return path;
}

/** Columns of one node: its four, then further sides. */
export function columnsAt({ nodes, columns }: Network, node: number): readonly number[] {
  const own = COLUMN_NAMES.map((_, offset) => node * COLUMNS + offset);
  for (let column = nodes.length * COLUMNS; column < columns.length; column++) if (columns[column]?.node === node) own.push(column);
  return own;
}

/** Further sides of a line have the capacity of the line itself: fills them in from the four columns of each node. */
export function spreadToSides({ nodes, columns }: Network, capacity: Float64Array): Float64Array {
  for (let column = nodes.length * COLUMNS; column < columns.length; column++) {
    const { node, phase } = columns[column] as Column;
    capacity[column] = capacity[node * COLUMNS + COLUMN_NAMES.indexOf(phase)] as number;
  }
  return capacity;
}

/** What is left for stations at rest: limit − unmanaged maximum − margin, never below 0; per column [mA]. */
export function installedCapacity(network: Network): Float64Array {
  const capacity = new Float64Array(network.columns.length);
  network.nodes.forEach(({ limitMa, unmanagedMaxMa, marginMa, totalMa }, index) => {
    for (const phase of [0, 1, 2] as const)
      capacity[index * COLUMNS + phase] = Math.max(0, limitMa[phase] - unmanagedMaxMa[phase] - marginMa);
    const [a, b, c] = unmanagedMaxMa;
    capacity[index * COLUMNS + TOTAL] = Math.max(0, totalMa - (a + b + c) - 3 * marginMa);
  });
  return spreadToSides(network, capacity);
}

/**
 * What the tree lets cars feed back at most, per column [mA]. Loads that would use it up on the way do not count, so it is the same at any time; a
 * limit in watts binds in both directions too.
 */
export function exportCapacity(network: Network): Float64Array {
  const capacity = new Float64Array(network.columns.length);
  network.nodes.forEach(({ exportMa, marginMa, totalMa }, index) => {
    for (const phase of [0, 1, 2] as const) capacity[index * COLUMNS + phase] = Math.max(0, exportMa[phase] - marginMa);
    capacity[index * COLUMNS + TOTAL] = Math.max(0, totalMa - 3 * marginMa);
  });
  return spreadToSides(network, capacity);
}
