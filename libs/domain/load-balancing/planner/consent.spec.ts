// What a driver's word, a car's and a meter's leave to be taken out of a battery: told reading by reading.
import { describe, expect, it } from '@jest/globals';
import { dischargeable, EXPORT_FRESH_MS } from './consent.js';
import { type ChargingNeeds, gainedWh, metered, meteredBack, newVisit, type Visit } from './visit.js';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const MINUTE = 60_000;
const evse = { evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0, maxDischargeA: 16, roundTripEfficiency: 0.8 } as const;

/** Ten kWh charged, one fed back, both just read. */
function visit(needs: ChargingNeeds = { discharge: { reserveWh: 0 } }, readMs = NOW): Visit {
  const reading = (minute: number, wh: number) => ({ at: new Date(NOW + minute * MINUTE).toISOString(), wh, kind: 'sample' }) as const;
  const charged = [reading(-60, 50_000), reading(0, 60_000)].reduce(metered, newVisit(NOW - 60 * MINUTE));
  const back = [reading(-60, 700), reading(0, 1_700)].reduce((each, at) => meteredBack(each, at, readMs), charged);
  return { ...back, transactionId: 't', needs: { transfer: 'agreed', ...needs } };
}
const spare = (it: Visit, more: object = {}): unknown => dischargeable(it, { ...evse, ...more }, 230, NOW);

describe('what may be taken out of a car', () => {
  it('is what it gained, less what is to stay, with what is lost on the way', () => {
    expect(gainedWh(visit(), evse)).toBe(10_000 - 1_000 / 0.8);
    expect(spare(visit())).toMatchObject({ maxMa: 16_000, spareWh: 8_750 });
    expect(spare(visit({ discharge: { reserveWh: 5_000 } }))).toMatchObject({ maxMa: 16_000, spareWh: 3_750 });
    expect(spare(visit({ discharge: { reserveWh: -5_000 } }))).toMatchObject({ maxMa: 16_000, spareWh: 13_750 });
  });

  it('is never more than the car itself gives', () => {
    const needs = { discharge: { reserveWh: 0 }, carReserveWh: 8_000, maxDischargeMa: 10_000 };
    expect(spare(visit(needs))).toMatchObject({ maxMa: 10_000, spareWh: 750 });
  });

  it.each<[string, unknown]>([
    ['without consent', spare(visit({ maxDischargeMa: 16_000, carReserveWh: -20_000 }))],
    ['where the car has not agreed with its station on it', spare(visit({ discharge: { reserveWh: 0 }, transfer: 'offered' }))],
    ['where the EVSE cannot', spare(visit(), { maxDischargeA: 0 })],
    ['where the car has less than is to stay', spare(visit({ discharge: { reserveWh: 9_000 } }))],
    ['where what flows back is not metered', spare({ ...visit(), exportedMs: NOW - EXPORT_FRESH_MS - 1 })],
    ['where it never was', spare(((it) => (({ exported: _, exportedMs: __, ...rest }) => rest)(it))(visit()))],
  ])('is nothing %s', (_, found) => expect(found).toBeUndefined());

  it('lasts as long as taking it out takes at the highest voltage, from when it was read', () => {
    const found = dischargeable(visit(undefined, NOW - MINUTE), evse, 230, NOW);
    expect(found?.readMs).toBe(NOW - MINUTE);
    const hours = (found?.spareMaMs ?? 0) / 16_000 / 3_600_000;
    expect((hours * 16 * 253 * 3) / 0.8).toBeCloseTo(8_750, 6);
  });
});
