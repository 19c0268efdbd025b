// Adds up what was used under which price: quantities by price component, and the step-size rounding of the last priced one.
// Amounts are kept in 1/3600 of the currency unit, so that hours make no thirds before the one final division.
import { Exact, ZERO } from './decimal.js';
import { type PriceComponent, type PricingTariff, taxPercentOf } from './tariff.js';

export type LineKind = 'ENERGY' | 'TIME' | 'PARKING_TIME' | 'FLAT' | 'RESERVATION_TIME' | 'RESERVATION_FLAT' | 'MIN_PRICE' | 'MAX_PRICE';
export type MeasuredKind = 'ENERGY' | 'TIME' | 'PARKING_TIME' | 'RESERVATION_TIME';

/** The component that prices something, and where it stands in which tariff. */
export interface Pricing {
  readonly tariff: PricingTariff;
  readonly element: number;
  readonly component: PriceComponent;
}

export interface Entry extends Pricing {
  readonly kind: LineKind;
  readonly fromMs: number;
  toMs: number;
  /** Wh, seconds, or 1 for a flat price; as used. */
  used: Exact;
  /** What step_size added, same unit. */
  stepAdded: Exact;
}

/** Net and gross in 1/3600 of the currency unit. */
export interface Amount {
  readonly net: Exact;
  readonly gross: Exact;
}

export const NOTHING: Amount = { net: ZERO, gross: ZERO };
export const add = (a: Amount, b: Amount): Amount => ({ net: a.net.plus(b.net), gross: a.gross.plus(b.gross) });
export const minus = (a: Amount, b: Amount): Amount => ({ net: a.net.minus(b.net), gross: a.gross.minus(b.gross) });

/** 3600 × units of price: Wh → kWh is 1/1000, seconds → hours is 1/3600. */
const scaled = (kind: LineKind, quantity: Exact): Exact =>
  kind === 'ENERGY' ? quantity.times('3.6') : kind === 'FLAT' || kind === 'RESERVATION_FLAT' ? quantity.times(3600) : quantity;

export function amountOf({ kind, used, stepAdded, component, tariff }: Entry): Amount {
  const priced = scaled(kind, used.plus(stepAdded)).times(component.price);
  const factor = new Exact(100).plus(taxPercentOf(tariff, component) ?? 0).div(100);
  return tariff.tax_included === 'YES' ? { net: priced.div(factor), gross: priced } : { net: priced, gross: priced.times(factor) };
}

/** One rating's bookkeeping. Not shared, not kept. */
export class Ledger {
  private readonly entries = new Map<string, Entry>();
  private readonly totals = new Map<MeasuredKind, Exact>();
  private readonly lastPriced = new Map<MeasuredKind, { readonly entry: Entry; readonly total: Exact; readonly order: number }>();
  private order = 0;

  flat(kind: 'FLAT' | 'RESERVATION_FLAT', pricing: Pricing, ms: number): void {
    this.entry(kind, pricing, ms, ms).used = new Exact(1);
  }

  /** In order of time. Without a pricing the quantity is free, and only counts towards the total that a later step rounds up. */
  measured(kind: MeasuredKind, pricing: Pricing | undefined, quantity: Exact, fromMs: number, toMs: number): void {
    if (quantity.isZero()) return;
    const total = (this.totals.get(kind) ?? ZERO).plus(quantity);
    this.totals.set(kind, total);
    if (pricing === undefined) return;
    const entry = this.entry(kind, pricing, fromMs, toMs);
    entry.used = entry.used.plus(quantity);
    entry.toMs = toMs;
    if (pricing.component.price > 0) this.lastPriced.set(kind, { entry, total, order: this.order++ });
  }

  /** Energy once; charging and parking time once together, the later of them; reservation time on its own. */
  close(): readonly Entry[] {
    this.roundUp('ENERGY');
    this.roundUp('RESERVATION_TIME');
    const later = (this.lastPriced.get('PARKING_TIME')?.order ?? -1) > (this.lastPriced.get('TIME')?.order ?? -1);
    this.roundUp(later ? 'PARKING_TIME' : 'TIME');
    return [...this.entries.values()];
  }

  /** The session's total of a kind up to its last priced stretch, rounded up to that stretch's step; the difference is billed there. */
  private roundUp(kind: MeasuredKind): void {
    const last = this.lastPriced.get(kind);
    if (last === undefined || last.entry.component.step_size === 0) return;
    const step = last.entry.component.step_size;
    const total = last.total.toDecimalPlaces(6);
    last.entry.stepAdded = total.div(step).ceil().times(step).minus(total);
  }

  private entry(kind: LineKind, { tariff, element, component }: Pricing, fromMs: number, toMs: number): Entry {
    const key = `${kind}/${tariff.id ?? ''}/${element}/${component.type}`;
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    const made: Entry = { kind, tariff, element, component, fromMs, toMs, used: ZERO, stepAdded: ZERO };
    this.entries.set(key, made);
    return made;
  }
}
