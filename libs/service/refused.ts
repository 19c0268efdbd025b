// When the database refuses a batch for what is in it, it will refuse it each time: the batch is halved until the record to blame is alone, and that one
// is parked. The last line behind writable.ts: whatever a fold makes of a record, the records behind it go on.
import type { Envelope } from '#contracts';
import type { ReadRecord } from './partition-fold.js';

/** SQLSTATE classes: cardinality violation (two keys that are one as they are stored), data exception, integrity constraint, program limit exceeded. */
const CONTENT = /^(?:21|22|23|54)/;

export const isRefusedForContent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.length === 5 && CONTENT.test(error.code);

/** Folds and commits `records` by `commit`, in order, in as many pieces as it takes. Rejects as `commit` does for any other reason. */
export async function inPieces<In extends Envelope>(
  records: readonly ReadRecord<In>[],
  commit: (piece: readonly ReadRecord<In>[]) => Promise<void>,
): Promise<void> {
  try {
    await commit(records);
  } catch (error) {
    const [first] = records;
    const isAlone = records.length === 1;
    if (!isRefusedForContent(error) || first === undefined || (isAlone && first.reason !== undefined)) throw error;
    const middle = Math.ceil(records.length / 2);
    const pieces = isAlone ? [[parked(first, error as Error)]] : [records.slice(0, middle), records.slice(middle)];
    for (const piece of pieces) await inPieces(piece, commit);
  }
}

/** Without an aggregate nothing is folded. The database's message names the column, its detail the values: only the first is kept. */
const parked = <In extends Envelope>({ offset, streamKey, input }: ReadRecord<In>, { message }: Error): ReadRecord<In> => ({
  offset,
  streamKey,
  ...(input !== undefined && { input }),
  isRefused: true,
  reason: `the database refused what follows from it: ${message}`,
});
