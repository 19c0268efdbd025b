// Invoicing as a service: what accounts owe, and the invoices made of it on request. One stream per account decides in order (ADR 0052).
// Which charges an invoice takes and what it adds up to is libs/domain/billing's; what a session costs is decided before, by billing.
import {
  type BillingEvent,
  type BillingEventData,
  type InvoiceIssued,
  type InvoiceRefused,
  isAccountStream,
  type Recorded,
} from '#contracts';
import { type Account, afterInvoices, invoicesOf, isDecided, NO_CHARGES, withCharge } from '#domain/billing';
import type { Output, ServiceDefinition } from '#service';
import { buyerRow, chargeRow, INVOICING_TABLES, requestRows } from './invoice-tables.js';

function decide(account: Account, { type, data, tenantId }: Recorded<BillingEvent>): readonly Output[] {
  if (type !== 'InvoiceRequested' || isDecided(account, data.requestId)) return [];
  const { requestId, accountId, until, seller } = data;
  const issued = invoicesOf(account, { tenantId, accountId }, until, seller).map((invoice): Output => {
    const told: InvoiceIssued = { ...invoice, requestId };
    return { topic: 'billing-events', type: 'InvoiceIssued', data: told };
  });
  const refused: InvoiceRefused = { requestId, accountId, reason: 'nothingOpen' };
  return issued.length > 0 ? issued : [{ topic: 'billing-events', type: 'InvoiceRefused', data: refused }];
}

function evolve(account: Account, { type, data }: Recorded<BillingEvent>, outputs: readonly Output[]): Account {
  switch (type) {
    case 'AccountCharged': {
      const { accountId: _, replacedBy: __, ...charge } = data;
      return withCharge(account, charge);
    }
    case 'BuyerStated':
      return { ...account, buyer: data.buyer };
    case 'InvoiceRequested':
      return isDecided(account, data.requestId) ? account : afterInvoices(account, data.requestId, outputs.flatMap(invoiceOf));
    default:
      return account;
  }
}

const invoiceOf = ({ type, data }: Output): readonly InvoiceIssued[] =>
  type === 'InvoiceIssued' ? [data as BillingEventData['InvoiceIssued']] : [];

export const invoicingDefinition: ServiceDefinition<Account, BillingEvent> = {
  name: 'invoicing',
  version: 2,
  inputs: ['billing-events'],
  outputs: ['billing-events'],
  tables: INVOICING_TABLES,
  passesBy: ({ headers }) => !isAccountStream(headers.ce_siteid),
  fold: {
    aggregateOf({ type, tenantId, data }) {
      return type === 'AccountCharged' || type === 'InvoiceRequested' || type === 'BuyerStated'
        ? `${tenantId}/${data.accountId}`
        : undefined;
    },
    initial: () => NO_CHARGES,
    decide,
    evolve,
    // An account that owes nothing rests until the next charge.
    isClosed: ({ open }) => open.length === 0,
    project({ before, after, input, outputs }) {
      switch (input.type) {
        case 'AccountCharged':
          return before === after ? [] : [chargeRow(input)];
        case 'BuyerStated':
          return [buyerRow(input)];
        case 'InvoiceRequested':
          return before === after ? [] : requestRows(input, outputs.flatMap(invoiceOf));
        default:
          return [];
      }
    },
  },
};
