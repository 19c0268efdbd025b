// The month's highest power as tariffs bill it.
import { describe, expect, it } from '@jest/globals';
import { type Site, START, site } from './site.fixture.js';

const charge = (it: Site, ms: number, powerW: number, everyMs = 30_000): void => {
  for (const endMs = it.nowMs + ms; it.nowMs < endMs; it.pass(everyMs)) {
    const sampledValue = [{ value: String(powerW), measurand: 'Power.Active.Import', unit: 'W' }];
    const meterValue = [{ timestamp: new Date(it.nowMs).toISOString(), sampledValue }];
    it.call('A', 'MeterValues', { connectorId: 1, transactionId: 1, meterValue });
  }
};
/** Something is heard, so that time is counted. */
const peakOf = (it: Site) => {
  it.pass(1_000);
  it.call('A', 'Heartbeat', {});
  return it.state.peak;
};
const priced = (demandPerKw = 15): Site => {
  const it = site(['A'], 32);
  const root = { nodeId: 'grid', limitA: 32, unmanagedMaxA: 0 };
  const config = { siteId: 's', name: 'S', timeZone: 'Europe/Amsterdam', voltageV: 230, root, energy: { prices: [], demandPerKw } };
  it.put('ConfigurationRequested', { requestId: 'p', requestedBy: 'x', change: { kind: 'site', config } });
  it.start('A', 1);
  return it;
};

describe('the highest power of a month', () => {
  it('is the mean of a quarter hour, not what was seen at an instant', () => {
    const it = priced();
    charge(it, 300_000, 9_000);
    charge(it, 600_000, 3_000);
    charge(it, 900_000, 4_000);
    expect(peakOf(it)?.month).toBe('2026-03');
    expect(it.state.peak?.kW).toBeCloseTo(5, 1);
  });

  it('counts what a quarter has drawn already as the least it will have been', () => {
    const it = priced();
    charge(it, 450_000, 9_000);
    expect(peakOf(it)?.kW).toBeCloseTo(4.5, 1);
  });

  it('begins anew with the month of the site', () => {
    const it = priced();
    charge(it, 900_000, 9_000);
    it.nowMs = Date.parse('2026-03-31T21:45:00Z');
    charge(it, 900_000, 6_000);
    expect(it.state.peak).toMatchObject({ month: '2026-03' });
    charge(it, 900_000, 3_000);
    expect(peakOf(it)?.month).toBe('2026-04');
    expect(it.state.peak?.kW).toBeCloseTo(3, 1);
  });

  it('counts other loads at the grid connection, and nothing where it has no price', () => {
    const it = priced();
    const at = new Date(START).toISOString();
    it.put('MeasurementsReported', { measurements: [{ nodeId: 'grid', at, currentA: [10, 10, 10], ttlSeconds: 3_600 }] } as never);
    charge(it, 900_000, 0);
    expect(peakOf(it)?.kW).toBeCloseTo(6.9, 1);
    const free = priced(0);
    charge(free, 60_000, 9_000);
    expect([free.state.peak, free.state.quarter]).toEqual([undefined, undefined]);
  });
});
