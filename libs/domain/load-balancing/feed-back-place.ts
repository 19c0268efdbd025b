// Whether anything can be fed back from an outlet at all, whoever agrees to it: the outlet, the words its station knows, and the tree above it.
// What the car, the grid and the driver leave of that now is said in planner/consent.ts and feed-back.ts.
import type { OcppVersion } from '#ocpp';
import { placeStation } from './headroom.js';
import { exportCapacity, type Network } from './network.js';
import { canDischarge } from './profiles.js';
import type { Refusal, StationConfig } from './site-model.js';

/** What is in the way: the EVSE, the version its station speaks, or a node. */
export type PlaceObstacle = 'evse' | 'ocppVersion' | 'node';

/** Empty = it can be done. `ocppVersion` undefined: the station was never here. Throws on a node the network does not have. */
export function placeObstacles(
  network: Network,
  station: StationConfig,
  evseId: number,
  ocppVersion: OcppVersion | undefined,
): readonly (Refusal & { readonly kind: PlaceObstacle })[] {
  const { stationId } = station;
  const canFeedBack = station.evses.some((evse) => evse.evseId === evseId && (evse.maxDischargeA ?? 0) > 0);
  const capacity = exportCapacity(network);
  const closed = placeStation(network, station)
    .evses.get(evseId)
    ?.route.column.find((column) => (capacity[column] ?? 0) <= 0);
  const nodeId = closed === undefined ? undefined : network.nodes[network.columns[closed]?.node ?? -1]?.nodeId;
  const found = (kind: PlaceObstacle, path: string, message: string) => ({ kind, path, message });
  return [
    ...(canFeedBack
      ? []
      : [found('evse', `${stationId}.evses.${evseId}.maxDischargeA`, 'this EVSE cannot feed back: no maxDischargeA is given')]),
    ...(canDischarge(ocppVersion)
      ? []
      : [found('ocppVersion', stationId, 'this station cannot be told to feed back: it does not speak OCPP 2.1')]),
    ...(nodeId === undefined ? [] : [found('node', nodeId, `nothing may be fed back through node ${nodeId}: see its exportLimitA`)]),
  ];
}
