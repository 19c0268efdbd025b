// What a session costs, while it runs and at its end: its periods and the terms pinned at its start, handed to the one rating (P8).
// Bills are made of it in apps/billing; edges tell it to stations in time (ADR 0046).
import { Exact, jsonNumber } from './decimal.js';
import { rate } from './rate.js';
import type { Rating } from './rating.js';
import { instant, type RatingPeriod } from './segments.js';
import { fitted, ratingPeriodsOf, type SessionPeriod } from './session-periods.js';
import { type PricingTariff, TimeZoneSchema } from './tariff.js';

export interface SessionTerms {
  /** Absent = free of charge. */
  readonly tariff?: PricingTariff | undefined;
  /** IANA zone of the site; absent or unknown = UTC. */
  readonly timeZone?: string | undefined;
  /** How long the outlet was kept before it (ADR 0119). */
  readonly reserved?: Reserved | undefined;
}

export interface Reserved {
  /** ISO 8601 */
  readonly from: string;
  readonly to: string;
  /** Nobody came until its time was over. */
  readonly isExpired?: boolean;
}

/** Up to the end of the last period. */
export function runningRating({ tariff, timeZone, reserved }: SessionTerms, periods: readonly SessionPeriod[]): Rating {
  const zone = TimeZoneSchema.safeParse(timeZone ?? 'UTC');
  const kept = reserved === undefined ? [] : [keptPeriod(reserved, periods[0]?.from)];
  return rate({
    tariff,
    timeZone: zone.success ? zone.data : 'UTC',
    periods: [...kept, ...ratingPeriodsOf(periods)],
    reservationExpired: reserved?.isExpired === true,
  });
}

/** Up to the session, where there is one, and no longer than its own time. */
function keptPeriod(reserved: Reserved, sessionFrom = reserved.to): RatingPeriod {
  const [from, to] = [earlier(reserved.from, sessionFrom), earlier(reserved.to, sessionFrom)];
  return { from, to, reservationS: new Exact(instant(to) - instant(from)).div(1000).toString() };
}

/** Of two instants. Clocks of stations differ from ours: a session may begin before its outlet was kept. */
export const earlier = (a: string, b: string): string => (instant(b) < instant(a) ? b : a);

/** OCPP ReasonEnumType, and Reason of 1.6: the token was not accepted, so the station ended the transaction. */
const SENT_AWAY = 'DeAuthorized';

/** Of the whole session, its periods made to agree with its final figures. Who was sent away without energy pays for nothing but a reservation (ADR 0137). */
export const finalRating = (
  terms: SessionTerms & { readonly startedAt: string },
  periods: readonly SessionPeriod[],
  { endedAt, energyWh, reason }: { readonly endedAt: string; readonly energyWh: number; readonly reason?: string | undefined },
): Rating => runningRating(terms, reason === SENT_AWAY && energyWh === 0 ? [] : fitted(periods, terms.startedAt, endedAt, energyWh));

/** What a driver is told: what is paid, taxes included, in the tariff's currency (OCPP 2.x totalCost). 0 = free. */
export const totalCostOf = ({ totals }: Rating): number => jsonNumber(totals.payable.inclVat);
