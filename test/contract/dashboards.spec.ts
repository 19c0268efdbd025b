// Dashboards a person can read: titles that say what a panel is, units, one time zone, no panel over another; and metrics that are there.
// What they ask of the database is asked in support/analytics.ts, of every database.
import { describe, expect, it } from '@jest/globals';
import { dashboards } from './support/dashboards.js';
import { instrumentOf, measured, namesIn } from './support/measured.js';
import { asked } from './support/promql.js';
import { rules } from './support/rules.js';

const SOURCES = ['joulestream-analytics', 'joulestream-metrics'];

it('are there for the network, a site, money, uptime, the edges and what is asked of all', () => {
  expect(dashboards.map(([name]) => name)).toEqual([
    'edge-and-operations.json',
    'network-overview.json',
    'objectives.json',
    'sessions-and-revenue.json',
    'site-energy.json',
    'uptime.json',
  ]);
  expect(new Set(dashboards.map(([, { uid }]) => uid)).size).toBe(6);
});

describe.each(dashboards)('%s', (_, { description, timezone, panels }) => {
  it('says what it shows, in one time zone that it names', () => {
    expect(timezone).toBe('utc');
    expect(description).toContain('UTC');
    expect(panels.length).toBeGreaterThanOrEqual(8);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });

  it.each(panels)(
    '$title: has a unit, a sentence and something to ask',
    ({ title, description: words, fieldConfig, datasource, targets }) => {
      expect(title).not.toBe('');
      expect(words).toMatch(/\.$/);
      expect(fieldConfig.defaults.unit).not.toBe('');
      expect(SOURCES).toContain(datasource.uid);
      expect(targets.length).toBeGreaterThan(0);
    },
  );

  it('has no panel over another', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_cell, index) => `${x + (index % w)}/${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});

it('asks Prometheus only for what is measured or recorded, in words it understands', async () => {
  const counted = namesIn(await measured());
  const questions = dashboards
    .flatMap(([, { panels }]) => panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr ?? [])))
    .map(asked);
  expect(questions.flatMap(({ faults }) => faults)).toEqual([]);
  const named = questions.flatMap(({ metrics }) => metrics);
  expect(named.length).toBeGreaterThan(10);
  const known = new Set([...counted, ...rules.flatMap(({ record }) => record ?? [])]);
  expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
  // And leaves out none: what is measured is worth a look.
  const shown = new Set(named.map(instrumentOf));
  expect([...counted].filter((name) => !shown.has(instrumentOf(name)))).toEqual([]);
});
