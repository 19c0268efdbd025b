// What flows at a site by its meters, looked at when a record may have changed it: which columns are above their limits.
// What is above and why is the domain's, how long it lasts is exceedance.ts.
import type { Recorded, SiteEvent } from '#contracts';
import {
  committedMa,
  DEFAULT_LEASE_SECONDS,
  type Direction,
  type Draw,
  dischargeAt,
  dischargeableMa,
  type EvseConfig,
  type EvseLedger,
  type Exceedance,
  exceedances,
  leaseSkew,
  type MeteredDraw,
  mayExceed,
  newest,
  type StationDraws,
  stationBoundMa,
} from '#domain/load-balancing';
import { perShard } from '#kernel';
import { FRESH_MS } from './measured-power.js';
import { lastChangeMs, lineCurrent, OBEY_WITHIN_MS } from './samples.js';
import {
  conditionsOf,
  type Measured,
  networkOf,
  placementsOf,
  type SiteState,
  type StationState,
  stationCount,
  stationsOf,
} from './state.js';

/** A car comes down within this time after its station confirmed a limit; a sample of before says nothing about afterwards [ms]. */
const SETTLED_MS = 5_000;
/** The most a station's clock may be off before its leases have no end [ms]. */
const SKEW_MS = 60_000;
/** Sites with more stations than this are looked at once a second at most, and for each news of limits. */
const MANY_STATIONS = 50;

const isMetered = perShard<StationState, boolean>((stations) =>
  stations.some(({ measured, unconfigured }) => unconfigured !== undefined || !isNothing(measured)),
);

/** Whether this record may have changed what is above. */
export function isLookedAt(before: SiteState, heard: SiteState, input: Recorded<SiteEvent>): boolean {
  if (heard.config === undefined) return false;
  const isNews = before.gridLimits !== heard.gridLimits || before.measurements !== heard.measurements || input.type === 'TimeReached';
  const isNextSecond = Math.floor(before.nowMs / 1000) !== Math.floor(heard.nowMs / 1000);
  const isDue =
    before.stations !== heard.stations &&
    (isNextSecond || stationCount(heard) <= MANY_STATIONS) &&
    (isMetered(heard.stations).includes(true) || !isNothing(heard.exceeded));
  return isNews || isDue;
}

/** What is above now, where that is looked at. */
export function exceededNow(heard: SiteState): readonly Exceedance[] {
  if (last?.heard !== heard) last = { heard, found: lookAt(heard) };
  return last.found;
}
/** `decide` and `evolve` look at the same, one after the other. */
let last: { readonly heard: SiteState; readonly found: readonly Exceedance[] } | undefined;

function lookAt(state: SiteState): readonly Exceedance[] {
  const network = networkOf(state);
  const { config, nowMs, configuredMs } = state;
  if (network === undefined || config === undefined) return [];
  const placements = placementsOf(config);
  const conditions = conditionsOf(state);
  const placed = stationsOf(state).flatMap((station) => {
    const placement = placements.get(station.config);
    return placement === undefined || isNothing(station.measured) ? [] : [{ station, placement }];
  });
  const leaseMs = (config.leaseSeconds ?? DEFAULT_LEASE_SECONDS) * 1000 + SKEW_MS;
  return (['import', 'export'] as const).flatMap((direction) => {
    const place = { network, conditions, direction, nowMs };
    const metered = placed.flatMap(({ station, placement }) => meteredDraws(station, placement, config.voltageV)[direction]);
    if ((direction === 'export' && metered.length === 0) || !mayExceed(place, metered)) return [];
    const stations = placed.flatMap(({ station, placement }) => drawsOf(station, placement, direction, config.voltageV, nowMs));
    return exceedances({ ...place, stations, leaseMs, configuredMs });
  });
}

type Placed = NonNullable<ReturnType<ReturnType<typeof placementsOf>['get']>>;

type BothWays = Readonly<Record<Direction, readonly MeteredDraw[]>>;
const kept = new WeakMap<StationState, { readonly placement: Placed; readonly draws: BothWays }>();

/** The most each EVSE of a station may have drawn, and fed back, when it was last measured; kept while nothing is heard of it. */
function meteredDraws(station: StationState, placement: Placed, voltageV: number): BothWays {
  const known = kept.get(station);
  if (known?.placement === placement) return known.draws;
  const of = (direction: Direction): readonly MeteredDraw[] =>
    station.config.evses.flatMap((own): readonly MeteredDraw[] => {
      const route = placement.evses.get(own.evseId)?.route;
      const sample = station.measured[own.evseId];
      if (route === undefined || sample === undefined || (direction === 'export' && sample.back === undefined)) return [];
      return [{ route, mostMa: flowedBetween(sample, own, direction, voltageV).mostMa }];
    });
  const draws = { import: of('import'), export: of('export') };
  kept.set(station, { placement, draws });
  return draws;
}

/** What feeds back makes no room for others: it may end at any moment. */
function flowedBetween(sample: Measured, own: EvseConfig, direction: Direction, voltageV: number): Pick<Draw, 'leastMa' | 'mostMa'> {
  if (direction === 'export') return sample.back ?? { leastMa: 0, mostMa: 0 };
  const { atLeastMa = 0, atMostMa = 0 } = lineCurrent(sample, own, voltageV);
  return { leastMa: Math.max(0, atLeastMa), mostMa: Math.max(0, atMostMa) };
}

/** Of EVSEs with a transaction, or measured though nothing is known to run there. */
function drawsOf(
  { config, ledger, measured, demands, shown }: StationState,
  placement: Placed,
  direction: Direction,
  voltageV: number,
  nowMs: number,
): readonly StationDraws[] {
  const evses = ledger.evses.flatMap((evse) => {
    const { evseId, disobedient } = evse;
    const place = placement.evses.get(evseId);
    const own = config.evses.find((each) => each.evseId === evseId);
    const { [evseId]: sample } = measured;
    if (place === undefined || own === undefined || sample === undefined) return [];
    const isFresh = nowMs - sample.atMs <= FRESH_MS;
    if (demands[evseId] === undefined && !isFresh) return [];
    const changedMs = lastChangeMs(evse);
    // By its clock.
    const steppedMs = lastStepMs(evse, nowMs) + (leaseSkew(ledger) ?? 0);
    // A sample of before a change holds on, as far as the change allows: what nobody has measured is told as a shortfall, not here.
    const isTelling = isFresh && (disobedient || sample.above > 0 || sample.atMs >= Math.max(changedMs, steppedMs) + SETTLED_MS);
    const { leastMa, mostMa } = flowedBetween(sample, own, direction, voltageV);
    const obedient = { ...evse, disobedient: disobedient && !isFresh };
    const last = newest(evse.plans);
    return [
      {
        stationId: ledger.stationId,
        evseId,
        ...place,
        leastMa: isTelling ? leastMa : 0,
        mostMa,
        ...(direction === 'import'
          ? { allowedMa: () => committedMa(ledger, obedient, nowMs, false), wantedMa: shown[evseId]?.limitMa ?? evse.safeMa }
          : { allowedMa: () => dischargeableMa(ledger, obedient, nowMs), wantedMa: last === undefined ? 0 : dischargeAt(last, nowMs) }),
        isUnheard: !isFresh,
        isFollowing: nowMs - changedMs <= OBEY_WITHIN_MS,
        isDisobedient: disobedient,
        isOnline: ledger.contact === 'online',
      },
    ];
  });
  const boundMa = direction === 'import' ? stationBoundMa(ledger, nowMs) : Number.POSITIVE_INFINITY;
  return evses.length === 0 ? [] : [{ boundMa, evses }];
}

/** When the schedule it has been told last took another value. */
const lastStepMs = ({ plans, foreign }: EvseLedger, nowMs: number): number =>
  [...plans, ...foreign]
    .flatMap(({ steps }) => steps)
    .reduce((latest, { fromMs }) => (fromMs <= nowMs ? Math.max(latest, fromMs) : latest), 0);

/** Cheaper than its keys: asked of every station of a site. */
export function isNothing(record: Readonly<Record<string, unknown>>): boolean {
  for (const _key in record) return false;
  return true;
}
