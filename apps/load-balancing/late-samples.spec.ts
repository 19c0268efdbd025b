// Samples that waited at a station while it was offline tell of then: nobody is judged by them, and nothing of now follows.
// The site under test is site.fixture's.
import { describe, expect, it } from '@jest/globals';
import { skewBound } from '#domain/load-balancing';
import { type Site, site } from './site.fixture.js';
import { stationIn } from './state.js';

const drew = (it: Site, ampere: number, at: number, connectorId = 1): void =>
  it.call('A', 'MeterValues', {
    connectorId,
    transactionId: connectorId,
    meterValue: [
      {
        timestamp: new Date(at).toISOString(),
        sampledValue: [{ value: String(ampere), measurand: 'Current.Import', unit: 'A', phase: 'L1' }],
      },
    ],
  });

/** Its clock is known; it had 32 A alone, went offline until its lease was over, and is back. */
function back(): { it: Site; lostAt: number } {
  const it = site(['A', 'B'], 33);
  it.reply = () => ({ status: 'Accepted' });
  const connected = { connectionId: 'd', edgeId: 'e', assignmentSeq: 1, ocppVersion: 'ocpp1.6', securityProfile: 1 };
  it.put('StationConnected', connected as never, 'A');
  it.pass(60_000);
  const status = { connectorId: 1, errorCode: 'NoError', status: 'Charging' };
  it.start('A', 1);
  for (let sample = 0; sample < 8; sample++) {
    it.call('A', 'StatusNotification', { ...status, timestamp: new Date(it.nowMs).toISOString() });
    it.charge('A', 1, 100_000, (allowedA) => allowedA);
  }
  const lostAt = it.nowMs;
  expect(skewBound(stationIn(it.state, 'A')?.ledger.skew)).toBeDefined();
  const generation = { assignmentSeq: 1, offset: stationIn(it.state, 'A')?.ledger.connection ?? 0 };
  it.put('StationDisconnected', { connectionId: 'c', generation, reason: 'x' } as never, 'A');
  it.start('B', 2);
  it.pass(1_500_000);
  it.put(
    'StationConnected',
    { connectionId: 'd', edgeId: 'e', assignmentSeq: 1, ocppVersion: 'ocpp1.6', securityProfile: 1 } as never,
    'A',
  );
  return { it, lostAt };
}

describe('samples that waited', () => {
  it('make nobody disobedient', () => {
    const { it, lostAt } = back();
    for (let minute = 1; minute <= 5; minute++) drew(it, 32, lostAt + minute * 60_000);
    expect(stationIn(it.state, 'A')?.ledger.evses[0]?.disobedient).toBe(false);
    for (let sample = 1; sample <= 5; sample++) {
      it.pass(20_000);
      drew(it, 32, it.nowMs);
    }
    expect(stationIn(it.state, 'A')?.ledger.evses[0]?.disobedient).toBe(true);
  });

  it('neither begin nor end what draws where nothing is configured', () => {
    const { it, lostAt } = back();

    drew(it, 0, lostAt + 60_000, 2);
    drew(it, 9, it.nowMs, 2);
    drew(it, 0, lostAt + 120_000, 2);
    drew(it, 20, lostAt + 180_000, 2);
    expect(stationIn(it.state, 'A')?.unconfigured?.[2]?.lineMa).toBe(9_000);
  });
});
