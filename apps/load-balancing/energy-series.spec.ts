// What is remembered of prices said from outside, and what energy costs with them.
import { describe, expect, it } from '@jest/globals';
import type { EnergySeriesReceived } from '#contracts';
import { type EnergyCosts, energyCostsAt } from '#domain/load-balancing';
import { energyOf, energySeriesRows, seriesReceived } from './energy-series.js';
import { newSite, type SiteState } from './state.js';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-07-01T06:00:00Z');
const iso = (hours: number) => new Date(NOW + hours * HOUR).toISOString();
const said = (source: string, from: number, ...prices: readonly number[]): EnergySeriesReceived => ({
  source,
  series: prices.map((pricePerKwh, index) => ({ startsAt: iso(from + index), endsAt: iso(from + index + 1), pricePerKwh })),
});
const site = (energy?: EnergyCosts): SiteState => ({
  ...newSite('default/depot'),
  nowMs: NOW,
  config: { siteId: 'depot', name: '', timeZone: 'UTC', voltageV: 230, ...(energy && { energy }) } as unknown as NonNullable<
    SiteState['config']
  >,
});
const priceAt = (state: SiteState, hours: number): number | undefined => {
  const energy = energyOf(state);
  return energy && energyCostsAt(energy, 'UTC', NOW + hours * HOUR).pricePerKwh;
};

describe('prices from outside', () => {
  it('go before the table of the site, for the times they speak of', () => {
    const state = seriesReceived(site({ prices: [{ pricePerKwh: 0.2 }] }), said('market', 1, 0.5));
    expect([0, 1, 2].map((hour) => priceAt(state, hour))).toEqual([0.2, 0.5, 0.2]);
  });
  it('make costs matter where nothing else does, until they are over', () => {
    const state = seriesReceived(site(), said('market', 1, 0.5));
    expect([0, 1].map((hour) => priceAt(state, hour))).toEqual([0, 0.5]);
    expect(energyOf({ ...state, nowMs: NOW + 2 * HOUR })).toBeUndefined();
  });
  it('are replaced by what the same source says of the same times, and kept for others', () => {
    const state = seriesReceived(seriesReceived(site(), said('market', 0, 0.1, 0.2, 0.3)), said('market', 1, 0.9));
    expect([0, 1, 2].map((hour) => priceAt(state, hour))).toEqual([0.1, 0.9, 0.3]);
  });
  it('are those of the latest word where sources contradict each other', () => {
    const state = seriesReceived(seriesReceived(site(), said('market', 0, 0.1)), said('grid:dso', 0, 0.7));
    expect(priceAt(state, 0)).toBe(0.7);
    expect(priceAt(seriesReceived(state, said('market', 0, 0.2)), 0)).toBe(0.2);
  });
  it('are forgotten when they are over', () => {
    const state = seriesReceived({ ...seriesReceived(site(), said('market', 0, 0.1)), nowMs: NOW + 5 * HOUR }, said('other', 6, 0.2));
    expect(state.energySeries?.map(({ source }) => source)).toEqual(['other']);
  });
  it('leave a row for each time', () => {
    const input = {
      type: 'EnergySeriesReceived',
      tenantId: 't',
      siteId: 'depot',
      time: iso(0),
      data: said('market', 0, 0.1, 0.2),
      at: { offset: 7 },
    };
    expect(
      energySeriesRows(input as never).map(({ row }) => [row.record_offset, row.step, row.price_per_kwh, row.carbon_kg_per_kwh]),
    ).toEqual([
      [7, 0, 0.1, null],
      [7, 1, 0.2, null],
    ]);
  });
});
