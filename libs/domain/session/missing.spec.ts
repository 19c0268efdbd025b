// Events that are missing between the first and the last, in whatever order the others come.
import { describe, expect, it } from '@jest/globals';
import { decide, evolve, fromOcpp201, missingEvents, missingNow, NO_SESSIONS, type StationSessions } from './index.js';

const context = { connectors: {}, soleEvseId: 1, isOldConnection: false, connectedMs: 0 };

/** Tells events of one transaction by their number; 0 starts it, `last` ends it. Answers what was to be told after each. */
function told(numbers: readonly number[], last: number) {
  let sessions: StationSessions = NO_SESSIONS;
  const news: (number | undefined)[] = [];
  for (const seqNo of numbers) {
    const timestamp = new Date(Date.parse('2026-11-01T12:00:00Z') + seqNo * 1000).toISOString();
    const eventType = seqNo === 0 ? 'Started' : seqNo === last ? 'Ended' : 'Updated';
    const payload = { eventType, seqNo, timestamp, triggerReason: 'Trigger', transactionInfo: { transactionId: 'T' }, offline: true };
    const call = { recordId: `r${seqNo}`, stationId: 'CP', action: 'TransactionEvent', payload, receivedAt: '2026-11-01T13:00:00Z' };
    const command = fromOcpp201({ ...call, ocppVersion: 'ocpp2.0.1', flags: [] } as never, context as never);
    if (command === undefined) throw new Error('no command');
    const after = evolve(sessions, command, decide(sessions, command, {}));
    news.push(missingNow(sessions, after, 'T')?.missing);
    sessions = after;
  }
  return { news, missing: [...sessions.open, ...sessions.ended].map(missingEvents) };
}
const NOTHING = undefined;

describe('events of a transaction', () => {
  it('that all came are not missed', () => expect(told([0, 1, 2, 3], 3).news).toEqual([NOTHING, NOTHING, NOTHING, NOTHING]));
  it('may begin at any number', () => expect(told([7, 8, 9], 9).missing).toEqual([0]));
  it('that are missing at the end are told then, and again when the last of them came (E14)', () => {
    expect(told([0, 1, 4, 2, 3], 4)).toEqual({ news: [NOTHING, NOTHING, 2, NOTHING, 0], missing: [0] });
  });
  it('that come again count once', () => expect(told([0, 1, 1, 3], 3).missing).toEqual([1]));
  it('are counted over more events than are remembered', () => {
    const numbers = Array.from({ length: 100 }, (_, index) => index).filter((number) => number !== 50);
    expect(told(numbers, 99).missing).toEqual([1]);
  });
});
