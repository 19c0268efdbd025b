// Folding a partition: repeats, poison, and rebuilding from recorded decisions.
import { describe, expect, it } from '@jest/globals';
import { derivedSource, encode } from '#contracts';
import type { LogRecord } from '#ports';
import type { Output, ServiceDefinition } from './fold.js';
import { foldBatch, type PartitionMemory } from './partition-fold.js';

const ref = { topic: 'site-events', partition: 0 };
const record = (offset: number, data: unknown, source = '/edge'): LogRecord => ({
  ...encode({ id: `e${offset}`, type: 'Counted', source, time: '2026-01-01T00:00:00.000Z', tenantId: 't', siteId: 's', data }),
  ...ref,
  offset,
});
const output = (sum: number): Output => ({ topic: 'session-events', type: 'Sum', data: sum });

/** Adds numbers and tells the sum of each even one; `factor` stands for a changed decision in a newer version. */
const adder = (factor = 1): ServiceDefinition<number> => ({
  name: 'adder',
  inputs: ['site-events'],
  outputs: ['session-events'],
  tables: [],
  fold: {
    aggregateOf: ({ siteId }) => siteId,
    initial: () => 0,
    decide: (sum, { data }) => {
      if (typeof data !== 'number') throw new Error('not a number');
      return data % 2 === 0 ? [output((sum + data) * factor)] : [];
    },
    evolve: (sum, { data }, outputs) => (outputs[0] ? Number(outputs[0].data) : sum + Number(data)),
  },
});
const empty: PartitionMemory<number> = { ref, next: 0, seen: {}, states: new Map(), recorded: new Map() };

describe('foldBatch', () => {
  it('derives one record per output with the same id each time', () => {
    const once = foldBatch(adder(), empty, [record(0, 1), record(1, 2)]);
    const again = foldBatch(adder(), empty, [record(0, 1), record(1, 2)]);
    expect(once.changed.get('s')).toBe(3);
    expect(once.outbox.map(({ record: { value } }) => value)).toEqual(['3']);
    expect(again.outbox).toEqual(once.outbox);
  });
  it('gives decisions on an input that is in the log twice ids of their own: they may differ', () => {
    const { outbox } = foldBatch(adder(), empty, [record(0, 2), { ...record(0, 2), offset: 1 }]);
    expect(outbox.map(({ record: { value } }) => value)).toEqual(['2', '4']);
    expect(new Set(outbox.map(({ record: { headers } }) => headers.ce_id)).size).toBe(2);
  });
  it('skips records below its position and repeats of derived records', () => {
    const derived = (offset: number, index: number, at: number) =>
      record(at, 1, derivedSource({ service: 'x', topic: 'site-events', partition: 0, offset, index }));
    const result = foldBatch(adder(), { ...empty, next: 1 }, [
      record(0, 1),
      derived(5, 0, 1),
      derived(5, 1, 2),
      derived(5, 0, 3),
      derived(5, 1, 4),
      derived(6, 0, 5),
    ]);
    expect(result.changed.get('s')).toBe(3);
    expect(result.next).toBe(6);
  });
  it('parks a record whose row or output cannot be written, with nothing of it left', () => {
    const table = { name: 'sums', columns: { id: 'text', at: 'timestamptz' }, key: ['id'] } as const;
    const project = ({ input: { data } }: { readonly input: { readonly data: unknown } }) => [
      { table, row: { id: 's', at: data === 2 ? 'never' : '2026-01-01T00:00:00Z' } },
    ];
    const { fold, ...service } = adder();
    const writing: ServiceDefinition<number> = { ...service, fold: { ...fold, project } };
    const result = foldBatch(writing, empty, [record(0, 1), record(1, 2), record(2, 3)]);
    expect(result.parked).toMatchObject([{ offset: 1, reason: expect.stringContaining('sums.at: not readable as timestamptz') }]);
    expect([result.changed.get('s'), result.rows.length, result.outbox.length]).toEqual([4, 2, 0]);

    const decide = () => [{ ...output(1), stationId: 5 as never }];
    const lying = foldBatch({ ...service, fold: { ...fold, decide } }, empty, [record(0, 2)]);
    expect([lying.parked[0]?.reason, lying.outbox]).toEqual([expect.stringContaining('ce_stationid is no text'), []]);
  });
  it('parks a record about something that has no name', () => {
    const { fold, ...service } = adder();
    for (const name of ['a\u0000b', '\ud800', 'x'.repeat(5000), 5 as never]) {
      const nameless = { ...service, fold: { ...fold, aggregateOf: () => name } };
      expect(foldBatch(nameless, empty, [record(0, 1)]).parked).toMatchObject([{ offset: 0, reason: expect.stringContaining('no name') }]);
    }
  });
  it('parks a record it cannot understand and goes on', () => {
    const broken: LogRecord = { ...record(1, 0), value: '{' };
    const result = foldBatch(adder(), empty, [record(0, 1), broken, record(2, 'x'), record(3, 1)]);
    expect(result.parked.map(({ offset }) => offset)).toEqual([1, 2]);
    expect(result.changed.get('s')).toBe(2);
    expect(result.next).toBe(4);
  });
  it('repeats recorded decisions instead of deciding again, and decides only after the last of them', () => {
    const recorded = new Map([[1, new Map([[0, output(3)]])]]);
    const rebuilt = foldBatch(adder(100), { ...empty, recorded }, [record(0, 1), record(1, 2), record(2, 2)]);
    expect(rebuilt.changes.map(({ after }) => after)).toEqual([1, 3, 500]);
    expect(rebuilt.outbox.map(({ inputOffset }) => inputOffset)).toEqual([2]);
  });
});
