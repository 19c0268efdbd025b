// The OCPI 2.2.1 Tariff object as a schema: what operators and partners may send us, refused with the field and the reason.
// What a tariff means for a session is decided by the rating beside this file.

import { z } from 'zod';
import { instantMs, isTimeZone, mistakesIn } from '#kernel';
import { Exact, ZERO } from './decimal.js';

const TIME = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a local time HH:MM, 00:00 to 23:59 (00:00 as an end means the end of the day)');
const DATE = z.iso.date('a local date YYYY-MM-DD');
/** A calendar that exists: JavaScript would read 30 February as 2 March. What is none is compared with nothing. */
export const InstantSchema = z
  .string()
  .refine((text) => /^\d{4}-\d\d-\d\dT/.test(text) && instantMs(asUtc(text)) !== undefined && !Number.isNaN(Date.parse(asUtc(text))), {
    message: 'an RFC 3339 date and time',
    abort: true,
  });
const INSTANT = InstantSchema;
const AMOUNT = z.number('a number').nonnegative('not negative').max(1e9, 'at most 1000000000');
/** Up to what charge records have room for. */
const PRICE = AMOUNT.max(999_999, 'at most 999999').refine((price) => new Exact(price).decimalPlaces() <= 6, 'at most 6 decimals');
const PERCENT = AMOUNT.max(100, 'at most 100 %').refine((percent) => new Exact(percent).decimalPlaces() <= 4, 'at most 4 decimals');
const HOLD = z.number('a number').min(0.5, 'at least 0.5').max(100_000, 'at most 100000');
/** ISO 4217 without the codes that are no money, as XXX and XTS. */
const CURRENCIES: ReadonlySet<string> = new Set(
  Intl.supportedValuesOf('currency').filter((code) => !code.startsWith('X') || /^X(AF|CD|OF|PF|CG)$/.test(code)),
);

/** OCPI instants without an offset are UTC. */
export const asUtc = (text: string): string => (/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);

export const TimeZoneSchema = z.string().refine(isTimeZone, 'an IANA time zone such as Europe/Amsterdam');

export const DAYS_OF_WEEK = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;

/** OCPI 2.3.0 calls the two sides of a limit `before_taxes` and `after_taxes`. */
const asOf221 = (limit: unknown): unknown => {
  if (typeof limit !== 'object' || limit === null || !('before_taxes' in limit)) return limit;
  const { before_taxes, after_taxes } = limit as { readonly before_taxes: unknown; readonly after_taxes?: unknown };
  return { excl_vat: before_taxes, ...(after_taxes !== undefined && { incl_vat: after_taxes }) };
};
const PriceSchema = z.preprocess(asOf221, z.strictObject({ excl_vat: AMOUNT, incl_vat: AMOUNT.optional() }));

const PriceComponentSchema = z.strictObject({
  type: z.enum(['ENERGY', 'FLAT', 'PARKING_TIME', 'TIME']),
  /** Per kWh, hour or session; net unless the tariff says `tax_included: YES`. */
  price: PRICE,
  /** Percent. Absent = no VAT applies. */
  vat: PERCENT.optional(),
  /** Wh or seconds; 0 and 1 bill what was used. */
  step_size: z.int('a whole number of Wh or seconds').nonnegative('not negative'),
});

/** A tax on all prices of a tariff, as OCPI 2.3.0 names them in a cost (North America). */
const SalesTaxSchema = z.strictObject({
  name: z.string().min(1).max(50),
  account_number: z.string().max(50).optional(),
  percentage: PERCENT,
});

const RestrictionsSchema = z
  .strictObject({
    start_time: TIME.optional(),
    end_time: TIME.optional(),
    start_date: DATE.optional(),
    end_date: DATE.optional(),
    min_kwh: AMOUNT.optional(),
    max_kwh: AMOUNT.optional(),
    min_current: AMOUNT.optional(),
    max_current: AMOUNT.optional(),
    min_power: AMOUNT.optional(),
    max_power: AMOUNT.optional(),
    min_duration: z.int('a whole number of seconds').nonnegative('not negative').optional(),
    max_duration: z.int('a whole number of seconds').nonnegative('not negative').optional(),
    day_of_week: z.array(z.enum(DAYS_OF_WEEK)).optional(),
    reservation: z.enum(['RESERVATION', 'RESERVATION_EXPIRES']).optional(),
  })
  .superRefine((restrictions, context) => {
    for (const name of ['kwh', 'current', 'power', 'duration'] as const) {
      const [min, max] = [restrictions[`min_${name}`], restrictions[`max_${name}`]];
      if (min !== undefined && max !== undefined && min >= max)
        context.addIssue({
          code: 'custom',
          path: [`min_${name}`],
          message: `min_${name} ${min} is not below max_${name} ${max}: the element could never apply`,
        });
    }
    const { start_date, end_date, start_time, end_time } = restrictions;
    if (start_time !== undefined && start_time === end_time && end_time !== '00:00')
      context.addIssue({
        code: 'custom',
        path: ['end_time'],
        message: `is start_time: leave both out for the whole day`,
      });
    if (start_date !== undefined && end_date !== undefined && start_date >= end_date)
      context.addIssue({
        code: 'custom',
        path: ['start_date'],
        message: `start_date ${start_date} is not before end_date ${end_date}, which is exclusive`,
      });
  });

const ElementSchema = z
  .strictObject({
    price_components: z.array(PriceComponentSchema).min(1, 'at least one price component'),
    restrictions: RestrictionsSchema.optional(),
  })
  .superRefine(({ price_components, restrictions }, context) => {
    price_components.forEach(({ type }, index) => {
      if (price_components.findIndex((each) => each.type === type) < index)
        context.addIssue({
          code: 'custom',
          path: ['price_components', index, 'type'],
          message: `${type} has a price in this element already`,
        });
    });
    if (restrictions?.reservation === undefined) return;
    price_components.forEach(({ type }, index) => {
      if (type !== 'FLAT' && type !== 'TIME')
        context.addIssue({
          code: 'custom',
          path: ['price_components', index, 'type'],
          message: `a reservation can cost FLAT and TIME only, not ${type}`,
        });
    });
  });

const TariffFields = z.strictObject({
  country_code: z.string().length(2, 'two letters'),
  party_id: z.string().min(1).max(3, 'at most three characters'),
  id: z.string().min(1).max(36, 'at most 36 characters'),
  currency: z.string().refine((code) => CURRENCIES.has(code), 'an ISO 4217 code of three capitals'),
  type: z.enum(['AD_HOC_PAYMENT', 'PROFILE_CHEAP', 'PROFILE_FAST', 'PROFILE_GREEN', 'REGULAR']).optional(),
  tariff_alt_text: z.array(z.object({ language: z.string().min(2).max(2), text: z.string().max(512) })).optional(),
  tariff_alt_url: z.url('a URL').optional(),
  min_price: PriceSchema.optional(),
  max_price: PriceSchema.optional(),
  elements: z.array(ElementSchema).min(1, 'at least one tariff element'),
  start_date_time: INSTANT.optional(),
  end_date_time: INSTANT.optional(),
  energy_mix: z.looseObject({ is_green_energy: z.boolean() }).optional(),
  /** OCPI 2.3.0; 2.2.1 prices are always net. */
  tax_included: z.enum(['YES', 'NO', 'N/A']).optional(),
  /** Ours: OCPI tells taxes by name in costs only. They are added together, never one on the other, and take the place of `vat`. */
  sales_taxes: z.array(SalesTaxSchema).min(1, 'at least one tax').max(10).optional(),
  last_updated: INSTANT,
  /** OCPI 2.3.0: held at the start of a session where its driver has a payment method, taxes included. */
  preauthorize_amount: HOLD.optional(),
  /** The same by the name it had here before; `preauthorize_amount` goes before it. */
  hold_amount: HOLD.optional(),
});

type Fields = Pick<
  z.infer<typeof TariffFields>,
  'min_price' | 'max_price' | 'start_date_time' | 'end_date_time' | 'sales_taxes' | 'tax_included' | 'elements'
>;

function checkLimits(tariff: Fields, context: z.RefinementCtx): void {
  const { min_price, max_price, start_date_time: start, end_date_time: end, sales_taxes, tax_included, elements } = tariff;
  const hasVat = elements.some(({ price_components }) => price_components.some(({ vat }) => vat !== undefined));
  if (sales_taxes !== undefined && (hasVat || tax_included === 'N/A'))
    context.addIssue({
      code: 'custom',
      path: ['sales_taxes'],
      message: hasVat ? 'either sales_taxes or vat on price components, not both' : 'no taxes apply where tax_included is N/A',
    });
  if (tax_included === 'N/A' && hasVat)
    context.addIssue({
      code: 'custom',
      path: ['tax_included'],
      message: 'no taxes apply where it is N/A: leave vat out of price components',
    });
  if (min_price && max_price && min_price.excl_vat > max_price.excl_vat)
    context.addIssue({
      code: 'custom',
      path: ['min_price'],
      message: `min_price ${min_price.excl_vat} is above max_price ${max_price.excl_vat}`,
    });
  const [least, most] = [min_price?.incl_vat, max_price?.incl_vat];
  if (least !== undefined && most !== undefined && least > most)
    context.addIssue({ code: 'custom', path: ['min_price', 'incl_vat'], message: `${least} is above max_price ${most}` });
  for (const [name, limit] of Object.entries({ min_price, max_price }))
    if (limit?.incl_vat !== undefined && limit.incl_vat < limit.excl_vat)
      context.addIssue({ code: 'custom', path: [name, 'incl_vat'], message: `is below excl_vat ${limit.excl_vat}: no tax is below zero` });
  if (start !== undefined && end !== undefined && Date.parse(asUtc(start)) >= Date.parse(asUtc(end)))
    context.addIssue({ code: 'custom', path: ['start_date_time'], message: 'start_date_time is not before end_date_time' });
}

/** OCPI 2.2.1 Tariff. Fields it does not know are refused: a misspelt restriction or limit would change the price. */
export const TariffSchema = TariffFields.superRefine(checkLimits);
export type Tariff = z.infer<typeof TariffSchema>;

/** The part of a tariff that prices depend on; the rest may be missing where nothing is published. */
export const PricingTariffSchema = TariffFields.partial({
  country_code: true,
  party_id: true,
  id: true,
  currency: true,
  last_updated: true,
}).superRefine(checkLimits);
export type PricingTariff = z.infer<typeof PricingTariffSchema>;

/** Percent on a price; undefined = none was given. */
export function taxPercentOf({ sales_taxes }: Pick<PricingTariff, 'sales_taxes'>, { vat }: Pick<PriceComponent, 'vat'>): Exact | undefined {
  if (sales_taxes === undefined) return vat === undefined ? undefined : new Exact(vat);
  return sales_taxes.reduce((sum: Exact, { percentage }) => sum.plus(percentage), ZERO);
}

/** Where in a body something is wrong, and what. */
export interface Problem {
  /** Dotted path of the field; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export const problemsOf = ({ issues }: z.ZodError): readonly Problem[] =>
  mistakesIn(issues).map(({ path, message }) => ({ path: path.join('.'), message }));

export type TariffElement = Tariff['elements'][number];
export type PriceComponent = TariffElement['price_components'][number];
export type Restrictions = NonNullable<TariffElement['restrictions']>;
