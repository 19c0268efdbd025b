// Attack 11: telemetry falsified tenfold, or a state of charge invented for priority. What no outlet can deliver is flagged and believed by nobody.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { advanceRegister, NO_READING, type RegisterReading } from '#domain/metering';
import { committedMa } from '../../apps/load-balancing/ledger.fixture.js';
import { site } from '../../apps/load-balancing/site.fixture.js';
import { EdgeWorld } from '../scenario/support/edge-world.js';

describe('a register', () => {
  it('that rises faster than the outlet can deliver adds no energy', () => {
    const minute = (n: number) => new Date(Date.parse('2026-11-01T12:00:00Z') + n * 60_000).toISOString();
    const told: readonly RegisterReading[] = [
      { at: minute(0), wh: 1_000, kind: 'begin' },
      { at: minute(1), wh: 1_180, kind: 'sample' },
      { at: minute(2), wh: 13_600_000, kind: 'sample' },
    ];
    let state = NO_READING;
    const flags: string[] = [];
    for (const reading of told) {
      const step = advanceRegister(state, reading, 22_000);
      state = step.state;
      flags.push(...step.flags);
    }
    expect(state.energyWh).toBe(180);
    expect(flags).toContain('registerSpike');
  });
});

describe('needs of a car', () => {
  let system: EdgeWorld;
  let edge: Edge;
  beforeAll(async () => {
    system = await EdgeWorld.open();
    edge = await system.edge();
    await system.station('CP1');
  });
  afterAll(() => system.close());

  it('that a station invents are recorded, and no edge makes a command of them', async () => {
    const station = await system.connect(edge, 'CP1', { protocols: 'ocpp2.0.1' });
    const needs = {
      evseId: 1,
      chargingNeeds: {
        requestedEnergyTransfer: 'DC',
        dcChargingParameters: { evMaxCurrent: 500, evMaxVoltage: 1000, stateOfCharge: 1, energyAmount: 999_999 },
      },
    };
    expect((await station.call('NotifyEVChargingNeeds', needs))[0]).toBe(3);
    expect(await station.call('Heartbeat', {}, 'hb')).toMatchObject([3, 'hb', {}]);
    expect(station.received).toEqual([]);
    expect((await system.records()).filter(({ type }) => /Requested/.test(type))).toEqual([]);
  });
});

describe('the limits of a full site', () => {
  const INVENTED = [
    {
      requestedEnergyTransfer: 'AC_three_phase',
      departureTime: '2026-03-01T12:10:00Z',
      acChargingParameters: { energyAmount: 999_999, evMinCurrent: 6, evMaxCurrent: 500, evMaxVoltage: 400 },
    },
    {
      requestedEnergyTransfer: 'DC',
      dcChargingParameters: { evMaxCurrent: 500, evMaxVoltage: 1000, stateOfCharge: 1, energyAmount: 999_999 },
    },
  ];

  it.each(INVENTED)('are not moved by needs that a station invents: $requestedEnergyTransfer', (chargingNeeds) => {
    const world = site(['LIAR', 'HONEST'], 40, 'ocpp2.0.1');
    const limits = () => ['LIAR', 'HONEST'].map((stationId) => [world.plan(stationId)?.limitA, committedMa(world, stationId)]);
    for (const stationId of ['LIAR', 'HONEST'])
      world.call(stationId, 'TransactionEvent', {
        eventType: 'Started',
        seqNo: 0,
        timestamp: new Date(world.nowMs).toISOString(),
        triggerReason: 'CablePluggedIn',
        transactionInfo: { transactionId: stationId },
        evse: { id: 1 },
      });
    world.pass(120_000);
    const { commands } = world.changes('LIAR');
    world.call('LIAR', 'NotifyEVChargingNeeds', { evseId: 1, chargingNeeds }, { status: 'Accepted' });
    world.pass(1_000);
    // It was heard, and told what it has.
    expect(world.changes('LIAR').commands).toBe(commands + 1);
    for (let minute = 0; minute < 5; minute++) {
      world.pass(60_000);
      expect(limits()).toEqual([
        [20, 20_000],
        [20, 20_000],
      ]);
    }
  });
});
