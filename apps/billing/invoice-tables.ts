// The rows of invoicing and what writes them. Amounts are numeric and arrive as decimal strings; all of them follow from the log.
import type { AccountCharged, BuyerStated, InvoiceIssued, InvoiceRequested, Recorded } from '#contracts';
import type { Charge } from '#domain/billing';
import type { Row, RowWrite, TableSpec } from '#service';

const accountCharges: TableSpec = {
  name: 'account_charges',
  columns: {
    tenant_id: 'text',
    cdr_id: 'text',
    account_id: 'text',
    credit_of: 'text',
    session_id: 'text',
    site_id: 'text',
    station_id: 'text',
    started_at: 'timestamptz',
    ended_at: 'timestamptz',
    energy_kwh: 'numeric',
    currency: 'text',
    amount_net: 'numeric',
    amount_gross: 'numeric',
    charged_at: 'timestamptz',
    invoice_id: 'text',
    topic: 'text',
    partition: 'integer',
    record_offset: 'bigint',
  },
  key: ['tenant_id', 'cdr_id'],
};
const invoiceRequests: TableSpec = {
  name: 'invoice_requests',
  columns: {
    tenant_id: 'text',
    request_id: 'text',
    account_id: 'text',
    until_at: 'timestamptz',
    requested_by: 'text',
    requested_at: 'timestamptz',
    state: 'text',
    topic: 'text',
    partition: 'integer',
    record_offset: 'bigint',
  },
  key: ['tenant_id', 'request_id'],
};
const invoices: TableSpec = {
  name: 'invoices',
  columns: {
    tenant_id: 'text',
    invoice_id: 'text',
    number: 'text',
    seq: 'integer',
    account_id: 'text',
    kind: 'text',
    currency: 'text',
    issued_at: 'timestamptz',
    period_from: 'timestamptz',
    period_to: 'timestamptz',
    lines: 'integer',
    amount_net: 'numeric',
    amount_gross: 'numeric',
    invoice: 'jsonb',
    request_id: 'text',
  },
  key: ['tenant_id', 'invoice_id'],
};
const invoiceLines: TableSpec = {
  name: 'invoice_lines',
  columns: {
    tenant_id: 'text',
    invoice_id: 'text',
    line: 'integer',
    account_id: 'text',
    cdr_id: 'text',
    credit_of: 'text',
    session_id: 'text',
    site_id: 'text',
    station_id: 'text',
    started_at: 'timestamptz',
    ended_at: 'timestamptz',
    energy_kwh: 'numeric',
    currency: 'text',
    amount_net: 'numeric',
    amount_gross: 'numeric',
    issued_at: 'timestamptz',
  },
  key: ['tenant_id', 'invoice_id', 'line'],
};

const buyers: TableSpec = {
  name: 'buyers',
  columns: { tenant_id: 'text', account_id: 'text', buyer: 'text', stated_at: 'timestamptz', stated_by: 'text' },
  key: ['tenant_id', 'account_id'],
};

export const INVOICING_TABLES: readonly TableSpec[] = [accountCharges, invoiceRequests, invoices, invoiceLines, buyers];

export const buyerRow = ({ tenantId, time, data }: Recorded & { readonly data: BuyerStated }): RowWrite => ({
  table: buyers,
  row: { tenant_id: tenantId, account_id: data.accountId, buyer: data.buyer, stated_at: time, stated_by: data.statedBy },
});

const lineColumns = (charge: Charge): Row => ({
  cdr_id: charge.cdrId,
  credit_of: charge.creditOf ?? null,
  session_id: charge.sessionId,
  site_id: charge.siteId,
  station_id: charge.stationId,
  started_at: charge.startedAt,
  ended_at: charge.endedAt,
  energy_kwh: charge.energyKwh,
  currency: charge.currency,
  amount_net: charge.payable.exclVat,
  amount_gross: charge.payable.inclVat,
});

interface Owner {
  readonly tenant_id: string;
  readonly account_id: string;
}

const chargeColumns = (owner: Owner, charge: Charge, invoiceId: string | null): Row => ({
  ...owner,
  ...lineColumns(charge),
  charged_at: charge.issuedAt,
  invoice_id: invoiceId,
});

export const chargeRow = ({ tenantId, at, data }: Recorded & { readonly data: AccountCharged }): RowWrite => ({
  table: accountCharges,
  row: {
    ...chargeColumns({ tenant_id: tenantId, account_id: data.accountId }, data, null),
    topic: at.topic,
    partition: at.partition,
    record_offset: at.offset,
  },
});

/** How a request ended: its invoices, their lines, and that the charges on them are open no more. */
export function requestRows(
  { tenantId, time, at, data }: Recorded & { readonly data: InvoiceRequested },
  issued: readonly InvoiceIssued[],
): readonly RowWrite[] {
  const { requestId, accountId, until, requestedBy } = data;
  const request: RowWrite = {
    table: invoiceRequests,
    row: {
      tenant_id: tenantId,
      request_id: requestId,
      account_id: accountId,
      until_at: until,
      requested_by: requestedBy,
      requested_at: time,
      state: issued.length > 0 ? 'issued' : 'refused',
      topic: at.topic,
      partition: at.partition,
      record_offset: at.offset,
    },
  };
  const owner = { tenant_id: tenantId, account_id: accountId };
  return [request, ...issued.flatMap((invoice) => invoiceRows(invoice, owner, time))];
}

function invoiceRows(told: InvoiceIssued, owner: Owner, issuedAt: string): readonly RowWrite[] {
  const { requestId, ...invoice } = told;
  const { invoiceId, number, seq, kind, currency, from, to, lines, total } = invoice;
  const whole: RowWrite = {
    table: invoices,
    row: {
      ...owner,
      issued_at: issuedAt,
      invoice_id: invoiceId,
      number,
      seq,
      kind,
      currency,
      period_from: from,
      period_to: to,
      lines: lines.length,
      amount_net: total.exclVat,
      amount_gross: total.inclVat,
      invoice,
      request_id: requestId,
    },
  };
  const parts = lines.flatMap((line): readonly RowWrite[] => [
    { table: invoiceLines, row: { ...owner, issued_at: issuedAt, invoice_id: invoiceId, line: line.line, ...lineColumns(line) } },
    { table: accountCharges, row: chargeColumns(owner, line, invoiceId) },
  ]);
  return [whole, ...parts];
}
