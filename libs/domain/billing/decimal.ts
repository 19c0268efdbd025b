// Exact decimals for money and quantities: 34 digits, half-up. Binary fractions never touch an amount.
// Which figures are rounded, and where, is decided by the rating and the CDR.
import { Decimal } from 'decimal.js';

export const Exact = Decimal.clone({ precision: 34, rounding: Decimal.ROUND_HALF_UP, toExpNeg: -40, toExpPos: 40 });
export type Exact = Decimal;

export const ZERO: Exact = new Exact(0);

/** What divisions leave over in the last of 34 digits is no part of an amount: without it, half a unit is half a unit. */
const AMOUNT_DIGITS = 20;

/** So many decimals, half-up, always written out. */
export const fixed = (value: Exact, places: number): string => value.toDecimalPlaces(AMOUNT_DIGITS).toFixed(places);

/** `5.5000`: the resolution OCPI numbers have. */
export const inFour = (value: Exact): string => fixed(value, 4);

/** Without trailing zeros, at most `places` decimals. */
export const plain = (value: Exact, places: number): string => value.toDecimalPlaces(places).toString();

/** OCPI and OCPP write amounts as JSON numbers: the end of a path, nothing is computed from it. */
// biome-ignore lint/plugin: the one place where an exact figure becomes a number
export const jsonNumber = (figure: Exact | string): number => new Exact(figure).toNumber();
