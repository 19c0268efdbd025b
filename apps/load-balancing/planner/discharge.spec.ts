// Feeding back as a plan with the real solver: done where prices, a peak or carbon pay for the way there and back, and never at a driver's cost.
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LinearSolver, type PlanCar, type PlanDischarge, type PlanSlot, planAhead, type SiteSnapshot } from '#domain/load-balancing';
import { highsSolver } from './highs-solver.js';

let solve: LinearSolver;
beforeAll(async () => {
  solve = await highsSolver();
});

const HOUR_MS = 3_600_000;
const slotsOf = (count: number, more: (hour: number) => Partial<PlanSlot>): PlanSlot[] =>
  Array.from({ length: count }, (_, hour) => ({ fromMs: hour * HOUR_MS, hours: 1, ...more(hour) }));
/** 1 kW per ampere; half of what is charged comes back, where nothing else is said. */
const car = (
  needKwh: number,
  leavesAfterH: number,
  discharge: Partial<PlanDischarge> | undefined,
  more: Partial<PlanCar> = {},
): PlanCar => ({
  id: 'a',
  kwPerA: 1,
  maxA: 10,
  needKwh,
  departureMs: leavesAfterH * HOUR_MS,
  ...(discharge && { discharge: { maxA: 10, spareKwh: 20, roundTrip: 0.5, ...discharge } }),
  ...more,
});
const exportRows = (cars: readonly PlanCar[], slots: readonly PlanSlot[], limitA: number) => [
  { factor: new Float64Array(cars.length).fill(1), limitA: new Float64Array(slots.length).fill(limitA) },
];
const plan = (snapshot: Omit<SiteSnapshot, 'rows'> & Partial<SiteSnapshot>) => {
  const { status, cars, peakKw } = planAhead({ rows: [], ...snapshot }, solve);
  const round = (value: number): number => Math.round(value * 1e3) / 1e3 + 0;
  return { status, peakKw: round(peakKw), cars, amps: cars.map(({ currentA }) => [...currentA].map(round)) };
};

describe('feeding back', () => {
  const evening = slotsOf(3, (hour) => ({ pricePerKwh: [1, 0.1, 0.1][hour] ?? 0, otherLoadKw: 4 }));

  it('replaces dear energy of the building, and is charged again before the car leaves', () => {
    const { amps, cars } = plan({ slots: evening, cars: [car(0, 3, {})], costs: {} });
    expect(amps).toEqual([[-4, 8, 0]]);
    expect(cars[0]).toMatchObject({ shortfallKwh: 0, plannedKwh: expect.closeTo(0, 6) });
  });

  it.each<[string, Partial<SiteSnapshot>]>([
    ['the price is the same all the time', { slots: slotsOf(3, () => ({ pricePerKwh: 0.3, otherLoadKw: 4 })) }],
    [
      'the difference does not pay for what is lost',
      { slots: slotsOf(3, (hour) => ({ pricePerKwh: hour === 0 ? 0.19 : 0.1, otherLoadKw: 4 })) },
    ],
    ['it does not pay for the wear', { slots: evening, costs: { wearPerKwh: 0.9 } }],
    ['energy has no price', { slots: slotsOf(3, () => ({ otherLoadKw: 4 })) }],
    ['nobody at the site needs it and nothing is paid for it', { slots: evening.map((slot) => ({ ...slot, otherLoadKw: 0 })) }],
    ['the network takes nothing back', { slots: evening, exportRows: exportRows([car(0, 3, {})], evening, 0) }],
  ])('is not done where %s', (_, more) => {
    expect(plan({ slots: evening, cars: [car(0, 3, {})], costs: {}, ...more }).amps).toEqual([[0, 0, 0]]);
  });

  it('is not done where costs do not matter, or the driver has not agreed', () => {
    const { costs: _none, ...uncosted } = { slots: evening, cars: [car(5, 3, {})], costs: {} };
    expect(plan(uncosted).amps).toEqual([[5, 0, 0]]);
    expect(plan({ slots: evening, cars: [car(0, 3, undefined)], costs: {} }).amps).toEqual([[0, 0, 0]]);
  });

  it('goes to the grid where that is paid for', () => {
    const slots = slotsOf(3, (hour) => ({ pricePerKwh: hour === 0 ? 1 : 0.1, feedInPerKwh: 0.5 }));
    expect(plan({ slots, cars: [car(0, 3, {})], costs: {} }).amps).toEqual([[-10, 10, 10]]);
  });

  it('flattens a peak of the building', () => {
    const slots = slotsOf(3, (hour) => ({ otherLoadKw: hour === 1 ? 9 : 1 }));
    const { amps, peakKw } = plan({ slots, cars: [car(0, 3, { spareKwh: 0, roundTrip: 1 })], costs: { demandPerKw: 10 } });
    // Nothing is wanted and nothing is spare, so the battery holds no more than it has: the peak stays.
    expect([amps, peakKw]).toEqual([[[0, 0, 0]], 9]);
    expect(plan({ slots, cars: [car(0, 3, { spareKwh: 4, roundTrip: 1 })], costs: { demandPerKw: 10 } })).toMatchObject({
      peakKw: 5,
      amps: [[0, -4, 4]],
    });
  });

  it('prefers the battery to dirty hours once carbon has a price', () => {
    const slots = slotsOf(3, (hour) => ({ pricePerKwh: 0.1, carbonKgPerKwh: hour === 0 ? 1 : 0.1, otherLoadKw: 3 }));
    expect(plan({ slots, cars: [car(0, 3, { roundTrip: 1 })], costs: {} }).amps).toEqual([[0, 0, 0]]);
    expect(plan({ slots, cars: [car(0, 3, { roundTrip: 1 })], costs: { carbonPerKg: 1 } }).amps).toEqual([[-3, 3, 0]]);
  });

  it('takes no more than the driver spares', () => {
    expect(plan({ slots: evening, cars: [car(0, 3, { spareKwh: 3 })], costs: {} }).amps).toEqual([[-1.5, 3, 0]]);
    // What is charged first may be taken then.
    const slots = slotsOf(4, (hour) => ({ pricePerKwh: [0.1, 1, 0.1, 0.1][hour] ?? 0, otherLoadKw: 9 }));
    expect(plan({ slots, cars: [car(6, 4, { spareKwh: 0 })], costs: {} }).amps).toEqual([[6, -3, 6, 0]]);
  });

  it('takes what is beyond the needs without giving it back', () => {
    expect(plan({ slots: evening, cars: [car(-6, 3, { spareKwh: 6 })], costs: {} }).amps).toEqual([[-3, 0, 0]]);
  });

  it('is not done by a car that leaves before it could be charged again', () => {
    expect(plan({ slots: evening, cars: [car(0, 1, {}, { mustKwh: 0 })], costs: {} }).amps).toEqual([[0, 0, 0]]);
  });

  it('makes no room for what others draw', () => {
    const slots = slotsOf(2, (hour) => ({ pricePerKwh: hour === 0 ? 1 : 0.1, otherLoadKw: 5 }));
    const cars = [car(0, 2, {}), { ...car(20, 1, undefined), id: 'b' }];
    const rows = [{ factor: new Float64Array([1, 1]), limitA: new Float64Array([6, 20]) }];
    const { amps } = plan({ slots, cars, rows, costs: {} });
    expect(amps[1]).toEqual([6, 0]);
    expect(amps[0]?.[0]).toBeLessThan(0);
  });

  const site = fc
    .record({
      cars: fc.array(
        fc.record({
          needKwh: fc.double({ min: -10, max: 30, noNaN: true }),
          leaves: fc.double({ min: 0.5, max: 5, noNaN: true }),
          spareKwh: fc.double({ min: 0, max: 20, noNaN: true }),
          roundTrip: fc.double({ min: 0.5, max: 1, noNaN: true }),
          mustShare: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      prices: fc.array(fc.double({ min: -0.2, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }),
      limitA: fc.double({ min: 0, max: 40, noNaN: true }),
      exportA: fc.double({ min: 0, max: 20, noNaN: true }),
    })
    .map(({ cars, prices, limitA, exportA }) => {
      const slots = slotsOf(5, (hour) => ({ pricePerKwh: prices[hour] ?? 0, otherLoadKw: hour * 2, feedInPerKwh: 0.1 }));
      const asked = cars.map(({ needKwh, leaves, spareKwh, roundTrip, mustShare }, index) => ({
        ...car(needKwh, leaves, { spareKwh, roundTrip }, { mustKwh: needKwh * mustShare }),
        id: String(index),
      }));
      return {
        slots,
        cars: asked,
        rows: exportRows(asked, slots, limitA),
        exportRows: exportRows(asked, slots, exportA),
        costs: { demandPerKw: 1, wearPerKwh: 0.01 },
      };
    });

  it('keeps every limit in both directions and every reserve, and leaves nobody shorter than without it', () =>
    fc.assert(
      fc.property(site, (snapshot) => {
        const { status, cars } = planAhead(snapshot, solve);
        const plain = planAhead({ ...snapshot, cars: snapshot.cars.map(({ discharge: _, ...rest }) => rest) }, solve);
        expect(status).toBe('planned');
        const sums = (keep: (amps: number) => number): number[] =>
          snapshot.slots.map((_, slot) => cars.reduce((sum, { currentA }) => sum + keep(currentA[slot] ?? 0), 0));
        expect(Math.max(...sums((amps) => Math.max(0, amps)))).toBeLessThanOrEqual((snapshot.rows[0]?.limitA[0] ?? 0) + 1e-5);
        expect(Math.max(...sums((amps) => Math.max(0, -amps)))).toBeLessThanOrEqual((snapshot.exportRows[0]?.limitA[0] ?? 0) + 1e-5);
        cars.forEach(({ currentA }, index) => {
          const { discharge, departureMs } = snapshot.cars[index] as PlanCar;
          let gained = 0;
          currentA.forEach((amps, slot) => {
            const share = Math.max(0, Math.min(1, departureMs / HOUR_MS - slot));
            gained += (amps * share) / (amps < 0 ? (discharge?.roundTrip ?? 1) : 1);
            expect(gained).toBeGreaterThanOrEqual(-(discharge?.spareKwh ?? 0) - 1e-5);
          });
        });
        const missed = (planned: typeof cars, of: 'shortfallKwh' | 'mustShortfallKwh'): number =>
          planned.reduce((sum, each) => sum + each[of], 0);
        expect(missed(cars, 'mustShortfallKwh')).toBeLessThanOrEqual(missed(plain.cars, 'mustShortfallKwh') + 1e-3);
        expect(missed(cars, 'shortfallKwh')).toBeLessThanOrEqual(missed(plain.cars, 'shortfallKwh') + 1e-3);
      }),
      { numRuns: 60 },
    ));
});
