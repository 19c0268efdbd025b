// Rates a case somebody wrote down: a CDR, or states and register readings, with a tariff. For `POST /v1/rating` and the public worked examples.
// The price itself comes from rate.ts, like every other price.

import { z } from 'zod';
import { fail, firstIndex, ok, type Result } from '#kernel';
import { Exact, ZERO } from './decimal.js';
import { effortOf } from './effort.js';
import { rate } from './rate.js';
import type { Money, Rating, RatingLine } from './rating.js';
import type { Range } from './restrictions.js';
import { instant, type RatingPeriod } from './segments.js';
import { ratingPeriodsOf, type SessionPeriod } from './session-periods.js';
import { InstantSchema as INSTANT, type PricingTariff, PricingTariffSchema, type Problem, problemsOf, TimeZoneSchema } from './tariff.js';

/** Of kWh, hours, Wh or money: as long as a number of JSON can be precise, and no credit in disguise. */
const QUANTITY = z.union([z.number().nonnegative().max(1e15), z.string().regex(/^\d{1,15}(\.\d{1,15})?$/, 'a decimal number')]);
const COST = z.object({ excl_vat: QUANTITY, incl_vat: QUANTITY.optional() });

/** CdrDimensionType of OCPI 2.2.1 and 2.3.0. A misspelt one would be free of charge. */
// biome-ignore format: a table
const DIMENSION = z.enum([
  'CURRENT', 'ENERGY', 'ENERGY_EXPORT', 'ENERGY_IMPORT', 'MAX_CURRENT', 'MIN_CURRENT', 'MAX_POWER', 'MIN_POWER',
  'PARKING_TIME', 'POWER', 'RESERVATION_TIME', 'STATE_OF_CHARGE', 'TIME',
]);

const CdrFields = z.object({
  id: z.string().optional(),
  start_date_time: INSTANT,
  end_date_time: INSTANT,
  currency: z.string().optional(),
  charging_periods: z.array(
    z.object({
      start_date_time: INSTANT,
      dimensions: z.array(z.object({ type: DIMENSION, volume: QUANTITY })),
      tariff_id: z.string().optional(),
    }),
  ),
  total_cost: COST.optional(),
});

const CdrSchema = CdrFields.superRefine(({ start_date_time, end_date_time, charging_periods }, context) => {
  const [startMs, endMs] = [instant(start_date_time), instant(end_date_time)];
  if (endMs < startMs) context.addIssue({ code: 'custom', path: ['end_date_time'], message: 'is before start_date_time' });
  let reachedMs = startMs;
  charging_periods.forEach((period, index) => {
    period.dimensions.forEach(({ type }, at) => {
      if (period.dimensions.findIndex((each) => each.type === type) < at)
        context.addIssue({
          code: 'custom',
          path: ['charging_periods', index, 'dimensions', at, 'type'],
          message: `${type} is in this period already`,
        });
    });
    const ms = instant(period.start_date_time);
    if (ms < reachedMs || ms > endMs)
      context.addIssue({
        code: 'custom',
        path: ['charging_periods', index, 'start_date_time'],
        message: 'is out of order, or not within the CDR',
      });
    reachedMs = Math.max(reachedMs, ms);
  });
});

const SessionSchema = z
  .object({
    plugged_in: INSTANT,
    plugged_out: INSTANT,
    charging_states: z.array(z.object({ at: INSTANT, state: z.enum(['Charging', 'SuspendedEV', 'SuspendedEVSE', 'EVConnected', 'Idle']) })),
    register_wh: z.array(z.object({ at: INSTANT, value: QUANTITY })),
  })
  .refine(({ plugged_in, plugged_out }) => instant(plugged_in) <= instant(plugged_out), {
    path: ['plugged_out'],
    message: 'is before plugged_in',
  })
  .superRefine(({ register_wh }, context) => {
    const inOrder = register_wh
      .map(({ at, value }, index) => ({ index, ms: instant(at), wh: new Exact(value) }))
      .sort((a, b) => a.ms - b.ms);
    inOrder.forEach(({ index, wh }, place) => {
      if (wh.lt(inOrder[place - 1]?.wh ?? 0))
        context.addIssue({ code: 'custom', path: ['register_wh', index, 'value'], message: 'is below the reading before it' });
    });
  });

export const RatingCaseSchema = z
  .object({
    kind: z.enum(['price_cdr', 'segment_and_price', 'pin_tariff', 'credit_cdr']).default('price_cdr'),
    time_zone: TimeZoneSchema.default('UTC'),
    tariff: PricingTariffSchema.optional(),
    tariffs: z.array(PricingTariffSchema).optional(),
    cdr: CdrSchema.optional(),
    session: SessionSchema.optional(),
    reservation_expired: z.boolean().default(false),
  })
  .superRefine(({ tariff, tariffs = [], cdr }, context) => {
    const known = new Set([tariff, ...tariffs].map((each) => each?.id));
    cdr?.charging_periods.forEach(({ tariff_id }, index) => {
      if (tariff_id !== undefined && !known.has(tariff_id))
        context.addIssue({
          code: 'custom',
          path: ['cdr', 'charging_periods', index, 'tariff_id'],
          message: `no tariff here has the id ${tariff_id}`,
        });
    });
  })
  .refine(({ cdr, session }) => cdr === undefined || session === undefined, {
    path: ['session'],
    message: 'either a cdr or a session, not both',
  })
  .refine(({ cdr, session }) => cdr !== undefined || session !== undefined, { path: ['cdr'], message: 'a cdr or a session is needed' })
  .refine(({ tariff, tariffs }) => tariff !== undefined || (tariffs?.length ?? 0) > 0, { path: ['tariff'], message: 'a tariff is needed' });
export type RatingCase = z.infer<typeof RatingCaseSchema>;

const DAY_MS = 86_400_000;
const MOST_DAYS = 366;
/** About a second of work, since nothing else happens meanwhile. A year of hourly prices is a tenth. */
const MOST_EFFORT = 200_000_000;
/** What would take the processor for long, or all memory: prices that change at times of day make a piece of each, on every day. Else its effort. */
function effortOrTooMuch({ session, cdr, tariff, tariffs = [] }: RatingCase): Problem | number {
  const [from, to, path] =
    session !== undefined
      ? [session.plugged_in, session.plugged_out, 'session.plugged_out']
      : [cdr?.start_date_time ?? '', cdr?.end_date_time ?? '', 'cdr.end_date_time'];
  const lastsMs = instant(to) - instant(from);
  if (lastsMs > MOST_DAYS * DAY_MS) return { path, message: `is more than ${MOST_DAYS} days after the start` };
  const all = tariff === undefined ? tariffs : [tariff, ...tariffs];
  const periods = session === undefined ? (cdr?.charging_periods.length ?? 0) : session.charging_states.length + session.register_wh.length;
  const effort = effortOf(all, periods, lastsMs);
  if (effort <= MOST_EFFORT) return effort;
  const elements = all.reduce((sum, each) => sum + each.elements.length, 0);
  return {
    path: tariff === undefined ? 'tariffs' : 'tariff.elements',
    message: `${elements} are too many for ${Math.ceil(lastsMs / DAY_MS)} days in ${periods} periods`,
  };
}
type Cdr = z.infer<typeof CdrSchema>;
type Session = z.infer<typeof SessionSchema>;

interface Cost {
  readonly excl_vat: string;
  readonly incl_vat: string;
}

/** Amounts as strings with four decimals; quantities without trailing zeros. */
export interface CasePrice {
  readonly currency: string;
  readonly tariff_id?: string;
  readonly total_cost: Cost;
  /** Where the tariff names its taxes (OCPI 2.3.0 TaxAmount). */
  readonly taxes?: readonly {
    readonly name: string;
    readonly account_number?: string;
    readonly percentage: string;
    readonly amount: string;
  }[];
  readonly total_fixed_cost: Cost;
  readonly total_energy_cost: Cost;
  readonly total_time_cost: Cost;
  readonly total_parking_cost: Cost;
  readonly total_reservation_cost: Cost;
  readonly total_energy: string;
  readonly total_time: string;
  readonly total_parking_time: string;
  readonly rounded_2dp_half_up: Cost;
  readonly credit?: true;
  readonly credit_reference_id?: string;
  readonly lines: readonly RatingLine[];
}

/**
 * Takes an unknown body; answers in the form of a case's `expected`, plus the lines, or says what is wrong with the body. `before` is told the effort (effort.ts)
 * before it is made, and throws where it shall not be.
 */
export function rateCase(body: unknown, before: (effort: number) => void = () => undefined): Result<CasePrice, readonly Problem[]> {
  const parsed = RatingCaseSchema.safeParse(body);
  if (!parsed.success) return fail(problemsOf(parsed.error));
  const given = parsed.data;
  const effort = effortOrTooMuch(given);
  if (typeof effort !== 'number') return fail([effort]);
  before(effort);
  const startedAt = given.session?.plugged_in ?? given.cdr?.start_date_time ?? '';
  const tariff = given.tariff ?? tariffAt(given.tariffs ?? [], startedAt);
  if (tariff === undefined) return fail([{ path: 'tariffs', message: `none of them is valid at ${startedAt}` }]);
  const currency = tariff.currency ?? given.cdr?.currency;
  if (given.cdr?.currency !== undefined && given.cdr.currency !== currency)
    return fail([{ path: 'cdr.currency', message: `the tariff is in ${currency}` }]);
  const rating = rate({
    tariff: currency === undefined ? tariff : { ...tariff, currency },
    timeZone: given.time_zone,
    periods:
      given.session !== undefined ? periodsOfSession(given.session) : periodsOfCdr(given.cdr as Cdr, [...(given.tariffs ?? []), tariff]),
    reservationExpired: given.reservation_expired,
  });
  return ok(given.kind === 'credit_cdr' ? credited(priceOf(rating), given.cdr) : priceOf(rating));
}

/** The tariff to pin at an instant: of those valid then, the one that became valid, or was published, last. Equal ones: the first in the list. */
export function tariffAt<T extends PricingTariff>(tariffs: readonly T[], at: string): T | undefined {
  const ms = instant(at);
  const since = ({ start_date_time, last_updated }: T): number =>
    Math.max(...[start_date_time, last_updated].map((text) => (text === undefined ? Number.NEGATIVE_INFINITY : instant(text))));
  const isValid = ({ start_date_time, end_date_time }: T): boolean =>
    (start_date_time === undefined || instant(start_date_time) <= ms) && (end_date_time === undefined || ms < instant(end_date_time));
  const valid = tariffs.filter(isValid);
  const published = valid.filter((tariff) => since(tariff) <= ms);
  return (published.length > 0 ? published : valid).reduce<T | undefined>(
    (best, tariff) => (best === undefined || since(tariff) > since(best) ? tariff : best),
    undefined,
  );
}

function priceOf({ currency, tariffId, totals, lines }: Rating): CasePrice {
  const cost = ({ exclVat, inclVat }: Money): Cost => ({ excl_vat: exclVat, incl_vat: inclVat });
  return {
    currency,
    ...(tariffId !== undefined && { tariff_id: tariffId }),
    total_cost: cost(totals.cost),
    ...(totals.taxes !== undefined && {
      taxes: totals.taxes.map(({ accountNumber, ...tax }) => ({
        ...tax,
        ...(accountNumber !== undefined && { account_number: accountNumber }),
      })),
    }),
    total_fixed_cost: cost(totals.fixedCost),
    total_energy_cost: cost(totals.energyCost),
    total_time_cost: cost(totals.timeCost),
    total_parking_cost: cost(totals.parkingCost),
    total_reservation_cost: cost(totals.reservationCost),
    total_energy: totals.energyKwh,
    total_time: totals.timeH,
    total_parking_time: totals.parkingTimeH,
    rounded_2dp_half_up: cost(totals.cents),
    lines,
  };
}

/** OCPI 2.2.1: a credit is the same CDR with only total_cost negated. What the CDR said it cost goes before what it would cost today. */
function credited(price: CasePrice, cdr: Cdr | undefined): CasePrice {
  const said = cdr?.total_cost;
  const negated = (text: string, places: number): string => {
    const value = new Exact(text).negated().toDecimalPlaces(places);
    return (value.isZero() ? value.abs() : value).toFixed(places);
  };
  const [excl, incl] =
    said === undefined
      ? [price.total_cost.excl_vat, price.total_cost.incl_vat]
      : [said.excl_vat, said.incl_vat ?? price.total_cost.incl_vat].map(String);
  const cents = said === undefined ? price.rounded_2dp_half_up : { excl_vat: excl ?? '0', incl_vat: incl ?? '0' };
  return {
    ...price,
    total_cost: { excl_vat: negated(excl ?? '0', 4), incl_vat: negated(incl ?? '0', 4) },
    rounded_2dp_half_up: { excl_vat: negated(cents.excl_vat, 2), incl_vat: negated(cents.incl_vat, 2) },
    credit: true,
    ...(cdr?.id !== undefined && { credit_reference_id: cdr.id }),
  };
}

/** Hours with eight decimals stand for a whole number of seconds. */
function secondsOf(hours: number | string): string {
  const seconds = new Exact(hours).times(3600);
  const whole = seconds.round();
  return (seconds.minus(whole).abs().lt('0.001') ? whole : seconds).toString();
}

function periodsOfCdr(cdr: Cdr, tariffs: readonly PricingTariff[]): readonly RatingPeriod[] {
  // Of several with one id the first in the list.
  const byId = new Map(tariffs.toReversed().map((tariff) => [tariff.id, tariff]));
  return cdr.charging_periods.map((period, index) => {
    const volume = (type: string): number | string | undefined => period.dimensions.find((dimension) => dimension.type === type)?.volume;
    const time = { charging: volume('TIME'), parking: volume('PARKING_TIME'), reservation: volume('RESERVATION_TIME') };
    const energy = volume('ENERGY');
    const power = rangeOf(volume('MIN_POWER'), volume('MAX_POWER'), volume('POWER'));
    const current = rangeOf(volume('MIN_CURRENT'), volume('MAX_CURRENT'), volume('CURRENT'));
    const tariff = period.tariff_id === undefined ? undefined : byId.get(period.tariff_id);
    return {
      from: period.start_date_time,
      to: cdr.charging_periods[index + 1]?.start_date_time ?? cdr.end_date_time,
      ...(energy !== undefined && { energyWh: new Exact(energy).times(1000).toString() }),
      ...(time.charging !== undefined && { chargingS: secondsOf(time.charging) }),
      ...(time.parking !== undefined && { parkingS: secondsOf(time.parking) }),
      ...(time.reservation !== undefined && { reservationS: secondsOf(time.reservation) }),
      ...(power !== undefined && { powerKw: power }),
      ...(current !== undefined && { currentA: current }),
      ...(tariff !== undefined && { tariff }),
    };
  });
}

function rangeOf(min: number | string | undefined, max: number | string | undefined, mean: number | string | undefined): Range | undefined {
  const [low, high] = [min ?? mean ?? max, max ?? mean ?? min];
  // biome-ignore lint/plugin: power or current, compared with restrictions
  return low === undefined || high === undefined ? undefined : { min: Number(low), max: Number(high) };
}

/** Periods between plugging in and out, cut at every state change and register reading; readings are joined by straight lines. */
function periodsOfSession(session: Session): readonly RatingPeriod[] {
  const [startMs, endMs] = [instant(session.plugged_in), instant(session.plugged_out)];
  const states = session.charging_states.map(({ at, state }) => ({ ms: instant(at), state })).sort((a, b) => a.ms - b.ms);
  const readings = session.register_wh.map(({ at, value }) => ({ ms: instant(at), wh: new Exact(value) })).sort((a, b) => a.ms - b.ms);
  const cuts = [...new Set([startMs, endMs, ...states.map(({ ms }) => ms), ...readings.map(({ ms }) => ms)])];
  const instants = cuts.filter((ms) => ms >= startMs && ms <= endMs).sort((a, b) => a - b);
  const registers = instants.map((ms) => registerAt(readings, ms));
  const periods: SessionPeriod[] = instants.slice(0, -1).map((fromMs, index) => ({
    from: new Date(fromMs).toISOString(),
    to: new Date(instants[index + 1] ?? fromMs).toISOString(),
    energyWh: Exact.max((registers[index + 1] ?? ZERO).minus(registers[index] ?? ZERO), 0).toString(),
    state: states[firstIndex(states, ({ ms }) => ms > fromMs) - 1]?.state ?? 'EVConnected',
  }));
  return ratingPeriodsOf(periods);
}

function registerAt(readings: readonly { readonly ms: number; readonly wh: Exact }[], ms: number): Exact {
  const later = firstIndex(readings, (reading) => reading.ms > ms);
  const [before, after] = [readings[later - 1], readings[later]];
  if (before === undefined || after === undefined || before.ms === ms) return (before ?? after)?.wh ?? ZERO;
  return before.wh.plus(
    after.wh
      .minus(before.wh)
      .times(ms - before.ms)
      .div(after.ms - before.ms),
  );
}
