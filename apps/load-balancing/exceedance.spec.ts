// More flows than a limit allows: that it is told, measured and explained, and that rows follow.
import { describe, expect, it } from '@jest/globals';
import type { LimitExceeded, SiteEvent } from '#contracts';
import type { Change } from '#service';
import { siteFold } from './decide.js';
import { exceedanceRows } from './exceedance-rows.js';
import { measuredWatts } from './measured-power.js';
import { evse, type Site, site } from './site.fixture.js';
import type { SiteState } from './state.js';

const told = (it: Site): readonly LimitExceeded[] =>
  it.told.filter(({ type }) => type === 'LimitExceeded').map(({ data }) => data as LimitExceeded);
/** Samples of the three lines of a station [A]. */
const sample = (it: Site, stationId: string, transactionId: number, ...amps: readonly number[]) => {
  const phases = ['L1', 'L2', 'L3'].slice(0, amps.length);
  const sampledValue = phases.map((phase, index) => ({ value: String(amps[index]), measurand: 'Current.Import', unit: 'A', phase }));
  const meterValue = [{ timestamp: new Date(it.nowMs).toISOString(), sampledValue }];
  it.call(stationId, 'MeterValues', { connectorId: 1, transactionId, meterValue });
};
const kinds = ({ reasons }: LimitExceeded): readonly string[] => reasons.map(({ kind }) => kind);
const charging = (limitA = 20): Site => {
  const it = site(['A', 'B'], limitA);
  it.start('A', 1);
  it.start('B', 2);
  it.charge('A', 1, 60_000, (allowedA) => allowedA);
  it.charge('B', 2, 60_000, (allowedA) => allowedA);
  return it;
};
const cut = (it: Site, limitA: number, inMs = 0) =>
  it.put('GridLimitReceived', {
    limitId: 'g',
    schedule: [{ startsAt: new Date(it.nowMs + inMs).toISOString(), limitA }],
    expiresAt: new Date(it.nowMs + 7_200_000).toISOString(),
    source: 'dso',
  });

describe('what is measured', () => {
  it('is power also where stations tell currents only', () => {
    const it = charging();
    sample(it, 'A', 1, 10, 10, 0);
    sample(it, 'B', 2, 10, 10, 10);
    expect(measuredWatts(it.state)).toBe(5 * 10 * 230);
  });
});

describe('what is measured above a limit', () => {
  it('is nothing while stations obey, whoever comes and goes', () => {
    const it = charging();
    it.charge('A', 1, 300_000, (allowedA) => allowedA);
    it.call('B', 'StopTransaction', { transactionId: 2, meterStop: 5, timestamp: new Date(it.nowMs).toISOString() });
    it.charge('A', 1, 300_000, (allowedA) => allowedA);
    it.start('B', 3);
    it.charge('A', 1, 300_000, (allowedA) => allowedA);
    expect(told(it)).toEqual([]);
  });

  it('names the station that does not obey, and how long and how far above the site was', () => {
    const it = charging();
    for (let index = 0; index < 6; index++) {
      sample(it, 'A', 1, 32, 32, 32);
      sample(it, 'B', 2, 10, 10, 10);
      it.pass(20_000);
    }
    sample(it, 'A', 1, 0, 0, 0);
    it.pass(30_000);
    for (const phase of ['L1', 'L2', 'L3']) {
      const episodes = told(it).filter((each) => each.phase === phase);
      expect(episodes.at(0)).toMatchObject({ nodeId: 'grid', isOver: false, limitMa: 20_000, flowMa: 42_000, seconds: 0 });
      const { isOver, seconds, energyAboveWh, reasons } = episodes.at(-1) as LimitExceeded;
      expect(isOver).toBe(true);
      expect(seconds).toBe(120);
      expect(energyAboveWh).toBeLessThanOrEqual((22 * 230 * 120) / 3600);
      expect(energyAboveWh).toBeGreaterThan((12 * 230 * 120) / 3600);
      expect(reasons[0]).toEqual({ kind: 'disobedient', stationId: 'A', evseId: 1, allowedMa: 10_000, drawnMa: 32_000 });
    }
  });

  it('is a cut that came without notice, until everybody had the time to follow', () => {
    const it = charging();
    it.answer = () => 'silence';
    cut(it, 8);
    expect(told(it).length).toBeGreaterThan(0);
    for (const each of told(it)) expect(kinds(each)).toContain('cut');
    it.pass(40_000);
    sample(it, 'A', 1, 10, 10, 10);
    sample(it, 'B', 2, 10, 10, 10);
    const last = told(it).at(-1) as LimitExceeded;
    expect(kinds(last)).toEqual(expect.arrayContaining(['cut', 'unconfirmed']));
    expect(last).toMatchObject({ limitMa: 8_000, flowMa: 20_000 });
  });

  it('is nothing where the cut was announced ahead and clocks are known', () => {
    const it = site(['A'], 20, 'ocpp1.6', ({ action }) => ({ status: action === 'TriggerMessage' ? 'Accepted' : 'NotSupported' }));
    it.start('A', 1);
    it.charge('A', 1, 900_000, (allowedA) => allowedA);
    cut(it, 8, 600_000);
    const cutMs = it.nowMs + 600_000;
    it.charge('A', 1, 1_200_000, () => (it.nowMs < cutMs ? 20 : 8), 17_000);
    expect(told(it)).toEqual([]);
  });

  it('is a cut once, though its source repeats it', () => {
    const it = charging();
    it.answer = ({ stationId }) => (stationId === 'A' ? 'silence' : 'Accepted');
    cut(it, 8);
    it.pass(25_000);
    cut(it, 8);
    const cuts = told(it).flatMap(({ reasons }) => reasons.filter(({ kind }) => kind === 'cut'));
    expect(new Set(cuts.map((reason) => reason.kind === 'cut' && reason.announcedMs)).size).toBe(1);
  });

  it('is told of other loads that leave less than stations were given', () => {
    const it = charging();
    it.answer = () => 'silence';
    const currentA = [14, 2, 2] as const;
    it.put('MeasurementsReported', {
      measurements: [{ nodeId: 'grid', at: new Date(it.nowMs).toISOString(), currentA, ttlSeconds: 300 }],
    } as never);
    const [first, ...others] = told(it);
    expect(first).toMatchObject({ nodeId: 'grid', phase: 'L1', limitMa: 20_000, flowMa: 34_000 });
    expect(first?.reasons).toContainEqual({ kind: 'unmanaged', loadMa: 14_000, isMeasured: true });
    expect(others.slice(0, 2).map(({ phase }) => phase)).toEqual(['L2', 'L3']);
  });

  it('counts who has fallen silent as it last was, and says so', () => {
    const it = charging();
    it.put('StationDisconnected', { connectionId: 'c', generation: { assignmentSeq: 1, offset: it.state.stations ? 0 : 0 } } as never, 'A');
    it.pass(130_000);
    cut(it, 8);
    it.pass(60_000);
    sample(it, 'B', 2, 0, 0, 0);
    const causes = new Set(told(it).flatMap(kinds));
    expect([...causes].some((kind) => kind === 'unheard' || kind === 'unconfirmed')).toBe(true);
  });

  it('keeps no sample of before a change against the car that has been told to come down since', () => {
    const it = site(['A', 'B']);
    it.start('A', 1);
    it.charge('A', 1, 60_000, () => 20);
    it.start('B', 2);
    it.pass(40_000);
    sample(it, 'B', 2, 10, 10, 10);
    expect(it.plan('B')?.limitA).toBe(10);
    expect(told(it)).toEqual([]);
  });

  it('asks no more of a power without currents than it must mean', () => {
    const it = charging();
    it.pass(40_000);
    for (const [stationId, transactionId] of [
      ['A', 1],
      ['B', 2],
    ] as const) {
      const sampledValue = [{ value: '6900', measurand: 'Power.Active.Import', unit: 'W' }];
      const meterValue = [{ timestamp: new Date(it.nowMs).toISOString(), sampledValue }];
      it.call(stationId, 'MeterValues', { connectorId: 1, transactionId, meterValue });
    }
    expect(told(it)).toEqual([]);
  });

  it('is explained whatever happens', () => {
    for (const each of [charging(), charging(12)]) {
      each.answer = ({ commandId }) => (['Accepted', 'Rejected', 'silence'] as const)[commandId.charCodeAt(0) % 3] ?? 'silence';
      for (let index = 0; index < 60; index++) {
        sample(each, index % 2 === 0 ? 'A' : 'B', index % 2 === 0 ? 1 : 2, (index * 7) % 33, (index * 5) % 33, 6);
        if (index % 20 === 5) cut(each, 6 + (index % 3) * 5);
        each.pass(15_000);
      }
      expect(told(each).length).toBeGreaterThan(0);
      for (const { reasons } of told(each)) expect(reasons).not.toEqual([]);
      for (const { reasons } of told(each)) expect(reasons.map(({ kind }) => kind)).not.toContain('unknown');
    }
  });

  it('is looked at again though nobody speaks, until it is over', () => {
    const it = charging();
    sample(it, 'A', 1, 32, 32, 32);
    it.pass(3_600_000);
    expect(told(it).at(-1)?.isOver).toBe(true);
    expect(it.state.exceeded).toEqual({});
  });
});

describe('rows of what was above a limit', () => {
  /** The rows as a table would hold them, by table and key. */
  const tableOf = (it: Site) => {
    const rows = new Map<string, Readonly<Record<string, unknown>>>();
    it.heard = (change) => {
      for (const { table, row } of siteFold.project?.(change) ?? [])
        if (table.name.startsWith('limit_violations')) rows.set(`${table.name} ${table.key.map((name) => row[name]).join(' ')}`, row);
    };
    const named = (name: string) => [...rows].filter(([key]) => key.startsWith(`${name} `)).map(([, row]) => row);
    return { episodes: () => named('limit_violations'), quarters: () => named('limit_violations_15m') };
  };

  it('say the same by episode and by quarter of an hour', () => {
    const it = charging();
    const { episodes, quarters } = tableOf(it);
    for (let index = 0; index < 120; index++) {
      sample(it, 'A', 1, 32, index < 60 ? 20 : 9, 12);
      sample(it, 'B', 2, 10, 10, 10);
      it.pass(20_000);
    }
    sample(it, 'A', 1, 0, 0, 0);
    expect(episodes().every(({ ended_at, reasons }) => ended_at !== null && (reasons as unknown[]).length > 0)).toBe(true);
    const sum = (rows: readonly Readonly<Record<string, unknown>>[], phase: string, column: string) =>
      rows.filter((row) => row.phase === phase).reduce((total, row) => total + Number(row[column]), 0);
    for (const phase of ['L1', 'L2', 'L3']) {
      expect(sum(quarters(), phase, 'seconds')).toBeCloseTo(sum(episodes(), phase, 'seconds'), 6);
      expect(sum(quarters(), phase, 'energy_above_wh')).toBeCloseTo(sum(episodes(), phase, 'energy_above_wh'), 1);
      expect(Math.max(...quarters().map(({ seconds }) => Number(seconds)))).toBeLessThanOrEqual(900);
    }
    const told = it.told
      .filter(({ type, data }) => type === 'LimitExceeded' && (data as LimitExceeded).isOver)
      .map(({ data }) => data as LimitExceeded);
    expect(episodes().map(({ since, phase, seconds }) => ({ since, phase, seconds }))).toEqual(
      expect.arrayContaining(told.map(({ since, phase, seconds }) => ({ since, phase, seconds }))),
    );
  });

  it('are the same when the log is folded again with what was recorded', () => {
    const it = charging();
    const changes: Change<SiteState, SiteEvent>[] = [];
    it.heard = (change) => changes.push(change);
    for (let index = 0; index < 30; index++) {
      sample(it, 'A', 1, 32, 32, 32);
      it.pass(40_000);
    }
    expect(changes.some(({ after }) => Object.keys(after.exceeded).length > 0)).toBe(true);
    let state = changes[0]?.before as SiteState;
    for (const { input, outputs, after } of changes) {
      const before = state;
      state = JSON.parse(JSON.stringify(siteFold.evolve(before, input, outputs)));
      expect(exceedanceRows(before, state)).toEqual(exceedanceRows(before, after));
    }
    expect(state).toEqual(it.state);
  });
});

describe('a single-phase car on a three-phase outlet', () => {
  it('counts where its outlet is wired', () => {
    const it = site(['A'], 20);
    it.put(
      'ConfigurationRequested',
      {
        requestId: 'q',
        requestedBy: 'x',
        change: {
          kind: 'station',
          assignmentSeq: 1,
          config: { stationId: 'A', siteId: 's', nodeId: 'grid', securityProfile: 1, evses: [{ ...evse, phases: ['L2'] }] },
        },
      } as never,
      'A',
    );
    it.start('A', 1);
    it.pass(60_000);
    for (let index = 0; index < 4; index++) {
      sample(it, 'A', 1, 30);
      it.pass(20_000);
    }
    expect(new Set(told(it).map(({ phase }) => phase))).toEqual(new Set(['L2']));
  });
});
