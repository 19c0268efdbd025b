// What an EVSE drew at an instant, put together from the samples of one message: power, current by phase, voltage, state of charge.
// Reads samples only; whether a reading is fresh enough is for those who act on it.
import type { IntervalReading } from './intervals.js';
import { milli, type Sample } from './sample.js';

export type ReadingFlag =
  /** The total differs by more than a tenth from the sum of the phases, which is used. */
  | 'totalMismatch'
  /** No power was measured: voltage times current. */
  | 'powerDerived'
  /** Only the neutral's current was reported. */
  | 'onlyNeutral';

export interface PowerReading {
  readonly at: string;
  readonly evseId: number;
  readonly transactionId?: string | undefined;
  /** Import is positive. */
  readonly powerW?: number | undefined;
  /** What is measured apart to flow back; `netPowerW` joins the two. */
  readonly exportedW?: number | undefined;
  readonly energyRegisterWh?: number | undefined;
  /** What flowed back out of the car: a register of its own, never taken off the other. */
  readonly exportRegisterWh?: number | undefined;
  /** Energy of the intervals that end here, told by few and mostly instead of a register. */
  readonly intervals?: IntervalReading;
  /** Sum over the phases. */
  readonly currentA?: number | undefined;
  /** L1, L2, L3 in the station's own naming, only those reported. */
  readonly phaseCurrentA?: Readonly<Partial<Record<'L1' | 'L2' | 'L3', number>>> | undefined;
  /** Mean to neutral; of DC the one there is. */
  readonly voltageV?: number | undefined;
  readonly socPercent?: number | undefined;
  readonly offeredW?: number | undefined;
  readonly offeredA?: number | undefined;
  readonly flags: readonly ReadingFlag[];
}

/** What flows into the car less what flows back out of it [W]; undefined where neither was told. */
export const netPowerW = ({ powerW, exportedW }: Pick<PowerReading, 'powerW' | 'exportedW'>): number | undefined =>
  exportedW === undefined ? powerW : milli((powerW ?? 0) - exportedW);

const LINES = ['L1', 'L2', 'L3'] as const;

/** One reading for each EVSE and instant, in order of time. The station's own meter (EVSE 0) is left out: its EVSEs are in it already. */
export function powerReadings(samples: readonly Sample[]): readonly PowerReading[] {
  const groups: Sample[][] = [];
  for (const sample of samples) {
    if (sample.evseId === 0 || sample.flags.includes('outOfRange')) continue;
    // Those of one instant follow each other in nearly every message: the last group is looked at first.
    const group = groups.findLast(([first]) => first?.evseId === sample.evseId && first.at === sample.at);
    if (group === undefined) groups.push([sample]);
    else group.push(sample);
  }
  return groups.map(readingOf).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.evseId - b.evseId));
}

function readingOf(samples: readonly Sample[]): PowerReading {
  const { at, evseId } = samples[0] as Sample;
  const transactionId = samples.find((sample) => sample.transactionId !== undefined)?.transactionId;
  const byMeasurand = new Map<string, Sample[]>();
  for (const sample of samples) {
    const known = byMeasurand.get(sample.measurand);
    if (known === undefined) byMeasurand.set(sample.measurand, [sample]);
    else known.push(sample);
  }
  const of = (measurand: string): readonly Sample[] => atOutlet(byMeasurand.get(measurand) ?? []);
  const total = (measurand: string): number | undefined => wholeOf(of(measurand));
  /** A register for each line adds up to that of the EVSE. */
  const register = (measurand: string): number | undefined => total(measurand) ?? sumOfLines(of(measurand));
  const flags: ReadingFlag[] = [];
  const current = currentOf(of('Current.Import'), flags);
  const voltageV = voltageOf(of('Voltage'));
  const powerW = powerOf(of('Power.Active.Import'), current, voltageV, flags);
  // Only told of one that feeds back: nothing is derived for it.
  const exported = of('Power.Active.Export');
  const intervals = of('Energy.Active.Import.Interval');
  return {
    at,
    evseId,
    transactionId,
    powerW,
    exportedW: exported.length === 0 ? undefined : powerOf(exported, {}, undefined, flags),
    energyRegisterWh: register('Energy.Active.Import.Register'),
    exportRegisterWh: register('Energy.Active.Export.Register'),
    currentA: current.sumA,
    phaseCurrentA: current.byLine,
    voltageV,
    socPercent: total('SoC'),
    offeredW: total('Power.Offered') ?? total('Power.Import.Offered'),
    offeredA: total('Current.Offered') ?? total('Current.Import.Offered'),
    ...(intervals.length > 0 && { intervals: intervalsOf(intervals) }),
    flags,
  };
}

/** What flowed before a transaction began is not told of it. */
function intervalsOf(samples: readonly Sample[]): IntervalReading {
  const of = (isIt: (context: string) => boolean): number | undefined => {
    const told = samples.filter(({ context }) => isIt(context));
    return wholeOf(told) ?? sumOfLines(told);
  };
  return {
    ownWh: of((context) => context !== 'Sample.Clock' && context !== 'Transaction.Begin'),
    clockWh: of((context) => context === 'Sample.Clock'),
  };
}

/** What is said of no phase. */
const wholeOf = (samples: readonly Sample[]): number | undefined => samples.findLast(({ phase }) => phase === undefined)?.value;

/** Values at the outlet go before those at the inlet, in the cable or in the car. */
const atOutlet = (samples: readonly Sample[]): readonly Sample[] => {
  if (samples.every(({ location }) => location === 'Outlet')) return samples;
  const outlet = samples.filter(({ location }) => location === 'Outlet');
  return outlet.length > 0 ? outlet : samples;
};

const onLines = (samples: readonly Sample[]): readonly Sample[] => samples.filter(({ phase }) => LINES.some((line) => line === phase));

function sumOfLines(samples: readonly Sample[]): number | undefined {
  const lines = onLines(samples);
  return lines.length === 0 ? undefined : milli(lines.reduce((sum, { value }) => sum + value, 0));
}

interface Current {
  readonly sumA?: number | undefined;
  readonly byLine?: Readonly<Partial<Record<'L1' | 'L2' | 'L3', number>>> | undefined;
}

function currentOf(samples: readonly Sample[], flags: ReadingFlag[]): Current {
  const byLine: Partial<Record<'L1' | 'L2' | 'L3', number>> = {};
  let sumA: number | undefined;
  for (const line of LINES) {
    const value = samples.findLast(({ phase }) => phase === line)?.value;
    if (value === undefined) continue;
    byLine[line] = value;
    sumA = (sumA ?? 0) + value;
  }
  if (sumA !== undefined) return { sumA: milli(sumA), byLine };
  const whole = wholeOf(samples);
  if (whole !== undefined) return { sumA: whole };
  const neutral = samples.findLast(({ phase }) => phase === 'N');
  if (neutral === undefined) return {};
  flags.push('onlyNeutral');
  return { sumA: neutral.value };
}

function voltageOf(samples: readonly Sample[]): number | undefined {
  const mean = (values: readonly number[]): number | undefined =>
    values.length === 0 ? undefined : milli(values.reduce((sum, value) => sum + value, 0) / values.length);
  const live = samples.filter(({ value }) => value > 0);
  const toNeutral = mean(live.filter(({ phase }) => phase === undefined || phase.endsWith('-N')).map(({ value }) => value));
  if (toNeutral !== undefined) return toNeutral;
  const betweenLines = mean(live.filter(({ phase }) => /^L\d-L\d$/.test(phase ?? '')).map(({ value }) => value));
  return betweenLines === undefined ? undefined : milli(betweenLines / Math.sqrt(3));
}

function powerOf(samples: readonly Sample[], current: Current, voltageV: number | undefined, flags: ReadingFlag[]): number | undefined {
  const total = samples.findLast(({ phase }) => phase === undefined)?.value;
  const sum = sumOfLines(samples);
  if (
    total !== undefined &&
    sum !== undefined &&
    onLines(samples).length === 3 &&
    Math.abs(total - sum) > Math.max(50, Math.abs(sum) / 10)
  ) {
    flags.push('totalMismatch');
    return sum;
  }
  if (total !== undefined || sum !== undefined) return total ?? sum;
  if (current.sumA === undefined || voltageV === undefined) return undefined;
  flags.push('powerDerived');
  return milli(current.sumA * voltageV);
}
