// A split asked for on its own, in amperes: the answer of `POST /v1/allocations`.
// The split itself (split) knows no names and no amperes; what is refused before is in check-site.

import type { Claim } from './claim.js';
import { emptyLoad, magnitude } from './load.js';
import { COLUMNS, compileNetwork, installedCapacity } from './network.js';
import { routeOf } from './routes.js';
import type { NodeConfig, PhaseSet } from './site-model.js';
import { type Reason, reasonOf, split } from './split.js';
import { limitToMa, loadToMa, toAmps } from './units.js';

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

export interface Allocation {
  /** In the order of the request. `reason` is the full node and phase that kept it from more; absent where its own maximum did. */
  readonly evses: readonly { readonly evseId: string | number; readonly limitA: number; readonly reason?: Reason }[];
  readonly nodes: readonly { readonly nodeId: string; readonly loadA: readonly [number, number, number] }[];
}

/** Never above a limit on any node and phase; each EVSE gets 0 or a value in [minA, maxA]. Throws on a node that is not in the tree. */
export function allocate({ root, voltageV = 230, evses }: AllocationRequest): Allocation {
  const network = compileNetwork(root, voltageV);
  const claims = evses.map(({ evseId, nodeId, phases, minA, maxA, levelsA, weight = 1, priority = 0, waitingSince }): Claim => {
    return {
      id: evseId,
      route: routeOf(network, nodeId, phases),
      minMa: loadToMa(minA),
      maxMa: limitToMa(maxA),
      ...(levelsA !== undefined && { levelsMa: levelsA.map(limitToMa) }),
      weight,
      priority,
      waitingSinceMs: waitingSince === undefined ? Number.POSITIVE_INFINITY : Date.parse(waitingSince),
    };
  });
  const { limitMa, tight, load } = split(installedCapacity(network), claims, emptyLoad(network));
  const loadMa = (column: number): number => Math.max(0, Math.ceil(magnitude(load, column) - 1e-6));
  return {
    evses: evses.map(({ evseId }, index) => {
      const reason = reasonOf(network, tight[index] as number);
      return { evseId, limitA: toAmps(limitMa[index] as number), ...(reason && { reason }) };
    }),
    nodes: network.nodes.map(({ nodeId }, index) => {
      const loadA = (phase: number): number => toAmps(loadMa(index * COLUMNS + phase));
      return { nodeId, loadA: [loadA(0), loadA(1), loadA(2)] };
    }),
  };
}
