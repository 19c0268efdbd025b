// What past sessions would have cost by another tariff: their recorded periods priced by the one rating (P8), beside what was charged.
// Which sessions, and where their figures come from, is the api's business.
import { NO_CURRENCY } from './currency.js';
import { Exact, inFour } from './decimal.js';
import { effortOf, MOST_EFFORT } from './effort.js';
import type { RatingLine } from './rating.js';
import type { NetAndGross } from './reconciliation.js';
import { instant } from './segments.js';
import type { SessionPeriod } from './session-periods.js';
import { finalRating, type Reserved } from './session-rating.js';
import type { PricingTariff } from './tariff.js';

/** An ended session with what was charged for it: to pay, in the currency of its own tariff (`XXX` = it was free). */
export interface PastSession {
  readonly sessionId: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly energyWh: number;
  /** OCPP reason of its end. */
  readonly reason?: string | undefined;
  /** IANA zone of its site; absent = UTC. */
  readonly timeZone?: string | undefined;
  readonly periods: readonly SessionPeriod[];
  readonly reserved?: Reserved | undefined;
  readonly currency: string;
  readonly charged: NetAndGross;
}

export interface SimulatedSession {
  readonly sessionId: string;
  readonly currency: string;
  readonly charged: NetAndGross;
  readonly simulated: NetAndGross;
  /** `simulated` less `charged`; null where their currencies differ. */
  readonly difference: NetAndGross | null;
  readonly lines: readonly RatingLine[];
}

export interface Simulation {
  readonly currency: string;
  readonly sessions: readonly SimulatedSession[];
  /** Of those that can be compared. */
  readonly sum: { readonly sessions: number } & Readonly<Record<'charged' | 'simulated' | 'difference', NetAndGross>>;
}

/** How many of these sessions, from the first on, can be priced in a few seconds: all, but for a tariff of thousands of prices. And their effort (effort.ts). */
export function inReach(
  tariff: PricingTariff,
  past: readonly Pick<PastSession, 'periods' | 'startedAt' | 'endedAt'>[],
): { readonly count: number; readonly effort: number } {
  let effort = 0;
  for (const [count, { periods, startedAt, endedAt }] of past.entries()) {
    const more = effortOf([tariff], periods.length, instant(endedAt) - instant(startedAt));
    if (effort + more > MOST_EFFORT) return { count, effort };
    effort += more;
  }
  return { count: past.length, effort };
}

export function simulated(tariff: PricingTariff & { readonly currency: string }, past: readonly PastSession[]): Simulation {
  const sessions = past.map((each) => oneSimulated(tariff, each));
  const compared = sessions.filter(({ difference }) => difference !== null);
  const sumOf = (of: (each: SimulatedSession) => NetAndGross | null): NetAndGross =>
    compared.reduce((sum, each) => plus(sum, of(each)), ZERO);
  return {
    currency: tariff.currency,
    sessions,
    sum: {
      sessions: compared.length,
      charged: sumOf(({ charged }) => charged),
      simulated: sumOf((each) => each.simulated),
      difference: sumOf(({ difference }) => difference),
    },
  };
}

function oneSimulated(tariff: PricingTariff & { readonly currency: string }, past: PastSession): SimulatedSession {
  const { sessionId, currency, charged, timeZone, periods, startedAt, reserved } = past;
  const { lines, totals } = finalRating({ tariff, timeZone, startedAt, reserved }, periods, past);
  const would = plus(ZERO, { net: totals.payable.exclVat, gross: totals.payable.inclVat });
  const isComparable = currency === tariff.currency || currency === NO_CURRENCY;
  return {
    sessionId,
    currency,
    charged: plus(ZERO, charged),
    simulated: would,
    difference: isComparable ? less(would, charged) : null,
    lines,
  };
}

const ZERO: NetAndGross = { net: '0.0000', gross: '0.0000' };
const plus = (a: NetAndGross, b: NetAndGross | null): NetAndGross => ({
  net: inFour(new Exact(a.net).plus(b?.net ?? 0)),
  gross: inFour(new Exact(a.gross).plus(b?.gross ?? 0)),
});
const less = (a: NetAndGross, b: NetAndGross): NetAndGross => ({
  net: inFour(new Exact(a.net).minus(b.net)),
  gross: inFour(new Exact(a.gross).minus(b.gross)),
});
