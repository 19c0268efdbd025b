// Whether a car may feed back, and what is still in the way: told to its station when it changes (OCPP 2.1 Q02.FR.05), and kept in rows.
// How much it is told to, and whether that is worth anything, is decided by plan and planner.
import {
  type EvseConfig,
  EXPORT_FRESH_MS,
  exportCapacityAt,
  leaseSkew,
  type PlaceObstacle,
  phaseIndexes,
  placeObstacles,
  spareWh,
  type Visit,
} from '#domain/load-balancing';
import type { RequestOf } from '#ocpp';
import { energyOf } from './energy-series.js';
import { networkOf, placementsOf, type SiteState, type StationState } from './state.js';

/**
 * Beside what the place lacks: the car said it cannot, has not said that it can, or has not agreed with the station on it; the station refused the
 * leave; energy has no price here; the grid takes nothing back now; what flows back is not metered; the clock of the station is unknown; the car
 * has no more than what is to stay in it.
 */
export type Obstacle = PlaceObstacle | 'car' | 'carUnknown' | 'agreement' | 'refused' | 'price' | 'grid' | 'meter' | 'clock' | 'reserve';

type EnergyTransferMode = RequestOf<'ocpp2.1', 'NotifyAllowedEnergyTransfer'>['allowedEnergyTransfer'][number];

/** What stands in the way of the car at an EVSE whose driver agreed, the most lasting first; empty = it feeds back as soon as that pays. */
export function obstaclesOf(state: SiteState, station: StationState, evse: EvseConfig): readonly Obstacle[] {
  const { config, nowMs, gridLimits } = state;
  const network = networkOf(state);
  const visit = station.visits[evse.evseId];
  if (network === undefined || config === undefined || visit === undefined) return [];
  const place = placeObstacles(network, station.config, evse.evseId, station.ocppVersion).map(({ kind }) => kind);
  const { transfer, discharge } = visit.needs;
  const capacity = exportCapacityAt(network, gridLimits, nowMs);
  const route = placementsOf(config).get(station.config)?.evses.get(evse.evseId)?.route;
  const takesNothing = !place.includes('node') && (route?.column.some((column) => (capacity[column] ?? 0) <= 0) ?? false);
  const { answer } = station.demands[evse.evseId]?.leave ?? {};
  const isRefused = answer === 'Rejected' || answer === 'refused';
  const found: readonly (readonly [boolean, Obstacle])[] = [
    [transfer === 'chargingOnly', 'car'],
    [isRefused, 'refused'],
    [energyOf(state) === undefined, 'price'],
    [takesNothing, 'grid'],
    [transfer === undefined, 'carUnknown'],
    [transfer === 'offered' && !isRefused, 'agreement'],
    [nowMs - (visit.exportedMs ?? Number.NEGATIVE_INFINITY) > EXPORT_FRESH_MS, 'meter'],
    [leaseSkew(station.ledger) === undefined, 'clock'],
    [spareWh(visit, evse, discharge?.reserveWh ?? 0) <= 0, 'reserve'],
  ];
  return [...place, ...found.flatMap(([isThere, obstacle]) => (isThere ? [obstacle] : []))];
}

/** The driver agrees, and nothing lasting speaks against it. */
function isAllowed(state: SiteState, station: StationState, evseId: number, visit: Visit | undefined): boolean {
  const network = networkOf(state);
  return (
    visit?.needs.discharge !== undefined &&
    visit.needs.transfer !== 'chargingOnly' &&
    network !== undefined &&
    placeObstacles(network, station.config, evseId, station.ocppVersion).length === 0
  );
}

/** What a station is to be told of one of its transactions; undefined where it knows. Until it is told, it charges only (Q01.FR.08). */
export function leaveQuestion(
  state: SiteState,
  station: StationState,
): { readonly action: string; readonly payload: RequestOf<'ocpp2.1', 'NotifyAllowedEnergyTransfer'> } | undefined {
  if (station.ocppVersion !== 'ocpp2.1') return undefined;
  for (const evse of station.config.evses) {
    const demand = station.demands[evse.evseId];
    if (demand === undefined) continue;
    const { leave } = demand;
    const allows = isAllowed(state, station, evse.evseId, station.visits[evse.evseId]);
    const isTold = allows === (leave?.allows ?? false) && (leave?.answer !== 'silence' || leave.on === station.ledger.connection);
    if (isTold) continue;
    const payload = { transactionId: demand.transactionId, allowedEnergyTransfer: modesOf(evse, allows) };
    return { action: 'NotifyAllowedEnergyTransfer', payload };
  }
  return undefined;
}

const AC_MODES = ['AC_single_phase', 'AC_two_phase', 'AC_three_phase'] as const satisfies readonly EnergyTransferMode[];

const modesOf = ({ powerType, phases }: EvseConfig, allows: boolean): EnergyTransferMode[] =>
  powerType === 'DC'
    ? ['DC', ...(allows ? (['DC_BPT'] as const) : [])]
    : [...AC_MODES.slice(0, phaseIndexes(phases).length), ...(allows ? (['AC_BPT'] as const) : [])];

/** Whether such a message allows it. */
export const allowsFeedingBack = (payload: unknown): boolean =>
  (payload as RequestOf<'ocpp2.1', 'NotifyAllowedEnergyTransfer'>).allowedEnergyTransfer.some((mode) => mode.includes('BPT'));
