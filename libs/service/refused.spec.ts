// Rows that no database takes: the record to blame is found and parked, the records beside it go on, whatever the batch they came in.
import { describe, expect, it } from '@jest/globals';
import { inPieces, isRefusedForContent } from './refused.js';
import { requireWritable } from './writable.js';

const refusal = (code: string): Error => Object.assign(new Error('refused'), { code });
const read = (offset: number) => ({ offset, streamKey: 't/s', aggregate: 'a' });

describe('a batch refused for what is in it', () => {
  const commits = async (bad: readonly number[], code = '22007') => {
    const committed: [offset: number, reason: string | undefined][] = [];
    const work = inPieces([0, 1, 2, 3, 4].map(read), async (piece) => {
      if (piece.some(({ offset, reason }) => bad.includes(offset) && reason === undefined)) throw refusal(code);
      committed.push(...piece.map(({ offset, reason }): [number, string | undefined] => [offset, reason]));
    });
    return work.then(() => committed);
  };

  it('parks the record to blame, in its place, and keeps the others in order', async () => {
    const parked = 'the database refused what follows from it: refused';
    expect(await commits([3])).toEqual([
      [0, undefined],
      [1, undefined],
      [2, undefined],
      [3, parked],
      [4, undefined],
    ]);
    expect((await commits([0, 4])).filter(([, reason]) => reason === parked).map(([offset]) => offset)).toEqual([0, 4]);
  });
  it.each(['21000', '22P02', '23502', '54000'])('is refused by SQLSTATE %s', (code) =>
    expect(isRefusedForContent(refusal(code))).toBe(true),
  );
  it.each(['40001', '08006', '57P01', 'ECONNRESET', 'OwnershipLost'])(
    'is not refused by %s: that is trouble, and tried again',
    async (code) => {
      await expect(commits([3], code)).rejects.toThrow('refused');
    },
  );
  it('rejects when even the parked record is refused', async () => {
    const always = inPieces([read(0)], () => Promise.reject(refusal('22021')));
    await expect(always).rejects.toThrow('refused');
  });
});

describe('a row', () => {
  const table = {
    name: 'things',
    columns: { id: 'text', at: 'timestamptz', count: 'integer', amount: 'numeric', is: 'boolean', more: 'jsonb' },
    key: ['id'],
  } as const;
  const judge = (row: object) => () => requireWritable([{ table, row: { id: 'a', ...row } }]);
  it.each([
    {},
    { at: '2026-11-26T10:00:00.123456Z', count: 2 ** 60, amount: '0.10', is: false, more: { a: [1] } },
    { at: '0001-01-01 00:00:00+01', count: '7', amount: -1e-7, more: '{"text":1}' },
    { at: null, count: null, more: undefined, unknown: 'x' },
  ])('%j is written', (row) => expect(judge(row)).not.toThrow());
  it.each([
    { at: 'yesterday' },
    { at: '2026-02-30T00:00:99Z' },
    { at: 5 },
    { count: Number.NaN },
    { count: 'many' },
    { amount: {} },
    { is: 'yes' },
    { more: '{' },
    { id: null },
    { id: 'x'.repeat(5000) },
  ])('%j is not', (row) => expect(judge(row)).toThrow(/^things\.\w+: no/));
});
