// A random site as the split sees it, and as plain rows of whole milliamps for references that share nothing with it.
// The references are in max-min.fixture.ts and by-linear-program.fixture.ts.
import type { AllocationClaim } from './allocate.js';
import type { Claim } from './claim.js';
import type { Row } from './max-min.fixture.js';
import { type Column, compileNetwork, installedCapacity, type Network } from './network.js';
import { routeOf } from './routes.js';
import { type NodeConfig, PHASES } from './site-model.js';
import { flatten, isBelow } from './sites.fixture.js';
import { limitToMa, loadToMa, phaseList } from './units.js';

export const VOLTAGE_V = 230;
export const at = <T>(list: ArrayLike<T>, index: number): T => {
  if (index >= list.length) throw new Error('missing');
  return list[index] as T;
};

export function problemOf({ root, evses }: { readonly root: NodeConfig; readonly evses: readonly AllocationClaim[] }) {
  const network = compileNetwork(root, VOLTAGE_V);
  const claims = evses.map(({ evseId, nodeId, phases, minA, maxA, levelsA, weight = 1, priority = 0 }): Claim => {
    const levelsMa = levelsA?.map(limitToMa);
    const route = routeOf(network, nodeId, phases);
    const bounds = { minMa: loadToMa(minA), maxMa: limitToMa(maxA), ...(levelsMa && { levelsMa }) };
    return { id: evseId, route, ...bounds, weight, priority, waitingSinceMs: 0 };
  });
  return { network, claims, capacity: installedCapacity(network) };
}

/** What an admitted claim can be given, lowest and highest. */
export function boundsOf({ minMa, maxMa, levelsMa }: Claim): readonly [number, number] {
  if (!levelsMa) return [Math.ceil(minMa / 100) * 100, Math.floor(maxMa / 100) * 100];
  const usable = levelsMa.filter((level) => level > 0 && level >= minMa && level <= maxMa);
  return [Math.min(...usable), Math.max(...usable)];
}

/** Every line and total of every node, as sums of whole milliamps. */
export function rowsOf(root: NodeConfig, evses: readonly AllocationClaim[], network: Network): readonly (Row & Column)[] {
  return flatten(root).flatMap((node) => {
    const index = network.indexOf.get(node.nodeId) ?? -1;
    const below = evses.flatMap((claim, member) => (isBelow(node, claim.nodeId) ? [{ member, lines: phaseList(claim.phases) }] : []));
    const perLine = PHASES.map((phase, line) => ({
      node: index,
      phase,
      capacity: Math.floor(at(node.limitA as readonly number[], line) * 1000 + 1e-6),
      shares: new Map(below.filter(({ lines }) => lines.includes(phase)).map(({ member }) => [member, 1])),
    }));
    if (node.limitW === undefined) return perLine;
    const capacity = Math.floor((node.limitW * 1000) / (VOLTAGE_V * 1.1));
    return [
      ...perLine,
      { node: index, phase: 'total' as const, capacity, shares: new Map(below.map(({ member, lines }) => [member, lines.length])) },
    ];
  });
}
