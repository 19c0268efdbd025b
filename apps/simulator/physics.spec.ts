// The physics agree with themselves: P = U·I, the register is the integral, nothing flows that was not offered.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { acceptedMa, arriving, type CarSpec, stateOfCharge } from './car.js';
import { chance } from './chance.js';
import { Installation } from './installation.js';
import { accumulate, meterAt, phaseFlow, powerMw } from './meter.js';
import { share } from './power-share.js';
import { reading } from './samples.js';
import type { Transaction } from './transaction.js';

const START = Date.parse('2026-03-01T10:00:00Z');
const CAR: CarSpec = { batteryWh: 60_000, soc: 0.3, maxA: 16, phases: 3 };

const transactionAt = (evseId: number, startedAt: number): Transaction => ({
  key: `t${evseId}`,
  evseId,
  idToken: { idToken: '04', type: 'ISO14443' },
  startedAt,
  meterStartMwh: 0,
  startedOffline: false,
  seqNo: 0,
  mayFeedBack: false,
  exportStartMwh: 0,
  nextSampleAt: startedAt,
});

function charging(car: CarSpec, evses = [{ evseId: 1, meterStartWh: 0 }]): Installation {
  const installation = new Installation(evses, chance(1), START);
  for (const outlet of installation.outlets) {
    outlet.car = arriving(car);
    outlet.transaction = transactionAt(outlet.evseId, START);
  }
  installation.settle(START);
  return installation;
}

describe('a meter', () => {
  it('counts the same energy however the time is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ power: fc.nat(150_000_000), ms: fc.nat(3_600_000) }), { maxLength: 30 }), (stretches) => {
        const once = accumulate(meterAt(0), 1, 0);
        const counted = stretches.reduce((meter, { power, ms }) => accumulate(meter, power, ms), once);
        const exact = stretches.reduce((sum, { power, ms }) => sum + BigInt(power) * BigInt(ms), 0n);
        expect(BigInt(counted.registerMwh)).toBe(exact / 3_600_000n);
        expect(BigInt(counted.remainderMwMs)).toBe(exact % 3_600_000n);
      }),
    );
  });

  it('shows a power that is exactly voltage times current, and never more current than asked', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2_000, max: 2_600 }), fc.nat(64_000), (voltageDv, currentMa) => {
        const flow = phaseFlow('L1', voltageDv, currentMa);
        expect(flow.currentMa).toBeLessThanOrEqual(currentMa);
        expect(flow.powerMw * 10).toBe(flow.voltageDv * flow.currentMa);
      }),
    );
  });
});

describe('a charging car', () => {
  it('draws 16 A on three phases and after an hour the register shows 11.04 kWh', () => {
    const installation = charging(CAR);
    installation.settle(START + 3_600_000);
    const outlet = installation.outlet(1);
    expect(outlet && powerMw(outlet.flows)).toBe(11_040_000);
    expect(outlet?.meter.registerMwh).toBe(11_040_000);
    expect(outlet?.car && stateOfCharge(outlet.car)).toBeCloseTo(0.3 + (11_040 * 0.9) / 60_000, 9);
  });

  it('gives samples whose phases add up to the total and whose register difference is the power between them', () => {
    const installation = charging({ ...CAR, phases: 2 });
    const outlet = installation.outlet(1);
    if (outlet === undefined) throw new Error('no outlet');
    let before = reading(outlet);
    for (let second = 10; second <= 600; second += 10) {
      installation.settle(START + second * 1000);
      const now = reading(outlet);
      const value = (samples: typeof now, measurand: string, phase?: string) =>
        samples.find((sample) => sample.measurand === measurand && sample.phase === phase)?.value ?? Number.NaN;
      let sum = 0;
      for (const phase of ['L1', 'L2', 'L3']) {
        const power = value(now, 'Voltage', phase) * value(now, 'Current.Import', phase);
        expect(value(now, 'Power.Active.Import', phase)).toBeCloseTo(power, 6);
        sum += power;
      }
      expect(value(now, 'Power.Active.Import')).toBeCloseTo(sum, 6);
      const flowed = value(now, 'Energy.Active.Import.Register') - value(before, 'Energy.Active.Import.Register');
      expect(Math.abs(flowed - (sum * 10) / 3600)).toBeLessThanOrEqual(0.001_000_1);
      expect(value(now, 'Current.Import', 'L3')).toBe(0);
      before = now;
      installation.drift(outlet);
    }
  });

  it('asks for less above 80 %, never for less than 6 A, and for nothing when it has what it wants', () => {
    expect(acceptedMa(arriving({ ...CAR, soc: 0.8 }))).toBe(16_000);
    expect(acceptedMa(arriving({ ...CAR, soc: 0.9 }))).toBe(9_200);
    expect(acceptedMa(arriving({ ...CAR, soc: 0.999 }))).toBe(6_000);
    expect(acceptedMa(arriving({ ...CAR, soc: 1 }))).toBe(0);
    expect(acceptedMa(arriving({ ...CAR, soc: 0.6, targetSoc: 0.6 }))).toBe(0);
  });

  it('follows a schedule to the second, however far it is moved at once', () => {
    const installation = charging(CAR);
    const periods = [
      { startS: 0, limit: 10 },
      { startS: 607, limit: 0 },
      { startS: 1_801, limit: 16 },
    ];
    const schedule = { unit: 'A' as const, startAt: START, durationS: 3_000, periods };
    installation.profiles.put({ id: 1, evseId: 1, purpose: 'TxDefault', stackLevel: 0, kind: 'Absolute', schedule });
    installation.settle(START);
    installation.settle(START + 3_600_000);
    const wattSeconds = 230 * 3 * (10 * 607 + 16 * (3_000 - 1_801) + 16 * 600);
    expect(installation.outlet(1)?.meter.registerMwh).toBe(Math.floor((wattSeconds * 1_000) / 3_600));
  });

  it('stops by itself when full, and energy at the plug covers what the battery took', () => {
    const installation = charging({ ...CAR, soc: 0.99 });
    installation.settle(START + 3_600_000);
    const outlet = installation.outlet(1);
    expect(outlet?.flows).toEqual([]);
    expect(outlet?.car && stateOfCharge(outlet.car)).toBe(1);
    const storedWh = 600;
    expect((outlet?.meter.registerMwh ?? 0) / 1000).toBeGreaterThanOrEqual(storedWh / 0.9 - 0.001);
    expect((outlet?.meter.registerMwh ?? 0) / 1000).toBeLessThan(storedWh / 0.9 + 10);
  });
});

describe('sharing a station maximum', () => {
  it('admits who came first, gives everyone a least or nothing, and never spends more than there is', () => {
    const demand = fc.record({ wantedMa: fc.nat(64_000), leastMa: fc.constantFrom(0, 6_000, 8_000) });
    fc.assert(
      fc.property(fc.array(demand, { maxLength: 6 }), fc.nat(100_000), (demands, budgetMa) => {
        const granted = share(demands, budgetMa);
        expect(granted.reduce((sum, grant) => sum + grant, 0)).toBeLessThanOrEqual(budgetMa + 1e-6);
        granted.forEach((grant, index) => {
          const { wantedMa = 0, leastMa = 0 } = demands[index] ?? {};
          expect(grant).toBeLessThanOrEqual(wantedMa + 1e-6);
          expect(grant === 0 || grant >= leastMa).toBe(true);
        });
      }),
    );
  });

  it('is even among those who can use it', () => {
    const wants = (wantedMa: number) => ({ wantedMa, leastMa: 6_000 });
    expect(share([wants(32_000), wants(8_000), wants(32_000)], 40_000)).toEqual([16_000, 8_000, 16_000]);
    expect(share([wants(32_000), wants(32_000), wants(32_000)], 16_000)).toEqual([8_000, 8_000, 0]);
  });
});
