// Starts that come again after their stop: they are no demand, and no other transaction ends for them (P6).
// The site under test is site.fixture's.
import { describe, expect, it } from '@jest/globals';
import { type Site, site } from './site.fixture.js';
import { stationIn } from './state.js';

const MINUTE = 60_000;
const iso = (ms: number): string => new Date(ms).toISOString();

const start = (it: Site, transactionId: number, atMs: number): void =>
  it.call(
    'A',
    'StartTransaction',
    { connectorId: 1, idTag: 'x', meterStart: 0, timestamp: iso(atMs) },
    { transactionId, idTagInfo: { status: 'Accepted' } },
  );
const stop = (it: Site, transactionId: number, atMs: number): void =>
  it.call('A', 'StopTransaction', { transactionId, meterStop: 5, timestamp: iso(atMs) });
const event = (it: Site, eventType: string, atMs: number): void =>
  it.call('A', 'TransactionEvent', {
    eventType,
    seqNo: 0,
    triggerReason: 'Authorized',
    timestamp: iso(atMs),
    transactionInfo: { transactionId: 'T', chargingState: 'Charging' },
    evse: { id: 1, connectorId: 1 },
  });
const running = (it: Site) => stationIn(it.state, 'A')?.demands[1]?.transactionId;

describe('a start that comes again after its stop', () => {
  it('is no demand', () => {
    const it = site(['A']);
    const began = it.nowMs;
    start(it, 7, began);
    it.pass(10 * MINUTE);
    stop(it, 7, it.nowMs);
    it.pass(MINUTE);
    start(it, 7, began);
    expect(running(it)).toBeUndefined();
  });

  it('leaves the transaction that runs by then, and the plan it has', () => {
    const it = site(['A']);
    const began = it.nowMs;
    start(it, 7, began);
    it.pass(10 * MINUTE);
    stop(it, 7, it.nowMs);
    start(it, 8, it.nowMs);
    it.pass(MINUTE);
    start(it, 7, began);
    expect(running(it)).toBe('8');
    expect(stationIn(it.state, 'A')?.ledger.evses[0]?.plans.map(({ transactionId }) => transactionId)).toEqual(['8']);
  });

  it('is another transaction where it began later: a station may count anew, or have a clock that stands', () => {
    const it = site(['A']);
    const began = it.nowMs;
    start(it, 7, began);
    it.pass(10 * MINUTE);
    stop(it, 7, began);
    start(it, 7, began);
    expect(running(it)).toBe('7');
  });

  it('is none in 2.x either, and neither is an update', () => {
    const it = site(['A'], 20, 'ocpp2.0.1');
    const began = it.nowMs;
    event(it, 'Started', began);
    it.pass(10 * MINUTE);
    event(it, 'Ended', it.nowMs);
    event(it, 'Started', began);
    event(it, 'Updated', began + MINUTE);
    expect(running(it)).toBeUndefined();
    event(it, 'Started', it.nowMs + MINUTE);
    expect(running(it)).toBe('T');
  });

  it('is remembered for a day, and of as many as a station has in one', () => {
    const it = site(['A']);
    for (let id = 1; id <= 30; id++) {
      start(it, id, it.nowMs);
      it.pass(MINUTE);
      stop(it, id, it.nowMs);
    }
    expect(stationIn(it.state, 'A')?.over).toHaveLength(20);
    it.pass(25 * 60 * MINUTE);
    start(it, 31, it.nowMs);
    it.pass(MINUTE);
    stop(it, 31, it.nowMs);
    expect(stationIn(it.state, 'A')?.over?.map(({ transactionId }) => transactionId)).toEqual(['31']);
  });
});
