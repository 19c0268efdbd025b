// Tariffs as the api tells them (OCPI 2.2.1), their versions, and what past sessions would have cost by one.
// How a tariff is drawn is model/tariff-week.ts.
import type { Ask } from './http-api.js';
import { listOf, numberOrNull, type Row, rowOf, text, textOrNull, timeOrNull } from './loose-json.js';

export const COMPONENTS = ['ENERGY', 'TIME', 'PARKING_TIME', 'FLAT'] as const;
export interface PriceComponent {
  readonly type: (typeof COMPONENTS)[number];
  /** As it was written: per kWh, hour or session. */
  readonly price: number;
  readonly vatPercent: number | null;
  /** Wh or s. */
  readonly stepSize: number;
}

export interface TariffElement {
  readonly prices: readonly PriceComponent[];
  /** Local times `HH:MM`; an end before the start is on the next day. */
  readonly startTime: string | null;
  readonly endTime: string | null;
  /** `MONDAY`…; empty: every day. */
  readonly days: readonly string[];
  /** Everything else that has to hold, by its OCPI name. */
  readonly others: readonly (readonly [name: string, value: string])[];
}

export interface Tariff {
  readonly tariffId: string;
  readonly currency: string;
  readonly text: string | null;
  readonly isTaxIncluded: boolean;
  readonly elements: readonly TariffElement[];
  readonly minPrice: number | null;
  readonly maxPrice: number | null;
  /** As it came, to be sent back with other prices. */
  readonly body: Row;
}

export interface ListedTariff extends Tariff {
  readonly changedAtMs: number | null;
  readonly versions: number;
  readonly sites: readonly string[];
}

export interface TariffVersion {
  readonly version: string;
  readonly validFromMs: number | null;
  readonly tariff: Tariff;
}

export interface Amount {
  readonly net: string;
  readonly gross: string;
}

export interface SimulatedSession {
  readonly sessionId: string;
  readonly stationId: string;
  readonly siteId: string;
  readonly endedAtMs: number | null;
  readonly energyWh: number;
  readonly tariffId: string | null;
  readonly currency: string;
  readonly charged: Amount;
  readonly simulated: Amount;
  /** Null where the currencies differ. */
  readonly difference: Amount | null;
}

export interface Simulation {
  readonly currency: string;
  readonly items: readonly SimulatedSession[];
  readonly sum: { readonly sessions: number; readonly charged: Amount; readonly simulated: Amount; readonly difference: Amount };
  /** There were more sessions than one answer has. */
  readonly isMore: boolean;
}

export async function readTariffs(ask: Ask): Promise<readonly ListedTariff[]> {
  const { items } = rowOf(await ask.read('/v1/tariffs?limit=500'));
  return listOf(items).map((item) => {
    const { changedAt, versions, sites, tariff } = rowOf(item);
    return {
      ...readTariff(tariff),
      changedAtMs: timeOrNull(changedAt),
      versions: numberOrNull(versions) ?? 0,
      sites: listOf(sites).map(text),
    };
  });
}

export async function readVersions(ask: Ask, tariffId: string): Promise<readonly TariffVersion[]> {
  const { items } = rowOf(await ask.read(`/v1/tariffs/${encodeURIComponent(tariffId)}/versions?limit=50`));
  return listOf(items).map((item) => {
    const { version, validFrom, tariff } = rowOf(item);
    return { version: text(version), validFromMs: timeOrNull(validFrom), tariff: readTariff(tariff) };
  });
}

export interface SimulationQuery {
  readonly tariff: Row;
  readonly fromMs: number;
  readonly toMs: number;
  readonly siteId: string | null;
}

/** As many as one answer may have. */
const MOST = 200;

export async function simulate(ask: Ask, { tariff, fromMs, toMs, siteId }: SimulationQuery): Promise<Simulation> {
  const window = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  const told = rowOf(await ask.post('/v1/tariffs/simulations', { tariff, ...window, limit: MOST, ...(siteId !== null && { siteId }) }));
  const sum = rowOf(told.sum);
  return {
    currency: text(told.currency),
    items: listOf(told.items).map(rowOf).map(readSimulated),
    sum: {
      sessions: numberOrNull(sum.sessions) ?? 0,
      charged: readAmount(sum.charged),
      simulated: readAmount(sum.simulated),
      difference: readAmount(sum.difference),
    },
    isMore: told.nextCursor !== null,
  };
}

export const readAmount = (value: unknown): Amount => {
  const { net, gross } = rowOf(value);
  return { net: text(net), gross: text(gross) };
};

const readSimulated = (row: Row): SimulatedSession => ({
  sessionId: text(row.sessionId),
  stationId: text(row.stationId),
  siteId: text(row.siteId),
  endedAtMs: timeOrNull(row.endedAt),
  energyWh: numberOrNull(row.energyWh) ?? 0,
  tariffId: textOrNull(row.tariffId),
  currency: text(row.currency),
  charged: readAmount(row.charged),
  simulated: readAmount(row.simulated),
  difference: row.difference === null ? null : readAmount(row.difference),
});

const KNOWN: ReadonlySet<string> = new Set(['start_time', 'end_time', 'day_of_week']);

export function readTariff(json: unknown): Tariff {
  const body = rowOf(json);
  const [alt] = listOf(body.tariff_alt_text).map(rowOf);
  return {
    tariffId: text(body.id),
    currency: text(body.currency),
    text: textOrNull(alt?.text),
    isTaxIncluded: body.tax_included === 'YES',
    elements: listOf(body.elements).map(rowOf).map(readElement),
    minPrice: numberOrNull(rowOf(body.min_price).excl_vat),
    maxPrice: numberOrNull(rowOf(body.max_price).excl_vat),
    body,
  };
}

function readElement({ price_components, restrictions }: Row): TariffElement {
  const held = rowOf(restrictions);
  return {
    prices: listOf(price_components).map(rowOf).flatMap(readComponent),
    startTime: textOrNull(held.start_time),
    endTime: textOrNull(held.end_time),
    days: listOf(held.day_of_week).map(text),
    others: Object.entries(held).flatMap(([name, value]) => (KNOWN.has(name) ? [] : [[name, String(value)] as const])),
  };
}

function readComponent({ type, price, vat, step_size }: Row): readonly PriceComponent[] {
  const known = COMPONENTS.find((each) => each === type);
  return known === undefined
    ? []
    : [{ type: known, price: numberOrNull(price) ?? 0, vatPercent: numberOrNull(vat), stepSize: numberOrNull(step_size) ?? 1 }];
}

/** The same tariff with another price in one place. */
export function withPrice(body: Row, element: number, component: number, price: number): Row {
  const change = <T>(list: readonly T[], index: number, of: (each: T) => T): readonly T[] =>
    list.map((each, at) => (at === index ? of(each) : each));
  const elements = change(listOf(body.elements).map(rowOf), element, (each) => ({
    ...each,
    price_components: change(listOf(each.price_components).map(rowOf), component, (one) => ({ ...one, price })),
  }));
  return { ...body, elements };
}

/** Publishes other prices, unless the tariff is not any more what they were made from. Sessions that run keep their prices. */
export const publishTariff = async (ask: Ask, { tariffId, body }: Tariff, changed: Row, atMs: number): Promise<void> =>
  void (await ask.replace(`/v1/tariffs/${encodeURIComponent(tariffId)}`, (there) => JSON.stringify(there) === JSON.stringify(body), {
    ...changed,
    last_updated: new Date(atMs).toISOString(),
  }));
