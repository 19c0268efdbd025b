// Stacking by hand-made cases: each is a rule of OCPP that stations and central systems get wrong.
import { describe, expect, it } from '@jest/globals';
import { type CompositeRequest, compositeSchedule } from './composite-schedule.js';

const AT = '2026-03-02T10:00:00Z';
const periods = (profiles: readonly unknown[], extra: Partial<CompositeRequest> = {}) =>
  compositeSchedule({ ocppVersion: 'ocpp1.6', profiles, durationS: 3600, at: AT, maxA: 32, ...extra }).periods.map(
    ({ startPeriod, limit }) => [startPeriod, limit],
  );

const profile = (
  chargingProfilePurpose: string,
  stackLevel: number,
  limits: readonly (readonly [number, number])[],
  extra: Record<string, unknown> = {},
  schedule: Record<string, unknown> = {},
) => ({
  chargingProfileId: 1,
  stackLevel,
  chargingProfilePurpose,
  chargingProfileKind: 'Absolute',
  chargingSchedule: {
    startSchedule: AT,
    chargingRateUnit: 'A',
    chargingSchedulePeriod: limits.map(([startPeriod, limit]) => ({ startPeriod, limit })),
    ...schedule,
  },
  ...extra,
});

describe('compositeSchedule', () => {
  it('is the maximum of the EVSE where nothing limits it', () => {
    expect(periods([])).toEqual([[0, 32]]);
  });

  it('leaves the plan of a transaction for that of priority charging, while the car has priority, and never the maximum of the station', () => {
    const own = [profile('TxProfile', 0, [[0, 8]]), profile('PriorityCharging', 0, [[0, 20]])];
    expect(periods(own)).toEqual([[0, 8]]);
    expect(periods(own, { hasPriority: true })).toEqual([[0, 20]]);
    expect(periods([...own, profile('ChargingStationMaxProfile', 0, [[0, 16]])], { hasPriority: true })).toEqual([[0, 16]]);
  });

  it('takes the highest stack level, not the lowest limit', () => {
    expect(periods([profile('TxDefaultProfile', 0, [[0, 6]]), profile('TxDefaultProfile', 3, [[0, 20]])])).toEqual([[0, 20]]);
  });

  it('falls back to the next level when the higher one has run out', () => {
    expect(periods([profile('TxDefaultProfile', 0, [[0, 6]]), profile('TxDefaultProfile', 3, [[0, 20]], {}, { duration: 600 })])).toEqual([
      [0, 20],
      [600, 6],
    ]);
  });

  it('lets a TxProfile replace the default, even upwards, while it is valid', () => {
    expect(
      periods([profile('TxDefaultProfile', 9, [[0, 6]]), profile('TxProfile', 0, [[0, 16]], { validTo: '2026-03-02T10:30:00Z' })]),
    ).toEqual([
      [0, 16],
      [1800, 6],
    ]);
  });

  it('keeps the station maximum above all others, and a limit of 0', () => {
    expect(
      periods([
        profile('ChargePointMaxProfile', 0, [
          [0, 10],
          [600, 40],
        ]),
        profile('TxProfile', 0, [
          [0, 16],
          [1200, 0],
        ]),
      ]),
    ).toEqual([
      [0, 10],
      [600, 16],
      [1200, 0],
    ]);
  });

  it('keeps the lines of a station maximum as it keeps its current', () => {
    const onLines = (purpose: string, limit: number, numberPhases: number) =>
      profile(purpose, 0, [], {}, { chargingSchedulePeriod: [{ startPeriod: 0, limit, numberPhases }] });
    const composite = (...profiles: readonly unknown[]) =>
      compositeSchedule({ ocppVersion: 'ocpp2.0.1', profiles, durationS: 60, at: AT, maxA: 32 }).periods;
    const single = onLines('ChargingStationMaxProfile', 16, 1);
    expect(composite(single)).toEqual([{ startPeriod: 0, limit: 16, numberPhases: 1 }]);
    expect(composite(single, profile('TxProfile', 0, [[0, 10]]))).toEqual([{ startPeriod: 0, limit: 10, numberPhases: 1 }]);
    expect(composite(single, onLines('TxProfile', 20, 3))).toEqual([{ startPeriod: 0, limit: 16, numberPhases: 1 }]);
    expect(composite(onLines('ChargingStationMaxProfile', 16, 3), onLines('TxProfile', 10, 1))).toEqual([
      { startPeriod: 0, limit: 10, numberPhases: 1 },
    ]);
  });

  it('runs a lease from its start in the past and ends it in the safe level', () => {
    const lease = profile(
      'TxProfile',
      0,
      [
        [0, 18],
        [660, 6],
      ],
      {},
      { startSchedule: '2026-03-02T09:59:00Z' },
    );
    expect(periods([lease])).toEqual([
      [0, 18],
      [600, 6],
    ]);
  });

  it('repeats daily and weekly schedules', () => {
    const daily = profile(
      'TxDefaultProfile',
      0,
      [
        [0, 8],
        [7200, 16],
      ],
      { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily' },
      { startSchedule: '2026-02-20T09:00:00Z' },
    );
    expect(periods([daily], { durationS: 86_400 })).toEqual([
      [0, 8],
      [3600, 16],
      [82_800, 8],
    ]);
    const weekly = profile(
      'TxDefaultProfile',
      0,
      [[0, 8]],
      { chargingProfileKind: 'Recurring', recurrencyKind: 'Weekly' },
      { startSchedule: '2026-02-16T09:30:00Z', duration: 3600 },
    );
    expect(periods([weekly], { durationS: 7 * 86_400 })).toEqual([
      [0, 8],
      [1800, 32],
      [603_000, 8],
    ]);
  });

  it('counts a relative schedule from the start of the transaction', () => {
    const relative = profile(
      'TxProfile',
      0,
      [
        [0, 16],
        [900, 10],
      ],
      { chargingProfileKind: 'Relative' },
      { startSchedule: undefined },
    );
    expect(periods([relative])).toEqual([
      [0, 16],
      [900, 10],
    ]);
    expect(periods([relative], { transactionStartedAt: '2026-03-02T09:50:00Z' })).toEqual([
      [0, 16],
      [300, 10],
    ]);
  });

  it('reads 2.0.1, converts watts over the phases they name, and says so', () => {
    const inWatts = {
      id: 4,
      stackLevel: 1,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Absolute',
      transactionId: 't',
      chargingSchedule: [
        { id: 1, startSchedule: AT, chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 3680, numberPhases: 1 }] },
      ],
    };
    const result = compositeSchedule({ ocppVersion: 'ocpp2.0.1', profiles: [inWatts], durationS: 60, at: AT, maxA: 32 });
    expect(result.periods).toEqual([{ startPeriod: 0, limit: 16, numberPhases: 1 }]);
    expect(result.notes).toHaveLength(1);
  });

  it('takes about as many times as long for many times the periods', () => {
    const workOf = (count: number): number => {
      const limits = Array.from({ length: count }, (_, index): [number, number] => [index * 4, 6 + (index % 9)]);
      const daily = profile('TxDefaultProfile', 0, limits, { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily' });
      const before = process.cpuUsage();
      periods([daily], { durationS: 7 * 86_400 });
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    workOf(8_000);
    expect(workOf(16_000) / workOf(2_000)).toBeLessThan(24);
  });

  it('names what it cannot read', () => {
    expect(() => periods([profile('TxProfile', 0, [])])).toThrow(
      'profiles.0.chargingSchedule.chargingSchedulePeriod: must list at least one period',
    );
    expect(() => periods([profile('BestEffort', 0, [[0, 6]])])).toThrow('profiles.0.chargingProfilePurpose');
    expect(() => periods([profile('TxProfile', 0, [[600, 6]])])).toThrow('chargingSchedulePeriod.0.startPeriod: must be 0');
    const onNoPhase = { chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 0, numberPhases: 0 }] };
    expect(() => periods([profile('TxProfile', 0, [], {}, onNoPhase)])).toThrow('0.numberPhases: must be one of 1, 2, 3');
  });
});
