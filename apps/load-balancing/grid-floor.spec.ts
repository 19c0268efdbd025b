// What the grid has to leave to a node (§14a EnWG): a limit of that source counts as no less, whatever it says; limits of others do.
import { describe, expect, it } from '@jest/globals';
import type { GridLimitReceived } from '#contracts';
import { type Site, site } from './site.fixture.js';

const MINUTE = 60_000;
const DEVICES = 2;
/** Number of devices × 4.2 kW × 0.9: 7.56 kW, three lines of 10.9 A. */
const FLOOR_W = DEVICES * 4_200 * 0.9;

function configured(it: Site, floorW?: number): void {
  const root = { nodeId: 'grid', limitA: 60, unmanagedMaxA: 0, ...(floorW && { gridFloor: { source: '14a', floorW } }) };
  const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root };
  it.put('ConfigurationRequested', { requestId: `floor-${floorW}`, requestedBy: 'x', change: { kind: 'site', config } });
}

/** A site with one car, and what it may draw once the grid has said 0 W [A]. */
function limited(limit: Partial<GridLimitReceived>, floorW?: number): { readonly it: Site; readonly limitA: number } {
  const it = site(['A'], 60);
  configured(it, floorW);
  it.start('A', 7);
  it.pass(MINUTE);
  const [startsAt, expiresAt] = [new Date(it.nowMs).toISOString(), new Date(it.nowMs + 60 * MINUTE).toISOString()];
  it.put('GridLimitReceived', { limitId: 'l', schedule: [{ startsAt, limitW: 0 }], expiresAt, source: '14a', ...limit });
  it.pass(20 * MINUTE);
  return { it, limitA: it.plan('A')?.limitA ?? -1 };
}

describe('a node with a floor against a source', () => {
  it('keeps it when that source says 0 W, and not when another does, or a share of a limit over several sites', () => {
    const { limitA } = limited({}, FLOOR_W);
    expect(limitA).toBeGreaterThanOrEqual(6);
    expect(limitA * 3 * 230).toBeLessThanOrEqual(FLOOR_W);
    expect(limited({}).limitA).toBe(0);
    expect(limited({ source: 'dso' }, FLOOR_W).limitA).toBe(0);
    expect(limited({ shareSeq: 1 }, FLOOR_W).limitA).toBe(0);
  });

  it('keeps it in the fallback too, and has what the limit allows above it', () => {
    const startsAt = '2026-03-01T12:00:00Z';
    const fallback = { limitId: 'f', schedule: [{ startsAt, limitW: 15_000 }], fallback: { limitW: 0 } };
    expect(limited(fallback, FLOOR_W).limitA * 3 * 230).toBeGreaterThan(FLOOR_W);
    const over = limited({ ...fallback, expiresAt: '2026-03-01T12:05:00Z' }, FLOOR_W);
    expect(over.limitA).toBeGreaterThanOrEqual(6);
    expect(over.limitA * 3 * 230).toBeLessThanOrEqual(FLOOR_W);
  });

  it('has it for a limit that stands as soon as it is configured, and no longer than that', () => {
    const { it } = limited({});
    configured(it, FLOOR_W);
    it.pass(10 * MINUTE);
    expect(it.plan('A')?.limitA).toBeGreaterThanOrEqual(6);
    configured(it);
    it.pass(10 * MINUTE);
    expect(it.plan('A')?.limitA).toBe(0);
  });
});
