// What a station says it will do, up to the end of its lease and behind it: beside what it was told, in 1.6 and 2.x.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested, LimitAlarmReported, StationDisobeyed } from '#contracts';
import { compositeSchedule } from '#domain/charging-profiles';
import { skewBound } from '#domain/load-balancing';
import type { OcppVersion } from '#ocpp';
import { committedMa } from './ledger.fixture.js';
import { type Site, START, site } from './site.fixture.js';
import { stationIn } from './state.js';

const MINUTE = 60_000;
const LEASE_MS = 900_000;

interface Period {
  readonly startPeriod: number;
  readonly limit: number;
}
interface Answer {
  readonly limitA?: number;
  readonly durationS?: number;
  /** How far its clock is ahead [ms]. */
  readonly skewMs?: number;
  /** It does not say when its schedule starts. */
  readonly isWithoutStart?: boolean;
  readonly keys?: Readonly<Record<string, string>>;
}

/** A station that believes what it was told, but for what `twist` makes of it. */
function believing(version: OcppVersion, twist: (periods: readonly Period[]) => readonly Period[], answer: Answer = {}) {
  const { skewMs = 0, isWithoutStart = false, keys = {}, limitA = 20 } = answer;
  const held = new Map<string, unknown>();
  const it = site([], limitA, version);
  it.reply = ({ action, payload }) => {
    const asked = payload as { readonly duration: number; readonly chargingRateUnit: 'A' | 'W' };
    if (action === 'GetConfiguration')
      return { configurationKey: Object.entries(keys).map(([key, value]) => ({ key, value, readonly: false })) };
    if (action === 'TriggerMessage') {
      tellsTime(it, skewMs);
      return { status: 'Accepted' };
    }
    if (action !== 'GetCompositeSchedule') return { status: 'Accepted' };
    const at = new Date(Math.floor((it.nowMs + skewMs) / 1000) * 1000).toISOString();
    const { periods } = compositeSchedule({ ocppVersion: version, profiles: [...held.values()], durationS: asked.duration, at, maxA: 32 });
    const chargingSchedulePeriod = twist(periods).map(({ startPeriod, limit }) => ({
      startPeriod,
      limit: asked.chargingRateUnit === 'W' ? Math.round(limit * 230 * 3) : limit,
    }));
    const schedule = { duration: answer.durationS ?? asked.duration, chargingRateUnit: asked.chargingRateUnit, chargingSchedulePeriod };
    const start = isWithoutStart ? {} : { scheduleStart: at };
    return version === 'ocpp1.6'
      ? { status: 'Accepted', connectorId: 1, ...start, chargingSchedule: schedule }
      : { status: 'Accepted', schedule: { evseId: 1, ...start, ...schedule } };
  };
  it.answer = ({ action, grant, payload }) => {
    if (action === 'SetChargingProfile') held.set(grant?.slot ?? '', payload);
    return 'Accepted';
  };
  it.place('A');
  it.join('A');
  it.pass(20 * MINUTE);
  begins(it, skewMs);
  return it;
}

function tellsTime(it: Site, skewMs: number): void {
  const timestamp = new Date(it.nowMs + skewMs).toISOString();
  const status =
    it.ocppVersion === 'ocpp1.6'
      ? { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp }
      : { evseId: 1, connectorId: 1, connectorStatus: 'Available', timestamp };
  it.call('A', 'StatusNotification', status);
}

function begins(it: Site, skewMs: number): void {
  const timestamp = new Date(it.nowMs + skewMs).toISOString();
  if (it.ocppVersion === 'ocpp1.6') {
    const started = { connectorId: 1, idTag: 'x', meterStart: 0, timestamp };
    it.call('A', 'StartTransaction', started, { transactionId: 7, idTagInfo: { status: 'Accepted' } });
    return;
  }
  const transactionInfo = { transactionId: '7', chargingState: 'Charging' };
  const evse = { id: 1, connectorId: 1 };
  it.call('A', 'TransactionEvent', { eventType: 'Started', seqNo: 0, timestamp, triggerReason: 'CablePluggedIn', transactionInfo, evse });
}

function ends(it: Site): void {
  const timestamp = new Date(it.nowMs).toISOString();
  if (it.ocppVersion === 'ocpp1.6') {
    it.call('A', 'StopTransaction', { transactionId: 7, meterStop: 1, timestamp });
    return;
  }
  const ended = { eventType: 'Ended', seqNo: 1, timestamp, triggerReason: 'EVDeparted', transactionInfo: { transactionId: '7' } };
  it.call('A', 'TransactionEvent', ended);
}

const asked = (it: Site): readonly CommandRequested[] =>
  it.told.map(({ data }) => data as CommandRequested).filter(({ action }) => action === 'GetCompositeSchedule');
const alarms = (it: Site): readonly LimitAlarmReported[] =>
  it.told.filter(({ type }) => type === 'LimitAlarmReported').map(({ data }) => data as LimitAlarmReported);
const disobeyed = (it: Site): readonly StationDisobeyed[] =>
  it.told.filter(({ type }) => type === 'StationDisobeyed').map(({ data }) => data as StationDisobeyed);

const asTold = (periods: readonly Period[]): readonly Period[] => periods;
const onlyNow = (periods: readonly Period[]): readonly Period[] => periods.slice(0, 1);

describe.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)('what a station says it will do (%s)', (version) => {
  it('is asked up to the end of its lease by any clock, once after a change', () => {
    const it = believing(version, asTold);
    it.pass(MINUTE);
    expect(asked(it)).toHaveLength(1);
    const { duration = 0 } = (asked(it)[0]?.payload ?? {}) as { readonly duration?: number };
    expect(it.nowMs - MINUTE + duration * 1000).toBeGreaterThanOrEqual((it.plan('A')?.endsMs ?? START) + MINUTE);
  });

  it.each<[string, Answer]>([
    ['to the second', {}],
    ['by a clock that is ahead', { skewMs: 40_000 }],
    ['by a clock that is behind, without its start', { skewMs: -40_000, isWithoutStart: true }],
    ['for the next minute only', { durationS: 60 }],
    ['by a clock nobody can trust', { skewMs: 90_000 }],
  ])('accuses nobody who says what it was told %s', (_how, answer) => {
    const it = believing(version, asTold, answer);
    it.pass(30 * MINUTE);
    expect(asked(it).length).toBeGreaterThan(0);
    expect([...alarms(it), ...disobeyed(it)]).toEqual([]);
  });

  it('makes leases without an end where it goes on behind one, until it says that they end', () => {
    let twist = onlyNow;
    const answer: { durationS?: number } = {};
    const it = believing(version, (periods) => twist(periods), answer);
    expect(skewBound(stationIn(it.state, 'A')?.ledger.skew)).toBeDefined();
    it.pass(MINUTE);
    expect(alarms(it)).toMatchObject([{ kind: 'outlasts', evseId: 1, allowedMa: 0, drawnMa: 20_000, isOver: false }]);
    expect(disobeyed(it)).toEqual([]);
    expect(committedMa(it, 'A', it.nowMs + 2 * LEASE_MS)).toBe(20_000);
    // Of less time than the lease it says nothing of its end.
    twist = asTold;
    answer.durationS = 300;
    it.pass(30 * MINUTE);
    expect(committedMa(it, 'A', it.nowMs + 2 * LEASE_MS)).toBe(20_000);
    delete answer.durationS;
    it.pass(30 * MINUTE);
    expect(alarms(it)).toMatchObject([{ isOver: false }, { kind: 'outlasts', isOver: true }]);
    expect(committedMa(it, 'A', it.nowMs + 2 * LEASE_MS)).toBe(0);
  });

  it('is the worst case where it is above what is allowed before the lease ends', () => {
    const it = believing(version, ([first, ...rest]) => [first as Period, { startPeriod: 300, limit: 32 }, ...rest]);
    it.pass(MINUTE);
    expect(disobeyed(it)).toEqual([{ stationId: 'A', evseId: 1, reason: 'schedule', allowedMa: 20_000, measuredMa: 32_000 }]);
    expect(committedMa(it, 'A')).toBe(32_000);
  });

  it('is shown where it is less than it was told, and raises nobody; until the transaction ends', () => {
    const it = believing(version, ([first, ...rest]) => [first as Period, { startPeriod: 300, limit: 10 }, ...rest]);
    it.pass(MINUTE);
    expect(alarms(it)).toMatchObject([{ kind: 'differs', allowedMa: 20_000, drawnMa: 10_000, isOver: false }]);
    expect(disobeyed(it)).toEqual([]);
    expect([committedMa(it, 'A'), it.plan('A')?.limitA]).toEqual([20_000, 20]);
    ends(it);
    expect(alarms(it)).toMatchObject([{ isOver: false }, { kind: 'differs', isOver: true }]);
  });

  it('says nothing any more of a transaction that ended before the answer came', () => {
    const it = believing(version, asTold);
    const { reply } = it;
    it.reply = (command) => {
      const answer = reply(command);
      if (command.action === 'GetCompositeSchedule') ends(it);
      return answer;
    };
    it.pass(MINUTE);
    expect(asked(it)).toHaveLength(1);
    expect([...alarms(it), ...disobeyed(it)]).toEqual([]);
  });

  it('is no proof of anything where it is of less time than the lease', () => {
    const it = believing(version, onlyNow, { durationS: 300 });
    it.pass(MINUTE);
    expect(alarms(it)).toEqual([]);
  });
});

describe('what a station says in watts', () => {
  const keys = { ChargingScheduleAllowedChargingRateUnit: 'Power' };

  it('is compared with what it was told in watts', () => {
    const it = believing('ocpp1.6', asTold, { keys, limitA: 32 });
    it.pass(MINUTE);
    expect(asked(it)[0]?.payload).toMatchObject({ chargingRateUnit: 'W' });
    expect([...alarms(it), ...disobeyed(it)]).toEqual([]);
  });

  it('outlasts its lease as well', () => {
    const it = believing('ocpp1.6', onlyNow, { keys, limitA: 32 });
    it.pass(MINUTE);
    expect(alarms(it)).toMatchObject([{ kind: 'outlasts' }]);
  });
});
