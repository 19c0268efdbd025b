// What a car says, in our words: amounts from now on become amounts since its arrival.
import { describe, expect, it } from '@jest/globals';
import type { EvseConfig } from '../site-model.js';
import { needsOfCar } from './needs-of-car.js';

const ac: EvseConfig = { evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 };
const dc: EvseConfig = { ...ac, powerType: 'DC', maxA: 200, efficiency: 0.95 };
const needs = (chargingNeeds: object, evse = ac, maxScheduleTuples?: number) =>
  needsOfCar(
    { chargingNeeds, ...(maxScheduleTuples !== undefined && { maxScheduleTuples }) },
    2_000,
    evse,
    230,
    Date.parse('2026-03-01T12:00:00Z'),
  );

describe('needsOfCar', () => {
  it('adds what it asks for to what it got', () => {
    const acChargingParameters = { energyAmount: 9_000, evMinCurrent: 6, evMaxCurrent: 16, evMaxVoltage: 400 };
    expect(needs({ departureTime: '2026-03-01T18:00:00Z', acChargingParameters })).toEqual({
      departsMs: Date.parse('2026-03-01T18:00:00Z'),
      energyWh: 11_000,
      maxMa: 16_000,
    });
  });

  it('knows no departure where the one it is told is past', () => {
    expect(needs({ departureTime: '2026-03-01T12:00:00Z' })).toEqual({});
    expect(needs({ departureTime: '2026-03-01T12:00:01Z' })).toEqual({ departsMs: Date.parse('2026-03-01T12:00:01Z') });
  });

  it('works out what a DC car lacks where it names no amount, and what its power means on the lines', () => {
    const { energyWh, maxMa = 0 } = needs(
      { dcChargingParameters: { stateOfCharge: 30, fullSoC: 80, evEnergyCapacity: 60_000, evMaxPower: 50_000 } },
      dc,
    );
    expect(energyWh).toBe(2_000 + 30_000);
    // Never less than the car could use at the lowest voltage.
    expect((maxMa / 1000) * 3 * 230 * 0.9 * 0.95).toBeGreaterThanOrEqual(50_000);
    expect((maxMa / 1000) * 3 * 230 * 0.9 * 0.95).toBeLessThan(50_001);
  });

  it('knows what a car can feed back and what it wants to keep (OCPP 2.1); whether it may is not for the car to say', () => {
    const v2xChargingParameters = { maxDischargePower: 7_590, evTargetEnergyRequest: 9_000, evMinV2XEnergyRequest: -4_000 };
    expect(needs({ v2xChargingParameters })).toEqual({ energyWh: 11_000, maxDischargeMa: 10_000, carReserveWh: -2_000 });
    const byLine = { maxDischargePower: 2_530, maxDischargePower_L2: 2_530, maxDischargePower_L3: 2_530, evMinEnergyRequest: 3_000 };
    expect(needs({ v2xChargingParameters: byLine })).toEqual({ maxDischargeMa: 10_000, carReserveWh: 5_000, namesLines: true });
  });

  it.each([
    ['AC_BPT', undefined, 'agreed'],
    ['AC_three_phase', ['AC_three_phase', 'DC_BPT'], 'offered'],
    ['AC_three_phase', ['AC_three_phase'], 'chargingOnly'],
    ['DC', undefined, 'chargingOnly'],
  ] as const)('knows what %s of %j means for feeding back', (requestedEnergyTransfer, availableEnergyTransfer, transfer) => {
    expect(needs({ requestedEnergyTransfer, ...(availableEnergyTransfer && { availableEnergyTransfer }) })).toEqual({ transfer });
  });

  it('leaves a schedule its two periods, however few the car holds', () => {
    expect(needs({}, ac, 1)).toEqual({ maxPeriods: 2 });
    expect(needs({}, ac, 5)).toEqual({ maxPeriods: 5 });
  });

  it('takes no time it cannot read, and no limit of nothing', () => {
    expect(needs({ departureTime: 'soon', acChargingParameters: { evMaxCurrent: 0 } })).toEqual({});
  });
});
