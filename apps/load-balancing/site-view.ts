// What the allocator is given of a site: its tree, what binds it now, its stations and what their cars want.
// What follows from that is the domain's (plan).
import {
  canDischarge,
  DEFAULT_LEASE_SECONDS,
  type Demand,
  type Dischargeable,
  dischargeable,
  type EvseConfig,
  type PlanInput,
  placeStation,
} from '#domain/load-balancing';
import { isFirst } from './first-place.js';
import { carPlanOf } from './outlook.js';
import { USE_FRESH_MS } from './samples.js';
import { conditionsOf, networkOf, onlyUnitOf, placementsOf, type SiteState, type StationState, stationsOf } from './state.js';

/** What the allocator is given. */
export function viewOf(state: SiteState): PlanInput | undefined {
  const network = networkOf(state);
  const { config, nowMs } = state;
  if (network === undefined || config === undefined) return undefined;
  const placements = placementsOf(config);
  const stations = stationsOf(state).map((station) => ({
    config: station.config,
    ledger: station.ledger,
    placement: placements.get(station.config) ?? placeStation(network, station.config),
    quietUntilMs: station.quietUntilMs,
    demands: demandMap(state, station),
    ...(station.facts.maxPeriods !== undefined && { maxPeriods: station.facts.maxPeriods }),
    ...(onlyUnitOf(station) && { onlyUnit: onlyUnitOf(station) as 'A' | 'W' }),
  }));
  return {
    network,
    conditions: conditionsOf(state),
    leaseMs: (config.leaseSeconds ?? DEFAULT_LEASE_SECONDS) * 1000,
    stations,
    nowMs,
  };
}

const NOBODY: ReadonlyMap<number, Demand> = new Map();

function demandMap(state: SiteState, station: StationState): ReadonlyMap<number, Demand> {
  const {
    config: { stationId, evses },
    demands,
    measured,
    visits,
  } = station;
  const entries = Object.entries(demands);
  if (entries.length === 0) return NOBODY;
  const isFresh = (evseId: string): boolean => state.nowMs - (measured[evseId]?.atMs ?? 0) <= USE_FRESH_MS;
  return new Map(
    entries.map(([evseId, { usableMa = ANY, ...demand }]) => {
      const { maxMa = ANY, maxPeriods } = visits[evseId]?.needs ?? {};
      const mostMa = Math.min(isFresh(evseId) ? usableMa : ANY, maxMa);
      const evse = evses.find((each) => each.evseId === Number(evseId));
      // Whoever charges with priority waits for no plan and gives nothing back.
      const comesFirst = isFirst(station, demand);
      const plan = comesFirst ? undefined : carPlanOf(state, evse, stationId, evseId, demand.transactionId, visits[evseId]);
      const discharge = comesFirst ? undefined : evse && mayFeedBack(state, station, evse);
      return [
        Number(evseId),
        {
          ...demand,
          ...(mostMa < ANY && { usableMa: mostMa }),
          ...(maxPeriods !== undefined && { maxPeriods }),
          ...(plan && { plan }),
          ...(discharge && { discharge }),
          ...(comesFirst && { isFirst: true }),
        },
      ];
    }),
  );
}

const ANY = Number.POSITIVE_INFINITY;

/** Only what OCPP 2.1 can spell is ever asked for: before it, a negative limit means nothing that could be relied on. */
function mayFeedBack({ config, nowMs }: SiteState, { visits, ocppVersion }: StationState, evse: EvseConfig): Dischargeable | undefined {
  const visit = visits[evse.evseId];
  return visit && config && canDischarge(ocppVersion) ? dischargeable(visit, evse, config.voltageV, nowMs) : undefined;
}
