// The rows of payments and what writes them. Amounts are numeric and arrive as decimal strings; all of them follow from the log.
import type { BillingEventData, PaymentOrdered, Recorded } from '#contracts';
import { openAmount, paidAmount, type SessionPayments } from '#domain/billing';
import type { RowWrite, TableSpec } from '#service';

const paymentMethods: TableSpec = {
  name: 'payment_methods',
  columns: { tenant_id: 'text', account_id: 'text', method_id: 'text', state: 'text', changed_at: 'timestamptz', requested_by: 'text' },
  key: ['tenant_id', 'account_id'],
};
const sessionPayments: TableSpec = {
  name: 'session_payments',
  columns: {
    tenant_id: 'text',
    session_id: 'text',
    account_id: 'text',
    site_id: 'text',
    station_id: 'text',
    currency: 'text',
    owed: 'numeric',
    on_request: 'numeric',
    paid: 'numeric',
    open: 'numeric',
    changed_at: 'timestamptz',
  },
  key: ['tenant_id', 'session_id', 'account_id'],
};
const payments: TableSpec = {
  name: 'payments',
  columns: {
    tenant_id: 'text',
    payment_id: 'text',
    session_id: 'text',
    account_id: 'text',
    currency: 'text',
    state: 'text',
    held: 'numeric',
    captured: 'numeric',
    refunded: 'numeric',
    reason: 'text',
    changed_at: 'timestamptz',
  },
  key: ['tenant_id', 'payment_id'],
};
const paymentOrders: TableSpec = {
  name: 'payment_orders',
  columns: {
    tenant_id: 'text',
    order_id: 'text',
    payment_id: 'text',
    session_id: 'text',
    account_id: 'text',
    step: 'text',
    amount: 'numeric',
    currency: 'text',
    state: 'text',
    reference: 'text',
    reason: 'text',
    ordered_at: 'timestamptz',
    answered_at: 'timestamptz',
    topic: 'text',
    partition: 'integer',
    record_offset: 'bigint',
  },
  key: ['tenant_id', 'order_id'],
};
const refundRequests: TableSpec = {
  name: 'refund_requests',
  columns: {
    tenant_id: 'text',
    request_id: 'text',
    session_id: 'text',
    account_id: 'text',
    amount: 'numeric',
    currency: 'text',
    state: 'text',
    reason: 'text',
    requested_by: 'text',
    requested_at: 'timestamptz',
  },
  key: ['tenant_id', 'request_id'],
};

export const PAYMENT_TABLES: readonly TableSpec[] = [paymentMethods, sessionPayments, payments, paymentOrders, refundRequests];

type Facts = BillingEventData;

export const methodRow = (
  { tenantId, time }: Recorded,
  accountId: string,
  { methodId, requestedBy }: { readonly methodId?: string; readonly requestedBy: string },
): RowWrite => ({
  table: paymentMethods,
  row: {
    tenant_id: tenantId,
    account_id: accountId,
    ...(methodId !== undefined && { method_id: methodId }),
    state: methodId === undefined ? 'detached' : 'attached',
    changed_at: time,
    requested_by: requestedBy,
  },
});

/** Where a session's payments belong. */
export interface Owner {
  readonly sessionId: string;
  readonly accountId: string;
  readonly siteId: string;
  readonly stationId: string;
}

/** The session, and those of its payments that changed. */
export function paymentRows(
  { tenantId, time }: Recorded,
  { sessionId, accountId, siteId, stationId }: Owner,
  before: SessionPayments,
  after: SessionPayments,
): readonly RowWrite[] {
  const owner = { tenant_id: tenantId, session_id: sessionId, account_id: accountId, currency: after.currency, changed_at: time };
  const whole: RowWrite = {
    table: sessionPayments,
    row: {
      ...owner,
      site_id: siteId,
      station_id: stationId,
      owed: after.owed ?? null,
      on_request: after.onRequest,
      paid: paidAmount(after),
      open: openAmount(after),
    },
  };
  const changed = after.payments.filter((each, index) => each !== before.payments[index]);
  return [
    whole,
    ...changed.map(
      ({ paymentId, state, held, captured, refunded, reason }): RowWrite => ({
        table: payments,
        row: { ...owner, payment_id: paymentId, state, held, captured, refunded, reason: reason ?? null },
      }),
    ),
  ];
}

export const orderRow = (
  { tenantId, time, at }: Recorded,
  { orderId, paymentId, sessionId, accountId, step, amount, currency }: PaymentOrdered,
): RowWrite => ({
  table: paymentOrders,
  row: {
    tenant_id: tenantId,
    order_id: orderId,
    payment_id: paymentId,
    session_id: sessionId,
    account_id: accountId,
    step,
    amount,
    currency,
    state: 'ordered',
    ordered_at: time,
    topic: at.topic,
    partition: at.partition,
    record_offset: at.offset,
  },
});

export const answerRow = ({ tenantId, time }: Recorded, answer: Facts['PaymentHeld'] | Facts['PaymentFailed']): RowWrite => ({
  table: paymentOrders,
  row: {
    tenant_id: tenantId,
    order_id: answer.orderId,
    payment_id: answer.paymentId,
    session_id: answer.sessionId,
    account_id: answer.accountId,
    step: answer.step,
    amount: answer.amount,
    currency: answer.currency,
    answered_at: time,
    ...('reason' in answer ? { state: 'failed', reason: answer.reason } : { state: 'done', reference: answer.reference }),
  },
});

export const refundRow = (
  { tenantId, time }: Recorded,
  { requestId, sessionId, accountId, amount, reason, requestedBy }: Facts['RefundRequested'],
  currency: string,
  isGranted: boolean,
): RowWrite => ({
  table: refundRequests,
  row: {
    tenant_id: tenantId,
    request_id: requestId,
    session_id: sessionId,
    account_id: accountId,
    amount,
    currency,
    state: isGranted ? 'granted' : 'refused',
    reason: reason ?? null,
    requested_by: requestedBy,
    requested_at: time,
  },
});
