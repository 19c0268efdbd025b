// The planner with its real solver on sites small enough to know the answer by hand.
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LinearSolver, type PlanCar, type PlanSlot, planAhead, type SiteSnapshot } from '#domain/load-balancing';
import { highsSolver } from './highs-solver.js';

let solve: LinearSolver;
beforeAll(async () => {
  solve = await highsSolver();
});

const HOUR_MS = 3_600_000;
const hours = (count: number, more: (hour: number) => Partial<PlanSlot> = () => ({})): PlanSlot[] =>
  Array.from({ length: count }, (_, hour) => ({ fromMs: hour * HOUR_MS, hours: 1, ...more(hour) }));
/** 1 kW per ampere keeps the sums readable. */
const car = (id: string, needKwh: number, leavesAfterH: number, more: Partial<PlanCar> = {}): PlanCar => ({
  id,
  kwPerA: 1,
  maxA: 10,
  needKwh,
  departureMs: leavesAfterH * HOUR_MS,
  ...more,
});
const shared = (cars: readonly PlanCar[], slots: readonly PlanSlot[], limitA: number | readonly number[]) => [
  {
    factor: new Float64Array(cars.length).fill(1),
    limitA: Float64Array.from(slots, (_, slot) => (typeof limitA === 'number' ? limitA : (limitA[slot] ?? 0))),
  },
];
const plan = (snapshot: SiteSnapshot) => {
  const { status, cars, peakKw } = planAhead(snapshot, solve);
  return { status, peakKw, cars, amps: cars.map(({ currentA }) => [...currentA].map((value) => Math.round(value * 1e3) / 1e3)) };
};

describe('planAhead', () => {
  it('lets the one who leaves first go first when both can then be served', () => {
    const slots = hours(2);
    const cars = [car('stays', 10, 2), car('leaves', 10, 1)];
    expect(plan({ slots, cars, rows: shared(cars, slots, 10) }).amps).toEqual([
      [0, 10],
      [10, 0],
    ]);
  });

  it('delivers what is possible and reports what is not, per car', () => {
    const slots = hours(1);
    const cars = [car('a', 8, 1), car('b', 8, 1, { weight: 2 })];
    const { cars: planned, status } = plan({ slots, cars, rows: shared(cars, slots, 10) });
    expect(status).toBe('planned');
    expect(planned.map(({ shortfallKwh }) => Math.round(shortfallKwh * 1e3) / 1e3)).toEqual([6, 0]);
  });

  it('says what more would be worth: all to a car that leaves without it, nothing to one that can have it later', () => {
    const slots = hours(3);
    const cars = [car('short', 15, 1), car('served', 8, 3)];
    expect(plan({ slots, cars, rows: shared(cars, slots, 10) }).cars.map(({ worth = -1 }) => Math.round(worth))).toEqual([1, 0]);
    expect(plan({ slots, cars, rows: [], costs: {} }).cars.map(({ worth }) => worth)).toEqual([undefined, undefined]);
  });

  it('keeps a promise before it serves a wish of higher weight', () => {
    const slots = hours(1);
    const cars = [car('promised', 8, 1, { mustKwh: 5 }), car('heavy', 10, 1, { weight: 9 })];
    expect(plan({ slots, cars, rows: shared(cars, slots, 10) }).amps).toEqual([[5], [5]]);
  });

  it('says how much of a promise cannot be kept', () => {
    const slots = hours(3);
    const cars = [car('late', 25, 3, { mustKwh: 25, promisedMs: 2 * HOUR_MS })];
    const [late] = plan({ slots, cars, rows: shared(cars, slots, 8) }).cars;
    expect(late?.mustShortfallKwh).toBeCloseTo(9, 3);
    expect(late?.shortfallKwh).toBeCloseTo(1, 3);
  });

  it('serves first whoever may be gone soon', () => {
    const slots = hours(2);
    const cars = [car('stays', 10, 2), car('may leave', 10, 2, { stays: Float64Array.of(0.9, 0.3) })];
    expect(plan({ slots, cars, rows: shared(cars, slots, 10) }).amps).toEqual([
      [0, 10],
      [10, 0],
    ]);
  });

  it('finishes early where nothing speaks against it', () => {
    const slots = hours(3);
    const cars = [car('a', 12, 3)];
    expect(plan({ slots, cars, rows: [] }).amps).toEqual([[10, 2, 0]]);
  });

  it('waits for cheap hours, but not beyond departure', () => {
    const slots = hours(3, (hour) => ({ pricePerKwh: [3, 2, 1][hour] ?? 0 }));
    const cars = [car('stays', 10, 3), car('leaves', 10, 2)];
    expect(plan({ slots, cars, rows: shared(cars, slots, 10), costs: {} }).amps).toEqual([
      [0, 0, 10],
      [0, 10, 0],
    ]);
  });

  it('flattens the load under a demand charge, above the peak that is paid for already', () => {
    const slots = hours(4);
    const cars = [car('a', 12, 4)];
    const flat = plan({ slots, cars, rows: [], costs: { demandPerKw: 10 } });
    expect(flat.amps).toEqual([[3, 3, 3, 3]]);
    expect(flat.peakKw).toBeCloseTo(3, 3);
    expect(plan({ slots, cars, rows: [], costs: { demandPerKw: 10, peakSoFarKw: 6 } }).amps).toEqual([[6, 6, 0, 0]]);
  });

  it('counts the building in the peak', () => {
    const slots = hours(3, (hour) => ({ otherLoadKw: hour === 1 ? 5 : 0 }));
    const cars = [car('a', 10, 3)];
    expect(plan({ slots, cars, rows: [], costs: { demandPerKw: 10 } }).amps).toEqual([[5, 0, 5]]);
  });

  it('uses the sun before the grid', () => {
    const slots = hours(3, (hour) => ({ pricePerKwh: 0.3, feedInPerKwh: 0.1, otherLoadKw: hour === 2 ? -8 : 0 }));
    const cars = [car('a', 9, 3)];
    expect(plan({ slots, cars, rows: [], costs: {} }).amps).toEqual([[1, 0, 8]]);
  });

  it('prefers clean hours once carbon has a price', () => {
    const slots = hours(2, (hour) => ({ pricePerKwh: 0.1, carbonKgPerKwh: hour === 0 ? 0.6 : 0.2 }));
    const cars = [car('a', 5, 2)];
    expect(plan({ slots, cars, rows: [], costs: { carbonPerKg: 0.05 } }).amps).toEqual([[0, 5]]);
  });

  it('plans nothing where unmanaged loads take everything', () => {
    const slots = hours(2);
    const cars = [car('a', 5, 2)];
    expect(plan({ slots, cars, rows: shared(cars, slots, [-3, 4]) }).amps).toEqual([[0, 4]]);
  });

  it('answers an empty site', () => {
    expect(plan({ slots: hours(1), cars: [], rows: [], costs: { demandPerKw: 1 } })).toMatchObject({ status: 'planned', cars: [] });
  });

  const site = fc
    .record({
      cars: fc.array(
        fc.record({
          needKwh: fc.double({ min: 0, max: 40, noNaN: true }),
          leaves: fc.double({ min: 0.1, max: 5, noNaN: true }),
          mustShare: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        { minLength: 1, maxLength: 6 },
      ),
      limits: fc.array(fc.array(fc.double({ min: -5, max: 30, noNaN: true }), { minLength: 5, maxLength: 5 }), {
        minLength: 1,
        maxLength: 4,
      }),
      members: fc.array(fc.array(fc.constantFrom(0, 1, 1, 0.5, -0.5), { minLength: 6, maxLength: 6 }), { minLength: 4, maxLength: 4 }),
      priced: fc.boolean(),
    })
    .map(
      ({ cars, limits, members, priced }): SiteSnapshot => ({
        slots: hours(5, (hour) => ({ pricePerKwh: ((hour * 7) % 5) / 10, otherLoadKw: (hour % 3) - 1 })),
        cars: cars.map(({ needKwh, leaves, mustShare }, index) => car(String(index), needKwh, leaves, { mustKwh: needKwh * mustShare })),
        rows: limits.map((limitA, row) => ({
          factor: Float64Array.from(cars, (_, index) => members[row]?.[index] ?? 0),
          limitA: Float64Array.from(limitA),
        })),
        ...(priced && { costs: { demandPerKw: 3 } }),
      }),
    );

  it('never plans above a limit, beyond a need or after a departure, and gives equal answers to equal questions', () => {
    fc.assert(
      fc.property(site, (snapshot) => {
        const first = planAhead(snapshot, solve);
        expect(first.status).toBe('planned');
        for (const { factor, limitA } of snapshot.rows)
          limitA.forEach((limit, slot) => {
            const load = first.cars.reduce((sum, { currentA }, index) => sum + (factor[index] ?? 0) * (currentA[slot] ?? 0), 0);
            expect(load).toBeLessThanOrEqual(Math.max(0, limit) + 1e-5);
          });
        first.cars.forEach(({ plannedKwh, currentA }, index) => {
          const { needKwh, departureMs, maxA } = snapshot.cars[index] as PlanCar;
          expect(plannedKwh).toBeLessThanOrEqual(needKwh + 1e-5);
          currentA.forEach((amps, slot) => {
            expect(amps).toBeLessThanOrEqual(maxA);
            if ((snapshot.slots[slot]?.fromMs ?? 0) >= departureMs) expect(amps).toBe(0);
          });
        });
        expect(planAhead(snapshot, solve)).toEqual(first);
      }),
      { numRuns: 150 },
    );
  });
});
