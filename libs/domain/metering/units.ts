// Units: what a station wrote, what the measurand can have, and the factor to the unit we keep.
// Lies that only show over several readings (kWh labelled Wh) are found in registers.ts.
import { milli, type SampleFlag, type Unit } from './sample.js';

interface Scale {
  readonly unit: Unit;
  readonly factor: number;
  readonly shift?: number;
}

const scale = (unit: Unit, factor = 1, shift = 0): Scale => ({ unit, factor, shift });

/** Spellings of the specifications. */
const OFFICIAL: Readonly<Record<string, Scale>> = {
  Wh: scale('Wh'), kWh: scale('Wh', 1000), varh: scale('varh'), kvarh: scale('varh', 1000), VAh: scale('VAh'), kVAh: scale('VAh', 1000),
  W: scale('W'), kW: scale('W', 1000), var: scale('var'), kvar: scale('var', 1000), VA: scale('VA'), kVA: scale('VA', 1000),
  A: scale('A'), V: scale('V'), Percent: scale('%'), Hertz: scale('Hz'),
  Celsius: scale('Celsius'), Celcius: scale('Celsius'), Fahrenheit: scale('Celsius', 5 / 9, -160 / 9), K: scale('Celsius', 1, -273.15),
}; // biome-ignore format: a table

/** Spellings seen in the field, in lower case. */
const FIELD: Readonly<Record<string, Scale>> = {
  ...Object.fromEntries(Object.entries(OFFICIAL).map(([name, value]) => [name.toLowerCase(), value])),
  mwh: scale('Wh', 1e6), mw: scale('W', 1e6), watt: scale('W'), watts: scale('W'), kilowatt: scale('W', 1000),
  amp: scale('A'), amps: scale('A'), ampere: scale('A'), ma: scale('A', 0.001), da: scale('A', 0.1),
  volt: scale('V'), volts: scale('V'), '%': scale('%'), percentage: scale('%'), hz: scale('Hz'), c: scale('Celsius'), '°c': scale('Celsius'),
}; // biome-ignore format: a table

/** What values of a measurand are kept in; also what a missing unit means. */
export function unitOf(measurand: string): Unit {
  if (measurand.startsWith('Energy.Reactive')) return 'varh';
  if (measurand.startsWith('Energy.Apparent')) return 'VAh';
  if (measurand.startsWith('Energy')) return 'Wh';
  if (measurand === 'Power.Factor') return '';
  if (measurand.startsWith('Power.Reactive')) return 'var';
  if (measurand.startsWith('Power')) return 'W';
  if (measurand.startsWith('Current')) return 'A';
  if (measurand.startsWith('Voltage')) return 'V';
  if (measurand.startsWith('SoC')) return '%';
  if (measurand.startsWith('Temperature')) return 'Celsius';
  return measurand.startsWith('Frequency') ? 'Hz' : '';
}

export interface Converted {
  readonly unit: Unit;
  readonly value: number;
  readonly flags: readonly SampleFlag[];
}

const NONE: readonly SampleFlag[] = [];

/** `override`: the unit the model is known to mean. */
export function convert(
  measurand: string,
  raw: number,
  rawUnit: string | undefined,
  multiplier: number,
  override: string | undefined,
): Converted {
  const own = unitOf(measurand);
  const given = override ?? rawUnit?.trim();
  const official = given === undefined ? undefined : OFFICIAL[given];
  if (override === undefined && official?.unit === own)
    // nearly all there are
    return { unit: own, value: milli(raw * 10 ** multiplier * official.factor + (official.shift ?? 0)), flags: NONE };
  const flags: SampleFlag[] = [];
  if (override !== undefined && override !== rawUnit) flags.push('unitOverridden');
  const scaled = raw * 10 ** multiplier;
  if (given === undefined) return { unit: own, value: milli(scaled), flags };
  const found = OFFICIAL[given] ?? FIELD[given.toLowerCase()];
  if (OFFICIAL[given] === undefined) flags.push(found === undefined && given !== '' ? 'unitUnknown' : 'unitSpelling');
  if (found === undefined || own === '') return { unit: own, value: milli(scaled), flags };
  if (found.unit !== own && !(own === 'varh' && found.unit === 'Wh') && !(own === 'var' && found.unit === 'W'))
    flags.push('unitContradicts');
  const sameKind = !flags.includes('unitContradicts');
  const factor = sameKind || found.factor === 1000 ? found.factor : 1;
  return { unit: own, value: milli(scaled * factor + (sameKind ? (found.shift ?? 0) : 0)), flags };
}

/** Values no charger can measure. `maxPowerW` is the EVSE's rating where known. */
export function isOutOfRange(measurand: string, value: number, maxPowerW: number | undefined): boolean {
  if (measurand.startsWith('Energy')) return Math.abs(value) > 1e12;
  if (measurand.startsWith('Power.Active') || measurand === 'Power.Offered') return Math.abs(value) > 1.5 * (maxPowerW ?? 2_000_000);
  if (measurand.startsWith('Current')) return Math.abs(value) > 3000;
  if (measurand.startsWith('Voltage')) return value > 2000;
  if (measurand.startsWith('SoC')) return value > 100;
  return measurand.startsWith('Temperature') && (value < -100 || value > 300);
}
