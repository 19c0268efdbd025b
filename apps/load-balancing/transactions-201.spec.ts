// Which transaction of a 2.x station is there, and which is over: a plan that is forgotten too early may be drawn all the same (P6).
// The site under test is site.fixture's.
import { describe, expect, it } from '@jest/globals';
import { type Site, site } from './site.fixture.js';
import { stationIn } from './state.js';

const event = (it: Site, eventType: string, chargingState: string, more: object = {}): void =>
  it.call('A', 'TransactionEvent', {
    eventType,
    seqNo: 0,
    triggerReason: 'ChargingStateChanged',
    timestamp: new Date(it.nowMs).toISOString(),
    transactionInfo: { transactionId: 'T', chargingState },
    ...more,
  });
const available = (it: Site, connectorId: number): void =>
  it.call('A', 'StatusNotification', {
    timestamp: new Date(it.nowMs).toISOString(),
    evseId: 1,
    connectorId,
    connectorStatus: 'Available',
  });
const running = (it: Site) => stationIn(it.state, 'A')?.demands[1]?.transactionId;
const plans = (it: Site) => stationIn(it.state, 'A')?.ledger.evses[0]?.plans.length;

describe('a transaction of a 2.x station', () => {
  it('goes on when another connector of its EVSE is free, and is over when its own is', () => {
    const it = site(['A'], 20, 'ocpp2.0.1');
    event(it, 'Started', 'Charging', { evse: { id: 1, connectorId: 2 } });
    it.pass(60_000);
    available(it, 1);
    expect([running(it), plans(it)]).toEqual(['T', 1]);
    available(it, 2);
    expect([running(it), plans(it)]).toEqual([undefined, 0]);
  });

  it('may run before a car is there: then its connector is free by right', () => {
    const it = site(['A'], 20, 'ocpp2.0.1');
    event(it, 'Started', 'Idle', { evse: { id: 1, connectorId: 1 } });
    available(it, 1);
    expect(running(it)).toBe('T');
    event(it, 'Updated', 'EVConnected');
    available(it, 1);
    expect(running(it)).toBeUndefined();
  });

  it('that began while the station was offline is there with its next word, which need not say where', () => {
    const it = site(['A'], 20, 'ocpp2.0.1');
    event(it, 'Started', 'Charging', { evse: { id: 1, connectorId: 1 }, offline: true });
    expect(running(it)).toBeUndefined();
    event(it, 'Updated', 'Charging');
    expect(running(it)).toBe('T');
    event(it, 'Ended', 'Idle');
    expect(stationIn(it.state, 'A')).toMatchObject({ demands: {} });
    expect(stationIn(it.state, 'A')?.places).toBeUndefined();
  });
});

describe('a message that was answered by an error', () => {
  it('was not taken: needs nobody could read are no needs', () => {
    const it = site(['A'], 20, 'ocpp2.1');
    const needs = { requestedEnergyTransfer: null, acChargingParameters: { energyAmount: 9_000 } };
    it.put(
      'CallReceived',
      {
        ...{ connectionId: 'c', generation: { assignmentSeq: 1, offset: stationIn(it.state, 'A')?.ledger.connection ?? 0 } },
        ...{ ocppVersion: 'ocpp2.1', messageId: 'm', action: 'NotifyEVChargingNeeds', violations: [], flags: [] },
        answer: { kind: 'error', code: 'TypeConstraintViolation', description: '' },
        payload: { evseId: 1, chargingNeeds: needs },
      },
      'A',
    );
    expect(stationIn(it.state, 'A')?.visits[1]).toBeUndefined();
  });
});
