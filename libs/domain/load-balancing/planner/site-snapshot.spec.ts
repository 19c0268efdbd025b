// What the planner is asked about a site: told in examples on one node.
import { describe, expect, it } from '@jest/globals';
import { NO_READING } from '#domain/metering';
import { placeStation } from '../headroom.js';
import { accepted, booted, connected, granted, newStationLedger } from '../ledger.js';
import { compileNetwork } from '../network.js';
import type { EnergyCosts, StationConfig } from '../site-model.js';
import type { PlanInput } from '../site-plan.js';
import type { PastStay } from './departures.js';
import { snapshotOf } from './site-snapshot.js';
import type { ChargingNeeds, Visit } from './visit.js';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const HOUR = 3_600_000;
const network = compileNetwork({ nodeId: 'grid', limitA: 100, children: [{ nodeId: 'roof', limitA: 100 }] }, 230);

function station(stationId: string, isReady = true) {
  const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 }] as const;
  const config: StationConfig = { stationId, siteId: 's', nodeId: 'grid', securityProfile: 1, evses };
  const grant = { ownerEpoch: 1, grantSeq: 1, commandId: 'd', slot: 'default', evseId: 0, state: 'requested' } as const;
  const told = granted(booted(connected(newStationLedger(config), 1)), {
    ...grant,
    steps: [{ fromMs: 0, limitMa: 0 }],
    requestedMs: NOW - HOUR,
    notAfterMs: NOW - HOUR + 1,
  });
  const ledger = isReady ? accepted(told, 'd', 1, NOW - HOUR) : told;
  const demand = { transactionId: 't', waitingSinceMs: NOW - HOUR };
  return { config, ledger, placement: placeStation(network, config), quietUntilMs: 0, demands: new Map([[1, demand]]) };
}

const visit = (needs: ChargingNeeds, energyWh = 0): Visit => ({
  transactionId: 't',
  arrivedMs: NOW - HOUR,
  needs,
  register: { ...NO_READING, energyWh, samples: 1 },
});

interface Case {
  readonly visits?: Readonly<Record<string, Visit>>;
  readonly energy?: EnergyCosts;
  readonly conditions?: Partial<PlanInput['conditions']>;
  readonly stations?: readonly ReturnType<typeof station>[];
  readonly past?: readonly PastStay[];
}
const snapshot = ({ visits = {}, energy, conditions, stations = [station('A')], past = [] }: Case) =>
  snapshotOf({
    input: { network, conditions: { gridLimits: [], measurements: [], ...conditions }, leaseMs: 900_000, stations, nowMs: NOW },
    site: { timeZone: 'UTC', voltageV: 230, ...(energy && { energy }) },
    visits: new Map(Object.entries(visits)),
    past,
    peakSoFarKw: 7,
  });

describe('snapshotOf', () => {
  it('asks nothing where nobody can be told anything', () => {
    expect(snapshot({ stations: [station('A', false)] })).toBeUndefined();
  });

  it('counts a car with its chance to be there, and waits for cheap hours only while few have left', () => {
    const past = Array.from({ length: 40 }, (_, index) => ({ arrivalMs: NOW - HOUR, departureMs: NOW + ((index + 1) / 10) * HOUR }));
    const of = (energy?: EnergyCosts) => snapshot({ visits: { 'A/1': visit({}) }, past, ...(energy && { energy }) });
    const free = of();
    expect(free?.cars[0]?.departureMs).toBeCloseTo(NOW + 3.1 * HOUR, 3);
    const [now = 0, ...later] = free?.cars[0]?.stays ?? [];
    expect(now).toBe(1);
    expect(later.every((chance, index) => chance <= (later[index - 1] ?? now))).toBe(true);
    expect(later.at(-1)).toBeLessThan(0.5);
    const priced = of({ prices: [{ pricePerKwh: 0.3 }] });
    expect(priced?.cars[0]?.departureMs).toBeCloseTo(NOW + 1.1 * HOUR, 3);
    expect(priced?.cars[0]?.stays).toBeUndefined();
  });

  it('takes what is left of what was asked for, and promises it where a time was named', () => {
    const [car] = snapshot({ visits: { 'A/1': visit({ departsMs: NOW + 2 * HOUR, energyWh: 9_000 }, 4_000) } })?.cars ?? [];
    expect(car).toMatchObject({ id: 'A/1', needKwh: 5, mustKwh: 5, promisedMs: NOW + 2 * HOUR, departureMs: NOW + 2 * HOUR, maxA: 32 });
  });

  it('promises no more than the part the driver cannot do without', () => {
    const needs = { departsMs: NOW + 2 * HOUR, energyWh: 9_000, minEnergyWh: 6_000 };
    expect(snapshot({ visits: { 'A/1': visit(needs, 4_000) } })?.cars[0]).toMatchObject({ needKwh: 5, mustKwh: 2 });
  });

  it('takes silence for all a car can get in the time it is taken to stay', () => {
    const [car] = snapshot({ visits: { 'A/1': visit({}) } })?.cars ?? [];
    expect(car?.departureMs).toBe(NOW + 3 * HOUR);
    expect(car?.needKwh).toBeCloseTo(3 * 32 * 0.69, 6);
    expect(car?.mustKwh).toBeUndefined();
  });

  it('lets feed back who may, where energy has a price: what is beyond the needs too, but nobody who is not to be interrupted', () => {
    const able = (more: object = {}) => {
      const it = station('A');
      const demand = { ...it.demands.get(1), transactionId: 't', waitingSinceMs: 0, priority: 0, ...more };
      return { ...it, demands: new Map([[1, { ...demand, discharge: { maxMa: 16_000, spareWh: 3_000, spareMaMs: 1, readMs: NOW } }]]) };
    };
    const visits = { 'A/1': visit({ departsMs: NOW + 2 * HOUR, energyWh: 4_000 }, 9_000) };
    const asked = snapshot({ stations: [able()], visits, energy: { prices: [], wearPerKwh: 0.1 } });
    expect(asked?.cars[0]).toMatchObject({ needKwh: -5, mustKwh: -5, discharge: { maxA: 16, spareKwh: 3, roundTrip: 0.85 } });
    expect(asked?.costs).toMatchObject({ wearPerKwh: 0.1 });
    // Nothing was said of what may flow back at the grid connection: so nothing may.
    expect(asked?.exportRows?.map(({ factor, limitA }) => [factor[0], limitA[0]])).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
    expect(snapshot({ stations: [able()], visits })).not.toHaveProperty('exportRows');
    const kept = snapshot({ stations: [able({ starts: 3, servedSinceMs: 1 })], visits, energy: { prices: [] } });
    expect(kept?.cars[0]).toMatchObject({ needKwh: 0, mustKwh: 0 });
    expect(kept?.cars[0]).not.toHaveProperty('discharge');
    expect(kept).not.toHaveProperty('exportRows');
  });

  it('leaves out of the limits what those might draw who cannot be told anything', () => {
    const rows = snapshot({ stations: [station('A'), station('B', false)] })?.rows ?? [];
    expect(rows.map(({ limitA }) => limitA[0])).toEqual(expect.arrayContaining([68]));
    expect(rows.every(({ factor }) => factor.length === 1)).toBe(true);
  });

  it('knows an announced limit in the slots it is for', () => {
    const gridLimits = [
      {
        source: 'dso',
        nodeId: 'grid',
        steps: [{ fromMs: NOW + HOUR, limitMa: [40_000, 40_000, 40_000] as const }],
        expiresMs: NOW + 9 * HOUR,
      },
    ];
    const asked = snapshot({ conditions: { gridLimits } });
    const [row] = asked?.rows ?? [];
    expect(asked?.slots.map(({ fromMs }, slot) => [fromMs >= NOW + HOUR, row?.limitA[slot]])).toEqual(
      asked?.slots.map(({ fromMs }) => [fromMs >= NOW + HOUR, fromMs >= NOW + HOUR ? 40 : 100]),
    );
  });

  it('has costs only where energy has a price: by the table, with the building and the sun as they are measured', () => {
    expect(snapshot({})?.costs).toBeUndefined();
    const energy = { prices: [{ startTime: '12:00', endTime: '13:00', pricePerKwh: 0.4 }], demandPerKw: 10 };
    const measurements = [
      { nodeId: 'grid', currentMa: [10_000, 10_000, 10_000] as const, untilMs: NOW + 9 * HOUR },
      { nodeId: 'roof', currentMa: [-20_000, -20_000, -20_000] as const, untilMs: NOW + 9 * HOUR },
    ];
    const asked = snapshot({ energy, conditions: { measurements } });
    expect(asked?.costs).toEqual({ demandPerKw: 10, carbonPerKg: 0, peakSoFarKw: 7 });
    const [first] = asked?.slots ?? [];
    // What is measured at the grid holds the roof already.
    expect(first).toMatchObject({ pricePerKwh: 0.4, otherLoadKw: 6.9 });
    expect(asked?.slots.at(-1)).toMatchObject({ pricePerKwh: 0, otherLoadKw: 6.9 });
  });

  it('counts on the sun no longer than its measurement holds', () => {
    const measurements = [{ nodeId: 'roof', currentMa: [-20_000, -20_000, -20_000] as const, untilMs: NOW + HOUR / 2 }];
    const asked = snapshot({ energy: { prices: [] }, conditions: { measurements } });
    expect(asked?.slots.map(({ otherLoadKw }) => otherLoadKw)).toEqual(
      asked?.slots.map(({ fromMs }) => (fromMs < NOW + HOUR / 2 ? -13.8 : 0)),
    );
  });
});
