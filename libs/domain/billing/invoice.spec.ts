// Charges and invoices to the cent: whatever is charged is on exactly one invoice, and its parts add up.
// What a session costs is in rate.spec.ts.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Charge, chargeBack, chargeOf } from './charge.js';
import { minorUnits } from './currency.js';
import { Exact, ZERO } from './decimal.js';
import { type Account, afterInvoices, type Invoice, invoicesOf, NO_CHARGES, openCharges, withCharge } from './invoice.js';
import { rate } from './rate.js';
import type { Money, Rating } from './rating.js';
import type { Tariff } from './tariff.js';

const at = (minute: number): string => new Date(Date.UTC(2026, 1, 3) + minute * 60_000).toISOString();
const LATER = at(10_000);
const owner = { tenantId: 't', accountId: 'a' };
const record = (id: string, minute = 0) => ({
  cdrId: id,
  sessionId: `s-${id}`,
  siteId: 'site',
  stationId: 'cs',
  evseId: 1,
  startedAt: at(minute),
  endedAt: at(minute + 60),
  issuedAt: at(minute + 61),
});
const tariff = (currency: string, price: number, vat: number, flat: number, flatVat: number): Tariff => ({
  country_code: 'NL',
  party_id: 'JST',
  id: 'x',
  currency,
  last_updated: at(0),
  elements: [
    {
      price_components: [
        { type: 'ENERGY', price, vat, step_size: 1 },
        { type: 'FLAT', price: flat, vat: flatVat, step_size: 1 },
      ],
    },
  ],
});
const rated = (pricing: Tariff, energyWh: number): Rating =>
  rate({ tariff: pricing, timeZone: 'UTC', periods: [{ from: at(0), to: at(60), energyWh: String(energyWh) }] } as never);

const currency = fc.constantFrom('EUR', 'JPY', 'KWD');
const price = fc.integer({ min: 0, max: 99_999 }).map((value) => value / 10_000);
const vat = fc.constantFrom(0, 5.5, 7, 19, 21);
const charge = fc
  .record({ currency, price, vat, flat: price, flatVat: vat, energyWh: fc.nat(99_999), minute: fc.nat(5_000), id: fc.uuid() })
  .map(({ minute, id, energyWh, ...each }) => {
    const rating = rated(tariff(each.currency, each.price, each.vat, each.flat, each.flatVat), energyWh);
    return chargeOf(record(id, minute), rating) as Charge;
  });
const charges = fc.uniqueArray(charge, { selector: ({ cdrId }) => cdrId, maxLength: 12 });
/** Some of them are taken back. */
const history = fc
  .tuple(charges, fc.infiniteStream(fc.boolean()))
  .map(([all, taken]) =>
    all.flatMap((each) => (taken.next().value ? [each, chargeBack(each, { cdrId: `${each.cdrId}-C`, issuedAt: LATER })] : [each])),
  );

const total = (amounts: readonly Money[], side: keyof Money): string =>
  amounts.reduce((sum, each) => sum.plus(each[side]), ZERO).toString();
const bothOf = (amounts: readonly Money[]): readonly string[] => [total(amounts, 'exclVat'), total(amounts, 'inclVat')];
const owing = (all: readonly Charge[]): Account => all.reduce(withCharge, NO_CHARGES);
const essence = ({ lines, ...rest }: Invoice) => ({ ...rest, records: lines.map(({ cdrId }) => cdrId) });

describe('a charge', () => {
  it('has its payable amount in groups of VAT that add up to it', () =>
    fc.assert(
      fc.property(charge, ({ payable, taxes, currency: code }) => {
        expect(bothOf(taxes)).toEqual(bothOf([payable]));
        for (const { exclVat, inclVat } of taxes)
          for (const amount of [exclVat, inclVat]) expect(new Exact(amount).decimalPlaces()).toBeLessThanOrEqual(minorUnits(code));
      }),
    ));

  it('puts what rounding leaves on the rate with the largest amount', () => {
    // 0.125 + 0.125 net is 0.25; each half up is 0.13.
    const { payable, taxes } = chargeOf(record('x'), rated(tariff('EUR', 0.125, 0, 0.125, 21), 1000)) as Charge;
    expect(payable).toEqual({ exclVat: '0.25', inclVat: '0.28' });
    expect(taxes).toEqual([
      { vatPercent: '0', exclVat: '0.13', inclVat: '0.13' },
      { vatPercent: '21', exclVat: '0.12', inclVat: '0.15' },
    ]);
  });

  it('is nothing where there was no tariff', () =>
    expect(chargeOf(record('x'), { currency: 'XXX', lines: [], totals: { payable: { exclVat: '0', inclVat: '0' } } as never })).toBe(
      undefined,
    ));

  it('and its credit are nothing together', () =>
    fc.assert(
      fc.property(charge, (each) => {
        const back = chargeBack(each, { cdrId: 'c', issuedAt: LATER });
        expect(back.creditOf).toBe(each.cdrId);
        expect(bothOf([each.payable, back.payable])).toEqual(['0', '0']);
        expect(bothOf([...each.taxes, ...back.taxes])).toEqual(['0', '0']);
      }),
    ));
});

describe('taxes by name', () => {
  const quebec = [
    { name: 'GST', account_number: '123 RT', percentage: 5 },
    { name: 'QST', percentage: 9.975 },
  ];
  const taxed = (taxes: Tariff['sales_taxes'], wh: number, id: string): Charge =>
    chargeOf(record(id), rated({ ...untaxed, sales_taxes: taxes } as Tariff, wh)) as Charge;
  const untaxed = {
    ...tariff('CAD', 0.4, 0, 0, 0),
    elements: [{ price_components: [{ type: 'ENERGY' as const, price: 0.4, step_size: 1 }] }],
  };
  const amounts = (taxes: Charge['salesTaxes']): readonly string[] | undefined => taxes?.map(({ amount }) => amount);

  it('stand on a charge to the cent, and on its credit with the other sign', () => {
    const owed = taxed(quebec, 10_010, 'x');
    expect(owed.payable).toEqual({ exclVat: '4.00', inclVat: '4.60' });
    expect(owed.salesTaxes).toEqual([
      { name: 'GST', accountNumber: '123 RT', percentage: '5', amount: '0.20' },
      { name: 'QST', percentage: '9.975', amount: '0.40' },
    ]);
    expect(amounts(chargeBack(owed, { cdrId: 'x-C', issuedAt: LATER }).salesTaxes)).toEqual(['-0.20', '-0.40']);
  });

  it('add up to the tax that is paid, whatever they are, and none runs the other way', () => {
    const taxes = fc.array(
      fc.record({ name: fc.constantFrom('A', 'B', 'C'), percentage: fc.integer({ min: 0, max: 900 }).map((each) => each / 100) }),
      {
        minLength: 1,
        maxLength: 10,
      },
    );
    fc.assert(
      fc.property(taxes, fc.nat(30_000), (named, wh) => {
        const { payable, salesTaxes = [] } = taxed(named, wh, 'x');
        const sum = salesTaxes.reduce((total, { amount }) => total.plus(amount), ZERO);
        expect(sum.toFixed(2)).toBe(new Exact(payable.inclVat).minus(payable.exclVat).toFixed(2));
        for (const { amount } of salesTaxes) expect(new Exact(amount).isNegative() && amount !== '-0.00').toBe(false);
      }),
    );
  });

  it('are one sum for each name and rate on an invoice', () => {
    const lower = [{ name: 'GST', account_number: '123 RT', percentage: 4 }];
    const all = [
      taxed(quebec, 10_010, 'a'),
      taxed(lower, 25_000, 'b'),
      taxed(quebec, 5_000, 'c'),
      chargeOf(record('d'), rated(untaxed, 5_000)) as Charge,
    ];
    const [invoice] = invoicesOf(owing(all), owner, LATER);
    expect(invoice?.salesTaxes).toEqual([
      { name: 'GST', accountNumber: '123 RT', percentage: '4', amount: '0.40' },
      { name: 'GST', accountNumber: '123 RT', percentage: '5', amount: '0.30' },
      { name: 'QST', percentage: '9.975', amount: '0.60' },
    ]);
    expect(invoice?.total).toEqual({ exclVat: '18.00', inclVat: '19.30' });
    expect(invoicesOf(owing([all[3] as Charge]), owner, LATER)[0]).not.toHaveProperty('salesTaxes');
  });
});

describe('invoices', () => {
  it('add up to what was charged, by line, by rate and in all', () =>
    fc.assert(
      fc.property(history, (all) => {
        for (const { currency: code, lines, taxes, total: sum } of invoicesOf(owing(all), owner, LATER)) {
          const charged = all.filter((each) => each.currency === code).map(({ payable }) => payable);
          for (const parts of [lines.map(({ payable }) => payable), taxes, [sum]]) expect(bothOf(parts)).toEqual(bothOf(charged));
        }
      }),
    ));

  it('are the same whatever the order of charges, and told again', () =>
    fc.assert(
      fc.property(
        history.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }))),
        ([all, shuffled]) =>
          expect(invoicesOf(owing(shuffled), owner, LATER).map(essence)).toEqual(invoicesOf(owing(all), owner, LATER).map(essence)),
      ),
    ));

  it('have each charge once, whenever they are asked for, under numbers without a gap', () =>
    fc.assert(
      fc.property(history, fc.array(fc.record({ after: fc.nat(30), until: fc.nat(6_000) }), { maxLength: 5 }), (all, asked) => {
        const steps = asked.toSorted((a, b) => a.after - b.after);
        let account = NO_CHARGES;
        const issued: Invoice[] = [];
        const issue = (until: string, request: string): void => {
          const made = invoicesOf(account, owner, until);
          issued.push(...made);
          account = afterInvoices(account, request, made);
        };
        for (const [index, each] of all.entries()) {
          account = withCharge(account, each);
          for (const { until } of steps.filter(({ after }) => after === index)) issue(at(until), `${index}/${until}`);
        }
        issue(LATER, 'last');
        expect(issued.flatMap(({ lines }) => lines.map(({ cdrId }) => cdrId)).sort()).toEqual(all.map(({ cdrId }) => cdrId).sort());
        expect(issued.map(({ seq }) => seq)).toEqual(issued.map((_, index) => index + 1));
        expect(new Set(issued.flatMap(({ invoiceId, number }) => [invoiceId, number])).size).toBe(issued.length * 2);
        expect(account.open).toEqual([]);
      }),
    ));

  it('leave open what ended later', () => {
    const [early, late] = [0, 100].map((minute) => chargeOf(record(`r${minute}`, minute), rated(tariff('EUR', 0.5, 21, 0, 0), 1000)));
    const account = owing([early, late] as Charge[]);
    const [only] = invoicesOf(account, owner, at(60 + 1));
    expect(only?.lines.map(({ cdrId, line }) => [cdrId, line])).toEqual([['r0', 1]]);
    expect([only?.from, only?.to]).toEqual([at(0), at(60)]);
    expect(openCharges(afterInvoices(account, 'x', [only as Invoice]))).toEqual([late]);
  });

  it('are a credit note where more is given back than owed', () => {
    const owed = chargeOf(record('r'), rated(tariff('EUR', 0.5, 21, 0, 0), 1000)) as Charge;
    const [note] = invoicesOf(owing([chargeBack(owed, { cdrId: 'r-C', issuedAt: LATER })]), owner, LATER);
    expect(note).toMatchObject({ kind: 'creditNote', total: { exclVat: '-0.50', inclVat: '-0.61' } });
  });

  it('are several where an account owes more than a record can hold', () => {
    const owed = chargeOf(record('r'), rated(tariff('EUR', 0.5, 21, 0, 0), 1000)) as Charge;
    const account = {
      ...NO_CHARGES,
      open: [Array.from({ length: 5_001 }, (_, n) => ({ ...owed, cdrId: `r${n}`, endedAt: at(9_000 - n) }))],
    };
    const invoices = invoicesOf(account, owner, LATER);
    expect(invoices.map(({ seq, lines, total: { exclVat } }) => [seq, lines.length, exclVat])).toEqual([
      [1, 5_000, '2500.00'],
      [2, 1, '0.50'],
    ]);
    expect(invoices[1]?.lines[0]).toMatchObject({ line: 1, cdrId: 'r0' });
    expect(openCharges(afterInvoices(account, 'x', invoices))).toEqual([]);
  });

  it('of two accounts have series of their own', () => {
    const account = owing([chargeOf(record('r'), rated(tariff('EUR', 0.5, 21, 0, 0), 1000)) as Charge]);
    const numbers = ['a', 'b'].map((accountId) => invoicesOf(account, { tenantId: 't', accountId }, LATER)[0]?.number);
    expect(new Set(numbers).size).toBe(2);
    expect(numbers[0]).toMatch(/^[0-9A-F]{16}-000001$/);
  });
});
