// Every charge is on one invoice; every request for invoices is decided; numbers have no gap.
import { describe, expect, it } from '@jest/globals';
import type { LogRecord } from '#ports';
import { auditInvoices } from './payments-audit.js';

const facts = (...told: readonly (readonly [type: string, data: object])[]): readonly LogRecord[] =>
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
