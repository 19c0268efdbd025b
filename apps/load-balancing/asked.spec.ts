// Profiles somebody else asks for: what is refused, what reaches the station, and how the owner's own plan respects it.
import { describe, expect, it } from '@jest/globals';
import type { CommandRefused, CommandRequested } from '#contracts';
import { capMa, committedMa } from './ledger.fixture.js';
import { Site, site } from './site.fixture.js';
import { stationIn } from './state.js';

const profile = (purpose: string, stackLevel: number, limitA: number, extra: object = {}, schedule: object = {}) => ({
  chargingProfileId: 7,
  stackLevel,
  chargingProfilePurpose: purpose,
  chargingProfileKind: 'Absolute',
  ...extra,
  chargingSchedule: {
    startSchedule: '2026-03-01T11:59:00Z',
    chargingRateUnit: 'A',
    chargingSchedulePeriod: [{ startPeriod: 0, limit: limitA }],
    ...schedule,
  },
});

let count = 0;
function ask(it: Site, stationId: string, action: string, payload: unknown): string {
  const commandId = `asked-${count++}`;
  const notAfter = new Date(it.nowMs + 30_000).toISOString();
  it.put('ProfileRequested', { commandId, stationId, action, payload, notAfter, timeoutMs: 30_000, requestedBy: 'api:1' }, stationId);
  return commandId;
}
const set = (it: Site, stationId: string, csChargingProfiles: object): string =>
  ask(it, stationId, 'SetChargingProfile', { connectorId: 1, csChargingProfiles });
const commanded = (it: Site, commandId: string): CommandRequested | undefined =>
  it.told.map(({ data }) => data as CommandRequested).find((data) => data.commandId === commandId && data.action !== undefined);
const refusal = (it: Site, commandId: string): CommandRefused | undefined =>
  it.told.find(({ type, data }) => type === 'CommandRefused' && (data as CommandRefused).commandId === commandId)?.data as CommandRefused;

describe('a profile somebody asks for', () => {
  it('reaches the station as it was written, under the same command id, as a grant', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(60_000);
    const wanted = profile('TxProfile', 1, 10, { transactionId: 1 });
    const command = commanded(it, set(it, 'A', wanted));
    expect(command).toMatchObject({ payload: { connectorId: 1, csChargingProfiles: wanted }, requestedBy: 'api:1' });
    expect(command?.grant).toMatchObject({ slot: 'plan', evseId: 1, transactionId: '1' });
  });

  it('caps the plan until its validity ends', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(60_000);
    expect(it.plan('A')?.limitA).toBe(20);
    set(it, 'A', profile('TxProfile', 1, 10, { transactionId: 1 }, { duration: 1200 }));
    it.pass(60_000);
    expect(it.plan('A')?.limitA).toBe(10);
    it.pass(1_300_000);
    expect(it.plan('A')?.limitA).toBe(20);
  });

  it('caps the plan until it is cleared', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(60_000);
    set(it, 'A', profile('TxDefaultProfile', 2, 12));
    it.pass(60_000);
    expect(it.plan('A')?.limitA).toBe(12);
    const clear = ask(it, 'A', 'ClearChargingProfile', { id: 7 });
    expect(commanded(it, clear)?.payload).toEqual({ id: 7 });
    it.pass(60_000);
    expect(it.plan('A')?.limitA).toBe(20);
  });

  it('may be followed for a moment after it was withdrawn: that is no disobedience', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(60_000);
    set(it, 'A', profile('TxProfile', 1, 20, { transactionId: 1 }));
    let removals = 0;
    it.answer = ({ action }) => (action === 'ClearChargingProfile' && removals++ === 0 ? 'silence' : 'Accepted');
    const startsAt = new Date(it.nowMs).toISOString();
    const expiresAt = new Date(it.nowMs + 3_600_000).toISOString();
    it.put('GridLimitReceived', { limitId: 'g', source: 'dso', schedule: [{ startsAt, limitA: 10 }], expiresAt });
    it.charge('A', 1, 60_000, () => 20);
    expect([it.plan('A')?.limitA, it.told.some(({ type }) => type === 'StationDisobeyed')]).toEqual([10, false]);
    while (removals < 2) it.pass(1_000);
    it.charge('A', 1, 18_000, () => 20, 6_000);
    expect(it.told.some(({ type }) => type === 'StationDisobeyed')).toBe(false);
    it.charge('A', 1, 60_000, () => 20);
    expect(it.told.some(({ type }) => type === 'StationDisobeyed')).toBe(true);
  });

  it('caps nothing when the station rejects it', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(60_000);
    it.answer = ({ requestedBy }) => (requestedBy === 'api:1' ? 'Rejected' : 'Accepted');
    set(it, 'A', profile('TxProfile', 1, 10, { transactionId: 1 }));
    it.pass(60_000);
    expect(it.plan('A')?.limitA).toBe(20);
    expect(committedMa(it, 'A')).toBe(20_000);
  });

  it.each(['silence', 'accepted'] as const)('counts with what it permits from the request on, also where the answer is %s', (answer) => {
    const it = site(['A', 'B'], 40);
    it.start('A', 1);
    it.start('B', 2);
    it.pass(60_000);
    it.answer = ({ requestedBy }) => (requestedBy === 'api:1' ? answer : 'Accepted');
    set(it, 'A', profile('TxProfile', 1, 8, { transactionId: 1 }));
    expect(committedMa(it, 'A')).toBe(20_000);
    it.pass(120_000);
    // Our own plan followed the cap; theirs may be in force.
    expect(committedMa(it, 'A')).toBe(8_000);
    expect(it.plan('B')?.limitA).toBe(32);
  });

  it.each([
    ['an external constraint', profile('ChargingStationExternalConstraints', 1, 10), /K01\.FR\.22/],
    ['a current no car understands', profile('TxProfile', 1, 4, { transactionId: 1 }), /at least 6 A/],
    ['one of our own ids', profile('TxProfile', 1, 10, { chargingProfileId: 91_001 }), /load balancer/],
    ['a default at our level that ends', profile('TxDefaultProfile', 0, 10, {}, { duration: 60 }), /safe level/],
    ['more than the node has left', profile('TxProfile', 1, 32, { transactionId: 1 }), /grid \(L1\)/],
  ])('is refused: %s', (_name, wanted, reason) => {
    const it = site(['A', 'B']);
    it.start('A', 1);
    it.start('B', 2);
    it.pass(120_000);
    const id = set(it, 'A', wanted);
    expect(refusal(it, id)).toMatchObject({ reason: 'NotPermitted', detail: expect.stringMatching(reason) });
    expect(commanded(it, id)).toBeUndefined();
  });

  it('does not take its id elsewhere while it stands in the place of the safe level: nothing would be left there', () => {
    const it = site(['A'], 40);
    it.start('A', 1);
    it.pass(60_000);
    expect(commanded(it, set(it, 'A', profile('TxDefaultProfile', 0, 8, {}, { startSchedule: undefined })))).toBeDefined();
    it.pass(60_000);
    const elsewhere = set(it, 'A', profile('TxProfile', 1, 10, { transactionId: 1 }));
    expect(refusal(it, elsewhere)).toMatchObject({
      reason: 'NotPermitted',
      detail: expect.stringMatching(/profile 7 stands in the place/),
    });
    expect(commanded(it, set(it, 'A', profile('TxProfile', 1, 10, { transactionId: 1, chargingProfileId: 8 })))).toBeDefined();
    ask(it, 'A', 'ClearChargingProfile', { id: 7 });
    it.pass(60_000);
    expect(commanded(it, set(it, 'A', profile('TxProfile', 1, 10, { transactionId: 1 })))).toBeDefined();
  });

  it('counts one without any sense in it as no limit at all, also once it has been read back from the log', () => {
    const it = site(['A'], 40);
    it.start('A', 1);
    it.pass(60_000);
    const grant = commanded(it, set(it, 'A', profile('TxProfile', 1, 1.7e308, { transactionId: 1 })))?.grant;
    expect(grant?.steps.at(-1)?.limitMa).toBeGreaterThan(32_000);
    expect(JSON.parse(JSON.stringify(grant))).toEqual(grant);
    expect(committedMa(it, 'A')).toBe(32_000);
  });

  it('refuses a connector that is not configured', () => {
    const it = site(['A']);
    const id = ask(it, 'A', 'SetChargingProfile', { connectorId: 4, csChargingProfiles: profile('TxDefaultProfile', 1, 10) });
    expect(refusal(it, id)?.detail).toMatch(/connector 4/);
  });

  it('is refused where there is no site yet: it would not be counted once there is one', () => {
    const it = new Site();
    it.put('SiteTaken', { ownerId: 'me' });
    expect(refusal(it, set(it, 'A', profile('TxDefaultProfile', 2, 12)))).toMatchObject({ reason: 'NotPermitted' });
    expect(commanded(it, ask(it, 'A', 'ClearChargingProfile', { id: 7 }))?.payload).toEqual({ id: 7 });
  });

  it('keeps its station where it counts until it is cleared', () => {
    const it = site(['A']);
    it.pass(60_000);
    set(it, 'A', profile('TxDefaultProfile', 2, 12));
    const remove = (): void => {
      const change = { kind: 'stationRemoved', stationId: 'A' } as const;
      it.put('ConfigurationRequested', { requestId: 'x', requestedBy: 'x', change }, 'A');
    };
    remove();
    const refused = it.told.find(({ type }) => type === 'ConfigurationRefused')?.data;
    expect(refused).toMatchObject({ reasons: [{ path: 'A', message: expect.stringMatching(/remove that first/) }] });
    ask(it, 'A', 'ClearChargingProfile', { id: 7 });
    remove();
    expect(stationIn(it.state, 'A')).toBeUndefined();
  });

  it('is refused where its station is not configured yet: nobody would count it once it is', () => {
    const it = site([]);
    expect(refusal(it, set(it, 'NEW', profile('TxDefaultProfile', 1, 22)))).toMatchObject({
      reason: 'NotPermitted',
      detail: expect.stringContaining('EVSEs'),
    });
    expect(commanded(it, ask(it, 'NEW', 'ClearChargingProfile', {}))).toBeDefined();
  });

  it('gives way when a limit is cut, and caps our own plan on', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(60_000);
    set(it, 'A', profile('TxProfile', 1, 16, { transactionId: 1 }));
    it.pass(60_000);
    expect(it.plan('A')?.limitA).toBe(16);
    const limit = { limitId: 'g', source: 'dso', expiresAt: new Date(it.nowMs + 600_000).toISOString() };
    it.put('GridLimitReceived', { ...limit, schedule: [{ startsAt: new Date(it.nowMs).toISOString(), limitA: 8 }] });
    it.pass(30_000);
    const withdrawn = it.told.filter(({ data }) => (data as CommandRequested).action === 'ClearChargingProfile');
    expect(withdrawn.map(({ data }) => (data as CommandRequested).payload)).toEqual([{ id: 7 }]);
    expect(it.plan('A')?.limitA).toBe(8);
    expect(committedMa(it, 'A')).toBe(8_000);
    it.pass(900_000);
    expect(it.plan('A')?.limitA).toBe(16);
  });

  it('travels in a remote start and holds for the transaction that comes of it', () => {
    const it = site(['A'], 20, 'ocpp2.0.1');
    const { chargingProfileId: id, ...rest } = profile('TxProfile', 1, 10);
    const chargingProfile = { ...rest, id, chargingSchedule: [{ ...rest.chargingSchedule, id: 1 }] };
    const start = ask(it, 'A', 'RequestStartTransaction', { evseId: 1, remoteStartId: 5, idToken: 'sealed', chargingProfile });
    expect(commanded(it, start)?.action).toBe('RequestStartTransaction');
    it.call('A', 'TransactionEvent', {
      eventType: 'Started',
      seqNo: 0,
      timestamp: new Date(it.nowMs).toISOString(),
      triggerReason: 'RemoteStart',
      transactionInfo: { transactionId: 't1', remoteStartId: 5 },
      evse: { id: 1 },
    });
    it.pass(60_000);
    expect(it.plan('A')?.limitA).toBe(10);
    expect(capMa(it, 'A')).toBe(10_000);
  });

  describe('beside another of its level and purpose in 2.x', () => {
    const profile2 = (id: number, purpose: string, stackLevel: number, extra: object = {}) => {
      const { chargingProfileId: _, chargingSchedule, ...rest } = profile(purpose, stackLevel, 10, extra);
      return { ...rest, id, chargingSchedule: [{ ...chargingSchedule, id: 1 }] };
    };
    const set2 = (it: Site, chargingProfile: object, evseId = 1): string => ask(it, 'A', 'SetChargingProfile', { evseId, chargingProfile });
    const ready = (): Site => {
      const it = site(['A'], 20, 'ocpp2.0.1');
      it.pass(60_000);
      return it;
    };

    it('is refused with the id of the one in place, unless it has that id, another level or place, or another time (K01.FR.06)', () => {
      const it = ready();
      set2(it, profile2(7, 'TxDefaultProfile', 3, { validTo: '2026-03-01T18:00:00Z' }));
      const wishes = [
        set2(it, profile2(8, 'TxDefaultProfile', 3)),
        set2(it, profile2(7, 'TxDefaultProfile', 3, { validTo: '2026-03-01T18:00:00Z' })),
        set2(it, profile2(9, 'TxDefaultProfile', 4)),
        set2(it, profile2(10, 'TxDefaultProfile', 3), 0),
        set2(it, profile2(11, 'TxDefaultProfile', 3, { validFrom: '2026-03-01T18:00:00Z' })),
      ];
      expect(wishes.map((id) => refusal(it, id)?.reason)).toEqual(['DuplicateProfile', undefined, undefined, undefined, undefined]);
      expect(refusal(it, wishes[0] ?? '')?.detail).toMatch(/^profile 7 is valid for EVSE 1 at stack level 3/);
      expect(commanded(it, wishes[0] ?? '')).toBeUndefined();
      ask(it, 'A', 'ClearChargingProfile', { chargingProfileId: 7 });
      ask(it, 'A', 'ClearChargingProfile', { chargingProfileId: 11 });
      it.pass(10_000);
      expect(refusal(it, set2(it, profile2(8, 'TxDefaultProfile', 3)))).toBeUndefined();
    });

    it('is refused for a transaction that has another one, ours among them (K01.FR.39)', () => {
      const it = ready();
      it.call('A', 'TransactionEvent', {
        eventType: 'Started',
        seqNo: 0,
        timestamp: new Date(it.nowMs).toISOString(),
        triggerReason: 'Authorized',
        transactionInfo: { transactionId: 't1' },
        evse: { id: 1 },
      });
      it.pass(60_000);
      const plan = (id: number, stackLevel: number) => set2(it, profile2(id, 'TxProfile', stackLevel, { transactionId: 't1' }));
      const wishes = [plan(7, 1), plan(8, 1), plan(8, 0), plan(8, 2)];
      expect(wishes.map((id) => refusal(it, id)?.reason)).toEqual([undefined, 'DuplicateProfile', 'DuplicateProfile', undefined]);
      expect(refusal(it, wishes[2] ?? '')?.detail).toMatch(/^profile 91001 is valid for this transaction at stack level 0/);
    });

    it('takes its place in 1.6, whatever its id', () => {
      const it = site(['A']);
      it.pass(60_000);
      set(it, 'A', profile('TxDefaultProfile', 3, 10));
      expect(refusal(it, set(it, 'A', profile('TxDefaultProfile', 3, 12, { chargingProfileId: 8 })))).toBeUndefined();
    });
  });

  it('waits for an owner, and is answered by the first', () => {
    const it = site(['A']);
    it.state = { ...it.state, ownerEpoch: -1 };
    const id = set(it, 'A', profile('TxDefaultProfile', 1, 10));
    expect(commanded(it, id)).toBeUndefined();
    it.put('SiteTaken', { ownerId: 'next' });
    expect(commanded(it, id)?.grant?.ownerEpoch).toBe(it.state.ownerEpoch);
  });
});

describe('what a 2.x station says of limits and needs', () => {
  const start = (it: Site): void =>
    it.call('A', 'TransactionEvent', {
      eventType: 'Started',
      seqNo: 0,
      timestamp: new Date(it.nowMs).toISOString(),
      triggerReason: 'CablePluggedIn',
      transactionInfo: { transactionId: 't1' },
      evse: { id: 1 },
    });

  it('caps our plan by a limit from outside, until that is cleared', () => {
    const it = site(['A'], 20, 'ocpp2.0.1');
    start(it);
    it.pass(60_000);
    const chargingSchedule = [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 8 }] }];
    it.call('A', 'NotifyChargingLimit', { chargingLimit: { chargingLimitSource: 'EMS' }, evseId: 1, chargingSchedule });
    it.pass(60_000);
    expect(it.plan('A')?.limitA).toBe(8);
    it.call('A', 'ClearedChargingLimit', { chargingLimitSource: 'EMS', evseId: 1 });
    it.pass(60_000);
    expect(it.plan('A')?.limitA).toBe(20);
  });

  it('is free again when the limit is over for the whole station', () => {
    const it = site(['A'], 20, 'ocpp2.0.1');
    start(it);
    it.pass(60_000);
    const chargingSchedule = [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 8 }] }];
    for (const evseId of [0, 1])
      it.call('A', 'NotifyChargingLimit', { chargingLimit: { chargingLimitSource: 'EMS' }, evseId, chargingSchedule });
    it.call('A', 'ClearedChargingLimit', { chargingLimitSource: 'EMS' });
    it.pass(60_000);
    expect(it.plan('A')?.limitA).toBe(20);
  });

  it('answers the needs of a car with a schedule', () => {
    const it = site(['A'], 20, 'ocpp2.0.1');
    start(it);
    it.pass(60_000);
    const { commands } = it.changes('A');
    it.call(
      'A',
      'NotifyEVChargingNeeds',
      { evseId: 1, chargingNeeds: { requestedEnergyTransfer: 'AC_three_phase' } },
      { status: 'Accepted' },
    );
    it.pass(1_000);
    expect(it.changes('A').commands).toBe(commands + 1);
    it.pass(60_000);
    expect(it.changes('A').commands).toBe(commands + 1);
  });
});

describe('clearing profiles', () => {
  it('is refused where the station would then have no limit and the site no room', () => {
    const it = site(['A'], 20);
    it.pass(10_000);
    const id = ask(it, 'A', 'ClearChargingProfile', {});
    expect(refusal(it, id)?.detail).toMatch(/more than grid/);
  });

  it('is refused as well while the station counts with its rating only because it has just booted', () => {
    const it = site(['A'], 20);
    it.pass(10_000);
    it.answer = () => 'silence';
    it.join('A');
    expect(committedMa(it, 'A')).toBe(32_000);
    expect(refusal(it, ask(it, 'A', 'ClearChargingProfile', {}))?.detail).toMatch(/more than grid/);
  });

  it('counts with the rating until the default is back', () => {
    const it = site(['A'], 40);
    it.start('A', 1);
    it.pass(60_000);
    it.answer = ({ requestedBy }) => (requestedBy === 'api:1' ? 'Accepted' : 'silence');
    ask(it, 'A', 'ClearChargingProfile', {});
    expect(committedMa(it, 'A')).toBe(32_000);
    it.answer = () => 'Accepted';
    it.pass(120_000);
    const after = it.told.slice(it.told.findLastIndex(({ data }) => (data as CommandRequested).action === 'ClearChargingProfile'));
    expect(after.flatMap(({ data }) => (data as CommandRequested).grant?.slot ?? [])).toEqual(expect.arrayContaining(['default', 'plan']));
    expect(it.plan('A')?.limitA).toBe(32);
  });

  it('counts a removal without an answer as done', () => {
    const it = site(['A'], 40);
    it.pass(10_000);
    expect(committedMa(it, 'A')).toBe(0);
    it.answer = () => 'silence';
    ask(it, 'A', 'ClearChargingProfile', { chargingProfilePurpose: 'TxDefaultProfile' });
    it.pass(120_000);
    expect(committedMa(it, 'A')).toBe(32_000);
    it.answer = () => 'Accepted';
    it.pass(60_000);
    expect(committedMa(it, 'A')).toBe(0);
  });
});
