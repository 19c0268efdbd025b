// Given charges and requests, what invoicing tells the log and keeps as rows.
// Sums and the choice of charges are in libs/domain/billing; here it is order, repeats, and what crosses from billing.
import { describe, expect, it } from '@jest/globals';
import { type AccountCharged, accountStream, encode, type InvoiceIssued } from '#contracts';
import { type Account, openCharges } from '#domain/billing';
import type { LogRecord } from '#ports';
import { foldBatch, type PartitionMemory } from '#service';
import { invoicingDefinition } from './invoicing.js';

const at = (hour: number): string => new Date(Date.UTC(2026, 1, 3, hour)).toISOString();
const charge = (id: string, endHour: number, gross: string, more: Partial<AccountCharged> = {}): AccountCharged => ({
  accountId: 'acc',
  cdrId: id,
  sessionId: `s-${id}`,
  siteId: 'site',
  stationId: 'cs',
  evseId: 1,
  currency: 'EUR',
  payable: { exclVat: gross, inclVat: gross },
  taxes: [{ exclVat: gross, inclVat: gross }],
  energyKwh: '1',
  startedAt: at(endHour - 1),
  endedAt: at(endHour),
  issuedAt: at(endHour),
  ...more,
});
type Fact = readonly [type: string, data: { readonly accountId: string }, source?: string];
const charged = (...of: Parameters<typeof charge>): Fact => ['AccountCharged', charge(...of)];
const requested = (requestId: string, hour = 23): Fact => [
  'InvoiceRequested',
  { requestId, accountId: 'acc', until: at(hour), requestedBy: 'api:x' } as never,
];

function fold(...batches: readonly (readonly Fact[])[]) {
  const ref = { topic: 'billing-events', partition: 0 };
  let memory: PartitionMemory<Account> = { ref, next: 0, seen: {}, states: new Map(), recorded: new Map() };
  const all = batches.map((facts, batch) => {
    const records = facts.map(([type, data, source = '/x'], index): LogRecord => {
      const offset = batch * 100 + index;
      const siteId = accountStream(data.accountId);
      return { ...encode({ id: `e${offset}`, type, source, time: at(22), tenantId: 't', siteId, data }), ...ref, offset };
    });
    const result = foldBatch(invoicingDefinition, memory, records);
    memory = { ...memory, next: result.next, seen: result.seen, states: new Map([...memory.states, ...result.changed]) };
    const told = result.outbox.map(({ record, topic }) => ({
      topic,
      key: record.key,
      type: record.headers.ce_type,
      data: JSON.parse(record.value),
    }));
    return {
      told,
      rows: result.rows.map(({ table, row }) => ({ table: table.name, ...row })),
      parked: result.parked,
      state: memory.states.get('t/acc'),
    };
  });
  return all.at(-1) as (typeof all)[number];
}
const amounts = ({ told }: ReturnType<typeof fold>) =>
  told.map(({ type, data }) => [
    type,
    ...(type === 'InvoiceIssued' ? [(data as InvoiceIssued).currency, (data as InvoiceIssued).total.inclVat] : []),
  ]);

describe('a request', () => {
  it('puts what is open on one invoice per currency, in the stream of the account', () => {
    const done = fold([charged('a', 1, '1.10'), charged('b', 2, '2.05', { currency: 'USD' }), charged('c', 3, '3.00'), requested('r')]);
    expect(amounts(done)).toEqual([
      ['InvoiceIssued', 'EUR', '4.10'],
      ['InvoiceIssued', 'USD', '2.05'],
    ]);
    expect(done.told.map(({ topic, key }) => [topic, key])).toEqual(Array(2).fill(['billing-events', 't/:account:acc']));
    expect(done.told.map(({ data }) => [data.seq, data.requestId, data.lines.length])).toEqual([
      [1, 'r', 2],
      [2, 'r', 1],
    ]);
  });

  it('is refused where nothing is open, and leaves a row that says so', () => {
    const done = fold([charged('a', 5, '1.00')], [requested('r', 4)]);
    expect(done.told).toMatchObject([{ type: 'InvoiceRefused', data: { requestId: 'r', reason: 'nothingOpen' } }]);
    expect(done.rows).toMatchObject([{ table: 'invoice_requests', request_id: 'r', state: 'refused' }]);
  });

  it('that comes again adds nothing, also where something opened meanwhile', () => {
    const done = fold([charged('a', 1, '1.00'), requested('r'), charged('b', 2, '2.00')], [requested('r')]);
    expect([done.told, done.rows]).toEqual([[], []]);
    expect(done.state && openCharges(done.state).map(({ cdrId }) => cdrId)).toEqual(['b']);
  });

  it('takes nothing twice that was told again, before it was invoiced or after', () => {
    const told: Fact = ['AccountCharged', charge('a', 1, '1.00'), '/billing/session-events/0/7/4'];
    const before = fold([told, told, requested('r1')]);
    expect(amounts(before)).toEqual([['InvoiceIssued', 'EUR', '1.00']]);
    const after = fold([told, requested('r1')], [told, requested('r2')]);
    expect(amounts(after)).toEqual([['InvoiceRefused']]);
    expect(after.rows).toMatchObject([{ table: 'invoice_requests' }]);
  });

  it('takes back on the next invoice what was credited after it was invoiced', () => {
    const credit = charged('a-C', 1, '-1.00', { creditOf: 'a' });
    const done = fold([charged('a', 1, '1.00'), requested('r1')], [credit, charged('a2', 1, '0.40'), requested('r2')]);
    expect(done.told).toMatchObject([
      { data: { seq: 2, kind: 'creditNote', total: { inclVat: '-0.60' }, lines: [{ cdrId: 'a-C', creditOf: 'a' }, { cdrId: 'a2' }] } },
    ]);
  });
});

it('leaves rows of charges, request, invoice and lines that belong together', () => {
  const { rows } = fold([charged('a', 1, '1.00'), charged('b', 2, '2.00'), requested('r')]);
  const invoice = rows.find(({ table }) => table === 'invoices') as unknown as Record<string, unknown>;
  expect(invoice).toMatchObject({ account_id: 'acc', seq: 1, lines: 2, amount_gross: '3.00', issued_at: at(22) });
  expect(rows.filter(({ table }) => table === 'invoice_lines')).toMatchObject([
    { invoice_id: invoice.invoice_id, line: 1, cdr_id: 'a', amount_gross: '1.00' },
    { invoice_id: invoice.invoice_id, line: 2, cdr_id: 'b', amount_gross: '2.00' },
  ]);
  expect(
    rows
      .filter(({ table }) => table === 'account_charges')
      .map((row) => [(row as never as { cdr_id: string }).cdr_id, (row as never as { invoice_id: string }).invoice_id]),
  ).toEqual([
    ['a', null],
    ['b', null],
    ['a', invoice.invoice_id],
    ['b', invoice.invoice_id],
  ]);
});

it('passes by what is of a site', () => {
  const record = encode({ id: 'e', type: 'CdrIssued', source: '/x', time: at(1), tenantId: 't', siteId: 'site', data: {} });
  expect(invoicingDefinition.passesBy?.({ ...record, topic: 'billing-events', partition: 0, offset: 0 })).toBe(true);
});

it('decides the same for the same facts, however they are batched', () => {
  const facts = [charged('a', 1, '1.00'), requested('r1'), charged('b', 2, '2.00'), requested('r2')];
  expect(fold(...facts.map((fact) => [fact])).state).toEqual(fold(facts).state);
});
