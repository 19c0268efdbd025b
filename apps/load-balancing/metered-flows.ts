// What flows at a site by its meters, looked at when a record may have changed it: which columns are above their limits.
// What is above and why is the domain's, how long it lasts is exceedance.ts.
import type { Recorded, SiteEvent } from '#contracts';
import {
  committedMa,
  DEFAULT_LEASE_SECONDS,
  type Draw,
  type EvseConfig,
  type EvseLedger,
  type Exceedance,
  exceedances,
  type MeteredDraw,
  mayExceed,
  type StationDraws,
  stationBoundMa,
} from '#domain/load-balancing';
import { FRESH_MS } from './measured-power.js';
import { lastChangeMs, lineCurrent, OBEY_WITHIN_MS } from './samples.js';
import { perShard } from './shards.js';
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

/** What is above now, where this record may have changed it; undefined = not looked at. */
export function exceededNow(before: SiteState, heard: SiteState, input: Recorded<SiteEvent>): readonly Exceedance[] | undefined {
  const isNews = before.gridLimits !== heard.gridLimits || before.measurements !== heard.measurements || input.type === 'TimeReached';
  const isNextSecond = Math.floor(before.nowMs / 1000) !== Math.floor(heard.nowMs / 1000);
  const isDue =
    before.stations !== heard.stations &&
    (isNextSecond || stationCount(heard) <= MANY_STATIONS) &&
    (isMetered(heard.stations).includes(true) || !isNothing(heard.exceeded));
  if (!isNews && !isDue) return undefined;
  if (last?.heard !== heard) last = { heard, found: lookAt(heard) };
  return last.found;
}
/** `decide` and `evolve` look at the same, one after the other. */
let last: { readonly heard: SiteState; readonly found: readonly Exceedance[] | undefined } | undefined;

function lookAt(state: SiteState): readonly Exceedance[] | undefined {
  const network = networkOf(state);
  const { config, nowMs, configuredMs } = state;
  if (network === undefined || config === undefined) return undefined;
  const placements = placementsOf(config);
  const place = { network, conditions: conditionsOf(state), nowMs };
  const placed = stationsOf(state).flatMap((station) => {
    const placement = placements.get(station.config);
    return placement === undefined || isNothing(station.measured) ? [] : [{ station, placement }];
  });
  const metered = placed.flatMap(({ station, placement }) => meteredDraws(station, placement, config.voltageV));
  if (!mayExceed(place, metered)) return [];
  const stations = placed.flatMap(({ station, placement }) => drawsOf(station, placement, config.voltageV, nowMs));
  const leaseMs = (config.leaseSeconds ?? DEFAULT_LEASE_SECONDS) * 1000 + SKEW_MS;
  return exceedances({ ...place, stations, leaseMs, configuredMs });
}

type Placed = NonNullable<ReturnType<ReturnType<typeof placementsOf>['get']>>;

const kept = new WeakMap<StationState, { readonly placement: Placed; readonly draws: readonly MeteredDraw[] }>();

/** The most each EVSE of a station may have drawn when it was last measured; kept while nothing is heard of it. */
function meteredDraws(station: StationState, placement: Placed, voltageV: number): readonly MeteredDraw[] {
  const known = kept.get(station);
  if (known?.placement === placement) return known.draws;
  const draws = station.config.evses.flatMap((own): readonly MeteredDraw[] => {
    const route = placement.evses.get(own.evseId)?.route;
    const sample = station.measured[own.evseId];
    return route === undefined || sample === undefined ? [] : [{ route, mostMa: drawnBetween(sample, own, voltageV).mostMa }];
  });
  kept.set(station, { placement, draws });
  return draws;
}

/** What feeds back makes no room for others: it may end at any moment. */
function drawnBetween(sample: Measured, own: EvseConfig, voltageV: number): Pick<Draw, 'leastMa' | 'mostMa'> {
  const { atLeastMa = 0, atMostMa = 0 } = lineCurrent(sample, own, voltageV);
  return { leastMa: Math.max(0, atLeastMa), mostMa: Math.max(0, atMostMa) };
}

/** Of EVSEs that charge, or were measured though nothing is known to run there. */
function drawsOf(
  { config, ledger, measured, demands, shown }: StationState,
  placement: Placed,
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
    const steppedMs = lastStepMs(evse, nowMs);
    // A sample of before a change holds on, as far as the change allows: what nobody has measured is told as a shortfall, not here.
    const isTelling = isFresh && (disobedient || sample.above > 0 || sample.atMs >= Math.max(changedMs, steppedMs) + SETTLED_MS);
    const { leastMa, mostMa } = drawnBetween(sample, own, voltageV);
    return [
      {
        stationId: ledger.stationId,
        evseId,
        ...place,
        leastMa: isTelling ? leastMa : 0,
        mostMa,
        allowedMa: () => committedMa(ledger, { ...evse, disobedient: disobedient && !isFresh }, nowMs, false),
        wantedMa: shown[evseId]?.limitMa ?? evse.safeMa,
        isUnheard: !isFresh,
        isFollowing: nowMs - changedMs <= OBEY_WITHIN_MS,
        isDisobedient: disobedient,
        isOnline: ledger.contact === 'online',
      },
    ];
  });
  return evses.length === 0 ? [] : [{ boundMa: stationBoundMa(ledger), evses }];
}

/** When the schedule it has been told last took another value. */
const lastStepMs = ({ plans }: EvseLedger, nowMs: number): number =>
  plans.flatMap(({ steps }) => steps).reduce((latest, { fromMs }) => (fromMs <= nowMs ? Math.max(latest, fromMs) : latest), 0);

/** Cheaper than its keys: asked of every station of a site. */
export function isNothing(record: Readonly<Record<string, unknown>>): boolean {
  for (const _key in record) return false;
  return true;
}
