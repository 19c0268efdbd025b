// Limits in watts. A car on AC may draw all of them from a single line, or evenly from all its lines: the first is what counts (P6), the second
// decides whether it is left enough to charge at all (ADR 0053); an EVSE that was shown to spread them counts evenly (ADR 0061).
// Who is told watts is said by configuration and station; how a message spells them is profiles.ts.
import { HIGHEST_VOLTAGE, LOWEST_VOLTAGE } from './network.js';
import { powerShare } from './phasor.js';
import type { EvseConfig, StationConfig } from './site-model.js';
import { isLinePair, leastMa, limitToMa } from './units.js';

type RateUnit = 'A' | 'W';

export const rateUnitOf = ({ rateUnit, powerType }: EvseConfig): RateUnit => rateUnit ?? (powerType === 'DC' ? 'W' : 'A');

/** Lines the same watts come from at least: a rectifier loads its lines evenly, so does who was shown to, and between two lines there is no other way. */
const linesAtLeast = ({ powerType, phases, spreadsWatts = false }: EvseConfig): number =>
  powerType === 'DC' || spreadsWatts || isLinePair(phases) ? powerShare(phases) : 1;

const deliveredOf = ({ powerType, efficiency = 1 }: EvseConfig): number => (powerType === 'DC' ? efficiency : 1);

/** Of its nameplate, else what its rating delivers at the nominal voltage [W], rounded. */
export const ratedW = (evse: EvseConfig, voltageV: number): number =>
  evse.ratedW ?? Math.round(evse.maxA * voltageV * powerShare(evse.phases) * deliveredOf(evse));

/** Watts that draw no more than `limitMa` on any line, at the lowest voltage. A DC EVSE delivers what its efficiency leaves. */
const boundW = (limitMa: number, evse: EvseConfig, voltageV: number): number =>
  (limitMa / 1000) * voltageV * LOWEST_VOLTAGE * linesAtLeast(evse) * deliveredOf(evse);

/** Watts with which a car that uses all its lines has `currentMa` on each, at the highest voltage. */
const evenW = (currentMa: number, evse: EvseConfig, voltageV: number): number =>
  (currentMa / 1000) * voltageV * HIGHEST_VOLTAGE * powerShare(evse.phases);

/** The whole station's: where its EVSEs cannot draw more together anyway, nothing is taken off. */
export function stationW(limitMa: number, { evses }: Pick<StationConfig, 'evses'>, voltageV: number): number {
  const isAll = evses.every(({ powerType }) => powerType !== 'DC') && limitMa >= ratingsMa(evses);
  if (isAll) return floorW(evses.reduce((sum, evse) => sum + evenW(limitToMa(evse.maxA), evse, voltageV), 0));
  return floorW(Math.min(...evses.map((evse) => boundW(limitMa, evse, voltageV))));
}

/** A limit of an EVSE, or the same for several: its rating binds by itself, and below what all its lines need at least there is only 0. */
export function limitW(limitMa: number, evses: readonly EvseConfig[], voltageV: number): number {
  const watts = floorW(
    Math.min(
      ...evses.map((evse) =>
        evse.powerType !== 'DC' && limitMa >= limitToMa(evse.maxA)
          ? evenW(limitToMa(evse.maxA), evse, voltageV)
          : boundW(limitMa, evse, voltageV),
      ),
    ),
  );
  const isTooLittle = evses.some((evse) => evse.powerType !== 'DC' && watts < floorW(evenW(leastMa(evse), evse, voltageV)));
  return isTooLittle ? 0 : watts;
}

/** What is fed back is the less the fewer lines it is taken for. */
export const feedBackW = (dischargeMa: number, evses: readonly EvseConfig[], voltageV: number): number =>
  floorW(Math.min(...evses.map((evse) => boundW(dischargeMa, evse, voltageV))));

/**
 * The least an EVSE can be told other than 0, as what it counts on any line [mA]. In watts on AC that is what all its lines need at the highest
 * voltage, drawn from a single one at the lowest; its rating, where that is less and no maximum of the station cuts it.
 */
export function leastToldMa(evse: EvseConfig, { maxA, evses }: Pick<StationConfig, 'maxA' | 'evses'>, onlyUnit?: RateUnit): number {
  const least = leastMa(evse);
  if (evse.powerType === 'DC' || (onlyUnit ?? rateUnitOf(evse)) === 'A') return least;
  const share = powerShare(evse.phases) / linesAtLeast(evse);
  const worst = Math.ceil((least * share * HIGHEST_VOLTAGE) / LOWEST_VOLTAGE - 1e-6);
  return maxA === undefined || limitToMa(maxA) >= ratingsMa(evses) ? Math.max(least, Math.min(worst, limitToMa(evse.maxA))) : worst;
}

const ratingsMa = (evses: readonly EvseConfig[]): number => evses.reduce((sum, { maxA }) => sum + limitToMa(maxA), 0);
const floorW = (watts: number): number => Math.floor(watts + 1e-6);
