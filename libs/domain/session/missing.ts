// Events of a 2.x transaction that were never heard: they wait in the station, or are lost (2.0.1 E14). seqNo may start anywhere and rises by one (E01.FR.07, E02.FR.07).
// Asking the station about them is others' business.
import type { Session, StationSessions } from './state.js';

export interface MissingEvents {
  readonly transactionId: string;
  /** 0 = all of them came after all. */
  readonly missing: number;
}

/** How many between the first and the last that were heard; 0 also where it is not known. */
export const missingEvents = ({ firstSeqNo, lastSeqNo, heardSeqNos }: Session): number =>
  firstSeqNo === undefined || heardSeqNos === undefined ? 0 : Math.max(0, lastSeqNo - firstSeqNo + 1 - heardSeqNos);

const latestNamed = ({ open, ended }: StationSessions, transactionId: string): Session | undefined =>
  open.findLast((session) => session.transactionId === transactionId) ?? ended.find((session) => session.transactionId === transactionId);

/** To be told when a transaction ended with events missing, and when the last of them came; undefined otherwise. */
export function missingNow(before: StationSessions, after: StationSessions, transactionId: string): MissingEvents | undefined {
  if (before === after) return undefined;
  const session = latestNamed(after, transactionId);
  if (session?.end === undefined || session.end.provisional) return undefined;
  const was = latestNamed(before, transactionId);
  const missing = missingEvents(session);
  const isEnd = was?.end === undefined || was.end.provisional;
  const isTold = isEnd ? missing > 0 : missing === 0 && missingEvents(was) > 0;
  return isTold ? { transactionId, missing } : undefined;
}
