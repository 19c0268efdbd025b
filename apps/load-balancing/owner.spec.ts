// The owner of a site: configuration, defaults, the fair share, leases and limits of the grid.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested, SiteEventData } from '#contracts';
import { validate } from '#ocpp';
import { configured } from './configured.js';
import { committedMa } from './ledger.fixture.js';
import { evse, type Site, site } from './site.fixture.js';
import { stationIn } from './state.js';
import { projectSite } from './tables.js';

describe('the owner of a site', () => {
  it('refuses a grid connection at which nobody knows what else flows', () => {
    const it = site([]);
    const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root: { nodeId: 'grid', limitA: 40 } };
    it.put('ConfigurationRequested', { requestId: 'open', requestedBy: 'x', change: { kind: 'site', config } });
    const refused = it.told.findLast(({ type }) => type === 'ConfigurationRefused')?.data as SiteEventData['ConfigurationRefused'];
    expect(refused.reasons.map(({ path }) => path)).toEqual(['grid.unmanagedMaxA']);
  });

  it('refuses an outlet of which nobody knows which line it is on', () => {
    const it = site([]);
    it.place('A', { phases: 1 });
    const refused = it.told.findLast(({ type }) => type === 'ConfigurationRefused')?.data as SiteEventData['ConfigurationRefused'];
    expect(refused.reasons.map(({ path }) => path)).toEqual(['A.evses.1.phases']);
    it.place('A', { phases: ['L3'] });
    expect(stationIn(it.state, 'A')?.config.evses).toMatchObject([{ phases: ['L3'] }]);
  });

  it('refuses a site at which somebody could never charge again, and lets one that never could not stand in the way', () => {
    const it = site(['A'], 40);
    const asked = (limitA: number): void => {
      const root = { nodeId: 'grid', limitA, unmanagedMaxA: 0 };
      const change = { kind: 'site', config: { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root } } as const;
      it.put('ConfigurationRequested', { requestId: 'less', requestedBy: 'x', change });
    };
    asked(5);
    expect(it.told.findLast(({ type }) => type === 'ConfigurationRefused')?.data).toEqual({
      requestId: 'less',
      reasons: [{ path: 'A.evses.1.minA', message: 'can never charge: it needs 6 A, more than node grid can carry' }],
    });
    const was = it.state.config;
    if (was) it.state = { ...it.state, config: { ...was, root: { ...was.root, limitA: 5 } } };
    asked(4);
    expect(it.told.filter(({ type }) => type === 'ConfigurationRefused')).toHaveLength(1);
  });

  it('refuses a configuration whose safe levels do not fit, and names the node', () => {
    const it = site([], 10);
    it.put(
      'ConfigurationRequested',
      {
        requestId: 'q',
        requestedBy: 'x',
        change: {
          kind: 'station',
          assignmentSeq: 1,
          config: { stationId: 'A', siteId: 's', nodeId: 'grid', securityProfile: 1, evses: [{ ...evse, safeA: 12 }] },
        },
      },
      'A',
    );
    expect(it.told.at(-1)).toMatchObject({
      type: 'ConfigurationRefused',
      data: { requestId: 'q', reasons: expect.arrayContaining([expect.objectContaining({ path: 'grid' })]) },
    });
    expect(it.state.stations).toEqual({});
  });

  it('lets no station go while it is used, or may draw more than its safe level, and says what to do', () => {
    const it = site(['A']);
    const remove = (isDeleted = true) => {
      it.put(
        'ConfigurationRequested',
        { requestId: 'q', requestedBy: 'x', change: { kind: 'stationRemoved', stationId: 'A', ...(isDeleted && { isDeleted }) } },
        'A',
      );
      const { type, data } = it.told.findLast(({ type: each }) => each.startsWith('Configuration')) ?? { type: '', data: {} };
      return type === 'ConfigurationAccepted' ? [] : (data as { reasons: { message: string }[] }).reasons.map(({ message }) => message);
    };
    it.start('A', 7);
    it.pass(60_000);
    expect(remove()).toEqual([expect.stringContaining('a transaction is running')]);
    // It boots: whether the car is still there is not known, its lease runs on.
    it.call('A', 'BootNotification', { chargePointVendor: 'v', chargePointModel: 'm' }, { status: 'Accepted' });
    expect(remove()).toEqual([expect.stringMatching(/^a lease is running, until 20/)]);
    it.call('A', 'StopTransaction', { transactionId: 7, meterStop: 1, timestamp: new Date(it.nowMs).toISOString() });
    it.start('A', 8);
    it.charge('A', 8, 3 * 60_000, (allowedA) => allowedA + 10);
    it.call('A', 'StopTransaction', { transactionId: 8, meterStop: 1, timestamp: new Date(it.nowMs).toISOString() });
    expect(remove()).toEqual([expect.stringContaining('does not follow its limits')]);
    expect(remove(false)).toEqual([]);
    expect(stationIn(it.state, 'A')).toBeUndefined();
    expect(it.told.findLast(({ type }) => type === 'LimitAlarmReported')?.data).toMatchObject({ kind: 'ignores', isOver: true });
  });

  it('goes itself once no station is there and no limit holds, and can come again', () => {
    const it = site(['A']);
    const rows: unknown[][] = [];
    it.heard = (change) => {
      for (const { table, row } of projectSite(change))
        if (table.name.startsWith('site')) rows.push([table.name, row.removed ?? row.is_removed, row.version]);
    };
    const ask = (change: SiteEventData['ConfigurationRequested']['change'], stationId?: string) => {
      it.put('ConfigurationRequested', { requestId: 'q', requestedBy: 'x', change }, stationId);
      const { type, data } = it.told.findLast(({ type: each }) => each.startsWith('Configuration')) ?? { type: '', data: {} };
      return type === 'ConfigurationAccepted' ? [] : (data as { reasons: { path: string; message: string }[] }).reasons;
    };
    const iso = (ms: number) => new Date(it.nowMs + ms).toISOString();
    const limit = { schedule: [{ startsAt: iso(0), limitA: 10 }], expiresAt: iso(60_000), source: 'dso' };
    it.put('GridLimitReceived', { limitId: 'own', ...limit });
    it.put('GridLimitReceived', { limitId: 'all', ...limit, shareSeq: 1 });
    expect(ask({ kind: 'siteRemoved' })).toEqual([
      { path: 'stations', message: 'delete or move its stations first: A' },
      { path: 'grid', message: 'the limit own of dso holds here: withdraw it, or let it end' },
      { path: 'grid', message: 'it has a share of the limit all of dso over several sites: send one without this site, or withdraw it' },
    ]);
    it.pass(61_000);
    expect(ask({ kind: 'stationRemoved', stationId: 'A', isDeleted: true }, 'A')).toEqual([]);
    expect(ask({ kind: 'siteRemoved' })).toEqual([]);
    expect(it.state).not.toHaveProperty('config');
    expect(ask({ kind: 'siteRemoved' })).toEqual([{ path: 'siteId', message: 'the site s does not exist' }]);
    const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root: { nodeId: 'grid', limitA: 20, unmanagedMaxA: 0 } };
    expect(ask({ kind: 'site', config })).toEqual([]);
    expect(rows.filter(([name]) => name === 'sites' || name === 'site_versions').slice(-4)).toEqual([
      ['sites', true, 4],
      ['site_versions', true, 4],
      ['sites', false, 5],
      ['site_versions', undefined, 5],
    ]);
  });

  it('takes no outlet away, and no line of it, while current may flow there', () => {
    const it = site(['A']);
    let nodeId = 'grid';
    const change = (...evses: readonly object[]) => {
      it.put(
        'ConfigurationRequested',
        {
          requestId: 'q',
          requestedBy: 'x',
          change: {
            kind: 'station',
            assignmentSeq: 1,
            config: { stationId: 'A', siteId: 's', nodeId, securityProfile: 1, evses } as never,
          },
        },
        'A',
      );
      const { type, data } = it.told.findLast(({ type: each }) => each.startsWith('Configuration')) ?? { type: '', data: {} };
      return type === 'ConfigurationAccepted' ? [] : (data as { reasons: { path: string; message: string }[] }).reasons;
    };
    it.start('A', 7);
    expect(change({ ...evse, evseId: 2 })).toEqual([{ path: 'A.evses.1', message: 'a transaction is running' }]);
    expect(change({ ...evse, phases: ['L1'] })).toEqual([{ path: 'A.evses.1.phases', message: 'a transaction is running' }]);
    expect(change(evse, { ...evse, evseId: 2 })).toEqual([]);
    const root = { nodeId: 'grid', limitA: 20, unmanagedMaxA: 0, children: [{ nodeId: 'panel', limitA: 10 }] };
    const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root };
    it.put('ConfigurationRequested', { requestId: 'p', requestedBy: 'x', change: { kind: 'site', config } });
    nodeId = 'panel';
    expect(change(evse)).toEqual([{ path: 'A.nodeId', message: 'a transaction is running' }]);
    nodeId = 'grid';
    it.call('A', 'StopTransaction', { transactionId: 7, meterStop: 5, timestamp: new Date(it.nowMs).toISOString() });
    it.pass(3_600_000);
    expect(change({ ...evse, phases: ['L1'] })).toEqual([]);
    nodeId = 'panel';
    expect(change({ ...evse, phases: ['L1'] })).toEqual([]);
  });

  it('tells a car on AC 0 or 6 A at least, also where a configuration of old says less', () => {
    const it = site([], 10);
    const evses = [{ ...evse, minA: 0, safeA: 3 }];
    for (const stationId of ['A', 'B']) {
      const config = { stationId, siteId: 's', nodeId: 'grid', securityProfile: 1, evses } as const;
      it.state = configured(it.state, 1, { kind: 'station', assignmentSeq: 1, config });
      it.join(stationId);
    }
    for (const [index, stationId] of ['A', 'B'].entries()) it.start(stationId, index + 1);
    it.pass(120_000);
    expect(it.plan('A')).toMatchObject({ limitA: 10, lastA: 0 });
    expect(it.plan('B')).toBeUndefined(); // its default is nothing already
    const grants = it.told.flatMap(({ data }) => (data as CommandRequested).grant ?? []);
    expect(grants.flatMap(({ steps }) => steps).filter(({ limitMa }) => limitMa > 0 && limitMa < 6_000)).toEqual([]);
  });

  it('keeps a node as long as a limit holds at it', () => {
    const it = site(['A'], 40);
    const at = (ms: number): string => new Date(it.nowMs + ms).toISOString();
    it.put('GridLimitReceived', { limitId: 'g', source: 'dso', schedule: [{ startsAt: at(0), limitA: 10 }], expiresAt: at(60_000) });
    const renamed = (requestId: string) => {
      const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root: { nodeId: 'main', limitA: 40, unmanagedMaxA: 0 } };
      it.put('ConfigurationRequested', { requestId, requestedBy: 'x', change: { kind: 'site', config } });
      return it.told.find(({ type, data }) => type === 'ConfigurationRefused' && (data as { requestId: string }).requestId === requestId)
        ?.data;
    };
    expect(renamed('during')).toMatchObject({
      reasons: expect.arrayContaining([{ path: 'grid', message: expect.stringContaining('a limit of dso') }]),
    });
    it.pass(120_000);
    expect(JSON.stringify(renamed('after') ?? '')).not.toContain('a limit of dso');
  });

  describe('when a station is configured anew while cars charge', () => {
    const charging = (...stationIds: readonly string[]): Site => {
      const it = site(['A', 'B'], 40);
      for (const [index, stationId] of stationIds.entries()) it.start(stationId, index + 1);
      it.pass(120_000);
      return it;
    };

    it('counts with what it was told, until it is told less', () => {
      const it = charging('A');
      expect(it.plan('A')?.limitA).toBe(32);
      it.answer = ({ stationId }) => (stationId === 'A' ? 'silence' : 'Accepted');
      it.place('A', { maxA: 10 });
      expect(committedMa(it, 'A')).toBe(32_000);
      it.start('B', 2);
      it.pass(60_000);
      expect(it.plan('B')?.limitA).toBe(8);
      it.answer = () => 'Accepted';
      it.pass(120_000);
      expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([10, 30]);
    });

    it('keeps the rating of a station that does not obey: a lower one would hide what it draws', () => {
      const it = charging('A', 'B');
      for (let sample = 0; sample < 4; sample++) {
        it.pass(20_000);
        const sampledValue = [{ value: '32', measurand: 'Current.Import', unit: 'A', phase: 'L1' }];
        const meterValue = [{ timestamp: new Date(it.nowMs).toISOString(), sampledValue }];
        it.call('A', 'MeterValues', { connectorId: 1, transactionId: 1, meterValue });
      }
      expect(stationIn(it.state, 'A')?.ledger.evses[0]?.disobedient).toBe(true);
      it.place('A', { maxA: 16 });
      const refused = it.told.findLast(({ type }) => type === 'ConfigurationRefused')?.data;
      expect(refused).toMatchObject({ reasons: [{ path: 'A.evses.1.maxA', message: expect.stringContaining('does not obey') }] });
      expect(committedMa(it, 'A')).toBe(32_000);
    });

    it('installs a higher safe level once there is room for it', () => {
      const it = charging('B');
      expect(it.plan('B')?.limitA).toBe(32);
      it.answer = ({ stationId }) => (stationId === 'B' ? 'silence' : 'Accepted');
      it.place('A', { safeA: 16 });
      it.pass(30_000);
      expect(committedMa(it, 'A')).toBe(0);
      it.answer = () => 'Accepted';
      it.pass(120_000);
      expect([committedMa(it, 'A'), it.plan('B')?.limitA]).toEqual([16_000, 24]);
    });
  });

  it('counts a station that takes no profiles with its rating, and asks it again only when it boots', () => {
    const it = site([], 40);
    it.answer = ({ stationId, grant }) => (stationId === 'A' && grant ? 'NotSupported' : 'Accepted');
    for (const stationId of ['A', 'B']) {
      it.place(stationId);
      it.join(stationId);
    }
    const asked = (): number => it.told.filter(({ type, stationId }) => type === 'CommandRequested' && stationId === 'A').length;
    it.start('B', 2);
    it.pass(3_600_000);
    // When it connected, and when it booted.
    expect([asked(), committedMa(it, 'A'), it.plan('B')?.limitA]).toEqual([2, 32_000, 8]);
    it.answer = () => 'Accepted';
    it.join('A');
    it.pass(120_000);
    expect([committedMa(it, 'A'), it.plan('B')?.limitA]).toEqual([0, 32]);
  });

  it('keeps a station that is out of reach at its safe level where that is shown to outlast a power cycle', () => {
    const it = site(['A', 'B'], 40);
    it.place('B', {}, { keepsDefault: true });
    it.pass(60_000);
    for (const stationId of ['A', 'B']) {
      const generation = { assignmentSeq: 1, offset: stationIn(it.state, stationId)?.ledger.connection ?? 0 };
      it.put('StationDisconnected', { connectionId: 'c', edgeId: 'e', generation, closeCode: 1006, reason: '' }, stationId);
    }
    expect([committedMa(it, 'A'), committedMa(it, 'B')]).toEqual([0, 0]);
    it.pass(3_600_000);
    expect([committedMa(it, 'A'), committedMa(it, 'B')]).toEqual([32_000, 0]);
  });

  it('installs the safe default before any plan, in profiles the schema accepts', () => {
    const it = site(['A']);
    it.start('A', 7);
    const told = () => it.told.flatMap(({ type, data }) => (type === 'CommandRequested' ? [data as CommandRequested] : []));
    const commandsSoFar = () => told().filter(({ grant }) => grant !== undefined);
    // Until a car has come down to it, what is more than the default is a raise, and there is no room for one.
    expect(commandsSoFar().map(({ grant }) => grant?.slot)).toEqual(['default', 'default']);
    it.pass(5_000);
    const commands = commandsSoFar();
    expect(commands.map(({ grant }) => grant?.slot)).toEqual(expect.arrayContaining(['default', 'plan']));
    expect(commands[0]?.grant?.slot).toBe('default');
    for (const { payload } of commands) expect(validate('ocpp1.6', 'SetChargingProfile', 'request', payload)).toEqual([]);
    expect(it.plan('A')).toMatchObject({ limitA: 20, lastA: 0 });
  });

  it('shares the limit of a full site and releases it when one leaves', () => {
    const it = site(['A', 'B']);
    it.start('A', 1);
    it.pass(60_000);
    it.start('B', 2);
    it.pass(120_000);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([10, 10]);
    it.call('A', 'StopTransaction', { transactionId: 1, meterStop: 5, timestamp: new Date(it.nowMs).toISOString() });
    it.pass(120_000);
    expect(it.plan('B')?.limitA).toBe(20);
  });

  it('raises a car soon after its last change, although its station only sends samples', () => {
    const it = site(['A', 'B']);
    it.start('A', 1);
    it.pass(60_000);
    it.start('B', 2);
    it.pass(10_000);
    expect(it.plan('B')?.limitA).toBe(10);
    it.call('A', 'StopTransaction', { transactionId: 1, meterStop: 5, timestamp: new Date(it.nowMs).toISOString() });
    it.pass(31_000);
    expect(it.plan('B')?.limitA).toBe(20);
  });

  it('raises nobody into the current of a station that has not confirmed its reduction', () => {
    const it = site(['A', 'B']);
    it.start('A', 1);
    it.pass(60_000);
    it.answer = ({ stationId, grant }) => (stationId === 'A' && grant?.slot === 'plan' ? 'silence' : 'Accepted');
    it.start('B', 2);
    it.pass(300_000);
    expect(it.plan('B')?.limitA ?? 0).toBe(0);
  });

  it('renews a lease before it ends', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(10_000);
    const first = it.plan('A')?.endsMs ?? Number.POSITIVE_INFINITY;
    it.pass(800_000);
    expect(it.plan('A')?.endsMs).toBeGreaterThan(first);
    expect(it.plan('A')?.limitA).toBe(20);
  });

  it('leaves room for other loads as they were measured last, in whichever order the reports come', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(60_000);
    const report = (agoMs: number, loadA: number): void =>
      it.put('MeasurementsReported', {
        measurements: [{ nodeId: 'grid', at: new Date(it.nowMs - agoMs).toISOString(), currentA: [loadA, loadA, loadA], ttlSeconds: 600 }],
      });
    report(1_000, 10);
    report(30_000, 0);
    it.pass(60_000);
    expect(it.plan('A')?.limitA).toBe(10);
    report(0, 2);
    it.pass(60_000);
    expect(it.plan('A')?.limitA).toBe(18);
  });

  it('takes no report for longer than if it had been measured when it came', () => {
    const it = site(['A']);
    it.start('A', 1);
    const report = (at: number, loadA: number): void =>
      it.put('MeasurementsReported', {
        measurements: [{ nodeId: 'grid', at: new Date(at).toISOString(), currentA: [loadA, loadA, loadA], ttlSeconds: 60 }],
      });
    report(it.nowMs + 3_600_000, 10);
    expect(it.state.measurements).toMatchObject([{ atMs: it.nowMs, untilMs: it.nowMs + 60_000 }]);
    it.pass(1_000);
    report(it.nowMs, 2);
    expect(it.state.measurements).toMatchObject([{ atMs: it.nowMs, currentMa: [2_000, 2_000, 2_000] }]);
  });

  it('follows a limit from the grid', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(60_000);
    it.put('GridLimitReceived', {
      limitId: 'g',
      schedule: [{ startsAt: new Date(it.nowMs).toISOString(), limitA: 8 }],
      expiresAt: new Date(it.nowMs + 3_600_000).toISOString(),
      source: 'dso',
    });
    it.pass(1_000);
    expect(it.plan('A')?.limitA).toBe(8);
  });

  it.each(['Rejected', 'silence'] as const)(
    'tells less from the grid at once also to a station that has just said no, or nothing (%s)',
    (said) => {
      const it = site(['A', 'B']);
      it.start('A', 1);
      it.pass(60_000);
      it.answer = ({ stationId }) => (stationId === 'A' ? said : 'Accepted');
      it.start('B', 2);
      while (it.plan('A')?.limitA !== 10 || (stationIn(it.state, 'A')?.quietUntilMs ?? 0) <= it.nowMs) it.pass(1_000);
      it.answer = () => 'Accepted';
      const startsAt = new Date(it.nowMs).toISOString();
      const expiresAt = new Date(it.nowMs + 3_600_000).toISOString();
      it.put('GridLimitReceived', { limitId: 'g', schedule: [{ startsAt, limitA: 12 }], expiresAt, source: 'dso' });
      expect(it.plan('A')?.limitA).toBe(6);
    },
  );

  it('lowers also who has just said no, as soon as other loads leave less than was given', () => {
    const it = site(['A']);
    const draw = (loadA: number): void =>
      it.put('MeasurementsReported', {
        measurements: [{ nodeId: 'grid', at: new Date(it.nowMs).toISOString(), currentA: [loadA, loadA, loadA], ttlSeconds: 600 }],
      });
    draw(10);
    it.start('A', 1);
    it.pass(60_000);
    it.answer = () => 'Rejected';
    draw(0);
    it.pass(5_000);
    expect(it.plan('A')?.limitA).toBe(20);
    it.answer = () => 'Accepted';
    draw(12);
    it.pass(1_000);
    expect(it.plan('A')?.limitA).toBe(8);
  });

  it('follows one that its node is above at once, however soon after the last change', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(6_000);
    const schedule = [{ startsAt: new Date(it.nowMs).toISOString(), limitA: 8 }];
    it.put('GridLimitReceived', { limitId: 'g', schedule, expiresAt: new Date(it.nowMs + 3_600_000).toISOString(), source: 'dso' });
    it.pass(1_000);
    expect(it.plan('A')?.limitA).toBe(8);
  });
});
