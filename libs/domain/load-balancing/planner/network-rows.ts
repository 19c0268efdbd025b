// The columns of a site's network as rows of the planner's program: exact where everything is in phase, polygons where it is not.
import type { Network } from '../network.js';
import type { Route } from '../routes.js';
import { phasorRows } from './phasor-rows.js';
import type { PlanRow } from './snapshot.js';

/** `routes` per car, `capacities` per slot: mA per column of the network, what unmanaged loads take already gone. */
export function networkRows(network: Network, routes: readonly Route[], capacities: readonly Float64Array[]): readonly PlanRow[] {
  return network.columns.flatMap((_, column) => {
    const limits = capacities.map((capacity) => capacity[column] as number);
    if (limits.every((limit) => limit === Number.POSITIVE_INFINITY)) return [];
    const members = routes.map((route) => {
      const at = route.column.indexOf(column);
      return { re: route.re[at] ?? 0, im: route.im[at] ?? 0 };
    });
    return phasorRows(members).map(({ factor, share }) => ({
      factor,
      limitA: Float64Array.from(limits, (limit) => (limit / 1000) * share),
    }));
  });
}
