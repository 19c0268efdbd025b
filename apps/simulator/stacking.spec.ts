// Hand-made vectors of OCPP stacking: levels, purposes, validity, schedules; and what a station refuses to store.
import { describe, expect, it } from '@jest/globals';
import { compositeSchedule } from './composite.js';
import { limitOf, nextEdge, type Profile } from './profile.js';
import type { ProfileContext } from './profile-rules.js';
import { accept16, acceptForStart16, replaces16, type WireProfile16 } from './profile-rules-16.js';
import { accept201, toWire201, type WireProfile201 } from './profile-rules-201.js';
import { ProfileStore } from './profile-store.js';
import { limitMa, nextChange, outletLimit, stationLimit } from './stacking.js';

const T0 = Date.parse('2026-03-02T10:00:00Z'); // a Monday
const S = 1000;
const HOUR = 3_600_000;
const tx = { key: 'tx', startedAt: T0 };

let ids = 0;
const profile = (
  over: Partial<Profile>,
  limits: readonly (readonly [startS: number, limit: number])[],
  schedule: Partial<Profile['schedule']> = {},
): Profile => ({
  id: ++ids,
  evseId: 1,
  purpose: 'TxDefault',
  stackLevel: 0,
  kind: 'Absolute',
  ...over,
  schedule: { unit: 'A', startAt: T0, ...schedule, periods: limits.map(([startS, limit]) => ({ startS, limit })) },
});
const at = (profiles: readonly Profile[], seconds: number, evseId = 1) => outletLimit(profiles, evseId, T0 + seconds * S, tx)?.limit;

describe('one profile', () => {
  it('steps through its periods and is silent before its start and after its duration', () => {
    const lease = profile(
      {},
      [
        [0, 16],
        [60, 10],
      ],
      { durationS: 90 },
    );
    expect([-1, 0, 59.9, 60, 89.9, 90].map((second) => at([lease], second))).toEqual([undefined, 16, 16, 10, 10, undefined]);
  });

  it('without duration goes on with its last period', () => {
    expect(
      at(
        [
          profile({}, [
            [0, 16],
            [60, 10],
          ]),
        ],
        1_000_000,
      ),
    ).toBe(10);
  });

  it('speaks from validFrom up to, not including, validTo', () => {
    const window = profile({ validFrom: T0 + 10 * S, validTo: T0 + 20 * S }, [[0, 8]]);
    expect([9.9, 10, 19.9, 20].map((second) => at([window], second))).toEqual([undefined, 8, 8, undefined]);
  });

  it('counts a Relative schedule from the start of the transaction', () => {
    const { startAt: _none, ...schedule } = profile({}, [
      [0, 20],
      [30, 6],
    ]).schedule;
    const relative: Profile = { ...profile({ kind: 'Relative' }, []), schedule };
    expect(limitOf(relative, T0 + 29 * S, T0)?.limit).toBe(20);
    expect(limitOf(relative, T0 + 30 * S, T0)?.limit).toBe(6);
    expect(limitOf(relative, T0 + 30 * S)).toBeUndefined();
  });

  it('repeats a Daily schedule every day, silent after its duration, and a Weekly one every week', () => {
    const daily = profile(
      { kind: 'Recurring', recurrence: 'Daily' },
      [
        [0, 6],
        [HOUR / S, 12],
      ],
      { durationS: (2 * HOUR) / S },
    );
    const hours = (hour: number) => limitOf(daily, T0 + hour * HOUR)?.limit;
    expect([-1, 0, 1, 2, 23, 24, 25, 26, 24 * 30 + 1].map(hours)).toEqual([undefined, 6, 12, undefined, undefined, 6, 12, undefined, 12]);
    const weekly = profile({ kind: 'Recurring', recurrence: 'Weekly' }, [[0, 6]], { durationS: 60 });
    expect([0, 24 * HOUR, 7 * 24 * HOUR].map((ms) => limitOf(weekly, T0 + ms)?.limit)).toEqual([6, undefined, 6]);
  });

  it('names every instant at which it says something else', () => {
    const lease = profile(
      { validTo: T0 + 200 * S },
      [
        [0, 16],
        [60, 10],
      ],
      { durationS: 90 },
    );
    const edges: number[] = [];
    for (let time = T0 - S; ; ) {
      time = nextEdge(lease, time);
      if (!Number.isFinite(time)) break;
      edges.push((time - T0) / S);
    }
    expect(edges).toEqual([0, 60, 90, 200]);
  });
});

describe('stacked profiles', () => {
  const low = profile({ stackLevel: 0 }, [[0, 20]]);
  const high = profile({ stackLevel: 5 }, [[0, 30]], { durationS: 60 });

  it('follow the highest level that speaks, not the lowest limit, and fall back when it ends', () => {
    expect([0, 59, 60].map((second) => at([low, high], second))).toEqual([30, 30, 20]);
  });

  it('let a transaction profile replace the default while it speaks, even one of a lower level', () => {
    const lease = profile({ purpose: 'Tx', transactionKey: 'tx', stackLevel: 0 }, [[0, 10]], { durationS: 30 });
    const foreign = profile({ purpose: 'Tx', transactionKey: 'other', stackLevel: 9 }, [[0, 1]]);
    expect([0, 29, 30, 60].map((second) => at([low, high, lease, foreign], second))).toEqual([10, 10, 30, 20]);
  });

  it('prefer the profile of the outlet to that of the station at one level, and only there', () => {
    const everywhere = profile({ evseId: 0, stackLevel: 1 }, [[0, 12]]);
    const here = profile({ evseId: 1, stackLevel: 1 }, [[0, 24]]);
    expect([at([everywhere, here], 0, 1), at([everywhere, here], 0, 2)]).toEqual([24, 12]);
    expect(at([everywhere, profile({ evseId: 1, stackLevel: 0 }, [[0, 24]])], 0, 1)).toBe(12);
  });

  it('keep the station maximum apart, with its own stack', () => {
    const rating = profile({ evseId: 0, purpose: 'StationMax', stackLevel: 0 }, [[0, 32]]);
    const cut = profile({ evseId: 0, purpose: 'StationMax', stackLevel: 1 }, [[0, 10]], { durationS: 60 });
    expect([0, 60].map((second) => stationLimit([rating, cut], T0 + second * S)?.limit)).toEqual([10, 32]);
    expect(at([rating, cut], 0)).toBeUndefined();
  });

  it('wake the station exactly when something changes', () => {
    expect(nextChange([low, high], T0 + 1, [tx])).toBe(T0 + 60 * S);
    expect(nextChange([low, high], T0 + 60 * S, [tx])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a limit in watts or amperes', () => {
  it('becomes current on the phases in use, rounded down to 0.1 A', () => {
    expect(limitMa({ limit: 11_040, unit: 'W' }, [2300, 2300, 2300])).toBe(16_000);
    expect(limitMa({ limit: 3_680, unit: 'W' }, [2300])).toBe(16_000);
    expect(limitMa({ limit: 4_200, unit: 'W' }, [2300, 2300, 2300])).toBe(6_000);
    expect(limitMa({ limit: 6.3, unit: 'A' }, [2300])).toBe(6_300);
    expect(limitMa({ limit: 6.19, unit: 'A' }, [2300])).toBe(6_100);
    expect(limitMa({ limit: 0, unit: 'W' }, [])).toBe(0);
  });
});

describe('a composite schedule', () => {
  it('is the minimum over purposes, within the rating, with equal neighbours merged', () => {
    const outlet = { evseId: 1, maxA: 32, voltagesDv: [2300, 2300, 2300], transaction: tx };
    const lease = profile(
      { purpose: 'Tx', transactionKey: 'tx' },
      [
        [0, 16],
        [30, 40],
        [60, 40],
      ],
      { durationS: 90 },
    );
    const safe = profile({ evseId: 0 }, [[0, 6]]);
    const cut = profile({ evseId: 0, purpose: 'StationMax' }, [[0, 20]], { startAt: T0 + 45 * S });
    expect(compositeSchedule([lease, safe, cut], [outlet], T0, 120)).toEqual([
      { startS: 0, limitMa: 16_000, phases: 3 },
      { startS: 30, limitMa: 32_000, phases: 3 },
      { startS: 45, limitMa: 20_000, phases: 3 },
      { startS: 90, limitMa: 6_000, phases: 3 },
    ]);
  });
});

const context = (held: readonly Profile[] = [], running = true): ProfileContext => ({
  evseIds: [1, 2],
  held,
  transactionOn: (evseId) => (running && evseId === 1 ? { key: 'tx', transactionId: '77' } : undefined),
});

describe('a 1.6 station', () => {
  const wire = (over: Partial<WireProfile16> = {}): WireProfile16 => ({
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: {
      chargingRateUnit: 'A',
      startSchedule: '2026-03-02T10:00:00Z',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }],
    },
    ...over,
  });
  const refusal = (connectorId: number, over: Partial<WireProfile16>, given = context()) => {
    const result = accept16(connectorId, wire(over), given);
    return result.ok ? 'Accepted' : result.error;
  };

  it('takes a transaction profile only for the transaction that runs there', () => {
    expect(refusal(1, {})).toBe('Accepted');
    expect(refusal(1, { transactionId: 77 })).toBe('Accepted');
    expect(refusal(1, { transactionId: 78 })).toBe('TxNotFound');
    expect(refusal(0, {})).toBe('TxNotFound');
    expect(refusal(1, {}, context([], false))).toBe('TxNotFound');
  });

  it('takes a maximum only for itself, and no schedule that cannot be followed', () => {
    expect(refusal(0, { chargingProfilePurpose: 'ChargePointMaxProfile' })).toBe('Accepted');
    expect(refusal(1, { chargingProfilePurpose: 'ChargePointMaxProfile' })).toBe('InvalidProfile');
    expect(refusal(9, { chargingProfilePurpose: 'TxDefaultProfile' })).toBe('UnknownEvse');
    expect(refusal(1, { stackLevel: 99 })).toBe('InvalidStackLevel');
    expect(refusal(1, { chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 5, limit: 1 }] } })).toBe(
      'InvalidSchedule',
    );
  });

  it('replaces a profile of the same purpose and level, whatever its id', () => {
    const store = new ProfileStore();
    for (const chargingProfileId of [1, 2]) {
      const result = accept16(1, wire({ chargingProfileId }), context(store.all()));
      if (result.ok) store.put(result.value, replaces16(result.value));
    }
    expect(store.all().map(({ id }) => id)).toEqual([2]);
  });

  it('takes with a remote start only a transaction profile without transactionId (errata 3.41)', () => {
    expect(acceptForStart16(1, wire()).ok).toBe(true);
    expect(acceptForStart16(1, wire({ transactionId: 5 })).ok).toBe(false);
    expect(acceptForStart16(1, wire({ chargingProfilePurpose: 'TxDefaultProfile' })).ok).toBe(false);
  });
});

describe('a 2.0.1 station', () => {
  type Schedule = WireProfile201['chargingSchedule'][number];
  const schedule = (over: Partial<Schedule> = {}): Schedule => ({
    id: 1,
    chargingRateUnit: 'A',
    startSchedule: '2026-03-02T10:00:00.000Z',
    chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }],
    ...over,
  });
  const wire = (over: Partial<WireProfile201> = {}): WireProfile201 => ({
    id: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Absolute',
    transactionId: '77',
    chargingSchedule: [schedule()],
    ...over,
  });
  const refusal = (evseId: number, over: Partial<WireProfile201>, given = context()) => {
    const result = accept201(evseId, wire(over), given);
    return result.ok ? 'Accepted' : result.error;
  };
  const withoutTransaction = ({ transactionId: _none, ...rest }: WireProfile201): WireProfile201 => rest;
  const byDefault = (evseId: number, id: number, held: readonly Profile[] = []) =>
    accept201(evseId, withoutTransaction(wire({ id, chargingProfilePurpose: 'TxDefaultProfile' })), context(held));

  it('keeps the rules of K01 for transaction profiles', () => {
    expect(refusal(1, {})).toBe('Accepted');
    expect(refusal(0, {})).toBe('InvalidProfile'); // FR.16
    expect(refusal(1, { transactionId: '78' })).toBe('TxNotFound'); // FR.33
    expect(refusal(2, {})).toBe('TxNotFound');
    expect(accept201(1, withoutTransaction(wire()), context())).toEqual({ ok: false, error: 'MissingParam' }); // FR.03
  });

  it('keeps the rules of K01 for kinds, starts, phases and purposes', () => {
    const { startSchedule: _none, ...startless } = schedule();
    expect(refusal(9, {})).toBe('UnknownEvse'); // FR.28
    expect(refusal(1, { chargingProfilePurpose: 'ChargingStationExternalConstraints' })).toBe('ReadOnly'); // FR.22
    expect(
      refusal(0, { chargingProfilePurpose: 'ChargingStationMaxProfile', chargingProfileKind: 'Relative', chargingSchedule: [startless] }),
    ).toBe('InvalidProfile'); // FR.38
    expect(refusal(1, { chargingSchedule: [startless] })).toBe('MissingParam'); // FR.40
    expect(refusal(1, { chargingProfileKind: 'Relative' })).toBe('InvalidSchedule'); // FR.41
    expect(refusal(1, { chargingProfileKind: 'Recurring' })).toBe('MissingParam');
    expect(
      refusal(1, {
        chargingSchedule: [schedule({ chargingSchedulePeriod: [{ startPeriod: 0, limit: 16, numberPhases: 1, phaseToUse: 2 }] })],
      }),
    ).toBe('UnsupportedParam'); // FR.20
  });

  it('refuses two profiles that would say two things at once, and takes the same id as an update', () => {
    const first = accept201(1, wire(), context());
    if (!first.ok) throw new Error(first.error);
    expect(refusal(1, { id: 2 }, context([first.value]))).toBe('DuplicateProfile'); // FR.39
    expect(refusal(1, { id: 2, stackLevel: 1 }, context([first.value]))).toBe('Accepted');
    expect(refusal(1, { id: 1 }, context([first.value]))).toBe('Accepted');
    const station = byDefault(0, 5);
    if (!station.ok) throw new Error(station.error);
    expect(byDefault(1, 6, [station.value])).toEqual({ ok: false, error: 'DuplicateProfile' }); // FR.53
  });

  it('reports a profile as it was sent', () => {
    const stored = accept201(1, wire(), { ...context(), transactionOn: () => ({ key: '77', transactionId: '77' }) });
    expect(stored.ok && toWire201(stored.value)).toEqual(wire());
  });
});
