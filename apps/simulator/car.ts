// A vehicle: its battery, what it accepts, and how energy at the plug fills it.
// What the outlet offers, and who pays, is decided elsewhere.
export interface CarSpec {
  readonly batteryWh: number;
  /** State of charge on arrival, 0..1. */
  readonly soc: number;
  readonly maxA: number;
  readonly phases: 1 | 2 | 3;
  /** It stops asking at this state of charge; 1 unless told. */
  readonly targetSoc?: number;
  /** From here on the accepted current falls; 0.8 unless told. */
  readonly taperFromSoc?: number;
  /** Share of the energy at the plug that reaches the battery, and of the battery's that reaches the plug; 0.9 unless told. */
  readonly efficiency?: number;
  /** It can feed back: so much per phase, and never below this state of charge. */
  readonly v2x?: { readonly maxDischargeA: number; readonly leastSoc: number };
}

export interface Car {
  readonly spec: CarSpec;
  readonly storedWh: number;
}

/** IEC 61851-1: no AC charging below 6 A. */
export const LEAST_AC_MA = 6_000;
/** Share of the maximum current that is left when the battery is full. */
const TAPERED_SHARE = 0.15;

export const arriving = (spec: CarSpec): Car => ({ spec, storedWh: spec.batteryWh * spec.soc });

export const stateOfCharge = ({ spec, storedWh }: Car): number => storedWh / spec.batteryWh;

/** The current [mA per phase] the car would take if the outlet offered everything; 0 when it has what it wants. */
export function acceptedMa(car: Car): number {
  const { targetSoc = 1, taperFromSoc = 0.8, maxA } = car.spec;
  const soc = stateOfCharge(car);
  if (soc >= targetSoc) return 0;
  const full = maxA * 1000;
  if (soc <= taperFromSoc) return full;
  const share = 1 - (1 - TAPERED_SHARE) * ((soc - taperFromSoc) / (1 - taperFromSoc));
  return Math.max(Math.min(LEAST_AC_MA, full), full * share);
}

/** The current [mA per phase] it can give; 0 when it cannot, or keeps what it has. */
export function releasableMa(car: Car): number {
  const { v2x } = car.spec;
  return v2x === undefined || stateOfCharge(car) <= v2x.leastSoc ? 0 : v2x.maxDischargeA * 1000;
}

/** The car after it gave `energyWh` at its plug; never emptier than empty. */
export function discharged(car: Car, energyWh: number): Car {
  return { ...car, storedWh: Math.max(0, car.storedWh - energyWh / (car.spec.efficiency ?? 0.9)) };
}

/** The car after `energyWh` went through its plug; never fuller than full. */
export function charged(car: Car, energyWh: number): Car {
  const storedWh = Math.min(car.spec.batteryWh, car.storedWh + energyWh * (car.spec.efficiency ?? 0.9));
  return { ...car, storedWh };
}
