// Outlets that do not follow their limits: told when that begins and ends, with what was allowed and what is drawn, and kept in rows.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested, LimitAlarmReported } from '#contracts';
import { alarmRows } from './alarms.js';
import { evse, type Site, site } from './site.fixture.js';
import { stationIn } from './state.js';

const MINUTE = 60_000;
const alarms = (it: Site): readonly LimitAlarmReported[] =>
  it.told.filter(({ type }) => type === 'LimitAlarmReported').map(({ data }) => data as LimitAlarmReported);
const standing = (it: Site, stationId: string): readonly string[] => Object.keys(stationIn(it.state, stationId)?.alarms ?? {});
const charging = (): Site => {
  const it = site(['A', 'B']);
  it.start('A', 1);
  it.start('B', 2);
  it.pass(2 * MINUTE);
  return it;
};

describe('an outlet that does not follow its limits', () => {
  it('ignores them: told once, with what it was allowed and draws, until it obeys again', () => {
    const it = charging();
    const rows: unknown[] = [];
    it.heard = ({ before, after, input, outputs }) => {
      for (const { row } of alarmRows(before, after, input, outputs))
        rows.push([row.kind, row.since, row.allowed_ma, row.drawn_ma, row.ended_at]);
    };
    it.charge('A', 1, 3 * MINUTE, () => 20);
    const [alarm, ...more] = alarms(it);
    expect(alarm).toEqual({
      stationId: 'A',
      evseId: 1,
      kind: 'ignores',
      since: expect.any(String),
      isOver: false,
      allowedMa: 10_000,
      drawnMa: 20_000,
      reason: 'samples',
    });
    expect(more).toEqual([]);
    it.charge('A', 1, MINUTE, () => 24);
    it.charge('A', 1, 20 * MINUTE, (allowedA) => allowedA);
    expect(alarms(it).slice(1)).toEqual([{ stationId: 'A', evseId: 1, kind: 'ignores', since: alarm?.since, isOver: true }]);
    expect(standing(it, 'A')).toEqual([]);
    expect(rows[0]).toEqual(['ignores', alarm?.since, 10_000, 20_000, null]);
    expect(rows).toContainEqual(['ignores', alarm?.since, undefined, 24_000, undefined]);
    expect(rows.at(-1)).toEqual(['ignores', alarm?.since, undefined, undefined, expect.any(String)]);
  });

  it('rejects them, until it takes one', () => {
    const it = charging();
    it.answer = ({ stationId, grant }) => (stationId === 'A' && grant?.slot === 'plan' ? 'Rejected' : 'Accepted');
    it.call('B', 'StopTransaction', { transactionId: 2, meterStop: 1, timestamp: new Date(it.nowMs).toISOString() });
    it.pass(5 * MINUTE);
    expect(alarms(it)).toMatchObject([{ stationId: 'A', evseId: 1, kind: 'rejects', slot: 'plan', isOver: false, allowedMa: 20_000 }]);
    it.answer = () => 'Accepted';
    it.pass(5 * MINUTE);
    expect(alarms(it).slice(1)).toMatchObject([{ stationId: 'A', kind: 'rejects', isOver: true }]);
  });

  it('refuses by right what comes after its transaction, and an alarm about that ends with it', () => {
    const it = charging();
    it.answer = ({ stationId, grant }) => (stationId === 'A' && grant?.slot === 'plan' ? 'Rejected' : 'Accepted');
    it.call('B', 'StopTransaction', { transactionId: 2, meterStop: 1, timestamp: new Date(it.nowMs).toISOString() });
    it.pass(5 * MINUTE);
    expect(standing(it, 'A')).toEqual(['rejects/1']);
    it.call('A', 'StopTransaction', { transactionId: 1, meterStop: 1, timestamp: new Date(it.nowMs).toISOString() });
    expect(standing(it, 'A')).toEqual([]);
  });

  it('is silent to them while it is connected; whose link was lost is offline, which is told elsewhere', () => {
    const it = charging();
    it.answer = ({ stationId }) => (stationId === 'A' ? 'silence' : 'Accepted');
    it.put('GridLimitReceived', {
      limitId: 'g',
      schedule: [{ startsAt: new Date(it.nowMs).toISOString(), limitA: 14 }],
      expiresAt: new Date(it.nowMs + 60 * MINUTE).toISOString(),
      source: 'dso',
    });
    const sent = it.told.findLast(({ type, stationId }) => type === 'CommandRequested' && stationId === 'A');
    const commandId = (sent?.data as CommandRequested | undefined)?.commandId ?? '';
    const unanswered = (reason: 'timeout' | 'disconnected') => {
      const generation = { assignmentSeq: 1, offset: stationIn(it.state, 'A')?.ledger.connection ?? 0 };
      it.put('CommandUnanswered', { commandId, connectionId: 'c', generation, reason }, 'A');
    };
    unanswered('disconnected');
    expect(alarms(it)).toEqual([]);
    unanswered('timeout');
    expect(alarms(it)).toMatchObject([{ stationId: 'A', kind: 'silent', isOver: false, allowedMa: 7_000 }]);
    it.answer = () => 'Accepted';
    it.pass(2 * MINUTE);
    expect(alarms(it).slice(1)).toMatchObject([{ stationId: 'A', kind: 'silent', isOver: true }]);
  });

  it('refuses its default, until the EVSE is configured away, or takes it; where another has one of its own, none is for all', () => {
    const it = site([]);
    const evses = [1, 2].map((evseId) => ({ ...evse, evseId, safeA: 6 + evseId, connectors: [{ connectorId: evseId }] }));
    it.answer = ({ grant }) => (grant?.slot === 'default' && grant.evseId !== 1 ? 'Rejected' : 'Accepted');
    it.place('A', {}, { evses });
    it.join('A');
    expect(alarms(it)).toMatchObject([{ kind: 'rejects', evseId: 2, slot: 'default', isOver: false, allowedMa: 8_000 }]);
    it.place('A', {}, { evses: evses.slice(0, 1) });
    expect(alarms(it).slice(1)).toMatchObject([{ kind: 'rejects', evseId: 2, isOver: true }]);
    it.place('A', {}, { evses: evses.map((each) => ({ ...each, safeA: 6 })) });
    it.pass(2 * MINUTE);
    expect(standing(it, 'A')).toEqual(['rejects/2']);
    it.answer = () => 'Accepted';
    it.place('A', {}, { evses });
    it.pass(2 * MINUTE);
    expect(standing(it, 'A')).toEqual([]);
  });
});
