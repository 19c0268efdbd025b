// What is asked of a payment provider for one session, so that what was captured comes to what is owed: hold, capture, release, refund.
// States of a payment: holding → held → capturing → captured (→ refunding → captured), or held → releasing → released; failed at any step.
// Amounts are what is payable, taxes included, in the currency's minor unit. Who is asked, and when, is apps/billing's (ADR 0057).
import { minorUnits } from './currency.js';
import { Exact, ZERO } from './decimal.js';

export type PaymentStep = 'hold' | 'capture' | 'release' | 'refund';

export interface Payment {
  readonly paymentId: string;
  readonly state: 'holding' | 'held' | 'capturing' | 'captured' | 'releasing' | 'released' | 'refunding' | 'failed';
  /** Decimal strings. */
  readonly held: string;
  readonly captured: string;
  readonly refunded: string;
  /** The provider's word for why its last order failed. */
  readonly reason?: string;
}

export interface PaymentOrder {
  readonly orderId: string;
  readonly paymentId: string;
  readonly step: PaymentStep;
  readonly amount: string;
}

export interface SessionPayments {
  readonly currency: string;
  /** To hold before anything is charged. */
  readonly hold?: string;
  /** Records less credits; absent until the first record. */
  readonly owed?: string;
  /** Given back because somebody asked for it, or about to be. */
  readonly onRequest: string;
  /** Another record follows the last credit at once. */
  readonly isFollowed: boolean;
  /** The method new payments are made by, sealed. */
  readonly method?: string;
  readonly payments: readonly Payment[];
  /** The order the provider has not answered: one at a time. */
  readonly pending?: PaymentOrder;
  /** Orders so far: ids are made from it. */
  readonly orders: number;
  /** Since something was last due. */
  readonly failures: number;
}

export const NO_PAYMENTS: SessionPayments = {
  currency: '',
  onRequest: '0',
  isFollowed: false,
  payments: [],
  orders: 0,
  failures: 0,
};

/** Orders that may fail before it is left open until something is due again: a hold that cannot be captured, and the charge in its place. */
const TRIES = 2;

const sum = (amounts: readonly string[]): Exact => amounts.reduce((total: Exact, amount) => total.plus(amount), ZERO);
const paid = ({ payments }: SessionPayments): Exact =>
  sum(payments.map(({ captured }) => captured)).minus(sum(payments.map(({ refunded }) => refunded)));

/** What was given back on request comes off what is owed, and no more than that: a credit of the whole may follow it. */
const left = (session: SessionPayments): Exact =>
  Exact.max(new Exact(session.owed ?? 0).minus(session.onRequest), ZERO).minus(paid(session));

/** What is owed and not paid, below zero where more was paid; decimal string. */
export const openAmount = (session: SessionPayments): string => left(session).toFixed(minorUnits(session.currency));

/** What was captured and not given back; decimal string. */
export const paidAmount = (session: SessionPayments): string => paid(session).toFixed(minorUnits(session.currency));

export type Due = { readonly currency: string; readonly method?: string } & (
  | { readonly cause: 'hold'; readonly amount: string }
  | { readonly cause: 'charge'; readonly amount: string; readonly isFollowed: boolean }
);

export function withDue(session: SessionPayments, due: Due): SessionPayments {
  const { method: _, ...rest } = session;
  const known = { ...rest, currency: due.currency, failures: 0, ...(due.method !== undefined && { method: due.method }) };
  return due.cause === 'hold'
    ? { ...known, hold: due.amount }
    : { ...known, owed: new Exact(session.owed ?? 0).plus(due.amount).toFixed(minorUnits(due.currency)), isFollowed: due.isFollowed };
}

/** The session with a refund that somebody asks for; undefined where less than that was paid or is owed. */
export function grantedRefund(session: SessionPayments, amount: string): SessionPayments | undefined {
  const owed = new Exact(session.owed ?? 0).minus(session.onRequest);
  if (Exact.min(owed, paid(session)).lt(amount)) return undefined;
  return { ...session, failures: 0, onRequest: new Exact(session.onRequest).plus(amount).toFixed(minorUnits(session.currency)) };
}

/** What to ask of the provider next; undefined where it has something to answer, or nothing is left to do. `idOf` names a payment by its number. */
export function nextOrder(session: SessionPayments, idOf: (payment: number) => string): Omit<PaymentOrder, 'orderId'> | undefined {
  const { payments, hold, owed, method, currency, pending, isFollowed, failures } = session;
  if (pending !== undefined || isFollowed || failures >= TRIES) return undefined;
  const text = (amount: Exact): string => amount.toFixed(minorUnits(currency));
  const newHold = (amount: Exact) => ({ paymentId: idOf(payments.length), step: 'hold' as const, amount: text(amount) });
  if (owed === undefined) return hold !== undefined && method !== undefined && payments.length === 0 ? newHold(new Exact(hold)) : undefined;
  const rest = left(session);
  const held = payments.find(({ state }) => state === 'held');
  if (held !== undefined)
    return rest.gt(0)
      ? { paymentId: held.paymentId, step: 'capture', amount: text(Exact.min(rest, held.held)) }
      : { paymentId: held.paymentId, step: 'release', amount: held.held };
  if (rest.gt(0)) return method === undefined ? undefined : newHold(rest);
  if (rest.isZero()) return undefined;
  const source = payments.findLast(({ captured, refunded }) => new Exact(captured).gt(refunded));
  if (source === undefined) return undefined;
  return {
    paymentId: source.paymentId,
    step: 'refund',
    amount: text(Exact.min(rest.neg(), new Exact(source.captured).minus(source.refunded))),
  };
}

const UNDERWAY = { hold: 'holding', capture: 'capturing', release: 'releasing', refund: 'refunding' } as const;
const DONE = { hold: 'held', capture: 'captured', release: 'released', refund: 'captured' } as const;

export function withOrder(session: SessionPayments, order: PaymentOrder): SessionPayments {
  const { paymentId, step } = order;
  const ordered = { ...session, pending: order, orders: session.orders + 1 };
  const state = UNDERWAY[step];
  return step === 'hold'
    ? { ...ordered, payments: [...session.payments, { paymentId, state, held: '0', captured: '0', refunded: '0' }] }
    : { ...ordered, payments: session.payments.map((each) => (each.paymentId === paymentId ? { ...each, state } : each)) };
}

/** The answer to the order that waits for one; any other answer was heard before. `reason` tells of a failure. */
export function withAnswer(session: SessionPayments, orderId: string, reason?: string): SessionPayments {
  const { pending, ...rest } = session;
  if (pending?.orderId !== orderId) return session;
  const answered = (payment: Payment): Payment => {
    if (payment.paymentId !== pending.paymentId) return payment;
    if (reason !== undefined) return { ...payment, state: pending.step === 'refund' ? 'captured' : 'failed', reason };
    const { step, amount } = pending;
    const state = DONE[step];
    if (step === 'hold') return { ...payment, state, held: amount };
    if (step === 'capture') return { ...payment, state, captured: amount };
    return step === 'refund' ? { ...payment, state, refunded: new Exact(payment.refunded).plus(amount).toString() } : { ...payment, state };
  };
  return { ...rest, failures: rest.failures + (reason === undefined ? 0 : 1), payments: rest.payments.map(answered) };
}

/** Nothing is asked, and a record has come: until the next one there is nothing to do. */
export const isSettled = ({ pending, owed, isFollowed }: SessionPayments): boolean =>
  pending === undefined && owed !== undefined && !isFollowed;
