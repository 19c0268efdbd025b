// Stations that were away for longer than their lease: what they count with meanwhile, and when they get current again.
// The site under test is site.fixture's; what a ledger says of a station is ledger.fixture's.
import { describe, expect, it } from '@jest/globals';
import { committedMa } from './ledger.fixture.js';
import { evse, type Site, site } from './site.fixture.js';
import { stationIn } from './state.js';

const MINUTE = 60_000;

const speak = (it: Site, stationId: string, ageMs = 0): void => {
  const timestamp = new Date(it.nowMs - ageMs).toISOString();
  it.call(stationId, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging', timestamp });
};

/** A has charged with all there is, and has been away for twenty minutes; its clock is known. */
function away(keepsDefault: boolean): Site {
  const it = site(['A', 'B'], 20, 'ocpp1.6', () => ({ status: 'Accepted' }));
  const config = { stationId: 'A', siteId: 's', nodeId: 'grid', securityProfile: 1, keepsDefault, evses: [evse] } as const;
  const change = { kind: 'station', assignmentSeq: 1, config } as const;
  it.put('ConfigurationRequested', { requestId: 'A again', requestedBy: 'x', change }, 'A');
  for (let minute = 0; minute < 12; minute++) {
    it.pass(MINUTE);
    speak(it, 'A');
  }
  it.start('A', 1);
  it.pass(MINUTE);
  const offset = stationIn(it.state, 'A')?.ledger.connection ?? 0;
  it.put(
    'StationDisconnected',
    { connectionId: 'c', edgeId: 'e', generation: { assignmentSeq: 1, offset }, closeCode: 1006, reason: '' },
    'A',
  );
  it.pass(20 * MINUTE);
  return it;
}

describe('a station that is away', () => {
  it('counts with its rating once it may have lost its default with its power', () => {
    expect(committedMa(away(false), 'A')).toBe(32_000);
  });

  it('counts with its safe level when its lease is over, where its default was seen to outlast a power cycle', () => {
    expect(committedMa(away(true), 'A')).toBe(0);
  });

  it('is not raised before others have given way, even into what it counts with because its clock is in doubt', () => {
    const it = away(true);
    it.start('B', 2);
    it.pass(MINUTE);
    expect(it.plan('B')?.limitA).toBe(20);
    it.put('StationConnected', { connectionId: 'c', edgeId: 'e', assignmentSeq: 1, ocppVersion: 'ocpp1.6', securityProfile: 1 }, 'A');
    speak(it, 'A', 30 * MINUTE);
    expect(committedMa(it, 'A') + committedMa(it, 'B')).toBeGreaterThan(20_000);
    // That its lease is over is told again, since only that ends the doubt.
    expect(it.plan('A')?.limitA).toBe(0);
    it.pass(MINUTE);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([10, 10]);
  });
});

describe('a connection that reaches the log after a later one of its station', () => {
  const ledgerOf = (it: Site) => stationIn(it.state, 'A')?.ledger;

  /** It was asked for `agoMs` before the one the station came by just now. */
  function late(agoMs: number): { readonly it: Site; readonly offsets: readonly number[] } {
    const it = site(['A'], 20, 'ocpp1.6', () => ({ status: 'Accepted' }));
    const offsets: number[] = [];
    it.heard = ({ input }) => void (input.type === 'StationConnected' && offsets.push(input.at.offset));
    it.join('A');
    it.nowMs -= agoMs;
    const data = { connectionId: 'late', edgeId: 'e', assignmentSeq: 1, ocppVersion: 'ocpp1.6', securityProfile: 1 } as const;
    it.put('StationConnected', data, 'A');
    it.nowMs += agoMs;
    return { it, offsets };
  }

  it.each([15_000, 1_000])('takes the place of none, since its edge had given it up (%d ms)', (agoMs) => {
    const { it, offsets } = late(agoMs);
    expect(ledgerOf(it)).toMatchObject({ connection: offsets[0], contact: 'online' });
    const generation = { assignmentSeq: 1, offset: offsets[0] ?? 0 };
    it.put('StationDisconnected', { connectionId: 'c', edgeId: 'e', generation, closeCode: 1006, reason: '' }, 'A');
    expect(ledgerOf(it)?.contact).toBe('lost');
  });

  it('is the newest where it was asked for at the same time', () => {
    const { it, offsets } = late(0);
    expect(ledgerOf(it)?.connection).toBe(offsets[1]);
  });

  it('is the newest all the same once the station speaks on it', () => {
    const { it, offsets } = late(15_000);
    const generation = { assignmentSeq: 1, offset: offsets[1] ?? 0 };
    const call = { connectionId: 'late', generation, ocppVersion: 'ocpp1.6', messageId: 'm', action: 'Heartbeat', payload: {} } as const;
    it.put('CallReceived', { ...call, violations: [], flags: [], answer: { kind: 'result', payload: {} } }, 'A');
    expect(ledgerOf(it)).toMatchObject({ connection: offsets[1], contact: 'online' });
  });
});
