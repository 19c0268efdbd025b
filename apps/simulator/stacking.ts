// How the profiles of a station add up: the highest silent-free level of a purpose, Tx before TxDefault, then the station's maximum.
// Whether a profile may be installed at all is decided in profile-rules.ts.
import { type Limit, limitOf, nextEdge, type Profile, type Purpose } from './profile.js';

/** The transaction on an outlet, as far as profiles care. */
export interface TransactionView {
  readonly key: string;
  readonly startedAt: number;
}

/** Highest level first; at one level the outlet's own profile before the one for all outlets (OCPP 1.6 §3.13.3). */
const precedence = (a: Profile, b: Profile) => b.stackLevel - a.stackLevel || b.evseId - a.evseId;

const applies = (profile: Profile, purpose: Purpose, evseId: number, transaction: TransactionView | undefined) =>
  profile.purpose === purpose &&
  (profile.evseId === evseId || (purpose === 'TxDefault' && profile.evseId === 0)) &&
  (purpose !== 'Tx' || (transaction !== undefined && profile.transactionKey === transaction.key));

/** What the leading profile of one purpose says: the highest level that is not silent at `at`. */
function leading(
  profiles: readonly Profile[],
  purpose: Purpose,
  evseId: number,
  at: number,
  transaction?: TransactionView,
): Limit | undefined {
  let first: Profile | undefined;
  let leads: Limit | undefined;
  for (const profile of profiles) {
    if (!applies(profile, purpose, evseId, transaction) || (first !== undefined && precedence(first, profile) <= 0)) continue;
    const limit = limitOf(profile, at, transaction?.startedAt);
    if (limit !== undefined) [first, leads] = [profile, limit];
  }
  return leads;
}

/** The limit on one outlet; a Tx profile replaces the default while it speaks. The station's maximum is not in it. */
export const outletLimit = (profiles: readonly Profile[], evseId: number, at: number, transaction?: TransactionView): Limit | undefined =>
  leading(profiles, 'Tx', evseId, at, transaction) ?? leading(profiles, 'TxDefault', evseId, at, transaction);

/** The limit on the sum of all outlets. */
export const stationLimit = (profiles: readonly Profile[], at: number): Limit | undefined => leading(profiles, 'StationMax', 0, at);

/** The next instant after `at` at which any limit may change; Infinity when never. */
export function nextChange(profiles: readonly Profile[], at: number, transactions: readonly TransactionView[]): number {
  let next = Number.POSITIVE_INFINITY;
  for (const profile of profiles) {
    next = Math.min(next, nextEdge(profile, at));
    if (profile.purpose !== 'StationMax') for (const { startedAt } of transactions) next = Math.min(next, nextEdge(profile, at, startedAt));
  }
  return next;
}

/**
 * Current per phase [mA] that a limit leaves, rounded down to 0.1 A; watts are divided over the phases in use at their real voltages.
 * `phaseVoltagesDv` are the voltages [0.1 V] of those phases, in wiring order.
 */
export function limitMa({ limit, unit }: Limit, phaseVoltagesDv: readonly number[]): number {
  // A tenth of an ampere is 0.1 exactly in no float: a hair is added before rounding down, far below what a meter sees.
  if (unit === 'A') return Math.floor(limit * 10 + 1e-6) * 100;
  const sumDv = phaseVoltagesDv.reduce((sum, voltage) => sum + voltage, 0);
  return sumDv === 0 ? 0 : Math.floor((limit * 100) / sumDv + 1e-9) * 100;
}
