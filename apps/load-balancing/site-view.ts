// What the allocator is given of a site: its tree, what binds it now, its stations and what their cars want.
// What follows from that is the domain's (plan).
import {
  canDischarge,
  DEFAULT_LEASE_SECONDS,
  type Dischargeable,
  dischargeable,
  type EvseConfig,
  type Placement,
  type PlanInput,
  placeStation,
  type StationView,
} from '#domain/load-balancing';
import { isFirst } from './first-place.js';
import { isNothing } from './metered-flows.js';
import { carPlanOf } from './outlook.js';
import { USE_FRESH_MS } from './samples.js';
import { conditionsOf, networkOf, onlyUnitOf, placementsOf, type SiteState, type StationState, stationsOf } from './state.js';

/** What the allocator is given: `decide` and `evolve` ask for it one after the other, mostly of the same. */
export function viewOf(state: SiteState): PlanInput | undefined {
  if (last === undefined || SEEN.some((part) => last?.state[part] !== state[part])) last = { state, view: seen(state) };
  return last.view;
}
let last: { readonly state: SiteState; readonly view: PlanInput | undefined } | undefined;
const SEEN = ['config', 'stations', 'gridLimits', 'measurements', 'plan', 'nowMs'] as const;

function seen(state: Pick<SiteState, (typeof SEEN)[number]>): PlanInput | undefined {
  const network = networkOf(state);
  const { config, nowMs } = state;
  if (network === undefined || config === undefined) return undefined;
  const placements = placementsOf(config);
  const stations = stationsOf(state).map((station) => {
    const placement = placements.get(station.config) ?? placeStation(network, station.config);
    return isNothing(station.demands) ? atRest(station, placement) : viewOfStation(station, placement, demandMap(state, station));
  });
  return {
    network,
    conditions: conditionsOf(state),
    leaseMs: (config.leaseSeconds ?? DEFAULT_LEASE_SECONDS) * 1000,
    stations,
    nowMs,
  };
}

const viewOfStation = (station: StationState, placement: Placement, demands: StationView['demands']): StationView => ({
  config: station.config,
  ledger: station.ledger,
  placement,
  quietUntilMs: station.quietUntilMs,
  demands,
  ...(station.facts.maxPeriods !== undefined && { maxPeriods: station.facts.maxPeriods }),
  ...(station.ocppVersion && { ocppVersion: station.ocppVersion }),
  ...(onlyUnitOf(station) && { onlyUnit: onlyUnitOf(station) as 'A' | 'W' }),
});

const resting = new WeakMap<StationState, StationView>();
const NOBODY: StationView['demands'] = new Map();

/** Where nobody wants anything it is the same until something is heard of the station. */
function atRest(station: StationState, placement: Placement): StationView {
  const known = resting.get(station);
  if (known?.placement === placement) return known;
  const view = viewOfStation(station, placement, NOBODY);
  resting.set(station, view);
  return view;
}

function demandMap(state: Pick<SiteState, 'config' | 'plan' | 'nowMs'>, station: StationState): StationView['demands'] {
  const {
    config: { stationId, evses },
    demands,
    measured,
    visits,
  } = station;
  const isFresh = (evseId: string): boolean => state.nowMs - (measured[evseId]?.atMs ?? 0) <= USE_FRESH_MS;
  return new Map(
    Object.entries(demands).map(([evseId, { usableMa = ANY, ...demand }]) => {
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
function mayFeedBack(
  { config, nowMs }: Pick<SiteState, 'config' | 'nowMs'>,
  { visits, ocppVersion }: StationState,
  evse: EvseConfig,
): Dischargeable | undefined {
  const visit = visits[evse.evseId];
  return visit && config && canDischarge(ocppVersion) ? dischargeable(visit, evse, config.voltageV, nowMs) : undefined;
}
