// What is said in a report about a connection and an interval: energy and power by its meters, what is expected, what state it is in, what it would like to reserve.
// Which intervals is reports-due.ts'; where the samples come from, apps/grid's.
import type { GridPayload, ReportDescriptor } from './event.js';
import type { LoadSample } from './evidence.js';
import type { ReportInterval } from './reports-due.js';
import { type Step, valueAt } from './timeline.js';

/** A register of energy drawn, at an instant. */
export interface RegisterSample {
  readonly portId: string;
  readonly atMs: number;
  readonly wh: number;
}
/** Capacity somebody would like to have beside what is subscribed. */
export interface ReservationWish {
  readonly fromMs: number;
  readonly toMs: number;
  readonly importW?: number;
  readonly exportW?: number;
  /** What it may cost per kW, in the currency of the program. */
  readonly feePerKw?: number;
}
/** What is known of a connection around the time of a report; samples in order of time, from before its first interval on. */
export interface ConnectionRecord {
  readonly load: readonly LoadSample[];
  readonly registers: readonly RegisterSample[];
  /** Expected power [W]; a step without a value: nothing is expected from then on. */
  readonly expected: readonly Step[];
  /** When limits of the program stood. */
  readonly limited: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly wishes: readonly ReservationWish[];
}

export interface Said {
  readonly payloads: readonly GridPayload[];
  readonly quality: 'OK' | 'ESTIMATED' | 'MISSING';
}

const UNITS = {
  energy: { WH: 1, KWH: 1e3, MWH: 1e6 },
  power: { W: 1, KW: 1e3, MW: 1e6 },
} as const;
type Quantity = keyof typeof UNITS;
/** A sample of power that is older says nothing any more [ms]. */
const STALE_MS = 5 * 60_000;
/** Of an interval, to be told without a doubt. */
const COVERED = 0.9;
/** Below that nobody charges [W]. */
const IDLE_W = 100;

interface Kind {
  readonly quantity?: Quantity;
  readonly of: (interval: ReportInterval, known: ConnectionRecord) => { readonly value?: number | string; readonly covered: number };
}

const WISHES: Readonly<Record<string, 'importW' | 'exportW' | 'feePerKw'>> = {
  CAPACITY_RESERVATION: 'importW',
  IMPORT_CAPACITY_RESERVATION: 'importW',
  IMPORT_RESERVATION_CAPACITY: 'importW',
  IMPORT_RESERVATION_FEE: 'feePerKw',
  EXPORT_CAPACITY_RESERVATION: 'exportW',
  EXPORT_RESERVATION_CAPACITY: 'exportW',
  EXPORT_RESERVATION_FEE: 'feePerKw',
};

/** Undefined: nothing like it can be told. */
function kindOf({ payloadType, readingType, units }: ReportDescriptor): Kind | undefined {
  const isExpected = readingType === 'FORECAST';
  switch (payloadType) {
    case 'USAGE':
      return { quantity: 'energy', of: isExpected ? expectedWh : usedWh };
    case 'USAGE_FORECAST':
      return { quantity: 'energy', of: expectedWh };
    case 'DEMAND':
      if (isExpected) return { quantity: 'power', of: expectedW };
      return { quantity: 'power', of: readingType === 'PEAK' ? highestW : averageW };
    case 'READING':
      return (units ?? 'KWH').toUpperCase() in UNITS.energy ? { quantity: 'energy', of: registerWh } : { quantity: 'power', of: lastW };
    case 'OPERATING_STATE':
      return { of: operatingState };
    default: {
      const wish = WISHES[payloadType];
      return wish && { ...(wish !== 'feePerKw' && { quantity: 'power' }), of: wished(wish) };
    }
  }
}

const DEFAULT_UNITS = { energy: 'KWH', power: 'KW' } as const;

/** In which units it is told; a reason where it cannot be. */
export function toldIn(descriptor: ReportDescriptor): { readonly units?: string } | { readonly reason: string } {
  const kind = kindOf(descriptor);
  if (kind === undefined) return { reason: 'nothing like it is known' };
  if (kind.quantity === undefined) return {};
  const units = (descriptor.units ?? DEFAULT_UNITS[kind.quantity]).toUpperCase();
  return units in UNITS[kind.quantity] ? { units } : { reason: `not told in ${descriptor.units}` };
}

/** About one interval, of one connection or of several together; without a number where nothing is known of one of them. */
export function saidOf(descriptor: ReportDescriptor, interval: ReportInterval, connections: readonly ConnectionRecord[]): Said {
  const kind = kindOf(descriptor);
  const told = toldIn(descriptor);
  if (kind === undefined || 'reason' in told) return missing;
  const values = connections.map((known) => kind.of(interval, known));
  const covered = Math.min(...values.map((each) => each.covered));
  if (values.length === 0 || values.some(({ value }) => value === undefined)) return missing;
  const quality = covered >= COVERED ? 'OK' : 'ESTIMATED';
  const factor = kind.quantity === undefined ? 1 : ((UNITS[kind.quantity] as Readonly<Record<string, number>>)[told.units ?? ''] ?? 1);
  const value = kind.of === operatingState ? worst(values.map((each) => String(each.value))) : sum(values, factor);
  const payloads: readonly GridPayload[] = [
    { type: descriptor.payloadType, values: [value] },
    ...(quality === 'OK' ? [] : [{ type: 'DATA_QUALITY', values: [quality] }]),
  ];
  return { payloads, quality };
}
const missing: Said = { payloads: [{ type: 'DATA_QUALITY', values: ['MISSING'] }], quality: 'MISSING' };

const sum = (values: readonly { readonly value?: number | string }[], factor: number): number =>
  Math.round((values.reduce((total, { value }) => total + Number(value), 0) / factor) * 1000) / 1000;

const STATES = ['ERROR', 'RUNNING_CURTAILED', 'IDLE_CURTAILED', 'RUNNING_NORMAL', 'IDLE_NORMAL'] as const;
const worst = (states: readonly string[]): string => STATES.find((state) => states.includes(state)) ?? 'ERROR';

// What was

/** Power as it was measured, over the time of the interval: [Wms], [ms] of it that were measured, and the highest of it. */
function measured({ fromMs, toMs }: ReportInterval, load: readonly LoadSample[]) {
  let [areaWms, forMs, highest] = [0, 0, 0];
  load.forEach(({ atMs, measuredW }, index) => {
    const lasted = Math.min(toMs, load[index + 1]?.atMs ?? toMs, atMs + STALE_MS) - Math.max(fromMs, atMs);
    if (measuredW === null || lasted <= 0) return;
    areaWms += measuredW * lasted;
    forMs += lasted;
    highest = Math.max(highest, measuredW);
  });
  return { areaWms, forMs, highest, covered: forMs / (toMs - fromMs) };
}

const averageW: Kind['of'] = (interval, { load }) => {
  const { areaWms, forMs, covered } = measured(interval, load);
  return { covered, ...(forMs > 0 && { value: Math.max(0, areaWms / forMs) }) };
};
const highestW: Kind['of'] = (interval, { load }) => {
  const { highest, forMs, covered } = measured(interval, load);
  return { covered, ...(forMs > 0 && { value: highest }) };
};
const lastW: Kind['of'] = ({ toMs }, { load }) => {
  const last = load.findLast(({ atMs, measuredW }) => atMs < toMs && measuredW !== null);
  return last === undefined || toMs - last.atMs > STALE_MS ? { covered: 0 } : { value: last.measuredW ?? 0, covered: 1 };
};

/** By registers, whose gains count by their time; by power where no register told anything. */
const usedWh: Kind['of'] = (interval, { registers, load }) => {
  const { fromMs, toMs } = interval;
  const ports = byPort(registers);
  const { areaWms, forMs, covered } = measured(interval, load);
  let wh = 0;
  let isTold = false;
  for (const samples of ports.values())
    samples.forEach(({ atMs, wh: after }, index) => {
      const before = samples[index - 1];
      if (before === undefined) return;
      const within = Math.min(toMs, atMs) - Math.max(fromMs, before.atMs);
      if (within <= 0 || atMs <= before.atMs) return;
      isTold = true;
      // A register that fell was changed or began anew.
      wh += Math.max(0, after - before.wh) * (within / (atMs - before.atMs));
    });
  if (isTold) return { value: wh, covered };
  return { covered, ...(forMs > 0 && { value: Math.max(0, areaWms / 3_600_000) }) };
};

const registerWh: Kind['of'] = ({ toMs }, { registers }) => {
  const last = [...byPort(registers).values()].flatMap((samples) => samples.findLast(({ atMs }) => atMs <= toMs) ?? []);
  return last.length === 0 ? { covered: 0 } : { value: last.reduce((total, { wh }) => total + wh, 0), covered: 1 };
};

/** The meter of a whole station (`-0`) contains those of its outlets: it counts where they tell nothing. */
function byPort(registers: readonly RegisterSample[]): ReadonlyMap<string, readonly RegisterSample[]> {
  const ports = Map.groupBy(registers, ({ portId }) => portId);
  const stationOf = (portId: string): string => portId.slice(0, portId.lastIndexOf('-'));
  const withOutlets = new Set([...ports.keys()].filter((portId) => !portId.endsWith('-0')).map(stationOf));
  for (const portId of [...ports.keys()]) if (portId.endsWith('-0') && withOutlets.has(stationOf(portId))) ports.delete(portId);
  return ports;
}

function operatingState(interval: ReportInterval, { load, limited }: ConnectionRecord): ReturnType<Kind['of']> {
  const { areaWms, forMs } = measured(interval, load);
  if (forMs === 0) return { value: 'ERROR', covered: 1 };
  const isCurtailed = limited.some(({ fromMs, toMs }) => fromMs < interval.toMs && toMs > interval.fromMs);
  return { value: `${areaWms / forMs > IDLE_W ? 'RUNNING' : 'IDLE'}_${isCurtailed ? 'CURTAILED' : 'NORMAL'}`, covered: 1 };
}

// What is to come

const expectedWh: Kind['of'] = (interval, known) => {
  const { value, covered } = expectedW(interval, known);
  return { covered, ...(value !== undefined && { value: (Number(value) * (interval.toMs - interval.fromMs)) / 3_600_000 }) };
};

/** On average over the part of the interval of which something is expected. */
function expectedW({ fromMs, toMs }: ReportInterval, { expected }: ConnectionRecord): ReturnType<Kind['of']> {
  const edges = [fromMs, ...expected.map((step) => step.fromMs).filter((ms) => ms > fromMs && ms < toMs), toMs];
  let [areaWms, forMs] = [0, 0];
  edges.slice(0, -1).forEach((startMs, index) => {
    const value = valueAt(expected, startMs);
    const lasted = (edges[index + 1] ?? startMs) - startMs;
    if (value === undefined) return;
    areaWms += value * lasted;
    forMs += lasted;
  });
  return { covered: forMs / (toMs - fromMs), ...(forMs > 0 && { value: areaWms / forMs }) };
}

/** The highest wish within the interval; none is zero. */
const wished =
  (what: 'importW' | 'exportW' | 'feePerKw'): Kind['of'] =>
  ({ fromMs, toMs }, { wishes }) => ({
    value: Math.max(0, ...wishes.filter((wish) => wish.fromMs < toMs && wish.toMs > fromMs).map((wish) => wish[what] ?? 0)),
    covered: 1,
  });
