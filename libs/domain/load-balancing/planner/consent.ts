// What a driver's consent, a car's own wishes and the meter leave to be fed back now. Whether it is worth anything is the plan's question,
// whether the network takes it the ledger's.
import { HIGHEST_VOLTAGE } from '../network.js';
import { powerShare } from '../phasor.js';
import { DEFAULT_ROUND_TRIP, type EvseConfig } from '../site-model.js';
import { limitToMa } from '../units.js';
import { gainedWh, type Visit } from './visit.js';

export interface Dischargeable {
  readonly maxMa: number;
  /** What it had above what is to stay in it, as charged [Wh], and as a line current times a time at the highest voltage [mA ms]. */
  readonly spareWh: number;
  readonly spareMaMs: number;
  /** When that was: what has flowed since is not in it. */
  readonly readMs: number;
}

/** What flows back has to be seen: a reading older than this is none [ms]. */
export const EXPORT_FRESH_MS = 300_000;

/** Undefined = nothing: no consent, a car that has not agreed with its station on it, an EVSE that cannot, an export register that is silent, or less in it than is to stay. */
export function dischargeable(visit: Visit, evse: EvseConfig, voltageV: number, nowMs: number): Dischargeable | undefined {
  const { needs, exportedMs = Number.NEGATIVE_INFINITY } = visit;
  const { discharge, transfer, maxDischargeMa = Number.POSITIVE_INFINITY } = needs;
  const maxMa = Math.min(limitToMa(evse.maxDischargeA ?? 0), maxDischargeMa);
  // Q02.FR.01: only who asked for energy in both directions is told to feed back.
  const isAgreed = discharge !== undefined && transfer === 'agreed';
  if (!isAgreed || maxMa <= 0 || nowMs - exportedMs > EXPORT_FRESH_MS) return undefined;
  const spare = spareWh(visit, evse, discharge.reserveWh);
  return spare < 0 ? undefined : { maxMa, spareWh: spare, spareMaMs: spare / whPerMaMs(evse, voltageV), readMs: exportedMs };
}

/** What it has above what is to stay in it, as charged [Wh]; negative where it has less. `reserveWh`: what its driver keeps. */
export function spareWh(visit: Visit, evse: EvseConfig, reserveWh: number): number {
  const { carReserveWh = Number.NEGATIVE_INFINITY } = visit.needs;
  return gainedWh(visit, evse) - Math.max(reserveWh, carReserveWh);
}

/** What a mA takes out of a battery in a ms at most [Wh, as charged]. */
const whPerMaMs = ({ phases, roundTripEfficiency = DEFAULT_ROUND_TRIP }: EvseConfig, voltageV: number): number =>
  (voltageV * HIGHEST_VOLTAGE * powerShare(phases)) / roundTripEfficiency / 1000 / 3_600_000;
