// The Caltech garage as data: 54 EVSEs on a 208 V delta, its pods and transformer, a month of sessions, a tariff.
// Sources and licences: test/fixtures/acn/README.md.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const fixtures = join(import.meta.dirname, '../../fixtures/acn');
const text = (name: string): string => readFileSync(join(fixtures, name), 'utf8');
const rows = (name: string): readonly (readonly string[])[] =>
  text(name)
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

export const PERIOD_HOURS = 5 / 60;
export const VOLTAGE_V = 208;
export const KW_PER_A = VOLTAGE_V / 1000;
/** 6.6 kW at 208 V: all cars of these experiments. */
export const CAR_A = 6600 / VOLTAGE_V;
export const CABLE_A = 32;

export type Pair = 0 | 1 | 2; // AB, BC, CA

export interface Evse {
  readonly id: string;
  readonly pair: Pair;
  /** Real pilot levels [A], 0 apart. */
  readonly levelsA: readonly number[];
  readonly pod: string | undefined;
}

interface NetworkFile {
  readonly stations: readonly {
    readonly id: string;
    readonly lines: 'AB' | 'BC' | 'CA';
    readonly type: 'AV' | 'CC';
    readonly pod: string | null;
  }[];
  readonly lines: { readonly pods: Readonly<Record<string, number>> };
}

const network = JSON.parse(text('caltech-acn-network.json')) as NetworkFile;
const LEVELS = { AV: Array.from({ length: 27 }, (_, index) => index + 6), CC: [8, 16, 24, 32] } as const;

export const PODS = Object.entries(network.lines.pods).map(([name, limitA]) => ({ name, limitA }));
export const EVSES: readonly Evse[] = network.stations.map(({ id, lines, type, pod }) => ({
  id,
  pair: (['AB', 'BC', 'CA'] as const).indexOf(lines) as Pair,
  levelsA: LEVELS[type],
  pod: pod ?? undefined,
}));
const indexOf = new Map(EVSES.map(({ id }, index) => [id, index]));

/** Limits of the lines for a transformer size [A]; the transformer turns secondary current into a quarter of it. */
export const lineLimitsA = (kW: number): { readonly secondaryA: number; readonly primaryA: number } => ({
  secondaryA: (kW * 1000) / 3 / 120,
  primaryA: (kW * 1000) / 3 / 277,
});
export const TURNS_RATIO = 4;

export interface Session {
  readonly id: number;
  readonly arrival: number;
  /** First period without it. */
  readonly departure: number;
  readonly energyKwh: number;
  /** Index into EVSES. */
  readonly evse: number;
  /** What the driver said; absent = nothing. */
  readonly stated?: { readonly departure: number; readonly energyKwh: number };
}

const evseIndex = (station = ''): number => indexOf.get(station) ?? fail(`no station ${station}`);
const fail = (message: string): never => {
  throw new Error(message);
};

/** March 2019: every departure is known, as in the published experiments. */
export const march2019 = (): readonly Session[] =>
  rows('caltech-2019-03-acnsim.csv').map(([id, arrival, departure, energyKwh, station]) => ({
    id: Number(id),
    arrival: Number(arrival),
    departure: Number(departure),
    energyKwh: Number(energyKwh),
    evse: evseIndex(station),
  }));

/** May and June 2019 with what drivers stated. A session that begins before the EVSE is free starts when it is. */
export function mayJune2019(): readonly Session[] {
  const freeFrom = new Map<number, number>();
  return rows('caltech-2019-05-06-stated.csv').flatMap(([from, to, stated, requested, delivered, station], id) => {
    const evse = evseIndex(station);
    const arrival = Math.max(Number(from), freeFrom.get(evse) ?? 0);
    const departure = Number(to);
    if (departure <= arrival) return [];
    freeFrom.set(evse, departure);
    const said = stated === '' ? {} : { stated: { departure: Number(stated), energyKwh: Number(requested) } };
    return [{ id, arrival, departure, energyKwh: Number(delivered), evse, ...said }];
  });
}

interface TariffFile {
  readonly demand_charge_per_kw_month: number;
  readonly winter_weekday: readonly (readonly [number, number])[];
  readonly winter_weekend: readonly (readonly [number, number])[];
}
const tariff = JSON.parse(text('tariff-sce-tou-ev-4-2019.json')) as TariffFile;
export const DEMAND_CHARGE_USD_PER_KW = tariff.demand_charge_per_kw_month;

/** Winter price of a period of March 2019 [USD/kWh]; the month begins on a Friday, local time without the hour of daylight saving. */
export function priceAt(period: number): number {
  const day = Math.floor(period / 288);
  const weekday = (5 + day) % 7;
  const table = weekday === 0 || weekday === 6 ? tariff.winter_weekend : tariff.winter_weekday;
  const hour = (period % 288) / 12;
  return table.findLast(([from]) => from <= hour)?.[1] ?? fail('the tariff starts at midnight');
}

export interface AuthorResult {
  readonly algorithm: string;
  readonly kW: number;
  readonly energyPct: number;
}
/** Stored results of the authors, three-phase, real pilot levels. */
export const authorResults = (): readonly AuthorResult[] =>
  rows('caltech-2019-03-acnsim-author-results.csv')
    .filter(([model]) => model === 'three_phase')
    .map(([, algorithm = '', kW, energyPct]) => ({ algorithm, kW: Number(kW), energyPct: Number(energyPct) }));
