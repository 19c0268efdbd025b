// Stations that take limits in watts alone: never so little that a car on all its lines could not charge with it, never more than a line's share.
// The site under test is site.fixture's.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested } from '#contracts';
import type { EvseConfig } from '#domain/load-balancing';
import { committedMa } from './ledger.fixture.js';
import { type Site, site } from './site.fixture.js';

const MINUTE = 60_000;
const [LOWEST_V, HIGHEST_V] = [230 * 0.9, 230 * 1.1];

/** Two cars at stations that said they take watts only, each told since what `plans` gives [W]. */
function twoCars(limitA: number, evse: Partial<EvseConfig> = {}): Site {
  const it = site([], limitA);
  it.reply = ({ action }) =>
    action === 'GetConfiguration'
      ? { configurationKey: [{ key: 'ChargingScheduleAllowedChargingRateUnit', value: 'Power', readonly: true }], unknownKey: [] }
      : { status: 'Accepted' };
  for (const stationId of ['A', 'B']) {
    it.place(stationId, evse);
    it.join(stationId);
  }
  it.pass(MINUTE);
  it.start('A', 1);
  it.start('B', 2);
  it.pass(30 * MINUTE);
  return it;
}

const plans = (it: Site): readonly number[] =>
  it.told
    .flatMap(({ data }) => ((data as CommandRequested).grant?.slot === 'plan' ? [JSON.stringify((data as CommandRequested).payload)] : []))
    .filter((payload) => payload.includes('"chargingRateUnit":"W"'))
    .flatMap((payload) => [...payload.matchAll(/"limit":(\d+)/g)].map(([, watts]) => Number(watts)));

describe.each([
  { phases: 3, lines: 3, cars: 'three lines' },
  { phases: ['L1'], lines: 1, cars: 'one line' },
] as const)('cars on $cars at stations that take watts only', ({ phases, lines }) => {
  it.each([14, 24, 40, 70])('have enough for all their lines or nothing, and no line more than %i A', (limitA) => {
    const it = twoCars(limitA, { phases });
    const told = plans(it);
    expect(told.filter((watts) => watts > 0 && watts < Math.floor(6 * HIGHEST_V * lines))).toEqual([]);
    expect(told.some((watts) => watts > 0)).toBe(limitA > 14 || lines === 1);
    expect(committedMa(it, 'A') + committedMa(it, 'B')).toBeLessThanOrEqual(limitA * 1000);
    // All of it drawn from one line at the lowest voltage; what its rating forbids cannot be drawn.
    for (const watts of told) expect(Math.min(32, watts / LOWEST_V)).toBeLessThanOrEqual(limitA);
  });
});

describe('a station that was shown to spread watts over its lines', () => {
  it.each([14, 24, 40])('charges three lines at a site of %i A, and no line has more than that', (limitA) => {
    const it = twoCars(limitA, { spreadsWatts: true });
    const told = plans(it).filter((watts) => watts > 0);
    expect(told.length).toBeGreaterThan(0);
    for (const watts of told) {
      expect(watts).toBeGreaterThanOrEqual(Math.floor(6 * HIGHEST_V * 3));
      expect(Math.min(32, watts / 3 / LOWEST_V)).toBeLessThanOrEqual(limitA);
    }
    expect(committedMa(it, 'A') + committedMa(it, 'B')).toBeLessThanOrEqual(limitA * 1000);
    expect(committedMa(it, 'A') + committedMa(it, 'B')).toBeGreaterThan(7_000);
  });
});

describe('a station whose rating is less than all its lines could need from one', () => {
  it('is told its rating, or nothing', () => {
    const it = twoCars(20, { maxA: 16 });
    expect(new Set(plans(it))).toEqual(new Set([0, Math.floor(16 * HIGHEST_V * 3 + 1e-6)]));
    expect(committedMa(it, 'A') + committedMa(it, 'B')).toBe(16_000);
  });
});
