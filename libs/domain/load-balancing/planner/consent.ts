// What a driver's consent, a car's own wishes and the meter leave to be fed back now. Whether it is worth anything is the plan's question,
// whether the network takes it the ledger's.
import { HIGHEST_VOLTAGE } from '../network.js';
import { powerShare } from '../phasor.js';
import { DEFAULT_ROUND_TRIP, type EvseConfig } from '../site-model.js';
import { limitToMa } from '../units.js';
import { gainedWh, type Visit } from './visit.js';

export interface Dischargeable {
  readonly maxMa: number;
  /** What it has above what is to stay in it [Wh, as charged]. */
  readonly spareWh: number;
}

/** What flows back has to be seen: a reading older than this is none [ms]. */
export const EXPORT_FRESH_MS = 300_000;

/** Undefined = nothing: no consent, an EVSE that cannot, an export register that is silent, or less in it than is to stay. */
export function dischargeable(visit: Visit, evse: EvseConfig, voltageV: number, nowMs: number): Dischargeable | undefined {
  const { needs, exportedMs = Number.NEGATIVE_INFINITY } = visit;
  const { discharge, carReserveWh = Number.NEGATIVE_INFINITY, maxDischargeMa = Number.POSITIVE_INFINITY } = needs;
  const maxMa = Math.min(limitToMa(evse.maxDischargeA ?? 0), maxDischargeMa);
  if (discharge === undefined || maxMa <= 0 || nowMs - exportedMs > EXPORT_FRESH_MS) return undefined;
  // Since it was last read as much as possible may have flowed.
  const unreadWh = takenOut(maxMa, evse, voltageV, nowMs - exportedMs);
  const spareWh = gainedWh(visit, evse) - Math.max(discharge.reserveWh, carReserveWh) - unreadWh;
  return gainedWh(visit, evse) < Math.max(discharge.reserveWh, carReserveWh) ? undefined : { maxMa, spareWh: Math.max(0, spareWh) };
}

/** What feeding back `ma` for so long takes out of a battery at most [Wh, as charged]. */
export const takenOut = (ma: number, evse: EvseConfig, voltageV: number, ms: number): number => ma * whPerMaMs(evse, voltageV) * ms;

/** How long that can go on [ms]. */
export const lastsMs = (spareWh: number, ma: number, evse: EvseConfig, voltageV: number): number =>
  spareWh / (ma * whPerMaMs(evse, voltageV));

const whPerMaMs = ({ phases, roundTripEfficiency = DEFAULT_ROUND_TRIP }: EvseConfig, voltageV: number): number =>
  (voltageV * HIGHEST_VOLTAGE * powerShare(phases)) / roundTripEfficiency / 1000 / 3_600_000;
