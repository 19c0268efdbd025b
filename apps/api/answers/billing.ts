// Of what accounts owe and pay: parties, invoices, payments, and what stations settled themselves.
import { z } from 'zod';
import { PartySchema } from '#domain/billing';
import { ExclAndIncl, Fields, Id, Kept, KeptText, KeptTime, MoneyText, NetAndGross, Place, Time } from './shapes.js';

export const Seller = PartySchema;
export const Buyer = PartySchema.extend({ accountId: Id });
export const PaymentMethod = z
  .object({ accountId: Id, methodId: KeptText.optional(), state: z.string(), changedAt: Time.optional() })
  .meta({ id: 'PaymentMethod' });

export const Invoice = z
  .object({
    invoiceId: Id,
    number: z.string(),
    accountId: Id,
    kind: z.enum(['invoice', 'creditNote']),
    currency: z.string(),
    issuedAt: Time,
    from: Time,
    to: Time,
    lines: z.int(),
    total: ExclAndIncl,
  })
  .meta({ id: 'Invoice' });
export const IssuedInvoices = z.object({
  until: Time,
  items: z.array(Invoice),
  isMore: z.boolean().describe('more accounts owe something: ask again'),
});
const Tax = ExclAndIncl.extend({ vatPercent: z.string().optional().describe('absent where no tax applies') });
const InvoiceLine = z
  .object({
    line: z.int(),
    cdrId: Id,
    sessionId: Id,
    stationId: Id,
    siteId: KeptText.optional(),
    evseId: Kept.optional(),
    startedAt: Time,
    endedAt: Time,
    issuedAt: Time,
    energyKwh: z.string(),
    currency: z.string(),
    payable: ExclAndIncl.describe('below zero in a credit'),
    taxes: z.array(Tax),
    creditOf: Id.optional().describe('the record that is taken back'),
  })
  .meta({ id: 'InvoiceLine' });
export const OneInvoice = Invoice.extend({
  seq: z.int().describe('from 1, without gaps in its account'),
  lines: z.array(InvoiceLine),
  taxes: z.array(Tax),
  salesTaxes: z.array(Fields).optional(),
  seller: PartySchema.optional(),
  buyer: PartySchema.nullable().optional().describe('null once its driver was forgotten'),
  corrects: z.array(z.string()).optional().describe('numbers of earlier invoices with records that this one takes back; absent = none'),
}).meta({ id: 'OneInvoice' });

const PricedLine = z
  .object({
    line: z.int(),
    dimension: z.string(),
    tariffId: KeptText,
    quantity: z.string(),
    unit: z.string(),
    unitPrice: MoneyText.nullable().describe('null = of a least or highest price that comes to a million or more'),
    vatPercent: KeptText,
    amountNet: MoneyText,
    amountGross: MoneyText,
  })
  .meta({ id: 'PricedLine' });
const Happened = Place.extend({ at: Time, kind: z.string() });
export const InvoiceExplanation = z
  .object({
    invoiceId: Id,
    number: z.string(),
    request: Place.extend({ requestId: Id, requestedBy: KeptText, requestedAt: Time, until: KeptTime }),
    rule: z.string(),
    lines: z.array(
      z.object({
        line: z.int(),
        cdrId: Id,
        creditOf: KeptText,
        sessionId: Id,
        amountNet: MoneyText,
        amountGross: MoneyText,
        chargedAt: Time,
        charge: Place,
        prices: z.array(PricedLine),
        events: z.array(Happened),
      }),
    ),
    nextLine: z.int().nullable(),
  })
  .meta({ id: 'InvoiceExplanation' });
export const CdrExplanation = z
  .object({
    cdrId: Id,
    sessionId: Id,
    ratingSeq: z.int(),
    creditOf: KeptText,
    rule: z.string(),
    lines: z.array(
      PricedLine.extend({
        tariffElement: z.int().nullable(),
        startedAt: KeptTime,
        endedAt: KeptTime,
        stepAdded: KeptText,
        element: Fields.nullable().describe('of the pinned tariff'),
      }),
    ),
    events: z.array(Happened.extend({ eventId: Id })),
    records: z.array(z.object({ cdrId: Id, ratingSeq: z.int(), creditOf: KeptText, issuedAt: Time })),
    charge: Place.extend({ accountId: Id, amountNet: MoneyText, amountGross: MoneyText, invoiceId: KeptText }).nullable(),
  })
  .meta({ id: 'CdrExplanation' });

export const PaidSession = z
  .object({
    sessionId: Id,
    accountId: Id,
    siteId: KeptText,
    stationId: KeptText,
    currency: z.string(),
    owed: MoneyText,
    refundedOnRequest: MoneyText,
    paid: MoneyText,
    open: MoneyText,
    changedAt: Time,
  })
  .meta({ id: 'PaidSession' });
const RefundShape = { requestId: Id, amount: MoneyText, currency: z.string(), state: z.string() };
export const Refund = z.object({ ...RefundShape, sessionId: Id });
export const SessionPayments = z
  .object({
    session: PaidSession.nullable(),
    payments: z.array(
      z.object({
        paymentId: Id,
        sessionId: Id,
        accountId: Id,
        state: z.string(),
        currency: z.string(),
        held: MoneyText.nullable(),
        captured: MoneyText.nullable(),
        refunded: MoneyText.nullable(),
        reason: KeptText,
        changedAt: Time,
      }),
    ),
    orders: z.array(
      Place.extend({
        orderId: Id,
        paymentId: Id,
        step: z.string(),
        amount: MoneyText.nullable(),
        currency: KeptText,
        state: z.string(),
        reference: KeptText,
        reason: KeptText,
        orderedAt: Time,
        answeredAt: KeptTime,
      }),
    ),
    refunds: z.array(z.object({ ...RefundShape, reason: KeptText, requestedBy: KeptText, requestedAt: Time })),
  })
  .meta({ id: 'SessionPayments' });

export const Settlement = z
  .object({
    stationId: Id,
    transactionId: KeptText,
    status: KeptText,
    amount: MoneyText.nullable(),
    settledAt: KeptTime,
    pspRef: KeptText,
    receiptId: KeptText,
    receiptUrl: KeptText,
    vatNumber: KeptText,
    detail: KeptText,
    sessionId: KeptText,
    payable: NetAndGross.extend({ currency: z.string() }).nullable(),
    difference: MoneyText.nullable(),
    agrees: z.boolean().nullable(),
  })
  .meta({ id: 'Settlement' });
export const WebPayment = z
  .object({
    commandId: Id,
    evseId: z.int(),
    state: z.string(),
    reason: KeptText,
    requestedBy: KeptText,
    startedAt: Time,
    expiresAt: KeptTime,
    isHeld: z.boolean().nullable(),
  })
  .meta({ id: 'WebPayment' });
