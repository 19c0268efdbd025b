// Money: OCPI tariffs, the one rating function (P8), charge detail records. Pure; decimals are exact.
// Sessions and meter values are decided elsewhere; the service that folds them into bills is apps/billing.
export { type Cdr, type CdrLocation, type CdrSession, cdrFrom, cdrIdOf, creditOf, type Price } from './cdr.js';
export { type Charge, chargeBack, chargeOf, type TaxGroup } from './charge.js';
export { minorUnits, NO_CURRENCY, roundToMinor } from './currency.js';
export { jsonNumber } from './decimal.js';
export {
  type Account,
  afterInvoices,
  type Invoice,
  type InvoiceLine,
  invoicesOf,
  isDecided,
  NO_CHARGES,
  openCharges,
  taxOf,
  withCharge,
} from './invoice.js';
export { type InvoicedSum, type InvoicesReconciled, inCurrencies, invoicesReconciled } from './invoice-reconciliation.js';
export { type LocalMoment, localMoment, wallClockInstants, zoneOf } from './local-time.js';
export { type Comparison, comparisonsOf, type NightlyReport, nightlyReport, type PaymentSum } from './nightly-report.js';
export { linesOf, type Party, PartySchema } from './party.js';
export {
  type Due,
  grantedRefund,
  isSettled,
  NO_PAYMENTS,
  nextOrder,
  openAmount,
  type Payment,
  type PaymentOrder,
  type PaymentStep,
  paidAmount,
  type SessionPayments,
  withAnswer,
  withDue,
  withOrder,
} from './payment.js';
export { rate } from './rate.js';
export type { Money, RatedPeriod, Rating, RatingInput, RatingLine, RatingTotals } from './rating.js';
export { type CasePrice, type RatingCase, rateCase } from './rating-case.js';
export { type EnergySum, type MoneySum, type NetAndGross, type Reconciled, reconciled } from './reconciliation.js';
export type { RatingPeriod } from './segments.js';
export { compacted, type SessionPeriod } from './session-periods.js';
export { earlier, finalRating, type Reserved, runningRating, type SessionTerms, totalCostOf } from './session-rating.js';
export { inReach, type PastSession, type SimulatedSession, type Simulation, simulated } from './simulation.js';
export { knownSinceMs, type SiteTariffs, tariffInForce, tariffsAhead, tariffsFrom, withTariff } from './site-tariffs.js';
export { type PricingTariff, type Problem, type Tariff, TariffSchema, TimeZoneSchema } from './tariff.js';
export { type CostComparison, comparedCosts, type StationTariff, stationTariff } from './tariff-21.js';
export { tariffText } from './tariff-text.js';
