// What a rating looks like: plain JSON, amounts as decimal strings. The one form that running cost, session view, CDR and invoice read.
// How it comes about is beside it, in rate.ts.
import type { LineKind } from './ledger.js';
import type { RatingPeriod } from './segments.js';
import type { PricingTariff } from './tariff.js';

/** Decimal strings with four decimals, half-up from the exact amount. Equal where no VAT applies. */
export interface Money {
  readonly exclVat: string;
  readonly inclVat: string;
}

export interface RatingLine {
  readonly kind: LineKind;
  /** Which element of the tariff priced it, from 0; absent on MIN_PRICE and MAX_PRICE. */
  readonly element?: number;
  readonly tariffId?: string;
  /** Where it first and last applied, ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** What is billed, step_size included, in `unit`; at most 8 decimals. */
  readonly quantity: string;
  readonly unit: 'kWh' | 'h' | 'session';
  /** The part of the quantity that step_size added. */
  readonly stepAdded: string;
  readonly unitPrice: string;
  /** Percent; absent when no VAT applies. */
  readonly vatPercent?: string;
  readonly amount: Money;
}

/** A stretch in which the same prices held, for the CDR's charging_periods. Quantities as used, at most 8 decimals. */
export interface RatedPeriod {
  readonly from: string;
  readonly tariffId?: string;
  readonly energyKwh: string;
  readonly chargingH: string;
  readonly parkingH: string;
  readonly reservationH: string;
  readonly powerKw?: { readonly min: number; readonly max: number };
  readonly currentA?: { readonly min: number; readonly max: number };
}

/** Of a tax by name; amounts add up to the cost's gross less net, four decimals each. */
export interface NamedTax {
  readonly name: string;
  readonly accountNumber?: string;
  readonly percentage: string;
  readonly amount: string;
}

export interface RatingTotals {
  readonly cost: Money;
  /** Where the tariff names its taxes. */
  readonly taxes?: readonly NamedTax[];
  /** `cost` half-up to the currency's minor unit, from the exact amount: what is paid. */
  readonly payable: Money;
  /** `cost` with two decimals, whatever the currency. */
  readonly cents: Money;
  readonly fixedCost: Money;
  readonly energyCost: Money;
  readonly timeCost: Money;
  readonly parkingCost: Money;
  readonly reservationCost: Money;
  /** As used, before step_size. */
  readonly energyKwh: string;
  /** Charging and not charging, without the reservation. */
  readonly timeH: string;
  readonly parkingTimeH: string;
  readonly reservationTimeH: string;
}

export interface Rating {
  /** ISO 4217; `XXX` when there is no tariff. */
  readonly currency: string;
  readonly tariffId?: string;
  readonly lines: readonly RatingLine[];
  readonly periods: readonly RatedPeriod[];
  readonly totals: RatingTotals;
}

export interface RatingInput {
  /** Pinned at the start; undefined = free of charge. */
  readonly tariff: PricingTariff | undefined;
  /** IANA zone of the location. Throws RangeError when there is none of that name. */
  readonly timeZone: string;
  readonly periods: readonly RatingPeriod[];
  /** The reservation among the periods was not followed by a session. */
  readonly reservationExpired?: boolean;
}
