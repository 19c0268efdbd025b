// What a car tells through its station of what it needs (OCPP 2.0.1 K15, NotifyEVChargingNeeds), in our words.
// What follows from it is planned elsewhere.
import { instantMs } from '#ocpp';
import { HIGHEST_VOLTAGE } from '../network.js';
import { powerShare } from '../phasor.js';
import type { EvseConfig } from '../site-model.js';
import { limitToMa } from '../units.js';
import type { ChargingNeeds } from './visit.js';

interface NeedsPayload {
  readonly maxScheduleTuples?: number;
  readonly chargingNeeds?: {
    readonly departureTime?: string;
    readonly requestedEnergyTransfer?: string;
    /** OCPP 2.1. */
    readonly availableEnergyTransfer?: readonly string[];
    readonly acChargingParameters?: { readonly energyAmount?: number; readonly evMaxCurrent?: number };
    readonly dcChargingParameters?: {
      readonly energyAmount?: number;
      readonly evMaxPower?: number;
      readonly stateOfCharge?: number;
      readonly fullSoC?: number;
      readonly evEnergyCapacity?: number;
    };
    /** OCPP 2.1, of a car that speaks ISO 15118-20. Powers are of all lines, or of L1 where the others are named. */
    readonly v2xChargingParameters?: {
      readonly maxDischargePower?: number;
      readonly maxDischargePower_L2?: number;
      readonly maxDischargePower_L3?: number;
      readonly evTargetEnergyRequest?: number;
      readonly evMinEnergyRequest?: number;
      readonly evMinV2XEnergyRequest?: number;
    };
  };
}

/** A leased schedule has two periods at least: what it permits now, and what it falls back to. */
const FEWEST_PERIODS = 2;

/** `gainedWh`: what it has more than when it came; it asks for what it needs from now on. A departure that is past says nothing of when it leaves. */
export function needsOfCar(
  payload: NeedsPayload,
  gainedWh: number,
  evse: EvseConfig | undefined,
  voltageV: number,
  nowMs: number,
): ChargingNeeds {
  const { maxScheduleTuples, chargingNeeds = {} } = payload;
  const {
    departureTime,
    requestedEnergyTransfer,
    availableEnergyTransfer = [],
    acChargingParameters: ac,
    dcChargingParameters: dc,
    v2xChargingParameters: v2x,
  } = chargingNeeds;
  const departsMs = departureTime === undefined ? undefined : instantMs(departureTime);
  const askedWh = ac?.energyAmount ?? dc?.energyAmount ?? v2x?.evTargetEnergyRequest ?? missingWh(dc ?? {});
  const toKeepWh = v2x?.evMinV2XEnergyRequest ?? v2x?.evMinEnergyRequest;
  const backMa = v2x && evse && dischargeMa(v2x, evse, voltageV);
  const transfer = transferOf(requestedEnergyTransfer, availableEnergyTransfer);
  const namesLines = v2x?.maxDischargePower_L2 !== undefined || v2x?.maxDischargePower_L3 !== undefined;
  const maxMa = ac?.evMaxCurrent !== undefined ? ac.evMaxCurrent * 1000 : evse && dc?.evMaxPower && lineMa(dc.evMaxPower, evse, voltageV);
  return {
    ...(departsMs !== undefined && departsMs > nowMs && { departsMs }),
    ...(askedWh !== undefined && { energyWh: gainedWh + Math.max(0, askedWh) }),
    ...(maxMa && maxMa > 0 && { maxMa }),
    ...(backMa !== undefined && { maxDischargeMa: backMa }),
    ...(toKeepWh !== undefined && { carReserveWh: gainedWh + toKeepWh }),
    ...(transfer !== undefined && { transfer }),
    ...(namesLines && { namesLines }),
    ...(maxScheduleTuples !== undefined && { maxPeriods: Math.max(FEWEST_PERIODS, maxScheduleTuples) }),
  };
}

/** Bidirectional power transfer, as ISO 15118-20 calls it; with control of distributed energy resources or without. */
const isBidirectional = (mode: string): boolean => mode.includes('BPT');

const transferOf = (requested: string | undefined, available: readonly string[]): ChargingNeeds['transfer'] =>
  requested === undefined
    ? undefined
    : isBidirectional(requested)
      ? 'agreed'
      : available.some(isBidirectional)
        ? 'offered'
        : 'chargingOnly';

type V2xParameters = NonNullable<NonNullable<NeedsPayload['chargingNeeds']>['v2xChargingParameters']>;
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

/** What the car feeds back at most per line, at the highest voltage: never more than it can [mA]. */
function dischargeMa(
  { maxDischargePower, maxDischargePower_L2 = 0, maxDischargePower_L3 = 0 }: V2xParameters,
  { phases, efficiency = 1 }: EvseConfig,
  voltageV: number,
): number | undefined {
  if (maxDischargePower === undefined) return undefined;
  const powerW = maxDischargePower + maxDischargePower_L2 + maxDischargePower_L3;
  return limitToMa((powerW * efficiency) / (voltageV * HIGHEST_VOLTAGE * powerShare(phases)));
}
