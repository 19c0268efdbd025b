// The site tree as flat arrays: nodes in preorder, four columns of constraints each (L1, L2, L3, and all lines together).
// What the limits are at a given time (limits) and who may draw what (fill, ledger) is decided elsewhere.
import type { NodeConfig, Phase, PhaseSet } from './site-model.js';
import { PHASES } from './site-model.js';
import { limitToMa, loadToMa, type PhaseValues, perPhase, phaseIndexes } from './units.js';

/** Column 3 of a node bounds the sum over its lines; it exists where a limit is given in watts. */
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
  /** mA per phase; 0 where the line does not reach. */
  readonly limitMa: PhaseValues;
  readonly firmMa: PhaseValues;
  /** Declared at this node, without what is declared below it. */
  readonly ownUnmanagedMa: PhaseValues;
  /** Own and everything below. */
  readonly unmanagedMaxMa: PhaseValues;
  readonly marginMa: number;
  /** Sum over the lines [mA], Infinity without a limit in watts. */
  readonly totalMa: number;
}

export interface Network {
  readonly nodes: readonly NetworkNode[];
  readonly indexOf: ReadonlyMap<string, number>;
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
  const add = (node: NetworkNode): number => {
    indexOf.set(node.nodeId, nodes.length);
    return nodes.push(node) - 1;
  };
  const visit = (config: NodeConfig, parent: number, outer: PhaseSet): void => {
    const phases = config.phases ?? outer;
    const reached = phaseIndexes(phases);
    const onLines = (values: PhaseValues): PhaseValues =>
      [0, 1, 2].map((phase) => (reached.includes(phase) ? values[phase as 0 | 1 | 2] : 0)) as unknown as PhaseValues;
    const limitMa = onLines(perPhase(config.limitA, limitToMa));
    const firm = onLines(perPhase(config.firmLimitA ?? config.limitA, limitToMa));
    const index = add({
      nodeId: config.nodeId,
      parent,
      limitMa,
      firmMa: [Math.min(firm[0], limitMa[0]), Math.min(firm[1], limitMa[1]), Math.min(firm[2], limitMa[2])],
      ownUnmanagedMa: perPhase(config.unmanagedMaxA ?? 0, loadToMa),
      unmanagedMaxMa: unmanagedBelow(config),
      marginMa: loadToMa(config.marginA ?? 0),
      totalMa: config.limitW === undefined ? Number.POSITIVE_INFINITY : totalMaOfWatts(config.limitW, voltageV),
    });
    for (const { stationId, nodeId, maxA } of stations) {
      if (nodeId !== config.nodeId || maxA === undefined) continue;
      const own = perPhase(maxA, limitToMa);
      add({
        nodeId: stationId,
        parent: index,
        limitMa: own,
        firmMa: own,
        ownUnmanagedMa: [0, 0, 0],
        unmanagedMaxMa: [0, 0, 0],
        marginMa: 0,
        totalMa: Number.POSITIVE_INFINITY,
      });
    }
    for (const child of config.children ?? []) visit(child, index, phases);
  };
  visit(root, -1, 3);
  return { nodes, indexOf };
}

function unmanagedBelow(config: NodeConfig): PhaseValues {
  const [own1, own2, own3] = perPhase(config.unmanagedMaxA ?? 0, loadToMa);
  return (config.children ?? [])
    .map(unmanagedBelow)
    .reduce<PhaseValues>((sum, below) => [sum[0] + below[0], sum[1] + below[1], sum[2] + below[2]], [own1, own2, own3]);
}

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

/** What is left for stations at rest: limit − unmanaged maximum − margin, never below 0; one row of columns per node [mA]. */
export function installedCapacity({ nodes }: Network): Float64Array {
  const capacity = new Float64Array(nodes.length * COLUMNS);
  nodes.forEach(({ limitMa, unmanagedMaxMa, marginMa, totalMa }, index) => {
    for (const phase of [0, 1, 2] as const)
      capacity[index * COLUMNS + phase] = Math.max(0, limitMa[phase] - unmanagedMaxMa[phase] - marginMa);
    const [a, b, c] = unmanagedMaxMa;
    capacity[index * COLUMNS + TOTAL] = Math.max(0, totalMa - (a + b + c) - 3 * marginMa);
  });
  return capacity;
}
