// What samples show of a model without a question, and what is remembered of it with what it said of itself.
import { describe, expect, it } from '@jest/globals';
import type { SiteEvent } from '#contracts';
import type { Change } from '#service';
import { abilityRows } from './abilities.js';
import { type Site, site } from './site.fixture.js';
import { type SiteState, stationIn } from './state.js';

const MINUTE = 60_000;
const MODEL = 'v/m/1.0';

/** Two cars share 20 A at stations of one firmware, whose clocks are known. */
function sharing(keys: Readonly<Record<string, string>> = {}): Site {
  const it = site([], 20, 'ocpp1.6', ({ action }) =>
    action === 'GetConfiguration'
      ? { configurationKey: Object.entries(keys).map(([key, value]) => ({ key, value, readonly: true })), unknownKey: [] }
      : { status: 'Accepted' },
  );
  for (const stationId of ['A', 'B']) {
    it.place(stationId);
    it.join(stationId, { firmwareVersion: '1.0' });
  }
  it.pass(MINUTE);
  it.start('A', 1);
  it.start('B', 2);
  for (let turn = 0; turn < 8; turn++) {
    const timestamp = new Date(it.nowMs).toISOString();
    for (const stationId of ['A', 'B'])
      it.call(stationId, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging', timestamp });
    it.charge('A', 1, 100_000, (allowedA) => allowedA);
    it.charge('B', 2, 20_000, (allowedA) => allowedA);
  }
  return it;
}
const cut = (it: Site, limitA: number): void =>
  it.put('GridLimitReceived', {
    limitId: 'g',
    schedule: [{ startsAt: new Date(it.nowMs).toISOString(), limitA }],
    expiresAt: new Date(it.nowMs + 120 * MINUTE).toISOString(),
    source: 'dso',
  });
/** A sample taken then, and sent now. */
const drew = (it: Site, ampere: number, atMs: number): void => {
  const sampledValue = [{ value: String(ampere), measurand: 'Current.Import', unit: 'A', phase: 'L1' }];
  it.call('A', 'MeterValues', {
    connectorId: 1,
    transactionId: 1,
    meterValue: [{ timestamp: new Date(atMs).toISOString(), sampledValue }],
  });
};
const seen = ({ state }: { readonly state: SiteState }) => state.seen?.[MODEL];

describe('what samples show of a model', () => {
  it('is that 0 A stops a car that drew', () => {
    const it = sharing();
    expect(seen(it)).toBeUndefined();
    cut(it, 0);
    it.pass(10_000);
    drew(it, 0, it.nowMs);
    expect(seen(it)).toEqual({ stopsAt0: true });
  });

  it('is that 0 A does not, once it had the time to', () => {
    const it = sharing();
    cut(it, 0);
    it.charge('A', 1, 80_000, () => 10);
    expect(seen(it)).toBeUndefined();
    it.charge('A', 1, 40_000, () => 10);
    expect(seen(it)).toEqual({ stopsAt0: false });
  });

  it('is nothing where a car had stopped before', () => {
    const it = sharing();
    it.charge('A', 1, MINUTE, () => 0);
    cut(it, 0);
    it.charge('A', 1, 3 * MINUTE, () => 0);
    expect(seen(it)).toBeUndefined();
  });

  it.each([
    [10, true],
    [32, false],
  ])('is by %i A out of reach whether a limit holds there', (ampere, keepsOffline) => {
    const it = sharing();
    const lostMs = it.nowMs;
    const generation = { assignmentSeq: 1, offset: stationIn(it.state, 'A')?.ledger.connection ?? 0 };
    it.put('StationDisconnected', { connectionId: 'c', edgeId: 'e', generation, closeCode: 1006, reason: '' }, 'A');
    it.pass(16 * MINUTE);
    const { ocppVersion } = it;
    it.put('StationConnected', { connectionId: 'd', edgeId: 'e', assignmentSeq: 1, ocppVersion, securityProfile: 1 }, 'A');
    drew(it, ampere, lostMs + 2 * MINUTE);
    expect(seen(it)).toEqual({ keepsOffline });
    // Behind the end of its lease it says nothing of that.
    drew(it, ampere === 10 ? 32 : 10, lostMs + 16 * MINUTE);
    expect(seen(it)).toEqual({ keepsOffline });
  });
});

describe('what is known of a model', () => {
  it('is remembered with what it said of stack levels and periods, as a row when it changes, and forgotten with its firmware', () => {
    const it = sharing({ ChargeProfileMaxStackLevel: '8', ChargingScheduleMaxPeriods: '6' });
    const changes: Change<SiteState, SiteEvent>[] = [];
    it.heard = (change) => void changes.push(change as Change<SiteState, SiteEvent>);
    expect(it.state.models?.[MODEL]).toEqual({ maxStackLevel: 8, maxPeriods: 6 });
    cut(it, 0);
    it.pass(10_000);
    drew(it, 0, it.nowMs);
    const rows = changes.flatMap(({ before, after }) => abilityRows(before, JSON.parse(JSON.stringify(after)) as SiteState));
    expect(rows.at(-1)?.row).toMatchObject({ model: MODEL, max_stack_level: 8, max_periods: 6, stops_at_0: true, keeps_offline: null });
    it.join('A', { firmwareVersion: '2.0' });
    drew(it, 0, it.nowMs);
    expect(it.state.seen?.['v/m/2.0']).toBeUndefined();
  });
});
