// Folding a partition: repeats, poison, and rebuilding from recorded decisions.
import { describe, expect, it, jest } from '@jest/globals';
import { decode, derivedSource, type Envelope, encode } from '#contracts';
import type { LogRecord } from '#ports';
import type { Output, ServiceDefinition } from './fold.js';
import { type FoldResult, foldBatch, foldRead, type PartitionMemory, readRecords, stillRecorded } from './partition-fold.js';

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
const told = ({ outbox }: FoldResult<number, Envelope>): readonly string[] =>
  outbox.map(({ inputOffset, record: { headers } }) => `${inputOffset}: ${headers.ce_type}`);
const empty: PartitionMemory<number> = { ref, next: 0, seen: {}, states: new Map(), recorded: new Map() };

describe('foldBatch', () => {
  it('derives one record per output with the same id each time', () => {
    const once = foldBatch(adder(), empty, [record(0, 1), record(1, 2)]);
    const again = foldBatch(adder(), empty, [record(0, 1), record(1, 2)]);
    expect(once.changed.get('s')).toBe(3);
    expect(once.outbox.map(({ record: { value } }) => value)).toEqual(['3']);
    expect(again.outbox).toEqual(once.outbox);
  });
  it('keeps the states in between only for who asks for them', () => {
    const read = readRecords(adder(), [record(0, 1), record(1, 2)]);
    const { changes, ...kept } = foldRead(adder(), empty, read);
    expect(changes.map(({ after }) => after)).toEqual([1, 3]);
    expect(foldRead(adder(), empty, read, false)).toEqual({ ...kept, changes: [] });
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
  it('parks a record whose row or output cannot be written, and tells nothing but that', () => {
    const table = { name: 'sums', columns: { id: 'text', at: 'timestamptz' }, key: ['id'] } as const;
    const project = ({ input: { data } }: { readonly input: { readonly data: unknown } }) => [
      { table, row: { id: 's', at: data === 2 ? 'never' : '2026-01-01T00:00:00Z' } },
    ];
    const { fold, ...service } = adder();
    const writing: ServiceDefinition<number> = { ...service, fold: { ...fold, project } };
    const result = foldBatch(writing, empty, [record(0, 1), record(1, 2), record(2, 3)]);
    expect(result.parked).toMatchObject([{ offset: 1, reason: expect.stringContaining('sums.at: not readable as timestamptz') }]);
    expect([result.changed.get('s'), result.rows.length, told(result)]).toEqual([4, 2, ['1: RecordParked']]);

    const decide = () => [{ ...output(1), stationId: 5 as never }];
    const lying = foldBatch({ ...service, fold: { ...fold, decide } }, empty, [record(0, 2)]);
    expect([lying.parked[0]?.reason, told(lying)]).toEqual(['ce_stationid is no text', ['0: RecordParked']]);
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
  it('finds what it parked in the log, and decides nothing again to know it', () => {
    const records = [record(0, 1), record(1, 'Jane Doe'), record(2, 2)];
    const first = foldBatch(adder(), empty, records);
    expect(told(first)).toEqual(['1: RecordParked', '2: Sum']);
    const recorded = new Map(
      first.outbox.map(({ inputOffset, index, topic, record: each }) => {
        const { type, data } = decode({ ...each, ...ref, offset: 0 });
        return [inputOffset, new Map([[index, { topic, type, data } as Output]])];
      }),
    );
    const { fold, ...service } = adder();
    const decide = jest.fn(fold.decide);
    const rebuilt = foldBatch({ ...service, fold: { ...fold, decide } }, { ...empty, recorded }, records);
    expect(decide.mock.calls.map(([, { at }]) => at.offset)).toEqual([2]); // the last one may have been told in part
    expect([rebuilt.changed, told(rebuilt)]).toEqual([first.changed, []]);
    expect(rebuilt.parked.map(({ error: _, ...each }) => each)).toEqual(first.parked.map(({ error: _, ...each }) => each));
  });
  it('says of a failure what it is and where, and nothing of what was read', () => {
    const { fold, ...service } = adder();
    const decide = (): readonly Output[] => JSON.parse('{"name":Jane Doe}');
    const [parked] = foldBatch({ ...service, fold: { ...fold, decide } }, empty, [record(0, 1)]).parked;
    expect(parked).toMatchObject({
      reason: 'SyntaxError in JSON.parse at <anonymous>',
      error: { message: expect.stringContaining('Jane') },
    });
  });
  it('asks a service without outputs for no decision', () => {
    const { fold, ...service } = adder();
    const decide = jest.fn(fold.decide);
    expect(foldBatch({ ...service, outputs: [], fold: { ...fold, decide } }, empty, [record(0, 2)]).changed.get('s')).toBe(2);
    expect(decide).not.toHaveBeenCalled();
  });
  it('tells what the database refused', () => {
    const { offset, key, ...input } = { ...decode(record(0, 2)), offset: 0, key: 't/s' };
    const refused = { offset, streamKey: key, input, reason: 'refused: Jane Doe', isRefused: true };
    const { outbox } = foldRead(adder(), empty, [refused]);
    expect(outbox.map(({ record: { value } }) => JSON.parse(value))).toEqual([{ reason: 'the database refused what follows from it' }]);
  });
});

describe('recorded decisions', () => {
  it('are not copied with every batch that repeats some: all stay until the last was met', () => {
    const recorded = new Map([4, 1].map((offset) => [offset, new Map([[0, output(3)]])]));
    expect(stillRecorded(recorded, 0)).toBe(recorded);
    expect(stillRecorded(recorded, 4)).toBe(recorded);
    expect(stillRecorded(recorded, 5).size).toBe(0);
    expect(stillRecorded(new Map(), 0).size).toBe(0);
  });
});

describe('a record that several services read', () => {
  it('is decoded once, and forgotten once many have come since: a log may keep its records for good', () => {
    let decodings = 0;
    const watched = new Proxy(record(0, 1), {
      get(target, name: keyof LogRecord) {
        if (name === 'headers') decodings++;
        return target[name];
      },
    });
    const readBy = (services: number): void => {
      for (let service = 0; service < services; service++) readRecords(adder(), [watched]);
    };
    readBy(2);
    readRecords(
      adder(),
      Array.from({ length: 2_500 }, (_, index) => record(1 + index, 1)),
    );
    readBy(2);
    expect(decodings).toBe(1);
    for (let round = 0; round < 4; round++)
      readRecords(
        adder(),
        Array.from({ length: 2_500 }, (_, index) => record(1 + index, 1)),
      );
    readBy(2);
    expect(decodings).toBe(2);
  });
});

describe('a record that is signed', () => {
  const signed = (offset: number, process: string, atMs: number, number: number): LogRecord => ({
    ...record(offset, 1),
    signed: { process, order: [atMs, number] },
  });
  const parkedOf = (records: readonly LogRecord[], memory = empty) => {
    const result = foldBatch(adder(), memory, records);
    return { result, parked: result.parked.map(({ offset }) => offset) };
  };

  it('counts once, however often somebody writes it again, and so do those before it', () => {
    const { result, parked } = parkedOf([
      signed(0, 'a', 5, 1),
      signed(1, 'a', 5, 2),
      signed(2, 'b', 3, 1),
      signed(3, 'a', 5, 2),
      signed(4, 'a', 5, 1),
      signed(5, 'b', 3, 2),
    ]);
    expect(parked).toEqual([3, 4]);
    expect(result.changed.get('s')).toBe(4);
    // The marks go along, as those of derived records do.
    expect(parkedOf([signed(6, 'b', 3, 2), signed(7, 'b', 4, 3)], { ...empty, next: 6, seen: result.seen }).parked).toEqual([6]);
  });

  it('of a process that was forgotten among many does not come again either', () => {
    const many = Array.from({ length: 70 }, (_, n) => signed(n, `p${n}`, n, 1));
    const { result, parked } = parkedOf([...many, signed(70, 'p0', 0, 1), signed(71, 'p69', 69, 1), signed(72, 'p0', 100, 2)]);
    expect(parked).toEqual([70, 71]);
    expect(Object.keys(result.seen).length).toBeLessThanOrEqual(65);
  });

  it('that is refused is parked with that reason, and what follows is folded', () => {
    const { result } = parkedOf([{ ...record(0, 1), refused: 'it is not signed' }, record(1, 1)]);
    expect(result.parked).toEqual([{ offset: 0, streamKey: 't/s', reason: 'it is not signed' }]);
    expect(result.changed.get('s')).toBe(1);
  });
});
