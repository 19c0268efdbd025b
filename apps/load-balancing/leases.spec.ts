// How often stations are told what they know already, and how soon something else: leases are renewed late (ADR 0035).
// The site under test is site.fixture's; that no limit is exceeded by it is never-exceed's.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested } from '#contracts';
import { limitAt } from '#domain/load-balancing';
import { configured } from './configured.js';
import { committedMa } from './ledger.fixture.js';
import { evse, type Site, site } from './site.fixture.js';
import { stationIn } from './state.js';

const MINUTE = 60_000;
const LEASE = 15 * MINUTE;

const plansOf = (it: Site, stationId: string) =>
  it.told
    .filter((each) => each.type === 'CommandRequested' && each.stationId === stationId)
    .flatMap(({ data }) => (data as CommandRequested).grant ?? [])
    .filter(({ slot }) => slot === 'plan');

/** After twelve minutes of messages their clocks are known. */
function showClocks(it: Site, stationIds: readonly string[]): void {
  for (let minute = 0; minute < 12; minute++) {
    it.pass(MINUTE);
    for (const stationId of stationIds) {
      const timestamp = new Date(it.nowMs).toISOString();
      it.call(stationId, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Preparing', timestamp });
    }
  }
}

/** Cars that stand full at their stations, sampled every minute. */
function standFull(it: Site, stationIds: readonly string[], ms: number): void {
  for (const end = it.nowMs + ms; it.nowMs < end; ) {
    it.pass(MINUTE);
    for (const [index, stationId] of stationIds.entries()) {
      const sampledValue = [{ value: '0', measurand: 'Current.Import', unit: 'A', phase: 'L1' }];
      const meterValue = [{ timestamp: new Date(it.nowMs).toISOString(), sampledValue }];
      it.call(stationId, 'MeterValues', { connectorId: 1, transactionId: index + 1, meterValue });
    }
  }
}

describe('a lease', () => {
  it('is renewed when it is due, not sooner, and in time for attempts that get lost', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(LEASE - 150_000);
    expect(plansOf(it, 'A')).toHaveLength(1);
    let lost = 1;
    it.answer = ({ grant }) => (grant?.slot === 'plan' && lost-- > 0 ? 'silence' : 'Accepted');
    const first = it.plan('A')?.endsMs ?? 0;
    it.pass(149_000);
    expect(lost).toBe(-1);
    expect(it.plan('A')?.endsMs).toBeGreaterThan(first);
    expect(plansOf(it, 'A').every(({ steps }) => steps[0]?.limitMa === 20_000)).toBe(true);
  });

  it('gives no more than is guaranteed while nothing vouches for the clock that ends it', () => {
    const it = site([], 20);
    it.reply = () => ({ status: 'Accepted' });
    const root = { nodeId: 'grid', limitA: 20, firmLimitA: 12, unmanagedMaxA: 0 };
    const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root };
    it.put('ConfigurationRequested', { requestId: 'firm', requestedBy: 'x', change: { kind: 'site', config } });
    it.place('A');
    it.join('A');
    it.start('A', 1);
    it.pass(2 * MINUTE);
    expect(it.plan('A')?.limitA).toBe(12);
    // That does not end meanwhile, though more would be fair.
    for (const before = it.nowMs; it.nowMs < before + 2 * LEASE; it.pass(5_000)) expect(it.plan('A')?.endsMs).toBeGreaterThan(it.nowMs);
    showClocks(it, ['A']);
    it.pass(2 * MINUTE);
    expect(it.plan('A')?.limitA).toBe(20);
  });

  it('and that beside others whose leases end, not behind them', () => {
    const it = site(['A', 'B', 'C'], 40, 'ocpp1.6', () => ({ status: 'Accepted' }));
    const root = { nodeId: 'grid', limitA: 40, firmLimitA: 14, unmanagedMaxA: 0 };
    const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root };
    showClocks(it, ['A', 'B']);
    it.put('ConfigurationRequested', { requestId: 'firm', requestedBy: 'x', change: { kind: 'site', config } });
    for (const [index, stationId] of ['A', 'B'].entries()) it.start(stationId, index + 1);
    it.pass(2 * MINUTE);
    it.start('C', 3);
    // What A and B were told while 14 A were free for long lasts for two leases.
    it.pass(3 * LEASE);
    expect(it.plan('C')?.limitA).toBeGreaterThan(12);
    it.answer = () => 'silence';
    const schedule = [{ startsAt: new Date(it.nowMs).toISOString(), limitA: 14 }];
    it.put('GridLimitReceived', { limitId: 'g', source: 'dso', schedule, expiresAt: new Date(it.nowMs + 8 * LEASE).toISOString() });
    it.pass(LEASE + 2 * MINUTE);
    expect(['A', 'B', 'C'].reduce((sumMa, stationId) => sumMa + committedMa(it, stationId), 0)).toBeLessThanOrEqual(14_000);
  });

  it('without an end is shared fairly within what nobody can take away, in turn, and says so', () => {
    const it = site(['A', 'B', 'C'], 40, 'ocpp1.6', () => ({ status: 'Accepted' }));
    const root = { nodeId: 'grid', limitA: 40, firmLimitA: 16, unmanagedMaxA: 0 };
    const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root };
    it.put('ConfigurationRequested', { requestId: 'firm', requestedBy: 'x', change: { kind: 'site', config } });
    it.start('A', 1);
    it.pass(2 * MINUTE);
    expect(it.plan('A')?.limitA).toBe(16);
    it.start('B', 2);
    it.pass(2 * MINUTE);
    expect(['A', 'B'].map((stationId) => it.plan(stationId)?.limitA)).toEqual([8, 8]);
    it.start('C', 3);
    it.pass(2 * MINUTE);
    const place = { nodeId: 'grid', phase: 'L1', isFirm: true };
    expect(stationIn(it.state, 'C')?.shown[1]).toMatchObject({ limitMa: 0, reason: place, behind: ['A/1', 'B/1'] });
    expect(plansOf(it, 'A').at(-1)?.why?.tight).toMatchObject({ ...place, limitMa: 16_000 });
    // Its turn comes.
    const served = new Set<string>();
    for (const end = it.nowMs + 8 * LEASE; it.nowMs < end; it.pass(MINUTE))
      for (const stationId of ['A', 'B', 'C']) if ((it.plan(stationId)?.limitA ?? 0) > 0) served.add(stationId);
    expect([...served].sort()).toEqual(['A', 'B', 'C']);
    // Known clocks end that: now leases do, and all of the limit is shared.
    showClocks(it, ['A', 'B', 'C']);
    it.pass(2 * MINUTE);
    expect(['A', 'B', 'C'].map((stationId) => it.plan(stationId)?.limitA).sort()).toEqual([13.3, 13.3, 13.4]);
  });

  it('begins after a boot only once the default stands again', () => {
    const it = site(['A'], 20);
    it.answer = ({ grant }) => (grant?.slot === 'default' ? 'silence' : 'Accepted');
    it.join('A');
    it.start('A', 1);
    it.pass(2 * MINUTE);
    expect(plansOf(it, 'A')).toEqual([]);
    it.answer = () => 'Accepted';
    it.pass(10 * MINUTE);
    expect(it.plan('A')?.limitA).toBe(20);
  });

  it('is told once, not over and over, where a limit below the safe levels begins just after it ends', () => {
    const it = site([], 40);
    for (const stationId of ['A', 'B']) {
      const config = { stationId, siteId: 's', nodeId: 'grid', securityProfile: 1, evses: [{ ...evse, safeA: 10 }] } as const;
      it.state = configured(it.state, 1, { kind: 'station', assignmentSeq: 1, config });
      it.join(stationId);
    }
    for (const [index, stationId] of ['A', 'B'].entries()) it.start(stationId, index + 1);
    showClocks(it, ['A', 'B']);
    const at = (ms: number): string => new Date(it.nowMs + ms).toISOString();
    const schedule = [
      { startsAt: at(0), limitA: 40 },
      { startsAt: at(LEASE + 30_000), limitA: 12 },
    ];
    const before = it.told.length;
    it.put('GridLimitReceived', { limitId: 'g', source: 'dso', schedule, expiresAt: at(4 * LEASE) });
    for (let second = 0; second < 60; second++) it.pass(1_000);
    expect(it.told.slice(before).filter(({ type }) => type === 'CommandRequested').length).toBeLessThanOrEqual(4);
    showClocks(it, ['A', 'B']);
    it.pass(5 * MINUTE);
    const newest = (stationId: string) => stationIn(it.state, stationId)?.ledger.evses[0]?.plans.at(-1);
    const toldMa = ['A', 'B'].map((stationId) => limitAt({ steps: newest(stationId)?.steps ?? [] }, it.nowMs));
    expect((toldMa[0] ?? 0) + (toldMa[1] ?? 0)).toBeLessThanOrEqual(12_000);
  });

  it('is at its half at the latest, where leases are short', () => {
    const it = site(['A']);
    const config = {
      siteId: 's',
      name: 'S',
      timeZone: 'UTC',
      voltageV: 230,
      leaseSeconds: 240,
      root: { nodeId: 'grid', limitA: 20, unmanagedMaxA: 0 },
    };
    it.put('ConfigurationRequested', { requestId: 'short', requestedBy: 'x', change: { kind: 'site', config } });
    it.pass(5_000);
    it.start('A', 1);
    it.pass(119_000);
    expect(plansOf(it, 'A')).toHaveLength(1);
    it.pass(3_000);
    expect(plansOf(it, 'A')).toHaveLength(2);
  });

  it('of a full car that nobody needs the current of ends in its minimum, not in nothing, and is renewed later still', () => {
    const it = site(['A'], 20);
    it.start('A', 1);
    standFull(it, ['A'], 120 * MINUTE);
    const plans = plansOf(it, 'A');
    expect(plans.map(({ steps }) => steps[0]?.limitMa)).toEqual([20_000, ...plans.slice(1).map(() => 6_000)]);
    expect(new Set(plans.slice(2).map(({ why }) => why?.cause))).toEqual(new Set(['renew']));
    expect(plans.length).toBeLessThanOrEqual(120 / 13);
  });
});

describe('where it is stated what nobody can take away, a lease that fits into that', () => {
  /** Two full cars, for three hours; how long each of their leases was [min]. */
  const leasesMin = (it: Site, firmLimitA: number): readonly number[] => {
    showClocks(it, ['A', 'B']);
    const root = { nodeId: 'grid', limitA: 40, firmLimitA, unmanagedMaxA: 0 };
    const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root };
    it.put('ConfigurationRequested', { requestId: 'firm', requestedBy: 'x', change: { kind: 'site', config } });
    for (const [index, stationId] of ['A', 'B'].entries()) it.start(stationId, index + 1);
    standFull(it, ['A', 'B'], 180 * MINUTE);
    const full = ['A', 'B'].flatMap((stationId) => plansOf(it, stationId)).filter(({ steps }) => steps[0]?.limitMa === 6_000);
    return full.map(({ steps }) => Math.round(((steps[1]?.fromMs ?? 0) - (steps[0]?.fromMs ?? 0)) / MINUTE));
  };

  it('lasts four times as long for a car at its minimum, and eight times where it has rested so long', () => {
    const it = site(['A', 'B'], 40, 'ocpp1.6', () => ({ status: 'Accepted' }));
    const lengths = leasesMin(it, 12);
    expect(new Set(lengths.slice(2))).toEqual(new Set([60, 120]));
    expect(lengths.length).toBeLessThanOrEqual(2 * 3);
  });

  it('and does so for no more of them than that has room for: a cut to it holds after a lease of usual length', () => {
    const it = site(['A', 'B'], 40, 'ocpp1.6', () => ({ status: 'Accepted' }));
    expect(new Set(leasesMin(it, 11))).toEqual(new Set([15, 60]));
    it.answer = () => 'silence';
    it.put('GridLimitReceived', {
      limitId: 'g',
      source: 'dso',
      schedule: [{ startsAt: new Date(it.nowMs).toISOString(), limitA: 11 }],
      expiresAt: new Date(it.nowMs + 600 * MINUTE).toISOString(),
    });
    it.pass(LEASE + 2 * MINUTE);
    expect(committedMa(it, 'A') + committedMa(it, 'B')).toBeLessThanOrEqual(11_000);
  });

  it('lasts with what an announced change leaves it, too', () => {
    const it = site(['A', 'B'], 40, 'ocpp1.6', () => ({ status: 'Accepted' }));
    showClocks(it, ['A', 'B']);
    const root = { nodeId: 'grid', limitA: 40, firmLimitA: 24, unmanagedMaxA: 0 };
    const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root };
    it.put('ConfigurationRequested', { requestId: 'firm', requestedBy: 'x', change: { kind: 'site', config } });
    const at = (ms: number): string => new Date(it.nowMs + ms).toISOString();
    const schedule = [
      { startsAt: at(0), limitA: 40 },
      { startsAt: at(10 * MINUTE), limitA: 24 },
    ];
    it.put('GridLimitReceived', { limitId: 'g', source: 'dso', schedule, expiresAt: at(600 * MINUTE) });
    for (const [index, stationId] of ['A', 'B'].entries()) it.start(stationId, index + 1);
    it.pass(MINUTE);
    for (const stationId of ['A', 'B']) {
      const steps = plansOf(it, stationId).at(-1)?.steps ?? [];
      expect(steps.map(({ limitMa }) => limitMa)).toEqual([20_000, 12_000, 0]);
      expect(((steps[2]?.fromMs ?? 0) - (steps[0]?.fromMs ?? 0)) / MINUTE).toBeCloseTo(30, 0);
    }
  });
});

describe('a decrease that lies ahead', () => {
  it('raises nobody now: what is free then may still be in use', () => {
    const it = site(['A', 'B'], 40, 'ocpp1.6', () => ({ status: 'Accepted' }));
    showClocks(it, ['A', 'B']);
    const from = it.nowMs;
    const cut = (limitA: number): void =>
      it.put('GridLimitReceived', {
        limitId: 'g',
        schedule: [
          { startsAt: new Date(from).toISOString(), limitA: 40 },
          { startsAt: new Date(from + 10 * MINUTE).toISOString(), limitA },
        ],
        expiresAt: new Date(from + 120 * MINUTE).toISOString(),
        source: 'dso',
      });
    for (const [index, stationId] of ['A', 'B'].entries()) it.start(stationId, index + 1);
    cut(24);
    it.pass(2 * MINUTE);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([20, 20]);
    it.answer = ({ stationId }) => (stationId === 'B' ? 'silence' : 'Accepted');
    it.place('B', { maxA: 10 });
    cut(14);
    it.pass(1_000);
    expect(committedMa(it, 'A') + committedMa(it, 'B')).toBeLessThanOrEqual(40_000);
    expect(
      plansOf(it, 'A')
        .at(-1)
        ?.steps.map(({ limitMa }) => limitMa),
    ).toEqual([20_000, 7_000, 0]);
  });
});

describe('a raise before an announced cut', () => {
  it('gives nothing for after it that somebody else may still have then', () => {
    const it = site([], 32, 'ocpp1.6', () => ({ status: 'Accepted' }));
    for (const stationId of ['A', 'B']) {
      it.place(stationId, { maxA: 16 });
      it.join(stationId);
    }
    it.start('A', 1);
    showClocks(it, ['A', 'B']);
    it.pass(MINUTE);
    expect(it.plan('A')?.limitA).toBe(16);
    it.answer = ({ stationId, grant }) => (stationId === 'A' && grant?.slot === 'plan' ? 'silence' : 'Accepted');
    const cutMs = it.nowMs + 10 * MINUTE;
    const schedule = [{ startsAt: new Date(cutMs).toISOString(), limitA: 20 }];
    it.put('GridLimitReceived', { limitId: 'g', source: 'dso', schedule, expiresAt: new Date(cutMs + LEASE).toISOString() });
    it.start('B', 2);
    it.pass(MINUTE / 3);
    const steps = plansOf(it, 'B').at(-1)?.steps ?? [];
    expect([limitAt({ steps }, it.nowMs), limitAt({ steps }, cutMs)]).toEqual([16_000, 0]);
  });
});

describe('nobody is raised within half a minute of the last change', () => {
  it('of which nobody knows what became, since another owner took over', () => {
    const it = site(['A', 'B'], 30);
    it.start('A', 1);
    it.pass(MINUTE);
    let isTaken = false;
    it.answer = ({ stationId, grant }) => {
      if (isTaken || stationId !== 'A' || grant?.slot !== 'plan') return 'Accepted';
      isTaken = true;
      it.call('B', 'StopTransaction', { transactionId: 2, meterStop: 5, timestamp: new Date(it.nowMs).toISOString() });
      it.put('SiteTaken', { ownerId: 'another' });
      return 'silence';
    };
    it.start('B', 2);
    it.pass(20_000);
    expect([isTaken, it.plan('A')?.limitA]).toEqual([true, 15]);
    it.pass(MINUTE);
    expect(it.plan('A')?.limitA).toBe(30);
  });

  it('at an outlet where another car has just left', () => {
    const it = site(['A'], 30);
    it.start('A', 1);
    it.pass(5_000);
    it.call('A', 'StopTransaction', { transactionId: 1, meterStop: 5, timestamp: new Date(it.nowMs).toISOString() });
    it.start('A', 2);
    it.pass(20_000);
    expect(plansOf(it, 'A')).toHaveLength(1);
    it.pass(20_000);
    expect(plansOf(it, 'A')).toHaveLength(2);
    expect(stationIn(it.state, 'A')?.demands[1]?.transactionId).toBe('2');
  });
});
