// Asks the answer book for a station without mistaking a book that is away, or still being written, for a station nobody knows.
// What an unknown station is told is decided in decide-upgrade.ts.
import { type AnswerBook, type Clock, RouterUnavailable, type StationEntry } from '#ports';
import type { StationPath } from './path.js';

/** A complete book stays believed for so long; that something is missing from it is always asked afresh. */
const BELIEVED_MS = 1_000;

export function bookGate(book: AnswerBook, clock: Clock): (path: StationPath) => Promise<StationEntry | undefined | 'bookAway'> {
  let completeAtMs = Number.NEGATIVE_INFINITY;
  const isComplete = async (): Promise<boolean> => {
    if (clock.now() - completeAtMs < BELIEVED_MS) return true;
    if (!(await book.isComplete())) return false;
    completeAtMs = clock.now();
    return true;
  };
  return async ({ tenantId, stationId }) => {
    try {
      if (!(await isComplete())) return 'bookAway';
      const entry = await book.station(tenantId, stationId);
      if (entry !== undefined) return entry;
      return (await book.isComplete()) ? undefined : 'bookAway';
    } catch (error) {
      if (error instanceof RouterUnavailable) return 'bookAway';
      throw error;
    }
  };
}
