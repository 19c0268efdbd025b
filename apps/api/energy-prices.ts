// Prices and carbon for times ahead, imported for sites: as a series of times, as days of a market's auction, or as CSV. What it does with them is the planner's.
// Drivers are never billed by them: tariffs.ts.
import { DateTime } from 'luxon';
import { z } from 'zod';
import { energyCostsAt } from '#domain/load-balancing';
import { instantMs, isTimeZone } from '#kernel';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, SiteId } from './lookups.js';
import { badRequest } from './problem.js';
import { appendAll } from './requests.js';
import { rowsOf } from './rows.js';
import * as shapes from './schemas.js';

const Price = z.number().min(-1000).max(1000);
const Carbon = z.number().min(0).max(10);
const Window = z
  .strictObject({
    startsAt: shapes.Timestamp,
    endsAt: shapes.Timestamp,
    pricePerKwh: Price.optional(),
    feedInPerKwh: Price.optional(),
    carbonKgPerKwh: Carbon.optional(),
  })
  .refine(({ startsAt, endsAt }) => Date.parse(startsAt) < Date.parse(endsAt), {
    path: ['endsAt'],
    message: 'must be later than startsAt',
  });
const Day = z.strictObject({
  date: z.iso.date(),
  timeZone: z.string().refine(isTimeZone, 'a time zone such as Europe/Berlin was expected'),
  pricesPerKwh: z
    .array(Price)
    .min(23)
    .max(100)
    .describe('from midnight to midnight in hours, half hours or quarters: 23, 24 or 25 hours, as the day has them'),
});
const PricesBody = z
  .strictObject({
    siteIds: z.array(shapes.Id).min(1).max(1000),
    source: z.string().min(1).max(100).describe('what the same source said before of these times is replaced'),
    series: z.array(Window).min(1).max(2000).optional(),
    days: z.array(Day).min(1).max(7).optional(),
    csv: z
      .string()
      .min(1)
      .max(200_000)
      .optional()
      .describe(
        'lines of starts_at,price_per_kwh[,carbon_kg_per_kwh], with or without a first line of names; each holds until the next one, the last as long as the one before',
      ),
  })
  .refine(
    ({ series, days, csv }) => [series, days, csv].filter((each) => each !== undefined).length === 1,
    'one of series, days or csv was expected',
  );

interface SaidRow extends Record<string, unknown> {
  readonly source: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly pricePerKwh: number | null;
  readonly feedInPerKwh: number | null;
  readonly carbonKgPerKwh: number | null;
}
type Windows = readonly z.infer<typeof Window>[];

/** As rows take them; an offset may lead beyond. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
const BEYOND = { path: 'from', message: 'from the years 1 to 9999' };

export function energyPriceRoutes(world: World, { knownSite }: Lookups): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/grid/prices',
      answer: answers.ImportedPrices,
      summary:
        'Tell sites what a kWh costs, earns when fed back, and makes the grid emit at times ahead: plans count with it before the weekly table of the site. Day-ahead auctions by their days, also those of 23 and 25 hours',
      body: PricesBody,
      answers: {
        202: 'durable in the stream of every site',
        400: 'times over one another, a day that has not that many hours, a line that cannot be read: with its number',
        404: 'no such site',
      },
      async handle({ caller: { tenantId }, body: { siteIds, source, series, days, csv } }) {
        const windows = inOrder(series ?? (days !== undefined ? days.flatMap(dayOf) : linesOf(csv ?? '')));
        for (const siteId of siteIds) await knownSite(tenantId, siteId);
        const data = { source, series: windows.map(given) };
        const sites = [...new Set(siteIds)];
        await appendAll(
          world,
          'site-events',
          sites.map((siteId) => ({ type: 'EnergySeriesReceived', tenantId, siteId, data }) as never),
        );
        return { status: 202, body: { times: windows.length, from: windows[0]?.startsAt, to: windows.at(-1)?.endsAt } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/sites/{siteId}/energy-prices',
      answer: answers.EnergyPrices,
      summary: 'What a kWh costs the site at times ahead as plans count with it: what was said from outside, else its weekly table',
      params: SiteId,
      query: z.object({ from: shapes.Timestamp.optional(), hours: z.coerce.number().int().min(1).max(168).default(48) }),
      async handle({ caller: { tenantId }, params: { siteId }, query: { from, hours } }) {
        const site = (await knownSite(tenantId, siteId)) as unknown as { readonly timeZone: string; readonly energy?: object };
        const startMs = Math.floor((from === undefined ? world.clock.now() : Date.parse(from)) / QUARTER_MS) * QUARTER_MS;
        const endMs = startMs + hours * HOUR_MS;
        if (startMs < FIRST_MS || endMs > LAST_MS) throw badRequest('times of the years 1 to 9999 were expected', [BEYOND]);
        const rows = await rowsOf<SaidRow>(
          world,
          tenantId,
          `select source, starts_at as "startsAt", ends_at as "endsAt", price_per_kwh as "pricePerKwh", feed_in_per_kwh as "feedInPerKwh", carbon_kg_per_kwh as "carbonKgPerKwh"
           from energy_series where tenant_id = $1 and site_id = $2 and starts_at < $4 and ends_at > $3 order by record_offset, step`,
          siteId,
          new Date(startMs).toISOString(),
          new Date(endMs).toISOString(),
        );
        const steps = rows.map(({ startsAt, endsAt, pricePerKwh, feedInPerKwh, carbonKgPerKwh }) => ({
          fromMs: startsAt.getTime(),
          toMs: endsAt.getTime(),
          ...given({ pricePerKwh, feedInPerKwh, carbonKgPerKwh }),
        }));
        const energy = { prices: [], ...site.energy, series: steps };
        const items: { startsAt: string; endsAt: string }[] = [];
        for (let ms = startMs; ms < endMs; ms += QUARTER_MS) {
          const costs = energyCostsAt(energy, site.timeZone, ms);
          const before = items.at(-1);
          const { startsAt: _, endsAt: __, ...said } = before ?? { startsAt: '', endsAt: '' };
          const endsAt = new Date(ms + QUARTER_MS).toISOString();
          if (before !== undefined && JSON.stringify(said) === JSON.stringify(costs)) before.endsAt = endsAt;
          else items.push({ startsAt: new Date(ms).toISOString(), endsAt, ...costs });
        }
        return ok({ items, sources: [...new Set(rows.map(({ source }) => source))] });
      },
    }),
  ];
}

const HOUR_MS = 3_600_000;
const QUARTER_MS = HOUR_MS / 4;

/** Without what was not said. */
const given = <T extends object>(each: T): { readonly [Name in keyof T]: NonNullable<T[Name]> } =>
  Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined && value !== null)) as never;

function inOrder(windows: Windows): Windows {
  const sorted = [...windows].sort((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt));
  sorted.forEach(({ startsAt }, index) => {
    const before = sorted[index - 1];
    if (before === undefined || Date.parse(before.endsAt) <= Date.parse(startsAt)) return;
    throw badRequest('times over one another', [
      { path: `series.${windows.indexOf(sorted[index] as Windows[number])}`, message: `begins before ${before.endsAt}` },
    ]);
  });
  return sorted;
}

/** From midnight to midnight by the clock there: days on which it is changed have an hour more or less. */
export function dayOf({ date, timeZone, pricesPerKwh }: z.infer<typeof Day>, index: number): Windows {
  const start = DateTime.fromISO(date, { zone: timeZone });
  const lengthMs = start.plus({ days: 1 }).toMillis() - start.toMillis();
  const eachMs = lengthMs / pricesPerKwh.length;
  if (![HOUR_MS, HOUR_MS / 2, QUARTER_MS].includes(eachMs)) {
    const hours = lengthMs / HOUR_MS;
    const message = `${date} has ${hours} hours in ${timeZone}: ${hours}, ${2 * hours} or ${4 * hours} prices were expected, not ${pricesPerKwh.length}`;
    throw badRequest(message, [{ path: `days.${index}.pricesPerKwh`, message }]);
  }
  const at = (place: number): string => new Date(start.toMillis() + place * eachMs).toISOString();
  return pricesPerKwh.map((pricePerKwh, place) => ({ startsAt: at(place), endsAt: at(place + 1), pricePerKwh }));
}

/** Times need their offset: an hour that the clock shows twice would be two times. */
export function linesOf(csv: string): Windows {
  const lines = csv.split(/\r?\n/).map((line, index) => ({ number: index + 1, cells: line.split(/[,;]/).map((cell) => cell.trim()) }));
  const rows = lines.filter(
    ({ number, cells }) => cells.some((cell) => cell !== '') && !(number === 1 && /^[a-z_]+$/i.test(cells[0] ?? '')),
  );
  const read = rows.map(({ number, cells: [time = '', price = '', carbon = ''] }) => {
    const fault = (message: string) => badRequest(`line ${number}: ${message}`, [{ path: `csv.${number}`, message }]);
    const startMs = /(Z|[+-]\d\d:?\d\d)$/i.test(time) ? instantMs(time) : undefined;
    if (startMs === undefined) throw fault('a time with its offset was expected first, such as 2026-10-25T02:00+01:00');
    const said = {
      pricePerKwh: Price.safeParse(price === '' ? Number.NaN : Number(price)),
      carbonKgPerKwh: carbon === '' ? undefined : Carbon.safeParse(Number(carbon)),
    };
    if (!said.pricePerKwh.success || said.carbonKgPerKwh?.success === false)
      throw fault('a price per kWh was expected second, and kg per kWh third or nothing');
    return {
      startMs,
      pricePerKwh: said.pricePerKwh.data,
      ...(said.carbonKgPerKwh?.success && { carbonKgPerKwh: said.carbonKgPerKwh.data }),
    };
  });
  const sorted = read.sort((a, b) => a.startMs - b.startMs);
  const usualMs = sorted.length > 1 ? (sorted.at(-1)?.startMs ?? 0) - (sorted.at(-2)?.startMs ?? 0) : HOUR_MS;
  return sorted.map(({ startMs, ...costs }, index) => ({
    startsAt: new Date(startMs).toISOString(),
    endsAt: new Date(sorted[index + 1]?.startMs ?? startMs + usualMs).toISOString(),
    ...costs,
  }));
}
