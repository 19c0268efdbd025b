// Periodic event streams: what is open, in which rhythm, and the values with their times.
import { describe, expect, it } from '@jest/globals';
import { StationStream } from '../stream.fixture.js';

const ready = (): StationStream => StationStream.ready('ocpp2.1');
const opened = (stream: StationStream, id = 5, params: object = { interval: 60 }, status = 'Accepted'): StationStream =>
  stream.says(
    1,
    'OpenPeriodicEventStream',
    { constantStreamData: { id, variableMonitoringId: 70 + id, params } },
    { answer: { kind: 'result', payload: { status } } },
  );
const values = (
  stream: StationStream,
  minute: number,
  id: number,
  data: readonly object[],
  basetime = '2026-03-01T12:00:00Z',
): StationStream => stream.says(minute, 'NotifyPeriodicEventStream', { id, pending: 2, basetime, data });
const last = (stream: StationStream, id = 5) =>
  Object.assign({}, ...stream.rows('event_streams').filter(({ stream_id }) => stream_id === id));

describe('a periodic event stream', () => {
  it('is open once it was accepted, and not otherwise', () => {
    expect(last(opened(ready()))).toMatchObject({ state: 'open', monitoring_id: 75, interval_s: 60, batch: null });
    expect(opened(ready(), 5, {}, 'Rejected').rows('event_streams')).toEqual([]);
  });

  it('brings values, each with its time and the monitor of the stream', () => {
    const stream = values(opened(ready()), 2, 5, [
      { t: 0, v: '1' },
      { t: 1.5, v: '2' },
    ]);
    expect(stream.rows('event_stream_values')).toMatchObject([
      { stream_id: 5, monitoring_id: 75, at: '2026-03-01T12:00:00.000Z', value: '1' },
      { stream_id: 5, monitoring_id: 75, at: '2026-03-01T12:00:01.500Z', value: '2' },
    ]);
    expect(last(stream)).toMatchObject({ pending: 2, state: 'open' });
  });

  it('keeps values of a stream that nobody opened, and says so; what has no time is left to the log', () => {
    const stream = values(ready(), 2, 9, [{ t: 0, v: '1' }]);
    expect(last(stream, 9)).toMatchObject({ state: 'unannounced' });
    expect(stream.rows('event_stream_values')).toMatchObject([{ monitoring_id: -1 }]);
    expect(values(ready(), 2, 9, [{ t: 0, v: '1' }], 'never').rows('event_stream_values')).toEqual([]);
  });

  it('has another rhythm once the station accepts it', () => {
    const adjusted = (status: string): StationStream =>
      opened(ready())
        .asked(2, 'x', 'AdjustPeriodicEventStream', { id: 5, params: { interval: 10, values: 20 } })
        .answered(3, 'x', { status });
    expect(last(adjusted('Accepted'))).toMatchObject({ interval_s: 10, batch: 20 });
    expect(last(adjusted('Rejected'))).toMatchObject({ interval_s: 60, batch: null });
  });

  it('is closed by the station, or by not being listed', () => {
    expect(last(opened(ready()).says(2, 'ClosePeriodicEventStream', { id: 5 }))).toMatchObject({ state: 'closed' });
    const listed = opened(opened(ready()), 6)
      .asked(2, 'x', 'GetPeriodicEventStream', {})
      .answered(3, 'x', { constantStreamData: [{ id: 6, variableMonitoringId: 76, params: { values: 3 } }] });
    expect([last(listed).state, last(listed, 6)]).toMatchObject(['closed', { state: 'open', batch: 3 }]);
    expect(
      values(listed, 4, 5, [{ t: 0, v: '1' }])
        .rows('event_stream_values')
        .at(-1),
    ).toMatchObject({ monitoring_id: -1 });
  });
});
