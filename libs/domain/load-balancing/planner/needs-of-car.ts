// What a car tells through its station of what it needs (OCPP 2.0.1 K15, NotifyEVChargingNeeds), in our words.
// What follows from it is planned elsewhere.
import { instantMs } from '#ocpp';
import { powerShare } from '../phasor.js';
import type { EvseConfig } from '../site-model.js';
import type { ChargingNeeds } from './visit.js';

interface NeedsPayload {
  readonly maxScheduleTuples?: number;
  readonly chargingNeeds?: {
    readonly departureTime?: string;
    readonly acChargingParameters?: { readonly energyAmount?: number; readonly evMaxCurrent?: number };
    readonly dcChargingParameters?: {
      readonly energyAmount?: number;
      readonly evMaxPower?: number;
      readonly stateOfCharge?: number;
      readonly fullSoC?: number;
      readonly evEnergyCapacity?: number;
    };
  };
}

/** A leased schedule has two periods at least: what it permits now, and what it falls back to. */
const FEWEST_PERIODS = 2;

/** `deliveredWh`: what it got before it said this; it asks for what it needs from now on. */
export function needsOfCar(payload: NeedsPayload, deliveredWh: number, evse: EvseConfig | undefined, voltageV: number): ChargingNeeds {
  const { maxScheduleTuples, chargingNeeds = {} } = payload;
  const { departureTime, acChargingParameters: ac, dcChargingParameters: dc } = chargingNeeds;
  const departsMs = departureTime === undefined ? undefined : instantMs(departureTime);
  const askedWh = ac?.energyAmount ?? dc?.energyAmount ?? missingWh(dc ?? {});
  const maxMa = ac?.evMaxCurrent !== undefined ? ac.evMaxCurrent * 1000 : evse && dc?.evMaxPower && lineMa(dc.evMaxPower, evse, voltageV);
  return {
    ...(departsMs !== undefined && { departsMs }),
    ...(askedWh !== undefined && { energyWh: deliveredWh + Math.max(0, askedWh) }),
    ...(maxMa && maxMa > 0 && { maxMa }),
    ...(maxScheduleTuples !== undefined && { maxPeriods: Math.max(FEWEST_PERIODS, maxScheduleTuples) }),
  };
}

type DcParameters = NonNullable<NonNullable<NeedsPayload['chargingNeeds']>['dcChargingParameters']>;

/** Where a DC car names no amount: what its battery lacks of what it calls full. */
function missingWh({ stateOfCharge, fullSoC = 100, evEnergyCapacity }: DcParameters): number | undefined {
  return stateOfCharge === undefined || evEnergyCapacity === undefined
    ? undefined
    : (Math.max(0, fullSoC - stateOfCharge) / 100) * evEnergyCapacity;
}

/** What the station draws per line for this power at the car, at the lowest voltage: never less than the car could use [mA]. */
const lineMa = (powerW: number, { phases, efficiency = 1 }: EvseConfig, voltageV: number): number =>
  Math.ceil((powerW * 1000) / (voltageV * 0.9 * powerShare(phases) * efficiency));
