// An invoice as CSV (RFC 4180): a row per line, amounts as on the invoice. What an invoice says is libs/domain/billing's.
import { type InvoiceLine, taxOf } from '#domain/billing';
import { csvText } from './csv.js';
import { ERASED } from './invoice-pdf.js';
import type { ShownInvoice } from './invoice-reads.js';

const COLUMNS = [
  'number',
  'issued_at',
  'line',
  'cdr_id',
  'credit_of',
  'session_id',
  'site_id',
  'station_id',
  'evse_id',
  'started_at',
  'ended_at',
  'energy_kwh',
  'currency',
  'amount_net',
  'tax',
  'amount_gross',
  'seller_name',
  'seller_vat_id',
  'buyer_name',
  'buyer_vat_id',
] as const;

const orNothing = (text: string | undefined): string => (text === undefined ? '' : csvText(text));

function row({ number, issuedAt, currency, seller, buyer }: ShownInvoice, line: InvoiceLine): string {
  const { exclVat, inclVat } = line.payable;
  const cells: Readonly<Record<(typeof COLUMNS)[number], string>> = {
    number: csvText(number),
    issued_at: issuedAt,
    line: String(line.line),
    cdr_id: csvText(line.cdrId),
    credit_of: line.creditOf === undefined ? '' : csvText(line.creditOf),
    session_id: csvText(line.sessionId),
    site_id: csvText(line.siteId),
    station_id: csvText(line.stationId),
    evse_id: String(line.evseId),
    started_at: line.startedAt,
    ended_at: line.endedAt,
    energy_kwh: line.energyKwh,
    currency,
    amount_net: exclVat,
    tax: taxOf(line.payable, currency),
    amount_gross: inclVat,
    seller_name: orNothing(seller?.name),
    seller_vat_id: orNothing(seller?.vatId),
    buyer_name: buyer === null ? csvText(ERASED) : orNothing(buyer?.name),
    buyer_vat_id: orNothing(buyer?.vatId),
  };
  return COLUMNS.map((column) => cells[column]).join(',');
}

export const invoiceCsv = (invoice: ShownInvoice): string =>
  [COLUMNS.join(','), ...invoice.lines.map((line) => row(invoice, line))].map((each) => `${each}\r\n`).join('');
