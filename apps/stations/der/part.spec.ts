// DER controls wanted of a station: sent, cleared, asked for after a boot, compared in all parts of a report, and sent again where they are missing.
import { describe, expect, it } from '@jest/globals';
import { StationStream } from '../stream.fixture.js';
import { type DerControls, der } from './part.js';

const curve = (y: number) => ({ curveData: [{ x: 50, y }], priority: 1, yUnit: 'PctMaxW' });
const freqWatt = (controlId: string, y = 80) => ({ isDefault: true, controlId, controlType: 'FreqWatt', curve: curve(y) });
const ready = (): StationStream => StationStream.ready('ocpp2.1');
const wanted = (stream: StationStream, minute: number, control: ReturnType<typeof freqWatt>): StationStream =>
  stream.add('DerControlWanted', minute, {
    stationId: 'CP1',
    controlId: control.controlId,
    isDefault: true,
    control,
    requestedBy: 'api:dso',
  });
const withdrawn = (stream: StationStream, minute: number, controlId: string): StationStream =>
  stream.add('DerControlWanted', minute, { stationId: 'CP1', controlId, isDefault: true, requestedBy: 'api:dso' });

/** The newest command read back and answered. */
function agreed(stream: StationStream, minute: number, answer: object = { status: 'Accepted' }): StationStream {
  const command = stream.commands().findLast(({ requestedBy }) => requestedBy === 'stations:der');
  if (command === undefined) throw new Error('nothing is asked');
  return stream.askedAs(minute, command).answered(minute, command.commandId, answer);
}
const asked = (stream: StationStream): readonly (readonly [string, unknown])[] =>
  stream
    .commands()
    .filter(({ requestedBy }) => requestedBy === 'stations:der')
    .map(({ action, payload }) => [action, (payload as { controlId?: unknown }).controlId]);
const last = (stream: StationStream, controlId = 'c1') =>
  Object.assign({}, ...stream.rows('der_controls').filter(({ control_id }) => control_id === controlId));

const reported = (stream: StationStream, minute: number, requestId: number, curves: readonly object[], tbc = false): StationStream =>
  stream.says(minute, 'ReportDERControl', { requestId, tbc, curve: curves });
const there = (id: string, y = 80, more: object = {}) => ({
  id,
  curveType: 'FreqWatt',
  isDefault: true,
  isSuperseded: false,
  curve: curve(y),
  ...more,
});

describe('a DER control that is wanted', () => {
  it('is sent as it is wanted, and is set once the station says so', () => {
    const stream = wanted(ready(), 1, freqWatt('c1'));
    expect(stream.commands()).toMatchObject([{ action: 'SetDERControl', payload: freqWatt('c1'), requestedBy: 'stations:der' }]);
    expect(last(stream)).toMatchObject({
      state: 'wanted',
      is_wanted: true,
      wanted: freqWatt('c1'),
      wanted_by: 'api:dso',
      control_type: 'FreqWatt',
    });
    agreed(stream, 2, { status: 'Accepted', supersededIds: ['c0'] });
    expect(last(stream)).toMatchObject({ state: 'set', reason: null });
    expect(last(stream, 'c0')).toMatchObject({ is_superseded: true });
  });

  it('is refused with the reason of the station, and not sent again by itself', () => {
    const stream = agreed(wanted(ready(), 1, freqWatt('c1')), 2, { status: 'NotSupported', statusInfo: { reasonCode: 'NoInverter' } });
    expect(last(stream)).toMatchObject({ state: 'notSupported', reason: 'NoInverter' });
    stream.disconnected(3).connected(4);
    expect(asked(stream)).toEqual([['SetDERControl', 'c1']]);
  });

  it('that was changed or withdrawn meanwhile is not taken for set, refused or gone by the answer to what it was', () => {
    const newest = (stream: StationStream) => {
      const command = stream.commands().findLast(({ requestedBy }) => requestedBy === 'stations:der');
      if (command === undefined) throw new Error('nothing is asked');
      return command;
    };
    for (const [second, status, state] of [
      [(stream: StationStream) => wanted(stream, 2, freqWatt('c1', 60)), 'Accepted', 'set'],
      [(stream: StationStream) => wanted(stream, 2, freqWatt('c1', 60)), 'Rejected', 'set'],
      [(stream: StationStream) => withdrawn(stream, 2, 'c1'), 'Accepted', 'cleared'],
    ] as const) {
      const stream = wanted(ready(), 1, freqWatt('c1'));
      const before = newest(stream);
      second(stream.askedAs(1, before));
      const after = newest(stream);
      stream.askedAs(2, after).answered(3, before.commandId, { status });
      expect(stream.state<DerControls>(der).wanted.c1?.state).toBe('sent');
      expect(last(stream.answered(4, after.commandId, { status: 'Accepted' }))).toMatchObject({ state });
    }
  });

  it('waits for a station that is away, and is sent again where nobody answered', () => {
    const stream = wanted(ready().disconnected(1), 2, freqWatt('c1'));
    expect(asked(stream)).toEqual([]);
    stream.connected(3);
    expect(asked(stream)).toEqual([['SetDERControl', 'c1']]);
    const command = stream.commands().find(({ requestedBy }) => requestedBy === 'stations:der');
    if (command === undefined) throw new Error('nothing is asked');
    stream.askedAs(3, command).unanswered(4, command.commandId).disconnected(5).connected(6);
    expect(asked(stream)).toEqual([
      ['SetDERControl', 'c1'],
      ['SetDERControl', 'c1'],
    ]);
  });

  it('is cleared when it is no longer wanted, and forgotten when the station has confirmed that', () => {
    const stream = agreed(wanted(ready(), 1, freqWatt('c1')), 2);
    withdrawn(stream, 3, 'c1');
    expect(stream.commands().findLast(({ requestedBy }) => requestedBy === 'stations:der')).toMatchObject({
      action: 'ClearDERControl',
      payload: { isDefault: true, controlId: 'c1' },
    });
    expect(last(stream)).toMatchObject({ state: 'clearing', is_wanted: false });
    agreed(stream, 4, { status: 'NotFound' });
    expect(last(stream)).toMatchObject({ state: 'cleared' });
    expect(stream.state<DerControls>(der).wanted).toEqual({});
  });
});

describe('a station that has booted', () => {
  const booted = (): { readonly stream: StationStream; readonly requestId: number } => {
    const stream = wanted(agreed(wanted(ready(), 1, freqWatt('c1')), 2), 3, freqWatt('c2'));
    agreed(stream, 4).boots(5);
    const question = stream.commands().findLast(({ action }) => action === 'GetDERControl');
    if (question === undefined) throw new Error('nothing is asked');
    stream.askedAs(5, question).answered(5, question.commandId, { status: 'Accepted' });
    return { stream, requestId: (question.payload as { requestId: number }).requestId };
  };
  const sentAgain = (stream: StationStream): readonly unknown[] =>
    asked(stream)
      .slice(asked(stream).findLastIndex(([action]) => action === 'GetDERControl') + 1)
      .map(([, controlId]) => controlId);

  it('is asked what it has, and sent what is missing or differs, when the last part has come', () => {
    const { stream, requestId } = booted();
    reported(stream, 6, requestId, [there('c1', 70)], true);
    expect(last(stream)).toMatchObject({ matches: false, reported: curve(70) });
    expect(sentAgain(stream)).not.toContain('c1');
    reported(stream, 7, requestId, [there('other')]);
    expect(sentAgain(stream)).toEqual(expect.arrayContaining(['c1', 'c2']));
    expect(last(stream, 'c2')).toMatchObject({ matches: false, reported: null });
    expect(last(stream, 'other')).toMatchObject({ control_type: 'FreqWatt', matches: null, reported: curve(80) });
  });

  it('is sent nothing where it has everything', () => {
    const { stream, requestId } = booted();
    reported(stream, 6, requestId, [there('c1', 80.0000000001), there('c2', 80, { isSuperseded: true })]);
    expect(sentAgain(stream)).toEqual([]);
    expect(last(stream)).toMatchObject({ matches: true });
    expect(last(stream, 'c2')).toMatchObject({ matches: true, is_superseded: true });
  });

  it('is sent everything where it says that it has none', () => {
    const stream = agreed(wanted(ready(), 1, freqWatt('c1')), 2).boots(3);
    agreed(stream, 4, { status: 'NotFound' });
    expect(asked(stream)).toEqual([
      ['SetDERControl', 'c1'],
      ['GetDERControl', undefined],
      ['SetDERControl', 'c1'],
    ]);
  });

  it('is asked nothing where nothing is wanted', () => {
    expect(asked(ready().boots(1)).filter(([action]) => action === 'GetDERControl')).toEqual([]);
  });
});

describe('what a station tells of its controls', () => {
  it('is which one runs, and which it superseded', () => {
    const stream = wanted(ready(), 1, freqWatt('c1'));
    stream.says(2, 'NotifyDERStartStop', { controlId: 'c1', started: true, timestamp: '2026-03-01T12:00:00Z', supersededIds: ['c0'] });
    expect(last(stream)).toMatchObject({ is_active: true, active_at: '2026-03-01T12:00:00.000Z' });
    expect(last(stream, 'c0')).toMatchObject({ is_superseded: true, is_active: false });
    stream.says(3, 'NotifyDERStartStop', { controlId: 'c1', started: false, timestamp: '2026-03-01T13:00:00Z' });
    expect(last(stream)).toMatchObject({ is_active: false });
  });

  it('is an alarm from its first word to its end', () => {
    const alarm = (more: object) => ({ controlType: 'HVMustTrip', timestamp: '2026-03-01T12:00:00Z', ...more });
    const stream = ready().says(1, 'NotifyDERAlarm', alarm({ gridEventFault: 'OverVoltage' }));
    stream.says(2, 'NotifyDERAlarm', alarm({ gridEventFault: 'OverVoltage', timestamp: '2026-03-01T12:01:00Z' }));
    stream.says(3, 'NotifyDERAlarm', alarm({ alarmEnded: true, timestamp: '2026-03-01T12:02:00Z' }));
    const rows = stream.rows('der_alarms');
    expect(new Set(rows.map(({ since }) => since))).toEqual(new Set(['2026-03-01T12:00:00.000Z']));
    expect(Object.assign({}, ...rows)).toMatchObject({
      fault: 'OverVoltage',
      ended_at: '2026-03-01T12:02:00.000Z',
    });
    expect(stream.state<DerControls>(der).alarms).toEqual({});
    // The end came again, as its answer was lost with the line.
    stream.connected(4, 'c2').says(5, 'NotifyDERAlarm', alarm({ alarmEnded: true, timestamp: '2026-03-01T12:02:00Z' }));
    expect(stream.rows('der_alarms')).toHaveLength(rows.length);
  });
});
