// What keeps an outlet from more besides a full node and the planner: those who have the share it waits for, and caps that others put on it.
// The split itself is the domain's; where these reasons are told is told.ts (what holds) and why.ts (what was sent).
import type { EvseLimit } from '#contracts';
import { capAt, type EvseConfig, type EvseLedger, leastToldMa, type SitePlan, STEP_MA } from '#domain/load-balancing';
import { networkOf, onlyUnitOf, placementsOf, type SiteState, type StationState, stationIn } from './state.js';

type Wanted = SitePlan['wanted'][number];

/** As many of those who have the share are named. */
const NAMED = 5;

/** Asked of one plan for each that waits; undefined for who does not. */
export function queuesOf(state: SiteState, { wanted }: SitePlan): (want: Wanted | undefined) => readonly string[] | undefined {
  const network = networkOf(state);
  const placements = state.config === undefined ? new Map() : placementsOf(state.config);
  const known = new Map<string, readonly string[]>();
  const holdersAt = ({ nodeId, phase, isFirm }: NonNullable<Wanted['reason']>): readonly string[] => {
    const node = network?.indexOf.get(nodeId);
    const draws = ({ stationId, evseId, limitMa, reason }: Wanted): boolean => {
      if (limitMa <= 0 || (isFirm && !reason?.isFirm)) return false;
      const station = stationIn(state, stationId);
      const route = station && placements.get(station.config)?.evses.get(evseId)?.route;
      return [...(route?.column ?? [])].some((column) => {
        const place = network?.columns[column];
        return place?.node === node && place?.phase === phase;
      });
    };
    const found: string[] = [];
    for (const want of wanted) if (found.length < NAMED && draws(want)) found.push(`${want.stationId}/${want.evseId}`);
    return found;
  };
  return (want) => {
    if (want?.reason === undefined || want.limitMa > 0 || want.heldBy !== undefined) return undefined;
    const column = `${want.reason.nodeId}/${want.reason.phase}/${want.reason.isFirm ?? false}`;
    const holders = known.get(column) ?? holdersAt(want.reason);
    known.set(column, holders);
    return holders;
  };
}

/** The cap that keeps it at what the split gives it; undefined where none does. */
export function capOn(
  evse: EvseLedger,
  station: StationState | undefined,
  config: EvseConfig | undefined,
  limitMa: number,
  nowMs: number,
): EvseLimit['cap'] {
  if (evse.foreign.length === 0 || station === undefined || config === undefined) return undefined;
  const { limitMa: mostMa, by } = capAt(evse, nowMs);
  if (by === undefined || mostMa >= evse.ratingMa) return undefined;
  const isTight = limitMa > mostMa - STEP_MA || (limitMa === 0 && mostMa < leastToldMa(config, station.config, onlyUnitOf(station)));
  if (!isTight) return undefined;
  return {
    limitMa: mostMa,
    by: by.limitSource === undefined ? 'profile' : 'chargingLimit',
    ...(by.limitSource && { source: by.limitSource }),
  };
}

/** When the plan that wanted something for a car became too old, where none has come since; ISO 8601. */
export function planLapsedAt(state: SiteState, stationId: string, evseId: number): string | undefined {
  const { plan, nowMs } = state;
  const car = plan?.cars[`${stationId}/${evseId}`];
  const transactionId = stationIn(state, stationId)?.demands[evseId]?.transactionId;
  return car !== undefined && car.transactionId === transactionId && car.untilMs <= nowMs ? new Date(car.untilMs).toISOString() : undefined;
}
