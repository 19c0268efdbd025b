// Payments as a service: how accounts pay, what each of their sessions owes, and what the provider is asked for it (ADR 0057).
// What to ask next is libs/domain/billing/payment.ts's; who asks, once an order is in the log, is paying.ts.
import {
  accountStream,
  type BillingEvent,
  isAccountStream,
  type PaymentDue,
  type PaymentOrdered,
  type Recorded,
  type RefundRefused,
} from '#contracts';
import {
  grantedRefund,
  isSettled,
  NO_PAYMENTS,
  nextOrder,
  type PaymentOrder,
  type SessionPayments,
  withAnswer,
  withDue,
  withOrder,
} from '#domain/billing';
import { uuidV5 } from '#kernel';
import type { Output, RowWrite, ServiceDefinition } from '#service';
import { answerRow, methodRow, type Owner, orderRow, PAYMENT_TABLES, paymentRows, refundRow } from './payment-tables.js';

/** How an account pays. */
export interface Wallet {
  readonly kind: 'wallet';
  /** It had a method once: what its sessions owe is told on. */
  readonly isKnown: boolean;
  /** Sealed. */
  readonly method?: string;
}

export interface PayingSession extends SessionPayments {
  readonly kind: 'session';
  readonly owner: Owner;
  /** The pending order, once it was read back from the log: only then is the provider asked. */
  readonly recorded?: PaymentOrdered;
  /** The latest requests for refunds: one that comes again adds nothing. */
  readonly requests: readonly string[];
}

export type PaymentState = Wallet | PayingSession;

const REMEMBERED = 50;
const NOBODY: Owner = { sessionId: '', accountId: '', siteId: '', stationId: '' };
const NO_SESSION: PayingSession = { ...NO_PAYMENTS, kind: 'session', owner: NOBODY, requests: [] };

type Fact = Recorded<BillingEvent>;

/** A wallet's output: what a session owes, told to the session with the method of this moment. */
function decideDue({ isKnown, method }: Wallet, { type, data }: Fact): readonly Output[] {
  if (!isKnown || (type !== 'SessionHoldWanted' && type !== 'AccountCharged')) return [];
  const { accountId, sessionId, siteId, stationId, currency } = data;
  const due: PaymentDue = {
    ...{ accountId, sessionId, siteId, stationId, currency },
    ...(type === 'AccountCharged'
      ? { cause: 'charge', amount: data.payable.inclVat, ...(data.replacedBy !== undefined && { isFollowed: true as const }) }
      : { cause: 'hold', amount: data.amount }),
    ...(method !== undefined && { method }),
  };
  return [{ topic: 'billing-events', type: 'PaymentDue', siteId: accountStream(accountId), data: due }];
}

/** The session once it has heard this, before anything is ordered. */
function heard(session: PayingSession, { type, data }: Fact): PayingSession {
  const kept = ({ owner, requests, recorded }: PayingSession, payments: SessionPayments): PayingSession => ({
    ...payments,
    kind: 'session',
    owner,
    requests,
    ...(recorded !== undefined && payments.pending !== undefined && { recorded }),
  });
  switch (type) {
    case 'PaymentDue': {
      const { accountId, sessionId, siteId, stationId, currency, cause, amount, isFollowed = false, method } = data;
      const due = { currency, amount, ...(method !== undefined && { method }) };
      const known = { ...session, owner: { accountId, sessionId, siteId, stationId } };
      return kept(known, withDue(session, cause === 'hold' ? { ...due, cause } : { ...due, cause, isFollowed }));
    }
    case 'PaymentOrdered':
      return session.pending?.orderId === data.orderId ? { ...session, recorded: data } : session;
    case 'PaymentHeld':
    case 'PaymentCaptured':
    case 'PaymentReleased':
    case 'PaymentRefunded':
    case 'PaymentFailed': {
      const after = withAnswer(session, data.orderId, type === 'PaymentFailed' ? data.reason : undefined);
      return after === session ? session : kept(session, after);
    }
    case 'RefundRequested': {
      if (session.requests.includes(data.requestId)) return session;
      const requests = [...session.requests, data.requestId].slice(-REMEMBERED);
      return kept({ ...session, requests }, grantedRefund(session, data.amount) ?? session);
    }
    default:
      return session;
  }
}

function decideOrder(before: PayingSession, input: Fact): readonly Output[] {
  const session = heard(before, input);
  if (session === before) return [];
  const { accountId, sessionId } = session.owner;
  const siteId = input.siteId ?? accountStream(accountId);
  if (input.type === 'RefundRequested' && !isGranted(before, session)) {
    const refused: RefundRefused = {
      requestId: input.data.requestId,
      accountId: input.data.accountId,
      sessionId: input.data.sessionId,
      reason: 'moreThanPaid',
    };
    return [{ topic: 'billing-events', type: 'RefundRefused', siteId, data: refused }];
  }
  const name = (kind: string, number: number): string => uuidV5(kind, input.tenantId, accountId, sessionId, number);
  const next = nextOrder(session, (payment) => name('payment', payment));
  if (next === undefined) return [];
  const { method, currency } = session;
  const data: PaymentOrdered = {
    orderId: name('payment order', session.orders),
    ...next,
    ...{ accountId, sessionId, currency },
    ...(next.step === 'hold' && method !== undefined && { method }),
  };
  return [{ topic: 'billing-events', type: 'PaymentOrdered', siteId, data }];
}

const isGranted = (before: PayingSession, after: PayingSession): boolean => after.onRequest !== before.onRequest;

const ordersIn = (outputs: readonly Output[]): readonly PaymentOrder[] =>
  outputs.flatMap(({ type, data }) => {
    if (type !== 'PaymentOrdered') return [];
    const { orderId, paymentId, step, amount } = data as PaymentOrdered;
    return [{ orderId, paymentId, step, amount }];
  });

function evolveSession(before: PayingSession, input: Fact, outputs: readonly Output[]): PayingSession {
  const session = heard(before, input);
  if (session === before && outputs.length === 0) return before;
  const { kind, owner, requests, recorded, ...payments } = session;
  const ordered = ordersIn(outputs).reduce<SessionPayments>(withOrder, payments);
  return { ...ordered, kind, owner, requests, ...(recorded !== undefined && ordered.pending !== undefined && { recorded }) };
}

function evolveWallet(wallet: Wallet, { type, data }: Fact): Wallet {
  if (type === 'PaymentMethodAttached') return { kind: 'wallet', isKnown: true, method: data.method };
  return type === 'PaymentMethodDetached' ? { kind: 'wallet', isKnown: wallet.isKnown } : wallet;
}

function rows(before: PaymentState, after: PaymentState, input: Fact): readonly RowWrite[] {
  const { type, data } = input;
  switch (type) {
    case 'PaymentMethodAttached':
      return [methodRow(input, data.accountId, data)];
    case 'PaymentMethodDetached':
      return before.kind === 'wallet' && before.isKnown ? [methodRow(input, data.accountId, data)] : [];
  }
  if (before.kind !== 'session' || after.kind !== 'session' || before === after) return [];
  const changed = paymentRows(input, after.owner, before, after);
  switch (type) {
    case 'PaymentOrdered':
      return [orderRow(input, data)];
    case 'PaymentHeld':
    case 'PaymentCaptured':
    case 'PaymentReleased':
    case 'PaymentRefunded':
    case 'PaymentFailed':
      return [...changed, answerRow(input, data)];
    case 'RefundRequested': {
      const granted = isGranted(before, after);
      return [...(granted ? changed : []), refundRow(input, data, after.currency, granted)];
    }
    default:
      return changed;
  }
}

export const paymentsDefinition: ServiceDefinition<PaymentState, BillingEvent> = {
  name: 'payments',
  // 2: nothing is open below zero after a refund and a credit of the whole.
  version: 2,
  inputs: ['billing-events'],
  outputs: ['billing-events'],
  tables: PAYMENT_TABLES,
  passesBy: ({ headers }) => !isAccountStream(headers.ce_siteid),
  fold: {
    aggregateOf({ type, tenantId, data }) {
      switch (type) {
        case 'PaymentMethodAttached':
        case 'PaymentMethodDetached':
        case 'SessionHoldWanted':
        case 'AccountCharged':
          return `wallet/${tenantId}/${data.accountId}`;
        case 'PaymentDue':
        case 'PaymentOrdered':
        case 'PaymentHeld':
        case 'PaymentCaptured':
        case 'PaymentReleased':
        case 'PaymentRefunded':
        case 'PaymentFailed':
        case 'RefundRequested':
          return `session/${tenantId}/${data.accountId}/${data.sessionId}`;
        default:
          return undefined;
      }
    },
    initial: (aggregate) => (aggregate.startsWith('wallet/') ? { kind: 'wallet', isKnown: false } : NO_SESSION),
    decide: (state, input) => (state.kind === 'wallet' ? decideDue(state, input) : decideOrder(state, input)),
    evolve: (state, input, outputs) => (state.kind === 'wallet' ? evolveWallet(state, input) : evolveSession(state, input, outputs)),
    // Wallets rest in the database; so do sessions until a later record brings them back.
    isClosed: (state) => state.kind === 'wallet' || isSettled(state),
    project: ({ before, after, input }) => rows(before, after, input),
  },
};
