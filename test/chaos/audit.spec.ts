// The comparison of a log with what stations saw can fail: what a fault might leave behind is told, and nothing else is.
import { describe, expect, it } from '@jest/globals';
import type { StationTotals } from '#apps/simulator';
import type { Recorded } from '#contracts';
import {
  answeredButNotOnce,
  billsThatDiffer,
  commandsAnsweredTwice,
  commandsToldOtherwise,
  commandsWithoutEnd,
  endedTooEarly,
  fromFormerOwners,
  sessionsThatDiffer,
} from './support/audit.js';

type Told = readonly [type: string, data: object, id?: string];
const recorded = (...told: readonly Told[]): readonly Recorded[] =>
  told.map(([type, data, id], offset) => ({
    ...{ id: id ?? `e${offset}`, type, data, source: '/test', time: '2026-11-01T12:00:00Z', tenantId: 'default', siteId: 's' },
    ...{ stationId: 'CP1', at: { topic: 'site-events', partition: 0, offset } },
  })) as unknown as readonly Recorded[];

const message = { messageId: 'm1', action: 'MeterValues', payload: { connectorId: 1 }, answeredAt: 0 };
const transaction = { transactionId: '7', startedAt: '', endedAt: '2026-11-01T13:00:00Z', meterStartWh: 1_000, meterStopWh: 3_000 };
const totals = (more: object = {}, running: object = {}): readonly StationTotals[] =>
  [
    { stationId: 'CP1', answered: [message], answeredCount: 1, transactions: [{ ...transaction, ...running }], ...more },
  ] as unknown as readonly StationTotals[];

const call = ['CallReceived', { messageId: 'm1', action: 'MeterValues', payload: { connectorId: 1 } }] as const;
const started = (sessionId = 'S') => ['SessionStarted', { sessionId, stationId: 'CP1', transactionId: '7' }] as const;
const ended = (energyWh = 2_000, provisional = false) =>
  ['SessionEnded', { sessionId: 'S', energyWh, provisional, reason: 'Local' }] as const;
const cdr = (kWh: number) => ['CdrIssued', { sessionId: 'S', cdr: { total_energy: kWh } }] as const;

describe('what stations were answered', () => {
  it('is in the log once', () => expect(answeredButNotOnce(recorded(call), totals())).toEqual([]));
  it.each<[string, readonly Told[]]>([
    ['not at all', []],
    ['twice', [call, call]],
    ['with another content', [['CallReceived', { ...call[1], payload: { connectorId: 2 } }]]],
    ['as another action', [['CallReceived', { ...call[1], action: 'Heartbeat' }]]],
  ])('and is in it %s is told', (_, told) => expect(answeredButNotOnce(recorded(...told), totals())).toHaveLength(1));
  it('and is not remembered whole proves nothing', () =>
    expect(answeredButNotOnce(recorded(call), totals({ answeredCount: 2 }))).toHaveLength(1));
});

describe('sessions', () => {
  it('are those of the stations', () => {
    expect(sessionsThatDiffer(recorded(started(), ended()), totals())).toEqual([]);
    expect(endedTooEarly(recorded(started(), ended()), totals())).toEqual([]);
  });
  it.each<[string, readonly Told[]]>([
    ['is none', []],
    ['is two', [started(), started('T'), ended()]],
    ['never ended', [started()]],
    ['ended twice', [started(), ended(), ended()]],
    ['ended by assumption', [started(), ended(2_000, true)]],
    ['has other energy', [started(), ended(2_001)]],
    ['was amended', [started(), ended(), ['SessionAmended', { sessionId: 'S' }]]],
  ])('of which one %s are told', (_, told) => expect(sessionsThatDiffer(recorded(...told), totals())).toHaveLength(1));
  it('that ended while the car charges are told', () => {
    const charging = totals({}, { endedAt: undefined });
    expect(endedTooEarly(recorded(started(), ended()), charging)).toHaveLength(1);
    expect(sessionsThatDiffer(recorded(started(), ended()), charging)).toHaveLength(1);
  });
});

describe('bills', () => {
  it('are over the register, one for each', () => {
    expect(billsThatDiffer(recorded(cdr(2)), recorded(started(), ended()), totals())).toEqual([]);
    const again = ['CdrIssued', cdr(2)[1], 'e0'] as const;
    expect(billsThatDiffer(recorded(cdr(2), again), recorded(started(), ended()), totals())).toEqual([]);
  });
  it.each<[string, readonly Told[]]>([
    ['none', []],
    ['two', [cdr(2), cdr(2)]],
    ['another amount', [cdr(2.001)]],
    ['a credit', [cdr(2), ['CdrCredited', {}]]],
  ])('that are %s are told', (_, told) =>
    expect(billsThatDiffer(recorded(...told), recorded(started(), ended()), totals())).toHaveLength(1),
  );
});

describe('commands', () => {
  const asked = ['CommandRequested', { commandId: 'c', grant: { ownerEpoch: 5 } }] as const;
  const older = ['CommandRequested', { commandId: 'd', grant: { ownerEpoch: 4 } }] as const;
  const yes = ['CommandAnswered', { commandId: 'c', payload: { status: 'Accepted' } }] as const;
  const silence = ['CommandUnanswered', { commandId: 'c', reason: 'edgeLost' }] as const;
  const got = { siteId: 's', stationId: 'CP1', at: 0, commandId: 'c', action: 'SetChargingProfile', status: 'Accepted' };
  it('end, by one word of the station, late or written again', () => {
    const log = recorded(asked, silence, yes, yes);
    expect([...commandsWithoutEnd(log), ...commandsAnsweredTwice(log)]).toEqual([]);
  });
  it('that nobody ended are told', () => expect(commandsWithoutEnd(recorded(asked, ['CommandSent', { commandId: 'c' }]))).toHaveLength(1));
  it.each<[string, Told]>([
    ['another answer', ['CommandAnswered', { commandId: 'c', payload: { status: 'Rejected' } }]],
    ['an error besides', ['CommandErrored', { commandId: 'c', code: 'InternalError' }]],
  ])('with %s are told', (_, other) => expect(commandsAnsweredTwice(recorded(asked, yes, other))).toHaveLength(1));
  it('are told as their station said it', () => {
    expect(commandsToldOtherwise(recorded(asked, yes, older, ['CommandRefused', { commandId: 'd' }]), [got])).toEqual([]);
    expect(commandsToldOtherwise(recorded(asked, silence), [got])).toEqual([]);
    expect(commandsToldOtherwise([], [{ ...got, at: 7 }], 7)).toEqual([]);
    expect(commandsToldOtherwise([], [{ ...got, at: 6 }], 7)).toHaveLength(1);
  });
  it.each<[string, readonly Told[], readonly (typeof got)[]]>([
    ['reached nobody', [asked, yes], []],
    ['were answered otherwise', [asked, yes], [{ ...got, status: 'Rejected' }]],
    ['were answered, and are told as an error', [asked, ['CommandErrored', { commandId: 'c' }]], [got]],
    ['arrived twice', [asked, yes], [got, got]],
    ['were refused unsent', [asked, ['CommandRefused', { commandId: 'c' }]], [got]],
    ['nobody asked for', [], [got]],
  ])('that %s are told', (_, log, received) => expect(commandsToldOtherwise(recorded(...log), received)).toHaveLength(1));
  it('of a former owner, or of nobody, are told where they came after those of its successor', () => {
    const at = (commandId: string, at: number) => ({ ...got, commandId, at });
    const log = recorded(asked, older);
    expect(fromFormerOwners(log, [at('d', 1), at('c', 2)])).toEqual([]);
    expect(fromFormerOwners(log, [at('c', 1), at('d', 2)])).toHaveLength(1);
    expect(fromFormerOwners(log, [at('x', 1)])).toHaveLength(1);
  });
});
