// Money of a month as the api tells it: sums by day, site and tariff, charge records, invoices, and whether they agree.
// Amounts are decimal texts: nothing is added up here.
import type { Ask, Page } from './http-api.js';
import { listOf, numberOrNull, type Row, rowOf, text, textOrNull, timeOrNull } from './loose-json.js';

export interface Sum {
  readonly currency: string;
  readonly records: number;
  readonly credits: number;
  readonly energyWh: number;
  readonly charged: string;
  readonly credited: string;
  readonly net: string;
  readonly gross: string;
}

/** A day and place, or a currency, in which two figures that should be the same are not. */
export interface Disagreement {
  readonly key: string;
  readonly day: string;
  readonly siteId: string | null;
  readonly kind: 'energy' | 'rating' | 'record' | 'invoice' | 'charge';
  readonly by: string;
}

export interface RevenueTold {
  readonly days: readonly { readonly day: string; readonly sums: readonly Sum[] }[];
  readonly sites: readonly (Sum & { readonly siteId: string })[];
  readonly tariffs: readonly (Sum & { readonly tariffId: string | null })[];
  readonly sums: readonly Sum[];
  readonly disagreements: readonly Disagreement[];
  /** Sessions that were compared with their registers. */
  readonly compared: number;
  /** By currency; null where the key may not see invoices. */
  readonly invoiced: readonly { readonly currency: string; readonly invoiced: string; readonly open: string }[] | null;
}

export interface CdrRow {
  readonly cdrId: string;
  readonly sessionId: string;
  readonly siteId: string;
  readonly stationId: string;
  readonly issuedAtMs: number | null;
  readonly energyKwh: number;
  readonly currency: string;
  readonly net: string;
  readonly gross: string;
  /** The record it takes back. */
  readonly creditOf: string | null;
}

export interface InvoiceRow {
  readonly invoiceId: string;
  readonly number: string;
  readonly kind: string;
  readonly account: string;
  readonly issuedAtMs: number | null;
  readonly lines: number;
  readonly currency: string;
  readonly net: string;
  readonly gross: string;
}

/** `from` and `to` are days (UTC), both included. */
export async function readRevenue(ask: Ask, from: string, to: string): Promise<RevenueTold> {
  const query = new URLSearchParams({ from, to });
  const [told, registers, invoices] = await Promise.all([
    ask.read(`/v1/reports/revenue?${query}`),
    ask.readAllowed(`/v1/reports/reconciliation?${query}`),
    ask.readAllowed(`/v1/reports/reconciliation/invoices?${query}`),
  ]);
  return revenueOf(rowOf(told), registers, invoices);
}

export function revenueOf(told: Row, registers: unknown, invoices: unknown): RevenueTold {
  const rows = listOf(rowOf(registers).rows).map(rowOf);
  const byDay = listOf(rowOf(invoices).rows).map(rowOf);
  return {
    days: listOf(told.days)
      .map(rowOf)
      .map(({ day, amounts }) => ({ day: text(day), sums: listOf(amounts).map(rowOf).map(readSum) })),
    sites: listOf(told.sites)
      .map(rowOf)
      .map((row) => ({ ...readSum(row), siteId: text(row.siteId) })),
    tariffs: listOf(told.tariffs)
      .map(rowOf)
      .map((row) => ({ ...readSum(row), tariffId: textOrNull(row.tariffId) })),
    sums: listOf(told.amounts).map(rowOf).map(readSum),
    disagreements: [...rows.flatMap(ofRegisters), ...byDay.flatMap(ofInvoices)],
    compared: rows.reduce((sum, { sessions }) => sum + (numberOrNull(sessions) ?? 0), 0),
    invoiced:
      invoices === null
        ? null
        : listOf(rowOf(invoices).amounts)
            .map(rowOf)
            .map(({ currency, invoiced, open }) => ({
              currency: text(currency),
              invoiced: text(rowOf(invoiced).gross),
              open: text(rowOf(open).gross),
            })),
  };
}

const readSum = ({ currency, records, credits, energyWh, chargedNet, creditedNet, net, gross }: Row): Sum => ({
  currency: text(currency),
  records: numberOrNull(records) ?? 0,
  credits: numberOrNull(credits) ?? 0,
  energyWh: numberOrNull(energyWh) ?? 0,
  charged: text(chargedNet),
  credited: text(creditedNet),
  net: text(net),
  gross: text(gross),
});

/** A record has energy in steps of 0.1 Wh, so much a session is rounding (ADR 0044) [Wh]. */
const ROUNDING_WH = 0.05;
const isSomething = (amount: string): boolean => /[1-9]/.test(amount);

function ofRegisters({ day, siteId, sessions, withoutRecord, energyDifferenceWh, amounts }: Row): readonly Disagreement[] {
  const place = { day: text(day), siteId: textOrNull(siteId) };
  const key = `${place.day} ${place.siteId}`;
  const energyWh = numberOrNull(energyDifferenceWh) ?? 0;
  const missing = numberOrNull(withoutRecord) ?? 0;
  return [
    ...(missing > 0 ? [{ ...place, key: `${key} record`, kind: 'record' as const, by: String(missing) }] : []),
    ...(Math.abs(energyWh) > ROUNDING_WH * (numberOrNull(sessions) ?? 0) && missing === 0
      ? [{ ...place, key: `${key} energy`, kind: 'energy' as const, by: String(energyWh / 1000) }]
      : []),
    ...listOf(amounts)
      .map(rowOf)
      .flatMap(({ currency, difference }) => {
        const by = text(rowOf(difference).gross);
        return isSomething(by)
          ? [{ ...place, key: `${key} ${text(currency)}`, kind: 'rating' as const, by: `${by} ${text(currency)}` }]
          : [];
      }),
  ];
}

const ofInvoices = ({ day, amounts }: Row): readonly Disagreement[] =>
  listOf(amounts)
    .map(rowOf)
    .flatMap(({ currency, difference, notCharged }) => {
      const place = { day: text(day), siteId: null };
      const by = text(rowOf(difference).gross);
      const waiting = numberOrNull(rowOf(notCharged).records) ?? 0;
      return [
        ...(isSomething(by) ? [{ ...place, key: `${place.day} invoice`, kind: 'invoice' as const, by: `${by} ${text(currency)}` }] : []),
        ...(waiting > 0 ? [{ ...place, key: `${place.day} charge`, kind: 'charge' as const, by: String(waiting) }] : []),
      ];
    });

export async function readCdrs(ask: Ask, cursor: string | null): Promise<Page<CdrRow>> {
  const query = new URLSearchParams({ limit: '15', ...(cursor !== null && { cursor }) });
  const { items, nextCursor } = rowOf(await ask.read(`/v1/cdrs?${query}`));
  return { items: listOf(items).map(rowOf).map(readCdr), nextCursor: textOrNull(nextCursor) };
}

/** OCPI numbers are as they print. */
function readCdr(row: Row): CdrRow {
  const { excl_vat, incl_vat } = rowOf(row.total_cost);
  const place = rowOf(row.cdr_location);
  return {
    cdrId: text(row.id),
    sessionId: text(row.session_id),
    siteId: text(place.id),
    stationId: text(place.evse_id),
    issuedAtMs: timeOrNull(row.last_updated),
    energyKwh: numberOrNull(row.total_energy) ?? 0,
    currency: text(row.currency),
    net: String(excl_vat),
    gross: String(incl_vat ?? excl_vat),
    creditOf: textOrNull(row.credit_reference_id),
  };
}

/** Null where the key may not see them. */
export async function readInvoices(ask: Ask, cursor: string | null): Promise<Page<InvoiceRow> | null> {
  const query = new URLSearchParams({ limit: '15', ...(cursor !== null && { cursor }) });
  const told = await ask.readAllowed(`/v1/invoices?${query}`);
  if (told === null) return null;
  const { items, nextCursor } = rowOf(told);
  return { items: listOf(items).map(rowOf).map(readInvoice), nextCursor: textOrNull(nextCursor) };
}

function readInvoice({ invoiceId, number, kind, accountId, issuedAt, lines, currency, total }: Row): InvoiceRow {
  const { exclVat, inclVat } = rowOf(total);
  return {
    ...{ invoiceId: text(invoiceId), number: text(number), kind: text(kind), account: text(accountId) },
    ...{
      issuedAtMs: timeOrNull(issuedAt),
      lines: numberOrNull(lines) ?? 0,
      currency: text(currency),
      net: text(exclVat),
      gross: text(inclVat),
    },
  };
}
