// A driver paid what his cars drew, to the cent, less what he was given back. Every charge is on one invoice; every request for invoices is decided; numbers have no gap.
import { describe, expect, it } from '@jest/globals';
import type { Fleet } from '#apps/simulator';
import type { LogRecord } from '#ports';
import type { Bank, Card } from './bank.js';
import { auditInvoices, auditPayments } from './payments-audit.js';
import type { Plan } from './plan.js';

type Told = readonly [type: string, data: object];
const facts = (...told: readonly Told[]): readonly LogRecord[] =>
  told.map(([type, data], offset) => ({
    ...{ topic: 'billing-events', partition: 0, offset, key: 'default/a', value: JSON.stringify(data) },
    headers: { ce_id: String(offset), ce_type: type },
  }));
const charge = (cdrId: string) => ['AccountCharged', { accountId: 'a', cdrId }] as const;
const asked = ['InvoiceRequested', { accountId: 'a', requestId: 'r' }] as const;
const invoice = (seq: number, ...cdrIds: readonly string[]) =>
  ['InvoiceIssued', { accountId: 'a', requestId: 'r', seq, lines: cdrIds.map((cdrId) => ({ cdrId })) }] as const;

describe('invoices', () => {
  it('have each charge once', () => {
    expect(auditInvoices(facts(charge('1'), charge('2'), asked, invoice(1, '1', '2')))).toEqual([]);
  });
  it.each([
    ['a charge twice', facts(charge('1'), asked, invoice(1, '1'), invoice(2, '1'))],
    ['a charge not at all', facts(charge('1'), charge('2'), asked, invoice(1, '1'))],
    ['what nobody was charged', facts(asked, invoice(1, '9'))],
    ['a gap in their numbers', facts(charge('1'), asked, invoice(2, '1'))],
    ['no decision', facts(asked)],
  ])('with %s are found', (_, billing) => {
    expect(auditInvoices(billing)).toHaveLength(1);
  });
});

/** What is found where a driver with this card drew 1,000.2 and 500 Wh at 0.40 EUR with a fifth of tax, and the bank has that much of him [cents]. */
function found(card: Card, paidCents: number, ...billing: readonly Told[]): number {
  const transactions = [1_000.2, 500].map((meterStopWh) => ({ idToken: 'a', meterStartWh: 0, meterStopWh }));
  const fleet = { totals: () => [{ transactions }] } as unknown as Fleet;
  const plan = { cards: new Map([['a', card]]), pricePerKwh: 0.4, taxPercent: 20 } as unknown as Plan;
  const bank = { moved: () => new Map([[`${card}:a`, paidCents]]) } as unknown as Bank;
  return auditPayments(fleet, plan, bank, facts(...billing), () => 'account').length;
}

describe('what a driver paid', () => {
  const back = ['RefundRequested', { accountId: 'account', requestId: 'r' }] as const;
  it('is what he owes, less what he got back, once for each request', () => {
    expect([found('good', 72), found('good', 67, back, back), found('good', 72, back, ['RefundRefused', { requestId: 'r' }])]).toEqual([
      0, 0, 0,
    ]);
    expect([found('declined', 0), found('expired', 0)]).toEqual([0, 0]);
  });
  it('and does not owe is found, and so is what he did not pay', () => {
    expect([found('good', 144), found('good', 74), found('good', 48), found('good', 72, back), found('good', 62, back)]).toEqual([
      1, 1, 1, 1, 1,
    ]);
    expect(found('declined', 72)).toBe(1);
  });
});
