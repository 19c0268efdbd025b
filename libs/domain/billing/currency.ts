// Minor units of currencies (ISO 4217), for the one rounding that happens on the way to a payable amount.
// Currencies with two decimals, nearly all, are not listed.
import { Exact, fixed } from './decimal.js';

const MINOR_UNITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF XXX'.split(' ').map((code) => [code, 0])),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
};

/** ISO 4217 code for "no currency": what a session without a tariff is priced in. */
export const NO_CURRENCY = 'XXX';

export const minorUnits = (currency: string): number => MINOR_UNITS[currency.toUpperCase()] ?? 2;

/** Half-up to the currency's minor unit, from the exact amount; never from an amount that was rounded before. */
export const roundToMinor = (amount: Exact | string, currency: string): string => fixed(new Exact(amount), minorUnits(currency));
