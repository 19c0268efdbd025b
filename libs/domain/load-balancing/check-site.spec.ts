// What is refused before it can do harm, and that the refusal names the place.
import { describe, expect, it } from '@jest/globals';
import { checkAllocation, checkLimitedNode, checkMeasurements, checkNewTree, checkSite } from './check-site.js';
import type { EvseConfig, NodeConfig, SiteConfig, StationConfig } from './site-model.js';

const panel: NodeConfig = { nodeId: 'panel', limitA: 40 };
const site = (root: Partial<NodeConfig> = {}): SiteConfig => ({
  siteId: 's',
  name: 'S',
  timeZone: 'Europe/Paris',
  voltageV: 230,
  root: { nodeId: 'grid', limitA: 63, children: [panel], ...root },
});
const station = (evse: Partial<EvseConfig> = {}, more: Partial<StationConfig> = {}): StationConfig => ({
  stationId: 'A',
  siteId: 's',
  nodeId: 'panel',
  securityProfile: 1,
  evses: [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 6, ...evse }],
  ...more,
});
const text = (config: SiteConfig, ...stations: readonly StationConfig[]) =>
  checkSite(config, stations, stations).map(({ path, message }) => `${path}: ${message}`);

describe('a site', () => {
  it('is accepted when everything fits', () => expect(text(site(), station())).toEqual([]));

  it('has each node once, and none below itself', () => {
    expect(text(site({ children: [panel, panel] }))).toEqual(['panel: node panel is listed twice']);
    expect(text(site({ children: [{ ...panel, children: [{ nodeId: 'grid', limitA: 10 }] }] }))).toEqual([
      'grid: node grid is below itself: grid > panel > grid',
    ]);
    const endless = { nodeId: 'endless', limitA: 10, children: [] as NodeConfig[] };
    endless.children.push(endless);
    expect(text(site({ children: [endless] }))).toEqual(['endless: node endless is below itself: grid > endless > endless']);
  });

  it('has energy costs that can be reckoned with', () => {
    const prices = [{ startTime: '22:00', endTime: '06:00', pricePerKwh: -0.02 }];
    expect(text({ ...site(), energy: { prices, feedInPerKwh: 0.08, demandPerKw: 12 } })).toEqual([]);
    const broken = { prices: [{ endTime: '24:00', pricePerKwh: Number.NaN, carbonKgPerKwh: -1 }], demandPerKw: -1, carbonPerKg: -1 };
    expect(text({ ...site(), energy: broken })).toEqual([
      'energy.prices.0.endTime: must be a time of day, HH:MM',
      'energy.prices.0.pricePerKwh: must be a number',
      'energy.prices.0.carbonKgPerKwh: must be zero or more',
      'energy.demandPerKw: must be zero or more',
      'energy.carbonPerKg: must be zero or more',
    ]);
  });

  it('knows what may flow back, and does not mix it with turned phases', () => {
    expect(text(site({ exportLimitA: [0, 10, 10] }), station({ safeA: 0, maxDischargeA: 16, roundTripEfficiency: 0.9 }))).toEqual([]);
    expect(text(site({ exportLimitA: -1 }), station({ maxDischargeA: 40, roundTripEfficiency: 0 }))).toEqual([
      'grid.exportLimitA: must be zero or more, one value or one per phase',
      'A.evses.1.maxDischargeA: must not exceed maxA: the same wires carry it',
      'A.evses.1.roundTripEfficiency: must lie in (0, 1]',
    ]);
    const turned = { ...panel, transformer: { vectorGroup: 'Dy1', turnsRatio: 1 } } as const;
    expect(text(site({ children: [turned] }), station({ maxDischargeA: 16 }))).toEqual([
      'A.evses.1.maxDischargeA: must be 0 behind a transformer that turns phases',
    ]);
    expect(text(site({ children: [turned] }), station())).toEqual([]);
    expect(text({ ...site(), energy: { prices: [], wearPerKwh: -1 } })).toEqual(['energy.wearPerKwh: must be zero or more']);
  });

  it('says how much an unmeasured load can be', () => {
    expect(text(site({ meterId: 'M7' }))).toEqual([
      'grid.unmanagedMaxA: must be given: while meter M7 is silent, nobody else knows what other loads at node grid draw',
    ]);
    expect(text(site({ meterId: 'M7', unmanagedMaxA: 20 }))).toEqual([]);
    expect(checkNewTree(site()).map(({ path }) => path)).toEqual(['grid.unmanagedMaxA']);
    expect(checkNewTree(site({ unmanagedMaxA: 0 }))).toEqual([]);
  });

  it('knows its lines', () => {
    expect(text(site({ phases: ['L1'], children: [{ ...panel, phases: ['L1', 'L2'] }] }))).toEqual([
      'panel.phases: names a line that does not reach node panel: L2',
    ]);
    expect(text(site({ children: [{ ...panel, phases: ['L1'] }] }), station())).toEqual([
      'A.evses.1.phases: names a line that does not reach node panel: L2,L3',
    ]);
    expect(text(site({ children: [{ ...panel, phases: ['L1', 'L2'] }] }), station({ phases: 'L3-L1' }))).toEqual([
      'A.evses.1.phases: names a line that does not reach node panel: L3',
    ]);
    expect(text(site({ phases: ['L1'], unmanagedMaxA: 20, children: [{ ...panel, phases: ['L1'] }] }), station({ phases: 1 }))).toEqual([]);
  });

  it('is told which lines, where a count leaves that open; what was accepted before is not asked again', () => {
    const open =
      'A.evses.1.phases: must name its lines: node panel has more than 1, and which of them carry this current nobody else knows';
    expect(text(site(), station({ phases: 1 }))).toEqual([open]);
    expect(checkSite(site(), [station({ phases: 1 })])).toEqual([]);
    expect(text(site(), station({ phases: ['L2'] }))).toEqual([]);
    expect(text(site({ children: [{ ...panel, phases: ['L1', 'L3'] }] }), station({ phases: 2 })).length).toBe(1);
    expect(text(site({ phases: 1 }), station({ phases: 1 }))).toEqual([]);
    expect(checkNewTree(site({ unmanagedMaxA: 0, phases: 1 }))).toEqual([]);
    expect(checkNewTree(site({ unmanagedMaxA: 0, children: [{ ...panel, phases: 2 }] }))).toEqual([
      { path: 'panel.phases', message: 'must name its lines: more than 2 reach node panel, and which of them lead on nobody else knows' },
    ]);
    expect(checkNewTree(site({ unmanagedMaxA: 0, children: [{ ...panel, phases: ['L2', 'L3'] }] }))).toEqual([]);
  });

  it('fits its safe levels into what is guaranteed, on every node and phase, in current and in power', () => {
    expect(text(site({ firmLimitA: [20, 5, 20] }), station())).toEqual([
      'grid: node grid, phase L2: safe levels and unmanaged load need 6 A, firm are 5 A',
    ]);
    expect(text(site({ unmanagedMaxA: 60 }), station())).toHaveLength(3);
    expect(text(site({ unmanagedMaxA: 55, marginA: 2 }), station())).toEqual([]);
    expect(text(site({ unmanagedMaxA: [55, 56, 55], marginA: 2 }), station())).toEqual([
      'grid: node grid, phase L2: safe levels, margin and unmanaged load need 64 A, firm are 63 A',
    ]);
    expect(text(site({ limitW: 6000, marginA: 1 }), station())).toEqual([]);
    expect(text(site({ limitW: 6000, marginA: 2 }), station())).toEqual([
      'grid: node grid, all phases: safe levels, margin and unmanaged load need 24 A, firm are 23.715 A',
    ]);
    expect(text(site({ limitW: 4000 }), station())).toEqual([
      'grid: node grid, all phases: safe levels and unmanaged load need 18 A, firm are 15.81 A',
    ]);
    expect(text(site(), station({ safeA: 20 }, { maxA: 10 }))).toHaveLength(3);
  });

  it('adds currents between lines as phasors, also through a transformer', () => {
    const delta = (limitA: number) => site({ limitA, children: [{ ...panel, transformer: { vectorGroup: 'Dy11', turnsRatio: 4 } }] });
    const pair = (stationId: string, phases: EvseConfig['phases']) => station({ phases, safeA: 10 }, { stationId });
    const three = [pair('A', 'L1-L2'), pair('B', 'L2-L3'), pair('C', 'L3-L1')];
    // Balanced: √3 × 10 A on each secondary line, 3 × 10 A / 4 on each primary one.
    expect(text(delta(7.5), ...three)).toEqual([]);
    expect(text(delta(7.4), ...three)).toHaveLength(3);
    expect(text(delta(7.5), ...three.slice(0, 1))).toEqual([]);
  });

  it('tells no car less than a pilot signal can', () => {
    expect(text(site(), station({ minA: 5, safeA: 0 }))).toEqual([
      'A.evses.1.minA: must be at least 6 A: nothing below can be told to a car on AC',
    ]);
    expect(text(site(), station({ minA: 0, safeA: 0 }))).toEqual([
      'A.evses.1.minA: must be at least 6 A: nothing below can be told to a car on AC',
    ]);
    expect(text(site(), station({ minA: 0, safeA: 3 }))).toContain(
      'A.evses.1.safeA: must be 0 or at least 6 A: nothing between can be told to a car on AC',
    );
    expect(text(site(), station({ powerType: 'DC', minA: 1, safeA: 1 }))).toEqual([]);
    expect(text(site(), station({ safeA: 0 }, { maxA: 5 }))).toEqual([
      'A.maxA: must be 0 or at least 6 A: nothing between can be told to a car on AC',
    ]);
    expect(text(site(), station({ powerType: 'DC', minA: 1, safeA: 1 }, { maxA: 5 }))).toEqual([]);
  });

  it('lists no EVSE that can never charge, unless it is closed', () => {
    const needs = (least: number, node: string) =>
      `A.evses.1.minA: can never charge: it needs ${least} A, more than node ${node} can carry`;
    expect(text(site({ limitA: 15 }), station({ minA: 16, safeA: 0 }))).toEqual([needs(16, 'grid')]);
    expect(text(site({ limitA: [63, 63, 15] }), station({ minA: 16, safeA: 0 }))).toEqual([needs(16, 'grid')]);
    expect(text(site({ limitA: 17, marginA: 2 }), station({ minA: 16, safeA: 0 }))).toEqual([needs(16, 'grid')]);
    expect(text(site(), station({ minA: 10, safeA: 0 }, { maxA: 8 }))).toEqual([needs(10, 'A')]);
    expect(text(site({ limitW: 4000 }), station({ safeA: 0 }))).toEqual([needs(6, 'grid')]);
    expect(text(site({ limitA: 15 }), station({ levelsA: [0, 16], safeA: 0 }))).toEqual([needs(16, 'grid')]);
    expect(text(site({ limitA: 0 }), station({ safeA: 0 }))).toEqual([]);
    expect(text(site(), station({ safeA: 0 }, { maxA: 0 }))).toEqual([]);
    expect(text(site({ unmanagedMaxA: 60 }), station({ safeA: 0 }))).toEqual([]);
  });

  it('may change though a station has values that would not be taken today', () => {
    const old = station({ minA: 0, safeA: 3 });
    expect(checkSite(site({ limitA: 80 }), [old])).toEqual([]);
    expect(checkSite(site(), [old, station({}, { stationId: 'B' })], [station({}, { stationId: 'B' })])).toEqual([]);
    expect(checkSite(site({ children: [] }), [old])).toEqual([{ path: 'A.nodeId', message: 'there is no node panel at site s' }]);
  });

  it('names each line and each connector once', () => {
    expect(text(site({ phases: ['L1', 'L1'] }))).toContain('grid.phases: must name each line once');
    const twice = [{ connectorId: 1 }, { connectorId: 1 }];
    expect(text(site(), station({ connectors: twice }))).toEqual(['A.evses.1.connectors: connector 1 is listed twice']);
    expect(text(site(), station({ connectors: 2 }))).toEqual([]);
    const evse: EvseConfig = { evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 6, connectors: [{ connectorId: 1 }] };
    expect(text(site(), station({}, { evses: [evse, { ...evse, evseId: 2 }] }))).toEqual([
      'A.evses.2.connectors: connector 1 is listed twice',
    ]);
  });

  it('has levels that can be told', () => {
    expect(text(site(), station({ levelsA: [8, 16], safeA: 8 }))).toEqual([
      'A.evses.1.levelsA: must include 0: an EVSE that cannot be paused cannot be steered',
    ]);
    expect(text(site(), station({ levelsA: [0, 40] }))).toContain('A.evses.1.levelsA: must include a current between minA and maxA');
    expect(text(site(), station({ levelsA: [0, 8, 16], safeA: 6 }))).toEqual(['A.evses.1.safeA: must be one of levelsA']);
    expect(text(site(), station({ levelsA: [0, 8, 16], safeA: 8 }))).toEqual([]);
  });
});

describe('a limit from the grid', () => {
  it('is of a node or a station that is there', () => {
    expect(checkLimitedNode(site(), ['A'], 'panel')).toEqual([]);
    expect(checkLimitedNode(site(), ['A'], 'A')).toEqual([]);
    expect(checkLimitedNode(site(), ['A'], 'attic')).toEqual([{ path: 'nodeId', message: 'there is no node attic' }]);
  });
});

describe('a report of load', () => {
  it('is of a node that is there, and of now', () => {
    const nowMs = Date.parse('2026-03-01T12:00:00Z');
    const report = { nodeId: 'panel', at: '2026-03-01T11:59:30Z', ttlSeconds: 60 };
    expect(checkMeasurements(site(), [report], nowMs)).toEqual([]);
    expect(checkMeasurements(site(), [report, { ...report, nodeId: 'attic' }, { ...report, ttlSeconds: 30 }], nowMs)).toEqual([
      { path: '1.nodeId', message: 'there is no node attic' },
      { path: '2.at', message: 'what was measured at node panel is out of date already' },
    ]);
    expect(checkMeasurements(site(), [{ ...report, at: '2026-03-01T12:01:00Z' }], nowMs)).toEqual([]);
    expect(checkMeasurements(site(), [{ ...report, at: '2026-03-01T12:01:01Z' }], nowMs)).toEqual([
      { path: '0.at', message: 'node panel cannot have been measured in the future' },
    ]);
  });
});

describe('a request for a split', () => {
  const evse = { evseId: 'a', nodeId: 'panel', phases: 3 as const, minA: 6, maxA: 32 };
  const root: NodeConfig = { nodeId: 'grid', limitA: 63, children: [panel] };
  const refused = (request: Parameters<typeof checkAllocation>[0]) =>
    checkAllocation(request).map(({ path, message }) => `${path}: ${message}`);

  it('is answered when it makes sense', () =>
    expect(refused({ root, evses: [evse, { ...evse, evseId: 'b', levelsA: [8, 16] }] })).toEqual([]));
  it('names the node or EVSE that makes none', () => {
    expect(refused({ root, evses: [{ ...evse, nodeId: 'attic' }] })).toEqual(['evses.a.nodeId: there is no node attic']);
    expect(refused({ root, evses: [evse, evse] })).toEqual(['evses.a: EVSE a is listed twice']);
    expect(refused({ root, evses: [{ ...evse, maxA: 5 }] })).toEqual(['evses.a.maxA: must be at least minA']);
    expect(refused({ root: { ...root, children: [panel, panel] }, evses: [] })).toEqual(['panel: node panel is listed twice']);
    expect(refused({ root: { ...root, phases: ['L1'] }, evses: [evse] })).toEqual([
      'evses.a.phases: names a line that does not reach node panel: L2,L3',
    ]);
  });
});
