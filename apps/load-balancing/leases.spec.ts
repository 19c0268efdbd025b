// How long limits are leased and how often stations are told: renewed late, for hours where nobody can take the current away (ADR 0035).
// The site under test is site.fixture's; that no limit is exceeded by it is never-exceed's.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested } from '#contracts';
import { type Site, site } from './site.fixture.js';
import { stationIn } from './state.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LEASE = 15 * MINUTE;

const plansOf = (it: Site, stationId: string) =>
  it.told
    .filter((each) => each.type === 'CommandRequested' && each.stationId === stationId)
    .flatMap(({ data }) => (data as CommandRequested).grant ?? [])
    .filter(({ slot }) => slot === 'plan');

const leaseLeft = (it: Site, stationId: string): number => (it.plan(stationId)?.endsMs ?? 0) - it.nowMs;

interface Setting {
  readonly stationIds: readonly string[];
  readonly limitA: number;
  readonly firmLimitA?: number;
  readonly keepsDefault?: boolean;
}

/** Stations whose clocks are known. */
function known({ stationIds, limitA, firmLimitA, keepsDefault = true }: Setting): Site {
  const it = site([], limitA, 'ocpp1.6', () => ({ status: 'Accepted' }));
  const root = { nodeId: 'grid', limitA, ...(firmLimitA !== undefined && { firmLimitA }) };
  const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root };
  it.put('ConfigurationRequested', { requestId: 'firm', requestedBy: 'x', change: { kind: 'site', config } });
  for (const stationId of stationIds) {
    it.place(stationId, {}, { keepsDefault });
    it.join(stationId);
  }
  for (let minute = 0; minute < 12; minute++) {
    it.pass(MINUTE);
    for (const stationId of stationIds) {
      const timestamp = new Date(it.nowMs).toISOString();
      it.call(stationId, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp });
    }
  }
  return it;
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

function full(setting: Setting, ms = 2 * HOUR): Site {
  const it = known(setting);
  for (const [index, stationId] of setting.stationIds.entries()) it.start(stationId, index + 1);
  standFull(it, setting.stationIds, ms);
  return it;
}

describe('a lease', () => {
  it('is renewed when it is due, not sooner, and in time for attempts that get lost', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(LEASE - 4 * MINUTE);
    expect(plansOf(it, 'A')).toHaveLength(1);
    let lost = 2;
    it.answer = ({ grant }) => (grant?.slot === 'plan' && lost-- > 0 ? 'silence' : 'Accepted');
    const first = it.plan('A')?.endsMs ?? 0;
    it.pass(4 * MINUTE - 1_000);
    expect(lost).toBe(-1);
    expect(it.plan('A')?.endsMs).toBeGreaterThan(first);
    expect(plansOf(it, 'A').every(({ steps }) => steps[0]?.limitMa === 20_000)).toBe(true);
  });

  it('is at its half at the latest, where leases are short', () => {
    const it = site(['A']);
    const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, leaseSeconds: 300, root: { nodeId: 'grid', limitA: 20 } };
    it.put('ConfigurationRequested', { requestId: 'short', requestedBy: 'x', change: { kind: 'site', config } });
    it.start('A', 1);
    it.pass(149_000);
    expect(plansOf(it, 'A')).toHaveLength(1);
    it.pass(3_000);
    expect(plansOf(it, 'A')).toHaveLength(2);
  });

  it('of a full car that nobody needs the current of ends in its minimum, not in nothing', () => {
    const it = full({ stationIds: ['A'], limitA: 20 });
    expect(plansOf(it, 'A').map(({ steps }) => steps[0]?.limitMa)).not.toContain(0);
    expect(it.plan('A')?.limitA).toBe(6);
    // One raise, one decrease to the minimum, and renewals of that.
    const kinds = plansOf(it, 'A').map(({ why }) => why?.cause);
    expect(kinds.slice(0, 2)).toEqual(['raise', 'lower']);
    expect(new Set(kinds.slice(2))).toEqual(new Set(['renew']));
  });
});

describe('the minimum of a full car', () => {
  it('is leased for hours where nobody can take it away', () => {
    const it = full({ stationIds: ['A', 'B'], limitA: 80, firmLimitA: 50 });
    for (const stationId of ['A', 'B']) {
      expect(it.plan(stationId)?.limitA).toBe(6);
      expect(leaseLeft(it, stationId)).toBeGreaterThan(HOUR);
      expect(plansOf(it, stationId)).toHaveLength(2);
    }
  });

  it('is leased as any other where the grid connection guarantees nothing', () => {
    const it = full({ stationIds: ['A'], limitA: 80 });
    expect(leaseLeft(it, 'A')).toBeLessThanOrEqual(LEASE);
  });

  it('is leased as any other where its station may forget its default with its power', () => {
    const it = full({ stationIds: ['A'], limitA: 80, firmLimitA: 80, keepsDefault: false });
    expect(leaseLeft(it, 'A')).toBeLessThanOrEqual(LEASE);
  });

  it('is leased for hours only beside one station at its rating, and beside the others that have it so', () => {
    const ids = ['A', 'B', 'C'];
    const it = full({ stationIds: ids, limitA: 120, firmLimitA: 32 + 12 });
    expect(ids.filter((stationId) => leaseLeft(it, stationId) > LEASE)).toHaveLength(2);
    expect(ids.map((stationId) => it.plan(stationId)?.limitA)).toEqual([6, 6, 6]);
  });

  it('is not leased beyond a limit that is already announced', () => {
    const it = known({ stationIds: ['A'], limitA: 80, firmLimitA: 50 });
    const at = (ms: number): string => new Date(it.nowMs + ms).toISOString();
    it.put('GridLimitReceived', {
      limitId: 'g',
      schedule: [{ startsAt: at(3 * HOUR), limitA: 5 }],
      expiresAt: at(9 * HOUR),
      source: 'dso',
    });
    it.start('A', 1);
    standFull(it, ['A'], 2 * HOUR);
    expect(leaseLeft(it, 'A')).toBeLessThanOrEqual(LEASE);
  });

  it('is taken back at once by a limit that leaves nothing', () => {
    const it = full({ stationIds: ['A'], limitA: 80, firmLimitA: 50 });
    it.put('GridLimitReceived', {
      limitId: 'g',
      schedule: [{ startsAt: new Date(it.nowMs).toISOString(), limitA: 5 }],
      expiresAt: new Date(it.nowMs + HOUR).toISOString(),
      source: 'dso',
    });
    it.pass(1_000);
    expect(it.plan('A')?.limitA).toBe(0);
  });

  it('gives way to a lease as any other when the car draws again', () => {
    const it = full({ stationIds: ['A'], limitA: 80, firmLimitA: 50 });
    it.charge('A', 1, 3 * MINUTE, (allowedA) => allowedA);
    expect(it.plan('A')?.limitA).toBe(32);
    expect(leaseLeft(it, 'A')).toBeLessThanOrEqual(LEASE);
  });
});

describe('nobody is raised within half a minute of the last change', () => {
  it('who has another owner since', () => {
    const it = site(['A', 'B'], 30);
    it.start('A', 1);
    it.pass(MINUTE);
    it.answer = ({ stationId, grant }) => (stationId === 'A' && grant?.slot === 'plan' ? 'silence' : 'Accepted');
    it.start('B', 2);
    it.pass(2_000);
    expect(it.plan('A')?.limitA).toBe(15);
    it.put('SiteTaken', { ownerId: 'another' });
    it.call('B', 'StopTransaction', { transactionId: 2, meterStop: 5, timestamp: new Date(it.nowMs).toISOString() });
    it.answer = () => 'Accepted';
    it.pass(20_000);
    expect(it.plan('A')?.limitA).toBe(15);
    it.pass(60_000);
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
