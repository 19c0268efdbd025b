// Who waits, who is served, and whose turn ends: the queue of a site as its owner remembers it.
// The rule itself is in the domain (rotation).
import type { LimitsDecided } from '#contracts';
import { nextTurn, rankOf, type Turn, yielding } from '#domain/load-balancing';
import { entriesOf, perShard } from '#kernel';
import { isFirst } from './first-place.js';
import { networkOf, placementsOf, type SiteState, type StationState, withStation } from './state.js';

type Place = Turn & { readonly stationId: string; readonly evseId: string };

function turnsOf(state: SiteState): readonly Place[] {
  const network = networkOf(state);
  if (network === undefined || state.config === undefined) return [];
  const placements = placementsOf(state.config);
  return entriesOf(state.stations).flatMap(([stationId, station]) => {
    const { config, demands } = station;
    return Object.entries(demands).map(([evseId, demand]) => {
      const { waitingSinceMs, servedSinceMs, waitsFor } = demand;
      const outlet = config.evses.find((evse) => evse.evseId === Number(evseId));
      return {
        id: `${stationId}/${evseId}`,
        stationId,
        evseId,
        priority: rankOf(outlet ?? {}, isFirst(station, demand)),
        waitingSinceMs,
        ...(servedSinceMs !== undefined && { servedSinceMs }),
        ...(waitsFor !== undefined && { waitsFor }),
        nodes: (placements.get(config)?.path ?? []).flatMap((index) => network.nodes[index]?.nodeId ?? []),
      };
    });
  });
}

/** Ends the turns that are over: those go to the end of the queue. */
export function rotated(state: SiteState): SiteState {
  if (!isAnyWaiting(state)) return state;
  const turns = turnsOf(state);
  return yielding(turns, state.nowMs).reduce((changed, id) => {
    const turn = turns.find((each) => each.id === id);
    if (turn === undefined) return changed;
    return withStation(changed, turn.stationId, (station) => {
      const demand = station.demands[turn.evseId];
      if (demand === undefined) return station;
      const back = { ...demand, waitingSinceMs: state.nowMs, servedSinceMs: state.nowMs };
      return { ...station, demands: { ...station.demands, [turn.evseId]: back } };
    });
  }, state);
}

const waits = perShard<StationState, boolean>((stations) =>
  stations.some(({ demands }) => Object.values(demands).some(({ waitsFor }) => waitsFor !== undefined)),
);
const isAnyWaiting = ({ stations }: SiteState): boolean => waits(stations).includes(true);

export const nextTurnMs = (state: SiteState): number =>
  isAnyWaiting(state) ? nextTurn(turnsOf(state), state.nowMs) : Number.POSITIVE_INFINITY;

/** Remembers who was given something and who has to wait, and for which node. */
export function noted(state: SiteState, { evses }: LimitsDecided): SiteState {
  return evses.reduce(
    (changed, { stationId, evseId, limitMa, reason, heldBy }) =>
      withStation(changed, stationId, (station) => {
        const demand = station.demands[evseId];
        if (demand === undefined) return station;
        const { servedSinceMs, waitsFor, ...rest } = demand;
        // Who is planned to wait is in no queue.
        const waiting = limitMa === 0 && heldBy === undefined ? reason?.nodeId : undefined;
        const served = limitMa > 0 ? (servedSinceMs ?? state.nowMs) : undefined;
        if (waiting === waitsFor && served === servedSinceMs) return station;
        const isStart = served !== undefined && servedSinceMs === undefined;
        const after = {
          ...rest,
          ...(isStart && { starts: (rest.starts ?? 0) + 1 }),
          ...(served !== undefined && { servedSinceMs: served }),
          ...(waiting !== undefined && { waitsFor: waiting }),
        };
        return { ...station, demands: { ...station.demands, [evseId]: after } };
      }),
    state,
  );
}
