// Invoices of one account: which open charges an invoice takes, and its sums. Money only; who is behind an account is nobody's business here.
// What a charge is worth was rounded when it arose (charge.ts): from there on amounts are added and never rounded again (ADR 0052).
import { uuidV5 } from '#kernel';
import type { Charge, TaxGroup } from './charge.js';
import { minorUnits } from './currency.js';
import { Exact, ZERO } from './decimal.js';
import type { Party } from './party.js';
import type { Money, NamedTax } from './rating.js';

export interface Account {
  /** Owed and on no invoice yet, in the order they arose, in pages: one more charge copies its page and not all of them. */
  readonly open: readonly (readonly Charge[])[];
  /** Invoices so far: numbers have no gap. */
  readonly invoices: number;
  /** The latest requests that were decided: one that comes again adds nothing. */
  readonly decided: readonly string[];
  /** Who it is, sealed; absent where nobody said. */
  readonly buyer?: string;
}

export const NO_CHARGES: Account = { open: [], invoices: 0, decided: [] };

/** Requests remembered; whoever asks again does so soon. */
const REMEMBERED = 50;

/** Charges of a page. */
const PAGE = 100;

/** Each once: a charge that is open already is the same charge told again. */
export const openCharges = ({ open }: Account): readonly Charge[] => [
  ...new Map(open.flat().map((charge) => [charge.cdrId, charge])).values(),
];

/** A charge as it stands on an invoice. */
export interface InvoiceLine extends Charge {
  /** From 1. */
  readonly line: number;
}

export interface Invoice {
  /** UUIDv5 of tenant, account and `seq`. */
  readonly invoiceId: string;
  /** What people call it: the account's own series and `seq`. */
  readonly number: string;
  /** From 1, without gaps in the account. */
  readonly seq: number;
  readonly accountId: string;
  readonly currency: string;
  /** A credit note where more is given back than owed. */
  readonly kind: 'invoice' | 'creditNote';
  /** First start and last end of its sessions, ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly lines: readonly InvoiceLine[];
  /** In order of the rate, lowest first; add up to `total`. Tax is inclVat − exclVat. */
  readonly taxes: readonly TaxGroup[];
  /** What its lines have of taxes by name: one sum for each name, number and rate, in that order; absent where no tariff names its taxes. */
  readonly salesTaxes?: readonly NamedTax[];
  readonly total: Money;
  /** As they were called when it was issued; the buyer is sealed, and unreadable once its driver was forgotten. */
  readonly seller?: Party;
  readonly buyer?: string;
}

export function withCharge(account: Account, charge: Charge): Account {
  const { open } = account;
  const last = open.at(-1);
  return { ...account, open: last === undefined || last.length >= PAGE ? [...open, [charge]] : [...open.slice(0, -1), [...last, charge]] };
}

export const isDecided = ({ decided }: Account, requestId: string): boolean => decided.includes(requestId);

/** A larger invoice would be no record any log takes; nobody reads as many lines either. */
const MOST_LINES = 5_000;

/**
 * One invoice per currency, in order of its code, over the open charges whose session ended before `until` (ISO 8601); of more than 5,000 charges several,
 * in order of time. None where there are none.
 */
export function invoicesOf(
  account: Account,
  owner: { readonly tenantId: string; readonly accountId: string },
  until: string,
  seller?: Party,
): readonly Invoice[] {
  const parties = { ...(seller !== undefined && { seller }), ...(account.buyer !== undefined && { buyer: account.buyer }) };
  const untilMs = Date.parse(until);
  const due = openCharges(account).filter(({ endedAt }) => Date.parse(endedAt) < untilMs);
  return [...Map.groupBy(due, ({ currency }) => currency)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([currency, charges]) => inParts(charges.toSorted(inOrder)).map((part) => [currency, part] as const))
    .map(([currency, charges], index) => ({ ...invoice(owner, account.invoices + index + 1, currency, charges), ...parties }));
}

const inParts = (charges: readonly Charge[]): readonly (readonly Charge[])[] =>
  Array.from({ length: Math.ceil(charges.length / MOST_LINES) }, (_, part) => charges.slice(part * MOST_LINES, (part + 1) * MOST_LINES));

/** The account once a request is decided: what is on the invoices is open no more. */
export function afterInvoices(account: Account, requestId: string, invoices: readonly Pick<Invoice, 'seq' | 'lines'>[]): Account {
  const taken = new Set(invoices.flatMap(({ lines }) => lines.map(({ cdrId }) => cdrId)));
  return {
    ...account,
    open: account.open.map((page) => page.filter(({ cdrId }) => !taken.has(cdrId))).filter(({ length }) => length > 0),
    invoices: invoices.reduce((highest, { seq }) => Math.max(highest, seq), account.invoices),
    decided: [...account.decided, requestId].slice(-REMEMBERED),
  };
}

/** Sixteen hexadecimal digits that are the account's own: whoever reads a number learns nothing of a token. */
const seriesOf = (tenantId: string, accountId: string): string =>
  uuidV5('invoice series', tenantId, accountId).replaceAll('-', '').slice(0, 16).toUpperCase();

function invoice(
  { tenantId, accountId }: { readonly tenantId: string; readonly accountId: string },
  seq: number,
  currency: string,
  /** In order. */
  charges: readonly Charge[],
): Invoice {
  const lines = charges.map((charge, index): InvoiceLine => ({ ...charge, line: index + 1 }));
  const total = sum(
    lines.map(({ payable }) => payable),
    currency,
  );
  const starts = lines.map(({ startedAt }) => Date.parse(startedAt));
  const ends = lines.map(({ endedAt }) => Date.parse(endedAt));
  return {
    invoiceId: uuidV5('invoice', tenantId, accountId, seq),
    number: `${seriesOf(tenantId, accountId)}-${String(seq).padStart(6, '0')}`,
    seq,
    accountId,
    currency,
    kind: new Exact(total.inclVat).isNegative() ? 'creditNote' : 'invoice',
    from: isoOf(starts.reduce((a, b) => Math.min(a, b))),
    to: isoOf(ends.reduce((a, b) => Math.max(a, b))),
    lines,
    taxes: taxesOf(lines, currency),
    ...(lines.some(({ salesTaxes }) => salesTaxes !== undefined) && { salesTaxes: salesTaxesOf(lines, currency) }),
    total,
  };
}

/** Decimal string in the currency's minor unit. */
export const taxOf = ({ exclVat, inclVat }: Money, currency: string): string =>
  new Exact(inclVat).minus(exclVat).toFixed(minorUnits(currency));

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** Sessions in order of their end, a record before the credit that takes it back: whatever the order they arose in. */
const inOrder = (a: Charge, b: Charge): number =>
  Date.parse(a.endedAt) - Date.parse(b.endedAt) ||
  (a.sessionId === b.sessionId ? 0 : a.sessionId < b.sessionId ? -1 : 1) ||
  (a.cdrId === b.cdrId ? 0 : a.cdrId < b.cdrId ? -1 : 1);

function sum(amounts: readonly Money[], currency: string): Money {
  const of = (side: keyof Money): string => amounts.reduce((total, amount) => total.plus(amount[side]), ZERO).toFixed(minorUnits(currency));
  return { exclVat: of('exclVat'), inclVat: of('inclVat') };
}

function taxesOf(lines: readonly InvoiceLine[], currency: string): readonly TaxGroup[] {
  const rates = Map.groupBy(
    lines.flatMap(({ taxes }) => taxes),
    ({ vatPercent }) => vatPercent ?? '',
  );
  return [...rates]
    .toSorted(([a], [b]) => (a === '' ? -1 : b === '' ? 1 : new Exact(a).cmp(b)))
    .map(([rate, groups]) => ({ ...(rate !== '' && { vatPercent: rate }), ...sum(groups, currency) }));
}

function salesTaxesOf(lines: readonly InvoiceLine[], currency: string): readonly NamedTax[] {
  const keyOf = ({ name, accountNumber = '', percentage }: NamedTax): string => JSON.stringify([name, accountNumber, percentage]);
  const sums = new Map<string, NamedTax>();
  for (const tax of lines.flatMap(({ salesTaxes = [] }) => salesTaxes)) {
    const sum = new Exact(sums.get(keyOf(tax))?.amount ?? 0).plus(tax.amount);
    sums.set(keyOf(tax), { ...tax, amount: sum.toFixed(minorUnits(currency)) });
  }
  const order = (a: NamedTax, b: NamedTax): number =>
    compare(a.name, b.name) || compare(a.accountNumber ?? '', b.accountNumber ?? '') || new Exact(a.percentage).cmp(b.percentage);
  return [...sums.values()].toSorted(order);
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
