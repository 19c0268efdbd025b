// Priority within the limits: the car comes first, its station is told nothing that could lift anything, and what a station takes by itself ends on request.
import { describe, expect, it } from '@jest/globals';
import type { CommandRefused, CommandRequested, PriorityDecided } from '#contracts';
import type { RowWrite } from '#service';
import { type Site, site } from './site.fixture.js';
import { stationIn } from './state.js';
import { projectSite } from './tables.js';

const MINUTE = 60_000;
const iso = (ms: number): string => new Date(ms).toISOString();

function begin(it: Site, stationId: string): void {
  it.call(stationId, 'TransactionEvent', {
    eventType: 'Started',
    seqNo: 0,
    timestamp: iso(it.nowMs),
    triggerReason: 'CablePluggedIn',
    transactionInfo: { transactionId: `t${stationId}` },
    evse: { id: 1 },
  });
}

/** Two cars at a limit both cannot have. */
function crowded(limitA: number): Site {
  const it = site(['A', 'B'], limitA, 'ocpp2.1');
  begin(it, 'A');
  it.pass(MINUTE);
  begin(it, 'B');
  it.pass(5 * MINUTE);
  return it;
}

let asked = 0;
function ask(it: Site, activate: boolean, transactionId = 'tB') {
  const commandId = `asked-${asked++}`;
  const payload = { transactionId, activate };
  const request = {
    commandId,
    stationId: 'B',
    action: 'UsePriorityCharging',
    payload,
    notAfter: iso(it.nowMs + MINUTE),
    timeoutMs: 30_000,
  };
  it.put('ProfileRequested', { ...request, requestedBy: 'api:1' }, 'B');
  return it.told.find(({ data }) => (data as PriorityDecided | CommandRefused).commandId === commandId);
}

const sentToStations = (it: Site): readonly CommandRequested[] =>
  it.told.filter(({ type }) => type === 'CommandRequested').map(({ data }) => data as CommandRequested);

describe('a car that is given priority', () => {
  it('has the first place and most of the room, and the others their least, within the limit', () => {
    const it = crowded(40);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([20, 20]);
    expect(ask(it, true)).toMatchObject({
      type: 'PriorityDecided',
      data: { stationId: 'B', evseId: 1, transactionId: 'tB', isFirst: true },
    });
    it.pass(5 * MINUTE);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([8, 32]);
  });

  it('is let in before one that was there first, where only one has room', () => {
    const it = crowded(9);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([9, undefined]);
    ask(it, true);
    it.pass(40 * MINUTE);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([0, 9]);
  });

  it('keeps its place over a restart of its station, and loses it with the word or with its transaction', () => {
    const it = crowded(40);
    ask(it, true);
    it.pass(5 * MINUTE);
    it.join('B');
    const resumed = {
      eventType: 'Updated',
      seqNo: 4,
      timestamp: iso(it.nowMs),
      triggerReason: 'TxResumed',
      transactionInfo: { transactionId: 'tB', chargingState: 'Charging' },
    };
    it.call('B', 'TransactionEvent', resumed);
    it.pass(5 * MINUTE);
    expect(it.plan('B')?.limitA).toBe(32);
    expect(ask(it, false)).toMatchObject({ type: 'PriorityDecided', data: { isFirst: false } });
    it.pass(5 * MINUTE);
    expect(it.plan('B')?.limitA).toBe(20);
    ask(it, true);
    it.call('B', 'TransactionEvent', { ...resumed, eventType: 'Ended', triggerReason: 'EVDeparted' });
    expect(stationIn(it.state, 'B')).not.toHaveProperty('firstPlaces');
  });

  it('is never promised by a message to its station', () => {
    const it = crowded(40);
    ask(it, true);
    it.pass(10 * MINUTE);
    expect(sentToStations(it).some(({ action }) => action === 'UsePriorityCharging')).toBe(false);
  });

  it('is refused where no such transaction charges', () => {
    expect(ask(crowded(40), true, 'tX')).toMatchObject({ type: 'CommandRefused', data: { reason: 'NotPermitted' } });
  });

  it('is seen in the row of its session, and by whom', () => {
    const it = crowded(40);
    const rows: RowWrite[] = [];
    it.heard = (change) => rows.push(...projectSite(change).filter(({ row }) => 'priority' in row));
    ask(it, true);
    it.call('B', 'NotifyPriorityCharging', { transactionId: 'tB', activated: true });
    it.call('B', 'NotifyPriorityCharging', { transactionId: 'tB', activated: false });
    expect(rows.map(({ table, row }) => [table.name, row.transaction_id, row.priority])).toEqual([
      ['session_plans', 'tB', 'asked'],
      ['session_plans', 'tB', 'station'],
      ['session_plans', 'tB', null],
    ]);
  });
});

describe('a station that lets its car charge with priority by itself', () => {
  it('counts as the worst case until an operator ends that, by a message the owner sends', () => {
    const it = crowded(40);
    it.reply = ({ action }) => ({ status: action === 'UsePriorityCharging' ? 'Accepted' : 'NotSupported' });
    it.call('B', 'NotifyPriorityCharging', { transactionId: 'tB', activated: true });
    expect(stationIn(it.state, 'B')?.ledger.evses[0]?.disobedient).toBe(true);
    expect(ask(it, false)).toMatchObject({ type: 'CommandRequested', data: { action: 'UsePriorityCharging' } });
    expect(sentToStations(it).filter(({ action }) => action === 'UsePriorityCharging')).toMatchObject([
      { payload: { transactionId: 'tB', activate: false }, grant: { steps: [] } },
    ]);
    expect(stationIn(it.state, 'B')?.demands[1]?.hasPriority).toBe(false);
    expect(stationIn(it.state, 'B')?.ledger.evses[0]?.disobedient).toBe(false);
  });
  it('gets its share again when it says that this is over, though nobody measures it', () => {
    const it = crowded(40);
    it.call('B', 'NotifyPriorityCharging', { transactionId: 'tB', activated: true });
    it.call('B', 'NotifyPriorityCharging', { transactionId: 'tB', activated: false });
    expect(stationIn(it.state, 'B')?.ledger.evses[0]?.disobedient).toBe(false);
    it.pass(10 * MINUTE);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([20, 20]);
  });
});
